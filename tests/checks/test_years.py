from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.years import GST_START, financial_year, words, year_words


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-03-31", 2025), ("2026-04-01", 2026), ("2025-12-31", 2025), ("2026-01-01", 2025), ("2024-02-29", 2023)],
)
def test_the_financial_year_begins_on_the_first_of_april(day: str, year: int) -> None:
    assert financial_year(date.fromisoformat(day)) == year


@given(st.dates(date(1900, 1, 1), date(9000, 1, 1)))
def test_a_year_changes_overnight_only_on_the_first_of_april(day: date) -> None:
    changes = financial_year(day) != financial_year(day - timedelta(1))
    assert changes == ((day.month, day.day) == (4, 1))


@pytest.mark.parametrize(("year", "text"), [(2025, "2025-26"), (1999, "1999-00"), (2008, "2008-09")])
def test_a_year_is_written_as_people_write_it(year: int, text: str) -> None:
    assert year_words(year) == text


def test_a_day_is_written_out() -> None:
    assert words(GST_START) == "1 July 2017"
    assert words(date(2026, 12, 31)) == "31 December 2026"
