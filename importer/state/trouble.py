"""Every error of SQLite and of the operating system, as a refusal that says what to do.

Result codes: https://www.sqlite.org/rescode.html. The low byte is the primary code; the rest only refines it.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from importer.errors import Refused

RESTORE: Final = (
    "Restore the file from a backup, or move it away, with the -wal and -shm beside it: apply then finds again what is "
    "in the books."
)
ANOTHER: Final = "Check the path, or name another file with --state FILE."

_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DENIED: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
_FAILED: Final = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOLFS}
)


def primary(error: BaseException) -> int | None:
    """SQLite's primary result code; None where Python's own module raised ``error``, or it is another error."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def not_ours(path: Path, why: str) -> Refused:
    return Refused("state-not-ours", f"{path} is no state of the importer: {why}.", ANOTHER)


def damaged(path: Path, why: str) -> Refused:
    return Refused("state-damaged", f"The state {path} is damaged: {why}.", RESTORE)


def too_new(path: Path, version: int, ours: int) -> Refused:
    return Refused(
        "state-too-new",
        f"The state {path} has layout version {version}, and this importer knows versions up to {ours}.",
        "A newer importer wrote it: upgrade with pip install --upgrade finzbooks-importer.",
    )


def locked(path: Path, by: str) -> Refused:
    return Refused("state-locked", f"The state {path} is in use by {by}.", "Wait until that has ended, then run again.")


def unwritable(path: Path, why: str, help: str = ANOTHER) -> Refused:
    return Refused("state-unwritable", f"The state {path} cannot be opened or written: {why}.", help)


def refusal(path: Path, error: Exception) -> Refused:
    """The refusal that ``error``, met while working on ``path``, becomes."""
    if isinstance(error, OSError):
        return _of_system(path, error)
    code = primary(error)
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code in _BUSY:
        return locked(path, "another program")
    if code in _DENIED:
        return unwritable(path, "it, or its folder, is read-only", "Give the file and its folder write permission.")
    if code in _FAILED:
        return unwritable(path, str(error), "Check the disk and its permissions; a state belongs on a local disk.")
    return damaged(path, str(error))


def _of_system(path: Path, error: OSError) -> Refused:
    if error.errno in _FULL:
        return _full(path)
    if error.errno in _FORBIDDEN:
        return unwritable(path, "permission is denied", "Give the file and its folder write permission.")
    if error.errno == errno.EROFS:
        return unwritable(path, "its file system is read-only")
    return unwritable(path, error.strerror or type(error).__name__)


def _full(path: Path) -> Refused:
    return unwritable(path, "the disk is full", "Make room, then run again: what was committed is safe.")


@contextmanager
def own_errors(path: Path) -> Iterator[None]:
    """Turn what sqlite3 and the operating system raise into a Refused about ``path``.

    sqlite3.ProgrammingError passes: it says that our own code is wrong, not the file.
    """
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except (sqlite3.Error, OSError, json.JSONDecodeError) as error:
        raise refusal(path, error) from error
