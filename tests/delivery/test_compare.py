from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.compare import (
    Expected,
    as_held,
    carries,
    differences,
    draft_difference,
    held,
    money_difference,
    sent_fields,
)
from importer.kinds import CONTACTS, INVOICES, KINDS
from importer.model import Change

D = Decimal
WANTED = {
    "customer_id": "ct_1",
    "date": "2026-05-19T00:00:00",
    "auto_approve": True,
    "reference_number": "ORDER-1",
    "line_items": [{"item_id": "it_1", "quantity": D(2), "rate": D("100.00")}],
}
ROW = {
    "invoice_id": "inv_1",
    "customer_id": "ct_1",
    "date": "2026-05-19",
    "reference_number": "ORDER-1",
    "status": "SENT",
    "total": D("236.00"),
    "round_off": D(0),
    "line_items": [
        {"line_item_id": "l1", "item_id": "it_1", "name": "W", "quantity": 2, "rate": 100, "item_total": 200}
    ],
}
EXPECTED = Expected(D("236.00"), D("236.00"), 1, None)


def changed(row: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**row, **values}


def test_books_that_hold_what_was_sent_differ_in_nothing() -> None:
    assert differences("invoices", WANTED, ROW, EXPECTED) == ()


def test_both_spellings_of_an_item_are_understood() -> None:
    wanted = {"name": "W", "type": "SERVICE", "hsn_sac": "997331", "purchase_rate": D(9)}
    reference = {"item_name": "W", "item_type": "SERVICE", "hsn_or_sac": "997331", "purchase_rate": 9}
    tutorial = {"name": "W", "type": "SERVICE", "hsn_sac": "997331", "purchase_price": 9}
    assert held("items", wanted, reference) == held("items", wanted, tutorial) == ()
    assert held("items", wanted, changed(reference, item_name="V")) == (Change("name", "V", "W"),)


def test_a_code_with_its_leading_zero_lost_is_a_difference() -> None:
    assert held("items", {"hsn_sac": "0402"}, {"hsn_or_sac": "402"}) == (Change("hsn_sac", "402", "0402"),)


def test_what_an_answer_does_not_carry_is_no_difference() -> None:
    assert held("invoices", WANTED, {"invoice_id": "inv_1"}) == ()


def test_what_is_not_asked_for_is_no_difference() -> None:
    assert held("contacts", {"contact_name": "A"}, {"contact_name": "A", "email": "a@b.example"}) == ()


@pytest.mark.parametrize(
    ("values", "change"),
    [
        ({"customer_id": "ct_2"}, Change("customer_id", "ct_2", "ct_1")),
        ({"date": "2026-05-20T00:00:00"}, Change("date", "2026-05-20", "2026-05-19")),
        ({"reference_number": None}, Change("reference_number", None, "ORDER-1")),
        ({"line_items": []}, Change("line_items", "0 entries", "1 entries")),
        ({"line_items": None}, Change("line_items", "0 entries", "1 entries")),
    ],
)
def test_a_field_that_is_held_otherwise_is_told(values: dict[str, Any], change: Change) -> None:
    assert held("invoices", WANTED, changed(ROW, **values)) == (change,)


def test_a_field_of_a_line_is_told_by_its_path() -> None:
    line = {"item_id": "it_1", "quantity": D(3), "rate": D(100)}
    assert held("invoices", WANTED, changed(ROW, line_items=[line])) == (Change("line_items[0].quantity", "3", "2"),)


def test_lines_are_compared_in_their_order() -> None:
    a, b = {"name": "A", "rate": D(1)}, {"name": "B", "rate": D(1)}
    paths = [one.path for one in held("invoices", {"line_items": [a, b]}, {"line_items": [b, a]})]
    assert paths == ["line_items[0].name", "line_items[1].name"]


def test_the_fields_of_an_address_are_compared_one_by_one() -> None:
    wanted = {"billing_address": {"city": "Pune", "zip": "012345"}}
    assert held("contacts", wanted, {"billing_address": {"city": "Pune", "zip": "012345", "country": "India"}}) == ()
    assert held("contacts", wanted, {"billing_address": {"city": "Pune", "zip": "12345"}}) == (
        Change("billing_address.zip", "12345", "012345"),
    )


def test_an_address_that_the_books_hold_as_null_lacks_every_field() -> None:
    wanted = {"billing_address": {"city": "Pune", "zip": ""}}
    assert held("contacts", wanted, {"billing_address": None}) == (Change("billing_address.city", None, "Pune"),)
    assert held("contacts", wanted, {}) == ()


def test_elements_that_are_plain_text_are_compared_too() -> None:
    assert held("invoices", {"tags": ["a", "b"]}, {"tags": ["a", "b"]}) == ()
    assert held("invoices", {"tags": ["a", "b"]}, {"tags": ["a", "c"]}) == (Change("tags[1]", "c", "b"),)


def test_an_allocation_is_compared_by_invoice_and_amount() -> None:
    wanted = {"allocations": [{"invoice_id": "inv_1", "amount": D("60.00")}]}
    row = {"allocation_id": "al_1", "invoice_id": "inv_1", "bill_id": None, "amount": 60}
    assert held("payments", wanted, {"allocations": [row]}) == ()
    assert held("payments", wanted, {"allocations": [changed(row, invoice_id="inv_2")]}) == (
        Change("allocations[0].invoice_id", "inv_2", "inv_1"),
    )


def total(total: str, round_off: str | None = "0") -> dict[str, Any]:
    row: dict[str, Any] = {"total": D(total)}
    return row if round_off is None else {**row, "round_off": D(round_off)}


def test_totals_agree_within_a_paisa_a_line() -> None:
    three = Expected(D("100.00"), D("100.00"), 3, None)
    assert money_difference(total("100.03"), three) is None
    assert money_difference(total("99.97"), three) is None
    assert money_difference(total("100.04"), three) == Change("total before round-off", "100.04", "100.00")


def test_the_orgs_own_rounding_is_taken_off_first() -> None:
    one = Expected(D("199.49"), D("199.49"), 1, None)
    assert money_difference(total("200.00", "0.51"), one) is None
    assert money_difference(total("199.00", "-0.49"), one) is None
    assert money_difference(total("200.00", "0"), one) is not None


def test_without_a_round_off_in_the_answer_a_whole_total_may_be_a_rupee_off() -> None:
    one = Expected(D("199.49"), D("199.49"), 1, None)
    assert money_difference(total("200.00", None), one) is None
    assert money_difference(total("201.00", None), one) is not None
    assert money_difference(total("199.99", None), one) is not None


def test_a_round_off_of_the_document_leaves_no_rupee_of_doubt() -> None:
    given = Expected(D("99.60"), D("99.60"), 1, D("0.40"))
    assert money_difference(total("100.00", None), given) is None
    assert money_difference(total("101.00", None), given) is not None


def test_a_total_between_two_bounds_is_no_difference() -> None:
    either = Expected(D(100), D(118), 1, None)
    assert money_difference(total("100"), either) is None
    assert money_difference(total("118"), either) is None
    assert money_difference(total("119"), either) == Change("total before round-off", "119", "100 to 118")


@pytest.mark.parametrize("row", [{}, {"total": None}, {"total": "soon"}])
def test_no_total_or_nothing_expected_cannot_be_compared(row: dict[str, Any]) -> None:
    assert money_difference(row, EXPECTED) is None
    assert money_difference({"total": D(1)}, None) is None


@pytest.mark.parametrize(
    ("wanted", "status", "change"),
    [
        (True, "SENT", None),
        (True, "PAID", None),
        (False, "DRAFT", None),
        (True, "DRAFT", Change("auto_approve", False, True)),
        (False, "OVERDUE", Change("auto_approve", True, False)),
    ],
)
def test_a_draft_that_should_be_posted_is_told_and_the_other_way_round(
    wanted: bool, status: str, change: Change | None
) -> None:
    assert draft_difference(INVOICES, {"auto_approve": wanted}, {"status": status}) == change


def test_posting_is_not_compared_where_it_is_not_said_or_not_answered_or_not_known_to_the_kind() -> None:
    assert draft_difference(INVOICES, {}, {"status": "DRAFT"}) is None
    assert draft_difference(INVOICES, {"auto_approve": True}, {}) is None
    assert draft_difference(CONTACTS, {"auto_approve": True}, {"status": "DRAFT"}) is None


def test_all_differences_come_together() -> None:
    row = changed(ROW, customer_id="ct_2", status="DRAFT", total=D(500))
    assert [one.path for one in differences("invoices", WANTED, row, EXPECTED)] == [
        "customer_id",
        "auto_approve",
        "total before round-off",
    ]


def test_a_row_of_a_list_without_lines_or_address_does_not_carry_the_whole() -> None:
    assert carries("invoices", WANTED, ROW)
    assert not carries("invoices", WANTED, {"invoice_id": "inv_1", "customer_id": "ct_1"})
    assert not carries("contacts", {"billing_address": {"city": "Pune"}}, {"contact_name": "A"})
    assert carries("contacts", {"contact_name": "A"}, {})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_is_found_by_the_name_under_which_it_is_sent(kind: str) -> None:
    table = sent_fields(kind)
    assert ("key",) not in table
    assert all(known.sent_as == path[-1] for path, known in table.items())


LEAF = st.text(max_size=4)
ADDRESS = st.dictionaries(st.sampled_from(["address", "city", "zip", "country"]), LEAF)
BODY = st.fixed_dictionaries(
    {"contact_name": LEAF},
    optional={
        "email": LEAF,
        "opening_balance": st.decimals(-100, 100, places=2),
        "billing_address": ADDRESS,
        "contact_persons": st.lists(
            st.fixed_dictionaries({"first_name": LEAF, "is_primary": st.booleans()}), max_size=3
        ),
    },
)


@given(BODY)
def test_books_that_echo_a_body_hold_it(body: dict[str, Any]) -> None:
    assert held("contacts", body, body) == ()


@given(BODY, BODY)
def test_only_what_is_wanted_is_compared(body: dict[str, Any], more: dict[str, Any]) -> None:
    assert held("contacts", body, {**more, **body}) == ()


def test_entries_come_in_the_form_of_the_create_body_and_only_objects_are_entries() -> None:
    row = {"contact_persons": [{"first_name": "Asha", "email": None, "person_id": "p1"}]}
    assert as_held("contacts", "contact_persons", row) == [{"first_name": "Asha"}]
    for answer in (None, "Asha", ["Asha"], [{"first_name": "Asha"}, None]):
        assert as_held("contacts", "contact_persons", {"contact_persons": answer}) == []
    assert as_held("contacts", "contact_persons", {}) == []
