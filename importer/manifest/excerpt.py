"""The source line that a problem points at, to be shown below its message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from importer.manifest.source import Lines
from importer.model import Place, Problem

# A file may be one line of many megabytes; a screen is not.
MAX_EXCERPT: Final = 1000  # characters


def with_excerpts(problems: Iterable[Problem], texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """The problems, each with the line it points at. ``texts`` holds decoded files by name, without byte-order mark.

    A problem without a place, with an excerpt already, or in a file that is not among ``texts`` stays as it is.
    """
    tables: dict[str, Lines] = {}
    return tuple(_with_excerpt(problem, texts, tables) for problem in problems)


def _with_excerpt(problem: Problem, texts: Mapping[str, str], tables: dict[str, Lines]) -> Problem:
    place = problem.place
    if place is None or problem.excerpt or place.file not in texts:
        return problem
    text = texts[place.file]
    lines = tables.get(place.file)
    if lines is None:
        lines = tables[place.file] = Lines(place.file, text)
    return replace(problem, excerpt=_line(text, lines, place))


def _line(text: str, lines: Lines, place: Place) -> str:
    start = lines.start(place.line)
    end = lines.start(place.line + 1)
    return text[start : min(end, start + MAX_EXCERPT)].rstrip("\r\n")
