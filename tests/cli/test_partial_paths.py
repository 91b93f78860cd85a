"""One file of a project, planned and applied alone: what it refers to is known, and nothing else is spoken of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from cli.command import Ended, command
from cli.live import Org

CONTACTS: Final = "contacts:\n  - {key: acme, contact_name: Acme Corp}\n  - {key: beta, contact_name: Beta Works}\n"
APRIL: Final = """\
invoices:
  - {key: A-1, customer: acme, date: 2026-04-19, line_items: [{name: Work, quantity: 1, rate: 100}]}
"""
MAY: Final = """\
invoices:
  - {key: M-1, customer: beta, date: 2026-05-19, line_items: [{name: Work, quantity: 2, rate: 100}]}
payments:
  - {key: UTR-M, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 60, mode: UPI, bank_account: HDFC Current,
     allocations: [{invoice: A-1, amount: 60}]}
"""
MONTHS: Final = Path("books") / "months"


@pytest.fixture
def project(folder: Path, org: Org) -> Org:
    """A project of three files, of which nothing is in the books."""
    MONTHS.mkdir(parents=True)
    defaults = "defaults: {invoices: {place_of_supply: IN-KA, auto_approve: true}}\n"
    Path("finzbooks.yaml").write_text(f"org_id: {org.id}\n{defaults}", "utf-8")
    (folder / "books" / "contacts.yaml").write_text(CONTACTS, "utf-8")
    (MONTHS / "april.yaml").write_text(APRIL, "utf-8")
    (MONTHS / "may.yaml").write_text(MAY, "utf-8")
    return org


@pytest.fixture
def applied(project: Org) -> Org:
    assert apply(project, "books").out == "5 created, 0 unchanged.\n"
    return project


def plan(org: Org, *words: object) -> Ended:
    return command("plan", *words, env=org.env)


def apply(org: Org, *words: object) -> Ended:
    return command("apply", "--yes", *words, env=org.env)


def planned(org: Org, *words: object) -> list[tuple[str, str]]:
    """Action and key of each operation."""
    found: list[dict[str, Any]] = plan(org, *words, "--format", "json").json["operations"]
    return [(one["action"], one["key"]) for one in found]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def sources(org: Org) -> dict[str, str]:
    """The file that each document came from, as the state remembers it."""
    found = command("state", "list", "books", "--format", "json", env=org.env).json
    return {one["key"]: one["source"] for one in found if not one["part"]}


class TestOneFile:
    def test_after_another_is_planned_and_applied_with_the_state_of_the_project(self, project: Org) -> None:
        assert apply(project, "books/contacts.yaml").out == "2 created, 0 unchanged.\n"
        assert planned(project, MONTHS / "april.yaml") == [("create", "A-1")]
        assert apply(project, MONTHS / "april.yaml").out == "1 created, 0 unchanged.\n"
        assert apply(project, MONTHS / "may.yaml").out == "2 created, 0 unchanged.\n"
        assert plan(project, ".").out == "Nothing to do: 5 documents unchanged.\n"
        (invoice,) = (one for one in project.get("/invoices")["invoices"] if one["reference_number"] == "A-1")
        assert invoice["balance"] == 40

    def test_before_what_it_refers_to_says_in_which_file_that_stands(self, project: Org) -> None:
        ended = apply(project, MONTHS / "april.yaml")
        assert [code for _, code in ended.problems] == ["unresolved-reference"]
        assert "it stands in books/contacts.yaml" in ended.out
        assert (ended.code, project.count("contacts")) == (1, 0)

    @pytest.mark.parametrize("path", ["books/contacts.yaml", "books/months", "books/months/may.yaml"])
    def test_calls_nothing_outside_of_it_orphaned(self, applied: Org, path: str) -> None:
        assert plan(applied, path).out.startswith("Nothing to do: ")
        assert apply(applied, path).out.startswith("0 created, ")

    def test_calls_what_is_gone_from_it_orphaned_and_the_other_files_do_not(self, applied: Org) -> None:
        (MONTHS / "april.yaml").write_text(APRIL + APRIL.partition("\n")[2].replace("A-1", "A-2"), "utf-8")
        assert apply(applied, MONTHS / "april.yaml").out == "1 created, 1 unchanged.\n"
        (MONTHS / "april.yaml").write_text(APRIL, "utf-8")
        assert planned(applied, MONTHS / "april.yaml") == [("orphaned", "A-2")]
        assert planned(applied, MONTHS / "may.yaml") == []
        assert planned(applied, "books") == [("orphaned", "A-2")]

    def test_that_is_gone_wholly_is_seen_from_its_folder(self, applied: Org) -> None:
        (MONTHS / "may.yaml").unlink()
        assert planned(applied, MONTHS) == [("orphaned", "M-1"), ("orphaned", "UTR-M")]
        assert planned(applied, MONTHS / "april.yaml") == []

    def test_has_its_own_saved_plan(self, applied: Org) -> None:
        edit(Path("books/contacts.yaml"), "Beta Works}", "Beta Works, email: b@beta.in}")
        assert plan(applied, "books/contacts.yaml", "--out", "p.json").code == 0
        edit(MONTHS / "may.yaml", "mode: UPI", "mode: CASH")  # not in the plan
        ended = command("apply", "--plan", "p.json", "--yes", env=applied.env)
        assert (ended.code, ended.out) == (0, "0 created, 1 updated, 1 unchanged.\n")

    def test_given_twice_is_one_file(self, applied: Org) -> None:
        assert planned(applied, MONTHS / "may.yaml", "books/months/../months/may.yaml", MONTHS) == []

    def test_from_another_folder_is_the_same_file(self, applied: Org, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(MONTHS)
        assert plan(applied, "may.yaml").out == "Nothing to do: 2 documents unchanged.\n"
        assert plan(applied, "../contacts.yaml").out == "Nothing to do: 2 documents unchanged.\n"


class TestARenamedKey:
    def test_inside_of_the_file_is_recognised_and_named(self, applied: Org) -> None:
        edit(Path("books/contacts.yaml"), "key: beta", "key: beta-works")
        ended = plan(applied, "books/contacts.yaml")
        assert ended.code == 1
        assert "! conflict contact beta-works" in ended.out
        assert "finz-import state mv contacts beta beta-works" in " ".join(ended.out.split())
        assert "create" not in ended.out

    def test_of_an_invoice_is_recognised_too(self, applied: Org) -> None:
        edit(MONTHS / "april.yaml", "key: A-1", "key: A-001")
        assert [one for one in planned(applied, MONTHS / "april.yaml") if one[0] != "orphaned"] == [
            ("conflict", "A-001")
        ]

    def test_moved_in_the_state_as_it_says_is_no_change(self, applied: Org) -> None:
        edit(Path("books/contacts.yaml"), "key: beta", "key: beta-works")
        edit(MONTHS / "may.yaml", "customer: beta", "customer: beta-works")
        assert command("state", "mv", "contacts", "beta", "beta-works", "books", env=applied.env).code == 0
        assert plan(applied, "books").out == "Nothing to do: 5 documents unchanged.\n"


class TestADocumentThatMoved:
    """From one file of the project to another, saying what it said."""

    @pytest.fixture
    def moved(self, applied: Org) -> Org:
        """The payment stands in the file of April now."""
        at = MAY.index("payments:")
        (MONTHS / "may.yaml").write_text(MAY[:at], "utf-8")
        (MONTHS / "april.yaml").write_text(APRIL + MAY[at:], "utf-8")
        return applied

    @pytest.mark.parametrize("path", [".", "books", "books/months", "books/months/april.yaml"])
    def test_is_neither_new_nor_orphaned(self, moved: Org, path: str) -> None:
        assert planned(moved, path) == []
        assert apply(moved, path).out.startswith("0 created, ")

    def test_and_was_edited_is_one_edit(self, moved: Org) -> None:
        edit(MONTHS / "april.yaml", "amount: 60, mode", "amount: 61, mode")
        assert planned(moved, "books") == [("conflict", "UTR-M")]

    def test_with_its_whole_file_is_no_change(self, applied: Org) -> None:
        (MONTHS / "may.yaml").rename(Path("books") / "later.yaml")
        assert plan(applied, "books").out == "Nothing to do: 5 documents unchanged.\n"
        assert plan(applied, "books/later.yaml").out == "Nothing to do: 2 documents unchanged.\n"

    def test_with_the_whole_project_and_its_state_is_no_change(self, applied: Org, folder: Path) -> None:
        shutil.copytree(folder, folder.parent / "there")
        there = folder.parent / "there" / "books"
        assert plan(applied, there).out == "Nothing to do: 5 documents unchanged.\n"
        (there / "months" / "may.yaml").unlink()
        assert planned(applied, there) == [("orphaned", "M-1"), ("orphaned", "UTR-M")]

    def test_is_remembered_under_its_new_file_by_the_next_apply(self, moved: Org) -> None:
        assert sources(moved)["UTR-M"] == "books/months/may.yaml"
        assert apply(moved, "books").out == "0 created, 5 unchanged.\n"
        assert sources(moved)["UTR-M"] == "books/months/april.yaml"
        assert planned(moved, MONTHS / "may.yaml") == []
        (MONTHS / "april.yaml").write_text(APRIL, "utf-8")
        assert planned(moved, MONTHS / "april.yaml") == [("orphaned", "UTR-M")]

    def test_is_remembered_so_also_when_there_is_other_work(self, moved: Org) -> None:
        edit(Path("books/contacts.yaml"), "Beta Works}", "Beta Works, email: b@beta.in}")
        assert apply(moved, "books").out == "0 created, 1 updated, 4 unchanged.\n"
        assert sources(moved)["UTR-M"] == "books/months/april.yaml"

    def test_is_remembered_so_in_the_run_of_a_saved_plan_and_not_where_that_has_nothing_to_do(self, moved: Org) -> None:
        assert plan(moved, "books", "--out", "p.json").code == 0
        before = Path("finzbooks.state.db").read_bytes()
        assert command("apply", "--plan", "p.json", "--yes", env=moved.env).out == "0 created, 5 unchanged.\n"
        assert Path("finzbooks.state.db").read_bytes() == before
        edit(Path("books/contacts.yaml"), "Beta Works}", "Beta Works, email: b@beta.in}")
        assert plan(moved, "books", "--out", "p.json").code == 0
        assert command("apply", "--plan", "p.json", "--yes", env=moved.env).code == 0
        assert sources(moved)["UTR-M"] == "books/months/april.yaml"
        assert "plan-done" in command("apply", "--plan", "p.json", "--yes", env=moved.env).err

    def test_sends_no_write_for_that_and_changes_the_state_once(self, moved: Org) -> None:
        writes = moved.books.db.value("SELECT count(*) FROM answers")
        assert apply(moved, "books").code == 0
        before = Path("finzbooks.state.db").read_bytes()
        assert apply(moved, "books").code == 0
        assert Path("finzbooks.state.db").read_bytes() == before
        assert moved.books.db.value("SELECT count(*) FROM answers") == writes


def test_annotations_come_with_the_text_and_the_same_codes(applied: Org) -> None:
    edit(Path("books/contacts.yaml"), "Beta Works}", "Beta Works, email: b@beta.in}")
    (MONTHS / "may.yaml").write_text(MAY[: MAY.index("payments:")], "utf-8")
    text = plan(applied, "books", "--detailed-exitcode")
    ended = plan(applied, "books", "--detailed-exitcode", "--format", "github")
    assert (text.code, ended.code) == (3, 3)
    assert ended.out.startswith(text.out)
    assert "title=orphaned::payment UTR-M" in ended.out
    ended = apply(applied, "books", "--format", "github")
    assert (ended.code, ended.out) == (0, "0 created, 1 updated, 3 unchanged.\nno problems\n")
