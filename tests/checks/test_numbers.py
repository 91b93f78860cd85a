"""Numbers of documents: N1 to N4."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.checks.rules import Levels
from importer.model import Problem, Ref, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]


def invoices(*numbered: tuple[str, str], more: str = "") -> str:
    """Invoices of different amounts with these numbers and dates."""
    rows = "\n".join(
        f"  - {{key: I{at}, customer: acme, date: {day}, place_of_supply: IN-KA, invoice_number: '{number}'{more},"
        f' line_items: [{{name: A, quantity: "1", rate: "{at + 1}"}}]}}'
        for at, (number, day) in enumerate(numbered)
    )
    return f"contacts: [{{key: acme, contact_name: Acme}}]\ninvoices:\n{rows}"


@pytest.mark.parametrize("number", ["A", "INV/2025-26/0001", "1", "inv-1", " INV-1 ", "9999999999999999"])
def test_sixteen_letters_digits_hyphens_and_slashes_are_a_number(codes: Codes, number: str) -> None:
    assert codes(invoices((number, "2026-05-19"))) == []


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("INV/2025-26/00001", "has 17 characters (GST allows 16)"),
        ("INV 1", "holds a blank, which"),
        ("INV_1", 'holds "_", which'),
        ("INV–1", 'holds "–", which'),  # noqa: RUF001  # the dash that a word processor makes of a hyphen
        ("चालान-1", 'holds "च", '),
        ("PPS/111/26-27 Dated: 05.06.2026", 'has 31 characters (GST allows 16) and holds a blank, ":", ".", which'),
    ],
)
def test_another_number_is_warned_of_where_it_stands(problems: Problems, number: str, what: str) -> None:
    (problem,) = problems(invoices((number, "2026-05-19")))
    assert (problem.code, problem.severity) == ("N1", Severity.WARNING)
    assert problem.pointer == "/invoices/0/invoice_number"
    assert what in problem.message


@pytest.mark.parametrize("number", ["2-Jan", "02-Jan", "Jan-25", "04-May", "31-Dec-25", "1-Apr-2025"])
def test_what_a_spreadsheet_shows_of_a_date_is_warned_of(problems: Problems, number: str) -> None:
    (problem,) = problems(invoices((number, "2026-05-19")))
    assert (problem.code, problem.severity) == ("N1", Severity.WARNING)
    assert problem.pointer == "/invoices/0/invoice_number"
    assert "looks like a date" in problem.message


@pytest.mark.parametrize(
    "number",
    ["INV/25-26/1", "25-26/1", "2025-01", "25-26", "1/2", "45658", "1E5", "JAN-25", "Jan-25/1", "May-1", "MAY25"],
)
def test_numbers_that_people_issue_are_no_dates(codes: Codes, number: str) -> None:
    assert codes(invoices((number, "2026-05-19"))) == []


def test_a_number_with_an_exponent_is_told_once(codes: Codes) -> None:
    assert codes(invoices(("1E+05", "2026-05-19"))) == [("excel-exponent", "/invoices/0/invoice_number")]
    assert codes(invoices(("INV\u00a01", "2026-05-19"))) == [("odd-blank", "/invoices/0/invoice_number")]


def test_the_key_is_no_number(codes: Codes) -> None:
    text = invoices(("A", "2026-05-19")).replace("key: I0", "key: 'an order_with # quite a long key'")
    assert codes(text) == []
    assert codes(text.replace("invoice_number: 'A', ", "")) == []


def test_a_number_from_before_the_gst_has_any_form(codes: Codes) -> None:
    assert codes(invoices(("0 / old #17 of the year", "2017-06-30"))) == []
    assert codes(invoices(("0 / old #17 of the year", "2017-07-01"))) == [("N1", "/invoices/0/invoice_number")]


@pytest.mark.parametrize("number", ["0001", "/1", "-1"])
def test_a_first_character_that_the_portal_refuses_is_noted(problems: Problems, number: str) -> None:
    (problem,) = problems(invoices((number, "2026-05-19")))
    assert (problem.code, problem.severity) == ("N2", Severity.INFO)
    assert problem.pointer == "/invoices/0/invoice_number"


def test_upper_and_lower_case_are_one_number_within_a_financial_year(problems: Problems) -> None:
    (problem,) = problems(invoices(("INV-1", "2025-04-01"), ("inv-1", "2026-03-31")))
    assert (problem.code, problem.severity) == ("N3", Severity.ERROR)
    assert problem.pointer == "/invoices/1/invoice_number"
    assert "2025-26" in problem.message
    assert [place.file for place in problem.related] == ["invoices/0/invoice_number"]


def test_across_the_first_of_april_they_are_only_warned_of(problems: Problems) -> None:
    (problem,) = problems(invoices(("INV-1", "2026-03-31"), ("inv-1", "2026-04-01")))
    assert (problem.code, problem.severity) == ("N4", Severity.WARNING)
    assert problem.pointer == "/invoices/1/invoice_number"
    assert "2026-27 and 2025-26" in problem.message


def remembered(number: str, day: str, **more: str) -> dict[Ref, dict[str, object]]:
    return {Ref("invoices", "OLD"): {"key": "OLD", "customer": "a", "date": day, "invoice_number": number, **more}}


def test_a_number_of_the_state_was_used_before(problems: Problems) -> None:
    (problem,) = problems(invoices(("inv-1", "2026-03-31")), said=remembered("INV-1", "2025-04-01"))
    assert (problem.code, problem.severity) == ("N3", Severity.ERROR)
    assert "the invoice OLD (in the state) has " in problem.message
    assert problem.pointer == "/invoices/0/invoice_number"
    assert problem.related == ()
    (problem,) = problems(invoices(("inv-1", "2026-04-01")), said=remembered("INV-1", "2025-04-01"))
    assert (problem.code, problem.severity) == ("N4", Severity.WARNING)


def test_of_the_state_too_branches_count_for_themselves_and_equal_numbers_are_left_to_the_plan(codes: Codes) -> None:
    other_branch = remembered("INV-1", "2025-04-01", branch="Pune")
    assert codes(invoices(("inv-1", "2026-03-31")), said=other_branch) == []
    assert codes(invoices(("INV-1", "2026-03-31")), said=remembered("INV-1", "2025-04-01")) == []


def test_a_document_is_not_held_against_its_own_memory(codes: Codes) -> None:
    before = {Ref("invoices", "I0"): remembered("INV-1", "2025-04-01")[Ref("invoices", "OLD")]}
    assert codes(invoices(("inv-1", "2026-03-31")), said=before) == []


def test_equal_numbers_are_told_once_and_cannot_be_switched_off(problems: Problems) -> None:
    off: Levels = {"N3": None, "N4": None}
    for day in ("2026-05-19", "2024-05-19"):
        text = invoices(("INV-1", "2026-05-19"), ("INV-1", day))
        assert [one.code for one in problems(text)] == ["repeated-natural-key"]
        assert [one.code for one in problems(text, rules=off)] == ["repeated-natural-key"]


def test_of_three_the_year_of_its_own_is_looked_at_before_others(codes: Codes) -> None:
    text = invoices(("INV-1", "2024-05-19"), ("inv-1", "2025-05-19"), ("Inv-1", "2025-06-19"))
    assert codes(text) == [("N3", "/invoices/2/invoice_number"), ("N4", "/invoices/1/invoice_number")]


@pytest.mark.parametrize("other", ["INV/001", "INV-0001", "INV001", "NV-001"])
def test_numbers_that_differ_in_more_are_two(codes: Codes, other: str) -> None:
    assert codes(invoices(("INV-001", "2026-05-19"), (other, "2026-05-19"))) == []


def test_branches_count_for_themselves(codes: Codes) -> None:
    text = invoices(("INV-1", "2026-05-19"), ("inv-1", "2026-05-19"))
    assert codes(text.replace("invoice_number: 'inv", "branch: Pune, invoice_number: 'inv")) == []


def test_what_is_a_duplicate_document_is_not_told_again(codes: Codes) -> None:
    same = invoices(("INV-1", "2026-05-19"), ("inv-1", "2026-05-19"), more=", reference_number: R").replace(
        'rate: "2"', 'rate: "1"'
    )
    assert codes(same) == [("duplicate-document", "/invoices/1")]


def test_without_a_date_that_can_be_read_nothing_is_said(codes: Codes) -> None:
    assert codes(invoices(("INV 1", "soon"), ("inv 1", "soon"))) == []


years = st.sampled_from(["2025-03-31", "2025-04-01", "2026-03-31"])  # 2024-25, 2025-26, 2025-26


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["a", "A", "b"]), years), max_size=6))
def test_every_number_that_was_used_before_is_told_exactly_once(
    problems: Problems, numbered: list[tuple[str, str]]
) -> None:
    found = [one.pointer for one in problems(invoices(*numbered))]
    before = [{number.upper() for number, _ in numbered[:at]} for at in range(len(numbered))]
    again = [f"/invoices/{at}" for at, (number, _) in enumerate(numbered) if number.upper() in before[at]]
    assert sorted(one.rpartition("/invoice_number")[0] for one in found) == again
