"""Changing a document in the books: read it, refuse what someone else changed, lay the manifest over it, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from importer.api.client import segment
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_differences, of_error, of_unsettled
from importer.apply.survey import fetch, org_names
from importer.delivery.compare import held, sent_fields
from importer.delivery.remote import MISSING, answered
from importer.errors import ApiError, TokenRejected
from importer.kinds import KINDS, Kind
from importer.model import Change, IntentRow
from importer.outcome import Failure, Outcome, Status
from importer.plan.body import body, remembered_body
from importer.plan.names import Names
from importer.plan.value import Step
from importer.schema import Field, fields


async def update(context: Context, step: Step) -> Outcome:
    """Bring the books to what the manifest says. Raises TokenRejected: no further call can succeed."""
    kind = KINDS[step.id.kind]
    wanted = body(step.document, context.bindings) if step.document is not None else {}
    try:
        row = await fetch(context.client, kind, step.remote_id)
        await _learn_names(context, step, wanted, row)
        # After an update of ours was cut off, what the books hold may be its work.
        drift = drifted(context, step, wanted, row) if step.settles is None else ()
        if drift:
            return failed(step, _drift(step, drift))
        if held(kind.name, wanted, row) or _unseen(context, step, wanted, row):
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
    remembered = _remembered(context, step)
    # Lists are compared as wholes: their entries may have been moved, and their number changed.
    still = {_list_of(change.path) for change in held(step.id.kind, wanted, row)}
    return tuple(change for change in held(step.id.kind, remembered, row) if _list_of(change.path) in still)


def _list_of(path: str) -> str:
    return path.partition("[")[0]


def _unseen(context: Context, step: Step, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether something is to be changed that ``row`` does not show, so that only a PUT makes sure of it.

    After an update of ours was cut off, it may have changed anything.
    """
    before = _remembered(context, step)
    hidden = [name for name, value in wanted.items() if not _carried(sent_fields(step.id.kind), (name,), value, row)]
    return any(step.settles is not None or (before and before.get(name) != wanted[name]) for name in hidden)


def _carried(table: Mapping[tuple[str, ...], Field], path: tuple[str, ...], value: Any, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` answers the field at ``path`` of the create body, ``value``, with all that is in it."""
    known = table.get(path)
    got = MISSING if known is None else answered(row, known)
    if got is MISSING:
        return False
    if isinstance(value, Mapping) and isinstance(got, Mapping):
        return all(_carried(table, (*path, name), inner, got) for name, inner in value.items())
    if isinstance(value, list) and isinstance(got, list):
        pairs = [(inner, one) for inner, one in zip(value, got, strict=False) if isinstance(inner, Mapping)]
        return all(_carried(table, (*path, name), inner[name], one) for inner, one in pairs for name in inner)
    return True


async def _learn_names(context: Context, step: Step, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """Ask for the org's lists from which the receipt names what neither ``row`` nor the manifest says any more."""
    receipt, table, bindings = context.store.receipt(*step.id), fields(step.id.kind), context.bindings
    named = [table[(name,)] for name in receipt.said if (name,) in table] if receipt is not None else []
    lists = {
        one.lookup
        for one in named
        if one.lookup is not None and one.sent_as not in wanted and answered(row, one) is MISSING
    } - bindings.names.rows.keys()
    if lists:
        found = await org_names(context.client, lists)
        bindings.names = Names({**bindings.names.rows, **found.rows})


def _remembered(context: Context, step: Step) -> Mapping[str, Any]:
    """What the receipt remembers of the document, as a create body; empty where there is none."""
    receipt = context.store.receipt(*step.id)
    return {} if receipt is None else remembered_body(step.id.kind, receipt.said, context.bindings)


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
    text = dumps(overlaid(kind.name, wanted, row, _remembered(context, step)))
    intent = context.intent("update", (IntentRow(*step.id, step.generation),), "PUT", path, text, {})

    async def seen() -> Mapping[str, Any] | None:
        now = await fetch(context.client, kind, step.remote_id)
        return None if held(kind.name, wanted, now) or _unseen(context, step, wanted, now) else now

    delivered = await deliver(context, intent, f"PUT {kind.endpoint}/{{id}}", lambda _: True, seen)
    found = delivered.seen
    if found is None:
        # Should this fail, the intent stays open: the next run reads the document before it does anything.
        found = await fetch(context.client, kind, step.remote_id)
    context.store.close(delivered.intent)
    return found


def overlaid(
    kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any], remembered: Mapping[str, Any]
) -> dict[str, Any]:
    """The update body: what the books hold of the fields that can be sent, with ``wanted`` on top.

    What ``row`` does not answer is taken from what is ``remembered``. Whether a PUT replaces or merges is not
    documented; a whole body is right for both.
    """
    table = sent_fields(kind)
    shown: dict[str, Any] = {}
    for path, known in table.items():
        value = answered(row, known) if len(path) == 1 else MISSING
        if value is not MISSING:
            shown[path[0]] = value
    merged = _laid(wanted, _laid(_hidden(table, (), remembered, row), shown))
    return {name: value for name, value in merged.items() if value is not None}


def _hidden(
    table: Mapping[tuple[str, ...], Field], above: tuple[str, ...], body: Mapping[str, Any], row: Mapping[str, Any]
) -> dict[str, Any]:
    """What of ``body`` the answer ``row`` does not carry. What it answers as null was cleared, and is not hidden."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        known = table.get((*above, name))
        got = MISSING if known is None else answered(row, known)
        if got is MISSING:
            found[name] = value
        elif isinstance(value, Mapping) and isinstance(got, Mapping):
            found[name] = _hidden(table, (*above, name), value, got)
    return found


def _laid(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """``upper`` over ``lower``, objects field by field."""
    merged = dict(lower)
    for name, value in upper.items():
        under = merged.get(name)
        merged[name] = {**under, **value} if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return merged
