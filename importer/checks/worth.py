"""What a document comes to, as far as it can be told: exactly where the rates are known, else between two bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, NamedTuple

from importer.checks.rates import MOST, Rates, bears_a_levy
from importer.checks.shape import found, shape
from importer.kinds import Kind
from importer.model import Typed
from importer.money import PAISA, ZERO, Line, Total, add, multiply, tax_on

# Names that the API uses in every document of lines (fact sheet, section 15).
QUANTITY: Final = "quantity"
RATE: Final = "rate"
TAX: Final = "tax"
ROUND_OFF: Final = "round_off"
RAW: Final = "_id"  # what the raw form of a reference has behind its name (design, section 3)

Fields = Mapping[str, Typed]
ItemOf = Callable[[str], Fields | None]


@dataclass(frozen=True, slots=True)
class Worth:
    """The least and the most a document can come to; the same where its taxes are known.

    ``slack`` is by how much FinzBooks may differ from ``high`` with good reason, upward or downward: a paisa for each
    line whose tax or amount has to be rounded (fact sheet, section 25, item 11). It is zero for an amount that is
    given and not computed. ``rounds`` says that FinzBooks may round the total to a whole rupee (section 10).
    """

    low: Total
    high: Total
    slack: Decimal = ZERO
    rounds: bool = False

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def limit(self) -> Decimal:
        """The most that can be settled with it, or of it, before the books are certain to refuse."""
        most = add((self.high.total, self.slack))
        return most.to_integral_value(ROUND_CEILING) if self.rounds else most


def worth(kind: Kind, fields: Fields, item_of: ItemOf, rates: Rates) -> Worth | None:
    """The worth of a typed document, or None where it cannot be told or its kind has none.

    It cannot be told without the rate or tax of a line, as with a raw ``item_id`` that only the org knows, nor
    where a field is given whose arithmetic is not documented (a discount: fact sheet, section 25, item 12).
    """
    doubtful = [value for path in shape(kind.name).doubtful_amounts for _, value in found_typed(fields, path)]
    if kind.amount_field:
        amount = fields.get(kind.amount_field)
        if not isinstance(amount, Decimal):
            return None
        # TDS kept back settles an invoice without reaching the bank (GST rules, section 10).
        extra = add(value for value in doubtful if isinstance(value, Decimal))
        total = Total(amount)
        return Worth(total, total, extra)
    if not kind.line_field or doubtful:
        return None
    return _worth_of_lines(kind, fields, item_of, rates)


def found_typed(fields: Fields, path: tuple[str, ...]) -> list[tuple[tuple[str | int, ...], Typed]]:
    """As ``found`` of the shape, for what has been typed."""
    below: Any = fields.get(path[0])  # one walk serves trees of text and typed ones; only the leaves differ
    walked: Any = found(below, path[1:], path[:1]) if below is not None else ()
    return list(walked)


def _worth_of_lines(kind: Kind, fields: Fields, item_of: ItemOf, rates: Rates) -> Worth | None:
    lines = fields.get(kind.line_field)
    if not isinstance(lines, list) or not lines:
        return None
    known: list[_Line] = []
    for line in lines:
        one = _line(line, kind.item_field, item_of, rates) if isinstance(line, dict) else None
        if one is None:
            return None
        known.append(one)
    given = fields.get(ROUND_OFF)
    round_off = given if isinstance(given, Decimal) else ZERO
    sub_total = add(line.amount for line in known)
    low = Total(sub_total, add(line.low for line in known), round_off)
    high = low if _is_exact(known) else Total(sub_total, add(line.high for line in known), round_off)
    rounding = sum(line.rounds for line in known)
    paise = multiply(PAISA, Decimal(rounding)) if rounding else ZERO
    return Worth(low, high, paise, rounds=ROUND_OFF not in fields)


def _is_exact(lines: list[_Line]) -> bool:
    return all(line.low == line.high for line in lines)


class _Line(NamedTuple):
    amount: Decimal
    low: Decimal  # tax
    high: Decimal  # tax
    rounds: bool


def _line(line: Fields, item_field: str, item_of: ItemOf, rates: Rates) -> _Line | None:
    """The line with its lowest and its highest tax."""
    item: Fields | None = {}
    key = line.get(item_field) if item_field else None
    if isinstance(key, str):
        item = item_of(key)
    elif item_field + RAW in line:
        item = None  # only the org knows it
    quantity = line.get(QUANTITY)
    rate = line.get(RATE, item.get(RATE) if item else None)
    percent = _percent(line, item, rates)
    if not isinstance(quantity, Decimal) or not isinstance(rate, Decimal) or percent is None:
        return None
    low, high = percent
    one = Line(quantity, rate, high)
    amount = one.amount
    return _Line(
        amount, tax_on(amount, low), tax_on(amount, high), one.rounds or (ZERO < high < MOST and _in_parts(line, item))
    )


def _taxed_by(line: Fields, item: Fields | None) -> Fields | None:
    """What names the tax: the line itself, else its item (fact sheet, section 15: the rest comes from the item)."""
    return line if TAX in line or TAX + RAW in line else item


def _in_parts(line: Fields, item: Fields | None) -> bool:
    """Whether the tax has more parts than two halves: with a cess, 5 and 1 of 11.00 come to 0.67 and not to 0.66."""
    name = (_taxed_by(line, item) or {}).get(TAX)
    return isinstance(name, str) and bears_a_levy(name)


def _percent(line: Fields, item: Fields | None, rates: Rates) -> tuple[Decimal, Decimal] | None:
    source = _taxed_by(line, item)
    if source is None:
        return None
    name, raw = source.get(TAX), source.get(TAX + RAW)
    return rates.percent(name if isinstance(name, str) else None, raw if isinstance(raw, str) else None)
