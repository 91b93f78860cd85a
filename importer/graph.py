"""References -> an order in which every document comes after what it needs, or the loops that forbid one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from importer.model import Ref


@dataclass(frozen=True, slots=True)
class Order:
    """What can be ordered, and what cannot.

    ``sequence`` leaves out the documents of a loop, and those that need one of them, for they can never run.
    ``cycles`` holds one loop for each knot of documents that need each other, each document followed by one
    that it needs, the first repeated at the end.
    """

    sequence: tuple[Ref, ...]
    cycles: tuple[tuple[Ref, ...], ...] = ()


def order(nodes: Sequence[Ref], edges: Mapping[Ref, Sequence[Ref]]) -> Order:
    """Sort ``nodes`` so that each comes after all that ``edges`` says it needs.

    First what needs nothing, then what needs only that, and so on; within each such level in the order of
    ``nodes``, so two runs agree. What is needed but not among the nodes is taken to be there already. Time and
    memory are linear in nodes and edges.
    """
    index = {ref: at for at, ref in enumerate(dict.fromkeys(nodes))}
    names = tuple(index)
    needs = [[index[need] for need in edges.get(ref, ()) if need in index] for ref in names]
    levels = _levels(needs)
    buckets: list[list[Ref]] = [[] for _ in range(max(levels, default=-1) + 1)]
    for at, level in enumerate(levels):
        if level >= 0:
            buckets[level].append(names[at])
    stuck = [at for at, level in enumerate(levels) if level < 0]
    loops = sorted(_loop(needs, knot) for knot in _knots(needs, stuck))
    return Order(
        tuple(ref for bucket in buckets for ref in bucket),
        tuple(tuple(names[at] for at in loop) for loop in loops),
    )


def _levels(needs: Sequence[Sequence[int]]) -> list[int]:
    """How many steps each node stands above those that need nothing; -1 where a loop is in the way (Kahn)."""
    users: list[list[int]] = [[] for _ in needs]
    for at, wanted in enumerate(needs):
        for need in wanted:
            users[need].append(at)
    waiting = [len(wanted) for wanted in needs]
    above = [0] * len(needs)
    levels = [-1] * len(needs)
    ready = deque(at for at, count in enumerate(waiting) if count == 0)
    while ready:
        at = ready.popleft()
        levels[at] = above[at]
        for user in users[at]:
            waiting[user] -= 1
            above[user] = max(above[user], above[at] + 1)
            if waiting[user] == 0:
                ready.append(user)
    return levels


def _knots(needs: Sequence[Sequence[int]], stuck: Sequence[int]) -> Iterator[set[int]]:
    """The strongly connected components of the stuck nodes that hold a loop (Tarjan, without recursion)."""
    inside = set(stuck)
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in stuck:
        if root in number:
            continue
        work: list[tuple[int, Iterator[int]]] = []
        entered: int | None = root
        while entered is not None or work:
            if entered is not None:
                number[entered] = low[entered] = len(number)
                path.append(entered)
                on_path.add(entered)
                work.append((entered, iter(needs[entered])))
            at, rest = work[-1]
            entered = None
            for need in rest:
                if need in inside and need not in number:
                    entered = need
                    break
                if need in on_path:
                    low[at] = min(low[at], number[need])
            if entered is not None:
                continue
            work.pop()
            if work:
                below = work[-1][0]
                low[below] = min(low[below], low[at])
            if low[at] == number[at]:
                knot = _cut(path, at)
                on_path -= knot
                if len(knot) > 1 or at in needs[at]:
                    yield knot


def _cut(path: list[int], root: int) -> set[int]:
    """Take everything from ``root`` onward off ``path``."""
    knot: set[int] = set()
    while root not in knot:
        knot.add(path.pop())
    return knot


def _loop(needs: Sequence[Sequence[int]], knot: set[int]) -> tuple[int, ...]:
    """A shortest way from the first node of ``knot`` back to itself."""
    start = min(knot)
    came_from: dict[int, int] = {}
    queue = deque((start,))
    while start not in came_from:  # a knot always leads back, so the queue cannot run dry before that
        at = queue.popleft()
        for need in needs[at]:
            if need in knot and need not in came_from:
                came_from[need] = at
                queue.append(need)
    back = [start, came_from[start]]
    while back[-1] != start:
        back.append(came_from[back[-1]])
    return tuple(reversed(back))
