"""Steps for what a document settles in calls of its own, such as the applications of a credit note. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from importer.delivery.remote import amount, text
from importer.kinds import KINDS, Settles
from importer.manifest.typed import typed
from importer.model import Action, Change, Document, Intent, Receipt, Ref, StepId
from importer.plan.known import Known
from importer.plan.said import canonical, changes
from importer.plan.value import Entry, Step


def application_steps(
    document: Document,
    steps: Mapping[StepId, Step],
    known: Known,
    receipts: Mapping[StepId, Receipt],
    payments: Mapping[Ref, Sequence[StepId]],
) -> Iterator[Step]:
    """One step for each application of ``document``, unchanged ones left out; conflicts for what was changed.

    ``receipts`` are those of this document's applications, ``payments`` comes from ``settlers``.
    """
    settles = KINDS[document.kind].settles
    if settles is None or not settles.call:
        return
    owner = steps[StepId(document.kind, document.key)]
    entries = list(entries_of(document, settles))
    done_before = _applied_wholly(owner, [entry for _, entry in entries])
    for part, entry in entries:
        own = StepId(document.kind, document.key, part)
        step = Step(
            id=own,
            action=Action.APPLY,
            document=document,
            place=document.place((settles.field, entry.position)),
            remote_id=owner.remote_id,
            generation=known.generations.get(own, 0),
            needs=tuple(_needs(owner, settles, entry, steps)),
            after=tuple(payments.get(_target(settles, entry), ())),
            entry=entry,
        )
        found = _application(step, settles, owner, receipts.get(own), known.intents.get(own), done_before)
        if found is not None:
            yield found
    parts = {part for part, _ in entries}
    yield from (_gone(owner, one) for one in receipts if one.part not in parts)


def _gone(owner: Step, part: StepId) -> Step:
    return replace(
        owner,
        id=part,
        action=Action.CONFLICT,
        code="application-gone",
        needs=(),
        changes=(),
        settles=None,
        reason=f"It was applied to {part.part.rpartition('#')[0]}, and the manifest no longer says so.",
        help="Put the application back: the books cannot take it back through the API.",
    )


def entries_of(document: Document, settles: Settles) -> Iterator[tuple[str, Entry]]:
    """The applications of ``document``, each with its part: the target and the ordinal among equal targets."""
    seen: Counter[str] = Counter()
    rows: Any = typed(document.kind, document.fields).get(settles.field, [])
    for position, row in enumerate(rows):
        key, raw = text(row.get(settles.target_field)), text(row.get(settles.target_id_field))
        seen[key or raw] += 1
        yield f"{key or raw}#{seen[key or raw]}", Entry(position, key, raw, row["amount"])


def entry_said(settles: Settles, entry: Entry) -> dict[str, Any]:
    """What one application says, in canonical form."""
    target = (
        {settles.target_field: entry.target_key} if entry.target_key else {settles.target_id_field: entry.target_id}
    )
    return {**target, "amount": canonical(entry.amount)}


def _application(
    step: Step,
    settles: Settles,
    owner: Step,
    receipt: Receipt | None,
    intent: Intent | None,
    done_before: bool | None,
) -> Step | None:
    if receipt is not None and step.entry is not None:
        found = changes(receipt.said, entry_said(settles, step.entry))
        return _edited(step, found) if found else None
    if owner.action in (Action.CONFLICT, Action.PENDING):
        return replace(step, action=Action.PENDING, code="waits", reason=f"It waits for {owner.id}.")
    if intent is not None:
        return replace(
            step,
            action=Action.PENDING,
            code="open-intent",
            settles=intent,
            reason=f"A call of {intent.server_time} was cut off before its answer came.",
            help="It is not sent again, so that it cannot be applied twice. Look at the balances in FinzBooks.",
        )
    if done_before:
        return replace(step, action=Action.ADOPT, reason="the balance of the books says it is applied wholly")
    if done_before is None:
        return replace(
            step,
            action=Action.CONFLICT,
            code="applied-in-part",
            reason="The books hold the document applied in part, and do not say to what.",
            help="Look at it in FinzBooks.",
        )
    return step


def _edited(step: Step, found: tuple[Change, ...]) -> Step:
    return replace(
        step,
        action=Action.CONFLICT,
        code="application-edited",
        changes=found,
        reason="It was applied with another amount.",
        help="Take the edit back: the books cannot take an application back through the API.",
    )


def _applied_wholly(owner: Step, entries: list[Entry]) -> bool | None:
    """Whether what was found in the books has been applied: wholly (True), not at all (False), or in part (None)."""
    if owner.remote is None or not entries or owner.action not in (Action.ADOPT, Action.SETTLE):
        return False
    total, balance = amount(owner.remote.get("total")), amount(owner.remote.get("balance"))
    if total is None or balance is None:
        return None
    used = total - balance
    if used == 0:
        return False
    return True if used == sum((entry.amount for entry in entries), Decimal(0)) else None


def _needs(owner: Step, settles: Settles, entry: Entry, steps: Mapping[StepId, Step]) -> Iterator[StepId]:
    if owner.action is not Action.UNCHANGED:
        yield owner.id
    target = steps.get(StepId(settles.target, entry.target_key))
    if target is not None and target.action is not Action.UNCHANGED:
        yield target.id


def settlers(documents: Iterable[Document], steps: Mapping[StepId, Step]) -> Mapping[Ref, list[StepId]]:
    """For each document, the steps that create what settles it in their own body: payments go first, then notes."""
    found: dict[Ref, dict[StepId, None]] = {}
    for document in documents:
        settles = KINDS[document.kind].settles
        own = StepId(document.kind, document.key)
        if settles is not None and not settles.call and steps[own].action is Action.CREATE:
            for _, entry in entries_of(document, settles):
                found.setdefault(_target(settles, entry), {})[own] = None
    return {target: list(own) for target, own in found.items()}


def _target(settles: Settles, entry: Entry) -> Ref:
    """What an entry settles, told apart as far as the manifest tells: by key, else by raw id."""
    return Ref(settles.target, entry.target_key or entry.target_id)
