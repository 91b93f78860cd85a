"""Creating several documents in one call that is not atomic: each row is a receipt, or a failure of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from importer.api.answers import Answer
from importer.api.wire import dumps
from importer.apply.at_work import asked_again, at_work
from importer.apply.context import Context
from importer.apply.create import UNDONE_SINCE, compare, create, may_be_duplicate, of_candidates, refused, row_of
from importer.apply.deliver import Stopped, Unsettled, deliver
from importer.apply.failures import failed, kind_stopped, not_reached, of_error, of_row, of_unsettled
from importer.apply.look import believed, look
from importer.delivery.natural import Match
from importer.delivery.remote import text
from importer.delivery.settle import remembering_rows
from importer.errors import ApiError, Lost, Rejected, TokenRejected
from importer.kinds import KINDS, Bulk, Kind
from importer.model import Intent, IntentRow, StepId
from importer.outcome import Outcome
from importer.plan.body import body
from importer.plan.value import Step

Bodies = Mapping[StepId, dict[str, Any]]
Found = Mapping[StepId, Match]
# How much further apart than the client's time-out two looks have to be: the call left a little after its limit began.
SLACK: Final = 1.0  # seconds
PATIENCE: Final = 6  # waits for a call that brings nothing while the server says that it is at work; then the next run


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents of one call, all of one kind."""

    context: Context
    kind: Kind
    bulk: Bulk
    steps: Sequence[Step]
    bodies: Bodies
    unread: tuple[IntentRow, ...] = ()  # rows that stay open for the next run, whatever becomes of the others

    @property
    def label(self) -> str:
        return f"POST {self.bulk.endpoint}"

    def rows(self, steps: Sequence[Step]) -> list[IntentRow]:
        return [IntentRow(*step.id, step.generation) for step in steps]

    def open(self, steps: Sequence[Step]) -> list[IntentRow]:
        """The rows of ``steps``, and those that stay open anyway."""
        return [*self.rows(steps), *self.unread]

    @property
    def lost(self) -> Lost:
        return Lost("no-answer", "The answer of the call was lost.", self.label)


async def create_many(
    context: Context, steps: Sequence[Step], bulk: Bulk, again: Intent | None = None
) -> list[Outcome]:
    """Create the documents of ``steps``, all of one kind, in one call. Raises TokenRejected.

    ``again`` is the open intent of an earlier run for these very steps, sent once more under its own key.
    """
    kind = KINDS[steps[0].id.kind]
    bodies = {step.id: body(step.document, context.bindings) for step in steps if step.document is not None}
    context.creating.update({one.ref: (one, bodies[step.id]) for step in steps if (one := step.document) is not None})
    batch = Batch(context, kind, bulk, steps, bodies)
    text_of_body = dumps({bulk.field: [bodies[step.id] for step in steps]})
    rows = batch.rows(steps)
    intent = again or context.intent("bulk", rows, "POST", bulk.endpoint, text_of_body, remembering_rows(rows))

    async def seen() -> Found | None:
        found = await look(context, steps, bodies)
        return found if any(match.rows or match.alike for match in found.values()) else None

    try:
        delivered = await deliver(
            context,
            intent,
            batch.label,
            lambda answer: _results(batch, answer) is not None,
            seen,
            again=again is not None,
        )
    except TokenRejected:
        raise
    except Stopped:
        return [not_reached(step) for step in steps]
    except Rejected:
        # The whole call was refused, and nothing of it done: row by row, each gets an answer of its own.
        return await _one_by_one(context, steps)
    except Unsettled as error:
        return [failed(step, of_unsettled(step, error)) for step in steps]
    except ApiError as error:
        return [failed(step, of_error(step, error)) for step in steps]
    if delivered.seen is not None:
        return await _book_seen(batch, delivered.intent, delivered.seen)
    return await _book_answer(batch, delivered.intent, _results(batch, delivered.answer) or [])


async def _one_by_one(context: Context, steps: Iterable[Step], before: Sequence[Outcome] = ()) -> list[Outcome]:
    """``before``, then each of ``steps`` in a call of its own, under the generation that is its next."""
    outcomes = list(before)
    for step in steps:
        if context.stopping:
            outcomes.append(not_reached(step))
        elif any(outcome.stops_kind for outcome in outcomes):
            outcomes.append(kind_stopped(step))
        else:
            outcomes.append(await create(context, replace(step, generation=context.store.generation(*step.id))))
    return outcomes


def _results(batch: Batch, answer: Answer | None) -> list[dict[str, Any]] | None:
    """The results of an answer, one for each step; None where they are not those of the call.

    Rows come in request order; the echo of the reference makes sure (fact sheet, section 18). Where it is another
    row's, or two rows are one document, nothing in the answer can be trusted.
    """
    results = answer.body.get("results") if answer is not None else None
    if not isinstance(results, list) or len(results) != len(batch.steps):
        return None
    ids = set[str]()
    for step, result in zip(batch.steps, results, strict=True):
        if not isinstance(result, dict):
            return None
        row_id = text((_row_of(batch, result) or {}).get(batch.kind.id_field))
        if row_id and row_id in ids:
            return None
        ids.add(row_id)
        row = result.get(batch.kind.singular)
        echo = text(row.get(batch.kind.reference_field)) if isinstance(row, dict) else ""
        if echo and echo != text(batch.bodies[step.id].get(batch.kind.reference_field)):
            return None
    return results


async def _book_answer(
    batch: Batch, intent: Intent, results: Sequence[dict[str, Any]], *, unseen: bool = False
) -> list[Outcome]:
    """Receipts for the rows that are there, in one transaction; then what was refused, is unknown, or is gone.

    ``unseen``: a look has not shown the rows that the results tell of, so that they are read back.
    """
    context = batch.context
    booked: list[tuple[Step, dict[str, Any]]] = []
    refusals: list[tuple[Step, Any]] = []
    gone: list[Step] = []  # the server only remembered them
    unsaid: list[Step] = []  # neither a document nor a refusal
    unread: list[Step] = []  # the server remembered them, and they could not be read back
    told: list[Outcome] = []
    for step, result in zip(batch.steps, results, strict=True):
        answered = _row_of(batch, result)
        if answered is None:
            if _is_refusal(result):
                refusals.append((step, result.get("error")))
            else:
                unsaid.append(step)
            continue
        try:
            row = await believed(context, batch.kind, answered, intent, unseen=unseen)
        except Unsettled as error:
            told.append(failed(step, of_unsettled(step, error)))
            unread.append(step)
            continue
        if row is None:
            gone.append(step)
        else:
            booked.append((step, row))
    compared = [compare(context, step, batch.bodies[step.id], row) for step, row in booked]
    raised = batch.rows([*(step for step, _ in refusals), *gone])
    remaining = batch.rows([*unsaid, *unread])
    context.store.settle(intent, [receipt for _, receipt in compared], remaining=remaining, raised=raised)
    told.extend([outcome for outcome, _ in compared])
    told.extend([await _refused_row(batch, step, error) for step, error in refusals])
    if unsaid:
        rest = replace(batch, steps=unsaid, unread=tuple(batch.rows(unread)))
        told = await _look_for(rest, intent, told)
    if intent.run != context.run:
        return [*told, *(failed(step, UNDONE_SINCE) for step in gone)]
    return await _one_by_one(context, gone, told)


def _row_of(batch: Batch, result: dict[str, Any]) -> dict[str, Any] | None:
    return row_of(batch.kind, Answer(200, result, None, 0.0)) if result.get("ok") is True else None


def _is_refusal(result: dict[str, Any]) -> bool:
    """Whether a row says that it was not done. One that says neither that nor what was done may have been done."""
    return result.get("ok") is False


async def _look_for(batch: Batch, intent: Intent, before: Sequence[Outcome]) -> list[Outcome]:
    """``before``, then the rows of ``batch``, of which the answer does not say what became of them."""
    try:
        found = await look(batch.context, batch.steps, batch.bodies)
    except ApiError as error:
        unsettled = Unsettled(intent, error)
        return [*before, *(failed(step, of_unsettled(step, unsettled)) for step in batch.steps)]
    return await _book_seen(batch, intent, found, before)


async def _refused_row(batch: Batch, step: Step, error: object) -> Outcome:
    failure = of_row(step, error)
    if not may_be_duplicate(failure.code, failure.field):
        return failed(step, failure)
    rejected = Rejected(failure.code, failure.message, batch.label, 409, failure.field)
    return await refused(batch.context, step, batch.bodies[step.id], rejected)


async def _book_seen(batch: Batch, intent: Intent, found: Found, before: Sequence[Outcome] = ()) -> list[Outcome]:
    """After a lost answer, some rows are there: those are booked, and the others waited for (design, 6, item 4).

    The call may still be at work on them. When two looks further apart than its time-out agree, and the server, asked
    before the second, knows of no such call, it is not, and the missing rows are sent under keys of their own. Where a
    row may be one of several, or the run is stopped, it stays open, and the next run looks again.
    """
    context, missing, outcomes = batch.context, list(batch.steps), list(before)
    first, working, patience = True, False, PATIENCE
    while True:
        there = [step for step in missing if found[step.id].rows]
        missing = [step for step in missing if not found[step.id].rows]
        compared = [compare(context, step, batch.bodies[step.id], dict(found[step.id].rows[0])) for step in there]
        context.store.settle(intent, [receipt for _, receipt in compared], remaining=batch.open(missing))
        outcomes.extend(outcome for outcome, _ in compared)
        if not missing:
            return outcomes
        if not (there or first or working):
            return await _send_missing(batch, intent, missing, found, outcomes)
        first, patience = False, PATIENCE if there else patience - 1
        await context.pause(context.timeout + SLACK)
        try:
            results, working = await _asked(batch, intent, last=not patience)
            if results is not None:
                left = [result for step, result in zip(batch.steps, results, strict=True) if step in missing]
                return [*outcomes, *await _book_answer(replace(batch, steps=missing), intent, left, unseen=True)]
            found = await look(context, missing, batch.bodies)
        except Unsettled as error:
            return [*outcomes, *(failed(step, of_unsettled(step, error)) for step in missing)]
        except ApiError as error:
            return [*outcomes, *(failed(step, of_unsettled(step, Unsettled(intent, error))) for step in missing)]


async def _asked(batch: Batch, intent: Intent, *, last: bool) -> tuple[list[dict[str, Any]] | None, bool]:
    """What the server remembers of the call, a result for each row; and whether it is still at work on it.

    Raises Unsettled when the run is stopped, when the server does not say, and when ``last`` it still works.
    """
    if batch.context.stopping:
        raise Unsettled(intent, batch.lost)
    try:
        return _results(batch, await asked_again(batch.context, intent, batch.bulk)), False
    except Unsettled as error:
        if last or not at_work(error):
            raise
        return None, True


async def _send_missing(
    batch: Batch, intent: Intent, missing: Sequence[Step], found: Found, before: Sequence[Outcome]
) -> list[Outcome]:
    """Close the rows that the call did not bring, and send them; those that may be one of several stay open."""
    doubtful = [step for step in missing if found[step.id].alike]
    absent = [step for step in missing if not found[step.id].alike]
    batch.context.store.settle(intent, remaining=batch.open(doubtful), raised=batch.rows(absent))
    told = [failed(step, of_candidates(step, found[step.id])) for step in doubtful]
    return await _one_by_one(batch.context, absent, [*before, *told])
