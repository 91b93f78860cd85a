"""The sandbox's clock, a parameter: the real one, or one that never waits for anybody."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

# A float of today's Unix time steps by a quarter of a microsecond: adding less might not move it.
SMALLEST_STEP: Final = 1e-6  # seconds


class Clock(Protocol):
    """Tells the time, lets time pass, and can be put forward or back."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...

    def advance(self, seconds: float) -> None:
        """Put the clock forward by ``seconds``, back when below zero."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when the clock is ``seconds`` later."""
        ...


class SystemClock:
    """The machine's own clock, ``ahead`` of it by some seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self._ahead = ahead

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    async def sleep(self, seconds: float) -> None:
        """Wait. A clock that is put forward meanwhile wakes nobody."""
        await asyncio.sleep(seconds)


class SkippingClock:
    """Starts at the real time and goes on with it; whoever sleeps on it moves it instead of waiting."""

    def __init__(self) -> None:
        self._start = time.time()
        self._origin = time.monotonic()  # a correction of the wall clock in mid-run must not turn us back
        self._skipped = 0.0

    @property
    def skipped(self) -> float:
        """Seconds of sleep that were not slept so far."""
        return self._skipped

    def now(self) -> float:
        return self._start + (time.monotonic() - self._origin) + self._skipped

    def advance(self, seconds: float) -> None:
        self._start += seconds

    async def sleep(self, seconds: float) -> None:
        """Return at once with the clock at least ``seconds`` later. Sleepers that overlap share one move."""
        target = self.now() + max(seconds, 0.0)
        await asyncio.sleep(0)  # all who are about to sleep name their target before anybody moves the clock
        while (missing := target - self.now()) > 0:
            self._skipped += max(missing, SMALLEST_STEP)
        await asyncio.sleep(0)
