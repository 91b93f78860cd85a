"""Document numbers: a counter per branch, kind of document, series and year."""

from __future__ import annotations

from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Call

# Series of invoices (fact sheet, section 15) -> what stands in their numbers after the branch's prefix: our own.
SERIES: Final = {"default": "", "export": "-EXP", "rcm": "-RCM"}


def next_number(call: Call, table: str, branch: Row, prefix: str, day: str) -> str:
    """Take the next free number such as ``INV-2627-001`` (fact sheet, section 15) for a document dated ``day``.

    A number that a caller supplied does not advance the counter; the counter steps over it.
    """
    value, number = _upcoming(call, table, branch, prefix, day)
    counter = _counter(call, table, branch, prefix, day)
    call.db.run("INSERT OR REPLACE INTO counters VALUES (?, ?, ?)", (call.org, counter, value))
    return number


def peek_number(call: Call, table: str, branch: Row, prefix: str, day: str) -> str:
    """The number that ``next_number`` would take."""
    return _upcoming(call, table, branch, prefix, day)[1]


def prefix_of(branch: Row, series: str | None) -> str:
    """The prefix of an invoice number; a series that is not known, or none, is the default one."""
    return str(branch["invoice_prefix"]) + SERIES.get(series or "default", "")


def _upcoming(call: Call, table: str, branch: Row, prefix: str, day: str) -> tuple[int, str]:
    """The counter's next value whose number is free in the branch, and that number."""
    taken = f"SELECT 1 FROM {table} WHERE org = ? AND branch_id = ? AND number = ?"  # noqa: S608  (own word)
    last = "SELECT value FROM counters WHERE org = ? AND name = ?"
    value = call.db.value(last, (call.org, _counter(call, table, branch, prefix, day))) or 0
    width = 3 if call.switches.number_form == "fiscal" else 4
    while True:
        value += 1
        number = f"{prefix}-{_year(call, day)}-{value:0{width}d}"
        if not call.db.value(taken, (call.org, branch["id"], number)):
            return value, number


def _counter(call: Call, table: str, branch: Row, prefix: str, day: str) -> str:
    return f"{table}:{branch['id']}:{prefix}-{_year(call, day)}"


def _year(call: Call, day: str) -> str:
    """``2627`` of the Indian financial year, which begins in April, or ``2026`` of the calendar's."""
    year = int(day[:4])
    if call.switches.number_form == "calendar":
        return f"{year:04d}"
    begun = year - (day[5:7] < "04")
    return f"{begun % 100:02d}{(begun + 1) % 100:02d}"
