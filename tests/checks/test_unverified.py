from __future__ import annotations

from collections.abc import Callable

from importer.model import Problem

Problems = Callable[..., list[Problem]]

TEXT = """
invoices:
  - {key: I, customer_id: c, date: 2026-05-19, place_of_supply: IN-KA, discount: "5", tags: [cc_1, cc_2],
     line_items: [{name: A, quantity: "1", rate: "9"}, {name: B, quantity: "1", rate: "9", discount: "1"}]}
"""


def pointers(problems: Problems, *allowed: str) -> set[str]:
    found = problems(TEXT, allow_unverified=frozenset(allowed))
    assert all(one.code == "unverified-field" for one in found)
    return {one.pointer for one in found}


def test_a_field_that_nobody_has_described_is_refused_where_it_stands(problems: Problems) -> None:
    assert pointers(problems) == {
        "/invoices/0/discount",
        "/invoices/0/tags",
        "/invoices/0/line_items/1/discount",
    }


def test_what_to_do_instead_is_said(problems: Problems) -> None:
    told = {one.pointer: one for one in problems(TEXT)}
    line = told["/invoices/0/line_items/1/discount"]
    assert line.help.startswith("fold the discount into the rate")
    assert "invoices.line_items.discount" in line.help
    assert line.place is not None
    assert line.place.file == "invoices/0/line_items/1/discount@name"


def test_a_field_that_is_vouched_for_is_let_through(problems: Problems) -> None:
    assert pointers(problems, "invoices.discount") == {"/invoices/0/tags", "/invoices/0/line_items/1/discount"}
    assert pointers(problems, "invoices.line_items.discount", "invoices.tags") == {"/invoices/0/discount"}


def test_a_list_that_is_vouched_for_is_vouched_for_whole(problems: Problems) -> None:
    assert "/invoices/0/line_items/1/discount" not in pointers(problems, "invoices.line_items")


def test_another_kind_is_not_vouched_for(problems: Problems) -> None:
    assert "/invoices/0/discount" in pointers(problems, "credit_notes.discount", "discount")
