"""What is told of one code, and the examples that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from importer.model import Severity

ERROR: Final = (Severity.ERROR,)
WARNING: Final = (Severity.WARNING,)
INFO: Final = (Severity.INFO,)
ERROR_OR_WARNING: Final = (Severity.ERROR, Severity.WARNING)

# Where most rules come from; a code that has another source names it.
CONTRACT: Final = "the manifest's own contract"
YAML: Final = "YAML 1.2.2"
CSV: Final = "RFC 4180"
RUN: Final = "the importer's own contract: nothing is booked twice, and nothing where it was not meant"

Content = str | bytes


@dataclass(frozen=True, slots=True)
class Example:
    """Files of a folder, and the PATH that ``validate`` is given there."""

    files: Mapping[str, Content]  # name, relative to the folder -> what it holds; bytes where the fault is in them
    path: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. ``wrong`` yields it, and of other codes only those of ``along``; ``right`` yields no problem at all."""

    code: str
    title: str
    why: str  # one to four sentences: the reason, and what would happen otherwise
    help: str  # what to do about it
    source: str = CONTRACT
    levels: tuple[Severity, ...] = ERROR  # of problems of the input; () for what is reported later
    switchable: bool = False  # whether ``rules`` of a project may give it another level
    wrong: Example | None = None
    right: Example | None = None
    along: tuple[str, ...] = ()  # codes that the wrong example has besides, since one fault brings another
    no_example: str = ""  # of a code with levels: why none is shown


@dataclass(frozen=True, slots=True)
class Subject:
    """Codes that belong together. ``told`` says how they end a run, for those that are no problems of the input."""

    title: str
    about: str
    entries: tuple[Entry, ...]
    told: str = ""


def manifest(text: str, name: str = "books.yaml") -> Example:
    """One file, given by itself. ``text`` may be indented as the code around it is."""
    return Example({name: whole(text)}, name)


def raw(content: Content, name: str = "books.yaml") -> Example:
    """One file with just this content."""
    return Example({name: content}, name)


def folder(files: Mapping[str, str], path: str = ".") -> Example:
    """Several files; ``path`` is what is given, the folder itself unless said otherwise."""
    return Example({name: whole(text) for name, text in files.items()}, path)


def whole(text: str) -> str:
    """``text`` without the indentation of the code, ending in one line end."""
    return dedent(text).strip("\n") + "\n"


def later(code: str, title: str, why: str, help: str, source: str = RUN) -> Entry:
    """A code that is not told of files but of a run: it needs the books or the state to come about."""
    return Entry(code, title, why, help, source, levels=())
