"""The section ``include`` of a project file: which files make up the project. Pure; the disk is walked elsewhere.

An entry is a file, a folder or a glob, relative to the folder of the project file. In a glob ``*``, ``?`` and ``[...]``
match within one name and ``**`` any number of folders; names that begin with a dot are matched only by a name that
begins with one. Letters are compared as they are, so that a project is the same on every kind of machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final
from unicodedata import normalize

from importer.manifest.levels import shown
from importer.manifest.wording import Words
from importer.model import Place

Parts = tuple[str, ...]  # a path relative to the project's folder, name by name; ".." only at its beginning

ANY_DEPTH: Final = "**"
UP: Final = ".."
_WILD: Final = re.compile(r"[*?\[]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_OUTSIDE: Final = "write it relative to the folder of finzbooks.yaml, with `../` for what lies outside"


@dataclass(frozen=True)
class Include:
    """One entry. ``text`` is portable, as ``not_portable`` judges it."""

    text: str
    place: Place

    @cached_property
    def parts(self) -> Parts:
        return tuple(_simplified(self.text))

    @cached_property
    def is_glob(self) -> bool:
        return _WILD.search(self.text) is not None

    @cached_property
    def fixed(self) -> Parts:
        """The names before the first that has a wildcard: where a walk begins."""
        wild = next((at for at, part in enumerate(self.parts) if _WILD.search(part)), len(self.parts))
        return self.parts[:wild]

    @cached_property
    def depth(self) -> int | None:
        """How many names a match has behind ``fixed``; None for any number."""
        return None if ANY_DEPTH in self.parts else len(self.parts) - len(self.fixed)

    @property
    def names_hidden(self) -> bool:
        """Whether a name behind ``fixed`` begins with a dot."""
        return any(part.startswith(".") for part in self.parts[len(self.fixed) :])

    def covers(self, path: Parts) -> bool:
        """Whether the file at ``path`` is meant: by its own name, by that of a folder above it, or by the glob."""
        own = self.parts
        if path[: len(own)] == own:
            return not any(name.startswith(".") for name in path[len(own) :])
        return self.is_glob and _matches(path, self._pattern)

    @cached_property
    def _pattern(self) -> Parts:
        """``**`` at the end means every file below; twice in a row it means no more than once."""
        own = self.parts + (("*",) if self.parts[-1:] == (ANY_DEPTH,) else ())
        return tuple(part for at, part in enumerate(own) if part != ANY_DEPTH or own[at + 1] != ANY_DEPTH)


def not_portable(text: str) -> Words | None:
    """What is wrong with an entry that would not name the same files on every machine; None if nothing."""
    text = text.strip()
    if text.startswith(("/", "\\")) or _DRIVE.match(text):
        return Words("include-not-portable", f"{shown(text)} is an absolute path, which other machines lack", _OUTSIDE)
    if "\\" in text:
        right = shown(text.replace("\\", "/"))
        return Words("include-not-portable", f"{shown(text)} has backslashes", f"use forward slashes: {right}")
    parts = text.split("/")
    wild = next((at for at, part in enumerate(parts) if _WILD.search(part)), len(parts))
    if UP in parts[wild:]:
        return Words("include-not-portable", f"{shown(text)} goes up behind a wildcard", "put `../` in front")
    return None


def _simplified(text: str) -> Iterator[str]:
    """The names of a path without ``.``, and without ``..`` behind a name."""
    made: list[str] = []
    for part in text.strip().split("/"):
        if part == UP and made and made[-1] != UP:
            made.pop()
        elif part not in ("", "."):
            made.append(part)
    return iter(made)


def _matches(path: Parts, pattern: Parts) -> bool:
    """All ways at once, name by name: one after the other they would be too many where ``**`` stands often."""
    reached = _beyond({0}, pattern)
    for name in path:
        reached = _beyond({end for at in reached for end in _step(name, pattern, at)}, pattern)
    return len(pattern) in reached


def _beyond(reached: set[int], pattern: Parts) -> set[int]:
    """``reached``, and what lies behind a ``**``, which need not match any name."""
    return reached | {at + 1 for at in reached if at < len(pattern) and pattern[at] == ANY_DEPTH}


def _step(name: str, pattern: Parts, at: int) -> Iterator[int]:
    """Where in the pattern one can be behind ``name``, coming from ``at``."""
    if at < len(pattern) and pattern[at] == ANY_DEPTH:
        if not name.startswith("."):
            yield at
    elif at < len(pattern) and _fits(name, pattern[at]):
        yield at + 1


def _fits(name: str, pattern: str) -> bool:
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return fnmatchcase(normalize("NFC", name), normalize("NFC", pattern))  # some file systems keep names decomposed
