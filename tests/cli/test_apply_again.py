"""The second apply, and what edits become, on a live org."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.command import Ended, command
from cli.live import Live, Org

STATE = Path("finzbooks.state.db")
ONE_OF_EACH = {"contacts": 1, "items": 1, "invoices": 1, "payments": 1, "credit_notes": 1}
WRITES = ("POST ", "PUT ")


def apply(org: Org, *words: str) -> Ended:
    return command("apply", "--yes", "books.yaml", *words, env=org.env)


def plan(org: Org, *words: str) -> Ended:
    return command("plan", "books.yaml", *words, env=org.env)


def edit(old: str, new: str) -> None:
    books = Path("books.yaml")
    text = books.read_text("utf-8")
    assert old in text
    books.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def applied(books: Path, org: Org) -> Org:
    """An org into which the quickstart was applied."""
    ended = apply(org)
    assert (ended.code, ended.out, ended.err) == (0, "5 created, 1 application, 0 unchanged.\n", "")
    return org


def test_everything_is_created_once_and_the_invoice_is_settled(applied: Org) -> None:
    assert applied.counts() == ONE_OF_EACH
    (invoice,) = applied.get("/invoices")["invoices"]
    assert (invoice["reference_number"], invoice["status"], invoice["balance"]) == ("ORDER-99031", "PAID", 0)


def test_a_second_apply_changes_nothing_and_leaves_the_state_alone(applied: Org) -> None:
    before = STATE.read_bytes()
    writes = applied.books.db.value("SELECT count(*) FROM answers")
    ended = apply(applied)
    assert (ended.code, ended.out, ended.err) == (0, "0 created, 5 unchanged.\n", "")
    assert applied.books.db.value("SELECT count(*) FROM answers") == writes
    assert STATE.read_bytes() == before


def test_amounts_and_comments_written_otherwise_are_no_change(applied: Org) -> None:
    edit("rate: 12000 ", "rate: 12000.00 ")
    edit("# One sale", "# A sale")
    assert plan(applied, "--detailed-exitcode").code == 0


def test_without_its_state_everything_is_adopted_and_nothing_doubled(applied: Org) -> None:
    STATE.unlink()
    planned = plan(applied, "--format", "json", "--detailed-exitcode")
    assert planned.code == 3
    assert planned.json["summary"] == {
        "create": 0,
        "adopt": 5,
        "update": 0,
        "unchanged": 0,
        "conflict": 0,
        "orphaned": 0,
        "pending": 0,
    }
    ended = apply(applied)
    assert (ended.code, ended.out) == (0, "0 created, 5 adopted, 0 unchanged.\n")
    assert applied.counts() == ONE_OF_EACH
    assert apply(applied).out == "0 created, 5 unchanged.\n"


def test_adoption_says_how_each_was_found(applied: Org) -> None:
    STATE.unlink()
    shown = plan(applied).out
    for words in ("the same name and type", "the same SKU", "the same reference and customer"):
        assert words in shown


def test_a_second_state_elsewhere_adopts_as_well(applied: Org) -> None:
    ended = apply(applied, "--state", "other/s.db")
    assert (ended.code, ended.out) == (0, "0 created, 5 adopted, 0 unchanged.\n")
    assert applied.counts() == ONE_OF_EACH


def test_an_edited_contact_is_updated(applied: Org) -> None:
    edit("1 MG Road", "2 MG Road")
    planned = plan(applied, "--detailed-exitcode")
    assert planned.code == 3
    assert "billing_address.address: 1 MG Road -> 2 MG Road" in planned.out
    ended = apply(applied)
    assert (ended.code, ended.out) == (0, "0 created, 1 updated, 4 unchanged.\n")
    (contact,) = applied.get("/contacts")["contacts"]
    assert contact["billing_address"]["address"] == "2 MG Road"


def test_an_edited_posted_invoice_is_a_conflict_and_nothing_at_all_is_sent(applied: Org) -> None:
    edit("1 MG Road", "2 MG Road")
    edit("quantity: 1               #", "quantity: 2               #")
    writes = applied.books.db.value("SELECT count(*) FROM answers")
    ended = apply(applied)
    assert ended.code == 1
    assert "! conflict invoice ORDER-99031  (books.yaml:41)" in ended.out
    assert "Nothing was sent: the plan holds 1 conflict" in ended.err
    assert applied.books.db.value("SELECT count(*) FROM answers") == writes
    assert applied.get("/contacts")["contacts"][0]["billing_address"]["address"] == "1 MG Road"


def test_conflicts_win_over_pending_changes(applied: Org) -> None:
    edit("1 MG Road", "2 MG Road")
    edit("quantity: 1               #", "quantity: 2               #")
    planned = plan(applied, "--detailed-exitcode", "--format", "json")
    assert planned.code == 1
    summary = planned.json["summary"]
    assert (summary["update"], summary["conflict"]) == (1, 1)
    conflict = next(one for one in planned.json["operations"] if one["action"] == "conflict")
    assert (conflict["kind"], conflict["key"], conflict["file"], conflict["line"]) == (
        "invoices",
        "ORDER-99031",
        "books.yaml",
        41,
    )
    assert conflict["id"].startswith("inv")
    assert {"path": "line_items[0].quantity", "before": "1", "after": "2"} in conflict["changes"]


def test_an_entry_that_is_gone_is_reported_and_left_alone(applied: Org) -> None:
    text = Path("books.yaml").read_text("utf-8")
    Path("books.yaml").write_text(text[: text.index("credit_notes:")], encoding="utf-8")
    planned = plan(applied, "--detailed-exitcode")
    assert planned.code == 0
    assert "? orphaned credit note CN-1" in planned.out
    ended = apply(applied)
    assert (ended.code, ended.out) == (0, "0 created, 4 unchanged.\n")
    assert applied.counts() == ONE_OF_EACH


def test_a_document_that_was_typed_in_by_hand_is_adopted(books: Path, org: Org) -> None:
    body = {"contact_name": "Acme Corp", "contact_type": "CUSTOMER"}
    org.send("POST", "/contacts", json.dumps(body))
    planned = plan(org)
    assert "~ update contact acme" in planned.out
    assert "the same name and type" in planned.out
    assert "billing_address.city: not given -> Bengaluru" in planned.out
    assert apply(org).out == "4 created, 1 application, 1 updated, 0 unchanged.\n"
    assert org.counts() == ONE_OF_EACH


def test_orgs_do_not_see_each_other(applied: Org, live: Live) -> None:
    other = live.org()
    assert command("apply", "--yes", "books.yaml", "--state", "other.db", env=other.env).code == 0
    assert (applied.counts(), other.counts()) == (ONE_OF_EACH, ONE_OF_EACH)


def test_what_looks_like_a_document_of_the_books_waits_for_a_word(applied: Org) -> None:
    STATE.unlink()
    edit("- key: ORDER-99031", "- key: ORDER-99031-B")
    edit("invoice: ORDER-99031\n", "invoice: ORDER-99031-B\n")
    edit("invoice: ORDER-99031 ", "invoice: ORDER-99031-B ")
    ended = apply(applied)
    assert ended.code == 1
    assert "! conflict invoice ORDER-99031-B" in ended.out
    assert applied.counts() == ONE_OF_EACH
    planned = plan(applied, "--allow-likeness", "--format", "json")
    created = [one["key"] for one in planned.json["operations"] if one["action"] == "create"]
    assert "ORDER-99031-B" in created
