from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.command import command

AT = ("--sandbox", "books.yaml")


@pytest.fixture
def applied(books: Path) -> Path:
    assert command("apply", "--yes", *AT).code == 0
    return books


def test_list_has_a_line_for_each_document_and_each_application(applied: Path) -> None:
    ended = command("state", "list", *AT)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert len(lines) == 6
    assert sum("CN-1 -> ORDER-99031#1" in line for line in lines) == 1
    assert any(line.startswith("invoices      ORDER-99031  inv") and "  INV-" in line for line in lines)


def test_list_as_json_has_ids_numbers_and_sources(applied: Path) -> None:
    rows = command("state", "list", "--format", "json", *AT).json
    assert {row["source"] for row in rows} == {"books.yaml"}
    assert {(row["kind"], row["key"]) for row in rows if not row["part"]} == {
        ("contacts", "acme"),
        ("items", "widget-pro"),
        ("invoices", "ORDER-99031"),
        ("payments", "UTR-1234567"),
        ("credit_notes", "CN-1"),
    }
    assert all(row["id"] for row in rows if not row["part"])


def test_show_tells_what_the_document_said(applied: Path) -> None:
    ended = command("state", "show", "invoice", "ORDER-99031", *AT)
    assert ended.code == 0
    assert ended.out.startswith("invoice ORDER-99031\n")
    assert '"customer": "acme"' in ended.out


def test_show_as_json_holds_the_receipt(applied: Path) -> None:
    value = command("state", "show", "credit_notes", "CN-1", "--format", "json", *AT).json
    assert [one["part"] for one in value["receipts"]] == ["", "ORDER-99031#1"]
    assert value["receipts"][0]["said"]["customer"] == "acme"
    assert value["intents"] == []


def test_show_of_a_key_that_is_not_known_is_refused(applied: Path) -> None:
    ended = command("state", "show", "invoices", "ORDER-1", *AT)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[no-such-key]: ")


def test_export_is_sorted_json_lines(applied: Path) -> None:
    ended = command("state", "export", *AT)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert len(lines) >= 6
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert command("state", "export", *AT).out == ended.out


def test_the_state_is_found_from_the_current_folder(applied: Path) -> None:
    assert command("state", "list", "--sandbox").out == command("state", "list", *AT).out


def test_a_file_can_be_named(applied: Path) -> None:
    named = command("state", "list", "--state", "finzbooks.sandbox.state.db")
    assert named.out == command("state", "list", *AT).out
