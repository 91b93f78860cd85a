"""The loop: units leave as the queue allows, their outcomes are taken in, and a stop ends it cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from importer.apply.bulk import create_many
from importer.apply.conflicts import held_back
from importer.apply.context import Context
from importer.apply.create import create
from importer.apply.failures import behind_doubt, cut_off, failed, kind_stopped, not_reached, of_conflict, skipped
from importer.apply.known_rows import remember_found
from importer.apply.queue import Queue, Unit
from importer.apply.settlement import settle_target
from importer.apply.update import update
from importer.errors import Refused, TokenRejected
from importer.kinds import KINDS
from importer.model import Action, StepId
from importer.outcome import DOUBTFUL, Failure, Outcome, Report, Status
from importer.plan.value import Plan, Step

SENT = (Action.CREATE, Action.UPDATE, Action.APPROVE, Action.APPLY)
NOT_SENT: Final = "not-sent"  # of a call whose connection was never made, after all its tries
MOST_UNREACHED: Final = 3
Progress = Callable[[Sequence[Outcome], int], None]  # new outcomes, and how many steps are still open


class Run:
    """One apply. ``stop`` may be called from a signal handler."""

    def __init__(
        self,
        context: Context,
        plan: Plan,
        progress: Progress,
        in_flight: int = 16,
        *,
        skip_conflicts: bool = False,
    ) -> None:
        """With ``skip_conflicts`` all is done that no conflict holds back; without, the plan must hold none."""
        self._context = context
        self._plan = plan
        self._progress = progress
        self._in_flight = in_flight
        self._held_back = held_back(plan.steps) if skip_conflicts else {}
        sent = [step for step in plan.steps if step.action in SENT and step.id not in self._held_back]
        self._queue = Queue(sent, context.bindings.ids)
        self._tasks: dict[asyncio.Task[list[Outcome]], Unit] = {}
        self._report = Report(unchanged=plan.unchanged)
        self._asked_to_stop = False
        self._unreached = 0  # calls in a row that found no server

    def stop(self) -> None:
        """Let nothing new leave. A second call gives up what is under way as well; its intents stay open."""
        self._halt(hard=self._asked_to_stop)
        self._asked_to_stop = True

    def _halt(self, *, hard: bool = False) -> None:
        self._context.stopped.set()
        spared = {asyncio.current_task()} if hard else {asyncio.current_task(), *self._context.left}
        for task in self._tasks.keys() - spared:
            task.cancel()

    async def carry_out(self) -> Report:
        """Do all that can be done. Raises Refused when the state fails before anything is sent."""
        self._take_in(remember_found(self._context, self._plan.steps))
        self._take_in(_pending(self._plan.steps))
        self._take_in(list(_held_back(self._plan.steps, self._held_back)))
        try:
            while True:
                self._launch()
                if not self._tasks:
                    break
                over, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                # In the order in which they left: a set has none, and two runs would differ.
                for task in [task for task in self._tasks if task in over]:
                    self._end(task)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._give_up()
        return self._report

    def _launch(self) -> None:
        while not self._context.stopping and len(self._tasks) < self._in_flight:
            unit = self._queue.take()
            if unit is None:
                return
            self._tasks[asyncio.create_task(self._carry_out(unit))] = unit

    async def _carry_out(self, unit: Unit) -> list[Outcome]:
        try:
            return await _unit(self._context, unit)
        except TokenRejected as error:
            failure = Failure(error.code, f"{error.message} No further call can succeed.", help=error.help)
            self._report.broken = failure
            self._halt()
            return [self._done_or(step, failure) for step in unit]
        except Refused as error:
            # The state has failed. What has left is waited for all the same: cutting it off would not undo it.
            self._report.broken = Failure(error.code, error.message, help=error.help)
            self._halt()
            return [failed(step, self._not_remembered(step, error)) for step in unit]
        except asyncio.CancelledError:
            if not self._context.under_way:
                raise
            return [self._done_or(step, cut_off(step)) for step in unit]
        finally:
            self._context.over()

    def _not_remembered(self, step: Step, error: Refused) -> Failure:
        if not self._context.under_way:
            return Failure(error.code, error.message, place=step.place, help=error.help)
        return Failure(
            "not-remembered",
            f"{error.message} It may have been booked; its intent is open.",
            place=step.place,
            help="Mend the state's disk, and run apply again: it looks in the books first.",
        )

    def _done_or(self, step: Step, failure: Failure) -> Outcome:
        """The outcome of a step whose unit has ended early; what of it is remembered has been done."""
        receipt = self._context.store.receipt(*step.id)
        if receipt is None or receipt.run != self._context.run or receipt.difference:
            return failed(step, failure)
        return Outcome(step.id, Status.CREATED, receipt.remote_id, step.place)

    def _end(self, task: asyncio.Task[list[Outcome]]) -> None:
        unit = self._tasks.pop(task)
        if task.cancelled():
            return  # it never left: its steps stay open in the queue
        outcomes = task.result()
        bad = [outcome.id for outcome in outcomes if outcome.status in (Status.FAILED, Status.SKIPPED)]
        self._count_unreached(outcomes)
        in_doubt = any(outcome.failure is not None and outcome.failure.code in DOUBTFUL for outcome in outcomes)
        followers = self._queue.done(unit, bad, in_doubt=in_doubt)
        self._take_in([*outcomes, *self._skipped(followers)])
        for kind in {outcome.id.kind for outcome in outcomes if outcome.stops_kind}:
            self._stop_kind(kind)

    def _count_unreached(self, outcomes: Sequence[Outcome]) -> None:
        """End the run when one call after the other finds no server, each having been tried for a while."""
        unreached = all(one.failure is not None and one.failure.code == NOT_SENT for one in outcomes)
        self._unreached = self._unreached + 1 if unreached else 0
        if self._unreached >= MOST_UNREACHED and not self._context.stopping:
            self._report.broken = Failure(
                "no-server", "FinzBooks does not answer any more.", help="Run apply again to go on where it stopped."
            )
            self._halt()

    def _stop_kind(self, kind: str) -> None:
        stopped = self._queue.stop(kind)
        followers = self._queue.drop(stopped)
        gone = {one for one, _ in followers}
        own = [kind_stopped(self._queue.step(one)) for one in stopped if one not in gone]
        self._take_in([*own, *self._skipped(followers)])

    def _skipped(self, pairs: Iterable[tuple[StepId, StepId]]) -> list[Outcome]:
        return [
            skipped(self._queue.step(one), "needs-failed", f"Not sent: it needs {because}, which was not done.")
            for one, because in pairs
        ]

    def _give_up(self) -> None:
        """What is still open was not sent: the run was stopped, or what it would touch is held by a step in doubt."""
        self._report.interrupted = self._asked_to_stop and self._report.broken is None
        outcomes = []
        for one in self._queue.open_steps():
            step = self._queue.step(one)
            doubtful = None if self._context.stopping else self._queue.behind(one)
            outcomes.append(not_reached(step) if doubtful is None else behind_doubt(step, doubtful))
        self._take_in(outcomes)

    def _take_in(self, outcomes: Sequence[Outcome]) -> None:
        self._report.outcomes.extend(outcomes)
        if outcomes:
            self._progress(outcomes, self._queue.left)


def _held_back(steps: Sequence[Step], reasons: Mapping[StepId, StepId]) -> Iterator[Outcome]:
    for step in steps:
        if step.id not in reasons:
            continue
        if step.action is Action.CONFLICT:
            yield of_conflict(step)
        elif step.action in SENT:
            yield skipped(step, "needs-conflict", f"Not sent: {reasons[step.id]} is in conflict, or waits for one.")


def not_begun(plan: Plan) -> Report:
    """How a run ends whose plan holds conflicts: nothing was sent."""
    outcomes = []
    for step in plan.steps:
        if step.action is Action.CONFLICT:
            outcomes.append(of_conflict(step))
        elif step.action in (*SENT, Action.ADOPT, Action.SETTLE):
            outcomes.append(skipped(step, "plan-conflicts", "Not sent: the plan holds conflicts."))
    return Report([*outcomes, *_pending(plan.steps)], unchanged=plan.unchanged)


def _pending(steps: Sequence[Step]) -> list[Outcome]:
    return [
        Outcome(
            step.id,
            Status.SKIPPED,
            step.remote_id,
            step.place,
            Failure(step.code, step.reason, place=step.place, help=step.help),
        )
        for step in steps
        if step.action is Action.PENDING
    ]


async def _unit(context: Context, unit: Unit) -> list[Outcome]:
    step = unit[0]
    bulk = KINDS[step.id.kind].bulk
    if len(unit) > 1 and bulk is not None:
        return await create_many(context, unit, bulk)
    if step.action is Action.CREATE:
        return [await create(context, step)]
    if step.action in (Action.UPDATE, Action.APPROVE):
        return [await update(context, step)]
    return [await settle_target(context, step)]
