"""After a lost answer: what belongs to whom, and what is not known."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import World, failures, message, statuses
from importer.apply.look import is_fresh
from importer.kinds import INVOICES, PAYMENTS
from importer.model import Intent, Manifest, StepId
from importer.outcome import Status

LOST = wire.breaks(httpx.ReadTimeout, done=True)
GSTIN = "29AAGCB7383J1Z4"


def one_order(*totals: str) -> Manifest:
    """Invoices of one customer that share the number of a purchase order."""
    entries = [invoice(f"O-{total}", total, reference_number="PO-1") for total in totals]
    return manifest(contacts=[contact()], invoices=entries)


@pytest.mark.parametrize("act", [LOST, wire.first_rows(1), wire.first_rows(2), wire.answers(500, "")])
def test_invoices_of_one_purchase_order_each_get_their_own_row(world: World, act: wire.Act) -> None:
    made = one_order("100", "200", "300")
    world.fault("POST /bulk", act)
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)
    for total in ("100", "200", "300"):
        assert world.row("invoices", f"O-{total}")["total"] == int(total) * 100


def shown_otherwise(world: World, act: wire.Act, change: str, table: str = "invoices") -> wire.Act:
    """``act``, after which the books show in part something else than was sent."""

    async def changing(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        try:
            return await act(carrier, request)
        finally:
            world.sql(f"UPDATE {table} SET {change}")

    return changing


def test_a_row_that_two_of_a_call_could_claim_belongs_to_neither(world: World) -> None:
    made = one_order("100", "200")
    world.fault("POST /bulk", shown_otherwise(world, wire.first_rows(1), "place_of_supply = 'IN-MH'"))
    report = world.apply(made)
    assert failures(report) == {"invoices/O-100": "ambiguous-match", "invoices/O-200": "ambiguous-match"}
    assert world.rows("invoices")[0]["id"] in message(report, "invoices/O-200")
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-100", "O-200"]
    assert world.receipts().keys() == {StepId("contacts", "acme")}
    assert world.wire.calls("POST /invoices") == {}


def test_two_calls_in_flight_do_not_take_each_other_s_row(world: World) -> None:
    shared = [contact("north", gst_no=GSTIN), contact("south", gst_no=GSTIN)]
    made = manifest(contacts=[contact("first"), *shared])

    done, looked = asyncio.Event(), asyncio.Event()

    async def not_done(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        """North's call; that it has failed is learned when south's is in the books."""
        await done.wait()
        raise httpx.ReadError("broken by the test", request=request)

    async def answered_late(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        """South's call; its answer comes when north has looked and drawn its conclusions."""
        answer = await carrier.forward(request)
        done.set()
        await looked.wait()
        for _ in range(1000):
            await asyncio.sleep(0)
        return answer

    async def look(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        looked.set()
        return await carrier.forward(request)

    world.fault("POST /contacts", not_done, nth=2)
    world.fault("POST /contacts", answered_late, nth=3)
    world.fault("GET /contacts", look, nth=2)  # the first is the plan's
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)
    assert world.row("contacts", "north")["name"] == "north & Sons"
    assert world.row("contacts", "south")["name"] == "south & Sons"


def test_what_a_call_of_an_earlier_run_may_have_brought_is_not_taken(world: World) -> None:
    first, second = invoice("O-1", "100", reference_number="PO-1"), invoice("O-2", "200", reference_number="PO-1")
    world.fault("POST /invoices", wire.breaks(httpx.ReadError), times=wire.EVER)
    world.apply(manifest(contacts=[contact()], invoices=[first]))
    world.calm()
    both = manifest(contacts=[contact()], invoices=[first, second])
    held: list[httpx.Request] = []

    async def late(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        """The call of the first run comes through now; that of the second is lost."""
        (intent,) = [one for one in world.store.intents() if one.rows[0].key == "O-1"] if world.store else []
        headers = {**request.headers, "idempotency-key": intent.idempotency_key}
        headers.pop("content-length")
        await carrier.forward(httpx.Request("POST", request.url, headers=headers, content=intent.body))
        world.sql("UPDATE invoices SET place_of_supply = 'IN-MH'")
        held.append(request)
        raise httpx.ReadError("broken by the test", request=request)

    world.fault("POST /invoices", late)
    report = world.apply(both)
    assert len(held) == 1
    assert failures(report) == {"invoices/O-1": "open-intent", "invoices/O-2": "ambiguous-match"}
    assert StepId("invoices", "O-2") not in world.receipts()
    assert world.count("invoices") == 1


ALIKE = {
    "invoices": (manifest(contacts=[contact()], invoices=[invoice("O-1")]), "reference = NULL"),
    "payments": (manifest(contacts=[contact()], payments=[payment("U-1")]), "reference = NULL"),
    "a payment of another amount": (manifest(contacts=[contact()], payments=[payment("U-1")]), "amount = amount + 1"),
    "credit_notes": (manifest(contacts=[contact()], credit_notes=[note("C-1")]), "date = '2026-05-22'"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_a_row_that_is_only_alike_keeps_the_call_from_being_sent_again(world: World, name: str) -> None:
    made, change = ALIKE[name]
    step = next(one.ref for one in made.documents if one.kind != "contacts")
    act = shown_otherwise(world, wire.answers(500, "", done=True), change, step.kind)
    world.fault(f"POST /{step.kind}", act, times=wire.EVER)
    report = world.apply(made)
    assert failures(report) == {str(step): "ambiguous-match"}
    (row,) = world.rows(step.kind)
    assert row["id"] in message(report, str(step))
    assert world.wire.calls("POST")[f"POST /{step.kind}"] == 1
    assert [own.key for intent in world.intents() for own in intent.rows] == [step.key]


def test_rows_of_a_bulk_call_that_lost_their_references_are_not_sent_again(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1"), invoice("O-2")])
    world.fault("POST /bulk", shown_otherwise(world, wire.first_rows(2), "reference = NULL"))
    report = world.apply(made)
    assert failures(report) == {"invoices/O-1": "ambiguous-match", "invoices/O-2": "ambiguous-match"}
    assert world.count("invoices") == 2
    assert len(world.intents()) == 1


def test_the_row_of_a_sibling_is_no_likeness(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}") for number in range(4)])
    world.fault("POST /bulk", wire.first_rows(2))
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)


def test_a_likeness_older_than_the_call_is_not_what_it_brought(world: World) -> None:
    world.apply(manifest(contacts=[contact()], invoices=[invoice("OLD")]))
    world.state.unlink()
    world.later(2 * 86400)
    world.calm()
    world.fault("POST /invoices", wire.breaks(httpx.ReadError), times=2)
    made = manifest(contacts=[contact()], invoices=[invoice("NEW")])
    report = world.apply(made, allow_likeness=True)
    assert statuses(report) == {"contacts/acme": Status.ADOPTED, "invoices/NEW": Status.CREATED}
    assert world.references("invoices") == ["NEW", "OLD"]


def without_reference(answer: Any) -> None:
    for row in answer["credit_notes"]:
        del row["reference_number"]


@pytest.mark.parametrize("done", [True, False])
def test_a_list_row_without_the_reference_is_read_whole_before_it_is_judged(world: World, done: bool) -> None:
    made = manifest(contacts=[contact()], credit_notes=[note("C-1"), note("C-2")])
    world.fault("GET /credit_notes", short_list, times=wire.EVER)
    world.fault("POST /credit_notes", wire.breaks(httpx.ReadError, done=done), nth=2)
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)


def test_a_likeness_that_may_come_from_the_call_by_the_clock_of_another_zone_stops_it(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")])
    behind = "reference = NULL, created = created - 19800000000"  # microseconds
    world.fault("POST /invoices", shown_otherwise(world, wire.answers(500, "", done=True), behind))
    assert failures(world.apply(made)) == {"invoices/O-1": "ambiguous-match"}
    assert world.count("invoices") == 1


def test_a_payment_of_which_the_list_leaves_out_the_contact_is_seen_after_a_lost_answer(world: World) -> None:
    made = manifest(contacts=[contact()], payments=[payment("U-1"), payment("U-2")])
    world.fault("GET /payments", wire.leaves_out(PAYMENTS, "contact_id"), times=wire.EVER)
    world.fault("POST /payments", wire.answers(500, wire.FAILED, done=True), nth=2)
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)


def test_an_invoice_that_was_booked_on_another_day_is_seen_where_the_list_leaves_out_its_reference(
    world: World,
) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")])
    world.fault("GET /invoices", wire.leaves_out(INVOICES, "reference_number"), times=wire.EVER)
    act = shown_otherwise(world, wire.answers(500, "", done=True), "date = '2026-05-18'")
    world.fault("POST /invoices", act, times=wire.EVER)
    report = world.apply(made)
    assert world.count("invoices") == 1
    assert "otherwise than sent" in message(report, "invoices/O-1")


def test_a_payment_of_which_the_books_never_tell_the_contact_is_not_sent_again_after_a_lost_answer(
    world: World,
) -> None:
    made = manifest(contacts=[contact()], payments=[payment("U-1")])
    world.fault("GET /payments", wire.leaves_out(PAYMENTS, "contact_id", single=True), times=wire.EVER)
    world.fault("POST /payments", wire.answers(500, wire.FAILED, done=True), times=wire.EVER)
    report = world.apply(made)
    assert failures(report) == {"payments/U-1": "ambiguous-match"}
    assert "the books do not tell all that it could be known by" in message(report, "payments/U-1")
    assert world.count("payments") == 1
    assert [row.key for intent in world.intents() for row in intent.rows] == ["U-1"]


async def short_list(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
    whole = not request.url.path.endswith("/credit_notes")
    return await (carrier.forward(request) if whole else wire.changed(without_reference)(carrier, request))


# Whether an answer speaks of what a call has just made.

CALLED = "2026-05-20T10:00:00.000Z"
NOW = datetime(2026, 5, 20, 10, 0, 2, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("created", "fresh"),
    [
        ("2026-05-20T10:00:01Z", True),
        ("2026-05-20T15:30:01+05:30", True),
        ("2026-05-20T10:00:01", True),  # naive, and UTC
        ("2026-05-20T15:30:01", True),  # naive, and Indian time
        ("2026-05-20T09:59:56", True),  # the clocks of one server differ a little
        ("2026-05-20T09:59:54", False),
        ("2026-05-20T15:30:01Z", False),  # it says that it is UTC
        ("2026-05-20T14:30:01", False),  # Indian time, an hour old
        ("2026-05-20T10:30:00", False),  # of a time to come: nothing is known of that clock
        ("", False),
        ("yesterday", False),
    ],
)
def test_an_answer_is_fresh_only_when_it_was_surely_made_by_the_call(created: str, fresh: bool) -> None:
    intent = Intent(1, "create", (), "POST", "/payments", "{}", "key", "token", CALLED, "run")
    assert is_fresh({"created_time": created}, intent, NOW) is fresh
    assert not is_fresh({}, intent, NOW)
