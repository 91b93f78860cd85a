"""Exit code 5: the state file cannot serve, and is left as it is."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.command import command, environment, files_below

STATE = Path("finzbooks.sandbox.state.db")
APPLY = ("apply", "--sandbox", "--yes", "books.yaml")
RUNS = [APPLY, ("plan", "--sandbox", "books.yaml"), ("state", "list", "--sandbox", "books.yaml")]


@contextlib.contextmanager
def held_elsewhere(state: Path) -> Iterator[None]:
    """Another process has ``state`` open for writing."""
    code = (
        "import pathlib, sys; from importer.state.files import open_for_writing\n"
        "with open_for_writing(pathlib.Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    holder = [sys.executable, "-c", code, str(state)]
    with subprocess.Popen(holder, env=environment(None), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().strip() == b"held"
        try:
            yield
        finally:
            process.stdin.close()


def test_a_state_in_use_by_another_process_refuses_an_apply_and_lets_a_plan_read(books: Path) -> None:
    assert command(*APPLY).code == 0
    books.write_text(books.read_text("utf-8").replace("1 MG Road", "2 MG Road"), encoding="utf-8")
    with held_elsewhere(STATE):
        ended = command(*APPLY)
        assert (ended.code, ended.out) == (5, "")
        assert ended.err.startswith("error[state-locked]: ")
        assert command("plan", "--sandbox", "--detailed-exitcode", "books.yaml").code == 3
        assert command("state", "list", "--sandbox", "books.yaml").code == 0
    assert command(*APPLY).out == "0 created, 1 updated, 4 unchanged.\n"


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
@pytest.mark.parametrize("content", [b"", b"not a database at all, only some text\n" * 40, b"\x00" * 4096])
def test_a_file_that_is_no_state_is_refused_and_kept(words: tuple[str, ...], content: bytes, books: Path) -> None:
    STATE.write_bytes(content)
    ended = command(*words)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[state-not-ours]: ")
    assert STATE.read_bytes() == content


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_a_database_of_another_program_is_refused_and_kept(words: tuple[str, ...], books: Path) -> None:
    with contextlib.closing(sqlite3.connect(STATE)) as db, db:
        db.execute("CREATE TABLE theirs (id)")
    before = STATE.read_bytes()
    ended = command(*words)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[state-not-ours]: ")
    assert STATE.read_bytes() == before


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_a_folder_for_a_state_is_refused(words: tuple[str, ...], books: Path) -> None:
    ended = command(*words, "--state", ".")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[state-not-ours]: ")


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_a_state_of_a_newer_importer_is_refused(words: tuple[str, ...], books: Path) -> None:
    assert command(*APPLY).code == 0
    with contextlib.closing(sqlite3.connect(STATE)) as db, db:
        db.execute("PRAGMA user_version = 99")
    ended = command(*words)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[state-too-new]: ")
    assert "99" in ended.err


def test_validate_refuses_it_too(books: Path) -> None:
    Path("finzbooks.state.db").write_bytes(b"not a database at all, only some text\n" * 40)
    ended = command("validate", "books.yaml")
    assert (ended.code, ended.out) == (5, "")


def test_books_of_the_sandbox_that_are_not_are_refused(books: Path) -> None:
    Path(".finzbooks").mkdir()
    Path(".finzbooks/sandbox.db").write_bytes(b"not a database at all, only some text\n" * 40)
    ended = command(*APPLY)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[sandbox-failed]: ")
    assert not STATE.exists()


def test_a_state_that_is_not_there_has_nothing_to_show(books: Path) -> None:
    ended = command("state", "list", "books.yaml")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[no-state]: ")
    assert files_below(books.parent) == {"books.yaml"}
