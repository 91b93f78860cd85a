"""A document dated in the future is told once: by validate as D2, by a plan in its notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.command import command

LATER = """
contacts: [{key: acme, contact_name: Acme}]
invoices:
  - {key: I, customer: acme, date: 2999-05-19, place_of_supply: IN-KA, line_items: [{name: A, quantity: 1, rate: 1}]}
"""


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "books.yaml").write_text(LATER, "utf-8")
    (folder / "finzbooks.yaml").write_text("version: 1\n", "utf-8")
    return folder


def test_validate_warns_of_it(books: Path) -> None:
    ended = command("validate", ".", "--format", "json")
    (problem,) = json.loads(ended.out)["problems"]
    assert (ended.code, problem["code"], problem["severity"]) == (0, "D2", "warning")
    assert problem["pointer"] == "/invoices/0/date"


def test_a_plan_tells_of_it_in_its_notes_alone(books: Path) -> None:
    ended = command("plan", ".", "--offline")
    assert "dated after today" in ended.out
    assert "D2" not in ended.out + ended.err


def test_a_plan_is_refused_where_the_project_makes_an_error_of_it(books: Path) -> None:
    (books / "finzbooks.yaml").write_text("rules: {D2: error}\n", "utf-8")
    ended = command("plan", ".", "--offline")
    assert ended.code == 1
    assert "error[D2]" in ended.out
