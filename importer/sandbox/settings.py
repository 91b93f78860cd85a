"""What a sandbox is set to besides its books: its switches, and how far its clock is from the machine's.

Kept in the file, so that every process that opens it, and every later one, works alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from importer.sandbox.database import Database
from importer.sandbox.switches import NoSuchSwitch, Switches, changed, set_switches

SWITCHES: Final = "switches"
CLOCK: Final = "clock_ahead"
SEEN: Final = "seen_until"


class Settings:
    """Read from the file when somebody else has written to it, and not else."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: tuple[int, int] | None = None
        self._switches = Switches()
        self._ahead = 0.0

    @property
    def switches(self) -> Switches:
        self._refresh()
        return self._switches

    def set_switches(self, wishes: Mapping[str, Any]) -> Switches:
        """Set and keep. Raises NoSuchSwitch, and then nothing is changed."""
        with self._db.transaction():
            wished = set_switches(self.switches, wishes)
            self._write(SWITCHES, json.dumps(changed(wished)))
        return wished

    @property
    def clock_ahead(self) -> float:
        """Seconds that the sandbox's clock is ahead of the machine's."""
        self._refresh()
        return self._ahead

    @property
    def seen_until(self) -> float:
        """Unix time at which these books were last closed by one whose clock skips, 0.0 when never."""
        return float(self._value(SEEN) or 0.0)

    def keep_seen_until(self, now: float) -> None:
        """Where nobody waits, a run may end later than the next one begins: for that one, time must not run back."""
        with self._db.transaction():
            self._write(SEEN, str(now))

    def put_clock_ahead(self, seconds: float) -> None:
        with self._db.transaction():
            self._write(CLOCK, str(self.clock_ahead + seconds))
            self._write(SEEN, str(self.seen_until + seconds if seconds < 0 else self.seen_until))

    def _refresh(self) -> None:
        seen = self._db.changes()
        if seen != self._seen:
            self._switches, self._ahead = self._read(), float(self._value(CLOCK) or 0.0)
            self._seen = seen

    def _read(self) -> Switches:
        switches = Switches()
        for name, value in json.loads(self._value(SWITCHES) or "{}").items():
            with suppress(NoSuchSwitch):  # kept by a version that had others
                switches = set_switches(switches, {name: value})
        return switches

    def _value(self, name: str) -> str | None:
        value: str | None = self._db.value("SELECT value FROM settings WHERE name = ?", (name,))
        return value

    def _write(self, name: str, value: str) -> None:
        self._db.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
        self._db.mark()
