from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from importer.sandbox.books import Books
from importer.sandbox.database import UnreadableBooks
from importer.sandbox.removal import BooksInUse, remove_books
from sandbox.client import HandClock


def test_the_file_goes_with_what_lies_beside_it(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "sandbox.db"
    Books(path, clock).close()
    (tmp_path / "sandbox.db-shm").write_bytes(b"")  # left by a process that was killed
    remove_books(path)
    assert list(tmp_path.iterdir()) == []


def test_one_of_another_version_goes_too(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "sandbox.db"
    Books(path, clock).close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    remove_books(path)
    assert not path.exists()


def test_one_that_somebody_has_open_stays_and_goes_on_working(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "sandbox.db"
    with contextlib.closing(Books(path, clock)) as books:
        with pytest.raises(BooksInUse, match="open in another process"):
            remove_books(path)
        books.add_org("Another")
    remove_books(path)
    assert not path.exists()


def test_a_file_of_somebody_else_stays_as_it_is(tmp_path: Path) -> None:
    text, other = tmp_path / "text", tmp_path / "other"
    text.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with contextlib.closing(sqlite3.connect(other)) as db, db:
        db.execute("CREATE TABLE receipts (id)")
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(UnreadableBooks, match="sandbox's"):
            remove_books(path)
        assert path.read_bytes() == before
