from __future__ import annotations

from decimal import Decimal

import pytest

from importer.report.style import Style, count, rupees


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0.00"),
        ("999.5", "999.50"),
        ("1000", "1,000.00"),
        ("100000", "1,00,000.00"),
        ("1234567.8", "12,34,567.80"),
        ("12345678901.23", "12,34,56,78,901.23"),
        ("-1234567.89", "-12,34,567.89"),
        ("-0.50", "-0.50"),
    ],
)
def test_amounts_are_grouped_as_in_india(amount: str, shown: str) -> None:
    assert rupees(Decimal(amount)) == shown


def test_an_amount_that_nobody_knows_says_so() -> None:
    assert rupees(None) == "not known"


def test_counts_know_singular_and_plural() -> None:
    assert [count(0, "invoice"), count(1, "invoice"), count(2000, "invoice")] == [
        "0 invoices",
        "1 invoice",
        "2,000 invoices",
    ]
    assert count(2, "entry", "entries") == "2 entries"


def test_paint_colours_only_where_colours_are_wanted() -> None:
    assert Style(colour=False).paint("x", "red") == "x"
    assert Style(colour=True).paint("x", "red") == "\x1b[31mx\x1b[0m"
