"""The token is revoked half way through a run; the next one has a new token."""

from __future__ import annotations

import httpx
import pytest
from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import failures
from simulation.course import Stage

from exactly_once.calls import CALLS, DAY, KINDS, Call, is_as_after, number, rotate_token, runs
from exactly_once.nets import Net, without
from importer.errors import Refused
from importer.model import Manifest

DONE = pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])


def revoked_over(own: Stage, call: Call, *, done: bool) -> None:
    """The answer of a call is lost, and while it is tried again the token is revoked."""
    runs(own, call.before)

    async def act(line: wire.Wire, request: httpx.Request) -> httpx.Response:
        if done:
            await line.forward(request)
        own.revoke()
        raise httpx.ReadTimeout("broken by the test", request=request)

    own.fault(call.path, act)
    report = runs(own, call.after)
    assert set(failures(report).values()) == {"no-answer"}  # it may have been done, and that is what is said
    assert len(own.intents()) == 1
    own.calm()


def new_token(own: Stage) -> None:
    own.revoke(revoked=False)
    rotate_token(own)


@DONE
@KINDS
def test_what_was_under_way_is_settled_under_the_new_token(own: Stage, call: Call, done: bool) -> None:
    revoked_over(own, call, done=done)
    with pytest.raises(Refused) as info:  # with the old one nothing can be done, and nothing is lost
        own.run_once(call.after)
    assert info.value.code == "token-rejected"
    new_token(own)
    assert not runs(own, call.after).bad
    is_as_after(own, call.before, call.after)


@pytest.mark.parametrize("name", ["a create", "a bulk call"])
def test_under_a_new_token_no_key_is_known_and_only_looks_hold(own: Stage, name: str) -> None:
    call = CALLS[name]
    revoked_over(own, call, done=True)
    there = number(own)
    new_token(own)
    with without(Net.LOOKS_FOR_OPEN, Net.LOOKS_FIRST):
        runs(own, call.after)
    assert number(own)[call.step.kind] == 2 * there[call.step.kind]


def books(contacts: int) -> Manifest:
    numbers = range(contacts)
    return manifest(
        contacts=[contact(f"c{at}") for at in numbers],
        invoices=[invoice(f"O-{at}", customer=f"c{at}") for at in numbers],
        payments=[payment(f"P-{at}", "60", of=f"O-{at}", contact=f"c{at}") for at in numbers],
        credit_notes=[note(f"C-{at}", "40", on=f"O-{at}", customer=f"c{at}") for at in numbers],
    )


@pytest.mark.parametrize("nth", [1, 2, 5, 6, 7, 9, 12, 15, 17])
def test_a_run_goes_on_where_it_was_revoked(own: Stage, nth: int) -> None:
    """At any of the calls of a whole run: four of a kind, the invoices in one."""
    made = books(4)
    own.fault("P", wire.meanwhile(own.revoke), nth=nth)
    report = runs(own, made)
    assert report.broken is not None
    assert sum(own.wire.calls("POST").values()) >= nth
    own.calm()
    new_token(own)
    own.later(DAY)
    assert not runs(own, made).bad
    is_as_after(own, made)
