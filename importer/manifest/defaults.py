"""Defaults: what the documents of a kind say where they do not say otherwise themselves.

Mappings merge, lists and scalars replace, and in place of a list of objects stands one mapping that every element
gets. A default gives way also to a field that must not stand beside it: ``customer`` to a document's ``customer_id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from importer.kinds import KINDS
from importer.manifest.conform import conform
from importer.manifest.entries import Places
from importer.manifest.levels import Level, canonicalise, did_you_mean, level, unknown_field
from importer.manifest.places import Layered, TreePlaces, span
from importer.manifest.wording import A_LIST, ONE_VALUE
from importer.manifest.yaml_anchors import weight
from importer.model import Document, Locator, Path, Place, Problem, Tree

Fields = dict[str, Tree]

# Every document of a kind gets its defaults and is checked with them: a megabyte of them times a hundred thousand
# documents would take hours. All fields of all kinds at their greatest lengths come to less.
MAX_SIZE: Final = 100_000  # characters, and nodes

_MAPPING: Final = "write `defaults: {invoices: {place_of_supply: IN-KA}}`"


@dataclass(frozen=True, slots=True)
class Defaults:
    """One ``defaults`` section, checked: fields by kind, and where they were written."""

    fields: Mapping[str, Fields]
    places: TreePlaces
    partial: frozenset[str] = frozenset()  # kinds of which a part was left out, so that nothing can be missed in them


@dataclass(slots=True)
class _Check:
    places: TreePlaces
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, message: str, path: Path, help: str, *, of_key: bool = True) -> None:
        pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in ("defaults", *path))
        self.problems.append(Problem(code, message, self.places.at(path, of_key=of_key), help, pointer=pointer))


def defaults_of(places: TreePlaces) -> tuple[Defaults, tuple[Problem, ...]]:
    """The section ``defaults`` whose tree ``places`` holds. What is wrong in it is reported and left out."""
    check = _Check(places)
    fields: dict[str, Fields] = {}
    if not isinstance(places.tree, dict):
        check.report("not-a-mapping", "`defaults` is a mapping of kinds", (), _MAPPING, of_key=False)
        return Defaults(fields, places, frozenset(KINDS)), tuple(check.problems)
    size = weight(places.tree) + span(places.tree)
    if size > MAX_SIZE:
        message = f"`defaults` holds {size:,} characters and elements; at most {MAX_SIZE:,} are taken"
        check.report("too-long", message, (), "every document gets them: say in each what is long", of_key=False)
        return Defaults(fields, places, frozenset(KINDS)), tuple(check.problems)
    partial: set[str] = set()
    for kind, tree in places.tree.items():
        before = len(check.problems)
        if kind not in KINDS:
            help = did_you_mean(kind, KINDS, f"the kinds are {', '.join(KINDS)}")
            check.report("unknown-section", f"`{kind}` is no kind of document", (kind,), help)
        elif isinstance(tree, dict):
            canonicalise(tree, level(kind))
            fields[kind] = _checked(tree, level(kind), (kind,), check)
        else:
            message = f"the defaults of `{kind}` are a mapping of fields"
            check.report("not-a-mapping", message, (kind,), f"write `{kind}: {{...}}`", of_key=False)
        if len(check.problems) > before:
            partial.add(kind)
    return Defaults(fields, places, frozenset(partial)), tuple(check.problems)


def _checked(tree: Fields, level: Level, path: Path, check: _Check) -> Fields:
    """What of ``tree`` can be a default; the rest is reported."""
    kept: Fields = {}
    for name, value in tree.items():
        at = (*path, name)
        inner = level.inner.get(name)
        if name == "key" and len(path) == 1:
            check.report("key-in-defaults", "`key` names one document and has no default", at, "remove it")
        elif name not in level.types:
            _report_unknown(name, level, at, check)
        elif inner is not None and isinstance(value, dict):
            kept[name] = _checked(value, inner, at, check)
        elif inner is not None:
            message = f"the default of `{name}` is a mapping of fields" + _of_every(name, level)
            check.report("wrong-type", message, at, f"write `{name}: {{...}}`", of_key=False)
        elif isinstance(value, list) != level.is_list(name) or isinstance(value, dict):
            wanted, help = ("a list", A_LIST) if level.is_list(name) else ("one value", ONE_VALUE)
            check.report("wrong-type", f"`{name}` takes {wanted}", at, help, of_key=False)
        else:
            kept[name] = value
    return kept


def _of_every(name: str, level: Level) -> str:
    return ", for every element of the list" if level.is_list(name) else ""


def _report_unknown(name: str, level: Level, at: Path, check: _Check) -> None:
    if name in level.aliases:
        message = f"`{name}` and `{level.aliases[name]}` are the same field"
        check.report("both-spellings", message, at, "remove one of the two")
    else:
        help = unknown_field(str(at[0]), name, level.spellings)
        check.report("unknown-field", f"there is no field `{name}` here", at, help)


def wrong_values(defaults: Defaults, *, pure: bool = False) -> list[Problem]:
    """What the schemas refuse in the values of ``defaults``, whether or not a document takes them over."""
    problems = []
    for kind, fields in defaults.fields.items():
        # As a document that says nothing else; what every element of a list gets stands in a list of one.
        as_document: Fields = {"key": "defaults"}
        for name, value in fields.items():
            as_document[name] = [value] if isinstance(value, dict) and level(kind).is_list(name) else value
        document = Document(kind, "", as_document, defaults.places.lines.file, 0, _Own(kind, defaults.places))
        problems += [one for one in conform(document, pure=pure) if one.code != "too-few-entries"]
    return problems


@dataclass(frozen=True, slots=True)
class _Own:
    """Finds the values of the defaults of one kind where they were written."""

    kind: str
    places: TreePlaces

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return self.places.at((self.kind, *(step for step in path if isinstance(step, str))), of_key=of_key)


def merged(kind: str, own: Fields, layers: Iterable[Defaults]) -> Fields:
    """``own`` with the defaults of ``kind``, the nearest layer first. ``own`` itself is not changed."""
    for layer in layers:
        defaults = layer.fields.get(kind)
        if defaults:
            own = _merged(own, defaults, level(kind))
    return own


def _merged(own: Fields, defaults: Fields, level: Level) -> Fields:
    made = dict(own)
    for name, value in defaults.items():
        inner = level.inner.get(name)
        if inner is not None and isinstance(value, dict):
            _merge_objects(made, name, value, level, inner)
        elif name not in own and level.rivals.get(name, frozenset()).isdisjoint(own):
            made[name] = value
    return made


def _merge_objects(made: Fields, name: str, value: Fields, level: Level, inner: Level) -> None:
    mine = made.get(name)
    if isinstance(mine, dict):
        made[name] = _merged(mine, value, inner)
    elif isinstance(mine, list):
        made[name] = [_merged(one, value, inner) if isinstance(one, dict) else one for one in mine]
    elif mine is None and not level.is_list(name):
        made[name] = value


def locator(kind: str, own: Places, layers: Iterable[Defaults]) -> Locator:
    """Finds the fields of a document of ``kind`` in its own text, else in the defaults that it got."""
    used = tuple(layer.places for layer in layers if layer.fields.get(kind))
    return Layered(kind, own, used) if used else own
