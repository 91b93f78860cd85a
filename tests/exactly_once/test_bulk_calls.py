"""Bulk calls: a row is corrected and the state lost; a row comes in front; the server dies half way, or works on.

Sequences 4 and 5 of the promise (design, section 6, item 4).
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest
from apply.manifests import contact, invoice, manifest
from apply.world import failures
from simulation.course import Stage

from exactly_once.nets import Net, without
from exactly_once.world import DAY, exactly_once, holds, lose_state, run, run_well, switches, trouble
from importer.model import Manifest, StepId

MANY: Final = 50  # rows of a full call
BAD: Final = 30  # the row that is refused
LOCKED: Final = "2026-03-31"  # no document of this day may be written
BULK: Final = "POST /bulk/invoices"
WHEN: Final = {"the same day": 3600.0, "two days later": 2 * DAY}
GUARDED: Final = pytest.mark.parametrize("guard", ["reference", "off"], ids=["guarded", "unguarded"])


def rows(**changed: Any) -> list[dict[str, Any]]:
    """Invoices of which the BAD one says what is ``changed``."""
    return [invoice(f"I-{at}", str(at), **(changed if at == BAD else {})) for at in range(1, MANY + 1)]


def billing(*front: dict[str, Any], **changed: Any) -> Manifest:
    return manifest(contacts=[contact()], invoices=[*front, *rows(**changed)])


CORRECTED: Final = billing()
WITH_ONE_IN_FRONT: Final = billing(invoice("I-0", "500"))


# 49 good rows and a bad one, which is corrected.


def refused(own: Stage) -> None:
    """49 of the rows are in the books, one is refused."""
    switches(own, lock_date=LOCKED)
    assert list(failures(run(own, billing(date=LOCKED)))) == [f"invoices/I-{BAD}"]
    assert holds(own)["invoices"] == MANY - 1


def test_a_bad_row_that_is_corrected_is_booked_alone(own: Stage) -> None:
    refused(own)
    run_well(own, CORRECTED)
    exactly_once(own, CORRECTED)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("made", [CORRECTED, WITH_ONE_IN_FRONT], ids=["corrected", "with one in front"])
@GUARDED
def test_a_bad_row_is_corrected_and_the_state_lost(own: Stage, guard: str, made: Manifest, when: str) -> None:
    switches(own, invoice_guard=guard)
    refused(own)
    lose_state(own)
    own.later(WHEN[when])
    run_well(own, made)
    exactly_once(own, made)


def test_without_a_look_the_correction_would_get_the_old_answer_and_be_lost(own: Stage) -> None:
    refused(own)
    lose_state(own)
    own.later(3600.0)
    with without(Net.LOOKS_FIRST):
        report = run(own, CORRECTED)
    assert list(failures(report)) == [f"invoices/I-{BAD}"]  # refused for what it no longer says
    assert holds(own)["invoices"] == MANY - 1


@pytest.mark.parametrize(
    ("made", "nets", "seconds"),
    [
        (CORRECTED, [Net.LOOKS_FIRST], 2 * DAY),
        (CORRECTED, [Net.LOOKS_FIRST, Net.KEYS_OF_IDENTITY], 3600.0),
        (WITH_ONE_IN_FRONT, [Net.LOOKS_FIRST], 3600.0),  # in a call with other rows, which has another key
    ],
    ids=["two days later", "with a fresh key", "with one in front"],
)
def test_without_a_look_the_good_rows_would_be_booked_twice(
    own: Stage, made: Manifest, nets: list[Net], seconds: float
) -> None:
    switches(own, invoice_guard="off")
    refused(own)
    lose_state(own)
    own.later(seconds)
    with without(*nets):
        run(own, made)
    assert holds(own)["invoices"] == MANY - 1 + len(made.documents) - 1


def test_a_row_in_front_of_what_is_known_is_booked_alone(own: Stage) -> None:
    run_well(own, CORRECTED)
    run_well(own, WITH_ONE_IN_FRONT)
    exactly_once(own, WITH_ONE_IN_FRONT)


# The server dies half way, or a gateway gives up on it while it works on.


HALF_WAY: Final = {
    "dies after some rows": f"{BULK} crash-after-row row=20",
    "dies after the last row": f"{BULK} crash-after-row row={MANY}",
    "is given up while it works": f"{BULK} timeout-working seconds=20",
    "is given up when it is done": f"{BULK} timeout-after",
}
# Of a customer that is not in the books there are no invoices to look for before the call.
BLIND: Final = "GET /invoices error-before times=10000"


@pytest.mark.parametrize("how", HALF_WAY)
@GUARDED
def test_a_bulk_call_that_ends_half_way_is_completed_in_the_run(own: Stage, guard: str, how: str) -> None:
    switches(own, invoice_guard=guard)
    trouble(own, HALF_WAY[how])
    run_well(own, CORRECTED)
    exactly_once(own, CORRECTED)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("how", HALF_WAY)
@GUARDED
def test_a_bulk_call_that_ends_half_way_is_completed_by_the_next_run(
    own: Stage, guard: str, how: str, when: str
) -> None:
    switches(own, invoice_guard=guard)
    trouble(own, HALF_WAY[how], BLIND)
    assert set(failures(run(own, CORRECTED)).values()) == {"no-answer"}
    own.later(WHEN[when])
    trouble(own)
    run_well(own, CORRECTED)
    exactly_once(own, CORRECTED)


@pytest.mark.parametrize("how", ["is given up while it works", "dies after some rows"])
def test_a_row_in_front_while_a_bulk_call_is_open(own: Stage, how: str) -> None:
    trouble(own, HALF_WAY[how], BLIND)
    run(own, CORRECTED)
    own.later(60.0)
    trouble(own)
    run_well(own, WITH_ONE_IN_FRONT)
    exactly_once(own, WITH_ONE_IN_FRONT)


def test_sent_again_without_a_look_the_rows_that_were_done_would_be_booked_twice(own: Stage) -> None:
    switches(own, invoice_guard="off")
    trouble(own, HALF_WAY["dies after some rows"])
    with without(Net.LOOKS_AFTER):
        run_well(own, CORRECTED)
    assert holds(own)["invoices"] == MANY + 20


def test_not_waited_for_the_rows_that_the_server_is_at_would_be_booked_twice(own: Stage) -> None:
    switches(own, invoice_guard="off")
    trouble(own, HALF_WAY["is given up while it works"])
    with without(Net.WAITS):
        run(own, CORRECTED)
    own.later(20)  # the server goes on with it
    booked = Counter(own.references("invoices"))
    assert set(booked) == {f"I-{at}" for at in range(1, MANY + 1)}
    assert max(booked.values()) == 2  # how many of them, is a matter of which is faster


def test_forgotten_and_not_looked_for_all_rows_would_be_booked_twice(own: Stage) -> None:
    switches(own, invoice_guard="off")
    trouble(own, HALF_WAY["dies after the last row"], BLIND)
    run(own, CORRECTED)
    own.later(3600.0)
    trouble(own)
    with without(Net.KEEPS_INTENTS, Net.LOOKS_FIRST):
        run_well(own, CORRECTED)
    assert holds(own)["invoices"] == 2 * MANY
    assert StepId("invoices", "I-1") in own.receipts()


# A server that takes longer over one row than lies between two looks.


SLOW_ROWS: Final = f"{BULK} timeout-working seconds={50 * MANY}"  # 50 s a row; two looks are 31 s apart


def test_a_server_that_takes_longer_over_a_row_than_lies_between_two_looks_is_waited_for(own: Stage) -> None:
    switches(own, invoice_guard="off")
    trouble(own, SLOW_ROWS)
    run_well(own, CORRECTED)
    exactly_once(own, CORRECTED)


def test_not_asked_whether_it_is_at_work_the_rows_to_come_would_be_booked_twice(own: Stage) -> None:
    switches(own, invoice_guard="off")
    trouble(own, SLOW_ROWS)
    with without(Net.ASKS):
        run(own, CORRECTED)
    own.later(50.0 * MANY)
    assert holds(own)["invoices"] > MANY


@pytest.mark.parametrize("made", [CORRECTED, WITH_ONE_IN_FRONT], ids=["as it was", "with one in front"])
def test_such_a_server_is_waited_for_by_the_next_run_as_well(own: Stage, made: Manifest) -> None:
    switches(own, invoice_guard="off")
    trouble(own, SLOW_ROWS, BLIND)
    run(own, CORRECTED)
    own.later(60.0)
    trouble(own)
    report = run(own, made)
    for _ in range(50):
        if report is not None and not report.bad and not own.intents():
            break
        own.later(60.0)
        report = run(own, made)
    exactly_once(own, made)


def test_a_server_that_is_at_work_for_long_leaves_the_rows_to_the_next_run(own: Stage) -> None:
    switches(own, invoice_guard="off")
    trouble(own, f"{BULK} timeout-working seconds={400 * MANY}")
    assert set(failures(run(own, CORRECTED)).values()) == {"still-running"}
    own.later(400.0 * MANY)
    trouble(own)
    run_well(own, CORRECTED)
    exactly_once(own, CORRECTED)


def test_sent_again_under_its_own_key_a_call_that_was_done_is_answered_from_memory(own: Stage) -> None:
    """Without a look: what the server remembers books nothing twice."""
    switches(own, invoice_guard="off")
    trouble(own, f"{BULK} timeout-after")
    with without(Net.LOOKS_AFTER):
        run_well(own, CORRECTED)
    exactly_once(own, CORRECTED)
