"""What is not sent because of conflicts, where a person has said to do the rest all the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importer.model import Action, StepId
from importer.plan.value import Step


def held_back(steps: Sequence[Step]) -> Mapping[StepId, StepId]:
    """The steps that cannot be done, each with the conflict or the step that is the reason.

    That is all that needs a conflict, through whatever chain; and all other steps of a document whose own entry, or
    one of whose applications, is a conflict: what the books hold of it is not what the manifest means. ``steps`` come
    in the order of their needs.
    """
    conflicts = {(step.id.kind, step.id.key): step.id for step in steps if step.action is Action.CONFLICT}
    found: dict[StepId, StepId] = {step.id: step.id for step in steps if step.action is Action.CONFLICT}
    for step in steps:
        reason = conflicts.get((step.id.kind, step.id.key)) or next((one for one in step.needs if one in found), None)
        if reason is not None:
            found.setdefault(step.id, reason)
    return found
