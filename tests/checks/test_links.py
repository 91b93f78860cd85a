from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks import Book
from importer.checks.links import link_field, original
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
