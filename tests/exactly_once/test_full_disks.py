"""The disk is full while a receipt is written: the call is done, and nothing can be remembered of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from apply.manifests import invoice, manifest
from apply.world import failures
from simulation.course import Stage

from exactly_once.calls import ACME, CALLS, DAY, KINDS, Call, is_as_after, number, runs, settled
from exactly_once.nets import Net, without
from importer.state.store import Store

MANY = manifest(**ACME, invoices=[invoice(f"O-{at}") for at in range(40)])


@contextmanager
def no_room_for(method: str) -> Iterator[None]:
    """A part of a transaction of the state finds the disk full, as SQLite says it."""

    def full(*_: Any) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with mock.patch.object(Store, method, full):
        yield


@contextmanager
def no_page_left() -> Iterator[None]:
    """From the next intent on the file cannot grow: what SQLite itself does when the disk is full."""
    begin = Store.begin

    def begins(store: Store, *arguments: Any) -> Any:
        begun = begin(store, *arguments)
        (pages,) = store._db.execute("PRAGMA page_count").fetchone()
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        return begun

    with mock.patch.object(Store, "begin", begins):
        yield


@KINDS
@pytest.mark.parametrize("seconds", [60.0, 2 * DAY], ids=["the same day", "two days later"])
def test_what_could_not_be_remembered_is_found_once_there_is_room(own: Stage, call: Call, seconds: float) -> None:
    runs(own, call.before)
    with no_room_for("_put"):
        report = runs(own, call.after)
    assert report.broken is not None
    assert report.broken.code == "state-unwritable"
    assert "the disk is full" in report.broken.message
    own.later(seconds)
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


@KINDS
def test_where_no_intent_can_be_written_nothing_is_sent(own: Stage, call: Call) -> None:
    runs(own, call.before)
    own.wire.seen.clear()
    with no_room_for("_begin"):
        report = runs(own, call.after)
    assert set(failures(report).values()) <= {"state-unwritable", "not-reached"}
    assert [seen.call for seen in own.wire.seen if seen.method != "GET"] == []
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


def test_a_file_that_can_grow_no_more_keeps_what_it_holds(own: Stage) -> None:
    runs(own, manifest(**ACME))
    with no_page_left():
        report = runs(own, MANY)
    assert set(failures(report).values()) == {"not-remembered"}
    assert (own.count("invoices"), len(own.receipts()), len(own.intents())) == (40, 1, 1)
    assert not runs(own, MANY).bad
    is_as_after(own, MANY)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_without_intents_and_a_look_it_is_booked_again(own: Stage, name: str) -> None:
    call = CALLS[name]
    runs(own, call.before)
    with no_room_for("_put"):
        runs(own, call.after)
    there = number(own)
    own.later(2 * DAY)
    with without(Net.KEEPS_INTENTS, Net.LOOKS_FIRST):
        runs(own, call.after)
    assert number(own)[call.step.kind] == 2 * there[call.step.kind]


@pytest.mark.parametrize("name", ["an allocation", "an application"])
def test_without_intents_and_balances_it_is_applied_again(own: Stage, name: str) -> None:
    call = CALLS[name]
    runs(own, call.before)
    with no_room_for("_put"):
        runs(own, call.after)
    own.later(2 * DAY)
    with without(Net.KEEPS_INTENTS, Net.READS_BALANCES):
        runs(own, call.after)
    assert sum(settled(own)["O-2"]) == 60000
