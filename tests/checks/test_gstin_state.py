"""G5: the state of a GSTIN, against where the contact is said to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks.gstin_forms import check_character
from importer.checks.states import STATES
from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]


def gstin(state: str) -> str:
    start = f"{state}AAPFU0939F1Z"
    return start + check_character(start)


def contact(number: str, place: str = "", billing: str = "", shipping: str = "") -> str:
    fields = {"key": "acme", "contact_name": "A", "gst_no": number}
    given = {"place_of_contact": place} if place else {}
    addresses = {"billing_address": billing, "shipping_address": shipping}
    nested = {name: {"state_code": code} for name, code in addresses.items() if code}
    return f"contacts: [{ {**fields, **given, **nested} }]"


def found(problems: Problems, text: str) -> list[str]:
    return [one.code for one in problems(text)]


@pytest.mark.parametrize("state", [one for one in STATES if one.codes], ids=lambda one: one.number)
def test_the_codes_of_its_own_state_pass_in_every_spelling(problems: Problems, state: object) -> None:
    for code in state.codes:  # type: ignore[attr-defined]
        assert problems(contact(gstin(state.number), code, code)) == []  # type: ignore[attr-defined]


def test_another_place_of_contact_is_a_warning(problems: Problems) -> None:
    (problem,) = problems(contact(gstin("29"), place="IN-MH"))
    assert (problem.code, problem.severity, problem.pointer) == (
        "G5",
        Severity.WARNING,
        "/contacts/0/place_of_contact",
    )
    assert "is of Karnataka (29), but `place_of_contact` is IN-MH (Maharashtra)" in problem.message
    assert "write IN-KA, or give the GSTIN of the registration in Maharashtra" in problem.help
    assert [place.file for place in problem.related] == ["contacts/0/gst_no"]


def test_another_billing_address_is_a_warning_at_its_state(problems: Problems) -> None:
    (problem,) = problems(contact(gstin("21"), place="IN-OR", billing="IN-WB"))
    assert (problem.code, problem.pointer) == ("G5", "/contacts/0/billing_address/state_code")
    assert "write IN-OD or IN-OR" in problem.help


def test_two_other_places_are_told_in_one_problem(problems: Problems) -> None:
    (problem,) = problems(contact(gstin("29"), place="IN-MH", billing="IN-GA"))
    assert (
        "`place_of_contact` is IN-MH (Maharashtra) and `billing_address.state_code` is IN-GA (Goa)" in problem.message
    )


def test_goods_may_be_shipped_anywhere(problems: Problems) -> None:
    assert problems(contact(gstin("29"), "IN-KA", "IN-KA", shipping="IN-AS")) == []


@pytest.mark.parametrize(("number", "code"), [("01", "IN-LA"), ("25", "IN-DH"), ("28", "IN-AP"), ("28", "IN-TS")])
def test_a_number_from_before_a_state_was_divided_or_merged_fits_its_successors(
    problems: Problems, number: str, code: str
) -> None:
    assert "G5" not in found(problems, contact(gstin(number), code))


def test_a_number_from_after_that_does_not(problems: Problems) -> None:
    assert found(problems, contact(gstin("38"), "IN-JK")) == ["G5"]
    assert found(problems, contact(gstin("37"), "IN-TS")) == ["G5"]


@pytest.mark.parametrize("number", [gstin("97"), "9917USA00012OSN", "0717USA00012UNU", "0717USA00012NRF"])
def test_a_number_of_no_state_is_at_home_everywhere(problems: Problems, number: str) -> None:
    assert "G5" not in found(problems, contact(number, "IN-KA"))


@pytest.mark.parametrize(
    ("number", "code"), [("27AAPFU0939F1ZO", "G2"), ("29AAPFU0939F1ZV", "G2"), ("29AAP", "G1"), (gstin("39"), "G3")]
)
def test_a_mistyped_number_is_told_once(problems: Problems, number: str, code: str) -> None:
    assert found(problems, contact(number, "IN-GJ")) == [code]


@pytest.mark.parametrize("place", ["KA", "IN-ZZ", "Karnataka"])
def test_a_place_that_is_no_code_is_told_by_its_own_rule_alone(problems: Problems, place: str) -> None:
    assert found(problems, contact(gstin("27"), place)) == ["S1"]


def test_a_number_written_with_blanks_and_small_letters_is_the_same(problems: Problems) -> None:
    assert problems(contact("29 aapfu0939f1z" + gstin("29")[-1].lower(), "IN-KA")) == []
    assert found(problems, contact("29 aapfu0939f1z" + gstin("29")[-1].lower(), "IN-KL")) == ["G5"]
