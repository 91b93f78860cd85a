"""What a seed decides about trouble: a line that fails, and a process that dies at any durable step."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import httpx
from apply.wire import Wire

from importer.sandbox.books import Books
from importer.state.store import Store
from simulation.machines import VirtualClock

# Everything that the sandbox can do to a request, but for what needs a person afterwards.
FAULTS = (
    *("close-before", "close-after", "error-before", "error-after", "timeout-after", "slow", "truncated", "html"),
    *("too-many", "timeout-working", "crash-after-row"),
)
WRITES = ("begin", "settle", "close", "put", "close_row")


class Killed(BaseException):
    """The process of the importer ends here, as by kill -9."""


class Line(Wire):
    """The way to the sandbox. The request at which the process dies, before or after it was answered, can be set."""

    def __init__(self, books: Books) -> None:
        super().__init__(books)
        self.latency: Callable[[], float] = lambda: 0.0  # seconds, one way
        self.deadline: tuple[int, bool] | None = None  # requests from now on, and whether that one is answered
        self.dies: Any = None  # what keeps the state as it is at that moment

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.dies is not None and self.dies.dead:
            raise Killed
        left, answered = self.deadline or (-1, False)
        if self.deadline is not None:
            self.deadline = (left - 1, answered)
        if left == 1 and not answered:
            self.dies.now()
        response = await super().handle_async_request(request)
        if left == 1:
            self.dies.now()
        return response

    async def forward(self, request: httpx.Request) -> httpx.Response:
        """Raises ReadTimeout where the answer takes too long. The server goes on, whatever becomes of its client."""
        clock = self.books.clock
        assert isinstance(clock, VirtualClock)
        limits = request.extensions.get("timeout", {})
        answering = clock.serve(self._answered(request))
        done, _ = await asyncio.wait({answering}, timeout=limits.get("read"))
        if not done:
            raise httpx.ReadTimeout("no answer in time", request=request)
        return answering.result()

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        await self.books.clock.sleep(self.latency())
        response = await super().forward(request)
        await self.books.clock.sleep(self.latency())
        return response


def state_files(state: Path) -> list[Path]:
    """The state and what SQLite keeps beside it."""
    return [file for file in sorted(state.parent.glob(f"{state.name}*")) if file.is_file()]


class Death:
    """Keeps the state's files as they are when the process dies; whatever is written after that is undone."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._kept = state.with_name("kept")
        self.dead = False
        self._writes_left = -1
        self._after = False

    def now(self) -> None:
        if not self.dead:
            self.dead = True
            shutil.rmtree(self._kept, ignore_errors=True)
            self._kept.mkdir()
            for file in state_files(self._state):
                shutil.copy2(file, self._kept / file.name)
        raise Killed

    def restore(self) -> None:
        """Put the files back as they were at the moment of death."""
        if not self.dead:
            return
        for file in state_files(self._state):
            file.unlink()
        for file in self._kept.iterdir():
            shutil.copy2(file, self._state.parent / file.name)

    @contextmanager
    def at_write(self, rng: Random) -> Iterator[None]:
        """Die at one of the next durable writes, before or after it."""
        self._writes_left, self._after = rng.randint(1, 25), rng.random() < 0.5
        patches = [mock.patch.object(Store, name, self._deadly(getattr(Store, name))) for name in WRITES]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()

    def _deadly(self, write: Any) -> Any:
        def deadly(store: Store, *arguments: Any, **named: Any) -> Any:
            if self.dead:
                raise Killed
            self._writes_left -= 1
            if self._writes_left == 0 and not self._after:
                self.now()
            result = write(store, *arguments, **named)
            if self._writes_left == 0:
                self.now()
            return result

        return deadly
