"""importer/report/excerpt.py: the marker stands under its place, whatever the line holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.manifest.excerpt import with_excerpts
from importer.model import Place, Problem
from importer.report.excerpt import LONGEST_EXCERPT, excerpt_lines, width_of
from importer.report.style import Style

HINDI = "\u0939\u093f\u0928\u094d\u0926\u0940"  # six characters: three letters, a virama, two vowel signs
TOKYO = "\u6771\u4eac"
THUMB = "\N{THUMBS UP SIGN}"


def shown(text: str, column: int, width: int = 1, *, skipped: int = 0, cell: str = "") -> list[str]:
    place = Place("m.yaml", 1, column, width)
    return list(excerpt_lines(Problem("c", "m", place, excerpt=text, skipped=skipped, cell=cell), Style()))


def marked(text: str, word: str, *, skipped: int = 0) -> tuple[int, int, str]:
    """Cells of a terminal before the marker, cells that it takes, and the line above it."""
    at = text.index(word)
    source, marker = shown(text, skipped + at + 1, len(word), skipped=skipped)
    begin = len("  1 | ")
    bare = marker[begin:].rstrip("^")
    return cells(bare), len(marker) - begin - len(bare), source[begin:]


def cells(text: str) -> int:
    return sum(map(width_of, text))


def test_the_marker_stands_under_its_place_after_tabs() -> None:
    assert shown("\t- key: acme", 2) == ["  1 | \t- key: acme", "    | \t^"]


@pytest.mark.parametrize(
    ("before", "takes"),
    [
        ("plain ", 6),
        (TOKYO, 4),
        (THUMB, 2),
        ("e\u0301t\u00e9", 3),  # a letter and its accent as two characters, and as one
        ("\uff76\uff9e", 2),  # half-width katakana
        ("\u1112\u1161\u11ab", 2),  # one Hangul syllable in three parts
        (HINDI, 5),  # the virama joins; vowel signs that stand beside their letter take a cell
        ("\u0e01\u0e49", 1),  # a Thai letter and its tone
    ],
)
def test_the_marker_stands_under_its_place_after_letters_of_any_width(before: str, takes: int) -> None:
    assert marked(f"{before}<here>", "<here>") == (takes, 6, f"{before}<here>")


def test_the_marker_is_as_wide_as_what_it_marks() -> None:
    assert marked(f"key: {TOKYO}{THUMB} x", TOKYO + THUMB)[:2] == (5, 6)
    assert marked("key: e\u0301!", "e\u0301")[:2] == (5, 1)


def test_a_place_upon_a_mark_that_takes_no_cell_is_marked_all_the_same() -> None:
    assert marked("e\u0301", "\u0301")[:2] == (1, 1)


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "".join(f"<{number:04}>" for number in range(160))
    before, width, source = marked(text, "<0120>")
    assert source[before : before + width] == "<0120>"
    assert source.startswith("...") and source.endswith("...")
    assert len(source) == LONGEST_EXCERPT


def test_a_long_line_shows_more_of_its_beginning_or_end_where_the_place_is_near_it() -> None:
    text = "".join(f"<{number:04}>" for number in range(160))
    assert marked(text, "<0001>")[2].startswith("<0000><0001>")
    assert marked(text, "<0159>")[2].endswith("<0158><0159>")
    assert all(len(marked(text, word)[2]) == LONGEST_EXCERPT - 3 for word in ("<0001>", "<0159>"))


def test_a_long_line_of_wide_letters_is_cut_by_cells_and_not_by_letters() -> None:
    text = TOKYO * 200 + "<here>" + TOKYO * 200
    before, width, source = marked(text, "<here>")
    assert (width, LONGEST_EXCERPT - 2 <= cells(source) <= LONGEST_EXCERPT) == (6, True)
    at = source.index("<here>")
    assert cells(source[:at]) == before


LETTERS = st.sampled_from(["a", "-", "\u00e9", "e\u0301", TOKYO, THUMB, HINDI, "\u1112\u1161\u11ab", "\uff76\uff9e"])
SIDE = st.tuples(st.lists(LETTERS, max_size=12), st.integers(0, 300)).map(lambda found: "".join(found[0]) * found[1])


@given(SIDE, st.sampled_from(["<here>", f"<{TOKYO}>", "<e\u0301>"]), SIDE)
def test_the_marker_stands_under_its_place_however_long_the_line_and_wherever_the_place(
    before: str, word: str, after: str
) -> None:
    place = Place("m.yaml", 1, len(before) + 1, len(word))
    (problem,) = with_excerpts([Problem("c", "m", place)], {"m.yaml": f"{before}{word}{after}\nkey: b\n"})
    source, marker = excerpt_lines(problem, Style())
    begin = len("  1 | ")
    lead = marker[begin:].rstrip("^")
    assert cells(source[begin : source.index(word)]) == len(lead)
    assert len(marker) - begin - len(lead) == cells(word)
    assert cells(source[begin:]) <= LONGEST_EXCERPT


def test_what_is_left_out_before_an_excerpt_is_told_by_dots() -> None:
    assert shown("b,c,d", 1003, skipped=1000) == ["  1 | ...b,c,d", "    |      ^"]


@pytest.mark.parametrize(("column", "skipped"), [(5000, 0), (3, 10)])
def test_a_place_outside_the_excerpt_has_no_marker_and_no_line(column: int, skipped: int) -> None:
    assert shown("x" * 1000, column, skipped=skipped) == []


def test_a_marker_wider_than_the_line_ends_with_it() -> None:
    assert shown("abcdef", 3, 99) == ["  1 | abcdef", "    |   ^^^^"]


def test_a_place_at_the_end_of_a_line_is_marked_there() -> None:
    assert shown("key:", 5)[1] == "    |     ^"


def test_a_cell_is_named_beside_the_marker() -> None:
    assert shown("a1,27AAP", 4, 5, cell="row 17, column gst_no") == [
        "  1 | a1,27AAP",
        "    |    ^^^^^ row 17, column gst_no",
    ]


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    source, marker = shown("a\x1b[31mb\x07c\u202e\u200bd", 12, 1)
    assert source == "  1 | a\ufffd[31mb\ufffdc\ufffd\ufffdd"
    assert source.index("d") == marker.index("^")


@pytest.mark.parametrize("blank", ["\xa0", "\u2007", "\u202f", "\u3000"])
def test_a_blank_that_is_none_of_the_keyboard_is_shown_by_a_sign_that_every_terminal_has(blank: str) -> None:
    source, marker = shown(f"rate: 1{blank}500", 7, 5)
    assert source == "  1 | rate: 1\xb0500"
    assert marker == "    |       ^^^^^"
    for code_page in ("cp1252", "cp850", "cp437"):
        assert source.encode(code_page).decode(code_page) == source


@pytest.mark.parametrize("word", ["\u0915\u094d\u200d\u0937", "\u0930\u200d\u094d\u092f", "\u0d28\u0d4d\u200d"])
def test_joiners_that_a_word_of_an_indian_script_is_spelled_with_are_shown(word: str) -> None:
    source, marker = shown(f"{word} x", len(word) + 2)
    assert source == f"  1 | {word} x"
    assert cells(source) - 1 == cells(marker) - 1
    assert cells("\u200c\u200d") == 0


@pytest.mark.parametrize("text", ["a\u200db", "\u200d\u0915", "\u0915\u200d", "\u0915\u200d b", "\u200c"])
def test_joiners_that_only_hide_are_shown_as_what_they_are(text: str) -> None:
    assert "\ufffd" in shown(text, 1)[0]
