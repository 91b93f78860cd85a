"""A state of layout version 1 in this version: ``version-1.db`` was made by it, ``version-1.jsonl`` is its export."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from importer.errors import Refused
from importer.state import layout
from importer.state.disk import beside
from importer.state.export import lines
from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store

Make = Callable[..., Any]
OLD = Path(__file__).with_name("version-1.db")


def expected() -> list[dict[str, Any]]:
    """What version 1 exported of the file; an export no longer says the ids of intents."""
    with OLD.with_suffix(".jsonl").open(encoding="utf-8") as file:
        return [{name: value for name, value in json.loads(line).items() if name != "id"} for line in file]


def said(store: Store) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(store)]


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def reading(path: Path) -> Store:
    opened = open_for_reading(path)
    assert opened is not None
    return opened


@pytest.fixture
def old(path: Path) -> Path:
    shutil.copyfile(OLD, path)
    return path


@pytest.fixture
def copy(path: Path) -> Path:
    return beside(path, ".v1.bak")


def write(path: Path) -> None:
    with open_for_writing(path):
        pass


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir() if entry.suffix != ".lock"}


def test_the_file_of_this_test_is_of_version_1(old: Path) -> None:
    assert version(old) == 1


def test_an_old_state_is_read_as_it_is(old: Path) -> None:
    before = old.read_bytes()
    with reading(old) as store:
        assert said(store) == expected()
        assert store.receipt("contacts", "acme") == next(store.receipts())
        assert [one.accepted for one in store.receipts()] == [{}] * 5
        assert store.plans() == {}
        assert store.plan_progress("plan-1") is None
    assert old.read_bytes() == before
    assert names(old.parent) == {old.name}


def test_a_writer_brings_an_old_state_up_to_date_and_nothing_is_lost(old: Path, receipt: Make) -> None:
    with open_for_writing(old) as store:
        assert said(store) == expected()
        store.carry_out("plan-1")
        store.put([receipt("ORDER-1", accepted={"notes": "n"})])
        assert store.close_row(store.intents()[0].rows[0])
    assert version(old) == layout.VERSION
    with reading(old) as store:
        known = store.receipt("invoices", "ORDER-1")
        assert known is not None
        assert known.accepted == {"notes": "n"}
        assert store.plan_progress("plan-1") is not None


def test_what_the_old_state_was_stays_beside_it_as_a_whole_state_of_its_version(old: Path, copy: Path) -> None:
    with open_for_writing(old) as store:
        store.bind("org_1")
    assert names(old.parent) == {old.name, copy.name}
    assert version(copy) == 1
    with reading(copy) as store:
        assert said(store) == expected()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_receipts_that_stood_in_the_journal_alone_are_in_the_copy(old: Path, copy: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("UPDATE store SET serial = 99")
        work = tmp_path / "work"
        work.mkdir()
        for suffix in ("", "-wal"):  # as a run that was killed leaves them
            shutil.copyfile(f"{old}{suffix}", work / f"{old.name}{suffix}")
    write(work / old.name)
    with reading(work / copy.name) as store:
        assert store.serial == 99
    with reading(work / old.name) as store:
        assert store.serial == 99


def test_only_a_state_of_an_older_layout_is_copied(path: Path) -> None:
    write(path)
    write(path)
    assert names(path.parent) == {path.name}


def test_a_copy_is_never_overwritten(old: Path, copy: Path) -> None:
    copy.write_text("somebody's own", "utf-8")
    beside(old, ".v1.2.bak").mkdir()
    write(old)
    assert copy.read_text("utf-8") == "somebody's own"
    assert version(beside(old, ".v1.3.bak")) == 1


def test_a_state_taken_back_and_changed_by_the_old_version_is_copied_anew(old: Path, copy: Path) -> None:
    write(old)
    first = copy.read_bytes()
    shutil.copyfile(OLD, old)
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("UPDATE store SET serial = serial + 1")
    write(old)
    assert copy.read_bytes() == first
    with reading(beside(old, ".v1.2.bak")) as store:
        assert store.serial == expected()[0]["serial"] + 1


def test_a_state_taken_back_as_it_was_is_not_copied_twice(old: Path, copy: Path) -> None:
    write(old)
    shutil.copyfile(OLD, old)
    write(old)
    assert names(old.parent) == {old.name, copy.name}
    assert version(old) == layout.VERSION


def test_what_a_run_killed_while_copying_left_behind_is_no_hindrance(old: Path, copy: Path) -> None:
    beside(copy, "-new").write_bytes(b"half a file")
    write(old)
    assert names(old.parent) == {old.name, copy.name}
    assert version(copy) == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_a_copy_may_be_read_by_those_who_may_read_the_state(old: Path, copy: Path) -> None:
    old.chmod(0o600)
    write(old)
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_migration_that_fails_half_way_leaves_the_old_state(
    old: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = (*layout.MIGRATIONS[1], "INSERT INTO nowhere VALUES (1)")
    with monkeypatch.context() as broken:
        broken.setattr(layout, "MIGRATIONS", (layout.MIGRATIONS[0], half))
        for _ in range(2):
            with pytest.raises(Refused) as info:
                write(old)
            assert info.value.exit_code == 5
    assert version(old) == 1
    with reading(old) as store:
        assert said(store) == expected()
    assert names(old.parent) == {old.name, copy.name}
    write(old)
    assert version(old) == layout.VERSION


def test_a_copy_that_cannot_be_finished_is_not_begun_and_the_state_stays_old(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("importer.state.upgrade.shutil.copymode", full)
    with pytest.raises(Refused, match="disk is full"):
        write(old)
    assert names(old.parent) == {old.name}
    assert version(old) == 1


def test_a_reader_goes_on_with_the_old_layout_while_a_writer_brings_it_up_to_date(old: Path, receipt: Make) -> None:
    with reading(old) as reader:
        with open_for_writing(old) as writer:
            writer.put([receipt("ORDER-1", accepted={"notes": "n"})])
            assert said(reader) == expected()
            assert reader.plan_progress("plan-1") is None
        assert version(old) == layout.VERSION


def test_a_copy_can_be_opened_as_a_state_in_its_own_right(old: Path, copy: Path) -> None:
    write(old)
    with open_for_writing(copy) as store:
        assert said(store) == expected()
