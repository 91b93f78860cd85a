"""Exact decimal arithmetic of documents: what a line comes to, its tax, and the total.

Amounts are in major units of the document's currency (rupees), as the API has them (fact sheet, section 10).
Nothing here touches a float, and nothing depends on the caller's decimal context.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Final

ZERO: Final = Decimal("0.00")
PAISA: Final = Decimal("0.01")
RUPEE: Final = Decimal("1.00")
_HALF: Final = Decimal("0.5")

# A rate and a quantity have up to 13 digits before and 6 behind the point each: their product 38 digits. A percent
# of it adds 9, the sum over a million lines 6 more. The default of 28 digits would round without a word.
DIGITS: Final = 60
_FATAL: Final = [InvalidOperation, DivisionByZero, Overflow]
_EXACT: Final = Context(prec=DIGITS, rounding=ROUND_HALF_UP, traps=[*_FATAL, Inexact])
_ROUNDING: Final = Context(prec=DIGITS, rounding=ROUND_HALF_UP, traps=_FATAL)


def half_up(amount: Decimal, places: int = 2) -> Decimal:
    """``amount`` at ``places`` decimals; a half goes away from zero: 2.345 is 2.35, -2.345 is -2.35.

    GST rules, section 11. The result is never minus zero. Raises decimal.InvalidOperation beyond 60 digits.
    """
    rounded = amount.quantize(PAISA if places == 2 else Decimal(1).scaleb(-places), context=_ROUNDING)
    return rounded if rounded else abs(rounded)


def add(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum. Raises decimal.Inexact rather than lose a digit, beyond 60 digits."""
    total = ZERO
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def multiply(one: Decimal, other: Decimal) -> Decimal:
    """The exact product. Raises decimal.Inexact rather than lose a digit, beyond 60 digits."""
    return _EXACT.multiply(one, other)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """``percent`` hundredths of ``amount``, exact."""
    return _EXACT.scaleb(_EXACT.multiply(amount, percent), -2)


def tax_on(amount: Decimal, percent: Decimal) -> Decimal:
    """The tax on the rounded amount of one line, to the paisa."""
    return half_up(percent_of(amount, percent)) if percent else ZERO


def plain(amount: Decimal) -> str:
    """The amount as people write it, without an exponent and with at least two decimals: 1200.00, 0.125."""
    decimals = -int(amount.as_tuple().exponent)
    return f"{amount:f}" if decimals >= 2 else f"{half_up(amount):f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document. ``percent`` is the whole tax on it, 18 for GST 18%."""

    quantity: Decimal
    rate: Decimal
    percent: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """Before tax, to the paisa."""
        return half_up(multiply(self.quantity, self.rate))

    @property
    def tax(self) -> Decimal:
        """To the paisa, from the rounded amount: each line is rounded for itself (fact sheet, section 25, item 11)."""
        return tax_on(self.amount, self.percent)

    @property
    def rounds(self) -> bool:
        """Whether another way of rounding may come to another paisa.

        So it is where the amount is not whole paise, or half of the tax is not: CGST and SGST are rounded each
        for itself (GST rules, section 11: 10.50 at 9% twice is 1.90, at 18% it is 1.89).
        """
        exact = multiply(self.quantity, self.rate)
        if exact != half_up(exact):
            return True
        half = multiply(percent_of(exact, self.percent), _HALF)
        return half != half_up(half)


@dataclass(frozen=True, slots=True)
class Total:
    """What a document comes to. ``round_off`` is positive where the total was rounded up."""

    sub_total: Decimal
    tax_total: Decimal = ZERO
    round_off: Decimal = ZERO

    @classmethod
    def of(cls, lines: Iterable[Line], round_off: Decimal = ZERO) -> Total:
        """The total of ``lines``, each rounded to the paisa before it is added."""
        kept = tuple(lines)
        return cls(add(line.amount for line in kept), add(line.tax for line in kept), round_off)

    @property
    def before_rounding(self) -> Decimal:
        return _EXACT.add(self.sub_total, self.tax_total)

    @property
    def total(self) -> Decimal:
        """The total as the API answers it: round-off included (fact sheet, section 10)."""
        return _EXACT.add(self.before_rounding, self.round_off)
