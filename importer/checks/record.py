"""What a check keeps of one file for a later one: its documents as text, and their ties.

A record is of one content of a file. Of most places in it the file is read again when they are asked for.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from sys import intern
from typing import Final, NamedTuple

from importer.checks.book import Entry
from importer.checks.ties import Ties, ties
from importer.kinds import KINDS
from importer.manifest.sharing import Shared
from importer.model import Document, Locator, Path, Place, Ref, Tree

_DIGEST: Final = 8  # bytes; it tells two forms of one document apart, and is no seal

CHUNK: Final = 500  # documents whose fields are kept together: a file may hold a hundred thousand
Trees = Callable[[int], str]
FreshDocuments = Callable[[], Sequence[Document]]


class Damaged(Exception):
    """What was kept is not what was once given to be kept."""


Spot = tuple[int, int, int]  # line, column and width, as Place has them


class Head(NamedTuple):
    """What a record says of a document without its fields."""

    ref: Ref
    number: int  # among those of its kind in the file: Document.index
    digest: str  # of its fields as they were written
    spots: tuple[Spot, ...]  # of the document, and of each entry of the list that settles: a plan shows those


class Record:
    """The documents of one file. ``trees`` gives the fields of those of one chunk, a line of JSON for each.

    ``clean``: reading the file found nothing wrong, so that it need not be read again to tell of it. The trees of one
    that is not clean are never asked for.
    """

    def __init__(self, clean: bool, packed: Packed, heads: str, trees: Trees) -> None:
        self.clean = clean
        self.packed = packed
        self.heads_text = heads
        self.trees = trees
        self._chunk: tuple[int, list[str]] = (-1, [])  # the last that was asked for, and its lines

    def __len__(self) -> int:
        return len(self.packed.ends) // _PARTS

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """Raises Damaged."""
        try:
            said = json.loads(self.heads_text)
            heads = tuple(
                Head(Ref(kind, key), number, digest, tuple((line, column, width) for line, column, width in spots))
                for kind, key, number, digest, spots in said
            )
        except (ValueError, TypeError) as error:
            raise Damaged from error
        if len(heads) != len(self):
            raise Damaged
        return heads

    @property
    def chunks(self) -> range:
        """The numbers of its chunks."""
        return range(-(-len(self) // CHUNK) if self.clean else 0)

    def _line(self, at: int) -> str:
        chunk, line = divmod(at, CHUNK)
        if self._chunk[0] != chunk:
            self._chunk = (chunk, self.trees(chunk).split("\n"))
        return self._chunk[1][line]

    def with_trees(self, trees: Trees) -> Record:
        """The same, with its trees from elsewhere."""
        return Record(self.clean, self.packed, self.heads_text, trees)

    def fields(self, at: int) -> dict[str, Tree]:
        """The fields of document number ``at``, counted from 0 in the order of the file. Raises Damaged."""
        try:
            fields = self._loaded(self._line(at))
        except (ValueError, IndexError) as error:
            raise Damaged from error
        if not isinstance(fields, dict):
            raise Damaged
        return fields

    @cached_property
    def _loaded(self) -> Callable[[str], Tree]:
        """Every scalar is text: what was never a number does not become one. Equal texts are kept once."""
        shared = Shared()

        def tree(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
            return {intern(name): shared(value) if type(value) is str else value for name, value in pairs}

        return json.JSONDecoder(object_pairs_hook=tree, parse_float=str, parse_int=str, parse_constant=str).decode

    def documents(self, file: str, places: FreshDocuments, which: Iterable[int] | None = None) -> Iterator[Document]:
        """The documents, or ``which`` of them, as the reader would give them; ``places`` reads the file again."""
        for at in range(len(self)) if which is None else which:
            head = self.heads[at]
            late = LatePlaces(places, file, head)
            yield Document(head.ref.kind, head.ref.key, self.fields(at), file, head.number, late)


class LatePlaces:
    """The places of a document that was not read this time: for one that is not known, its file is read after all."""

    __slots__ = ("_file", "_head", "_read")

    def __init__(self, read: FreshDocuments, file: str, head: Head) -> None:
        self._read = read
        self._file = file
        self._head = head

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        known = None if of_key else self._known(path)
        return self._found().at(path, of_key=of_key) if known is None else Place(self._file, *known)

    def _known(self, path: Path) -> Spot | None:
        at = 0
        if path:
            if len(path) != 2 or path[0] != _settling(self._head.ref.kind) or not isinstance(path[1], int):
                return None
            at = path[1] + 1
        return self._head.spots[at] if 0 <= at < len(self._head.spots) else None

    def _found(self) -> Locator:
        kind, number = self._head.ref.kind, self._head.number
        return next(one for one in self._read() if one.kind == kind and one.index == number).locator


def _settling(kind: str) -> str:
    """The field with the list that settles; "" where a kind has none."""
    settles = KINDS[kind].settles
    return settles.field if settles is not None else ""


def _spots(document: Document) -> Iterator[Spot]:
    listed = document.fields.get(_settling(document.kind))
    paths: list[Path] = (
        [(), *((_settling(document.kind), at) for at in range(len(listed)))] if isinstance(listed, list) else [()]
    )
    for place in map(document.place, paths):
        yield place.line, place.column, place.width


_PARTS: Final = 4  # of the ties of a document: itself, groups, settled, needed


class Packed(NamedTuple):
    """The ties of the documents of a file behind each other, and behind which of them each part of each ends."""

    ties: array[int]
    ends: array[int]

    @classmethod
    def of(cls, all_ties: Iterable[Ties]) -> Packed:
        packed = cls(array("I"), array("I"))
        for one in all_ties:
            packed.ties.append(one.itself)
            packed.ends.append(len(packed.ties))
            for part in one[1:]:
                packed.ties.extend(part)
                packed.ends.append(len(packed.ties))
        return packed

    def is_sound(self) -> bool:
        """Whether the ends are of these ties."""
        rising = all(one <= other for one, other in pairwise(self.ends))
        whole = len(self.ends) % _PARTS == 0 and len(self.ties) == (self.ends[-1] if self.ends else 0)
        return rising and whole and all(end > 0 for end in self.ends[::_PARTS])

    def itself(self, at: int) -> int:
        """The tie of document number ``at`` to itself."""
        return self.ties[self.ends[at * _PARTS] - 1]

    def binding(self, at: int) -> array[int]:
        """To itself, to its groups, and to what it settles."""
        first = self.ends[at * _PARTS] - 1
        return self.ties[first : self.ends[at * _PARTS + 2]]

    def having(self, wanted: Collection[int]) -> Iterator[int]:
        """The numbers of the documents that have one of the ``wanted`` ties."""
        ties, ends, start = self.ties, self.ends, 0
        for at in range(len(ends) // _PARTS):
            end = ends[at * _PARTS + _PARTS - 1]
            if any(tie in wanted for tie in ties[start:end]):
                yield at
            start = end

    def owned(self) -> Iterator[int]:
        """The tie of each document to itself."""
        return (self.ties[end - 1] for end in self.ends[::_PARTS])

    def referred(self) -> Iterator[int]:
        """The ties to what documents refer to."""
        for at in range(0, len(self.ends), _PARTS):
            yield from self.ties[self.ends[at + 1] : self.ends[at + 3]]


def record_of(documents: Sequence[Document], *, clean: bool) -> Record | None:
    """The record of a file with these ``documents``; None where one has no key, and so no name to be known by."""
    if not all(one.key for one in documents):
        return None
    packed = Packed.of(ties(Entry(one.ref, one.fields, one)) for one in documents)
    heads = ",".join(_head(one, clean=clean) for one in documents)

    def trees(chunk: int) -> str:
        return "\n".join(map(_tree, documents[chunk * CHUNK : (chunk + 1) * CHUNK]))

    return Record(clean, packed, f"[{heads}]", trees)


def _tree(document: Document) -> str:
    return _compact(document.fields)


def _head(document: Document, *, clean: bool) -> str:
    # Where a document stands is known of a file that is not read again: every other is read, and may be read otherwise.
    spots = tuple(_spots(document)) if clean else ()
    return _compact((document.kind, document.key, document.index, _digest(document, _tree(document)), spots))


_compact: Final = json.JSONEncoder(separators=(",", ":")).encode


def _digest(document: Document, tree: str) -> str:
    return blake2b(tree.encode() + (b"" if document.sound else b"?"), digest_size=_DIGEST).hexdigest()
