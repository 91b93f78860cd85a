"""From the body of a credit note to the columns of its row and what it books (fact sheet, section 17)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body, same_state
from importer.sandbox.call import Answer, Call, branch_of
from importer.sandbox.exact_json import decode, encode
from importer.sandbox.ledger.currency import check_range, converted, read_currency
from importer.sandbox.ledger.journal import Leg, check_open
from importer.sandbox.ledger.lines import Line, Priced, check_total, price, read_lines, resolve
from importer.sandbox.money import rupees
from importer.sandbox.refusals import invalid, malformed, not_found

EDITED: Final = (
    *("customer_id", "invoice_id", "bill_id", "date", "place_of_supply", "reference_number", "notes", "tags"),
    *("line_items", "round_off", "currency_code", "exchange_rate"),
)
TAXES: Final = ("cgst", "sgst", "igst", "cess")


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of a body, each of the right shape."""

    customer_id: str
    invoice_id: str | None
    bill_id: str | None
    date: str
    place_of_supply: str | None
    reference: str | None
    notes: str | None
    tags: str | None
    lines: list[Line]
    restock: list[bool]  # of each line
    round_off: int


def compose(call: Call, body: Body) -> tuple[dict[str, Any], list[Leg]]:
    """The columns that the body decides, and the legs of the journal, in rupees. Raises 422, then 404, then 400."""
    given = _read(body)
    contact, invoice = _parents(call, given)
    resolved = resolve(call, given.lines)
    body.state("place_of_supply")  # a rule, so only now (section 24.1)
    _check_parents(contact, invoice)
    check_open(call, given.date)
    currency = read_currency(call, body, given.date)
    branch = branch_of(call, invoice["branch_id"] if invoice else None)
    # The law taxes a note as its invoice; without either, the contact's state decides.
    place = given.place_of_supply or (invoice["place_of_supply"] if invoice else None)
    place = place or decode(contact["fields"]).get("place_of_contact") or branch["state"]
    priced = price(call, resolved, intra_state=same_state(place, branch["state"]))
    side = "vendor" if contact["contact_type"] == "VENDOR" else "customer"
    control, others = _legs(side, given, priced)
    sign = 1 if side == "vendor" else -1
    check_total(sign * control.amount)
    legs = converted(control, others, currency.rate)
    check_range(legs, currency.code, sign=sign)
    columns = {
        "customer_id": given.customer_id,
        "invoice_id": given.invoice_id,
        "side": side,
        "branch_id": branch["id"],
        "date": given.date,
        "reference": given.reference,
        "place_of_supply": place,
        "notes": given.notes,
        "tags": given.tags,
        "lines": encode(_shown(given, priced)),
        "sub_total": priced.sub_total,
        **{part: getattr(priced.tax, part) for part in TAXES},
        "round_off": given.round_off,
        "total": abs(control.amount),
        "base_total": abs(legs[0].amount),
    }
    return columns | currency.columns(), legs


def _read(body: Body) -> Given:
    return Given(
        customer_id=body.needed_text("customer_id"),
        invoice_id=body.text("invoice_id"),
        bill_id=body.text("bill_id"),
        date=body.needed_day("date").isoformat(),
        place_of_supply=body.text("place_of_supply"),
        reference=body.text("reference_number"),
        notes=body.text("notes", limit=LONG),
        tags=_tags(body),
        lines=(lines := read_lines(body)),
        restock=[line.body.flag("restock") for line in lines],
        round_off=body.amount("round_off") or 0,
    )


def _tags(body: Body) -> str | None:
    """The list of ``tags`` as JSON: what one looks like is not documented (fact sheet, section 15)."""
    tags = body.fields.get("tags")
    if tags is None:
        return None
    if not isinstance(tags, list):
        raise malformed("'tags' must be a list.", "tags")
    return encode(tags)


def _shown(given: Given, priced: Priced) -> list[dict[str, Any]]:
    """The lines as answers show them. ``restock`` moves no stock here: the sandbox keeps none."""
    return [{**shown, "restock": restock} for shown, restock in zip(priced.shown, given.restock, strict=True)]


def _parents(call: Call, given: Given) -> tuple[Row, Row | None]:
    """The contact and the linked invoice. Raises 404; the sandbox keeps no bills."""
    contact = call.find("contacts", "Customer", given.customer_id, "customer_id")
    if given.bill_id:
        raise not_found("Bill", given.bill_id, "bill_id")
    linked = given.invoice_id
    return contact, call.find("invoices", "Invoice", linked, "invoice_id") if linked else None


def _check_parents(contact: Row, invoice: Row | None) -> None:
    if invoice is None:
        return
    if contact["contact_type"] == "VENDOR":
        raise invalid("invoice_id", "The contact is a vendor: its credit is linked to a bill.")
    if invoice["customer_id"] != contact["id"]:
        raise invalid("invoice_id", f"Invoice {invoice['number']} is another customer's.")


def _legs(side: str, given: Given, priced: Priced) -> tuple[Leg, list[Leg]]:
    """In the currency of the note: Dr Sales Returns and GST, Cr Receivable; of a vendor's, Dr Payable, Cr Purchase
    Returns and Input GST. The control account comes first.
    """
    total = priced.sub_total + priced.tax.total + given.round_off
    if side == "vendor":
        credits = {"purchase_returns": priced.sub_total, "input_gst": priced.tax.total, "round_off": given.round_off}
        return Leg("payable", total, given.customer_id), [Leg(role, -amount) for role, amount in credits.items()]
    debits = {"returns": priced.sub_total, "round_off": given.round_off}
    debits |= {part: getattr(priced.tax, part) for part in TAXES}
    return Leg("receivable", -total, given.customer_id), [Leg(role, amount) for role, amount in debits.items()]


def edited(call: Call, row: Row) -> Body:
    """The body that would make the note ``row`` anew with the fields of the request over its own.

    Where a PUT empties what it does not name, the request's alone (section 25, item 16).
    """
    if call.switches.put_keeps == "nothing":
        return call.body
    own: Answer = {
        "customer_id": row["customer_id"],
        "invoice_id": row["invoice_id"],
        "date": row["date"],
        "place_of_supply": row["place_of_supply"],
        "reference_number": row["reference"],
        "notes": row["notes"],
        "tags": None if row["tags"] is None else decode(row["tags"]),
        "line_items": decode(row["lines"]),
        "round_off": rupees(row["round_off"]),
        "currency_code": row["currency"],
    }
    if call.body.text("currency_code") in (None, row["currency"]):
        own["exchange_rate"] = Decimal(row["exchange_rate"])  # that of another currency says nothing
    return call.body.over(own, EDITED)
