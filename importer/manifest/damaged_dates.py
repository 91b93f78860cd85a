"""Dates as spreadsheets and their exports write them: numbers of days, other orders, months by name, times of day.

GST rules, section 12: India writes the day first, Tally 20260519, the returns 19-May-26, American books the month
first. A day is named where only one fits; where two do, both are, and the writer decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from importer.manifest.damage import LONGEST, Damage, in_any

# Excel counts a 29 February 1900, its day 60, that never was: from day 61 on its first day is a day too early.
_EXCEL_ZERO: Final = date(1899, 12, 30)
_FIRST_SAFE_SERIAL: Final = 61  # 1 March 1900
_LAST_SERIAL: Final = 2_958_465  # 31 December 9999
# Spreadsheets read 00 to 29 as 2000 to 2029; what stands for 1930 to 1999 in them is older than GST, and not guessed.
_LAST_SHORT_YEAR: Final = 29
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SERIAL: Final = re.compile(r"([0-9]{5})(?:[.,]([0-9]+))?")
_TIME: Final = re.compile(
    r"(?P<day>.*?)(?:[T ]\s*|,\s*)(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\s*(?P<half>[ap]m)?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_MIDNIGHT: Final = re.compile(r"[0:.]+")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
_NUMBERS: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_DAY_MONTH: Final = re.compile(r"([0-9]{1,2})[-/. ]*([a-z]{3,9})\.?(?:[-/., ]+([0-9]{4}|[0-9]{2}))?", re.IGNORECASE)
_MONTH_DAY: Final = re.compile(r"([a-z]{3,9})\.?[-/. ]*([0-9]{1,2})[-/., ]+([0-9]{4}|[0-9]{2})", re.IGNORECASE)

EXPORT: Final = "write YYYY-MM-DD; in the spreadsheet, give the column that format and export it again"


def in_date(text: str) -> Damage | None:
    """What was done to a date; None where nothing known was."""
    marks = in_any(text)
    if marks is not None or len(text) > LONGEST:
        return marks
    bare = text.strip()
    serial = _SERIAL.fullmatch(bare)
    if serial is not None:
        day = from_serial(int(serial[1]))
        help = f"write {day}, which is day {serial[1]} in Excel's count" if day else EXPORT
        return Damage("excel-serial-date", "it looks like the number a spreadsheet keeps for a date", help)
    timed = _TIME.fullmatch(bare)
    written = timed["day"].strip() if timed else bare
    if timed is not None and _ISO.fullmatch(written):
        return Damage("date-with-time", "it has a time of day", _without_time(written, timed))
    seen = _order(written)
    return Damage("local-date", seen, _one_of(list(dict.fromkeys(_days(written))))) if seen else None


def from_serial(number: int) -> date | None:
    """The day that Excel means by ``number``; None below 61, where its calendar has a day too many, and past 9999."""
    if not _FIRST_SAFE_SERIAL <= number <= _LAST_SERIAL:
        return None
    return _EXCEL_ZERO + timedelta(days=number)


def _without_time(written: str, timed: re.Match[str]) -> str:
    midnight = _MIDNIGHT.fullmatch(timed["clock"]) and not timed["half"]
    if _day(*map(int, written.split("-"))) is None:
        return EXPORT
    if timed["zone"] and not midnight:
        return "write YYYY-MM-DD, the day it was where the books are kept: the zone may change it"
    return f"write {written}, without the time"


def _order(written: str) -> str:
    """What is unusual about the way a date is written; "" where it is none."""
    if _YEAR_FIRST.fullmatch(written) or _COMPACT.fullmatch(written):
        is_iso = _ISO.fullmatch(written) is not None
        return "" if is_iso else "it is not written with two hyphens and two digits each"
    if _NUMBERS.fullmatch(written):
        return "it does not begin with the year"
    return "its month is written as a word" if _by_name(written) else ""


def _by_name(written: str) -> tuple[int, int, str] | None:
    """Day, month and year, "" where there is none."""
    for pattern, at_day, at_month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found = pattern.fullmatch(written)
        if found is not None and found[at_month][:3].lower() in _MONTHS:
            return int(found[at_day]), _MONTHS.index(found[at_month][:3].lower()) + 1, found[3] or ""
    return None


def _days(written: str) -> Iterator[tuple[date, str]]:
    """The days that ``written`` can mean, and how it must be read for that."""
    first = _YEAR_FIRST.fullmatch(written) or _COMPACT.fullmatch(written)
    numbers = _NUMBERS.fullmatch(written)
    named = _by_name(written)
    readings: list[tuple[str, int, int, str]] = []  # year, month, day
    if first:
        readings = [(first[1], int(first[2]), int(first[3]), "")]
    elif numbers:
        one, two, three = numbers.groups()
        readings = [
            (three, int(two), int(one), "if the day comes first"),
            (three, int(one), int(two), "if the month does"),
        ]
        if len(three) == 2 and len(one) == 2:
            readings.append((one, int(two), int(three), "if the year does"))
    elif named:
        readings = [(named[2], named[1], named[0], "")]
    for year, month, day, how in readings:
        meant = _day(_whole_year(year), month, day)
        if meant is not None:
            yield meant, how


def _whole_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return 2000 + int(year) if year and int(year) <= _LAST_SHORT_YEAR else 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _one_of(days: list[tuple[date, str]]) -> str:
    found = dict(reversed(days))  # of two ways to the same day the first is told
    if not found:
        return EXPORT
    if len(found) == 1:
        return f"write {next(iter(found))}"
    return "write " + ", or ".join(f"{day} {how}" for day, how in reversed(found.items()))
