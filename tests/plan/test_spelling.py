from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.plan.spelling import one_slip, spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Corp", "ACME CORP"),
        ("Acme Pvt Ltd", "Acme Private Limited"),
        ("Acme Pvt. Ltd.", "Acme (P) Ltd"),
        ("Acme", "Acme Pvt Ltd"),
        ("Sharma & Sons", "Sharma and Sons"),
        ("Sharma  Stores", "Sharma Stores"),
        ("M/s. Sharma Stores", "Sharma Stores"),
        ("Sri Ram Stores", "Sriram Stores"),
        ("A.B.C. Traders", "ABC Traders"),
        ("Café Paris", "Cafe Paris"),
        ("O'Neill", "ONeill"),
        ("A4 Paper", "A 4 paper"),
        ("Sharma Bros", "Sharma Brothers"),
        ("गुप्ता ट्रेडर्स", "गुप्ता  ट्रेडर्स"),
    ],
)
def test_two_ways_of_writing_are_one_spelling(one: str, other: str) -> None:
    first, second = spelling(one), spelling(other)
    assert first.dense == second.dense
    assert first.likes(second) and second.likes(first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Branch 1", "Branch 2"),
        ("Branch 1", "Branch"),
        ("Customer 0001", "Customer 0002"),
        ("Rice 1.5 kg", "Rice 15 kg"),
        ("Tile 10 x 20", "Tile 20 x 10"),
        ("Acme LLP", "Acme Pvt Ltd"),
        ("Acme Company", "Acme Corporation"),
        ("Grade A+", "Grade A"),
        ("गुप्ता", "गुप्त"),
    ],
)
def test_numbers_legal_forms_and_other_words_tell_names_apart(one: str, other: str) -> None:
    first, second = spelling(one), spelling(other)
    assert first.dense != second.dense or not first.likes(second)


def test_words_in_another_order_are_seen_and_numbers_in_another_are_not() -> None:
    assert spelling("Gupta Ramesh").in_any_order == spelling("Ramesh Gupta").in_any_order
    assert spelling("Tile 10 20").in_any_order != spelling("Tile 20 10").in_any_order


def test_a_name_of_nothing_but_a_legal_form_or_marks_is_no_error() -> None:
    assert spelling("Limited").words == ("limited",)
    assert spelling("The").words == ("the",)
    assert spelling("---").dense == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("traders", "trader"),
        ("bags", "bag" + "s" * 2),
        ("agarwal", "aggarwal"),
        ("kishore", "kishor"),
        ("tradres", "traders"),
        ("widget", "wigdet"),
        ("widget", "widgit"),
        ("enterprises", "enterprizes"),
    ],
)
def test_a_slip_of_the_pen_is_one(one: str, other: str) -> None:
    assert one_slip(one, other) and one_slip(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("traders", "traders"),
        ("ramesh", "rakesh"),  # two names
        ("rohan", "roshan"),
        ("kiran", "karan"),
        ("censure", "ensure"),
        ("traders", "readers"),
        ("male", "female"),
        ("inner", "outer"),
        ("as", "a"),
    ],
)
def test_another_word_is_no_slip(one: str, other: str) -> None:
    assert not one_slip(one, other) and not one_slip(other, one)


LETTERS = st.text("abcdefghij", min_size=1, max_size=10)


@given(LETTERS, LETTERS)
def test_a_slip_is_one_from_either_side(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)


@given(st.text(max_size=30))
def test_any_text_has_a_spelling_and_capitals_do_not_change_it(name: str) -> None:
    found = spelling(name)
    assert found.dense == "".join(found.dense.split())
    if name.isascii():
        assert spelling(name.upper()) == found
