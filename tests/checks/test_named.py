from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks.book import Book
from importer.checks.named import Named
from importer.model import Ref

MakeBook = Callable[..., Book]


@pytest.mark.parametrize(
    ("kind", "fields", "text", "words"),
    [
        ("contacts", "contact_name: Asha  Traders", "asha traders", "name of the contact K"),
        ("contacts", "contact_name: A, gst_no: 27AAPFU0939F1ZV", "27aapfu0939f1zv", "GSTIN of the contact K"),
        ("items", "name: Widget, sku: W-1", "W-1", "SKU of the item K"),
        ("items", "name: Widget", "Widget", "name of the item K"),
        ("invoices", "invoice_number: N/7", "n/7", "invoice number of the invoice K"),
    ],
)
def test_what_names_a_document_is_recognised(book: MakeBook, kind: str, fields: str, text: str, words: str) -> None:
    advice = Named(book(f"{kind}: [{{key: K, {fields}}}]"), kind).advice(text)
    assert advice == f'"{text}" is the {words}: write "K"'


def test_what_does_not_name_a_document_gives_no_advice(book: MakeBook) -> None:
    named = Named(book("contacts: [{key: K, contact_name: Asha, contact_type: CUSTOMER, city: X}]"), "contacts")
    assert [named.advice(text) for text in ("CUSTOMER", "X", "", "Ash")] == [""] * 4


def test_two_of_a_name_are_both_shown(book: MakeBook) -> None:
    named = Named(book("contacts: [{key: C1, contact_name: Asha}, {key: C2, contact_name: ASHA}]"), "contacts")
    assert named.advice("asha") == (
        '"asha" is the name of 2 contacts: write the key of the one that is meant, among "C1", "C2"'
    )


def test_of_two_that_differ_in_capitals_the_one_that_is_written_so_is_meant(book: MakeBook) -> None:
    named = Named(book("contacts: [{key: C1, contact_name: Asha}, {key: C2, contact_name: ASHA}]"), "contacts")
    assert named.advice("ASHA").endswith('write "C2"')


def test_many_of_a_name_are_counted(book: MakeBook) -> None:
    entries = ", ".join(f"{{key: C{at}, contact_name: Asha}}" for at in range(9))
    assert Named(book(f"contacts: [{entries}]"), "contacts").advice("Asha").endswith('"C3", "C4" and 4 more')


def test_documents_of_the_state_are_known_by_name(book: MakeBook) -> None:
    said = {Ref("contacts", "OLD"): {"key": "OLD", "contact_name": "Asha"}}
    assert Named(book("", said), "contacts").advice("Asha").endswith('write "OLD"')


def test_a_name_that_is_no_text_is_passed_over(book: MakeBook) -> None:
    assert Named(book("contacts: [{key: K, contact_name: [Asha]}]"), "contacts").advice("Asha") == ""
