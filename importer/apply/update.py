"""Changing a document in the books: read it, refuse what someone else changed, lay the manifest over it, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from importer.api.client import segment
from importer.api.retry import wait_before
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import UNCERTAIN
from importer.apply.failures import failed, of_differences, of_error
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
    except ApiError as error:
        return failed(step, of_error(step, error))
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
    moved = {change.path: change for change in held(step.id.kind, remembered, row)}
    still = {change.path for change in held(step.id.kind, wanted, row)}
    managed = set(_paths(wanted))
    return tuple(change for path, change in moved.items() if path in still and path.split("[")[0] in managed)


def _paths(wanted: Mapping[str, Any], above: str = "") -> list[str]:
    found = []
    for name, value in wanted.items():
        path = f"{above}.{name}" if above else name
        found.append(path)
        if isinstance(value, Mapping):
            found.extend(_paths(value, path))
    return found


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
    """Send the whole document with the manifest laid over it, until the books hold it. A PUT may be repeated."""
    path = f"{kind.endpoint}/{segment(step.remote_id)}"
    text = dumps(overlaid(kind.name, wanted, row))
    intent = context.intent("update", (IntentRow(*step.id, step.generation),), "PUT", path, text, {})
    begun = context.begin(intent)
    attempt = 1
    while True:
        try:
            await context.client.write("PUT", path, text, label=f"PUT {kind.endpoint}/{{id}}")
        except UNCERTAIN:
            attempt += 1
            wait = wait_before(attempt, None, context.dice())
            if wait is None or context.stopping:
                raise  # the intent stays open; the next run reads the document before it does anything
            await context.sleep(wait)
            if held(kind.name, wanted, await fetch(context.client, kind, step.remote_id)):
                continue
        except ApiError:
            context.store.close(begun)
            raise
        found = await fetch(context.client, kind, step.remote_id)
        context.store.close(begun)
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
