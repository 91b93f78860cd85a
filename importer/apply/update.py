"""Changing a document in the books: read it, refuse what someone else changed, lay the manifest over it, read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from importer.api.answers import Answer
from importer.api.client import segment
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import Delivered, Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_differences, of_drift, of_error, of_unsettled
from importer.apply.survey import fetch, org_names
from importer.delivery.compare import MONEY, as_held, held, money_difference, sent_fields
from importer.delivery.remote import MISSING, answered
from importer.errors import ApiError, TokenRejected
from importer.kinds import KINDS, Kind
from importer.model import Action, Change, IntentRow, Receipt
from importer.outcome import Failure, Outcome, Status
from importer.plan.applications import paise
from importer.plan.body import body
from importer.plan.edits import barred, is_draft
from importer.plan.managed import TOTAL, before_update, drift_of, managed, reprices, still_accepted
from importer.plan.names import Names
from importer.plan.said import digest, plain
from importer.plan.value import Step
from importer.plan.ways_out import accept
from importer.schema import Field, fields


async def update(context: Context, step: Step) -> Outcome:
    """Bring the books to what the manifest says, and post what is to be posted. Raises TokenRejected."""
    try:
        return await _update(context, step)
    except TokenRejected:
        raise
    except Stopped:
        return not_reached(step)
    except Unsettled as error:
        return failed(step, of_unsettled(step, error))
    except ApiError as error:
        return failed(step, of_error(step, error))


async def _update(context: Context, step: Step) -> Outcome:
    kind, receipt = KINDS[step.id.kind], context.store.receipt(*step.id)
    body_now = body(step.document, context.bindings) if step.document is not None else {}
    wanted = managed(body_now, receipt, step.changes)
    row = await fetch(context.client, kind, step.remote_id)
    await _learn_names(context, step, wanted, row)
    only_posts = step.action is Action.APPROVE
    refusal = barred(step, row)
    if refusal:
        help = f"Take the edit back. {accept(step.id)}"
        return failed(step, Failure("no-longer-editable", refusal, place=step.place, help=help))
    drift = drift_of(step, receipt, context.bindings, wanted, row)
    if drift:
        return failed(step, of_drift(step, drift))
    unknown = _unknown_state(kind, step, wanted, row)
    if unknown is not None:
        return failed(step, unknown)
    total = paise(row.get(TOTAL))
    changed = {name: value for name, value in wanted.items() if name not in (*kind.fixed, kind.posts_if)}
    if not only_posts and (held(kind.name, changed, row) or _unseen(context, step, changed, row)):
        row = await _put(context, step, kind, changed, row)
        left = (*_left(context, step, wanted, row, receipt), *_moved_total(kind, step, total, row))
        if left:
            return failed(step, of_differences(step, left, what="FinzBooks took the update and holds it otherwise"))
    if wanted.get(kind.posts_if) is True and is_draft(kind, row):
        if not only_posts:
            context.store.put([_receipt(context, step, row, receipt, posted=False)])
        row = await post(context, step, kind)
    left = (*_left(context, step, wanted, row, receipt), *_still_draft(kind, wanted, row))
    if left:
        return failed(step, of_differences(step, left, what="FinzBooks took the change and holds it otherwise"))
    new = _receipt(context, step, row, receipt, posted=True)
    if step.settles is None:
        context.store.put([new])
    else:
        context.store.close_row(step.id, [new])
    return Outcome(step.id, Status.UPDATED, step.remote_id, step.place)


def _left(
    context: Context, step: Step, wanted: Mapping[str, Any], row: Mapping[str, Any], receipt: Receipt | None
) -> tuple[Change, ...]:
    """In what the books differ from the manifest, in fields and in money, beyond what was accepted."""
    agreed = receipt is not None and MONEY in still_accepted(receipt, step.changes)
    # What is not priced anew was compared when it was booked; the items that it took its rates from may have moved on.
    priced = step.document is not None and reprices(KINDS[step.id.kind], step.changes) and not agreed
    expected = context.expected(step.document) if step.document is not None and priced else None
    money = money_difference(row, expected)
    return (*held(step.id.kind, wanted, row), *(() if money is None else (money,)))


def _moved_total(kind: Kind, step: Step, before: Decimal | None, row: Mapping[str, Any]) -> Iterator[Change]:
    """What is not priced anew must come to what it came to."""
    now = paise(row.get(TOTAL))
    if not reprices(kind, step.changes) and before is not None and now is not None and before != now:
        yield Change(TOTAL, plain(now), plain(before))


def _unknown_state(kind: Kind, step: Step, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> Failure | None:
    """What neither says that it is a draft nor that it is not can neither be posted nor be taken for posted."""
    if wanted.get(kind.posts_if) is not True or kind.state_field in row:
        return None
    message = f"The books do not say whether it is a draft: their answer has no `{kind.state_field}`."
    return Failure("state-unknown", message, place=step.place, help="Look at it in FinzBooks.")


def _still_draft(kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[Change]:
    if kind.posts_if and wanted.get(kind.posts_if) is True and is_draft(kind, row):
        yield Change(kind.posts_if, False, True)


def _receipt(context: Context, step: Step, row: Mapping[str, Any], before: Receipt | None, *, posted: bool) -> Receipt:
    """The receipt of what the books hold now; not yet ``posted``, it remembers a draft, so that the rest is done next.

    What was accepted stays so until the manifest is edited there.
    """
    new = context.receipt(step, dict(row))
    if before is not None and before.accepted:
        new = replace(new, accepted=still_accepted(before, step.changes))
    if not posted:
        spoken = {**new.said, KINDS[step.id.kind].posts_if: False}
        new = replace(new, said=spoken, digest=digest(spoken))
    return new


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
    """What the books should still hold of the document, as a create body; empty where nothing is remembered.

    A document that was only just found has no receipt; the plan has shown what will change then.
    """
    receipt = context.store.receipt(*step.id)
    return {} if receipt is None else before_update(receipt, context.bindings)


async def _put(
    context: Context, step: Step, kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Send the whole document with the manifest laid over it, and read it back. A PUT may be repeated."""
    path = f"{kind.endpoint}/{segment(step.remote_id)}"
    text = dumps(_whole(kind, wanted, row, _remembered(context, step)))
    intent = context.intent("update", (IntentRow(*step.id, step.generation),), "PUT", path, text, {})

    async def seen() -> Mapping[str, Any] | None:
        now = await fetch(context.client, kind, step.remote_id)
        return None if held(kind.name, wanted, now) or _unseen(context, step, wanted, now) else now

    return await _read_back(
        context, step, kind, await deliver(context, intent, f"PUT {kind.endpoint}/{{id}}", _any, seen)
    )


def _whole(
    kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any], remembered: Mapping[str, Any]
) -> dict[str, Any]:
    """The update body, without what a PUT does not take. What the books work out themselves is not pinned.

    A list that they hold as the manifest has it goes out as they hold it: lines without a rate of their own would be
    priced anew by what their items cost today, and what somebody added to an entry would be lost.
    """
    body = overlaid(kind.name, wanted, row, remembered)
    for name, value in wanted.items():
        if isinstance(value, list) and (entries := as_held(kind.name, name, row)):
            if not held(kind.name, {name: value}, row):
                body[name] = entries
            elif name != kind.line_field:
                body[name] = _kept(kind.name, name, value, row, entries)
    left_out = {*kind.fixed, kind.posts_if, *(name for name in kind.computed if name not in wanted)}
    return {name: value for name, value in body.items() if name not in left_out}


def _kept(
    kind: str, name: str, wanted: Sequence[Any], row: Mapping[str, Any], entries: Sequence[dict[str, Any]]
) -> list[Any]:
    """The list ``wanted``; of each entry that the books hold as well, all that they hold. Never by its place alone."""
    known = sent_fields(kind)[(name,)]
    left = list(zip(answered(row, known), entries, strict=True))
    result: list[Any] = []
    for one in wanted:
        agrees = (not held(kind, {name: [one]}, {known.answers[0]: [there]}) for there, _ in left)
        at = next((n for n, same in enumerate(agrees) if same), None)
        result.append(one if at is None else left.pop(at)[1])
    return result


async def post(context: Context, step: Step, kind: Kind) -> Mapping[str, Any]:
    """Turn the draft of ``step`` into a posted document, and read it back. Done or not is told by its status alone."""
    path = kind.approve.format(id=segment(step.remote_id))
    intent = context.intent("approve", (IntentRow(*step.id, step.generation),), "POST", path, dumps({}), {})

    async def seen() -> Mapping[str, Any] | None:
        now = await fetch(context.client, kind, step.remote_id)
        return None if is_draft(kind, now) else now

    return await _read_back(context, step, kind, await deliver(context, intent, f"POST {kind.approve}", _any, seen))


def _any(_: Answer) -> bool:
    """Whatever a 2xx says: the document is read back anyway."""
    return True


async def _read_back(
    context: Context, step: Step, kind: Kind, delivered: Delivered[Mapping[str, Any]]
) -> Mapping[str, Any]:
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
