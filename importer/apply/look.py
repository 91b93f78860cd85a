"""Looking for what a lost call may have left in the books, and believing an answer only if it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from importer.apply.context import Context
from importer.apply.deliver import Unsettled
from importer.apply.survey import fetch, find
from importer.delivery.natural import Match, Wanted, dead
from importer.delivery.remote import text
from importer.errors import ApiError, Rejected
from importer.kinds import KINDS, Kind
from importer.model import Intent, StepId
from importer.plan.value import Step

# Clocks of one server may differ a little between its machines; naive times are read as UTC (design, section 6).
REPLAY_SLACK: Final = timedelta(seconds=5)
GONE: Final = "not_found.resource"  # fact sheet, section 5


async def look(
    context: Context, steps: Sequence[Step], bodies: Mapping[StepId, Mapping[str, Any]]
) -> Mapping[StepId, Match]:
    """What the books hold of ``steps`` now, by step id. Mere likenesses are not looked at: the call was ours.

    Nor is what was voided: a call that may have been done just now did not bring that.
    """
    kind = KINDS[steps[0].id.kind]
    wanted = []
    for step in steps:
        if step.document is not None:
            wanted.append(Wanted(step.document.ref, bodies[step.id], context.expected(step.document)))
    found = await find(context.client, kind, wanted, context.claimed)
    return {step.id: _alive(kind, found[step.document.ref]) for step in steps if step.document is not None}


def _alive(kind: Kind, match: Match) -> Match:
    return replace(match, rows=tuple(row for row in match.rows if not dead(kind, row)))


def is_replay(row: Mapping[str, Any], intent: Intent) -> bool:
    """Whether an answer speaks of something older than the call: the server remembered an earlier one."""
    try:
        created = datetime.fromisoformat(text(row.get("created_time")))
    except ValueError:
        return False
    if created.tzinfo is None:
        created = created.replace(tzinfo=UTC)
    return created < datetime.fromisoformat(intent.server_time) - REPLAY_SLACK


async def believed(context: Context, kind: Kind, row: dict[str, Any], intent: Intent) -> dict[str, Any] | None:
    """``row`` itself when it is fresh; read back when it is a replay, and None when it is no longer there, or voided.

    Raises Unsettled when it cannot be read back.
    """
    if is_replay(row, intent):
        try:
            row = dict(await fetch(context.client, kind, text(row.get(kind.id_field))))
        except ApiError as error:
            # The API's own word for it, not the 404 of a proxy on the way.
            if isinstance(error, Rejected) and error.code == GONE:
                return None
            raise Unsettled(intent, error) from error
    return None if dead(kind, row) else row
