"""Problems as text for people, and as values for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from importer.model import Problem, Severity
from importer.report.excerpt import excerpt_lines
from importer.report.style import Style, count

ALL: Final = 0  # as a number of problems to be shown
_MOST_CODES: Final = 12  # of what is left out
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


def problem_lines(problems: Sequence[Problem], style: Style, most: int = ALL) -> Iterator[str]:
    """Every problem with its place, the source line with a marker, and what would be right; then how many there are.

    Where there are several files, each has a heading. Of more than ``most``, errors are shown before warnings, some
    of every code of every file before more of one, and what is left out is counted by its code.
    """
    ordered = in_order(problems)
    shown = _worst(ordered, most) if most else ordered
    files = _by_file(ordered)
    heading = ""
    for problem in shown:
        file = problem.place.file if problem.place is not None else ""
        if file != heading and len(files) > 1:
            heading = file
            yield f"{style.paint(file, 'bold')}: {_counted(files[file])}"
            yield ""
        yield from _problem(problem, style)
        yield ""
    if len(shown) < len(ordered):
        left = Counter(one.severity for one in ordered) - Counter(one.severity for one in shown)
        more = count(left.total(), "more problem")
        yield f"and {more}: {_counted(left)}; --max-problems 0 shows all"
        yield from _left_out(ordered, shown)
        yield ""
    yield summary(problems)


def _worst(ordered: Sequence[Problem], most: int) -> Sequence[Problem]:
    """At most ``most``: errors first, and of these the first of each code in each file, then the second of each.

    So one cause that is told a thousand times hides no other. What is kept stays in the order of the files.
    """
    if len(ordered) <= most:
        return ordered
    alike: Counter[tuple[str, str]] = Counter()
    turns = []
    for at, one in enumerate(ordered):
        same = (one.place.file if one.place else "", one.code)
        turns.append((_RANK[one.severity], alike[same], at))
        alike[same] += 1
    return [ordered[at] for at in sorted(at for _, _, at in sorted(turns)[:most])]


def _left_out(ordered: Sequence[Problem], shown: Sequence[Problem]) -> Iterator[str]:
    """How many of which code are not shown, the most frequent first."""
    left = Counter(one.code for one in ordered) - Counter(one.code for one in shown)
    named = [f"{number} {code}" for code, number in left.most_common(_MOST_CODES)]
    others = len(left) - len(named)
    yield f"    {', '.join(named)}" + (f" and {count(others, 'other code')}" if others else "")


def _by_file(problems: Sequence[Problem]) -> dict[str, Counter[Severity]]:
    files: dict[str, Counter[Severity]] = {}
    for one in problems:
        if one.place is not None:
            files.setdefault(one.place.file, Counter())[one.severity] += 1
    return files


def _problem(problem: Problem, style: Style) -> Iterator[str]:
    colour = _COLOURS[problem.severity]
    where = f"{problem.place}: " if problem.place is not None else ""
    yield f"{where}{style.paint(problem.severity.value, colour)}[{problem.code}]: {problem.message}"
    yield from excerpt_lines(problem, style)
    for place in problem.related:
        yield f"    see also {place}"
    if problem.help:
        yield f"    {style.paint('help:', 'cyan')} {problem.help}"


def _counted(counts: Counter[Severity]) -> str:
    return ", ".join(count(counts[one], one.value) for one in Severity if counts[one])


def summary(problems: Sequence[Problem]) -> str:
    """How many of which severity, in one line, and in how many files where there are several."""
    if not problems:
        return "no problems"
    files = len({problem.place.file for problem in problems if problem.place is not None})
    counted = _counted(Counter(problem.severity for problem in problems))
    return counted + (f" in {count(files, 'file')}" if files > 1 else "")


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
        "related": [{"file": one.file, "line": one.line, "column": one.column} for one in problem.related],
    }


def problems_value(problems: Sequence[Problem]) -> dict[str, Any]:
    return {"problems": [problem_value(problem) for problem in in_order(problems)]}
