"""Problems as text for people, and as values for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from importer.model import Problem, Severity
from importer.report.style import Style

LONGEST_EXCERPT: Final = 160  # characters of a source line that are shown
_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_RANK: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """By file, line and column; what has no place comes first."""
    return sorted(
        problems,
        key=lambda one: (
            one.place is not None,
            (one.place.file, one.place.line, one.place.column) if one.place else ("", 0, 0),
            _RANK[one.severity],
            one.code,
        ),
    )


def problem_lines(problems: Sequence[Problem], style: Style) -> Iterator[str]:
    """Every problem with its place, the source line with a marker, and what would be right."""
    for problem in in_order(problems):
        colour = _COLOURS[problem.severity]
        where = f"{problem.place}: " if problem.place is not None else ""
        yield f"{where}{style.paint(problem.severity.value, colour)}[{problem.code}]: {problem.message}"
        yield from _excerpt(problem, style)
        for place in problem.related:
            yield f"    see also {place}"
        if problem.help:
            yield f"    {style.paint('help:', 'cyan')} {problem.help}"
        yield ""
    yield summary(problems)


def _excerpt(problem: Problem, style: Style) -> Iterator[str]:
    if problem.place is None or not problem.excerpt:
        return
    before = problem.place.column - 1
    if before > len(problem.excerpt):
        return  # the line is longer than what was kept of it: nothing to put a marker under
    start = max(0, before - LONGEST_EXCERPT // 2)
    shown = problem.excerpt[start : start + LONGEST_EXCERPT]
    number = str(problem.place.line)
    width = max(1, min(problem.place.width, len(shown) - (before - start)))
    # A tab stays a tab in the marker's line, so that the marker stands under its place at any tab width.
    blanks = "".join("\t" if character == "\t" else " " for character in shown[: before - start])
    yield f"  {number} | {_printable(shown)}"
    yield f"  {' ' * len(number)} | {blanks}{style.paint('^' * width, 'red')}"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() or one == "\t" else "\N{REPLACEMENT CHARACTER}" for one in text)


def summary(problems: Sequence[Problem]) -> str:
    """How many of which severity, in one line."""
    counts = Counter(problem.severity for problem in problems)
    parts = [
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    ]
    return ", ".join(parts) if parts else "no problems"


def problem_value(problem: Problem) -> dict[str, Any]:
    """One problem as the JSON contract has it (design, section 4)."""
    place = problem.place
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "help": problem.help,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "pointer": problem.pointer,
    }


def problems_value(problems: Sequence[Problem]) -> dict[str, Any]:
    return {"problems": [problem_value(problem) for problem in in_order(problems)]}
