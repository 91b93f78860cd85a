"""The one SQLite file of the sandbox: its tables, its transactions, and the few ways rows are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

APPLICATION_ID: Final = 0x46425358  # "FBSX", so that no other SQLite file is taken for the sandbox's
VERSION: Final = 1
BUSY_TIMEOUT: Final = 10.0  # seconds to wait for another process that writes the same file

# Amounts are paise, moments Unix microseconds, dates ISO text, rates and quantities decimal text.
TABLES: Final = """
CREATE TABLE orgs (id TEXT PRIMARY KEY, name TEXT NOT NULL, round_totals INTEGER NOT NULL DEFAULT 0,
    rounding_method TEXT NOT NULL DEFAULT 'nearest', is_default INTEGER NOT NULL);
CREATE TABLE tokens (digest TEXT PRIMARY KEY, id TEXT NOT NULL, user_id TEXT NOT NULL, org TEXT, scopes TEXT NOT NULL,
    tier TEXT NOT NULL, expires_at REAL, revoked INTEGER NOT NULL);
CREATE TABLE memberships (user_id TEXT, org TEXT, PRIMARY KEY (user_id, org)) WITHOUT ROWID;
CREATE TABLE answers (key TEXT, method TEXT, path TEXT, token_id TEXT, status INTEGER NOT NULL, body BLOB NOT NULL,
    kept_at REAL NOT NULL, PRIMARY KEY (key, method, path, token_id)) WITHOUT ROWID;
CREATE TABLE branches (id TEXT PRIMARY KEY, org TEXT NOT NULL, code TEXT, name TEXT, gstin TEXT, state TEXT NOT NULL,
    city TEXT, is_default INTEGER NOT NULL, is_active INTEGER NOT NULL DEFAULT 1, invoice_prefix TEXT NOT NULL,
    bill_prefix TEXT NOT NULL);
CREATE TABLE taxes (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL, shape TEXT NOT NULL,
    cgst TEXT NOT NULL, sgst TEXT NOT NULL, igst TEXT NOT NULL, cess TEXT NOT NULL);
CREATE TABLE accounts (id TEXT PRIMARY KEY, org TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    account_type TEXT NOT NULL, role TEXT, is_active INTEGER NOT NULL DEFAULT 1, UNIQUE (org, role));
CREATE TABLE counters (org TEXT, name TEXT, value INTEGER NOT NULL, PRIMARY KEY (org, name)) WITHOUT ROWID;
CREATE TABLE contacts (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL, contact_type TEXT NOT NULL,
    status TEXT NOT NULL, searched TEXT NOT NULL, fields TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX contacts_newest ON contacts (org, created, id);
CREATE TABLE items (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL, item_type TEXT NOT NULL, hsn TEXT,
    sku TEXT, rate TEXT, purchase_rate TEXT, tax_id TEXT, account_id TEXT, unit TEXT, description TEXT,
    status TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX items_newest ON items (org, created, id);
CREATE TABLE invoices (id TEXT PRIMARY KEY, org TEXT NOT NULL, branch_id TEXT NOT NULL, number TEXT NOT NULL,
    customer_id TEXT NOT NULL, date TEXT NOT NULL, due_date TEXT NOT NULL, reference TEXT,
    place_of_supply TEXT NOT NULL, notes TEXT, lines TEXT NOT NULL, revenue TEXT NOT NULL, sub_total INTEGER NOT NULL,
    cgst INTEGER NOT NULL, sgst INTEGER NOT NULL, igst INTEGER NOT NULL, cess INTEGER NOT NULL,
    shipping INTEGER NOT NULL, adjustment INTEGER NOT NULL, tds INTEGER NOT NULL, round_off INTEGER NOT NULL,
    round_off_given INTEGER NOT NULL, total INTEGER NOT NULL, paid INTEGER NOT NULL DEFAULT 0,
    credited INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    UNIQUE (org, branch_id, number));
CREATE INDEX invoices_newest ON invoices (org, created, id);
CREATE INDEX invoices_of_customer ON invoices (org, customer_id, date, total);
CREATE TABLE payments (id TEXT PRIMARY KEY, org TEXT NOT NULL, contact_id TEXT NOT NULL, flow TEXT NOT NULL,
    date TEXT NOT NULL, amount INTEGER NOT NULL, tds INTEGER NOT NULL, charges INTEGER NOT NULL, mode TEXT NOT NULL,
    payment_type TEXT NOT NULL, reference TEXT, description TEXT, bank_account_id TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX payments_newest ON payments (org, created, id);
CREATE TABLE allocations (id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, invoice_id TEXT NOT NULL,
    amount INTEGER NOT NULL, position INTEGER NOT NULL);
CREATE INDEX allocations_of_payment ON allocations (payment_id, position);
CREATE TABLE credit_notes (id TEXT PRIMARY KEY, org TEXT NOT NULL, branch_id TEXT NOT NULL, number TEXT NOT NULL,
    customer_id TEXT NOT NULL, invoice_id TEXT, date TEXT NOT NULL, reference TEXT, place_of_supply TEXT NOT NULL,
    notes TEXT, lines TEXT NOT NULL, sub_total INTEGER NOT NULL, cgst INTEGER NOT NULL, sgst INTEGER NOT NULL,
    igst INTEGER NOT NULL, cess INTEGER NOT NULL, round_off INTEGER NOT NULL, total INTEGER NOT NULL,
    applied INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX credit_notes_newest ON credit_notes (org, created, id);
CREATE TABLE entries (id INTEGER PRIMARY KEY, org TEXT NOT NULL, branch_id TEXT NOT NULL, date TEXT NOT NULL,
    source TEXT NOT NULL, source_id TEXT NOT NULL, number TEXT, reference TEXT);
CREATE INDEX entries_by_date ON entries (org, date);
CREATE INDEX entries_of_source ON entries (source_id);
CREATE TABLE postings (entry_id INTEGER NOT NULL, account_id TEXT NOT NULL, contact_id TEXT, amount INTEGER NOT NULL);
CREATE INDEX postings_of_entry ON postings (entry_id);
CREATE INDEX postings_of_contact ON postings (contact_id, account_id);
"""


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

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; committed when the block is left."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

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
