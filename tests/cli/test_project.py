"""The project file as the command takes it: state, org, defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command
from cli.live import Org

INVOICE = "invoices: [{key: I, customer_id: c, date: 2026-05-19, line_items: [{name: N, quantity: 1, rate: 5}]}]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "may.yaml").write_text(INVOICE, "utf-8")
    return tmp_path


def write_project(folder: Path, text: str) -> None:
    (folder / "finzbooks.yaml").write_text(text, "utf-8")


def test_its_defaults_reach_every_document(project: Path) -> None:
    assert command("validate", project / "books").code == 1  # place_of_supply is missing
    write_project(project, "defaults: {invoices: {place_of_supply: IN-KA}}\n")
    assert command("validate", project / "books").code == 0


def test_its_problems_are_told_with_their_line_and_stop_the_run(project: Path) -> None:
    write_project(project, "version: 1\ndefaults: {invoices: {place_of_supply: IN-KA}}\nrules: {G2: warning}\n")
    ended = command("validate", project / "books")
    assert ended.code == 1
    assert "finzbooks.yaml:3:1: error[not-supported-yet]" in ended.out
    assert "rules: {G2: warning}" in ended.out


def test_a_field_of_doubtful_meaning_passes_only_when_it_is_named(project: Path) -> None:
    (project / "books" / "may.yaml").write_text(INVOICE.replace("rate: 5", "rate: 5, discount: 1"), "utf-8")
    defaults = "defaults: {invoices: {place_of_supply: IN-KA}}\n"
    write_project(project, defaults)
    assert "unverified-field" in command("validate", project / "books").out
    write_project(project, defaults + "allow_unverified: [invoices.line_items.discount]\n")
    assert command("validate", project / "books").code == 0


def test_the_org_that_it_names_is_enough_for_yes(books: Path, org: Org) -> None:
    write_project(books.parent, f"org_id: {org.id}\n")
    assert command("apply", "--yes", "books.yaml", env=org.without("FINZBOOKS_ORG_ID")).code == 0
    assert org.counts()["invoices"] == 1


def test_a_token_of_another_org_than_the_one_it_names_is_refused(books: Path, org: Org) -> None:
    write_project(books.parent, "org_id: org_of_somebody_else\n")
    for env in (org.without("FINZBOOKS_ORG_ID"), org.env):
        ended = command("apply", "--yes", "books.yaml", env=env)
        assert (ended.code, ended.out) == (5, "")
        assert "wrong-org" in ended.err
    assert org.counts()["invoices"] == 0


def test_the_state_lies_where_it_says(books: Path, org: Org) -> None:
    write_project(books.parent, "state: kept/here.db\n")
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    assert (books.parent / "kept" / "here.db").is_file()
    assert "invoices" in command("state", "list", "books.yaml", env=org.env).out
