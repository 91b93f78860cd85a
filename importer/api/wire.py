"""JSON with exact numbers: a Decimal is written as its digits and read back as such; no float touches an amount."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any, NoReturn


def dumps(value: Any) -> str:
    """Compact JSON text of ``value``, keys in the order in which they stand.

    Takes str, int, bool, None, Decimal, and dicts (with text as keys), lists and tuples of them. A Decimal keeps its
    digits (``12000.00`` stays so) and never gets an exponent. The text is pure ASCII: any string survives the way.
    Raises TypeError for anything else, a float included; ValueError for a Decimal that is not finite.
    """
    return "".join(_pieces(value))


def loads(text: str) -> Any:
    """Read JSON: whole numbers become int, others Decimal. ValueError for anything that is not JSON, NaN included."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object(value)
    elif isinstance(value, list | tuple):
        yield "["
        for index, element in enumerate(value):
            if index:
                yield ","
            yield from _pieces(element)
        yield "]"
    else:
        yield _scalar(value)


def _object(value: dict[Any, Any]) -> Iterator[str]:
    yield "{"
    for index, (name, element) in enumerate(value.items()):
        if not isinstance(name, str):
            raise TypeError(f"a JSON object has text as keys, not {type(name).__name__}")
        if index:
            yield ","
        yield encode_basestring_ascii(name)
        yield ":"
        yield from _pieces(element)
    yield "}"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):  # before int, which it also is
        return "true" if value else "false"
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a number that JSON knows")
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no exact form in JSON")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
