from __future__ import annotations

import pytest

from importer.manifest.excerpt import MAX_EXCERPT, with_excerpts
from importer.model import Place, Problem


def excerpt(text: str, line: int) -> str:
    return with_excerpts([Problem("c", "m", Place("f", line, 1))], {"f": text})[0].excerpt


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_excerpt_is_the_line_without_its_end(end: str) -> None:
    text = f"one{end}  two {end}{end}four"
    assert [excerpt(text, line) for line in (1, 2, 3, 4, 5)] == ["one", "  two ", "", "four", ""]


def test_only_what_ends_a_line_for_an_editor_ends_one_here() -> None:
    assert excerpt("a\u2028b\x0cc\nd", 1) == "a\u2028b\x0cc"


def test_a_line_of_megabytes_is_cut() -> None:
    assert excerpt("x" * 5_000_000, 1) == "x" * MAX_EXCERPT


def test_a_problem_that_cannot_or_need_not_be_shown_stays_as_it_is() -> None:
    problems = (
        Problem("c", "m", None),
        Problem("c", "m", Place("elsewhere", 1, 1)),
        Problem("c", "m", Place("f", 1, 1), excerpt="mine"),
    )
    assert with_excerpts(problems, {"f": "text"}) == problems
