"""YAML events into trees of text. Nothing is loaded: the parser's events say what was written, and where.

The rules of YAML that a loader would apply stand here and in yaml_anchors.py: tags, aliases, merge keys, repeated
names (YAML 1.2.2, sections 3.2.1 and 6.9).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from sys import intern
from typing import Any, Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from importer.manifest.levels import shown, vocabulary
from importer.manifest.places import TreePlaces, mark, unpacked
from importer.manifest.sharing import Shared
from importer.manifest.source import Lines
from importer.manifest.yaml_anchors import Anchors, Merged, Names, copied, height, merged_list
from importer.model import Place, Problem, Tree

MAX_DEPTH: Final = 64  # levels of lists and mappings; the deepest field of a manifest is at 6

NOT_GIVEN: Final = frozenset(("", "null", "~"))  # written plain; quoted, they are text
_TAG: Final = "tag:yaml.org,2002:"
# Escapes can write what the text of a file may not hold. Surrogates come from the pure parser only.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPELLING: Final = "mend its spelling, or remove it: it has no value"
_DIGITS: Final = re.compile(r"[0-9][0-9.]*")
_NO_CHARACTER: Final = "an escape in this text names no character"
_NO_ESCAPE: Final = "write the character itself"
_NO_ANCHOR: Final = "put the anchor above, or write the value out; a text that begins with * stands in quotes"
_ALIAS_OF_ITSELF: Final = "repeat only what is complete above, or write the part out"

Event: TypeAlias = Any  # the stubs of PyYAML leave the events' fields untyped


class Stopped(Exception):
    """The file cannot be read on from here; the problem is on the list."""


class Nodes:
    """Builds the trees of one file. ``pure`` chooses PyYAML's own parser although libyaml is there."""

    def __init__(self, file: str, text: str, *, pure: bool = False) -> None:
        self.lines = Lines(file, text)
        self.problems: list[Problem] = []
        self.marks: array[int] = array("Q")
        self.anchors = Anchors(len(text))
        self._shared = Shared()
        self.loader: Any = yaml.SafeLoader if pure else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        parser = self.loader(text)
        self.next: Callable[[], Event] = parser.get_event if hasattr(parser, "raw_parse") else self._guarded(parser)

    def _guarded(self, parser: Any) -> Callable[[], Event]:
        """Next event of the pure parser, which has a hole: an escape beyond U+10FFFF leaves it as a ValueError."""

        def event() -> Event:
            try:
                return parser.get_event()
            except (ValueError, OverflowError):
                place = self.lines.place(parser.get_mark().index)
                self.problems.append(Problem("yaml-syntax", _NO_CHARACTER, place, _NO_ESCAPE))
                raise Stopped from None

        return event

    def problem(self, code: str, message: str, event: Event, help: str = "", related: tuple[Place, ...] = ()) -> None:
        self.problems.append(Problem(code, message, self.place(event), help, related=related))

    def place(self, event: Event) -> Place:
        start = event.start_mark.index
        return self.lines.place(start, event.end_mark.index - start)

    def tree(self, event: Event, depth: int) -> tuple[Tree | None, TreePlaces]:
        """The node that begins with ``event``, apart from what is being built, and its places."""
        outside, self.marks = self.marks, array("Q")
        tree = self.node(event, depth)
        places = TreePlaces(self.lines, "" if tree is None else tree, self.marks)
        self.marks = outside
        return tree, places

    def node(self, event: Event, depth: int) -> Tree | None:
        """The node that begins with ``event``; None if it is not given, or broken (and reported).

        Appends its marks, none for None. ``depth`` is 1 for the outermost. Raises Stopped, or yaml.YAMLError.
        """
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event, depth)
        anchor = event.anchor
        if anchor is None:
            return self._scalar(event) if kind is ScalarEvent else self._collection(event, depth)
        marks, start = self.marks, len(self.marks)
        self.anchors.begin(anchor)
        tree = self._scalar(event) if kind is ScalarEvent else self._collection(event, depth)
        self.anchors.finish(anchor, tree, marks, start)
        return tree

    def _collection(self, event: Event, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            self.too_deep(event)
            raise Stopped
        kind = "map" if type(event) is MappingStartEvent else "seq"
        if event.tag is not None:
            self.check_tag(event, kind)
        self.marks.append(mark(event.start_mark.index, event.start_mark.index + 1))
        return self._mapping(depth) if kind == "map" else self._sequence(depth)

    def _scalar(self, event: Event) -> str | None:
        text: str = event.value
        if event.tag is not None or event.style == '"':
            self._check_text(event)
        elif not event.style and text in NOT_GIVEN:
            return None
        self.marks.append(_mark(event))
        return self._shared(text)

    def _sequence(self, depth: int) -> list[Tree]:
        elements: list[Tree] = []
        while type(event := self.next()) is not SequenceEndEvent:
            before = len(self.problems)
            element = self.node(event, depth + 1)
            if element is not None:
                elements.append(element)
            elif len(self.problems) == before:
                self.problem("empty-element", "an element of a list is empty", event, "fill it in, or remove it")
        return elements

    def _mapping(self, depth: int) -> dict[str, Tree]:
        marks, following, scalar = self.marks, self.next, self._scalar
        tree: dict[str, Tree] = {}
        names = Names(len(marks))
        merged: list[Merged] | None = None
        while type(event := following()) is not MappingEndEvent:
            if type(event) is not ScalarEvent or not event.value:
                self.bad_name(event, depth)
                continue
            name: str = intern(event.value)
            if name == "<<" and not event.style and event.tag is None and merged is None:
                merged = self.merge_key(depth)
                continue
            if name in tree or name in names.void or (name == "<<" and merged is not None and not event.style):
                self.repeated(event, self._first(names, name, tree), depth)
                continue
            if event.tag is not None or event.style == '"':
                self._check_text(event)
            own = _mark(event)
            marks.append(own)
            if names.known is not None:
                names.known[name] = own
            if event.anchor is not None:
                self.anchors.finish(event.anchor, name, marks, len(marks) - 1)
            event = following()
            if type(event) is ScalarEvent and event.tag is None and event.anchor is None:
                value: Tree | None = scalar(event)  # nine of ten: one step less
            else:
                value = self.node(event, depth + 1)
            if value is None:
                names.void[name] = marks.pop()
                self._check_void(name, own)
            else:
                tree[name] = value
        if merged:
            names.merge(tree, marks, merged)
        return tree

    def _check_void(self, name: str, own: int) -> None:
        """Report a name without a value that no field has: it is dropped, so its schema will not see it.

        Most often it is the second half of an amount: inside ``{ }`` a comma ends the value before it.
        """
        if name in vocabulary():
            return
        half = _DIGITS.fullmatch(name) is not None
        message = (
            f"`{name}` is no field: inside {{ }} a comma ends a value" if half else f"there is no field `{name}` here"
        )
        help = "write an amount in plain digits, as in 123456.00" if half else _SPELLING
        self.problems.append(Problem("unknown-field", message, unpacked(self.lines, own), help))

    def bad_name(self, event: Event, depth: int) -> None:
        """Report a name that is empty or no scalar, and pass over it and its value."""
        self.problem("bad-name", "the name of a field must be plain text", event, "write a name in front of the colon")
        if type(event) is not ScalarEvent:
            self.tree(event, depth + 1)
        self.tree(self.next(), depth + 1)

    def repeated(self, event: Event, first: Place | None, depth: int) -> None:
        """Report a name that stands in its mapping already, at ``first``, and pass over its value."""
        where = "" if first is None else f"; it stands in line {first.line} already"
        message = f"`{event.value}` is given twice in one mapping{where}"
        self.problem("repeated-field", message, event, "remove one of the two", () if first is None else (first,))
        self.tree(self.next(), depth + 1)

    def _first(self, names: Names, name: str, tree: dict[str, Tree]) -> Place | None:
        packed = names.first(name, tree, self.marks)
        return None if packed is None else unpacked(self.lines, packed)

    def merge_key(self, depth: int) -> list[Merged]:
        """The mappings that the value of a merge key brings in, in the order in which they win."""
        event = self.next()
        tree, places = self.tree(event, depth + 1)
        if tree is None:
            return []
        if isinstance(tree, dict):
            return [Merged(tree, places.marks, 0)]
        merged = merged_list(tree, places.marks) if isinstance(tree, list) else None
        if merged is not None:
            return merged
        self.problem("bad-merge", "`<<` takes a mapping, or a list of mappings", event, "name an anchor: `<<: *name`")
        return []

    def _alias(self, event: Event, depth: int) -> Tree | None:
        name = event.anchor
        anchor = self.anchors.get(name)
        if anchor is None:
            begun = self.anchors.is_begun(name)
            code = "recursive-alias" if begun else "unknown-anchor"
            message = f"`*{name}` stands inside what it repeats" if begun else f"no anchor `&{name}` stands above"
            self.problem(code, message, event, _ALIAS_OF_ITSELF if begun else _NO_ANCHOR)
            return None
        if anchor.tree is None:
            return None
        if not self.anchors.allows(anchor):
            message = "the aliases of this file unfold to far more than it holds; the rest was not read"
            self.problem("alias-bomb", message, event, "write the repeated parts out, or use `defaults`")
            raise Stopped
        if depth - 1 + height(anchor.tree) > MAX_DEPTH:
            self.too_deep(event)
            raise Stopped
        self.marks.extend(anchor.marks[anchor.start : anchor.end])
        return copied(anchor.tree)

    def too_deep(self, event: Event) -> None:
        message = f"lists and mappings are nested over {MAX_DEPTH} levels deep; the rest of the file was not read"
        self.problem("too-deep", message, event, "see that brackets are closed; the deepest field is at level 6")

    def check_tag(self, event: Event, kind: str) -> None:
        """Report a tag other than ``!`` and that of ``kind``: str, map or seq."""
        if event.tag not in ("!", _TAG + kind):
            tag = event.tag.replace(_TAG, "!!")
            self.problem(
                "unknown-tag", f"the tag `{tag}` means nothing here", event, "remove it: types come from the schema"
            )

    def _check_text(self, event: Event) -> None:
        if event.tag is not None:
            self.check_tag(event, "str")
        if event.value.isprintable():
            return
        if _SURROGATE.search(event.value):
            self.problem("yaml-syntax", _NO_CHARACTER, event, _NO_ESCAPE)
            raise Stopped
        found = _UNWRITABLE.search(event.value)
        if found is not None:
            message = (
                f"the control character U+{ord(found.group()):04X} in {shown(event.value)} cannot stand in the books"
            )
            self.problem("control-character", message, event, "remove the escape")


def _mark(event: Event) -> int:
    return mark(event.start_mark.index, event.end_mark.index)
