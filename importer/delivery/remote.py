"""Reading what the API answered: values under any of their documented names, compared by meaning."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from importer.schema import Field

MISSING: Final = object()


def answered(row: Mapping[str, Any], known: Field) -> Any:
    """The value of ``known`` in an answer, under the first of its names that is there; MISSING when none is."""
    return next((row[name] for name in known.answers if name in row), MISSING)


def text(value: Any) -> str:
    """``value`` as comparable text: NFC, without blanks around; empty for null."""
    return "" if value is None or value is MISSING else unicodedata.normalize("NFC", str(value)).strip()


def amount(value: Any) -> Decimal | None:
    """``value`` as an amount, None for what is none. JSON numbers arrive as Decimal or int, never as float."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day(value: Any) -> str:
    """The date part of a date or datetime; compared on that alone (fact sheet, section 23, item 8)."""
    return text(value)[:10]


def same(known: Field, sent: Any, got: Any) -> bool:
    """Whether the books hold for ``known`` what was sent. Objects and lists are not for this function."""
    if known.type in ("money", "decimal", "integer"):
        return amount(sent) == amount(got)
    if known.type == "date":
        return day(sent) == day(got)
    if known.type == "boolean":
        return bool(sent) == bool(got)
    return text(sent) == text(got)
