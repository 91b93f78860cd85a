"""Every file and folder of ``bad`` is refused as its expected file says; a new one is a new test.

An expected file holds what ``validate`` prints (tests/shown); the places and codes of its errors are held here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from shown.cases import BAD, WARNED, Case, inputs

from cli.command import Ended, command, files_below
from importer.manifest.source import MAX_BYTES

CASES = list(inputs(BAD))


def expected(case: Case) -> list[tuple[str, str]]:
    return Ended(1, case.printed.read_text("utf-8"), "").problems


def test_there_are_many_cases_and_no_expected_file_without_one() -> None:
    assert len(CASES) >= 90
    for folder in (BAD, WARNED):
        assert set(folder.glob("*.expected")) == {case.printed for case in inputs(folder)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_validate_names_file_line_and_column_of_every_error(case: Case, folder: Path) -> None:
    ended = command("validate", case.put(folder))
    assert ended.code == 1
    assert ended.problems == expected(case)
    assert ended.problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_apply_refuses_it_before_anything_is_touched(case: Case, folder: Path) -> None:
    name = case.put(folder)
    before = files_below(folder)
    ended = command("apply", "--sandbox", "--yes", name)
    assert ended.code == 1
    assert ended.problems == expected(case)
    assert files_below(folder) == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_json_it_holds_the_same_places(case: Case, folder: Path) -> None:
    ended = command("plan", "--sandbox", "--format", "json", case.put(folder))
    assert ended.code == 1
    problems = ended.json["problems"]
    keys = {"severity", "code", "message", "help", "file", "line", "column", "pointer"}
    assert all(set(problem) >= keys for problem in problems)
    errors = [problem for problem in problems if problem["severity"] == "error"]
    assert [(f"{one['file']}:{one['line']}:{one['column']}", one["code"]) for one in errors] == expected(case)


@pytest.mark.parametrize("words", [["validate"], ["plan", "--sandbox"], ["apply", "--sandbox", "--yes"]])
def test_a_path_that_is_not_there_is_an_error_of_the_input(words: list[str], folder: Path) -> None:
    ended = command(*words, "nowhere/books.yaml", "--state", "s.db")
    assert (ended.code, ended.problems) == (1, [("nowhere/books.yaml:1:1", "no-such-path")])
    assert files_below(folder) == set()


def test_a_file_of_two_gigabytes_is_refused_without_being_read_whole(folder: Path) -> None:
    with (folder / "huge.yaml").open("wb") as file:
        file.write(b"contacts: []\n")
        file.truncate(2 * 1024**3)
    ended = command("validate", "huge.yaml")
    assert (ended.code, ended.problems) == (1, [("huge.yaml:1:1", "file-too-big")])
    assert f"the file has 2,147,483,648 bytes; at most {MAX_BYTES:,} are read" in ended.out


def test_a_good_file_beside_a_bad_one_is_not_applied_alone(books: Path) -> None:
    (books.parent / "bad.yaml").write_text("contacts:\n  - {key: x}\n", encoding="utf-8")
    ended = command("apply", "--sandbox", "--yes", ".")
    assert (ended.code, ended.problems) == (1, [("bad.yaml:2:5", "missing-field")])
    assert files_below(books.parent) == {"books.yaml", "bad.yaml"}


def test_an_empty_file_in_a_folder_is_a_warning_only(books: Path) -> None:
    (books.parent / "later.yaml").write_text("", encoding="utf-8")
    ended = command("validate", ".")
    assert (ended.code, ended.problems) == (0, [])
    assert "later.yaml:1:1: warning[empty-file]" in ended.out


def test_warnings_do_not_stop_an_apply_and_go_to_stderr(books: Path) -> None:
    (books.parent / "later.yaml").write_text("", encoding="utf-8")
    ended = command("apply", "--sandbox", "--yes", "--format", "json", ".")
    assert ended.code == 0
    assert ended.json["summary"]["created"] == 5
    assert "warning[empty-file]" in ended.err
