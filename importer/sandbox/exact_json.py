"""JSON in which every number is exact: no float on the way in, none on the way out. And the wire's dates."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final, NoReturn

from importer.sandbox.refusals import malformed

# fromisoformat alone would take week dates and basic forms too.
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")


def encode(value: Any) -> str:
    """Compact JSON; a Decimal keeps the digits it has. TypeError for what the wire does not know, floats included."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is Decimal:
        return format(value, "f")
    if kind is dict:
        return "{" + ",".join(f"{encode_basestring(name)}:{encode(part)}" for name, part in value.items()) + "}"
    if kind is list:
        return "[" + ",".join(map(encode, value)) + "]"
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    raise TypeError(f"{kind.__name__} cannot leave as JSON")


def decode(text: str | bytes) -> Any:
    """Parse JSON of our own making; numbers with a point become Decimal. ValueError for anything else."""
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def decode_body(payload: bytes) -> dict[str, Any]:
    """The JSON object of a request. Raises the 422 refusal for bytes that are not one."""
    try:
        text = payload.decode("utf-8")
        parsed = decode(text)
        if "\\u" in text:
            # Half a surrogate pair is legal JSON and no text.
            json.dumps(parsed, ensure_ascii=False, default=str).encode("utf-8")
    except (ValueError, ArithmeticError, RecursionError) as exc:
        raise malformed(f"The body is not JSON: {type(exc).__name__}.") from None
    if not isinstance(parsed, dict):
        raise malformed("The body must be a JSON object.")
    return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def midnight(day: str | None) -> str | None:
    """An ISO date as the midnight datetime that answers show (fact sheet, section 1)."""
    return None if day is None else f"{day}T00:00:00"


def parse_day(text: str) -> date | None:
    """The day of ``2026-05-19`` or of an ISO datetime at any time of it; None for anything else."""
    if not DAY.match(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        return None
