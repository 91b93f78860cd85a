"""Steps for what a document settles in calls of its own: a note's applications, a payment's later allocations. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any, Final, NamedTuple

from importer.delivery.remote import amount, text
from importer.kinds import KINDS, Kind, Settles
from importer.manifest.typed import typed
from importer.model import Action, Change, Document, Intent, Receipt, Ref, StepId
from importer.money import ZERO, add, half_up
from importer.plan.known import Gone, Known
from importer.plan.said import canonical, changes
from importer.plan.value import Entry, Step
from importer.plan.ways_out import accept, command

# In rupees. No books hold as much; what claims to is no amount.
MOST: Final = Decimal(10) ** 30


class Target(NamedTuple):
    """A name of a document that something settles. One document may have two: its key, and its id in the books."""

    kind: str
    by: str  # key or id: a key may read as another document's id does
    name: str


def application_steps(
    document: Document,
    steps: Mapping[StepId, Step],
    known: Known,
    receipts: Mapping[StepId, Receipt],
    payments: Mapping[Target, Sequence[StepId]],
) -> Iterator[Step]:
    """One step for each application of ``document``, unchanged ones left out; conflicts for what was changed.

    Of a list that travels in the create body these are the entries that were added later (``Step.later``).
    ``receipts`` are those of this document's applications, ``payments`` comes from ``settlers``.
    """
    settles = KINDS[document.kind].settles
    if settles is None:
        return
    owner = steps[StepId(document.kind, document.key)]
    later = settles.in_body
    entries = list(later_entries(document, settles, owner.later) if later else as_applied(document, settles, receipts))
    cut_off = next(
        (one for own, one in known.intents.items() if own.part and (own.kind, own.key) == document.ref), None
    )
    id_of = _ids(steps, known)
    is_known = StepId(*document.ref) in known.receipts
    new = [entry for part, entry in entries if StepId(document.kind, document.key, part) not in receipts]
    done_before = _applied_wholly(owner, settles, new, receipts, known)
    for part, entry in entries:
        own = StepId(document.kind, document.key, part)
        step = Step(
            id=own,
            action=Action.APPLY,
            document=document,
            place=document.place((settles.field, entry.position)),
            remote_id=owner.remote_id,
            generation=known.generations.get(own, 0),
            needs=tuple(_needs(owner, settles, entry, steps)),
            after=_payers(payments, targets_of(settles, entry, id_of)),
            entry=entry,
        )
        found = _application(step, settles, owner, receipts.get(own), cut_off, done_before, is_known=is_known)
        if found is not None:
            yield found
    parts = {part for part, _ in entries}
    lost = (one for one, receipt in receipts.items() if one.part not in parts and not receipt.accepted)
    yield from (_gone(owner, one) for one in lost)


def _gone(owner: Step, part: StepId) -> Step:
    return replace(
        owner,
        id=part,
        action=Action.CONFLICT,
        code="application-gone",
        needs=(),
        changes=(),
        settles=None,
        reason=f"It was applied to {part.part.rpartition('#')[0]}, and the manifest no longer says so.",
        help=f"Put the application back: the books cannot take it back through the API. {accept(owner.id)}",
    )


def entries_of(document: Document, settles: Settles) -> Iterator[tuple[str, Entry]]:
    """The applications of ``document``, each with its part: the target and the ordinal among equal targets."""
    seen: Counter[str] = Counter()
    rows: Any = typed(document.kind, document.fields).get(settles.field, [])
    for position, row in enumerate(rows):
        key, raw = text(row.get(settles.target_field)), text(row.get(settles.target_id_field))
        seen[key or raw] += 1
        yield f"{key or raw}#{seen[key or raw]}", Entry(position, key, raw, row["amount"])


def as_applied(document: Document, settles: Settles, receipts: Mapping[StepId, Receipt]) -> Iterator[tuple[str, Entry]]:
    """The applications, each with the part under which it was applied: among equal targets the amount tells which.

    An entry that equals none of what was applied is an edit of what is left of it; what is beyond that is new.
    """
    applied: dict[str, list[tuple[str, str]]] = defaultdict(list)  # target -> part and amount
    for own, receipt in receipts.items():
        applied[own.part.rpartition("#")[0]].append((own.part, receipt.said["amount"]))
    parts: dict[int, str] = {}
    entries = [entry for _, entry in entries_of(document, settles)]
    for same_amount in (True, False):
        for entry in entries:
            left = applied[entry.target_key or entry.target_id]
            at = next(
                (n for n, (_, worth) in enumerate(left) if not same_amount or worth == canonical(entry.amount)), None
            )
            if entry.position not in parts and at is not None:
                parts[entry.position] = left.pop(at)[0]
    taken = {own.part for own in receipts}
    for entry in entries:
        target = entry.target_key or entry.target_id
        part = parts.get(entry.position) or next(
            name for ordinal in count(1) if (name := f"{target}#{ordinal}") not in taken
        )
        taken.add(part)
        yield part, entry


def later_entries(document: Document, settles: Settles, later: Sequence[int]) -> Iterator[tuple[str, Entry]]:
    """The entries of a list that travels in the create body, at the positions ``later``: those added since.

    Those that the books hold come first in the count of equal targets, wherever they stand.
    """
    if not later:
        return
    entries = [entry for _, entry in entries_of(document, settles)]
    seen = Counter(entry.target_key or entry.target_id for entry in entries if entry.position not in later)
    for position in later:
        target = entries[position].target_key or entries[position].target_id
        seen[target] += 1
        yield f"{target}#{seen[target]}", entries[position]


def entry_said(settles: Settles, entry: Entry) -> dict[str, Any]:
    """What one application says, in canonical form."""
    target = (
        {settles.target_field: entry.target_key} if entry.target_key else {settles.target_id_field: entry.target_id}
    )
    return {**target, "amount": canonical(entry.amount)}


def _application(
    step: Step,
    settles: Settles,
    owner: Step,
    receipt: Receipt | None,
    intent: Intent | None,
    done_before: bool | None,
    *,
    is_known: bool,
) -> Step | None:
    if receipt is not None and step.entry is not None:
        found = changes(receipt.said, entry_said(settles, step.entry))
        return _edited(step, found) if found else None
    if owner.action in (Action.CONFLICT, Action.PENDING):
        return replace(step, action=Action.PENDING, code="waits", reason=f"It waits for {owner.id}.")
    if intent is not None:
        return replace(
            step,
            action=Action.PENDING,
            code="open-intent",
            settles=intent,
            reason=f"A call of {intent.server_time} was cut off before its answer came.",
            help="It is not sent again, so that it cannot be applied twice. To have the balances looked at: "
            "finz-import recover",
        )
    if done_before:
        return replace(step, action=Action.ADOPT, reason="by its balance in the books it is applied already")
    if done_before is None:
        return replace(
            step,
            action=Action.CONFLICT,
            code="partly-applied",
            reason="The books have another part of the document applied than is known, and do not say to what: this may "
            "be among it.",
            help="Look in FinzBooks at what it was applied to. Leave in the manifest what was, and what still has to "
            f"be; then: {command('accept', owner.id) if is_known else command('adopt', owner.id, owner.remote_id)}",
        )
    return step


def _edited(step: Step, found: tuple[Change, ...]) -> Step:
    return replace(
        step,
        action=Action.CONFLICT,
        code="application-edited",
        changes=found,
        reason="It was applied with another amount.",
        help=f"Take the edit back: the books cannot take an application back through the API. {accept(step.id)}",
    )


def _applied_wholly(
    owner: Step, settles: Settles, new: Sequence[Entry], receipts: Mapping[StepId, Receipt], known: Known
) -> bool | None:
    """Whether the books have ``new``, which no receipt knows: all of it (True), nothing (False), or else (None).

    ``receipts`` are those of the document's applications. Only of a document that was just found its balance alone may
    say that all is done (design, section 6, item 5): of one that is known, the same amount may as well have gone
    elsewhere. Where the books say entry by entry what a document is applied to, the plan has told them apart already.
    """
    row = owner.remote if owner.action in (Action.ADOPT, Action.SETTLE) else known.looked.get(owner.id)
    if row is None or isinstance(row, Gone) or not new or settles.in_body:
        return False
    used, receipt = used_of(KINDS[owner.id.kind], row), known.receipts.get(owner.id)
    if used is None:
        return None if receipt is None else False
    known_before = add((remembered(receipts.values()), unnamed(receipt)))
    if used == known_before:
        return False
    return True if receipt is None and used == add(entry.amount for entry in new) else None


def remembered(receipts: Iterable[Receipt]) -> Decimal:
    """What the receipts of applications come to: as the books hold them, where that was accepted to be otherwise."""
    return add(Decimal(one.accepted.get("amount", one.said["amount"])) for one in receipts)


def unnamed(receipt: Receipt | None) -> Decimal:
    """What of a document was accepted to be applied in the books, nobody knows to what."""
    settles = KINDS[receipt.kind].settles if receipt is not None else None
    if receipt is None or settles is None or settles.in_body:
        return ZERO
    return Decimal(receipt.accepted.get(settles.field, 0))


def used_of(kind: Kind, row: Mapping[str, Any]) -> Decimal | None:
    """How much of a document of the books has been applied, in rupees; None where they do not say it."""
    if kind.settles is not None and kind.settles.in_body:
        rows = row.get(kind.settles.field)
        amounts = [paise(one.get("amount")) for one in rows] if isinstance(rows, list) else [None]
        known = [one for one in amounts if one is not None]
        return add(known) if len(known) == len(amounts) else None
    total, balance = paise(row.get("total")), paise(row.get("balance"))
    return None if total is None or balance is None else add((total, balance.copy_negate()))


def paise(value: Any) -> Decimal | None:
    """An amount of the books to the paisa, None for what is none.

    A server that computes in floats answers 19.899999999999977 and means 19.90.
    """
    found = amount(value)
    return half_up(found) if found is not None and abs(found) < MOST else None


def _needs(owner: Step, settles: Settles, entry: Entry, steps: Mapping[StepId, Step]) -> Iterator[StepId]:
    if owner.action is not Action.UNCHANGED:
        yield owner.id
    target = steps.get(StepId(settles.target, entry.target_key))
    if target is not None and target.action is not Action.UNCHANGED:
        yield target.id


def settlers(
    documents: Iterable[Document], steps: Mapping[StepId, Step], known: Known | None = None
) -> Mapping[Target, list[StepId]]:
    """For each document, the steps of payments that settle it, in a create body or later: they go first, then notes.

    A document that is ``known`` is found under its key and under its id.
    """
    found: dict[Target, dict[StepId, None]] = {}
    id_of = _ids(steps, known or Known())
    for document in documents:
        settles = KINDS[document.kind].settles
        own = StepId(document.kind, document.key)
        if settles is not None and settles.in_body and steps[own].action is Action.CREATE:
            for _, entry in entries_of(document, settles):
                for target in targets_of(settles, entry, id_of):
                    found.setdefault(target, {})[own] = None
    for step in steps.values():
        settles = KINDS[step.id.kind].settles
        if step.entry is not None and settles is not None and settles.in_body:
            for target in targets_of(settles, step.entry, id_of):
                found.setdefault(target, {})[step.id] = None
    return {target: list(own) for target, own in found.items()}


def targets_of(settles: Settles, entry: Entry, id_of: Callable[[Ref], str]) -> tuple[Target, ...]:
    """The names of what ``entry`` settles: as the manifest has it, and its id where ``id_of`` knows it (else "").

    Two entries that have a name in common settle the same document.
    """
    if not entry.target_key:
        return (Target(settles.target, "id", entry.target_id),)
    own, remote_id = Target(settles.target, "key", entry.target_key), id_of(Ref(settles.target, entry.target_key))
    return (own, Target(settles.target, "id", remote_id)) if remote_id else (own,)


def _ids(steps: Mapping[StepId, Step], known: Known) -> Callable[[Ref], str]:
    def id_of(ref: Ref) -> str:
        step, receipt = steps.get(StepId(*ref)), known.receipts.get(StepId(*ref))
        return (step.remote_id if step is not None else "") or (receipt.remote_id if receipt is not None else "")

    return id_of


def _payers(payments: Mapping[Target, Sequence[StepId]], targets: Iterable[Target]) -> tuple[StepId, ...]:
    return tuple(dict.fromkeys(one for target in targets for one in payments.get(target, ())))
