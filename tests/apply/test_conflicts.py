"""What is held back because of conflicts, and why."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importer.apply.conflicts import held_back
from importer.model import Action, StepId
from importer.plan.value import Step

ACME = StepId("contacts", "acme")
BETA = StepId("contacts", "beta")
ORDER = StepId("invoices", "ORDER-1")
OTHER = StepId("invoices", "ORDER-2")
NOTE = StepId("credit_notes", "CN-1")
TO_ORDER = StepId("credit_notes", "CN-1", "ORDER-1#1")
TO_OTHER = StepId("credit_notes", "CN-1", "ORDER-2#1")


def step(own: StepId, action: Action = Action.CREATE, *needs: StepId) -> Step:
    return Step(own, action, needs=needs)


def test_without_conflicts_nothing_is_held_back() -> None:
    assert held_back([step(ACME), step(ORDER, Action.CREATE, ACME), step(BETA, Action.PENDING)]) == {}


def test_a_conflict_is_its_own_reason() -> None:
    assert held_back([step(ACME, Action.CONFLICT), step(BETA)]) == {ACME: ACME}


def test_what_needs_it_is_held_back_through_every_chain_and_names_its_nearest_need() -> None:
    steps = [
        step(ACME, Action.CONFLICT),
        step(BETA),
        step(ORDER, Action.CREATE, ACME),
        step(OTHER, Action.CREATE, BETA),
        step(NOTE, Action.CREATE, BETA, ORDER),
    ]
    assert held_back(steps) == {ACME: ACME, ORDER: ACME, NOTE: ORDER}


def test_what_only_comes_after_it_is_not_held_back() -> None:
    steps = [step(ACME, Action.CONFLICT), Step(BETA, Action.CREATE, after=(ACME,))]
    assert held_back(steps) == {ACME: ACME}


def test_the_applications_of_a_document_in_conflict_are_held_back() -> None:
    steps = [step(NOTE, Action.CONFLICT), step(TO_ORDER, Action.APPLY)]
    assert held_back(steps) == {NOTE: NOTE, TO_ORDER: NOTE}


def test_one_application_in_conflict_holds_back_its_document_and_the_other_ones() -> None:
    steps = [step(NOTE, Action.UPDATE), step(TO_ORDER, Action.CONFLICT), step(TO_OTHER, Action.APPLY, NOTE)]
    assert held_back(steps) == {NOTE: TO_ORDER, TO_ORDER: TO_ORDER, TO_OTHER: TO_ORDER}


def test_the_same_key_of_another_kind_is_another_document() -> None:
    steps = [step(StepId("invoices", "X"), Action.CONFLICT), step(StepId("payments", "X"))]
    assert held_back(steps) == {StepId("invoices", "X"): StepId("invoices", "X")}


@st.composite
def plans(draw: st.DrawFn) -> list[Step]:
    """Steps in the order of their needs, some of them applications of those before."""
    steps: list[Step] = []
    for number in range(draw(st.integers(0, 12))):
        action = draw(st.sampled_from([Action.CREATE, Action.UPDATE, Action.APPLY, Action.ADOPT, Action.CONFLICT]))
        before = [one.id for one in steps]
        needs: list[StepId] = draw(st.lists(st.sampled_from(before), max_size=3)) if before else []
        parent = draw(st.sampled_from([None, *before]))
        own = StepId("invoices", str(number)) if parent is None else StepId(*parent[:2], part=f"P#{number}")
        steps.append(step(own, action, *needs))
    return steps


@given(plans())
def test_nothing_that_goes_needs_what_is_held_back_or_is_of_a_document_in_conflict(steps: list[Step]) -> None:
    found = held_back(steps)
    at_odds = {one.id[:2] for one in steps if one.action is Action.CONFLICT}
    for one in steps:
        if one.id not in found:
            assert one.id[:2] not in at_odds
            assert not set(one.needs) & found.keys()
        else:
            assert one.action is Action.CONFLICT or one.id[:2] in at_odds or set(one.needs) & found.keys()


@given(plans())
def test_every_reason_leads_to_a_conflict(steps: list[Step]) -> None:
    found = held_back(steps)
    conflicts = {one.id for one in steps if one.action is Action.CONFLICT}
    for own in found:
        reason, seen = found[own], {own}
        while reason not in conflicts:
            assert reason not in seen
            seen.add(reason)
            reason = found[reason]
