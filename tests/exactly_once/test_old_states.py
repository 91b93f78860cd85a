"""A copy of the state from before the last run is put back."""

from __future__ import annotations

import pytest
from apply.manifests import manifest, note, payment
from apply.world import failures, message
from simulation.course import Stage

from exactly_once.calls import (
    CALLS,
    DAY,
    FIRST,
    SECOND,
    TWO,
    Call,
    asks,
    copy_state,
    is_as_after,
    number,
    put_back,
    runs,
    settled,
)
from exactly_once.nets import Net, without
from importer.errors import Refused
from importer.outcome import Status

WHEN = pytest.mark.parametrize("seconds", [60.0, 2 * DAY], ids=["the same day", "two days later"])
TOLD = {name: call for name, call in CALLS.items() if name != "an application"}
APPLICATION = CALLS["an application"]
ITS_STEP = str(APPLICATION.step)
ONCE = {"O-1": (0, 10000), "O-2": (0, 30000)}
TWICE = {"O-1": (0, 10000), "O-2": (0, 60000)}


def old_state(own: Stage, call: Call, seconds: float = 2 * DAY, *, bare: bool = False) -> None:
    """The state knows nothing of the call any more, whose work is in the books."""
    own.books.settings.set_switches({"credit_note_shape": "bare" if bare else "full"})
    assert not runs(own, call.before).bad
    kept = copy_state(own)
    assert not runs(own, call.after).bad
    put_back(own, kept)
    own.later(seconds)


@WHEN
@pytest.mark.parametrize("call", TOLD.values(), ids=TOLD.keys())
def test_what_the_old_state_does_not_know_is_found_in_the_books(own: Stage, call: Call, seconds: float) -> None:
    old_state(own, call, seconds)
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_without_a_look_it_is_booked_twice(own: Stage, name: str) -> None:
    call = CALLS[name]
    old_state(own, call)
    there = own.count(call.step.kind)
    with without(Net.LOOKS_FIRST):
        runs(own, call.after)
    assert own.count(call.step.kind) == 2 * there


@WHEN
def test_an_application_that_it_does_not_know_is_seen_in_the_balance_and_left_to_a_person(
    own: Stage, seconds: float
) -> None:
    old_state(own, APPLICATION, seconds)
    assert asks(own, APPLICATION.after) == {ITS_STEP: "partly-applied"}
    own.accept(APPLICATION.after, "credit_notes", "C-1")
    assert not runs(own, APPLICATION.after).bad
    is_as_after(own, APPLICATION.before, APPLICATION.after)


@pytest.mark.parametrize("bare", [False, True], ids=["with its balance", "without its balance"])
def test_without_the_balances_it_is_applied_twice(own: Stage, bare: bool) -> None:
    old_state(own, APPLICATION, bare=bare)
    with without(Net.READS_BALANCES):
        runs(own, APPLICATION.after)
    assert settled(own) == TWICE


# FinzBooks may not say what of a note is used (fact sheet, 25.22).


@WHEN
def test_of_a_note_that_does_not_say_what_is_used_the_invoice_tells(own: Stage, seconds: float) -> None:
    old_state(own, APPLICATION, seconds, bare=True)
    for _ in range(3):
        own.wire.seen.clear()
        report = runs(own, APPLICATION.after)
        assert failures(report) == {ITS_STEP: "may-be-applied"}
        assert "300 is settled, where the state remembers 0" in message(report, ITS_STEP)
        assert [seen.call for seen in own.wire.seen if seen.method != "GET"] == []
        assert own.intents() == ()
    assert settled(own) == ONCE


def test_the_way_out_is_to_take_it_out_of_the_manifest(own: Stage) -> None:
    old_state(own, APPLICATION, bare=True)
    assert runs(own, APPLICATION.after).bad
    assert not runs(own, APPLICATION.before).bad
    assert own.plan(APPLICATION.before).idle
    assert settled(own) == ONCE


def test_what_else_settles_the_invoice_has_to_be_in_the_manifest(own: Stage) -> None:
    by_hand = payment("P-9", "200", of="O-2")
    own.books.settings.set_switches({"credit_note_shape": "bare"})
    runs(own, APPLICATION.before)
    other = Stage(own.books, own.clock, own.state.with_name("by-hand.db"), own.wire)
    runs(other, manifest(**TWO, payments=[by_hand]))
    assert failures(runs(own, APPLICATION.after)) == {ITS_STEP: "may-be-applied"}
    notes = [note("C-1", "700", applications=[FIRST, SECOND])]
    whole = manifest(**TWO, payments=[by_hand], credit_notes=notes)
    report = runs(own, whole)
    assert [one.status for one in report.outcomes if str(one.id) == ITS_STEP] == [Status.APPLIED]
    assert settled(own) == {"O-1": (0, 10000), "O-2": (20000, 30000)}
    assert own.plan(whole).idle


def test_an_application_added_in_peace_is_made_although_the_note_does_not_say_what_is_used(own: Stage) -> None:
    own.books.settings.set_switches({"credit_note_shape": "bare"})
    runs(own, APPLICATION.before)
    assert not runs(own, APPLICATION.after).bad
    third = manifest(**TWO, credit_notes=[note("C-1", "700", applications=[FIRST, SECOND, {**FIRST, "amount": "50"}])])
    assert not runs(own, third).bad
    assert settled(own) == {"O-1": (0, 15000), "O-2": (0, 30000)}
    assert number(own)["credit_notes"] == 1
    assert own.plan(third).idle


@WHEN
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_state_that_is_lost_wholly_is_made_again_out_of_the_books(own: Stage, call: Call, seconds: float) -> None:
    runs(own, call.before)
    runs(own, call.after)
    for file in own.state.parent.glob(f"{own.state.name}*"):
        if file.is_file():
            file.unlink()
    own.later(seconds)
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


def damage(own: Stage) -> None:
    with own.state.open("r+b") as file:
        file.truncate(own.state.stat().st_size // 2)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_damaged_state_is_refused_and_moved_away_it_is_made_again_out_of_the_books(own: Stage, call: Call) -> None:
    runs(own, call.before)
    runs(own, call.after)
    damage(own)
    own.wire.seen.clear()
    with pytest.raises(Refused) as info:
        own.run_once(call.after)
    assert info.value.code == "state-damaged"
    assert "move it away" in info.value.help
    assert [seen.call for seen in own.wire.seen if seen.method != "GET"] == []
    for file in own.state.parent.glob(f"{own.state.name}*"):
        if file.is_file():
            file.rename(file.with_name(f"away-{file.name}"))
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)
