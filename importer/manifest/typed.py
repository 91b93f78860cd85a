"""Text into types, as the schema says: Decimal, int, bool, date, or text as it was written. Never a float."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from importer.manifest.levels import Level, as_key, level
from importer.model import Tree, Typed

# Narrower than what Decimal and int take: they know NaN, exponents, underscores and the digits of other scripts.
_DECIMAL: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INTEGER: Final = re.compile(r"-?[0-9]+")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_KEPT: Final = 4096  # of one type: days, quantities and rates repeat, and are converted and kept once
_BLANKS: Final = re.compile(r"[\s-]")
_REGISTRATIONS: Final = ("gstin", "pan")  # x-rule of the fields that hold a registration number
_BOOLEANS: Final = {"true": True, "false": False}

Convert = Callable[[str], Typed]


def typed(kind: str, fields: Mapping[str, Tree]) -> dict[str, Typed]:
    """The fields of a document of ``kind``, typed. External keys come out in NFC, without blanks around them.

    Raises ValueError for a field or a text that the schema of the kind refuses.
    """
    return _object(fields, _table(kind))


def written_as(kind: str, fields: Mapping[str, Tree], then: Callable[[Typed], Any]) -> dict[str, Any]:
    """``typed``, with ``then`` of every value that is no text: of one that comes again, both are done once.

    A plan compares every document with what is remembered of it, and so the days and amounts of them all are written
    anew: in one step, and kept, that takes half the time. Raises as ``typed``.
    """
    return _object(fields, _table(kind, then))


class TypedFields(Mapping[str, Typed]):
    """The fields of a document of ``kind``, typed when they are asked for, without those that have not their form.

    Nothing is kept of them: typed, a document takes as much memory again, and most of it is looked at once.
    """

    __slots__ = ("_fields", "_table")

    def __init__(self, kind: str, fields: Mapping[str, Tree]) -> None:
        self._fields = fields
        self._table = _table(kind)

    def __getitem__(self, name: str) -> Typed:
        try:
            return _value(name, self._fields[name], self._table)
        except ValueError:
            raise KeyError(name) from None

    def get(self, name: str, default: Any = None) -> Any:
        written = self._fields.get(name)
        if written is None:
            return default
        try:
            return _value(name, written, self._table)
        except ValueError:
            return default

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._fields if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def day(text: str) -> date:
    """The day that ``YYYY-MM-DD`` names (ISO 8601, extended format). Raises ValueError for anything else."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"not a date: {text!r}")
    return date.fromisoformat(text)


def is_day(text: str) -> bool:
    """Whether ``text`` is one that ``day`` takes."""
    try:
        day(text)
    except ValueError:
        return False
    return True


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a schema as JSON Schema means it: ``$`` is the end of the text, not a line end before it.

    Digits and letters are ASCII (ECMA-262, which JSON Schema refers to; core specification, section 6.4).
    """
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)


def compact(text: str) -> str:
    """A GSTIN or PAN in capitals, without blanks and hyphens: ``27 aapfu0939f1zv`` is as good as 27AAPFU0939F1ZV.

    GST rules, section 1: so it is judged, and so it is sent and looked for; no other character is ever changed.
    """
    dense = _BLANKS.sub("", text)
    return dense.upper() if dense.isascii() else dense  # a dotless i would become a capital I


class _Table(NamedTuple):
    """How the fields of one level are converted."""

    scalars: Mapping[str, Convert]
    lists: Mapping[str, Convert | _Table]  # by the elements of the list
    objects: Mapping[str, _Table]


def _as_it_is(value: Typed) -> Typed:
    return value


@cache
def _table(kind: str, then: Callable[[Typed], Any] = _as_it_is) -> _Table:
    return _of_level(level(kind), then)


def _of_level(here: Level, then: Callable[[Typed], Any]) -> _Table:
    inner = {name: _of_level(one, then) for name, one in here.inner.items()}
    lists = {
        name: inner.get(name) or _of_elements(here.nodes[name]["items"], then)
        for name in here.types
        if here.is_list(name)
    }
    scalars = {
        name: as_key if name in here.names else _converter_of(node, then)
        for name, node in here.nodes.items()
        if name not in lists and name not in inner
    }
    return _Table(scalars, lists, {name: one for name, one in inner.items() if name not in lists})


def _of_elements(node: Mapping[str, Any], then: Callable[[Typed], Any]) -> Convert:
    return _converter(node["x-type"], node.get("pattern"), then)


def _converter_of(node: Mapping[str, Any], then: Callable[[Typed], Any]) -> Convert:
    return compact if node.get("x-rule") in _REGISTRATIONS else _converter(node["x-type"], node.get("pattern"), then)


def _object(fields: Mapping[str, Tree], table: _Table) -> dict[str, Typed]:
    scalars = table.scalars
    return {
        # The usual case, without another call: nine of ten values are texts that have a converter.
        name: scalars[name](value) if type(value) is str and name in scalars else _value(name, value, table)
        for name, value in fields.items()
    }


def _value(name: str, value: Tree, table: _Table) -> Typed:
    if isinstance(value, str):
        convert = table.scalars.get(name)
        if convert is not None:
            return convert(value)
    elif isinstance(value, list) and name in table.lists:
        inner = table.lists[name]
        return [_element(name, one, inner) for one in value]
    elif isinstance(value, dict) and name in table.objects:
        return _object(value, table.objects[name])
    raise ValueError(f"no such field, or not a value of it: {name}")


def _element(name: str, value: Tree, inner: Convert | _Table) -> Typed:
    if isinstance(inner, _Table) and isinstance(value, dict):
        return _object(value, inner)
    if not isinstance(inner, _Table) and isinstance(value, str):
        return inner(value)
    raise ValueError(f"not an element of {name}")


@cache
def _converter(wanted: str, pattern: str | None, then: Callable[[Typed], Any]) -> Convert:
    """From text to the type ``wanted``, for texts that ``pattern`` takes, and ``then`` further if that is no text."""
    convert = _CONVERTERS[wanted]
    if pattern is not None and wanted not in ("date", "boolean"):
        convert = _checked(convert, compiled(pattern))
    if wanted == "text":
        return convert
    return lru_cache(maxsize=_MOST_KEPT)(convert if then is _as_it_is else lambda text: then(convert(text)))


def _checked(convert: Convert, allowed: re.Pattern[str]) -> Convert:
    def checked(text: str) -> Typed:
        if not allowed.search(text):
            raise ValueError(f"not allowed by the schema: {text!r}")
        return convert(text)

    return checked


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"not plain decimal digits: {text!r}")
    return Decimal(text)


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"not a whole number: {text!r}")
    return int(text)


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError(f"neither true nor false: {text!r}")
    return _BOOLEANS[text]


def _text(text: str) -> str:
    return text


_CONVERTERS: Final[Mapping[str, Convert]] = {
    "text": _text,
    "money": _decimal,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "date": day,
}
