from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]


def invoice(lines: str, more: str = "") -> str:
    return (
        f"invoices: [{{key: I, customer_id: c, date: 2026-05-19, place_of_supply: IN-KA, line_items: [{lines}]{more}}}]"
    )


LINE = '{name: A, quantity: "1", rate: "100"}'


def test_a_payment_of_nothing_is_refused(codes: Codes) -> None:
    text = 'payments: [{{key: P, flow: INCOMING, contact_id: c, date: 2026-05-19, amount: "{}"}}]'
    assert codes(text.format("0.00")) == [("amount-not-positive", "/payments/0/amount")]
    assert codes(text.format("0.01")) == []


@pytest.mark.parametrize("zero", ["0", "0.00"])
def test_no_currency_is_worth_nothing(problems: Problems, zero: str) -> None:
    (problem,) = problems(invoice(LINE, f', currency_code: USD, exchange_rate: "{zero}"'))
    assert (problem.code, problem.severity) == ("exchange-rate-not-positive", Severity.ERROR)
    assert problem.pointer == "/invoices/0/exchange_rate"


@pytest.mark.parametrize("rate", ["83.25", "0.000001"])
def test_a_currency_is_worth_what_it_is(codes: Codes, rate: str) -> None:
    assert codes(invoice(LINE, f', currency_code: USD, exchange_rate: "{rate}"')) == []


def test_a_quantity_of_nothing_is_refused(codes: Codes) -> None:
    found = codes(invoice(LINE + ', {name: B, quantity: "0", rate: "1"}'))
    assert found == [("quantity-not-positive", "/invoices/0/line_items/1/quantity")]


def test_a_document_of_nothing_is_refused(codes: Codes) -> None:
    assert codes(invoice('{name: A, quantity: "1", rate: "0"}')) == [("total-not-positive", "/invoices/0/line_items")]


def test_a_round_off_that_eats_the_total_is_refused(codes: Codes) -> None:
    found = codes(invoice('{name: A, quantity: "1", rate: "0.40"}', ', round_off: "-0.40"'))
    assert found == [("total-not-positive", "/invoices/0/line_items")]


def test_a_free_line_beside_a_paid_one_is_fine(codes: Codes) -> None:
    assert codes(invoice(LINE + ', {name: Free, quantity: "1", rate: "0"}')) == []


@pytest.mark.parametrize(
    ("amount", "severity"),
    [
        ("0", None),
        ("0.50", None),
        ("-0.50", None),
        ("0.51", Severity.WARNING),
        ("-1.00", Severity.WARNING),
        ("1.01", Severity.ERROR),
        ("-5", Severity.ERROR),
    ],
)
def test_a_round_off_rounds_to_the_nearest_rupee(problems: Problems, amount: str, severity: Severity | None) -> None:
    found = problems(invoice(LINE, f', round_off: "{amount}"'))
    assert [(one.code, one.severity) for one in found] == ([("M3", severity)] if severity else [])
    assert all(one.pointer == "/invoices/0/round_off" for one in found)
