"""Looking for what creates brought whose answers were never seen. Only reads; what follows is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from importer.api.wire import dumps, loads
from importer.apply.context import Context
from importer.apply.create import compare
from importer.apply.failures import shown
from importer.apply.look import bodies_of, look_for
from importer.delivery.compare import differences
from importer.delivery.natural import Match, Wanted
from importer.delivery.remote import text
from importer.delivery.settle import OpenRow, Sight, sent_body, there
from importer.kinds import KINDS, Kind
from importer.model import CREATES, Action, Receipt, Ref
from importer.plan.body import Unbound, body
from importer.plan.said import digest, said
from importer.plan.sent import said_of
from importer.plan.value import Step
from importer.plan.ways_out import command

MOST_IDS: Final = 5  # ids that a sentence names


@dataclass(frozen=True, slots=True)
class Sought:
    """An open create, and the body that was sent for it. ``as_sent``: its entry still makes that very body."""

    one: OpenRow
    sent: Mapping[str, Any]
    as_sent: bool

    @property
    def ref(self) -> Ref:
        return Ref(self.one.row.kind, self.one.row.key)


async def look_at_creates(context: Context, kind: Kind, rows: Sequence[OpenRow]) -> Sequence[Sight]:
    """What the books hold of ``rows``, all of ``kind``, judged together: what one brought is not taken by another."""
    bodies = {one.intent.id: bodies_of(kind, one.intent) for one in rows}
    sought = [_sought(context, one, bodies[one.intent.id]) for one in rows]
    own = [Wanted(one.ref, one.sent, _expected(context, one)) for one in sought if one is not None]
    matches = await look_for(context, kind, own) if own else {}
    return [
        _not_told_apart(row) if one is None else _sight(context, kind, one, matches[one.ref])
        for row, one in zip(rows, sought, strict=True)
    ]


def still_as_sent(context: Context, rows: Sequence[OpenRow]) -> bool:
    """Whether ``rows`` are a whole call that brings documents, and their entries make that very call today."""
    intent = rows[0].intent
    if intent.operation not in CREATES or tuple(one.row for one in rows) != intent.rows:
        return False
    return [_now(context, one) for one in rows] == bodies_of(KINDS[rows[0].row.kind], intent)


def _sought(context: Context, one: OpenRow, bodies: Sequence[Mapping[str, Any]]) -> Sought | None:
    """``one`` with its body; None where the rows of its call can no longer be told apart."""
    now = _now(context, one)
    sent = sent_body(one, bodies, now)
    return None if sent is None else Sought(one, sent, sent == now)


def _now(context: Context, one: OpenRow) -> Mapping[str, Any] | None:
    """The create body that the entry makes today, as JSON reads it; None where there is no entry, or no whole body."""
    try:
        return None if one.document is None else dict(loads(dumps(body(one.document, context.bindings))))
    except Unbound:
        return None


def _expected(context: Context, one: Sought) -> Any:
    document = one.one.document
    return context.expected(document) if document is not None and one.as_sent else None


def _sight(context: Context, kind: Kind, sought: Sought, match: Match) -> Sight:
    seen = there(match)
    if seen is None:
        return Sight(None, "The books hold nothing of it.")
    if not seen:
        return _candidates(kind, sought.one, match)
    if sought.one.document is None:
        return _without_entry(context, kind, sought, match)
    return _as_sent(context, sought, match) if sought.as_sent else _edited(context, kind, sought, match)


def _as_sent(context: Context, sought: Sought, match: Match) -> Sight:
    """It is there, and the manifest still says what was sent: compared as after its answer."""
    _, receipt = compare(context, _step(sought.one), sought.sent, dict(match.rows[0]))
    return _settled(receipt, _found(receipt.remote_id, match))


def _settled(receipt: Receipt, message: str) -> Sight:
    if not receipt.difference:
        return Sight(True, message, receipt.remote_id, receipt)
    told = f"{message} It says otherwise than was sent: {receipt.difference}."
    return Sight(True, told, receipt.remote_id, receipt, "books-differ", "The next plan says what can be done.")


def _edited(context: Context, kind: Kind, sought: Sought, match: Match) -> Sight:
    """It is there, and its entry was edited since: what was sent is remembered, so that the edit is seen as one."""
    document, row = sought.one.document, dict(match.rows[0])
    now = {} if document is None else said(document)
    spoken = said_of(kind.name, sought.sent, now, context.bindings, context.claimed)
    if spoken is None:
        remote_id = text(row.get(kind.id_field))
        return Sight(
            False,
            f"{_found(remote_id, match)} Its entry was edited since it was sent, and what it said then cannot be told.",
            remote_id,
            code="entry-edited",
            help=f"Write the entry as it was, and run this again; or say that it is the one: "
            f"{command('adopt', sought.one.id, remote_id)}",
        )
    found = differences(kind.name, sought.sent, row, None)
    receipt = context.receipt(_step(sought.one), row, shown(found))
    receipt = replace(receipt, said=spoken, digest=digest(spoken))
    return _settled(
        receipt, f"{_found(receipt.remote_id, match)} Its entry was edited since; the next plan shows the edit."
    )


def _step(one: OpenRow) -> Step:
    return Step(one.id, Action.SETTLE, one.document, one.place, generation=one.row.generation, settles=one.intent)


def _found(remote_id: str, match: Match) -> str:
    return f"Found in the books as {remote_id}: {match.words}."


def _candidates(kind: Kind, one: OpenRow, match: Match) -> Sight:
    rows = match.rows or match.alike
    ids = ", ".join(text(row.get(kind.id_field)) for row in rows[:MOST_IDS]) + (", ..." if rows[MOST_IDS:] else "")
    what = (
        f"a {kind.label} that may be it, or another"
        if len(rows) == 1
        else f"{len(rows)} {kind.label}s of which one may be it"
    )
    return Sight(
        False,
        f"The books hold {what}: {ids}" + (f" ({match.words})." if match.words else "."),
        code="ambiguous-match",
        help=f"It is not sent again, so that it cannot be booked twice. If it is there: "
        f"{command('adopt', one.id, 'ID')}. If it is not: {command('rm', one.id)}",
    )


def _without_entry(context: Context, kind: Kind, sought: Sought, match: Match) -> Sight:
    """It is there, and no entry speaks of it: what was sent is remembered, so that it is an orphan like any other."""
    one, row = sought.one, dict(match.rows[0])
    remote_id = text(row.get(kind.id_field))
    spoken = said_of(kind.name, sought.sent, {}, context.bindings, context.claimed)
    if spoken is not None:
        found = differences(kind.name, sought.sent, row, None)
        receipt = context.receipt_as_sent(_step(one), kind, row, spoken, shown(found))
        return _settled(receipt, f"{_found(remote_id, match)} Its entry is not in the given files: it is left alone.")
    return Sight(
        False,
        f"{_found(remote_id, match)} Its entry is not in the given files.",
        remote_id,
        code="entry-gone",
        help="Give the file that holds it, or put it back, and run this again. "
        f"To leave it in the books and forget it here: {command('rm', one.id)}",
    )


def _not_told_apart(one: OpenRow) -> Sight:
    return Sight(
        False,
        "It was sent in one call with others, and which part of that call was its own can no longer be told.",
        code="entry-gone" if one.document is None else "entry-edited",
        help="Write its entry as it was when it was sent, and run this again. Or look for it in FinzBooks; if it is "
        f"there: {command('adopt', one.id, 'ID')}. If it is not: {command('rm', one.id)}",
    )
