from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from importer.model import Place, Problem, Severity
from importer.report.problems import in_order, problem_lines, problem_value, problems_value
from importer.report.style import Style

PLAIN = Style()


def problem(line: int = 1, column: int = 1, *, width: int = 1, excerpt: str = "", **more: Any) -> Problem:
    made = Problem("bad", "It is bad.", Place("m.yaml", line, column, width), excerpt=excerpt)
    return replace(made, **more)


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


def test_a_place_beyond_what_was_kept_of_its_line_has_no_marker() -> None:
    assert list(problem_lines([problem(1, 5000, excerpt="x" * 1000)], PLAIN)) == [
        "m.yaml:1:5000: error[bad]: It is bad.",
        "",
        "1 error",
    ]


def test_colours_are_where_they_are_wanted() -> None:
    coloured = "\n".join(problem_lines([problem(excerpt="x")], Style(colour=True)))
    assert "\x1b[31merror\x1b[0m" in coloured


def test_the_summary_counts_each_severity() -> None:
    several = [problem(), problem(2), problem(severity=Severity.WARNING)]
    assert list(problem_lines(several, PLAIN))[-1] == "2 errors, 1 warning"
    assert list(problem_lines([], PLAIN)) == ["no problems"]
    assert list(problem_lines([problem()] * 1234, PLAIN))[-1] == "1,234 errors"


def of(file: str, line: int = 1, severity: Severity = Severity.ERROR) -> Problem:
    return Problem("bad", f"{severity.value} {line}", Place(file, line, 1), severity=severity)


class TestSeveralFiles:
    def test_have_a_heading_each_with_their_own_counts(self) -> None:
        found = [of("b.yaml", 2), of("a.csv", 1, Severity.WARNING), of("b.yaml", 1, Severity.INFO), of("b.yaml", 3)]
        assert list(problem_lines(found, PLAIN)) == [
            *("a.csv: 1 warning", "", "a.csv:1:1: warning[bad]: warning 1", ""),
            *("b.yaml: 2 errors, 1 info", "", "b.yaml:1:1: info[bad]: info 1", ""),
            *("b.yaml:2:1: error[bad]: error 2", "", "b.yaml:3:1: error[bad]: error 3", ""),
            "2 errors, 1 warning, 1 info in 2 files",
        ]

    def test_come_after_what_is_of_no_file(self) -> None:
        nowhere = Problem("bad", "It is bad.", None)
        lines = list(problem_lines([of("b.yaml"), of("a.yaml"), nowhere], PLAIN))
        assert lines[:3] == ["error[bad]: It is bad.", "", "a.yaml: 1 error"]
        assert lines[-1] == "3 errors in 2 files"

    def test_one_file_alone_has_none(self) -> None:
        assert next(problem_lines([of("a.yaml"), of("a.yaml", 2)], PLAIN)) == "a.yaml:1:1: error[bad]: error 1"


class TestOfTooMany:
    FOUND = (
        *(of("a.yaml", line, Severity.INFO) for line in (1, 2)),
        *(of("a.yaml", line, Severity.WARNING) for line in (3, 5, 7)),
        *(of("a.yaml", line) for line in (4, 6)),
    )

    @pytest.mark.parametrize(
        ("most", "kept"), [(1, [4]), (2, [4, 6]), (3, [3, 4, 6]), (5, [3, 4, 5, 6, 7]), (6, [1, 3, 4, 5, 6, 7])]
    )
    def test_errors_are_kept_first_and_all_stay_in_the_order_of_the_file(self, most: int, kept: list[int]) -> None:
        lines = [line for line in problem_lines(self.FOUND, PLAIN, most) if "[bad]" in line]
        assert [int(line.split(":")[1]) for line in lines] == kept

    def test_the_others_are_counted_by_severity_above_the_sum_of_all(self) -> None:
        *_, more, codes, blank, total = problem_lines(self.FOUND, PLAIN, 1)
        assert more == "and 6 more problems: 1 error, 3 warnings, 2 infos; --max-problems 0 shows all"
        assert (codes, blank, total) == ("    6 bad", "", "2 errors, 3 warnings, 2 infos")
        assert "and 9,950 more problems: 9,950 errors; " in list(problem_lines([of("a.yaml")] * 10_000, PLAIN, 50))[-4]

    def test_one_cause_told_often_hides_no_other_code_and_no_other_file(self) -> None:
        often = [replace(of("a.yaml", line), code="often") for line in range(1, 101)]
        found = [*often, replace(of("a.yaml", 200), code="once"), replace(of("b.yaml", 9), code="often")]
        lines = list(problem_lines(found, PLAIN, 4))
        told = [line for line in lines if "error[" in line]
        assert [line.split(": ")[0] for line in told] == ["a.yaml:1:1", "a.yaml:2:1", "a.yaml:200:1", "b.yaml:9:1"]
        assert lines[-3] == "    98 often"

    def test_of_very_many_codes_the_rarest_are_counted_together(self) -> None:
        found = [replace(of("a.yaml", at), code=f"c{at % 20:02}") for at in range(1, 102)]
        assert list(problem_lines(found, PLAIN, 1))[-3].endswith("5 c12 and 8 other codes")

    @pytest.mark.parametrize("most", [0, 7, 8])
    def test_where_all_are_shown_none_is_counted_twice(self, most: int) -> None:
        lines = list(problem_lines(self.FOUND, PLAIN, most))
        assert sum("[bad]" in line for line in lines) == 7
        assert not any("more problem" in line for line in lines)

    def test_a_file_of_which_nothing_is_shown_has_no_heading_and_counts_in_the_sum(self) -> None:
        lines = list(problem_lines([of("a.yaml"), of("b.yaml")], PLAIN, 1))
        assert lines[0] == "a.yaml: 1 error"
        assert not any(line.startswith("b.yaml") for line in lines)
        assert lines[-1] == "2 errors in 2 files"


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
                "related": [],
            }
        ]
    }


def test_the_value_of_a_problem_has_the_other_places_that_the_text_names() -> None:
    one = replace(problem(3, 7), related=(Place("n.csv", 1, 2, 9), Place("m.yaml", 4, 5)))
    assert problem_value(one)["related"] == [
        {"file": "n.csv", "line": 1, "column": 2},
        {"file": "m.yaml", "line": 4, "column": 5},
    ]
