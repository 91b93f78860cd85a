"""Documents, still text, against the schema of their kind: the form of every value, and unknown fields.

jsonschema-rs finds what is wrong, or jsonschema where that cannot be imported; either only says where, and which
keyword. The problems are worded here, so that both give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from importer import schema
from importer.manifest.levels import Level, level, unknown_field
from importer.manifest.typed import compiled, is_day
from importer.manifest.wording import Words, not_a_date, not_allowed, wrong_form
from importer.model import Document, Path, Problem, Tree

try:
    import jsonschema_rs
except ImportError:  # no wheel for this platform
    HAS_RUST = False
else:
    HAS_RUST = True


class Fault(NamedTuple):
    """``keyword`` of the schema refuses what stands at ``path``."""

    path: Path
    keyword: str


Faults = Callable[[Mapping[str, Tree]], list[Fault]]

# Where several keywords refuse one value, the first of these says most about it.
_TELLING = ("type", "enum", "pattern", "minLength", "maxLength", "minItems")

# The values of x-rule whose rule finds all that the pattern refuses, and knows better what would be right.
_WORDED_BY_THEIR_RULE = ("gstin", "pan", "state-code")


def conform(document: Document, *, pure: bool = False) -> list[Problem]:
    """What the schema of its kind refuses in ``document``. ``pure``: by jsonschema although jsonschema-rs is there."""
    faults = validator(document.kind, pure=pure)(document.fields)
    found = list(_worded(document, faults)) if faults else []
    refused = {fault.path for fault in faults}
    for path in _dates(document.kind):
        for at, text in _texts(document.fields, path):
            if at not in refused and not is_day(text):
                found.append(_problem(document, at, not_a_date(path[-1], text, in_sheet=_in_sheet(document, at))))
    return found


@cache
def validator(kind: str, *, pure: bool = False) -> Faults:
    """A function that finds the faults of a document of ``kind``; [] for a sound one."""
    return _with_jsonschema(schema.packaged(kind)) if pure or not HAS_RUST else _with_rust(schema.packaged(kind))


def _with_rust(packaged: Mapping[str, Any]) -> Faults:
    made = jsonschema_rs.Draft202012Validator(dict(packaged))

    def faults(fields: Mapping[str, Tree]) -> list[Fault]:
        if made.is_valid(fields):
            return []
        return [Fault(tuple(error.instance_path), str(error.schema_path[-1])) for error in made.iter_errors(fields)]

    return faults


def _with_jsonschema(packaged: Mapping[str, Any]) -> Faults:
    from jsonschema import Draft202012Validator, ValidationError, validators  # noqa: PLC0415 - 0.1 s, rarely needed

    def pattern(_: object, wanted: str, instance: object, __: object) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not _compiled(wanted).search(instance):
            yield ValidationError("does not match")

    extend: Any = validators.extend  # untyped in the stubs
    made = extend(Draft202012Validator, {"pattern": pattern})(packaged)

    def faults(fields: Mapping[str, Tree]) -> list[Fault]:
        return [Fault(tuple(error.absolute_path), str(error.validator)) for error in made.iter_errors(fields)]

    return faults


_compiled = cache(compiled)


def _worded(document: Document, faults: list[Fault]) -> Iterator[Problem]:
    telling: dict[Path, str] = {}
    for path, keyword in dict.fromkeys(faults):  # jsonschema names each missing field by itself
        if keyword == "required":
            yield from _missing(document, path)
        elif keyword == "additionalProperties":
            yield from _unknown(document, path)
        elif path not in telling or _rank(keyword) < _rank(telling[path]):
            telling[path] = keyword
    for path, keyword in telling.items():
        if keyword != "pattern" or _node(document.kind, path).get("x-rule") not in _WORDED_BY_THEIR_RULE:
            yield _problem(document, path, _words(document, path, keyword))


def _rank(keyword: str) -> int:
    return _TELLING.index(keyword) if keyword in _TELLING else len(_TELLING)


def _words(document: Document, path: Path, keyword: str) -> Words:
    node, value = _node(document.kind, path), _value(document.fields, path)
    name = next((step for step in reversed(path) if isinstance(step, str)), document.kind)
    if path == ("key",) and value == "":
        return _NO_KEY
    in_sheet = _in_sheet(document, path)
    return wrong_form(name, node, value) or not_allowed(name, node, keyword, value, in_sheet=in_sheet)


def _in_sheet(document: Document, path: Path) -> bool:
    """Whether the value stands in a file of a spreadsheet; a default of such a document stands in another file."""
    return document.place(path).file.lower().endswith(".csv")


_NO_KEY = Words(
    "missing-key", "the entry has no `key`", "give it a name of its own; it is how a document is remembered"
)


def _missing(document: Document, path: Path) -> Iterator[Problem]:
    fields = _value(document.fields, path)
    for name in dict.fromkeys(_node(document.kind, path)["required"]):
        if name not in fields:
            words = _NO_KEY if name == "key" else Words("missing-field", f"`{name}` is missing")
            yield _problem(document, path, words)


def _unknown(document: Document, path: Path) -> Iterator[Problem]:
    here = _level(document.kind, path)
    fields = _value(document.fields, path)
    for name in fields if isinstance(fields, dict) else ():
        if name not in here.types:
            yield _problem(document, (*path, name), _unknown_words(document.kind, name, here), of_key=True)


def _unknown_words(kind: str, name: str, here: Level) -> Words:
    if name in here.aliases:
        known = here.aliases[name]
        message = f"`{name}` and `{known}` are two spellings of the same field"
        return Words("both-spellings", message, "give it once")
    below = next((f"it is a field of `{outer}`" for outer, inner in here.inner.items() if name in inner.spellings), "")
    shown = name if name.isprintable() and len(name) <= 64 else ascii(name[:64])[1:-1]
    help = below or unknown_field(kind, name, here.spellings)
    return Words("unknown-field", f"there is no field `{shown}` here", help)


def _problem(document: Document, path: Path, words: Words, *, of_key: bool = False) -> Problem:
    place = document.place(path, of_key=of_key)
    return Problem(words.code, words.message, place, words.help, pointer=document.pointer(path))


def _level(kind: str, path: Path) -> Level:
    here = level(kind)
    for step in path:
        here = here.inner[step] if isinstance(step, str) else here
    return here


def _node(kind: str, path: Path) -> Mapping[str, Any]:
    node: Mapping[str, Any] = schema.packaged(kind)
    for step in path:
        node = node["items"] if isinstance(step, int) else node["properties"][step]
    return node


def _value(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


@cache
def _dates(kind: str) -> tuple[tuple[str, ...], ...]:
    return tuple(path for path, field in schema.fields(kind).items() if field.type == "date")


def _texts(tree: Tree, path: tuple[str, ...], above: Path = ()) -> Iterator[tuple[Path, str]]:
    """The texts at ``path``, in every element of the lists on the way."""
    if isinstance(tree, list):
        for at, element in enumerate(tree):
            yield from _texts(element, path, (*above, at))
    elif isinstance(tree, dict) and path:
        if path[0] in tree:
            yield from _texts(tree[path[0]], path[1:], (*above, path[0]))
    elif isinstance(tree, str) and not path:
        yield above, tree
