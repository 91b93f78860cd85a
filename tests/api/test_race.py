"""The race the room is built for: as fast as the windows allow, and never a 429."""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections import Counter
from email.utils import formatdate

import httpx
import pytest

from api.virtual_time import EPOCH, VirtualClock, run
from importer.api.client import Client

IN_FLIGHT = 16


class LimitedServer(httpx.MockTransport):
    """Enforces ``limit`` calls per clock minute; takes 20 to 200 ms, half of it on the way to it."""

    def __init__(self, limit: int, begins: float, others: float = 0.0) -> None:
        super().__init__(self._answer)
        self.limit = limit
        self.begins = begins  # seconds of its minute at which the run begins
        self.others = others  # chance that somebody else uses the same token beside each call
        self.counted: Counter[int] = Counter()
        self.answers: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()  # calls that came too late, by minute
        self.dice = random.Random(7)

    def now(self) -> float:
        return EPOCH + self.begins + asyncio.get_running_loop().time()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        latency = self.dice.uniform(0.02, 0.2)
        await asyncio.sleep(latency * self.dice.random())
        response = self._limited()
        await asyncio.sleep(latency * self.dice.random())
        self.answers[response.status_code] += 1
        return response

    def _limited(self) -> httpx.Response:
        now = self.now()
        minute = int(now // 60)
        if self.dice.random() < self.others:
            self.counted[minute] = min(self.counted[minute] + 1, self.limit)
        full = self.counted[minute] >= self.limit
        self.counted[minute] += not full
        reset = (minute + 1) * 60
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.counted[minute]),
            "X-RateLimit-Reset": str(reset),
            "Date": formatdate(now, usegmt=True),
        }
        if full:
            self.refused[minute] += 1
            body = {"code": "rate_limit.exceeded", "message": "slow down"}
            headers["Retry-After"] = str(int(reset - now) + 1)
            return httpx.Response(429, headers=headers, content=json.dumps(body))
        return httpx.Response(200, headers=headers, content='{"code":0,"message":"success"}')


async def race(server: LimitedServer, calls: int, skew: float) -> tuple[float, Client]:
    """Send ``calls`` writes from as many tasks as may be under way. Gives the seconds it took."""
    clock = VirtualClock(skew)
    began = clock.now()
    async with Client("https://books.test", "t", clock=clock, transport=server, in_flight=IN_FLIGHT) as client:
        todo = iter(range(calls))

        async def worker() -> None:
            for number in todo:
                await client.write("POST", "/payments", "{}", key=f"k-{number}")

        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return clock.now() - began, client


@pytest.mark.parametrize(("begins", "skew"), [(37.4, 0.0), (3.0, 5000.5)])
def test_two_thousand_calls_take_no_longer_than_their_windows_and_provoke_no_429(begins: float, skew: float) -> None:
    server = LimitedServer(600, begins)
    seconds, client = run(race(server, 2000, skew))
    # 600 in this minute and in each of the next two; then the last 200 at the pace of the connections.
    bound = (60 - begins) + 120 + 200 * 0.11 / IN_FLIGHT
    assert server.answers == {200: 2000}
    assert seconds <= bound * 1.05
    assert client.sent == {"POST /payments": 2000}
    assert client.waited == pytest.approx(seconds - 2000 * 0.11 / IN_FLIGHT, rel=0.1)


@pytest.mark.parametrize("others", [0.1, 0.4, 0.9])
@pytest.mark.parametrize("limit", [600, 3000])
def test_a_second_user_costs_its_share_and_one_call_of_a_window_at_most_comes_too_late(
    limit: int, others: float
) -> None:
    server = LimitedServer(limit, 10.0, others=others)
    calls = 2 * limit
    seconds, _ = run(race(server, calls, 0.0))
    assert server.answers[200] == calls
    assert max(server.refused.values(), default=0) <= 1
    # The second user takes calls of every window; the last window may be one that has just begun.
    assert seconds <= (math.ceil(calls * (1 + others) / limit) + 1) * 60


def test_a_second_user_of_few_calls_a_minute_costs_its_share_and_every_call_still_succeeds() -> None:
    server = LimitedServer(60, 10.0, others=0.4)
    seconds, _ = run(race(server, 200, 0.0))
    assert server.answers[200] == 200
    assert server.answers[429] <= IN_FLIGHT
    assert seconds < 8 * 60
