"""The state as JSON lines: the same state gives the same lines, and a change of one document changes few of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from importer.model import Intent, Receipt
from importer.state.store import Store

FORMAT: Final = "finzbooks-state"
VERSION: Final = 1
MAY_BE_LEFT_OUT: Final = ("accepted", "total")  # members of a receipt that stand in its line only where there is one

# What a line is of: its member ``type``.
RECEIPT: Final = "receipt"
INTENT: Final = "intent"
GENERATION: Final = "generation"
PLAN: Final = "plan"


def lines(store: Store) -> Iterator[str]:
    """The lines of an export, without line ends, each a JSON object that UTF-8 can hold.

    First a header; then by ``type``: receipts sorted by kind, key and part, open intents oldest first, the generations
    above 0 in the order of receipts, and saved plans sorted by id. An intent keeps its body, which a later replay
    needs, but not its id, which means something in its own file alone; a token is in none of this. Raises Refused as
    the store does. ``importer.state.importing`` reads it back.
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
        without = [name for name in MAY_BE_LEFT_OUT if not getattr(receipt, name)]
        yield _line({"type": RECEIPT, **_members(receipt, without=without)})
    for intent in store.intents():
        rows = [row._asdict() for row in intent.rows]
        yield _line({"type": INTENT, **_members(intent, without=("id",)), "rows": rows})
    for (kind, key, part), generation in sorted(store.generations().items()):
        yield _line({"type": GENERATION, "kind": kind, "key": key, "part": part, "generation": generation})
    for plan, progress in sorted(store.plans().items()):
        yield _line({"type": PLAN, "id": plan, "serial": progress.serial, "done": progress.done})


def _members(value: Receipt | Intent, without: Collection[str]) -> dict[str, Any]:
    """The fields in the order of their declaration, which is the order of the line."""
    names = (field.name for field in fields(value) if field.name not in without)
    return {name: _sorted(getattr(value, name)) for name in names}


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
