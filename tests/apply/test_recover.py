"""Calls whose answers were never seen, settled by looking: done, not done, or left open and told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

import httpx
import pytest

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import BASE, World, statuses
from importer.api.client import Client
from importer.apply import bulk
from importer.apply.bulk import SLACK
from importer.apply.context import Context
from importer.apply.ground import survey
from importer.apply.recover import recover
from importer.delivery.settle import Fate, Recovered, Recovery
from importer.model import Action, Manifest, StepId
from importer.outcome import Status
from importer.sandbox.books import SANDBOX_TOKEN
from importer.state.files import open_for_writing

TIMEOUT = 30.0
LOST_BEFORE = wire.breaks(httpx.ReadTimeout)
LOST_AFTER = wire.breaks(httpx.ReadTimeout, done=True)
DOWN = wire.answers(503, wire.FAILED)
NONE = manifest()


@dataclass
class Recovering:
    """Recovers over and over in one world, and remembers the pauses."""

    world: World
    pauses: list[tuple[int, float]] = field(default_factory=list)

    def __call__(self, made: Manifest, meanwhile: Callable[[], object] = lambda: None) -> Recovery:
        """``meanwhile`` happens in the pause between the two looks."""

        def waiting(number: int, seconds: float) -> None:
            self.pauses.append((number, seconds))
            meanwhile()

        async def main() -> Recovery:
            client = Client(BASE, SANDBOX_TOKEN, clock=self.world.clock, transport=self.world.wire, dice=lambda: 0.0)
            async with client:
                org = (await client.whoami()).org_id or ""
                with open_for_writing(self.world.state) as store:
                    ground = await survey(client, made, tuple(store.receipts()), store.intents())
                    context = Context(
                        client=client,
                        store=store,
                        bindings=ground.bindings,
                        org_id=org,
                        token_id="tok",
                        run="recovery",
                        now=self.world.clock.now,
                        sleep=self.world.clock.sleep,
                        dice=lambda: 0.0,
                        expected=ground.expectations.expected,
                        source_of=lambda document: document.file,
                        claimed=ground.claimed,
                        timeout=TIMEOUT,
                    )
                    return await recover(context, ground.documents, waiting)

        try:
            return asyncio.run(main())
        finally:
            writes = [seen.call for seen in self.world.wire.seen if seen.method != "GET"]
            assert not writes, writes


@pytest.fixture
def recovering(world: World) -> Recovering:
    return Recovering(world)


def blind(world: World, then: wire.Act, reads: str) -> wire.Act:
    """``then``, after which the books cannot be read any more: the run learns nothing of what it did."""
    return wire.meanwhile(lambda: world.fault(f"GET {reads}", DOWN, times=wire.EVER), then)


def cut_off(world: World, made: Manifest, call: str, then: wire.Act, reads: str) -> None:
    """An apply whose ``call`` is lost, and which cannot look what became of it. After it all is well again."""
    world.fault(call, blind(world, then, reads), times=wire.EVER)
    world.apply(made)
    assert world.intents()
    world.calm()


def fates(recovery: Recovery) -> dict[str, Fate]:
    return {str(one.id): one.fate for one in recovery.rows}


def codes(recovery: Recovery) -> dict[str, str]:
    return {str(one.id): one.code for one in recovery.rows if one.code}


def only(recovery: Recovery) -> Recovered:
    (one,) = recovery.rows
    return one


# Creates.

CREATES: dict[str, tuple[Manifest, str]] = {
    "contacts/acme": (manifest(contacts=[contact()]), "/contacts"),
    "items/widget": (manifest(items=[{"key": "widget", "name": "Widget", "sku": "W-1", "rate": "10"}]), "/items"),
    "invoices/O-1": (manifest(contacts=[contact()], invoices=[invoice("O-1")]), "/invoices"),
    "payments/U-1": (manifest(contacts=[contact()], payments=[payment("U-1")]), "/payments"),
    "credit_notes/C-1": (manifest(contacts=[contact()], credit_notes=[note("C-1")]), "/credit_notes"),
}


@pytest.mark.parametrize("step", CREATES)
def test_a_create_that_was_done_gets_its_receipt(world: World, recovering: Recovering, step: str) -> None:
    made, path = CREATES[step]
    cut_off(world, made, f"POST {path}", LOST_AFTER, path)
    recovery = recovering(made)
    assert fates(recovery) == {step: Fate.SETTLED}
    assert codes(recovery) == {}
    assert "the same " in only(recovery).message  # how it was matched
    assert recovering.pauses == []
    world.is_whole(made)
    assert world.plan(made).idle


@pytest.mark.parametrize("step", CREATES)
def test_a_create_that_was_not_done_is_closed_after_two_looks_and_sent_by_the_next_apply(
    world: World, recovering: Recovering, step: str
) -> None:
    made, path = CREATES[step]
    cut_off(world, made, f"POST {path}", LOST_BEFORE, path)
    (before,) = world.intents()
    recovery = recovering(made)
    assert fates(recovery) == {step: Fate.NOT_DONE}
    assert world.intents() == ()
    assert world.generation(*step.split("/")) == 1
    assert statuses(world.apply(made))[step] is Status.CREATED
    sent = next(seen for seen in world.wire.seen if seen.method == "POST")
    assert sent.key != before.idempotency_key
    world.is_whole(made)


def test_two_looks_are_further_apart_than_a_call_may_take(world: World, recovering: Recovering) -> None:
    made = manifest(contacts=[contact(), contact("other")])
    cut_off(world, made, "POST /contacts", LOST_BEFORE, "/contacts")
    began = world.clock.now()
    recovering(made)
    assert recovering.pauses == [(2, TIMEOUT + SLACK)]
    assert world.clock.now() - began >= TIMEOUT + SLACK


def test_one_pause_serves_all_that_is_not_there(world: World, recovering: Recovering) -> None:
    first = manifest(contacts=[contact()], items=[{"key": "widget", "name": "Widget", "rate": "10"}])
    world.fault("POST /contacts", blind(world, LOST_BEFORE, ""), times=wire.EVER)
    world.fault("POST /items", LOST_BEFORE, times=wire.EVER)
    world.apply(first)
    assert len(world.intents()) == 2
    world.calm()
    assert set(fates(recovering(first)).values()) == {Fate.NOT_DONE}
    assert recovering.pauses == [(2, TIMEOUT + SLACK)]


def late(world: World) -> wire.Act:
    """The one open call, which was on its way all the time, comes through just before this request."""
    (intent,) = world.intents()

    async def act(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        headers = {**request.headers, "idempotency-key": intent.idempotency_key}
        url = BASE + intent.path
        answer = await carrier.forward(httpx.Request(intent.method, url, headers=headers, content=intent.body))
        assert answer.status_code == 200, answer.text
        return await carrier.forward(request)

    return act


def test_what_arrives_between_the_two_looks_is_found(world: World, recovering: Recovering) -> None:
    made = CREATES["invoices/O-1"][0]
    cut_off(world, made, "POST /invoices", LOST_BEFORE, "/invoices")
    world.fault("GET /invoices", late(world), nth=2)
    assert fates(recovering(made)) == {"invoices/O-1": Fate.SETTLED}
    assert len(recovering.pauses) == 1
    world.is_whole(made)


ALIKE = {
    "invoices/O-1": "UPDATE invoices SET reference = NULL",
    "payments/U-1": "UPDATE payments SET amount = amount + 1",
    "credit_notes/C-1": "UPDATE credit_notes SET date = '2026-05-22'",
}


@pytest.mark.parametrize("step", ALIKE)
def test_what_may_be_it_or_another_stays_open_and_is_named(world: World, recovering: Recovering, step: str) -> None:
    made, path = CREATES[step]
    cut_off(world, made, f"POST {path}", LOST_AFTER, path)
    world.sql(ALIKE[step])
    recovery = recovering(made)
    assert fates(recovery) == {step: Fate.OPEN}
    assert codes(recovery) == {step: "ambiguous-match"}
    one = only(recovery)
    assert world.rows(step.partition("/")[0])[0]["id"] in one.message
    kind, _, key = step.partition("/")
    assert f"finz-import state adopt {kind} {key} ID" in one.help
    assert f"finz-import state rm {kind} {key}" in one.help
    assert len(world.intents()) == 1
    assert world.generation(kind, key) == 0


def test_what_the_books_hold_otherwise_than_sent_is_remembered_with_the_difference(
    world: World, recovering: Recovering
) -> None:
    made = CREATES["invoices/O-1"][0]
    cut_off(world, made, "POST /invoices", LOST_AFTER, "/invoices")
    world.sql("UPDATE invoices SET place_of_supply = 'IN-MH'")
    recovery = recovering(made)
    assert fates(recovery) == {"invoices/O-1": Fate.SETTLED}
    assert codes(recovery) == {"invoices/O-1": "books-differ"}
    assert "IN-MH" in world.receipts()[StepId("invoices", "O-1")].difference
    assert world.intents() == ()
    assert [step.code for step in world.plan(made).conflicts] == ["books-differ"]


def test_open_creates_of_one_purchase_order_each_get_their_own_row(world: World, recovering: Recovering) -> None:
    entries = [invoice(f"O-{total}", total, reference_number="PO-1") for total in ("100", "200")]
    made = manifest(contacts=[contact()], invoices=entries)
    cut_off(world, made, "POST /bulk", LOST_AFTER, "/invoices")
    assert set(fates(recovering(made)).values()) == {Fate.SETTLED}
    world.is_whole(made)
    assert [world.row("invoices", f"O-{total}")["total"] for total in ("100", "200")] == [10000, 20000]


# Creates whose entry is gone, or was edited.


def test_without_its_entry_what_was_done_is_known_as_it_was_sent_and_what_was_not_is_closed(
    world: World, recovering: Recovering
) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1"), invoice("O-2")])
    cut_off(world, made, "POST /bulk", wire.first_rows(1), "/invoices")
    left = manifest(contacts=[contact()])
    recovery = recovering(left)
    assert fates(recovery) == {"invoices/O-1": Fate.SETTLED, "invoices/O-2": Fate.NOT_DONE}
    assert codes(recovery) == {}
    one = next(one for one in recovery.rows if one.fate is Fate.SETTLED)
    assert one.remote_id == world.rows("invoices")[0]["id"]
    assert one.remote_id in one.message
    assert one.place is None
    assert [(step.action, step.id.key) for step in world.plan(left).steps] == [(Action.ORPHANED, "O-1")]
    # With its entry back there is nothing to be done for it.
    assert [(step.action, step.id.key) for step in world.plan(made).steps] == [(Action.CREATE, "O-2")]
    world.apply(made)
    world.is_whole(made)


def test_an_edit_of_a_contact_whose_create_was_in_flight_is_seen_as_an_edit(
    world: World, recovering: Recovering
) -> None:
    address = {"address": "1 MG Road", "city": "Pune", "state_code": "IN-MH", "zip": "041100"}
    made = manifest(contacts=[contact(phone="1", billing_address=address)])
    cut_off(world, made, "POST /contacts", LOST_AFTER, "/contacts")
    edited = manifest(contacts=[contact(phone="2", billing_address={**address, "zip": "041101"})])
    assert fates(recovering(edited)) == {"contacts/acme": Fate.SETTLED}
    assert world.receipts()[StepId("contacts", "acme")].said["billing_address"] == address
    assert world.plan(made).idle
    (step,) = world.plan(edited).steps
    assert {one.path: (one.before, one.after) for one in step.changes} == {
        "phone": ("1", "2"),
        "billing_address.zip": ("041100", "041101"),
    }
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    world.is_whole(edited)


def test_an_edit_of_an_invoice_whose_create_was_in_flight_is_a_conflict_afterwards(
    world: World, recovering: Recovering
) -> None:
    lines = [{"name": "Work", "quantity": "2", "rate": "50.50", "tax": "GST 18%"}]
    made = manifest(contacts=[contact()], invoices=[invoice("O-1", line_items=lines)])
    cut_off(world, made, "POST /invoices", LOST_AFTER, "/invoices")
    dearer = [{**lines[0], "rate": "60", "tax": "GST 5%"}]
    edited = manifest(contacts=[contact()], invoices=[invoice("O-1", line_items=dearer)])
    assert fates(recovering(edited)) == {"invoices/O-1": Fate.SETTLED}
    assert world.plan(made).idle
    (step,) = world.plan(edited).conflicts
    assert step.code == "edit-of-document"
    assert {one.path for one in step.changes} == {"line_items[0].rate", "line_items[0].tax"}


def test_names_of_the_org_that_an_edit_no_longer_gives_are_read_back_from_their_ids(
    world: World, recovering: Recovering, accounts: tuple[str, str]
) -> None:
    entry = {"key": "widget", "name": "Widget", "sku": "W-1", "rate": "10.50"}
    made = manifest(items=[{**entry, "account": accounts[0], "tax": "GST 18%"}])
    cut_off(world, made, "POST /items", LOST_AFTER, "/items")
    edited = manifest(items=[{**entry, "account": accounts[1]}])
    assert fates(recovering(edited)) == {"items/widget": Fate.SETTLED}
    said = world.receipts()[StepId("items", "widget")].said
    assert (said["account"], said["tax"], said["rate"]) == (accounts[0], "GST 18%", "10.5")
    assert world.plan(made).idle


def test_an_allocation_added_to_a_payment_in_flight_is_applied_afterwards(world: World, recovering: Recovering) -> None:
    others = {"contacts": [contact()], "invoices": [invoice("O-1"), invoice("O-2")]}
    one = {"invoice": "O-1", "amount": "60"}
    made = manifest(**others, payments=[payment("U-1", "100", allocations=[one])])
    cut_off(world, made, "POST /payments", LOST_AFTER, "/payments")
    both = [one, {"invoice": "O-2", "amount": "40"}]
    edited = manifest(**others, payments=[payment("U-1", "100", allocations=both)])
    assert fates(recovering(edited)) == {"payments/U-1": Fate.SETTLED}
    assert statuses(world.apply(edited)) == {"payments/U-1 O-2#1": Status.APPLIED}
    assert [row["paid"] for row in world.rows("invoices")] == [6000, 4000]
    world.is_whole(edited)


def test_an_edit_of_which_it_is_not_sure_what_was_said_before_stays_open(world: World, recovering: Recovering) -> None:
    made = CREATES["invoices/O-1"][0]
    cut_off(world, made, "POST /invoices", LOST_AFTER, "/invoices")
    world.remove("contacts", "acme")  # now no key is known of the customer's id
    recovery = recovering(made)
    assert fates(recovery) == {"invoices/O-1": Fate.OPEN}
    assert codes(recovery) == {"invoices/O-1": "entry-edited"}
    assert f"finz-import state adopt invoices O-1 {world.rows('invoices')[0]['id']}" in only(recovery).help
    assert len(world.intents()) == 1


def test_an_edited_entry_whose_create_was_not_done_is_created_as_edited(world: World, recovering: Recovering) -> None:
    made = CREATES["invoices/O-1"][0]
    cut_off(world, made, "POST /invoices", LOST_BEFORE, "/invoices")
    edited = manifest(contacts=[contact()], invoices=[invoice("O-1", "250")])
    assert fates(recovering(edited)) == {"invoices/O-1": Fate.NOT_DONE}
    world.apply(edited)
    assert world.row("invoices", "O-1")["total"] == 25000
    world.is_whole(edited)


# Bulk calls of which a part is settled already: their body still holds all rows.


def half_settled(world: World, made: Manifest) -> None:
    """A bulk call that died after its first row, and a run that then could no longer read the books."""
    unreadable = wire.meanwhile(lambda: world.fault("GET /invoices", DOWN, nth=2, times=wire.EVER), wire.first_rows(1))
    world.fault("POST /bulk", unreadable, times=wire.EVER)
    world.apply(made)
    world.calm()
    (intent,) = world.intents()
    assert 0 < len(intent.rows) < len([one for one in made.documents if one.kind == "invoices"])


def test_what_is_left_of_a_bulk_call_is_settled_row_by_row(world: World, recovering: Recovering) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}") for number in (1, 2, 3)])
    half_settled(world, made)
    assert fates(recovering(made)) == {"invoices/O-2": Fate.NOT_DONE, "invoices/O-3": Fate.NOT_DONE}
    world.apply(made)
    world.is_whole(made)


def test_a_row_of_a_bulk_call_is_known_by_its_reference_when_its_entry_is_edited_or_gone(
    world: World, recovering: Recovering
) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}") for number in (1, 2, 3)])
    half_settled(world, made)
    edited = manifest(contacts=[contact()], invoices=[invoice("O-1"), invoice("O-2", "250")])
    assert fates(recovering(edited)) == {"invoices/O-2": Fate.NOT_DONE, "invoices/O-3": Fate.NOT_DONE}
    assert world.intents() == ()


OWN_REFERENCES = [invoice(f"O-{number}", reference_number=f"PO/{number}") for number in (1, 2, 3)]
ORDERED = manifest(contacts=[contact()], invoices=OWN_REFERENCES)
SECOND_EDITED_THIRD_GONE = manifest(
    contacts=[contact()], invoices=[OWN_REFERENCES[0], invoice("O-2", "250", reference_number="PO/2")]
)


def test_rows_of_a_bulk_call_are_told_apart_by_their_place_in_it(world: World, recovering: Recovering) -> None:
    half_settled(world, ORDERED)
    recovery = recovering(SECOND_EDITED_THIRD_GONE)
    assert fates(recovery) == {"invoices/O-2": Fate.NOT_DONE, "invoices/O-3": Fate.NOT_DONE}
    assert world.intents() == ()


def test_a_row_of_a_bulk_call_that_cannot_be_told_from_the_others_stays_open(
    world: World, recovering: Recovering
) -> None:
    with mock.patch.object(bulk, "remembering_rows", lambda _: {}):  # as an older version wrote it
        half_settled(world, ORDERED)
    recovery = recovering(SECOND_EDITED_THIRD_GONE)
    assert fates(recovery) == {"invoices/O-2": Fate.OPEN, "invoices/O-3": Fate.OPEN}
    assert codes(recovery) == {"invoices/O-2": "entry-edited", "invoices/O-3": "entry-gone"}
    assert len(world.intents()[0].rows) == 2


# Applications.

NOTE = StepId("credit_notes", "C-1", "O-1#1")
LATER = StepId("payments", "U-1", "O-2#1")


@dataclass(frozen=True)
class Applying:
    """An application: the manifest before it and with it, its call, and where the books keep what it moved."""

    before: Manifest
    made: Manifest
    call: str
    step: StepId
    moved: str  # SQL: what the call did to its invoice


def applying(name: str) -> Applying:
    base = {"contacts": [contact()], "invoices": [invoice("O-1", "1000"), invoice("O-2", "1000")]}
    if name == "note":
        noted, bare = note("C-1", "300", on="O-1"), note("C-1", "300")
        made = manifest(**base, credit_notes=[noted])
        return Applying(manifest(**base, credit_notes=[bare]), made, "POST /credit_notes/", NOTE, "credited")
    first, second = {"invoice": "O-1", "amount": "100"}, {"invoice": "O-2", "amount": "300"}
    alone = manifest(**base, payments=[payment("U-1", "400", allocations=[first])])
    both = manifest(**base, payments=[payment("U-1", "400", allocations=[first, second])])
    return Applying(alone, both, "POST /payments/", LATER, "paid")


@pytest.fixture(params=["note", "payment"])
def application(world: World, request: pytest.FixtureRequest) -> Applying:
    found = applying(request.param)
    world.apply(found.before)
    return found


def invoice_of(world: World, application: Applying) -> dict[str, Any]:
    return world.row("invoices", application.step.part.partition("#")[0])


def test_an_application_that_was_done_gets_its_receipt(
    world: World, recovering: Recovering, application: Applying
) -> None:
    cut_off(world, application.made, application.call, LOST_AFTER, "/invoices/")
    recovery = recovering(application.made)
    assert fates(recovery) == {str(application.step): Fate.SETTLED}
    assert recovering.pauses == []
    assert "1000 was open before and 700 is open now" in only(recovery).message
    assert invoice_of(world, application)[application.moved] == 30000
    world.is_whole(application.made)
    assert world.plan(application.made).idle


def test_an_application_that_was_not_done_is_sent_by_the_next_apply_under_another_key(
    world: World, recovering: Recovering, application: Applying
) -> None:
    cut_off(world, application.made, application.call, LOST_BEFORE, "/invoices/")
    (intent,) = world.intents()
    assert fates(recovering(application.made)) == {str(application.step): Fate.NOT_DONE}
    assert world.intents() == ()
    assert statuses(world.apply(application.made)) == {str(application.step): Status.APPLIED}
    sent = next(seen for seen in world.wire.seen if seen.method == "POST")
    assert sent.key != intent.idempotency_key
    assert invoice_of(world, application)[application.moved] == 30000
    world.is_whole(application.made)


def test_an_application_that_comes_through_between_the_looks_is_done(
    world: World, recovering: Recovering, application: Applying
) -> None:
    cut_off(world, application.made, application.call, LOST_BEFORE, "/invoices/")
    world.fault("GET /invoices/", late(world), nth=2)
    assert fates(recovering(application.made)) == {str(application.step): Fate.SETTLED}
    assert invoice_of(world, application)[application.moved] == 30000
    world.is_whole(application.made)


@pytest.mark.parametrize("paise", [1, 20000, 30000])
def test_balances_that_moved_otherwise_leave_an_application_open(
    world: World, recovering: Recovering, application: Applying, paise: int
) -> None:
    cut_off(world, application.made, application.call, LOST_BEFORE, "/invoices/")
    # The customer pays something else: of the note, or of the payment, nothing is used by that.
    world.sql("UPDATE invoices SET paid = paid + ? WHERE id = ?", paise, invoice_of(world, application)["id"])
    recovery = recovering(application.made)
    assert fates(recovery) == {str(application.step): Fate.OPEN}
    assert codes(recovery) == {str(application.step): "balance-moved"}
    assert "1000 was open before" in only(recovery).message
    assert "finz-import state rm" in only(recovery).help
    assert len(world.intents()) == 1


def test_an_application_whose_entry_is_gone_is_settled_all_the_same(
    world: World, recovering: Recovering, application: Applying
) -> None:
    cut_off(world, application.made, application.call, LOST_AFTER, "/invoices/")
    assert fates(recovering(NONE)) == {str(application.step): Fate.SETTLED}
    world.is_whole(application.made)
    assert world.plan(application.made).idle


def test_an_application_to_an_invoice_that_is_gone_stays_open(
    world: World, recovering: Recovering, application: Applying
) -> None:
    cut_off(world, application.made, application.call, LOST_BEFORE, "/invoices/")
    world.fault("GET /invoices/", wire.answers(404, {"code": "not_found.resource", "message": "No."}), times=wire.EVER)
    assert codes(recovering(application.made)) == {str(application.step): "balance-moved"}


def test_balances_that_may_not_be_read_settle_nothing(
    world: World, recovering: Recovering, application: Applying
) -> None:
    cut_off(world, application.made, application.call, LOST_AFTER, "/invoices/")
    world.fault("GET /invoices/", wire.answers(403, {"code": "auth.insufficient_scope", "message": "No."}))
    recovery = recovering(application.made)
    assert recovery.broken is not None
    assert codes(recovery) == {str(application.step): "not-looked"}


# Updates and postings.

ACME = "contacts/acme"
PLAIN = manifest(contacts=[contact(phone="1", email="a@example.com")])
EDITED = manifest(contacts=[contact(phone="2", email="a@example.com")])


def cut_off_update(world: World, then: wire.Act) -> None:
    world.apply(PLAIN)
    cut_off(world, EDITED, "PUT /contacts", then, "/contacts/")


def test_an_update_that_was_done_gets_its_receipt(world: World, recovering: Recovering) -> None:
    cut_off_update(world, LOST_AFTER)
    assert fates(recovering(EDITED)) == {ACME: Fate.SETTLED}
    assert recovering.pauses == []
    assert world.receipts()[StepId("contacts", "acme")].said["phone"] == "2"
    world.is_whole(EDITED)
    assert world.plan(EDITED).idle


def test_an_update_that_was_not_done_is_closed_after_two_looks(world: World, recovering: Recovering) -> None:
    cut_off_update(world, LOST_BEFORE)
    assert fates(recovering(EDITED)) == {ACME: Fate.NOT_DONE}
    assert len(recovering.pauses) == 1
    assert world.receipts()[StepId("contacts", "acme")].said["phone"] == "1"
    assert statuses(world.apply(EDITED)) == {ACME: Status.UPDATED}
    world.is_whole(EDITED)


def test_an_update_that_was_not_done_is_no_longer_open_when_its_entry_was_taken_back(
    world: World, recovering: Recovering
) -> None:
    cut_off_update(world, LOST_BEFORE)
    assert fates(recovering(PLAIN)) == {ACME: Fate.NOT_DONE}
    assert world.plan(PLAIN).idle


@pytest.mark.parametrize("phone", ["1", "3"])
def test_an_update_that_was_done_and_whose_entry_was_edited_since_is_remembered_as_it_was_sent(
    world: World, recovering: Recovering, phone: str
) -> None:
    cut_off_update(world, LOST_AFTER)
    again = manifest(contacts=[contact(phone=phone, email="a@example.com")])
    recovery = recovering(again)
    assert fates(recovery) == {ACME: Fate.SETTLED}
    assert "the next plan shows the edit" in only(recovery).message
    assert statuses(world.apply(again)) == {ACME: Status.UPDATED}
    world.is_whole(again)


def test_books_that_are_neither_as_before_nor_as_wanted_are_left_to_apply(world: World, recovering: Recovering) -> None:
    cut_off_update(world, LOST_BEFORE)
    world.sql("UPDATE contacts SET fields = json_set(fields, '$.phone', '3')")
    assert codes(recovering(EDITED)) == {ACME: "change-open"}


def test_an_update_that_adds_what_nobody_remembers_is_not_taken_for_undone(
    world: World, recovering: Recovering
) -> None:
    before, after = manifest(contacts=[contact()]), manifest(contacts=[contact(phone="2")])
    world.apply(before)
    cut_off(world, after, "PUT /contacts", LOST_AFTER, "/contacts/")
    assert fates(recovering(after)) == {ACME: Fate.SETTLED}
    assert world.plan(after).idle


def test_an_update_of_what_no_answer_shows_is_left_to_apply(
    world: World, recovering: Recovering, accounts: tuple[str, str]
) -> None:
    before, after = widget(accounts[0]), widget(accounts[1])
    world.apply(before)
    cut_off(world, after, "PUT /items", LOST_AFTER, "/items/")
    assert codes(recovering(after)) == {"items/widget": "change-open"}
    assert statuses(world.apply(after)) == {"items/widget": Status.UPDATED}
    world.is_whole(after)


def widget(account: str, **fields: str) -> Manifest:
    return manifest(items=[{"key": "widget", "name": "Widget", "rate": "10", "account": account, **fields}])


@pytest.fixture
def accounts(world: World) -> tuple[str, str]:
    """The names of two accounts of the org. No answer tells which one an item has."""
    first, *_, last = (
        row["name"]
        for row in world.books.db.rows(
            "SELECT name FROM accounts WHERE account_type = 'EXPENSE' OR account_type LIKE '%INCOME' ORDER BY name"
        )
    )
    return str(first), str(last)


def test_an_update_is_closed_when_one_field_that_it_was_to_change_is_as_before(
    world: World, recovering: Recovering, accounts: tuple[str, str]
) -> None:
    before, after = widget(accounts[0]), widget(accounts[1], rate="12")
    world.apply(before)
    cut_off(world, after, "PUT /items", LOST_BEFORE, "/items/")
    assert fates(recovering(after)) == {"items/widget": Fate.NOT_DONE}
    assert statuses(world.apply(after)) == {"items/widget": Status.UPDATED}
    world.is_whole(after)


def test_what_somebody_else_changed_does_not_make_an_update_undone(
    world: World, recovering: Recovering, accounts: tuple[str, str]
) -> None:
    before, after = widget(accounts[0]), widget(accounts[1])
    world.apply(before)
    world.sql("UPDATE items SET description = 'theirs'")  # goes along in the body of the update
    cut_off(world, after, "PUT /items", LOST_AFTER, "/items/")
    world.sql("UPDATE items SET description = 'theirs again'")
    assert codes(recovering(before)) == {"items/widget": "change-open"}


def test_an_update_of_a_draft_whose_total_is_not_ours_is_left_to_apply(world: World, recovering: Recovering) -> None:
    def draft(day: str) -> Manifest:
        return manifest(contacts=[contact()], invoices=[invoice("O-1", auto_approve="false", due_date=day)])

    world.apply(draft("2026-06-01"))
    cut_off(world, draft("2026-06-02"), "PUT /invoices", LOST_AFTER, "/invoices/")
    world.sql("UPDATE invoices SET total = total + 1000")
    assert codes(recovering(draft("2026-06-02"))) == {"invoices/O-1": "change-open"}
    world.sql("UPDATE invoices SET total = total - 1000")
    assert fates(recovering(draft("2026-06-02"))) == {"invoices/O-1": Fate.SETTLED}


def test_an_update_whose_entry_is_gone_is_remembered_as_it_was_sent(world: World, recovering: Recovering) -> None:
    cut_off_update(world, LOST_AFTER)
    assert fates(recovering(NONE)) == {ACME: Fate.SETTLED}
    assert world.plan(EDITED).idle


def test_an_update_whose_entry_is_gone_stays_open_when_something_else_has_changed(
    world: World, recovering: Recovering
) -> None:
    cut_off_update(world, LOST_AFTER)
    world.sql("UPDATE contacts SET fields = json_set(fields, '$.phone', '3')")
    recovery = recovering(NONE)
    assert codes(recovery) == {ACME: "entry-gone"}
    assert "finz-import state rm contacts acme" in only(recovery).help


def test_an_update_whose_entry_is_gone_is_closed_when_nothing_has_changed(world: World, recovering: Recovering) -> None:
    cut_off_update(world, LOST_BEFORE)
    assert fates(recovering(NONE)) == {ACME: Fate.NOT_DONE}


def test_an_update_of_what_is_gone_from_the_books_is_closed(world: World, recovering: Recovering) -> None:
    cut_off_update(world, LOST_BEFORE)
    world.sql("DELETE FROM contacts")
    recovery = recovering(EDITED)
    assert fates(recovery) == {ACME: Fate.NOT_DONE}
    assert "no longer hold" in only(recovery).message


def test_an_update_of_a_document_that_was_only_just_found_settles_its_create_as_well(
    world: World, recovering: Recovering
) -> None:
    cut_off(world, PLAIN, "POST /contacts", LOST_AFTER, "/contacts")
    cut_off(world, EDITED, "PUT /contacts", LOST_AFTER, "/contacts/")
    assert [one.operation for one in world.intents()] == ["create", "update"]
    assert fates(recovering(EDITED)) == {ACME: Fate.SETTLED}
    world.is_whole(EDITED)
    assert world.plan(EDITED).idle


DRAFT = manifest(contacts=[contact()], invoices=[invoice("O-1", auto_approve="false")])
POSTED = manifest(contacts=[contact()], invoices=[invoice("O-1")])


def cut_off_posting(world: World, then: wire.Act) -> None:
    world.apply(DRAFT)
    cut_off(world, POSTED, "POST /invoices/", then, "/invoices/")
    assert [one.operation for one in world.intents()] == ["approve"]


def test_a_posting_that_was_done_gets_its_receipt(world: World, recovering: Recovering) -> None:
    cut_off_posting(world, LOST_AFTER)
    assert fates(recovering(POSTED)) == {"invoices/O-1": Fate.SETTLED}
    world.is_whole(POSTED)
    assert world.plan(POSTED).idle


def test_a_posting_that_was_not_done_is_closed_and_sent_by_the_next_apply(world: World, recovering: Recovering) -> None:
    cut_off_posting(world, LOST_BEFORE)
    (intent,) = world.intents()
    assert fates(recovering(POSTED)) == {"invoices/O-1": Fate.NOT_DONE}
    assert statuses(world.apply(POSTED)) == {"invoices/O-1": Status.UPDATED}
    sent = next(seen for seen in world.wire.seen if seen.method == "POST")
    assert sent.key != intent.idempotency_key
    world.is_whole(POSTED)


def test_a_posting_that_was_done_and_taken_back_in_the_manifest_is_remembered(
    world: World, recovering: Recovering
) -> None:
    cut_off_posting(world, LOST_AFTER)
    assert fates(recovering(DRAFT)) == {"invoices/O-1": Fate.SETTLED}
    assert [step.code for step in world.plan(DRAFT).conflicts] == ["edit-of-document"]


def test_a_posting_of_what_was_voided_since_is_not_taken_for_done(world: World, recovering: Recovering) -> None:
    cut_off_posting(world, LOST_BEFORE)
    world.sql("UPDATE invoices SET state = 'CANCELLED'")
    assert [step.code for step in world.plan(POSTED).conflicts] == ["no-longer-editable"]  # also while the call is open
    recovery = recovering(POSTED)
    assert fates(recovery) == {"invoices/O-1": Fate.NOT_DONE}
    assert "was voided in FinzBooks" in only(recovery).message
    assert world.receipts()[StepId("invoices", "O-1")].said["auto_approve"] is False
    assert [step.code for step in world.plan(POSTED).conflicts] == ["no-longer-editable"]


def without(field: str) -> wire.Act:
    """The true answer of an invoice, without one of its fields."""
    return wire.changed(lambda answer: answer["invoice"].pop(field))


def test_a_posting_that_no_status_tells_of_is_left_to_apply(world: World, recovering: Recovering) -> None:
    cut_off_posting(world, LOST_AFTER)
    world.fault("GET /invoices/", without("status"), times=wire.EVER)
    assert codes(recovering(POSTED)) == {"invoices/O-1": "change-open"}


def test_a_posting_does_not_settle_an_edit_that_was_made_since(world: World, recovering: Recovering) -> None:
    cut_off_posting(world, LOST_AFTER)
    world.fault("GET /invoices/", without("notes"), times=wire.EVER)
    edited = manifest(contacts=[contact()], invoices=[invoice("O-1", notes="New")])
    assert fates(recovering(edited)) == {"invoices/O-1": Fate.SETTLED}
    assert [step.code for step in world.plan(edited).conflicts] == ["edit-of-document"]


def test_two_creates_of_the_same_are_left_to_a_person(world: World, recovering: Recovering) -> None:
    made = CREATES["contacts/acme"][0]
    cut_off(world, made, "POST /contacts", LOST_AFTER, "/contacts")
    with open_for_writing(world.state) as store:
        store.begin(replace(store.intents()[0], id=0, idempotency_key="another"))
    assert codes(recovering(made)) == {ACME: "several-calls"}
    assert len(world.intents()) == 2


# How it ends otherwise.


def test_an_org_that_is_not_reached_settles_nothing_and_loses_nothing(world: World, recovering: Recovering) -> None:
    made = CREATES["contacts/acme"][0]
    cut_off(world, made, "POST /contacts", LOST_AFTER, "/contacts")
    world.fault("GET /contacts", DOWN, times=wire.EVER)
    recovery = recovering(made)
    assert recovery.broken is not None
    assert not recovery.wrote
    assert codes(recovery) == {ACME: "not-looked"}
    world.calm()
    assert fates(recovering(made)) == {ACME: Fate.SETTLED}


def test_a_token_that_is_revoked_half_way_keeps_what_was_settled(world: World, recovering: Recovering) -> None:
    made = manifest(contacts=[contact()], items=[{"key": "widget", "name": "Widget", "rate": "10"}])
    world.fault("POST /contacts", blind(world, LOST_AFTER, ""), times=wire.EVER)
    world.fault("POST /items", LOST_BEFORE, times=wire.EVER)
    world.apply(made)
    world.calm()
    recovery = recovering(made, world.revoke)
    assert fates(recovery) == {ACME: Fate.SETTLED, "items/widget": Fate.OPEN}
    assert recovery.broken is not None
    assert recovery.wrote
    assert [row.key for intent in world.intents() for row in intent.rows] == ["widget"]


def test_an_interruption_in_the_pause_keeps_what_was_settled(world: World, recovering: Recovering) -> None:
    made = manifest(contacts=[contact()], items=[{"key": "widget", "name": "Widget", "rate": "10"}])
    world.fault("POST /contacts", blind(world, LOST_AFTER, ""), times=wire.EVER)
    world.fault("POST /items", LOST_BEFORE, times=wire.EVER)
    world.apply(made)
    world.calm()

    def interrupt() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    recovery = recovering(made, interrupt)
    assert recovery.interrupted
    assert not recovery.whole
    assert fates(recovery) == {ACME: Fate.SETTLED, "items/widget": Fate.OPEN}
    assert world.generation("items", "widget") == 0
    assert fates(recovering(made)) == {"items/widget": Fate.NOT_DONE}


def test_a_recovery_asks_for_nothing_when_only_applications_are_open(world: World, recovering: Recovering) -> None:
    found = applying("note")
    world.apply(found.before)
    cut_off(world, found.made, found.call, LOST_AFTER, "/invoices/")
    recovering(found.made)
    asked = {seen.path.rpartition("/")[0] or seen.path for seen in world.wire.seen}
    assert asked == {"/whoami", "/invoices", "/credit_notes"}
