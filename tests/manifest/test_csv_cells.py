"""importer/manifest/csv_cells.py: rows and columns as a spreadsheet names them."""

from __future__ import annotations

import pytest

from importer.manifest.csv_cells import CellNames
from importer.manifest.csv_places import cells
from importer.manifest.source import Lines
from importer.model import Place


def name(text: str, word: str, *, nth: int = 0) -> str:
    """What the place of the ``nth`` ``word`` in ``text`` is called."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    lines = Lines("m.csv", text)
    return CellNames(text, lines).of(lines.place(at, len(word)))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_cell_has_its_row_and_the_name_of_its_column(end: str) -> None:
    text = f"key,gst_no{end}a,27AAP{end}b,29AAB{end}"
    assert name(text, "29AAB") == "row 3, column gst_no"
    assert name(text, "a,") == "row 2, column key"


def test_a_cell_of_several_lines_is_in_one_row() -> None:
    text = 'key,address,gst_no\na,"1 MG Road\nBengaluru",27AAP\nb,x,29AAB\n'
    assert name(text, "Bengaluru") == "row 2, column address"
    assert name(text, "27AAP") == "row 2, column gst_no"
    assert name(text, "29AAB") == "row 3, column gst_no"


def test_a_blank_row_counts_as_in_a_spreadsheet() -> None:
    assert name("\nkey,gst_no\n,\n\na,27AAP\n", "27AAP") == "row 5, column gst_no"


def test_a_name_in_quotes_is_shown_without_them() -> None:
    assert name('"key","Say ""name"""\na,b\n', "b") == 'row 2, column Say "name"'


def test_a_cell_of_the_header_is_a_name_itself() -> None:
    assert name("key,gst_no\na,b\n", "gst_no") == ""


def test_a_cell_beyond_the_header_is_counted() -> None:
    assert name("key,gst_no\na,b,stray\n", "stray") == "row 2, column 3, which has no name"


def test_what_follows_a_quote_that_never_closes_belongs_to_its_cell() -> None:
    assert name('key,notes,x\na,b,c\nd,"open\ne,f,g\n', '"open') == "row 3, column notes"


def test_a_file_that_holds_nothing_has_no_cells() -> None:
    assert CellNames("", Lines("m.csv", "")).of(Place("m.csv", 1, 1)) == ""


def test_the_name_of_a_column_is_short_and_of_one_line() -> None:
    text = f'"{"n" * 500}","two\nlines"\na,b\n'
    assert name(text, "a") == f"row 2, column {'n' * 60}..."
    assert name(text, "b") == "row 2, column two\N{REPLACEMENT CHARACTER}lines"


def test_a_row_is_taken_apart_once_for_all_the_problems_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "key,a,b,c\n" + "x,1,2,3\n" * 50
    lines = Lines("m.csv", text)
    names, asked = CellNames(text, lines), list[int]()

    def counted(text: str, at: int) -> list[tuple[int, int]]:
        asked.append(at)
        return cells(text, at)

    monkeypatch.setattr("importer.manifest.csv_cells.cells", counted)
    places = [Place("m.csv", line, column) for line in range(2, 52) for column in (1, 3, 5, 7)]
    assert [names.of(place) for place in places][-1] == "row 51, column c"
    assert len(asked) == 51
