from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.book import Book
from importer.graph_view import MOST_NODES, Edge, Node, View, around, by_kind, named
from importer.model import Document, Manifest, Path, Place, Ref


class Nowhere:
    """A locator for documents that no file holds."""

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return Place("m.yaml", 1, 1)


def book(
    sections: Mapping[str, Sequence[Mapping[str, Any]]], said: Mapping[Ref, Mapping[str, Any]] | None = None
) -> Book:
    documents = [
        Document(kind, entry["key"], dict(entry), "m.yaml", index, Nowhere())
        for kind, entries in sections.items()
        for index, entry in enumerate(entries)
    ]
    return Book(Manifest(tuple(documents)), said or {})


def arrows(view: View) -> set[tuple[str, str, str, int]]:
    names = [f"{'rest of ' if node.rest else ''}{node.kind}/{node.key}" for node in view.nodes]
    return {(names[source], role, names[target], number) for source, target, role, number in view.edges}


LINE = {"name": "Work", "quantity": "1", "rate": "100", "tax": "GST 0%"}
SALE: dict[str, list[dict[str, Any]]] = {
    "contacts": [{"key": "acme"}, {"key": "globex"}],
    "items": [{"key": "widget"}, {"key": "gadget"}],
    "invoices": [
        {
            "key": "I-1",
            "customer": "acme",
            "date": "2026-05-19",
            "line_items": [{"item": "widget"}, {"item": "gadget"}, {"item": "widget"}],
        },
        {"key": "I-2", "customer": "acme", "date": "2026-05-20", "line_items": [LINE]},
    ],
    "payments": [
        {
            "key": "P-1",
            "contact": "acme",
            "date": "2026-05-21",
            "amount": "60.00",
            "allocations": [{"invoice": "I-1", "amount": "30"}, {"invoice": "I-2", "amount": "30"}],
        }
    ],
    "credit_notes": [
        {
            "key": "CN-1",
            "customer": "acme",
            "invoice": "I-1",
            "line_items": [LINE],
            "applications": [{"invoice": "I-1", "amount": "40"}, {"invoice": "I-1", "amount": "10"}],
        }
    ],
}


def test_kinds_are_counted_and_so_are_the_references_field_by_field() -> None:
    view = by_kind(book(SALE))
    assert [(node.kind, node.documents) for node in view.nodes] == [
        ("contacts", 2),
        ("items", 2),
        ("invoices", 2),
        ("payments", 1),
        ("credit_notes", 1),
    ]
    assert arrows(view) == {
        ("invoices/", "customer", "contacts/", 2),
        ("invoices/", "item", "items/", 3),
        ("payments/", "contact", "contacts/", 1),
        ("payments/", "allocations", "invoices/", 2),
        ("credit_notes/", "customer", "contacts/", 1),
        ("credit_notes/", "invoice", "invoices/", 1),
        ("credit_notes/", "applications", "invoices/", 2),
    }


def test_what_only_the_state_knows_is_counted_once_for_each_document_and_only_if_it_is_needed() -> None:
    said: dict[Ref, dict[str, Any]] = {
        Ref("invoices", "I-1"): {"customer": "acme"},
        Ref("invoices", "I-2"): {"customer": "acme"},
        Ref("contacts", "acme"): {},
        Ref("contacts", "nobody"): {},
    }
    view = by_kind(book({"payments": SALE["payments"], "contacts": [{"key": "globex"}]}, said))
    assert [(node.kind, node.documents, node.remembered) for node in view.nodes] == [
        ("contacts", 1, 1),
        ("invoices", 0, 2),
        ("payments", 1, 0),
    ]


def test_a_document_stands_between_all_that_it_needs_and_what_needs_it_directly() -> None:
    view = around(book(SALE), Ref("invoices", "I-1"))
    assert view.nodes[0].centre
    assert not any(node.centre for node in view.nodes[1:])
    assert arrows(view) == {
        ("invoices/I-1", "customer", "contacts/acme", 1),
        ("invoices/I-1", "item", "items/widget", 2),
        ("invoices/I-1", "item", "items/gadget", 1),
        ("payments/P-1", "allocations", "invoices/I-1", 1),
        ("credit_notes/CN-1", "invoice", "invoices/I-1", 1),
        ("credit_notes/CN-1", "applications", "invoices/I-1", 2),
    }


def test_what_is_needed_is_followed_to_the_end() -> None:
    view = around(book(SALE), Ref("payments", "P-1"))
    assert {node.key for node in view.nodes} == {"P-1", "acme", "I-1", "I-2", "widget", "gadget"}
    assert ("invoices/I-1", "item", "items/widget", 2) in arrows(view)


def test_what_is_needed_is_followed_through_the_state() -> None:
    said = {Ref("invoices", "I-1"): SALE["invoices"][0], Ref("contacts", "acme"): {}}
    view = around(book({"credit_notes": SALE["credit_notes"]}, said), Ref("credit_notes", "CN-1"))
    assert [(node.key, node.documents) for node in view.nodes] == [("CN-1", 1), ("acme", 0), ("I-1", 0)]
    assert ("invoices/I-1", "customer", "contacts/acme", 1) in arrows(view)


def test_a_document_has_its_date_and_its_amount_where_they_can_be_told() -> None:
    sale = book(SALE)
    (payment, *_) = around(sale, Ref("payments", "P-1")).nodes
    assert (payment.date, f"{payment.amount:.2f}") == ("2026-05-21", "60.00")
    (contact, *_) = around(sale, Ref("contacts", "acme")).nodes
    assert (contact.date, contact.amount) == ("", None)


def test_a_document_that_is_nowhere_cannot_be_in_the_middle() -> None:
    with pytest.raises(KeyError):
        around(book(SALE), Ref("invoices", "I-3"))


def test_a_contact_of_ten_thousand_invoices_is_a_picture_one_can_read() -> None:
    invoices = [{"key": f"I-{number}", "customer": "acme"} for number in range(10_000)]
    payments = [{"key": f"P-{number}", "contact": "acme"} for number in range(3)]
    view = around(
        book({"contacts": [{"key": "acme"}], "invoices": invoices, "payments": payments}), Ref("contacts", "acme")
    )
    assert MOST_NODES - 4 <= len(view.nodes) <= MOST_NODES
    assert [node.key for node in view.nodes if node.kind == "payments"] == ["P-0", "P-1", "P-2"]
    (rest,) = [node for node in view.nodes if node.rest]
    shown = sum(node.kind == "invoices" and not node.rest for node in view.nodes)
    assert rest == Node("invoices", documents=10_000 - shown, rest=True)
    assert ("rest of invoices/", "customer", "contacts/acme", 10_000 - shown) in arrows(view)


SIZES = st.integers(0, 90)


@given(lines=SIZES, allocated=SIZES, noted=SIZES)
def test_any_neighbourhood_is_bounded_and_loses_nobody(lines: int, allocated: int, noted: int) -> None:
    invoice = {"key": "I", "customer": "acme", "line_items": [{"item": f"W-{at}"} for at in range(lines)]}
    sections: dict[str, list[dict[str, Any]]] = {
        "contacts": [{"key": "acme"}],
        "items": [{"key": f"W-{at}"} for at in range(lines)],
        "invoices": [invoice],
        "payments": [{"key": f"P-{at}", "allocations": [{"invoice": "I"}]} for at in range(allocated)],
        "credit_notes": [{"key": f"C-{at}", "invoice": "I"} for at in range(noted)],
    }
    view = around(book(sections), Ref("invoices", "I"))
    everybody = 2 + lines + allocated + noted
    assert sum(node.documents for node in view.nodes) == everybody
    assert len(view.nodes) <= MOST_NODES
    assert sum(edge.references for edge in view.edges) == everybody - 1
    assert not any(node.rest and node.documents == 1 for node in view.nodes)
    if everybody < MOST_NODES - 4:
        assert not any(node.rest for node in view.nodes)


@given(counts=st.lists(st.integers(0, 200), min_size=3, max_size=3), most=st.integers(10, 80))
def test_the_bound_holds_whatever_it_is(counts: list[int], most: int) -> None:
    invoices, payments, notes = (
        [{"key": f"{name}-{at}", field: "acme"} for at in range(count)]
        for name, field, count in zip("IPC", ("customer", "contact", "customer"), counts, strict=True)
    )
    sections = {"contacts": [{"key": "acme"}], "invoices": invoices, "payments": payments, "credit_notes": notes}
    view = around(book(sections), Ref("contacts", "acme"), most)
    assert len(view.nodes) <= most
    assert sum(node.documents for node in view.nodes) == 1 + sum(counts)


KEYED = {
    "contacts": [{"key": "acme"}, {"key": "invoices/2025"}, {"key": "twice"}],
    "invoices": [{"key": "2025/04/1"}, {"key": "2025"}, {"key": "twice"}],
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acme", [Ref("contacts", "acme")]),
        (" acme ", [Ref("contacts", "acme")]),
        ("contacts/acme", [Ref("contacts", "acme")]),
        ("contact/acme", [Ref("contacts", "acme")]),
        ("2025/04/1", [Ref("invoices", "2025/04/1")]),
        ("invoices/2025/04/1", [Ref("invoices", "2025/04/1")]),
        ("invoices/2025", [Ref("invoices", "2025")]),
        ("contacts/invoices/2025", [Ref("contacts", "invoices/2025")]),
        ("twice", [Ref("contacts", "twice"), Ref("invoices", "twice")]),
    ],
)
def test_a_document_is_named_by_kind_and_key_or_by_its_key_alone(text: str, found: list[Ref]) -> None:
    assert named(book(KEYED), text) == (found, [])


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("ACME", [Ref("contacts", "acme")]),
        ("contacts/acm", [Ref("contacts", "acme")]),
        ("invoice/twise", [Ref("invoices", "twice")]),
        ("twise", [Ref("contacts", "twice"), Ref("invoices", "twice")]),
        ("", []),
        ("contacts/", []),
        ("zzzzzz", []),
    ],
)
def test_what_is_not_there_brings_what_is_spelled_like_it(text: str, near: list[Ref]) -> None:
    assert named(book(KEYED), text) == ([], near)


def test_what_the_state_alone_knows_can_be_named() -> None:
    assert named(book({}, {Ref("contacts", "acme"): {}}), "acme") == ([Ref("contacts", "acme")], [])


def test_edges_come_in_the_same_order_whatever_the_order_of_the_files() -> None:
    backwards = {kind: list(reversed(entries)) for kind, entries in reversed(SALE.items())}
    assert by_kind(book(backwards)) == by_kind(book(SALE))
    assert isinstance(by_kind(book(SALE)).edges[0], Edge)
