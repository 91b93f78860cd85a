"""Remembering what the plan found in the books: adopted documents and settled intents. No call is sent for them."""

from __future__ import annotations

from collections.abc import Sequence

from importer.apply.context import Context
from importer.kinds import KINDS
from importer.model import Action, Intent, Receipt
from importer.outcome import Outcome, Status
from importer.plan.entries import entry_said
from importer.plan.value import Step


def remember_found(context: Context, steps: Sequence[Step]) -> list[Outcome]:
    """Receipts for all that was found in the books as the manifest has it; closes the intents that it settles."""
    found = [step for step in steps if step.action in (Action.ADOPT, Action.SETTLE)]
    adopted = [step for step in found if step.settles is None]
    context.store.put([_receipt(context, step) for step in adopted])
    settled: dict[int, Intent] = {}
    for step in found:
        if step.settles is None:
            continue
        intent = settled.get(step.settles.id, step.settles)
        receipt = _receipt(context, step)
        remaining = [row for row in intent.rows if row[:3] != step.id]
        left = context.store.settle(intent, [receipt], remaining=remaining)
        if left is not None:
            settled[intent.id] = left
    return [Outcome(step.id, Status.ADOPTED, step.remote_id, step.place) for step in found]


def _receipt(context: Context, step: Step) -> Receipt:
    settles = KINDS[step.id.kind].settles
    if step.entry is not None and settles is not None:
        return context.part_receipt(step, entry_said(settles, step.entry))
    return context.receipt(step, dict(step.remote or {}))
