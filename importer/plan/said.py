"""What a document says, in one canonical form: the form that receipts remember, digests cover and edits are found in.

Amounts are plain decimal strings without trailing zeros, so ``12000`` equals ``12000.00``; dates are ISO strings;
references stay keys, names stay names. What the importer adds by itself (the reference that defaults to the key, the
defaults of the kind) is said as well, so that writing it out later is no edit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from importer.kinds import KINDS
from importer.manifest.typed import written_as
from importer.model import Change, Document, Typed


def said(document: Document) -> dict[str, Any]:
    """The canonical form of ``document``, without its key and without what is sent in calls of its own.

    Raises ValueError for a document that does not conform to its schema.
    """
    return _completed(document.kind, document.key, written_as(document.kind, document.fields, canonical))


def canonical_document(kind_name: str, key: str, fields: Mapping[str, Typed]) -> dict[str, Any]:
    """``fields`` of a document, already typed, in canonical form."""
    return _completed(kind_name, key, {name: canonical(value) for name, value in fields.items()})


def _completed(kind_name: str, key: str, result: dict[str, Any]) -> dict[str, Any]:
    """``result`` with what the importer adds, and without what the document does not say of itself."""
    kind = KINDS[kind_name]
    result.pop("key", None)
    if kind.settles is not None and not kind.settles.in_body:
        result.pop(kind.settles.field, None)
    for name, value in kind.defaults.items():
        result.setdefault(name, value)
    if kind.reference_field:
        result.setdefault(kind.reference_field, key)
    return result


def canonical(value: Typed) -> Any:
    """One typed value in canonical form."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, Decimal | int):
        return plain(Decimal(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: canonical(inner) for name, inner in value.items()}
    return [canonical(inner) for inner in value]


def plain(number: Decimal) -> str:
    """``number`` in plain digits without trailing zeros: never an exponent, never ``-0``."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of a canonical form, in hexadecimal; independent of the order of fields."""
    text = json.dumps(dict(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that ``after`` gives and ``before`` says otherwise. A field no longer given is no change."""
    return tuple(_changes(before, after, ""))


def _changes(before: Any, after: Any, path: str) -> Iterator[Change]:
    if isinstance(after, Mapping) and isinstance(before, Mapping):
        for name, value in after.items():
            yield from _changes(before.get(name), value, f"{path}.{name}" if path else name)
    elif isinstance(after, list) and isinstance(before, list):
        for position in range(max(len(before), len(after))):
            old = before[position] if position < len(before) else None
            new = after[position] if position < len(after) else None
            yield from _changes(old, new, f"{path}[{position}]")
    elif before != after:
        yield Change(path, before, after)
