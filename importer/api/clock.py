"""Two clocks: ours, which is a parameter so that nothing has to wait in a test, and what we know of the server's."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

# A Date header counts whole seconds: the moment it speaks of lies up to this much later (RFC 9110, section 5.6.7).
GRAIN = 1.0


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after ``seconds`` (0 or more)."""
        ...


class RealClock:
    """The clock on the wall."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ServerClock:
    """Our estimate of the server's clock, from the Date headers of its answers. Time is handed in; pure."""

    def __init__(self) -> None:
        self._ahead = 0.0  # seconds by which the server's clock is ahead of ours; a lower bound as far as known
        self._heard = False

    def learn(self, date: float, sent_at: float, received_at: float) -> None:
        """Take in one Date header (Unix seconds), with our own times of the call's departure and arrival.

        The answer was dated between the two, so the difference of the clocks lies in an interval. An estimate inside
        it stays: one slow answer says little. One outside it is replaced, because one of the clocks was set.
        """
        lowest, highest = date - received_at, date + GRAIN - sent_at
        if not self._heard or not lowest <= self._ahead <= highest:
            self._ahead = lowest
            self._heard = True

    def now(self, ours: float) -> float:
        """The server's Unix time when our clock says ``ours``: too early by some latency and up to a second."""
        return ours + self._ahead
