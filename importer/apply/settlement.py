"""Applying a document to another in a call of its own, such as a credit note to an invoice."""

from __future__ import annotations

from decimal import Decimal

from importer.api.client import segment
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_error, of_unsettled
from importer.apply.survey import fetch
from importer.delivery.remote import amount
from importer.errors import ApiError, TokenRejected
from importer.kinds import KINDS, Settles
from importer.model import IntentRow, Ref
from importer.outcome import Failure, Outcome, Status
from importer.plan.applications import entry_said
from importer.plan.said import plain
from importer.plan.value import Entry, Step


async def settle_target(context: Context, step: Step) -> Outcome:
    """Carry out one application. Nothing else may touch its document or its target meanwhile. Raises TokenRejected."""
    settles, entry = KINDS[step.id.kind].settles, step.entry
    if settles is None or entry is None:
        raise ValueError(f"{step.id} applies nothing")
    try:
        return await _apply(context, step, settles, entry)
    except TokenRejected:
        raise
    except Stopped:
        return not_reached(step)
    except Unsettled as error:
        return failed(step, of_unsettled(step, error))
    except ApiError as error:
        return failed(step, of_error(step, error))


async def _apply(context: Context, step: Step, settles: Settles, entry: Entry) -> Outcome:
    owner_id = step.remote_id or context.bindings.ids[Ref(step.id.kind, step.id.key)]
    target_id = entry.target_id or context.bindings.reference(settles.target, entry.target_key)
    before = await _balance(context, settles, target_id)
    if before is not None and before < entry.amount:
        return failed(step, _too_much(step, settles, entry, before))
    path = settles.call.format(id=segment(owner_id))
    text = dumps({settles.target_id_field: target_id, "amount": entry.amount})
    rows = (IntentRow(*step.id, step.generation),)
    known = {} if before is None else {"balance": plain(before), "target": target_id}
    intent = context.intent("apply", rows, "POST", path, text, known)

    async def seen() -> bool | None:
        now = await _balance(context, settles, target_id)
        if before is None or now is None:
            return False
        if now == before:
            return None  # nothing has happened: the same call may be sent again
        return now == before - entry.amount

    delivered = await deliver(context, intent, f"POST {settles.call}", lambda answer: bool(answer.body), seen)
    if delivered.seen is False:
        failure = Failure(
            "balance-moved",
            "Its answer was lost, and the balance it should lower has moved by another amount.",
            place=step.place,
            help="Look at the balances in FinzBooks.",
        )
        return failed(step, failure)
    context.store.close(delivered.intent, [context.part_receipt(step, entry_said(settles, entry))])
    return Outcome(step.id, Status.APPLIED, owner_id, step.place)


async def _balance(context: Context, settles: Settles, target_id: str) -> Decimal | None:
    return amount((await fetch(context.client, KINDS[settles.target], target_id)).get("balance"))


def _too_much(step: Step, settles: Settles, entry: Entry, before: Decimal) -> Failure:
    target = KINDS[settles.target].label
    return Failure(
        "over-application",
        f"{plain(entry.amount)} cannot be applied to the {target} {entry.target_key or entry.target_id}: "
        f"only {plain(before)} of it is open.",
        place=step.place,
        help="Lower the amount, or apply the rest to another one.",
    )
