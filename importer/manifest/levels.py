"""What the schema of a kind says of its fields, laid out as readers need it: one ``Level`` per object of a document."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

from importer import schema
from importer.kinds import KINDS
from importer.model import Tree, one_line

# Comparing is quadratic in the length of a name, and no field has a long one.
_LONGEST_NAME: Final = 64
# Bringing combining marks into their order is quadratic in their number; a key has at most 128 characters.
_LONGEST_NORMALISED: Final = 1024


@dataclass(frozen=True, slots=True)
class Level:
    """The fields of one object: of the document itself, of a mapping in it, or of the elements of one of its lists."""

    types: Mapping[str, str]  # field -> schema.Field.type
    nodes: Mapping[str, Mapping[str, Any]]  # field -> its schema
    aliases: Mapping[str, str]  # other spelling -> field
    names: tuple[str, ...]  # fields that hold an external key: compared in NFC, without blanks around
    inner: Mapping[str, Level]  # fields that hold objects, or lists of them
    rivals: Mapping[str, frozenset[str]]  # field -> fields that must not stand beside it
    rewritten: bool  # whether aliases or external keys occur here or below

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every name that may be written here."""
        return (*self.types, *self.aliases)

    def is_list(self, name: str) -> bool:
        return self.types[name] == "list"


@cache
def level(kind: str) -> Level:
    """The outermost level of ``kind``. Raises FileNotFoundError for a kind without schema."""
    return _level(schema.packaged(kind))


@cache
def vocabulary() -> frozenset[str]:
    """Every name that stands somewhere in a manifest or a project file: sections, fields and their other spellings."""
    found = {"version", "defaults", "org_id", "state", "include", "rules", "allow_unverified", *KINDS}
    for kind in KINDS:
        for known in schema.fields(kind).values():
            found.update((known.name, *known.aliases))
    return frozenset(found)


def _level(node: Mapping[str, Any]) -> Level:
    properties: Mapping[str, Mapping[str, Any]] = node["properties"]
    holding = {name: one.get("items", one) for name, one in properties.items()}
    inner = {name: _level(one) for name, one in holding.items() if "properties" in one}
    aliases = {alias: name for name, one in properties.items() for alias in one.get("x-aliases", ())}
    names = tuple(name for name, one in properties.items() if name == "key" or "x-ref" in one)
    return Level(
        types=MappingProxyType({name: _type(one) for name, one in properties.items()}),
        nodes=MappingProxyType(dict(properties)),
        aliases=MappingProxyType(aliases),
        names=names,
        inner=MappingProxyType(inner),
        rivals=MappingProxyType(_rivals(node)),
        rewritten=bool(aliases or names or any(one.rewritten for one in inner.values())),
    )


def _type(node: Mapping[str, Any]) -> str:
    if "items" in node:
        return "list"
    return "object" if "properties" in node else str(node["x-type"])


def _rivals(node: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    rivals: dict[str, frozenset[str]] = {}
    for group in (*node.get("x-either", ()), *node.get("x-not-both", ())):
        for name in group:
            rivals[name] = rivals.get(name, frozenset()) | (frozenset(group) - {name})
    return rivals


def as_key(text: str) -> str:
    """An external key as keys are compared: in NFC, without blanks around it (design, section 3)."""
    if text.isascii() or len(text) > _LONGEST_NORMALISED:  # far too long for a key: refused as it was written
        return text.strip()
    return unicodedata.normalize("NFC", text).strip()


def canonicalise(tree: dict[str, Tree], level: Level) -> None:
    """Bring names to their canonical spelling and external keys to the form they are compared in, in place.

    The order of the fields stays, since places are found by it. Another spelling that stands beside the
    canonical one stays as well, to be reported.
    """
    if not level.aliases.keys().isdisjoint(tree):
        renamed = _renamed(tree, level.aliases)
        tree.clear()
        tree.update(renamed)
    for name in level.names:
        value = tree.get(name)
        if isinstance(value, str):
            tree[name] = as_key(value)
    for name, inner in level.inner.items():
        if inner.rewritten and name in tree:
            for child in _objects(tree[name]):
                canonicalise(child, inner)


def _renamed(tree: Mapping[str, Tree], aliases: Mapping[str, str]) -> dict[str, Tree]:
    renamed: dict[str, Tree] = {}
    for name, value in tree.items():
        known = aliases.get(name, name)
        taken = known in tree or known in renamed
        renamed[name if taken else known] = value
    return renamed


def _objects(value: Tree) -> Iterator[dict[str, Tree]]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict):
            yield one


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of ``known`` that ``word`` was probably meant to be; "" if none is near."""
    return _nearest(word, tuple(known)) if len(word) <= _LONGEST_NAME else ""


@lru_cache(maxsize=4096)
def _nearest(word: str, known: tuple[str, ...]) -> str:
    folded = {name.casefold(): name for name in known}
    wanted = word.strip().casefold().replace("-", "_").replace(" ", "_")
    if wanted in folded:
        return folded[wanted]
    letters = set(wanted)
    likely = [name for name in folded if 2 * len(letters & set(name)) >= len(letters)]
    close = difflib.get_close_matches(wanted, likely, n=1)
    return folded[close[0]] if close else ""


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A sentence that offers the nearest of ``known``; ``otherwise`` if none is near."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else otherwise


def unknown_field(kind: str, name: str = "", known: Iterable[str] = ()) -> str:
    """What to do about a field that documents of ``kind`` do not have, among the ``known`` ones."""
    return did_you_mean(name, known, f"leave it out; `finz-import schema {kind}` lists every field")


def shown(text: str, limit: int = 40) -> str:
    """``text`` as a message quotes it: at most ``limit`` characters, on one line, nothing invisible."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return '"' + one_line(cut).replace("\\u000a", "\\n").replace("\\u000d", "\\r").replace("\\u0009", "\\t") + '"'
