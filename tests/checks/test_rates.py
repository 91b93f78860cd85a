from __future__ import annotations

import time
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.conftest import written
from importer.checks import OfflineRates, check
from importer.checks.rates import MOST, bears_a_levy, most_told

D = Decimal


@pytest.mark.parametrize(
    ("tax", "highest"),
    [
        ("GST 18%", "18"),
        ("GST18", "18"),
        ("GST @ 18 %", "18"),
        ("gst_18", "18"),
        ("18% GST", "18"),
        ("GST 18 percent", "18"),
        ("GST 18.00", "18"),
        ("18%", "18"),
        ("GST0", "0"),
        ("0% GST", "0"),
        ("IGST 0.25 %", "0.25"),
        ("Output IGST 18% (services)", "18"),
        ("GST 18% 2025-26", "18"),
        ("GST 12% / 18%", "30"),
        ("GST 18,5%", "23"),
        ("VAT 20%", "20"),
        ("GST 28% + Cess 12%", "40"),
        ("28% GST + 12% Cess", "40"),
        ("GST 28% + Compensation Cess @ 22%", "50"),
        ("GST 18% + KFC 1%", "19"),
    ],
)
def test_a_name_tells_the_highest_rate(tax: str, highest: str) -> None:
    assert OfflineRates().percent(tax, None) == (D(0), D(highest))


@pytest.mark.parametrize(
    ("tax", "highest"),
    [
        ("CGST 9%", "18"),
        ("SGST 9%", "18"),
        ("UTGST 14%", "28"),
        ("C/SGST 9%", "18"),
        ("CGST/SGST 9%", "18"),
        ("GST 9% (C+S)", "18"),
        ("CGST & SGST 9%", "18"),
        ("CGST+SGST 18%", "36"),
        ("CGST 9% + SGST 9%", "18"),
        ("GST 18% (CGST 9% + SGST 9%)", "36"),
        ("CGST 14% + Cess 12%", "52"),
    ],
)
def test_where_a_half_is_named_the_larger_reading_counts(tax: str, highest: str) -> None:
    assert most_told(tax) == D(highest)


@pytest.mark.parametrize(
    "tax",
    [
        *("GST 28% + Cess", "GST 28% with cess", "GST 28% Cess", "GST Cess 12%", "CGST 14% + SGST 14% + Cess"),
        *(
            "GST 18% + KFC",
            "GST 18% + TCS",
            "GST 18% + TCS 0.1%",
            "GST 18% + State tax",
            "GST 18% Luxury",
            "GST 5% VAT",
        ),
        *("GST-1 Standard", "GST 1", "GST-5 Standard", "GST 2025-26", "Standard", "GST", "", "GST १८%", "GST 18.५%"),
        *("Non-exempt", "Zero Rated, IGST paid", "Nil rated and others", "1" * 90, "GST 18%" + " " * 300),
        "+".join(["1%"] * 9),
    ],
)
def test_a_name_that_may_mean_more_is_bound_by_the_greatest_tax_there_is(tax: str) -> None:
    assert OfflineRates().percent(tax, None) == (D(0), MOST)


@pytest.mark.parametrize(
    "tax",
    [
        *("Exempt", "EXEMPTED", "GST Exempt", "Exempt supply", "Nil", "Nil Rated", "Nil-rated GST", "Zero Rated"),
        *("Zero rate", "Non-GST", "Non GST supply", "NONGST", "No tax", "Not taxable", "Tax free", "Out of scope"),
    ],
)
def test_a_name_without_tax_means_none(tax: str) -> None:
    assert OfflineRates().percent(tax, None) == (D(0), D(0))


def test_no_tax_is_no_percent_and_a_bare_id_tells_nothing() -> None:
    assert OfflineRates().percent(None, None) == (D(0), D(0))
    assert OfflineRates().percent(None, "tx_1") is None


def test_a_tax_of_more_than_two_halves_is_known() -> None:
    assert not any(map(bears_a_levy, ("GST 18%", "CGST 9% + SGST 9%", "C/SGST 9%", "Output IGST 5%")))
    assert all(map(bears_a_levy, ("GST 28% + Cess 12%", "GST 18% KFC", "Standard")))


@given(st.text(max_size=60), st.sampled_from(["{}", "GST {}", "GST 18% {}", "CGST {} %"]))
def test_no_name_breaks_the_reading(text: str, form: str) -> None:
    assert most_told(form.format(text)) >= 0


# Names as organisations write them, with {} for the rate or its half, and whether FinzBooks may hold a levy beside it.
_OF_THE_WHOLE = ("GST {}%", "GST@{} %", "IGST {}%", "{}% GST", "Output GST {}%", "GST {}% (goods)", "Tax {}%")
_OF_THE_HALF = ("CGST {}%", "SGST {}%", "C/SGST {}%", "CGST/SGST {}%", "CGST {0}% + SGST {0}%", "CGST+UTGST {}%")
_WITH_A_CESS = ("GST {}% + Cess {}%", "GST {}% + Comp. Cess @ {}%", "GST {}% + Cess", "GST {}% cess", "GST-1 Standard")
_RATES = st.sampled_from([D(rate) for rate in ("0.25", "1", "1.5", "3", "5", "6", "7.5", "12", "18", "28", "40")])
_CESSES = st.sampled_from([D(rate) for rate in ("1", "5", "12", "15", "22", "60", "96", "160", "204", "290")])


@st.composite
def _taxes(draw: st.DrawFn) -> tuple[str, list[Decimal]]:
    """A name, and the percentages that the books hold for it: each is computed and rounded for itself."""
    rate, cess = draw(_RATES), draw(_CESSES)
    half = rate / 2
    split = draw(st.sampled_from([[rate], [half, half]]))
    return draw(
        st.sampled_from(
            [
                *((form.format(rate), split) for form in _OF_THE_WHOLE),
                *((form.format(half), split) for form in _OF_THE_HALF),
                *((form.format(rate, cess), [*split, cess]) for form in _WITH_A_CESS),
                ("GST 18% + KFC", [D(9), D(9), D(1)]),
                ("GST 18% + TCS", [D(18), D("0.118")]),
                ("Exempt", [D(0)]),
                ("Nil Rated", []),
            ]
        )
    )


_LINES = st.lists(
    st.tuples(st.decimals("0.001", 999, places=3), st.decimals("0.01", 9999, places=2), _taxes()),
    min_size=1,
    max_size=4,
)


def _paise(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


@given(_LINES, st.booleans())
def test_an_invoice_that_is_paid_in_full_to_the_paisa_is_never_told(
    lines: list[tuple[Decimal, Decimal, tuple[str, list[Decimal]]]], whole_rupees: bool
) -> None:
    total = D(0)
    for quantity, rate, (_, percents) in lines:
        amount = _paise(quantity * rate)
        total += amount + sum((_paise(amount * percent / 100) for percent in percents), D(0))
    if whole_rupees:
        total = total.quantize(D(1), ROUND_CEILING)
    if total <= 0:
        return
    written_lines = ", ".join(
        f'{{name: A, quantity: "{quantity}", rate: "{rate}", tax: "{name}"}}' for quantity, rate, (name, _) in lines
    )
    round_off = "" if whole_rupees else 'round_off: "0", '
    text = f"""
invoices:
  - {{key: I, customer_id: c, date: 2024-05-19, place_of_supply: IN-KA, auto_approve: "true", {round_off}
     line_items: [{written_lines}]}}
payments:
  - {{key: P, flow: INCOMING, contact_id: c, date: 2024-05-19, amount: "{total}",
     allocations: [{{invoice: I, amount: "{total}"}}]}}"""
    assert [one.message for one in check(written(text)) if one.code.startswith("allocations-exceed")] == []


@pytest.mark.parametrize(
    ("tax", "over"), [("GST 28% + Cess", "4300.01"), ("Standard", "100000"), ("Exempt", "1000.01")]
)
def test_what_no_tax_can_explain_is_told_whatever_the_tax_is_called(
    codes: Callable[..., list[tuple[str, str]]], tax: str, over: str
) -> None:
    text = f"""
    invoices:
      - {{key: I, customer_id: c, date: 2024-05-19, place_of_supply: IN-KA, auto_approve: "true", round_off: "0",
         line_items: [{{name: A, quantity: "1", rate: "1000", tax: {tax}}}]}}
    payments:
      - {{key: P, flow: INCOMING, contact_id: c, date: 2024-05-19, amount: "{over}",
         allocations: [{{invoice: I, amount: "{over}"}}]}}"""
    assert [code for code, _ in codes(text)] == ["allocations-exceed-invoice"]


def test_a_long_name_is_read_in_no_time() -> None:
    started = time.perf_counter()
    for at in range(200):
        most_told(f"{at} " + "GST 1 + " * 20)
        OfflineRates().percent(f"{at} " + "1" * 100_000, None)
    assert time.perf_counter() - started < 2
