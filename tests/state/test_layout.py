from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from importer.state import layout


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def tables(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()


def test_an_empty_database_is_not_ours(db: sqlite3.Connection) -> None:
    assert layout.version_of(db) is None


def test_a_new_store_has_the_newest_layout(db: sqlite3.Connection) -> None:
    layout.create(db, "ab")
    assert layout.version_of(db) == layout.VERSION
    assert db.execute("SELECT * FROM store").fetchall() == [(1, "ab", 0, "")]


def test_a_file_holds_one_store(db: sqlite3.Connection) -> None:
    layout.create(db, "ab")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO store VALUES (2, 'cd', 0, '')")


def test_migrating_what_is_up_to_date_changes_nothing(db: sqlite3.Connection) -> None:
    layout.create(db, "ab")
    before = tables(db)
    layout.migrate(db)
    assert tables(db) == before


def test_only_the_migrations_that_are_missing_are_carried_out(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout.create(db, "ab")
    monkeypatch.setattr(layout, "MIGRATIONS", (*layout.MIGRATIONS, ("CREATE TABLE later (x)",)))
    monkeypatch.setattr(layout, "VERSION", layout.VERSION + 1)
    layout.migrate(db)
    assert layout.version_of(db) == layout.VERSION
    assert "later" in dict(tables(db))
    assert db.execute("SELECT lineage FROM store").fetchone() == ("ab",)
