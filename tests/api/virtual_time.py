"""An event loop whose time is a number: a minute of waiting takes no time, and every run is the same."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

EPOCH = 1_779_148_800.0  # 2026-05-19 00:00:00 UTC, a whole minute
T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    """Instead of waiting for a time-out, moves the clock to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events:
            assert timeout is not None, "nothing will ever happen again: a deadlock"
            self.elapsed += max(timeout, 0.0)
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.elapsed


class VirtualClock:
    """The clock of the running virtual loop, which may differ from the server's by ``skew`` seconds."""

    def __init__(self, skew: float = 0.0) -> None:
        self.skew = skew
        self.naps: list[float] = []

    def now(self) -> float:
        return EPOCH + asyncio.get_running_loop().time() + self.skew

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        await asyncio.sleep(seconds)


def run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
