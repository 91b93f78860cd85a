"""A YAML file of a manifest: its sections, and in them the entries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from importer.kinds import KINDS
from importer.manifest.entries import Entry, Reading
from importer.manifest.levels import did_you_mean, shown
from importer.manifest.places import TreePlaces, span
from importer.manifest.yaml_anchors import Merged
from importer.manifest.yaml_faults import fault_of, first_below
from importer.manifest.yaml_nodes import MAX_DEPTH, NOT_GIVEN, Event, Nodes, Stopped
from importer.model import Place, Problem, Tree

VERSION: Final = "1"
SECTIONS: Final = ("version", "defaults", *KINDS)
# Of a project file; in a manifest they are lost.
PROJECT_ONLY: Final = frozenset(("org_id", "state", "include", "rules", "allow_unverified"))

# YAML 1.1, which the parsers follow, takes these for line ends; nobody's editor does.
_SEPARATOR: Final = re.compile("[\x85\u2028\u2029]")


def read_yaml(file: str, text: str, *, pure: bool = False) -> Reading:
    """The entries of a YAML manifest. ``pure`` chooses PyYAML's own parser although libyaml is there.

    After an error of syntax nothing more of the file can be read; what stands above it is kept.
    """
    reader = _Sections(Nodes(file, text, pure=pure))
    separator = _SEPARATOR.search(text)
    if separator is not None:
        reader.nodes.problems.append(_stray_separator(reader.nodes, separator))
    if not _to_the_end(reader.nodes, text, reader.documents) and reader.latest is not None:
        reader.latest.sound = False  # what broke off behind it may well be part of it
    return reader.reading


def read_tree(file: str, text: str, *, pure: bool = False) -> tuple[TreePlaces | None, list[Problem]]:
    """The first YAML document of a file that is not a manifest, such as a project file; None if it is blank."""
    nodes = Nodes(file, text, pure=pure)
    found: list[TreePlaces] = []

    def first() -> None:
        while type(event := nodes.next()) is not StreamEndEvent:
            if type(event) is DocumentStartEvent:
                tree, places = nodes.tree(nodes.next(), 1)
                if tree is not None:
                    found.append(places)

    _to_the_end(nodes, text, first)
    return (found[0] if found else None), nodes.problems


def _to_the_end(nodes: Nodes, text: str, walk: Callable[[], None]) -> bool:
    """Run ``walk`` over the events of ``nodes``; an error of syntax becomes a problem, and the end.

    Returns whether the end of the file was reached.
    """
    try:
        walk()
        return True
    except Stopped:
        pass
    except yaml.YAMLError as error:
        fault = error
        try:
            deep = first_below(MAX_DEPTH, text, error, nodes.loader)
        except yaml.YAMLError as earlier:
            deep, fault = None, earlier
        if deep is not None:
            nodes.too_deep(deep)
            return False
        problem = _syntax_problem(nodes, text, fault)
        # A line that is not YAML was taken for something else before: `contacts` without its colon for a text.
        nodes.problems[:] = [one for one in nodes.problems if one.place != problem.place]
        nodes.problems.append(problem)
    return False


def _syntax_problem(nodes: Nodes, text: str, error: yaml.YAMLError) -> Problem:
    fault = fault_of(text, error, nodes.loader)
    message = f"{fault.message}; the rest of the file was not read"
    return Problem("yaml-syntax", message, nodes.lines.place(fault.at, fault.width), fault.help)


def _stray_separator(nodes: Nodes, found: re.Match[str]) -> Problem:
    message = f"the line separator U+{ord(found.group()):04X} cannot stand in a YAML manifest"
    return Problem("control-character", message, nodes.lines.place(found.start()), "remove it, or put a blank")


class _Sections:
    """Walks the YAML documents of one file and sorts out what is below their top-level names."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.reading = Reading(problems=nodes.problems)
        self.latest: Entry | None = None  # of a section that is not over
        self._count = dict.fromkeys(KINDS, 0)

    def documents(self) -> None:
        while type(event := self.nodes.next()) is not StreamEndEvent:
            if type(event) is DocumentStartEvent:
                self.nodes.anchors.clear()
                self._document(self.nodes.next())

    def _document(self, event: Event) -> None:
        if type(event) is ScalarEvent and not event.style and event.value in NOT_GIVEN:
            return
        self.reading.blank = False
        if type(event) is not MappingStartEvent:
            names = ", ".join(KINDS)
            self.nodes.problem(
                "not-a-manifest", "a manifest is a mapping of sections", event, f"begin with one of {names}"
            )
            self.nodes.tree(event, 1)
            return
        if event.tag is not None:
            self.nodes.check_tag(event, "map")
        self._sections()

    def _sections(self) -> None:
        seen: dict[str, Place] = {}
        merged: list[Merged] = []
        while type(event := self.nodes.next()) is not MappingEndEvent:
            if type(event) is not ScalarEvent or not event.value:
                self.nodes.bad_name(event, 1)
            elif event.value == "<<" and not event.style:
                merged += self.nodes.merge_key(1)
            elif event.value in seen:
                self.nodes.repeated(event, seen[event.value], 1)
            else:
                seen[event.value] = self.nodes.place(event)
                self._section(event)
        for one in merged:
            self._merged_sections(one, seen)

    def _section(self, name: Event) -> None:
        event = self.nodes.next()
        streamed = type(event) is SequenceStartEvent and event.anchor is None and event.tag is None
        if streamed and name.value in KINDS:
            self._entries(name.value)
        else:
            tree, places = self.nodes.tree(event, 2)
            self._whole(name.value, tree, places, self.nodes.place(name))

    def _entries(self, kind: str) -> None:
        """The entries of one section, each with marks of its own, so that the list is never held twice."""
        while type(event := self.nodes.next()) is not SequenceEndEvent:
            before = len(self.nodes.problems)
            tree, places = self.nodes.tree(event, 3)
            if tree is not None or len(self.nodes.problems) == before:
                self._entry(kind, tree, places, self.nodes.place(event))
            else:
                self._count[kind] += 1  # broken, and reported
        self.latest = None

    def _entry(self, kind: str, tree: Tree | None, places: TreePlaces, place: Place) -> None:
        index = self._count[kind]
        self._count[kind] += 1
        self.latest = None
        if isinstance(tree, dict):
            self.latest = Entry(kind, index, tree, places)
            self.reading.entries.append(self.latest)
            return
        seen = "nothing" if tree is None else shown(tree) if isinstance(tree, str) else "a list"
        message = f"an entry of `{kind}` is a mapping of fields; this one is {seen}"
        help = "write `- key: ...` and the other fields below it"
        self.reading.problems.append(Problem("not-a-mapping", message, place, help, pointer=f"/{kind}/{index}"))

    def _merged_sections(self, merged: Merged, seen: dict[str, Place]) -> None:
        at = merged.at + 1
        for name, child in merged.tree.items():
            size = span(child)
            if name not in seen:
                places = TreePlaces(self.nodes.lines, child, merged.marks[at + 1 : at + 1 + size])
                seen[name] = places.at(())
                self._whole(name, child, places, seen[name])
            at += 1 + size

    def _whole(self, name: str, tree: Tree | None, places: TreePlaces, name_place: Place) -> None:
        """A section that is no list written out below its name: ``version``, ``defaults``, an alias, or a mistake."""
        if name in KINDS:
            self._list(name, tree, places)
        elif name == "version":
            self._version(tree, places)
        elif name == "defaults":
            self._defaults(tree, places, name_place)
        else:
            otherwise = f"the sections are {', '.join(SECTIONS)}"
            if name in PROJECT_ONLY:
                otherwise = "it belongs into the project file, finzbooks.yaml"
            help = did_you_mean(name, SECTIONS, otherwise) if name not in PROJECT_ONLY else otherwise
            message = f"`{shown(name)[1:-1]}` is no section of a manifest"
            self.reading.problems.append(Problem("unknown-section", message, name_place, help))

    def _list(self, kind: str, tree: Tree | None, places: TreePlaces) -> None:
        if isinstance(tree, list):
            at = 1
            for child in tree:
                size = span(child)
                own = TreePlaces(places.lines, child, places.marks[at : at + size])
                self._entry(kind, child, own, own.at(()))
                at += size
        elif tree is not None:
            message = f"`{kind}` is a list of entries"
            help = "put `- ` before the first field of each entry"
            self.reading.problems.append(Problem("not-a-list", message, places.at(()), help, pointer=f"/{kind}"))

    def _version(self, tree: Tree | None, places: TreePlaces) -> None:
        if tree is not None and tree != VERSION:
            seen = shown(tree) if isinstance(tree, str) else "no number"
            message = f"this importer reads version {VERSION} of the manifest; `version` is {seen}"
            problem = Problem("bad-version", message, places.at(()), f"write `version: {VERSION}`", pointer="/version")
            self.reading.problems.append(problem)

    def _defaults(self, tree: Tree | None, places: TreePlaces, name_place: Place) -> None:
        if tree is None:
            return
        if self.reading.defaults is not None:
            message = "`defaults` is given twice in one file; they reach all of its documents"
            first = self.reading.defaults.at(())
            problem = Problem("repeated-defaults", message, name_place, "join the two", related=(first,))
            self.reading.problems.append(problem)
        else:
            self.reading.defaults = places
