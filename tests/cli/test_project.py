"""The project file as the command takes it: state, org, defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.command import command
from cli.live import Org
from importer.cli import elsewhere
from importer.manifest import SourceFile, read
from importer.model import Manifest

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
    write_project(project, "version: 1\ndefaults: {invoices: {place_of_supply: IN-KA}}\nrules: {repeated-key: off}\n")
    ended = command("validate", project / "books")
    assert ended.code == 1
    assert "finzbooks.yaml:3:9: error[not-switchable]" in ended.out
    assert "rules: {repeated-key: off}" in ended.out


@pytest.mark.parametrize(
    "text", ["org_id:\n", "org_id: ''\n", "org_id: [a]\n", "state:\n", "state: {a: b}\n", "colour: red\n"]
)
def test_a_run_with_a_faulty_project_file_sends_nothing(books: Path, org: Org, text: str) -> None:
    write_project(books.parent, text)
    ended = command("apply", "--yes", "books.yaml", env=org.env)
    assert ended.code == 1
    assert "finzbooks.yaml:1:" in ended.out
    assert org.counts()["contacts"] == 0


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


def test_paths_of_several_projects_are_wrong_usage(project: Path) -> None:
    write_project(project / "books", "org_id: one\n")
    (project / "other.yaml").write_text(INVOICE, "utf-8")
    for words in (["validate"], ["plan", "--offline"], ["apply", "--yes"], ["plan", "--sandbox"]):
        ended = command(*words, project / "books" / "may.yaml", project / "other.yaml")
        assert (ended.code, ended.out) == (2, "")
        assert "error[several-projects]" in ended.err
        assert "may.yaml" in ended.err and "other.yaml" in ended.err


def test_another_project_below_the_path_stops_the_run(project: Path) -> None:
    write_project(project, "defaults: {invoices: {place_of_supply: IN-KA}}\n")
    write_project(project / "books", "org_id: another\n")
    ended = command("validate", project)
    assert ended.code == 1
    assert [code for _, code in ended.problems] == ["nested-project"]


def test_include_says_which_files_are_read(project: Path) -> None:
    write_project(project, "defaults: {invoices: {place_of_supply: IN-KA}}\ninclude: [books/may.yaml]\n")
    (project / "books" / "broken.yaml").write_text("invoices: [{key: X}]\n", "utf-8")
    assert command("validate", project).code == 0
    assert command("validate", project / "books").code == 0
    assert command("validate", project / "books" / "broken.yaml").code == 1


def test_an_entry_of_include_that_matches_nothing_is_shown_in_its_line(project: Path) -> None:
    write_project(project, "include:\n- books\n- boks/*.csv\n")
    ended = command("validate", project)
    assert "finzbooks.yaml:3:3: error[include-matches-nothing]" in ended.out
    assert "- boks/*.csv" in ended.out


BAD_GSTIN = "contacts: [{key: a, contact_name: A, gst_no: 27AAPFU0939F1ZO}]\n"


@pytest.mark.parametrize(
    ("level", "code", "severity"), [("error", 1, "error"), ("warning", 0, "warning"), ("info", 0, "info")]
)
def test_a_rule_has_the_level_that_it_says(project: Path, level: str, code: int, severity: str) -> None:
    (project / "books" / "may.yaml").write_text(BAD_GSTIN, "utf-8")
    write_project(project, f"rules: {{G2: {level}}}\n")
    ended = command("validate", project / "books")
    assert ended.code == code
    assert f"{severity}[G2]" in ended.out


def test_a_rule_that_is_off_is_not_told_of(project: Path) -> None:
    (project / "books" / "may.yaml").write_text(BAD_GSTIN, "utf-8")
    assert command("validate", project / "books").code == 1
    write_project(project, "rules: {G2: off}\n")
    ended = command("validate", project / "books")
    assert (ended.code, ended.out) == (0, "")


ODD = """\
contacts:
- {key: a, contact_name: A, gst_no: 27AAPFU0939F1ZO}
- {key: b, contact_name: B, gst_no: X, pan: ABC}
- {key: c, contact_name: C, gst_no: X}
invoices:
- {key: I, customer: a, date: 2026-05-19, round_off: -1.50,
   line_items: [{name: N, quantity: 1, rate: 5, discount: 1}]}
"""
EVERYTHING = """\
defaults: {invoices: {place_of_supply: IN-KA}}
rules: {G1: off, G2: warning, G8: info, P1: off, M3: off}
allow_unverified: [invoices.line_items.discount]
"""


def test_a_plan_is_made_of_what_the_rules_let_through(project: Path) -> None:
    (project / "books" / "may.yaml").write_text(ODD, "utf-8")
    write_project(project, EVERYTHING)
    ended = command("plan", "--offline", project / "books")
    assert ended.code == 0, ended
    assert "create invoice I" in ended.out


def test_what_the_rules_let_through_is_sent(folder: Path, org: Org) -> None:
    (folder / "a.yaml").write_text(BAD_GSTIN, "utf-8")
    write_project(folder, "rules: {G2: warning}\n")
    ended = command("apply", "--yes", "a.yaml", env=org.env)
    assert (ended.code, ended.out) == (0, "1 created, 0 unchanged.\n")
    assert "warning[G2]" in ended.err


def test_one_file_of_a_project_checks_as_it_does_in_its_folder(project: Path) -> None:
    (project / "books" / "may.yaml").write_text(ODD, "utf-8")
    write_project(project, EVERYTHING + "include: [books]\n")
    folder, file = (command("validate", path, "--format", "json") for path in (project, project / "books" / "may.yaml"))
    assert (folder.code, file.code) == (0, 0)
    assert folder.json == file.json
    assert [one["severity"] for one in file.json["problems"]] == ["warning", "info"]


def write_pair(folder: Path) -> tuple[Path, Path]:
    """Two files of which one refers to the other."""
    one, other = folder / "invoices.yaml", folder / "contacts.yaml"
    one.write_text(INVOICE.replace("customer_id: c", "customer: acme, place_of_supply: IN-KA"), "utf-8")
    other.write_text("contacts: [{key: acme, contact_name: Acme}]\n", "utf-8")
    return one, other


class TestAReferenceThatIsNotInTheGivenFile:
    def test_is_told_the_file_of_the_project_that_has_it(self, folder: Path) -> None:
        one, _ = write_pair(folder)
        write_project(folder, "version: 1\n")
        ended = command("validate", one.name)
        assert [code for _, code in ended.problems] == ["unresolved-reference"]
        assert (
            "help: it stands in contacts.yaml: give the folder that holds both, or apply that file first" in ended.out
        )
        assert command("validate", ".").code == 0

    def test_is_told_nothing_where_there_is_no_project(self, folder: Path) -> None:
        one, _ = write_pair(folder)
        assert "stands in" not in command("validate", one.name).out

    def test_is_told_nothing_of_files_that_the_project_leaves_out(self, folder: Path) -> None:
        one, _ = write_pair(folder)
        write_project(folder, "include: [invoices.yaml]\n")
        assert "stands in" not in command("validate", one.name).out

    def test_is_told_of_a_file_outside_that_the_project_includes(self, folder: Path) -> None:
        one, _ = write_pair(folder)
        (folder / "p").mkdir()
        one = one.rename(folder / "p" / one.name)
        write_project(folder / "p", "include: [invoices.yaml, ../contacts.yaml]\n")
        assert "it stands in contacts.yaml" in command("validate", "p/invoices.yaml").out

    def test_and_stands_nowhere_keeps_its_help(self, folder: Path) -> None:
        one, other = write_pair(folder)
        write_project(folder, "version: 1\n")
        other.write_text("contacts: [{key: acmee, contact_name: acme}]\n", "utf-8")
        assert "stands in" not in command("validate", one.name).out

    def test_is_not_looked_for_in_more_files_than_is_quick(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        one, _ = write_pair(folder)
        write_project(folder, "version: 1\n")
        monkeypatch.setattr(elsewhere, "MOST_BYTES", 20)
        assert "stands in" not in command("validate", one.name).out

    def test_is_told_so_in_a_time_that_does_not_grow_with_their_number(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys = [f"k{number}" for number in range(200)]
        payments = "".join(f"  - {{key: P{key}, flow: INCOMING, contact: {key}}}\n" for key in keys)
        contacts = "".join(f"  - {{key: {key}, contact_name: N{key}, contact_type: VENDOR}}\n" for key in keys)
        (folder / "payments.yaml").write_text(f"payments:\n{payments}", "utf-8")
        (folder / "contacts.yaml").write_text(f"contacts:\n{contacts}", "utf-8")
        (folder / "items.yaml").write_text("items: [{key: i, name: I, type: GOODS, sku: S, rate: 1}]\n", "utf-8")
        write_project(folder, "version: 1\n")
        monkeypatch.setattr(elsewhere, "MOST_KEYS", 3)
        searched: list[str] = []

        def watched(files: list[SourceFile], defaults: Any) -> Manifest:
            searched.extend(file.name for file in files)
            return read(files, defaults)

        monkeypatch.setattr(elsewhere, "read", watched)
        ended = command("validate", "--max-problems", "0", "payments.yaml")
        assert ended.out.count("it stands in contacts.yaml") == len(keys)
        assert searched == ["contacts.yaml"]


def test_sound_files_are_read_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, other = write_pair(folder)
    write_project(folder, "version: 1\n")
    monkeypatch.setattr(elsewhere, "_others", None)
    assert command("validate", other.name).code == 0


def test_what_the_project_includes_from_outside_is_orphaned_once_it_is_gone(folder: Path, org: Org) -> None:
    (folder / "p").mkdir()
    (folder / "p" / "a.yaml").write_text("contacts: [{key: a, contact_name: A}]\n", "utf-8")
    (folder / "shared.yaml").write_text("contacts: [{key: b, contact_name: B}, {key: c, contact_name: C}]\n", "utf-8")
    write_project(folder / "p", "include: ['*.yaml', ../shared.yaml]\n")
    assert command("apply", "--yes", "p", env=org.env).code == 0
    (folder / "shared.yaml").write_text("contacts: [{key: b, contact_name: B}]\n", "utf-8")
    assert _orphaned("p") == ["c"]
    assert _orphaned("p/a.yaml") == []


def _orphaned(path: str) -> list[str]:
    planned = command("plan", "--offline", "--format", "json", path).json
    return [one["key"] for one in planned["operations"] if one["action"] == "orphaned"]
