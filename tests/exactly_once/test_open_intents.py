"""A call is cut off, and its entry is edited, or removed, before the next run."""

from __future__ import annotations

import pytest
from apply.manifests import contact, invoice, manifest, note, payment
from simulation.course import Stage

from exactly_once.calls import (
    ACME,
    CALLS,
    FIRST,
    KINDS,
    SECOND,
    TWO,
    Call,
    asks,
    cut_off,
    is_as_after,
    number,
    runs,
    settled,
)
from exactly_once.nets import Net, without
from importer.model import Action, StepId

DONE = pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
NAMED = manifest(**ACME)
RENAMED = manifest(contacts=[contact(contact_name="Acme Limited")])
PAID = manifest(**ACME, payments=[payment("P-1", "100")])
PAID_OTHERWISE = manifest(**ACME, payments=[payment("P-1", "250", reference_number="UTR 9")])


# Edited: what was sent is told from what the entry says now.


@DONE
def test_an_edit_of_what_it_is_known_by_makes_no_second_one(own: Stage, done: bool) -> None:
    cut_off(own, NAMED, "POST /contacts", done=done)
    assert not runs(own, RENAMED).bad
    assert [row["name"] for row in own.rows("contacts")] == ["Acme Limited"]
    is_as_after(own, RENAMED)


def test_without_intents_what_is_known_by_another_name_now_is_made_twice(own: Stage) -> None:
    cut_off(own, NAMED, "POST /contacts", done=True, kept=False)
    with without(Net.KEEPS_INTENTS):
        assert not runs(own, RENAMED).bad
    assert [row["name"] for row in own.rows("contacts")] == ["acme & Sons", "Acme Limited"]


def test_an_edited_payment_that_came_through_is_an_edit_for_a_person(own: Stage) -> None:
    cut_off(own, PAID, "POST /payments", done=True)
    assert asks(own, PAID_OTHERWISE) == {"payments/P-1": "edit-of-document"}
    assert number(own)["payments"] == 1
    assert own.intents() == ()
    assert own.receipts()[StepId("payments", "P-1")].said["amount"] == "100"
    is_as_after(own, PAID)


def test_an_edited_payment_that_did_not_come_through_is_booked_as_edited(own: Stage) -> None:
    cut_off(own, PAID, "POST /payments", done=False)
    assert not runs(own, PAID_OTHERWISE).bad
    is_as_after(own, PAID_OTHERWISE)


def test_without_intents_an_edited_payment_is_booked_twice(own: Stage) -> None:
    cut_off(own, PAID, "POST /payments", done=True, kept=False)
    with without(Net.KEEPS_INTENTS):
        assert not runs(own, PAID_OTHERWISE).bad
    assert [row["amount"] for row in own.rows("payments")] == [10000, 25000]


def test_sent_again_in_its_old_words_the_edit_is_lost(own: Stage) -> None:
    cut_off(own, PAID, "POST /payments", done=False)
    with without(Net.ONLY_AS_SENT):
        own.run_once(PAID_OTHERWISE)
    assert [row["amount"] for row in own.rows("payments")] == [10000]


@DONE
def test_rows_of_a_bulk_call_may_be_edited_and_removed_one_by_one(own: Stage, done: bool) -> None:
    call = CALLS["a bulk call"]
    cut_off(own, call.after, call.path, done=done)
    edited = manifest(**ACME, invoices=[invoice("O-1", "100"), invoice("O-2", "999")])
    if not done:
        assert not runs(own, edited).bad
        is_as_after(own, edited)
        return
    assert asks(own, edited) == {"invoices/O-2": "edit-of-document"}
    assert own.intents() == ()
    assert StepId("invoices", "O-3") in own.receipts()  # as it was sent: an orphan
    assert number(own)["invoices"] == 3
    runs(own, call.after)  # the entry is back, and the edit is taken back
    is_as_after(own, call.after)


@DONE
def test_an_update_edited_once_more_ends_at_the_last_words(own: Stage, done: bool) -> None:
    call, last = CALLS["an update"], manifest(contacts=[contact(phone="3")])
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=done)
    assert not runs(own, last).bad
    is_as_after(own, last)


@DONE
def test_an_update_that_is_taken_back_ends_where_it_began(own: Stage, done: bool) -> None:
    first, call = manifest(contacts=[contact(phone="1")]), CALLS["an update"]
    runs(own, first)
    cut_off(own, call.after, call.path, done=done)
    assert not runs(own, first).bad
    is_as_after(own, first)


def test_without_intents_an_update_taken_back_stays_in_the_books(own: Stage) -> None:
    first, call = manifest(contacts=[contact(phone="1")]), CALLS["an update"]
    runs(own, first)
    cut_off(own, call.after, call.path, done=True)
    with without(Net.KEEPS_INTENTS):
        assert not runs(own, first).bad
        assert own.plan(first).idle
    assert "2" in own.rows("contacts")[0]["fields"]


POSTED_AND_EDITED = manifest(**ACME, invoices=[invoice("O-1", notes="New")])


@DONE
def test_a_posting_whose_entry_is_edited(own: Stage, done: bool) -> None:
    call = CALLS["a posting"]
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=done)
    if done:
        assert set(asks(own, POSTED_AND_EDITED)) == {"invoices/O-1"}
        assert not runs(own, call.after).bad
        is_as_after(own, call.before, call.after)
    else:
        assert not runs(own, POSTED_AND_EDITED).bad
        is_as_after(own, call.before, POSTED_AND_EDITED)


EDITED_SETTLEMENTS = {
    "an allocation": manifest(
        **TWO, payments=[payment("P-1", "700", allocations=[FIRST, {**SECOND, "amount": "200"}])]
    ),
    "an application": manifest(
        **TWO, credit_notes=[note("C-1", "700", applications=[FIRST, {**SECOND, "amount": "200"}])]
    ),
}
CODES = {"an allocation": "edit-of-document", "an application": "application-edited"}


@DONE
@pytest.mark.parametrize("name", EDITED_SETTLEMENTS)
def test_an_application_whose_amount_is_edited(own: Stage, name: str, done: bool) -> None:
    call, edited = CALLS[name], EDITED_SETTLEMENTS[name]
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=done)
    if done:
        assert set(asks(own, edited).values()) == {CODES[name]}
        is_as_after(own, call.before, call.after)
    else:
        assert not runs(own, edited).bad
        is_as_after(own, call.before, edited)


# Removed: what came through is not forgotten, and what did not is given up.


LEFT = manifest(**ACME)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_what_came_through_and_is_no_longer_in_the_files_is_known_and_told_as_orphaned(own: Stage, name: str) -> None:
    call = CALLS[name]
    cut_off(own, call.after, call.path, done=True)
    there = number(own)
    runs(own, LEFT)
    assert number(own) == there
    assert own.intents() == ()
    orphans = [step.id.key for step in own.plan(LEFT).steps if step.action is Action.ORPHANED]
    assert orphans == [one.key for one in call.after.documents if one.kind == call.step.kind]
    assert own.plan(call.after).idle
    runs(own, call.after)
    is_as_after(own, call.after)


OTHER_KEYS = {
    "a create": manifest(**ACME, payments=[payment("R-1", reference_number="P-1")]),
    "a bulk call": manifest(
        **ACME, invoices=[invoice(f"R-{number}", f"{number}00", reference_number=f"O-{number}") for number in (1, 2, 3)]
    ),
}


@DONE
@pytest.mark.parametrize("name", OTHER_KEYS)
def test_a_key_that_was_renamed_while_its_call_was_open_is_not_booked_again(own: Stage, name: str, done: bool) -> None:
    call, made = CALLS[name], OTHER_KEYS[name]
    cut_off(own, call.after, call.path, done=done)
    if done:
        assert set(asks(own, made).values()) == {"known-under-other-key"}  # the way out is state mv
    else:
        assert not runs(own, made).bad
    assert own.intents() == ()
    assert number(own)[call.step.kind] == (3 if name == "a bulk call" else 1)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_without_intents_nobody_knows_that_it_is_there(own: Stage, name: str) -> None:
    call = CALLS[name]
    cut_off(own, call.after, call.path, done=True)
    with without(Net.KEEPS_INTENTS):
        runs(own, LEFT)
        assert own.plan(LEFT).idle
        assert own.intents() == ()
    assert call.step.kind in number(own)
    assert call.step not in own.receipts()


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_what_did_not_come_through_and_is_no_longer_in_the_files_is_given_up(own: Stage, name: str) -> None:
    call = CALLS[name]
    cut_off(own, call.after, call.path, done=False)
    runs(own, LEFT)
    is_as_after(own, LEFT)


@DONE
@pytest.mark.parametrize("name", ["an allocation", "an application"])
def test_an_application_that_is_no_longer_in_the_files(own: Stage, name: str, done: bool) -> None:
    call = CALLS[name]
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=done)
    if done:
        assert len(asks(own, call.before)) == 1  # it is in the books, and the files no longer say so
        assert not runs(own, call.after).bad
        is_as_after(own, call.before, call.after)
    else:
        assert not runs(own, call.before).bad
        is_as_after(own, call.before)
    assert own.intents() == ()


OTHER = manifest(items=[{"key": "other", "name": "Other", "rate": "1"}])


@KINDS
def test_a_run_of_other_files_neither_sends_it_again_nor_forgets_it(own: Stage, call: Call) -> None:
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=True)
    there = number(own), settled(own)
    own.wire.seen.clear()
    runs(own, OTHER)
    assert [seen.path for seen in own.wire.seen if seen.method != "GET"] == ["/items"]
    assert not runs(own, call.after).bad
    assert (number(own), settled(own)) == ({**there[0], "items": 1}, there[1])
    assert own.intents() == ()
    assert own.plan(call.after).idle
