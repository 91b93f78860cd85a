from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.api.pace import MARGIN, UNALIGNED, WINDOW, Quota, Window, quota_of

T0 = 1_779_148_800.0  # a whole minute
END = T0 + 60


def window_with(remaining: int, now: float = T0, limit: int = 600, reset: float = END) -> Window:
    """A window that has heard one answer at ``now``, the server's clock being ours."""
    window = Window()
    window.leave(now)
    window.answered(Quota(limit, remaining, reset), now, now, now)
    return window


def leave(window: Window, now: float, count: int = 1) -> None:
    for _ in range(count):
        assert window.wait(now) == 0
        window.leave(now)


def test_before_the_first_answer_one_call_may_be_under_way() -> None:
    window = Window()
    assert window.wait(T0) == 0
    window.leave(T0)
    assert window.wait(T0) == math.inf
    assert window.left(T0) is None


@pytest.mark.parametrize("end", ["lost", "unsent"])
def test_if_the_first_call_brings_nothing_another_one_finds_out(end: str) -> None:
    window = Window()
    window.leave(T0)
    window.lost(T0) if end == "lost" else window.unsent()
    assert window.wait(T0) == 0
    window.leave(T0)
    assert window.wait(T0) == math.inf


def test_what_is_left_may_leave_and_then_the_end_is_waited_for() -> None:
    window = window_with(remaining=3, now=T0 + 20)
    leave(window, T0 + 20, 3)
    assert window.left(T0 + 20) == 0
    assert window.wait(T0 + 20) == pytest.approx(40 + MARGIN)


def test_the_next_window_may_be_used_whole() -> None:
    window = window_with(remaining=0, limit=5)
    assert window.wait(END) > 0
    leave(window, END + MARGIN, 5)
    assert window.wait(END + MARGIN) == math.inf  # its end is not known before an answer has come


def test_calls_under_way_at_the_turn_count_against_the_next_window() -> None:
    window = window_with(remaining=3, limit=5)
    leave(window, T0 + 1, 3)
    assert window.left(END + MARGIN) == 2


def test_a_call_counted_in_the_old_window_gives_its_place_in_the_new_one_back() -> None:
    window = window_with(remaining=3, limit=5)
    leave(window, T0 + 59, 3)
    turned = END + MARGIN
    window.wait(turned)
    window.answered(Quota(5, 2, END), T0 + 59, turned, END)
    assert window.left(turned) == 3


def test_an_answer_of_the_next_window_opens_it_before_our_own_clock_does() -> None:
    window = window_with(remaining=3, limit=5)
    leave(window, T0 + 59, 3)
    window.answered(Quota(5, 4, END + 60), T0 + 59, T0 + 59.9, END)  # our clock is late
    assert window.left(T0 + 59.9) == 2  # 4 less the two that are still under way


def test_answers_that_overtake_each_other_do_not_raise_the_count() -> None:
    window = window_with(remaining=10)
    leave(window, T0, 3)
    window.answered(Quota(600, 7, END), T0, T0 + 0.1, T0)
    window.answered(Quota(600, 9, END), T0, T0 + 0.2, T0)
    window.answered(Quota(600, 8, END), T0, T0 + 0.3, T0)
    assert window.left(T0 + 0.3) == 7


def test_a_late_answer_of_an_old_window_does_not_touch_the_new_one() -> None:
    window = window_with(remaining=10)
    leave(window, T0, 2)
    window.answered(Quota(600, 599, END + 60), T0, END + 1, END + 1)
    window.answered(Quota(600, 3, END), T0, END + 2, END + 2)
    assert window.left(END + 2) == 599


def test_a_second_user_of_the_token_is_seen_in_the_next_answer() -> None:
    window = window_with(remaining=500)
    leave(window, T0)
    window.answered(Quota(600, 120, END), T0, T0 + 1, T0 + 1)
    assert window.left(T0 + 1) == 120


def test_without_headers_there_is_no_pacing() -> None:
    window = Window()
    window.leave(T0)
    window.answered(None, T0, T0, T0)
    leave(window, T0, 1000)
    assert window.left(T0) is None


def test_an_answer_without_headers_among_others_counts_as_spent_for_a_window() -> None:
    window = window_with(remaining=2, limit=2)
    leave(window, T0)
    window.answered(None, T0, T0 + 1, T0 + 1)
    assert window.left(T0 + 1) == 1
    assert window.left(END + MARGIN) == 1
    assert window.left(T0 + 1 + WINDOW) == 2


def test_a_lost_call_counts_as_spent_and_one_that_was_never_sent_does_not() -> None:
    window = window_with(remaining=5)
    leave(window, T0, 2)
    window.lost(T0 + 1)
    window.unsent()
    assert window.left(T0 + 1) == 4


def test_lost_calls_alone_never_stop_everything_for_ever() -> None:
    window = window_with(remaining=2, limit=2)
    leave(window, T0 + 50, 2)
    window.lost(T0 + 55)
    window.lost(T0 + 56)
    assert window.wait(END + MARGIN) == pytest.approx(T0 + 55 + WINDOW - END - MARGIN)


def test_a_reset_in_the_past_is_a_window_that_has_turned() -> None:
    window = window_with(remaining=0, limit=7, now=T0, reset=T0 - 60)
    assert window.left(T0 + MARGIN) == 7


@pytest.mark.parametrize("skew", [-90_000.0, -0.4, 3600.0])
def test_only_the_servers_own_clock_says_when_the_window_ends(skew: float) -> None:
    window = Window()
    window.leave(T0 + skew)
    window.answered(Quota(600, 0, END), T0 + skew, T0 + skew, T0)
    assert window.wait(T0 + skew) == pytest.approx(60 + MARGIN)


def test_the_date_that_promises_the_earliest_end_is_believed() -> None:
    window = window_with(remaining=9, now=T0 + 0.9)
    window.leave(T0 + 0.9)
    window.answered(Quota(600, 8, END), T0 + 0.9, T0 + 1.0, T0 + 1)
    window.leave(T0 + 1)
    window.answered(Quota(600, 0, END), T0 + 1.0, T0 + 1.9, T0 + 1)
    assert window.wait(T0 + 2) == pytest.approx(58 + MARGIN)


def test_without_a_date_a_window_is_over_at_the_latest_a_window_after_its_first_answer() -> None:
    window = Window()
    window.leave(T0)
    window.answered(Quota(600, 0, END - 30), T0, T0, None)
    assert window.wait(T0) == pytest.approx(60 + MARGIN, abs=UNALIGNED)


def test_an_end_that_makes_no_sense_is_not_waited_for() -> None:
    window = window_with(remaining=0, reset=END * 1000)  # milliseconds
    assert window.wait(T0) <= WINDOW + MARGIN + UNALIGNED


def test_an_end_off_the_whole_minute_may_be_a_fraction_later() -> None:
    window = window_with(remaining=0, reset=END - 17)
    assert window.wait(T0) == pytest.approx(43 + MARGIN + UNALIGNED)


def test_ends_announced_with_other_roundings_are_one_window() -> None:
    window = window_with(remaining=5)
    leave(window, T0)
    window.answered(Quota(600, 599, END + 1), T0, T0 + 1, T0 + 1)
    assert window.left(T0 + 1) == 5


def test_a_turn_that_came_too_early_is_taken_back() -> None:
    window = window_with(remaining=0, limit=50)
    leave(window, END + MARGIN)
    window.answered(Quota(50, 0, END), END + MARGIN, END + 0.5, END - 5)
    assert window.left(END + 0.5) == 0
    assert window.wait(END + 0.5) == pytest.approx(5 + MARGIN)


def test_a_server_whose_clock_was_set_back_is_followed() -> None:
    window = window_with(remaining=5, limit=50)
    leave(window, END + 1)
    window.answered(Quota(50, 9, END - 3600), END + 1, END + 1, END + 1 - 3660)
    assert window.left(END + 1) == 9


def test_when_our_own_clock_is_set_back_nobody_waits_for_it_to_come_round() -> None:
    window = window_with(remaining=0, now=T0 + 20)
    assert window.wait(T0 + 20 - 3600) == pytest.approx(40 + MARGIN)
    window.close(T0 + 90 - 3600)
    assert window.wait(T0 + 20 - 7200) == pytest.approx(70)


def test_a_429_closes_the_window_for_as_long_as_it_says() -> None:
    window = window_with(remaining=300)
    window.close(T0 + 7)
    window.close(T0 + 3)
    assert window.wait(T0) == 7
    assert window.left(T0) == 0
    assert window.wait(T0 + 7) == 0


def test_a_429_closes_even_where_nothing_is_announced() -> None:
    window = Window()
    window.close(T0 + 7)
    assert window.wait(T0) == 7


@pytest.mark.parametrize(
    ("limit", "remaining", "reset", "quota"),
    [
        ("600", "599", "1779148860", Quota(600, 599, END)),
        ("600", "-4", "1779148860", Quota(600, 0, END)),
        ("600", "900", "1779148860.0", Quota(600, 600, END)),
        ("0", "0", "1779148860", None),
        ("six hundred", "1", "1779148860", None),
        ("600", "1", "nan", None),
        ("600", "1", "inf", None),
        ("600", "1", "", None),
    ],
)
def test_headers_make_sense_or_are_left_out(limit: str, remaining: str, reset: str, quota: Quota | None) -> None:
    headers = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    assert quota_of(headers) == quota


def test_a_missing_header_is_no_window() -> None:
    assert quota_of({"x-ratelimit-limit": "600", "x-ratelimit-reset": "1779148860"}) is None


# --- the promise: whatever the order of answers, alone we never exceed the limit --------------------------------------


@dataclass(frozen=True)
class Fate:
    out: float  # seconds until the server counts the call
    back: float  # seconds until its answer is here
    end: str  # answered, bare (no headers), lost (but counted), vanished (lost, not counted), unsent
    gap: float  # seconds that the user lets pass before the next call


@dataclass
class Server:
    """Fixed windows; ends are announced in whole seconds, cut off."""

    limit: int
    phase: float  # seconds after the whole minute at which windows begin
    skew: float  # its clock less ours
    dated: bool
    counted: Counter[int] = field(default_factory=Counter)

    def count(self, now: float) -> Quota:
        index = math.floor((now + self.skew - T0 - self.phase) / WINDOW)
        self.counted[index] += 1
        assert self.counted[index] <= self.limit, "this would have been a 429"
        return Quota(
            self.limit, self.limit - self.counted[index], float(math.floor(T0 + self.phase + (index + 1) * WINDOW))
        )

    def date(self, now: float) -> float | None:
        return float(math.floor(now + self.skew)) if self.dated else None


def simulate(server: Server, fates: list[Fate], slots: int, start: float) -> float:
    """Send all calls as early as the window allows. Gives our time at the end."""
    window, now, waiting, under_way, ticket = Window(), start, list(reversed(fates)), 0, itertools.count()
    events: list[tuple[float, int, str, Fate, float, Quota | None, float | None]] = []
    earliest = start
    while waiting or events:
        coming = events[0][0] if events else math.inf
        if waiting and under_way < slots:
            leaves = max(now + window.wait(now), earliest)
            assert min(leaves, coming) < math.inf, "nothing will ever happen again"
            if leaves <= coming:
                now = leaves
                if window.wait(now) > 0:
                    continue
                fate = waiting.pop()
                window.leave(now)
                under_way += 1
                earliest = now + fate.gap
                heapq.heappush(events, (now + fate.out, next(ticket), "count", fate, now, None, None))
                continue
        now, _, what, fate, sent, quota, date = heapq.heappop(events)
        if what == "count":
            if fate.end in ("answered", "bare", "lost"):
                quota = server.count(now)
            heapq.heappush(events, (now + fate.back, next(ticket), "end", fate, sent, quota, server.date(now)))
            continue
        under_way -= 1
        if fate.end == "answered":
            window.answered(quota, sent, now, date)
        elif fate.end == "bare":
            window.answered(None, sent, now, date)
        elif fate.end == "unsent":
            window.unsent()
        else:
            window.lost(now)
    return now


ENDS = st.sampled_from(["answered"] * 8 + ["bare", "lost", "vanished", "unsent"])
DELAYS = st.one_of(st.floats(0.001, 0.5), st.floats(0.001, 3), st.floats(1, 70))
FATES = st.builds(Fate, out=DELAYS, back=DELAYS, end=ENDS, gap=st.one_of(st.just(0.0), st.floats(0, 40)))
# A window that begins within a second after the whole minute announces an end that looks whole and is not.
PHASES = st.one_of(st.just(0.0), st.floats(1.0, 58.99))


@settings(max_examples=150, deadline=None)
@given(
    limit=st.integers(1, 12),
    phase=PHASES,
    skew=st.floats(-1e5, 1e5),
    dated=st.booleans(),
    fates=st.lists(FATES, min_size=1, max_size=60),
    slots=st.integers(1, 8),
    start=st.floats(T0, T0 + 600),
)
def test_never_more_than_the_limit_leaves_in_a_window(
    limit: int, phase: float, skew: float, dated: bool, fates: list[Fate], slots: int, start: float
) -> None:
    # The first answer has headers: a server that announces nothing cannot be obeyed.
    fates = [Fate(0.1, 0.1, "answered", 0.0), *fates]
    simulate(Server(limit, phase, skew, dated), fates, slots, start)


@pytest.mark.parametrize("start", [T0, T0 + 17.0, T0 + 17.96, T0 + 50.5])
def test_windows_that_begin_within_a_second_are_not_entered_too_early(start: float) -> None:
    server = Server(5, phase=17.95, skew=-3.3, dated=True)
    simulate(server, [Fate(0.01, 0.01, "answered", 0.05)] * 40, 2, start)


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(2, 40),
    count=st.integers(1, 300),
    slots=st.integers(1, 16),
    start=st.floats(T0, T0 + 60),
    delay=st.floats(0.01, 0.2),
)
def test_every_window_but_the_last_is_used_whole(
    limit: int, count: int, slots: int, start: float, delay: float
) -> None:
    server = Server(limit, 0.0, 12.3, dated=True)
    simulate(server, [Fate(delay, delay, "answered", 0.0)] * count, slots, start)
    fits = slots * (WINDOW - 2) / (2 * delay) > limit + 2 * slots  # the connection is not what limits
    used = [server.counted[index] for index in sorted(server.counted)]
    if fits:
        assert used[1:-1] == [limit] * len(used[1:-1])
