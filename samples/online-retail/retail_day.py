"""One day of the UCI Online Retail data: its rows, the ways in which they are wrong, and what is made of those.

Used by convert.py beside this file. A pattern that is not known here raises UnknownPatternError: nothing is guessed.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

COLUMNS: Final = frozenset(
    {"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"}
)
PAISA: Final = Decimal("0.01")
NOT_GOODS: Final = frozenset({"C2", "D", "DOT", "M", "POST"})  # carriage, discount, postage, entered by hand


class UnknownPatternError(Exception):
    """The source holds something this script was not written for; the message names the line."""


class Row(NamedTuple):
    """One line of the source. ``line`` counts from 1, the header included; ``price`` is per piece."""

    line: int
    document: str
    code: str
    description: str
    quantity: int
    day: str
    price: Decimal
    customer: str  # the key of the contact
    country: str

    @property
    def cancels(self) -> bool:
        return self.document.startswith("C")

    @property
    def of_known_customer(self) -> bool:
        return self.customer.isdigit()

    @property
    def worth(self) -> Decimal:
        """Money of the line; below zero on a cancellation."""
        return self.quantity * self.price


class Repair(NamedTuple):
    source_line: str  # "" where a rule was applied throughout
    document: str
    rule: str
    what: str
    before: str
    after: str
    why: str


class Item(NamedTuple):
    code: str
    name: str
    rate: Decimal


Documents = Mapping[str, Sequence[Row]]  # by number, in the order of the source; none is empty


def read(source: Path) -> tuple[list[Row], list[Repair]]:
    """Every line of the source, with customer numbers and descriptions mended."""
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restval="")
        if reader.fieldnames is None or not COLUMNS.issubset(reader.fieldnames):
            raise UnknownPatternError(f"line 1: the columns {', '.join(sorted(COLUMNS))} are not all there")
        raw = list(reader)
    rows = [_row(line, cells) for line, cells in enumerate(raw, 2)]
    numbers = sum(cells["CustomerID"].endswith(".0") for cells in raw)
    blanks = sum(cells["Description"] != cells["Description"].strip() for cells in raw)
    repairs = [
        Repair("", "", "customer-number", f"{numbers} rows", "17850.0", "17850", "a number that became a float"),
        Repair("", "", "outer-blanks", f"{blanks} rows", "blanks around the description", "stripped", "typing slips"),
    ]
    return rows, repairs


def _row(line: int, cells: Mapping[str, str]) -> Row:
    number, country = cells["CustomerID"].removesuffix(".0"), cells["Country"]
    try:
        quantity, price = int(cells["Quantity"]), Decimal(cells["UnitPrice"])
    except (ValueError, ArithmeticError):
        quantity, price = 0, Decimal("NaN")
    if not price.is_finite():
        raise UnknownPatternError(f"line {line}: the quantity or the price is not a number")
    row = Row(
        line=line,
        document=cells["InvoiceNo"],
        code=cells["StockCode"],
        description=cells["Description"].strip(),
        quantity=quantity,
        day=cells["InvoiceDate"].partition(" ")[0],
        price=price,
        customer=number or "walk-in-" + country.lower().replace(" ", "-"),
        country=country,
    )
    if row.price < 0 or row.price != row.price.quantize(PAISA):
        raise UnknownPatternError(f"line {line}: the price {row.price} is below zero or finer than a paisa")
    if row.code not in NOT_GOODS and not row.code[:5].isdigit():
        raise UnknownPatternError(f"line {line}: nobody has said whether {row.code} is goods")
    if row.cancels and row.quantity >= 0:
        raise UnknownPatternError(f"line {line}: {row.document} is a cancellation, yet its quantity is {row.quantity}")
    if row.worth != 0 and not row.description:
        raise UnknownPatternError(f"line {line}: {row.code} carries money and has no description")
    if not row.cancels and row.worth < 0:
        raise UnknownPatternError(f"line {line}: {row.document} is no cancellation, yet takes {-row.worth} off")
    return row


def group(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each document, in the order of the source. A document has one customer and one day."""
    documents: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        documents[row.document].append(row)
        first = documents[row.document][0]
        if (row.customer, row.country, row.day) != (first.customer, first.country, first.day):
            raise UnknownPatternError(f"line {row.line}: {row.document} changes customer, country or day")
    return dict(documents)


def leave_out(documents: Documents) -> tuple[dict[str, list[Row]], list[Repair]]:
    """The documents without the lines that carry no money, and without those that then have no lines."""
    kept: dict[str, list[Row]] = {}
    repairs = []
    for number, rows in documents.items():
        good = [row for row in rows if row.worth != 0]
        repairs += [_left_out(row) for row in rows if row.worth == 0]
        if good:
            kept[number] = good
        else:
            why = "no line of it carries money"
            repairs.append(Repair(str(rows[0].line), number, "empty-document", "document", number, "left out", why))
    return kept, repairs


def _left_out(row: Row) -> Repair:
    words = f"{row.quantity} x {row.code} at {row.price:.2f}"
    if row.quantity < 0:
        why = "stock written off, not a sale"
        return Repair(str(row.line), row.document, "write-off", "row", words, "left out", why)
    return Repair(str(row.line), row.document, "zero-price", "row", words, "left out", "it carries no money")


def name_walk_ins(documents: Documents) -> list[Repair]:
    """The documents that name no customer, which the contact of their country stands in for."""
    why = "the source names no customer"
    return [
        Repair(str(rows[0].line), number, "no-customer", f"CustomerID of {len(rows)} rows", "", rows[0].customer, why)
        for number, rows in documents.items()
        if not rows[0].of_known_customer
    ]


def make_items(rows: Sequence[Row]) -> tuple[dict[str, Item], list[Repair]]:
    """One item per stock code, with the most frequent description and price; of equals the first one seen."""
    by_code: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    items, repairs = {}, []
    for code, lines in sorted(by_code.items()):
        (name, _), *others = Counter(row.description for row in lines).most_common()
        items[code] = Item(code, name, Counter(row.price for row in lines).most_common(1)[0][0])
        for other, count in others:
            first = next(row for row in lines if row.description == other)
            what, why = f"item name of {code}", f"the most frequent wins; {count} line(s) keep their own words"
            repairs.append(Repair(str(first.line), first.document, "several-names", what, other, name, why))
    return items, repairs


def total(rows: Iterable[Row]) -> Decimal:
    return sum((row.worth for row in rows), Decimal(0))
