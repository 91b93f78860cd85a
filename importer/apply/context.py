"""What every delivery of one run shares: the client, the state, what references stand for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from importer.api.client import Client
from importer.delivery.compare import Expected
from importer.delivery.keys import idempotency_key
from importer.delivery.remote import text
from importer.kinds import KINDS, Kind
from importer.model import Document, Intent, IntentRow, Receipt, Ref
from importer.plan.applications import paise
from importer.plan.body import Bindings
from importer.plan.said import digest, plain, said
from importer.plan.value import Step
from importer.state.store import Store

Sleep = Callable[[float], Awaitable[None]]


def iso(seconds: float) -> str:
    """Unix time as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Context:
    client: Client
    store: Store
    bindings: Bindings
    org_id: str
    token_id: str
    run: str
    now: Callable[[], float]
    sleep: Sleep
    dice: Callable[[], float]
    expected: Callable[[Document], Expected | None]
    source_of: Callable[[Document], str]
    claimed: dict[tuple[str, str], Ref] = field(default_factory=dict)  # what of the books receipts hold: kind and id
    # The create bodies of this run whose outcome may be open; whether it is, the intents of the store tell.
    creating: dict[Ref, tuple[Document, Mapping[str, Any]]] = field(default_factory=dict)
    timeout: float = 30.0  # seconds after which the client takes an answer for lost
    key_ttl: float = 86_400.0  # seconds for which the server remembers what it answered under a key
    left: set[asyncio.Task[Any]] = field(default_factory=set)  # tasks whose call has left: never cut off by a stop
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def stopping(self) -> bool:
        """Whether nothing new may leave, and nothing be tried again."""
        return self.stopped.is_set()

    async def pause(self, seconds: float) -> None:
        """Sleep, but not on after a stop."""
        naps = {asyncio.ensure_future(self.sleep(seconds)), asyncio.ensure_future(self.stopped.wait())}
        try:
            await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for nap in naps:
                nap.cancel()
            await asyncio.gather(*naps, return_exceptions=True)

    def begin(self, intent: Intent) -> Intent:
        """Make ``intent`` durable, as of now."""
        return self.store.begin(replace(intent, server_time=iso(self.client.server_now())))

    def leave(self) -> None:
        """The call of this task is about to go: from here on a stop waits for it."""
        task = asyncio.current_task()
        if task is not None:
            self.left.add(task)

    @property
    def under_way(self) -> bool:
        """Whether a call of this task has left."""
        return asyncio.current_task() in self.left

    def over(self) -> None:
        """The outcome of this task's call is known and remembered, or left to the next run."""
        task = asyncio.current_task()
        if task is not None:
            self.left.discard(task)

    def intent(
        self, operation: str, rows: Sequence[IntentRow], method: str, path: str, body: str, before: dict[str, str]
    ) -> Intent:
        """The intent of a call that is about to be sent, not yet stored."""
        return Intent(
            id=0,
            operation=operation,
            rows=tuple(rows),
            method=method,
            path=path,
            body=body,
            idempotency_key=idempotency_key(self.org_id, operation, rows) if method == "POST" else "",
            token_id=self.token_id,
            server_time=iso(self.client.server_now()),
            run=self.run,
            before=before,
        )

    def receipt(self, step: Step, row: dict[str, Any], difference: str = "") -> Receipt:
        """The receipt of a document that the books hold as ``row``. Binds its key to its id.

        Raises ValueError where neither ``row`` nor ``step`` says the id: a receipt of nothing would hide a document.
        """
        document = step.document
        if document is None:
            raise ValueError(f"{step.id} has no document")
        kind = KINDS[document.kind]
        remote_id = text(row.get(kind.id_field)) or step.remote_id
        if not remote_id:
            raise ValueError(f"{step.id} has no id in the books")
        self.bindings.ids[document.ref] = remote_id
        self.claimed[kind.name, remote_id] = document.ref
        self.creating.pop(document.ref, None)
        found = self._receipt(step, remote_id, number_of(kind, row), spoken(document, step.later), difference)
        return replace(found, total=total_of(row))

    def receipt_as_sent(
        self, step: Step, kind: Kind, row: dict[str, Any], spoken: dict[str, Any], difference: str
    ) -> Receipt:
        """The receipt of a document whose entry is gone: what it said is told from what was sent."""
        ref, remote_id = Ref(step.id.kind, step.id.key), text(row.get(kind.id_field))
        self.bindings.ids[ref] = remote_id
        self.claimed[kind.name, remote_id] = ref
        self.creating.pop(ref, None)
        found = self._receipt(step, remote_id, number_of(kind, row), spoken, difference)
        return replace(found, total=total_of(row))

    def part_receipt(self, step: Step, spoken: dict[str, Any]) -> Receipt:
        """The receipt of one application."""
        return self._receipt(step, step.remote_id or self.bindings.ids[Ref(step.id.kind, step.id.key)], "", spoken, "")

    def _receipt(self, step: Step, remote_id: str, number: str, spoken: dict[str, Any], difference: str) -> Receipt:
        moment = iso(self.now())
        return Receipt(
            kind=step.id.kind,
            key=step.id.key,
            part=step.id.part,
            remote_id=remote_id,
            number=number,
            said=spoken,
            digest=digest(spoken),
            generation=step.generation,
            source=self.source_of(step.document) if step.document is not None else "",
            run=self.run,
            created=moment,
            updated=moment,
            difference=difference,
        )


def spoken(document: Document, later: Sequence[int]) -> dict[str, Any]:
    """What a receipt remembers of ``document``: all that it says, without the entries that come ``later``."""
    found, settles = said(document), KINDS[document.kind].settles
    if later and settles is not None:
        found[settles.field] = [one for at, one in enumerate(found[settles.field]) if at not in later]
    return found


def total_of(row: Mapping[str, Any]) -> str:
    """What the books say that a document comes to, to the paisa; "" where they do not say it."""
    total = paise(row.get("total"))
    return "" if total is None else plain(total)


def number_of(kind: Kind, row: dict[str, Any]) -> str:
    return text(row.get(kind.number_field)) if kind.number_field else ""
