"""What the tree of a project file no longer shows: names without a value, and further YAML documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from importer.manifest.source import Lines
from importer.manifest.wording import Words
from importer.manifest.yaml_nodes import NOT_GIVEN
from importer.model import Path, Place, Problem

# Words for the name at a path that stands without a value; None where it may.
EmptyWords: TypeAlias = Callable[[Path], Words | None]
_LEVELS: Final = 2


def empty(name: str) -> Words:
    """Words for a section that names something and holds nothing."""
    return Words("too-short", f"`{name}` is empty", "fill it in, or leave it out")


@dataclass(slots=True)
class _Open:
    """A mapping or a list that has begun and is not over."""

    mapping: bool
    name: Any = None  # of a mapping the event of its last name
    awaits: bool = False  # of a mapping: whether the value of that name comes next


def look_over(lines: Lines, text: str, words: EmptyWords) -> Iterator[Problem]:
    """Problems of a file whose names were all found to be text: names without a value, and several documents.

    Names of the top mapping are looked at, and those of the mappings that are its values.
    """
    documents = 0
    opened: list[_Open] = []
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, DocumentStartEvent):
            documents += 1
        elif isinstance(event, CollectionEndEvent):
            opened.pop()
        elif isinstance(event, NodeEvent):
            if not opened and documents > 1 and not _is_blank(event):
                message = "a project file is one YAML document, and here another begins"
                yield Problem("several-documents", message, _place(lines, event), "join the two")
                return
            if opened and opened[-1].mapping:
                yield from _in_a_mapping(lines, opened, event, words)
            if isinstance(event, CollectionStartEvent):
                opened.append(_Open(isinstance(event, MappingStartEvent)))


def _in_a_mapping(lines: Lines, opened: list[_Open], event: Any, words: EmptyWords) -> Iterator[Problem]:
    inner = opened[-1]
    inner.awaits = not inner.awaits
    if inner.awaits:
        inner.name = event
    elif len(opened) <= _LEVELS and _is_blank(event):
        path = tuple(str(getattr(one.name, "value", "")) for one in opened)
        told = words(path)
        if told is not None:
            yield Problem(told.code, told.message, _place(lines, inner.name), told.help, pointer=pointer_of(path))


def pointer_of(path: Path) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _is_blank(event: Any) -> bool:
    return isinstance(event, ScalarEvent) and not event.style and event.value in NOT_GIVEN


def _place(lines: Lines, event: Any) -> Place:
    start = event.start_mark.index
    return lines.place(start, max(1, event.end_mark.index - start))
