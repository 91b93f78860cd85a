from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks import Book
from importer.checks.links import link_field, meant, original
from importer.model import Ref


@pytest.mark.parametrize(
    ("kind", "field"),
    [("credit_notes", "invoice"), ("payments", ""), ("invoices", ""), ("contacts", ""), ("items", "")],
)
def test_only_a_note_names_an_original(kind: str, field: str) -> None:
    assert link_field(kind) == field


def test_the_original_is_found_by_its_key_as_keys_are_compared(book: Callable[..., Book]) -> None:
    there = book("invoices: [{key: I}]\ncredit_notes: [{key: C, invoice: ' I '}, {key: D, invoice: J}, {key: E}]")
    found = [original(there, entry) for entry in there.entries]
    assert [one.ref if one else None for one in found] == [None, Ref("invoices", "I"), None, None]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("invoice: J, applications: [{invoice: I}]", "J"),
        ("applications: [{invoice: I}, {invoice: ' I '}]", "I"),
        ("applications: [{invoice: I}, {invoice: J}]", None),
        ("applications: [{invoice: I}, {invoice_id: inv_1}]", None),
        ("invoice_id: inv_1, applications: [{invoice: I}]", None),
        ("applications: [{invoice: [I]}, I]", None),  # neither has the form that its schema wants
        ("applications: I", None),
        ("applications: []", None),
    ],
)
def test_where_none_is_named_the_only_one_that_it_settles_is_meant(
    book: Callable[..., Book], more: str, found: str | None
) -> None:
    there = book(f"invoices: [{{key: I}}, {{key: J}}]\ncredit_notes: [{{key: C, {more}}}]")
    one = meant(there, there.entries[2])
    assert (one.ref.key if one else None) == found
