"""Faults of syntax: told where a person would look for them, in words of people, whichever parser found them."""

from __future__ import annotations

import time

import pytest

from importer.manifest.yaml_reader import read_tree, read_yaml
from importer.model import Problem
from manifest.texts import yaml_file

PARSERS = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
ENTRY = "contacts:\n  - key: acme\n"


def fault(text: str, pure: bool) -> Problem:
    (problem,) = (one for one in yaml_file(text, pure=pure).problems if one.code == "yaml-syntax")
    return problem


def told(text: str, pure: bool) -> tuple[str, str, str]:
    """Line and column, the words without those that all of them end with, and the help."""
    problem = fault(text, pure)
    words, _, rest = problem.message.rpartition("; ")
    assert problem.place is not None
    assert rest == "the rest of the file was not read"
    return f"{problem.place.line}:{problem.place.column}", words, problem.help


@PARSERS
@pytest.mark.parametrize("below", ["", "    phone: 1\n", "\n\n    phone: 1\n", "  - key: zen\n"])
def test_a_line_without_a_colon_is_told_at_that_line(below: str, pure: bool) -> None:
    text = ENTRY + "    contact_name Acme Corp\n" + below
    assert told(text, pure) == ("3:5", "this line has no colon", "write `contact_name: Acme Corp`")


@PARSERS
@pytest.mark.parametrize(
    ("text", "place", "help"),
    [
        ("contacts:\n  - key acme\n    phone: 1\n", "2:5", "write `key: acme`"),
        ("contacts\n  - key: acme\n", "1:1", "write `contacts:`"),
        ("version: 1\ncontacts\n  - key: acme\n", "2:1", "write `contacts:`"),
        ("contacts:\r\n  - key: a\r\n    phone 1\r\n    email: b\r\n", "3:5", "write `phone: 1`"),
    ],
)
def test_a_name_without_a_colon_is_told_at_its_line(text: str, place: str, help: str, pure: bool) -> None:
    assert told(text, pure) == (place, "this line has no colon", help)


@PARSERS
def test_a_text_that_goes_on_beside_its_name_is_told_to_be_indented(pure: bool) -> None:
    place, words, help = told(ENTRY + "    notes: one\n    and two\n    phone: 1\n", pure)
    assert (place, words) == ("4:5", "this line has no colon")
    assert help.endswith("a text that goes on stands further to the right than its name")


@PARSERS
@pytest.mark.parametrize("text", ["  - key:acme\n    phone: 1\n", "  - key: a\n    key:acme\n    phone: 1\n"])
def test_a_colon_without_a_blank_is_told_at_its_line(text: str, pure: bool) -> None:
    _, words, help = told("contacts:\n" + text, pure)
    assert (words, help) == ("a blank is missing after the colon", "write `key: acme`")


@PARSERS
@pytest.mark.parametrize("above", ["", "  - key: zen\n    contact_name: Zen\n"])
@pytest.mark.parametrize("column", [4, 5])
def test_a_dash_without_a_blank_is_told_at_the_dash(above: str, column: int, pure: bool) -> None:
    text = f"contacts:\n{above}  -key: acme\n{' ' * (column - 1)}contact_name: Acme\n"
    place = f"{2 + above.count(chr(10))}:3"
    assert told(text, pure) == (place, "a blank is missing after the dash", "write `- key: acme`")


@PARSERS
@pytest.mark.parametrize(
    ("text", "place", "sign"),
    [
        ("contacts:\n  - {key: a, contact_name: Acme\n", "2:5", "{"),
        ("contacts:\n  - {key: a, contact_name: Acme\n  - {key: b}\n", "2:5", "{"),
        ("contacts:\n  - {key: a, contact_name: Acme\n\n\n", "2:5", "{"),
        ("contacts: [\n  {key: a},\n", "1:11", "["),
        ("contacts: [{key: a},\n  {key: b}\n", "1:11", "["),
        ("contacts: [", "1:11", "["),
        ("contacts:\n  - key: a\n    tags: [a, b\n    phone: 1\n", "3:11", "["),
        ("contacts:\n  - key: a\n    tags: [a, b,\n  - key: b\n", "3:11", "["),
        ("contacts:\n  - {key: a, tags: [x, y\n", "2:20", "["),
    ],
)
def test_a_bracket_that_is_never_closed_is_told_where_it_opens(text: str, place: str, sign: str, pure: bool) -> None:
    closing = "}" if sign == "{" else "]"
    assert told(text, pure) == (place, f"the `{sign}` that opens here is never closed", f"close it with `{closing}`")


@PARSERS
@pytest.mark.parametrize(
    "text", ["contacts: [\n  {key: a}\n  {key: b}\n]\n", 'contacts: [{key: a}\n  , {key: "b" c}]\n']
)
def test_a_comma_that_is_missing_is_not_taken_for_a_bracket_that_is(text: str, pure: bool) -> None:
    assert told(text, pure)[1].startswith("before this a comma or ")


@PARSERS
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("below", ["", "    phone: 1\n", "---\nitems: []\n"])
def test_a_quote_that_never_closes_is_told_where_it_opens(quote: str, below: str, pure: bool) -> None:
    text = f"{ENTRY}    contact_name: {quote}Acme\n{below}"
    assert told(text, pure)[:2] == ("3:19", "the quote that opens here is never closed")


@PARSERS
def test_a_quote_that_closes_with_the_next_that_opens_is_told_where_it_opens(pure: bool) -> None:
    text = ENTRY + '    contact_name: "Acme\n    email: b\n    phone: "1"\n'
    assert told(text, pure)[:2] == ("3:19", "the quote that opens here is closed in line 5 only")


@PARSERS
@pytest.mark.parametrize("indented", ["\t", "  \t", "    \t"])
def test_a_line_that_is_indented_with_a_tab_is_told_so(indented: str, pure: bool) -> None:
    place, words, help = told(f"{ENTRY}{indented}contact_name: Acme\n", pure)
    assert place == f"3:{len(indented)}"
    assert words == "this line is indented with a tab, and YAML counts blanks only"
    assert help == "indent with blanks, not with tabs"


@PARSERS
@pytest.mark.parametrize(
    ("line", "column", "as_line"),
    [("   phone: 1\n", 5, 2), ("  phone: 1\n", 5, 2), (" - key: b\n", 3, 2), ("    phone: 1\n   email: b\n", 5, 3)],
)
def test_a_line_that_fits_no_column_is_told_the_one_it_was_to_have(
    line: str, column: int, as_line: int, pure: bool
) -> None:
    assert told(ENTRY + line, pure)[2] == f"begin it in column {column}, as line {as_line} does"


@PARSERS
def test_an_entry_that_fits_no_list_is_told_the_nearest(pure: bool) -> None:
    text = "invoices:\n  - key: a\n    line_items:\n      - item: x\n   - key: b\n"
    place, _, help = told(text, pure)
    assert (place, help) == ("5:4", "begin it in column 3, as line 2 does")


@PARSERS
def test_a_field_that_stands_too_far_right_is_told_its_column(pure: bool) -> None:
    place, words, help = told(ENTRY + "      phone: 1\n", pure)
    assert (place, help.partition(",")[0]) == ("3:7", "begin it in column 5")
    assert words == "this line stands further to the right than line 2, which has a value already"


@PARSERS
@pytest.mark.parametrize(
    ("value", "help"),
    [
        ("Acme: Corp", 'write `contact_name: "Acme: Corp"`'),
        ("Acme phone: 1", "begin `phone` on a line of its own, or put the text in quotes"),
        ('The "A": Corp', "put the text in quotes"),
    ],
)
def test_a_text_that_holds_a_colon_is_told_how_it_is_written(value: str, help: str, pure: bool) -> None:
    words = "a text that holds `: ` cannot stand without quotes"
    assert told(f"{ENTRY}    contact_name: {value}\n", pure)[1:] == (words, help)


@PARSERS
@pytest.mark.parametrize("sign", ["@a", "`a`", "%a", "& a", "* a", "!x!y a", "|a", "> a", "- a", "? a"])
def test_a_text_that_begins_with_a_sign_of_yaml_is_told_to_stand_in_quotes(sign: str, pure: bool) -> None:
    place, words, help = told(f"{ENTRY}    contact_name: {sign}\n", pure)
    assert place == "3:19"
    assert words.startswith("a text that begins with ")
    assert help.startswith("put the text in quotes")


@PARSERS
@pytest.mark.parametrize("escape", [r"\q", r"\%", r"\x4g", r"\Users"])
def test_an_escape_that_is_none_is_told_at_its_backslash(escape: str, pure: bool) -> None:
    text = f'{ENTRY}    contact_name: "C:{escape} or so"\n'
    words = f"`{escape[:2]}` begins an escape in double quotes, and this is none"
    assert told(text, pure)[:2] == ("3:22", words)


@PARSERS
def test_what_nobody_knows_better_is_told_as_the_parser_does(pure: bool) -> None:
    place, words, help = told(ENTRY + "    : b\n", pure)
    assert (place, words.startswith("this is not YAML: while parsing a block mapping, ")) == ("3:5", True)
    assert help


@PARSERS
@pytest.mark.parametrize(
    "text",
    [
        *(
            "]",
            "}",
            "a: ]",
            "- [}",
            "{a: b}}",
            "? a\n b",
            "a: b\n]",
            "--- a\n]",
            "%x",
            "%x\n- a",
            "'",
            '"',
            "[\n-",
            "[-\n",
        ),
        *(
            "{",
            "[,",
            "a: - b",
            "a:\n - b\n c",
            ": :\n:",
            "\t-",
            "-\t-",
            "a\n\tb: c",
            "&\n",
            "*\n",
            "!<",
            "|\n|",
            "a: |\n\tb",
        ),
    ],
)
def test_whatever_is_broken_has_a_place_in_the_file_and_a_help(text: str, pure: bool) -> None:
    problems = yaml_file(text, pure=pure).problems
    assert problems
    for problem in problems:
        assert problem.place is not None
        assert 1 <= problem.place.line <= text.count("\n") + 1
        assert problem.help


def test_a_line_that_was_taken_for_a_text_is_told_once() -> None:
    assert [one.code for one in yaml_file("contacts\n  - key: acme\n").problems] == ["yaml-syntax"]


@pytest.mark.parametrize("end", ["  - {key: b\n", "  -key: b\n    phone: 1\n", "   phone: 1\n", '  - key: "b\n'])
def test_a_fault_at_the_end_of_a_large_file_is_found_in_time(end: str) -> None:
    text = "contacts:\n" + "  - {key: a, contact_name: Acme, tags: [x, y]}\n" * 20_000
    begin = time.perf_counter()
    read_tree("m.yaml", text)
    sound = time.perf_counter() - begin
    begin = time.perf_counter()
    _, problems = read_tree("m.yaml", text + end)
    assert [one.code for one in problems] == ["yaml-syntax"]
    assert time.perf_counter() - begin < 5 * sound + 1


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("contacts:\n  - key: a\n    contact_name: A\n  - key: b\n   contact_name: B\n", [True, False]),
        ("contacts:\n  - key: a\n  contact_name: A\n", [False]),
        ("contacts:\n  - key: a\nitems:\n  - key: b\n    name: B: b\n", [True]),
        ("contacts:\n  - key: a\n", [True]),
    ],
)
def test_nothing_can_be_missed_in_the_entry_behind_which_a_file_breaks_off(text: str, sound: list[bool]) -> None:
    assert [entry.sound for entry in read_yaml("m.yaml", text).entries] == sound
