"""Applications of credit notes: the answer is lost and a day passes; two equal ones of one note to one invoice.

Sequence 6 of the promise (design, section 6, item 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from unittest import mock

import httpx
import pytest
from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import failures, statuses
from simulation.course import Stage

from exactly_once.nets import Net, without
from exactly_once.world import DAY, exactly_once, paid, run, run_well, switches, trouble
from importer.apply import context
from importer.delivery.keys import idempotency_key
from importer.model import IntentRow, Manifest, StepId
from importer.outcome import Status

APPLY: Final = "POST /credit_notes/{id}/apply-to-invoice"


def crediting(*amounts: str) -> Manifest:
    """A note of 100 for an invoice of 300, applied in these parts: there is room for each of them twice."""
    parts = [{"invoice": "I-1", "amount": amount} for amount in amounts]
    return manifest(
        contacts=[contact()], invoices=[invoice("I-1", "300")], credit_notes=[note("C-1", applications=parts)]
    )


ONE: Final = crediting("40")
TWO_EQUAL: Final = crediting("40", "40")
SECOND: Final = StepId("credit_notes", "C-1", "I-1#2")
LOST: Final = {
    "done and forgotten": "error-after",
    "done and remembered": "close-after",
    "not done": "close-before",
}
WHEN: Final = pytest.mark.parametrize("seconds", [60.0, DAY, 2 * DAY], ids=["at once", "a day later", "two days later"])
MADE: Final = pytest.mark.parametrize("made", [ONE, TWO_EQUAL], ids=["one", "two equal"])


def blind(own: Stage, made: Manifest, how: str, nth: int = 1) -> None:
    """A run whose ``nth`` application is lost, and in which no balance can be read any more."""
    # The invoice is read once before each application.
    trouble(own, f"{APPLY} {how} nth={nth}", f"GET /invoices/{{id}} error-before nth={nth + 1} times=10000")
    report = run(own, made)
    assert "no-answer" in failures(report).values()
    assert len(own.intents()) == 1
    trouble(own)


# Its answer is lost.


@MADE
@pytest.mark.parametrize("how", LOST)
def test_an_application_whose_answer_is_lost_is_told_from_the_balances(own: Stage, how: str, made: Manifest) -> None:
    trouble(own, f"{APPLY} {LOST[how]}")
    run_well(own, made)
    exactly_once(own, made)


@MADE
@WHEN
@pytest.mark.parametrize("how", LOST)
def test_what_could_not_be_read_in_the_run_is_settled_by_the_next_one(
    own: Stage, how: str, seconds: float, made: Manifest
) -> None:
    blind(own, made, LOST[how])
    own.later(seconds)
    run_well(own, made)
    exactly_once(own, made)


@WHEN
@pytest.mark.parametrize("how", LOST)
def test_the_second_of_two_equal_ones_may_be_the_one_that_is_lost(own: Stage, how: str, seconds: float) -> None:
    blind(own, TWO_EQUAL, LOST[how], nth=2)
    own.later(seconds)
    run_well(own, TWO_EQUAL)
    exactly_once(own, TWO_EQUAL)


def test_a_call_that_is_still_under_way_is_not_sent_beside_itself(own: Stage) -> None:
    trouble(own, f"{APPLY} timeout-working seconds=20")
    run_well(own, ONE)
    exactly_once(own, ONE)


def test_within_the_run_it_would_be_applied_twice_by_one_who_reads_no_balances(own: Stage) -> None:
    trouble(own, f"{APPLY} error-after")
    with without(Net.READS_BALANCES):
        run_well(own, ONE)
    assert paid(own, "I-1") == [(0, 80)]


def test_a_day_later_it_would_be_applied_twice_by_one_who_reads_no_balances(own: Stage) -> None:
    blind(own, ONE, "close-after")
    own.later(DAY)
    with without(Net.READS_BALANCES):
        run_well(own, ONE)
    assert paid(own, "I-1") == [(0, 80)]


def test_a_day_later_it_would_be_applied_twice_by_one_who_forgot_the_call_and_reads_no_balances(own: Stage) -> None:
    blind(own, ONE, "close-after")
    own.later(DAY)
    with without(Net.KEEPS_INTENTS, Net.READS_BALANCES):
        run_well(own, ONE)
    assert paid(own, "I-1") == [(0, 80)]


# Two equal ones.


def test_two_equal_applications_are_both_done(own: Stage) -> None:
    run_well(own, TWO_EQUAL)
    assert paid(own, "I-1") == [(0, 80)]
    exactly_once(own, TWO_EQUAL)


def test_an_equal_one_that_is_added_later_is_done_once_more(own: Stage) -> None:
    run_well(own, ONE)
    run_well(own, TWO_EQUAL)
    assert paid(own, "I-1") == [(0, 80)]
    exactly_once(own, TWO_EQUAL)


def which_it_is_left_out(org_id: str, operation: str, rows: Sequence[IntentRow]) -> str:
    """A key that says to what something is applied, and not which of several times."""
    return idempotency_key(org_id, operation, [row._replace(part=row.part.partition("#")[0]) for row in rows])


@pytest.fixture
def equal_keys() -> Any:
    with mock.patch.object(context, "idempotency_key", which_it_is_left_out):
        yield


@pytest.mark.usefixtures("equal_keys")
def test_under_one_key_the_second_would_not_be_done_and_that_is_seen_in_the_balances(own: Stage) -> None:
    assert failures(run(own, TWO_EQUAL)) == {str(SECOND): "not-seen"}
    assert paid(own, "I-1") == [(0, 40)]


@pytest.mark.usefixtures("equal_keys")
def test_under_one_key_and_with_no_look_at_the_balances_the_second_would_be_lost(own: Stage) -> None:
    with without(Net.READS_BALANCES):
        report = run(own, TWO_EQUAL)
    assert statuses(report)[str(SECOND)] is Status.APPLIED  # it says so
    assert paid(own, "I-1") == [(0, 40)]
    assert SECOND in own.receipts()


# A payment whose create is in doubt may have settled what an application is about to settle.


TAKEN: Final = {"contacts": [contact()], "invoices": [invoice("I-1", "1000")]}
PAYING: Final = manifest(**TAKEN, payments=[payment("P-1", "100", of="I-1")])
PAYING_AND_CREDITING: Final = manifest(
    **TAKEN, payments=[payment("P-1", "100", of="I-1")], credit_notes=[note("N-1", "100", on="I-1")]
)


@pytest.mark.parametrize("shape", ["bare", "full"])
def test_what_a_payment_in_doubt_may_have_paid_is_not_credited_before_that_is_known(own: Stage, shape: str) -> None:
    """Both lower the same balance by the same amount: which of the two came through could not be told from it."""
    switches(own, credit_note_shape=shape)
    run_well(own, manifest(**TAKEN))
    held: list[httpx.Request] = []

    async def takes(_: wire.Wire, request: httpx.Request) -> httpx.Response:
        held.append(request)
        raise httpx.ReadTimeout("still at work", request=request)

    async def is_lost(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
        await carrier.forward(held.pop())  # the payment comes through, and this application never arrives
        raise httpx.ReadTimeout("lost", request=request)

    own.fault("POST /payments", wire.answers(409, wire.BUSY), nth=2, times=wire.EVER)
    own.fault("POST /payments", takes)
    own.fault("POST /credit_notes/", is_lost)
    run(own, PAYING)
    report = run(own, PAYING_AND_CREDITING)
    assert failures(report)["credit_notes/N-1 I-1#1"] == "waits-for-open-intent"
    own.calm()
    own.later(60)
    run_well(own, PAYING_AND_CREDITING)
    assert paid(own, "I-1") == [(100, 100)]
    exactly_once(own, PAYING_AND_CREDITING)
