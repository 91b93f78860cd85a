from __future__ import annotations

from decimal import Decimal

import pytest

from importer.checks.rates import OfflineRates
from importer.model import Action, Manifest, StepId
from importer.plan import expected
from importer.plan.build import build, calls_of
from importer.plan.decide import decide
from importer.plan.expected import Expectations
from importer.plan.known import Known
from importer.plan.names import OrgRates
from importer.plan.value import Plan, Step
from plan.books import ACME, NAMES, ORDER, SALE, WIDGET, documents, manifest, receipts_of

NOTHING = Expectations(Manifest(()), {}, OfflineRates())


def creates(kind: str, count: int) -> list[Step]:
    return [Step(StepId(kind, f"k{at}"), Action.CREATE) for at in range(count)]


def made(steps: list[Step], **reads: int) -> Plan:
    return build(steps, NOTHING, "org_1", reads=reads, per_minute=600)


@pytest.mark.parametrize(
    ("count", "bulk", "single"),
    [(0, 0, 0), (1, 0, 1), (2, 1, 0), (49, 1, 0), (50, 1, 0), (51, 1, 1), (52, 2, 0), (100, 2, 0), (101, 2, 1)],
)
def test_invoices_go_fifty_to_a_call_and_a_rest_of_one_by_itself(count: int, bulk: int, single: int) -> None:
    calls = calls_of(creates("invoices", count))
    expected = {"POST /bulk/invoices": bulk, "POST /invoices": single}
    assert calls == {name: number for name, number in expected.items() if number}


@pytest.mark.parametrize("kind", ["contacts", "items", "payments", "credit_notes"])
def test_other_kinds_take_a_call_each(kind: str) -> None:
    assert calls_of(creates(kind, 51)) == {f"POST /{kind}": 51}


def test_an_update_reads_before_and_after_and_an_application_reads_the_balance() -> None:
    steps = [
        Step(StepId("contacts", "a"), Action.UPDATE),
        Step(StepId("credit_notes", "c", "I#1"), Action.APPLY),
    ]
    assert calls_of(steps) == {
        "GET /contacts/{id}": 2,
        "PUT /contacts/{id}": 1,
        "GET /invoices/{id}": 1,
        "POST /credit_notes/{id}/apply-to-invoice": 1,
    }


def application(key: str, part: str, remote_id: str = "") -> Step:
    return Step(StepId("credit_notes", key, part), Action.APPLY, remote_id=remote_id)


@pytest.mark.parametrize(
    ("steps", "notes", "invoices"),
    [
        ([application("c", "I#1")], 0, 1),  # created by the same plan
        ([application("c", "I#1"), application("c", "I#2"), application("d", "I#1"), application("c", "J#1")], 4, 6),
        ([application("c", "I#1", "cn_1")], 2, 2),
        ([application("c", "I#1", "cn_1"), application("c", "I#2", "cn_1"), application("d", "I#1")], 4, 5),
    ],
)
def test_balances_are_read_around_each_application_but_the_first_of_a_note_created_in_the_same_plan(
    steps: list[Step], notes: int, invoices: int
) -> None:
    assert calls_of(steps)["GET /credit_notes/{id}"] == notes
    assert calls_of(steps)["GET /invoices/{id}"] == invoices


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.CREATE, Action.UPDATE, Action.APPROVE, Action.APPLY}))
def test_what_is_only_remembered_or_shown_costs_no_call(action: Action) -> None:
    assert not calls_of([Step(StepId("invoices", "I"), action)])


def test_the_reads_that_a_plan_took_are_counted_with_the_writes() -> None:
    plan = made(creates("contacts", 3), **{"GET /contacts": 2, "POST /contacts": 1})
    assert dict(plan.calls.by_endpoint) == {"GET /contacts": 2, "POST /contacts": 4}
    assert plan.calls.total == 6


@pytest.mark.parametrize(("calls", "seconds"), [(0, 0), (1, 1), (10, 1), (11, 2), (600, 60), (601, 61)])
def test_the_time_is_that_of_the_tiers_rate_rounded_up(calls: int, seconds: int) -> None:
    assert made(creates("payments", calls)).calls.seconds == seconds


def test_documents_are_counted_by_what_happens_and_applications_are_not() -> None:
    everything = documents(SALE, WIDGET)
    receipts = receipts_of(documents(ACME))
    plan = made(list(decide(everything, Known(receipts=receipts))))
    assert plan.counts() == {
        "create": 4,
        "adopt": 0,
        "update": 0,
        "unchanged": 1,
        "conflict": 0,
        "orphaned": 0,
        "pending": 0,
    }
    assert [step.id.kind for step in plan.steps] == [
        "items",
        "invoices",
        "credit_notes",
        "payments",
        "credit_notes",
    ]


def test_each_action_has_its_count_and_a_settled_call_counts_as_adopted() -> None:
    plan = made([Step(StepId("invoices", action), action) for action in Action])
    assert plan.counts() == {
        "create": 1,
        "adopt": 2,
        "update": 2,  # a posting is one
        "unchanged": 1,
        "conflict": 1,
        "orphaned": 1,
        "pending": 1,
    }


@pytest.mark.parametrize(
    ("action", "changes", "writes"),
    [
        (Action.CREATE, True, True),
        (Action.ADOPT, True, True),
        (Action.SETTLE, True, True),
        (Action.UPDATE, True, True),
        (Action.APPLY, True, True),
        (Action.CONFLICT, True, False),
        (Action.PENDING, True, False),
        (Action.ORPHANED, False, False),
        (Action.UNCHANGED, False, False),
    ],
)
def test_a_plan_knows_whether_anything_is_pending_and_whether_it_would_write(
    action: Action, changes: bool, writes: bool
) -> None:
    plan = made([Step(StepId("invoices", "I"), action)])
    assert (plan.changes, plan.idle, plan.writes) == (changes, not changes, writes)
    assert len(plan.conflicts) == (action is Action.CONFLICT)


def test_a_create_shows_what_it_comes_to_and_whether_it_stays_a_draft() -> None:
    text = ACME + ORDER.replace("auto_approve: true", "auto_approve: false")
    steps = decide(documents(text), Known())
    expectations = Expectations(manifest(text), {}, OrgRates(NAMES))
    (contact, order) = build(steps, expectations, "org", reads={}, per_minute=600).steps
    assert (contact.amount, contact.draft) == (None, False)
    assert (order.amount, order.draft) == (Decimal("100.00"), True)


def test_where_nothing_is_to_be_done_nothing_is_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    sale = manifest(SALE)
    steps = list(decide(documents(SALE), Known(receipts_of(documents(SALE)))))
    assert {step.action for step in steps} == {Action.UNCHANGED}
    monkeypatch.setattr(expected, "Book", lambda *_: pytest.fail("something was priced"))
    plan = build(steps, Expectations(sale, {}, OfflineRates()), "org_1", reads={}, per_minute=600)
    assert not plan.changes
