"""Choosing the step for each document. Reads nothing, sends nothing: all it needs is handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from importer.delivery.compare import differences
from importer.delivery.natural import Match, dead
from importer.delivery.remote import text
from importer.kinds import KINDS, Kind
from importer.model import Action, Document, Intent, Receipt, Ref, StepId
from importer.plan.applications import application_steps, settlers
from importer.plan.known import Known
from importer.plan.needs import in_view_of_needs
from importer.plan.said import changes, said
from importer.plan.value import Step
from importer.schema import fields

MOST_IDS: Final = 5  # ids that a sentence names


def decide(
    documents: Sequence[Document], known: Known, in_scope: Callable[[Receipt], bool] = lambda _: True
) -> tuple[Step, ...]:
    """The steps for ``documents``, which come in the order of their references; unchanged ones are included.

    ``in_scope`` says of a receipt whether its source lies under the given PATHs: only then its absence is an orphan.
    """
    present = {document.ref for document in documents}
    orphans = {
        (receipt.kind, receipt.remote_id): receipt.ref
        for receipt in known.receipts.values()
        if not receipt.part and receipt.ref not in present
    }
    claims = _claims(known.matches)
    differing = {one.ref: one for one in known.receipts.values() if one.difference and not one.part}
    steps: dict[StepId, Step] = {}
    for document in documents:
        step = _step(document, known, orphans, claims)
        step = replace(step, needs=tuple(_needs(document, steps)))
        steps[step.id] = in_view_of_needs(_refused(step, references(document), differing), steps)
    payments = settlers(documents, steps, known)
    parts = _parts(known.receipts)
    for document in documents:
        for step in application_steps(document, steps, known, parts.get(document.ref, {}), payments):
            steps[step.id] = in_view_of_needs(_refused(step, _targets(step), differing), steps)
    left_open = _left_open(known.intents, steps)
    return (*steps.values(), *left_open, *_orphaned(known.receipts.values(), present, in_scope))


def _refused(step: Step, needed: Iterable[Ref], differing: Mapping[Ref, Receipt]) -> Step:
    """Nothing is booked on top of a document that the books hold otherwise than it was sent, in the PATHs or not."""
    if step.action not in (Action.CREATE, Action.ADOPT, Action.APPLY):
        return step
    receipt = next((differing[ref] for ref in needed if ref in differing), None)
    if receipt is None:
        return step
    return _conflict(
        step,
        "needs-what-differs",
        f"It refers to {receipt.ref}, which the books hold otherwise than it was sent: {receipt.difference}.",
        "Look at that document in FinzBooks first.",
    )


def _targets(step: Step) -> Iterator[Ref]:
    settles = KINDS[step.id.kind].settles
    if step.entry is not None and settles is not None and step.entry.target_key:
        yield Ref(settles.target, step.entry.target_key)


def _left_open(intents: Mapping[StepId, Intent], steps: Mapping[StepId, Step]) -> Iterator[Step]:
    """Calls that were cut off for documents that are no longer among the files: not forgotten for that."""
    for own, intent in intents.items():
        if own not in steps and StepId(own.kind, own.key) not in steps:
            yield Step(
                id=own,
                action=Action.PENDING,
                settles=intent,
                code="open-intent",
                reason=f"A call of {intent.server_time} was cut off before its answer came, and its entry is not in "
                "the given files.",
                help="Give the file that holds it, so that it can be looked for; or look for it in FinzBooks.",
            )


def _parts(receipts: Mapping[StepId, Receipt]) -> Mapping[Ref, dict[StepId, Receipt]]:
    found: dict[Ref, dict[StepId, Receipt]] = defaultdict(dict)
    for own, receipt in receipts.items():
        if receipt.part:
            found[receipt.ref][own] = receipt
    return found


def _claims(matches: Mapping[Ref, Match]) -> Mapping[tuple[str, str], list[Ref]]:
    claims: dict[tuple[str, str], list[Ref]] = defaultdict(list)
    for ref, match in matches.items():
        if len(match.rows) == 1:
            claims[ref.kind, text(match.rows[0].get(KINDS[ref.kind].id_field))].append(ref)
    return claims


def _step(
    document: Document,
    known: Known,
    orphans: Mapping[tuple[str, str], Ref],
    claims: Mapping[tuple[str, str], list[Ref]],
) -> Step:
    base = Step(
        id=StepId(document.kind, document.key),
        action=Action.CREATE,
        document=document,
        place=document.place(),
        generation=known.generations.get(StepId(document.kind, document.key), 0),
    )
    receipt = known.receipts.get(base.id)
    if receipt is not None:
        return _known_document(base, document, receipt, known.intents.get(base.id))
    match = known.matches.get(document.ref, Match())
    intent = known.intents.get(base.id)
    if len(match.rows) == 1:
        return _found(replace(base, settles=intent), document, match, known, orphans, claims)
    if intent is not None:
        return _in_flight(base, intent, match)
    return _not_found(base, match, orphans, known.allow_likeness)


def _known_document(base: Step, document: Document, receipt: Receipt, intent: Intent | None) -> Step:
    """A document with a receipt: unchanged, updated, or edited where no edit is possible."""
    kind = KINDS[document.kind]
    base = replace(base, remote_id=receipt.remote_id, settles=intent)
    if receipt.difference:
        return replace(
            base,
            action=Action.CONFLICT,
            code="books-differ",
            reason=f"When it was created the books answered otherwise than sent: {receipt.difference}.",
            help="Look at the document in FinzBooks. What depends on it is not sent while the two disagree.",
        )
    found = changes(receipt.said, said(document))
    if not found and (intent is None or not kind.updates):
        return replace(base, action=Action.UNCHANGED)
    if not found:
        return replace(base, action=Action.UPDATE, reason="an update was cut off before its answer came")
    if kind.updates:
        return replace(base, action=Action.UPDATE, changes=found)
    return replace(
        base,
        action=Action.CONFLICT,
        changes=found,
        code="edit-of-document",
        reason=f"The {kind.label} is in the books already ({_names(receipt)}), and its manifest entry was edited.",
        help=f"Take the edit back. {kind.way_out}".strip(),
    )


def _found(
    base: Step,
    document: Document,
    match: Match,
    known: Known,
    orphans: Mapping[tuple[str, str], Ref],
    claims: Mapping[tuple[str, str], list[Ref]],
) -> Step:
    """Exactly one document of the books matches: adopt it, update it, or say why neither is right."""
    kind, row = KINDS[document.kind], match.rows[0]
    remote_id = text(row.get(kind.id_field))
    base = replace(base, remote_id=remote_id, remote=row, reason=match.words)
    sharing = [ref for ref in claims.get((kind.name, remote_id), ()) if ref != document.ref]
    owner = orphans.get((kind.name, remote_id))
    if dead(kind, row):
        return _conflict(base, "voided-in-books", f"The books hold it with {match.words}, and it was voided there.")
    if sharing:
        return _conflict(base, "shared-match", f"{sharing[0]} matches the same {kind.label} of the books, {remote_id}.")
    if owner is not None:
        return _renamed(base, owner)
    found = differences(kind.name, known.wanted.get(document.ref, {}), row, known.expected(document))
    if not found:
        return replace(base, action=Action.ADOPT if base.settles is None else Action.SETTLE)
    if kind.updates:
        return replace(base, action=Action.UPDATE, changes=found)
    return replace(
        _conflict(base, "books-differ", f"The books hold it ({match.words}), and say otherwise than the manifest."),
        changes=found,
    )


def _renamed(base: Step, owner: Ref) -> Step:
    """What was found is known already, under a key that is not among the files: most likely the key was renamed."""
    return _conflict(
        base,
        "known-under-other-key",
        f'The {KINDS[base.id.kind].label} {base.remote_id} of the books belongs to the key "{owner.key}", which is not '
        "in the files.",
        "If the key was renamed, give it its old name back.",
    )


def _in_flight(base: Step, intent: Intent, match: Match) -> Step:
    """A call was about to be sent for it, its answer is not known, and the books do not show it exactly once."""
    rows = match.rows or match.alike
    ids = ", ".join(text(row.get(KINDS[base.id.kind].id_field)) for row in rows[:MOST_IDS])
    how_many = f"{len(rows)} that could be it ({ids})" if rows else "none that could be it"
    return replace(
        base,
        action=Action.PENDING,
        code="open-intent",
        settles=intent,
        reason=f"A call of {intent.server_time} was cut off before its answer came; the books show {how_many}.",
        help="It is not sent again, so that it cannot be booked twice. Look for it in FinzBooks.",
    )


def _not_found(base: Step, match: Match, orphans: Mapping[tuple[str, str], Ref], allow_likeness: bool) -> Step:
    kind = KINDS[base.id.kind]
    if len(match.rows) > 1:
        ids = ", ".join(text(row.get(kind.id_field)) for row in match.rows[:MOST_IDS])
        return _conflict(
            base, "ambiguous-match", f"{len(match.rows)} documents of the books have {match.words}: {ids}."
        )
    for row in match.alike:
        remote_id = text(row.get(kind.id_field))
        if (owner := orphans.get((kind.name, remote_id))) is not None:
            return _renamed(replace(base, remote_id=remote_id, remote=row), owner)
    if match.alike and not allow_likeness:
        return replace(
            _conflict(
                base,
                "likeness",
                "The books hold one that looks like it, under another reference or amount: "
                f"{_describe(kind, match.alike[0])}.",
                "If they are two documents, run again with --allow-likeness.",
            ),
            remote=match.alike[0],
        )
    return base


def _conflict(base: Step, code: str, reason: str, help: str = "Look at it in FinzBooks.") -> Step:
    return replace(base, action=Action.CONFLICT, code=code, reason=reason, help=help)


def _describe(kind: Kind, row: Mapping[str, Any]) -> str:
    parts = [text(row.get(kind.id_field))]
    for name in (kind.number_field, kind.reference_field, "date", kind.amount_field or "total"):
        if name and row.get(name) is not None:
            parts.append(f"{name} {text(row[name])}")
    return ", ".join(parts)


def _names(receipt: Receipt) -> str:
    return f"{receipt.number}, {receipt.remote_id}" if receipt.number else receipt.remote_id


def references(document: Document) -> Iterator[Ref]:
    """The documents that the create body of ``document`` refers to, by key."""
    table = fields(document.kind)
    settles = KINDS[document.kind].settles
    own_calls = settles.field if settles is not None and settles.call else None
    stack: list[tuple[tuple[str, ...], Any]] = [((), document.fields)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            stack.extend(((*path, name), inner) for name, inner in node.items())
        elif isinstance(node, list):
            stack.extend((path, inner) for inner in node)
        elif path[0] != own_calls and (known := table.get(path)) is not None and known.ref is not None:
            yield Ref(known.ref, text(node))


def _needs(document: Document, steps: Mapping[StepId, Step]) -> Iterator[StepId]:
    for ref in sorted(set(references(document))):
        step = steps.get(StepId(*ref))
        if step is not None and step.action is not Action.UNCHANGED:
            yield step.id


def _orphaned(receipts: Iterable[Receipt], present: set[Ref], in_scope: Callable[[Receipt], bool]) -> Iterator[Step]:
    for receipt in receipts:
        if not receipt.part and receipt.ref not in present and in_scope(receipt):
            yield Step(
                id=StepId(receipt.kind, receipt.key),
                action=Action.ORPHANED,
                remote_id=receipt.remote_id,
                reason=f"Its entry is gone from {receipt.source}. The books still hold it; nothing is done about it.",
            )
