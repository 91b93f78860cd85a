"""Invoices as answers show them (fact sheet, section 15)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Answer, Call
from importer.sandbox.exact_json import decode, midnight
from importer.sandbox.ledger.settlement import balance_of
from importer.sandbox.money import rupees
from importer.sandbox.refusals import not_found

# Whether a partly paid invoice can be overdue, and what one is called that payments and notes settled together, is not
# documented: here it can, and PAID.
STATUS: Final = """CASE WHEN d.state <> 'POSTED' THEN d.state
    WHEN d.paid + d.credited = d.total THEN iif(d.paid > 0, 'PAID', 'CREDIT_APPLIED')
    WHEN d.due_date < '{today}' THEN 'OVERDUE'
    WHEN d.paid + d.credited > 0 THEN 'PARTIALLY_PAID' ELSE 'SENT' END"""


def status_of(call: Call) -> str:
    """The SQL expression of the status of an invoice ``d`` today."""
    return STATUS.format(today=call.books.today().isoformat())


def source_of(call: Call) -> str:
    """What a SELECT of invoices ``d`` reads for the functions below."""
    joined = "FROM invoices d JOIN contacts c ON c.id = d.customer_id"
    return f"d.*, c.name AS customer_name, {status_of(call)} AS status {joined}"


def show_invoice(call: Call, invoice_id: str) -> Answer:
    """One invoice, whole. Raises 404."""
    sql = f"SELECT {source_of(call)} WHERE d.id = ? AND d.org = ?"
    row = call.db.row(sql, (invoice_id, call.org))
    if row is None:
        raise not_found("Invoice", invoice_id)
    return _show(call, row)


def show_listed(call: Call, rows: Sequence[Row]) -> list[Answer]:
    """The rows of a list: whole, or without their lines (section 25, item 24)."""
    shown = [_show(call, row) for row in rows]
    if call.switches.list_rows == "short":
        for invoice in shown:
            del invoice["line_items"]
    return shown


def _show(call: Call, row: Row) -> Answer:
    tax = row["cgst"] + row["sgst"] + row["igst"] + row["cess"]
    return {
        "invoice_id": row["id"],
        "invoice_number": row["number"],
        "series_name": row["series"],
        "customer_id": row["customer_id"],
        "customer_name": row["customer_name"],
        "salesperson_id": row["salesperson_id"],
        "date": midnight(row["date"]),
        "due_date": midnight(row["due_date"]),
        "reference_number": row["reference"],
        "place_of_supply": row["place_of_supply"],
        "currency_code": row["currency"],
        "exchange_rate": Decimal(row["exchange_rate"]),
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
        "tags": decode(row["tags"] or "[]"),
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }
