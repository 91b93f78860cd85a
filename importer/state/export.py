"""The state as JSON lines: the same state gives the same lines, and a change of one document changes few of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from importer.model import Intent, Receipt
from importer.state.store import Store

FORMAT: Final = "finzbooks-state"
VERSION: Final = 1


def lines(store: Store) -> Iterator[str]:
    """The lines of an export, without line ends, each a JSON object that UTF-8 can hold.

    First a header; then by ``type``: receipts sorted by kind, key and part, open intents oldest first, and the
    generations above 0 in the order of receipts. An intent keeps its body, which a later replay needs; a token is in
    none of this. Raises Refused as the store does.
    """
    yield _line(
        {
            "format": FORMAT,
            "version": VERSION,
            "org_id": store.org_id,
            "lineage": store.lineage,
            "serial": store.serial,
        }
    )
    for receipt in store.receipts():
        yield _line({"type": "receipt", **_members(receipt), "said": _sorted(receipt.said)})
    for intent in store.intents():
        rows = [row._asdict() for row in intent.rows]
        yield _line({"type": "intent", **_members(intent), "rows": rows, "before": _sorted(intent.before)})
    for (kind, key, part), generation in sorted(store.generations().items()):
        yield _line({"type": "generation", "kind": kind, "key": key, "part": part, "generation": generation})


def _members(value: Receipt | Intent) -> dict[str, Any]:
    """The fields in the order of their declaration, which is the order of the line."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value


def _line(members: Mapping[str, Any]) -> str:
    text = json.dumps(members, ensure_ascii=False, allow_nan=False)
    # A lone surrogate, which only a string can hold, becomes the JSON escape of itself.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
