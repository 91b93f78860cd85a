"""Where calls wait until they may leave: one at a time, in the order in which they came."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from importer.api.clock import Clock
from importer.api.pace import Quota, Window

SHORTEST_NAP = 0.001  # seconds; the clock's own rounding must not make us spin


class Gate:
    """Lets at most ``in_flight`` calls be under way, and no more than the window of the token takes.

    Every ``enter`` is followed by exactly one of ``answered``, ``lost`` and ``unsent``.
    """

    def __init__(self, clock: Clock, in_flight: int, told: Callable[[float], None]) -> None:
        """``told`` hears, in seconds, of every wait for the window before it begins."""
        self.window = Window()
        self.waited = 0.0  # seconds waited for the window so far
        self.flown = 0.0  # seconds so far in which at least one call was under way
        self._under_way = 0
        self._since = 0.0  # our clock: from then on at least one is
        self._clock = clock
        self._told = told
        self._slots = asyncio.Semaphore(in_flight)
        self._head = asyncio.Lock()  # held by the first of the queue
        self._news = asyncio.Event()  # something came back: the window may say something else now

    async def enter(self) -> None:
        """Come back when the call may leave; it counts as under way from then on."""
        await self._slots.acquire()
        try:
            async with self._head:
                await self._until_open()
                now = self._clock.now()
                self.window.leave(now)
                self._since = self._since if self._under_way else now
                self._under_way += 1
        except BaseException:
            self._slots.release()
            raise

    def answered(self, quota: Quota | None, sent_at: float, now: float, date: float | None) -> None:
        self.window.answered(quota, sent_at, now, date)
        self._back()

    def lost(self) -> None:
        self.window.lost(self._clock.now())
        self._back()

    def unsent(self) -> None:
        self.window.unsent()
        self._back()

    def close(self, seconds: float) -> None:
        """Let nothing leave for ``seconds``."""
        self.window.close(self._clock.now() + seconds)

    def _back(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self.flown += max(0.0, self._clock.now() - self._since)
        self._slots.release()
        self._news.set()

    async def _until_open(self) -> None:
        while True:
            self._news.clear()
            seconds = self.window.wait(self._clock.now())
            if seconds <= 0:
                return
            if math.isinf(seconds):
                await self._news.wait()
                continue
            self._told(seconds)
            began = self._clock.now()
            await self._nap(max(seconds, SHORTEST_NAP))
            self.waited += max(0.0, self._clock.now() - began)

    async def _nap(self, seconds: float) -> None:
        """Sleep, but wake up when something comes back: it may have left more than was thought."""
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({sleep, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            news.cancel()
            await asyncio.gather(sleep, news, return_exceptions=True)
        if not sleep.cancelled():
            sleep.result()
