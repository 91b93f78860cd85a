"""Keys, names and PIN codes that a spreadsheet has spoilt: how sure that is, and where it is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]

LOST = "5.20412E+11"


def payment(contact: str, more: str = "") -> str:
    return (
        f"payments: [{{key: P, flow: INCOMING, contact: '{contact}', date: 2026-05-19, amount: 5, mode: UPI,"
        f" bank_account: H{more}}}]\n"
    )


def told(found: list[Problem]) -> list[tuple[str, str, Severity]]:
    return [(one.code, one.pointer, one.severity) for one in found]


def test_a_key_that_has_lost_its_digits_is_an_error_and_so_is_what_refers_to_it(problems: Problems) -> None:
    text = f"contacts: [{{key: {LOST}, contact_name: A}}]\n{payment(LOST)}"
    assert told(problems(text)) == [
        ("excel-exponent", "/contacts/0/key", Severity.ERROR),
        ("excel-exponent", "/payments/0/contact", Severity.ERROR),
    ]


def test_a_reference_to_nothing_that_has_lost_its_digits_is_told_of_once(problems: Problems) -> None:
    assert told(problems(payment(LOST))) == [("excel-exponent", "/payments/0/contact", Severity.ERROR)]


def test_a_key_with_an_exponent_that_may_have_lost_nothing_is_warned_of(problems: Problems) -> None:
    text = f"contacts: [{{key: 1E+05, contact_name: A}}]\n{payment('1E+05')}"
    assert told(problems(text)) == [("excel-exponent", "/contacts/0/key", Severity.WARNING)]


@pytest.mark.parametrize("name", ["sku", "name"])
def test_a_name_that_has_lost_its_digits_is_warned_of(problems: Problems, name: str) -> None:
    fields = {"key": "i", "name": "A", "sku": "S", name: LOST}
    found = problems("items: [{" + ", ".join(f"{one}: {text}" for one, text in fields.items()) + "}]\n")
    assert told(found) == [("excel-exponent", f"/items/0/{name}", Severity.WARNING)]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("contacts: [{key: a, contact_name: '#N/A'}]", Severity.ERROR),
        ("items: [{key: a, name: A, sku: '#REF!'}]", Severity.ERROR),
        ("items: [{key: a, name: A, description: '#REF!'}]", Severity.WARNING),
        ("contacts: [{key: a, contact_name: A}]\n" + payment("a", ", reference_number: '#N/A'"), Severity.WARNING),
    ],
)
def test_an_error_of_a_spreadsheet_is_an_error_where_something_is_known_by_it_alone(
    problems: Problems, text: str, severity: Severity
) -> None:
    assert [(one.code, one.severity) for one in problems(text)] == [("excel-error-value", severity)]


@pytest.mark.parametrize("value", ["'0042", "A\u00a0B", "=B2"])
def test_what_can_be_meant_in_a_reference_is_warned_of(problems: Problems, value: str) -> None:
    given = ", reference_number: '" + value.replace("'", "''") + "'"
    (problem,) = problems("contacts: [{key: a, contact_name: A}]\n" + payment("a", given))
    assert (problem.pointer, problem.severity) == ("/payments/0/reference_number", Severity.WARNING)


def test_a_description_may_have_any_blank_and_any_apostrophe(problems: Problems) -> None:
    text = 'items: [{key: i, name: A, description: "50\u00a0ml"}, {key: j, name: B, description: "\'0042"}]\n'
    assert problems(text) == []


def test_a_telephone_number_may_have_any_blank(problems: Problems) -> None:
    assert problems('contacts: [{key: a, contact_name: A, phone: "+91\u00a098450\u00a012345"}]\n') == []


PIN_CODES = {
    "560001": "",
    "560 001": "",
    "560-001": "",
    " 560001": "",
    "4,00,001": "thousands-separator",
    "400,001": "thousands-separator",
    "5600010": "not-a-pin-code",
    "056001": "not-a-pin-code",
    "1": "not-a-pin-code",
    "56001": "short-pin-code",
    "560 01": "short-pin-code",
    "SW1A 1AA": "",
}


@pytest.mark.parametrize(("code", "wanted"), PIN_CODES.items())
def test_a_pin_code_of_india_has_six_digits_the_first_not_zero(problems: Problems, code: str, wanted: str) -> None:
    found = problems(
        f"contacts: [{{key: a, contact_name: A, billing_address: {{zip: '{code}', state_code: IN-KA}}}}]\n"
    )
    assert told(found) == ([(wanted, "/contacts/0/billing_address/zip", Severity.WARNING)] if wanted else [])


@pytest.mark.parametrize("code", ["1234567", "01067", "056001"])
def test_a_pin_code_abroad_has_any_form(problems: Problems, code: str) -> None:
    assert problems(f"contacts: [{{key: a, contact_name: A, billing_address: {{zip: '{code}'}}}}]\n") == []
