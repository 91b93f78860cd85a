"""A CSV file of a manifest: one kind, rows that share a key are one document."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Final

from importer.kinds import KINDS
from importer.manifest.csv_columns import Column, columns
from importer.manifest.csv_places import MAX_RECORD, RowPlaces, Sheet, after_quotes, cells
from importer.manifest.csv_stray import (
    HEADER_AGAIN,
    HEADER_AGAIN_HELP,
    MERGED_CELLS,
    MERGED_CELLS_HELP,
    TOTAL_ROW,
    TOTAL_ROW_HELP,
    first_filled,
    is_blank,
    is_total,
)
from importer.manifest.csv_values import element, is_put, put
from importer.manifest.entries import Entry, Reading
from importer.manifest.levels import as_key, did_you_mean
from importer.model import Place, Problem, Severity, Tree

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_STEM_END: Final = re.compile(r"[-.\s]")
MAX_COLUMNS: Final = 16_384  # those of the widest sheet of Excel (its specifications and limits)
_OTHER_DELIMITERS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}

Row = list[str]


def kind_of(file: str) -> str:
    """The kind that a file's name gives: its stem up to the first ``-``, ``.`` or blank; it need not exist."""
    return _STEM_END.split(file.rpartition("/")[2], maxsplit=1)[0].lower()


def read_csv(file: str, text: str) -> Reading:
    """The entries of a CSV file. After a broken quote nothing more of it can be read; what stands above is kept."""
    reading = Reading()
    kind = kind_of(file)
    if kind not in KINDS:
        help = did_you_mean(kind, KINDS, f"name it after a kind: {', '.join(KINDS)}")
        message = f"the name of the file gives the kind of its rows, and `{kind}` is no kind"
        reading.problems.append(Problem("unknown-kind", message, Place(file, 1, 1), help))
        reading.blank = False
        return reading
    sheet = Sheet(file, text)
    rows = _rows(sheet, reading.problems)
    header = next(rows, None)
    if header is not None:
        sheet.header_line, names = header
        if _has_bounds(sheet, names, reading) and _is_comma_separated(sheet, names, reading):
            _Rows(kind, sheet, names, reading).read(rows)
    return reading


def _rows(sheet: Sheet, problems: list[Problem]) -> Iterator[tuple[int, Row]]:
    """Each row that is not blank, with the line in which it begins."""
    fed = begun = 0  # positions: how far the reader was fed, and where its record begins

    def lines() -> Iterator[str]:
        nonlocal fed
        for found in _LINE.finditer(sheet.text):
            fed = found.end()
            if fed - begun > MAX_RECORD:
                raise _TooLong
            yield found.group()

    reader = csv.reader(lines(), strict=True)
    while True:
        begun = fed
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            problems.append(_broken_record(sheet, line, str(error)))
            return
        except _TooLong:
            problems.append(_broken_record(sheet, line, ""))
            return
        if row is None:
            return
        if any(row) and any(map(str.strip, row)):
            yield line, row


class _TooLong(Exception):
    """A record is longer than ``MAX_RECORD``."""


def _has_bounds(sheet: Sheet, header: Row, reading: Reading) -> bool:
    if len(header) <= MAX_COLUMNS:
        return True
    message = f"the header has {len(header):,} columns; at most {MAX_COLUMNS:,} are read"
    place = sheet.place(sheet.header_line, 0)
    reading.problems.append(Problem("too-many-columns", message, place, "remove the columns that hold no field"))
    reading.blank = False
    return False


def _broken_record(sheet: Sheet, line: int, said: str) -> Problem:
    text = sheet.text
    found = cells(text, sheet.lines.start(line))
    rest = "; the rest of the file was not read"
    start, end = found[-1]
    if _is_open(text[start:end]):
        return Problem(
            "unclosed-quote", f"a quote opens here and is never closed{rest}", sheet.lines.place(start), _QUOTES
        )
    start, end = max(found, key=lambda cell: cell[1] - cell[0])
    if end - start > csv.field_size_limit():
        message = f"this cell is longer than {csv.field_size_limit():,} characters{rest}"
        return Problem("cell-too-long", message, sheet.lines.place(start), "see that its quotes are closed")
    if not said:
        message = f"the row that begins here is longer than {MAX_RECORD:,} characters{rest}"
        place = sheet.lines.place(found[0][0])
        return Problem("row-too-long", message, place, "see that its line ends and quotes are there")
    start = next((start for start, end in found if _is_stray(text[start:end])), found[0][0])
    return Problem("csv-syntax", f"this row is not CSV: {said}{rest}", sheet.lines.place(start), _QUOTES)


_QUOTES: Final = 'a quote within a cell is written twice, and the whole cell in quotes: "2"" pipe"'


def _is_open(cell: str) -> bool:
    return cell.startswith('"') and after_quotes(cell, 0) == len(cell) and cell.count('"') % 2 == 1


def _is_stray(cell: str) -> bool:
    return cell.startswith('"') and after_quotes(cell, 0) < len(cell)


def _is_comma_separated(sheet: Sheet, header: Row, reading: Reading) -> bool:
    other = next((words for sign, words in _OTHER_DELIMITERS.items() if sign in header[0]), None)
    if len(header) > 1 or other is None:
        return True
    message = f"the columns are separated by {other}, not by commas"
    place = sheet.place(sheet.header_line, 0)
    reading.problems.append(Problem("wrong-delimiter", message, place, "save it as CSV with commas"))
    reading.blank = False
    return False


class _Rows:
    """Gathers adjacent rows with the same key into entries."""

    def __init__(self, kind: str, sheet: Sheet, header: Row, reading: Reading) -> None:
        self.kind, self.sheet, self.reading, self.header = kind, sheet, reading, header
        self.width = len(header)
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

    def read(self, rows: Iterator[tuple[int, Row]]) -> None:
        if self.key_at is None:
            self._report("missing-key", "there is no column `key`", self.sheet.header_line, 0, "every row needs one")
            self.reading.blank = False
            return
        entry: Entry | None = None
        places: RowPlaces | None = None
        for line, row in rows:
            key = as_key(row[self.key_at]) if self.key_at < len(row) else ""
            if self._is_header(row):
                self._report("repeated-header", HEADER_AGAIN, line, first_filled(row), HEADER_AGAIN_HELP)
                entry = None
                continue
            if is_total(row, self.key_at):
                self._report("total-row", TOTAL_ROW, line, first_filled(row), TOTAL_ROW_HELP)
                entry = None
                continue
            if entry is not None and places is not None and not key and self._continues(row):
                self._report("merged-cells", MERGED_CELLS, line, self.key_at, MERGED_CELLS_HELP)
                key = str(entry.fields["key"])  # reported, and read on, lest the lines be missed in its total
            if entry is not None and places is not None and key and key == entry.fields["key"]:
                places.lines.append(line)
            else:
                places = RowPlaces(self.sheet, line)
                fields: dict[str, Tree] = {"key": key} if key else {}
                entry = Entry(self.kind, len(self.reading.entries), fields, places)
                self.reading.entries.append(entry)
            if len(row) == self.width:
                self._fill(entry, places, line, row)
            else:
                self._wrong_width(entry, line, row)
            if not key:
                entry = None
        self.reading.blank = self.reading.blank and not self.reading.entries

    def _is_header(self, row: Row) -> bool:
        """Whether the row holds the names of the columns again."""
        at = self.key_at or 0
        if at >= len(row) or row[at].strip() != self.header[at].strip():
            return False  # nearly every row
        return [cell.strip() for cell in row[: self.width]] == [cell.strip() for cell in self.header]

    def _continues(self, row: Row) -> bool:
        """Whether a row without key holds another element of a list and nothing else of a document."""
        if len(row) != self.width:
            return False
        outer = (*(index for index, _ in self.plain), *(column.index for column in self.nested))
        inner = (column.index for inside in self.lists.values() for column in inside)
        return all(is_blank(row[index]) for index in outer) and not all(is_blank(row[index]) for index in inner)

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

    def _repeated_row(self, places: RowPlaces, line: int) -> None:
        """Two payments whose keys a spreadsheet has made equal look like this: one of them would be lost."""
        first = self.sheet.place(places.lines[0], self.key_at or 0)
        message = f"this row has the key of line {first.line} and says nothing that is not said there"
        help = "give it a key of its own if it is another document; remove it if it was pasted twice"
        self._report("repeated-row", message, line, self.key_at or 0, help, (first,), Severity.WARNING)

    def _wrong_width(self, entry: Entry, line: int, row: Row) -> None:
        entry.sound = False
        many = len(row) > self.width
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
