"""Where the parts of a document were written: marks that take eight bytes each, looked up only when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final, Protocol

from importer.manifest.source import Lines
from importer.model import Path, Place, Tree

# A mark is an unsigned 64-bit number: position of the first character above, width below.
_WIDTH_BITS: Final = 24
_WIDEST: Final = (1 << _WIDTH_BITS) - 1
# Above this many fields or elements, where each of them is is worked out once and kept.
_LARGE: Final = 32


class Finder(Protocol):
    """One written layer of a document."""

    def find(self, path: Path, of_key: bool) -> tuple[int, Place]:
        """How many steps of ``path`` this layer knows, and the place of what they lead to (of its name, if asked)."""
        ...


def mark(start: int, end: int) -> int:
    """``start`` and ``end`` are positions in the text, counted from 0."""
    width = end - start
    return start << _WIDTH_BITS | (width if width < _WIDEST else _WIDEST)


def unpacked(lines: Lines, packed: int) -> Place:
    """The place that a mark stands for."""
    return lines.place(packed >> _WIDTH_BITS, packed & _WIDEST)


def span(tree: Tree) -> int:
    """How many marks ``tree`` has: one for itself, and for each field its name's and its value's."""
    if isinstance(tree, str):
        return 1
    if isinstance(tree, dict):
        return 1 + len(tree) + sum(map(span, tree.values()))
    return 1 + sum(map(span, tree))


class TreePlaces:
    """The places of one tree. ``marks`` are in pre-order: a mapping's own, then each name's and its value's.

    The tree is walked to find the mark of a path, so its order must stay as it was written.
    """

    __slots__ = ("_known", "lines", "marks", "tree")

    def __init__(self, lines: Lines, tree: Tree, marks: array[int]) -> None:
        self.lines = lines
        self.tree = tree
        self.marks = marks
        self._known: dict[int, dict[str | int, int]] | None = None

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return self.find(path, of_key)[1]

    def find(self, path: Path, of_key: bool) -> tuple[int, Place]:
        node, mark_at, name_at, known = self.tree, 0, 0, 0
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            found = self._step(node, mark_at, step)
            name_at, mark_at = found, found + isinstance(node, dict)
            node, known = child, known + 1
        return known, unpacked(self.lines, self.marks[name_at if of_key else mark_at])

    def below(self, name: str) -> TreePlaces | None:
        """The places of the value of ``name`` at the top; None if there is none."""
        child = _child(self.tree, name)
        if child is None:
            return None
        at = self._step(self.tree, 0, name) + 1
        return TreePlaces(self.lines, child, self.marks[at : at + span(child)])

    def _step(self, node: Tree, mark_at: int, step: str | int) -> int:
        """The index of the mark of the name (or element) ``step`` of ``node``, whose own mark is at ``mark_at``."""
        if len(node) <= _LARGE:
            return _offsets(node, mark_at, step)[step]
        if self._known is None:
            self._known = {}
        if mark_at not in self._known:
            self._known[mark_at] = _offsets(node, mark_at)
        return self._known[mark_at][step]


def _child(node: Tree, step: str | int) -> Tree | None:
    if isinstance(node, dict) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
        return node[step]
    return None


def _offsets(node: Tree, mark_at: int, last: str | int | None = None) -> dict[str | int, int]:
    """Mark index of each name or element of ``node``, as far as ``last``."""
    offsets: dict[str | int, int] = {}
    at, own = mark_at + 1, int(isinstance(node, dict))
    steps: Sequence[tuple[str | int, Tree]] = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    for step, child in steps:
        offsets[step] = at
        if step == last:
            break
        at += own + span(child)
    return offsets


class Layered:
    """A document's own layer, and below it those its defaults come from, nearest first."""

    __slots__ = ("kind", "layers", "own")

    def __init__(self, kind: str, own: Finder, layers: tuple[Finder, ...]) -> None:
        self.kind = kind
        self.own = own
        self.layers = layers

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        known, place = self.own.find(path, of_key)
        if known == len(path):
            return place
        # Defaults hold kinds at the top, and one mapping in place of each list of objects.
        shared = (self.kind, *(step for step in path if isinstance(step, str)))
        for layer in self.layers:
            depth, default_place = layer.find(shared, of_key)
            if depth == len(shared):
                return default_place
        return place
