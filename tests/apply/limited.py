"""A line with windows and slow answers, in virtual time: waiting takes none, and every run is the same."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import httpx
from api.virtual_time import EPOCH, VirtualLoop

from apply.manifests import contact, invoice, manifest, note, payment
from apply.wire import Wire
from apply.world import BASE, World
from importer.model import Manifest
from importer.sandbox.books import SANDBOX_TOKEN, Books

T = TypeVar("T")
MINUTE = 60.0  # seconds of a window (fact sheet, section 7)
LIMITS = {"DEFAULT": 600, "PARTNER": 3000}  # calls in a window


class LoopClock:
    """The time of a loop in which waiting takes none, for the sandbox and for the importer."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> float:
        with contextlib.suppress(RuntimeError):  # between two runs it stands still
            self.elapsed = asyncio.get_running_loop().time()
        return EPOCH + self.elapsed

    def advance(self, seconds: float) -> None:
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SlowWire(Wire):
    """Every answer takes ``latency`` seconds, half of them on the way there. ``others`` use the token as well."""

    def __init__(self, books: Books, latency: float, others: int) -> None:
        super().__init__(books)
        self.latency = latency
        self.others = others  # after so many of our calls somebody else sends one; 0: nobody does
        self.answers: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()  # by window

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.latency / 2)
        answer = await super().handle_async_request(request)
        if answer.status_code == 429:
            self.refused[int(self.books.clock.now() // MINUTE)] += 1
        self.answers[answer.status_code] += 1
        if self.others and self.answers.total() % self.others == 0:
            await self.forward(
                httpx.Request("GET", f"{BASE}/whoami", headers={"Authorization": f"Bearer {SANDBOX_TOKEN}"})
            )
        await asyncio.sleep(self.latency / 2)
        return answer


class VirtualWorld(World):
    def _carry_out(self, main: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(main)


def world(folder: Path, tier: str, latency: float, others: int = 0) -> tuple[VirtualWorld, SlowWire]:
    clock: Any = LoopClock()
    books = Books(":memory:", clock)
    books.add_token(SANDBOX_TOKEN, tier=tier)
    wire = SlowWire(books, latency, others)
    return VirtualWorld(books, clock, folder / "state.db", wire), wire


def made(number: int) -> Manifest:
    """``number`` customers with two invoices each, a payment of the one and a note applied to the other."""
    return manifest(
        contacts=[contact(f"c{at}") for at in range(number)],
        items=[{"key": f"i{at}", "name": f"Item {at}", "rate": "10"} for at in range(20)],
        invoices=[invoice(f"{letter}-{at}", customer=f"c{at}") for letter in "IJ" for at in range(number)],
        payments=[payment(f"P-{at}", contact=f"c{at}", of=f"I-{at}") for at in range(number)],
        credit_notes=[note(f"N-{at}", "10", customer=f"c{at}", on=f"J-{at}") for at in range(number)],
    )


def bound(calls: int, limit: int, latency: float, in_flight: int) -> float:
    """The least that ``calls`` take from the beginning of a window on: whole windows, and the calls of the last."""
    whole, rest = divmod(calls, limit)
    if not rest:
        whole, rest = whole - 1, limit
    return whole * MINUTE + math.ceil(rest / in_flight) * latency
