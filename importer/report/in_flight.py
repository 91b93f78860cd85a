"""What earlier runs had sent, or were about to send, when they were cut off: told before it is settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from importer.kinds import KINDS
from importer.model import Intent, IntentRow
from importer.report.step import INDENT, wrapped
from importer.report.style import count

MOST_CALLS: Final = 12
MOST_KEYS: Final = 4  # of one call
CALLS: Final = {
    "create": "create",
    "bulk": "create",
    "update": "update",
    "approve": "posting",
    "apply": "application",
}


def in_flight_lines(intents: Sequence[Intent], *, details: bool = False) -> Iterator[str]:
    """Each call by what it was to do, to which documents and when; then who settles it. Not all of many calls."""
    if not intents:
        return
    one, answers = len(intents) == 1, "answer" if len(intents) == 1 else "answers"
    yield f"A run was cut off before the {answers} of {count(len(intents), 'call')} came:"
    shown = intents if details else intents[:MOST_CALLS]
    for intent in shown:
        yield from wrapped(f"{_words(intent, details)}, begun {intent.server_time}", INDENT, "  - ")
    if len(shown) < len(intents):
        yield f"  ... and {len(intents) - len(shown):,} more (-v shows all)"
    yield from wrapped(
        f"The next apply first finds out what became of {'it' if one else 'them'}, and goes on from there. "
        "To have only that done, and nothing sent: finz-import recover",
        "  ",
    )


def _words(intent: Intent, details: bool) -> str:
    what = CALLS.get(intent.operation, "call")
    names = [_name(row) for row in intent.rows]
    if len(names) == 1:
        return f"{what} of {KINDS[intent.rows[0].kind].label} {names[0]}"
    number = count(len(names), KINDS[intent.rows[0].kind].label) if names else "nothing"
    listed = names if details or len(names) <= MOST_KEYS else [*names[: MOST_KEYS - 1], "...", names[-1]]
    return f"{what} of {number} in one call ({', '.join(listed)})"


def _name(row: IntentRow) -> str:
    return row.key + (f" to {row.part}" if row.part else "")


def in_flight_value(intents: Sequence[Intent]) -> list[dict[str, Any]]:
    """For machines: one object per call, with all that it was for."""
    return [
        {
            "operation": one.operation,
            "sent": one.server_time,
            "documents": [
                {"kind": row.kind, "key": row.key} | ({"part": row.part} if row.part else {}) for row in one.rows
            ],
        }
        for one in intents
    ]
