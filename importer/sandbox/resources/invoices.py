"""Invoices (fact sheet, section 15)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.call import Answer, Call, branch_of, one
from importer.sandbox.exact_json import decode, midnight
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Leg, Source
from importer.sandbox.ledger.numbering import next_number
from importer.sandbox.ledger.settlement import balance_of
from importer.sandbox.money import rupees
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import invalid, not_found
from importer.sandbox.resources.invoice_fields import check_guard, check_number_is_free, compose, edited

STATUSES: Final = frozenset({"DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "CANCELLED", "CREDIT_APPLIED"})

# Whether a partly paid invoice can be overdue, and what one is called that payments and notes settled together, is not
# documented: here it can, and PAID.
STATUS: Final = """CASE WHEN d.state <> 'POSTED' THEN d.state
    WHEN d.paid + d.credited = d.total THEN iif(d.paid > 0, 'PAID', 'CREDIT_APPLIED')
    WHEN d.due_date < '{today}' THEN 'OVERDUE'
    WHEN d.paid + d.credited > 0 THEN 'PARTIALLY_PAID' ELSE 'SENT' END"""


def list_invoices(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.customer_id", call.query.get("customer_id"))
    if day := call.query_day("date_from"):
        filters.add("d.date >= ?", day)
    if day := call.query_day("date_to"):
        filters.add("d.date <= ?", day)
    if status := call.query_choice("status", STATUSES):
        filters.add(f"{_status(call)} = ?", status)
    return page(call, "invoices", _source(call), filters, partial(_show_all, call))


def get_invoice(call: Call) -> Answer:
    return one("invoice", show_invoice(call, call.id))


def create_invoice(call: Call) -> Answer:
    columns = compose(call, call.body)
    approve = call.body.flag("auto_approve")
    if columns["number"] is not None:
        check_number_is_free(call, columns["branch_id"], columns["number"])
    check_guard(call, columns)
    branch = branch_of(call, columns["branch_id"])
    columns["number"] = columns["number"] or next_number(
        call, "invoices", branch, branch["invoice_prefix"], columns["date"]
    )
    moment = call.books.stamp()
    invoice_id = call.books.new_id("inv")
    own = {"id": invoice_id, "org": call.org, "state": "DRAFT", "created": moment, "modified": moment}
    call.db.insert("invoices", columns | own)
    if approve:
        _post(call, invoice_id)
    message = "The invoice has been created" + (" and approved." if approve else ".")
    return one("invoice", show_invoice(call, invoice_id), message)


def update_invoice(call: Call) -> Answer:
    row = _draft(call, "edited")
    columns = compose(call, edited(row, call.body))
    columns["number"] = columns["number"] or row["number"]
    if (columns["branch_id"], columns["number"]) != (row["branch_id"], row["number"]):
        check_number_is_free(call, columns["branch_id"], columns["number"])
    call.db.update("invoices", call.id, columns | {"modified": call.books.stamp()})
    return one("invoice", show_invoice(call, call.id), "The invoice has been updated.")


def approve_invoice(call: Call) -> Answer:
    _draft(call, "approved")
    _post(call, call.id)
    return one("invoice", show_invoice(call, call.id), "The invoice has been approved.")


def void_invoice(call: Call) -> Answer:
    row = call.find("invoices", "Invoice", call.id)
    if row["state"] != "POSTED":
        raise invalid("status", f"Only a posted invoice can be voided; this one is {row['state']}.", row["state"])
    if row["paid"] or row["credited"]:
        raise invalid("payment_made", "An invoice that has been paid or credited cannot be voided.")
    journal.reverse(call, _booking(row, "invoice void"))
    call.db.update("invoices", call.id, {"state": "CANCELLED", "modified": call.books.stamp()})
    return one("invoice", show_invoice(call, call.id), "The invoice has been voided.")


def delete_invoice(call: Call) -> Answer:
    _draft(call, "deleted")
    call.db.run("DELETE FROM invoices WHERE id = ?", (call.id,))
    return {"code": 0, "message": "The invoice has been deleted."}


def _draft(call: Call, done: str) -> Row:
    row = call.find("invoices", "Invoice", call.id)
    if row["state"] != "DRAFT":
        raise invalid("status", f"Only a draft can be {done}; this invoice is {row['state']}.", row["state"])
    return row


def _post(call: Call, invoice_id: str) -> None:
    """Make a draft count: DRAFT -> SENT, and its journal entry."""
    row = call.find("invoices", "Invoice", invoice_id)
    legs = [Leg("receivable", row["total"], row["customer_id"]), Leg("tds", row["tds"])]
    legs += [Leg(account, -amount) for account, amount in decode(row["revenue"]).items()]
    credits = ("cgst", "sgst", "igst", "cess", "shipping", "adjustment", "round_off")  # columns named as the roles
    legs += [Leg(role, -row[role]) for role in credits]
    journal.post(call, _booking(row, "invoice"), legs)
    call.db.update("invoices", invoice_id, {"state": "POSTED", "modified": call.books.stamp()})


def _booking(row: Row, kind: str) -> Source:
    return Source(kind, row["id"], row["branch_id"], row["date"], row["number"], row["reference"])


def _status(call: Call) -> str:
    return STATUS.format(today=call.books.today().isoformat())


def _source(call: Call) -> str:
    joined = "FROM invoices d JOIN contacts c ON c.id = d.customer_id"
    return f"d.*, c.name AS customer_name, {_status(call)} AS status {joined}"


def show_invoice(call: Call, invoice_id: str) -> Answer:
    """One invoice as answers show it. Raises 404."""
    sql = f"SELECT {_source(call)} WHERE d.id = ? AND d.org = ?"
    row = call.db.row(sql, (invoice_id, call.org))
    if row is None:
        raise not_found("Invoice", invoice_id)
    return _show(call, row)


def _show_all(call: Call, rows: Sequence[Row]) -> list[Answer]:
    return [_show(call, row) for row in rows]


def _show(call: Call, row: Row) -> dict[str, Any]:
    tax = row["cgst"] + row["sgst"] + row["igst"] + row["cess"]
    return {
        "invoice_id": row["id"],
        "invoice_number": row["number"],
        "customer_id": row["customer_id"],
        "customer_name": row["customer_name"],
        "date": midnight(row["date"]),
        "due_date": midnight(row["due_date"]),
        "reference_number": row["reference"],
        "place_of_supply": row["place_of_supply"],
        "currency_code": "INR",
        "exchange_rate": 1,
        "line_items": decode(row["lines"]),
        "sub_total": rupees(row["sub_total"]),
        "tax_total": rupees(tax),
        "shipping_charge": rupees(row["shipping"]),
        "adjustment": rupees(row["adjustment"]),
        "tds_amount": rupees(row["tds"]),
        "round_off": rupees(row["round_off"]),
        "total": rupees(row["total"]),
        "payment_made": rupees(row["paid"]),
        "balance": rupees(balance_of(row)),
        "status": row["status"],
        "notes": row["notes"],
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }
