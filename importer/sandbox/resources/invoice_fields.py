"""From the body of an invoice to the columns of its row: shape, foreign ids, rules (fact sheet, section 15)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from sqlite3 import Row
from typing import Any

from importer.sandbox.body import LONG, Body, same_state
from importer.sandbox.call import Call, branch_of
from importer.sandbox.exact_json import decode, encode
from importer.sandbox.ledger.currency import check_range, read_currency
from importer.sandbox.ledger.journal import check_open
from importer.sandbox.ledger.lines import Line, Priced, check_total, price, read_lines, resolve
from importer.sandbox.money import round_off, rupees
from importer.sandbox.refusals import invalid, malformed, not_found
from importer.sandbox.resources.invoice_booking import legs_of


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of a body, each of the right shape. Amounts in paise."""

    customer_id: str
    branch_id: str | None
    salesperson_id: str | None
    number: str | None
    series: str | None
    day: date
    due: date | None
    place_of_supply: str
    reference: str | None
    notes: str | None
    tags: list[Any] | None
    lines: list[Line]
    shipping: int
    adjustment: int
    tds: int
    round_off: int | None


def compose(call: Call, body: Body, old: Row | None = None) -> dict[str, Any]:
    """The columns that the body decides, "number" None where it names none. Raises every refusal but the 409s.

    ``old`` is the invoice that is edited: lines that it has already keep their ids.
    """
    given = _read(call, body, () if old is None else [line["line_item_id"] for line in decode(old["lines"])])
    customer = call.find("contacts", "Customer", given.customer_id, "customer_id")
    branch = branch_of(call, given.branch_id)
    if given.salesperson_id is not None and call.switches.salespersons == "none":
        raise not_found("Salesperson", given.salesperson_id, "salesperson_id")
    resolved = resolve(call, given.lines)
    check_open(call, given.day.isoformat())
    body.state("place_of_supply")  # a rule, so only now (section 24.1)
    _check(call, given)
    currency = read_currency(call, body, given.day.isoformat())
    priced = price(call, resolved, intra_state=same_state(given.place_of_supply, branch["state"]))
    columns = {
        "branch_id": branch["id"],
        "number": given.number,
        "series": given.series,
        "customer_id": given.customer_id,
        "salesperson_id": given.salesperson_id,
        "date": given.day.isoformat(),
        "due_date": _due(given, customer),
        "reference": given.reference,
        **currency.columns(),
        "place_of_supply": given.place_of_supply,
        "notes": given.notes,
        "tags": None if given.tags is None else encode(given.tags),
        "lines": encode(priced.shown),
        "revenue": encode(priced.revenue),
        **_sums(call, given, priced),
    }
    check_range(legs_of(columns), currency.code)
    return columns


def _read(call: Call, body: Body, line_ids: Collection[str]) -> Given:
    body.text("currency_code")  # the shape only: read_currency goes on from there
    body.number("exchange_rate")
    return Given(
        customer_id=body.needed_text("customer_id"),
        branch_id=body.text("branch_id"),
        salesperson_id=body.text("salesperson_id"),
        number=body.text("invoice_number"),
        series=body.text("series_name"),
        day=body.needed_day("date"),
        due=body.day("due_date"),
        place_of_supply=body.needed_text("place_of_supply"),
        reference=body.text("reference_number"),
        notes=body.text("notes", limit=LONG),
        tags=_tags(body),
        lines=read_lines(body, line_ids),
        shipping=_charge(call, body, "shipping_charge"),
        adjustment=_charge(call, body, "adjustment"),
        tds=_charge(call, body, "tds_amount"),
        round_off=body.amount("round_off"),
    )


def _tags(body: Body) -> list[Any] | None:
    """Any list: what its elements are is not documented (section 15)."""
    tags = body.fields.get("tags")
    if tags is not None and not isinstance(tags, list):
        raise malformed("'tags' must be a list.", "tags")
    return tags


def _charge(call: Call, body: Body, name: str) -> int:
    """Paise of a further amount, whose name is a guess: as though not sent where nobody knows it (section 25, 13)."""
    return 0 if call.switches.extra_charges == "ignored" else body.amount(name) or 0


def _check(call: Call, given: Given) -> None:
    if given.due is not None and given.due < given.day and call.switches.early_due_date == "refused":
        raise invalid("due_date", "'due_date' must not lie before 'date'.", given.due.isoformat())
    for field, amount in (("shipping_charge", given.shipping), ("tds_amount", given.tds)):
        if amount < 0:
            raise invalid(field, f"'{field}' must not be negative.", rupees(amount))


def _due(given: Given, customer: Row) -> str:
    """The due date: as given, else the date plus the customer's terms in days."""
    if given.due is not None:
        return given.due.isoformat()
    terms = int(decode(customer["fields"]).get("payment_terms") or 0)
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
