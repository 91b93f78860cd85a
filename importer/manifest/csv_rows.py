"""The rows of a CSV file below its header: adjacent ones that share a key are one document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from importer import schema
from importer.manifest.csv_columns import Column, blank_column, columns, named
from importer.manifest.csv_names import all_names
from importer.manifest.csv_places import RowPlaces, Sheet
from importer.manifest.csv_stray import (
    HEADER_AGAIN,
    HEADER_AGAIN_HELP,
    MERGED_CELLS,
    MERGED_CELLS_HELP,
    OTHER_HEADER,
    OTHER_HEADER_HELP,
    TOTAL_ROW,
    TOTAL_ROW_HELP,
    bare,
    first_filled,
    is_blank,
    is_header_again,
    is_sum,
    is_total,
)
from importer.manifest.csv_values import element, is_put, put
from importer.manifest.entries import Entry, Reading
from importer.manifest.levels import as_key
from importer.manifest.sharing import Shared
from importer.model import Place, Problem, Severity, Tree

OTHER_DELIMITERS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
WITH_COMMAS: Final = "save it as CSV with commas"
_NUMBERS: Final = ("money", "decimal", "integer")

Row = list[str]


class Rows:
    """Gathers adjacent rows with the same key into entries."""

    def __init__(self, kind: str, sheet: Sheet, header: Row, reading: Reading) -> None:
        self.kind, self.sheet, self.header, self.reading, self.width = kind, sheet, header, reading, len(header)
        line = sheet.header_line
        found, problems = columns(kind, header, lambda index: sheet.place(line, index))
        sheet.columns = found
        reading.problems += problems
        self.key_at = next((column.index for column in found if column.path == ("key",)), None)
        self.plain = [
            (column.index, column.path[0]) for column in found if len(column.path) == 1 and not column.list_name
        ]
        self.nested = [column for column in found if len(column.path) > 1 and not column.list_name]
        self.lists: dict[str, list[Column]] = {}
        for column in found:
            if column.list_name:
                self.lists.setdefault(column.list_name, []).append(column)
        known = schema.fields(kind)
        self.numeric = frozenset(column.index for column in found if known[column.path].type in _NUMBERS)
        self.inner = frozenset(column.index for column in found if column.list_name)
        self.unnamed = named(header)
        self.shared = Shared()
        self.spilled: dict[int, int] = {}  # column without a name -> the first line in which it holds something

    def read(self, rows: Iterator[tuple[int, Row]]) -> None:
        if self.key_at is None:
            self._report("missing-key", "there is no column `key`", self.sheet.header_line, 0, "every row needs one")
            self.reading.blank = False
            return
        entry: Entry | None = None
        places = RowPlaces(self.sheet, self.sheet.header_line)
        for line, cells in rows:
            row = [*map(self.shared, cells)]
            key = as_key(row[self.key_at]) if self.key_at < len(row) else ""
            if self._is_header(line, row, key) or self._is_total(line, row, key):
                entry = None
                continue
            if entry is not None and not key and self._continues(row):
                self._report("merged-cells", MERGED_CELLS, line, self.key_at, MERGED_CELLS_HELP)
                key = str(entry.fields["key"])  # reported, and read on, lest the lines be missed in its total
            if entry is not None and key and key == entry.fields["key"]:
                places.lines.append(line)
            else:
                places = RowPlaces(self.sheet, line)
                entry = self._begun(key, places)
            if len(row) == self.width:
                self._fill(entry, places, line, row)
            else:
                self._wrong_width(entry, line, row)
            if not key:
                entry = None
        self._tell_spilled()
        self.reading.blank = self.reading.blank and not self.reading.entries

    def _begun(self, key: str, places: RowPlaces) -> Entry:
        fields: dict[str, Tree] = {"key": key} if key else {}
        entry = Entry(self.kind, len(self.reading.entries), fields, places)
        self.reading.entries.append(entry)
        return entry

    def _is_header(self, line: int, row: Row, key: str) -> bool:
        """Whether the row is a header, of which a problem then tells: files were joined by copy and paste."""
        if bare(key) != "key":
            return False
        if [bare(cell) for cell in row[: self.width]] == [bare(cell) for cell in self.header]:
            self._report("repeated-header", HEADER_AGAIN, line, first_filled(row), HEADER_AGAIN_HELP)
        elif is_header_again(row, all_names(self.kind)):
            self._report("repeated-header", OTHER_HEADER, line, first_filled(row), OTHER_HEADER_HELP)
        else:
            return False
        return True

    def _is_total(self, line: int, row: Row, key: str) -> bool:
        """Whether the row is a total or a remark of a report, of which a problem then tells."""
        above = bool(self.reading.entries)  # a sum of nothing is a document that lacks its key
        if not is_total(row, self.key_at or 0) and (key or not above or not is_sum(row, self.numeric, self.inner)):
            return False
        self._report("total-row", TOTAL_ROW, line, first_filled(row), TOTAL_ROW_HELP)
        return True

    def _continues(self, row: Row) -> bool:
        """Whether a row without key holds another element of a list and nothing else of a document."""
        if len(row) != self.width:
            return False
        outer = (*(index for index, _ in self.plain), *(column.index for column in self.nested))
        return all(is_blank(row[index]) for index in outer) and not all(is_blank(row[index]) for index in self.inner)

    def _fill(self, entry: Entry, places: RowPlaces, line: int, row: Row) -> None:
        fields = entry.fields
        first = len(places.lines) == 1
        news = first  # whether the row says anything that the rows above it do not
        for index, name in self.plain:
            cell = row[index]
            if cell and index != self.key_at and not cell.isspace():
                if first or name not in fields:
                    fields[name], news = cell, True
                elif fields[name] != cell:
                    self._contradiction(places, (name,), line, index)
                    news = True
        for column in self.nested:
            cell = row[column.index]
            if cell and not cell.isspace():
                news = news or not is_put(fields, column.path)
                if not put(fields, column.path, cell):
                    self._contradiction(places, column.path, line, column.index)
                    news = True
        for name, inside in self.lists.items():
            one = element(row, inside)
            if one is not None:
                elements = fields.setdefault(name, [])
                assert isinstance(elements, list)  # noqa: S101 - by its column, the field is a list
                elements.append(one)
                news = True
        if not news and any(not is_blank(cell) for at, cell in enumerate(row) if at != self.key_at):
            self._repeated_row(places, line)
        if self.unnamed < self.width:
            self._spill(line, row)

    def _repeated_row(self, places: RowPlaces, line: int) -> None:
        """Two payments whose keys a spreadsheet has made equal look like this: one of them would be lost."""
        first = self.sheet.place(places.lines[0], self.key_at or 0)
        message = f"this row has the key of line {first.line} and says nothing that is not said there"
        help = "give it a key of its own if it is another document; remove it if it was pasted twice"
        self._report("repeated-row", message, line, self.key_at or 0, help, (first,), Severity.WARNING)

    def _spill(self, line: int, row: Row) -> None:
        for index in range(self.unnamed, self.width):
            if row[index] and not is_blank(row[index]):
                self.spilled.setdefault(index, line)

    def _tell_spilled(self) -> None:
        header = self.sheet.header_line
        for index, line in sorted(self.spilled.items()):
            filled = (self.sheet.place(line, index),)
            self.reading.problems.append(blank_column(index, self.sheet.place(header, index), filled))

    def _wrong_width(self, entry: Entry, line: int, row: Row) -> None:
        entry.sound = False
        many = len(row) > self.width
        other = "" if many else _delimiter(row, self.width)
        if other:
            message = f"the cells of this row are separated by {other}, the names of the columns by commas"
            self._report("wrong-delimiter", message, line, 0, WITH_COMMAS)
            return
        message = f"this row has {len(row)} cells, the header has {self.width}"
        help = "put a cell that holds a comma in quotes" if many else "keep the commas of empty cells"
        self._report("row-too-long" if many else "row-too-short", message, line, self.width if many else len(row), help)

    def _contradiction(self, places: RowPlaces, path: tuple[str, ...], line: int, index: int) -> None:
        first = places.at(path)
        message = f"`{'.'.join(path)}` differs from line {first.line}, a row of the same document"
        help = "repeat the value or leave it blank; another document needs another key"
        self._report("contradiction", message, line, index, help, (first,))

    def _report(
        self,
        code: str,
        message: str,
        line: int,
        index: int,
        help: str,
        related: tuple[Place, ...] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        place = self.sheet.place(line, index)
        self.reading.problems.append(Problem(code, message, place, help, severity, related=related))


def _delimiter(row: Row, width: int) -> str:
    """What separates the cells of ``row`` where it is not the comma: with it, they are ``width``."""
    text = ",".join(row)
    return next((words for sign, words in OTHER_DELIMITERS.items() if text.count(sign) == width - 1), "")
