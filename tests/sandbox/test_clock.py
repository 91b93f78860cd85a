from __future__ import annotations

import asyncio
import time

import pytest

from importer.sandbox.clock import SkippingClock, SystemClock


def test_the_system_clock_tells_unix_time() -> None:
    assert abs(SystemClock().now() - time.time()) < 1


def test_a_sleeper_wakes_at_once_with_the_clock_moved() -> None:
    clock = SkippingClock()
    before, really = clock.now(), time.monotonic()
    asyncio.run(clock.sleep(3600))
    assert clock.now() >= before + 3600
    assert time.monotonic() - really < 5
    assert clock.skipped == pytest.approx(3600, abs=1)


def test_sleepers_of_one_moment_move_the_clock_once() -> None:
    clock = SkippingClock()

    async def many() -> None:
        await asyncio.gather(*(clock.sleep(seconds) for seconds in (60, 60, 5, 60)))

    asyncio.run(many())
    assert clock.skipped == pytest.approx(60, abs=1)


def test_one_sleep_after_the_other_adds_up() -> None:
    clock = SkippingClock()

    async def twice() -> None:
        await clock.sleep(60)
        await clock.sleep(60)

    asyncio.run(twice())
    assert clock.skipped == pytest.approx(120, abs=1)


def test_a_sleep_of_nothing_or_less_leaves_the_clock() -> None:
    clock = SkippingClock()
    asyncio.run(clock.sleep(-5))
    assert clock.skipped == 0


def test_a_sleep_lets_others_run() -> None:
    clock, order = SkippingClock(), list[str]()

    async def sleeper() -> None:
        await clock.sleep(1)
        order.append("slept")

    async def other() -> None:
        order.append("ran")

    async def both() -> None:
        await asyncio.gather(sleeper(), other())

    asyncio.run(both())
    assert order == ["ran", "slept"]


def test_the_system_clock_is_put_forward_and_back_and_really_waits() -> None:
    clock = SystemClock(60)
    clock.advance(3600)
    clock.advance(-1800)
    assert clock.now() == pytest.approx(time.time() + 1860, abs=1)
    before = time.monotonic()
    asyncio.run(clock.sleep(0.05))
    assert time.monotonic() - before >= 0.04


def test_a_clock_that_skips_is_put_forward_without_counting_it_as_sleep() -> None:
    clock = SkippingClock()
    before = clock.now()
    clock.advance(3600)
    assert clock.now() == pytest.approx(before + 3600, abs=1)
    assert clock.skipped == 0
    asyncio.run(clock.sleep(60))
    assert clock.now() >= before + 3660
