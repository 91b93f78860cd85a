"""Edits beside what somebody else does in FinzBooks, what was accepted there, and what a run did not see the end of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
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

ACME, ORDER, NOTE = StepId("contacts", "acme"), StepId("invoices", "O-1"), StepId("credit_notes", "CN-1")
DROPPED = wire.breaks(httpx.ReadError)


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    api = Api(world.books)
    yield api
    api.close()


def books(*, contacts: list[dict[str, Any]] | None = None, **sections: list[dict[str, Any]]) -> Manifest:
    return manifest(contacts=contacts or [contact()], **sections)


def widget(rate: str) -> dict[str, Any]:
    return {"key": "w", "name": "Widget", "rate": rate}


def drafted(posted: str = "false", rate: str = "100") -> Manifest:
    """A draft whose line takes its rate from its item."""
    lines = [{"item": "w", "quantity": "10"}]
    return books(items=[widget(rate)], invoices=[invoice("O-1", line_items=lines, auto_approve=posted)])


def the_step(world: World, made: Manifest) -> Step:
    (step,) = world.plan(made).steps
    return step


def retype(world: World, api: Api, made: Manifest, **fields: Any) -> None:
    """Somebody changes the contact in FinzBooks."""
    api.put(f"/contacts/{world.row('contacts', 'acme')['id']}", fields)
    world.calm()


# What a draft comes to.


def test_a_draft_whose_price_somebody_changed_is_not_posted(world: World) -> None:
    world.apply(drafted())
    world.sql("UPDATE invoices SET total = 1000")  # 10.00 in place of 1,000.00
    step = the_step(world, drafted("true"))
    assert (step.action, step.code) == (Action.CONFLICT, "drift")
    assert [(one.path, one.remembered, one.held) for one in step.drift] == [("total", "1000", "10")]


def test_a_draft_whose_price_somebody_changes_between_plan_and_apply_is_not_posted(world: World) -> None:
    world.apply(drafted())
    report = world.apply(drafted("true"), meanwhile=lambda: world.sql("UPDATE invoices SET total = 1000"))
    assert failures(report) == {"invoices/O-1": "drift"}
    assert world.row("invoices", "O-1")["state"] == "DRAFT"


def test_a_posting_is_shown_with_what_the_books_say_it_comes_to(world: World) -> None:
    world.apply(drafted())
    world.apply(drafted(rate="200"))
    plan = world.plan(drafted("true", rate="200"))
    assert [step.amount for step in plan.steps] == [Decimal("1000.00")]
    assert plan.money.billed == Decimal("1000.00")


def test_a_change_of_the_header_that_moves_the_total_is_told(world: World) -> None:
    world.apply(drafted())
    made = books(
        items=[widget("100")],
        invoices=[invoice("O-1", line_items=[{"item": "w", "quantity": "10"}], auto_approve="false", notes="new")],
    )
    cheap = wire.changed(lambda answer: answer["invoice"].update(total=5))
    world.fault("GET /invoices/", cheap, nth=3)  # for the plan, before the change, after it
    assert failures(world.apply(made)) == {"invoices/O-1": "books-differ"}


def test_books_that_do_not_say_whether_it_is_a_draft_post_nothing(world: World) -> None:
    world.apply(drafted())
    world.fault("GET /invoices/", wire.changed(lambda answer: answer["invoice"].pop("status")), times=wire.EVER)
    assert failures(world.apply(drafted("true"))) == {"invoices/O-1": "state-unknown"}
    assert world.row("invoices", "O-1")["state"] == "DRAFT"


def test_a_draft_that_was_posted_unseen_and_taken_back_in_the_manifest_is_a_conflict(world: World) -> None:
    world.apply(drafted())
    world.fault("POST /invoices/", wire.breaks(httpx.ReadTimeout, done=True))
    world.fault("GET /invoices/", wire.answers(503, wire.FAILED), nth=3, times=wire.EVER)
    assert failures(world.apply(drafted("true"))) == {"invoices/O-1": "no-answer"}
    world.calm()
    step = the_step(world, drafted())
    assert (step.action, step.code) == (Action.CONFLICT, "edit-of-document")


# An update of ours that was cut off, and somebody else's change.


def test_somebody_elses_change_is_drift_also_while_an_update_is_open(world: World, api: Api) -> None:
    world.apply(books(contacts=[contact(phone="1", email="a@example.com")]))
    made = books(contacts=[contact(phone="2", email="a@example.com")])
    world.fault("PUT /contacts/", DROPPED, times=wire.EVER)
    assert failures(world.apply(made)) == {"contacts/acme": "no-answer"}
    world.calm()
    retype(world, api, made, email="b@example.com")
    step = the_step(world, made)
    assert (step.code, [one.path for one in step.drift]) == ("drift", ["email"])


def test_what_our_own_open_update_did_is_no_drift(world: World) -> None:
    world.apply(books(contacts=[contact(phone="1")]))
    made = books(contacts=[contact(phone="2")])
    world.fault("PUT /contacts/", wire.breaks(httpx.ReadTimeout, done=True))
    world.fault("GET /contacts/", wire.answers(503, wire.FAILED), nth=3, times=wire.EVER)
    assert failures(world.apply(made)) == {"contacts/acme": "no-answer"}
    world.calm()
    assert statuses(world.apply(books(contacts=[contact(phone="3")]))) == {"contacts/acme": Status.UPDATED}
    assert world.intents() == ()


def test_a_draft_that_somebody_changed_while_its_posting_was_open_is_not_posted(world: World) -> None:
    world.apply(drafted())
    world.fault("POST /invoices/", DROPPED, times=wire.EVER)
    assert failures(world.apply(drafted("true"))) == {"invoices/O-1": "no-answer"}
    world.calm()
    world.sql("UPDATE invoices SET total = 9900000")
    assert the_step(world, drafted("true")).code == "drift"


# What was accepted, and edits beside it.


def test_an_edit_beside_an_accepted_value_leaves_that_as_it_is(world: World, api: Api) -> None:
    def made(**address: str) -> Manifest:
        return books(contacts=[contact(billing_address={"city": "Bengaluru", "zip": "560001", **address})])

    world.apply(made())
    retype(world, api, made(), billing_address={"city": "Mysuru", "zip": "560001"})
    world.accept(made(), "contacts", "acme")
    assert world.plan(made()).idle
    assert statuses(world.apply(made(zip="560002"))) == {"contacts/acme": Status.UPDATED}
    address = api.get("/contacts")["contacts"][0]["billing_address"]
    assert (address["city"], address["zip"]) == ("Mysuru", "560002")
    assert world.plan(made(zip="560002")).idle


def test_what_somebody_added_to_an_entry_of_a_list_stays(world: World, api: Api) -> None:
    def made(phone: str, first: str = "Asha") -> Manifest:
        return books(contacts=[contact(phone=phone, contact_persons=[{"first_name": first}])])

    world.apply(made("1"))
    retype(world, api, made("1"), contact_persons=[{"first_name": "Asha", "email": "asha@example.com"}])
    assert statuses(world.apply(made("2"))) == {"contacts/acme": Status.UPDATED}
    persons = api.get("/contacts")["contacts"][0]["contact_persons"]
    assert [(one["first_name"], one["email"]) for one in persons] == [("Asha", "asha@example.com")]


def test_accepting_a_drifted_draft_leaves_its_posting_to_be_done(world: World, api: Api) -> None:
    def made(posted: str) -> Manifest:
        return books(invoices=[invoice("O-1", auto_approve=posted, notes="ours")])

    world.apply(made("false"))
    api.put(f"/invoices/{world.row('invoices', 'O-1')['id']}", {"notes": "theirs"})
    assert the_step(world, made("true")).code == "drift"
    world.accept(made("true"), "invoices", "O-1")
    step = the_step(world, made("true"))
    assert step.action is Action.APPROVE
    assert statuses(world.apply(made("true"))) == {"invoices/O-1": Status.UPDATED}
    row = world.row("invoices", "O-1")
    assert (row["state"], row["notes"]) == ("POSTED", "theirs")
    assert world.plan(made("true")).idle


# A line that takes its rate from its item.


def test_an_edited_line_without_a_rate_of_its_own_is_a_conflict(world: World) -> None:
    def made(quantity: str, rate: str) -> Manifest:
        lines = [{"item": "w", "quantity": "1"}, {"name": "Work", "quantity": quantity, "rate": "50"}]
        return books(items=[widget(rate)], credit_notes=[note("CN-1", line_items=lines)])

    world.apply(made("1", "100"))
    world.apply(made("1", "110"))
    step = the_step(world, made("2", "110"))
    assert (step.action, step.code) == (Action.CONFLICT, "no-longer-editable")
    assert "give every line its `rate`" in step.reason


def test_an_accepted_total_no_longer_counts_once_the_lines_are_edited(world: World) -> None:
    world.apply(books(credit_notes=[note("CN-1", "100")]))
    world.sql("UPDATE credit_notes SET total = 12500")
    world.accept(books(credit_notes=[note("CN-1", "100")]), "credit_notes", "CN-1")
    world.fault("PUT /credit_notes/", wire.answers(200, {"code": 0, "message": "success", "credit_note": {}}))
    world.fault(
        "GET /credit_notes/",
        wire.changed(lambda answer: answer["credit_note"]["line_items"][0].update(rate=200)),
        nth=3,
        times=wire.EVER,
    )
    assert failures(world.apply(books(credit_notes=[note("CN-1", "200")]))) == {"credit_notes/CN-1": "books-differ"}


# Applications.


def credited(*targets: tuple[str, str], total: str = "300") -> Manifest:
    rows = [invoice("O-1", "1000"), invoice("O-2", "900")]
    more: dict[str, Any] = {"applications": [{"invoice": key, "amount": worth} for key, worth in targets]}
    return books(invoices=rows, credit_notes=[note("CN-1", total, **more)])


def test_an_answer_that_moved_nothing_is_not_believed_of_an_application(world: World) -> None:
    world.apply(credited(("O-1", "50")))
    world.calm()
    made = credited(("O-1", "50"), ("O-2", "70"))
    world.fault("POST /credit_notes/", wire.answers(200, {"code": 0, "message": "success", "credit_note": {}}))
    assert failures(world.apply(made)) == {"credit_notes/CN-1 O-2#1": "not-seen"}
    assert [one.operation for one in world.intents()] == ["apply"]
    assert world.row("invoices", "O-2")["credited"] == 0


def test_the_same_target_by_its_id_is_the_same_application(world: World) -> None:
    world.apply(credited(("O-1", "50")))
    rows = [invoice("O-1", "1000"), invoice("O-2", "900")]
    by_id = [{"invoice_id": world.receipts()[ORDER].remote_id, "amount": "50"}]
    assert world.plan(books(invoices=rows, credit_notes=[note("CN-1", "300", applications=by_id)])).idle


def test_what_takes_the_place_of_an_accepted_application_is_not_applied_besides(world: World) -> None:
    world.apply(credited(("O-1", "50")))
    made = credited(("O-2", "50"))
    assert "application-gone" in [step.code for step in world.plan(made).conflicts]
    agreed = world.accept(made, "credit_notes", "CN-1")
    assert "applications O-2#1" in [change.path for change in agreed.accepted]
    assert world.plan(made).idle
    assert world.row("invoices", "O-2")["credited"] == 0


def test_while_an_application_is_in_doubt_nothing_else_moves_its_invoice(world: World) -> None:
    def made(*more: dict[str, Any]) -> Manifest:
        notes = [note("CN-1", "60", on="O-1", applied="30"), note("CN-2", "60", on="O-1", applied="30")]
        return books(invoices=[invoice("O-1", "1000")], credit_notes=notes, payments=list(more))

    world.fault("POST /credit_notes/", DROPPED, times=wire.EVER)
    report = world.apply(made(payment("UTR-1", "30", of="O-1")))
    assert failures(report)["credit_notes/CN-1 O-1#1"] == "no-answer"
    assert sum(world.wire.calls("POST /credit_notes/").values()) > 0
    assert failures(report)["credit_notes/CN-2 O-1#1"] == "waits-for-open-intent"
    (held,) = (one.failure for one in report.outcomes if str(one.id) == "credit_notes/CN-2 O-1#1")
    assert held is not None
    assert "not known whether credit_notes/CN-1 O-1#1 was done" in held.message
    assert held.help == "Run apply again: it settles that one first, and sends this one then."
    world.calm()
    plan = world.plan(made(payment("UTR-1", "30", of="O-1"), payment("UTR-2", "40", of="O-1")))
    codes = {str(step.id): step.code for step in plan.steps}
    assert codes == {
        "payments/UTR-2": "waits-for-open-intent",
        "credit_notes/CN-1 O-1#1": "open-intent",
        "credit_notes/CN-2 O-1#1": "waits-for-open-intent",
    }
    assert world.row("invoices", "O-1")["credited"] == 0


def test_an_allocation_of_ours_that_was_cut_off_is_nobody_elses(world: World) -> None:
    def made(*allocations: dict[str, str]) -> Manifest:
        given: dict[str, Any] = {"allocations": list(allocations)}
        return books(invoices=[invoice("O-1")], payments=[payment("UTR-1", "100", **given)])

    world.apply(made())
    world.fault("POST /payments/", wire.breaks(httpx.ReadTimeout, done=True))
    world.fault("GET /payments/", wire.answers(503, wire.FAILED), nth=3, times=wire.EVER)
    more = made({"invoice": "O-1", "amount": "20"})
    assert failures(world.apply(more)) == {"payments/UTR-1 O-1#1": "no-answer"}
    world.calm()
    assert [step.code for step in world.plan(more).steps] == ["open-intent"]


def test_what_was_waived_in_place_of_an_application_that_is_back_is_applied_when_it_is_asked_for(world: World) -> None:
    world.apply(credited(("O-1", "50")))
    world.accept(credited(("O-2", "50")), "credit_notes", "CN-1")
    assert world.plan(credited(("O-1", "50"))).idle
    both = credited(("O-1", "50"), ("O-2", "50"))
    assert statuses(world.apply(both)) == {"credit_notes/CN-1 O-2#1": Status.APPLIED}
    assert world.row("invoices", "O-2")["credited"] == 50_00
    assert world.plan(both).idle


def test_what_the_books_hold_of_one_person_is_not_given_to_another(world: World, api: Api) -> None:
    def made(*names: str) -> Manifest:
        return books(contacts=[contact(contact_persons=[{"first_name": name} for name in names])])

    world.apply(made("Asha"))
    retype(world, api, made("Asha"), contact_persons=[{"first_name": "Asha", "email": "asha@example.com"}])
    assert statuses(world.apply(made("Bina"))) == {"contacts/acme": Status.UPDATED}
    (bina,) = api.get("/contacts")["contacts"][0]["contact_persons"]
    assert (bina["first_name"], bina.get("email")) == ("Bina", None)


def test_a_person_added_leaves_what_the_books_hold_of_the_others(world: World, api: Api) -> None:
    def made(*names: str) -> Manifest:
        return books(contacts=[contact(contact_persons=[{"first_name": name} for name in names])])

    world.apply(made("Asha"))
    retype(world, api, made("Asha"), contact_persons=[{"first_name": "Asha", "email": "asha@example.com"}])
    world.accept(made("Asha"), "contacts", "acme")
    world.apply(made("Ravi", "Asha"))
    persons = api.get("/contacts")["contacts"][0]["contact_persons"]
    assert [(one["first_name"], one.get("email")) for one in persons] == [("Ravi", None), ("Asha", "asha@example.com")]


def test_a_draft_whose_price_somebody_changed_is_not_posted_while_an_update_is_open_either(world: World) -> None:
    def made(notes: str, posted: str = "false") -> Manifest:
        lines = [{"item": "w", "quantity": "10"}]
        order = invoice("O-1", line_items=lines, auto_approve=posted, notes=notes)
        return books(items=[widget("100")], invoices=[order])

    world.apply(made("old"))
    world.fault("PUT /invoices/", DROPPED, times=wire.EVER)
    assert failures(world.apply(made("new", "true"))) == {"invoices/O-1": "no-answer"}
    world.calm()
    world.sql("UPDATE invoices SET total = 1180")
    assert the_step(world, made("new", "true")).code == "drift"


def test_an_edited_line_of_an_item_needs_its_tax_as_well_as_its_rate(world: World) -> None:
    def made(rate: str) -> Manifest:
        lines = [{"item": "w", "quantity": "1", "rate": "100"}, {"name": "Work", "quantity": "1", "rate": rate}]
        return books(items=[widget("100")], credit_notes=[note("CN-1", line_items=lines)])

    world.apply(made("10"))
    step = the_step(world, made("20"))
    assert (step.action, step.code) == (Action.CONFLICT, "no-longer-editable")
    assert "with an item its `tax`" in step.reason
