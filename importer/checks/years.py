"""The Indian financial year, and the day from which there is a GST (GST rules, sections 8 and 12)."""

from __future__ import annotations

from datetime import date
from typing import Final

GST_START: Final = date(2017, 7, 1)
_APRIL: Final = 4
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def financial_year(day: date) -> int:
    """The calendar year in which the financial year of ``day`` begins: it runs from 1 April to 31 March."""
    return day.year if day.month >= _APRIL else day.year - 1


def year_words(year: int) -> str:
    """How people write the financial year that begins in ``year``: 2025-26."""
    return f"{year}-{(year + 1) % 100:02d}"


def words(day: date) -> str:
    """How a message writes a day of the law: 22 September 2025. Does not depend on the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
