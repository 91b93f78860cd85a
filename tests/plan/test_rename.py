"""A document under another key: all that refers to it follows, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.kinds import CONTACTS, CREDIT_NOTES, INVOICES, ITEMS, KINDS, PAYMENTS, Kind
from importer.model import Action, Intent, IntentRow, Receipt, StepId
from importer.plan.decide import decide
from importer.plan.entries import entries_of, entry_said
from importer.plan.known import Known
from importer.plan.rename import in_the_way, referring, renamed
from importer.plan.said import digest
from plan.books import SALE, documents, receipt

ITEM_LINE = "\ninvoices: [{key: O-2, customer: acme, date: 2026-05-19, line_items: [{item: widget, quantity: 1}]}]\n"


def remembered(*texts: str) -> list[Receipt]:
    """What a state remembers of a manifest once it has been applied."""
    found = []
    for one in documents(*texts):
        own = receipt(one)
        found.append(own)
        settles = KINDS[one.kind].settles
        if settles is not None and not settles.in_body:
            for part, entry in entries_of(one, settles):
                spoken = entry_said(settles, entry)
                found.append(replace(own, part=part, said=spoken, digest=digest(spoken)))
    return sorted(found, key=lambda one: (one.kind, one.key, one.part))


def after(receipts: list[Receipt], kind: Kind, old: str, new: str) -> list[Receipt]:
    """All receipts as a state holds them after the rename."""
    put, removed = renamed(receipts, kind, old, new)
    by_id = {(one.kind, one.key, one.part): one for one in receipts}
    for one in removed:
        del by_id[one.kind, one.key, one.part]
    by_id.update({(one.kind, one.key, one.part): one for one in put})
    return sorted(by_id.values(), key=lambda one: (one.kind, one.key, one.part))


def actions(receipts: list[Receipt], *texts: str) -> set[Action]:
    known = Known({StepId(one.kind, one.key, one.part): one for one in receipts})
    return {step.action for step in decide(documents(*texts), known)}


@pytest.mark.parametrize(
    ("kind", "old"), [(CONTACTS, "acme"), (INVOICES, "ORDER-1"), (PAYMENTS, "UTR-1"), (CREDIT_NOTES, "CN-1")]
)
def test_after_the_same_rename_in_the_manifest_nothing_is_to_be_done(kind: Kind, old: str) -> None:
    before = remembered(SALE)
    assert actions(before, SALE) == {Action.UNCHANGED}
    edited = SALE.replace(old, "the new one")
    assert actions(before, edited) != {Action.UNCHANGED}
    assert actions(after(before, kind, old, "the new one"), edited) == {Action.UNCHANGED}


def test_an_item_is_followed_into_the_lines() -> None:
    texts = ("contacts: [{key: acme, contact_name: A}]\nitems: [{key: widget, name: W, rate: 1}]", ITEM_LINE)
    now = after(remembered(*texts), ITEMS, "widget", "gadget")
    assert actions(now, *(text.replace("widget", "gadget") for text in texts)) == {Action.UNCHANGED}


def test_the_document_keeps_what_it_is_in_the_books() -> None:
    before = {one.ref: one for one in remembered(SALE) if not one.part}
    put, _ = renamed(remembered(SALE), INVOICES, "ORDER-1", "O-9")
    own = next(one for one in put if one.key == "O-9")
    was = before[own.ref._replace(key="ORDER-1")]
    for name in ("remote_id", "number", "created", "generation", "source"):
        assert getattr(own, name) == getattr(was, name)


def test_an_application_of_another_document_names_the_new_key() -> None:
    now = after(remembered(SALE), INVOICES, "ORDER-1", "O-9")
    (part,) = [one for one in now if one.part]
    assert (part.part, part.said["invoice"]) == ("O-9#1", "O-9")
    assert part.digest == digest(part.said)


def test_the_applications_of_the_document_itself_go_with_it() -> None:
    now = after(remembered(SALE), CREDIT_NOTES, "CN-1", "CN-9")
    assert [(one.key, one.part) for one in now if one.part] == [("CN-9", "ORDER-1#1")]


def test_the_books_keep_the_reference_that_was_the_key() -> None:
    own = next(one for one in after(remembered(SALE), INVOICES, "ORDER-1", "O-9") if one.kind == "invoices")
    assert (own.said["reference_number"], own.accepted) == ("O-9", {"reference_number": "ORDER-1"})


def test_a_reference_of_its_own_is_left_alone() -> None:
    text = SALE.replace("ORDER-1, customer", "ORDER-1, reference_number: PO 7, customer")
    own = next(one for one in after(remembered(text), INVOICES, "ORDER-1", "O-9") if one.kind == "invoices")
    assert (own.said["reference_number"], own.accepted) == ("PO 7", {})


def test_a_reference_that_was_accepted_to_be_another_stays_what_the_books_hold() -> None:
    before = [
        replace(one, accepted={"reference_number": "by hand"}) if one.kind == "invoices" else one
        for one in remembered(SALE)
    ]
    now = after(before, INVOICES, "ORDER-1", "O-9")
    assert next(one for one in now if one.kind == "invoices").accepted == {"reference_number": "by hand"}
    assert after(now, INVOICES, "O-9", "ORDER-1") == before
    assert next(one for one in after(now, INVOICES, "O-9", "by hand") if one.kind == "invoices").accepted == {}


def test_a_part_that_is_taken_gets_the_next_ordinal() -> None:
    """As after the document of the new key was forgotten: what was applied to it is still remembered."""
    before = remembered(SALE)
    part = next(one for one in before if one.part)
    spoken = {**part.said, "invoice": "O-9"}
    before.append(replace(part, part="O-9#1", said=spoken, digest=digest(spoken)))
    now = after(before, INVOICES, "ORDER-1", "O-9")
    assert sorted(one.part for one in now if one.part) == ["O-9#1", "O-9#2"]


def test_a_key_that_only_looks_the_same_is_no_reference() -> None:
    before = remembered(SALE.replace("key: acme", "key: ORDER-1").replace("customer: acme", "customer: ORDER-1"))
    put, _ = renamed(before, CONTACTS, "ORDER-1", "acme")
    assert {(one.kind, one.key) for one in put} == {
        ("contacts", "acme"),
        ("invoices", "ORDER-1"),
        ("credit_notes", "CN-1"),
    }


KEYS = st.sampled_from(["acme", "ORDER-1", "UTR-1", "CN-1", "7", "a b", "Ä"])
OWN = {CONTACTS.name: "acme", INVOICES.name: "ORDER-1", PAYMENTS.name: "UTR-1", CREDIT_NOTES.name: "CN-1"}


@given(kind=st.sampled_from([KINDS[name] for name in OWN]), new=KEYS)
def test_renaming_back_and_forth_gives_what_was_before(kind: Kind, new: str) -> None:
    old = OWN[kind.name]
    if new == old:
        return
    before = remembered(SALE)
    assert after(after(before, kind, old, new), kind, new, old) == before


def test_who_refers_to_a_document_is_named_once() -> None:
    found = referring(remembered(SALE), INVOICES, "ORDER-1")
    assert sorted(str(one.ref) for one in found) == ["credit_notes/CN-1", "payments/UTR-1"]
    assert referring(remembered(SALE), CREDIT_NOTES, "CN-1") == []


def intent(*rows: IntentRow) -> Intent:
    values: dict[str, Any] = {"method": "POST", "path": "/", "body": "{}", "idempotency_key": "", "token_id": ""}
    return Intent(1, "create", rows, server_time="", run="", **values)


@pytest.mark.parametrize(
    ("row", "bars"),
    [
        (IntentRow("invoices", "ORDER-1", "", 0), True),
        (IntentRow("credit_notes", "CN-1", "ORDER-1#1", 0), True),
        (IntentRow("credit_notes", "ORDER-1", "O-2#1", 0), False),
        (IntentRow("invoices", "O-2", "", 0), False),
        (IntentRow("contacts", "ORDER-1", "", 0), False),
    ],
)
def test_an_open_call_that_names_the_key_is_in_the_way(row: IntentRow, bars: bool) -> None:
    assert bool(list(in_the_way([intent(row)], INVOICES, "ORDER-1"))) is bars
