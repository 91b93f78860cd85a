"""Settling open intents, and nothing else: looks into the books, calls sent again under their own keys, receipts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

from importer.apply.again import send_again, step_of, still_runs, whole_calls
from importer.apply.at_work import asked_again
from importer.apply.bulk import SLACK
from importer.apply.context import Context
from importer.apply.deliver import Unsettled
from importer.apply.failures import of_unsettled
from importer.apply.open_changes import look_at_application, look_at_change
from importer.apply.open_creates import look_at_creates
from importer.delivery.settle import LOOKS, Fate, OpenRow, Recovered, Recovery, Scope, Sight, fate, open_rows
from importer.errors import ApiError, Refused
from importer.kinds import KINDS
from importer.model import CREATES, Document, StepId
from importer.outcome import Outcome
from importer.plan.edits import EDITS
from importer.plan.ways_out import command

Waiting = Callable[[int, float], None]  # told how many are looked for again, and in how many seconds

NOT_THERE: Final = "Looked at twice, further apart than a call may take: it is closed as not done."
SENT_AGAIN: Final = "The books showed nothing of it, and it was sent again under its own key."
AS_OPEN: Final = "It was not settled: this run ended before it was looked at as often as it has to be."


async def recover(
    context: Context,
    documents: Mapping[tuple[str, str], Document],
    waiting: Waiting,
    *,
    sends: bool = False,
    scope: Scope | None = None,
) -> Recovery:
    """Settle what is open in the store of ``context``; ``documents`` are the entries of the given files, by kind, key.

    What is not in ``scope`` is left alone, where one is given.
    With ``sends``, calls that the first look shows nothing of go out again, where the server still knows their keys.
    For what is left, two looks, further apart than the client's time-out, with one pause for all. What is known is
    remembered at once: who interrupts it loses nothing. Errors of the API and of the state stand in the result.
    """
    rows = open_rows(context.store.intents(), documents)
    if scope is not None:
        rows = [one for one in rows if scope.settles(one.intent)]
    looks = Looks(context, rows)
    interrupted, broken = False, None
    try:
        await looks.look()
        if sends:
            await looks.send_again(scope)
        for _ in range(LOOKS):  # what was sent again in vain is looked for as often as anything else, from then on
            if looks.undecided:
                seconds = context.timeout + SLACK
                waiting(len(looks.undecided), seconds)
                await context.pause(seconds)
                if sends:
                    await looks.ask()
                await looks.look()
    except asyncio.CancelledError:  # a person does not want to wait; nothing is half done between two looks
        interrupted = True
    except (ApiError, Refused) as error:
        broken = (error.code, error.message, error.help)
    return Recovery(looks.told(), interrupted, broken, looks.sent_again)


class Looks:
    """What was seen of each open row so far, and what has followed from it."""

    def __init__(self, context: Context, rows: Sequence[OpenRow]) -> None:
        self._context = context
        self._rows = rows
        self._sights: dict[StepId, list[Sight]] = {one.id: [] for one in rows}
        self._fates: dict[StepId, Fate] = {}
        self.sent_again = 0  # calls
        self._answered: dict[StepId, Outcome] = {}  # what was sent again, and how that ended
        self._at_work: dict[int, Unsettled] = {}  # bulk calls, by intent, that the server has not said to be over

    @property
    def undecided(self) -> list[OpenRow]:
        return [one for one in self._rows if one.id not in self._fates]

    async def look(self) -> None:
        """Look once for all that is undecided. Raises ApiError, and Refused where the state fails."""
        async for one, sight in self._look(self.undecided):
            # Nothing waits between the judgement and what is made of it.
            self._sights[one.id].append(sight)
            found = fate([each.there for each in self._sights[one.id]])
            if found is Fate.NOT_DONE and one.intent.id in self._at_work:
                found = Fate.OPEN
                why = of_unsettled(step_of(one), self._at_work[one.intent.id])
                self._sights[one.id].append(Sight(None, why.message, code=why.code, help=why.help))
            if found is Fate.SETTLED and sight.receipt is not None:
                self._context.store.close_row(one.id, [sight.receipt])
            elif found in (Fate.SETTLED, Fate.NOT_DONE):
                # What is settled without a receipt was left to another document: a later one of this key is a new one.
                self._context.store.close_row(one.id, not_done=True)
            if found is not None:
                self._fates[one.id] = found

    async def send_again(self, scope: Scope | None) -> None:
        """Send whole calls of which the books show nothing once more. What stays open is looked for again, unless the
        server says that it is still at work on it. A kind that it computes otherwise is not sent on.
        """
        absent = [one for one in self.undecided if self._sights[one.id][-1].there is None]
        stopped: set[str] = set()
        for call in whole_calls(self._context, absent):
            if scope is not None and not scope.sends(call[0].intent):
                continue
            if call[0].row.kind in stopped:
                self._fates |= {one.id: Fate.OPEN for one in call}
                continue
            self.sent_again += 1
            for one, (found, outcome) in (await send_again(self._context, call)).items():
                if outcome.stops_kind:
                    stopped.add(one.kind)
                if found is not Fate.OPEN or still_runs(outcome):
                    self._fates[one], self._answered[one] = found, outcome
                else:
                    self._sights[one].clear()  # what was seen before says nothing of what was sent since

    async def ask(self) -> None:
        """Ask the server whether it is still at work on the bulk calls that are undecided. Before a look: what a call
        has done by then, that look shows.
        """
        calls = {one.intent.id: one for one in self.undecided if one.intent.operation == "bulk"}
        self._at_work = {}
        for number, one in calls.items():
            bulk = KINDS[one.row.kind].bulk
            try:
                if bulk is not None:
                    await asked_again(self._context, one.intent, bulk)
            except Unsettled as error:
                self._at_work[number] = error

    async def _look(self, rows: Sequence[OpenRow]) -> AsyncIterator[tuple[OpenRow, Sight]]:
        clear = [one for one in rows if not one.earlier or one.intent.operation in EDITS]
        for kind in KINDS.values():
            creates = [one for one in clear if one.row.kind == kind.name and one.intent.operation in CREATES]
            if creates:
                for pair in zip(creates, await look_at_creates(self._context, kind, creates), strict=True):
                    yield pair
        for one in rows:
            if one not in clear:
                yield one, _several(one)
            elif one.intent.operation in EDITS:
                yield one, await look_at_change(self._context, one)
            elif one.intent.operation not in CREATES:
                yield one, await look_at_application(self._context, one)

    def told(self) -> list[Recovered]:
        """Every row, in the order in which its call was sent."""
        return [
            _answered(one, self._fates[one.id], self._answered[one.id])
            if one.id in self._answered
            else _told(one, self._fates.get(one.id), self._sights[one.id])
            for one in self._rows
        ]


def _told(one: OpenRow, fate: Fate | None, sights: Sequence[Sight]) -> Recovered:
    last = sights[-1] if sights else Sight(False, "")
    message, code, help = last.message, last.code, last.help
    if fate is None:
        message, code, help = f"{message} {AS_OPEN}".strip(), "not-looked", "Run it again."
    elif fate is Fate.NOT_DONE:
        message = f"{message} {NOT_THERE}"
    return Recovered(
        id=one.id,
        operation=one.intent.operation,
        sent=one.intent.server_time,
        fate=fate or Fate.OPEN,
        message=message,
        remote_id=last.remote_id,
        place=one.place,
        code=code,
        help=help,
    )


def _answered(one: OpenRow, fate: Fate, outcome: Outcome) -> Recovered:
    failure = outcome.failure
    return Recovered(
        id=one.id,
        operation=one.intent.operation,
        sent=one.intent.server_time,
        fate=fate,
        message=f"{SENT_AGAIN} {failure.message if failure is not None else f'The books hold {outcome.remote_id}.'}",
        remote_id=outcome.remote_id,
        place=one.place,
        code=failure.code if failure is not None else "",
        help=failure.help if failure is not None else "",
    )


def _several(one: OpenRow) -> Sight:
    return Sight(
        False,
        "The outcome of several calls for it is not known, and the books do not tell them apart.",
        code="several-calls",
        help=f"Look for it in FinzBooks. If it is there once: {command('adopt', one.id, 'ID')}. If it is not: "
        f"{command('rm', one.id)}",
    )
