"""Choosing the step for each document. Reads nothing, sends nothing: all it needs is handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from importer.delivery.natural import Match
from importer.delivery.remote import text
from importer.kinds import KINDS
from importer.model import Action, Document, Intent, Receipt, Ref, StepId
from importer.plan.applications import application_steps, settlers
from importer.plan.cut_off import changed_id
from importer.plan.doubt import settles_in_doubt, targets_in_doubt
from importer.plan.edits import EDITS, conflict, is_unedited, known_document
from importer.plan.entries import Target
from importer.plan.found import Orphans, unknown_document
from importer.plan.known import Known
from importer.plan.needs import in_view_of_doubt, in_view_of_needs, in_view_of_renames
from importer.plan.value import Step
from importer.plan.ways_out import accept, command
from importer.schema import fields


def decide(
    documents: Sequence[Document],
    known: Known,
    in_scope: Callable[[Receipt], bool] = lambda _: True,
    in_order: Callable[[], Sequence[Document]] | None = None,
) -> tuple[Step, ...]:
    """The steps for ``documents``, which come in the order of their references; unchanged ones are included.

    Where ``in_order`` gives them in that order, they may come in any, and it is asked for only if something is to be
    done: to bring all of them in order takes as long as to see that nothing has changed.
    ``in_scope`` says of a receipt whether its source lies under the given PATHs: only then its absence is an orphan.
    """
    absent = _absent(documents, known)
    scoped = [one for one in absent if in_scope(one)]
    orphans = Orphans.of(absent, scoped)
    claims = _claims(known.matches)
    differing = {one.ref: one for one in known.receipts.values() if one.difference and not one.part}
    known = replace(known, parts=_parts(known.receipts))
    in_doubt = targets_in_doubt(known)
    steps = {step.id: step for step in _as_before(documents, known)}
    if len(steps) < len(documents):
        documents = documents if in_order is None else in_order()
        steps = _one_by_one(documents, steps, known, orphans, claims, differing, in_doubt)
    renamed = {Ref(step.id.kind, step.id.key): step.was for step in steps.values() if step.was}
    if renamed:
        steps = {own: in_view_of_renames(step, renamed) for own, step in steps.items()}
    # Payments of an invoice go first, then notes (design, section 5).
    for in_body in (True, False):
        settling = [one for one in documents if _settles(one, in_body=in_body)]
        payments = settlers(documents, steps, known) if settling else {}
        for document in settling:
            parts = known.parts.get(document.ref, {})
            for step in application_steps(document, steps, known, parts, payments, in_doubt):
                steps[step.id] = in_view_of_needs(_refused(step, _targets(step), differing), steps)
    left_open = _left_open(known.intents, steps)
    now = {Ref(ref.kind, was): ref for ref, was in renamed.items()}
    return (*steps.values(), *left_open, *_orphaned(scoped, now))


def _absent(documents: Iterable[Document], known: Known) -> list[Receipt]:
    """What the state knows and ``documents`` do not hold."""
    present = {document.ref for document in documents}
    return [one for one in known.receipts.values() if not one.part and one.ref not in present]


def _one_by_one(
    documents: Iterable[Document],
    as_before: Mapping[StepId, Step],
    known: Known,
    orphans: Orphans,
    claims: Mapping[tuple[str, str], list[Ref]],
    differing: Mapping[Ref, Receipt],
    in_doubt: Collection[Target],
) -> dict[StepId, Step]:
    """The steps of the documents themselves, each in view of those before it."""
    steps: dict[StepId, Step] = {}
    quiet = True
    for document in documents:
        step = as_before.get(StepId(*document.ref)) or _step(document, known, orphans, claims)
        if not quiet:  # as long as all is as it was, nothing is needed that is not there
            step = replace(step, needs=tuple(_needs(document, step, steps)))
        if step.action is not Action.UNCHANGED:
            quiet = False
            if step.action is Action.CREATE and settles_in_doubt(document, known, in_doubt):
                step = in_view_of_doubt(step, in_doubt, in_doubt)
            step = in_view_of_needs(_refused(step, references(document), differing), steps)
        elif step.needs:
            step = in_view_of_needs(step, steps)
        steps[step.id] = step
    return steps


def _settles(document: Document, *, in_body: bool) -> bool:
    settles = KINDS[document.kind].settles
    return settles is not None and settles.in_body is in_body


def _refused(step: Step, needed: Iterable[Ref], differing: Mapping[Ref, Receipt]) -> Step:
    """Nothing is booked on top of a document that the books hold otherwise than it was sent, in the PATHs or not."""
    if step.action not in (Action.CREATE, Action.ADOPT, Action.APPLY):
        return step
    receipt = next((differing[ref] for ref in needed if ref in differing), None)
    if receipt is None:
        return step
    return conflict(
        step,
        "needs-what-differs",
        f"It refers to {receipt.ref}, which the books hold otherwise than it was sent: {receipt.difference}.",
        f"Look at that document in FinzBooks first. {accept(StepId(*receipt.ref))}",
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
                help=_way_on(own, intent, steps),
            )


def _way_on(own: StepId, intent: Intent, steps: Mapping[StepId, Step]) -> str:
    """What settles a call whose entry is gone. One that was to change a document may have got another key."""
    if intent.operation not in EDITS:
        find = "Give the file that holds it, so that it can be looked for. If it is not in the books"
        return f"{find}: {command('rm', own)}"
    changed = (own.kind, changed_id(intent))
    heir = next((one for one in steps.values() if (one.id.kind, one.remote_id) == changed and not one.id.part), None)
    if heir is not None and heir.action is not Action.CONFLICT:
        return f"{heir.id} is the document that it was to change: the next apply leaves it to that, and closes this."
    return f"Give the file that holds it. To leave {changed[1]} in the books, and forget it here: {command('rm', own)}"


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


def _as_before(documents: Iterable[Document], known: Known) -> Iterator[Step]:
    """The steps of the documents of which nothing has changed, and nothing is open: in most plans nearly all."""
    for document in documents:
        own = StepId(document.kind, document.key)
        receipt = known.receipts.get(own)
        if receipt is not None and own not in known.intents and is_unedited(document, receipt):
            yield Step(
                id=own,
                action=Action.UNCHANGED,
                document=document,
                place=document.place(),
                remote_id=receipt.remote_id,
                generation=known.generations.get(own, 0),
            )


def _step(document: Document, known: Known, orphans: Orphans, claims: Mapping[tuple[str, str], list[Ref]]) -> Step:
    own = StepId(document.kind, document.key)
    base = Step(
        id=own,
        action=Action.CREATE,
        document=document,
        place=document.place(),
        generation=known.generations.get(own, 0),
    )
    receipt = known.receipts.get(own)
    if receipt is not None:
        return known_document(base, document, receipt, known)
    return unknown_document(base, document, known, orphans, claims)


def references(document: Document, *, settled: bool = True) -> Iterator[Ref]:
    """The documents that the create body of ``document`` refers to, by key; those that it settles only if asked for."""
    settles = KINDS[document.kind].settles
    left_out = settles.field if settles is not None and not (settles.in_body and settled) else None
    for path, kind in _references_of(document.kind):
        if path[0] != left_out and path[0] in document.fields:
            yield from (Ref(kind, text(value)) for value in _values(document.fields, path))


@cache
def _references_of(kind: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The fields of a kind that refer to another one: where, and to which kind."""
    return tuple((path, one.ref) for path, one in fields(kind).items() if one.ref is not None)


def _values(tree: Any, path: tuple[str, ...]) -> list[Any]:
    """What stands at ``path``, in every element of the lists on the way."""
    found = [tree]
    for name in path:
        found = [one[name] for one in found if isinstance(one, dict) and name in one]
        found = [inner for one in found for inner in (one if isinstance(one, list) else (one,))]
    return found


def _needs(document: Document, step: Step, steps: Mapping[StepId, Step]) -> Iterator[StepId]:
    """What ``step`` needs. What a document of the books settles is there, or comes in steps of its own."""
    for ref in sorted(set(references(document, settled=step.action is Action.CREATE))):
        need = steps.get(StepId(*ref))
        if need is not None and need.action is not Action.UNCHANGED:
            yield need.id


def _orphaned(receipts: Iterable[Receipt], now: Mapping[Ref, Ref]) -> Iterator[Step]:
    """What is gone from the files that were read. ``now`` has the new name of what was only renamed."""
    for receipt in receipts:
        own, new = StepId(receipt.kind, receipt.key), now.get(receipt.ref)
        help = f"To stop hearing of it: {command('rm', own)}" if new is None else f"See {new}, which seems to be it."
        yield Step(
            id=own,
            action=Action.ORPHANED,
            remote_id=receipt.remote_id,
            reason=f"Its entry is gone from {receipt.source}. The books still hold it; nothing is done about it.",
            help=help,
        )
