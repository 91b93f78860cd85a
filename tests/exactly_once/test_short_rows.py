"""A FinzBooks whose lists leave out what documents are known by (fact sheet, 25.24): still each is booked once."""

from __future__ import annotations

from typing import Final

import pytest
from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from simulation.course import Stage

from exactly_once.nets import Net, without
from exactly_once.world import DAY, exactly_once, holds, lose_state, run_well
from importer.kinds import CONTACTS, CREDIT_NOTES, INVOICES, PAYMENTS, Kind
from importer.model import Manifest

PAYING: Final = manifest(contacts=[contact()], payments=[payment("P-1")])
HELD: Final[list[tuple[Kind, str, Manifest]]] = [
    (CONTACTS, "contact_type", manifest(contacts=[contact()])),
    (INVOICES, "customer_id", manifest(contacts=[contact()], invoices=[invoice("O-1")])),
    (PAYMENTS, "contact_id", PAYING),
    (CREDIT_NOTES, "customer_id", manifest(contacts=[contact()], credit_notes=[note("C-1")])),
]
EACH: Final = pytest.mark.parametrize(("kind", "field", "made"), HELD, ids=[one[0].name for one in HELD])


def listed_without(own: Stage, kind: Kind, field: str) -> None:
    own.fault(f"GET /{kind.name}", wire.leaves_out(kind, field), times=wire.EVER)


def fails_after_the_work(own: Stage) -> None:
    own.fault("POST /payments", wire.answers(500, wire.FAILED, done=True))


def test_a_payment_whose_answer_was_lost_is_known_again_by_what_it_says_itself(own: Stage) -> None:
    listed_without(own, PAYMENTS, "contact_id")
    fails_after_the_work(own)
    run_well(own, PAYING)
    assert len(own.wire.keys("POST /payments")) == 1
    exactly_once(own, PAYING)


def test_judged_by_the_list_alone_it_would_be_booked_twice(own: Stage) -> None:
    listed_without(own, PAYMENTS, "contact_id")
    fails_after_the_work(own)
    with without(Net.READS_WHOLE):
        run_well(own, PAYING)
    assert holds(own)["payments"] == 2


@EACH
def test_what_is_in_the_books_is_found_after_the_state_was_lost(
    own: Stage, kind: Kind, field: str, made: Manifest
) -> None:
    run_well(own, made)
    lose_state(own)
    own.later(2 * DAY)
    listed_without(own, kind, field)
    run_well(own, made)
    exactly_once(own, made)


@EACH
def test_found_by_the_list_alone_it_would_be_made_again(own: Stage, kind: Kind, field: str, made: Manifest) -> None:
    run_well(own, made)
    lose_state(own)
    own.later(2 * DAY)
    listed_without(own, kind, field)
    with without(Net.READS_WHOLE):
        run_well(own, made)
    assert holds(own)[kind.name] == 2
