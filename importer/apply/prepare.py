"""From documents and state to a plan: what must be asked is asked, everything else is decided by pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, partial
from itertools import chain
from typing import Any

from importer.api.client import Client
from importer.apply.survey import find_all, look_at, org_names
from importer.checks import check
from importer.checks.book import Said
from importer.checks.rates import OfflineRates, Rates
from importer.checks.rules import AS_THEY_ARE, Levels, strictly
from importer.errors import InvalidInput
from importer.graph import order
from importer.model import Action, Document, Intent, Manifest, Problem, Receipt, Ref, Severity, StepId
from importer.plan.body import Bindings
from importer.plan.build import build
from importer.plan.cut_off import all_that_came_through, being_changed
from importer.plan.decide import decide, references
from importer.plan.expected import Expectations
from importer.plan.known import Known
from importer.plan.names import Names, OrgRates, lookups_needed, unknown_names
from importer.plan.value import Plan, Step

DEFAULT_RATE = 600  # calls a minute of the default tier (fact sheet, section 7)
# A pending document may turn out to be in the books, and then what waits for it is sent.
SENT = (Action.CREATE, Action.UPDATE, Action.APPROVE, Action.PENDING)
EDITED = (Action.UPDATE, Action.APPROVE)


# Out of all steps those of the plan, and how many documents have something left to be done.
Pick = Callable[[Sequence[Step]], tuple[Sequence[Step], int]]


def everything(steps: Sequence[Step]) -> tuple[Sequence[Step], int]:
    """Leave nothing out."""
    return steps, 0


@dataclass(frozen=True)
class Memory:
    """What a state remembers, read at one moment. Empty where there is no state."""

    receipts: tuple[Receipt, ...] = ()
    intents: tuple[Intent, ...] = ()
    generations: dict[StepId, int] | None = None

    def by_step(self) -> dict[StepId, Receipt]:
        return {StepId(one.kind, one.key, one.part): one for one in self.receipts}

    def open_by_step(self) -> dict[StepId, Intent]:
        return {StepId(row.kind, row.key, row.part): intent for intent in self.intents for row in intent.rows}

    def said(self) -> dict[Ref, Mapping[str, Any]]:
        return self._said

    @cached_property
    def _said(self) -> dict[Ref, Mapping[str, Any]]:
        return {one.ref: one.said for one in self.receipts if not one.part}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, with what carrying it out needs besides."""

    plan: Plan
    bindings: Bindings
    expectations: Expectations
    claimed: dict[tuple[str, str], Ref]
    intents: tuple[Intent, ...]


def in_order(manifest: Manifest) -> list[Document]:
    """The documents in the order of their references: what is needed comes first."""
    by_ref = {document.ref: document for document in manifest.documents}
    edges = {ref: tuple(references(document)) for ref, document in by_ref.items()}
    return [by_ref[ref] for ref in order(tuple(by_ref), edges).sequence if ref in by_ref]


def plan_offline(
    manifest: Manifest,
    memory: Memory,
    in_scope: Callable[[Receipt], bool],
    *,
    pick: Pick = everything,
    today: date | None = None,
) -> Plan:
    """The plan as far as it can be made without asking the org: nothing is adopted, and taxes have no rates."""
    known = Known(
        memory.by_step(), memory.open_by_step(), memory.generations or {}, bindings=_bindings(memory, Names())
    )
    expectations = Expectations(manifest, memory.said(), OfflineRates())
    steps, left_out = pick(decide(manifest.documents, known, in_scope, partial(in_order, manifest)))
    said = memory.said()
    plan = build(steps, expectations, "", reads={}, per_minute=DEFAULT_RATE, offline=True, today=today, said=said)
    return replace(plan, left_out=left_out, in_flight=memory.intents)


async def prepare(
    client: Client,
    manifest: Manifest,
    memory: Memory,
    org_id: str,
    in_scope: Callable[[Receipt], bool],
    *,
    allow_likeness: bool,
    per_minute: int,
    allow_unverified: frozenset[str] = frozenset(),
    rules: Levels = AS_THEY_ARE,
    strict: bool = False,
    pick: Pick = everything,
    today: date | None = None,
    finish: Callable[[Sequence[Problem]], Sequence[Problem]],
) -> Prepared:
    """The plan for the org, by reading only. ``finish`` gives problems their source lines. ``strict``: what the org's
    own taxes and names let a rule only warn of is an error too.

    All is decided for the whole manifest, and ``pick`` then says which steps belong to the plan: what one document of
    the books is taken for depends on every other one.

    Raises InvalidInput for what only the org can tell: names it does not have, amounts over what its taxes make.
    """
    ordered = cache(partial(in_order, manifest))
    receipts, intents = memory.by_step(), memory.open_by_step()
    known = Known(receipts, intents, memory.generations or {}, bindings=_bindings(memory, Names()))
    first = decide(manifest.documents, known, in_scope, ordered)
    send = [step.document for step in first if step.action in SENT and not step.id.part and step.document is not None]
    names = await _names(client, manifest, memory, send, partial(_checked, allow_unverified, rules, strict), finish)
    bindings = _bindings(memory, names)
    expectations = Expectations(manifest, memory.said(), OrgRates(names))
    claimed = _claimed(memory, manifest)
    missing, edited = _to_find(first), _to_look_at(first)
    looked = await look_at(client, edited)
    changing = being_changed(receipts, intents)
    matches, wanted = await find_all(client, missing, bindings, expectations.expected, claimed, changing)
    known = Known(
        receipts=receipts | dict(all_that_came_through(receipts, intents, looked, bindings)),
        intents=intents,
        generations=memory.generations or {},
        matches=matches,
        wanted=wanted,
        bindings=bindings,
        expected=expectations.expected,
        allow_likeness=allow_likeness,
        looked=looked,
    )
    # Where nothing had to be asked, nothing has been learnt.
    steps, left_out = pick(decide(manifest.documents, known, in_scope, ordered) if missing or edited else first)
    plan = build(
        steps,
        expectations,
        org_id,
        reads=client.sent,
        per_minute=per_minute,
        today=today,
        said=memory.said(),
    )
    plan = replace(plan, left_out=left_out, in_flight=memory.intents)
    return Prepared(plan, bindings, expectations, claimed, memory.intents)


def _checked(
    allow_unverified: frozenset[str], rules: Levels, strict: bool, manifest: Manifest, said: Said, rates: Rates
) -> Sequence[Problem]:
    found = check(manifest, said, rates, allow_unverified, rules)
    return tuple(strictly(found)) if strict else found


async def _names(
    client: Client,
    manifest: Manifest,
    memory: Memory,
    send: Sequence[Document],
    checks: Callable[[Manifest, Said, Rates], Sequence[Problem]],
    finish: Callable[[Sequence[Problem]], Sequence[Problem]],
) -> Names:
    """The org's lists as far as ``send`` names from them. Raises InvalidInput for what is wrong with it by those."""
    said = memory.said()
    taxable = chain(
        ((one.kind, one.fields) for one in manifest.documents), ((ref.kind, one) for ref, one in said.items())
    )
    names = await org_names(client, lookups_needed(send, taxable))
    problems = list(unknown_names(send, names))
    if send:
        problems.extend(one for one in checks(manifest, said, OrgRates(names)) if one.severity is Severity.ERROR)
    if problems:
        raise InvalidInput(finish(problems))
    return names


def _to_look_at(steps: Sequence[Step]) -> list[Step]:
    """What changes, or uses, what the state knows to be in the books: it must still be as it was."""
    used = {step.id._replace(part="") for step in steps if step.id.part and step.action is Action.APPLY}
    return [
        step
        for step in steps
        if step.remote_id and not step.id.part and (step.action in EDITED or step.later or step.id in used)
    ]


def _to_find(steps: Sequence[Step]) -> list[Document]:
    """Documents without a receipt: its absence proves nothing, so the org is searched for them."""
    wanted = (Action.CREATE, Action.PENDING)
    return [step.document for step in steps if step.action in wanted and not step.id.part and step.document is not None]


def _bindings(memory: Memory, names: Names) -> Bindings:
    return Bindings({one.ref: one.remote_id for one in memory.receipts if not one.part}, names)


def _claimed(memory: Memory, manifest: Manifest) -> dict[tuple[str, str], Ref]:
    """What of the books is known to belong to documents of the manifest. An orphan's may be one that was renamed."""
    present = {document.ref for document in manifest.documents}
    return {(one.kind, one.remote_id): one.ref for one in memory.receipts if not one.part and one.ref in present}
