"""Creating several documents in one call that is not atomic: each row is a receipt, or a failure of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from importer.api.answers import Answer
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.create import compare, create, may_be_duplicate, of_several, refused, row_of
from importer.apply.deliver import Delivered, Unsettled, deliver
from importer.apply.failures import failed, of_error, of_row, of_unsettled
from importer.apply.look import believed, look
from importer.delivery.natural import Match, dead
from importer.delivery.remote import text
from importer.errors import ApiError, Lost, Rejected, TokenRejected
from importer.kinds import KINDS, Bulk, Kind
from importer.model import IntentRow, Receipt, StepId
from importer.outcome import Outcome
from importer.plan.body import body
from importer.plan.value import Step

Bodies = Mapping[StepId, dict[str, Any]]


async def create_many(context: Context, steps: Sequence[Step], bulk: Bulk) -> list[Outcome]:
    """Create the documents of ``steps``, all of one kind, in one call. Raises TokenRejected."""
    kind = KINDS[steps[0].id.kind]
    bodies: Bodies = {step.id: body(step.document, context.bindings) for step in steps if step.document is not None}
    rows = [IntentRow(*step.id, step.generation) for step in steps]
    text_of_body = dumps({bulk.field: [bodies[step.id] for step in steps]})
    intent = context.intent("bulk", rows, "POST", bulk.endpoint, text_of_body, {})

    async def seen() -> Mapping[StepId, Match] | None:
        found = await look(context, steps, bodies)
        return found if any(match.rows for match in found.values()) else None

    try:
        delivered = await deliver(
            context, intent, f"POST {bulk.endpoint}", lambda answer: _results(answer, len(steps)) is not None, seen
        )
    except TokenRejected:
        raise
    except Rejected:
        # The whole call was refused, and nothing of it done: row by row, each gets an answer of its own.
        return [await create(context, _raised(context, step)) for step in steps]
    except Unsettled as error:
        return [failed(step, of_unsettled(step, error)) for step in steps]
    except ApiError as error:
        return [failed(step, of_error(step, error)) for step in steps]
    if delivered.seen is not None:
        return _book_seen(context, steps, bodies, kind, delivered, delivered.seen)
    return await _book_answer(context, steps, bodies, kind, delivered)


def _raised(context: Context, step: Step) -> Step:
    return replace(step, generation=context.store.generation(*step.id))


def _results(answer: Answer | None, size: int) -> list[Any] | None:
    found = answer.body.get("results") if answer is not None else None
    return found if isinstance(found, list) and len(found) == size else None


def _paired(
    kind: Kind, steps: Sequence[Step], bodies: Bodies, results: Sequence[Any]
) -> list[tuple[Step, dict[str, Any]]] | None:
    """Each step with its result. Rows come in request order; the echo of the reference makes sure (fact sheet, 18).

    None where a row echoes the reference of another one: then nothing in the answer can be trusted.
    """
    pairs = []
    for step, result in zip(steps, results, strict=True):
        if not isinstance(result, dict):
            return None
        row = result.get(kind.singular)
        echo = text(row.get(kind.reference_field)) if isinstance(row, dict) else ""
        if echo and echo != text(bodies[step.id].get(kind.reference_field)):
            return None
        pairs.append((step, result))
    return pairs


async def _book_answer(
    context: Context,
    steps: Sequence[Step],
    bodies: Bodies,
    kind: Kind,
    delivered: Delivered[Mapping[StepId, Match]],
) -> list[Outcome]:
    intent = delivered.intent
    pairs = _paired(kind, steps, bodies, _results(delivered.answer, len(steps)) or [])
    if pairs is None:
        cause = Lost("garbled", "The rows of the answer are not those that were sent.", f"POST {intent.path}")
        return [failed(step, of_unsettled(step, Unsettled(intent, cause))) for step in steps]
    booked: list[tuple[Step, dict[str, Any]]] = []
    refused_rows: list[tuple[Step, Any]] = []
    gone: list[Step] = []
    for step, result in pairs:
        answered = row_of(kind, Answer(200, result, None, 0.0)) if result.get("ok") is True else None
        if answered is None:
            refused_rows.append((step, result.get("error")))
            continue
        row = await believed(context, kind, answered, intent)
        if row is None or dead(kind, row):
            gone.append(step)
        else:
            booked.append((step, row))
    return await _settle(context, bodies, delivered, booked, refused_rows, gone)


async def _settle(
    context: Context,
    bodies: Bodies,
    delivered: Delivered[Mapping[StepId, Match]],
    booked: Sequence[tuple[Step, dict[str, Any]]],
    refused_rows: Sequence[tuple[Step, Any]],
    gone: Sequence[Step],
) -> list[Outcome]:
    """Receipts for what is there, in one transaction; then what was refused, then what the server only remembered."""
    raised = [IntentRow(*step.id, step.generation) for step in (*(step for step, _ in refused_rows), *gone)]
    outcomes, receipts = _receipts(context, booked, bodies)
    context.store.settle(delivered.intent, receipts, raised=raised)
    for step, error in refused_rows:
        failure = of_row(step, error)
        if may_be_duplicate(failure.code, failure.field):
            call = f"POST {delivered.intent.path}"
            rejected = Rejected(failure.code, failure.message, call, 409, failure.field)
            outcomes.append(await refused(context, step, bodies[step.id], rejected))
        else:
            outcomes.append(failed(step, failure))
    for step in gone:
        outcomes.append(await create(context, _raised(context, step)))
    return outcomes


def _receipts(
    context: Context, booked: Sequence[tuple[Step, dict[str, Any]]], bodies: Bodies
) -> tuple[list[Outcome], list[Receipt]]:
    compared = [compare(context, step, bodies[step.id], row) for step, row in booked]
    return [outcome for outcome, _ in compared], [receipt for _, receipt in compared]


def _book_seen(
    context: Context,
    steps: Sequence[Step],
    bodies: Bodies,
    kind: Kind,
    delivered: Delivered[Mapping[StepId, Match]],
    found: Mapping[StepId, Match],
) -> list[Outcome]:
    """After a lost answer, some rows are there: those are booked. The others stay open; the next run looks again."""
    there = [
        (step, dict(found[step.id].rows[0]))
        for step in steps
        if len(found[step.id].rows) == 1 and not dead(kind, found[step.id].rows[0])
    ]
    known = {step.id for step, _ in there}
    remaining = [IntentRow(*step.id, step.generation) for step in steps if step.id not in known]
    outcomes, receipts = _receipts(context, there, bodies)
    context.store.settle(delivered.intent, receipts, remaining=remaining)
    cause = Lost("no-answer", "The answer of the call was lost.", f"POST {delivered.intent.path}")
    for step in steps:
        if step.id in known:
            continue
        several = len(found[step.id].rows) > 1
        unsettled = of_unsettled(step, Unsettled(delivered.intent, cause))
        outcomes.append(failed(step, of_several(step, found[step.id]) if several else unsettled))
    return outcomes
