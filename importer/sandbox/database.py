"""The one SQLite file of the sandbox: its transactions, and the few ways rows are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from importer.sandbox.tables import TABLES

APPLICATION_ID: Final = 0x46425358  # "FBSX", so that no other SQLite file is taken for the sandbox's
VERSION: Final = 2
BUSY_TIMEOUT: Final = 10.0  # seconds to wait for another process that writes the same file


class UnreadableBooks(Exception):
    """The file is not the sandbox's, or is of a newer version. The text is one sentence for a person."""


class Database:
    """An open connection. Used by one event loop at a time; another process may share the file."""

    def __init__(self, path: Path | str) -> None:
        """Open or create. Raises UnreadableBooks, or OSError when the folder cannot be made."""
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            # One loop uses it, but not always in the thread that opened it.
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as exc:
            raise UnreadableBooks(f"{path} cannot be opened: {exc}.") from exc
        self._marks = 0
        try:
            self._prepare(path)
        except sqlite3.Error as exc:
            self._db.close()
            raise UnreadableBooks(f"{path} cannot be used as the sandbox's books: {exc}.") from exc
        except UnreadableBooks:
            self._db.close()
            raise

    def _prepare(self, path: Path | str) -> None:
        self._db.row_factory = sqlite3.Row
        self._is_ours(path)  # before anything is changed in a file that is not
        # NORMAL in WAL keeps every commit through a crash of this process, which is what a rehearsal has to survive.
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        with self.transaction():
            if self._is_ours(path):
                return
            for statement in TABLES.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _is_ours(self, path: Path | str) -> bool:
        """False for an empty file, which may become ours; raises UnreadableBooks for a file of somebody else."""
        mark, version = (self.value(f"PRAGMA {name}") for name in ("application_id", "user_version"))
        if mark == APPLICATION_ID and version != VERSION:
            raise UnreadableBooks(f"{path} is of version {version} of the sandbox; this one knows version {VERSION}.")
        if mark != APPLICATION_ID and self.value("SELECT count(*) FROM sqlite_master"):
            raise UnreadableBooks(f"{path} is a database, but not the sandbox's.")
        return bool(mark == APPLICATION_ID)

    def close(self) -> None:
        self._db.close()

    def changes(self) -> tuple[int, int]:
        """What changes when another connection has written to the file, or ``mark`` was called on this one."""
        return int(self.value("PRAGMA data_version")), self._marks

    def mark(self) -> None:
        """Tell those who keep in mind what the file holds that it is another now."""
        self._marks += 1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; committed when the block is left."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite ends some by itself, such as on a full disk
                self._db.execute("ROLLBACK")
            raise

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._db.execute(sql, values)

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return found

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row, None without a row."""
        found = self._db.execute(sql, values).fetchone()
        return None if found is None else found[0]

    # Table and column names below are the code's own words, never a request's; values are always bound.

    def find(self, table: str, org: str, remote_id: str) -> sqlite3.Row | None:
        return self.row(f"SELECT * FROM {table} WHERE id = ? AND org = ?", (remote_id, org))  # noqa: S608

    def insert(self, table: str, columns: Mapping[str, Any]) -> int:
        """Add a row; returns its rowid."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        return self._db.execute(sql, tuple(columns.values())).lastrowid or 0

    def insert_many(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(names))
        self._db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608

    def update(self, table: str, remote_id: str, columns: Mapping[str, Any]) -> None:
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*columns.values(), remote_id))  # noqa: S608
