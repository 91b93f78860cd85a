from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem, Ref, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]

ONE, OTHER = "27AAPFU0939F1ZV", "29AABCF9012G1ZQ"


def contacts(*entries: str) -> str:
    return "contacts:\n" + "".join(f"  - {{key: k{at}, {entry}}}\n" for at, entry in enumerate(entries))


def test_one_name_and_type_on_two_contacts_is_an_error(problems: Problems) -> None:
    (problem,) = problems(contacts("contact_name: Acme", "contact_name: Acme, contact_type: CUSTOMER"))
    assert (problem.code, problem.pointer) == ("repeated-natural-key", "/contacts/1/contact_name")
    assert problem.severity is Severity.ERROR
    assert [place.file for place in problem.related] == ["contacts/0/contact_name"]


@pytest.mark.parametrize(
    "entries",
    [
        ("contact_name: Acme", "contact_name: Acme, contact_type: VENDOR"),
        ("contact_name: Acme", "contact_name: acme"),
        (f"contact_name: Acme, gst_no: {ONE}", f"contact_name: Acme, gst_no: {OTHER}"),
    ],
)
def test_contacts_that_a_look_up_tells_apart_are_fine(codes: Codes, entries: tuple[str, ...]) -> None:
    assert codes(contacts(*entries)) == []


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_branch_without_a_gstin_is_taken_for_another(codes: Codes, at: int) -> None:
    entries = [f"contact_name: Acme, gst_no: {ONE}", f"contact_name: Acme, gst_no: {OTHER}"]
    entries.insert(at, "contact_name: Acme")
    assert {code for code, _ in codes(contacts(*entries))} == {"repeated-natural-key"}


def test_one_gstin_on_two_contacts_is_a_warning(problems: Problems) -> None:
    spaced = "27 aapfu 0939f 1zv"
    (problem,) = problems(contacts(f"contact_name: North, gst_no: {ONE}", f"contact_name: South, gst_no: {spaced}"))
    assert (problem.code, problem.severity) == ("G8", Severity.WARNING)
    assert problem.pointer == "/contacts/1/gst_no"


def test_one_gstin_and_one_name_is_one_contact_twice(problems: Problems) -> None:
    (problem,) = problems(contacts(*[f"contact_name: North, gst_no: {ONE}"] * 2))
    assert (problem.code, problem.severity) == ("repeated-natural-key", Severity.ERROR)


@pytest.mark.parametrize(
    ("one", "other", "repeated"),
    [
        ("name: W, sku: A", "name: X, sku: A", True),
        ("name: W, sku: A", "name: W, sku: B", False),
        ("name: W, sku: A", "name: W", True),
        ("name: W", "name: W", True),
        ("name: W", "name: X", False),
    ],
)
def test_items_are_told_apart_by_sku_and_else_by_name(codes: Codes, one: str, other: str, repeated: bool) -> None:
    found = codes(f"items: [{{key: a, {one}}}, {{key: b, {other}}}]")
    assert [code for code, _ in found] == ["repeated-natural-key"] * repeated


def invoice(key: str, more: str, day: str = "2026-05-19") -> str:
    line = '{name: A, quantity: "1", rate: "9"}'
    return f"  - {{key: {key}, customer_id: c, date: {day}, place_of_supply: IN-KA, line_items: [{line}], {more}}}\n"


def test_an_invoice_number_is_given_once_in_a_branch(codes: Codes) -> None:
    text = (
        "invoices:\n"
        + invoice("A", "invoice_number: N-1, branch: HQ")
        + invoice("B", "invoice_number: N-1, branch: BR")
    )
    assert codes(text) == []
    assert codes(text.replace("BR", "HQ")) == [("repeated-natural-key", "/invoices/1/invoice_number")]


def numbered_twice(number: str, day: str) -> str:
    given = f"invoice_number: {number}"
    return "invoices:\n" + invoice("A", given, "2024-04-01") + invoice("B", given, day)


def test_a_number_of_another_year_is_not_to_be_removed(problems: Problems) -> None:
    (problem,) = problems(numbered_twice("N-1", "2025-04-01"))
    assert (problem.code, problem.severity) == ("repeated-natural-key", Severity.ERROR)
    assert "both may be right" in problem.help
    assert 'such as "25-26/N-1"' in problem.help
    assert "remove" not in problem.help


def test_no_number_is_proposed_that_gst_does_not_take(problems: Problems) -> None:
    helps = [problems(numbered_twice(number, "2025-04-01"))[0].help for number in ("N" * 10, "N" * 11)]
    assert [f'such as "25-26/{number}"' in help for number, help in zip(("N" * 10, "N" * 11), helps, strict=True)] == [
        True,
        False,
    ]


def test_a_number_of_the_same_year_is_one_mistyped_or_one_too_many(problems: Problems) -> None:
    (problem,) = problems(numbered_twice("N-1", "2025-03-31"))
    assert problem.help == (
        "give each the `invoice_number` that it was issued with; remove one only if both are the same invoice"
    )


def test_contacts_of_one_name_are_told_apart_by_their_gstin_or_name(problems: Problems) -> None:
    (problem,) = problems(contacts("contact_name: Acme", "contact_name: Acme"))
    assert "if they are two, give each its `gst_no`, or tell them apart in the `contact_name`" in problem.help


def test_several_invoices_under_one_purchase_order_are_only_warned_of(problems: Problems) -> None:
    number = "reference_number: PO-1"
    (problem,) = problems("invoices:\n" + invoice("A", number) + invoice("B", number, "2026-06-19"))
    assert (problem.code, problem.severity) == ("repeated-natural-key", Severity.WARNING)


def test_a_duplicate_is_told_once(codes: Codes) -> None:
    number = "reference_number: PO-1"
    assert codes("invoices:\n" + invoice("A", number) + invoice("B", number)) == [("duplicate-document", "/invoices/1")]


def test_a_repeated_external_key_is_left_to_the_reader(codes: Codes) -> None:
    assert codes("items: [{key: a, name: W}, {key: a, name: W}]") == []


@pytest.mark.parametrize("text", ["URP", "N/A", "'#N/A'", "9.97E+11"])
def test_what_stands_for_no_gstin_is_not_the_same_gstin(codes: Codes, text: str) -> None:
    entries = [f"{{key: {key}, contact_name: {key}, gst_no: {text}}}" for key in "ab"]
    told = codes(f"contacts: [{', '.join(entries)}]")
    assert [pointer for _, pointer in told] == ["/contacts/0/gst_no", "/contacts/1/gst_no"]
    assert "G8" not in dict(told)


def test_a_gstin_of_a_template_on_two_contacts_is_still_the_same(codes: Codes) -> None:
    entries = [f"{{key: {key}, contact_name: {key}, gst_no: 29AABCT1332L1ZV}}" for key in "ab"]
    assert "G8" in dict(codes(f"contacts: [{', '.join(entries)}]"))


@pytest.mark.parametrize("text", ["#N/A", "###", '=\\"A\\"'])
def test_an_error_of_a_spreadsheet_is_no_name_that_two_have_in_common(problems: Problems, text: str) -> None:
    found = problems(f'items: [{{key: a, name: "{text}"}}, {{key: b, name: "{text}"}}]')
    assert [one.pointer for one in found] == ["/items/0/name", "/items/1/name"]
    assert {one.code for one in found} <= {"excel-error-value", "formula-text"}
    assert {one.severity for one in found} == {Severity.ERROR}


def test_what_may_be_a_right_sku_is_the_same_on_two_items(codes: Codes) -> None:
    assert ("repeated-natural-key", "/items/1/sku") in codes(
        "items: [{key: a, name: A, sku: 1E+05}, {key: b, name: B, sku: 1E+05}]"
    )


def test_a_gstin_of_a_contact_that_only_the_state_knows_is_warned_of(problems: Problems) -> None:
    said = {Ref("contacts", "old"): {"key": "old", "contact_name": "Old", "gst_no": "29AAGCF4821K1ZD"}}
    (problem,) = problems("contacts: [{key: n, contact_name: New, gst_no: 29aagcf4821k1zd}]", said=said)
    assert (problem.code, problem.severity) == ("G8", Severity.WARNING)
    assert "the contact n and the contact old (in the state) have the same GSTIN" in problem.message


def test_the_same_contact_under_a_new_key_is_left_to_the_plan(codes: Codes) -> None:
    said = {Ref("contacts", "old"): {"key": "old", "contact_name": "New", "gst_no": "29AAGCF4821K1ZD"}}
    assert codes("contacts: [{key: n, contact_name: New, gst_no: 29AAGCF4821K1ZD}]", said=said) == []
