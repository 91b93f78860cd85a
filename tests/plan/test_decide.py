from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from importer.delivery.compare import Expected
from importer.delivery.natural import Match
from importer.model import Action, Change, Ref, StepId
from importer.plan.decide import decide, references
from importer.plan.known import Known
from plan.books import (
    ACME,
    CREDITED,
    ORDER,
    PAID,
    SALE,
    WIDGET,
    actions,
    document,
    documents,
    found,
    intent,
    plan,
    receipt,
    receipts_of,
)

ACME_REF, ORDER_REF = Ref("contacts", "acme"), Ref("invoices", "ORDER-1")
ACME_ROW = {"contact_id": "ct_1", "contact_name": "Acme Corp", "contact_type": "CUSTOMER"}
ACME_BODY = {"contact_name": "Acme Corp", "contact_type": "CUSTOMER"}
ORDER_ROW = {"invoice_id": "inv_1", "invoice_number": "INV-1", "status": "SENT", "total": Decimal(100)}
RAW_ORDER = ORDER.replace("customer: acme", "customer_id: ct_1")


# In whatever order they come.


@pytest.mark.parametrize("known", [(), (ACME,), (ACME, ORDER), (SALE, WIDGET)])
def test_documents_in_another_order_have_the_steps_of_those_in_the_order_of_their_references(
    known: tuple[str, ...],
) -> None:
    everything = documents(SALE, WIDGET)
    memory = Known(receipts=receipts_of(documents(*known)))
    there = decide(everything, memory)
    back = decide(everything[::-1], memory, in_order=lambda: everything)
    assert {step.id: step for step in back} == {step.id: step for step in there}
    if any(step.action is not Action.UNCHANGED for step in there):
        assert back == there


def test_where_nothing_is_to_be_done_nobody_is_asked_for_the_order() -> None:
    everything = documents(ACME, ORDER)

    def in_order() -> Any:
        raise AssertionError("nothing is to be done")

    steps = decide(everything, Known(receipts=receipts_of(everything)), in_order=in_order)
    assert {step.action for step in steps} == {Action.UNCHANGED}


# Nothing is known of it.


def test_what_nobody_knows_is_created() -> None:
    (step,) = decide(documents(ACME), Known())
    assert (step.id, step.action, step.generation) == (StepId("contacts", "acme"), Action.CREATE, 0)
    assert step.place is not None
    assert step.place.line == 1


def test_a_create_goes_on_with_the_generation_that_the_state_remembers() -> None:
    (step,) = decide(documents(ACME), Known(generations={StepId("contacts", "acme"): 3}))
    assert step.generation == 3


def test_each_step_needs_what_its_document_refers_to() -> None:
    steps = plan(documents(SALE))
    assert steps["invoices/ORDER-1"].needs == (StepId("contacts", "acme"),)
    assert steps["payments/UTR-1"].needs == (StepId("contacts", "acme"), StepId("invoices", "ORDER-1"))
    assert steps["credit_notes/CN-1"].needs == (StepId("contacts", "acme"),)
    assert list(steps) == [
        "contacts/acme",
        "invoices/ORDER-1",
        "credit_notes/CN-1",
        "payments/UTR-1",
        "credit_notes/CN-1 ORDER-1#1",
    ]


def test_what_is_unchanged_need_not_be_waited_for() -> None:
    known = Known(receipts=receipts_of(documents(ACME)))
    steps = plan(documents(ACME, ORDER), known)
    assert steps["invoices/ORDER-1"].needs == ()


def test_references_are_those_of_the_create_body_wherever_they_stand() -> None:
    text = """
    credit_notes: [{key: C, customer: " acme ", invoice: LINKED, date: 2026-05-19,
                    line_items: [{item: a, quantity: 1}, {item: b, quantity: 1}],
                    applications: [{invoice: APPLIED, amount: 1}]}]
    """
    assert set(references(document(text))) == {
        Ref("contacts", "acme"),
        Ref("invoices", "LINKED"),
        Ref("items", "a"),
        Ref("items", "b"),
    }


# The state knows it.


def test_what_was_applied_as_it_stands_is_unchanged() -> None:
    everything = documents(SALE, WIDGET)
    steps = plan(everything, Known(receipts=receipts_of(everything)))
    assert set(actions(steps).values()) == {Action.UNCHANGED}
    assert steps["contacts/acme"].remote_id == "id_acme"


@pytest.mark.parametrize(
    ("text", "old", "new", "change"),
    [
        (ACME, "Acme Corp", "Acme Ltd", Change("contact_name", "Acme Corp", "Acme Ltd")),
        (WIDGET, "rate: 100", "rate: 101", Change("rate", "100", "101")),
        (WIDGET, "rate: 100", "rate: 100, unit: NOS", Change("unit", None, "NOS")),
    ],
)
def test_an_edit_of_a_contact_or_an_item_is_an_update(text: str, old: str, new: str, change: Change) -> None:
    known = Known(receipts=receipts_of(documents(text)))
    (step,) = decide(documents(text.replace(old, new)), known)
    assert (step.action, step.changes) == (Action.UPDATE, (change,))
    assert step.remote_id.startswith("id_")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("invoices/ORDER-1", "rate: 100", "rate: 101"),
        ("invoices/ORDER-1", "2026-05-19", "2026-05-18"),
        ("payments/UTR-1", "amount: 60,", "amount: 61,"),
        ("payments/UTR-1", "{invoice: ORDER-1, amount: 60}", "{invoice: ORDER-1, amount: 59}"),
        ("payments/UTR-1", "[{invoice: ORDER-1, amount: 60}]", "[]"),
        ("credit_notes/CN-1", "rate: 40", "rate: 41"),
    ],
)
def test_an_edit_of_a_document_that_was_booked_is_a_conflict(name: str, old: str, new: str) -> None:
    known = Known(receipts=receipts_of(documents(SALE)))
    step = plan(documents(SALE.replace(old, new)), known)[name]
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")
    assert step.changes
    assert step.help.startswith("Take the edit back.")
    assert ("void it in FinzBooks" in step.help) is (step.id.kind != "payments")  # the API voids no payment


def test_a_conflict_over_an_edit_names_the_number_that_the_books_gave() -> None:
    order = documents(RAW_ORDER)[0]
    known = Known(receipts={StepId(*order.ref): receipt(order, "inv_1", number="INV-7")})
    (step,) = decide(documents(RAW_ORDER.replace("rate: 100", "rate: 1")), known)
    assert "INV-7, inv_1" in step.reason


@pytest.mark.parametrize("text", [ACME, RAW_ORDER])
def test_a_field_no_longer_given_is_no_change(text: str) -> None:
    more = text.replace("}", ", notes: N}") if text is RAW_ORDER else text.replace("}", ", email: a@b.example}")
    before = documents(more.replace("rate: 100, notes: N}]", "rate: 100}]"))
    (step,) = decide(documents(text), Known(receipts=receipts_of(before)))
    assert step.action is Action.UNCHANGED


def test_what_the_books_answered_otherwise_than_sent_stays_a_conflict() -> None:
    acme = documents(ACME)[0]
    known = Known(receipts={StepId(*acme.ref): receipt(acme, difference="contact_name is X")})
    (step,) = decide([acme], known)
    assert (step.action, step.code) == (Action.CONFLICT, "books-differ")
    assert "contact_name is X" in step.reason


def test_an_update_that_was_cut_off_is_done_again() -> None:
    acme, call = documents(ACME)[0], intent(("contacts", "acme", ""), operation="update")
    known = Known(receipts=receipts_of([acme]), intents={StepId(*acme.ref): call})
    (step,) = decide([acme], known)
    assert (step.action, step.settles, step.remote_id) == (Action.UPDATE, call, "id_acme")


def test_a_booked_invoice_is_never_updated_whatever_call_is_open() -> None:
    order, call = documents(RAW_ORDER)[0], intent(("invoices", "ORDER-1", ""), operation="bulk")
    known = Known(receipts=receipts_of([order]), intents={StepId(*order.ref): call})
    (step,) = decide([order], known)
    assert step.action is Action.UNCHANGED


# The books hold it.


def adopted(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = Known(matches=found(ACME_REF, row), wanted={ACME_REF: ACME_BODY}, **more)
    return plan(documents(ACME), known)


def test_what_the_books_hold_as_the_manifest_says_is_adopted_with_the_words_of_the_match() -> None:
    step = adopted(ACME_ROW)["contacts/acme"]
    assert (step.action, step.remote_id, step.reason) == (Action.ADOPT, "ct_1", "the same name")
    assert step.remote == ACME_ROW


def test_a_contact_that_the_books_hold_otherwise_is_updated_not_silently() -> None:
    step = adopted({**ACME_ROW, "contact_type": "BOTH"})["contacts/acme"]
    assert (step.action, step.changes) == (Action.UPDATE, (Change("contact_type", "BOTH", "CUSTOMER"),))
    assert (step.remote_id, step.settles) == ("ct_1", None)


def test_an_invoice_that_the_books_hold_otherwise_is_a_conflict() -> None:
    row = {**ORDER_ROW, "customer_id": "ct_1", "date": "2026-05-18"}
    body = {"customer_id": "ct_1", "date": "2026-05-19T00:00:00"}
    (step,) = decide(documents(RAW_ORDER), Known(matches=found(ORDER_REF, row), wanted={ORDER_REF: body}))
    assert (step.action, step.code) == (Action.CONFLICT, "books-differ")
    assert [one.path for one in step.changes] == ["date"]


def test_an_invoice_of_another_total_is_a_conflict_that_shows_both() -> None:
    expected = Expected(Decimal(118), Decimal(118), 1, None)
    known = Known(matches=found(ORDER_REF, {**ORDER_ROW, "round_off": 0}), expected=lambda _: expected)
    (step,) = decide(documents(RAW_ORDER), known)
    assert (step.action, step.code) == (Action.CONFLICT, "books-differ")
    assert step.changes == (Change("total before round-off", "100", "118"),)


def test_an_invoice_that_was_voided_in_the_books_is_a_conflict() -> None:
    row = {**ORDER_ROW, "status": "CANCELLED"}
    (step,) = decide(documents(RAW_ORDER), Known(matches=found(ORDER_REF, row)))
    assert (step.action, step.code) == (Action.CONFLICT, "voided-in-books")


def test_two_documents_that_match_one_of_the_books_are_both_conflicts() -> None:
    two = documents("contacts: [{key: a, contact_name: Acme}, {key: b, contact_name: Acme}]")
    matches = {**found(Ref("contacts", "a"), ACME_ROW), **found(Ref("contacts", "b"), ACME_ROW)}
    steps = plan(two, Known(matches=matches))
    assert [(one.action, one.code) for one in steps.values()] == [(Action.CONFLICT, "shared-match")] * 2
    assert "contacts/b" in steps["contacts/a"].reason
    assert "contacts/a" in steps["contacts/b"].reason


@pytest.mark.parametrize("in_scope", [True, False])
def test_what_belongs_to_a_key_that_is_gone_is_a_conflict_and_no_adoption(in_scope: bool) -> None:
    old = document("contacts: [{key: old, contact_name: Acme Corp}]")
    known = Known(
        receipts={StepId("contacts", "old"): receipt(old, "ct_1")},
        matches=found(ACME_REF, ACME_ROW),
        wanted={ACME_REF: ACME_BODY},
    )
    step = plan(documents(ACME), known, lambda _: in_scope)["contacts/acme"]
    assert (step.action, step.code) == (Action.CONFLICT, "known-under-other-key")
    assert '"old"' in step.reason


def test_several_matches_are_a_conflict_that_names_them() -> None:
    known = Known(matches=found(ACME_REF, ACME_ROW, {**ACME_ROW, "contact_id": "ct_2"}))
    (step,) = decide(documents(ACME), known)
    assert (step.action, step.code) == (Action.CONFLICT, "ambiguous-match")
    assert "ct_1, ct_2" in step.reason


LIKE = Match(alike=({**ORDER_ROW, "reference_number": "OTHER", "date": "2026-05-19"},))


def test_a_mere_likeness_is_a_conflict_that_shows_what_the_books_hold() -> None:
    (step,) = decide(documents(RAW_ORDER), Known(matches={ORDER_REF: LIKE}))
    assert (step.action, step.code, step.remote_id) == (Action.CONFLICT, "likeness", "")
    assert "inv_1, invoice_number INV-1, reference_number OTHER, date 2026-05-19, total 100" in step.reason
    assert "--allow-likeness" in step.help


def test_a_likeness_is_described_by_what_it_has() -> None:
    like = Match(alike=({**ORDER_ROW, "invoice_number": None, "reference_number": None},))
    (step,) = decide(documents(RAW_ORDER), Known(matches={ORDER_REF: like}))
    assert "inv_1, total 100." in step.reason


def test_a_likeness_that_is_allowed_is_created() -> None:
    (step,) = decide(documents(RAW_ORDER), Known(matches={ORDER_REF: LIKE}, allow_likeness=True))
    assert step.action is Action.CREATE


def test_a_likeness_that_belongs_to_a_key_that_is_gone_is_a_renamed_key_and_is_never_created() -> None:
    old = document(RAW_ORDER.replace("key: ORDER-1", "key: ORDER-0"), "invoices")
    known = Known(
        receipts={StepId("invoices", "ORDER-0"): receipt(old, "inv_1")},
        matches={ORDER_REF: LIKE},
        allow_likeness=True,
    )
    step = plan(documents(RAW_ORDER), known)["invoices/ORDER-1"]
    assert (step.action, step.code) == (Action.CONFLICT, "known-under-other-key")


def test_what_is_found_cannot_refer_to_something_that_the_books_do_not_hold() -> None:
    text = WIDGET + RAW_ORDER.replace("name: Work,", "item: widget,")
    steps = plan(documents(text), Known(matches=found(ORDER_REF, ORDER_ROW)))
    step = steps["invoices/ORDER-1"]
    assert steps["items/widget"].action is Action.CREATE
    assert (step.action, step.code) == (Action.CONFLICT, "books-differ")
    assert "items/widget" in step.reason


def test_what_is_found_may_refer_to_something_that_is_found_too() -> None:
    known = Known(matches={**found(ACME_REF, ACME_ROW), **found(ORDER_REF, ORDER_ROW)})
    steps = plan(documents(ACME, ORDER), known)
    assert actions(steps) == {"contacts/acme": Action.ADOPT, "invoices/ORDER-1": Action.ADOPT}


# A call was cut off.

OPEN = intent(("invoices", "ORDER-1", ""))


def test_what_an_open_call_left_in_the_books_settles_it() -> None:
    known = Known(intents={StepId(*ORDER_REF): OPEN}, matches=found(ORDER_REF, ORDER_ROW))
    (step,) = decide(documents(RAW_ORDER), known)
    assert (step.action, step.settles, step.remote_id) == (Action.SETTLE, OPEN, "inv_1")


def test_an_open_call_that_left_an_invoice_otherwise_than_wanted_is_a_conflict() -> None:
    known = Known(
        intents={StepId(*ORDER_REF): OPEN},
        matches=found(ORDER_REF, {**ORDER_ROW, "customer_id": "ct_2"}),
        wanted={ORDER_REF: {"customer_id": "ct_1"}},
    )
    (step,) = decide(documents(RAW_ORDER), known)
    assert (step.action, step.code) == (Action.CONFLICT, "books-differ")


def test_an_open_call_that_left_a_contact_otherwise_than_wanted_is_settled_by_an_update() -> None:
    call = intent(("contacts", "acme", ""))
    step = adopted({**ACME_ROW, "contact_type": "BOTH"}, intents={StepId(*ACME_REF): call})["contacts/acme"]
    assert (step.action, step.settles) == (Action.UPDATE, call)


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (Match(), "the books show none"),
        (LIKE, "the books show 1 that could be it (inv_1)"),
        (Match((ORDER_ROW, {**ORDER_ROW, "invoice_id": "inv_2"}), "the same reference"), "show 2 that could be it"),
    ],
)
def test_an_open_call_that_left_no_trace_or_several_is_pending(match: Match, words: str) -> None:
    known = Known(intents={StepId(*ORDER_REF): OPEN}, matches={ORDER_REF: match})
    (step,) = decide(documents(RAW_ORDER), known)
    assert (step.action, step.code, step.settles) == (Action.PENDING, "open-intent", OPEN)
    assert words in step.reason


CHANGE = replace(intent(("contacts", "acme", ""), operation="update"), path="/contacts/ct_1")


def test_an_open_change_of_what_was_only_found_says_which_one_it_was() -> None:
    two = Match((ACME_ROW, {**ACME_ROW, "contact_id": "ct_2"}), "the same name")
    (step,) = decide(documents(ACME), Known(intents={StepId(*ACME_REF): CHANGE}, matches={ACME_REF: two}))
    assert (step.action, step.code) == (Action.PENDING, "open-intent")
    assert step.reason.startswith("A change of ct_1, sent 2026-05-19T10:00:00Z, was cut off")
    assert "show 2 that could be it (ct_1, ct_2)" in step.reason


def test_an_open_change_whose_entry_has_another_key_by_now_is_left_to_that() -> None:
    new = Ref("contacts", "acme-ltd")
    known = Known(intents={StepId(*ACME_REF): CHANGE}, matches=found(new, ACME_ROW), wanted={new: ACME_BODY})
    steps = plan(documents(ACME.replace("key: acme", "key: acme-ltd")), known)
    assert actions(steps) == {"contacts/acme-ltd": Action.ADOPT, "contacts/acme": Action.PENDING}
    assert steps["contacts/acme"].help.startswith("contacts/acme-ltd is the document that it was to change")


def test_an_open_change_whose_entry_is_gone_may_be_left_in_the_books() -> None:
    known = Known(intents={StepId(*ACME_REF): CHANGE})
    steps = plan(documents(ACME.replace("key: acme", "key: acme-ltd")), known)
    assert "To leave ct_1 in the books" in steps["contacts/acme"].help


def test_whatever_depends_on_a_pending_document_is_pending_too() -> None:
    known = Known(intents={StepId(*ACME_REF): intent(("contacts", "acme", ""))})
    steps = plan(documents(SALE, WIDGET), known)
    assert actions(steps) == {
        "contacts/acme": Action.PENDING,
        "items/widget": Action.CREATE,
        "invoices/ORDER-1": Action.PENDING,
        "payments/UTR-1": Action.PENDING,
        "credit_notes/CN-1": Action.PENDING,
        "credit_notes/CN-1 ORDER-1#1": Action.PENDING,
    }
    assert steps["payments/UTR-1"].code == "waits-for-open-intent"
    assert "contacts/acme" in steps["payments/UTR-1"].reason


def test_what_is_found_waits_with_the_pending_document_that_it_refers_to() -> None:
    text = WIDGET + RAW_ORDER.replace("name: Work,", "item: widget,")
    known = Known(
        intents={StepId("items", "widget"): intent(("items", "widget", ""))}, matches=found(ORDER_REF, ORDER_ROW)
    )
    assert plan(documents(text), known)["invoices/ORDER-1"].action is Action.PENDING


def test_a_conflict_is_shown_as_one_even_where_it_would_have_to_wait() -> None:
    known = Known(
        receipts=receipts_of(documents(ORDER)),
        intents={StepId(*ACME_REF): intent(("contacts", "acme", ""))},
    )
    steps = plan(documents(ACME, ORDER.replace("rate: 100", "rate: 1")), known)
    assert steps["invoices/ORDER-1"].code == "edit-of-document"


# The manifest does not have it any more.


def test_an_entry_that_is_gone_is_an_orphan_and_its_applications_go_unmentioned() -> None:
    known = Known(receipts=receipts_of(documents(SALE)))
    steps = plan(documents(ACME), known)
    assert actions(steps) == {
        "contacts/acme": Action.UNCHANGED,
        "invoices/ORDER-1": Action.ORPHANED,
        "payments/UTR-1": Action.ORPHANED,
        "credit_notes/CN-1": Action.ORPHANED,
    }
    assert steps["invoices/ORDER-1"].remote_id == "id_ORDER-1"
    assert "0.yaml" in steps["invoices/ORDER-1"].reason


def test_an_entry_of_a_file_that_was_not_given_is_no_orphan() -> None:
    receipts = receipts_of(documents(ACME, WIDGET))
    assert {one.source for one in receipts.values()} == {"0.yaml", "1.yaml"}
    steps = plan([], Known(receipts=receipts), lambda one: one.source == "0.yaml")
    assert list(steps) == ["contacts/acme"]


def test_files_may_come_in_any_order() -> None:
    texts = (ACME, WIDGET, ORDER, PAID, CREDITED)
    forward, backward = plan(documents(*texts)), plan(documents(*reversed(texts)))
    assert {name: (one.action, one.needs, one.after) for name, one in forward.items()} == {
        name: (one.action, one.needs, one.after) for name, one in backward.items()
    }


def test_nothing_that_was_handed_in_is_changed() -> None:
    receipts = receipts_of(documents(SALE))
    before = {name: replace(one) for name, one in receipts.items()}
    decide(documents(SALE.replace("rate: 100", "rate: 1")), Known(receipts=receipts))
    assert receipts == before


def test_a_call_that_was_cut_off_is_told_of_even_when_its_entry_is_gone_from_the_files() -> None:
    known = Known(intents={StepId(*ORDER_REF): OPEN})
    steps = decide(documents(ACME), known)
    assert [(str(step.id), step.action, step.document) for step in steps if step.action is Action.PENDING] == [
        ("invoices/ORDER-1", Action.PENDING, None)
    ]


@pytest.mark.parametrize("text", [PAID, CREDITED])
def test_nothing_is_booked_on_top_of_what_the_books_hold_otherwise_than_it_was_sent(text: str) -> None:
    """Its receipt is enough: the document itself need not be among the files."""
    order = receipt(document(ORDER, "invoices"), "inv_1", difference="total is 112 and not 118")
    known = Known(receipts={StepId(*ORDER_REF): order, **receipts_of(documents(ACME))})
    steps = plan(documents(ACME, text), known)
    assert {step.code for step in steps.values() if step.action is Action.CONFLICT} == {"needs-what-differs"}
    assert all("112" in step.reason for step in steps.values() if step.action is Action.CONFLICT)
