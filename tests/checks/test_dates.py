"""Dates that contradict each other or the calendar: D2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]

TEXT = """
contacts: [{key: acme, contact_name: Acme}]
invoices:
  - {key: I, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: "true",
     line_items: [{name: A, quantity: "1", rate: "100"}]}
  - {key: J, customer: acme, date: 2026-05-20, place_of_supply: IN-KA, auto_approve: "true",
     line_items: [{name: A, quantity: "1", rate: "100"}]}
payments:
  - {key: P, flow: INCOMING, contact: acme, date: 2026-05-21, amount: "200",
     allocations: [{invoice: I, amount: "100"}, {invoice: J, amount: "100"}]}
"""


def test_dates_in_their_order_are_fine(codes: Codes) -> None:
    assert codes(TEXT, today=date(2026, 5, 21)) == []


def test_a_date_to_come_is_warned_of(problems: Problems) -> None:
    (problem,) = problems(TEXT, today=date(2026, 5, 20))
    assert (problem.code, problem.severity, problem.pointer) == ("D2", Severity.WARNING, "/payments/0/date")
    assert "2026-05-21, and today is 2026-05-20" in problem.message


def test_without_a_today_no_date_is_to_come(codes: Codes) -> None:
    assert codes(TEXT.replace("2026-05-21", "2999-01-01")) == []


@pytest.mark.parametrize(("due", "expected"), [("2026-05-19", []), ("2026-05-18", [("D2", "/invoices/0/due_date")])])
def test_nothing_is_due_before_it_is_issued(codes: Codes, due: str, expected: list[tuple[str, str]]) -> None:
    assert codes(TEXT.replace("date: 2026-05-19", f"date: 2026-05-19, due_date: {due}")) == expected


def test_a_due_date_far_ahead_is_no_date_to_come(codes: Codes) -> None:
    assert (
        codes(TEXT.replace("date: 2026-05-19", "date: 2026-05-19, due_date: 2027-05-19"), today=date(2026, 6, 1)) == []
    )


def test_a_payment_on_the_day_of_its_invoices_is_fine(codes: Codes) -> None:
    assert codes(TEXT.replace("2026-05-21", "2026-05-20")) == []


def test_a_payment_before_its_invoice_is_told_at_its_date(problems: Problems) -> None:
    (problem,) = problems(TEXT.replace("2026-05-21", "2026-05-19"))
    assert (problem.code, problem.severity, problem.pointer) == ("D2", Severity.WARNING, "/payments/0/date")
    assert "before the invoice J that it settles, which is dated 2026-05-20" in problem.message
    assert [place.file for place in problem.related] == ["invoices/1/date"]


def test_a_payment_before_several_is_one_fault(problems: Problems) -> None:
    (problem,) = problems(TEXT.replace("2026-05-21", "2026-01-01"))
    assert ", and before 1 more" in problem.message


def test_an_advance_that_says_so_may_be_paid_before_its_invoice(codes: Codes) -> None:
    early = TEXT.replace("2026-05-21", "2026-05-01")
    assert codes(early.replace("key: P,", "key: P, payment_type: ADVANCE,")) == []
    assert codes(early.replace("key: P,", "key: P, payment_type: REGULAR,")) == [("D2", "/payments/0/date")]


def test_an_advance_that_settles_nothing_yet_is_fine(codes: Codes) -> None:
    advance = 'payments: [{key: P, flow: INCOMING, contact: acme, date: 2020-01-01, amount: "5"}]'
    assert codes(TEXT.partition("payments:")[0] + advance) == []


def test_a_date_that_cannot_be_read_is_not_compared(codes: Codes) -> None:
    assert codes(TEXT.replace("2026-05-21", "2026-02-30"), today=date(2020, 1, 1)) == [
        ("D2", "/invoices/0/date"),
        ("D2", "/invoices/1/date"),
    ]
