"""The plan from its parts: steps, the calls they cost, the money they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from importer.kinds import KINDS, Counts
from importer.manifest.typed import typed
from importer.model import Action, Ref
from importer.plan.edits import posts
from importer.plan.expected import Expectations
from importer.plan.money_moved import money_moved
from importer.plan.unusual import notes
from importer.plan.value import Calls, Plan, Step


def build(
    steps: Sequence[Step],
    expectations: Expectations,
    org_id: str,
    *,
    reads: Mapping[str, int],
    per_minute: int,
    offline: bool = False,
    today: date | None = None,
    said: Mapping[Ref, Mapping[str, Any]] = MappingProxyType({}),
) -> Plan:
    """The plan of ``steps``. ``reads`` are the calls that asking the org costs, which an apply sends as well.

    ``today`` and what the state has ``said`` serve the notes: dates to come, names that are there already.
    """
    priced = [_priced(step, expectations) for step in steps]
    shown = tuple(step for step in priced if step.action is not Action.UNCHANGED)
    unchanged = sum(1 for step in steps if step.action is Action.UNCHANGED and not step.id.part)
    calls = Counter(reads)
    calls.update(calls_of(shown))
    return Plan(
        org_id=org_id,
        steps=shown,
        unchanged=unchanged,
        money=money_moved(shown, expectations),
        calls=Calls(dict(sorted(calls.items())), per_minute),
        offline=offline,
        notes=notes(priced, today, said),
    )


def _priced(step: Step, expectations: Expectations) -> Step:
    """A create with what it comes to, for a person to see."""
    kind = KINDS[step.id.kind]
    if step.action is not Action.CREATE or step.document is None or kind.counts is Counts.NOWHERE:
        return step
    worth = expectations.worth(step.document.ref)
    draft = bool(kind.posts_if) and typed(step.document.kind, step.document.fields).get(kind.posts_if) is not True
    return replace(step, amount=worth.high.total if worth is not None and worth.exact else None, draft=draft)


def calls_of(steps: Iterable[Step]) -> Counter[str]:
    """The calls that carrying out ``steps`` takes when nothing goes wrong, by endpoint."""
    calls: Counter[str] = Counter()
    creates: Counter[str] = Counter()
    untouched: set[Ref] = set()  # created by these steps, and applied once: that once, nothing of them can be used yet
    for step in steps:
        kind = KINDS[step.id.kind]
        if step.action is Action.CREATE:
            creates[kind.name] += 1
        elif step.action in (Action.UPDATE, Action.APPROVE):
            calls[f"GET {kind.endpoint}/{{id}}"] += 1  # before, to see that nobody else changed it
            for call in writes_of(step):
                calls[call] += 1
                calls[f"GET {kind.endpoint}/{{id}}"] += 1  # and after each
        elif step.action is Action.APPLY and kind.settles is not None:
            owner, target = Ref(step.id.kind, step.id.key), KINDS[kind.settles.target]
            # The balances before, and after; of what was only just created they are known to be whole.
            known = bool(step.remote_id) or owner in untouched
            untouched.add(owner)
            calls[f"GET {kind.endpoint}/{{id}}"] += 2 if known else 0
            calls[f"GET {target.endpoint}/{{id}}"] += 2 if known else 1
            calls[f"POST {kind.settles.call}"] += 1
    for name, count in creates.items():
        kind = KINDS[name]
        single = count
        if kind.bulk is not None:
            batches, rest = divmod(count, kind.bulk.size)
            single = 1 if rest == 1 else 0
            calls[f"POST {kind.bulk.endpoint}"] += batches + (1 if rest > 1 else 0)
        calls[f"POST {kind.endpoint}"] += single
    return +calls


def writes_of(step: Step) -> Iterator[str]:
    """The writes of an update or a posting, by endpoint."""
    kind = KINDS[step.id.kind]
    if step.action is Action.UPDATE:
        yield f"PUT {kind.endpoint}/{{id}}"
    if posts(step):
        yield f"POST {kind.approve}"
