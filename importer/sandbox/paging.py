"""Lists, newest first, a page at a time (fact sheet, section 6)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.call import Answer, Call
from importer.sandbox.refusals import invalid, malformed

USUAL: Final = 50
MOST: Final = 200


class Filters:
    """The conditions of one list; columns of the listed table are named ``d.column``."""

    def __init__(self, call: Call) -> None:
        self.conditions = ["d.org = ?"]
        self.values: list[Any] = [call.org]

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    def equal(self, column: str, value: str | None) -> None:
        """Only rows with that value, when there is one."""
        if value is not None:
            self.add(f"{column} = ?", value)


def page(call: Call, name: str, source: str, filters: Filters, show: Callable[[Sequence[Row]], list[Answer]]) -> Answer:
    """One page of ``SELECT source``, which names the listed table ``d``; ``show`` turns its rows into answers.

    A cursor is the place of the last row shown, so rows added above it are never seen and none is seen twice.
    """
    size = _size(call)
    if cursor := call.query.get("cursor"):
        filters.add("(d.created, d.id) < (?, ?)", *_read_cursor(call, cursor))
    # Source and conditions are the code's own words; what the request says is bound.
    conditions = " AND ".join(filters.conditions)
    sql = f"SELECT {source} WHERE {conditions} ORDER BY d.created DESC, d.id DESC LIMIT ?"
    rows = call.db.rows(sql, (*filters.values, size + 1))
    more, rows = len(rows) > size, rows[:size]
    context: Answer = {"per_page": size, "has_more_page": more}
    if more or call.switches.last_cursor == "null":
        context["next_cursor"] = _cursor(call, rows[-1]) if more else None
    return {"code": 0, "message": "success", name: show(rows), "page_context": context}


def _size(call: Call) -> int:
    text = call.query.get("per_page", str(USUAL))
    size = whole_number(text)
    if size > MOST and call.switches.per_page_above == "clamped":
        return MOST
    if not 1 <= size <= MOST:
        raise malformed(f"'per_page' must be a whole number from 1 to {MOST}.", "per_page")
    return size


def whole_number(text: str) -> int:
    """The number that the digits stand for; -1 for anything else, and at most a billion."""
    if not (text.isascii() and text.isdigit()):
        return -1
    return int(text) if len(text) < 10 else 10**9


def _cursor(call: Call, row: Row) -> str:
    """The place of a row, and where cursors grow old the second in which this one was given."""
    place = {"created_at": row["created"], "id": row["id"]}
    if call.switches.cursor_seconds:
        place["given_at"] = int(call.books.clock.now())
    return base64.urlsafe_b64encode(json.dumps(place).encode("ascii")).decode("ascii")


def _read_cursor(call: Call, text: str) -> tuple[int, str]:
    """The place that a cursor stands for. Raises 400 (fact sheet, section 25, item 25)."""
    try:
        place = json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
        created, remote_id, given = place["created_at"], place["id"], place.get("given_at", 0)
    except (ValueError, binascii.Error, KeyError, TypeError, AttributeError, RecursionError):
        raise invalid("cursor", "The cursor is not one that this server gave.") from None
    if type(created) is not int or abs(created) >= 2**63 or not isinstance(remote_id, str) or type(given) is not int:
        raise invalid("cursor", "The cursor is not one that this server gave.")
    lifetime = call.switches.cursor_seconds
    if lifetime and call.books.clock.now() >= given + lifetime:
        raise invalid("cursor", f"The cursor is older than {lifetime} seconds: begin the list anew.")
    return created, remote_id
