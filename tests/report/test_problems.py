from __future__ import annotations

from dataclasses import replace
from typing import Any

from importer.model import Place, Problem, Severity
from importer.report.problems import LONGEST_EXCERPT, in_order, problem_lines, problem_value, problems_value
from importer.report.style import Style

PLAIN = Style()


def problem(line: int = 1, column: int = 1, *, width: int = 1, excerpt: str = "", **more: Any) -> Problem:
    made = Problem("bad", "It is bad.", Place("m.yaml", line, column, width), excerpt=excerpt)
    return replace(made, **more)


def marked(one: Problem) -> tuple[str, str]:
    """The characters that the marker stands under, and the marker."""
    _, source, marker, *_ = problem_lines([one], PLAIN)
    start, end = marker.index("^"), marker.rindex("^") + 1
    return source[start:end], marker[start:end]


def test_a_problem_is_place_severity_code_message_excerpt_and_help() -> None:
    one = problem(3, 7, width=4, excerpt="  key: acme", help="Be good.", related=(Place("n.yaml", 1, 2),))
    assert list(problem_lines([one], PLAIN)) == [
        "m.yaml:3:7: error[bad]: It is bad.",
        "  3 |   key: acme",
        "    |       ^^^^",
        "    see also n.yaml:1:2",
        "    help: Be good.",
        "",
        "1 error",
    ]


def test_a_problem_without_a_place_stands_first_and_has_none() -> None:
    nowhere = problem(place=None)
    assert in_order([problem(), nowhere]) == [nowhere, problem()]
    assert next(problem_lines([nowhere], PLAIN)) == "error[bad]: It is bad."
    assert problem_value(nowhere)["line"] is None


def test_problems_come_in_the_order_of_the_file_whatever_was_found_first() -> None:
    places = [(10, 1), (2, 9), (2, 10), (1, 1)]
    found = in_order([problem(line, column) for line, column in places])
    assert [(one.place.line, one.place.column) for one in found if one.place] == sorted(places)


def test_an_error_comes_before_a_warning_of_the_same_place() -> None:
    warning = problem(severity=Severity.WARNING)
    assert in_order([warning, problem()]) == [problem(), warning]


def test_the_marker_stands_under_its_place_after_tabs() -> None:
    lines = list(problem_lines([problem(2, 2, excerpt="\t- key: acme")], PLAIN))
    assert lines[1:3] == ["  2 | \t- key: acme", "    | \t^"]


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "".join(f"<{number:04}>" for number in range(200))
    at = text.index("<0120>")
    one = problem(1, at + 1, width=6, excerpt=text)
    assert marked(one) == ("<0120>", "^^^^^^")
    assert len(list(problem_lines([one], PLAIN))[1]) <= LONGEST_EXCERPT + len("  1 | ")


def test_a_place_beyond_what_was_kept_of_its_line_has_no_marker() -> None:
    assert list(problem_lines([problem(1, 5000, excerpt="x" * 1000)], PLAIN)) == [
        "m.yaml:1:5000: error[bad]: It is bad.",
        "",
        "1 error",
    ]


def test_a_marker_wider_than_the_line_ends_with_it() -> None:
    assert marked(problem(1, 3, width=99, excerpt="abcdef")) == ("cdef", "^^^^")


def test_a_place_at_the_end_of_a_line_is_marked_there() -> None:
    lines = list(problem_lines([problem(1, 5, excerpt="key:")], PLAIN))
    assert lines[2] == "    |     ^"


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    text = "\n".join(problem_lines([problem(excerpt="a\x1b[31mb\x07c\u202ed")], PLAIN))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text


def test_colours_are_where_they_are_wanted() -> None:
    coloured = "\n".join(problem_lines([problem(excerpt="x")], Style(colour=True)))
    assert "\x1b[31merror\x1b[0m" in coloured


def test_the_summary_counts_each_severity() -> None:
    several = [problem(), problem(2), problem(severity=Severity.WARNING)]
    assert list(problem_lines(several, PLAIN))[-1] == "2 errors, 1 warning"
    assert list(problem_lines([], PLAIN)) == ["no problems"]


def test_the_value_of_a_problem_has_the_keys_of_the_contract() -> None:
    value = problems_value([problem(3, 7, pointer="/contacts/0/key", help="Be good.")])
    assert value == {
        "problems": [
            {
                "severity": "error",
                "code": "bad",
                "message": "It is bad.",
                "help": "Be good.",
                "file": "m.yaml",
                "line": 3,
                "column": 7,
                "pointer": "/contacts/0/key",
            }
        ]
    }
