"""Steps for what a document settles in calls of its own: a note's applications, a payment's later allocations. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from importer.delivery.natural import dead
from importer.delivery.remote import amount
from importer.kinds import KINDS, Kind, Settles
from importer.model import Action, Change, Document, Intent, Receipt, Ref, StepId
from importer.money import ZERO, add, half_up
from importer.plan.entries import Target, as_applied, entries_of, in_force, later_entries, targets_of
from importer.plan.known import Gone, Known
from importer.plan.needs import in_view_of_doubt
from importer.plan.said import canonical, changes
from importer.plan.value import Entry, Step
from importer.plan.ways_out import accept, command

# In rupees. No books hold as much; what claims to is no amount.
MOST: Final = Decimal(10) ** 30


def application_steps(
    document: Document,
    steps: Mapping[StepId, Step],
    known: Known,
    receipts: Mapping[StepId, Receipt],
    payments: Mapping[Target, Sequence[StepId]],
    in_doubt: Collection[Target] = (),
) -> Iterator[Step]:
    """One step for each application of ``document``, unchanged ones left out; conflicts for what was changed.

    Of a list that travels in the create body these are the entries that were added later (``Step.later``).
    ``receipts`` are those of this document's applications, ``payments`` comes from ``settlers``, ``in_doubt`` from
    ``targets_in_doubt``.
    """
    settles = KINDS[document.kind].settles
    if settles is None:
        return
    owner = steps[StepId(document.kind, document.key)]
    id_of = _ids(steps, known)
    receipts = receipts if settles.in_body else in_force(document, settles, receipts, id_of)
    entries = list(
        later_entries(document, settles, owner.later)
        if settles.in_body
        else as_applied(document, settles, receipts, id_of)
    )
    cut_off = next(
        (one for own, one in known.intents.items() if own.part and (own.kind, own.key) == document.ref), None
    )
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
        found = _application(step, owner, receipts.get(own), cut_off, done_before, is_known=is_known)
        if found is not None and found.action in (Action.APPLY, Action.CONFLICT) and _is_dead(owner, known):
            found = _of_voided(step)
        if found is not None and found.action is Action.APPLY:
            found = in_view_of_doubt(found, targets_of(settles, entry, id_of), in_doubt)
        if found is not None:
            yield found
    parts = {part for part, _ in entries}
    lost = (one for one, receipt in receipts.items() if one.part not in parts and not receipt.accepted)
    yield from (_gone(owner, one) for one in lost)


def _is_dead(owner: Step, known: Known) -> bool:
    row = known.looked.get(owner.id)
    return row is not None and not isinstance(row, Gone) and dead(KINDS[owner.id.kind], row)


def _of_voided(step: Step) -> Step:
    label = KINDS[step.id.kind].label
    return replace(
        step,
        action=Action.CONFLICT,
        code="voided-in-books",
        reason=f"The {label} was voided in FinzBooks: nothing of it can be applied.",
        help="Take its entry out; or give it another key, and it is booked anew. To forget the voided one: "
        f"{command('rm', step.id._replace(part=''))}",
    )


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


def _application(
    step: Step,
    owner: Step,
    receipt: Receipt | None,
    intent: Intent | None,
    done_before: bool | None,
    *,
    is_known: bool,
) -> Step | None:
    if receipt is not None and step.entry is not None:
        # Under another spelling of the same target it is the same application.
        found = changes({"amount": receipt.said["amount"]}, {"amount": canonical(step.entry.amount)})
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
            help="The next apply looks at the balances first: where they have moved by exactly this it was done, where "
            "they are as before it is applied then. To have them looked at without sending anything: "
            "finz-import recover",
        )
    if done_before:
        return replace(step, action=Action.ADOPT, reason="by its balance in the books it is applied already")
    if done_before is None:
        return replace(
            step,
            action=Action.CONFLICT,
            code="partly-applied",
            reason="The books have another part of the document applied than is known, and do not say to what: this "
            "may be among it.",
            help="Look in FinzBooks at what it was applied to. Leave only that in the manifest, then: "
            f"{command('accept', owner.id) if is_known else command('adopt', owner.id, owner.remote_id)}. "
            "After that, add what still has to be applied.",
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


def _ids(steps: Mapping[StepId, Step], known: Known) -> Callable[[Ref], str]:
    def id_of(ref: Ref) -> str:
        step, receipt = steps.get(StepId(*ref)), known.receipts.get(StepId(*ref))
        return (step.remote_id if step is not None else "") or (receipt.remote_id if receipt is not None else "")

    return id_of


def _payers(payments: Mapping[Target, Sequence[StepId]], targets: Iterable[Target]) -> tuple[StepId, ...]:
    return tuple(dict.fromkeys(one for target in targets for one in payments.get(target, ())))
