import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.api.retry import PATIENCE, TRIES, seconds_of, unix_time, wait_before


def test_waits_double_from_half_a_second_to_eight() -> None:
    assert [wait_before(attempt, None, 0.0) for attempt in range(2, TRIES + 2)] == [0.5, 1.0, 2.0, 4.0, 8.0, None]


def test_there_are_at_least_five_tries() -> None:
    assert TRIES >= 5


@given(st.integers(2, 10**9), st.floats(0, 1))
def test_a_wait_is_never_longer_than_eight_seconds_nor_none_at_all(attempt: int, jitter: float) -> None:
    wait = wait_before(attempt, None, jitter, tries=10**9)
    assert wait is not None
    assert 0.25 <= wait <= 8.0


def test_jitter_spreads_the_calls() -> None:
    assert wait_before(3, None, 1.0) == 0.5
    assert wait_before(3, None, 0.5) == 0.75


def test_the_servers_wish_wins_in_both_directions_and_without_jitter() -> None:
    assert wait_before(2, 37.0, 0.9) == 37.0
    assert wait_before(5, 0.0, 0.9) == 0.0


def test_the_servers_wish_does_not_buy_another_try() -> None:
    assert wait_before(TRIES + 1, 1.0, 0.0) is None


def test_a_wish_for_more_than_an_hour_means_give_up() -> None:
    assert wait_before(2, PATIENCE, 0.0) == PATIENCE
    assert wait_before(2, PATIENCE + 1, 0.0) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Tue, 19 May 2026 00:00:30 GMT", 30.0),
        ("Mon, 18 May 2026 23:00:00 GMT", 0.0),
        ("9" * 400, 999999999999.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("²", None),
        ("nan", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, 1_779_148_800.0) == seconds


def test_a_date_as_retry_after_means_nothing_without_the_servers_clock() -> None:
    assert seconds_of("Tue, 19 May 2026 00:00:30 GMT", None) is None


@pytest.mark.parametrize(
    "header", [None, "", "yesterday", "Tue, 99 May 2026 00:00:00 GMT", "Tue, 19 May 99999 00:00:00"]
)
def test_a_date_that_is_none_is_left_out(header: str | None) -> None:
    assert unix_time(header) is None


@given(st.text())
def test_no_header_makes_the_readers_fail(header: str) -> None:
    unix_time(header)
    assert (seconds_of(header, 0.0) or 0.0) >= 0.0
