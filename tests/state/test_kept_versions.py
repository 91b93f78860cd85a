"""A file of each layout version, made by it and kept as bytes: ``version-N.db``; ``version-N.jsonl`` is its export.

Whoever adds a layout keeps a file of it here before it is released, and never makes an old one anew.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from importer.state import layout
from importer.state.export import lines
from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store

KEPT = {int(file.stem.partition("-")[2]): file for file in Path(__file__).parent.glob("version-*.db")}
EACH = pytest.mark.parametrize("version", sorted(KEPT))


def expected(version: int) -> list[dict[str, Any]]:
    """What the version exported; an export no longer says the ids of intents."""
    with KEPT[version].with_suffix(".jsonl").open(encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    return [
        {name: value for name, value in one.items() if (name, one.get("type")) != ("id", "intent")} for one in found
    ]


def said(store: Store) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(store)]


@pytest.fixture
def kept(version: int, path: Path) -> Path:
    shutil.copyfile(KEPT[version], path)
    return path


def test_a_file_of_every_version_is_kept() -> None:
    assert sorted(KEPT) == list(range(1, layout.VERSION + 1))


@EACH
def test_it_is_of_its_version_and_holds_something_of_everything(version: int) -> None:
    with closing(sqlite3.connect(f"{KEPT[version].as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (version,)
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {name for name in tables if not db.execute(f"SELECT 1 FROM {name}").fetchone()} == set()


@EACH
def test_it_is_read_as_it_is(version: int, kept: Path) -> None:
    before = kept.read_bytes()
    store = open_for_reading(kept)
    assert store is not None
    with store:
        assert said(store) == expected(version)
    assert kept.read_bytes() == before


@EACH
def test_it_is_written_to_and_loses_nothing(version: int, kept: Path) -> None:
    with open_for_writing(kept) as store:
        assert said(store) == expected(version)
        (intent,) = store.intents()
        store.close(intent, raised=intent.rows)
        assert {store.generation(*row[:3]) for row in intent.rows} == {row.generation + 1 for row in intent.rows}
    with open_for_writing(kept) as store:
        assert store.intents() == ()
        receipts = [one for one in expected(version) if one.get("type") == "receipt"]
        assert len(list(store.receipts())) == len(receipts)
