from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.money import ExactTax, TaxRate, exact_tax_of, paise, percent, round_off, rupees, times

GST_18 = TaxRate(Decimal(9), Decimal(9), Decimal(18), Decimal("0.5"))
numbers = st.decimals(min_value=0, max_value=10**12, places=6)


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


@given(numbers, numbers)
def test_a_product_is_exact_before_it_is_rounded_half_up(quantity: Decimal, rate: Decimal) -> None:
    assert times(quantity, rate) == half_up(Fraction(quantity) * Fraction(rate) * 100)


@given(st.integers(0, 10**15), st.decimals(min_value=0, max_value=100, places=3))
def test_a_percentage_is_exact_before_it_is_rounded_half_up(amount: int, rate: Decimal) -> None:
    assert percent(amount, rate) == half_up(Fraction(amount) * Fraction(rate) / 100)


@given(st.integers(-(10**15), 10**15))
def test_paise_and_rupees_are_each_others_inverse(amount: int) -> None:
    assert paise(rupees(amount)) == amount
    assert format(rupees(amount), "f")[-3] == "."


def test_components_are_rounded_each_by_itself() -> None:
    within, across = (exact_tax_of(1050, GST_18, intra_state=intra).rounded() for intra in (True, False))
    assert (within.cgst, within.sgst, within.igst, within.cess) == (95, 95, 0, 5)
    assert (across.cgst, across.sgst, across.igst, across.cess) == (0, 0, 189, 5)
    assert (within + across).total == 195 + 194


@given(st.integers(0, 10**15))
def test_as_halves_cgst_and_sgst_come_to_what_igst_is(amount: int) -> None:
    within, across = (exact_tax_of(amount, GST_18, intra_state=intra).rounded(halves=True) for intra in (True, False))
    assert within.total == across.total
    assert abs(within.cgst - within.sgst) <= 1


@given(st.lists(st.integers(0, 10**15), max_size=30))
def test_exact_tax_is_rounded_once_when_it_is_added_up_before(amounts: list[int]) -> None:
    summed = sum((exact_tax_of(amount, GST_18, intra_state=False) for amount in amounts), ExactTax()).rounded()
    assert summed.igst == half_up(Fraction(sum(amounts) * 18, 100))
    assert summed.cess == half_up(Fraction(sum(amounts), 200))


def test_rounding_to_the_rupee_is_half_up_or_as_the_org_wants() -> None:
    assert [round_off(pre, "nearest") for pre in (19949, 19950, 20050, 20000)] == [-49, 50, 50, 0]
    assert (round_off(19949, "up"), round_off(19949, "down")) == (51, -49)
