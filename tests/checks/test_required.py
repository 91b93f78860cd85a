from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem

Codes = Callable[..., list[tuple[str, str]]]
Problems = Callable[..., list[Problem]]

WHOLE = """
contacts: [{key: acme, contact_name: Acme}]
items: [{key: widget, name: Widget, rate: "10", tax: GST 18%}]
invoices:
  - {key: I-1, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: "true",
     line_items: [{item: widget, quantity: "1"}]}
payments:
  - {key: P-1, flow: INCOMING, contact: acme, date: 2026-05-19, amount: "5", allocations: [{invoice: I-1, amount: "5"}]}
credit_notes:
  - {key: C-1, customer: acme, date: 2026-05-25, line_items: [{name: Back, quantity: "1", rate: "2"}],
     applications: [{invoice: I-1, amount: "2"}]}
"""


def test_a_whole_manifest_has_no_problem(codes: Codes) -> None:
    assert codes(WHOLE) == []


def test_everything_a_document_lacks_is_told_at_the_document(problems: Problems) -> None:
    found = problems("invoices: [{key: I-1}]")
    assert {(one.code, one.pointer) for one in found} == {("missing-field", "/invoices/0")}
    told = " ".join(one.message for one in found)
    assert all(name in told for name in ("`customer`", "`customer_id`", "`date`", "`place_of_supply`", "`line_items`"))
    assert all(one.place is not None and one.place.file == "invoices/0" for one in found)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("contacts: [{key: a}]", "`contact_name`"),
        ("items: [{key: a}]", "`name`"),
        ("payments: [{key: P, flow: INCOMING, contact_id: c, date: 2026-05-19}]", "`amount`"),
        ("credit_notes: [{key: C, customer_id: c, date: 2026-05-19}]", "`line_items`"),
    ],
)
def test_each_kind_asks_for_its_own(problems: Problems, text: str, lacking: str) -> None:
    (problem,) = problems(text)
    assert problem.code == "missing-field"
    assert lacking in problem.message


def test_a_line_that_lacks_something_is_pointed_at(problems: Problems) -> None:
    text = WHOLE.replace('[{item: widget, quantity: "1"}]', '[{item: widget, quantity: "1"}, {name: Free}]')
    found = problems(text)
    assert [(one.code, one.pointer) for one in found] == [("missing-field", "/invoices/0/line_items/1")] * 2
    assert "line 2 of the invoice I-1 has no `quantity`" in [one.message for one in found]
    assert any("`rate`" in one.message for one in found)


@pytest.mark.parametrize("line", ['{item_id: it_1, quantity: "1"}', '{item: widget, quantity: "1"}'])
def test_a_line_with_an_item_needs_no_rate(codes: Codes, line: str) -> None:
    assert codes(WHOLE.replace('{item: widget, quantity: "1"}', line)) == []


def test_a_line_needs_an_item_or_a_name(problems: Problems) -> None:
    (problem,) = problems(WHOLE.replace('{item: widget, quantity: "1"}', '{rate: "1", quantity: "9"}'))
    assert "none of `item`, `item_id` and `name`" in problem.message


def test_two_that_exclude_each_other_are_told_with_both_places(problems: Problems) -> None:
    (problem,) = problems(WHOLE.replace("contact: acme,", "contact: acme, contact_id: ct_1,"))
    assert (problem.code, problem.pointer) == ("one-of-two", "/payments/0/contact_id")
    assert problem.place is not None
    assert problem.place.file == "payments/0/contact_id@name"
    assert [place.file for place in problem.related] == ["payments/0/contact@name"]


def test_two_targets_of_one_allocation_exclude_each_other(codes: Codes) -> None:
    text = WHOLE.replace('{invoice: I-1, amount: "5"}', '{invoice: I-1, bill_id: b_1, amount: "5"}')
    assert codes(text) == [("one-of-two", "/payments/0/allocations/0/bill_id")]


def test_neither_branch_is_fine_and_both_are_not(codes: Codes) -> None:
    text = WHOLE.replace("place_of_supply: IN-KA", "place_of_supply: IN-KA, branch: HQ, branch_id: br_1")
    assert codes(text) == [("one-of-two", "/invoices/0/branch_id")]


@pytest.mark.parametrize("lines", ['"none"', "[]", '["text", {name: A, quantity: "1", rate: "1"}]', "{item: widget}"])
def test_lines_of_another_form_are_left_to_the_schema(codes: Codes, lines: str) -> None:
    text = WHOLE.replace('[{item: widget, quantity: "1"}]', lines)
    assert all(code == "missing-field" for code, _ in codes(text) if code != "allocations-exceed-invoice")
