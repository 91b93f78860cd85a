"""A CSV file of a manifest: one kind, a header, and the rows below it (csv_rows.py)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from importer.kinds import KINDS
from importer.manifest.csv_names import all_names, path_of
from importer.manifest.csv_places import MAX_RECORD, Sheet, after_quotes, cells
from importer.manifest.csv_rows import OTHER_DELIMITERS, WITH_COMMAS, Row, Rows
from importer.manifest.csv_stray import bare
from importer.manifest.entries import Reading
from importer.manifest.levels import did_you_mean, level
from importer.model import Place, Problem

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_STEM_END: Final = re.compile(r"[-.\s]")
MAX_COLUMNS: Final = 16_384  # those of the widest sheet of Excel (its specifications and limits)
_MOST_TITLES: Final = 5  # rows of a title that are looked through for the names of the fields


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
    broken: list[Problem] = []
    rows = _rows(sheet, broken)
    header = next(rows, None)
    if header is not None:
        sheet.header_line, names = header
        above = [] if _names_a_field(kind, names) else list(islice(rows, _MOST_TITLES))
        refused = _has_no_bounds(sheet, names) or _names_below(kind, sheet, above) or _other_delimiter(sheet, names)
        if refused is not None:
            reading.problems.append(refused)
            reading.blank = False
            return reading
        Rows(kind, sheet, names, reading).read(chain(above, rows))
    reading.problems += broken
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


def _has_no_bounds(sheet: Sheet, header: Row) -> Problem | None:
    if len(header) <= MAX_COLUMNS:
        return None
    message = f"the header has {len(header):,} columns; at most {MAX_COLUMNS:,} are read"
    place = sheet.place(sheet.header_line, 0)
    return Problem("too-many-columns", message, place, "remove the columns that hold no field")


def _names_a_field(kind: str, row: Row) -> bool:
    return any(path_of(cell.strip(), level(kind)) for cell in row[:MAX_COLUMNS])


def _is_header(kind: str, row: Row) -> bool:
    """Whether ``key`` and another name of a field stand in ``row``: a firm may be called Key as well."""
    named = all_names(kind).intersection(map(bare, row[:MAX_COLUMNS]))
    return "key" in named and len(named) > 1


def _names_below(kind: str, sheet: Sheet, above: list[tuple[int, Row]]) -> Problem | None:
    """The names of the fields stand in one of the rows ``above``: before them came a title, or Excel's ``sep=,``."""
    line = next((line for line, row in above if _is_header(kind, row)), 0)
    if not line:
        return None
    message = f"the names of the fields stand in line {line}, not in the first row"
    help = f"remove what stands above line {line}"
    place = sheet.place(sheet.header_line, 0)
    return Problem("rows-above-header", message, place, help, related=(sheet.place(line, 0),))


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


def _other_delimiter(sheet: Sheet, header: Row) -> Problem | None:
    other = next((words for sign, words in OTHER_DELIMITERS.items() if sign in header[0]), None)
    if len(header) > 1 or other is None:
        return None
    message = f"the columns are separated by {other}, not by commas"
    return Problem("wrong-delimiter", message, sheet.place(sheet.header_line, 0), WITH_COMMAS)
