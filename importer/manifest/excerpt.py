"""The source line that a problem points at, to be shown below its message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from importer.manifest.csv_cells import CellNames
from importer.manifest.source import Lines
from importer.model import Place, Problem

# A file may be one line of many megabytes; a screen is not.
MAX_EXCERPT: Final = 1000  # characters
_BEFORE: Final = MAX_EXCERPT // 2  # characters of a longer line that are kept before the place
_TABLE: Final = ".csv"


def with_excerpts(problems: Iterable[Problem], texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """The problems, each with the line it points at. ``texts`` holds decoded files by name, without byte-order mark.

    One of a CSV file gets the row and the column of its cell as well. A problem without a place, with an excerpt
    already, or in a file that is not among ``texts`` stays as it is.
    """
    files: dict[str, _File] = {}
    return tuple(_with_excerpt(problem, texts, files) for problem in problems)


class _File:
    """A file that problems point at, with what is made of it once for all of them."""

    def __init__(self, name: str, text: str) -> None:
        self.text = text
        self.lines = Lines(name, text)
        self.names = CellNames(text, self.lines) if name.lower().endswith(_TABLE) else None

    def around(self, place: Place) -> tuple[str, int]:
        """The line of ``place`` without its end, or a part of it; and how much of the line stands before that."""
        start, end = self.lines.start(place.line), self.lines.start(place.line + 1)
        skipped = 0 if end - start <= MAX_EXCERPT else max(0, place.column - 1 - _BEFORE)
        start = min(start + skipped, end)
        return self.text[start : min(end, start + MAX_EXCERPT)].rstrip("\r\n"), skipped


def _with_excerpt(problem: Problem, texts: Mapping[str, str], files: dict[str, _File]) -> Problem:
    place = problem.place
    if place is None or problem.excerpt or place.file not in texts:
        return problem
    file = files.get(place.file)
    if file is None:
        file = files[place.file] = _File(place.file, texts[place.file])
    excerpt, skipped = file.around(place)
    cell = file.names.of(place) if file.names is not None else ""
    return replace(problem, excerpt=excerpt, skipped=skipped, cell=cell)
