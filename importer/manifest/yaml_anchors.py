"""Anchors and what aliases make of them, within bounds; and the merge of one mapping into another.

YAML 1.2.2, sections 3.2.2.2, 6.9.2 and 7.1; merge keys: https://yaml.org/type/merge.html.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Final, NamedTuple

from importer.manifest.places import span
from importer.model import Tree

# Aliases may unfold to as many nodes as the file has characters, and to this many more: room for every honest use,
# while a bomb of a few lines stops at once.
FREE_NODES: Final = 100_000
# The same for the characters of the texts that aliases repeat: a note of a megabyte, named a hundred thousand times in
# a small file, would be compared with its schema for hours.
FREE_TEXT: Final = 64 * 1024 * 1024
TEXT_PER_CHARACTER: Final = 10


@dataclass(frozen=True, slots=True)
class Anchor:
    """A finished node that aliases may repeat: its tree (None: not given), and its marks ``marks[start:end]``."""

    tree: Tree | None
    marks: array[int]
    start: int
    end: int


class Anchors:
    """The anchors of one YAML document, and how far the aliases of its file may still unfold."""

    def __init__(self, size: int) -> None:
        """``size`` is that of the file, in characters."""
        self._anchors: dict[str, Anchor | None] = {}  # None: begun and not finished
        self._room = FREE_NODES + size
        self._text_room = FREE_TEXT + TEXT_PER_CHARACTER * size

    def clear(self) -> None:
        """Forget all anchors, as at the end of a YAML document."""
        self._anchors.clear()

    def begin(self, name: str) -> None:
        self._anchors[name] = None

    def finish(self, name: str, tree: Tree | None, marks: array[int], start: int) -> None:
        """The node named ``name`` is ``tree``; its marks are those from ``start`` on."""
        self._anchors[name] = Anchor(tree, marks, start, len(marks))

    def is_begun(self, name: str) -> bool:
        return name in self._anchors

    def get(self, name: str) -> Anchor | None:
        """The finished node ``name``; None if there is none above, or not finished."""
        return self._anchors.get(name)

    def allows(self, anchor: Anchor) -> bool:
        """Count one more unfolding of ``anchor``; False once it is too much."""
        self._room -= anchor.end - anchor.start
        if self._room < 0:
            return False
        if anchor.tree is not None:
            self._text_room -= weight(anchor.tree)
        return self._text_room >= 0


class Merged(NamedTuple):
    """A mapping that a merge key brings in, with its marks."""

    tree: dict[str, Tree]
    marks: array[int]
    at: int  # index of the mapping's own mark


def merged_list(trees: list[Tree], marks: array[int]) -> list[Merged] | None:
    """The mappings of a list whose own mark is ``marks[0]``; None if another thing is among them."""
    merged, at = [], 1
    for one in trees:
        if not isinstance(one, dict):
            return None
        merged.append(Merged(one, marks, at))
        at += span(one)
    return merged


def height(tree: Tree) -> int:
    """Levels of lists and mappings in ``tree``; 0 for text."""
    if isinstance(tree, str):
        return 0
    children = tree.values() if isinstance(tree, dict) else tree
    return 1 + max(map(height, children), default=0)


def weight(tree: Tree) -> int:
    """Characters of all texts and names in ``tree``."""
    if isinstance(tree, str):
        return len(tree)
    if isinstance(tree, dict):
        return sum(len(name) + weight(child) for name, child in tree.items())
    return sum(map(weight, tree))


def copied(tree: Tree) -> Tree:
    """``tree`` again, sharing nothing but text."""
    if isinstance(tree, dict):
        return {name: copied(child) for name, child in tree.items()}
    return [copied(child) for child in tree] if isinstance(tree, list) else tree


class Names:
    """What is known of the names of one mapping beside its tree: those without a value, and where each stands."""

    __slots__ = ("at", "known", "void")

    def __init__(self, at: int) -> None:
        self.at = at  # mark index of the first name
        self.void: dict[str, int] = {}  # name -> mark
        self.known: dict[str, int] | None = None  # name -> mark, kept from the first repetition on

    def first(self, name: str, tree: dict[str, Tree], marks: array[int]) -> int | None:
        """The mark of the first ``name``; None for a name that leaves no mark, such as ``<<``."""
        if self.known is None:
            self.known, at = dict(self.void), self.at
            for one, child in tree.items():
                self.known[one] = marks[at]
                at += 1 + span(child)
        return self.known.get(name)

    def merge(self, tree: dict[str, Tree], marks: array[int], merged: list[Merged]) -> None:
        """Add to ``tree``, and its marks, what it does not say itself; what comes first in ``merged`` wins."""
        for one in merged:
            at = one.at + 1
            for name, child in one.tree.items():
                size = 1 + span(child)
                if name not in tree and name not in self.void:
                    tree[name] = child
                    marks.extend(one.marks[at : at + size])
                at += size
