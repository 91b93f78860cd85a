"""Looking for what a lost call may have left in the books, and believing an answer only if it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from importer.api.wire import dumps, loads
from importer.apply.claims import share_out
from importer.apply.context import Context
from importer.apply.deliver import Unsettled
from importer.apply.survey import GONE, fetch, lacks, search
from importer.delivery.compare import carries
from importer.delivery.natural import Match, Wanted, dead, match, unsure
from importer.delivery.remote import text
from importer.delivery.rows import Rows
from importer.errors import ApiError, Rejected
from importer.kinds import KINDS, Kind
from importer.model import CREATES, Intent, Ref, StepId
from importer.plan.value import Step

# Clocks of one server may differ a little between its machines; naive times are read as UTC (design, section 6).
REPLAY_SLACK: Final = timedelta(seconds=5)
IST: Final = timezone(timedelta(hours=5, minutes=30))
# A likeness counts as older than the call only when no time zone explains it: naive times are only taken for UTC.
SURELY_OLDER: Final = timedelta(days=1)


async def look(
    context: Context, steps: Sequence[Step], bodies: Mapping[StepId, Mapping[str, Any]]
) -> Mapping[StepId, Match]:
    """What the calls for ``steps``, all of one kind, have brought into the books, by step id.

    One row in ``rows``: it is that. Rows in ``alike``: it may be one of them, or not be there. Neither: it is not
    there. They are judged together with every other create of the kind whose outcome is open, in this run or since
    an earlier one: what another call may have brought is not taken from it. What was voided counts for nothing: a
    call that may have been done just now did not bring that.
    """
    kind = KINDS[steps[0].id.kind]
    own = [
        Wanted(step.document.ref, bodies[step.id], context.expected(step.document))
        for step in steps
        if step.document is not None
    ]
    found = await look_for(context, kind, own)
    return {step.id: found[step.document.ref] for step in steps if step.document is not None}


async def look_for(context: Context, kind: Kind, own: Sequence[Wanted]) -> Mapping[Ref, Match]:
    """``look`` for documents that are given by what was sent for them."""
    rows = await _rows(context, kind, own)
    # From here on nothing waits: no other call can begin or end between the judgement and what is made of it.
    intents = [intent for intent in context.store.intents() if intent.operation in CREATES]
    refs = {one.ref for one in own}
    mine = [intent for intent in intents if refs & _refs(intent)]

    def fresh(row: Mapping[str, Any]) -> bool:
        return not mine or not all(_older(row, intent, SURELY_OLDER) for intent in mine)

    return share_out(kind, own, list(_rivals(context, kind, own, intents)), rows, context.claimed, fresh)


async def _rows(context: Context, kind: Kind, own: Sequence[Wanted]) -> Rows:
    """The living rows that may be one of ``own``, read whole where the list's rows are too short to tell."""
    found = await search(context.client, kind, own)
    held = {**found.by_id, **found.wordless}
    read: set[str] = set()
    while True:
        rows = Rows(kind)  # of all rules: what is no candidate for ``own`` by some rule may be one for a rival
        rows.add(row for row in held.values() if not dead(kind, row))
        short = sorted(_short(context, kind, own, rows) - read)
        if not short:
            return rows
        for row_id in short:
            held[row_id] = await fetch(context.client, kind, row_id)
        read.update(short)


def _short(context: Context, kind: Kind, own: Sequence[Wanted], rows: Rows) -> set[str]:
    """The ids of candidates that must be read whole before they are judged."""
    short: set[str] = set()
    for one in own:
        short.update(text(row.get(kind.id_field)) for row in unsure(kind, one, rows, context.claimed))
        found = match(kind, one, rows, context.claimed)
        for row in (*found.rows, *found.alike):
            if lacks(kind, one, found, row) or (found.rows and not carries(kind.name, one.values, row)):
                short.add(text(row.get(kind.id_field)))
    return short


def _rivals(context: Context, kind: Kind, own: Sequence[Wanted], intents: Sequence[Intent]) -> Iterator[Wanted]:
    """Other documents of ``kind`` whose create may have been done, and whose outcome is not known."""
    refs = {one.ref for one in own}
    still = {ref for intent in intents for ref in _refs(intent)}
    for ref, (document, body) in context.creating.items():
        if ref.kind == kind.name and ref in still and ref not in refs:
            yield Wanted(ref, body, context.expected(document))
    # Which row of an earlier run's bulk body is still open is not said. A settled one does no harm: its row in the
    # books is claimed by its document, or it was refused and is sent again now, with the same body.
    sent = [loads(dumps(one.values)) for one in own]
    for intent in intents:
        if intent.run != context.run and any(row.kind == kind.name for row in intent.rows):
            for position, body in enumerate(bodies_of(kind, intent)):
                if body not in sent:
                    yield Wanted(Ref(kind.name, f"{intent.id}/{position}"), body)


def bodies_of(kind: Kind, intent: Intent) -> list[dict[str, Any]]:
    """The create bodies that the call of ``intent`` carried, in its order, those of rows settled since among them."""
    body = loads(intent.body)
    bodies = body[kind.bulk.field] if intent.operation == "bulk" and kind.bulk is not None else [body]
    return list(bodies)


def _refs(intent: Intent) -> set[Ref]:
    return {Ref(row.kind, row.key) for row in intent.rows}


def is_fresh(row: Mapping[str, Any], intent: Intent, now: float) -> bool:
    """Whether an answer surely speaks of what the call has just made, and not of what the server remembers.

    ``row`` says that it was made between the call (``intent``) and ``now``, Unix time by the server's clock.
    """
    created = _created(row)
    if created is None:
        return False
    begun, ended = datetime.fromisoformat(intent.server_time), datetime.fromtimestamp(now, UTC)
    zones = (UTC,) if created.tzinfo is not None else (UTC, IST)  # of naive times it is not known (fact sheet, 25.26)
    moments = [created if created.tzinfo is not None else created.replace(tzinfo=zone) for zone in zones]
    return any(begun - REPLAY_SLACK <= moment <= ended + REPLAY_SLACK for moment in moments)


def _older(row: Mapping[str, Any], intent: Intent, slack: timedelta) -> bool:
    """Whether ``row`` was created before ``intent``, by more than ``slack``; not, where it does not say when."""
    created = _created(row)
    if created is None:
        return False
    moment = created if created.tzinfo is not None else created.replace(tzinfo=UTC)
    return moment < datetime.fromisoformat(intent.server_time) - slack


def _created(row: Mapping[str, Any]) -> datetime | None:
    """When ``row`` was made, as it says; None where it does not say."""
    try:
        return datetime.fromisoformat(text(row.get("created_time")))
    except ValueError:
        return None


async def believed(
    context: Context, kind: Kind, row: dict[str, Any], intent: Intent, *, unseen: bool = False
) -> dict[str, Any] | None:
    """``row`` itself when it is fresh, else read back; None when it is no longer there, or voided.

    What answers the call of an earlier run may have been booked by that, and voided since. Raises Unsettled when it
    cannot be read back.
    """
    if unseen or intent.run != context.run or not is_fresh(row, intent, context.client.server_now()):
        try:
            row = dict(await fetch(context.client, kind, text(row.get(kind.id_field))))
        except ApiError as error:
            # The API's own word for it, not the 404 of a proxy on the way.
            if isinstance(error, Rejected) and error.code == GONE:
                return None
            raise Unsettled(intent, error) from error
    return None if dead(kind, row) else row
