"""Exact arithmetic of the sandbox: amounts are whole paise, rates and quantities are Decimal, nothing is a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final

# Thirteen digits before and twelve after the point, squared, and a percentage: 80 digits hold every product exactly.
EXACT: Final = Context(prec=80)

# What an org may choose as ``roundingMethod`` (fact sheet, section 10).
ROUNDING: Final = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


def paise(rupees: Decimal) -> int:
    """Whole paise of an amount in rupees, half-up."""
    return int(rupees.scaleb(2, EXACT).to_integral_value(ROUND_HALF_UP, EXACT))


def rupees(amount: int) -> Decimal:
    """An amount in paise as rupees with exactly two decimals."""
    return Decimal(amount).scaleb(-2, EXACT)


def times(quantity: Decimal, rate: Decimal) -> int:
    """Paise of ``quantity`` units at ``rate`` rupees, half-up."""
    return paise(EXACT.multiply(quantity, rate))


def percent(amount: int, rate: Decimal) -> int:
    """Paise that ``rate`` per cent of ``amount`` paise are, half-up."""
    return int(EXACT.multiply(Decimal(amount), rate).scaleb(-2, EXACT).to_integral_value(ROUND_HALF_UP, EXACT))


def round_off(pre: int, method: str) -> int:
    """Paise to add to ``pre`` paise to make whole rupees; ``method`` is a key of ROUNDING. ``nearest`` is half-up."""
    whole = int(rupees(pre).to_integral_value(ROUNDING[method], EXACT)) * 100
    return whole - pre


@dataclass(frozen=True, slots=True)
class TaxRate:
    """The percentages of one tax row, both splits."""

    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax in paise, by component."""

    cgst: int = 0
    sgst: int = 0
    igst: int = 0
    cess: int = 0

    @property
    def total(self) -> int:
        return self.cgst + self.sgst + self.igst + self.cess

    def __add__(self, other: Tax) -> Tax:
        return Tax(self.cgst + other.cgst, self.sgst + other.sgst, self.igst + other.igst, self.cess + other.cess)


def tax_of(amount: int, rate: TaxRate, *, intra_state: bool) -> Tax:
    """Tax on a line of ``amount`` paise, each component rounded half-up by itself.

    CGST and SGST within the supplier's state, IGST otherwise (fact sheet, section 11), cess in both cases.
    """
    cess = percent(amount, rate.cess)
    if intra_state:
        return Tax(cgst=percent(amount, rate.cgst), sgst=percent(amount, rate.sgst), cess=cess)
    return Tax(igst=percent(amount, rate.igst), cess=cess)
