"""The lines of a YAML text that cannot be parsed, as a person sees them. Only asked after a fault, once a file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import yaml
from yaml.tokens import (
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    ScalarToken,
)

_BREAK: Final = re.compile(r"\r\n|\r|\n")
_DASHES: Final = re.compile(r"[ \t]*((?:-[ \t]+)*)")
_FIELD: Final = re.compile(r":(\s|$)")
_OPENING: Final = (FlowMappingStartToken, FlowSequenceStartToken)
_CLOSING: Final = (FlowMappingEndToken, FlowSequenceEndToken)


@dataclass(frozen=True, slots=True)
class Fault:
    """``at`` is a position in the text, counted from 0."""

    at: int
    message: str
    help: str
    width: int = 1


@dataclass(frozen=True, slots=True)
class Said:
    """What a parser says, with its marks as positions; ``context`` is where it began with what it could not end."""

    words: str
    context_words: str
    at: int
    context: int


@dataclass(frozen=True)
class Line:
    """``number`` and the columns count from 1, positions from 0."""

    number: int
    start: int
    text: str  # without its end

    @cached_property
    def _dashes(self) -> re.Match[str]:
        return next(_DASHES.finditer(self.text))  # it takes nothing, too

    @property
    def dashed(self) -> bool:
        return bool(self._dashes.group(1))

    @property
    def dash(self) -> int:
        """The column of its first dash, or of what it says."""
        return self._dashes.start(1) + 1

    @property
    def column(self) -> int:
        """The column of what it says behind its dashes."""
        return self._dashes.end() + 1

    @property
    def begins(self) -> int:
        return self.start + self.column - 1

    @property
    def said(self) -> str:
        """What it says, without dashes and blanks around."""
        return self.text[self._dashes.end() :].rstrip()

    @property
    def glued_dash(self) -> bool:
        """Whether it begins with a dash that no blank follows, where a name should stand."""
        return re.match(r"-\w", self.said) is not None

    @property
    def is_field(self) -> bool:
        """Whether it has a name and a colon."""
        return _FIELD.search(self.said) is not None

    @property
    def is_blank(self) -> bool:
        return not self.said or self.said.startswith("#")


class Written:
    """A text with a fault, and the loader that found it."""

    def __init__(self, text: str, loader: Any) -> None:
        self.text = text
        self._loader = loader
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def line(self, at: int) -> Line:
        """The line that the position ``at`` is in."""
        return self._numbered(bisect_right(self._starts, at))

    def _numbered(self, number: int) -> Line:
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return Line(number, start, self.text[start:end].rstrip("\r\n"))

    def _upward(self, line: Line) -> Iterator[Line]:
        """The lines above that say something, the nearest first."""
        for number in range(line.number - 1, 0, -1):
            one = self._numbered(number)
            if not one.is_blank:
                yield one

    def above(self, line: Line) -> Line | None:
        return next(self._upward(line), None)

    def first(self) -> Line | None:
        """The first line that says something."""
        lines = (self._numbered(number) for number in range(1, len(self._starts) + 1))
        return next((one for one in lines if not one.is_blank), None)

    def goes_on(self, line: Line) -> bool:
        """Whether ``line`` is part of a text that begins above it: it stands further to the right than its name."""
        above = self.above(line)
        return above is not None and not line.dashed and above.column < line.column and not above.said.endswith(":")

    def fitting(self, line: Line) -> Line | None:
        """The line above whose column ``line`` most probably was to have: of those that are still open, the nearest.

        An entry of a list looks for other entries, a field for other fields.
        """
        best: Line | None = None
        left = len(self.text) + 1
        for one in self._upward(line):
            if one.dash < left:  # what stands further to the right is over
                left = one.dash
                if one.dashed or not line.dashed:
                    best = _nearer(line, best, one)
            if left == 1:
                break
        return best

    def open_bracket(self) -> int:
        """Position of the innermost `{` or `[` that is open where the text ends, or cannot be read on; -1: none."""
        opened: list[int] = []
        for token in self._tokens():
            if isinstance(token, _OPENING):
                opened.append(token.start_mark.index)
            elif isinstance(token, _CLOSING) and opened:
                opened.pop()
        return opened[-1] if opened else -1

    def quote_before(self, at: int) -> int:
        """Position of the quote that opens the last text in quotes before ``at``; -1: there is none."""
        begin = -1
        for token in self._tokens():
            if token.start_mark.index >= at:
                break
            if isinstance(token, ScalarToken) and token.style in ("'", '"'):
                begin = token.start_mark.index
        return begin

    def _tokens(self) -> Iterator[Any]:
        try:
            yield from yaml.scan(self.text, Loader=self._loader)
        except (yaml.YAMLError, ValueError, OverflowError):  # the last two: see yaml_nodes.py
            return


def _nearer(line: Line, one: Line | None, other: Line) -> Line:
    """Which of two lines stands nearer to the column of ``line``."""

    def off(fits: Line) -> int:
        return abs((fits.dash if line.dashed else fits.column) - line.dash)

    return other if one is None or off(other) < off(one) else one
