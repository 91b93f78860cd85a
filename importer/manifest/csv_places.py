"""Where the cells of a CSV file are: records are scanned again when a place is asked for, so that nothing is kept."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Final

from importer.manifest.csv_columns import Column
from importer.manifest.source import Lines
from importer.model import Path, Place

_END_OF_CELL: Final = re.compile(r"[,\r\n]|\Z")
MAX_RECORD: Final = 1024 * 1024  # characters; a line of nothing but commas would take a hundred times its size
_QUOTED: Final = re.compile(r'"(?:[^"]++|"")*+')  # two quotes stand for one; it ends before the quote that closes
_MANY_ROWS: Final = 8  # of one document; fewer are scanned again


def cells(text: str, at: int, most: int = MAX_RECORD) -> list[tuple[int, int]]:
    """Start and end of each cell, as written, of the record that begins at position ``at`` (RFC 4180, section 2).

    A quote that is never closed makes a cell that reaches to the end of the text. After ``most`` characters no
    further cell is begun.
    """
    found: list[tuple[int, int]] = []
    last = at + most
    while True:
        start = at
        if text.startswith('"', at):
            at = after_quotes(text, at)
        end = _END_OF_CELL.search(text, at)
        at = end.start() if end else len(text)
        found.append((start, at))
        if at > last or not text.startswith(",", at):
            return found
        at += 1


def after_quotes(text: str, at: int) -> int:
    """The position behind the quoted part that begins at ``at``; the end of the text if it is not closed."""
    inside = _QUOTED.match(text, at)
    end = inside.end() if inside else at
    return end + 1 if text.startswith('"', end) else len(text)


class Sheet:
    """A CSV file, its columns, and the line of its header (from 1)."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.header_line = 1
        self.columns: Sequence[Column] = ()
        self._scanned: tuple[int, list[tuple[int, int]]] = (
            0,
            [],
        )  # the line and the cells of the last record asked for

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.file, self.text)

    def _cells(self, line: int) -> list[tuple[int, int]]:
        if self._scanned[0] != line:
            self._scanned = (line, cells(self.text, self.lines.start(line)))
        return self._scanned[1]

    def place(self, line: int, index: int) -> Place:
        """The place of cell ``index`` (from 0) of the record that begins in ``line``; of its last if it has fewer."""
        found = self._cells(line)
        start, end = found[min(index, len(found) - 1)]
        return self.lines.place(start, end - start)

    def filled(self, line: int, columns: Sequence[Column]) -> Iterator[Column]:
        """Those of ``columns`` that hold something in the record that begins in ``line``."""
        found = self._cells(line)
        for column in columns:
            start, end = found[column.index] if column.index < len(found) else (0, 0)
            if self.text[start:end].strip('" \t\r\n'):
                yield column


class RowPlaces:
    """The places of one document: the lines in which its rows begin.

    What is told of the name of a field stands at its cell as well: the header is of all documents, and a fault of one.
    """

    __slots__ = ("_known", "lines", "sheet")

    def __init__(self, sheet: Sheet, line: int) -> None:
        self.sheet = sheet
        self.lines = array("I", [line])
        self._known: dict[tuple[str, ...], array[int]] | None = None

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return self.find(path, of_key)[1]

    def find(self, path: Path, of_key: bool) -> tuple[int, Place]:  # noqa: ARG002 - as other places have it
        for known in range(len(path), 0, -1):
            place = self._place(path[:known])
            if place is not None:
                return known, place
        keys = [column.index for column in self.sheet.columns if column.path == ("key",)]
        return 0, self.sheet.place(self.lines[0], keys[0] if keys else 0)

    def _place(self, path: Path) -> Place | None:
        names = tuple(step for step in path if isinstance(step, str))
        element = next((step for step in path if isinstance(step, int)), 0)
        below = [column for column in self.sheet.columns if column.path[: len(names)] == names]
        cell = self._cell(names, element, below)
        return None if cell is None else self.sheet.place(*cell)

    def _cell(self, names: tuple[str, ...], element: int, below: Sequence[Column]) -> tuple[int, int] | None:
        """Line and column of the first filled cell of ``below``, in the row of the ``element``-th of a list."""
        if not below:
            return None
        name = below[0].list_name
        if not name:
            rows = self._rows(names, below, only_first=True)
        else:
            rows = self._rows((name,), [column for column in self.sheet.columns if column.list_name == name])
        if element >= len(rows):
            return None
        return next(((rows[element], one.index) for one in self.sheet.filled(rows[element], below)), None)

    def _rows(self, path: tuple[str, ...], below: Sequence[Column], *, only_first: bool = False) -> array[int]:
        """The rows in which any of ``below`` is filled. Kept, where there are many rows to look through."""
        known = self._known or {}
        if path in known:
            return known[path]
        found = (line for line in self.lines if any(True for _ in self.sheet.filled(line, below)))
        rows = array("I", islice(found, 1) if only_first else found)
        if len(self.lines) > _MANY_ROWS and rows:
            self._known = {**known, path: rows}
        return rows
