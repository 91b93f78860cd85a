"""How a run ends: done, stopped, stopped twice, with a dead token, with a full disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import World, failures, statuses
from importer.model import Manifest, StepId
from importer.outcome import Status

NO = {"code": "validation.failed", "message": "No."}


def many(count: int = 20) -> Manifest:
    numbers = range(count)
    return manifest(
        contacts=[contact(), *(contact(f"c{number}") for number in numbers)],
        invoices=[invoice(f"O-{number}", str(200 + number), customer=f"c{number}") for number in numbers],
        payments=[payment(f"U-{number}", "50", of=f"O-{number}", contact=f"c{number}") for number in numbers],
        credit_notes=[note(f"C-{number}", "10", on=f"O-{number}", customer=f"c{number}") for number in numbers],
    )


def test_a_whole_run_reports_each_step_once(world: World) -> None:
    made = many(5)
    report = world.apply(made)
    told = [outcome.id for outcome in report.outcomes]
    assert len(told) == len(set(told)) == len(made.documents) + 5
    assert report.counts() == {"created": 21, "adopted": 0, "updated": 0, "unchanged": 0, "failed": 0, "skipped": 0}
    assert (report.interrupted, report.broken) == (False, None)
    assert [outcome for outcomes, _ in world.progress for outcome in outcomes] == report.outcomes
    assert world.progress[-1][1] == 0
    world.is_whole(made)


@pytest.mark.parametrize("call", ["POST /contacts", "POST /bulk", "POST /payments", "POST /credit_notes"])
def test_a_stopped_run_remembers_what_left_and_the_next_completes(world: World, call: str) -> None:
    made = many()
    world.fault(call, wire.meanwhile(world.stop), nth=3 if call != "POST /bulk" else 1)
    report = world.apply(made)
    assert report.interrupted
    assert world.intents() == ()
    done = {one for one, status in statuses(report).items() if status in (Status.CREATED, Status.APPLIED)}
    assert done == {str(step) for step in world.receipts()}
    assert set(failures(report).values()) == {"not-reached"}
    assert len(report.outcomes) == len(made.documents) + 20
    world.calm()
    again = world.apply(made)
    assert not again.interrupted
    assert set(statuses(again).values()) == {Status.CREATED, Status.APPLIED} or not again.bad
    world.is_whole(made)


def test_after_a_stop_nothing_new_leaves(world: World) -> None:
    made = manifest(contacts=[contact(f"c{number}") for number in range(30)])
    world.fault("POST /contacts", wire.meanwhile(world.stop), nth=2)
    world.apply(made, in_flight=4)
    # The first alone; then up to four, of which those that had not left yet do not.
    assert world.wire.calls()["POST /contacts"] <= 5
    assert world.count("contacts") == world.wire.calls()["POST /contacts"]


def test_after_a_stop_nothing_is_tried_again(world: World) -> None:
    made = manifest(contacts=[contact()])
    world.fault("POST /contacts", wire.meanwhile(world.stop, wire.breaks(httpx.ReadError)))
    began = world.clock.now()
    report = world.apply(made)
    assert report.interrupted
    assert failures(report) == {"contacts/acme": "no-answer"}
    assert world.wire.calls()["POST /contacts"] == 1
    assert world.clock.now() - began < 0.5
    assert len(world.intents()) == 1


def test_a_stop_during_the_wait_for_another_try_ends_it(world: World) -> None:
    made = manifest(contacts=[contact()])
    world.fault("POST /contacts", wire.breaks(httpx.ReadError), times=wire.EVER)
    world.fault("GET /contacts", wire.meanwhile(world.stop), nth=3)
    report = world.apply(made)
    assert failures(report) == {"contacts/acme": "no-answer"}
    assert world.wire.calls()["POST /contacts"] == 2
    assert len(world.intents()) == 1


def test_a_stop_while_a_full_window_is_waited_for_leaves_no_intent(world: World) -> None:
    made = manifest(contacts=[contact()])
    world.fault("POST /contacts", wire.meanwhile(world.stop, wire.answers(429, wire.LIMITED, Retry_After="30")))
    report = world.apply(made)
    assert failures(report) == {"contacts/acme": "not-reached"}
    assert world.wire.calls()["POST /contacts"] == 1
    assert world.intents() == ()
    assert world.generation("contacts", "acme") == 0
    world.calm()
    world.apply(made)
    world.is_whole(made)


def test_a_stop_while_a_refused_batch_goes_out_row_by_row_ends_it(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}", str(100 + number)) for number in range(10)])
    world.fault("POST /bulk", wire.answers(422, NO))
    world.fault("POST /invoices", wire.meanwhile(world.stop), nth=3)
    report = world.apply(made)
    assert report.interrupted
    assert list(failures(report).values()) == ["not-reached"] * 7
    assert world.count("invoices") == 3
    assert world.intents() == ()
    world.calm()
    world.apply(made)
    world.is_whole(made)


def test_a_stop_while_missing_rows_are_waited_for_leaves_them_open(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}", str(100 + number)) for number in range(5)])
    world.fault("POST /bulk", wire.meanwhile(world.stop, wire.first_rows(2)))
    report = world.apply(made)
    assert failures(report) == {f"invoices/O-{number}": "no-answer" for number in (2, 3, 4)}
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-2", "O-3", "O-4"]
    assert not world.wire.calls("POST /invoices")


def test_a_second_stop_gives_up_what_is_under_way_and_says_so(world: World) -> None:
    made = many(5)

    async def no_answer(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        await carrier.forward(request)
        for _ in range(2):
            asyncio.get_running_loop().call_soon(world.stop)
        return await asyncio.Future()

    world.fault("POST /payments", no_answer)
    report = world.apply(made)
    assert report.interrupted
    codes = failures(report)
    (cut,) = [one for one, code in codes.items() if code == "cut-off"]
    assert set(codes.values()) == {"cut-off", "not-reached"}
    assert [f"{row.kind}/{row.key}" for intent in world.intents() for row in intent.rows] == [cut]
    world.calm()
    again = world.apply(made)
    assert statuses(again)[cut] is Status.ADOPTED
    world.is_whole(made)


def test_a_stop_before_anything_left_changes_nothing(world: World) -> None:
    made = manifest(contacts=[contact()])
    world.fault("GET /contacts", wire.answers(200, {"code": 0, "message": "success", "contacts": []}))
    unlimited = world.apply(manifest(contacts=[contact("first")]))
    assert not unlimited.bad
    world.fault("POST /contacts", wire.meanwhile(world.stop))
    report = world.apply(made, in_flight=1)
    assert statuses(report) == {"contacts/acme": Status.CREATED}
    assert report.interrupted


@pytest.fixture
def mended(world: World) -> Iterator[Callable[[], None]]:
    yield lambda: world.revoke(revoked=False)


def test_a_token_revoked_in_the_middle_breaks_the_run(world: World, mended: Callable[[], None]) -> None:
    made = many(10)
    world.fault("POST /payments", wire.meanwhile(world.revoke), nth=1)
    report = world.apply(made)
    assert report.broken is not None
    assert report.broken.code == "auth.revoked_token"
    assert "No further call can succeed" in report.broken.message
    assert not report.interrupted
    assert report.wrote
    assert set(failures(report).values()) == {"auth.revoked_token", "not-reached"}
    assert world.intents() == ()
    assert world.count("payments") == 0
    mended()
    world.calm()
    assert not world.apply(made).bad
    world.is_whole(made)


def test_a_token_revoked_before_the_first_write_has_written_nothing(world: World) -> None:
    world.fault("POST /contacts", wire.meanwhile(world.revoke))
    report = world.apply(manifest(contacts=[contact()]))
    assert report.broken is not None
    assert not report.wrote


def test_a_token_revoked_while_a_batch_goes_out_row_by_row_does_not_deny_what_was_done(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}", str(100 + number)) for number in range(4)])
    world.fault("POST /bulk", wire.answers(422, NO))
    world.fault("POST /invoices", wire.meanwhile(world.revoke), nth=3)
    report = world.apply(made)
    assert failures(report) == {f"invoices/O-{number}": "auth.revoked_token" for number in (2, 3)}
    assert world.references("invoices") == ["O-0", "O-1"]
    assert {str(step) for step in world.receipts()} == {"contacts/acme", "invoices/O-0", "invoices/O-1"}


def test_a_token_revoked_while_a_document_is_read_for_its_update_breaks_the_run(world: World) -> None:
    world.apply(manifest(contacts=[contact(phone="1"), contact("other", phone="1")]))
    world.fault("GET /contacts/", wire.meanwhile(world.revoke), nth=3)  # both are read for the plan first
    report = world.apply(manifest(contacts=[contact(phone="2"), contact("other", phone="2")]))
    assert report.broken is not None
    assert failures(report) == {"contacts/acme": "auth.revoked_token", "contacts/other": "not-reached"}


def test_a_stop_after_the_token_died_still_waits_for_what_is_under_way(world: World) -> None:
    made = manifest(contacts=[contact(f"c{number}") for number in range(4)])

    async def slow(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        for turn in range(40):
            if turn == 20:  # the refusals have come
                asyncio.get_running_loop().call_soon(world.stop)
            await asyncio.sleep(0)
        return await carrier.forward(request)

    refused = {"code": "auth.revoked_token", "message": "Revoked."}
    world.fault("POST /contacts", slow, nth=2)
    world.fault("POST /contacts", wire.answers(401, refused), nth=3, times=2)
    report = world.apply(made)
    assert statuses(report)["contacts/c1"] is Status.CREATED
    assert world.intents() == ()


def fill_disk(world: World) -> None:
    """The state's file cannot grow any more."""
    assert world.store is not None
    db = world.store._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")


@pytest.mark.parametrize("nth", [1, 10, 25])
def test_a_full_disk_ends_the_run_and_leaves_no_false_receipt(world: World, nth: int) -> None:
    made = many()
    world.fault("POST /contacts", wire.meanwhile(lambda: fill_disk(world)), nth=nth if nth < 20 else 1)
    report = world.apply(made)
    assert report.broken is not None
    assert report.broken.code == "state-unwritable"
    assert report.wrote
    held = {row["id"] for table in ("contacts", "invoices", "payments", "credit_notes") for row in world.rows(table)}
    receipts = world.receipts()
    assert {one.remote_id for one in receipts.values()} <= held
    # What left without a receipt has its intent: nothing is in the books that the state does not know of.
    open_rows = {StepId(*row[:3]) for intent in world.intents() for row in intent.rows}
    assert len(held) <= len({step for step in receipts if not step.part}) + len(open_rows)
    world.calm()
    again = world.apply(made)
    assert set(statuses(again).values()) <= {Status.CREATED, Status.ADOPTED, Status.APPLIED}
    world.is_whole(made)


def test_a_server_that_is_gone_ends_the_run_and_not_each_document_for_itself(world: World) -> None:
    made = manifest(contacts=[contact(f"c{number}") for number in range(40)])
    world.fault("POST /contacts", wire.breaks(httpx.ConnectError), nth=5, times=wire.EVER)
    report = world.apply(made, in_flight=2)
    assert report.broken is not None and report.broken.code == "no-server"
    codes = list(failures(report).values())
    assert 3 <= codes.count("not-sent") <= 5
    assert codes.count("not-reached") > 25
    world.calm()
    assert not world.apply(made).bad
    world.is_whole(made)
