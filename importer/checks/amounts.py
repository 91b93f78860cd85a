"""Amounts that no book can hold: nothing paid, nothing sold, a currency that is worth nothing, and the like."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from importer.checks.book import Book, Entry
from importer.checks.shape import texts
from importer.checks.worth import QUANTITY, ROUND_OFF, found_typed
from importer.model import Problem, Severity
from importer.money import ZERO, plain

EXCHANGE_RATE: Final = "exchange_rate"  # as the API names it in every document that has a currency

_NOT_POSITIVE: Final = ("-", "0")  # how a number begins that may be zero or less

# GST rules, section 11 (section 170 of the Act): to the nearest rupee, so at most half of one either way.
USUAL_ROUND_OFF: Final = Decimal("0.50")
GREATEST_ROUND_OFF: Final = Decimal("1.00")


def problems(book: Book) -> Iterator[Problem]:
    """amount-not-positive, exchange-rate-not-positive, quantity-not-positive, total-not-positive and M3."""
    for entry in book.entries:
        yield from _amount(entry)
        yield from _exchange_rate(entry)
        flawed = list(_quantities(entry))
        yield from flawed
        if not flawed:
            yield from _total(book, entry)
        yield from _round_off(entry)


def _amount(entry: Entry) -> Iterator[Problem]:
    name = entry.kind.amount_field
    amount = entry.typed.get(name)
    if name and isinstance(amount, Decimal) and amount <= ZERO:
        yield entry.problem(
            "amount-not-positive",
            f"the {name} of {entry.label} is {plain(amount)}",
            (name,),
            help="give an amount above zero",
        )


def _exchange_rate(entry: Entry) -> Iterator[Problem]:
    """GST rules, section 9: foreign currency needs one above zero."""
    rate = entry.typed.get(EXCHANGE_RATE) if EXCHANGE_RATE in entry.fields else None
    if isinstance(rate, Decimal) and rate <= ZERO:
        yield entry.problem(
            "exchange-rate-not-positive",
            f"the exchange rate of {entry.label} is {rate:f}",
            (EXCHANGE_RATE,),
            help="give what one unit of the document's currency is worth in the org's own, such as 83.25; a document "
            "in the org's own currency goes without one",
        )


def _quantities(entry: Entry) -> Iterator[Problem]:
    if not entry.kind.line_field:
        return
    quantities = (entry.kind.line_field, QUANTITY)
    if not any(text.startswith(_NOT_POSITIVE) for _, text in texts(entry.fields, quantities)):
        return  # nearly every document
    for path, quantity in found_typed(entry.typed, quantities):
        if isinstance(quantity, Decimal) and quantity <= ZERO:
            yield entry.problem(
                "quantity-not-positive",
                f"line {int(path[1]) + 1} of {entry.label} has the quantity {quantity:f}",
                path,
                help="give a quantity above zero, or leave the line out",
            )


def _total(book: Book, entry: Entry) -> Iterator[Problem]:
    """Zero and negative totals are refused here, before the API does (fact sheet, section 25, item 30)."""
    worth = book.worth(entry) if entry.kind.line_field else None
    if worth is not None and worth.high.total <= ZERO:
        yield entry.problem(
            "total-not-positive",
            f"the lines of {entry.label} come to {plain(worth.high.total)}",
            (entry.kind.line_field,),
            help="a document must come to more than zero",
            of_key=True,
        )


def _round_off(entry: Entry) -> Iterator[Problem]:
    given = entry.typed.get(ROUND_OFF)
    if not isinstance(given, Decimal) or abs(given) <= USUAL_ROUND_OFF:
        return
    too_much = abs(given) > GREATEST_ROUND_OFF
    yield entry.problem(
        "M3",
        f"the round-off of {entry.label} is {plain(given)}, "
        + ("which is more than a rupee" if too_much else "which is more than half a rupee"),
        (ROUND_OFF,),
        help="rounding to the nearest rupee changes a total by 0.50 at most; put the rest into a line",
        severity=Severity.ERROR if too_much else Severity.WARNING,
    )
