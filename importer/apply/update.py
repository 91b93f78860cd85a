"""Changing a document in the books: read it, refuse what someone else changed, lay the manifest over it, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from importer.api.client import segment
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_differences, of_error, of_unsettled
from importer.apply.survey import fetch
from importer.delivery.compare import held, sent_fields
from importer.delivery.remote import MISSING, answered
from importer.errors import ApiError, TokenRejected
from importer.kinds import KINDS, Kind
from importer.model import Change, IntentRow
from importer.outcome import Failure, Outcome, Status
from importer.plan.body import body, remembered_body
from importer.plan.value import Step


async def update(context: Context, step: Step) -> Outcome:
    """Bring the books to what the manifest says. Raises TokenRejected: no further call can succeed."""
    kind = KINDS[step.id.kind]
    wanted = body(step.document, context.bindings) if step.document is not None else {}
    try:
        row = await fetch(context.client, kind, step.remote_id)
        # After an update of ours was cut off, what the books hold may be its work.
        drift = drifted(context, step, wanted, row) if step.settles is None else ()
        if drift:
            return failed(step, _drift(step, drift))
        if held(kind.name, wanted, row):
            row = await _put(context, step, kind, wanted, row)
    except TokenRejected:
        raise
    except Stopped:
        return not_reached(step)
    except Unsettled as error:
        return failed(step, of_unsettled(step, error))
    except ApiError as error:
        return failed(step, of_error(step, error))
    return _remember(context, step, kind, wanted, row)


def _remember(context: Context, step: Step, kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> Outcome:
    left = held(kind.name, wanted, row)
    if left:
        return failed(step, of_differences(step, left, what="FinzBooks took the update and still holds it otherwise"))
    receipt = context.receipt(step, dict(row))
    if step.settles is None:
        context.store.put([receipt])
    else:
        context.store.close(step.settles, [receipt])
    return Outcome(step.id, Status.UPDATED, step.remote_id, step.place)


def drifted(context: Context, step: Step, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Change, ...]:
    """What the books hold neither as the receipt remembers nor as the manifest wants it: somebody else's change.

    A document that was only just found has no receipt; the plan has shown what will change then.
    """
    receipt = context.store.receipt(*step.id)
    if receipt is None:
        return ()
    remembered = remembered_body(step.id.kind, receipt.said, context.bindings)
    # Lists are compared as wholes: their entries may have been moved, and their number changed.
    still = {_list_of(change.path) for change in held(step.id.kind, wanted, row)}
    return tuple(change for change in held(step.id.kind, remembered, row) if _list_of(change.path) in still)


def _list_of(path: str) -> str:
    return path.partition("[")[0]


def _drift(step: Step, drift: tuple[Change, ...]) -> Failure:
    told = "; ".join(f"{one.path} was {one.after} when last applied and is {one.before} now" for one in drift)
    return Failure(
        "drift",
        f"Somebody changed it in FinzBooks: {told}.",
        place=step.place,
        help="Write into the manifest what the books should hold, or change it back in FinzBooks.",
    )


async def _put(
    context: Context, step: Step, kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Send the whole document with the manifest laid over it, and read it back. A PUT may be repeated."""
    path = f"{kind.endpoint}/{segment(step.remote_id)}"
    text = dumps(overlaid(kind.name, wanted, row))
    intent = context.intent("update", (IntentRow(*step.id, step.generation),), "PUT", path, text, {})

    async def seen() -> Mapping[str, Any] | None:
        now = await fetch(context.client, kind, step.remote_id)
        return None if held(kind.name, wanted, now) else now

    delivered = await deliver(context, intent, f"PUT {kind.endpoint}/{{id}}", lambda _: True, seen)
    found = delivered.seen
    if found is None:
        # Should this fail, the intent stays open: the next run reads the document before it does anything.
        found = await fetch(context.client, kind, step.remote_id)
    context.store.close(delivered.intent)
    return found


def overlaid(kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The update body: what the books hold of the fields that can be sent, with ``wanted`` on top.

    Whether a PUT replaces or merges is not documented; a whole body is right for both.
    """
    table = sent_fields(kind)
    kept: dict[str, Any] = {}
    for path, known in table.items():
        value = answered(row, known) if len(path) == 1 else MISSING
        if value is not MISSING and value is not None:
            kept[path[0]] = value
    for name, value in wanted.items():
        under = kept.get(name)
        kept[name] = {**under, **value} if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return kept
