from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from importer.checks import Book
from importer.model import Ref

MakeBook = Callable[..., Book]


def test_one_bad_field_does_not_hide_the_others(book: MakeBook) -> None:
    (entry,) = book("invoices: [{key: I, date: 2026-05-19, round_off: some, unheard: x}]").entries
    assert entry.typed == {"key": "I", "date": date(2026, 5, 19)}
    assert entry.readable("date", "due_date")
    assert not entry.readable("date", "round_off")


def test_what_the_state_remembers_is_typed_as_a_file_would_be(book: MakeBook) -> None:
    said = {
        Ref("invoices", "I"): {
            "key": "I",
            "auto_approve": True,
            "round_off": "-0.40",
            "notes": None,
            "line_items": [{"name": "A", "quantity": "2", "rate": "1.5"}],
        }
    }
    entry = book("", said).find(Ref("invoices", "I"))
    assert entry is not None
    assert entry.document is None
    assert entry.typed == {
        "key": "I",
        "auto_approve": True,
        "round_off": Decimal("-0.40"),
        "line_items": [{"name": "A", "quantity": Decimal(2), "rate": Decimal("1.5")}],
    }


def test_the_manifest_wins_over_the_state(book: MakeBook) -> None:
    entry = book("items: [{key: a, name: New}]", {Ref("items", "a"): {"name": "Old"}}).find(Ref("items", "a"))
    assert entry is not None
    assert entry.text("name") == "New"


def test_of_two_entries_with_one_key_the_first_counts(book: MakeBook) -> None:
    there = book("items: [{key: a, name: One}, {key: a, name: Two}, {name: Three}, {name: Four}]")
    assert [entry.text("name") for entry in there.unique] == ["One", "Three", "Four"]


def test_the_default_of_a_kind_stands_in(book: MakeBook) -> None:
    (entry,) = book("contacts: [{key: a}]").entries
    assert entry.text("contact_type") == "CUSTOMER"


def test_nothing_is_found_under_a_kind_that_is_none(book: MakeBook) -> None:
    assert book("").find(Ref("estimates", "E")) is None
