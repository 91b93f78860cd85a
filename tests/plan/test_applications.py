from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from importer.kinds import Settles
from importer.model import Action, Change, Receipt, Ref, StepId
from importer.plan.applications import application_steps, paise, settlers
from importer.plan.decide import decide
from importer.plan.entries import entries_of, entry_said
from importer.plan.known import Known
from importer.plan.value import Entry, Step
from plan.books import ACME, CREDITED, ORDER, PAID, SALE, document, documents, found, intent, plan, receipt, receipts_of

NOTE = Ref("credit_notes", "CN-1")
PART = StepId("credit_notes", "CN-1", "ORDER-1#1")
NAME = str(PART)
ROW = {"credit_note_id": "cn_1", "status": "ISSUED", "total": Decimal(40), "balance": Decimal(40)}
SETTLES = Settles("applications", "invoices", "invoice", "invoice_id", "/credit_notes/{id}/apply-to-invoice")


def with_applications(applications: str) -> str:
    return CREDITED.replace("[{invoice: ORDER-1, amount: 40}]", applications)


def done(*, note: bool = True, part: bool = False) -> dict[StepId, Receipt]:
    """Everything is in the books, but the note or its application only if wanted."""
    receipts = receipts_of(documents(SALE))
    if not part:
        del receipts[PART]
    if not note:
        del receipts[StepId(*NOTE)]
    return receipts


def test_each_application_is_named_by_its_target_and_counted_among_equal_targets() -> None:
    text = with_applications(
        "[{invoice: A, amount: 1}, {invoice: B, amount: 2}, {invoice: A, amount: 3}, {invoice_id: inv_9, amount: 4.50}]"
    )
    assert dict(entries_of(document(text), SETTLES)) == {
        "A#1": Entry(0, "A", "", Decimal(1)),
        "B#1": Entry(1, "B", "", Decimal(2)),
        "A#2": Entry(2, "A", "", Decimal(3)),
        "inv_9#1": Entry(3, "", "inv_9", Decimal("4.50")),
    }


def test_what_an_application_says_is_its_target_and_its_amount() -> None:
    assert entry_said(SETTLES, Entry(0, "A", "", Decimal("1.50"))) == {"invoice": "A", "amount": "1.5"}
    assert entry_said(SETTLES, Entry(0, "", "inv_9", Decimal(2))) == {"invoice_id": "inv_9", "amount": "2"}


def test_an_application_needs_its_note_and_its_target_and_comes_after_the_payments_of_the_target() -> None:
    step = plan(documents(SALE))[NAME]
    assert step.action is Action.APPLY
    assert step.needs == (StepId(*NOTE), StepId("invoices", "ORDER-1"))
    assert step.after == (StepId("payments", "UTR-1"),)
    assert step.entry == Entry(0, "ORDER-1", "", Decimal(40))
    assert step.place is not None
    assert step.place.line > 1


def test_a_payment_that_pays_an_invoice_twice_is_waited_for_once() -> None:
    twice = PAID.replace(
        "[{invoice: ORDER-1, amount: 60}]", "[{invoice: ORDER-1, amount: 20}, {invoice: ORDER-1, amount: 40}]"
    )
    assert plan(documents(ACME, ORDER, twice, CREDITED))[NAME].after == (StepId("payments", "UTR-1"),)


def test_only_payments_of_the_same_target_are_waited_for() -> None:
    raw = with_applications("[{invoice_id: inv_1, amount: 1}, {invoice_id: inv_2, amount: 1}]")
    paid = PAID.replace("invoice: ORDER-1", "invoice_id: inv_1")
    steps = plan(documents(ACME, paid, raw))
    assert steps["credit_notes/CN-1 inv_1#1"].after == (StepId("payments", "UTR-1"),)
    assert steps["credit_notes/CN-1 inv_2#1"].after == ()
    assert steps["credit_notes/CN-1 inv_2#1"].needs == (StepId(*NOTE),)


def sent_payment(*, by_id: bool) -> str:
    return PAID.replace("invoice: ORDER-1", "invoice_id: inv_1") if by_id else PAID


@pytest.mark.parametrize("in_manifest", [True, False])
@pytest.mark.parametrize(("payment_by_id", "note_by_id"), [(True, False), (False, True), (False, False), (True, True)])
def test_an_invoice_named_by_key_and_by_id_is_one_invoice(
    payment_by_id: bool, note_by_id: bool, in_manifest: bool
) -> None:
    order = receipt(document(ORDER), "inv_1")
    credited = CREDITED.replace("invoice: ORDER-1", "invoice_id: inv_1") if note_by_id else CREDITED
    given = documents(ACME, sent_payment(by_id=payment_by_id), credited, *([ORDER] if in_manifest else []))
    known = Known(receipts={StepId("invoices", "ORDER-1"): order})
    steps: dict[StepId, Step] = {step.id: step for step in decide(given, known, lambda _: False)}
    payments = settlers(given, steps, known)
    note = next(one for one in given if one.kind == "credit_notes")
    (step,) = application_steps(note, steps, known, {}, payments)
    assert step.after == (StepId("payments", "UTR-1"),)


def test_a_key_that_reads_as_the_id_of_another_invoice_is_not_that_invoice() -> None:
    paid = PAID.replace("invoice: ORDER-1", "invoice_id: ORDER-1")
    assert plan(documents(ACME, ORDER, paid, CREDITED))[NAME].after == ()


def test_a_payment_that_is_in_the_books_already_is_not_waited_for() -> None:
    receipts = done(note=False)
    assert plan(documents(SALE), Known(receipts=receipts))[NAME].after == ()


def test_an_application_added_to_a_note_that_is_booked_is_a_call_of_its_own() -> None:
    step = plan(documents(SALE), Known(receipts=done()))[NAME]
    assert (step.action, step.needs, step.remote_id) == (Action.APPLY, (), "id_CN-1")


def test_an_application_goes_on_with_its_own_generation() -> None:
    assert plan(documents(SALE), Known(receipts=done(), generations={PART: 2}))[NAME].generation == 2


def test_an_application_that_was_done_needs_no_step() -> None:
    assert NAME not in plan(documents(SALE), Known(receipts=done(part=True)))


def test_an_amount_written_otherwise_is_no_edit_of_an_application() -> None:
    text = SALE.replace("amount: 40}", "amount: '40.00'}")
    assert NAME not in plan(documents(text), Known(receipts=done(part=True)))


def test_an_application_with_another_amount_is_a_conflict() -> None:
    text = SALE.replace("amount: 40}", "amount: 30}")
    step = plan(documents(text), Known(receipts=done(part=True)))[NAME]
    assert (step.action, step.code) == (Action.CONFLICT, "application-edited")
    assert step.changes == (Change("amount", "40", "30"),)


@pytest.mark.parametrize("applications", ["[]", "[{invoice_id: inv_9, amount: 40}]"])
def test_an_application_that_is_gone_is_a_conflict(applications: str) -> None:
    text = ACME.replace("Corp", "Ltd") + ORDER + PAID + with_applications(applications)
    step = plan(documents(text), Known(receipts=done(part=True)))[NAME]
    assert (step.action, step.code, step.needs) == (Action.CONFLICT, "application-gone", ())
    assert "applied to ORDER-1" in step.reason


def test_a_gone_application_says_nothing_of_an_edit_of_its_note() -> None:
    text = ACME + ORDER + PAID + with_applications("[]").replace("rate: 40", "rate: 41")
    steps = plan(documents(text), Known(receipts=done(part=True)))
    assert steps["credit_notes/CN-1"].code == "edit-of-document"
    assert (steps[NAME].code, steps[NAME].changes) == ("application-gone", ())


def test_an_application_waits_for_a_note_in_conflict() -> None:
    receipts = done()
    own = StepId(*NOTE)
    receipts[own] = replace(receipts[own], difference="total is 41 in the books and 40 in the manifest")
    steps = plan(documents(SALE), Known(receipts=receipts))
    assert steps["credit_notes/CN-1"].action is Action.CONFLICT
    assert (steps[NAME].action, steps[NAME].code) == (Action.PENDING, "waits")


def test_an_application_whose_call_was_cut_off_is_pending_and_never_sent_again() -> None:
    call = intent(PART, operation="apply")
    step = plan(documents(SALE), Known(receipts=done(), intents={PART: call}))[NAME]
    assert (step.action, step.code, step.settles) == (Action.PENDING, "open-intent", call)


def test_an_application_waits_for_a_pending_target() -> None:
    receipts = done()
    del receipts[StepId("invoices", "ORDER-1")], receipts[StepId("payments", "UTR-1")]
    order = StepId("invoices", "ORDER-1")
    steps = plan(documents(SALE), Known(receipts=receipts, intents={order: intent(order)}))
    assert (steps[NAME].action, steps[NAME].code) == (Action.PENDING, "waits-for-open-intent")


def adopted(applications: str = "[{invoice: ORDER-1, amount: 40}]", **row: Any) -> dict[str, Step]:
    """The steps when the books hold the note as ``row``, and the state does not know of it."""
    text = ACME + ORDER + PAID + with_applications(applications)
    return plan(documents(text), Known(receipts=done(note=False), matches=found(NOTE, {**ROW, **row})))


def test_a_note_found_with_its_whole_balance_has_not_been_applied() -> None:
    steps = adopted()
    assert steps["credit_notes/CN-1"].action is Action.ADOPT
    assert (steps[NAME].action, steps[NAME].remote_id) == (Action.APPLY, "cn_1")
    assert steps[NAME].needs == (StepId(*NOTE),)


def test_a_note_found_without_balance_has_been_applied_wholly() -> None:
    steps = adopted(balance=0, status="APPLIED")
    assert steps[NAME].action is Action.ADOPT
    assert "applied already" in steps[NAME].reason


def test_what_is_remembered_of_an_application_does_not_make_its_note_belong_to_another_key() -> None:
    receipts = done(note=False, part=True)
    row = {**ROW, "credit_note_id": receipts[PART].remote_id}
    steps = plan(documents(SALE), Known(receipts=receipts, matches=found(NOTE, row)))
    assert steps["credit_notes/CN-1"].action is Action.ADOPT


def test_a_note_cannot_have_been_applied_to_an_invoice_that_the_books_do_not_hold() -> None:
    receipts = done(note=False)
    del receipts[StepId("invoices", "ORDER-1")], receipts[StepId("payments", "UTR-1")]
    steps = plan(documents(SALE), Known(receipts=receipts, matches=found(NOTE, {**ROW, "balance": 0})))
    assert steps["invoices/ORDER-1"].action is Action.CREATE
    assert (steps[NAME].action, steps[NAME].code) == (Action.CONFLICT, "books-differ")


@pytest.mark.parametrize(
    ("total", "balance", "action"),
    [
        ("40.000000000000007", "-0.000000000000023", Action.ADOPT),
        ("39.999999999999993", "39.999999999999986", Action.APPLY),
        ("40", "0.01", Action.CONFLICT),
    ],
)
def test_float_dust_in_a_balance_is_not_an_application(total: str, balance: str, action: Action) -> None:
    assert adopted(total=Decimal(total), balance=Decimal(balance))[NAME].action is action


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal("19.899999999999977"), Decimal("19.90")),
        (Decimal("0.005"), Decimal("0.01")),
        (7, Decimal(7)),
        (Decimal("1E+400"), None),
        (None, None),
        ("much", None),
    ],
)
def test_an_amount_of_the_books_is_told_to_the_paisa(value: object, told: Decimal | None) -> None:
    assert paise(value) == told


@pytest.mark.parametrize(
    ("applications", "row"),
    [
        ("[{invoice: ORDER-1, amount: 40}]", {"balance": 10}),
        ("[{invoice: ORDER-1, amount: 30}]", {"balance": 0}),
        ("[{invoice: ORDER-1, amount: 40}]", {"balance": None}),
        ("[{invoice: ORDER-1, amount: 40}]", {"total": None}),
    ],
)
def test_a_note_found_applied_in_part_or_without_a_balance_is_a_conflict(
    applications: str, row: dict[str, Any]
) -> None:
    step = adopted(applications, **row)[NAME]
    assert (step.action, step.code) == (Action.CONFLICT, "partly-applied")


def test_all_applications_together_are_measured_against_the_balance() -> None:
    steps = adopted("[{invoice: ORDER-1, amount: 30}, {invoice_id: inv_9, amount: 10}]", balance=0)
    assert steps[NAME].action is Action.ADOPT
    assert steps["credit_notes/CN-1 inv_9#1"].action is Action.ADOPT


def test_a_note_found_without_applications_in_the_manifest_is_left_as_it_is() -> None:
    steps = adopted("[]", balance=10)
    assert [name for name in steps if name.startswith("credit_notes/")] == ["credit_notes/CN-1"]
