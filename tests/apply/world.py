"""One org, one state, one importer: applies manifests against the sandbox without the command around it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from apply.wire import Act, Fault, Wire
from importer.api.client import Client
from importer.apply.asking import Desk
from importer.apply.context import Context
from importer.apply.prepare import Memory, Prepared, prepare
from importer.apply.run import Run
from importer.apply.ways_out import Agreed, accept, adopt
from importer.model import Intent, Manifest, Receipt, Ref, StepId
from importer.outcome import Outcome, Report, Status
from importer.plan.value import Plan
from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.clock import SkippingClock
from importer.state.files import open_for_writing
from importer.state.store import Store

BASE = "http://sandbox.invalid/api/public/v1"
TABLES = ("contacts", "items", "invoices", "payments", "credit_notes")
T = TypeVar("T")


@dataclass
class World:
    books: Books
    clock: SkippingClock
    state: Path
    wire: Wire
    run: Run | None = None  # the one that is under way
    store: Store | None = None
    sent: Counter[str] = field(default_factory=Counter)  # calls of the last apply or plan, by label
    made: Plan | None = None  # the last plan
    in_flight: int = 16  # calls under way at a time
    progress: list[tuple[Sequence[Outcome], int]] = field(default_factory=list)

    # What a test does.

    def fault(self, call: str, act: Act, nth: int = 1, times: int = 1) -> None:
        self.wire.faults.append(Fault(call, act, nth, times))

    def calm(self) -> None:
        """From now on nothing fails; what was seen is forgotten."""
        self.wire.faults.clear()
        self.wire.seen.clear()

    def apply(
        self,
        manifest: Manifest,
        *,
        allow_likeness: bool = False,
        in_flight: int = 16,
        meanwhile: Callable[[], object] | None = None,
    ) -> Report:
        """``meanwhile`` happens once the plan is made, and before anything of it is done."""

        self.in_flight = in_flight

        async def look(client: Client) -> Prepared:
            with open_for_writing(self.state) as store:
                return await self._prepare(client, manifest, store, allow_likeness)

        async def use(client: Client) -> Report:
            with open_for_writing(self.state) as store:
                made = prepared or await self._prepare(client, manifest, store, allow_likeness)
                assert not made.plan.conflicts, made.plan.conflicts
                self.store = store
                self.run = Run(self._context(client, store, made), made.plan, self._told, in_flight)
                return await self.run.carry_out()

        prepared = self._with_client(look) if meanwhile is not None else None
        if meanwhile is not None:
            meanwhile()
        return self._with_client(use)

    def plan(self, manifest: Manifest, *, allow_likeness: bool = False) -> Plan:
        async def use(client: Client) -> Plan:
            with open_for_writing(self.state) as store:
                return (await self._prepare(client, manifest, store, allow_likeness)).plan

        return self._with_client(use)

    def adopt(self, manifest: Manifest, kind: str, key: str, remote_id: str, *, differences: bool = False) -> Agreed:
        """Say which document of the books an entry is."""
        entry = next(one for one in manifest.documents if one.ref == Ref(kind, key))
        return self._agree(
            manifest, Ref(kind, key), lambda desk: adopt(desk, entry, remote_id, accept_differences=differences)
        )

    def accept(self, manifest: Manifest, kind: str, key: str) -> Agreed:
        """Take the books as they are for what the state knows."""
        entry = next((one for one in manifest.documents if one.ref == Ref(kind, key)), None)
        return self._agree(manifest, Ref(kind, key), lambda desk: accept(desk, Ref(kind, key), entry))

    def stop(self) -> None:
        assert self.run is not None
        self.run.stop()

    def later(self, seconds: float) -> None:
        self._carry_out(self.clock.sleep(seconds))

    def revoke(self, *, revoked: bool = True) -> None:
        self.books.add_token(SANDBOX_TOKEN, revoked=revoked)

    def sql(self, statement: str, *values: Any) -> None:
        self.books.db.run(statement, values)

    # What a test looks at.

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What the books hold of a kind, oldest first."""
        return [dict(row) for row in self.books.db.rows(f"SELECT * FROM {table} ORDER BY created")]

    def rows_of(self, table: str) -> list[dict[str, Any]]:
        """What the books hold in a table that has no times of its own."""
        return [dict(row) for row in self.books.db.rows(f"SELECT * FROM {table} ORDER BY id")]

    def count(self, table: str) -> int:
        return len(self.rows(table))

    def references(self, table: str) -> list[str]:
        return sorted(str(row["reference"]) for row in self.rows(table))

    def row(self, table: str, key: str) -> dict[str, Any]:
        """What the books hold of the document ``key``, by its receipt."""
        receipt = self.receipts()[StepId(table, key)]
        return next(row for row in self.rows(table) if row["id"] == receipt.remote_id)

    def receipts(self) -> dict[StepId, Receipt]:
        with self.reading() as store:
            return {StepId(one.kind, one.key, one.part): one for one in store.receipts()}

    def intents(self) -> tuple[Intent, ...]:
        with self.reading() as store:
            return store.intents()

    def generation(self, kind: str, key: str, part: str = "") -> int:
        with self.reading() as store:
            return store.generation(kind, key, part)

    def remove(self, kind: str, key: str) -> None:
        """Forget what the state knows of one document."""
        with self.reading() as store:
            receipt = store.receipt(kind, key)
            assert receipt is not None
            store.put(removed=[receipt])

    @contextmanager
    def reading(self) -> Iterator[Store]:
        with open_for_writing(self.state) as store:
            yield store

    def is_whole(self, manifest: Manifest) -> None:
        """Every document is in the books exactly once and has its receipt; no intent is open."""
        for table in TABLES:
            keys = [one.key for one in manifest.documents if one.kind == table]
            ids = sorted(row["id"] for row in self.rows(table))
            known = sorted(
                one.remote_id for step, one in self.receipts().items() if step.kind == table and not step.part
            )
            assert len(ids) == len(keys), f"{len(ids)} {table} in the books, {len(keys)} in the manifest"
            assert ids == known
        assert self.intents() == ()
        assert [one.difference for one in self.receipts().values() if one.difference] == []

    # How it is done.

    def _with_client(self, use: Callable[[Client], Awaitable[T]]) -> T:
        async def main() -> T:
            client = Client(
                BASE,
                SANDBOX_TOKEN,
                clock=self.clock,
                transport=self.wire,
                in_flight=self.in_flight,
                dice=lambda: 0.0,
            )
            async with client:
                try:
                    return await use(client)
                finally:
                    self.sent = client.sent

        return self._carry_out(main())

    def _carry_out(self, main: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(main)

    def _agree(self, manifest: Manifest, ref: Ref, way: Callable[[Desk], Awaitable[Agreed]]) -> Agreed:
        async def use(client: Client) -> Agreed:
            with open_for_writing(self.state) as store:
                memory = self._memory(store)
                desk = Desk(client, manifest, memory, f"run-{store.serial}", self.clock.now(), lambda one: one.file)
                agreed = await way(desk)
                store.close_row(StepId(*ref), agreed.receipts)
                return agreed

        return self._with_client(use)

    def _memory(self, store: Store) -> Memory:
        generations = {StepId(*own): number for own, number in store.generations().items()}
        return Memory(tuple(store.receipts()), store.intents(), generations)

    async def _prepare(self, client: Client, manifest: Manifest, store: Store, allow_likeness: bool) -> Prepared:
        who = await client.whoami()
        prepared = await prepare(
            client,
            manifest,
            self._memory(store),
            who.org_id or "",
            lambda receipt: True,
            allow_likeness=allow_likeness,
            per_minute=600,
            finish=lambda problems: problems,
        )
        self.made = prepared.plan
        return prepared

    def _context(self, client: Client, store: Store, prepared: Prepared) -> Context:
        return Context(
            client=client,
            store=store,
            bindings=prepared.bindings,
            org_id=prepared.plan.org_id,
            token_id="tok",
            run=f"run-{store.serial}",
            now=self.clock.now,
            sleep=self.clock.sleep,
            dice=lambda: 0.0,
            expected=prepared.expectations.expected,
            source_of=lambda document: document.file,
            claimed=prepared.claimed,
        )

    def _told(self, outcomes: Sequence[Outcome], left: int) -> None:
        self.progress.append((tuple(outcomes), left))


def statuses(report: Report) -> dict[str, Status]:
    return {str(outcome.id): outcome.status for outcome in report.outcomes}


def failures(report: Report) -> dict[str, str]:
    """The codes of what was not done, by step."""
    return {str(one.id): one.failure.code for one in report.outcomes if one.failure is not None}


def message(report: Report, step: str) -> str:
    """Why ``step`` was not done, as a person reads it."""
    found = next(one.failure for one in report.outcomes if str(one.id) == step)
    assert found is not None
    return found.message
