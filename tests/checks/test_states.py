"""The table of the GST rules, section 3, and what people write instead of its codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks.states import CODES, STATES, resolve
from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]


def place(text: str) -> str:
    return f'contacts: [{{key: a, contact_name: A, place_of_contact: "{text}"}}]'


def test_there_are_36_states_and_territories_and_no_code_twice() -> None:
    assert len([state for state in STATES if state.codes]) == 36
    assert len(CODES) == 40  # four of them under two spellings
    assert len({state.number for state in STATES}) == len(STATES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_passes(problems: Problems, code: str) -> None:
    assert problems(place(code)) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("KA", "IN-KA"),
        ("INKA", "IN-KA"),
        ("in-ka", "IN-KA"),
        ("29", "IN-KA"),
        ("29-Karnataka", "IN-KA"),
        ("29 - Karnataka (KA)", "IN-KA"),
        ("29. karnataka", "IN-KA"),
        ("29-Karnatka", "IN-KA"),
        ("29/KA", "IN-KA"),
        ("Karnataka (29)", "IN-KA"),
        ("KA-29", "IN-KA"),
        ("IN-29", "IN-KA"),
        ("29.0", "IN-KA"),
        ("01-Jammu & Kashmir", "IN-JK"),
        ("25-Daman and Diu", "IN-DH"),
        ("28-Andhra Pradesh", "IN-AP"),
        ("Karnataka", "IN-KA"),
        ("karnātaka", "IN-KA"),
        ("Karnatka", "IN-KA"),
        ("7", "IN-DL"),
        ("07", "IN-DL"),
        ("AD", "IN-AP"),
        ("28", "IN-AP"),
        ("25", "IN-DH"),
        ("IN-DD", "IN-DH"),
        ("IN-DN", "IN-DH"),
        ("IN-DNH", "IN-DH"),
        ("DNHDD", "IN-DH"),
        ("LD", "IN-LD"),
        ("LA", "IN-LA"),
        ("Orissa", "IN-OD"),
        ("TG", "IN-TS"),
        ("Pondicherry", "IN-PY"),
        ("IN-UL", "IN-UK"),
    ],
)
def test_what_people_write_is_understood_and_the_right_code_named(problems: Problems, text: str, right: str) -> None:
    (problem,) = problems(place(text))
    assert (problem.code, problem.severity, problem.pointer) == ("S1", Severity.ERROR, "/contacts/0/place_of_contact")
    assert f"{right} for " in problem.help
    assert f'"{text}"' in problem.message


@pytest.mark.parametrize("text", ["", "IN-ZZ", "Texas!", "99", "???", "0"])
def test_what_means_no_state_is_told_how_one_looks(problems: Problems, text: str) -> None:
    (problem,) = problems(place(text))
    assert "IN-KA" in problem.help


@pytest.mark.parametrize("text", ["24 Parganas South", "North 24 Parganas", "Sector 29", "24.5", "State Code: 29"])
def test_a_number_counts_alone_or_beside_the_name_of_its_own_state(problems: Problems, text: str) -> None:
    (problem,) = problems(place(text))
    assert problem.help == "a state is written as in ISO 3166-2: IN-KA, IN-MH"
    assert resolve(text) is None


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("24-Karnataka", "24 is Gujarat, and Karnataka is 29: write IN-GJ or IN-KA, whichever is meant"),
        ("Goa (27)", "27 is Maharashtra, and Goa is 30: write IN-MH or IN-GA, whichever is meant"),
        ("97-Goa", "97 is Other Territory, and Goa is 30: write IN-GA, whichever is meant"),
    ],
)
def test_the_number_of_one_state_beside_the_name_of_another_is_not_guessed_at(
    problems: Problems, text: str, help: str
) -> None:
    (problem,) = problems(place(text))
    assert problem.help == help
    assert resolve(text) is None


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("21", "write IN-OD for Odisha; IN-OR is the older spelling of the same"),
        ("Odisa", "did you mean IN-OD for Odisha? IN-OR is the older spelling of the same"),
        ("27", "write IN-MH for Maharashtra"),
    ],
)
def test_one_code_is_advised_and_the_older_spelling_is_called_that(problems: Problems, text: str, help: str) -> None:
    (problem,) = problems(place(text))
    assert problem.help == help


ABROAD = ["96", "96-Foreign Country", "96 - Other Countries", "Other Countries", "99-Other Countries", "OVERSEAS"]


@pytest.mark.parametrize("text", ABROAD)
def test_an_exporter_is_told_that_there_is_no_code_for_abroad(problems: Problems, text: str) -> None:
    (needed,) = problems(
        f"invoices: [{{key: I, customer_id: c, date: 2026-05-19, place_of_supply: '{text}', "
        'line_items: [{name: A, quantity: "1", rate: "5"}]}]'
    )
    assert (needed.code, needed.severity) == ("S1", Severity.ERROR)
    assert "no code for a place abroad" in needed.help
    (of_contact,) = problems(place(text))
    assert of_contact.help == "leave `place_of_contact` out: what is abroad has no code of a state"


def test_the_other_territory_has_no_code(problems: Problems) -> None:
    (problem,) = problems(place("97"))
    assert "no code" in problem.help


def test_an_unknown_code_in_an_address_is_a_warning_and_another_form_is_not(problems: Problems) -> None:
    text = "contacts: [{{key: a, contact_name: A, billing_address: {{state_code: {}}}}}]"
    (warned,) = problems(text.format("IN-ZZ"))
    assert (warned.severity, warned.pointer) == (Severity.WARNING, "/contacts/0/billing_address/state_code")
    (refused,) = problems(text.format("KA"))
    assert refused.severity is Severity.ERROR


def test_an_address_abroad_is_told_to_go_without_a_state(problems: Problems) -> None:
    (in_address,) = problems("contacts: [{key: a, contact_name: A, billing_address: {state_code: Texas!}}]")
    assert "an address abroad goes without one" in in_address.help
    (elsewhere,) = problems(place("Texas!"))
    assert "abroad" not in elsewhere.help


def test_a_state_may_be_asked_for_by_any_of_its_names() -> None:
    assert {state.number for word in ("05", "IN-UT", "UK", "Uttaranchal", "5") if (state := resolve(word))} == {"05"}
    assert resolve("Oregon") is None
