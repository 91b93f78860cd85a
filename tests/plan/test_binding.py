from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import REFUSED, Refused
from importer.model import Action, Change, Document, Ref, StepId
from importer.plan.binding import check, compare_steps
from importer.plan.known import Known
from importer.plan.saved import Options, SavedPlan, document_digests, saved_steps
from importer.plan.slice import narrow, same_slice
from importer.plan.value import Step
from plan.books import ACME, SALE, documents, receipts_of
from plan.test_properties import decided, manifests

DOCUMENTS = document_digests(documents(SALE))
NOW: dict[str, Any] = {
    "version": "0.1.0",
    "org_id": "org_1",
    "sandbox": False,
    "documents": DOCUMENTS,
    "lineage": "ab12",
    "serial": 7,
    "progress": None,
}


def saved_plan(steps: Iterable[Step] = (), **given: Any) -> SavedPlan:
    values: dict[str, Any] = {
        "id": "0f" * 8,
        "version": "0.1.0",
        "created": "2026-05-19T10:00:00Z",
        "org_id": "org_1",
        "sandbox": False,
        "paths": ("books",),
        "state_path": "",
        "lineage": "ab12",
        "serial": 7,
        "options": Options(),
        "documents": DOCUMENTS,
        "steps": saved_steps(steps),
        "plan": {},
    }
    return SavedPlan(**{**values, **given})


def refused(saved: SavedPlan, **now: Any) -> Refused:
    with pytest.raises(Refused) as info:
        check(saved, **{**NOW, **now})
    assert info.value.exit_code == REFUSED
    assert info.value.help
    return info.value


# What a plan was made for.


def test_a_plan_passes_where_nothing_has_changed() -> None:
    check(saved_plan(), **NOW)


def test_a_plan_without_a_state_passes_where_there_is_none_or_an_empty_one() -> None:
    saved = saved_plan(lineage="", serial=0)
    check(saved, **{**NOW, "lineage": "", "serial": 0})
    check(saved, **{**NOW, "lineage": "cd34", "serial": 0})


@pytest.mark.parametrize(
    ("now", "code", "said"),
    [
        ({"version": "0.2.0"}, "plan-other-version", "made by version 0.1.0 of the importer, and this is 0.2.0"),
        ({"org_id": "org_2"}, "plan-other-org", "made for organisation org_1, and this is org_2"),
        ({"sandbox": True}, "plan-of-sandbox", "made for FinzBooks itself, and this is the sandbox"),
        ({"serial": 9}, "plan-other-state", "it was at change 7, and is at 9"),
        ({"lineage": "cd34"}, "plan-other-state", "another state"),
        ({"lineage": "", "serial": 0}, "plan-other-state", "now there is none"),
    ],
)
def test_anything_else_than_what_the_plan_saw_is_refused(now: dict[str, Any], code: str, said: str) -> None:
    error = refused(saved_plan(), **now)
    assert error.code == code
    assert said in error.message


@pytest.mark.parametrize(
    ("given", "now", "code", "said"),
    [
        ({"sandbox": True}, {}, "plan-of-sandbox", "made for the sandbox, and this is FinzBooks itself"),
        ({"org_id": ""}, {}, "plan-other-org", "made offline"),
        ({"lineage": "", "serial": 0}, {"serial": 1}, "plan-other-state", "no state when the plan was made"),
    ],
)
def test_a_plan_made_for_something_else_is_refused(
    given: dict[str, Any], now: dict[str, Any], code: str, said: str
) -> None:
    error = refused(saved_plan(**given), **now)
    assert error.code == code
    assert said in error.message


def test_the_documents_that_changed_that_were_added_and_that_are_gone_are_named() -> None:
    now = {**DOCUMENTS, Ref("contacts", "acme"): "0", Ref("items", "new"): "1"}
    del now[Ref("payments", "UTR-1")]
    error = refused(saved_plan(), documents=now)
    assert error.code == "plan-other-documents"
    assert error.message.endswith("changed: contacts/acme; added: items/new; gone: payments/UTR-1.")


def test_of_many_changed_documents_the_first_five_are_named_and_the_others_counted() -> None:
    then = {Ref("items", f"i{at:04}"): "0" for at in range(2_007)}
    error = refused(saved_plan(documents=then), documents=dict.fromkeys(then, "1"))
    assert "changed: items/i0000, items/i0001, items/i0002, items/i0003, items/i0004 and 2,002 more." in error.message
    five = dict(list(then.items())[:5])
    assert "more" not in refused(saved_plan(documents=five), documents=dict.fromkeys(five, "1")).message


@pytest.mark.parametrize(
    ("given", "now"),
    [
        ({}, {"serial": 12, "progress": (12, False)}),
        ({"lineage": "", "serial": 0}, {"lineage": "cd34", "serial": 3, "progress": (3, False)}),
    ],
)
def test_a_plan_is_carried_on_while_every_change_of_the_state_is_its_own(
    given: dict[str, Any], now: dict[str, Any]
) -> None:
    check(saved_plan(**given), **{**NOW, **now})


@pytest.mark.parametrize(
    ("given", "now", "said"),
    [
        ({}, {"serial": 13, "progress": (12, False)}, "left it at change 12, and it is at 13"),
        ({}, {"serial": 7, "progress": (12, False)}, "left it at change 12, and it is at 7"),
        ({}, {"lineage": "cd34", "serial": 12, "progress": (12, False)}, "begun with another state"),
        ({"lineage": ""}, {"serial": 4, "progress": (3, False)}, "left it at change 3, and it is at 4"),
    ],
)
def test_a_plan_is_not_carried_on_after_a_change_that_is_not_its_own(
    given: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    error = refused(saved_plan(**given), **now)
    assert error.code == "plan-other-state"
    assert said in error.message


def test_a_plan_that_is_done_is_refused_whatever_else_has_changed() -> None:
    error = refused(saved_plan(), progress=(7, True), version="9", org_id="org_2", documents={}, sandbox=True)
    assert error.code == "plan-done"


def test_of_several_reasons_the_most_telling_is_given() -> None:
    wrong: dict[str, Any] = {"version": "9", "sandbox": True, "org_id": "org_2", "documents": {}, "serial": 8}
    codes = []
    while wrong:
        codes.append(refused(saved_plan(), **wrong).code)
        del wrong[next(iter(wrong))]
    assert codes == [
        "plan-other-version",
        "plan-of-sandbox",
        "plan-other-org",
        "plan-other-documents",
        "plan-other-state",
    ]


# What was reviewed.

TWO = (Change("notes", None, "N"), Change("auto_approve", False, True))
CREATE = Step(StepId("invoices", "X"), Action.CREATE, amount=Decimal(100))
ADOPT = Step(StepId("contacts", "X"), Action.ADOPT, remote_id="ct_1")
UPDATE = Step(StepId("invoices", "U"), Action.UPDATE, remote_id="inv_1", changes=TWO)
APPROVE = replace(UPDATE, action=Action.APPROVE, changes=TWO[1:])
APPLY = Step(StepId("credit_notes", "C", "X#1"), Action.APPLY)
CONFLICT = Step(StepId("payments", "P"), Action.CONFLICT, code="edit-of-document")
EVERY = (ADOPT, CREATE, UPDATE, APPLY, CONFLICT)


def other_books(saved: Iterable[Step], fresh: Iterable[Step], *, resumed: bool = False) -> str:
    with pytest.raises(Refused) as info:
        compare_steps(saved_plan(saved), fresh, resumed)
    assert info.value.code == "plan-other-books"
    assert "--out" in info.value.help
    return info.value.message


def becomes(step: Step, action: Action, **other: Any) -> Step:
    return replace(step, action=action, **other)


@pytest.mark.parametrize("resumed", [False, True])
def test_the_same_steps_pass_with_other_words_and_generations(resumed: bool) -> None:
    fresh = [replace(step, generation=2, reason="again") for step in EVERY]
    compare_steps(saved_plan(EVERY), fresh, resumed)


@pytest.mark.parametrize("resumed", [False, True])
@pytest.mark.parametrize("action", [Action.PENDING, Action.ORPHANED, Action.UNCHANGED])
def test_what_sends_nothing_and_is_not_reviewed_is_not_compared(action: Action, resumed: bool) -> None:
    fresh = [*EVERY, Step(StepId("items", "other"), action)]
    compare_steps(saved_plan(EVERY), fresh, resumed)
    compare_steps(saved_plan(fresh), EVERY, resumed)


@pytest.mark.parametrize(
    ("fresh", "said"),
    [
        (becomes(CREATE, Action.ADOPT, remote_id="inv_1"), "invoices/X would be adopted, the plan says create."),
        (becomes(CREATE, Action.CONFLICT), "invoices/X is in conflict, the plan says create."),
        (becomes(CREATE, Action.PENDING), "invoices/X is pending, the plan says create."),
        (becomes(CREATE, Action.UNCHANGED), "invoices/X is unchanged, the plan says create."),
        (replace(CREATE, amount=Decimal(118)), "invoices/X would be created, and otherwise than the plan says."),
    ],
)
def test_the_first_time_nothing_may_differ(fresh: Step, said: str) -> None:
    assert said in other_books([CREATE], [fresh])


def test_the_first_time_nothing_may_be_missing_or_new() -> None:
    assert "invoices/X has nothing to be done, the plan says create." in other_books([ADOPT, CREATE], [ADOPT])
    assert "invoices/X would be created, the plan says nothing of it." in other_books([ADOPT], [ADOPT, CREATE])


@pytest.mark.parametrize(
    "fresh",
    [
        replace(UPDATE, remote_id="inv_2"),
        replace(UPDATE, changes=TWO[:1]),
        replace(UPDATE, changes=(Change("notes", "M", "N"), TWO[1])),
    ],
)
def test_the_first_time_an_update_is_the_same_update(fresh: Step) -> None:
    assert "invoices/U would be updated, and otherwise than the plan says." in other_books([UPDATE], [fresh])


def test_many_differences_are_counted() -> None:
    fresh = [Step(StepId("items", f"i{at}"), Action.CREATE) for at in range(8)]
    message = other_books([], fresh)
    assert "items/i4" in message
    assert "items/i5" not in message
    assert message.endswith(" and 3 more.")


@pytest.mark.parametrize(
    ("saved", "fresh"),
    [
        (CREATE, becomes(CREATE, Action.ADOPT, remote_id="inv_1")),
        (CREATE, becomes(CREATE, Action.SETTLE, remote_id="inv_1")),
        (CREATE, replace(CREATE, generation=1)),
        (CREATE, becomes(CREATE, Action.CONFLICT, remote_id="inv_1")),
        (ADOPT, becomes(ADOPT, Action.SETTLE)),
        (UPDATE, becomes(UPDATE, Action.ADOPT, changes=())),
        (UPDATE, replace(UPDATE, changes=())),
        (UPDATE, APPROVE),
        (APPROVE, becomes(APPROVE, Action.SETTLE, changes=())),
        (APPLY, replace(APPLY, remote_id="cn_1")),
        (APPLY, becomes(APPLY, Action.ADOPT, remote_id="cn_1")),
        (APPLY, becomes(APPLY, Action.PENDING)),
    ],
)
def test_a_plan_that_is_carried_on_may_have_less_left_to_do(saved: Step, fresh: Step) -> None:
    compare_steps(saved_plan([saved]), [fresh], resumed=True)
    compare_steps(saved_plan([saved]), [], resumed=True)


@pytest.mark.parametrize(
    ("saved", "fresh"),
    [
        (CREATE, replace(CREATE, amount=Decimal(118))),
        (CREATE, becomes(CREATE, Action.UPDATE, remote_id="inv_1")),
        (CREATE, becomes(CREATE, Action.APPROVE, remote_id="inv_1")),
        (ADOPT, replace(ADOPT, remote_id="ct_2")),
        (ADOPT, becomes(ADOPT, Action.CREATE, remote_id="")),
        (ADOPT, becomes(ADOPT, Action.UPDATE, changes=TWO)),
        (UPDATE, becomes(UPDATE, Action.CREATE, remote_id="")),
        (UPDATE, replace(UPDATE, remote_id="inv_2")),
        (UPDATE, replace(UPDATE, changes=(*TWO, Change("rate", "1", "2")))),
        (APPROVE, UPDATE),
        (APPLY, becomes(APPLY, Action.CREATE)),
        (CONFLICT, becomes(CONFLICT, Action.CREATE)),
        (CONFLICT, becomes(CONFLICT, Action.ADOPT)),
    ],
)
def test_a_plan_that_is_carried_on_may_not_send_more(saved: Step, fresh: Step) -> None:
    assert str(saved.id) in other_books([saved], [fresh], resumed=True)


def test_a_plan_that_is_carried_on_may_meet_a_conflict_and_nothing_else_new() -> None:
    compare_steps(saved_plan([CREATE]), [CREATE, CONFLICT], resumed=True)
    for fresh in (ADOPT, UPDATE, APPLY):
        assert "the plan says nothing of it" in other_books([CREATE], [CREATE, fresh], resumed=True)


# From plan to apply, whatever the manifest.


@settings(deadline=None)
@given(manifests(), st.integers(1, 6), st.data())
def test_a_slice_that_was_saved_passes_again_and_carries_on_after_part_of_it(
    found: list[Document], limit: int, data: st.DataObject
) -> None:
    kept, left_out = narrow(decided(found, Known()), (), limit)
    saved = saved_plan(kept, options=Options(limit=limit))
    own = {one.id for one in saved.steps}
    compare_steps(saved, same_slice(decided(found, Known()), own)[0], resumed=False)
    done = data.draw(st.integers(0, len(kept)))
    receipts = receipts_of(found)
    known = Known(receipts={step.id: receipts[step.id] for step in kept[:done]})
    rest, still_left_out = same_slice(decided(found, known), own)
    compare_steps(saved, rest, resumed=True)
    assert still_left_out == left_out
    if done:
        with pytest.raises(Refused):
            compare_steps(saved, rest, resumed=False)


def test_a_document_that_came_into_the_books_meanwhile_is_refused() -> None:
    before = decided(documents(SALE), Known())
    after = decided(documents(SALE), Known(receipts=receipts_of(documents(ACME))))
    message = other_books(before, after)
    assert "contacts/acme is unchanged, the plan says create." in message
