"""Changing a document in the books: read it, refuse what someone else changed, lay the manifest over it, read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from importer.api.answers import Answer
from importer.api.client import segment
from importer.api.wire import dumps
from importer.apply.context import Context, spoken
from importer.apply.deliver import Delivered, Stopped, Unsettled, deliver
from importer.apply.failures import failed, not_reached, of_differences, of_drift, of_error, of_unsettled
from importer.apply.survey import fetch, org_names
from importer.apply.update_body import whole_body
from importer.delivery.compare import MONEY, held, money_difference, sent_fields
from importer.delivery.remote import MISSING, answered
from importer.errors import ApiError, TokenRejected
from importer.kinds import KINDS, Kind
from importer.model import Action, Change, Intent, IntentRow, Receipt
from importer.outcome import Failure, Outcome, Status
from importer.plan.applications import paise
from importer.plan.body import body
from importer.plan.cut_off import remembering
from importer.plan.edits import as_wanted, barred, is_draft
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
    refusal = "" if as_wanted(kind, wanted, row) else barred(step, row)
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
    sent: Intent | None = None  # of a change that the books have taken, and that is not remembered yet
    if not only_posts and (held(kind.name, changed, row) or _unseen(context, step, changed, row)):
        row, sent = await _put(context, step, kind, changed, row)
        left = (*_left(context, step, wanted, row, receipt), *_moved_total(kind, step, total, row))
        if left:
            context.store.close(sent)
            return failed(step, of_differences(step, left, what="FinzBooks took the update and holds it otherwise"))
    if wanted.get(kind.posts_if) is True and is_draft(kind, row):
        if not only_posts:
            # With the intent, in one transaction: who dies in between must not take our change for somebody else's.
            context.store.close_row(step.id, [_receipt(context, step, row, receipt, posted=False)])
        row, sent = await post(context, step, kind)
    left = (*_left(context, step, wanted, row, receipt), *_still_draft(kind, wanted, row))
    if left:
        if sent is not None:
            # A posting that left it a draft is remembered under its key as done: the next one needs another key.
            context.store.close(sent, raised=sent.rows if any(_still_draft(kind, wanted, row)) else ())
        return failed(step, of_differences(step, left, what="FinzBooks took the change and holds it otherwise"))
    context.store.close_row(step.id, [_receipt(context, step, row, receipt, posted=True)])
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
        as_draft = {**new.said, KINDS[step.id.kind].posts_if: False}
        new = replace(new, said=as_draft, digest=digest(as_draft))
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
) -> tuple[Mapping[str, Any], Intent]:
    """Send the whole document with the manifest laid over it, and read it back. A PUT may be repeated."""
    path = f"{kind.endpoint}/{segment(step.remote_id)}"
    text = dumps(whole_body(kind, wanted, row, _remembered(context, step)))
    before = remembering(_spoken(step, kind, row))
    intent = context.intent("update", (IntentRow(*step.id, step.generation),), "PUT", path, text, before)

    async def seen() -> Mapping[str, Any] | None:
        now = await fetch(context.client, kind, step.remote_id)
        return None if held(kind.name, wanted, now) or _unseen(context, step, wanted, now) else now

    return await _read_back(
        context, step, kind, await deliver(context, intent, f"PUT {kind.endpoint}/{{id}}", _any, seen)
    )


def _spoken(step: Step, kind: Kind, draft: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the document will say when the call is done. A ``draft`` of the books stays one: it is posted later."""
    found = spoken(step.document, step.later) if step.document is not None else {}
    return {**found, kind.posts_if: False} if draft is not None and kind.posts_if and is_draft(kind, draft) else found


async def post(context: Context, step: Step, kind: Kind) -> tuple[Mapping[str, Any], Intent]:
    """Turn the draft of ``step`` into a posted document, and read it back. Done or not is told by its status alone."""
    path = kind.approve.format(id=segment(step.remote_id))
    before = remembering(_spoken(step, kind))
    intent = context.intent("approve", (IntentRow(*step.id, step.generation),), "POST", path, dumps({}), before)

    async def seen() -> Mapping[str, Any] | None:
        now = await fetch(context.client, kind, step.remote_id)
        return None if is_draft(kind, now) else now

    return await _read_back(context, step, kind, await deliver(context, intent, f"POST {kind.approve}", _any, seen))


def _any(_: Answer) -> bool:
    """Whatever a 2xx says: the document is read back anyway."""
    return True


async def _read_back(
    context: Context, step: Step, kind: Kind, delivered: Delivered[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], Intent]:
    """What the books hold now, and the intent, which stays open until that is remembered."""
    found = delivered.seen
    if found is None:
        # Should this fail, the intent stays open: the next run reads the document before it does anything.
        found = await fetch(context.client, kind, step.remote_id)
    return found, delivered.intent
