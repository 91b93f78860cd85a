"""A plan as text for people and as values for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from importer.kinds import KINDS
from importer.model import Action, Change, Drift
from importer.plan.unusual import LARGEST
from importer.plan.value import Note, Plan, Step
from importer.report.in_flight import in_flight_lines, in_flight_value
from importer.report.step import INDENT, step_lines, where, wrapped
from importer.report.style import Style, count, rupees

FORMAT_VERSION: Final = 1
MOST_DETAILS: Final = 20  # steps of one action that are shown one by one, unless all are asked for
MOST_CONFLICTS: Final = 50  # shown whole; of the others the keys alone, since each of them keeps the plan from going on
MOST_NOTES: Final = 12
_COUNTED: Final = {
    Action.CREATE: "to create",
    Action.ADOPT: "to adopt",
    Action.SETTLE: "to settle",
    Action.UPDATE: "to update",
    Action.APPROVE: "to approve",
    Action.APPLY: "to apply",
    Action.CONFLICT: "in conflict",
    Action.ORPHANED: "orphaned",
    Action.PENDING: "pending",
}
# What a person has to look at comes one by one; plain creates and applications come as counts unless asked for.
_UNUSUAL: Final = (
    Action.PENDING,
    Action.SETTLE,
    Action.ADOPT,
    Action.UPDATE,
    Action.APPROVE,
    Action.ORPHANED,
)


def plan_lines(plan: Plan, style: Style, *, details: bool = False) -> Iterator[str]:
    """Money first, then what is unusual, then counts by kind, then what it costs on the line."""
    if not plan.steps:
        yield f"Nothing to do: {count(plan.unchanged, 'document')} unchanged."
        yield from _left_out(plan)
        yield from in_flight_lines(plan.in_flight, details=details)
        return
    yield f"Plan for organisation {plan.org_id}" if plan.org_id else "Plan made offline: nothing was looked up"
    yield from _left_out(plan)
    yield ""
    if plan.in_flight:
        yield from in_flight_lines(plan.in_flight, details=details)
        yield ""
    yield from _money(plan)
    yield from _conflicts(plan.conflicts, style, details)
    for action in _UNUSUAL:
        yield from _one_by_one([step for step in plan.steps if step.action is action], style, details)
    yield from _notes([note for note in plan.notes if note.code != LARGEST], style, details)
    plain = [[step for step in plan.steps if step.action is action] for action in (Action.CREATE, Action.APPLY)]
    if details or len(plan.steps) <= MOST_DETAILS:
        for steps in plain:
            yield from _one_by_one(steps, style, details=True)
    elif any(plain):
        yield f"{sum(map(len, plain)):,} plain creates and applications are not listed one by one (-v lists them):"
    yield from _counts(plan)
    yield from _calls(plan, details)


def _left_out(plan: Plan) -> Iterator[str]:
    if plan.left_out:
        more = count(plan.left_out, "more document")
        yield f"Only a part: {more} with something to be done {_is(plan.left_out)} left for later (--target, --limit)."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _money(plan: Plan) -> Iterator[str]:
    money = plan.money
    rows = [
        ("billed", money.billed),
        ("received", money.received),
        ("credited", money.credited),
        ("outstanding", money.outstanding),
    ]
    largest = [note for note in plan.notes if note.code == LARGEST]
    if not largest and all(amount == 0 for _, amount in rows):
        return
    width = max(len(rupees(amount)) for _, amount in rows)
    for name, amount in rows:
        yield f"  {name:<12} {rupees(amount):>{width}}"
    if money.outstanding:
        yield f"  (outstanding: customers owe so much {'more' if money.outstanding > 0 else 'less'} afterwards)"
    if any(amount is None for _, amount in rows):
        yield "  (not known: the org's tax rates are needed for it)"
    for note in largest:
        yield f"  {note.message}{where(note.place)}"
    yield ""


def _conflicts(steps: Sequence[Step], style: Style, details: bool) -> Iterator[str]:
    """All of them: the first whole, with what to do; of the rest what kind of conflict it is, and the keys."""
    whole = steps if details else steps[:MOST_CONFLICTS]
    for step in whole:
        yield from step_lines(step, style)
    rest: dict[tuple[str, str], list[str]] = {}
    for step in steps[len(whole) :]:
        rest.setdefault((step.id.kind, step.code), []).append(" ".join(step.id[1:]).strip())
    if rest:
        number = len(steps) - len(whole)
        yield f"{style.paint(f'! {number:,} more', 'red')} in conflict, by their keys alone (-v shows them whole):"
    for (kind, code), keys in rest.items():
        named = f"{KINDS[kind].name.replace('_', ' ')} [{code}]: {', '.join(keys)}"
        yield from wrapped(named, INDENT * 2, INDENT)
    if steps:
        yield ""


def _one_by_one(steps: Sequence[Step], style: Style, details: bool) -> Iterator[str]:
    if not steps:
        return
    shown = steps if details else steps[:MOST_DETAILS]
    for step in shown:
        yield from step_lines(step, style)
    if len(shown) < len(steps):
        yield f"  ... and {len(steps) - len(shown):,} more {_COUNTED[steps[0].action]} (-v shows all)"
    yield ""


def _notes(notes: Sequence[Note], style: Style, details: bool) -> Iterator[str]:
    if not notes:
        return
    yield style.paint("Worth a look before you say yes:", "yellow")
    shown = notes if details else notes[:MOST_NOTES]
    for note in shown:
        yield from wrapped(f"{note.message}{where(note.place)}", INDENT, "  - ")
    if len(shown) < len(notes):
        yield f"  ... and {len(notes) - len(shown):,} more (-v shows all)"
    yield ""


def _counts(plan: Plan) -> Iterator[str]:
    for kind in KINDS.values():
        steps = [step for step in plan.steps if step.id.kind == kind.name]
        # An application that is found done is part of its document; one that is to be done is work of its own.
        found = Counter(step.action for step in steps if not step.id.part or step.action is not Action.ADOPT)
        if found:
            parts = [f"{number:,} {_COUNTED[action]}" for action, number in found.items()]
            yield f"  {kind.name.replace('_', ' '):<13} {', '.join(parts)}"
    drafts = sum(step.draft for step in plan.steps)
    if drafts:
        yield f"  {count(drafts, 'draft')} among them: not posted, and not in the money above"
    if plan.unchanged:
        yield f"  unchanged     {plan.unchanged:,}"
    yield ""


def _calls(plan: Plan, details: bool) -> Iterator[str]:
    total, rate = f"{plan.calls.total:,}", f"{plan.calls.per_minute:,}"
    yield f"Calls to FinzBooks: {total}, about {_time(plan.calls.seconds)} at {rate} a minute."
    for endpoint, number in plan.calls.by_endpoint.items() if details else ():
        yield f"  {number:>{len(total)},}  {endpoint}"


def _time(seconds: int) -> str:
    return count(seconds, "second") if seconds < 120 else count(-(-seconds // 60), "minute")


def plan_value(plan: Plan) -> dict[str, Any]:
    """The JSON of a plan (design, section 4)."""
    money = plan.money
    value = {
        "format_version": FORMAT_VERSION,
        "org_id": plan.org_id or None,
        "summary": plan.counts(),
        "calls": {
            "total": plan.calls.total,
            "by_endpoint": dict(plan.calls.by_endpoint),
            "seconds": plan.calls.seconds,
        },
        "money": {
            "billed": _amount(money.billed),
            "received": _amount(money.received),
            "credited": _amount(money.credited),
            "outstanding": _amount(money.outstanding),
        },
        "operations": [operation_value(step) for step in plan.steps],
        "notes": [note_value(note) for note in plan.notes],
    }
    if plan.left_out:
        value["left_out"] = plan.left_out
    if plan.in_flight:
        value["in_flight"] = in_flight_value(plan.in_flight)
    return value


def operation_value(step: Step) -> dict[str, Any]:
    value: dict[str, Any] = {
        # What is open, found or not, is to be settled; its documents and dependents are pending (design, section 6).
        "action": Action.SETTLE.value if step.action is Action.PENDING and step.settles else step.action.value,
        "kind": step.id.kind,
        "key": step.id.key,
        "id": step.remote_id or None,
        "depends_on": [str(need) for need in step.needs],
        "changes": [change_value(change) for change in step.changes],
        "file": step.place.file if step.place else None,
        "line": step.place.line if step.place else None,
    }
    settles = KINDS[step.id.kind].settles
    if step.entry is not None and settles is not None:
        target = f"{settles.target}/{step.entry.target_key}" if step.entry.target_key else step.entry.target_id
        value |= {"target": target, "amount": _amount(step.entry.amount)}
    if step.amount is not None:
        value["amount"] = _amount(step.amount)
    if step.drift:
        value["drift"] = [drift_value(one) for one in step.drift]
    if step.reason:
        value |= {"code": step.code or None, "reason": step.reason, "help": step.help}
    return value


def change_value(change: Change) -> dict[str, Any]:
    return {"path": change.path, "before": _json(change.before), "after": _json(change.after)}


def drift_value(drift: Drift) -> dict[str, Any]:
    return {
        "path": drift.path,
        "remembered": _json(drift.remembered),
        "held": _json(drift.held),
        "wanted": _json(drift.wanted),
    }


def note_value(note: Note) -> dict[str, Any]:
    return {
        "code": note.code,
        "message": note.message,
        "documents": [str(step) for step in note.steps],
        "file": note.place.file if note.place else None,
        "line": note.place.line if note.place else None,
    }


def _json(value: Any) -> Any:
    """A value with amounts and dates as text."""
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return str(value) if isinstance(value, Decimal | date) else value


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
