"""Between the crash and the next run the token is rotated, a clock is set back, or the keys expire."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from apply.manifests import contact, invoice, manifest
from simulation.course import Stage
from simulation.machines import VirtualClock
from simulation.trouble import Line

from exactly_once.calls import (
    CALLS,
    DAY,
    KINDS,
    UNGUARDED,
    Call,
    cut_off,
    is_as_after,
    lose_state,
    number,
    on_its_way,
    rotate_token,
    runs,
    settled,
    undone_in_the_app,
)
from exactly_once.nets import Net, without
from importer.sandbox.books import Books

DONE = pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
Trouble = Callable[[Stage], object]
T = TypeVar("T")


class OwnClock(VirtualClock):
    """The importer's own clock: it goes with the server's, and shows another time."""

    def __init__(self, servers: VirtualClock) -> None:
        self._servers = servers
        self.ahead = 0.0

    def now(self) -> float:
        return self._servers.now() + self.ahead

    def advance(self, seconds: float) -> None:
        self._servers.advance(seconds)

    async def sleep(self, seconds: float) -> None:
        await self._servers.sleep(seconds)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        return self._servers.run(main)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Stage]:
    """An importer with a clock of its own."""
    clock = VirtualClock()
    books = Books(":memory:", clock)
    books.settings.set_switches(UNGUARDED)
    yield Stage(books, OwnClock(clock), tmp_path / "state.db", Line(books))
    clock.close()
    books.close()


def put_own_clock(own: Stage, ahead: float) -> None:
    assert isinstance(own.clock, OwnClock)
    own.clock.ahead = ahead


def a_day_is_lost(own: Stage) -> None:
    own.later(DAY + 1)
    put_own_clock(own, -DAY)


def a_day_passes_for_a_new_token(own: Stage) -> None:
    rotate_token(own)
    own.later(DAY + 1)


TROUBLE: dict[str, Trouble] = {
    "the token is rotated": rotate_token,
    "the keys expire": lambda own: own.later(DAY + 1),
    "the server's clock is set back": lambda own: own.clock.advance(-7200),
    "our clock is set back": lambda own: put_own_clock(own, -3 * DAY),
    "our clock is set forward": lambda own: put_own_clock(own, 3 * DAY),
    "a day passes, and our clock is set back by it": a_day_is_lost,
    "the token is rotated, and a day passes": a_day_passes_for_a_new_token,
}
EACH = pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())


@EACH
@DONE
@KINDS
def test_what_was_cut_off_is_in_the_books_once(own: Stage, call: Call, done: bool, trouble: Trouble) -> None:
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=done)
    trouble(own)
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
@pytest.mark.parametrize("trouble", ["the token is rotated", "the keys expire"])
def test_sent_again_unseen_under_a_key_that_the_server_does_not_know_it_is_booked_twice(
    own: Stage, name: str, trouble: str
) -> None:
    call = CALLS[name]
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=True)
    there = number(own)
    TROUBLE[trouble](own)
    with without(Net.LOOKS_FOR_OPEN, Net.KEYS_THAT_EXPIRE):
        runs(own, call.after)
    assert number(own)[call.step.kind] == 2 * there[call.step.kind]


@pytest.mark.parametrize("net", [Net.LOOKS_FOR_OPEN, Net.KEYS_THAT_EXPIRE], ids=["not looked for", "sent again"])
@pytest.mark.parametrize("name", ["a create", "a bulk call"])
@pytest.mark.parametrize("trouble", ["the token is rotated", "the keys expire"])
def test_one_of_the_two_is_enough(own: Stage, name: str, trouble: str, net: Net) -> None:
    call = CALLS[name]
    runs(own, call.before)
    cut_off(own, call.after, call.path, done=True)
    TROUBLE[trouble](own)
    with without(net):
        runs(own, call.after)
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_by_our_own_clock_a_dead_key_is_taken_for_a_living_one(own: Stage, name: str) -> None:
    call = CALLS[name]
    with without(Net.SERVERS_CLOCK, Net.LOOKS_FOR_OPEN):
        runs(own, call.before)
        cut_off(own, call.after, call.path, done=True)
        there = number(own)
        TROUBLE["a day passes, and our clock is set back by it"](own)
        runs(own, call.after)
    assert number(own)[call.step.kind] == 2 * there[call.step.kind]


@pytest.mark.parametrize("nets", [(), (Net.SERVERS_CLOCK,)], ids=["the server's clock", "our own clock"])
def test_a_draft_deleted_in_the_app_is_missed_by_our_own_clock(own: Stage, nets: tuple[Net, ...]) -> None:
    """Its old answer looks new to a clock that is behind by its age."""
    made = manifest(contacts=[contact()], invoices=[invoice("D-1", auto_approve="false")])
    runs(own, made)
    own.later(60)
    undone_in_the_app(own, "invoices", own.rows("invoices")[0]["id"])
    lose_state(own)
    put_own_clock(own, -60)
    with without(*nets):
        assert not runs(own, made).bad
    assert own.count("invoices") == (0 if nets else 1)


# The call is still on its way when the next run begins.


def arrives_late(own: Stage, call: Call, trouble: Trouble, *nets: Net) -> None:
    runs(own, call.before)
    with on_its_way(own, call.after, call.path, 20.0):
        trouble(own)
        with without(*nets):
            runs(own, call.after)


@KINDS
def test_what_arrives_late_is_in_the_books_once(own: Stage, call: Call) -> None:
    arrives_late(own, call, lambda own: None)
    is_as_after(own, call.before, call.after)


@KINDS
def test_what_arrives_late_under_the_old_token_is_in_the_books_once(own: Stage, call: Call) -> None:
    arrives_late(own, call, rotate_token)
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("net", [Net.KEYS_THAT_EXPIRE, Net.LOOKS_TWICE], ids=["sent again", "looked for once"])
@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_without_a_second_look_what_arrives_late_under_the_old_token_is_booked_twice(
    own: Stage, name: str, net: Net
) -> None:
    call = CALLS[name]
    arrives_late(own, call, rotate_token, net)
    wanted = [one for one in call.after.documents if one.kind == call.step.kind]
    assert own.count(call.step.kind) == 2 * len(wanted)


@pytest.mark.parametrize("name", ["an allocation", "an application"])
def test_without_a_second_look_what_arrives_late_is_applied_twice(own: Stage, name: str) -> None:
    arrives_late(own, CALLS[name], rotate_token, Net.LOOKS_TWICE)
    assert sum(settled(own)["O-2"]) == 60000
