"""The books that the benchmarks measure are right, whole and the same in every form."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.command import command

from benchmarks import made, peers, remembered
from importer.manifest import SourceFile, read
from importer.model import Document

INVOICES = 120


def documents(*files: Path) -> dict[tuple[str, str], object]:
    manifest = read([SourceFile(file.name, file.read_bytes()) for file in files])
    assert manifest.problems == ()
    return {(one.kind, one.key): _without_blanks(one) for one in manifest.documents}


def _without_blanks(document: Document) -> object:
    return {name: value for name, value in document.fields.items() if value}


def test_every_form_holds_the_same_documents(tmp_path: Path) -> None:
    plain = documents(made.write_yaml(tmp_path / "plain.yaml", INVOICES))
    assert len(plain) == made.size_of(INVOICES)
    assert documents(made.write_yaml(tmp_path / "quoted.yaml", INVOICES, quoted=True)) == plain
    assert documents(*sorted(made.write_folder(tmp_path / "many", INVOICES, 20).iterdir())) == plain
    assert documents(*sorted(made.write_csv(tmp_path / "csv", INVOICES).iterdir())) == plain


def test_they_are_right_and_once_remembered_there_is_nothing_to_do(tmp_path: Path) -> None:
    file, state = made.write_yaml(tmp_path / "books.yaml", INVOICES), tmp_path / "applied.db"
    assert command("validate", file).err == f"{made.size_of(INVOICES)} documents in 1 file: no errors.\n"
    remembered.remember(state, file)
    told = command("plan", "--offline", file, "--state", state).out
    assert f"Nothing to do: {made.size_of(INVOICES)} documents unchanged." in told


def test_the_proportions_are_those_of_a_trading_firm() -> None:
    assert made.size_of(50_000) == 99_500


@pytest.mark.parametrize("same", [True, False])
def test_what_octodns_gets_has_as_many_records(tmp_path: Path, same: bool) -> None:
    config = peers.octodns_folder(tmp_path, 300, same=same)
    source = (tmp_path / "source" / "books.test.yaml").read_text("utf-8")
    target = (tmp_path / "target" / "books.test.yaml").read_text("utf-8")
    assert source.count("type: A") == 300
    assert (target == source) is same
    assert (tmp_path / "target").as_posix() in config.read_text("utf-8")
