"""Taking a state away, for a rehearsal that begins again. A state of real books is never removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from importer.state.disk import COMPANIONS, being_made, beside
from importer.state.files import lock_state, real_path
from importer.state.trouble import own_errors

BACKUP: Final = re.compile(r"\.v[0-9]+(\.[0-9]+)?\.bak")  # what importer.state.upgrade leaves behind


@contextmanager
def held(path: Path) -> Iterator[None]:
    """No run has the state at ``path``, and none gets it before the block is left. Raises Refused (state-locked).

    The file of the lock may stay behind: it holds nothing, and removing it could give two runs a lock each.
    """
    with own_errors(path):
        real = real_path(path)
        lock = lock_state(real, path) if beside(real, ".lock").exists() or files_of(path) else None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def files_of(path: Path) -> list[Path]:
    """The state at ``path``, as far as it is there, with what SQLite put beside it and the copies of older layouts.

    Raises Refused (state-unwritable).
    """
    with own_errors(path):
        real = real_path(path)
        if not real.parent.is_dir():
            return []
        own = {real.name, *(real.name + suffix for suffix in COMPANIONS)}
        return sorted(file for file in real.parent.iterdir() if file.name in own or _is_backup(file, real))


def remove(path: Path) -> None:
    """Remove all of it. The caller holds the state. Raises Refused (state-unwritable)."""
    with own_errors(path):
        being_made(real_path(path))
        # The database last: without it, a WAL that stayed behind would be taken for receipts that got lost.
        for file in reversed(files_of(path)):
            file.unlink(missing_ok=True)


def _is_backup(file: Path, real: Path) -> bool:
    return file.name.startswith(real.name) and BACKUP.fullmatch(file.name.removeprefix(real.name)) is not None
