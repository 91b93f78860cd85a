"""Sending a call of an earlier run once more, under its own key: the server answers from memory, or does it now."""

from __future__ import annotations

from collections.abc import Sequence

from importer.apply.bulk import create_many
from importer.apply.context import Context
from importer.apply.create import create
from importer.apply.open_creates import still_as_sent
from importer.delivery.settle import Fate, OpenRow, may_go_again
from importer.kinds import KINDS
from importer.model import Action, StepId
from importer.outcome import Outcome, Status
from importer.plan.value import Step

DONE = (Status.CREATED, Status.ADOPTED)


def whole_calls(context: Context, rows: Sequence[OpenRow]) -> list[Sequence[OpenRow]]:
    """The calls among ``rows``, of which the books hold nothing, that may be sent again as they were: the documents
    are as they were sent, the token is the same, and the server still remembers the key.
    """
    calls: dict[int, list[OpenRow]] = {}
    for one in rows:
        calls.setdefault(one.intent.id, []).append(one)
    now = context.client.server_now()
    return [
        call
        for call in calls.values()
        if not any(one.earlier for one in call)
        and may_go_again(call[0].intent, context.token_id, now, context.key_ttl)
        and still_as_sent(context, call)
    ]


async def send_again(context: Context, call: Sequence[OpenRow]) -> dict[StepId, tuple[Fate, Outcome]]:
    """Send the call of ``call`` again; what became of each row. Raises TokenRejected."""
    intent = call[0].intent
    steps = [step_of(one) for one in call]
    bulk = KINDS[call[0].row.kind].bulk
    if intent.operation == "bulk" and bulk is not None:
        outcomes = await create_many(context, steps, bulk, intent)
    else:
        outcomes = [await create(context, steps[0], intent)]
    still = {StepId(row.kind, row.key, row.part) for one in context.store.intents() for row in one.rows}
    return {outcome.id: (_fate(outcome, still), outcome) for outcome in outcomes}


def still_runs(outcome: Outcome) -> bool:
    """Whether the server said that it is at work on the call: then no look tells that it was not done."""
    return outcome.failure is not None and outcome.failure.code == "still-running"


def step_of(one: OpenRow) -> Step:
    """The create that ``one`` is."""
    return Step(one.id, Action.CREATE, one.document, one.place, generation=one.row.generation)


def _fate(outcome: Outcome, still_open: set[StepId]) -> Fate:
    if outcome.id in still_open:
        return Fate.OPEN
    return Fate.SETTLED if outcome.status in DONE or outcome.remote_id else Fate.NOT_DONE
