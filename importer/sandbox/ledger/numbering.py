"""Document numbers: a counter per branch, kind and financial year."""

from __future__ import annotations

from sqlite3 import Row

from importer.sandbox.call import Call


def next_number(call: Call, table: str, branch: Row, prefix: str, day: str) -> str:
    """The next free number such as ``INV-2627-001`` (fact sheet, section 15) for a document dated ``day``.

    A number that a caller supplied does not advance the counter; the counter steps over it.
    """
    year = int(day[:4]) - (day[5:7] < "04")  # the Indian financial year begins in April
    series = f"{prefix}-{year % 100:02d}{(year + 1) % 100:02d}"
    counter = f"{table}:{branch['id']}:{series}"
    taken = f"SELECT 1 FROM {table} WHERE org = ? AND branch_id = ? AND number = ?"  # noqa: S608  (own word)
    while True:
        number = f"{series}-{_count(call, counter):03d}"
        if not call.db.value(taken, (call.org, branch["id"], number)):
            return number


def _count(call: Call, counter: str) -> int:
    """Advance a counter, which begins at 1."""
    return int(
        call.db.value(
            "INSERT INTO counters VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
            (call.org, counter),
        )
    )
