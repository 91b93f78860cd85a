"""Creating one document: intent, call, comparison, receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from importer.api.answers import Answer
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import Delivered, Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_differences, of_error, of_unsettled, shown
from importer.apply.look import believed, look
from importer.delivery.compare import differences
from importer.delivery.natural import Match
from importer.delivery.remote import text
from importer.errors import ApiError, Rejected, TokenRejected
from importer.kinds import KINDS, Kind
from importer.model import Change, Intent, IntentRow, Receipt
from importer.outcome import Failure, Outcome, Status
from importer.plan.body import body
from importer.plan.value import Step

# How often the server may answer from memory with something that is gone: each time costs a generation.
MOST_GENERATIONS: Final = 3


# Of a call of an earlier run. The plan that is made next says whether it is created anew: not, where it was voided.
UNDONE_SINCE: Final = Failure("", "It had been done, and the books hold it no longer, or voided.")


async def create(context: Context, step: Step, again: Intent | None = None) -> Outcome:
    """Create the document of ``step`` exactly once. Raises TokenRejected: no further call can succeed.

    ``again`` is the open intent of an earlier run, whose very call is sent once more, under its own key.
    """
    for _ in range(MOST_GENERATIONS):
        try:
            outcome = await _create(context, step, again)
        except Stopped:
            return not_reached(step)
        if outcome is not None:
            return outcome
        if again is not None:
            return failed(step, UNDONE_SINCE)
        step, again = replace(step, generation=step.generation + 1), None
    return failed(step, Failure("stale-answers", "FinzBooks keeps answering with a document that is gone."))


async def _create(context: Context, step: Step, again: Intent | None) -> Outcome | None:
    """One generation of it. None: the server answered from memory with something that is no longer there."""
    kind = KINDS[step.id.kind]
    wanted = body(step.document, context.bindings) if step.document is not None else {}
    if step.document is not None:
        context.creating[step.document.ref] = (step.document, wanted)
    rows = (IntentRow(*step.id, step.generation),)
    intent = again or context.intent("create", rows, "POST", kind.endpoint, dumps(wanted), {})

    async def seen() -> Match | None:
        match = (await look(context, (step,), {step.id: wanted}))[step.id]
        return match if match.rows or match.alike else None

    try:
        delivered = await deliver(
            context,
            intent,
            f"POST {kind.endpoint}",
            lambda answer: row_of(kind, answer) is not None,
            seen,
            again=again is not None,
        )
        return await _book(context, step, kind, wanted, delivered)
    except TokenRejected:
        raise
    except Rejected as error:
        return await refused(context, step, wanted, error)
    except Unsettled as error:
        return failed(step, of_unsettled(step, error))
    except ApiError as error:
        return failed(step, of_error(step, error))


async def _book(
    context: Context, step: Step, kind: Kind, wanted: Mapping[str, Any], delivered: Delivered[Match]
) -> Outcome | None:
    intent = delivered.intent
    if delivered.seen is not None:
        if not delivered.seen.rows:
            return failed(step, of_candidates(step, delivered.seen))
        row: dict[str, Any] | None = dict(delivered.seen.rows[0])
    else:
        answered = row_of(kind, delivered.answer)
        row = await believed(context, kind, answered, intent) if answered is not None else None
    if row is None:
        context.store.close(intent, raised=intent.rows)
        return None
    return book(context, step, wanted, row, intent)


def book(context: Context, step: Step, wanted: Mapping[str, Any], row: dict[str, Any], intent: Intent) -> Outcome:
    """Compare what the books hold with what was sent, and remember it durably, agreeing or not."""
    outcome, receipt = compare(context, step, wanted, row)
    context.store.close(intent, [receipt])
    return outcome


def compare(context: Context, step: Step, wanted: Mapping[str, Any], row: dict[str, Any]) -> tuple[Outcome, Receipt]:
    """The outcome and the receipt of a document that the books hold as ``row``."""
    found = _differences(context, step, wanted, row)
    receipt = context.receipt(step, row, shown(found))
    if found:
        failure = of_differences(
            step, found, what=f"It is in the books as {receipt.remote_id}, but otherwise than sent"
        )
        return failed(step, failure, stops_kind=True, remote_id=receipt.remote_id), receipt
    return Outcome(step.id, Status.CREATED, receipt.remote_id, step.place), receipt


def _differences(context: Context, step: Step, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Change, ...]:
    expected = context.expected(step.document) if step.document is not None else None
    return differences(step.id.kind, wanted, row, expected)


async def refused(context: Context, step: Step, wanted: Mapping[str, Any], error: Rejected) -> Outcome:
    """A final 4xx. A guard against duplicates may mean that the books hold it already (fact sheet, 23.9): look.

    What is found there is adopted only if it says what the manifest says: it was not this run that wrote it.
    """
    match = await _guarded(context, step, wanted) if may_be_duplicate(error.code, error.field) else Match()
    if len(match.rows) != 1:
        return failed(step, of_error(step, error))
    row = dict(match.rows[0])
    found = _differences(context, step, wanted, row)
    if found:
        remote_id = text(row.get(KINDS[step.id.kind].id_field))
        what = f"FinzBooks refused it as a duplicate of {remote_id} ({match.words}), which says otherwise"
        return failed(step, of_differences(step, found, what=what), remote_id=remote_id)
    receipt = context.receipt(step, row)
    context.store.put([receipt])
    return Outcome(step.id, Status.ADOPTED, receipt.remote_id, step.place)


async def _guarded(context: Context, step: Step, wanted: Mapping[str, Any]) -> Match:
    """What the books hold that a guard may have meant; nothing when they cannot be read."""
    try:
        return (await look(context, (step,), {step.id: wanted}))[step.id]
    except ApiError:
        return Match()


def may_be_duplicate(code: str, field: str) -> bool:
    return code == "conflict.duplicate" or (code == "validation.invalid_value" and not field)


def row_of(kind: Kind, answer: Answer | None) -> dict[str, Any] | None:
    """The document in an answer, or None where it is not the documented envelope."""
    row = answer.body.get(kind.singular) if answer is not None else None
    return row if isinstance(row, dict) and text(row.get(kind.id_field)) else None


def of_candidates(step: Step, match: Match) -> Failure:
    """Its call may have brought one of the rows in ``alike``, or none of them. Its intent stays open."""
    kind, found = KINDS[step.id.kind], match.alike
    ids = ", ".join(text(row.get(kind.id_field)) for row in found[:5]) + (", ..." if len(found) > 5 else "")
    documents = f"the {kind.label}" if len(found) == 1 else f"{len(found)} {kind.label}s"
    how = f" ({match.words})" if match.words else ""
    return Failure(
        "ambiguous-match",
        f"Its answer was lost, and the books hold {documents} {ids} that may be it, or another{how}.",
        place=step.place,
        help="It is not sent again, so that it cannot be booked twice. Look for it in FinzBooks.",
    )
