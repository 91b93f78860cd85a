"""Fifty documents in one call, each of which stands or falls by itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from apply import wire
from apply.manifests import contact, document, invoice, manifest, payment, taxed
from apply.world import World, failures, message, statuses
from importer.model import Manifest, StepId
from importer.outcome import Status


def batch(count: int, **more: Any) -> Manifest:
    entries = [invoice(f"O-{number}", str(100 + number)) for number in range(1, count + 1)]
    return manifest(contacts=[contact()], invoices=entries, **more)


PASSING = {
    "500 before the work": (wire.answers(500, ""), 2),
    "500 after the work, not cached": (wire.answers(500, "", done=True), 1),
    "a web page as 502 after the work": (wire.answers(502, wire.PAGE, done=True), 1),
    "half an answer": (wire.cut_short, 1),
    "fewer results than rows": (wire.changed(lambda answer: answer["results"].pop()), 1),
    "results that are none": (wire.changed(lambda answer: answer.update(results=["ok"] * 5)), 1),
    "lost before the work": (wire.breaks(httpx.ReadError), 1),
    "lost after the work, not cached": (wire.breaks(httpx.ReadTimeout, done=True), 1),
    "in progress twice": (wire.answers(409, wire.BUSY), 2),
    "rows in another order": (wire.changed(lambda answer: answer["results"].reverse()), 1),
    "1 row, then 500": (wire.first_rows(1), 1),
    "4 rows, then 500": (wire.first_rows(4), 1),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_leaves_each_document_once(world: World, name: str) -> None:
    made, (act, times) = batch(5), PASSING[name]
    world.fault("POST /bulk", act, times=times)
    report = world.apply(made)
    assert set(statuses(report).values()) == {Status.CREATED}
    world.is_whole(made)
    for number in range(1, 6):
        assert world.row("invoices", f"O-{number}")["reference"] == f"O-{number}"


def test_no_row_found_means_the_same_call_again(world: World) -> None:
    world.fault("POST /bulk", wire.breaks(httpx.ReadError), times=2)
    world.apply(batch(5))
    tries = [seen for seen in world.wire.seen if seen.path == "/bulk/invoices"]
    assert len({(seen.key, seen.body) for seen in tries}) == 1
    assert world.wire.calls("POST /invoices") == {}


def test_some_rows_found_means_waiting_and_then_the_missing_ones_under_keys_of_their_own(world: World) -> None:
    world.fault("POST /bulk", wire.first_rows(3))
    began = world.clock.now()
    world.apply(batch(5))
    assert world.clock.now() - began > 30  # longer than the call may take
    assert world.wire.calls("POST") == {"POST /contacts": 1, "POST /bulk/invoices": 2, "POST /invoices": 2}
    sent, asked = (seen for seen in world.wire.seen if seen.path == "/bulk/invoices")
    assert (asked.key, asked.json) == (sent.key, {"invoices": []})  # whether the server is still at work on it
    assert {world.generation("invoices", f"O-{number}") for number in (1, 2, 3)} == {0}
    assert {world.generation("invoices", f"O-{number}") for number in (4, 5)} == {1}


def held_back(held: list[httpx.Request]) -> wire.Act:
    """A server that answers 500 to a bulk call after two rows, and is not at its end yet: the rest is ``held``."""

    async def act(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        held.append(httpx.Request("POST", request.url, headers=request.headers, content=request.content))
        return await wire.first_rows(2)(carrier, request)

    return act


def test_rows_that_come_late_are_waited_for_and_not_sent(world: World) -> None:
    made, held = batch(5), list[httpx.Request]()

    async def comes_to_its_end(carrier: wire.Wire, _: httpx.Request) -> httpx.Response:
        await carrier.forward(held[0])  # the rows that are there already are refused as duplicates
        return httpx.Response(409, json=wire.BUSY)

    world.fault("POST /bulk", comes_to_its_end, nth=2)
    world.fault("POST /bulk", held_back(held))
    report = world.apply(made)
    assert set(statuses(report).values()) == {Status.CREATED}
    assert world.wire.calls("POST /invoices") == {}
    world.is_whole(made)


def test_what_arrives_after_the_server_was_asked_is_not_done_any_more(world: World) -> None:
    made, held, late = batch(5), list[httpx.Request](), list[httpx.Response]()

    async def arrives(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        late.append(await carrier.forward(held[0]))
        return await carrier.forward(request)

    world.fault("POST /bulk", held_back(held))
    world.fault("GET /invoices", arrives, nth=2)
    world.apply(made)
    assert [answer.status_code for answer in late] == [422]  # what the server remembers under the key
    world.is_whole(made)


def test_the_answer_that_the_server_kept_is_taken_where_the_lists_lag_behind(world: World) -> None:
    made = batch(5)

    def shows_two(answer: dict[str, Any]) -> None:
        if "invoices" in answer:
            answer["invoices"] = [row for row in answer["invoices"] if row["reference_number"] in ("O-1", "O-2")]

    world.fault("POST /bulk", wire.answers(504, "", done=True, kept=True))
    world.fault("GET /invoices", wire.changed(shows_two), times=wire.EVER)
    report = world.apply(made)
    assert set(statuses(report).values()) == {Status.CREATED}
    assert world.wire.calls("POST") == {"POST /contacts": 1, "POST /bulk/invoices": 2}
    world.is_whole(made)


@pytest.mark.parametrize(
    "act",
    [wire.answers(503, wire.FAILED), wire.breaks(httpx.ReadTimeout), wire.answers(403, wire.PAGE)],
    ids=["5xx", "lost", "refused by a firewall"],
)
def test_rows_stay_open_when_the_server_does_not_say_whether_it_is_at_work(world: World, act: wire.Act) -> None:
    made = batch(5)
    world.fault("POST /bulk", act, nth=2, times=wire.EVER)
    world.fault("POST /bulk", wire.first_rows(2))
    assert failures(world.apply(made)) == {f"invoices/O-{number}": "no-answer" for number in (3, 4, 5)}
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-3", "O-4", "O-5"]


def test_missing_rows_stay_open_while_the_books_cannot_be_read(world: World) -> None:
    made = batch(5)
    world.fault("POST /bulk", wire.first_rows(2))
    world.fault("GET /invoices", wire.answers(503, wire.FAILED), nth=2, times=wire.EVER)
    report = world.apply(made)
    assert failures(report) == {f"invoices/O-{number}": "no-answer" for number in (3, 4, 5)}
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-3", "O-4", "O-5"]
    world.calm()
    assert failures(world.apply(made)) == {f"invoices/O-{number}": "open-intent" for number in (3, 4, 5)}
    assert world.wire.calls("POST") == {}
    assert world.references("invoices") == ["O-1", "O-2"]


def test_all_rows_stay_open_when_nothing_is_known_and_are_adopted_by_the_next_run(world: World) -> None:
    made = batch(5)
    blind = wire.meanwhile(
        lambda: world.fault("GET ", wire.answers(503, wire.FAILED), times=wire.EVER),
        wire.breaks(httpx.ReadTimeout, done=True),
    )
    world.fault("POST /bulk", blind)
    assert set(failures(world.apply(made)).values()) == {"no-answer"}
    world.calm()
    again = world.apply(made)
    assert statuses(again) == {f"invoices/O-{number}": Status.ADOPTED for number in range(1, 6)}
    assert world.wire.calls("POST") == {}
    world.is_whole(made)


def test_a_bad_row_of_fifty_fails_alone_at_its_place(world: World) -> None:
    entries = [invoice(f"O-{number}", str(100 + number)) for number in range(50)]
    entries[17]["line_items"].append({"item_id": "it_missing", "quantity": "1"})
    made = manifest(contacts=[contact()], invoices=entries, payments=[payment("U-1", "50", of="O-17")])
    report = world.apply(made)
    assert failures(report) == {"invoices/O-17": "not_found.resource", "payments/U-1": "needs-failed"}
    failure = next(one.failure for one in report.outcomes if str(one.id) == "invoices/O-17")
    assert failure is not None
    assert failure.field == "line_items[1].item_id"
    assert failure.place == document(made, "invoices", "O-17").place(("line_items", 1, "item_id"))
    assert failure.place != document(made, "invoices", "O-17").place()
    assert world.wire.calls("POST") == {"POST /contacts": 1, "POST /bulk/invoices": 1}
    assert world.count("invoices") == 49
    assert world.intents() == ()
    assert world.generation("invoices", "O-17") == 1
    # Mended, it goes out alone and under a new key: the old answer of the whole call is remembered.
    del entries[17]["line_items"][1]
    mended = manifest(contacts=[contact()], invoices=entries, payments=[payment("U-1", "50", of="O-17")])
    assert set(statuses(world.apply(mended)).values()) == {Status.CREATED}
    world.is_whole(mended)


def test_a_whole_call_that_is_refused_is_sent_row_by_row(world: World) -> None:
    made = batch(4)
    world.fault("POST /bulk", wire.answers(422, {"code": "validation.failed", "message": "No.", "field": "invoices"}))
    world.fault("POST /invoices", wire.answers(400, {"code": "validation.failed", "message": "Row."}), nth=3)
    report = world.apply(made)
    assert failures(report) == {"invoices/O-3": "validation.failed"}
    assert world.wire.calls("POST")["POST /invoices"] == 4
    assert world.references("invoices") == ["O-1", "O-2", "O-4"]
    assert [world.generation("invoices", f"O-{number}") for number in range(1, 5)] == [1, 1, 2, 1]
    assert world.intents() == ()
    world.calm()
    assert statuses(world.apply(made)) == {"invoices/O-3": Status.CREATED}
    world.is_whole(made)


def test_a_row_that_a_guard_takes_for_a_duplicate_is_looked_for_and_adopted(world: World) -> None:
    made = batch(3)
    world.apply(made)
    for key in ("O-1", "O-2"):
        world.remove("invoices", key)
    world.sql("DELETE FROM invoices WHERE reference = 'O-2'")
    world.sql("DELETE FROM answers")
    world.fault("GET /invoices", wire.answers(200, {"code": 0, "message": "success", "invoices": []}))
    report = world.apply(made)
    assert statuses(report) == {"invoices/O-1": Status.ADOPTED, "invoices/O-2": Status.CREATED}
    world.is_whole(made)


def test_a_row_of_a_remembered_answer_that_is_gone_is_sent_anew(world: World) -> None:
    made = batch(3)

    def old(answer: Any) -> None:
        for result in answer["results"]:
            result["invoice"]["created_time"] = "2020-01-01T00:00:00"
        world.sql("DELETE FROM invoices WHERE reference = 'O-2'")

    world.fault("POST /bulk", wire.changed(old))
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    assert world.wire.calls("POST /invoices") == {"POST /invoices": 1}
    world.is_whole(made)


def test_a_row_of_a_remembered_answer_that_cannot_be_read_back_stays_open_alone(world: World) -> None:
    made = batch(3)

    def old(answer: Any) -> None:
        answer["results"][1]["invoice"]["created_time"] = "2020-01-01T00:00:00"

    world.fault("POST /bulk", wire.changed(old))
    world.fault("GET /invoices/", wire.answers(503, wire.FAILED), times=wire.EVER)
    assert failures(world.apply(made)) == {"invoices/O-2": "no-answer"}
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-2"]
    world.calm()
    assert statuses(world.apply(made)) == {"invoices/O-2": Status.ADOPTED}
    world.is_whole(made)


def doubled_first(world: World) -> wire.Act:
    """A call that dies after its first row, which is then in the books twice."""

    async def act(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        answer = await wire.first_rows(1)(carrier, request)
        (row,) = world.rows("invoices")
        world.books.db.insert("invoices", {**row, "id": "inv_2", "number": "X-2"})
        return answer

    return act


def test_a_row_that_may_be_one_of_two_is_left_to_a_person_and_the_missing_one_waited_for(world: World) -> None:
    world.fault("POST /bulk", doubled_first(world))
    began = world.clock.now()
    report = world.apply(batch(2))
    assert world.clock.now() - began > 30
    assert failures(report) == {"invoices/O-1": "ambiguous-match"}
    assert statuses(report)["invoices/O-2"] is Status.CREATED
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-1"]
    assert world.wire.calls("POST /invoices") == {"POST /invoices": 1}
    assert world.references("invoices") == ["O-1", "O-1", "O-2"]


def test_a_hundred_and_twenty_go_out_as_fifty_fifty_and_twenty(world: World) -> None:
    made = batch(120)
    world.apply(made)
    sizes = [len(seen.json["invoices"]) for seen in world.wire.seen if seen.path == "/bulk/invoices"]
    assert sorted(sizes) == [20, 50, 50]
    world.is_whole(made)


def test_a_hundred_and_one_end_in_a_single_call(world: World) -> None:
    made = batch(101)
    world.apply(made)
    assert world.wire.calls("POST") == {"POST /contacts": 1, "POST /bulk/invoices": 2, "POST /invoices": 1}
    world.is_whole(made)


def other_rate(world: World) -> wire.Act:
    return wire.meanwhile(lambda: world.sql("UPDATE taxes SET cgst = '14', sgst = '14', igst = '28' WHERE igst = '18'"))


def test_another_total_stops_the_kind_after_the_first_batch_and_shows_both_figures(world: World) -> None:
    made = manifest(
        contacts=[contact()],
        invoices=[taxed(f"O-{number}", str(100 + number)) for number in range(120)],
        payments=[payment("U-1", "10", of="O-0"), payment("U-2", "10", of="O-119"), payment("U-3")],
    )
    world.fault("POST /bulk", other_rate(world))
    report = world.apply(made)
    codes = list(failures(report).values())
    assert {code: codes.count(code) for code in set(codes)} == {
        "books-differ": 50,
        "kind-stopped": 70,
        "needs-failed": 2,
    }
    assert "128.00" in message(report, "invoices/O-0")
    assert "118.00" in message(report, "invoices/O-0")
    assert world.wire.calls("POST /bulk") == {"POST /bulk/invoices": 1}
    assert world.count("payments") == 1
    assert world.intents() == ()


def test_another_total_of_a_found_row_keeps_the_missing_ones_from_being_sent(world: World) -> None:
    made = manifest(
        contacts=[contact()],
        invoices=[taxed(f"O-{number}", str(100 + number)) for number in range(5)],
        payments=[payment("U-4", "10", of="O-4")],
    )

    async def dies(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        world.sql("UPDATE taxes SET cgst = '14', sgst = '14', igst = '28' WHERE igst = '18'")
        return await wire.first_rows(2)(carrier, request)

    world.fault("POST /bulk", dies)
    report = world.apply(made)
    assert failures(report) == {
        **{f"invoices/O-{number}": "books-differ" for number in (0, 1)},
        **{f"invoices/O-{number}": "kind-stopped" for number in (2, 3, 4)},
        "payments/U-4": "needs-failed",
    }
    assert world.wire.calls("POST /invoices") == {}
    assert world.receipts().keys() == {StepId("contacts", "acme"), *(StepId("invoices", f"O-{n}") for n in (0, 1))}
    assert world.intents() == ()


def test_a_row_that_is_done_and_does_not_say_what_is_looked_for(world: World) -> None:
    made = batch(4)

    def silent(answer: Any) -> None:
        answer["results"][0] = {"ok": True}
        answer["results"][2]["invoice"] = {"reference_number": "O-3"}

    world.fault("POST /bulk", wire.changed(silent))
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)
    assert world.wire.calls("POST /invoices") == {}
    assert {world.generation("invoices", f"O-{number}") for number in range(1, 5)} == {0}


def test_a_row_that_does_not_say_what_became_of_it_stays_open_while_the_books_cannot_be_read(world: World) -> None:
    made = batch(3)
    blind = wire.answers(503, wire.FAILED)

    def silent(answer: Any) -> None:
        answer["results"][0]["invoice"]["created_time"] = "2020-01-01T00:00:00"  # cannot be read back
        answer["results"][1] = {"ok": True}
        world.fault("GET /invoices", blind, times=wire.EVER)

    world.fault("POST /bulk", wire.changed(silent))
    assert failures(world.apply(made)) == {"invoices/O-1": "no-answer", "invoices/O-2": "no-answer"}
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-1", "O-2"]
    assert world.generation("invoices", "O-2") == 0
    world.calm()
    assert statuses(world.apply(made)) == {"invoices/O-1": Status.ADOPTED, "invoices/O-2": Status.ADOPTED}
    world.is_whole(made)


def test_a_row_that_could_not_be_read_back_stays_open_when_its_neighbour_is_found(world: World) -> None:
    made = batch(3)

    def silent(answer: Any) -> None:
        answer["results"][0]["invoice"]["created_time"] = "2020-01-01T00:00:00"
        answer["results"][1] = {"ok": True}

    world.fault("POST /bulk", wire.changed(silent))
    world.fault("GET /invoices/", wire.answers(503, wire.FAILED), times=wire.EVER)
    assert failures(world.apply(made)) == {"invoices/O-1": "no-answer"}
    (intent,) = world.intents()
    assert [row.key for row in intent.rows] == ["O-1"]


def test_a_row_said_to_be_done_that_two_looks_do_not_find_is_sent_under_a_key_of_its_own(world: World) -> None:
    made = batch(3)

    def silent(answer: Any) -> None:
        answer["results"][1] = {"ok": True}
        world.sql("DELETE FROM invoices WHERE reference = 'O-2'")

    world.fault("POST /bulk", wire.changed(silent))
    began = world.clock.now()
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    assert world.clock.now() - began > 30
    assert world.wire.calls("POST /invoices") == {"POST /invoices": 1}
    world.is_whole(made)


def test_an_answer_that_gives_one_document_to_two_rows_is_not_believed(world: World) -> None:
    made = batch(3)

    def doubled(answer: Any) -> None:
        answer["results"][1]["invoice"] = {**answer["results"][0]["invoice"], "reference_number": "O-2"}

    world.fault("POST /bulk", wire.changed(doubled))
    assert set(statuses(world.apply(made)).values()) == {Status.CREATED}
    world.is_whole(made)
