"""What keeps an invoice from being made twice (fact sheet, section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from importer.sandbox.call import Call
from importer.sandbox.refusals import duplicate


def check_number_is_free(call: Call, branch_id: str, number: str) -> None:
    """Raises 409: a number is unique within its branch (section 25, item 7)."""
    sql = "SELECT 1 FROM invoices WHERE org = ? AND branch_id = ? AND number = ?"
    if call.db.value(sql, (call.org, branch_id, number)):
        raise duplicate(f"Invoice number '{number}' is taken in this branch.", "invoice_number", topic="number")


def check_guard(call: Call, columns: Mapping[str, Any]) -> None:
    """Raises 409 for an invoice that is there already. What makes it the same is not known (section 25, item 6)."""
    guard = call.switches.invoice_guard
    if guard == "off":
        return
    alike = "org = ? AND customer_id = ? AND date = ? AND total = ?"
    values = [call.org, columns["customer_id"], columns["date"], columns["total"]]
    if guard != "total":
        alike += " AND reference IS ?"
        values.append(columns["reference"])
    states = "('POSTED', 'DRAFT')" if guard == "drafts-too" else "('POSTED')"
    sql = f"SELECT number FROM invoices WHERE {alike} AND state IN {states}"  # noqa: S608  (own words)
    if found := call.db.value(sql, values):
        same, field = ("", None) if guard == "total" else (" and reference", "reference_number")
        raise duplicate(f"Invoice {found} has the same customer, date, total{same}.", field)
