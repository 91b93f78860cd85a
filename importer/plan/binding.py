"""Whether a saved plan may be carried out here and now, and whether what would be done is what was reviewed. Pure.

Design, section 4: refused for other documents, another org, another state or another version of the importer; to be
carried on after an interruption while every change of the state since is its own; never once it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from importer.errors import Refused
from importer.model import Action, Ref, StepId
from importer.plan.saved import MAKE_ANEW, NOT_BOUND, SavedPlan, SavedStep, saved_steps, step_digest
from importer.plan.value import Step

MOST_NAMED: Final = 5  # documents of a sort that a sentence names

# When a plan is carried on: what a step may have become since, because our own call was done or cut off. Nothing here
# sends more than was reviewed, and a conflict sends nothing whatever it was.
_BECOMES: Final[Mapping[Action, frozenset[Action]]] = MappingProxyType(
    {
        Action.CREATE: frozenset({Action.CREATE, Action.ADOPT, Action.SETTLE}),
        Action.ADOPT: frozenset({Action.ADOPT, Action.SETTLE}),
        Action.SETTLE: frozenset({Action.ADOPT, Action.SETTLE}),
        # An update may be a PUT and a posting; after the one, only the other is left.
        Action.UPDATE: frozenset({Action.UPDATE, Action.APPROVE, Action.ADOPT, Action.SETTLE}),
        Action.APPROVE: frozenset({Action.APPROVE, Action.ADOPT, Action.SETTLE}),
        Action.APPLY: frozenset({Action.APPLY, Action.ADOPT, Action.SETTLE}),
        Action.CONFLICT: frozenset(),
    }
)
_WOULD: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.CREATE: "would be created",
        Action.ADOPT: "would be adopted",
        Action.SETTLE: "would be settled",
        Action.UPDATE: "would be updated",
        Action.APPROVE: "would be approved",
        Action.APPLY: "would be applied",
        Action.CONFLICT: "is in conflict",
        Action.PENDING: "is pending",
        Action.ORPHANED: "is gone from the files",
        Action.UNCHANGED: "is unchanged",
    }
)


def check(
    saved: SavedPlan,
    *,
    version: str,
    org_id: str | None,
    sandbox: bool,
    documents: Mapping[Ref, str],
    lineage: str,
    serial: int,
    progress: tuple[int, bool] | None,
) -> None:
    """Let ``saved`` pass, or raise Refused for the most telling reason.

    All others say how things stand now: the version of the importer, the org, the digest of each document, the state's
    lineage ("" when there is none) and serial. ``progress`` is what the state remembers of the run of this very plan:
    the state's serial after its last change, and whether it is done; None when no run of it has begun. ``org_id`` is
    None while nobody has been asked yet.
    """
    if progress is not None and progress[1]:
        raise _refused("plan-done", "The plan was carried out wholly, and a plan is carried out once.")
    if saved.version != version:
        raise Refused(
            "plan-other-version",
            f"The plan was made by version {saved.version} of the importer, and this is {version}.",
            f"Apply it with version {saved.version}, or make it again: finz-import plan PATH... --out FILE",
        )
    _check_org(saved, org_id, sandbox)
    if saved.documents != documents:
        raise _refused("plan-other-documents", f"The files no longer say what they said: {_moved(saved, documents)}.")
    reason = (
        _other_state(saved, lineage, serial) if progress is None else _moved_on(saved, lineage, serial, progress[0])
    )
    if reason:
        raise _refused("plan-other-state", reason)


def _refused(code: str, message: str) -> Refused:
    return Refused(code, message, MAKE_ANEW)


def _check_org(saved: SavedPlan, org_id: str | None, sandbox: bool) -> None:
    if saved.sandbox and not sandbox:
        raise Refused(
            "plan-of-sandbox",
            "The plan was made for the sandbox, and this is FinzBooks itself.",
            "Apply it with --sandbox, or make a plan without.",
        )
    if sandbox and not saved.sandbox:
        raise _refused("plan-of-sandbox", "The plan was made for FinzBooks itself, and this is the sandbox.")
    if not saved.org_id:
        raise _refused("plan-other-org", "The plan was made offline, for no organisation.")
    if org_id is not None:
        check_same_org(saved, org_id)


def check_same_org(saved: SavedPlan, org_id: str) -> None:
    """Raises Refused unless ``saved`` was made for the organisation ``org_id``."""
    if saved.org_id != org_id:
        raise _refused("plan-other-org", f"The plan was made for organisation {saved.org_id}, and this is {org_id}.")


def _moved(saved: SavedPlan, documents: Mapping[Ref, str]) -> str:
    then = saved.documents
    sorts = {
        "changed": [ref for ref, one in then.items() if ref in documents and documents[ref] != one],
        "added": [ref for ref in documents if ref not in then],
        "gone": [ref for ref in then if ref not in documents],
    }
    return "; ".join(f"{word}: {_list(map(str, sorted(refs)))}" for word, refs in sorts.items() if refs)


def _list(words: Iterable[str], between: str = ", ") -> str:
    """The first of ``words``, and how many more there are."""
    every = list(words)
    rest = len(every) - MOST_NAMED
    return between.join(every[:MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _other_state(saved: SavedPlan, lineage: str, serial: int) -> str:
    """What forbids a first run; "" for the state that the plan saw. To have seen none, an empty one is as good."""
    if not saved.lineage:
        return "There was no state when the plan was made, and now there is one." if lineage and serial else ""
    if not lineage:
        return "The plan was made with a state, and now there is none."
    if lineage != saved.lineage:
        return "The plan was made with another state than this one."
    if serial != saved.serial:
        return f"The state has moved on since the plan was made: it was at change {saved.serial}, and is at {serial}."
    return ""


def _moved_on(saved: SavedPlan, lineage: str, serial: int, own: int) -> str:
    """What forbids to carry on; "" while every change of the state since is the plan's own."""
    if saved.lineage and lineage != saved.lineage:
        return "The plan was begun with another state than this one."
    if serial != own:
        return (
            "Something else has changed the state since the plan was begun: "
            f"the plan left it at change {own}, and it is at {serial}."
        )
    return ""


def compare_steps(saved: SavedPlan, fresh_steps: Iterable[Step], resumed: bool) -> None:
    """Let pass a plan made anew that is what was reviewed. Raises Refused (plan-other-books) and names what differs.

    ``fresh_steps`` are the steps of the built plan, as those were that ``saved_steps`` was given. The first time they
    must be the same; when the plan is carried on (``resumed``), each must be among the saved ones and may not send
    more than that one. A new conflict is let pass then: it sends nothing, and stops the run or is skipped by itself.
    """
    fresh = {step.id: step for step in fresh_steps}
    bound = [step for step in fresh.values() if step.action not in NOT_BOUND]
    then = {one.id: one for one in saved.steps}
    if resumed:
        found = [_difference(step, then.get(step.id)) for step in bound if not _sends_no_more(step, then.get(step.id))]
    else:
        found = list(_differences(then, fresh, bound))
    if found:
        raise Refused(
            "plan-other-books",
            f"What would be done is not what the plan says: {_list(found, '; ')}.",
            f"The books have changed since the plan was made. {MAKE_ANEW}",
        )


def _differences(
    then: Mapping[StepId, SavedStep], fresh: Mapping[StepId, Step], bound: Sequence[Step]
) -> Iterator[str]:
    for now in saved_steps(bound):
        if then.get(now.id) != now:
            yield _difference(fresh[now.id], then.get(now.id))
    own = {step.id for step in bound}
    for one in then.values():
        if one.id not in own:
            step = fresh.get(one.id)
            now_it = _WOULD[step.action] if step is not None else "has nothing to be done"
            yield f"{one.id} {now_it}, the plan says {one.action}"


def _difference(step: Step, one: SavedStep | None) -> str:
    would = _WOULD[step.action]
    if one is None:
        return f"{step.id} {would}, the plan says nothing of it"
    if one.action is step.action:
        return f"{step.id} {would}, and otherwise than the plan says"
    return f"{step.id} {would}, the plan says {one.action}"


def _sends_no_more(step: Step, one: SavedStep | None) -> bool:
    """Whether ``step`` is what was reviewed as ``one``, or what is left of that."""
    if step.action is Action.CONFLICT:
        return True
    if one is None or step.action not in _BECOMES.get(one.action, ()):
        return False
    if step.action is Action.CREATE:
        return step_digest(step) == one.digest
    # What a document of this plan is applied to or from has got its id since.
    return one.remote_id in ("", step.remote_id) and _paths(step) <= set(one.changes)


def _paths(step: Step) -> set[str]:
    return {change.path for change in step.changes}
