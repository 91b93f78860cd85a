from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli.command import command
from importer.kinds import KINDS
from importer.schema import folder as schema_folder


@pytest.mark.parametrize("word", [*KINDS, *(kind.singular for kind in KINDS.values())])
def test_the_schema_of_each_kind_is_printed_and_stands_alone(word: str, folder: Path) -> None:
    ended = command("schema", word)
    assert (ended.code, ended.err) == (0, "")
    Draft202012Validator.check_schema(ended.json)
    assert "types.schema.json" not in ended.out


@pytest.mark.parametrize("words", [[], ["manifest"]])
def test_without_a_kind_it_is_the_manifests_as_it_is_in_the_repository(words: list[str], folder: Path) -> None:
    ended = command("schema", *words)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (schema_folder() / "manifest.schema.json").read_text("utf-8")


@pytest.mark.parametrize("name", ["project", "problems"])
def test_those_of_the_project_file_and_of_problems_are_as_they_are_in_the_repository(name: str, folder: Path) -> None:
    ended = command("schema", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (schema_folder() / f"{name}.schema.json").read_text("utf-8")


NAMES = (*KINDS, "manifest", "project", "problems")


def test_an_unknown_name_is_told_those_that_are_known(folder: Path) -> None:
    ended = command("schema", "bills")
    assert (ended.code, ended.out) == (2, "")
    assert all(name in ended.err for name in NAMES)


def test_the_help_lists_every_name(folder: Path) -> None:
    shown = command("schema", "--help").out
    assert all(name in shown for name in NAMES)
