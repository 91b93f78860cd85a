"""Opening a state file: for reading by anyone at any time, for writing by one at a time."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from filelock import FileLock, Timeout

from importer.state import layout
from importer.state.store import Store
from importer.state.trouble import damaged, locked, not_ours, own_errors, primary, too_new

# Long enough for a run that is just ending, short enough that nobody thinks we hang.
LOCK_WAIT: Final = 0.5  # seconds
# SQLite's own locks are held for moments only, such as while a reader that leaves last folds the WAL in.
BUSY_WAIT: Final = 5.0  # seconds

# What SQLite may put beside a database.
_COMPANIONS: Final = ("-wal", "-shm", "-journal")
_AS_IT_STANDS: Final = "mode=ro&immutable=1"


def open_for_reading(path: Path) -> Store | None:
    """The state at ``path`` as it is at this moment, or None when there is none. Takes no lock and creates no state.

    Works beside a writer, and in a folder in which nothing can be written. The caller shuts the store. Raises Refused:
    state-not-ours, state-too-new, state-damaged, state-unwritable (the file cannot be reached), state-locked.
    """
    with own_errors(path), ExitStack() as on_failure:
        real = _real(path)
        if not _is_there(real, path):
            return None
        db = _connect_to_read(real, path)
        on_failure.callback(db.close)
        _check_version(db, path)
        db.execute("BEGIN")
        db.execute("SELECT serial FROM store").fetchone()  # the first read fixes the moment that all others show
        on_failure.pop_all()
        return Store(db, path)


@contextmanager
def open_for_writing(path: Path) -> Iterator[Store]:
    """The state at ``path`` for its one writer; made, with its folders, when there is none.

    Waits LOCK_WAIT seconds for another writer. The lock is the operating system's, on a file beside the state that may
    stay behind: it ends with its process, however that ends. Raises Refused: state-locked, state-not-ours,
    state-too-new, state-damaged, state-unwritable.
    """
    with ExitStack() as stack:
        with own_errors(path):
            real = _real(path)
            # Recognised first, so that nothing is put beside a file that is not ours.
            if (seen := open_for_reading(path)) is not None:
                seen.shut()
            real.parent.mkdir(parents=True, exist_ok=True)
            stack.callback(_lock(real, path).release)
            if not _is_there(real, path):
                _create(real)
            db = _connect(real, "mode=rw")
            stack.callback(db.close)
            _check_version(db, path)
            _check_pages(db, path)
            _be_durable(db)
            _bring_up_to_date(db)
        yield Store(db, path)


def _real(path: Path) -> Path:
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
    wal = _beside(real, "-wal")
    if _size(wal):
        raise damaged(path, f"the file is gone, but {wal.name} is still there and may hold its last receipts")


def _connect(real: Path, mode: str) -> sqlite3.Connection:
    # Three slashes before a drive letter, four before a Windows share (https://www.sqlite.org/uri.html).
    name = quote(os.fsencode(real.as_posix()), safe="/:")
    uri = f"file://{name}" if name.startswith("/") else f"file:///{name}"
    return sqlite3.connect(f"{uri}?{mode}", uri=True, timeout=BUSY_WAIT, isolation_level=None)


def _connect_to_read(real: Path, path: Path) -> sqlite3.Connection:
    """A connection that changes no data.

    Not ``mode=ro``: SQLite needs its two files beside a WAL database to read it, and such a connection leaves them
    behind. A database without a WAL has no writer, and is read as it stands where the two files cannot be made, or
    where they would stay behind as ours and bar the one who may write.
    """
    settled = not _size(_beside(real, "-wal"))
    db = _connect(real, "mode=rw" if not settled or _may_write(real) else _AS_IT_STANDS)
    try:
        _recognise(db, path)
    except sqlite3.OperationalError as error:
        db.close()
        if primary(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or not settled:
            raise
        db = _connect(real, _AS_IT_STANDS)
    except BaseException:
        db.close()
        raise
    _be_durable(db)  # the last to leave folds the WAL into the file, even a reader
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


def _check_version(db: sqlite3.Connection, path: Path) -> None:
    version = _recognise(db, path)
    if version > layout.VERSION:
        raise too_new(path, version, layout.VERSION)
    if version < 1:
        raise damaged(path, f"its layout version is {version}")


def _check_pages(db: sqlite3.Connection, path: Path) -> None:
    """Read the whole file once (about 1 s per GB): a receipt is not written into a file that has lost others."""
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, str(verdict).replace("\n", " ").strip("* "))


def _be_durable(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA synchronous = FULL")  # a commit in WAL mode returns after the sync, not before
    # On macOS a plain fsync leaves data in the drive's cache (man 2 fsync); elsewhere these two change nothing.
    db.execute("PRAGMA fullfsync = ON")
    db.execute("PRAGMA checkpoint_fullfsync = ON")


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    if layout.version_of(db) == layout.VERSION:
        return
    # With a second version: copy the file beside itself before this, under the lock that is held here.
    db.execute("BEGIN IMMEDIATE")
    layout.migrate(db)
    db.execute("COMMIT")


def _lock(real: Path, path: Path) -> FileLock:
    lock = FileLock(_beside(real, ".lock"), timeout=LOCK_WAIT)
    try:
        lock.acquire()
    except Timeout as error:
        raise locked(path, "another run of the importer") from error
    return lock


def _create(real: Path) -> None:
    """Make an empty state that appears whole: built under another name, then renamed. The caller holds the lock."""
    fresh = _beside(real, "-new")
    for leftover in (fresh, *(_beside(fresh, suffix) for suffix in _COMPANIONS), _beside(real, "-wal")):
        leftover.unlink(missing_ok=True)  # of a run that ended right here; the WAL was seen to be empty
    db = _connect(fresh, "mode=rwc")
    try:
        db.execute("PRAGMA journal_mode = WAL")
        _be_durable(db)
        layout.create(db, secrets.token_hex(16))
    finally:
        db.close()  # the last connection folds the WAL into the file
    fresh.replace(real)
    _sync_folder(real.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where a folder can be opened (not on Windows, whose renames are journalled)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems sync no folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def _size(file: Path) -> int:
    """Bytes in ``file``; 0 when it is not there."""
    try:
        return file.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
