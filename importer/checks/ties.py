"""What ties a document to others, as numbers: by these a later check finds whose verdict a change may alter.

Two documents whose verdicts depend on each other share a tie; that some share one by chance (a number has 32 bits)
makes a later check look at more than it must, and never at less.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from zlib import crc32

from importer.checks import duplicates, natural_keys, numbers, payment_references
from importer.checks.book import Entry
from importer.checks.references import looping, references
from importer.kinds import KINDS
from importer.model import Ref


class Ties(NamedTuple):
    """Of one document: to itself, to the groups it is compared in, to what it settles or lowers, to all else it needs.

    Whoever shares one of the first three is looked at with it, and so on from there: in a group no two may be alike,
    and of what one document settles others may settle the rest. What it ``needs`` concerns the document when that
    changes; but the document does not concern it, nor all the others that need the same contact.
    """

    itself: int
    groups: tuple[int, ...]
    settled: tuple[int, ...]
    needed: tuple[int, ...]


def ties(entry: Entry) -> Ties:
    """The ties of a document with a key."""
    settled: list[int] = []
    needed: list[int] = []
    for _, ref in references(entry):
        (settled if ref.kind in _settled() else needed).append(itself(ref))
    return Ties(itself(entry.ref), tuple(map(_number, _groups(entry))), tuple(settled), tuple(needed))


def itself(ref: Ref) -> int:
    """The tie of a document to itself, and of whoever refers to it."""
    return crc32(f"{ref.kind}\0{ref.key}".encode("utf-8", "surrogatepass"))


def are_enough() -> bool:
    """Whether ties tell all: documents that need each other in a loop, were there such kinds, would have others."""
    return not looping()


def _groups(entry: Entry) -> Iterator[tuple[object, ...]]:
    """What each check that holds documents against each other compares first; the checks group by the same."""
    yield from (group for _, group in natural_keys.groups(entry))
    for one in (duplicates.group(entry), numbers.group(entry), payment_references.group(entry)):
        if one:
            yield one


def _number(group: tuple[object, ...]) -> int:
    return crc32(repr(group).encode("utf-8", "surrogatepass"))


@cache
def _settled() -> frozenset[str]:
    """The kinds of which other documents settle, or lower, a part."""
    return frozenset(kind.settles.target for kind in KINDS.values() if kind.settles is not None)
