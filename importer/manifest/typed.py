"""Text into types, as the schema says: Decimal, int, bool, date, or text as it was written. Never a float."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from importer.manifest.levels import Level, as_key, level
from importer.model import Tree, Typed

# Narrower than what Decimal and int take: they know NaN, exponents, underscores and the digits of other scripts.
_DECIMAL: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INTEGER: Final = re.compile(r"-?[0-9]+")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BLANKS: Final = re.compile(r"[\s-]")
_REGISTRATIONS: Final = ("gstin", "pan")  # x-rule of the fields that hold a registration number
_BOOLEANS: Final = {"true": True, "false": False}

Convert = Callable[[str], Typed]


def typed(kind: str, fields: Mapping[str, Tree]) -> dict[str, Typed]:
    """The fields of a document of ``kind``, typed. External keys come out in NFC, without blanks around them.

    Raises ValueError for a field or a text that the schema of the kind refuses.
    """
    return _object(fields, level(kind))


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


def _object(fields: Mapping[str, Tree], level: Level) -> dict[str, Typed]:
    return {name: _value(name, value, level) for name, value in fields.items()}


def _value(name: str, value: Tree, level: Level) -> Typed:
    if name not in level.types:
        raise ValueError(f"no such field: {name}")
    wanted = level.types[name]
    inner = level.inner.get(name)
    if wanted == "list" and isinstance(value, list):
        return [_element(name, one, level, inner) for one in value]
    if wanted == "object" and inner is not None and isinstance(value, dict):
        return _object(value, inner)
    if isinstance(value, str) and wanted not in ("list", "object"):
        node: Mapping[str, Any] = level.nodes[name]
        if node.get("x-rule") in _REGISTRATIONS:
            return compact(value)
        return as_key(value) if name in level.names else _converter(wanted, node.get("pattern"))(value)
    raise ValueError(f"not a value of {name}")


def _element(name: str, value: Tree, level: Level, inner: Level | None) -> Typed:
    if inner is not None and isinstance(value, dict):
        return _object(value, inner)
    if inner is None and isinstance(value, str):
        node: Mapping[str, Any] = level.nodes[name]["items"]
        return _converter(node["x-type"], node.get("pattern"))(value)
    raise ValueError(f"not an element of {name}")


@cache
def _converter(wanted: str, pattern: str | None) -> Convert:
    """From text to the type ``wanted``, for texts that ``pattern`` takes."""
    convert = _CONVERTERS[wanted]
    if pattern is None or wanted in ("date", "boolean"):
        return convert
    allowed = compiled(pattern)

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
