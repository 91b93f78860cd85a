"""A part of a plan that can be done alone: some documents with all that they need, or the first whole chains. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from importer.model import Action, Ref, StepId
from importer.plan.value import Step

WORK: Final = (Action.CREATE, Action.ADOPT, Action.SETTLE, Action.UPDATE, Action.APPROVE, Action.APPLY)
CLOSED: Final = (Action.UNCHANGED, Action.ORPHANED)  # nothing of a plan is left open by these

Owner = tuple[str, str]  # kind and key, as a Ref has them
Groups = Mapping[Owner, Sequence[Step]]  # each document with its applications, in the order of the plan
Edges = Mapping[Owner, Collection[Owner]]  # document -> the documents that one of its steps needs


class UnknownTarget(LookupError):
    """A document that was asked for is not among the given files. Carries its ``ref``."""

    def __init__(self, ref: Ref) -> None:
        super().__init__(str(ref))
        self.ref = ref


def narrow(steps: Sequence[Step], targets: Collection[Ref], limit: int | None) -> tuple[tuple[Step, ...], int]:
    """The steps that stay, and how many documents have something left to be done later.

    ``steps`` come in the order of their needs, unchanged ones included. ``targets`` keeps these documents with their
    applications and all that they need, and nothing else; none means all. ``limit``, 1 or more, then keeps as many
    documents that an apply would write, by whole chains: the deepest first (a payment with its invoice, contact and
    item), among equals in the order of the steps. A chain with a conflict or with something pending stays out while
    there are others, so that it does not hold them up. Where no chain is short enough, the first one is begun.
    A limit that everything fits in changes nothing.

    What a kept step needs is always kept or done already; an application whose target is neither is left for later.
    Takes time linear in steps and needs. Raises UnknownTarget, and ValueError for a limit below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError("a slice holds at least one document")
    kept = _around(steps, targets) if targets else tuple(steps)
    if limit is not None:
        kept = _first(kept, limit)
    return kept, _left_out(steps, kept)


def same_slice(steps: Sequence[Step], ids: Collection[StepId]) -> tuple[tuple[Step, ...], int]:
    """The slice that was saved as ``ids``, out of the steps of today; unchanged ones stay. Returns as ``narrow`` does.

    Narrowing again by a limit would not do: what was done meanwhile makes room for documents that nobody reviewed.
    """
    kept = tuple(step for step in steps if step.action is Action.UNCHANGED or step.id in ids)
    return kept, _left_out(steps, kept)


def _around(steps: Sequence[Step], targets: Collection[Ref]) -> tuple[Step, ...]:
    """The steps of ``targets`` and of all that they need. What has no document is in no file and thus in no slice."""
    groups = _groups(step for step in steps if step.document is not None)
    for ref in targets:
        if ref not in groups:
            raise UnknownTarget(ref)
    edges = _edges(groups, groups.keys())
    wanted: set[Owner] = set(targets)
    open_: list[Owner] = list(targets)
    while open_:
        found = [ref for ref in edges[open_.pop()] if ref not in wanted]
        wanted.update(found)
        open_.extend(found)
    return tuple(step for step in steps if _owner(step.id) in wanted)


def _first(steps: Sequence[Step], limit: int) -> tuple[Step, ...]:
    """As many whole chains of ``steps`` as ``limit`` documents allow."""
    groups = _groups(steps)
    if sum(any(step.action in WORK for step in own) for own in groups.values()) <= limit:
        return tuple(steps)
    stuck = _stuck(steps)
    pool = dict.fromkeys(
        ref for ref, own in groups.items() if any(step.action in WORK and step.id not in stuck for step in own)
    )
    if not pool:  # all that is left is held up: then what holds it up has to be seen
        pool = dict.fromkeys(ref for ref, own in groups.items() if any(step.action not in CLOSED for step in own))
    return tuple(_done_or_possible(steps, _chosen(_edges(groups, pool), limit)))


def _stuck(steps: Sequence[Step]) -> set[StepId]:
    """What an apply would not send: conflicts and pending steps, documents with a conflict, and all that need them."""
    at_odds = {_owner(step.id) for step in steps if step.action is Action.CONFLICT}
    found: set[StepId] = set()
    for step in steps:
        held_up = step.action is Action.PENDING or _owner(step.id) in at_odds
        if held_up or not found.isdisjoint(step.needs):
            found.add(step.id)
    return found


def _chosen(edges: Edges, limit: int) -> set[Owner]:
    """At most ``limit`` documents of ``edges``: whole chains, the deepest first, or the beginning of the first one."""
    needed = {need for needs in edges.values() for need in needs}
    depths = _depths(edges)
    ends = sorted((ref for ref in edges if ref not in needed), key=lambda ref: -depths[ref])
    chosen: set[Owner] = set()
    patience = len(edges)  # documents that may be visited in vain, so that the time stays linear
    for end in ends:
        room = limit - len(chosen)
        if not room or patience <= 0:
            break
        chain = _chain(end, edges, chosen, room + 1)
        if len(chain) <= room:
            chosen.update(chain)
        else:
            patience -= len(chain)
    return chosen or set(_chain(ends[0], edges, chosen, limit))


def _depths(edges: Edges) -> Mapping[Owner, int]:
    """How many documents stand below each one, on the longest way down."""
    depths: dict[Owner, int] = {}
    for ref, needs in edges.items():  # in the order of the plan: what is needed comes before
        depths[ref] = max((depths.get(need, 0) + 1 for need in needs), default=0)
    return depths


def _chain(end: Owner, edges: Edges, taken: Collection[Owner], most: int) -> list[Owner]:
    """``end`` and what it needs, ``taken`` left out, each after what it needs itself; cut off after ``most``."""
    found: list[Owner] = []
    seen = {end}
    way = [(end, iter(edges[end]))]
    while way and len(found) < most:
        ref, rest = way[-1]
        need = next((one for one in rest if one not in seen and one not in taken), None)
        if need is None:
            found.append(ref)
            way.pop()
        else:
            seen.add(need)
            way.append((need, iter(edges[need])))
    return found


def _done_or_possible(steps: Sequence[Step], chosen: Collection[Owner]) -> Iterator[Step]:
    """The steps of ``chosen`` whose needs are kept or done, and the unchanged ones."""
    missing: set[StepId] = set()
    for step in steps:
        possible = _owner(step.id) in chosen and missing.isdisjoint(step.needs)
        if possible or step.action is Action.UNCHANGED:
            yield step
        else:
            missing.add(step.id)


def _groups(steps: Iterable[Step]) -> Groups:
    groups: dict[Owner, list[Step]] = {}
    for step in steps:
        groups.setdefault(_owner(step.id), []).append(step)
    return groups


def _edges(groups: Groups, pool: Iterable[Owner]) -> Edges:
    """For each document of ``pool`` the others of it that its steps need, in the order in which they say so."""
    among = dict.fromkeys(pool)
    return {
        ref: [need for need in dict.fromkeys(_needs(groups[ref])) if need in among and need != ref] for ref in among
    }


def _needs(steps: Iterable[Step]) -> Iterator[Owner]:
    """What is done needs nothing any more."""
    return (_owner(need) for step in steps if step.action is not Action.UNCHANGED for need in step.needs)


def _left_out(steps: Iterable[Step], kept: Iterable[Step]) -> int:
    own = {step.id for step in kept}
    return len({_owner(step.id) for step in steps if step.action not in CLOSED and step.id not in own})


def _owner(one: StepId) -> Owner:
    return one[:2]
