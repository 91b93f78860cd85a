"""What a sandbox is set to besides its books: its switches, and how far its clock is from the machine's.

Kept in the file, so that every process that opens it, and every later one, works alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from importer.sandbox.database import Database
from importer.sandbox.switches import NoSuchSwitch, Switches, changed, set_switches

SWITCHES: Final = "switches"
CLOCK: Final = "clock_ahead"


class Settings:
    """Read from the file when somebody else has written to it, and not else."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen = -1
        self._switches = Switches()

    @property
    def switches(self) -> Switches:
        seen = self._db.changed_elsewhere()
        if seen != self._seen:
            self._switches = self._read()
            self._seen = seen
        return self._switches

    def set_switches(self, wishes: Mapping[str, Any]) -> Switches:
        """Set and keep. Raises NoSuchSwitch, and then nothing is changed."""
        with self._db.transaction():
            wished = set_switches(self.switches, wishes)
            self._write(SWITCHES, json.dumps(changed(wished)))
        self._switches = wished
        return wished

    @property
    def clock_ahead(self) -> float:
        """Seconds that the sandbox's clock is ahead of the machine's."""
        return float(self._value(CLOCK) or 0.0)

    def put_clock_ahead(self, seconds: float) -> None:
        with self._db.transaction():
            self._write(CLOCK, str(self.clock_ahead + seconds))

    def _read(self) -> Switches:
        try:
            return set_switches(Switches(), json.loads(self._value(SWITCHES) or "{}"))
        except NoSuchSwitch:
            return Switches()  # kept by a version that had others

    def _value(self, name: str) -> str | None:
        value: str | None = self._db.value("SELECT value FROM settings WHERE name = ?", (name,))
        return value

    def _write(self, name: str, value: str) -> None:
        self._db.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
