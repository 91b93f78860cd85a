"""One document, delivered once, whatever happens to its call."""

from __future__ import annotations

from datetime import datetime
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment, taxed
from apply.world import World, failures, message, statuses
from importer.model import Manifest, StepId
from importer.outcome import Status

ONE_OF_EACH = {
    "contacts": manifest(contacts=[contact()]),
    "invoices": manifest(contacts=[contact()], invoices=[invoice("O-1")]),
    "payments": manifest(contacts=[contact()], payments=[payment("U-1"), payment("U-2", "200")]),
    "credit_notes": manifest(contacts=[contact()], credit_notes=[note("C-1")]),
}
LAST = {"contacts": ("acme", 1), "invoices": ("O-1", 1), "payments": ("U-2", 2), "credit_notes": ("C-1", 1)}
PASSING = {
    "503 after the work, not cached": (wire.answers(503, wire.FAILED, done=True), 1),
    "503 before the work": (wire.answers(503, wire.FAILED), 3),
    "a web page as 502 after the work": (wire.answers(502, wire.PAGE, done=True), 1),
    "a web page as 200 before the work": (wire.answers(200, wire.PAGE), 2),
    "half an answer": (wire.cut_short, 1),
    "an answer without the document": (wire.answers(200, {"code": 0, "message": "success"}, done=True), 1),
    "lost before the work": (wire.breaks(httpx.ReadError), 4),
    "lost after the work, not cached": (wire.breaks(httpx.ReadTimeout, done=True), 1),
    "lost after the work, cached": (wire.breaks(httpx.RemoteProtocolError, done=True, kept=True), 1),
    "never connected": (wire.breaks(httpx.ConnectError), 3),
    "in progress twice": (wire.answers(409, wire.BUSY), 2),
    "in progress, and done meanwhile": (wire.answers(409, wire.BUSY, done=True, kept=True), 1),
    "429 with Retry-After": (wire.answers(429, wire.LIMITED, Retry_After="7"), 2),
}


@pytest.mark.parametrize("kind", ONE_OF_EACH)
@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_leaves_one_document_and_one_receipt(world: World, kind: str, name: str) -> None:
    made, (act, times) = ONE_OF_EACH[kind], PASSING[name]
    world.fault(f"POST /{kind}", act, nth=LAST[kind][1], times=times)
    report = world.apply(made)
    assert set(statuses(report).values()) == {Status.CREATED}
    world.is_whole(made)
    assert world.generation(kind, LAST[kind][0]) == 0


def test_a_call_is_sent_again_under_its_key_with_its_bytes(world: World) -> None:
    world.fault("POST /invoices", wire.answers(503, wire.FAILED), times=3)
    world.apply(ONE_OF_EACH["invoices"])
    tries = [seen for seen in world.wire.seen if seen.call == "POST /invoices"]
    assert len(tries) == 4
    assert len({(seen.key, seen.body) for seen in tries}) == 1
    assert tries[0].key


def test_the_books_are_looked_at_between_two_tries(world: World) -> None:
    world.fault("POST /payments", wire.breaks(httpx.ReadError), times=2)
    world.apply(manifest(contacts=[contact()], payments=[payment("U-1")]))
    calls = [seen.call for seen in world.wire.seen if seen.path == "/payments"]
    assert calls == [
        *("GET /payments", "POST /payments"),  # the plan's search, the first try
        *("GET /payments", "POST /payments", "GET /payments", "POST /payments"),
    ]


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_call_that_fails_for_ever_is_tried_at_least_five_times_and_stays_open(world: World, kind: str) -> None:
    made = ONE_OF_EACH[kind]
    key, nth = LAST[kind]
    world.fault(f"POST /{kind}", wire.answers(503, wire.FAILED), nth=nth, times=wire.EVER)
    began = world.clock.now()
    report = world.apply(made)
    assert failures(report) == {f"{kind}/{key}": "no-answer"}
    assert world.wire.calls()[f"POST /{kind}"] - (nth - 1) >= 5
    assert 10 < world.clock.now() - began < 60
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == [key]
    # It is neither sent again blindly nor forgotten by the next run.
    world.calm()
    again = world.apply(made)
    assert failures(again) == {f"{kind}/{key}": "open-intent"}
    assert world.wire.calls("POST") == {}
    assert world.intents() == (intent,)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_when_the_books_cannot_be_read_after_a_lost_answer_the_next_run_adopts(world: World, kind: str) -> None:
    made = ONE_OF_EACH[kind]
    key, nth = LAST[kind]
    blind = wire.meanwhile(
        lambda: world.fault("GET ", wire.answers(503, wire.FAILED), times=wire.EVER),
        wire.breaks(httpx.ReadTimeout, done=True),
    )
    world.fault(f"POST /{kind}", blind, nth=nth)
    report = world.apply(made)
    assert failures(report) == {f"{kind}/{key}": "no-answer"}
    assert len(world.intents()) == 1
    world.calm()
    assert statuses(world.apply(made)) == {f"{kind}/{key}": Status.ADOPTED}
    assert world.wire.calls("POST") == {}
    world.is_whole(made)


def test_a_lost_answer_with_two_candidates_is_left_to_a_person(world: World) -> None:
    made = manifest(contacts=[contact()], payments=[payment("U-1")])

    async def done_twice(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        for _ in range(2):
            await carrier.forward(request)
            carrier.forget(request)
        return httpx.Response(503)

    world.fault("POST /payments", done_twice)
    report = world.apply(made)
    assert failures(report) == {"payments/U-1": "ambiguous-match"}
    assert len(world.intents()) == 1
    world.calm()
    again = world.apply(made)
    assert failures(again) == {"payments/U-1": "open-intent"}
    assert "2 that could be it" in message(again, "payments/U-1")
    assert world.count("payments") == 2


def test_a_refused_document_takes_a_new_key_and_the_next_run_can_succeed(world: World) -> None:
    raw = invoice("O-1", customer_id="ct_gone")
    del raw["customer"]
    made = manifest(contacts=[contact()], invoices=[raw])
    report = world.apply(made)
    assert failures(report) == {"invoices/O-1": "not_found.resource"}
    refusal = next(one.failure for one in report.outcomes if one.failure is not None)
    assert refusal.field == "customer_id"
    assert refusal.place is not None
    assert refusal.place == made.documents[1].place(("customer_id",))
    assert world.generation("invoices", "O-1") == 1
    assert world.intents() == ()
    # Under the old key the server would repeat its 404 for a day, although the customer is there now.
    world.sql("UPDATE contacts SET id = 'ct_gone'")
    world.remove("contacts", "acme")
    assert statuses(world.apply(made)) == {"contacts/acme": Status.ADOPTED, "invoices/O-1": Status.CREATED}
    assert len(set(world.wire.keys("POST /invoices"))) == 2
    world.is_whole(made)


def test_a_refusal_after_a_try_that_may_have_been_done_is_no_refusal_when_the_books_hold_it(world: World) -> None:
    made = ONE_OF_EACH["payments"]
    held = {"code": "validation.invalid_value", "message": "No.", "field": "amount"}
    unseen = wire.answers(200, {"code": 0, "message": "success", "payments": []})
    world.fault("POST /payments", wire.breaks(httpx.ReadError, done=True), nth=2)
    world.fault("GET /payments", unseen, nth=2)  # the first look comes too early
    world.fault("POST /payments", wire.answers(400, held), nth=3)
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)


def test_a_lost_connection_after_a_try_that_may_have_been_done_stays_open(world: World) -> None:
    made = manifest(contacts=[contact()], payments=[payment("U-1")])
    world.fault("POST /payments", wire.breaks(httpx.ReadError))
    world.fault("POST /payments", wire.breaks(httpx.ConnectError), nth=2, times=wire.EVER)
    assert failures(world.apply(made)) == {"payments/U-1": "no-answer"}
    assert len(world.intents()) == 1
    assert world.wire.calls()["POST /payments"] == 1 + 6  # the client itself has tried to connect often enough


def test_a_call_that_never_connects_is_certainly_not_done(world: World) -> None:
    made = manifest(contacts=[contact()])
    world.fault("POST /contacts", wire.breaks(httpx.ConnectError), times=wire.EVER)
    assert failures(world.apply(made)) == {"contacts/acme": "not-sent"}
    assert world.intents() == ()
    assert world.generation("contacts", "acme") == 0
    world.calm()
    assert statuses(world.apply(made)) == {"contacts/acme": Status.CREATED}
    world.is_whole(made)


def test_a_429_that_does_not_pass_may_be_remembered_and_costs_the_key(world: World) -> None:
    made = manifest(contacts=[contact()])
    world.fault("POST /contacts", wire.answers(429, wire.LIMITED, Retry_After="5"), times=wire.EVER)
    assert failures(world.apply(made)) == {"contacts/acme": "rate_limit.exceeded"}
    assert world.intents() == ()
    assert world.generation("contacts", "acme") == 1


def duplicate_of(world: World, change: str = "") -> Manifest:
    """An invoice that somebody types into the books between our search and our call."""
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")])
    world.apply(made)
    world.remove("invoices", "O-1")
    if change:
        world.sql(f"UPDATE invoices SET {change}")
    world.sql("DELETE FROM answers")
    world.calm()
    world.fault("GET /invoices", wire.answers(200, {"code": 0, "message": "success", "invoices": []}))
    return made


def test_a_guard_against_duplicates_makes_us_look_and_adopt(world: World) -> None:
    made = duplicate_of(world)
    report = world.apply(made)
    assert statuses(report) == {"invoices/O-1": Status.ADOPTED}
    assert world.wire.calls("POST") == {"POST /invoices": 1}
    world.is_whole(made)


def test_a_duplicate_that_says_otherwise_is_told_and_not_adopted(world: World) -> None:
    made = duplicate_of(world, "place_of_supply = 'IN-MH'")
    report = world.apply(made)
    assert failures(report) == {"invoices/O-1": "books-differ"}
    assert "place_of_supply is IN-MH in the books and IN-KA in the manifest" in message(report, "invoices/O-1")
    assert StepId("invoices", "O-1") not in world.receipts()
    assert world.intents() == ()


def test_what_was_voided_is_not_what_a_lost_call_has_brought(world: World) -> None:
    made = duplicate_of(world, "state = 'CANCELLED'")
    world.fault("POST /invoices", wire.breaks(httpx.ReadError))
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.CREATED}
    assert len(set(world.wire.keys("POST /invoices"))) == 1
    assert world.row("invoices", "O-1")["state"] == "POSTED"


def test_an_intent_bears_the_time_at_which_its_call_left(world: World) -> None:
    made = manifest(contacts=[contact()])
    now = int(world.clock.now())
    reset = (now // 60 + 2) * 60  # a later window than the one that whoami was counted in, and a full one
    full: dict[str, Any] = {"X_RateLimit_Limit": "600", "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(reset)}
    nothing = {"code": 0, "message": "success", "contacts": []}
    world.fault("GET /contacts", wire.answers(200, nothing, **full, Date=formatdate(now, usegmt=True)))
    times = list[str]()

    def note_time() -> None:
        assert world.store is not None
        times.extend(intent.server_time for intent in world.store.intents())

    world.fault("POST /contacts", wire.meanwhile(note_time))
    world.apply(made)
    (left,) = times
    assert datetime.fromisoformat(left).timestamp() > now + 55


def forgotten(world: World) -> Manifest:
    """A draft that was made two hours ago, and whose state is lost."""
    made = manifest(contacts=[contact()], invoices=[invoice("O-1", auto_approve="false")])
    world.apply(made)
    world.state.unlink()
    world.later(7200)
    world.calm()
    return made


@pytest.mark.parametrize("fate", ["DELETE FROM invoices", "UPDATE invoices SET state = 'CANCELLED', reference = NULL"])
def test_an_answer_from_memory_about_something_that_is_gone_is_not_believed(world: World, fate: str) -> None:
    made = forgotten(world)
    world.sql(fate)
    assert statuses(world.apply(made))["invoices/O-1"] is Status.CREATED
    posted = world.wire.keys("POST /invoices")
    assert len(posted) == len(set(posted)) == 2
    alive = [row["id"] for row in world.rows("invoices") if row["state"] != "CANCELLED"]
    assert alive == [world.receipts()[StepId("invoices", "O-1")].remote_id]
    assert world.receipts()[StepId("invoices", "O-1")].generation == 1
    assert world.intents() == ()


def test_an_answer_from_memory_about_something_that_is_there_is_believed(world: World) -> None:
    made = forgotten(world)
    world.fault("GET /invoices", wire.answers(200, {"code": 0, "message": "success", "invoices": []}))
    assert statuses(world.apply(made))["invoices/O-1"] is Status.CREATED
    assert world.wire.calls("POST /invoices") == {"POST /invoices": 1}
    world.is_whole(made)


@pytest.mark.parametrize("act", [wire.answers(503, wire.FAILED), wire.answers(404, wire.PAGE)])
def test_an_answer_from_memory_that_cannot_be_read_back_stays_open(world: World, act: wire.Act) -> None:
    made = forgotten(world)
    world.sql("UPDATE invoices SET reference = 'other'")
    world.fault("GET /invoices/", act, times=wire.EVER)
    report = world.apply(made, allow_likeness=True)
    assert failures(report) == {"invoices/O-1": "no-answer"}
    assert len(world.intents()) == 1
    assert world.count("invoices") == 1


def test_a_server_that_only_ever_remembers_what_is_gone_is_given_up(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")])

    def old(answer: Any) -> None:
        answer["invoice"]["created_time"] = "2020-01-01T00:00:00"
        world.sql("DELETE FROM invoices")

    world.fault("POST /invoices", wire.changed(old), times=wire.EVER)
    assert failures(world.apply(made)) == {"invoices/O-1": "stale-answers"}
    assert world.intents() == ()
    assert world.generation("invoices", "O-1") == 3


def other_rate(world: World) -> wire.Act:
    """The org's GST 18% becomes 28% after the plan has read it."""
    return wire.meanwhile(lambda: world.sql("UPDATE taxes SET cgst = '14', sgst = '14', igst = '28' WHERE igst = '18'"))


def test_books_that_come_to_another_total_stop_the_kind_at_its_first_call(world: World) -> None:
    notes = [note(key, line_items=taxed(key)["line_items"]) for key in ("C-1", "C-2", "C-3")]
    made = manifest(contacts=[contact()], credit_notes=notes, payments=[payment("U-1")])
    world.fault("POST /credit_notes", other_rate(world))
    report = world.apply(made)
    assert failures(report) == {
        "credit_notes/C-1": "books-differ",
        "credit_notes/C-2": "kind-stopped",
        "credit_notes/C-3": "kind-stopped",
    }
    told = message(report, "credit_notes/C-1")
    assert "128.00" in told
    assert "118" in told
    assert statuses(report)["payments/U-1"] is Status.CREATED
    assert world.count("credit_notes") == 1
    receipt = world.receipts()[StepId("credit_notes", "C-1")]
    assert "128.00" in receipt.difference
    assert world.intents() == ()
    # The next run shows it again, and sends nothing of it.
    world.sql("UPDATE taxes SET cgst = '9', sgst = '9', igst = '18' WHERE igst = '28' AND cgst = '14'")
    assert [step.code for step in world.plan(made).conflicts] == ["books-differ"]


def test_what_depends_on_a_document_that_differs_is_skipped(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[taxed("O-1")], payments=[payment("U-1", of="O-1")])
    world.fault("POST /invoices", other_rate(world))
    report = world.apply(made)
    assert failures(report) == {"invoices/O-1": "books-differ", "payments/U-1": "needs-failed"}
    assert "invoices/O-1" in message(report, "payments/U-1")
    assert world.count("payments") == 0


def test_a_field_that_comes_back_otherwise_is_a_difference(world: World) -> None:
    made = manifest(contacts=[contact(phone="080-1")])
    world.fault("POST /contacts", wire.changed(lambda answer: answer["contact"].update(phone="080-2")))
    report = world.apply(made)
    assert failures(report) == {"contacts/acme": "books-differ"}
    assert "phone is 080-2 in the books and 080-1 in the manifest" in message(report, "contacts/acme")


def test_a_failed_document_takes_only_its_dependents(world: World) -> None:
    made = manifest(
        contacts=[contact(), contact("other")],
        invoices=[invoice("O-1"), invoice("O-2", customer="other")],
        payments=[payment("U-1", of="O-1"), payment("U-2", of="O-2", contact="other")],
    )
    no = {"code": "validation.failed", "message": "No.", "field": "contact_name"}
    world.fault("POST /contacts", wire.answers(422, no), nth=2)
    report = world.apply(made)
    assert statuses(report) == {
        "contacts/acme": Status.CREATED,
        "contacts/other": Status.FAILED,
        "invoices/O-1": Status.CREATED,
        "invoices/O-2": Status.SKIPPED,
        "payments/U-1": Status.CREATED,
        "payments/U-2": Status.SKIPPED,
    }
    assert world.intents() == ()
    assert world.progress[-1][1] == 0
