"""Opening a state file: for reading by anyone at any time, for writing by one at a time."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from importer.state import layout
from importer.state.disk import (
    AS_IT_STANDS,
    TO_MAKE,
    TO_WRITE,
    be_durable,
    being_made,
    beside,
    connect,
    size,
    sync_folder,
)
from importer.state.store import Store
from importer.state.trouble import damaged, locked, not_ours, own_errors, primary, too_new
from importer.state.upgrade import bring_up_to_date

# Long enough for a run that is just ending, short enough that nobody thinks we hang.
LOCK_WAIT: Final = 0.5  # seconds


def open_for_reading(path: Path) -> Store | None:
    """The state at ``path`` as it is at this moment, or None when there is none. Takes no lock and creates no state.

    Works beside a writer, and in a folder in which nothing can be written. One of an older layout is read as it is,
    without what that did not know. The caller shuts the store. Raises Refused: state-not-ours, state-too-new,
    state-damaged, state-unwritable (the file cannot be reached), state-locked.
    """
    with own_errors(path), ExitStack() as on_failure:
        real = real_path(path)
        if not _is_there(real, path):
            return None
        db = _connect_to_read(real, path)
        on_failure.callback(db.close)
        db.execute("BEGIN")
        # This first read fixes the moment that all others show: a writer may bring the layout up to date any time.
        version = _check_version(db, path)
        db.execute("SELECT serial FROM store").fetchone()
        on_failure.pop_all()
        return Store(db, path, version)


@contextmanager
def open_for_writing(path: Path) -> Iterator[Store]:
    """The state at ``path`` for its one writer; made, with its folders, when there is none.

    Waits LOCK_WAIT seconds for another writer. The lock is the operating system's, on a file beside the state that may
    stay behind: it ends with its process, however that ends. One of an older layout is brought up to date, and a copy
    of what it was stays beside it. Raises Refused: state-locked, state-not-ours, state-too-new, state-damaged,
    state-unwritable.
    """
    with ExitStack() as stack:
        with own_errors(path):
            real = real_path(path)
            # Recognised first, so that nothing is put beside a file that is not ours.
            if (seen := open_for_reading(path)) is not None:
                seen.shut()
            real.parent.mkdir(parents=True, exist_ok=True)
            stack.callback(lock_state(real, path).release)
            if not _is_there(real, path):
                _create(real)
            db = connect(real, TO_WRITE)
            stack.callback(db.close)
            _check_version(db, path)
            _check_pages(db, path)
            be_durable(db)
            bring_up_to_date(db, real)
        yield Store(db, path)


def real_path(path: Path) -> Path:
    """The file itself: one file reached by two names has one lock."""
    if "\0" in str(path):
        raise not_ours(path, "no file name holds a NUL character")
    return Path(os.path.realpath(path))


def _is_there(real: Path, path: Path) -> bool:
    try:
        found = real.stat()
    except (FileNotFoundError, NotADirectoryError):
        _check_no_orphan(real, path)
        return False
    if not stat.S_ISREG(found.st_mode):
        raise not_ours(path, "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is not a plain file")
    if found.st_size == 0:
        raise not_ours(path, "it is empty")
    return True


def _check_no_orphan(real: Path, path: Path) -> None:
    """The last receipts may stand in the WAL alone; SQLite would throw away one whose database is gone."""
    wal = beside(real, "-wal")
    if size(wal):
        raise damaged(path, f"the file is gone, but {wal.name} is still there and may hold its last receipts")


def _connect_to_read(real: Path, path: Path) -> sqlite3.Connection:
    """A connection that changes no data.

    Not ``mode=ro``: SQLite needs its two files beside a WAL database to read it, and such a connection leaves them
    behind. A database without a WAL has no writer, and is read as it stands where the two files cannot be made, or
    where they would stay behind as ours and bar the one who may write.
    """
    settled = not size(beside(real, "-wal"))
    db = connect(real, TO_WRITE if not settled or _may_write(real) else AS_IT_STANDS)
    try:
        _recognise(db, path)
    except sqlite3.OperationalError as error:
        db.close()
        if primary(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or not settled:
            raise
        db = connect(real, AS_IT_STANDS)
    except BaseException:
        db.close()
        raise
    be_durable(db)  # the last to leave folds the WAL into the file, even a reader
    db.execute("PRAGMA query_only = ON")
    return db


def _may_write(file: Path) -> bool:
    return os.access(file, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _recognise(db: sqlite3.Connection, path: Path) -> int:
    """The layout's version of a file that is ours. The header is read by SQLite, never by ``open``.

    On POSIX, closing a file drops all locks that the process holds on it, SQLite's among them
    (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    try:
        version = layout.version_of(db)
    except sqlite3.DatabaseError as error:
        if primary(error) == sqlite3.SQLITE_NOTADB:
            raise not_ours(path, "it does not begin as a SQLite database does") from error
        raise
    if version is None:
        raise not_ours(path, "it is a SQLite database of another program")
    return version


def _check_version(db: sqlite3.Connection, path: Path) -> int:
    version = _recognise(db, path)
    if version > layout.VERSION:
        raise too_new(path, version, layout.VERSION)
    if version < 1:
        raise damaged(path, f"its layout version is {version}")
    return version


def _check_pages(db: sqlite3.Connection, path: Path) -> None:
    """Read the whole file once (about 3 s per GB): a receipt is not written into a file that has lost others.

    Not ``quick_check``, which takes a third of the time: it does not see that a receipt is missing from the index, by
    which it is looked up, nor that an intent is gone while its rows are there.
    """
    (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, str(verdict).replace("\n", " ").strip("* "))
    if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise damaged(path, "it holds rows of a call that is gone")


def lock_state(real: Path, path: Path) -> FileLock:
    lock = FileLock(beside(real, ".lock"), timeout=LOCK_WAIT)
    try:
        lock.acquire()
    except Timeout as error:
        raise locked(path, "another run of the importer") from error
    return lock


def _create(real: Path) -> None:
    """Make an empty state that appears whole: built under another name, then renamed. The caller holds the lock."""
    fresh = being_made(real)
    beside(real, "-wal").unlink(missing_ok=True)  # it was seen to be empty
    db = connect(fresh, TO_MAKE)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        be_durable(db)
        layout.create(db, secrets.token_hex(16))
        # The last connection folds the WAL into the file as it closes, and does not say when the disk is too full.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException:
        db.close()
        being_made(real)
        raise
    db.close()
    fresh.replace(real)
    sync_folder(real.parent)
