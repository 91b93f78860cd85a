"""Taking the sandbox's file away, so that the next run begins anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from importer.sandbox.database import APPLICATION_ID, UnreadableBooks

LEAVING: Final = 0.5  # seconds for a run that is just ending
COMPANIONS: Final = ("-wal", "-shm", "-journal")
BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class BooksInUse(Exception):
    """Another process has the file open. The text is a sentence for a person."""


def remove_books(path: Path) -> None:
    """Remove the file with what SQLite puts beside it, also one of another version of the sandbox.

    Raises BooksInUse, UnreadableBooks for a file that is not the sandbox's, OSError; the file stays then.
    """
    db = sqlite3.connect(path, timeout=LEAVING, isolation_level=None)
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise UnreadableBooks(f"{path} is not the sandbox's.")
        # Only the last one who has a file open may take it out of WAL (https://www.sqlite.org/wal.html).
        db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in BUSY:
            raise BooksInUse(f"{path} is open in another process.") from error
        raise UnreadableBooks(f"{path} cannot be used as the sandbox's books: {error}.") from error
    finally:
        db.close()
    for file in (path, *(path.with_name(path.name + suffix) for suffix in COMPANIONS)):
        file.unlink(missing_ok=True)
