"""What becomes of a step because of the steps that it needs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from importer.model import Action, Change, Ref, StepId
from importer.plan.value import Step
from importer.plan.ways_out import command
from importer.schema import fields


def in_view_of_needs(step: Step, steps: Mapping[StepId, Step]) -> Step:
    """``step`` itself, or the pending step or the conflict that its needs, which are among ``steps``, make of it."""
    return _waiting(_at_odds(step, steps), steps)


def _at_odds(step: Step, steps: Mapping[StepId, Step]) -> Step:
    """What was found in the books cannot be what the manifest means where that refers to something not there yet.

    Its body was compared without that reference, so no field shows it. Nor can a note have been applied to it.
    """
    missing = next((need for need in step.needs if steps[need].action is Action.CREATE), None)
    if missing is None or step.action not in (Action.ADOPT, Action.SETTLE):
        return step
    return replace(
        step,
        action=Action.CONFLICT,
        code="books-differ",
        reason=f"The books hold it ({step.reason}), and cannot refer to {missing}: they do not hold that.",
        help=f"If {missing} is in the books after all, say which one it is: {command('adopt', missing, 'ID')}",
    )


def _waiting(step: Step, steps: Mapping[StepId, Step]) -> Step:
    """What depends on a pending document is pending itself."""
    blocking = next((need for need in step.needs if steps[need].action is Action.PENDING), None)
    if blocking is None or step.action in (Action.CONFLICT, Action.PENDING):
        return step
    return replace(step, action=Action.PENDING, code="waits-for-open-intent", reason=f"It depends on {blocking}.")


def in_view_of_doubt(step: Step, targets: Iterable[object], in_doubt: Collection[object]) -> Step:
    """``step``, pending if it would move what an application whose outcome is not known is told from."""
    if not any(one in in_doubt for one in targets):
        return step
    return replace(
        step,
        action=Action.PENDING,
        code="waits-for-open-intent",
        reason="What became of another application to the same document is not known, and is told from its balance.",
        help="The next apply looks at the balances first. To have only that done: finz-import recover",
    )


def in_view_of_renames(step: Step, renamed: Mapping[Ref, str]) -> Step:
    """``step``, waiting where nothing but keys was edited that were ``renamed``, from old ones to these.

    Once the state knows the new keys there is no edit left.
    """
    names = [_renamed(step.id.kind, change, renamed) for change in step.changes]
    if step.action is not Action.CONFLICT or not names or None in names:
        return step
    first = next(one for one in names if one is not None)
    return replace(
        step,
        action=Action.PENDING,
        code="waits-for-rename",
        changes=(),
        reason=f"It refers to {first}, whose key was renamed.",
        help=f"First: {command('mv', StepId(first.kind, renamed[first]), first.key)}",
    )


def _renamed(kind: str, change: Change, renamed: Mapping[Ref, str]) -> Ref | None:
    """The document with a new key that ``change`` goes over to; None for any other change."""
    path = tuple(part.partition("[")[0] for part in change.path.split("."))
    known = fields(kind).get(path)
    ref = Ref(known.ref, change.after) if known is not None and known.ref and isinstance(change.after, str) else None
    return ref if ref is not None and renamed.get(ref) == change.before else None
