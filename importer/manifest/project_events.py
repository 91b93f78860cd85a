"""What the tree of a project file no longer shows: names without a value, and further YAML documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent, ScalarEvent

from importer.manifest.source import Lines
from importer.manifest.wording import Words
from importer.manifest.yaml_nodes import NOT_GIVEN
from importer.model import Place, Problem


def empty(name: str) -> Words:
    """Words for a section that names something and holds nothing."""
    return Words("too-short", f"`{name}` is empty", "fill it in, or leave it out")


def look_over(lines: Lines, text: str, never_empty: Collection[str]) -> Iterator[Problem]:
    """Problems of a file that has been parsed once without any: too-short, several-documents.

    ``never_empty`` are the names at the top that must not stand there without a value.
    """
    documents, depth = 0, 0
    name: Any = None  # the event of a name at the top whose value comes next
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, DocumentStartEvent):
            documents += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, NodeEvent):
            if depth == 0 and documents > 1 and not _is_blank(event):
                message = "a project file is one YAML document, and here another begins"
                yield Problem("several-documents", message, _place(lines, event), "join the two")
                return
            if depth == 1:
                if name is not None and name.value in never_empty and _is_blank(event):
                    words = empty(name.value)
                    yield Problem(words.code, words.message, _place(lines, name), words.help, pointer=f"/{name.value}")
                name = event if name is None and isinstance(event, ScalarEvent) else None
            depth += isinstance(event, CollectionStartEvent)


def _is_blank(event: Any) -> bool:
    return isinstance(event, ScalarEvent) and not event.style and event.value in NOT_GIVEN


def _place(lines: Lines, event: Any) -> Place:
    start = event.start_mark.index
    return lines.place(start, max(1, event.end_mark.index - start))
