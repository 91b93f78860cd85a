"""Plans that are saved, reviewed and applied later: bound to what they were made for, and carried out once."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from cli.command import Ended, command, files_below, started
from cli.live import Live, Org
from cli.test_endings import wait_for_receipts
from importer import __version__
from importer.model import Intent, IntentRow
from importer.plan.saved import dump, load
from importer.state.files import open_for_reading, open_for_writing

BOOKS: Final = Path("books.yaml")
PLAN: Final = Path("p.json")
STATE: Final = Path("finzbooks.state.db")
EMPTY: Final = {"contacts": 0, "items": 0, "invoices": 0, "payments": 0, "credit_notes": 0}
ONE_OF_EACH: Final = dict.fromkeys(EMPTY, 1)
WHOLE: Final = "5 created, 1 application, 0 unchanged.\n"
READABLE: Final = (
    "contacts",
    "items",
    "taxes",
    "accounts",
    "invoices",
    "payments",
    "creditnotes",
    "branches",
    "bankaccounts",
)


def save(org: Org, *words: object) -> Ended:
    return command("plan", BOOKS, "--out", PLAN, *words, env=org.env)


def apply(org: Org, *words: object) -> Ended:
    return command("apply", "--plan", PLAN, "--yes", *words, env=org.env)


def apply_files(org: Org, *words: object) -> Ended:
    return command("apply", "--yes", BOOKS, *words, env=org.env)


def edit(old: str, new: str) -> None:
    text = BOOKS.read_text("utf-8")
    assert old in text
    BOOKS.write_text(text.replace(old, new), encoding="utf-8")


def refused(ended: Ended) -> str:
    """The code and the sentence of a run that was refused with nothing on stdout."""
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[")
    return ended.err


def writes(org: Org) -> int:
    return int(org.books.db.value("SELECT count(*) FROM answers"))


def lacking(org: Org, *kinds: str) -> None:
    """From now on the token may create nothing of ``kinds``."""
    scopes = [f"AIBooks.{one}.READ" for one in READABLE]
    scopes += [f"AIBooks.{one}.{verb}" for one in READABLE if one not in kinds for verb in ("CREATE", "UPDATE")]
    org.books.add_token(org.token, orgs=(org.id,), scopes=scopes, tier="PARTNER")


def may_all(org: Org) -> None:
    org.books.add_token(org.token, orgs=(org.id,), tier="PARTNER")


@pytest.fixture
def reviewed(books: Path, org: Org) -> Org:
    """An org for which the quickstart was planned and the plan saved; nothing has been written."""
    assert save(org).code == 0
    return org


class TestSaving:
    def test_shows_the_plan_as_ever_and_writes_one_file(self, books: Path, org: Org) -> None:
        shown = command("plan", BOOKS, env=org.env)
        saved = save(org)
        assert (saved.code, saved.out, saved.err) == (0, shown.out, "")
        assert files_below(Path()) == {"books.yaml", "p.json"}
        assert org.counts() == EMPTY

    def test_gives_json_that_tools_can_read_and_that_holds_no_token(self, reviewed: Org) -> None:
        text = PLAN.read_text("utf-8")
        found = json.loads(text)
        assert (found["format"], found["format_version"], found["org_id"]) == ("finzbooks-plan", 1, reviewed.id)
        assert found["plan"]["summary"]["create"] == 5
        assert found["plan"]["money"]["billed"] == "14160.00"
        assert reviewed.token not in text

    def test_goes_with_json_on_stdout(self, books: Path, org: Org) -> None:
        ended = save(org, "--format", "json")
        assert ended.json == json.loads(PLAN.read_text("utf-8"))["plan"]

    def test_keeps_the_code_that_tells_of_changes(self, books: Path, org: Org) -> None:
        assert save(org, "--detailed-exitcode").code == 3
        assert PLAN.exists()

    def test_takes_the_place_of_an_older_plan(self, reviewed: Org) -> None:
        before = load(PLAN.read_text("utf-8"))
        assert save(reviewed).code == 0
        assert load(PLAN.read_text("utf-8")).id != before.id

    def test_offline_is_wrong_usage(self, books: Path, org: Org) -> None:
        ended = save(org, "--offline")
        assert (ended.code, ended.out) == (2, "")
        assert "offline" in ended.err
        assert not PLAN.exists()

    @pytest.mark.parametrize("file", ["nowhere/p.json", "."])
    def test_where_no_file_can_be_is_refused_in_a_sentence(self, books: Path, org: Org, file: str) -> None:
        ended = command("plan", BOOKS, "--out", file, env=org.env)
        assert ended.code == 5
        assert ended.err.startswith("error[plan-unwritable]: ")
        assert len(ended.err.splitlines()) == 2
        assert files_below(Path()) == {"books.yaml"}

    def test_with_a_call_whose_outcome_is_not_known_is_refused(self, books: Path, org: Org) -> None:
        row = IntentRow("contacts", "acme", "", 0)
        call = ("POST", "/contacts", "{}", "some-key", "token-1", "2026-05-19T10:00:00Z", "run-1")
        with open_for_writing(STATE) as store:
            store.bind(org.id)
            store.begin(Intent(0, "create", (row,), *call))
        ended = save(org)
        assert ended.code == 5
        assert "pending contact acme" in ended.out
        assert "error[plan-open-intents]" in ended.err and "finz-import recover" in ended.err
        assert not PLAN.exists()

    @pytest.mark.parametrize("file", [BOOKS, "./books.yaml", STATE, "finzbooks.yaml"])
    def test_over_a_file_of_ours_is_wrong_usage(self, books: Path, org: Org, file: str) -> None:
        assert apply_files(org).code == 0
        before = {name: Path(name).read_bytes() for name in files_below(Path())}
        ended = command("plan", BOOKS, "--out", file, env=org.env)
        assert (ended.code, ended.out) == (2, "")
        assert "--out would write over" in ended.err
        assert {name: Path(name).read_bytes() for name in files_below(Path())} == before

    def test_among_the_manifests_is_wrong_usage(self, books: Path, org: Org) -> None:
        ended = command("plan", ".", "--out", "later.yaml", env=org.env)
        assert (ended.code, ended.out) == (2, "")
        for file in ("p.json", ".plans.yaml"):  # neither is read when the folder is
            assert command("plan", ".", "--out", file, env=org.env).code == 0
            assert command("validate", ".").code == 0

    def test_input_with_errors_saves_nothing(self, books: Path, org: Org) -> None:
        edit("date: 2026-05-25", "date: 2026-05-32")
        assert save(org).code == 1
        assert not PLAN.exists()


class TestOnce:
    def test_it_is_carried_out_once_and_then_refused(self, reviewed: Org) -> None:
        ended = apply(reviewed)
        assert (ended.code, ended.out, ended.err) == (0, WHOLE, "")
        assert reviewed.counts() == ONE_OF_EACH
        assert "error[plan-done]" in refused(apply(reviewed))
        assert reviewed.counts() == ONE_OF_EACH

    def test_done_is_told_before_all_else_that_has_changed(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert apply_files(reviewed).code == 0
        assert "error[plan-done]" in refused(apply(reviewed))

    def test_a_plan_of_nothing_does_nothing(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        assert save(reviewed).code == 0
        before = (STATE.read_bytes(), writes(reviewed))
        ended = apply(reviewed)
        assert (ended.code, ended.out) == (0, "0 created, 5 unchanged.\n")
        assert (STATE.read_bytes(), writes(reviewed)) == before

    def test_a_plan_of_an_edit_is_carried_out_with_a_state(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        assert apply(reviewed).out == "0 created, 1 updated, 4 unchanged.\n"
        assert reviewed.get("/contacts")["contacts"][0]["billing_address"]["address"] == "2 MG Road"

    def test_json_says_what_became_of_each(self, reviewed: Org) -> None:
        ended = apply(reviewed, "--format", "json")
        assert (ended.code, ended.json["summary"]["created"]) == (0, 5)


class TestTheOrg:
    def test_is_named_by_something_else_than_the_plan_where_nobody_is_asked(self, reviewed: Org) -> None:
        """A pipeline makes the plan a moment before: that it names the org of the token proves nothing."""
        ended = command("apply", "--plan", PLAN, "--yes", env=reviewed.without("FINZBOOKS_ORG_ID"))
        assert "error[org-not-named]" in refused(ended)
        assert reviewed.counts() == EMPTY

    def test_of_another_token_is_refused(self, reviewed: Org, live: Live) -> None:
        other = live.org()
        said = refused(apply(other))
        assert "error[plan-other-org]" in said
        assert reviewed.id in said and other.id in said
        assert (reviewed.counts(), other.counts()) == (EMPTY, EMPTY)

    def test_that_one_token_shares_with_another_org_is_told_apart(self, reviewed: Org, live: Live) -> None:
        other = live.org()
        reviewed.books.add_token(reviewed.token, orgs=(reviewed.id, other.id), multi_org=True, tier="PARTNER")
        env = {**reviewed.env, "FINZBOOKS_ORG_ID": other.id}
        assert "error[plan-other-org]" in refused(command("apply", "--plan", PLAN, "--yes", env=env))
        assert (reviewed.counts(), other.counts()) == (EMPTY, EMPTY)

    def test_of_a_sandbox_is_not_that_of_the_live_api(self, books: Path, org: Org) -> None:
        assert command("plan", BOOKS, "--out", PLAN, "--sandbox").code == 0
        said = refused(apply(org))
        assert "error[plan-of-sandbox]" in said and "--sandbox" in said
        assert org.counts() == EMPTY
        assert apply(org, "--sandbox").code == 0
        assert org.counts() == EMPTY

    def test_of_the_live_api_is_not_that_of_a_sandbox(self, reviewed: Org) -> None:
        assert "error[plan-of-sandbox]" in refused(apply(reviewed, "--sandbox"))


class TestTheDocuments:
    def test_written_otherwise_are_the_same(self, reviewed: Org) -> None:
        edit("rate: 12000 ", "rate: 12000.00 ")
        edit("# One sale", "# A sale")
        edit("zip: 560001 ", "zip: '560001' ")
        assert apply(reviewed).code == 0

    def test_may_become_yaml_from_csv(self, folder: Path, org: Org) -> None:
        (folder / "m").mkdir()
        (folder / "m" / "contacts.csv").write_text("key,contact_name\nacme,Acme Corp\n", "utf-8")
        assert command("plan", "m", "--out", PLAN, env=org.env).code == 0
        (folder / "m" / "contacts.csv").unlink()
        (folder / "m" / "all.yaml").write_text("contacts: [{contact_name: Acme Corp, key: acme}]\n", "utf-8")
        assert apply(org).out == "1 created, 0 unchanged.\n"

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("quantity: 1               #", "quantity: 2               #", "changed: invoices/ORDER-99031"),
            ("        amount: 100  ", "        amount: 99  ", "changed: credit_notes/CN-1"),
            ("auto_approve: true", "auto_approve: false", "changed: invoices/ORDER-99031"),
            ("contacts:\n", "contacts:\n  - {key: beta, contact_name: Beta}\n", "added: contacts/beta"),
        ],
    )
    def test_that_changed_or_came_are_named(self, reviewed: Org, old: str, new: str, said: str) -> None:
        edit(old, new)
        if "auto_approve" in old:  # what settles a draft is no good input: it goes as well
            text = BOOKS.read_text("utf-8")
            BOOKS.write_text(text[: text.index("payments:")], "utf-8")
        err = refused(apply(reviewed))
        assert "error[plan-other-documents]" in err and said in err
        assert reviewed.counts() == EMPTY

    def test_that_are_gone_are_named(self, reviewed: Org) -> None:
        text = BOOKS.read_text("utf-8")
        BOOKS.write_text(text[: text.index("credit_notes:")], "utf-8")
        assert "gone: credit_notes/CN-1." in refused(apply(reviewed))

    def test_that_have_errors_now_are_shown_with_their_lines(self, reviewed: Org) -> None:
        edit("date: 2026-05-25", "date: 2026-05-32")
        ended = apply(reviewed)
        assert (ended.code, [code for _, code in ended.problems]) == (5, ["not-a-date"])
        assert "error[plan-other-documents]" in ended.err
        assert reviewed.counts() == EMPTY

    def test_whose_file_is_not_there_are_refused(self, reviewed: Org) -> None:
        BOOKS.unlink()
        ended = apply(reviewed)
        assert (ended.code, reviewed.counts()) == (5, EMPTY)
        assert "no-such-path" in ended.out and "error[plan-other-documents]" in ended.err

    def test_also_count_by_the_defaults_of_the_project(self, reviewed: Org) -> None:
        Path("finzbooks.yaml").write_text("defaults: {contacts: {payment_terms: 30}}\n", "utf-8")
        assert "changed: contacts/acme." in refused(apply(reviewed))


class TestTheState:
    def test_that_moved_on_is_refused(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        with open_for_writing(STATE) as store:
            store.put([replace(next(store.receipts()), run="another")])
        said = refused(apply(reviewed))
        assert "error[plan-other-state]" in said and "moved on" in said
        assert reviewed.get("/contacts")["contacts"][0]["billing_address"]["address"] == "1 MG Road"

    def test_that_came_since_is_refused(self, reviewed: Org) -> None:
        assert apply_files(reviewed).code == 0
        said = refused(apply(reviewed))
        assert "error[plan-other-state]" in said and "There was no state when the plan was made" in said
        assert reviewed.counts() == ONE_OF_EACH

    def test_that_is_gone_is_refused(self, reviewed: Org) -> None:
        assert apply_files(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        STATE.unlink()
        assert "now there is none" in refused(apply(reviewed))

    def test_of_another_lineage_is_refused(self, reviewed: Org) -> None:
        assert apply_files(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        STATE.unlink()
        assert apply_files(reviewed).code == 0
        assert "another state" in refused(apply(reviewed))

    def test_is_found_again_where_the_plan_was_told_it_is(self, books: Path, org: Org) -> None:
        assert save(org, "--state", "kept/s.db").code == 0
        assert apply(org).code == 0
        assert Path("kept/s.db").is_file() and not STATE.exists()

    def test_that_is_locked_refuses_and_leaves_the_plan_good(self, reviewed: Org) -> None:
        with open_for_writing(STATE):
            assert "error[state-locked]" in refused(apply(reviewed))
        assert apply(reviewed).code == 0


class TestTheVersion:
    def test_of_another_importer_is_refused_and_both_are_named(
        self, books: Path, org: Org, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("importer.cli.saved.__version__", "0.0.1")
        assert save(org).code == 0
        monkeypatch.undo()
        said = refused(apply(org))
        assert "error[plan-other-version]" in said and "0.0.1" in said and __version__ in said
        assert org.counts() == EMPTY


class TestTheFile:
    def cut_off(self) -> None:
        PLAN.write_text(PLAN.read_text("utf-8")[:-200], "utf-8")

    def edited(self) -> None:
        PLAN.write_text(PLAN.read_text("utf-8").replace("14160.00", "14160.01"), "utf-8")

    def another(self) -> None:
        shutil.copy(BOOKS, PLAN)

    def json_of_something_else(self) -> None:
        PLAN.write_text('{"format": "terraform"}', "utf-8")

    def bytes_that_are_no_text(self) -> None:
        PLAN.write_bytes(b"\xff\xfe\x00")

    def empty(self) -> None:
        PLAN.write_text("", "utf-8")

    def a_folder(self) -> None:
        PLAN.unlink()
        PLAN.mkdir()

    def missing(self) -> None:
        PLAN.unlink()

    @pytest.mark.parametrize(
        "spoil",
        [cut_off, edited, another, json_of_something_else, bytes_that_are_no_text, empty, a_folder, missing],
        ids=lambda spoil: spoil.__name__,
    )
    def test_that_is_no_whole_plan_is_refused_in_a_sentence(
        self, reviewed: Org, spoil: Callable[[TestTheFile], None]
    ) -> None:
        spoil(self)
        said = refused(apply(reviewed))
        assert said.startswith("error[plan-unreadable]: ")
        assert len(said.splitlines()) == 2
        assert reviewed.counts() == EMPTY

    def test_with_other_line_ends_is_the_same(self, reviewed: Org) -> None:
        PLAN.write_bytes(b"\xef\xbb\xbf" + PLAN.read_bytes().replace(b"\n", b"\r\n"))
        assert apply(reviewed).code == 0


class TestUsage:
    @pytest.mark.parametrize("words", [["books.yaml"], ["--target", "contacts/acme"], ["--limit", "1"]])
    def test_a_plan_with_what_it_holds_itself_is_wrong_usage(self, reviewed: Org, words: list[str]) -> None:
        ended = apply(reviewed, *words)
        assert (ended.code, ended.out) == (2, "")
        assert reviewed.counts() == EMPTY

    def test_with_likeness_is_wrong_usage(self, reviewed: Org) -> None:
        assert apply(reviewed, "--allow-likeness").code == 2

    def test_nothing_to_apply_is_wrong_usage(self, folder: Path, org: Org) -> None:
        ended = command("apply", "--yes", env=org.env)
        assert (ended.code, ended.out) == (2, "")
        assert "--plan FILE" in ended.err

    def test_nobody_to_ask_is_refused_and_leaves_the_plan_good(self, reviewed: Org) -> None:
        assert "error[not-confirmed]" in refused(command("apply", "--plan", PLAN, env=reviewed.env))
        assert files_below(Path()) == {"books.yaml", "p.json"}
        assert apply(reviewed).code == 0

    def test_a_person_is_shown_the_plan_and_asked(self, reviewed: Org) -> None:
        ended = command("apply", "--plan", PLAN, env=reviewed.env, terminal=True, typed="y\n")
        assert ended.code == 0
        assert "14,160.00" in ended.err and f"Apply this to organisation {reviewed.id}?" in ended.err


class TestCarriedOn:
    """After 4, 130 or a kill the same plan goes on."""

    def test_after_a_refused_document_it_goes_on_and_sends_nothing_twice(self, reviewed: Org) -> None:
        lacking(reviewed, "payments")
        ended = apply(reviewed)
        assert ended.code == 4
        assert "failed payment UTR-1234567 [auth.insufficient_scope]" in ended.out
        assert reviewed.counts() == {**ONE_OF_EACH, "payments": 0}
        assert apply(reviewed).code == 4, "the cause is there still"
        may_all(reviewed)
        ended = apply(reviewed)
        assert (ended.code, ended.out) == (0, "1 created, 4 unchanged.\n")
        assert reviewed.counts() == ONE_OF_EACH
        assert "error[plan-done]" in refused(apply(reviewed))

    def test_after_everything_was_refused_it_goes_on(self, reviewed: Org) -> None:
        lacking(reviewed, "contacts", "items")
        assert apply(reviewed).code == 4
        may_all(reviewed)
        assert (apply(reviewed).code, reviewed.counts()) == (0, ONE_OF_EACH)

    def test_after_an_update_that_was_refused_it_goes_on(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        lacking(reviewed, "contacts")
        assert apply(reviewed).code == 4
        may_all(reviewed)
        assert apply(reviewed).out == "0 created, 1 updated, 4 unchanged.\n"
        assert "error[plan-done]" in refused(apply(reviewed))

    def test_not_after_another_apply_in_between(self, reviewed: Org) -> None:
        lacking(reviewed, "payments")
        assert apply(reviewed).code == 4
        may_all(reviewed)
        assert apply_files(reviewed).code == 0
        said = refused(apply(reviewed))
        assert "error[plan-other-state]" in said and "Something else has changed the state" in said
        assert reviewed.counts() == ONE_OF_EACH

    def test_not_after_its_state_was_lost(self, reviewed: Org) -> None:
        lacking(reviewed, "payments")
        assert apply(reviewed).code == 4
        may_all(reviewed)
        STATE.unlink()
        assert "error[plan-other-books]" in refused(apply(reviewed))
        assert reviewed.counts() == {**ONE_OF_EACH, "payments": 0}

    def test_not_after_the_files_were_edited(self, reviewed: Org) -> None:
        lacking(reviewed, "payments")
        assert apply(reviewed).code == 4
        may_all(reviewed)
        edit("mode: BANK_TRANSFER", "mode: UPI")
        assert "changed: payments/UTR-1234567." in refused(apply(reviewed))

    @pytest.mark.skipif(os.name == "nt", reason="signals cannot be sent to one process there")
    @pytest.mark.parametrize("number", [signal.SIGINT, getattr(signal, "SIGKILL", signal.SIGTERM)])
    def test_after_a_signal_it_goes_on_and_books_nothing_twice(self, folder: Path, org: Org, number: int) -> None:
        many = 620  # more than a window of the slower tier: the run cannot be over when the signal comes
        rows = "".join(f"c{at},Customer {at}\n" for at in range(many))
        (folder / "contacts.csv").write_text("key,contact_name\n" + rows, encoding="utf-8")
        assert command("plan", "contacts.csv", "--out", PLAN, env=org.env).code == 0
        org.books.add_token(org.token, orgs=(org.id,), tier="DEFAULT")
        with started("apply", "--plan", "p.json", "--yes", "-q", env=org.env, folder=folder) as running:
            wait_for_receipts(folder / STATE, running)
            running.send_signal(number)
            running.communicate(timeout=30)
        assert running.returncode == (130 if number == signal.SIGINT else -number)
        may_all(org)
        begun = org.count("contacts")
        assert 0 < begun < many
        ended = apply(org, "--format", "json")
        # Whoever asks it to stop lets it wait for its answers. Killed, it leaves calls of unknown outcome: what the
        # books do not show of them is not sent again until it has been settled.
        assert ended.code == 0 or (ended.code == 4 and number != signal.SIGINT)
        assert {one["error"]["code"] for one in ended.json["operations"] if one["error"]} <= {"open-intent"}
        summary = ended.json["summary"]
        assert summary["created"] + summary["adopted"] + summary["unchanged"] + summary["skipped"] == many
        assert org.count("contacts") == many - summary["skipped"]
        names = org.books.db.value("SELECT count(DISTINCT name) FROM contacts WHERE org = ?", (org.id,))
        assert names == org.count("contacts")
        if ended.code != 0:
            # Settling them is part of the plan's own run.
            settled = command("recover", "contacts.csv", env={**org.env, "FINZBOOKS_TIMEOUT": "1"})
            assert settled.code == 0, settled.err
            assert apply(org).code == 0
        assert org.count("contacts") == many
        assert "error[plan-done]" in refused(apply(org))

    def test_a_plan_that_was_cut_off_after_its_last_step_is_done_by_the_next_run(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        with contextlib.closing(sqlite3.connect(STATE)) as db, db:
            db.execute("UPDATE plans SET done = 0")
        assert apply(reviewed).out == "0 created, 5 unchanged.\n"
        assert "error[plan-done]" in refused(apply(reviewed))


class TestOnAnotherMachine:
    """The books are the same, the folder is a copy, and there is no state."""

    def elsewhere(self, folder: Path) -> Path:
        other = folder.parent / "there"
        shutil.copytree(folder, other, ignore=shutil.ignore_patterns("*.state.db*"))
        return other

    def test_a_plan_made_without_a_state_is_carried_out(self, reviewed: Org, folder: Path) -> None:
        with contextlib.chdir(self.elsewhere(folder)):
            assert apply(reviewed).out == WHOLE
            assert apply_files(reviewed).out == "0 created, 5 unchanged.\n"
        assert "error[plan-other-books]" in refused(apply(reviewed)), "here nobody knows that it was done"
        assert reviewed.counts() == ONE_OF_EACH

    def test_a_plan_made_with_a_state_is_refused_without_it(self, reviewed: Org, folder: Path) -> None:
        assert apply_files(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        there = self.elsewhere(folder)
        with contextlib.chdir(there):
            assert "error[plan-other-state]" in refused(apply(reviewed))
        shutil.copy(STATE, there / STATE)
        with contextlib.chdir(there):
            assert apply(reviewed).out == "0 created, 1 updated, 4 unchanged.\n"

    def test_the_state_that_comes_along_tells_that_it_was_done(self, reviewed: Org, folder: Path) -> None:
        assert apply(reviewed).code == 0
        there = self.elsewhere(folder)
        shutil.copy(STATE, there / STATE)
        with contextlib.chdir(there):
            assert "error[plan-done]" in refused(apply(reviewed))


class TestTheBooks:
    def test_into_which_somebody_typed_a_document_refuse_it_by_name(self, reviewed: Org) -> None:
        reviewed.send("POST", "/contacts", json.dumps({"contact_name": "Acme Corp", "contact_type": "CUSTOMER"}))
        said = refused(apply(reviewed))
        assert "error[plan-other-books]" in said
        assert "contacts/acme would be updated, the plan says create" in said
        assert reviewed.counts() == {**EMPTY, "contacts": 1}
        assert files_below(Path()) == {"books.yaml", "p.json"}

    def test_in_which_a_document_was_edited_refuse_its_update_by_name(self, reviewed: Org) -> None:
        assert apply(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        assert save(reviewed).code == 0
        (contact,) = reviewed.get("/contacts")["contacts"]
        body = {"contact_name": "Acme Corp", "billing_address": {**contact["billing_address"], "address": "3 MG Road"}}
        reviewed.send("PUT", f"/contacts/{contact['contact_id']}", json.dumps(body))
        said = refused(apply(reviewed))
        assert "contacts/acme is in conflict, the plan says update" in said

    def test_that_have_other_things_meanwhile_do_not_matter(self, reviewed: Org) -> None:
        reviewed.send("POST", "/contacts", json.dumps({"contact_name": "Beta", "contact_type": "CUSTOMER"}))
        assert apply(reviewed).code == 0


class TestConflicts:
    @pytest.fixture
    def at_odds(self, reviewed: Org) -> Org:
        """A plan with an update and a conflict."""
        assert apply(reviewed).code == 0
        edit("1 MG Road", "2 MG Road")
        edit("quantity: 1               #", "quantity: 2               #")
        PLAN.unlink()
        return reviewed

    def test_are_saved_for_the_review_and_keep_the_plan_from_being_applied(self, at_odds: Org) -> None:
        assert save(at_odds).code == 1
        assert json.loads(PLAN.read_text("utf-8"))["plan"]["summary"]["conflict"] == 1
        before = writes(at_odds)
        ended = apply(at_odds)
        assert ended.code == 1
        assert "! conflict invoice ORDER-99031" in ended.out
        assert "Nothing was sent" in ended.err
        assert writes(at_odds) == before

    def test_are_skipped_when_a_person_says_so(self, at_odds: Org) -> None:
        assert save(at_odds).code == 1
        ended = apply(at_odds, "--skip-conflicts")
        assert ended.code == 4
        assert ended.out.endswith("0 created, 1 updated, 3 unchanged, 1 failed.\n")
        assert at_odds.get("/contacts")["contacts"][0]["billing_address"]["address"] == "2 MG Road"
        before = writes(at_odds)
        again = apply(at_odds, "--skip-conflicts")
        assert again.code == 4, "it is not done, and goes on to nothing"
        assert writes(at_odds) == before


def test_a_crafted_plan_for_another_serial_is_refused(reviewed: Org) -> None:
    saved = load(PLAN.read_text("utf-8"))
    PLAN.write_text(dump(replace(saved, lineage="0" * 32, serial=7)), "utf-8")
    assert "error[plan-other-state]" in refused(apply(reviewed))


def test_reading_the_state_for_a_plan_leaves_it_alone(reviewed: Org) -> None:
    lacking(reviewed, "payments")
    assert apply(reviewed).code == 4
    store = open_for_reading(STATE)
    assert store is not None
    with store:
        before = store.serial
        (progress,) = store.plans().values()
    assert (progress.serial, progress.done) == (before, False)
    assert "error[not-confirmed]" in refused(command("apply", "--plan", PLAN, env=reviewed.env))
    store = open_for_reading(STATE)
    assert store is not None
    with store:
        assert store.serial == before
