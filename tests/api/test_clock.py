import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from importer.api.clock import RealClock, ServerClock


def test_the_real_clock_tells_the_time_and_sleeps() -> None:
    clock = RealClock()
    assert abs(clock.now() - time.time()) < 5
    before = time.monotonic()
    asyncio.run(clock.sleep(0.02))
    assert time.monotonic() - before >= 0.015


def test_before_any_answer_the_servers_clock_is_taken_for_ours() -> None:
    assert ServerClock().now(1000.0) == 1000.0


@given(st.floats(-1e6, 1e6), st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3), st.floats(0, 90)), min_size=1))
def test_the_estimate_is_never_ahead_and_behind_by_no_more_than_latency_and_a_second(
    skew: float, calls: list[tuple[float, float, float]]
) -> None:
    clock, ours = ServerClock(), 1_779_148_800.0
    for out, back, pause in calls:
        dated = float(int(ours + out + skew))
        clock.learn(dated, ours, ours + out + back)
        ours += out + back + pause
        behind = ours + skew - clock.now(ours)
        assert -1e-3 <= behind <= 1 + 6 + 1e-3


def test_one_slow_answer_does_not_spoil_the_estimate() -> None:
    clock = ServerClock()
    clock.learn(500.0, sent_at=100.0, received_at=100.1)
    clock.learn(505.0, sent_at=105.0, received_at=135.0)
    assert abs(clock.now(200.0) - 599.9) < 1e-9


def test_a_clock_that_was_set_is_noticed() -> None:
    clock = ServerClock()
    clock.learn(500.0, sent_at=100.0, received_at=100.1)
    clock.learn(501.0, sent_at=3701.0, received_at=3701.1)
    assert abs(clock.now(3701.1) - 501.0) < 1e-6
