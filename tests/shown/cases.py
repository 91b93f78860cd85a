"""What ``validate`` prints of every wrong example and every bad file, kept beside them for people to read."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from unittest import mock

from cli.command import Ended, command

from importer.explained.entry import Example
from importer.explained.every import ENTRIES

TESTS: Final = Path(__file__).resolve().parents[1]
BAD: Final = TESTS / "cli" / "bad"  # what ends with exit code 1
WARNED: Final = TESTS / "cli" / "warned"  # what is told of, and goes on
EXPLAINED: Final = TESTS / "explained" / "printed"
TODAY: Final = date(2026, 11, 23)  # what is told of a date to come names today


@dataclass(frozen=True, slots=True)
class Case:
    """One input, and the file that says what is printed of it."""

    name: str
    given: Path | Example
    printed: Path

    def put(self, folder: Path) -> str:
        """Lay a copy into ``folder``, so that nothing is written beside the original. Returns the PATH to give."""
        if isinstance(self.given, Example):
            for name, content in self.given.files.items():
                file = folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
            return self.given.path
        if self.given.is_dir():
            shutil.copytree(self.given, folder / self.given.name)
        else:
            shutil.copy(self.given, folder)
        return self.given.name

    def run(self, folder: Path) -> Ended:
        """What ``validate`` says of it, in a folder that holds nothing else."""
        with contextlib.chdir(folder), mock.patch("importer.cli.today.today", lambda: TODAY):
            return command("validate", self.put(folder))


def inputs(folder: Path) -> Iterator[Case]:
    """Every file and folder in ``folder``."""
    for path in sorted(folder.iterdir()):
        if path.suffix != ".expected" and not path.name.startswith("."):
            yield Case(f"{folder.name}/{path.name}", path, path.with_name(path.name + ".expected"))


def examples() -> Iterator[Case]:
    """The wrong examples of ``explain``."""
    for entry in ENTRIES.values():
        if entry.wrong is not None:
            yield Case(f"explained/{entry.code}", entry.wrong, EXPLAINED / f"{entry.code}.txt")


def every() -> list[Case]:
    return [*inputs(BAD), *inputs(WARNED), *examples()]
