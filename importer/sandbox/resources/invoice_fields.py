"""From the body of an invoice to the columns of its row: shape, foreign ids, rules (fact sheet, section 15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body, same_state
from importer.sandbox.call import INR, Answer, Call, branch_of
from importer.sandbox.exact_json import decode, encode
from importer.sandbox.ledger.lines import Line, Priced, check_total, price, read_lines, resolve
from importer.sandbox.money import round_off, rupees
from importer.sandbox.refusals import duplicate, invalid, not_found

# The header fields that an edit of a draft may carry; lines are not among them (section 25, item 16).
HEADER: Final = (
    *("customer_id", "branch_id", "salesperson_id", "invoice_number", "date", "due_date", "place_of_supply"),
    *("reference_number", "notes", "currency_code", "round_off", "shipping_charge", "adjustment", "tds_amount"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of a body, each of the right shape."""

    customer_id: str
    branch_id: str | None
    salesperson_id: str | None
    number: str | None
    day: date
    due: date | None
    place_of_supply: str
    reference: str | None
    notes: str | None
    lines: list[Line]
    shipping: int
    adjustment: int
    tds: int
    round_off: int | None


def compose(call: Call, body: Body) -> dict[str, Any]:
    """The columns that the body decides, "number" None where it names none. Raises every refusal but the 409s."""
    given = _read(body)
    customer = call.find("contacts", "Customer", given.customer_id, "customer_id")
    branch = branch_of(call, given.branch_id)
    if given.salesperson_id is not None:
        raise not_found("Salesperson", given.salesperson_id, "salesperson_id")  # the sandbox employs none
    resolved = resolve(call, given.lines)
    _check(given)
    priced = price(call, resolved, intra_state=same_state(given.place_of_supply, branch["state"]))
    terms = decode(customer["fields"]).get("payment_terms") or 0
    return {
        "branch_id": branch["id"],
        "number": given.number,
        "customer_id": given.customer_id,
        "date": given.day.isoformat(),
        "due_date": _due(given, int(terms)),
        "reference": given.reference,
        "currency": "INR",
        "exchange_rate": "1",
        "place_of_supply": given.place_of_supply,
        "notes": given.notes,
        "lines": encode(priced.shown),
        "revenue": encode(priced.revenue),
        **_sums(call, given, priced),
    }


def _read(body: Body) -> Given:
    body.matching("currency_code", INR, "INR, the currency of the sandbox's books")
    return Given(
        customer_id=body.needed_text("customer_id"),
        branch_id=body.text("branch_id"),
        salesperson_id=body.text("salesperson_id"),
        number=body.text("invoice_number"),
        day=body.needed_day("date"),
        due=body.day("due_date"),
        place_of_supply=body.needed_state("place_of_supply"),
        reference=body.text("reference_number"),
        notes=body.text("notes", limit=LONG),
        lines=read_lines(body),
        shipping=body.amount("shipping_charge") or 0,
        adjustment=body.amount("adjustment") or 0,
        tds=body.amount("tds_amount") or 0,
        round_off=body.amount("round_off"),
    )


def _check(given: Given) -> None:
    if given.due is not None and given.due < given.day:
        raise invalid("due_date", "'due_date' must not lie before 'date'.", given.due.isoformat())
    for field, amount in (("shipping_charge", given.shipping), ("tds_amount", given.tds)):
        if amount < 0:
            raise invalid(field, f"'{field}' must not be negative.", rupees(amount))


def _due(given: Given, terms: int) -> str:
    """The due date: as given, else the date plus the customer's terms in days."""
    if given.due is not None:
        return given.due.isoformat()
    try:
        return (given.day + timedelta(days=terms)).isoformat()
    except OverflowError:
        raise invalid("date", "The due date would lie beyond the year 9999.") from None


def _sums(call: Call, given: Given, priced: Priced) -> dict[str, int]:
    """The amounts in paise. An explicit round-off wins over the org's preference (section 10)."""
    pre = priced.sub_total + priced.tax.total + given.shipping + given.adjustment - given.tds
    rounding = given.round_off
    if rounding is None:
        org = call.db.row("SELECT round_totals, rounding_method FROM orgs WHERE id = ?", (call.org,))
        rounding = round_off(pre, org["rounding_method"]) if org is not None and org["round_totals"] else 0
    check_total(pre + rounding)
    return {
        "sub_total": priced.sub_total,
        "cgst": priced.tax.cgst,
        "sgst": priced.tax.sgst,
        "igst": priced.tax.igst,
        "cess": priced.tax.cess,
        "shipping": given.shipping,
        "adjustment": given.adjustment,
        "tds": given.tds,
        "round_off": rounding,
        "round_off_given": given.round_off is not None,
        "total": pre + rounding,
    }


def edited(row: Row, body: Body) -> Body:
    """The body that would make the draft ``row`` anew with the header fields of ``body`` over its own."""
    own: Answer = {
        "customer_id": row["customer_id"],
        "branch_id": row["branch_id"],
        "invoice_number": row["number"],
        "date": row["date"],
        "due_date": row["due_date"],
        "place_of_supply": row["place_of_supply"],
        "reference_number": row["reference"],
        "notes": row["notes"],
        "line_items": decode(row["lines"]),
        "shipping_charge": rupees(row["shipping"]),
        "adjustment": rupees(row["adjustment"]),
        "tds_amount": rupees(row["tds"]),
        "round_off": rupees(row["round_off"]) if row["round_off_given"] else None,
    }
    return Body(own | {name: body.fields[name] for name in HEADER if name in body.fields})


def check_number_is_free(call: Call, branch_id: str, number: str) -> None:
    """Raises 409: a number is unique within its branch (section 25, item 7)."""
    sql = "SELECT 1 FROM invoices WHERE org = ? AND branch_id = ? AND number = ?"
    if call.db.value(sql, (call.org, branch_id, number)):
        raise duplicate(f"Invoice number '{number}' is taken in this branch.", "invoice_number")


def check_guard(call: Call, columns: dict[str, Any]) -> None:
    """Raises 409 for a posted invoice of the same customer, date, total and reference (section 25, item 6)."""
    same = ("customer_id", "date", "total", "reference")
    found = call.db.value(
        "SELECT number FROM invoices WHERE org = ? AND customer_id = ? AND date = ? AND total = ? AND reference IS ? "
        "AND state = 'POSTED'",
        (call.org, *(columns[name] for name in same)),
    )
    if found:
        raise duplicate(f"Invoice {found} has the same customer, date, total and reference.", "reference_number")
