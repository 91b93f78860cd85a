"""The values that travel between the rooms. No behaviour beyond what a value knows of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

# A document as it was written: every scalar is the text of the file, nothing has been guessed.
Tree = str | list["Tree"] | dict[str, "Tree"]

# The same document once the schema has typed it.
Typed = str | int | bool | Decimal | date | list["Typed"] | dict[str, "Typed"]

# Where in a document: field names and list positions, such as ("line_items", 0, "rate").
Path = tuple[str | int, ...]


class Ref(NamedTuple):
    """Names one document: the kind as its section is spelled, and the external key (NFC, stripped)."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class StepId(NamedTuple):
    """Names one step: a document, or with ``part`` one application of it."""

    kind: str
    key: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}" + (f" {self.part}" if self.part else "")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file. ``line`` and ``column`` count characters from 1; ``width`` is at least 1."""

    file: str  # as the user typed it, or below the folder the user typed; forward slashes
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{one_line(self.file)}:{self.line}:{self.column}"


# Longer than every honest sentence with two keys of 128 characters in it; a name of a megabyte belongs on no screen.
LONGEST_SENTENCE: Final = 1000  # characters

# U+200C and U+200D are spelling in the scripts of India: between two of their letters or marks, and after a virama
# also at the end of a word (RFC 5892, appendix A.1 and A.2; Unicode Standard, chapter 12). Elsewhere they only hide.
_INDIAN: Final = "[\u0900-\u0dff]"
_VIRAMA: Final = "[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca]"
_JOINER: Final = re.compile(f"(?<={_INDIAN})[\u200c\u200d](?={_INDIAN})|(?<={_VIRAMA})[\u200c\u200d]")


def joiners(text: str) -> frozenset[int]:
    """Where in ``text`` joiners stand that a word is spelled with."""
    return frozenset() if text.isascii() else frozenset(found.start() for found in _JOINER.finditer(text))


def one_line(text: str) -> str:
    """``text`` as a terminal may be shown it: what is invisible or steers the terminal stands there as an escape.

    That is line ends, control characters and the marks that turn the direction of writing (Unicode UAX #9), with
    which a key could make its line read otherwise than it is. Joiners that spell a word stay.
    """
    if text.isprintable():
        return text
    kept = joiners(text)
    return "".join(one if one.isprintable() or at in kept else f"\\u{ord(one):04x}" for at, one in enumerate(text))


def _sentence(text: str) -> str:
    if len(text) > LONGEST_SENTENCE:  # the middle is what was quoted; both ends are what is said of it
        text = f"{text[: LONGEST_SENTENCE // 2]}...{text[3 - LONGEST_SENTENCE // 2 :]}"
    return one_line(text)


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the input, said so that a person can mend it."""

    code: str  # stable, kebab-case, or the id of a rule of the field such as "G2"
    message: str  # what is wrong, in one sentence
    place: Place | None  # None only when there is no file to point at
    help: str = ""  # what would be right
    severity: Severity = Severity.ERROR
    pointer: str = ""  # JSON Pointer (RFC 6901) into the file
    excerpt: str = ""  # the source line, without its line end; of a very long one a part around the place
    related: tuple[Place, ...] = ()  # the other place, for duplicates and contradictions
    skipped: int = 0  # characters of the source line that stand before ``excerpt``
    cell: str = ""  # of a CSV file: its row and column as a spreadsheet counts and its header names them
    about: Ref | None = field(default=None, compare=False)  # whose it is, of one that the checks have found

    def __post_init__(self) -> None:
        """Whoever words a problem may quote names and keys as they were written: its sentences stay one line each."""
        for name, text in (("message", self.message), ("help", self.help)):
            if len(text) > LONGEST_SENTENCE or not text.isprintable():
                object.__setattr__(self, name, _sentence(text))


class Locator(Protocol):
    """Knows where in the files each part of one document was written."""

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        """The place of the value at ``path`` (of its name, with ``of_key``), or of its nearest known ancestor."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """One entry of a manifest: defaults merged in, fields under their canonical names, still text."""

    kind: str
    key: str  # NFC, stripped; "" when the entry has none (a problem has been reported then)
    fields: dict[str, Tree]  # includes "key"
    file: str
    index: int  # position among the file's entries of this kind, from 0
    locator: Locator
    sound: bool = (
        True  # False: part of it could not be read (a problem tells of it), so that nothing can be missed in it
    )

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.key)

    def place(self, path: Path = (), *, of_key: bool = False) -> Place:
        return self.locator.at(path, of_key=of_key)

    def pointer(self, path: Path = ()) -> str:
        """JSON Pointer (RFC 6901) of ``path`` in the file of the document."""
        steps = (self.kind, self.index, *path)
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that was read from the given PATHs."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    clean: frozenset[str] = frozenset()  # those in which reading found nothing wrong


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of one document, or of one application of it, that is in the books.

    ``part`` is "" for the document itself; for an application, which is a call of its own, it names the target and
    the ordinal among equal targets, such as ``ORDER-99031#1``.
    """

    kind: str
    key: str
    part: str
    remote_id: str
    number: str  # the number FinzBooks gave or took, "" where there is none
    said: Mapping[str, Any]  # canonical form of what the document said (plan/said.py), references as keys
    digest: str  # SHA-256 of ``said``, hexadecimal
    generation: int
    source: str  # file the document came from
    run: str
    created: str  # ISO 8601, UTC
    updated: str  # ISO 8601, UTC
    difference: str = ""  # what the books answered otherwise than sent; "" when they agree
    # What the books hold otherwise than ``said`` says, and a person has agreed to: field of the create body -> what
    # the books hold of it in the form of that body, amounts and dates as text, None for nothing.
    accepted: dict[str, Any] = field(default_factory=dict)
    total: str = ""  # what the books said it comes to when it was last written, in its currency; "" where they did not

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.key)


class IntentRow(NamedTuple):
    """One document, or one application, that a call was about to write."""

    kind: str
    key: str
    part: str
    generation: int


CREATES: Final = ("create", "bulk")  # operations of intents that bring documents


@dataclass(frozen=True, slots=True)
class Intent:
    """A call that was about to be sent. Open until its answer is known; an open one may or may not have been done."""

    id: int  # 0 until the store has given one
    operation: str  # create, bulk, update or apply
    rows: tuple[IntentRow, ...]  # in the order of the body
    method: str
    path: str
    body: str  # the exact JSON text that was about to be sent
    idempotency_key: str  # "" for a method that takes none
    token_id: str
    server_time: str  # ISO 8601, UTC, by the server's own clock as far as its Date headers tell
    run: str
    # What settling it needs besides: an invoice's balance before it, what the document said, the order of its rows.
    before: dict[str, str] = field(default_factory=dict)


def in_words(path: Path) -> str:
    """How messages name a field: ``rate of line 1``. People count from one, JSON pointers from zero."""
    names: list[str] = []
    element = ""
    for step in path:
        if isinstance(step, int):
            one = names.pop().removesuffix("s").removesuffix("_item").replace("_", " ") if names else "entry"
            element = f"{'.'.join((*names, one))} {step + 1}" + (f" of {element}" if element else "")
            names = []
        else:
            names.append(step)
    return " of ".join(filter(None, (".".join(names), element)))


_STEP: Final = re.compile(r"\[([0-9]+)\]|([^.\[]+)")


def _steps(path: str) -> Path:
    return tuple(int(found[1]) if found[1] else found[2] for found in _STEP.finditer(path))


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. Values in canonical form; None means not given, or not there."""

    path: str  # dotted, list positions in brackets: line_items[0].rate
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """How messages name the field."""
        return in_words(_steps(self.path))


@dataclass(frozen=True, slots=True)
class Drift:
    """One field that somebody else changed in the books. Values as they are compared; None means not there."""

    path: str  # as in Change
    remembered: Any  # by the receipt
    held: Any  # by the books
    wanted: Any  # by the manifest

    @property
    def label(self) -> str:
        """How messages name the field."""
        return in_words(_steps(self.path))


class Action(StrEnum):
    SETTLE = "settle"
    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    APPROVE = "approve"
    APPLY = "apply"
    CONFLICT = "conflict"
    ORPHANED = "orphaned"
    UNCHANGED = "unchanged"
    PENDING = "pending"
