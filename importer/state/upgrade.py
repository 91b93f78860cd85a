"""A state of an older layout brought up to date, after a copy of it was kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from importer.state import layout
from importer.state.disk import AS_IT_STANDS, TO_MAKE, be_durable, being_made, beside, connect, sync_folder


def bring_up_to_date(db: sqlite3.Connection, real: Path) -> None:
    """Give the file ``real``, open as ``db``, the newest layout. The caller holds the writer's lock.

    A file of an older layout is first copied whole, beside itself: ``finzbooks.state.db.v1.bak`` for version 1. When
    anything fails, the caller closes ``db``, which undoes what was not committed. Raises what sqlite3 and the operating
    system raise.
    """
    if layout.version_of(db) == layout.VERSION:
        return
    _keep_a_copy(db, real)
    db.execute("BEGIN IMMEDIATE")
    layout.migrate(db)
    db.execute("COMMIT")


def _keep_a_copy(db: sqlite3.Connection, real: Path) -> None:
    """Copy what is committed. No copy is ever overwritten, and none made twice of the same state."""
    present = _stand(db)
    for copy in _names(real, layout.version_of(db) or 0):
        if not os.path.lexists(copy):
            break
        if _stand_of(copy) == present:  # after a migration that failed, or of a file that was taken back
            return
    fresh = being_made(copy)
    try:
        with closing(connect(fresh, TO_MAKE)) as target:
            be_durable(target)
            db.backup(target)
        shutil.copymode(real, fresh)
        fresh.replace(copy)
    except BaseException:
        being_made(copy)  # half a copy is no use, and takes room that may be what was missing
        raise
    sync_folder(real.parent)


def _names(real: Path, version: int) -> Iterator[Path]:
    """finzbooks.state.db.v1.bak, finzbooks.state.db.v1.2.bak, and so on."""
    yield beside(real, f".v{version}.bak")
    for number in count(2):
        yield beside(real, f".v{version}.{number}.bak")


def _stand(db: sqlite3.Connection) -> tuple[object, ...]:
    """What two files share only if they hold the same, in the same layout."""
    return (layout.version_of(db), *db.execute("SELECT lineage, serial FROM store").fetchone())


def _stand_of(copy: Path) -> tuple[object, ...] | None:
    """That of a file that bears the name of a copy; None when it is anything else."""
    try:
        with closing(connect(copy, AS_IT_STANDS)) as db:
            return _stand(db)
    except (sqlite3.Error, TypeError):  # no database, no table, no row
        return None
