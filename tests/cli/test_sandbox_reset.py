"""A rehearsal that begins again."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest

from cli.command import command, files_below
from cli.live import Org, serving
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.state.files import open_for_writing

SANDBOX = Path(".finzbooks", "sandbox.db")
STATE = Path("finzbooks.sandbox.state.db")
GONE = "1 contact, 1 item, 1 invoice, 1 payment, 1 credit note are gone"


@pytest.fixture
def rehearsed(books: Path) -> Path:
    """The quickstart, applied to the sandbox in the current folder."""
    assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0
    return books


def counts() -> dict[str, int]:
    with contextlib.closing(Books(SANDBOX, SystemClock())) as books:
        return {kind: number for kind, number in books.counts().items() if number}


def org() -> str:
    with contextlib.closing(Books(SANDBOX, SystemClock())) as books:
        return books.org_id


def test_documents_faults_and_state_go_and_the_set_up_stays(rehearsed: Path) -> None:
    before = org()
    command("sandbox", "set", "id_form=uuid")
    command("sandbox", "faults", "POST /payments slow seconds=1 nth=9")
    command("sandbox", "clock", "--advance", "1d")
    shutil.copy(STATE, f"{STATE}.v1.bak")
    ended = command("sandbox", "reset", "--yes")
    assert (ended.code, ended.out) == (0, f"{SANDBOX.as_posix()} is empty; {GONE}. {STATE} is removed.\n")
    assert files_below(Path()) - {f"{STATE}.lock"} == {"books.yaml", ".finzbooks/sandbox.db"}
    assert (counts(), org()) == ({}, before)
    assert command("sandbox", "faults").out == "Nothing will go wrong.\n"
    assert "* id_form=uuid" in command("sandbox", "switches").out
    assert "1d ahead" in command("sandbox", "clock").out
    again = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (again.code, again.out) == (0, "5 created, 1 application, 0 unchanged.\n")


def test_with_all_the_file_goes_and_the_next_run_begins_anew(rehearsed: Path) -> None:
    before = org()
    command("sandbox", "set", "id_form=uuid")
    ended = command("sandbox", "reset", "--all", "--yes")
    assert (ended.code, ended.out) == (0, f"{SANDBOX.as_posix()} is removed; {GONE}. {STATE} is removed.\n")
    assert files_below(Path()) - {f"{STATE}.lock"} == {"books.yaml"}
    again = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (again.code, again.out) == (0, "5 created, 1 application, 0 unchanged.\n")
    assert org() != before
    assert "*" not in command("sandbox", "switches").out


def test_it_tells_as_json_what_went(rehearsed: Path) -> None:
    told = command("sandbox", "reset", "--yes", "--format", "json").json
    assert (told["books"], told["state"], told["all"]) == (SANDBOX.as_posix(), str(STATE), False)
    assert told["removed"]["invoices"] == 1


def test_it_asks_on_a_terminal_and_says_what_would_go(rehearsed: Path) -> None:
    ended = command("sandbox", "reset", terminal=True, typed="n\n")
    assert ended.code == 5
    assert f"{SANDBOX.as_posix()}: 1 contact, 1 item, 1 invoice, 1 payment, 1 credit note." in ended.err
    assert f"{STATE}: what is remembered of them." in ended.err
    assert "error[not-confirmed]" in ended.err
    assert (counts()["invoices"], STATE.exists()) == (1, True)
    assert command("sandbox", "reset", terminal=True, typed="y\n").code == 0
    assert (counts(), STATE.exists()) == ({}, False)


@pytest.mark.parametrize("options", [[], ["--all"]], ids=["plain", "all"])
class TestRefused:
    """Nothing is removed then."""

    def unchanged(self, *words: str) -> str:
        ended = command("sandbox", "reset", *words)
        assert (ended.code, ended.out) == (5, "")
        assert counts()["invoices"] == 1
        assert STATE.exists()
        return ended.err.partition("]")[0].removeprefix("error[")

    def test_without_a_terminal_and_without_yes(self, options: list[str], rehearsed: Path) -> None:
        assert self.unchanged(*options) == "not-confirmed"

    def test_while_a_run_has_the_state(self, options: list[str], rehearsed: Path) -> None:
        with open_for_writing(STATE):
            assert self.unchanged("--yes", *options) == "state-locked"

    def test_with_the_state_of_real_books(self, options: list[str], rehearsed: Path) -> None:
        with open_for_writing(Path("finzbooks.state.db")) as store:
            store.bind("org_real")
        assert self.unchanged("--yes", "--state", "finzbooks.state.db", *options) == "wrong-org"
        assert Path("finzbooks.state.db").exists()

    def test_with_a_state_that_is_none(self, options: list[str], rehearsed: Path) -> None:
        assert self.unchanged("--yes", "--state", "books.yaml", *options) == "state-not-ours"


def test_beside_a_server_the_books_are_emptied_but_not_removed(books: Path) -> None:
    with serving(SANDBOX) as live:
        here = Org(live.books, live.url, live.books.org_id, "aibk_pat_test_sandbox")
        assert command("apply", "--yes", "books.yaml", env=here.env).code == 0
        removing = command("sandbox", "reset", "--all", "--yes")
        assert (removing.code, removing.out) == (5, "")
        assert "is open in another process" in removing.err
        assert here.count("invoices") == 1
        emptying = command("sandbox", "reset", "--yes")
        assert emptying.code == 0
        assert "finzbooks.state.db speaks of a sandbox as well" in emptying.err
        assert sum(here.counts().values()) == 0
        Path("finzbooks.state.db").unlink()
        again = command("apply", "--yes", "books.yaml", env=here.env)
        assert (again.code, again.out) == (0, "5 created, 1 application, 0 unchanged.\n")


def test_where_there_is_nothing_it_says_so_and_makes_nothing(folder: Path) -> None:
    ended = command("sandbox", "reset", "--yes")
    assert (ended.code, ended.out) == (0, f"There are no books at {SANDBOX.as_posix()}.\n")
    assert files_below(folder) == set()


def test_a_state_that_is_left_over_names_this_command_and_goes_with_it(rehearsed: Path) -> None:
    SANDBOX.unlink()
    ended = command("apply", "--sandbox", "--yes", "books.yaml")
    assert ended.code == 5
    assert "finz-import sandbox reset" in ended.err
    assert command("sandbox", "reset", "--yes").code == 0
    assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0


def test_a_state_that_is_damaged_goes_as_well(rehearsed: Path) -> None:
    STATE.write_bytes(STATE.read_bytes()[:4096] + b"\xff" * 8192)
    assert command("sandbox", "reset", "--yes").code == 0
    assert not STATE.exists()


def test_a_rehearsal_with_a_state_of_its_own_is_found_by_it_also_in_a_project(books: Path) -> None:
    Path("finzbooks.yaml").write_text("version: 1\n", encoding="utf-8")
    options = ("--state", "kept/mine.db")
    assert command("apply", "--sandbox", "--yes", "books.yaml", *options).code == 0
    assert files_below(Path()) >= {"kept/mine.db", "kept/.finzbooks/sandbox.db"}
    assert command("sandbox", "reset", "--yes", *options).code == 0
    assert not Path("kept", "mine.db").exists()
    again = command("apply", "--sandbox", "--yes", "books.yaml", *options)
    assert (again.code, again.out) == (0, "5 created, 1 application, 0 unchanged.\n")


def test_books_elsewhere_are_emptied_and_no_state_is_touched(rehearsed: Path) -> None:
    shutil.move(SANDBOX, "elsewhere.db")
    ended = command("sandbox", "reset", "--yes", "--books", "elsewhere.db")
    assert (ended.code, ended.out) == (0, f"elsewhere.db is empty; {GONE}.\n")
    assert STATE.exists()
