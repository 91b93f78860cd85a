"""What may be sent next. Pure: no clock, no network; the loop asks, and tells how each unit ended."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from importer.kinds import KINDS
from importer.model import Action, Ref, StepId
from importer.plan.entries import Target, entries_of, targets_of
from importer.plan.value import Entry, Step

Unit = tuple[Step, ...]  # steps that go out in one call; more than one only where the API takes several
NO_IDS: Final[Mapping[Ref, str]] = MappingProxyType({})


class LaneKey(NamedTuple):
    action: Action
    kind: str


@dataclass(slots=True)
class Lane:
    """The steps of one action on one kind. Until one of them has succeeded, one call at a time leaves.

    A lane ``in_order`` creates what FinzBooks numbers: it leaves in the order of the plan, and not before all of it
    may, so that numbers run with the files and not with the chance of which customer was booked first.
    """

    size: int  # the most steps of one call
    in_order: bool
    ready: list[tuple[int, int, StepId]] = field(default_factory=list)  # a heap: see Queue._entry
    waiting: int = 0
    in_flight: int = 0
    proven: bool = False  # the books have agreed with a step of it


class Queue:
    """Steps in the order of their needs; a failed one takes only those along that need it.

    ``ids`` are the remote ids of documents as far as they are known; it may grow while the queue is used.
    """

    def __init__(self, steps: Sequence[Step], ids: Mapping[Ref, str] = NO_IDS) -> None:
        self._steps = {step.id: step for step in steps}
        self._places = {one: place for place, one in enumerate(self._steps)}
        self._lanes: dict[LaneKey, Lane] = {}
        self._blockers: dict[StepId, int] = {}
        self._followers: dict[StepId, list[tuple[StepId, bool]]] = defaultdict(list)
        self._open = set(self._steps)
        self._locks = Locks(ids)
        self._held: set[Target] = set()
        self._holds: dict[StepId, set[Target]] = {}  # by the first step of each unit under way
        self._doubtful: dict[Target, StepId] = {}  # what stays held, and because of which step
        self._units = 0
        for step in steps:
            self._enter(step)
        self._depths = self._counted_depths()
        for step in steps:
            if not self._blockers[step.id]:
                self._make_ready(self._lane(step), step.id)

    def _counted_depths(self) -> dict[StepId, int]:
        """How many calls behind each other still follow on each step: a window would stand open for the last of them.

        What follows on a step comes later in the plan, so that one pass from its end knows them all.
        """
        depths: dict[StepId, int] = {}
        for one in reversed(self._steps):
            depths[one] = 1 + max((depths.get(follower, 0) for follower, _ in self._followers.get(one, ())), default=0)
        return depths

    def _entry(self, lane: Lane, one: StepId) -> tuple[int, int, StepId]:
        """What unlocks most comes first, and else what comes first in the plan. What is numbered keeps its order."""
        return (0 if lane.in_order else -self._depths[one], self._places[one], one)

    def _enter(self, step: Step) -> None:
        lane = self._lane(step)
        blockers = 0
        for needed, strict in (*((need, True) for need in step.needs), *((need, False) for need in step.after)):
            if needed in self._open:
                self._followers[needed].append((step.id, strict))
                blockers += 1
        self._blockers[step.id] = blockers
        if blockers:
            lane.waiting += 1

    def _make_ready(self, lane: Lane, one: StepId) -> None:
        heapq.heappush(lane.ready, self._entry(lane, one))

    def _lane(self, step: Step) -> Lane:
        key = LaneKey(step.action, step.id.kind)
        if key not in self._lanes:
            kind, creates = KINDS[step.id.kind], step.action is Action.CREATE
            size = kind.bulk.size if kind.bulk is not None and creates else 1
            self._lanes[key] = Lane(size, in_order=creates and bool(kind.number_field))
        return self._lanes[key]

    def take(self) -> Unit | None:
        """The next unit that may leave now, or None: wait for one in flight, or there is nothing left."""
        unit = self._next(partial=False)
        if unit is None and not self._units:
            # Nothing will come that could fill a batch before one that is not full has left.
            unit = self._next(partial=True)
        if unit is not None:
            self._lane(unit[0]).in_flight += 1
            self._units += 1
            # Kept for the giving back: an id may become known while the unit is under way.
            self._holds[unit[0].id] = self._locks.of(unit)
            self._held |= self._holds[unit[0].id]
        return unit

    def _next(self, *, partial: bool) -> Unit | None:
        for lane in self._lanes.values():
            if lane.in_flight and not lane.proven:
                continue
            if lane.waiting and not partial and (lane.in_order or len(lane.ready) < lane.size):
                continue
            unit = self._from(lane)
            if unit:
                return unit
        return None

    def _from(self, lane: Lane) -> Unit:
        taken: list[Step] = []
        passed: list[StepId] = []
        while lane.ready and len(taken) < lane.size:
            step = self._steps[heapq.heappop(lane.ready)[-1]]
            if self._locks.of((step,)) & self._held:
                passed.append(step.id)
                continue
            taken.append(step)
        for one in passed:
            self._make_ready(lane, one)
        return tuple(taken)

    def done(self, unit: Unit, failed: Iterable[StepId] = (), *, in_doubt: bool = False) -> list[tuple[StepId, StepId]]:
        """Take back ``unit``. Returns what can no longer be done because of the failed ones: (skipped, because of).

        What a unit ``in_doubt`` may have settled stays taken: its outcome is told from balances that nothing else may
        move until then.
        """
        lane = self._lane(unit[0])
        lane.in_flight -= 1
        self._units -= 1
        holds = self._holds.pop(unit[0].id)
        if in_doubt:
            self._doubtful.update(dict.fromkeys(holds, unit[0].id))
        else:
            self._held -= holds
        bad = set(failed)
        # A refusal says nothing of how the server computes: only what was compared and agreed does.
        lane.proven = lane.proven or any(step.id not in bad for step in unit)
        skipped: list[tuple[StepId, StepId]] = []
        for step in unit:
            self._close(step.id, step.id in bad, skipped)
        return skipped

    def stop(self, kind: str) -> list[StepId]:
        """Give up what is not yet sent of ``kind``. Returns it; what depends on it must be told with ``drop``."""
        stopped = [one for key, lane in self._lanes.items() if key.kind == kind for *_, one in sorted(lane.ready)]
        waiting = [one for one in self._open if one.kind == kind and self._blockers[one]]
        return [*stopped, *waiting]

    def drop(self, steps: Iterable[StepId]) -> list[tuple[StepId, StepId]]:
        """Take out steps that were not sent, and what needs them."""
        skipped: list[tuple[StepId, StepId]] = []
        for one in steps:
            if one in self._open:
                self._remove(one)
                self._close(one, True, skipped)
        return skipped

    def _remove(self, one: StepId) -> None:
        lane = self._lane(self._steps[one])
        if self._blockers[one]:
            lane.waiting -= 1
            self._blockers[one] = 0
        elif (entry := self._entry(lane, one)) in lane.ready:
            lane.ready.remove(entry)
            heapq.heapify(lane.ready)

    def _close(self, over: StepId, failed: bool, skipped: list[tuple[StepId, StepId]]) -> None:
        self._open.discard(over)
        stack = [(over, failed)]
        while stack:
            one, bad = stack.pop()
            for follower, strict in self._followers.pop(one, ()):
                if follower not in self._open:
                    continue
                if bad and strict:
                    self._remove(follower)
                    self._open.discard(follower)
                    skipped.append((follower, one))
                    stack.append((follower, True))
                elif self._blockers[follower]:
                    self._blockers[follower] -= 1
                    if not self._blockers[follower]:
                        lane = self._lane(self._steps[follower])
                        lane.waiting -= 1
                        self._make_ready(lane, follower)

    @property
    def left(self) -> int:
        """Steps that are neither over nor given up."""
        return len(self._open)

    def open_steps(self) -> tuple[StepId, ...]:
        """What was neither done nor given up, in the order of the plan."""
        return tuple(one for one in self._steps if one in self._open)

    def behind(self, one: StepId) -> StepId | None:
        """The step in doubt, the first in the plan, that holds what ``one`` would touch; None if there is none."""
        if not self._doubtful:
            return None
        found = {self._doubtful[held] for held in self._locks.of((self._steps[one],)) if held in self._doubtful}
        return min(found, key=self._places.__getitem__, default=None)

    def step(self, one: StepId) -> Step:
        return self._steps[one]


class Locks:
    """What only one call at a time may touch: documents that are settled, and the one that an application belongs to.

    A lost answer of an application is told from their balances, which nothing else may move meanwhile.
    """

    def __init__(self, ids: Mapping[Ref, str] = NO_IDS) -> None:
        self._ids = ids
        self._settled: dict[StepId, tuple[Entry, ...]] = {}

    def of(self, unit: Unit) -> set[Target]:
        """The documents that ``unit`` touches, each under all the names that are known of it by now."""
        held: set[Target] = set()
        for step in unit:
            settles = KINDS[step.id.kind].settles
            if settles is None:
                continue
            if step.id not in self._settled:
                self._settled[step.id] = settled(step)
            for entry in self._settled[step.id]:
                held.update(targets_of(settles, entry, lambda ref: self._ids.get(ref, "")))
            if step.entry is not None:
                held.add(Target(step.id.kind, "key", step.id.key))
        return held


def settled(step: Step) -> tuple[Entry, ...]:
    """What carrying out ``step`` settles: its one application, or all that stands in the body of its create."""
    if step.entry is not None:
        return (step.entry,)
    settles = KINDS[step.id.kind].settles
    if settles is None or not settles.in_body or step.document is None or step.action is not Action.CREATE:
        return ()
    return tuple(entry for _, entry in entries_of(step.document, settles))
