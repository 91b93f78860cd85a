from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from importer.checks import check, references
from importer.checks.book import Book, Entry
from importer.checks.references import cycles, edges, looping
from importer.checks.shape import Shape, shape
from importer.manifest import SourceFile, read
from importer.model import Problem, Ref

Problems = Callable[..., list[Problem]]
MakeBook = Callable[..., Book]

INVOICE = 'date: 2026-05-19, place_of_supply: IN-KA, line_items: [{name: A, quantity: "1", rate: "1"}]'


def unresolved(found: list[Problem]) -> list[Problem]:
    return [one for one in found if one.code == "unresolved-reference"]


def test_a_reference_to_nothing_names_the_nearest_key(problems: Problems) -> None:
    (problem,) = problems(
        f"contacts: [{{key: acme, contact_name: A}}]\ninvoices: [{{key: I, customer: acne, {INVOICE}}}]"
    )
    assert (problem.code, problem.pointer) == ("unresolved-reference", "/invoices/0/customer")
    assert problem.help == 'did you mean "acme"?'


def test_case_and_lost_zeros_are_recognised(problems: Problems) -> None:
    text = f"contacts: [{{key: C-007, contact_name: A}}]\ninvoices: [{{key: I, customer: c 007, {INVOICE}}}]"
    assert problems(text)[0].help == 'did you mean "C-007"?'


def test_a_key_with_a_blank_that_is_none_is_mended_and_not_what_refers_to_it(problems: Problems) -> None:
    text = f'contacts: [{{key: "ac\\u200bme", contact_name: A}}]\ninvoices: [{{key: I, customer: acme, {INVOICE}}}]'
    of_key, of_reference = problems(text)
    assert of_key.help.startswith("write acme; ")
    assert of_reference.help.startswith("write acme as the key of the contact ac\\u200bme: it holds")


def test_a_reference_with_a_blank_that_is_none_is_mended_and_not_the_key(problems: Problems) -> None:
    text = f'contacts: [{{key: acme, contact_name: A}}]\ninvoices: [{{key: I, customer: "ac\\u200bme", {INVOICE}}}]'
    (problem,) = problems(text)
    assert problem.help == 'did you mean "acme"?'


def test_a_reference_into_a_list_is_pointed_at(problems: Problems) -> None:
    text = """
    payments:
      - {key: P, flow: INCOMING, contact_id: c, date: 2026-05-19, amount: "2",
         allocations: [{invoice_id: i, amount: "1"}, {invoice: gone, amount: "1"}]}"""
    (problem,) = problems(text)
    assert problem.pointer == "/payments/0/allocations/1/invoice"
    assert problem.help == (
        'add the invoice "gone", give the file that holds it as PATH too, or give its FinzBooks id as `invoice_id`'
    )


def test_the_document_of_the_next_number_is_not_offered(problems: Problems) -> None:
    text = f"contacts: [{{key: C005, contact_name: A}}]\ninvoices: [{{key: I, customer: C006, {INVOICE}}}]"
    (problem,) = problems(text)
    assert 'add the contact "C006"' in problem.help
    assert "C005" not in problem.help


def test_a_customer_that_is_given_by_name_is_recognised(problems: Problems) -> None:
    text = f'contacts: [{{key: C1, contact_name: Asha}}]\ninvoices: [{{key: I, customer: " asha", {INVOICE}}}]'
    (problem,) = problems(text)
    assert (problem.code, problem.help) == (
        "unresolved-reference",
        '"asha" is the name of the contact C1: write "C1"',
    )


def test_a_key_of_another_kind_is_said_to_be_one(problems: Problems) -> None:
    text = f"items: [{{key: acme, name: A}}]\ninvoices: [{{key: I, customer: acme, {INVOICE}}}]"
    (problem,) = problems(text)
    assert problem.code == "wrong-kind-reference"
    assert "the key of an item and not of a contact" in problem.message


def test_a_key_that_only_the_state_knows_is_found(problems: Problems) -> None:
    said = {Ref("contacts", "acme"): {"key": "acme", "contact_name": "Acme"}}
    assert problems(f"invoices: [{{key: I, customer: acme, {INVOICE}}}]", said=said) == []


def test_keys_are_compared_in_nfc_and_without_blanks(problems: Problems) -> None:
    contacts = 'contacts: [{key: "Caf\u00e9", contact_name: A}]'
    assert problems(f'{contacts}\ninvoices: [{{key: I, customer: " Cafe\u0301 ", {INVOICE}}}]') == []


def test_a_reference_that_is_no_text_is_left_to_the_schema(problems: Problems) -> None:
    assert unresolved(problems(f"invoices: [{{key: I, customer: [acme], {INVOICE}}}]")) == []


def test_the_edges_are_those_of_the_fields(book: MakeBook) -> None:
    text = """
    contacts: [{key: acme}]
    credit_notes:
      - {key: C, customer: acme, invoice: I, line_items: [{item: w}, {item: w}], applications: [{invoice: J}]}"""
    assert edges(book(text))[Ref("credit_notes", "C")] == (
        Ref("contacts", "acme"),
        Ref("invoices", "I"),
        Ref("items", "w"),
        Ref("invoices", "J"),
    )


def test_no_kind_of_today_needs_itself_over_others() -> None:
    assert looping() == frozenset()


def test_kinds_that_need_each_other_are_known_by_their_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    to = {"contacts": "items", "items": "payments", "payments": "contacts", "invoices": "contacts"}

    def needing(kind: str) -> Shape:
        return replace(shape(kind), refs={("other",): to[kind]} if kind in to else {})

    monkeypatch.setattr("importer.checks.references.shape", needing)
    assert looping() == {"contacts", "items", "payments"}


def test_documents_of_such_kinds_are_looked_at_for_loops(book: MakeBook, monkeypatch: pytest.MonkeyPatch) -> None:
    there = book("invoices: [{key: a, other: b}, {key: b, other: a}]")
    for entry in there.entries:
        entry.shape = replace(entry.shape, refs={("other",): "invoices"})
    assert [one.code for one in references.problems(there)] == []
    monkeypatch.setattr("importer.checks.references.looping", lambda: {"invoices"})
    assert [one.code for one in references.problems(there)] == ["dependency-cycle"]


def test_a_loop_is_shown_whole(book: MakeBook) -> None:
    entries: dict[Ref, Entry] = {one.ref: one for one in book("invoices: [{key: a}, {key: b}, {key: c}]").entries}
    a, b, c = entries
    (problem,) = cycles(entries, {a: (b,), b: (c,), c: (a,)})
    assert problem.code == "dependency-cycle"
    assert problem.message.startswith("these documents need each other, so none can be sent first: ")
    assert problem.help == "remove one of these references"
    assert "invoices/a -> invoices/b -> invoices/c -> invoices/a" in problem.message
    assert [place.file for place in problem.related] == ["invoices/1", "invoices/2"]


def test_thousands_of_broken_references_cost_seconds_and_not_hours(problems: Problems) -> None:
    contacts = ", ".join(f"{{key: contact-{at:05}, contact_name: N{at}}}" for at in range(3000))
    invoices = ", ".join(f"{{key: I-{at}, customer: kontakt {at}, {INVOICE}}}" for at in range(1500))
    started = time.perf_counter()
    found = unresolved(problems(f"contacts: [{contacts}]\ninvoices: [{invoices}]"))
    assert len(found) == 1500
    assert (
        time.perf_counter() - started < 60
    )  # seconds; mostly for reading the text, and all likenesses would be minutes


@pytest.mark.parametrize(
    ("file", "text", "says_so"),
    [
        ("contacts.csv", "List\nkey,contact_name\nC1,A\n", True),
        ("more.yaml", "contacts:\n  -key: C1\n", True),
        ("items.csv", "List\nkey,name\nC1,A\n", False),  # no contact can be there
        ("contacts.csv", "key,contact_name\nC2,A\n", False),
    ],
)
def test_what_is_not_found_may_stand_in_a_file_that_could_not_be_read(file: str, text: str, says_so: bool) -> None:
    invoice = f"invoices: [{{key: I, customer: C1, {INVOICE}}}]"
    manifest = read([SourceFile("a.yaml", invoice.encode()), SourceFile(file, text.encode())])
    (problem,) = unresolved(list(check(manifest)))
    told = f"mend {file} first: not all of it could be read, and it may be there"
    assert (problem.help == told) is says_so
