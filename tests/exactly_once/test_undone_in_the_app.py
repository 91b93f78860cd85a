"""A document is deleted in the app and applied again on the same day: the server remembers that it made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from simulation.course import Stage

from exactly_once.calls import asks, is_as_after, lose_state, number, runs, undone_in_the_app
from exactly_once.nets import Net, without
from importer.model import Manifest, Ref

ACME = {"contacts": [contact()]}


@dataclass(frozen=True)
class Deleted:
    """Documents of one kind that can be deleted, all of them made by one call."""

    made: Manifest
    kind: str
    keys: tuple[str, ...]

    def undo(self, own: Stage) -> None:
        for row in own.rows(self.kind):
            undone_in_the_app(own, self.kind, row["id"])
        assert own.count(self.kind) == 0


def drafts(count: int) -> list[dict[str, Any]]:
    return [invoice(f"D-{at}", f"{at}0", auto_approve="false") for at in range(1, count + 1)]


DELETED = {
    "a contact": Deleted(manifest(**ACME), "contacts", ("acme",)),
    "a draft": Deleted(manifest(**ACME, invoices=drafts(1)), "invoices", ("D-1",)),
    "a bulk call of drafts": Deleted(manifest(**ACME, invoices=drafts(3)), "invoices", ("D-1", "D-2", "D-3")),
    "a payment": Deleted(manifest(**ACME, payments=[payment("P-1")]), "payments", ("P-1",)),
}


def forget(own: Stage, gone: Deleted) -> None:
    """``state rm`` of each."""
    for key in gone.keys:
        own.forget(Ref(gone.kind, key))


def lose(own: Stage, gone: Deleted) -> None:
    lose_state(own)


FORGETTING: dict[str, Callable[[Stage, Deleted], None]] = {"state rm": forget, "the state is lost": lose}
FORGOTTEN = pytest.mark.parametrize("forgotten", FORGETTING.values(), ids=FORGETTING.keys())
EACH = pytest.mark.parametrize("gone", DELETED.values(), ids=DELETED.keys())


def deleted(own: Stage, gone: Deleted, forgotten: Callable[[Stage, Deleted], None]) -> None:
    own.books.settings.set_switches({"payment_delete": "allowed"})
    assert not runs(own, gone.made).bad
    own.later(60)  # nobody deletes faster; what was made in the last 5 s is not told from what is made now
    gone.undo(own)
    forgotten(own, gone)


@FORGOTTEN
@EACH
def test_what_was_deleted_is_made_anew_and_once(
    own: Stage, gone: Deleted, forgotten: Callable[[Stage, Deleted], None]
) -> None:
    deleted(own, gone, forgotten)
    assert not runs(own, gone.made).bad
    is_as_after(own, gone.made)


@EACH
def test_an_answer_that_is_believed_unread_is_a_receipt_of_nothing(own: Stage, gone: Deleted) -> None:
    deleted(own, gone, lose)
    with without(Net.READS_BACK):
        assert not runs(own, gone.made).bad  # it says that all is well
    assert own.count(gone.kind) == 0
    assert {step.key for step in own.receipts() if step.kind == gone.kind} == set(gone.keys)


@pytest.mark.parametrize("net", [Net.RAISES, Net.READS_BACK], ids=["no higher generation", "not read back"])
@EACH
def test_after_state_rm_one_of_two_nets_is_enough(own: Stage, gone: Deleted, net: Net) -> None:
    with without(net):
        deleted(own, gone, forget)
        runs(own, gone.made)
    runs(own, gone.made)
    is_as_after(own, gone.made)


@EACH
def test_after_state_rm_without_both_of_them_it_is_lost(own: Stage, gone: Deleted) -> None:
    with without(Net.RAISES, Net.READS_BACK):
        deleted(own, gone, forget)
        assert not runs(own, gone.made).bad
    assert own.count(gone.kind) == 0
    assert own.plan(gone.made).idle


@FORGOTTEN
def test_what_was_voided_is_not_booked_again_without_a_person(
    own: Stage, forgotten: Callable[[Stage, Deleted], None]
) -> None:
    gone = Deleted(manifest(**ACME, invoices=[invoice("O-1")]), "invoices", ("O-1",))
    assert not runs(own, gone.made).bad
    undone_in_the_app(own, "invoices", own.rows("invoices")[0]["id"])
    forgotten(own, gone)
    assert asks(own, gone.made) == {"invoices/O-1": "voided-in-books"}
    assert number(own)["invoices"] == 1
    again = manifest(**ACME, invoices=[invoice("O-1-again")])
    assert not runs(own, again).bad
    assert [row["state"] for row in own.rows("invoices")] == ["CANCELLED", "POSTED"]


@pytest.mark.parametrize("zone", ["utc", "ist"])
def test_what_was_deleted_an_hour_ago_is_not_taken_for_new_whatever_the_time_zone(own: Stage, zone: str) -> None:
    """Naive Indian time, read as UTC, lies five and a half hours ahead: every old answer looks new."""
    own.books.settings.set_switches({"time_zone": zone})
    gone = DELETED["a draft"]
    deleted(own, gone, forget)
    own.later(3600)
    assert not runs(own, gone.made).bad
    is_as_after(own, gone.made)


@pytest.mark.parametrize("when", [60, 2 * 86_400])
@pytest.mark.parametrize("kind", ["an invoice", "a bulk call", "a credit note"])
def test_what_was_voided_after_a_lost_answer_is_for_a_person_to_decide(own: Stage, kind: str, when: int) -> None:
    made, path, table = VOIDED[kind]
    own.fault(f"GET /{table}", wire.answers(503, wire.FAILED), times=wire.EVER)
    own.fault(f"POST {path}", wire.breaks(httpx.ReadTimeout, done=True, kept=True))
    runs(own, made)
    own.calm()
    for row in own.rows(table):
        undone_in_the_app(own, table, row["id"])
    own.later(when)
    count = own.count(table)
    codes = asks_after_settling(own, made)
    assert set(codes.values()) == {"voided-in-books"}
    assert own.count(table) == count


VOIDED = {
    "an invoice": (manifest(**ACME, invoices=[invoice("O-1")]), "/invoices", "invoices"),
    "a bulk call": (manifest(**ACME, invoices=[invoice("O-1"), invoice("O-2", "20")]), "/bulk/", "invoices"),
    "a credit note": (manifest(**ACME, credit_notes=[note("C-1")]), "/credit_notes", "credit_notes"),
}


def asks_after_settling(own: Stage, made: Manifest) -> dict[str, str]:
    assert own.run_once(made) is None
    assert own.made is not None
    return {str(step.id): step.code for step in own.made.conflicts}
