"""The nets of design section 6, each of which can be taken away, so that a test sees what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from typing import Any, Final
from unittest import mock
from uuid import uuid4

from simulation import course

from importer import errors
from importer.api import client
from importer.apply import again, bulk, context, create, deliver, look, open_changes, prepare, recover, settlement
from importer.cli import applying, settling
from importer.delivery import rows, settle
from importer.model import Intent
from importer.outcome import Outcome
from importer.plan import found
from importer.state import files
from importer.state.store import Store

Patch = tuple[object, str, Any]
TOLD: Final = rows.told  # as it is


class Net(StrEnum):
    """Named by what the importer does; without it, it does not."""

    LOOKS_FIRST = "looks into the books before it creates"
    LOOKS_AFTER = "looks into the books after a lost answer"
    LOOKS_TWICE = "looks twice, further apart than a call may take, before it takes an open call for not done"
    KNOWS_ORPHANS = "knows by its content what has got another key"
    ONE_WRITER = "lets one run at a time write a state, and none go on whose state was changed since its plan"
    LOOKS_FOR_OPEN = "looks for what an earlier run left open before it sends it again"
    SETTLES_FIRST = "settles what an earlier run left open"
    KEYS_OF_IDENTITY = "derives the key of a call from what it writes"
    KEYS_THAT_EXPIRE = "sends an open call again under its key only to a server that still knows the key"
    ONLY_AS_SENT = "sends an open call again only if its entries are as they were"
    RAISES = "raises the generation after a final 4xx, and after what was not done"
    WAITS = "waits for the rows of a bulk call whose answer was lost"
    ASKS = "asks whether the server is still at work on a bulk call before it sends the missing rows"
    READS_BALANCES = "tells from balances what was applied"
    KEEPS_INTENTS = "remembers the calls that it is about to send"
    SERVERS_CLOCK = "reckons by the server's clock"
    COMPARES = "compares what came back with what was sent"
    READS_WHOLE = "reads whole what a list tells only in part, where that part agrees"
    KNOWS_REFUSALS = "takes only FinzBooks' own word for it that a call was not done"
    READS_BACK = "believes an answer from the server's memory only when the books hold what it says"


@contextmanager
def without(*nets: Net) -> Iterator[None]:
    """The importer with these nets taken away; with none named, the importer as it is."""
    with ExitStack() as stack:
        for owner, name, replacement in (patch for net in nets for patch in WITHOUT[net]):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


async def _finds_nothing(*_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    return {}, {}


async def _sees_nothing(*_: Any) -> None:
    return None


async def _reads_no_document(*_: Any) -> dict[Any, Any]:
    return {}


async def _settles_nothing(*_: Any, **__: Any) -> settle.Recovery:
    return settle.Recovery()


async def _sends_what_it_does_not_see(
    batch: bulk.Batch, intent: Intent, found: bulk.Found, before: Sequence[Outcome] = ()
) -> list[Outcome]:
    there = [step for step in batch.steps if found[step.id].rows]
    missing = [step for step in batch.steps if not found[step.id].rows]
    compared = [
        create.compare(batch.context, step, batch.bodies[step.id], dict(found[step.id].rows[0])) for step in there
    ]
    batch.context.store.settle(intent, [receipt for _, receipt in compared], remaining=batch.open(missing))
    told = [*before, *(outcome for outcome, _ in compared)]
    return await bulk._send_missing(batch, intent, missing, found, told) if missing else told


async def _sees_none_of_them(_: Any, __: Any, rows: Sequence[settle.OpenRow]) -> list[settle.Sight]:
    return [settle.Sight(None, "") for _ in rows]


def _by_our_clock(own: client.Client) -> float:
    return own._clock.now()


def _whatever_is_used(*known: Any) -> Any:
    return known[-1]


def _no_orphans(*_: Any) -> found.Orphans:
    return found.Orphans()


def _no_lock(*_: Any) -> mock.Mock:
    return mock.Mock()


def _told_whole(*about: Any) -> dict[str, str] | None:
    found = TOLD(*about)
    return found if found is not None and len(found) == len(about[1]) else None


def _any_key(*_: Any) -> str:
    return f"fzi-{uuid4()}"


def _always(*_: Any) -> bool:
    return True


def _nothing(*_: Any) -> None:
    return None


def _none(*_: Any) -> tuple[()]:
    return ()


def _in_its_time(intent: Any, token_id: str, now: float, key_ttl: float) -> bool:
    return bool(intent.idempotency_key)


# Where each is taken from the importer: the name under which it is called there.
WITHOUT: Final[dict[Net, tuple[Patch, ...]]] = {
    Net.LOOKS_FIRST: ((prepare, "find_all", _finds_nothing),),
    Net.LOOKS_AFTER: ((deliver, "_look", _sees_nothing),),
    Net.LOOKS_TWICE: ((settle, "LOOKS", 1), (recover, "LOOKS", 1)),
    Net.KNOWS_ORPHANS: ((found.Orphans, "of", _no_orphans),),
    Net.ONE_WRITER: ((files, "lock_state", _no_lock), (applying, "check_seen", _nothing)),
    Net.LOOKS_FOR_OPEN: ((recover, "look_at_creates", _sees_none_of_them),),
    Net.SETTLES_FIRST: ((course, "recover", _settles_nothing), (settling, "recover", _settles_nothing)),
    Net.KEYS_OF_IDENTITY: ((context, "idempotency_key", _any_key),),
    Net.KEYS_THAT_EXPIRE: ((again, "may_go_again", _in_its_time),),
    Net.ONLY_AS_SENT: ((again, "still_as_sent", _always),),
    Net.RAISES: ((Store, "_raise", _nothing),),
    Net.WAITS: ((bulk, "_book_seen", _sends_what_it_does_not_see),),
    Net.ASKS: ((bulk, "asked_again", _sees_nothing), (recover, "asked_again", _sees_nothing)),
    Net.READS_BALANCES: (
        (settlement, "moved", _nothing),
        (open_changes, "moved", _nothing),
        (settlement, "_untouched", _always),
        (settlement, "_remembered", _whatever_is_used),
        (prepare, "look_at", _reads_no_document),
    ),
    Net.KEEPS_INTENTS: ((Store, "intents", _none),),
    Net.SERVERS_CLOCK: ((client.Client, "server_now", _by_our_clock),),
    Net.COMPARES: ((create, "differences", _none),),
    Net.READS_WHOLE: ((rows, "told", _told_whole),),
    Net.KNOWS_REFUSALS: ((errors.Rejected, "certain", True),),
    Net.READS_BACK: ((look, "is_fresh", _always),),
}
