"""From the bytes of a file to its text, or to the problem that keeps it from being read; and its table of lines."""

from __future__ import annotations

import codecs
import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from importer.model import Place, Problem, Severity

# Larger than any real manifest (a million documents take about that), small enough to hold in memory twice.
MAX_BYTES: Final = 512 * 1024 * 1024

_BREAK: Final = re.compile(r"\r\n|\r|\n")
# Control characters have no business in books, and YAML forbids them. U+FEFF inside a text is the mark of a file
# glued to another; nobody sees it, and a key that holds it equals no other.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")

# Longer marks first: the mark of UTF-32 begins like that of UTF-16.
_OTHER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LOOKED_AT: Final = 64  # bytes: the first names of a manifest are letters of English
_AS_UTF8: Final = "save the file as UTF-8 (in Excel: CSV UTF-8)"
_ARCHIVE: Final = b"PK\x03\x04"  # how .xlsx and .ods begin


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was found. ``alone``: given by itself, so that holding nothing is an error and not a warning."""

    name: str  # as the user typed it, or below the folder the user typed; forward slashes
    data: bytes
    alone: bool = True


def decode(source: SourceFile, limit: int = MAX_BYTES) -> tuple[str, tuple[Problem, ...]]:
    """The text of ``source`` without byte-order mark, and its problems; "" where it cannot be read or is blank.

    ``limit`` is in bytes.
    """
    refusal = _unreadable(source, limit)
    if refusal is not None:
        return "", (refusal,)
    data = source.data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", (_not_utf8(source.name, data, error.start),)
    if not text or text.isspace():
        return "", (nothing_in(source),)
    found = _CONTROL.search(text)
    if found is not None:
        return "", (_control_character(source.name, text, found.start()),)
    return text, ()


def nothing_in(source: SourceFile) -> Problem:
    """The problem of a file without content: an error alone, a warning where it came with a folder."""
    severity = Severity.ERROR if source.alone else Severity.WARNING
    help = "leave it out, or see whether its export was cut off"
    return Problem("empty-file", "the file holds no documents", Place(source.name, 1, 1), help, severity)


def _unreadable(source: SourceFile, limit: int) -> Problem | None:
    data, start = source.data, Place(source.name, 1, 1)
    if len(data) > limit:
        size = f"the file has {len(data):,} bytes; at most {limit:,} are read"
        return Problem("file-too-big", size, start, "split it into several files")
    for mark, name in _OTHER_MARKS:
        if data.startswith(mark):
            return Problem("wrong-encoding", f"the file is written in {name}, not in UTF-8", start, _AS_UTF8)
    if data.startswith(_ARCHIVE):
        return Problem(
            "binary-file", "the file is a spreadsheet or an archive, not text", start, "export it as CSV UTF-8"
        )
    nul = data.find(0)
    if 0 <= nul < 2 and _is_utf16(data):
        message = "the file seems to be written in UTF-16, without the mark that says so"
        return Problem("wrong-encoding", message, start, _AS_UTF8)
    if nul >= 0:
        before = data[:nul].decode("utf-8", "replace")
        message = f"the file is not text: byte {nul + 1:,} is 0"
        place = Lines(source.name, before).place(len(before))
        return Problem("binary-file", message, place, "give a YAML or CSV file, saved as UTF-8")
    return None


def _is_utf16(data: bytes) -> bool:
    """Whether just every other byte at the start is 0, as it is of plain letters in UTF-16."""
    pairs = zip(data[:_LOOKED_AT:2], data[1:_LOOKED_AT:2], strict=False)
    zeros = {(not first, not second) for first, second in pairs}
    return zeros in ({(True, False)}, {(False, True)})


def _not_utf8(file: str, data: bytes, at: int) -> Problem:
    before = data[:at].decode("utf-8")
    message = f"the file is not UTF-8: byte 0x{data[at]:02X} cannot stand here"
    return Problem("not-utf-8", message, Lines(file, before).place(len(before)), _AS_UTF8)


def _control_character(file: str, text: str, at: int) -> Problem:
    message = f"the control character U+{ord(text[at]):04X} cannot stand in a manifest"
    help = "remove it; it is invisible in most editors"
    return Problem("control-character", message, Lines(file, text).place(at), help)


class Lines:
    """Where the lines of a file begin. A line ends with LF, CR LF or CR; positions count characters from 0."""

    __slots__ = ("_starts", "file", "size")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.size = len(text)
        self._starts = array("I", [0])
        self._starts.extend(found.end() for found in _BREAK.finditer(text))

    def start(self, line: int) -> int:
        """Position of the first character of ``line``, counted from 1; the end of the text after the last line."""
        return self._starts[line - 1] if line <= len(self._starts) else self.size

    def place(self, position: int, width: int = 1) -> Place:
        """The place of ``width`` characters from ``position``, cut off where the line ends."""
        line = bisect_right(self._starts, position)
        room = self.start(line + 1) - position - (line < len(self._starts))
        return Place(self.file, line, position - self._starts[line - 1] + 1, max(1, min(width, room)))
