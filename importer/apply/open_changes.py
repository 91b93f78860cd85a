"""Looking at what updates, postings and applications did whose answers were never seen. Only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from importer.api.wire import loads
from importer.apply.context import Context
from importer.apply.settlement import Balances, balances, moved, receipt_of
from importer.apply.survey import GONE, fetch
from importer.delivery.compare import MONEY, differences, held
from importer.delivery.natural import dead
from importer.delivery.remote import text
from importer.delivery.settle import CHANGE_OPEN, OpenRow, Sight, shows
from importer.errors import Rejected
from importer.kinds import KINDS, Kind, Settles
from importer.model import Action, Receipt, Ref
from importer.plan.applications import paise
from importer.plan.body import Unbound, body
from importer.plan.cut_off import came_through, changed_id
from importer.plan.edits import edits, is_draft
from importer.plan.known import Known
from importer.plan.managed import before_update, managed, still_accepted
from importer.plan.said import plain
from importer.plan.value import Entry, Step
from importer.plan.ways_out import command

GO_ON: Final = "Run finz-import apply: it reads the document first, and goes on from what it finds."


# Applications: design, section 6, item 5.


async def look_at_application(context: Context, one: OpenRow) -> Sight:
    """Whether the balances around an application have moved by its amount since they were read before it."""
    kind = KINDS[one.row.kind]
    owner = context.store.receipt(one.row.kind, one.row.key)
    if kind.settles is None or owner is None:
        return _balances_unclear(one, "The state does not know the document that was applied.")
    entry, target_id = _entry(context, kind.settles, one)
    before = Balances(paise(one.intent.before.get("balance")), paise(one.intent.before.get("used")))
    try:
        now = await balances(context, kind, kind.settles, owner.remote_id, target_id)
    except Rejected as error:
        if error.code != GONE:
            raise
        return _balances_unclear(one, "One of the two documents is no longer in the books.")
    return _told(context, one, kind, entry, target_id, owner, before, now)


def _told(
    context: Context,
    one: OpenRow,
    kind: Kind,
    entry: Entry,
    target_id: str,
    owner: Receipt,
    before: Balances,
    now: Balances,
) -> Sight:
    settles = kind.settles
    seen = None if settles is None else moved(before, now, entry.amount)
    if settles is None or before.open is None or now.open is None:
        return _balances_unclear(one, "The balances that it should move cannot be read.")
    what = f"the {KINDS[settles.target].label} {entry.target_key or target_id}"
    if seen is None:
        return Sight(None, f"Of {what} {plain(now.open)} is open, as before.")
    if not seen:
        return _balances_unclear(
            one,
            f"{plain(entry.amount)} was to be applied to {what}, of which {plain(before.open)} was open before and "
            f"{plain(now.open)} is open now{_used_words(kind, before, now)}: it cannot be told whether this did it.",
        )
    step = Step(one.id, Action.APPLY, one.document, one.place, owner.remote_id, one.row.generation, entry=entry)
    receipt = receipt_of(context, step, settles, entry, target_id)
    message = f"Of {what} {plain(before.open)} was open before and {plain(now.open)} is open now: less by exactly this."
    return Sight(True, message, owner.remote_id, replace(receipt, source=receipt.source or owner.source))


def _used_words(kind: Kind, before: Balances, now: Balances) -> str:
    if before.used is None or now.used is None:
        return ""
    return f"; of the {kind.label} {plain(before.used)} was used before and {plain(now.used)} is now"


def _entry(context: Context, settles: Settles, one: OpenRow) -> tuple[Entry, str]:
    """The application as it was sent, named as the manifest named it then; and the id of what it goes to."""
    sent = loads(one.intent.body)
    row: Mapping[str, Any] = sent[settles.field][0] if settles.in_body else sent
    target_id, name = text(row[settles.target_id_field]), one.row.part.rpartition("#")[0]
    # A key may read as the id of another document does.
    raw = name == target_id and context.bindings.ids.get(Ref(settles.target, name)) != target_id
    key, given = ("", name) if raw else (name, "")
    return Entry(0, key, given, Decimal(row["amount"])), target_id


def _balances_unclear(one: OpenRow, message: str) -> Sight:
    return Sight(
        False,
        message,
        code="balance-moved",
        help="It is not sent again, so that it cannot be applied twice. Look at the balances in FinzBooks. To forget "
        f"what is remembered of the document, so that the next plan looks for it there: {command('rm', one.id)}",
    )


# Updates and postings.


async def look_at_change(context: Context, one: OpenRow) -> Sight:
    """Whether the books hold a document as the manifest wants it, or still as the receipt remembers it."""
    kind = KINDS[one.row.kind]
    receipt = context.store.receipt(*one.id)
    remote_id = changed_id(one.intent) if receipt is None else receipt.remote_id
    owner = context.claimed.get((kind.name, remote_id))
    if receipt is None and owner not in (None, Ref(one.row.kind, one.row.key)):
        return Sight(True, f"{remote_id} is remembered as {owner} by now, and changed as the entry of that.", remote_id)
    try:
        row = await fetch(context.client, kind, remote_id)
    except Rejected as error:
        if error.code != GONE:
            raise
        return Sight(None, f"The books no longer hold {remote_id}: nothing is left to be changed.", remote_id)
    if dead(kind, row):
        return Sight(None, f"{remote_id} was voided in FinzBooks: nothing is left to be changed.", remote_id)
    if receipt is not None and _untouched(context, kind, one, receipt, row):
        return Sight(None, f"The books hold {remote_id} as it was before.", remote_id)
    done = _receipt(context, kind, one, receipt, remote_id, row)
    if done is not None:
        return Sight(True, f"The books hold {remote_id} as the manifest wants it.", remote_id, done)
    done = came_through(receipt, one.intent, row, context.bindings) if receipt is not None else None
    if done is not None:
        edited = "Its entry was edited since; the next plan shows the edit."
        return Sight(True, f"The books hold {remote_id} as it was sent. {edited}", remote_id, done)
    return _half_way(one, remote_id)


def _untouched(context: Context, kind: Kind, one: OpenRow, receipt: Receipt, row: Mapping[str, Any]) -> bool:
    """Whether nothing of the call has come through: the books are as the receipt remembers them, and show it.

    A PUT is done wholly or not at all: one field that it was to change, and that is as before, tells.
    """
    if one.intent.operation == "approve":
        return is_draft(kind, row)  # done or not is told by the status alone
    remembered = before_update(receipt, context.bindings)
    if held(kind.name, {name: value for name, value in remembered.items() if name != kind.posts_if}, row):
        return False
    # What only stood in the books, and is nobody's wish, went along with it and tells nothing.
    ours = {*remembered, *(_wanted(context, one) or {})}
    sent = {name: value for name, value in loads(one.intent.body).items() if name in ours}
    return bool(held(kind.name, sent, row))


def _wanted(context: Context, one: OpenRow) -> dict[str, Any] | None:
    """The create body that the entry makes today; None where there is no entry, or no whole body."""
    try:
        return None if one.document is None else body(one.document, context.bindings)
    except Unbound:
        return None


def _receipt(
    context: Context, kind: Kind, one: OpenRow, before: Receipt | None, remote_id: str, row: Mapping[str, Any]
) -> Receipt | None:
    """The receipt of what the books hold, if that is all that the manifest wants, and shown to be."""
    document, whole = one.document, _wanted(context, one)
    if document is None or whole is None:
        return None
    found, later = edits(document, before, Known(bindings=context.bindings)) if before is not None else ((), ())
    wanted = managed(whole, before, found)
    kept = still_accepted(before, found) if before is not None else {}
    agreed = MONEY in kept
    if differences(kind.name, wanted, row, None if agreed else context.expected(document)):
        return None
    if one.intent.operation == "approve":
        # It changes nothing but the status. An edit made since needs a call of its own.
        if any(change.path != kind.posts_if for change in found) or kind.state_field not in row:
            return None
    elif not shows(kind.name, {name: value for name, value in wanted.items() if name != kind.posts_if}, row):
        return None
    step = Step(one.id, Action.UPDATE, document, one.place, remote_id, one.row.generation, changes=found, later=later)
    receipt = context.receipt(step, dict(row))
    return replace(receipt, accepted=kept)


def _half_way(one: OpenRow, remote_id: str) -> Sight:
    if one.document is None:
        return Sight(
            False,
            f"The books hold {remote_id} otherwise than it was before, and its entry is not in the given files.",
            remote_id,
            code="entry-gone",
            help="Give the file that holds it, or put it back, and run this again. "
            f"To leave it in the books and forget it here: {command('rm', one.id)}",
        )
    return Sight(
        False,
        f"The books do not show for certain that {remote_id} is as the manifest wants it.",
        remote_id,
        code=CHANGE_OPEN,
        help=GO_ON,
    )
