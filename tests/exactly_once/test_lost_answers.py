"""A single payment whose answer is a 5xx after the work, and which the server does not remember (sequence 3)."""

from __future__ import annotations

from typing import Final

import pytest
from apply.manifests import contact, invoice, manifest, payment
from apply.world import failures
from simulation.course import Stage

from exactly_once.nets import Net, without
from exactly_once.world import DAY, exactly_once, holds, paid, run, run_well, trouble
from importer.model import Manifest, StepId

FAILS: Final = "POST /payments error-after"  # once: it is done, and forgotten
BLIND: Final = "GET /payments error-before nth=2 times=10000"  # after the look before the create
BOTH: Final = pytest.mark.parametrize("amount", [40, 100], ids=["part payment", "full payment"])


def paying(amount: int) -> Manifest:
    return manifest(contacts=[contact()], invoices=[invoice("I-1")], payments=[payment("P-1", str(amount), of="I-1")])


@BOTH
def test_a_payment_that_was_done_is_seen_and_not_sent_again(own: Stage, amount: int) -> None:
    made = paying(amount)
    trouble(own, FAILS)
    run_well(own, made)
    assert len(own.wire.keys("POST /payments")) == 1
    exactly_once(own, made)


@BOTH
@pytest.mark.parametrize("seconds", [60.0, 2 * DAY], ids=["at once", "two days later"])
def test_what_could_not_be_seen_in_the_run_is_settled_by_the_next_one(own: Stage, amount: int, seconds: float) -> None:
    made = paying(amount)
    trouble(own, FAILS, BLIND)
    assert failures(run(own, made)) == {"payments/P-1": "no-answer"}
    own.later(seconds)
    trouble(own)
    run_well(own, made)
    assert len(own.wire.keys("POST /payments")) == 1
    exactly_once(own, made)


@pytest.mark.parametrize("body", ["json", "html", "empty"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_whatever_the_5xx_looks_like(own: Stage, status: int, body: str) -> None:
    made = paying(40)
    trouble(own, f"{FAILS} status={status} body={body}")
    run_well(own, made)
    exactly_once(own, made)


def test_a_part_payment_sent_again_without_a_look_would_be_booked_twice(own: Stage) -> None:
    trouble(own, FAILS)
    with without(Net.LOOKS_AFTER):
        run_well(own, paying(40))
    assert holds(own)["payments"] == 2
    assert paid(own, "I-1") == [(80, 0)]


def test_a_full_payment_sent_again_without_a_look_would_be_refused_and_lost_to_the_state(own: Stage) -> None:
    trouble(own, FAILS)
    with without(Net.LOOKS_AFTER):
        report = run(own, paying(100))
    assert failures(report) == {"payments/P-1": "validation.invalid_value"}  # of what is in the books
    assert holds(own)["payments"] == 1
    assert paid(own, "I-1") == [(100, 0)]
    assert StepId("payments", "P-1") not in own.receipts()
    assert own.intents() == ()


def test_a_payment_that_the_next_run_forgets_to_look_for_would_be_booked_twice(own: Stage) -> None:
    trouble(own, FAILS, BLIND)
    run(own, paying(40))
    own.later(2 * DAY)
    trouble(own)
    with without(Net.KEEPS_INTENTS, Net.LOOKS_FIRST):
        run_well(own, paying(40))
    assert holds(own)["payments"] == 2
    assert paid(own, "I-1") == [(80, 0)]


@pytest.mark.parametrize("net", [Net.KEEPS_INTENTS, Net.LOOKS_FIRST], ids=["intents", "looks"])
def test_either_the_intent_or_the_look_is_enough_for_it_to_be_found(own: Stage, net: Net) -> None:
    made = paying(40)
    trouble(own, FAILS, BLIND)
    run(own, made)
    own.later(2 * DAY)
    trouble(own)
    with without(net):
        run_well(own, made)
    assert holds(own)["payments"] == 1
    assert paid(own, "I-1") == [(40, 0)]


def test_what_arrives_after_the_first_of_two_looks_is_not_sent_again(own: Stage) -> None:
    """A proxy gave up on the call while it was still under way: nothing shows until later."""
    made = paying(40)
    trouble(own, "POST /payments timeout-working seconds=20", BLIND)
    run(own, made)
    own.later(60.0)
    trouble(own)
    run_well(own, made)
    exactly_once(own, made)
