"""What a document said, read back from the body that was sent for it: the very same, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from importer.api.wire import dumps, loads
from importer.kinds import KINDS
from importer.model import Document, Ref
from importer.plan.body import Bindings, body
from importer.plan.said import said
from importer.plan.sent import lists_of, said_of
from plan.books import NAMES, SALE, WIDGET, document, documents
from plan.test_properties import manifests

FULL = """
invoices:
  - key: O-2
    customer: acme
    date: 2026-05-19
    place_of_supply: IN-KA
    auto_approve: true
    branch: Head Office
    line_items:
      - {item: widget, quantity: 2.50, rate: "100.10", tax: GST 18%, hsn_sac: "0402"}
      - {name: Raw, item_id: it_9, quantity: 1, rate: 5}
"""
OTHER = "{invoices: [{key: O-2, customer: beta, date: 2026-06-30, line_items: [{name: None of it, quantity: 9}]}]}"


def bindings(found: list[Document]) -> Bindings:
    return Bindings({one.ref: f"id_{one.kind}_{one.key}" for one in found}, NAMES)


def read_back(one: Document, own: Bindings, now: dict[str, Any]) -> dict[str, Any] | None:
    sent = loads(dumps(body(one, own)))
    claimed = {(ref.kind, remote_id): ref for ref, remote_id in own.ids.items()}
    return said_of(one.kind, sent, now, own, claimed)


@given(manifests())
def test_whatever_was_said_is_read_back_from_its_body(found: list[Document]) -> None:
    own = bindings(found)
    for one in found:
        spoken = said(one)
        sent = loads(dumps(body(one, own)))
        claimed = {(ref.kind, remote_id): ref for ref, remote_id in own.ids.items()}
        again = said_of(one.kind, sent, spoken, own, claimed)
        assert again is not None
        assert {name: again[name] for name in spoken} == spoken
        assert again.keys() - spoken.keys() <= {KINDS[one.kind].sole_lookup}  # the org's only one, which was sent


@pytest.mark.parametrize("now", [{}, said(document(OTHER))])
def test_it_is_read_back_whatever_the_entry_says_today(now: dict[str, Any]) -> None:
    found = documents(SALE, WIDGET, FULL)
    own = bindings(found)
    for one in found:
        again = read_back(one, own, now if one.key == "O-2" else said(one))
        assert again is not None
        assert {name: again[name] for name in said(one)} == said(one)


def test_a_name_of_the_org_is_spelled_as_the_entry_spells_it() -> None:
    one = document("items: [{key: w, name: W, rate: 1, account: '4010'}]")
    own = Bindings({}, NAMES)
    assert (read_back(one, own, said(one)) or {})["account"] == "4010"
    assert (read_back(one, own, {}) or {})["account"] == "Consulting Revenue"


def test_an_id_is_read_as_a_key_only_where_the_entry_does_not_give_the_id_itself() -> None:
    one = document("invoices: [{key: O, customer_id: ct_1, date: 2026-05-19, line_items: [{name: W, quantity: 1}]}]")
    own = Bindings({Ref("contacts", "acme"): "ct_1"}, NAMES)
    assert (read_back(one, own, said(one)) or {})["customer_id"] == "ct_1"
    assert (read_back(one, own, {}) or {})["customer"] == "acme"


def test_an_id_that_nothing_is_known_of_gives_nothing() -> None:
    one = document("invoices: [{key: O, customer: acme, date: 2026-05-19, line_items: [{name: W, quantity: 1}]}]")
    sent = loads(dumps(body(one, Bindings({Ref("contacts", "acme"): "ct_1"}, NAMES))))
    assert said_of("invoices", sent, said(one), Bindings({}, NAMES), {}) is None


@pytest.mark.parametrize("more", [{"no_such_field": 1}, {"round_off": "much"}, {"round_off": "5"}])
def test_a_body_that_no_entry_could_have_made_gives_nothing(more: dict[str, Any]) -> None:
    one = document(SALE, "invoices")
    own = bindings(documents(SALE))
    sent = {**loads(dumps(body(one, own))), **more}
    claimed = {(ref.kind, remote_id): ref for ref, remote_id in own.ids.items()}
    assert said_of("invoices", sent, said(one), own, claimed) is None


def test_the_lists_are_those_that_ids_of_the_body_may_come_from() -> None:
    own = bindings(documents(SALE, WIDGET, FULL))
    invoice = next(one for one in documents(SALE, WIDGET, FULL) if one.key == "O-2")
    assert lists_of("invoices", body(invoice, own)) == {"taxes", "branches"}
    assert lists_of("contacts", {"contact_name": "A"}) == frozenset()
