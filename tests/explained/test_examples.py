"""Every example is run through ``validate``: the wrong one yields its code, the right one no problem at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.command import Ended, command

from importer.explained.entry import Entry, Example
from importer.explained.every import ENTRIES

SHOWN = [entry for entry in ENTRIES.values() if entry.wrong is not None or entry.right is not None]
# What no text of a page can show; tests/cli/test_bad_input.py and test_sources.py have such files.
NOT_SHOWN = {"not-a-file", "unreadable-file", "file-too-big", "dependency-cycle"}


def validated(example: Example) -> Ended:
    """What ``validate`` says of the example, in the current folder."""
    for name, content in example.files.items():
        file = Path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return command("validate", "--format", "json", example.path)


def test_every_code_of_the_input_has_examples_or_says_why_not() -> None:
    without = {entry.code for entry in ENTRIES.values() if entry.levels and entry not in SHOWN}
    assert without == NOT_SHOWN
    assert {entry.code for entry in ENTRIES.values() if entry.no_example} == NOT_SHOWN
    assert all(entry.wrong is not None and entry.right is not None for entry in SHOWN)


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.code)
def test_the_wrong_example_yields_its_code_and_nothing_else(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert entry.wrong is not None
    problems = validated(entry.wrong).json["problems"]
    assert {one["code"] for one in problems} == {entry.code, *entry.along}
    assert {one["severity"] for one in problems if one["code"] == entry.code} <= set(entry.levels)


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.code)
def test_the_right_example_yields_no_problem(entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert entry.right is not None
    ended = validated(entry.right)
    assert (ended.code, ended.json["problems"]) == (0, [])


def test_examples_are_small_enough_to_be_taken_in() -> None:
    for entry in SHOWN:
        for example in (entry.wrong, entry.right):
            assert example is not None
            assert sum(content.count("\n") for content in example.files.values() if isinstance(content, str)) <= 16
