"""The number series of invoices (fact sheet, section 15). Only the path is documented: the answer is our own.

``series`` holds, for each active branch and each series, ``series_name``, ``branch_id``, ``prefix`` and
``next_number``, the number that an invoice of today would get.
"""

from __future__ import annotations

from sqlite3 import Row

from importer.sandbox.call import Answer, Call, one
from importer.sandbox.ledger.numbering import SERIES, peek_number, prefix_of


def list_series(call: Call) -> Answer:
    branches = call.db.rows("SELECT * FROM branches WHERE org = ? AND is_active ORDER BY code", (call.org,))
    return one("series", [_show(call, branch, name) for branch in branches for name in SERIES])


def _show(call: Call, branch: Row, name: str) -> Answer:
    prefix = prefix_of(branch, name)
    upcoming = peek_number(call, "invoices", branch, prefix, call.books.today().isoformat())
    return {"series_name": name, "branch_id": branch["id"], "prefix": prefix, "next_number": upcoming}
