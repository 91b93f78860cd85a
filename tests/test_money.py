from __future__ import annotations

from decimal import Decimal, Inexact, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.money import Line, Total, add, half_up, plain

D = Decimal


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("2.345", "2.35"),
        ("-2.345", "-2.35"),
        ("2.344999", "2.34"),
        ("0.005", "0.01"),
        ("2.675", "2.68"),
        ("1", "1.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_a_half_goes_away_from_zero(amount: str, expected: str) -> None:
    assert str(half_up(D(amount))) == expected


def test_a_whole_rupee_is_rounded_the_same_way() -> None:
    assert [half_up(D(text), 0) for text in ("199.49", "199.50", "-199.50")] == [D(199), D(200), D(-200)]


def test_minus_zero_does_not_exist() -> None:
    assert str(half_up(D("-0.001"))) == "0.00"


@given(st.decimals(-(10**18), 10**18, places=7))
def test_rounding_moves_an_amount_by_half_a_paisa_at_most_and_agrees_with_its_mirror(amount: Decimal) -> None:
    assert abs(half_up(amount) - amount) <= D("0.005")
    assert half_up(-amount) == -half_up(amount)
    assert half_up(half_up(amount)) == half_up(amount)


def test_a_line_is_rounded_before_its_tax_is_taken() -> None:
    line = Line(D("0.333"), D("100.01"), D(18))
    assert (line.amount, line.tax) == (D("33.30"), D("5.99"))


def test_the_consulting_invoice_of_the_tutorial_comes_to_14160() -> None:
    total = Total.of([Line(D(1), D(12000), D(18))])
    assert (total.sub_total, total.tax_total, total.total) == (D("12000.00"), D("2160.00"), D("14160.00"))


def test_the_tax_of_each_line_is_rounded_for_itself() -> None:
    assert Total.of([Line(D(1), D("10.03"), D(5))] * 2).tax_total == D("1.00")  # 0.5015 each, 1.003 together


def test_the_round_off_is_added_to_the_total_only() -> None:
    total = Total(D("100.40"), D("18.07"), D("-0.47"))
    assert (total.before_rounding, total.total) == (D("118.47"), D("118.00"))


@pytest.mark.parametrize(
    ("quantity", "rate", "percent", "rounds"),
    [
        ("1", "12000", "18", False),
        ("1", "10.50", "18", True),  # 0.945 each for CGST and SGST
        ("0.333", "1", "0", True),
        ("3", "0.25", "0", False),
    ],
)
def test_a_line_knows_whether_another_rounding_may_come_to_another_paisa(
    quantity: str, rate: str, percent: str, rounds: bool
) -> None:
    assert Line(D(quantity), D(rate), D(percent)).rounds is rounds


def test_the_longest_rate_and_quantity_lose_no_digit() -> None:
    most = D("9999999999999.999999")
    exact = (10**19 - 1) ** 2 // 10**10  # hundredths; the digits behind them are 00..01
    assert Line(most, most, D("28.123456")).amount == D(exact).scaleb(-2)


def test_a_caller_with_a_narrow_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert Line(D("12345.67"), D("1.5"), D(18)).tax == D("3333.33")
        assert add([D("12345.67"), D("0.01")]) == D("12345.68")


def test_a_sum_that_would_lose_digits_is_refused() -> None:
    with pytest.raises(Inexact):
        add([D("1E+60"), D("0.01")])


@given(st.lists(st.decimals(0, 10**13, places=2), max_size=20))
def test_a_sum_does_not_depend_on_the_order(amounts: list[Decimal]) -> None:
    assert add(amounts) == add(reversed(amounts))


def test_amounts_are_shown_as_people_write_them() -> None:
    assert [plain(D(text)) for text in ("1E+3", "0.125", "5", "-0.4")] == ["1000.00", "0.125", "5.00", "-0.40"]
