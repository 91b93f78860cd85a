"""A plan as text for people and as values for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from importer.kinds import KINDS
from importer.model import Action, Change
from importer.plan.value import Plan, Step
from importer.report.style import Style, count, rupees

FORMAT_VERSION: Final = 1
MOST_DETAILS: Final = 20  # steps of one action that are shown one by one, unless all are asked for
_MARKS: Final = {
    Action.CREATE: ("+", "green", "create"),
    Action.ADOPT: ("=", "cyan", "adopt"),
    Action.SETTLE: ("=", "cyan", "settle"),
    Action.UPDATE: ("~", "yellow", "update"),
    Action.APPLY: (">", "green", "apply"),
    Action.CONFLICT: ("!", "red", "conflict"),
    Action.ORPHANED: ("?", "yellow", "orphaned"),
    Action.PENDING: (".", "yellow", "pending"),
}
_COUNTED: Final = {
    Action.CREATE: "to create",
    Action.ADOPT: "to adopt",
    Action.SETTLE: "to settle",
    Action.UPDATE: "to update",
    Action.APPLY: "to apply",
    Action.CONFLICT: "in conflict",
    Action.ORPHANED: "orphaned",
    Action.PENDING: "pending",
}
# What a person has to look at comes one by one, and conflicts all of them; plain creates and applications come as
# counts unless asked for.
_UNUSUAL: Final = (Action.CONFLICT, Action.PENDING, Action.SETTLE, Action.ADOPT, Action.UPDATE, Action.ORPHANED)


def plan_lines(plan: Plan, style: Style, *, details: bool = False) -> Iterator[str]:
    """Money first, then what is unusual, then counts by kind, then what it costs on the line."""
    if not plan.steps:
        yield f"Nothing to do: {count(plan.unchanged, 'document')} unchanged."
        return
    yield f"Plan for organisation {plan.org_id}" if plan.org_id else "Plan made offline: nothing was looked up"
    yield ""
    yield from _money(plan)
    for action in _UNUSUAL:
        steps = [step for step in plan.steps if step.action is action]
        yield from _one_by_one(steps, style, all_of_them=details or action is Action.CONFLICT)
    plain = [[step for step in plan.steps if step.action is action] for action in (Action.CREATE, Action.APPLY)]
    if details or len(plan.steps) <= MOST_DETAILS:
        for steps in plain:
            yield from _one_by_one(steps, style, all_of_them=True)
    elif any(plain):
        yield f"{sum(map(len, plain)):,} plain creates and applications are not listed one by one (-v lists them):"
    yield from _counts(plan)
    yield f"Calls: {plan.calls.total:,}, about {_time(plan.calls.seconds)} at {plan.calls.per_minute:,} a minute."


def _money(plan: Plan) -> Iterator[str]:
    money = plan.money
    rows = [
        ("billed", money.billed),
        ("received", money.received),
        ("credited", money.credited),
        ("outstanding", money.outstanding),
    ]
    if all(amount == 0 for _, amount in rows):
        return
    width = max(len(rupees(amount)) for _, amount in rows)
    for name, amount in rows:
        yield f"  {name:<12} {rupees(amount):>{width}}"
    if any(amount is None for _, amount in rows):
        yield "  (not known: the org's tax rates are needed for it)"
    yield ""


def _one_by_one(steps: Sequence[Step], style: Style, *, all_of_them: bool) -> Iterator[str]:
    if not steps:
        return
    shown = steps if all_of_them else steps[:MOST_DETAILS]
    for step in shown:
        mark, colour, word = _MARKS[step.action]
        where = f"  ({step.place.file}:{step.place.line})" if step.place is not None else ""
        yield f"{style.paint(f'{mark} {word}', colour)} {_subject(step)}{where}"
        if step.reason:
            yield f"    {_reason(step)}"
        for change in step.changes:
            yield f"    {change.path}: {_value(change.before)} -> {_value(change.after)}"
        if step.help:
            yield f"    {style.paint('help:', 'cyan')} {step.help}"
    if len(shown) < len(steps):
        yield f"  ... and {count(len(steps) - len(shown), 'more', 'more')} (-v shows all)"
    yield ""


def _subject(step: Step) -> str:
    name = f"{KINDS[step.id.kind].label} {step.id.key}"
    if step.entry is not None:
        name += f" to {step.entry.target_key or step.entry.target_id}: {rupees(step.entry.amount)}"
    if step.amount is not None:
        name += f": {rupees(step.amount)}"
    return name + (" (a draft: not posted)" if step.draft else "")


def _reason(step: Step) -> str:
    if step.action in (Action.ADOPT, Action.SETTLE, Action.UPDATE) and step.remote is not None:
        return f"found in the books as {step.remote_id}: {step.reason}"
    return step.reason


def _value(value: Any) -> str:
    """A value as a manifest would say it."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return str(value)


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


def _time(seconds: int) -> str:
    return count(seconds, "second") if seconds < 120 else count(-(-seconds // 60), "minute")


def plan_value(plan: Plan) -> dict[str, Any]:
    """The JSON of a plan (design, section 4)."""
    money = plan.money
    return {
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
    }


def operation_value(step: Step) -> dict[str, Any]:
    value: dict[str, Any] = {
        "action": step.action.value,
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
    if step.reason:
        value |= {"code": step.code or None, "reason": step.reason, "help": step.help}
    return value


def change_value(change: Change) -> dict[str, Any]:
    return {"path": change.path, "before": change.before, "after": change.after}


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
