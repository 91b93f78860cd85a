"""What becomes of a step because of the steps that it needs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from importer.model import Action, StepId
from importer.plan.value import Step
from importer.plan.ways_out import command


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
        help="To have the balances looked at: finz-import recover",
    )
