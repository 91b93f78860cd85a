"""What holds for every manifest, whatever the state and the books say of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.apply.prepare import in_order
from importer.delivery.natural import Match
from importer.kinds import KINDS
from importer.model import Action, Document, Manifest, Path, Place, Ref, StepId, Tree
from importer.plan.build import calls_of
from importer.plan.decide import decide
from importer.plan.known import Known
from importer.plan.said import digest, said
from importer.plan.value import Step
from plan.books import intent, receipts_of


@dataclass(frozen=True)
class Spot:
    file: str

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return Place(self.file, 1, 1)


@st.composite
def manifests(draw: st.DrawFn) -> list[Document]:
    """Documents of the five kinds that refer to each other, or by raw id to what only the org knows."""
    found: list[Document] = []

    def add(kind: str, fields: dict[str, Tree]) -> None:
        index = sum(1 for one in found if one.kind == kind)
        key = f"{kind[0]}{index}"
        file = f"{draw(st.integers(0, 2))}.yaml"
        found.append(Document(kind, key, {"key": key, **fields}, file, index, Spot(file)))

    def some(name: str, kind: str, raw: str) -> dict[str, Tree]:
        keys = [one.key for one in found if one.kind == kind]
        chosen = draw(st.sampled_from([*keys, ""]))
        return {name: chosen} if chosen else {f"{name}_id": raw}

    def amount() -> str:
        return draw(st.sampled_from(["1", "1.0", "2.50"]))

    def settled() -> list[Tree]:
        return [{**some("invoice", "invoices", "inv_x"), "amount": amount()} for _ in range(draw(st.integers(0, 3)))]

    for _ in range(draw(st.integers(0, 2))):
        add("contacts", {"contact_name": "A"})
    for _ in range(draw(st.integers(0, 2))):
        add("items", {"name": "W", "rate": amount()})
    for _ in range(draw(st.integers(0, 3))):
        line: Tree = {**some("item", "items", "it_x"), "quantity": amount()}
        add("invoices", {**some("customer", "contacts", "ct_x"), "date": "2026-05-19", "line_items": [line]})
    for _ in range(draw(st.integers(0, 2))):
        add("payments", {**some("contact", "contacts", "ct_x"), "amount": amount(), "allocations": settled()})
    for _ in range(draw(st.integers(0, 2))):
        more = some("invoice", "invoices", "inv_x") if draw(st.booleans()) else {}
        add("credit_notes", {**some("customer", "contacts", "ct_x"), **more, "applications": settled()})
    return found


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Document], Known]:
    """A manifest, and for each of its documents whether state or books know of it."""
    documents = draw(manifests())
    receipts, intents, matches = {}, {}, {}
    everything = receipts_of(documents)
    for own, receipt in everything.items():
        state = draw(st.sampled_from(["new", "known", "edited", "open", "found", "several", "gone"]))
        if state in ("known", "edited"):
            receipts[own] = receipt
        if state == "edited":
            receipts[own] = replace(receipt, said={**receipt.said, "amount": "9", "notes": "N"})
        if state == "open":
            intents[own] = intent(own)
        if state in ("found", "several") and not own.part:
            id_field = KINDS[own.kind].id_field
            rows = [
                {id_field: f"id_{own.key}_{at}", "total": 1, "balance": 0} for at in range(1 + (state == "several"))
            ]
            matches[Ref(own.kind, own.key)] = Match(tuple(rows), "chance")
        if state == "gone":
            receipts[own] = receipt
            documents = [one for one in documents if StepId(one.kind, one.key) != own]
    return documents, Known(receipts=receipts, intents=intents, matches=matches)


def decided(documents: list[Document], known: Known) -> tuple[Step, ...]:
    return decide(in_order(Manifest(tuple(documents))), known)


@settings(max_examples=200)
@given(worlds())
def test_what_a_step_needs_or_comes_after_precedes_it(world: tuple[list[Document], Known]) -> None:
    seen: dict[StepId, Step] = {}
    for step in decided(*world):
        assert step.id not in seen
        for needed in (*step.needs, *step.after):
            assert needed in seen
            assert seen[needed].action is not Action.UNCHANGED
        seen[step.id] = step


@given(worlds())
def test_every_document_has_one_step_and_every_key_that_is_gone_an_orphan(world: tuple[list[Document], Known]) -> None:
    documents, known = world
    steps = decided(documents, known)
    orphans = {step.id for step in steps if step.action is Action.ORPHANED}
    own = {StepId(one.kind, one.key) for one in documents}
    assert {step.id for step in steps if not step.id.part} == own | orphans
    assert orphans == {one for one in known.receipts if not one.part and one not in own}


@given(worlds())
def test_nothing_is_sent_for_what_waits_for_something_unknown(world: tuple[list[Document], Known]) -> None:
    steps = {step.id: step for step in decided(*world)}
    for step in steps.values():
        if any(steps[needed].action is Action.PENDING for needed in step.needs):
            assert step.action in (Action.PENDING, Action.CONFLICT)


@given(worlds())
def test_each_conflict_and_each_pending_step_says_what_it_is(world: tuple[list[Document], Known]) -> None:
    for step in decided(*world):
        if step.action in (Action.CONFLICT, Action.PENDING):
            assert step.code
            assert step.reason.endswith(".")


@given(manifests())
def test_what_was_done_wholly_is_unchanged_the_second_time(documents: list[Document]) -> None:
    first = decided(documents, Known())
    assert {step.action for step in first} <= {Action.CREATE, Action.APPLY}
    receipts = receipts_of(documents)
    assert receipts.keys() == {step.id for step in first}
    second = decided(documents, Known(receipts=receipts))
    assert {step.action for step in second} <= {Action.UNCHANGED}
    assert not calls_of(second)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_change_what_is_done(
    world: tuple[list[Document], Known], dice: random.Random
) -> None:
    documents, known = world
    shuffled = documents.copy()
    dice.shuffle(shuffled)

    def summary(steps: tuple[Step, ...]) -> Counter[tuple[object, ...]]:
        return Counter((one.id, one.action, one.needs, frozenset(one.after), one.code) for one in steps)

    assert summary(decided(documents, known)) == summary(decided(shuffled, known))


@given(manifests(), st.randoms(use_true_random=False))
def test_what_a_document_says_does_not_depend_on_the_order_of_its_fields(
    documents: list[Document], dice: random.Random
) -> None:
    for one in documents:
        fields = list(one.fields.items())
        dice.shuffle(fields)
        other = Document(one.kind, one.key, dict(fields), one.file, one.index, one.locator)
        assert digest(said(one)) == digest(said(other))
