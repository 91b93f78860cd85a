"""The lines of invoices and credit notes: read, resolved against items and taxes, and priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from sqlite3 import Row
from typing import Any

from importer.sandbox.body import LARGEST, LONG, Body
from importer.sandbox.call import Call
from importer.sandbox.money import EXACT, Tax, TaxRate, paise, rupees, tax_of, times
from importer.sandbox.refusals import invalid, required


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the request has it; what it leaves out comes from its item."""

    body: Body
    item_id: str | None
    name: str | None
    description: str | None
    hsn: str | None
    quantity: Decimal
    unit: str | None
    rate: Decimal | None
    discount: int  # paise off the line (fact sheet, section 25, item 12)
    tax_id: str | None


@dataclass(slots=True)
class Priced:
    """What the lines of a document come to, in paise. ``shown`` are the lines as answers show them."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    sub_total: int = 0
    tax: Tax = field(default_factory=Tax)
    revenue: dict[str, int] = field(default_factory=dict)  # account id, or the role "sales" -> paise


def read_lines(body: Body) -> list[Line]:
    """The body's ``line_items``. Raises 400 when there is none, 422 for a wrong shape."""
    rows = body.rows("line_items")
    if not rows:
        raise required(body.where("line_items"))
    return [_read(row) for row in rows]


def _read(row: Body) -> Line:
    quantity = row.number("quantity")
    if quantity is None:
        raise required(row.where("quantity"))
    return Line(
        body=row,
        item_id=row.text("item_id"),
        name=row.text("name"),
        description=row.text("description", limit=LONG),
        hsn=row.text("hsn_or_sac", "hsn_sac"),
        quantity=quantity,
        unit=row.text("unit"),
        rate=row.number("rate"),
        discount=row.amount("discount") or 0,
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
    """Amounts and tax of each line and their sums. Raises 400 for what cannot be priced."""
    priced = Priced()
    for resolved in lines:
        _add(call, priced, resolved, intra_state)
    return priced


def _add(call: Call, priced: Priced, resolved: Resolved, intra_state: bool) -> None:
    line, item = resolved.line, resolved.item
    name = line.name or (item["name"] if item else None)
    rate = _rate(resolved)
    if name is None:
        raise required(line.body.where("name"))
    amount = _amount(line, rate)
    tax = Tax()
    percentage = Decimal(0)
    if resolved.tax is not None:
        rates = TaxRate(*(Decimal(resolved.tax[part]) for part in ("cgst", "sgst", "igst", "cess")))
        tax = tax_of(amount, rates, intra_state=intra_state)
        percentage = (rates.cgst + rates.sgst if intra_state else rates.igst) + rates.cess
    account = (item["account_id"] if item else None) or "sales"
    priced.sub_total += amount
    priced.tax += tax
    priced.revenue[account] = priced.revenue.get(account, 0) + amount
    priced.shown.append(
        {
            "line_item_id": call.books.new_id("li"),
            "item_id": line.item_id,
            "name": name,
            "description": line.description or (item["description"] if item else None),
            "hsn_or_sac": line.hsn or (item["hsn"] if item else None),
            "quantity": line.quantity,
            "unit": line.unit or (item["unit"] if item else None),
            "rate": rate,
            "discount": rupees(line.discount),
            "tax_id": resolved.tax["id"] if resolved.tax else None,
            "tax_percentage": percentage,
            "item_total": rupees(amount),
        }
    )


def _rate(resolved: Resolved) -> Decimal:
    """The line's own rate, else its item's."""
    line, item = resolved.line, resolved.item
    if line.rate is None and (item is None or item["rate"] is None):
        raise required(line.body.where("rate"))
    rate = Decimal(item["rate"]) if line.rate is None and item is not None else line.rate
    if rate is None or rate < 0:
        raise invalid(line.body.where("rate"), "'rate' must not be negative.")
    return rate


def _amount(line: Line, rate: Decimal) -> int:
    """Paise of a line before tax: quantity x rate less discount (fact sheet, section 10)."""
    if line.quantity <= 0:
        raise invalid(line.body.where("quantity"), "'quantity' must be above zero.", line.quantity)
    if EXACT.multiply(line.quantity, rate) >= LARGEST:
        raise invalid(line.body.where("rate"), "The line's amount is too large.")
    gross = times(line.quantity, rate)
    if not 0 <= line.discount <= gross:
        raise invalid(line.body.where("discount"), "'discount' must lie between zero and the line's amount.")
    return gross - line.discount


def check_total(total: int) -> None:
    """Raises 400 unless the total in paise is above zero (section 25, item 30) and within the sandbox's range."""
    if not 0 < total < paise(LARGEST):
        raise invalid("line_items", "The total must be above zero and below 10^13.", rupees(total))
