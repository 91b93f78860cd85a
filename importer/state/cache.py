"""A cache on disk: one SQLite file of named values, safe to delete, and deleted when anything is wrong with it.

It holds nothing that cannot be made again, so it is written without waiting for the disk, and whatever fails (no room,
a folder that may not be written, another run at the same moment, a damaged file) only means that nothing is kept.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

_MOST: Final = 1024 * 1024 * 1024  # bytes; a file that has grown beyond is begun anew
_WAIT: Final = 1  # second, for another run that is writing
_IN_USE: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_SEAL: Final = 16  # bytes of the digest beside each value: what the disk has damaged is not taken
_TAG: Final = "CACHEDIR.TAG"  # https://bford.info/cachedir/: backups leave such a folder out
_SIGNATURE: Final = "Signature: 8a477f597d28d172789f06886806bc55\n"
_NOT_IN_GIT: Final = "# Made by finz-import, safe to delete.\n*\n"


class Cache:
    """Values by name. Nothing raises: what cannot be read is not there, and what cannot be written is not kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None

    def get(self, name: str) -> bytes | None:
        """The value of that name, as it was put."""
        db = self._db or self._open(make=False)
        if db is None:
            return None
        try:
            row = db.execute("SELECT value, seal FROM kept WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        value, seal = row if row is not None else (None, None)
        return value if isinstance(value, bytes) and seal == _seal(value) else None

    def put(self, name: str, value: bytes) -> None:
        """Keep ``value``. Other runs see it, and this one keeps it beyond its end, once ``commit`` has been called."""
        db = self._db or self._open(make=True)
        if db is None:
            return
        try:
            db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (name, _seal(value), value))
        except sqlite3.Error as error:
            self._give_up(error)

    def commit(self) -> None:
        """Keep all that was put since the last time, or none of it."""
        try:
            if self._db is not None:
                self._db.commit()
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    def drop(self) -> None:
        """Away with all of it."""
        self.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _open(self, *, make: bool) -> sqlite3.Connection | None:
        try:
            if make:
                self._make()
            if self._path.is_file() and self._path.stat().st_size > _MOST:
                self.drop()
            if not make and not self._path.is_file():
                return None
            # Not in autocommit and not in WAL: nobody reads while another writes, and no file is left beside it.
            self._db = sqlite3.connect(self._path, timeout=_WAIT)
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute("PRAGMA trusted_schema = OFF")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, seal BLOB NOT NULL, value BLOB NOT NULL)"
            )
        except sqlite3.Error as error:
            self._give_up(error)
        except OSError:
            self.close()
        return self._db

    def _give_up(self, error: sqlite3.Error) -> None:
        """A file in use by another run is left to it; any other trouble is the file's own."""
        if getattr(error, "sqlite_errorcode", None) in _IN_USE:
            self.close()
        else:
            self.drop()

    def _make(self) -> None:
        """The folder, marked as what it is, and without the files of other versions of the tool."""
        folder = self._path.parent
        if not folder.is_dir():
            folder.mkdir(parents=True)
            (folder / _TAG).write_text(_SIGNATURE, "utf-8", newline="\n")
            (folder / ".gitignore").write_text(_NOT_IN_GIT, "utf-8", newline="\n")
        if not self._path.exists():
            for other in folder.glob(f"{self._path.name.partition('-')[0]}-*{self._path.suffix}"):
                with suppress(OSError):
                    other.unlink()


def _seal(value: bytes) -> bytes:
    return blake2b(value, digest_size=_SEAL).digest()
