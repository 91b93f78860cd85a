"""A proxy or a firewall on the way refuses in the name of FinzBooks, while FinzBooks carries the call out."""

from __future__ import annotations

import httpx
import pytest
from apply import wire
from apply.manifests import contact, invoice, manifest
from apply.world import failures, statuses
from simulation.course import Stage

from exactly_once.calls import KINDS, Call, is_as_after, number, runs
from exactly_once.nets import Net, without
from importer.outcome import Status

REFUSALS = {
    "408 and nothing": (408, ""),
    "403 and a page": (403, wire.PAGE),
    "400 and JSON of its own": (400, '{"message": "stream timeout"}'),
    "409 and a page": (409, wire.PAGE),
}
REFUSED = pytest.mark.parametrize(("status", "said"), REFUSALS.values(), ids=REFUSALS.keys())
BATCH = manifest(contacts=[contact()], invoices=[invoice(f"O-{number}", f"{number}00") for number in (1, 2, 3)])


@REFUSED
@KINDS
def test_what_was_done_behind_the_refusal_is_found(own: Stage, call: Call, status: int, said: str) -> None:
    runs(own, call.before)
    own.fault(call.path, wire.answers(status, said, done=True))
    assert not runs(own, call.after).bad
    own.calm()
    is_as_after(own, call.before, call.after)


@REFUSED
@KINDS
def test_what_was_not_done_is_sent_again(own: Stage, call: Call, status: int, said: str) -> None:
    runs(own, call.before)
    own.fault(call.path, wire.answers(status, said))
    assert not runs(own, call.after).bad
    own.calm()
    is_as_after(own, call.before, call.after)


def test_taken_for_a_refusal_of_finzbooks_a_bulk_call_is_booked_twice(own: Stage) -> None:
    own.fault("POST /bulk/", wire.answers(408, "", done=True))
    with without(Net.KNOWS_REFUSALS):
        runs(own, BATCH)
    assert number(own)["invoices"] == 2 * 3


def test_after_a_gateway_time_out_a_firewall_settles_nothing(own: Stage) -> None:
    """FinzBooks is still at work: first a gateway gives up on it, then a firewall refuses the repetition."""
    held: list[httpx.Request] = []

    async def gives_up(_: wire.Wire, request: httpx.Request) -> httpx.Response:
        held.append(request)
        return httpx.Response(504)

    async def refuses(carrier: wire.Wire, _: httpx.Request) -> httpx.Response:
        await carrier.forward(held[0])
        return httpx.Response(403, content=wire.PAGE)

    own.fault("POST /bulk/", refuses, nth=2)
    own.fault("POST /bulk/", gives_up)
    assert not runs(own, BATCH).bad
    is_as_after(own, BATCH)


def test_a_refusal_that_stays_leaves_the_call_open_and_is_told(own: Stage) -> None:
    own.fault("POST /contacts", wire.answers(403, wire.PAGE), times=wire.EVER)
    report = runs(own, manifest(contacts=[contact()]))
    assert failures(report) == {"contacts/acme": "no-answer"}
    assert len(own.intents()) == 1
    own.calm()
    assert not runs(own, manifest(contacts=[contact()])).bad
    is_as_after(own, manifest(contacts=[contact()]))


@pytest.mark.parametrize("status", [404, 405, 413])
def test_a_bulk_call_that_no_server_takes_goes_row_by_row(own: Stage, status: int) -> None:
    """Such a refusal is about the request itself: it cannot come after the work."""
    own.fault("POST /bulk/", wire.answers(status, wire.PAGE), times=wire.EVER)
    report = runs(own, BATCH)
    assert set(statuses(report).values()) == {Status.CREATED}
    assert own.wire.calls("POST /bulk/") == {"POST /bulk/invoices": 1}
    own.calm()
    is_as_after(own, BATCH)
