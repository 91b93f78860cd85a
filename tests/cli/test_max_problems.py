"""``--max-problems``: how many the text shows. JSON has all of them, and a schema that says what they hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from shown.cases import Case

from cli.command import command
from cli.test_bad_input import CASES
from importer.schema import raw

FAULTS = 120
COMMANDS = (["validate"], ["plan", "--offline"], ["apply", "--sandbox", "--yes"])


@pytest.fixture
def many(folder: Path) -> Path:
    """A manifest with 120 errors, each in a line of its own, and a warning in a file that stands before it."""
    lines = [f"  - {{key: c{at}, contact_name: C{at}, contact_type: CUSTOMR}}\n" for at in range(FAULTS)]
    (folder / "books").mkdir()
    (folder / "books" / "m.yaml").write_text("contacts:\n" + "".join(lines), encoding="utf-8")
    (folder / "books" / "a-empty.yaml").write_text("", encoding="utf-8")
    return folder / "books"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_fifty_are_shown_unless_another_number_is_given(words: list[str], many: Path) -> None:
    ended = command(*words, "books")
    assert (ended.code, len(ended.problems)) == (1, 50)
    assert "\nand 71 more problems: 70 errors, 1 warning; --max-problems 0 shows all\n" in ended.out
    assert "\n120 errors, 1 warning in 2 files\n" in ended.out
    assert "warning[" not in ended.out
    assert len(command(*words, "--max-problems", "7", "books").problems) == 7


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_0_shows_all(words: list[str], many: Path) -> None:
    ended = command(*words, "--max-problems", "0", "books")
    assert len(ended.problems) == FAULTS
    assert "warning[empty-file]" in ended.out
    assert "more problem" not in ended.out


@pytest.mark.parametrize("words", [*COMMANDS[:1], *COMMANDS[2:]], ids=" ".join)
def test_json_has_all_whatever_is_asked_for(words: list[str], many: Path) -> None:
    ended = command(*words, "--max-problems", "1", "--format", "json", "books")
    assert (ended.code, len(ended.json["problems"])) == (1, FAULTS + 1)


def test_a_number_below_0_is_wrong_usage(many: Path) -> None:
    assert command("validate", "--max-problems", "-1", "books").code == 2


def test_warnings_beside_a_good_manifest_are_as_many_on_stderr(books: Path) -> None:
    for at in range(3):
        (books.parent / f"empty-{at}.yaml").write_text("", encoding="utf-8")
    ended = command("apply", "--sandbox", "--yes", "--max-problems", "1", ".")
    assert (ended.code, ended.err.count("warning[empty-file]")) == (0, 1)
    assert "and 2 more problems: 2 warnings; --max-problems 0 shows all" in ended.err


def valid(value: Any) -> None:
    Draft202012Validator(raw("problems")).validate(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_json_of_every_bad_file_is_as_its_schema_says(case: Case, folder: Path) -> None:
    value = command("validate", "--format", "json", case.put(folder)).json
    assert value["problems"]
    valid(value)


def test_the_json_of_other_ends_is_as_its_schema_says(many: Path, books: Path) -> None:
    (books.parent / "contacts.csv").write_text("key,colour\n\u0915,red\n", encoding="utf-8")
    for words in (["books.yaml"], ["."], ["--strict", "books"], ["no-such-file.yaml"], ["contacts.csv"]):
        valid(command("validate", "--format", "json", *words).json)
    valid(command("plan", "--sandbox", "--format", "json", "books").json)


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": "fatal"},
        {"code": "Not A Code"},
        {"message": ""},
        {"line": 0},
        {"line": None},
        {"file": None},
        {"pointer": "contacts/0"},
        {"help": None},
    ],
    ids=str,
)
def test_the_schema_refuses_what_no_problem_holds(wrong: dict[str, Any]) -> None:
    good = raw("problems")["$defs"]["problem"]["examples"][0]
    validator = Draft202012Validator(raw("problems"))
    assert validator.is_valid({"problems": [good]})
    assert validator.is_valid({"problems": [{**good, "file": None, "line": None, "column": None}]})
    assert not validator.is_valid({"problems": [{**good, **wrong}]})
    assert not validator.is_valid({"problems": [{name: good[name] for name in good if name not in wrong}]})
