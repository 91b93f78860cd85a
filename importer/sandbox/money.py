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
    return _half_up(_exact_percent(amount, rate))


def _exact_percent(amount: int, rate: Decimal) -> Decimal:
    return EXACT.multiply(Decimal(amount), rate).scaleb(-2, EXACT)


def _half_up(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_HALF_UP, EXACT))


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


@dataclass(frozen=True, slots=True)
class ExactTax:
    """Tax in paise and parts of a paisa, by component."""

    cgst: Decimal = Decimal(0)
    sgst: Decimal = Decimal(0)
    igst: Decimal = Decimal(0)
    cess: Decimal = Decimal(0)

    def __add__(self, other: ExactTax) -> ExactTax:
        return ExactTax(
            EXACT.add(self.cgst, other.cgst),
            EXACT.add(self.sgst, other.sgst),
            EXACT.add(self.igst, other.igst),
            EXACT.add(self.cess, other.cess),
        )

    def rounded(self, *, halves: bool = False) -> Tax:
        """Whole paise, each component half-up by itself.

        With ``halves`` CGST and SGST are rounded as one amount, of which SGST gets what CGST leaves: then the tax is
        the same as that across states.
        """
        cgst, sgst = _half_up(self.cgst), _half_up(self.sgst)
        if halves:
            sgst = _half_up(EXACT.add(self.cgst, self.sgst)) - cgst
        return Tax(cgst, sgst, _half_up(self.igst), _half_up(self.cess))


def exact_tax_of(amount: int, rate: TaxRate, *, intra_state: bool) -> ExactTax:
    """Tax on ``amount`` paise before it is rounded.

    CGST and SGST within the supplier's state, IGST otherwise (fact sheet, section 11), cess in both cases.
    """
    cess = _exact_percent(amount, rate.cess)
    if intra_state:
        return ExactTax(cgst=_exact_percent(amount, rate.cgst), sgst=_exact_percent(amount, rate.sgst), cess=cess)
    return ExactTax(igst=_exact_percent(amount, rate.igst), cess=cess)
