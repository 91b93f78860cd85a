"""A source line as a terminal shows it, and the marker under the place that is meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from importer.model import Problem, joiners
from importer.report.style import Style

LONGEST_EXCERPT: Final = 120  # cells of the terminal for a source line, with the dots where it is cut
_CUT: Final = "..."
_JOINERS: Final = "\u200c\u200d"  # not printable to Python; where they spell a word they are shown
# How a blank that is none of the keyboard is shown, such as U+00A0: as Word shows that one, with a sign that every code
# page of a terminal has and that no number is written with, as it is with a dot. Which blank it is, the message says.
_ODD_BLANK: Final = "\N{DEGREE SIGN}"
_AHEAD: Final = 3  # of the room, one part in three is kept for what stands before the place


def excerpt_lines(problem: Problem, style: Style) -> Iterator[str]:
    """The source line with its number, and the marker, with the row and column of a cell beside it.

    Nothing where the place is not in the excerpt: there is nothing to put a marker under.
    """
    place, text = problem.place, problem.excerpt
    if place is None or not text:
        return
    before = place.column - 1 - problem.skipped
    if not 0 <= before <= len(text):
        return
    start, end = _window(text, before, LONGEST_EXCERPT - 2 * len(_CUT))
    # What is skipped or cut is told by dots, so that nobody takes the rest for the whole line.
    ahead = _CUT if start or problem.skipped else ""
    shown = _printable(text[start:end])
    number = str(place.line)
    yield f"  {number} | {ahead}{shown}{_CUT if end < len(text) else ''}"
    lead, span = shown[: before - start], shown[before - start : before - start + place.width]
    # A tab stays a tab in the marker's line, so that the marker stands under its place at any tab width.
    blanks = " " * len(ahead) + "".join("\t" if one == "\t" else " " * width_of(one) for one in lead)
    marker = "^" * max(1, sum(map(width_of, span)))
    beside = f" {problem.cell}" if problem.cell else ""
    yield f"  {' ' * len(number)} | {blanks}{style.paint(marker + beside, 'red')}"


def width_of(character: str) -> int:
    """How many cells of a terminal a printable character takes: 0 for what is set upon another, 2 for a wide one.

    As wcwidth of the C library counts (Unicode Standard Annex 11). A tab counts as one.
    """
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0  # marks, and the vowels and finals of Hangul, which join the consonant before them
    if character in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _window(text: str, at: int, room: int) -> tuple[int, int]:
    """Where to begin and to end so that ``text`` fits into ``room`` cells, with what is at ``at`` inside."""
    if len(text) <= room and text.isascii():
        return 0, len(text)
    widths = [width_of(one) for one in text]
    if sum(widths) <= room:
        return 0, len(text)
    used, start, end = 0, at, at
    while start > 0 and used + widths[start - 1] <= room // _AHEAD:
        start -= 1
        used += widths[start]
    while end < len(text) and used + widths[end] <= room:
        used += widths[end]
        end += 1
    while start > 0 and used + widths[start - 1] <= room:  # near the end of the line there is room before it
        start -= 1
        used += widths[start]
    return start, end


def _printable(text: str) -> str:
    """``text`` with a sign of one cell for each character that a terminal would not show, or would obey."""
    if text.isprintable():
        return text
    kept = joiners(text)
    return "".join(one if at in kept else _visible(one) for at, one in enumerate(text))


def _visible(character: str) -> str:
    if character.isprintable() or character == "\t":
        return character
    return _ODD_BLANK if unicodedata.category(character) == "Zs" else "\N{REPLACEMENT CHARACTER}"
