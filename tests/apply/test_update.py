"""Changing what the books hold: never over somebody else's change, never half."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sandbox.client import Api

from apply import wire
from apply.manifests import contact, manifest
from apply.world import World, failures, message, statuses
from importer.apply.update_body import overlaid
from importer.model import Action, Manifest, StepId
from importer.outcome import Status


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    api = Api(world.books)
    yield api
    api.close()


ACME = StepId("contacts", "acme")


def acme(**fields: Any) -> Manifest:
    return manifest(contacts=[contact(email="a@example.com", **fields)])


def held(api: Api) -> dict[str, Any]:
    (row,) = api.get("/contacts")["contacts"]
    found: dict[str, Any] = row
    return found


def edit(api: Api, **fields: Any) -> None:
    """Somebody changes the contact in FinzBooks."""
    api.put(f"/contacts/{held(api)['contact_id']}", fields)


@pytest.fixture
def edited(world: World, api: Api) -> Manifest:
    """Applied with one phone number; the manifest then says another one."""
    world.apply(acme(phone="1"))
    world.calm()
    return acme(phone="2")


def test_an_edit_is_read_put_and_read_back(world: World, api: Api, edited: Manifest) -> None:
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    calls = [seen.method for seen in world.wire.seen if seen.path.startswith("/contacts")]
    assert calls == ["GET", "GET", "PUT", "GET"]  # for the plan; before the change; after it
    assert held(api)["phone"] == "2"
    assert world.receipts()[ACME].said["phone"] == "2"
    assert world.intents() == ()
    assert world.plan(edited).idle


def test_what_the_manifest_does_not_say_is_sent_as_it_stands(world: World, api: Api, edited: Manifest) -> None:
    edit(api, website="https://acme.example", billing_address={"city": "Pune", "zip": "012345"})
    world.calm()
    world.apply(edited)
    (put,) = [seen.json for seen in world.wire.seen if seen.method == "PUT"]
    assert put["website"] == "https://acme.example"
    assert put["billing_address"]["zip"] == "012345"
    assert put["email"] == "a@example.com"
    assert put["phone"] == "2"
    assert held(api)["billing_address"]["city"] == "Pune"


def test_a_part_of_an_address_is_laid_over_the_whole(world: World, api: Api) -> None:
    world.apply(acme(billing_address={"city": "Pune"}))
    edit(api, billing_address={"city": "Pune", "zip": "411001"})
    world.apply(acme(billing_address={"city": "Mysuru"}))
    address = held(api)["billing_address"]
    assert (address["city"], address["zip"]) == ("Mysuru", "411001")


def test_a_managed_field_that_somebody_changed_is_refused_and_shown(world: World, api: Api, edited: Manifest) -> None:
    report = world.apply(edited, meanwhile=lambda: edit(api, phone="3"))
    assert failures(report) == {"contacts/acme": "drift"}
    told = "phone was 1 when last applied, is 3 in the books and 2 in the manifest"
    assert told in message(report, "contacts/acme")
    assert held(api)["phone"] == "3"
    assert not world.wire.calls("PUT")
    assert world.receipts()[ACME].said["phone"] == "1"
    assert world.intents() == ()


def test_another_managed_field_that_somebody_changed_is_refused_too(world: World, api: Api, edited: Manifest) -> None:
    report = world.apply(edited, meanwhile=lambda: edit(api, email="b@example.com"))
    assert failures(report) == {"contacts/acme": "drift"}
    assert "email" in message(report, "contacts/acme")


def test_a_list_that_somebody_changed_is_refused_whatever_its_length(world: World, api: Api) -> None:
    world.apply(acme(contact_persons=[{"first_name": "Asha"}]))
    both = [{"first_name": "Asha"}, {"first_name": "Ravi"}]
    made = acme(contact_persons=[{"first_name": "Mira"}, {"first_name": "Noor"}])
    report = world.apply(made, meanwhile=lambda: edit(api, contact_persons=both))
    assert failures(report) == {"contacts/acme": "drift"}
    assert [one["first_name"] for one in held(api)["contact_persons"]] == ["Asha", "Ravi"]


def test_the_same_change_made_by_somebody_is_no_drift_and_needs_no_put(
    world: World, api: Api, edited: Manifest
) -> None:
    edit(api, phone="2")
    world.calm()
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    assert not world.wire.calls("PUT")
    assert world.receipts()[ACME].said["phone"] == "2"


def test_a_document_that_is_found_otherwise_is_adopted_by_an_update(world: World, api: Api) -> None:
    api.contact(contact_name="acme & Sons", phone="9", website="https://acme.example")
    made = acme(phone="2")
    (step,) = world.plan(made).steps
    assert (step.action, [change.path for change in step.changes]) == (Action.UPDATE, ["email", "phone"])
    assert statuses(world.apply(made)) == {"contacts/acme": Status.UPDATED}
    assert (held(api)["phone"], held(api)["website"]) == ("2", "https://acme.example")
    world.is_whole(made)


FAULTS = {
    "lost before the work": (wire.breaks(httpx.ReadError), 2),
    "lost after the work": (wire.breaks(httpx.ReadTimeout, done=True), 1),
    "503 before the work": (wire.answers(503, wire.FAILED), 4),
    "503 after the work": (wire.answers(503, wire.FAILED, done=True), 1),
    "a web page": (wire.answers(200, wire.PAGE), 1),
    "half an answer": (wire.cut_short, 1),
    "429": (wire.answers(429, wire.LIMITED, Retry_After="3"), 1),
    "never connected": (wire.breaks(httpx.ConnectError), 2),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_leaves_the_books_changed(world: World, api: Api, edited: Manifest, name: str) -> None:
    act, times = FAULTS[name]
    world.fault("PUT /contacts", act, times=times)
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    assert held(api)["phone"] == "2"
    world.is_whole(edited)


def test_a_put_that_was_done_is_not_sent_again(world: World, api: Api, edited: Manifest) -> None:
    world.fault("PUT /contacts", wire.breaks(httpx.ReadTimeout, done=True))
    world.apply(edited)
    assert sum(world.wire.calls("PUT").values()) == 1


def test_an_update_that_was_cut_off_goes_through_in_the_next_run(world: World, api: Api, edited: Manifest) -> None:
    world.fault("PUT /contacts", wire.breaks(httpx.ReadError), times=wire.EVER)
    assert failures(world.apply(edited)) == {"contacts/acme": "no-answer"}
    assert [intent.operation for intent in world.intents()] == ["update"]
    assert world.receipts()[ACME].said["phone"] == "1"
    world.calm()
    edit(api, phone="2")  # the call comes through late
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    assert world.intents() == ()
    assert held(api)["phone"] == "2"


def test_an_update_that_was_cut_off_and_taken_back_in_the_manifest_is_taken_back_in_the_books(
    world: World, api: Api, edited: Manifest
) -> None:
    blind = wire.meanwhile(
        lambda: world.fault("GET /contacts/", wire.answers(503, wire.FAILED), times=wire.EVER),
        wire.breaks(httpx.ReadTimeout, done=True),
    )
    world.fault("PUT /contacts", blind)
    world.apply(edited)
    assert held(api)["phone"] == "2"
    world.calm()
    before = acme(phone="1")  # equal to the receipt: without the intent this would be no change
    assert statuses(world.apply(before)) == {"contacts/acme": Status.UPDATED}
    assert held(api)["phone"] == "1"
    assert world.intents() == ()
    assert world.plan(before).idle


def test_a_put_that_is_refused_is_over(world: World, api: Api, edited: Manifest) -> None:
    no = {"code": "validation.invalid_value", "message": "No such phone.", "field": "phone"}
    world.fault("PUT /contacts", wire.answers(400, no))
    report = world.apply(edited)
    assert failures(report) == {"contacts/acme": "validation.invalid_value"}
    (failure,) = [one.failure for one in report.outcomes]
    assert failure is not None
    assert failure.place == edited.documents[0].place(("phone",))
    assert world.intents() == ()
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}


def test_books_that_take_an_update_and_do_not_keep_it_are_told(world: World, api: Api, edited: Manifest) -> None:
    world.fault("PUT /contacts", wire.answers(200, {"code": 0, "message": "success", "contact": {}}))
    report = world.apply(edited)
    assert failures(report) == {"contacts/acme": "books-differ"}
    assert "phone is 1 in the books and 2 in the manifest" in message(report, "contacts/acme")
    assert world.receipts()[ACME].said["phone"] == "1"


def test_a_document_that_is_gone_from_the_books_is_told(world: World, edited: Manifest) -> None:
    report = world.apply(edited, meanwhile=lambda: world.sql("DELETE FROM contacts"))
    assert failures(report) == {"contacts/acme": "not_found.resource"}
    assert world.intents() == ()


WIDGET = StepId("items", "widget")


def widget(account: str, **fields: Any) -> Manifest:
    return manifest(items=[{"key": "widget", "name": "Widget", "rate": "10", "account": account, **fields}])


@pytest.fixture
def accounts(api: Api) -> tuple[str, str]:
    """The names of two accounts of the org. No answer tells which one an item has."""
    first, *_, last = (str(one["name"]) for one in api.get("/accounts")["accounts"])
    return first, last


def account_of(world: World, name: str) -> str:
    return str(next(row["id"] for row in world.books.db.rows("SELECT * FROM accounts") if row["name"] == name))


def test_a_changed_field_that_no_answer_shows_is_sent(world: World, accounts: tuple[str, str]) -> None:
    before, after = accounts
    world.apply(widget(before))
    assert statuses(world.apply(widget(after))) == {"items/widget": Status.UPDATED}
    assert sum(world.wire.calls("PUT").values()) == 1
    assert world.row("items", "widget")["account_id"] == account_of(world, after)
    assert world.plan(widget(after)).idle


def test_a_put_of_what_no_answer_shows_is_sent_again_after_a_lost_answer(
    world: World, accounts: tuple[str, str]
) -> None:
    before, after = accounts
    world.apply(widget(before))
    world.fault("PUT /items", wire.breaks(httpx.ReadError))
    assert statuses(world.apply(widget(after))) == {"items/widget": Status.UPDATED}
    assert world.row("items", "widget")["account_id"] == account_of(world, after)


def test_a_cut_off_update_of_what_no_answer_shows_is_taken_back_by_a_put(
    world: World, accounts: tuple[str, str]
) -> None:
    before, after = accounts
    world.apply(widget(before))
    world.fault("PUT /items", wire.breaks(httpx.ReadTimeout, done=True), times=wire.EVER)
    assert failures(world.apply(widget(after))) == {"items/widget": "no-answer"}
    world.calm()
    assert statuses(world.apply(widget(before))) == {"items/widget": Status.UPDATED}
    assert world.row("items", "widget")["account_id"] == account_of(world, before)
    assert world.intents() == ()


def test_a_put_that_replaces_keeps_what_only_the_receipt_remembers(world: World, accounts: tuple[str, str]) -> None:
    account, _ = accounts
    world.apply(widget(account))
    edited = manifest(items=[{"key": "widget", "name": "Widget", "rate": "12"}])
    assert statuses(world.apply(edited)) == {"items/widget": Status.UPDATED}
    (put,) = [seen.json for seen in world.wire.seen if seen.method == "PUT"]
    assert put["account_id"] == account_of(world, account)


def test_what_somebody_cleared_is_not_filled_from_the_receipt() -> None:
    remembered = {"notes": "old", "billing_address": {"city": "Pune", "zip": "411001"}, "phone": "1"}
    row = {"phone": None, "billing_address": {"city": None, "address": "1 MG Road"}, "email": "a@example.com"}
    body = overlaid("contacts", {"email": "b@example.com"}, row, remembered)
    assert "phone" not in body
    assert body["email"] == "b@example.com"
    assert body["billing_address"] == {"zip": "411001", "city": None, "address": "1 MG Road"}


@pytest.mark.parametrize("answer", [{}, {"contact": None}, {"contact": []}, {"contact": {"contact_id": "other"}}])
def test_an_answer_that_is_not_the_document_is_neither_compared_nor_laid_over(
    world: World, edited: Manifest, answer: dict[str, Any]
) -> None:
    world.fault("GET /contacts/", wire.answers(200, {"code": 0, "message": "success", **answer}), nth=2)
    report = world.apply(edited)
    assert failures(report) == {"contacts/acme": "garbled"}
    assert not world.wire.calls("PUT")
    assert world.receipts()[ACME].said["phone"] == "1"


def test_a_put_that_cannot_be_read_back_is_no_update_yet(world: World, edited: Manifest) -> None:
    world.fault("GET /contacts/", wire.answers(200, {"code": 0, "message": "success"}), nth=3)
    assert failures(world.apply(edited)) == {"contacts/acme": "garbled"}
    assert [intent.operation for intent in world.intents()] == ["update"]
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    world.is_whole(edited)
