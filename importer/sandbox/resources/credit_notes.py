"""Customer credit notes (fact sheet, section 17)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body, same_state
from importer.sandbox.call import INR, Answer, Call, branch_of, one
from importer.sandbox.exact_json import decode, encode, midnight
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Leg, Source
from importer.sandbox.ledger.lines import check_total, price, read_lines, resolve
from importer.sandbox.ledger.numbering import next_number
from importer.sandbox.ledger.settlement import settle
from importer.sandbox.money import rupees
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import invalid, not_found

STATUSES: Final = frozenset({"DRAFT", "ISSUED", "APPLIED", "CANCELLED"})
SOURCE: Final = "d.*, c.name AS customer_name FROM credit_notes d JOIN contacts c ON c.id = d.customer_id"
EDITED: Final = (
    *("customer_id", "invoice_id", "bill_id", "date", "place_of_supply", "reference_number", "notes", "line_items"),
    *("round_off", "currency_code"),
)


def list_credit_notes(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.state", call.query_choice("status", STATUSES))
    filters.equal("d.customer_id", call.query.get("customer_id"))
    filters.equal("d.invoice_id", call.query.get("invoice_id"))
    if call.query.get("bill_id") or call.query_choice("type", frozenset({"customer", "vendor"})) == "vendor":
        filters.add("0")  # the sandbox keeps no vendor credits
    return page(call, "credit_notes", SOURCE, filters, partial(_show_all, call))


def get_credit_note(call: Call) -> Answer:
    return _answer(call, call.id, "success")


def create_credit_note(call: Call) -> Answer:
    """Posts its journal at once; lowers no invoice's balance before it is applied."""
    columns, legs = _compose(call, call.body)
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
    columns, legs = _compose(call, _edited(row, call.body))
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
    left = note["total"] - note["applied"]
    if note["state"] == "CANCELLED":
        raise invalid("status", "A voided credit note cannot be applied.", note["state"])
    if amount > left:
        raise invalid("amount", f"The amount exceeds what the credit note has left, {rupees(left)}.", rupees(amount))
    settle(call, invoice_id, amount, note["customer_id"], "credited")
    columns = {"applied": note["applied"] + amount, "state": "APPLIED" if amount == left else "ISSUED"}
    call.db.update("credit_notes", call.id, columns | {"modified": call.books.stamp()})
    return _answer(call, call.id, "The credit note has been applied.")


def _untouched(call: Call, done: str) -> Row:
    """The note, if it is neither voided nor applied in any part; else 400."""
    row = call.find("credit_notes", "Credit note", call.id)
    if row["state"] == "CANCELLED" or row["applied"]:
        state = "CANCELLED" if row["state"] == "CANCELLED" else "APPLIED"
        raise invalid("status", f"A credit note that is {state} cannot be {done}.", state)
    return row


def _edited(row: Row, body: Body) -> Body:
    own: Answer = {
        "customer_id": row["customer_id"],
        "invoice_id": row["invoice_id"],
        "date": row["date"],
        "place_of_supply": row["place_of_supply"],
        "reference_number": row["reference"],
        "notes": row["notes"],
        "line_items": decode(row["lines"]),
        "round_off": rupees(row["round_off"]),
    }
    return Body(own | {name: body.fields[name] for name in EDITED if name in body.fields})


def _compose(call: Call, body: Body) -> tuple[dict[str, Any], list[Leg]]:
    """The columns that the body decides, and what they book: Dr Sales Returns and GST, Cr Receivable."""
    body.matching("currency_code", INR, "INR, the currency of the sandbox's books")
    columns = {
        "customer_id": body.needed_text("customer_id"),
        "invoice_id": body.text("invoice_id"),
        "date": body.needed_day("date").isoformat(),
        "reference": body.text("reference_number"),
        "notes": body.text("notes", limit=LONG),
    }
    place, lines, rounding = body.state("place_of_supply"), read_lines(body), body.amount("round_off") or 0
    customer, invoice = _parents(call, body, columns)
    branch = branch_of(call, invoice["branch_id"] if invoice else None)
    # The law taxes a note as its invoice; without either, the customer's state decides.
    place = place or (invoice["place_of_supply"] if invoice else None)
    place = place or decode(customer["fields"]).get("place_of_contact") or branch["state"]
    priced = price(call, resolve(call, lines), intra_state=same_state(place, branch["state"]))
    _check_parents(customer, invoice)
    total = priced.sub_total + priced.tax.total + rounding
    check_total(total)
    tax = {part: getattr(priced.tax, part) for part in ("cgst", "sgst", "igst", "cess")}
    debits = {"returns": priced.sub_total, **tax, "round_off": rounding}
    legs = [Leg(role, amount) for role, amount in debits.items()]
    legs.append(Leg("receivable", -total, columns["customer_id"]))
    columns |= {
        "currency": "INR",
        "exchange_rate": "1",
        "side": "customer",
        "branch_id": branch["id"],
        "place_of_supply": place,
        "lines": encode(priced.shown),
    }
    return {**columns, **tax, "sub_total": priced.sub_total, "round_off": rounding, "total": total}, legs


def _parents(call: Call, body: Body, columns: dict[str, Any]) -> tuple[Row, Row | None]:
    """Customer and linked invoice. Raises 404; the sandbox keeps no bills."""
    customer = call.find("contacts", "Customer", columns["customer_id"], "customer_id")
    if bill := body.text("bill_id"):
        raise not_found("Bill", bill, "bill_id")
    linked = columns["invoice_id"]
    return customer, call.find("invoices", "Invoice", linked, "invoice_id") if linked else None


def _check_parents(customer: Row, invoice: Row | None) -> None:
    if customer["contact_type"] == "VENDOR":
        raise invalid("customer_id", "The contact is a vendor; the sandbox keeps no vendor credits.")
    if invoice is not None and invoice["customer_id"] != customer["id"]:
        raise invalid("invoice_id", f"Invoice {invoice['number']} is another customer's.")


def _booking(row: Row, kind: str) -> Source:
    return Source(kind, row["id"], row["branch_id"], row["date"], row["number"], row["reference"])


def _answer(call: Call, note_id: str, message: str) -> Answer:
    row = call.db.row(f"SELECT {SOURCE} WHERE d.id = ? AND d.org = ?", (note_id, call.org))
    if row is None:
        raise not_found("Credit note", note_id)
    return one("credit_note", _show(call, row), message)


def _show_all(call: Call, rows: Sequence[Row]) -> list[Answer]:
    return [_show(call, row) for row in rows]


def _show(call: Call, row: Row) -> Answer:
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
        "line_items": decode(row["lines"]),
        "sub_total": rupees(row["sub_total"]),
        "tax_total": rupees(tax),
        "round_off": rupees(row["round_off"]),
        "total": rupees(row["total"]),
        "balance": rupees(balance),
        "status": row["state"],
        "notes": row["notes"],
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }
