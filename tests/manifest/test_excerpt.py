from __future__ import annotations

import pytest

from importer.manifest import excerpt as excerpt_module
from importer.manifest.excerpt import MAX_EXCERPT, with_excerpts
from importer.manifest.source import Lines
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


def test_of_a_long_line_the_part_around_the_place_is_kept() -> None:
    text = "short\n" + "".join(f"<{number:05}>" for number in range(100_000)) + "\nlast"
    place = Place("f", 2, 7 * 50_000 + 1, 7)
    (one,) = with_excerpts([Problem("c", "m", place)], {"f": text})
    at = place.column - 1 - one.skipped
    assert one.excerpt[at : at + 7] == "<50000>"
    assert len(one.excerpt) == MAX_EXCERPT


def test_the_end_of_a_long_line_is_no_part_of_the_next() -> None:
    text = "x" * 4999 + "!\r\nnext"
    (one,) = with_excerpts([Problem("c", "m", Place("f", 1, 5000))], {"f": text})
    assert one.excerpt[4999 - one.skipped :] == "!"


def test_a_cell_of_a_table_is_named_and_the_line_of_another_file_is_not() -> None:
    text = "key,gst_no\na,27AAP\n"
    problems = [Problem("c", "m", Place(file, 2, 3)) for file in ("contacts.CSV", "contacts.yaml")]
    found = with_excerpts(problems, {"contacts.CSV": text, "contacts.yaml": text})
    assert [one.cell for one in found] == ["row 2, column gst_no", ""]


def test_the_lines_of_a_file_are_counted_once_for_all_its_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(name: str, text: str) -> Lines:
        made.append(name)
        return Lines(name, text)

    monkeypatch.setattr(excerpt_module, "Lines", counted)
    problems = [Problem("c", "m", Place(file, line, 1)) for line in range(1, 100) for file in ("a", "b")]
    assert with_excerpts(problems, {"a": "x\n" * 99, "b": "y\n" * 99})[-1].excerpt == "y"
    assert made == ["a", "b"]


def test_a_problem_that_cannot_or_need_not_be_shown_stays_as_it_is() -> None:
    problems = (
        Problem("c", "m", None),
        Problem("c", "m", Place("elsewhere", 1, 1)),
        Problem("c", "m", Place("f", 1, 1), excerpt="mine"),
    )
    assert with_excerpts(problems, {"f": "text"}) == problems
