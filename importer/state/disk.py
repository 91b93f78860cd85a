"""A SQLite file on its disk: reached by its path, durable, with the files that lie beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

# SQLite's own locks are held for moments only, such as while a reader that leaves last folds the WAL in.
BUSY_WAIT: Final = 5.0  # seconds

# What SQLite may put beside a database.
COMPANIONS: Final = ("-wal", "-shm", "-journal")

# How a file is opened: query parameters of https://www.sqlite.org/uri.html.
TO_WRITE: Final = "mode=rw"
TO_MAKE: Final = "mode=rwc"
AS_IT_STANDS: Final = "mode=ro&immutable=1"


def connect(real: Path, mode: str) -> sqlite3.Connection:
    """A connection in autocommit mode to the file at ``real``."""
    # Three slashes before a drive letter, four before a Windows share (https://www.sqlite.org/uri.html).
    name = quote(os.fsencode(real.as_posix()), safe="/:")
    uri = f"file://{name}" if name.startswith("/") else f"file:///{name}"
    return sqlite3.connect(f"{uri}?{mode}", uri=True, timeout=BUSY_WAIT, isolation_level=None)


def be_durable(db: sqlite3.Connection) -> None:
    """Let no commit return before it is on the disk."""
    db.execute("PRAGMA synchronous = FULL")  # a commit in WAL mode returns after the sync, not before
    # On macOS a plain fsync leaves data in the drive's cache (man 2 fsync); elsewhere these two change nothing.
    db.execute("PRAGMA fullfsync = ON")
    db.execute("PRAGMA checkpoint_fullfsync = ON")


def sync_folder(folder: Path) -> None:
    """Make a rename durable, where a folder can be opened (not on Windows, whose renames are journalled)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems sync no folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def being_made(file: Path) -> Path:
    """The name under which ``file`` is built before it appears whole; what a run that was killed left there is gone."""
    fresh = beside(file, "-new")
    for leftover in (fresh, *(beside(fresh, suffix) for suffix in COMPANIONS)):
        leftover.unlink(missing_ok=True)
    return fresh


def size(file: Path) -> int:
    """Bytes in ``file``; 0 when it is not there."""
    try:
        return file.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
