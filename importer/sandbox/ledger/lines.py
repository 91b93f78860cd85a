"""The lines of invoices and credit notes: read, resolved against items and taxes, and priced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LARGEST, LONG, Body
from importer.sandbox.call import Call
from importer.sandbox.money import EXACT, ExactTax, Tax, TaxRate, exact_tax_of, paise, percent, rupees, times
from importer.sandbox.refusals import invalid, required
from importer.sandbox.switches import Switches

WHOLE: Final = Decimal(100)  # per cent


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the request has it; what it leaves out comes from its item."""

    body: Body
    id: str | None  # of a line that is there already
    item_id: str | None
    name: str | None
    description: str | None
    hsn: str | None
    quantity: Decimal
    unit: str | None
    rate: Decimal | None
    discount: Decimal  # rupees off the line, or per cent of it (fact sheet, section 25, item 12)
    tax_id: str | None


@dataclass(slots=True)
class Priced:
    """What the lines of a document come to, in paise. ``shown`` are the lines as answers show them."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    sub_total: int = 0
    tax: Tax = field(default_factory=Tax)
    revenue: dict[str, int] = field(default_factory=dict)  # account id, or the role "sales" -> paise


def read_lines(body: Body, known: Collection[str] = ()) -> list[Line]:
    """The body's ``line_items``; those with a ``line_item_id`` of ``known`` keep it.

    Raises 400 when there is none, 422 for a wrong shape.
    """
    rows = body.rows("line_items")
    if not rows:
        raise required(body.where("line_items"))
    left = list(known)
    return [_read(row, _kept_id(row, left) if known else None) for row in rows]


def _kept_id(row: Body, left: list[str]) -> str | None:
    """The id that a line keeps, which is taken out of ``left``: no two lines have the same."""
    line_id = row.text("line_item_id")
    if line_id not in left:
        return None
    left.remove(line_id)
    return line_id


def _read(row: Body, line_id: str | None) -> Line:
    quantity = row.number("quantity")
    if quantity is None:
        raise required(row.where("quantity"))
    return Line(
        body=row,
        id=line_id,
        item_id=row.text("item_id"),
        name=row.text("name"),
        description=row.text("description", limit=LONG),
        hsn=row.text("hsn_or_sac", "hsn_sac"),
        quantity=quantity,
        unit=row.text("unit"),
        rate=row.number("rate"),
        discount=row.number("discount") or Decimal(0),
        tax_id=row.text("tax_id"),
    )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A line with the rows it refers to."""

    line: Line
    item: Row | None
    tax: Row | None


def resolve(call: Call, lines: Sequence[Line]) -> list[Resolved]:
    """Look up items, then taxes. Raises 404 with the indexed field."""
    items = [line.item_id and call.find("items", "Item", line.item_id, line.body.where("item_id")) for line in lines]
    resolved = []
    for line, item in zip(lines, items, strict=True):
        tax_id = line.tax_id or (item["tax_id"] if item else None)
        tax = call.find("taxes", "Tax", tax_id, line.body.where("tax_id")) if tax_id else None
        resolved.append(Resolved(line, item or None, tax))
    return resolved


def price(call: Call, lines: Sequence[Resolved], *, intra_state: bool) -> Priced:
    """Amounts and tax of each line and their sums. Raises 400 for what cannot be priced.

    Tax is rounded half-up, of each line or of the whole document (fact sheet, section 25, item 11).
    """
    priced = Priced()
    exact = [_add(call, priced, resolved, intra_state) for resolved in lines]
    if call.switches.tax_rounding == "document":
        exact = [sum(exact, ExactTax())]
    halves = call.switches.tax_parts == "halves"
    priced.tax = sum((tax.rounded(halves=halves) for tax in exact), Tax())
    return priced


def rates_of(tax: Row) -> TaxRate:
    """The percentages of a row of the table taxes."""
    return TaxRate(*(Decimal(tax[part]) for part in ("cgst", "sgst", "igst", "cess")))


def _add(call: Call, priced: Priced, resolved: Resolved, intra_state: bool) -> ExactTax:
    """Add a line before tax, and return its tax."""
    line, item = resolved.line, resolved.item
    name = line.name or (item["name"] if item else None)
    rate = _rate(resolved)
    if name is None:
        raise required(line.body.where("name"))
    amount = _amount(line, rate, call.switches)
    tax, percentage = ExactTax(), Decimal(0)
    if resolved.tax is not None:
        rates = rates_of(resolved.tax)
        tax = exact_tax_of(amount, rates, intra_state=intra_state)
        percentage = (rates.cgst + rates.sgst if intra_state else rates.igst) + rates.cess
    account = (item["account_id"] if item else None) or "sales"
    priced.sub_total += amount
    priced.revenue[account] = priced.revenue.get(account, 0) + amount
    in_rupees = call.switches.discount == "amount"
    priced.shown.append(
        {
            "line_item_id": line.id or call.books.new_id("li"),
            "item_id": line.item_id,
            "name": name,
            "description": line.description or (item["description"] if item else None),
            "hsn_or_sac": line.hsn or (item["hsn"] if item else None),
            "quantity": line.quantity,
            "unit": line.unit or (item["unit"] if item else None),
            "rate": rate,
            "discount": rupees(paise(line.discount)) if in_rupees else line.discount,
            "tax_id": resolved.tax["id"] if resolved.tax else None,
            "tax_percentage": percentage,
            "item_total": rupees(amount),
        }
    )
    return tax


def _rate(resolved: Resolved) -> Decimal:
    """The line's own rate, else its item's."""
    line, item = resolved.line, resolved.item
    if line.rate is None and (item is None or item["rate"] is None):
        raise required(line.body.where("rate"))
    rate = Decimal(item["rate"]) if line.rate is None and item is not None else line.rate
    if rate is None or rate < 0:
        raise invalid(line.body.where("rate"), "'rate' must not be negative.")
    return rate


def _amount(line: Line, rate: Decimal, switches: Switches) -> int:
    """Paise of a line before tax: quantity x rate less discount (fact sheet, section 10)."""
    if line.quantity <= 0:
        raise invalid(line.body.where("quantity"), "'quantity' must be above zero.", line.quantity)
    if EXACT.multiply(line.quantity, rate) >= LARGEST:
        raise invalid(line.body.where("rate"), "The line's amount is too large.")
    gross = times(line.quantity, rate)
    return gross - _discount(line, gross, switches)


def _discount(line: Line, gross: int, switches: Switches) -> int:
    """Paise off ``gross`` paise."""
    if switches.discount == "percent":
        if not 0 <= line.discount <= WHOLE:
            raise invalid(line.body.where("discount"), "'discount' is per cent: from 0 to 100.", line.discount)
        return percent(gross, line.discount)
    discount = paise(line.discount)
    if not 0 <= discount <= gross:
        raise invalid(line.body.where("discount"), "'discount' must lie between zero and the line's amount.")
    return discount


def check_total(total: int) -> None:
    """Raises 400 unless the total in paise is above zero (section 25, item 30) and within the sandbox's range."""
    if not 0 < total < paise(LARGEST):
        raise invalid("line_items", "The total must be above zero and below 10^13.", rupees(total))
