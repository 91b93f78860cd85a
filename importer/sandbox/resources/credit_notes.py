"""Credit notes to customers, and vendors' credits (fact sheet, section 17)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Answer, Call, branch_of, one
from importer.sandbox.exact_json import decode, midnight
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Source, check_open
from importer.sandbox.ledger.numbering import next_number
from importer.sandbox.ledger.settlement import NOTE, settle
from importer.sandbox.money import rupees
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import invalid, not_found, wrong_state
from importer.sandbox.resources.credit_note_fields import compose, edited

STATUSES: Final = frozenset({"DRAFT", "ISSUED", "APPLIED", "CANCELLED"})
SIDES: Final = frozenset({"customer", "vendor"})
SOURCE: Final = "d.*, c.name AS customer_name FROM credit_notes d JOIN contacts c ON c.id = d.customer_id"


def list_credit_notes(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.state", call.query_choice("status", STATUSES))
    filters.equal("d.customer_id", call.query.get("customer_id"))
    filters.equal("d.invoice_id", call.query.get("invoice_id"))
    filters.equal("d.side", call.query_choice("type", SIDES))
    if call.query.get("bill_id"):
        filters.add("0")  # the sandbox keeps no bills
    return page(call, "credit_notes", SOURCE, filters, partial(_show_listed, call))


def get_credit_note(call: Call) -> Answer:
    return _answer(call, call.id, "success")


def create_credit_note(call: Call) -> Answer:
    """Posts its journal at once; lowers no invoice's balance before it is applied."""
    columns, legs = compose(call, call.body)
    branch = branch_of(call, columns["branch_id"])
    moment = call.books.stamp()
    note_id = call.books.new_id("cn")
    own = {"id": note_id, "org": call.org, "state": "ISSUED", "created": moment, "modified": moment}
    own["number"] = next_number(call, "credit_notes", branch, "CN", columns["date"])
    call.db.insert("credit_notes", columns | own)
    journal.post(call, _booking(call.find("credit_notes", "Credit note", note_id), "credit note"), legs)
    return _answer(call, note_id, "The credit note has been created.")


def update_credit_note(call: Call) -> Answer:
    """Until the note is applied, any field; the old journal entry is reversed and the new one booked."""
    row = _untouched(call, "edited")
    columns, legs = compose(call, edited(call, row))
    journal.reverse(call, _booking(row, "credit note edited"))
    call.db.update("credit_notes", call.id, columns | {"modified": call.books.stamp()})
    journal.post(call, _booking(call.find("credit_notes", "Credit note", call.id), "credit note"), legs)
    return _answer(call, call.id, "The credit note has been updated.")


def void_credit_note(call: Call) -> Answer:
    row = _untouched(call, "voided")
    journal.reverse(call, _booking(row, "credit note void"))
    call.db.update("credit_notes", call.id, {"state": "CANCELLED", "modified": call.books.stamp()})
    return _answer(call, call.id, "The credit note has been voided.")


def apply_to_invoice(call: Call) -> Answer:
    """Lower an invoice of the same customer; it need not be the linked one."""
    invoice_id = call.body.needed_text("invoice_id")
    amount = call.body.needed_positive_amount("amount")
    note = call.find("credit_notes", "Credit note", call.id)
    call.find("invoices", "Invoice", invoice_id, "invoice_id")
    _check_not_voided(note)
    if note["side"] == "vendor":
        raise invalid("invoice_id", "A vendor's credit is applied to bills.")
    settle(call, NOTE, call.id, invoice_id, amount)
    return _answer(call, call.id, "The credit note has been applied.")


def apply_to_bill(call: Call) -> Answer:
    """Always 404 for the bill: the sandbox keeps none."""
    bill_id = call.body.needed_text("bill_id")
    call.body.needed_positive_amount("amount")
    call.find("credit_notes", "Credit note", call.id)
    raise not_found("Bill", bill_id, "bill_id")


def _check_not_voided(note: Row) -> None:
    if note["state"] == "CANCELLED":
        raise wrong_state("status", "A voided credit note cannot be applied.", note["state"])


def _untouched(call: Call, done: str) -> Row:
    """The note, if it is neither voided nor applied in any part, and its period open; else 400."""
    row = call.find("credit_notes", "Credit note", call.id)
    if row["state"] == "CANCELLED" or row["applied"]:
        state = "CANCELLED" if row["state"] == "CANCELLED" else "APPLIED"
        raise wrong_state("status", f"A credit note that is {state} cannot be {done}.", state)
    check_open(call, row["date"])
    return row


def _booking(row: Row, kind: str) -> Source:
    return Source(kind, row["id"], row["branch_id"], row["date"], row["number"], row["reference"])


def _answer(call: Call, note_id: str, message: str) -> Answer:
    row = call.db.row(f"SELECT {SOURCE} WHERE d.id = ? AND d.org = ?", (note_id, call.org))
    if row is None:
        raise not_found("Credit note", note_id)
    return one("credit_note", _show(call, row), message)


def _show_listed(call: Call, rows: Sequence[Row]) -> list[Answer]:
    """Whether a list shows the lines is not known for sure (section 25, item 24)."""
    shown = [_show(call, row) for row in rows]
    if call.switches.list_rows == "short":
        for note in shown:
            note.pop("line_items", None)
    return shown


def _show(call: Call, row: Row) -> Answer:
    """The note in the shape of an invoice; of that shape only two fields are sure (section 25, item 22)."""
    if call.switches.credit_note_shape == "bare":
        return {"credit_note_id": row["id"], "status": row["state"]}
    tax = row["cgst"] + row["sgst"] + row["igst"] + row["cess"]
    balance = 0 if row["state"] == "CANCELLED" else row["total"] - row["applied"]
    return {
        "credit_note_id": row["id"],
        "credit_note_number": row["number"],
        "customer_id": row["customer_id"],
        "customer_name": row["customer_name"],
        "invoice_id": row["invoice_id"],
        "bill_id": None,
        "date": midnight(row["date"]),
        "reference_number": row["reference"],
        "place_of_supply": row["place_of_supply"],
        "currency_code": row["currency"],
        "exchange_rate": Decimal(row["exchange_rate"]),
        "line_items": decode(row["lines"]),
        "sub_total": rupees(row["sub_total"]),
        "tax_total": rupees(tax),
        "round_off": rupees(row["round_off"]),
        "total": rupees(row["total"]),
        "balance": rupees(balance),
        "status": row["state"],
        "notes": row["notes"],
        "tags": decode(row["tags"] or "[]"),
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }
