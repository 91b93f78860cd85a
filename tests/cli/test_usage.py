"""Exit code 2: the command line makes no sense, and nothing was looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command, files_below


@pytest.mark.parametrize(
    "words",
    [
        ["aply", "books.yaml"],
        ["validate"],
        ["plan", "books.yaml", "--format", "xml"],
        ["apply", "--sandbox", "--yes"],
        ["state", "list", "--no-such"],
        ["state", "show"],
        ["sandbox", "serve", "--port", "70000"],
        ["schema", "bills"],
        ["state", "show", "bills", "B-1"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_in_2_and_says_why_on_stderr(words: list[str], books: Path) -> None:
    ended = command(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err
    assert files_below(books.parent) == {"books.yaml"}


@pytest.mark.parametrize("words", [["plan", "--sandbox"], ["apply", "--sandbox", "--yes"], ["plan", "--offline"]])
def test_several_paths_without_a_place_for_the_state_are_wrong_usage(words: list[str], books: Path) -> None:
    (books.parent / "more.yaml").write_text("contacts:\n  - {key: b, contact_name: B}\n", encoding="utf-8")
    ended = command(*words, "books.yaml", "more.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert "error[no-state-place]" in ended.err
    assert "--state FILE" in ended.err
    assert files_below(books.parent) == {"books.yaml", "more.yaml"}


def test_several_paths_can_be_validated_without_one(books: Path) -> None:
    (books.parent / "more.yaml").write_text("contacts:\n  - {key: b, contact_name: B}\n", encoding="utf-8")
    ended = command("validate", "books.yaml", "more.yaml")
    assert (ended.code, ended.out) == (0, "")
    assert "6 documents in 2 files" in ended.err


def test_a_state_that_is_named_serves_several_paths(books: Path) -> None:
    (books.parent / "more.yaml").write_text("contacts:\n  - {key: b, contact_name: B}\n", encoding="utf-8")
    ended = command("apply", "--sandbox", "--yes", "books.yaml", "more.yaml", "--state", "kept/s.db")
    assert ended.code == 0
    assert files_below(books.parent) >= {"kept/s.db", "kept/.finzbooks/sandbox.db"}


def test_a_project_file_above_gives_several_paths_a_place(books: Path) -> None:
    (books.parent / "finzbooks.yaml").write_text("version: 1\n", encoding="utf-8")
    (books.parent / "more").mkdir()
    (books.parent / "more" / "b.yaml").write_text("contacts:\n  - {key: b, contact_name: B}\n", encoding="utf-8")
    assert command("apply", "--sandbox", "--yes", "books.yaml", "more/b.yaml").code == 0
    assert "finzbooks.sandbox.state.db" in files_below(books.parent)
