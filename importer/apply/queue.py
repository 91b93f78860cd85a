"""What may be sent next. Pure: no clock, no network; the loop asks, and tells how each unit ended."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from importer.kinds import KINDS
from importer.model import Action, StepId
from importer.plan.value import Step

Unit = tuple[Step, ...]  # steps that go out in one call; more than one only where the API takes several


class LaneKey(NamedTuple):
    action: Action
    kind: str


@dataclass(slots=True)
class Lane:
    """The steps of one action on one kind. Its first call returns before its second leaves."""

    size: int  # the most steps of one call
    ready: deque[StepId] = field(default_factory=deque)
    waiting: int = 0
    in_flight: int = 0
    proven: bool = False


class Queue:
    """Steps in the order of their needs; a failed one takes only those along that need it."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = {step.id: step for step in steps}
        self._lanes: dict[LaneKey, Lane] = {}
        self._blockers: dict[StepId, int] = {}
        self._followers: dict[StepId, list[tuple[StepId, bool]]] = defaultdict(list)
        self._open = set(self._steps)
        self._held: set[str] = set()
        self._units = 0
        for step in steps:
            self._enter(step)

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
        else:
            lane.ready.append(step.id)

    def _lane(self, step: Step) -> Lane:
        key = LaneKey(step.action, step.id.kind)
        if key not in self._lanes:
            bulk = KINDS[step.id.kind].bulk
            size = bulk.size if bulk is not None and step.action is Action.CREATE else 1
            self._lanes[key] = Lane(size)
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
            self._held |= locks(unit)
        return unit

    def _next(self, *, partial: bool) -> Unit | None:
        for lane in self._lanes.values():
            if lane.in_flight and not lane.proven:
                continue
            if len(lane.ready) < lane.size and lane.waiting and not partial:
                continue
            unit = self._from(lane)
            if unit:
                return unit
        return None

    def _from(self, lane: Lane) -> Unit:
        taken: list[Step] = []
        passed: list[StepId] = []
        while lane.ready and len(taken) < lane.size:
            step = self._steps[lane.ready.popleft()]
            if locks((step,)) & self._held:
                passed.append(step.id)
                continue
            taken.append(step)
        lane.ready.extendleft(reversed(passed))
        return tuple(taken)

    def done(self, unit: Unit, failed: Iterable[StepId] = ()) -> list[tuple[StepId, StepId]]:
        """Take back ``unit``. Returns what can no longer be done because of the failed ones: (skipped, because of)."""
        lane = self._lane(unit[0])
        lane.in_flight -= 1
        lane.proven = True
        self._units -= 1
        self._held -= locks(unit)
        bad = set(failed)
        skipped: list[tuple[StepId, StepId]] = []
        for step in unit:
            self._close(step.id, step.id in bad, skipped)
        return skipped

    def stop(self, kind: str) -> list[StepId]:
        """Give up what is not yet sent of ``kind``. Returns it; what depends on it must be told with ``drop``."""
        stopped = [one for key, lane in self._lanes.items() if key.kind == kind for one in lane.ready]
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
        elif one in lane.ready:
            lane.ready.remove(one)

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
                        lane.ready.append(follower)

    @property
    def left(self) -> int:
        """Steps that are neither over nor given up."""
        return len(self._open)

    def open_steps(self) -> tuple[StepId, ...]:
        """What was neither done nor given up, in the order of the plan."""
        return tuple(one for one in self._steps if one in self._open)

    def step(self, one: StepId) -> Step:
        return self._steps[one]


def locks(unit: Unit) -> set[str]:
    """What only one call at a time may touch: the document an application belongs to, and the one it lowers."""
    held = set()
    for step in unit:
        if step.entry is not None:
            held.add(f"owner {step.id.kind}/{step.id.key}")
            held.add(f"target {step.entry.target_key or step.entry.target_id}")
    return held
