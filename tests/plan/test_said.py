from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.kinds import KINDS
from importer.manifest.typed import typed
from importer.model import Change
from importer.plan.said import canonical, canonical_document, changes, digest, plain, said
from plan.books import ACME, CREDITED, ORDER, PAID, SALE, WIDGET, document, documents

AMOUNTS = st.decimals(min_value=-(10**13), max_value=10**13, places=6, allow_nan=False, allow_infinity=False)
LEAVES = st.one_of(st.booleans(), AMOUNTS, st.dates(), st.text(max_size=5))
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
OBJECTS = st.dictionaries(st.text(max_size=3), VALUES, max_size=4)


def payment(amount: str = "60", more: str = "") -> str:
    return f"payments: [{{key: P, flow: INCOMING, contact: acme, date: 2026-05-20, amount: {amount}{more}}}]"


@pytest.mark.parametrize("amount", ["12000", "12000.0", "12000.00", '"12000.00"'])
def test_an_amount_is_the_same_however_many_zeros_are_written(amount: str) -> None:
    assert said(document(payment(amount)))["amount"] == "12000"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("100", "100"),
        ("1E+3", "1000"),
        ("0.10", "0.1"),
        ("-0.00", "0"),
        ("0", "0"),
        ("-0.40", "-0.4"),
        ("5E-3", "0.005"),
    ],
)
def test_numbers_are_plain_digits_without_exponent_or_trailing_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_the_key_is_not_said_and_a_reference_stays_a_key() -> None:
    spoken = said(document(ORDER))
    assert "key" not in spoken
    assert spoken["customer"] == "acme"
    assert spoken["date"] == "2026-05-19"
    assert spoken["auto_approve"] is True
    assert spoken["line_items"] == [{"name": "Work", "quantity": "1", "rate": "100"}]


@pytest.mark.parametrize("text", [ACME, WIDGET, ORDER, PAID, CREDITED, SALE])
def test_the_quick_form_is_that_of_what_the_schema_has_typed(text: str) -> None:
    for one in documents(text):
        assert said(one) == canonical_document(one.kind, one.key, typed(one.kind, one.fields))


@given(amount=st.decimals(0, 10**9, places=2), day=st.dates(), posts=st.booleans(), quantity=st.integers(1, 10**6))
def test_the_quick_form_of_any_value_is_that_of_the_typed_one(
    amount: Decimal, day: Any, posts: bool, quantity: int
) -> None:
    written = {"auto_approve: true": f"auto_approve: {str(posts).lower()}", "2026-05-19": day.isoformat()}
    text = ORDER.replace("quantity: 1", f"quantity: {quantity}").replace("rate: 100", f"rate: {amount:f}")
    for old, new in written.items():
        assert old in text
        text = text.replace(old, new)
    one = document(text)
    assert said(one) == canonical_document(one.kind, one.key, typed(one.kind, one.fields))


def test_writing_out_what_the_importer_adds_by_itself_is_no_edit() -> None:
    before, after = document(payment()), document(payment(more=", mode: BANK_TRANSFER, reference_number: P"))
    assert said(before) == said(after)
    assert digest(said(before)) == digest(said(after))


def test_another_reference_than_the_key_is_an_edit() -> None:
    before, after = document(payment()), document(payment(more=", reference_number: Q"))
    assert changes(said(before), said(after)) == (Change("reference_number", "P", "Q"),)


def test_a_kind_without_a_reference_gets_none() -> None:
    assert said(document("contacts: [{key: acme, contact_name: Acme}]")) == {
        "contact_name": "Acme",
        "contact_type": "CUSTOMER",
    }


def test_applications_are_calls_of_their_own_and_not_said_with_the_note() -> None:
    assert "applications" not in said(document(CREDITED))
    assert said(document(payment(more=", allocations: [{invoice: I, amount: 1}]")))["allocations"] == [
        {"invoice": "I", "amount": "1"}
    ]


def test_a_field_no_longer_given_is_no_change() -> None:
    assert changes({"a": "1", "b": {"c": "2", "d": "3"}}, {"b": {"d": "3"}}) == ()


def test_a_new_field_and_an_edited_one_are_told_by_their_paths() -> None:
    before = {"a": "1", "address": {"city": "Pune"}, "lines": [{"rate": "1"}, {"rate": "2"}]}
    after = {"a": "1", "new": "x", "address": {"city": "Goa"}, "lines": [{"rate": "1"}, {"rate": "3"}]}
    assert changes(before, after) == (
        Change("new", None, "x"),
        Change("address.city", "Pune", "Goa"),
        Change("lines[1].rate", "2", "3"),
    )


def test_a_line_more_and_a_line_less_are_changes() -> None:
    one, two = {"lines": [{"rate": "1"}]}, {"lines": [{"rate": "1"}, {"rate": "2"}]}
    assert changes(one, two) == (Change("lines[1]", None, {"rate": "2"}),)
    assert changes(two, one) == (Change("lines[1]", {"rate": "2"}, None),)


def test_a_list_or_an_object_given_for_the_first_time_is_one_change() -> None:
    assert changes({}, {"lines": [{"rate": "1"}]}) == (Change("lines", None, [{"rate": "1"}]),)
    assert changes({}, {"address": {"city": "Goa"}}) == (Change("address", None, {"city": "Goa"}),)


def test_true_is_not_the_number_one() -> None:
    assert canonical(True) is True
    assert canonical(1) == "1"


@given(OBJECTS)
def test_nothing_differs_from_itself(value: dict[str, Any]) -> None:
    spoken = canonical(value)
    assert changes(spoken, spoken) == ()


@given(OBJECTS, st.randoms(use_true_random=False))
def test_a_digest_does_not_depend_on_the_order_of_fields(value: dict[str, Any], dice: random.Random) -> None:
    shuffled = list(value.items())
    dice.shuffle(shuffled)
    assert digest(canonical(value)) == digest(canonical(dict(shuffled)))


@given(AMOUNTS, st.integers(min_value=0, max_value=4))
def test_a_digest_does_not_depend_on_how_an_amount_is_written(amount: Decimal, zeros: int) -> None:
    longer = Decimal(f"{amount:f}" + "0" * zeros)
    assert digest({"a": canonical(amount)}) == digest({"a": canonical(longer)})


@given(AMOUNTS, AMOUNTS)
def test_two_amounts_have_one_digest_only_if_they_are_equal(one: Decimal, other: Decimal) -> None:
    assert (digest({"a": canonical(one)}) == digest({"a": canonical(other)})) is (one == other)


@given(OBJECTS)
def test_a_canonical_form_survives_being_stored_as_json(value: dict[str, Any]) -> None:
    spoken = canonical(value)
    assert json.loads(json.dumps(spoken)) == spoken


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.defaults], ids=lambda kind: kind.name)
def test_the_defaults_of_a_kind_are_said(kind: Any) -> None:
    texts = {"contacts": "contacts: [{key: k}]", "payments": "payments: [{key: k}]"}
    assert dict(kind.defaults).items() <= said(document(texts[kind.name])).items()
