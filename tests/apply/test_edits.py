"""Every edit of the table of what an edit means, down to the single call: what is sent, what the books hold then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sandbox.client import Api

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import World, failures, statuses
from importer.model import Action, Manifest, StepId
from importer.outcome import Status
from importer.plan.value import Step

DRAFT = {"auto_approve": "false"}
ORDER, NOTE, UTR = StepId("invoices", "O-1"), StepId("credit_notes", "CN-1"), StepId("payments", "UTR-1")


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    api = Api(world.books)
    yield api
    api.close()


def books(**sections: list[dict[str, Any]]) -> Manifest:
    return manifest(contacts=[contact()], **sections)


def drafted(**fields: Any) -> Manifest:
    return books(invoices=[invoice("O-1", **{**DRAFT, **fields})])


def the_step(world: World, made: Manifest, part: str = "") -> Step:
    """The only step of the plan for ``made``."""
    (step,) = world.plan(made).steps
    assert bool(step.id.part) is bool(part)
    return step


def writes(world: World) -> list[str]:
    """The writes so far, ids left out."""
    calls = (seen.call.split("/") for seen in world.wire.seen if seen.method != "GET")
    return [
        "/".join([*call[:2], *(["{id}"] if len(call) > 2 and call[1] != "bulk" else []), *call[3:]]) for call in calls
    ]


def settled(world: World, made: Manifest) -> None:
    """The next plan is empty, and asks nothing but who we are."""
    assert world.plan(made).idle
    assert dict(world.sent) == {"GET /whoami": 1}


# A header field of a draft invoice.


def test_a_header_field_of_a_draft_is_put_without_its_lines(world: World) -> None:
    world.apply(drafted(notes="old"))
    world.calm()
    made = drafted(notes="new", place_of_supply="IN-MH")
    assert the_step(world, made).action is Action.UPDATE
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    assert writes(world) == ["PUT /invoices/{id}"]
    (put,) = [seen.json for seen in world.wire.seen if seen.method == "PUT"]
    assert {"line_items", "auto_approve"}.isdisjoint(put)
    row = world.row("invoices", "O-1")
    assert (row["notes"], row["place_of_supply"], row["state"]) == ("new", "IN-MH", "DRAFT")
    settled(world, made)


def test_writing_out_that_a_draft_is_a_draft_is_no_edit(world: World) -> None:
    silent = invoice("O-1")
    del silent["auto_approve"]
    world.apply(books(invoices=[silent]))
    settled(world, drafted())


def test_a_field_no_longer_given_is_no_longer_managed(world: World) -> None:
    world.apply(drafted(notes="old"))
    made = drafted()
    settled(world, made)
    assert world.row("invoices", "O-1")["notes"] == "old"


def test_a_line_of_a_draft_is_a_conflict_that_says_what_to_do(world: World) -> None:
    world.apply(drafted())
    step = the_step(world, books(invoices=[invoice("O-1", "101", **DRAFT)]))
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")
    assert "delete the draft in FinzBooks, and then: finz-import state rm invoices O-1" in step.help
    assert "finz-import state accept invoices O-1" in step.help


def test_a_draft_that_somebody_posted_takes_no_edit(world: World, api: Api) -> None:
    world.apply(drafted(notes="old"))
    api.post(f"/invoices/{world.row('invoices', 'O-1')['id']}/approve")
    step = the_step(world, drafted(notes="new"))
    assert (step.action, step.code) == (Action.CONFLICT, "no-longer-editable")
    assert "posted in FinzBooks since" in step.reason


def test_a_draft_that_somebody_posts_between_plan_and_apply_takes_no_edit(world: World, api: Api) -> None:
    world.apply(drafted(notes="old"))
    world.calm()
    own = world.row("invoices", "O-1")["id"]
    report = world.apply(drafted(notes="new"), meanwhile=lambda: api.post(f"/invoices/{own}/approve"))
    assert failures(report) == {"invoices/O-1": "no-longer-editable"}
    assert not world.wire.calls("PUT")


def test_a_draft_that_was_deleted_is_a_conflict_that_names_the_way_out(world: World, api: Api) -> None:
    world.apply(drafted(notes="old"))
    api.ok("DELETE", f"/invoices/{world.row('invoices', 'O-1')['id']}")
    step = the_step(world, drafted(notes="new"))
    assert (step.action, step.code) == (Action.CONFLICT, "gone-from-books")
    assert "finz-import state rm invoices O-1" in step.help


# auto_approve turned true.


def test_auto_approve_turned_true_is_one_posting_call(world: World) -> None:
    world.apply(drafted())
    world.calm()
    made = drafted(auto_approve="true")
    assert the_step(world, made).action is Action.APPROVE
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    assert writes(world) == ["POST /invoices/{id}/approve"]
    assert world.row("invoices", "O-1")["state"] == "POSTED"
    settled(world, made)


def test_a_draft_is_changed_before_it_is_posted(world: World) -> None:
    world.apply(drafted())
    world.calm()
    made = drafted(auto_approve="true", notes="new")
    assert the_step(world, made).action is Action.UPDATE
    world.apply(made)
    assert writes(world) == ["PUT /invoices/{id}", "POST /invoices/{id}/approve"]
    row = world.row("invoices", "O-1")
    assert (row["state"], row["notes"]) == ("POSTED", "new")
    settled(world, made)


def test_a_change_whose_posting_fails_is_remembered_and_only_the_posting_is_left(world: World) -> None:
    world.apply(drafted())
    world.calm()
    made = drafted(auto_approve="true", notes="new")
    refusal = {"code": "validation.invalid_value", "message": "The period is locked."}
    world.fault("POST /invoices/", wire.answers(400, refusal))
    assert failures(world.apply(made)) == {"invoices/O-1": "validation.invalid_value"}
    assert world.intents() == ()
    world.calm()
    assert the_step(world, made).action is Action.APPROVE
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    assert writes(world) == ["POST /invoices/{id}/approve"]
    settled(world, made)


def test_a_posting_that_is_answered_well_and_leaves_a_draft_goes_out_under_another_key_next_time(world: World) -> None:
    world.apply(drafted())
    world.calm()
    made = drafted(auto_approve="true")
    world.fault("POST /invoices/", wire.answers(200, {"code": 0, "message": "queued", "invoice": {}}))
    assert failures(world.apply(made)) == {"invoices/O-1": "books-differ"}
    assert world.row("invoices", "O-1")["state"] == "DRAFT"
    assert (world.intents(), world.generation("invoices", "O-1")) == ((), 1)
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    first, second = (seen.key for seen in world.wire.seen if seen.method == "POST")
    assert first != second
    assert world.row("invoices", "O-1")["state"] == "POSTED"
    settled(world, made)


def test_a_posting_that_was_done_costs_no_generation(world: World) -> None:
    world.apply(drafted())
    posted_otherwise = wire.changed(lambda value: value["invoice"].update(reference_number="other"))
    world.fault("GET /invoices/", posted_otherwise, nth=3)  # for the plan; before the posting; after it
    made = drafted(auto_approve="true")
    assert failures(world.apply(made)) == {"invoices/O-1": "books-differ"}
    assert world.row("invoices", "O-1")["state"] == "POSTED"
    assert world.generation("invoices", "O-1") == 0


def test_a_payment_waits_for_the_posting_of_its_invoice(world: World) -> None:
    world.apply(drafted())
    world.calm()
    made = books(invoices=[invoice("O-1")], payments=[payment("UTR-1", of="O-1")])
    assert set(statuses(world.apply(made)).values()) == {Status.UPDATED, Status.CREATED}
    assert writes(world) == ["POST /invoices/{id}/approve", "POST /payments"]
    world.is_whole(made)


def test_what_somebody_posted_already_is_only_remembered(world: World, api: Api) -> None:
    world.apply(drafted())
    own = world.row("invoices", "O-1")["id"]
    api.post(f"/invoices/{own}/approve")
    world.calm()
    made = drafted(auto_approve="true")
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    assert writes(world) == []
    settled(world, made)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError])
def test_a_posting_whose_answer_is_lost_is_told_by_the_status(
    world: World, *, error: type[httpx.TransportError], done: bool
) -> None:
    world.apply(drafted())
    world.calm()
    made = drafted(auto_approve="true")
    world.fault("POST /invoices/", wire.breaks(error, done=done))
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    assert sum(world.wire.calls("POST /invoices/").values()) == (1 if done else 2)
    assert len(set(world.wire.keys(world.wire.seen[-1].call))) <= 1
    settled(world, made)


def test_a_posting_that_was_cut_off_is_finished_by_the_next_run(world: World) -> None:
    world.apply(drafted())
    made = drafted(auto_approve="true")
    world.fault("POST /invoices/", wire.breaks(httpx.ReadError), times=wire.EVER)
    assert failures(world.apply(made)) == {"invoices/O-1": "no-answer"}
    assert [one.operation for one in world.intents()] == ["approve"]
    world.calm()
    assert the_step(world, made).action is Action.APPROVE
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    assert world.intents() == ()
    settled(world, made)


def test_a_posted_invoice_does_not_become_a_draft_again(world: World) -> None:
    world.apply(drafted(auto_approve="true"))
    step = the_step(world, drafted())
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")


# A field of a posted invoice, and anything of a payment but what is added.


@pytest.mark.parametrize(
    "edit", [{"notes": "new"}, {"date": "2026-05-18"}, {"customer": "other"}, {"due_date": "2026-06-30"}]
)
def test_a_field_of_a_posted_invoice_is_a_conflict(world: World, edit: dict[str, str]) -> None:
    other = contact("other")
    world.apply(manifest(contacts=[contact(), other], invoices=[invoice("O-1")]))
    step = the_step(world, manifest(contacts=[contact(), other], invoices=[invoice("O-1", **edit)]))
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")
    assert [change.path for change in step.changes] == list(edit)


@pytest.mark.parametrize("edit", [{"amount": "99"}, {"date": "2026-05-21"}, {"mode": "UPI"}])
def test_anything_else_of_a_payment_is_a_conflict(world: World, edit: dict[str, str]) -> None:
    world.apply(books(payments=[payment("UTR-1")]))
    step = the_step(world, books(payments=[{**payment("UTR-1"), **edit}]))
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")


# An allocation added to a payment.


def paid(*entries: tuple[str, str], amount: str = "150", keys: tuple[str, ...] = ("O-1", "O-2")) -> Manifest:
    """Two invoices of 100, and a payment with these allocations."""
    allocations = [{"invoice": key, "amount": part} for key, part in entries]
    more: dict[str, Any] = {"allocations": allocations} if allocations else {}
    return books(
        invoices=[invoice(key, reference_number=f"R-{key}") for key in keys],
        payments=[payment("UTR-1", amount, **more)],
    )


def test_an_allocation_added_to_an_advance_is_a_call_of_its_own(world: World) -> None:
    world.apply(paid())
    world.calm()
    made = paid(("O-1", "100"))
    step = the_step(world, made, "O-1#1")
    assert (step.action, str(step.id)) == (Action.APPLY, "payments/UTR-1 O-1#1")
    assert statuses(world.apply(made)) == {"payments/UTR-1 O-1#1": Status.APPLIED}
    assert writes(world) == ["POST /payments/{id}/apply"]
    (call,) = [seen for seen in world.wire.seen if seen.method == "POST"]
    own = world.row("invoices", "O-1")["id"]
    assert call.json == {"allocations": [{"invoice_id": own, "amount": 100}]}
    assert world.row("invoices", "O-1")["paid"] == 100_00
    settled(world, made)


def test_several_added_at_once_go_one_after_the_other_and_only_those(world: World) -> None:
    world.apply(paid(("O-1", "40")))
    made = paid(("O-2", "70"), ("O-1", "40"), ("O-1", "35"))
    world.calm()
    assert statuses(world.apply(made)) == {
        "payments/UTR-1 O-2#1": Status.APPLIED,
        "payments/UTR-1 O-1#2": Status.APPLIED,
    }
    assert (world.row("invoices", "O-1")["paid"], world.row("invoices", "O-2")["paid"]) == (75_00, 70_00)
    settled(world, made)


def test_the_order_of_allocations_is_no_edit(world: World) -> None:
    world.apply(paid(("O-1", "40"), ("O-2", "70")))
    settled(world, paid(("O-2", "70"), ("O-1", "40")))


@pytest.mark.parametrize("entries", [(("O-1", "39"),), (("O-2", "40"),), (("O-1", "39"), ("O-2", "1"))])
def test_an_allocation_changed_or_gone_is_a_conflict(world: World, entries: tuple[tuple[str, str], ...]) -> None:
    world.apply(paid(("O-1", "40")))
    step = the_step(world, paid(*entries))
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")


def test_an_allocation_to_an_invoice_that_is_new_waits_for_it(world: World) -> None:
    world.apply(paid(("O-1", "40")))
    world.calm()
    made = paid(("O-1", "40"), ("O-3", "50"), keys=("O-1", "O-2", "O-3"))
    assert set(statuses(world.apply(made))) == {"invoices/O-3", "payments/UTR-1 O-3#1"}
    assert writes(world) == ["POST /invoices", "POST /payments/{id}/apply"]
    world.is_whole(made)
    settled(world, made)


def test_a_payment_that_somebody_allocated_is_drift(world: World, api: Api) -> None:
    world.apply(paid(("O-1", "40")))
    own, target = world.row("payments", "UTR-1")["id"], world.row("invoices", "O-2")["id"]
    api.post(f"/payments/{own}/apply", {"allocations": [{"invoice_id": target, "amount": 10}]})
    step = next(one for one in world.plan(paid(("O-1", "40"), ("O-2", "70"))).steps if not one.id.part)
    assert (step.action, step.code) == (Action.CONFLICT, "drift")
    assert "50.00 is used" in step.reason


def test_a_payment_that_somebody_allocates_between_plan_and_apply_is_left_alone(world: World, api: Api) -> None:
    world.apply(paid(("O-1", "40")))
    own, target = world.row("payments", "UTR-1")["id"], world.row("invoices", "O-2")["id"]
    body = {"allocations": [{"invoice_id": target, "amount": 10}]}
    made = paid(("O-1", "40"), ("O-2", "70"))
    report = world.apply(made, meanwhile=lambda: api.post(f"/payments/{own}/apply", body))
    assert failures(report) == {"payments/UTR-1 O-2#1": "note-already-used"}
    assert world.row("invoices", "O-2")["paid"] == 10_00


LOST = {
    "before the work": wire.breaks(httpx.ReadError),
    "after the work": wire.breaks(httpx.ReadTimeout, done=True),
    "503 after the work, uncached": wire.answers(503, wire.FAILED, done=True),
    "a web page after the work": wire.answers(200, wire.PAGE, done=True),
}


@pytest.mark.parametrize("name", LOST)
def test_a_later_allocation_whose_answer_is_lost_is_done_once(world: World, name: str) -> None:
    world.apply(paid(("O-1", "40")))
    world.calm()
    world.fault("POST /payments/", LOST[name])
    made = paid(("O-1", "40"), ("O-2", "70"))
    assert statuses(world.apply(made)) == {"payments/UTR-1 O-2#1": Status.APPLIED}
    assert world.row("invoices", "O-2")["paid"] == 70_00
    assert len(set(world.wire.keys(next(one.call for one in world.wire.seen if one.method == "POST")))) == 1
    settled(world, made)


def test_an_answer_that_moved_nothing_is_not_believed(world: World) -> None:
    world.apply(paid(("O-1", "40")))
    world.calm()
    world.fault("POST /payments/", wire.answers(200, {"code": 0, "message": "success", "payment": {}}))
    made = paid(("O-1", "40"), ("O-2", "70"))
    assert failures(world.apply(made)) == {"payments/UTR-1 O-2#1": "not-seen"}
    assert len(world.receipts()[UTR].said["allocations"]) == 1
    assert [one.operation for one in world.intents()] == ["apply"]
    world.calm()
    # Books that are slow to show it are no reason to send it again: two looks of recover tell.
    assert [step.code for step in world.plan(made).steps] == ["open-intent"]


def test_a_payment_typed_in_by_hand_is_adopted_and_what_it_lacks_is_allocated(world: World, api: Api) -> None:
    world.apply(books(invoices=[invoice("O-1")]))
    customer = world.row("contacts", "acme")["id"]
    bank = next(one for one in api.get("/bank_accounts")["bank_accounts"] if one["name"] == "HDFC Current")
    body = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-20", "amount": 100, "mode": "BANK_TRANSFER"}
    api.post("/payments", {**body, "reference_number": "UTR-1", "bank_account_id": bank["account_id"]})
    world.calm()
    made = books(invoices=[invoice("O-1")], payments=[payment("UTR-1", of="O-1")])
    assert statuses(world.apply(made)) == {
        "payments/UTR-1": Status.ADOPTED,
        "payments/UTR-1 O-1#1": Status.APPLIED,
    }
    assert writes(world) == ["POST /payments/{id}/apply"]
    world.is_whole(made)
    settled(world, made)


# A credit note.


def noted(total: str = "60", *applied: str, **fields: Any) -> Manifest:
    applications = [{"invoice": "O-1", "amount": one} for one in applied]
    more: dict[str, Any] = {"applications": applications} if applications else {}
    return books(invoices=[invoice("O-1", "500")], credit_notes=[note("CN-1", total, **more, **fields)])


def test_a_field_of_an_unapplied_note_is_put_its_lines_among_them(world: World) -> None:
    world.apply(noted())
    world.calm()
    made = noted("70", notes="two came back")
    assert the_step(world, made).action is Action.UPDATE
    assert statuses(world.apply(made)) == {"credit_notes/CN-1": Status.UPDATED}
    assert writes(world) == ["PUT /credit_notes/{id}"]
    row = world.row("credit_notes", "CN-1")
    assert (row["total"], row["notes"]) == (70_00, "two came back")
    settled(world, made)


def test_a_note_whose_other_fields_are_edited_keeps_the_rate_that_its_item_had(world: World) -> None:
    """Without a rate of their own, its lines would be priced anew by what the item costs today."""

    def made(rate: str, notes: str) -> Manifest:
        widget = {"key": "w", "name": "Widget", "rate": rate}
        lines = [{"item": "w", "quantity": "2"}]
        credit = [note("CN-1", line_items=lines, notes=notes)]
        return manifest(contacts=[contact()], items=[widget], credit_notes=credit)

    world.apply(made("30", "old"))
    world.apply(made("40", "old"))
    world.calm()
    assert statuses(world.apply(made("40", "new"))) == {"credit_notes/CN-1": Status.UPDATED}
    (put,) = [seen.json for seen in world.wire.seen if seen.method == "PUT"]
    assert [(line["quantity"], line["rate"]) for line in put["line_items"]] == [(2, 30)]
    row = world.row("credit_notes", "CN-1")
    assert (row["total"], row["notes"]) == (60_00, "new")
    settled(world, made("40", "new"))


def test_a_draft_is_posted_at_the_rate_that_its_item_had(world: World) -> None:
    def made(rate: str, posted: str) -> Manifest:
        widget = {"key": "w", "name": "Widget", "rate": rate}
        order = invoice("O-1", line_items=[{"item": "w", "quantity": "2"}], auto_approve=posted)
        return manifest(contacts=[contact()], items=[widget], invoices=[order])

    world.apply(made("30", "false"))
    world.apply(made("40", "false"))
    assert statuses(world.apply(made("40", "true"))) == {"invoices/O-1": Status.UPDATED}
    assert world.row("invoices", "O-1")["total"] == 60_00
    settled(world, made("40", "true"))


def test_a_rounding_that_the_books_worked_out_is_not_pinned(world: World) -> None:
    world.apply(noted("60.40"))
    world.sql("UPDATE credit_notes SET round_off = -40, total = 6000")
    world.accept(noted("60.40"), "credit_notes", "CN-1")
    step = the_step(world, noted("61.40"))
    assert (step.action, step.code) == (Action.CONFLICT, "no-longer-editable")
    assert "give `round_off` as well" in step.reason
    world.calm()
    assert statuses(world.apply(noted("60.40", notes="new"))) == {"credit_notes/CN-1": Status.UPDATED}
    (put,) = [seen.json for seen in world.wire.seen if seen.method == "PUT"]
    assert "round_off" not in put


def test_an_application_added_is_a_call_of_its_own(world: World) -> None:
    world.apply(noted())
    world.calm()
    made = noted("60", "20", "30")
    assert statuses(world.apply(made)) == {
        "credit_notes/CN-1 O-1#1": Status.APPLIED,
        "credit_notes/CN-1 O-1#2": Status.APPLIED,
    }
    assert writes(world) == ["POST /credit_notes/{id}/apply-to-invoice"] * 2
    assert world.row("invoices", "O-1")["credited"] == 50_00
    more = noted("60", "20", "30", "10")
    assert statuses(world.apply(more)) == {"credit_notes/CN-1 O-1#3": Status.APPLIED}
    settled(world, more)


def test_a_note_is_changed_before_it_is_applied(world: World) -> None:
    world.apply(noted())
    world.calm()
    made = noted("70", "70")
    assert statuses(world.apply(made)) == {
        "credit_notes/CN-1": Status.UPDATED,
        "credit_notes/CN-1 O-1#1": Status.APPLIED,
    }
    assert writes(world) == ["PUT /credit_notes/{id}", "POST /credit_notes/{id}/apply-to-invoice"]
    settled(world, made)


def test_a_field_of_an_applied_note_is_a_conflict(world: World) -> None:
    world.apply(noted("60", "20"))
    found = world.plan(noted("61", "20")).conflicts
    assert [(str(step.id), step.code) for step in found] == [("credit_notes/CN-1", "edit-of-document")]


def test_an_application_may_be_added_in_front_of_another(world: World) -> None:
    world.apply(noted("60", "20"))
    world.calm()
    made = noted("60", "30", "20")
    assert statuses(world.apply(made)) == {"credit_notes/CN-1 O-1#2": Status.APPLIED}
    assert world.row("invoices", "O-1")["credited"] == 50_00
    settled(world, made)
    settled(world, noted("60", "20", "30"))


def test_nothing_of_a_note_is_applied_while_one_application_of_it_is_in_doubt(world: World) -> None:
    world.apply(noted())
    world.fault("POST /credit_notes/", wire.breaks(httpx.ReadTimeout, done=True))
    world.fault("GET /credit_notes/", wire.answers(503, wire.FAILED), nth=3, times=wire.EVER)
    assert failures(world.apply(noted("60", "20"))) == {"credit_notes/CN-1 O-1#1": "no-answer"}
    world.calm()
    steps = world.plan(noted("60", "30", "20")).steps
    assert {step.code for step in steps} == {"open-intent"}
    world.apply(noted("60", "30", "20"))
    assert world.row("invoices", "O-1")["credited"] == 20_00


@pytest.mark.parametrize(
    ("applied", "code"),
    [(("21",), "application-edited"), ((), "application-gone"), (("30", "21"), "application-edited")],
)
def test_an_application_changed_or_gone_is_a_conflict(world: World, applied: tuple[str, ...], code: str) -> None:
    world.apply(noted("60", "20"))
    assert code in [step.code for step in world.plan(noted("60", *applied)).conflicts]


def test_a_note_that_somebody_applied_takes_no_edit(world: World, api: Api) -> None:
    world.apply(noted())
    own, target = world.row("credit_notes", "CN-1")["id"], world.row("invoices", "O-1")["id"]
    api.post(f"/credit_notes/{own}/apply-to-invoice", {"invoice_id": target, "amount": 5})
    step = the_step(world, noted("61"))
    assert (step.action, step.code) == (Action.CONFLICT, "no-longer-editable")


def test_an_unapplied_note_typed_in_by_hand_is_adopted_by_an_update(world: World, api: Api) -> None:
    world.apply(books(invoices=[invoice("O-1", "500")]))
    lines = [{"name": "Return", "quantity": 1, "rate": 60}]
    head = {"customer_id": world.row("contacts", "acme")["id"], "date": "2026-05-21", "reference_number": "CN-1"}
    api.post("/credit_notes", {**head, "line_items": lines, "notes": "by hand"})
    made = noted("60", "20", notes="by the manifest")
    assert statuses(world.apply(made)) == {
        "credit_notes/CN-1": Status.UPDATED,
        "credit_notes/CN-1 O-1#1": Status.APPLIED,
    }
    settled(world, made)


def test_payments_of_an_invoice_go_before_notes_also_when_both_are_added_later(world: World) -> None:
    world.apply(books(invoices=[invoice("O-1")], payments=[payment("UTR-1")], credit_notes=[note("CN-1", "50")]))
    world.calm()
    made = books(
        invoices=[invoice("O-1")],
        payments=[payment("UTR-1", allocations=[{"invoice": "O-1", "amount": "50"}])],
        credit_notes=[note("CN-1", "50", on="O-1")],
    )
    world.apply(made)
    assert writes(world) == ["POST /payments/{id}/apply", "POST /credit_notes/{id}/apply-to-invoice"]
    settled(world, made)


# An old copy of the state: what the books hold already is remembered, and not done again.


def restored(world: World, before: Manifest, after: Manifest) -> None:
    """``after`` was applied upon ``before``; then the state of ``before`` came back."""
    world.apply(before)
    kept = world.state.read_bytes()
    world.apply(after)
    world.state.write_bytes(kept)
    world.calm()


def test_an_allocation_that_an_old_state_does_not_know_is_remembered(world: World) -> None:
    made = paid(("O-1", "40"), ("O-2", "70"))
    restored(world, paid(("O-1", "40")), made)
    assert statuses(world.apply(made)) == {"payments/UTR-1": Status.ADOPTED}
    assert writes(world) == []
    settled(world, made)


def test_of_two_allocations_only_the_one_that_is_missing_is_sent(world: World) -> None:
    restored(world, paid(("O-1", "40")), paid(("O-1", "40"), ("O-2", "70")))
    made = paid(("O-1", "40"), ("O-2", "70"), ("O-1", "5"))
    assert statuses(world.apply(made)) == {
        "payments/UTR-1": Status.ADOPTED,
        "payments/UTR-1 O-1#2": Status.APPLIED,
    }
    assert writes(world) == ["POST /payments/{id}/apply"]
    settled(world, made)


def test_an_application_that_an_old_state_does_not_know_is_a_question_and_never_sent(world: World) -> None:
    """A balance does not say to what a note was applied: the same amount may have gone elsewhere."""
    made = noted("60", "20", "30")
    restored(world, noted("60", "20"), made)
    (step,) = world.plan(made).steps
    assert (step.action, step.code) == (Action.CONFLICT, "partly-applied")
    world.accept(made, "credit_notes", "CN-1")
    settled(world, made)
    assert world.row("invoices", "O-1")["credited"] == 50_00


def test_a_note_that_is_used_further_than_is_known_is_a_conflict_of_the_plan(world: World, api: Api) -> None:
    world.apply(noted("60", "20"))
    own, target = world.row("credit_notes", "CN-1")["id"], world.row("invoices", "O-1")["id"]
    api.post(f"/credit_notes/{own}/apply-to-invoice", {"invoice_id": target, "amount": 5})
    (step,) = world.plan(noted("60", "20", "30")).steps
    assert (step.action, step.code) == (Action.CONFLICT, "partly-applied")
    assert "finz-import state accept credit_notes CN-1" in step.help


# Drift, as the plan shows it.


def test_drift_is_shown_with_what_the_receipt_the_books_and_the_manifest_say(world: World, api: Api) -> None:
    world.apply(manifest(contacts=[contact(phone="1", email="a@example.com")]))
    api.put(f"/contacts/{world.row('contacts', 'acme')['id']}", {"phone": "3"})
    step = the_step(world, manifest(contacts=[contact(phone="2", email="a@example.com")]))
    assert (step.action, step.code) == (Action.CONFLICT, "drift")
    assert [(one.path, one.remembered, one.held, one.wanted) for one in step.drift] == [("phone", "1", "3", "2")]
    assert "finz-import state accept contacts acme" in step.help


def test_what_is_not_managed_is_nobodys_drift(world: World, api: Api) -> None:
    world.apply(manifest(contacts=[contact(phone="1")]))
    api.put(f"/contacts/{world.row('contacts', 'acme')['id']}", {"website": "https://acme.example"})
    made = manifest(contacts=[contact(phone="2")])
    assert statuses(world.apply(made)) == {"contacts/acme": Status.UPDATED}


# A key that was renamed.


def test_a_renamed_key_is_recognised_without_asking_anybody(world: World) -> None:
    world.apply(books(invoices=[invoice("O-1")]))
    made = books(invoices=[invoice("O-9")])
    found = {str(step.id): step for step in world.plan(made).steps}
    step = found["invoices/O-9"]
    assert (step.action, step.code) == (Action.CONFLICT, "known-under-other-key")
    assert "finz-import state mv invoices O-1 O-9" in step.help
    assert found["invoices/O-1"].action is Action.ORPHANED
    assert found["invoices/O-1"].help == "See invoices/O-9, which seems to be it."


def test_what_refers_to_a_renamed_key_waits_for_the_one_command_that_cures_it(world: World) -> None:
    def made(customer: str) -> Manifest:
        return manifest(
            contacts=[contact(customer, contact_name="Acme")],
            invoices=[invoice("O-1", customer=customer)],
            payments=[payment("UTR-1", "50", of="O-1", contact=customer)],
            credit_notes=[note("CN-1", "10", on="O-1", applied="5", customer=customer)],
        )

    world.apply(made("acme"))
    renamed = made("acme-ltd")
    codes = {str(step.id): step.code for step in world.plan(renamed).steps if step.action is not Action.ORPHANED}
    assert codes == {
        "contacts/acme-ltd": "known-under-other-key",
        "invoices/O-1": "waits-for-rename",
        "payments/UTR-1": "waits-for-rename",
        "credit_notes/CN-1": "waits-for-rename",
    }


def test_a_date_that_would_pass_the_due_date_of_the_books_is_a_conflict_that_says_what_to_give(world: World) -> None:
    world.apply(drafted())
    step = the_step(world, drafted(date="2026-09-30"))
    assert (step.action, step.code) == (Action.CONFLICT, "no-longer-editable")
    assert "give `due_date` as well" in step.reason
    made = drafted(date="2026-09-30", due_date="2026-10-30")
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.UPDATED}
    settled(world, made)
