"""The tables of a state file, and the version they have.

A state file says whose it is in its SQLite header: ``application_id`` names the importer, ``user_version`` the layout.
SQL is kept to what SQLite 3.24 (2018) knows, because Python takes the library of the system it runs on: no STRICT
tables and no RETURNING.
"""

from __future__ import annotations

import sqlite3
from typing import Final

APPLICATION_ID: Final = int.from_bytes(b"FINZ", "big")

_FIRST: Final = (
    # One row: what the file as a whole says of itself.
    """
    CREATE TABLE store (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        lineage TEXT NOT NULL,
        serial INTEGER NOT NULL,
        org_id TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE receipts (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        part TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        number TEXT NOT NULL,
        said TEXT NOT NULL,
        digest TEXT NOT NULL,
        generation INTEGER NOT NULL,
        source TEXT NOT NULL,
        run TEXT NOT NULL,
        created TEXT NOT NULL,
        updated TEXT NOT NULL,
        difference TEXT NOT NULL,
        PRIMARY KEY (kind, key, part)
    )
    """,
    # AUTOINCREMENT: an id is never given twice, so it orders intents by age and cannot name a later one by mistake.
    """
    CREATE TABLE intents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operation TEXT NOT NULL,
        method TEXT NOT NULL,
        path TEXT NOT NULL,
        body TEXT NOT NULL,
        idempotency_key TEXT NOT NULL,
        token_id TEXT NOT NULL,
        server_time TEXT NOT NULL,
        run TEXT NOT NULL,
        before TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE intent_rows (
        intent INTEGER NOT NULL REFERENCES intents (id),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        part TEXT NOT NULL,
        generation INTEGER NOT NULL,
        PRIMARY KEY (intent, position)
    ) WITHOUT ROWID
    """,
    # Apart from the receipts: a document has a generation before it has a receipt, and keeps it after.
    """
    CREATE TABLE generations (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        part TEXT NOT NULL,
        generation INTEGER NOT NULL,
        PRIMARY KEY (kind, key, part)
    ) WITHOUT ROWID
    """,
)

_SECOND: Final = (
    "ALTER TABLE receipts ADD COLUMN accepted TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE receipts ADD COLUMN total TEXT NOT NULL DEFAULT ''",
    """
    CREATE TABLE plans (
        id TEXT PRIMARY KEY NOT NULL,
        serial INTEGER NOT NULL,
        done INTEGER NOT NULL
    )
    """,
)

# What makes version n out of version n - 1 stands at n - 1. Entries are added, never changed.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST, _SECOND)
VERSION: Final = len(MIGRATIONS)

# The versions from which on there is what a reader of an older file does without.
WITH_ACCEPTED: Final = 2
WITH_PLANS: Final = 2


def version_of(db: sqlite3.Connection) -> int | None:
    """The version of the layout; None when the header names another application, or none."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version) if application == APPLICATION_ID else None


def migrate(db: sqlite3.Connection) -> None:
    """Carry out the migrations that ``db`` lacks. The caller holds the transaction, and the writer's lock."""
    version = version_of(db) or 0
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            db.execute(statement)
    # A PRAGMA takes no parameters; both numbers are constants of this module.
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")


def create(db: sqlite3.Connection, lineage: str) -> None:
    """Lay out an empty store in an empty database, in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    migrate(db)
    db.execute("INSERT INTO store (only, lineage, serial, org_id) VALUES (1, ?, 0, '')", (lineage,))
    db.execute("COMMIT")
