"""What a reader hands on: the entries of one file before defaults, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from importer.manifest.places import Finder, TreePlaces
from importer.model import Locator, Problem, Tree


class Places(Finder, Locator, Protocol):
    """Where one entry was written: good for a document by itself, and as a layer among others."""


@dataclass(slots=True)
class Entry:
    kind: str
    index: int  # position among the file's entries of this kind, from 0
    fields: dict[str, Tree]
    places: Places
    sound: bool = True  # False: part of it could not be read (and was reported), so its fields are not checked


@dataclass(slots=True)
class Reading:
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    defaults: TreePlaces | None = None  # of the section ``defaults``, a mapping
    blank: bool = True  # nothing but comments, or a header
