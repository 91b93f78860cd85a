from __future__ import annotations

import asyncio

import pytest

from api.virtual_time import EPOCH, VirtualClock, run
from importer.api.gate import Gate
from importer.api.pace import Quota


def quota(remaining: int, limit: int = 600) -> Quota:
    return Quota(limit, remaining, EPOCH + 60)


async def opened(clock: VirtualClock, remaining: int, in_flight: int = 16) -> tuple[Gate, list[float]]:
    """A gate that knows its window, and what it tells of waits."""
    told: list[float] = []
    gate = Gate(clock, in_flight, told.append)
    await gate.enter()
    gate.answered(quota(remaining), clock.now(), clock.now(), clock.now())
    return gate, told


def test_calls_leave_in_the_order_in_which_they_came() -> None:
    async def main() -> list[int]:
        gate, _ = await opened(VirtualClock(), remaining=2)
        order: list[int] = []

        async def call(number: int) -> None:
            await gate.enter()
            order.append(number)
            await asyncio.sleep(0.1)
            gate.lost()

        await asyncio.gather(*(call(number) for number in range(40)))
        return order

    assert run(main()) == list(range(40))


def test_no_more_calls_are_under_way_than_allowed() -> None:
    async def main() -> int:
        clock = VirtualClock()
        gate, _ = await opened(clock, remaining=600, in_flight=3)
        under_way, most = 0, 0

        async def call() -> None:
            nonlocal under_way, most
            await gate.enter()
            under_way += 1
            most = max(most, under_way)
            sent = clock.now()
            await asyncio.sleep(0.1)
            under_way -= 1
            gate.answered(quota(500), sent, clock.now(), None)

        await asyncio.gather(*(call() for _ in range(20)))
        return most

    assert run(main()) == 3


def test_a_wait_is_told_before_and_counted_after() -> None:
    async def main() -> tuple[list[float], float]:
        gate, told = await opened(VirtualClock(), remaining=0)
        await gate.enter()
        return told, gate.waited

    told, waited = run(main())
    assert told == [pytest.approx(60.1)]
    assert waited == pytest.approx(60.1)


def test_an_answer_that_leaves_more_than_was_thought_ends_the_wait() -> None:
    async def main() -> float:
        clock = VirtualClock()
        gate, _ = await opened(clock, remaining=1)
        await gate.enter()
        waiting = asyncio.ensure_future(gate.enter())
        await asyncio.sleep(1)
        gate.unsent()
        await waiting
        return clock.now() - EPOCH

    assert run(main()) == pytest.approx(1)


def test_a_caller_who_gives_up_leaves_its_place_to_the_next() -> None:
    async def main() -> float:
        clock = VirtualClock()
        gate, _ = await opened(clock, remaining=0, in_flight=1)
        first = asyncio.ensure_future(gate.enter())
        await asyncio.sleep(1)
        first.cancel()
        await asyncio.wait_for(gate.enter(), 120)
        return clock.now() - EPOCH

    assert run(main()) == pytest.approx(60.1)


def test_a_closed_gate_opens_when_its_time_is_over() -> None:
    async def main() -> float:
        clock = VirtualClock()
        gate, _ = await opened(clock, remaining=600)
        gate.close(7)
        await gate.enter()
        return clock.now() - EPOCH

    assert run(main()) == pytest.approx(7)


def test_a_clock_that_fails_does_not_leave_the_gate_shut() -> None:
    class Broken(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            raise RuntimeError("no sleep today")

    async def main() -> None:
        gate, _ = await opened(Broken(), remaining=0)
        with pytest.raises(RuntimeError, match="no sleep"):
            await gate.enter()

    run(main())
