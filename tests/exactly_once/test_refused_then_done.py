"""A 400 under one generation, success under the next, and the state is lost on the same day."""

from __future__ import annotations

import pytest
from apply.world import failures
from simulation.course import Stage

from exactly_once.calls import CALLS, DAY, KINDS, Call, is_as_after, lose_state, number, refuses, runs
from exactly_once.nets import Net, without

WITH_KEY = {name: call for name, call in CALLS.items() if name != "an update"}
CREATES = {name: CALLS[name] for name in ("a create", "a bulk call")}


def refused_once(own: Stage, call: Call) -> None:
    """The call is refused; nothing of it is done, and what hindered it is gone when the next apply begins."""
    runs(own, call.before)
    own.fault(call.path, refuses(own))
    if call is CALLS["a bulk call"]:  # then each row is sent by itself
        own.fault("POST /invoices", refuses(own), times=3)
    assert runs(own, call.after).bad
    own.calm()
    assert own.intents() == ()


@KINDS
def test_what_was_refused_is_done_by_the_next_apply_and_found_when_the_state_is_lost(own: Stage, call: Call) -> None:
    refused_once(own, call)
    assert not runs(own, call.after).bad
    lose_state(own)
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("call", WITH_KEY.values(), ids=WITH_KEY.keys())
def test_under_the_old_generation_the_old_refusal_would_come_back_all_day(own: Stage, call: Call) -> None:
    with without(Net.RAISES):
        refused_once(own, call)
        for _ in range(3):
            assert runs(own, call.after).bad
            own.later(3600)
    runs(own, call.after)  # refused once more where only this key was tried; from here on another one is used
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("call", CREATES.values(), ids=CREATES.keys())
def test_without_a_look_what_is_there_is_called_refused_and_after_a_day_booked_again(own: Stage, call: Call) -> None:
    refused_once(own, call)
    assert not runs(own, call.after).bad
    there = number(own)
    lose_state(own)
    with without(Net.LOOKS_FIRST):
        assert failures(runs(own, call.after)).keys() >= {str(call.step)}
        assert number(own) == there
        lose_state(own)
        own.later(DAY)
        runs(own, call.after)
    assert number(own)[call.step.kind] == 2 * there[call.step.kind]
