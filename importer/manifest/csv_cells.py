"""What a spreadsheet calls the place of a problem: ``row 17, column gst_no``. Looked up only where there is one."""

from __future__ import annotations

import csv
import re
from array import array
from bisect import bisect_right
from functools import cached_property
from typing import Final

from importer.manifest.csv_places import cells
from importer.manifest.source import Lines
from importer.model import Place

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LONGEST_NAME: Final = 60  # characters of a column's name; a file that is no CSV may have one of megabytes


class CellNames:
    """The rows and columns of one CSV file, whose text and table of lines are given."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text, self.lines = text, lines
        self._last: tuple[int, list[tuple[int, int]]] = (0, [])  # the cells of the last record, and where it begins

    def of(self, place: Place) -> str:
        """Row and column of ``place``; "" in the header, whose cells are the names, and where there is no column.

        A row counts as in a spreadsheet: a cell that holds ends of lines makes one row of several lines.
        """
        row = bisect_right(self._rows, place.line)
        if row == 0 or self._rows[row - 1] <= self._header[0]:
            return ""
        names, index = self._header[1], self._index(self._rows[row - 1], place)
        name = names[index] if index < len(names) else ""
        return f"row {row:,}, column {name}" if name else f"row {row:,}, column {index + 1}, which has no name"

    @cached_property
    def _rows(self) -> array[int]:
        """The line in which each record begins, as far as the file is CSV; a blank line is a row as well."""
        reader = csv.reader((found.group() for found in _LINE.finditer(self.text)), strict=True)
        starts = array("I", [1])
        try:
            for _ in reader:
                starts.append(reader.line_num + 1)
        except csv.Error:
            pass  # a problem tells of it; what is broken begins where the last row ended
        return starts

    @cached_property
    def _header(self) -> tuple[int, list[str]]:
        """The line of the first record that is not blank, and its cells without quotes."""
        for line in self._rows:
            found = self._cells(line)
            if any(self.text[start:end].strip(' \t"') for start, end in found):
                return line, [_plain(self.text[start : min(end, start + 2 * _LONGEST_NAME)]) for start, end in found]
        return self.lines.size + 1, []

    def _index(self, line: int, place: Place) -> int:
        """Which cell of the record that begins in ``line`` holds ``place``, from 0."""
        at = self.lines.start(place.line) + place.column - 1
        return max(0, bisect_right(self._cells(line), (at, len(self.text))) - 1)

    def _cells(self, line: int) -> list[tuple[int, int]]:
        if self._last[0] != line:
            self._last = (line, cells(self.text, self.lines.start(line)))
        return self._last[1]


def _plain(cell: str) -> str:
    name = cell.strip()
    if name.startswith('"'):
        name = name[1:].removesuffix('"').replace('""', '"').strip()
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)
    return shown if len(shown) <= _LONGEST_NAME else shown[:_LONGEST_NAME] + "..."
