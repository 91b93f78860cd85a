"""Calls of an earlier run sent again under their own keys: what is answered then is not taken for more than it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from simulation.course import Stage, stage

from apply import wire
from apply.manifests import contact, invoice, manifest, payment
from apply.world import failures
from importer.model import Manifest

MADE = manifest(contacts=[contact()], payments=[payment("U-1")])
SOLD = manifest(contacts=[contact()], invoices=[invoice("O-1")])
RUNNING = wire.answers(409, {"code": "idempotency.in_progress", "message": "A request is still running."})
DOWN = wire.answers(503, wire.FAILED)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made


def cut_off(world: Stage, made: Manifest, path: str, *, done: bool) -> None:
    """A run whose create is lost, and which cannot look what became of it. After it all is well again."""
    lost = wire.breaks(httpx.ReadTimeout, done=done, kept=done)
    blind = wire.meanwhile(lambda: world.fault(f"GET {path}", DOWN, times=wire.EVER), lost)
    world.fault(f"POST {path}", blind, times=wire.EVER)
    world.run_once(made)
    assert world.intents()
    world.calm()


def test_a_call_that_the_server_is_still_at_work_on_stays_open_however_often_it_is_looked_for(world: Stage) -> None:
    cut_off(world, MADE, "/payments", done=False)
    (before,) = world.intents()
    world.fault("POST /payments", RUNNING, times=wire.EVER)
    for _ in range(2):
        report = world.run_once(MADE)
        assert report is not None
        assert failures(report) == {"payments/U-1": "open-intent"}
    assert world.intents() == (before,)
    assert {seen.key for seen in world.wire.seen if seen.call == "POST /payments"} == {before.idempotency_key}
    world.calm()
    world.run_once(MADE)
    world.is_whole(MADE)


def test_what_the_server_said_of_a_call_counts_more_than_a_line_that_breaks_afterwards(world: Stage) -> None:
    """It said that it is at work. That a later answer is lost does not make that untrue."""
    cut_off(world, MADE, "/payments", done=False)
    (before,) = world.intents()
    world.fault("POST /payments", wire.breaks(httpx.ReadError), nth=3, times=wire.EVER)
    world.fault("POST /payments", RUNNING, times=2)
    world.run_once(MADE)
    assert world.intents() == (before,)
    assert {seen.key for seen in world.wire.seen if seen.call == "POST /payments"} == {before.idempotency_key}


def test_an_answer_from_memory_is_not_believed_when_the_document_was_deleted_since(world: Stage) -> None:
    cut_off(world, SOLD, "/invoices", done=True)
    world.sql("DELETE FROM invoices")
    world.run_once(SOLD)
    world.is_whole(SOLD)
    assert world.plan(SOLD).idle


def test_an_answer_from_memory_books_nothing_anew_when_the_document_was_voided_since(world: Stage) -> None:
    cut_off(world, SOLD, "/invoices", done=True)
    world.sql("UPDATE invoices SET state = 'CANCELLED'")
    assert world.run_once(SOLD) is None
    assert world.made is not None
    assert [step.code for step in world.made.conflicts] == ["voided-in-books"]
    assert world.intents() == ()
    assert world.count("invoices") == 1


def test_a_server_that_keeps_it_otherwise_is_found_at_the_first_call_sent_again(world: Stage) -> None:
    made = manifest(contacts=[contact("a", phone="1"), contact("b", phone="1"), contact("c", phone="1")])
    lost = wire.breaks(httpx.ReadTimeout)
    blind = wire.meanwhile(lambda: world.fault("GET /contacts", DOWN, times=wire.EVER), lost)
    world.fault("POST /contacts", blind, nth=2, times=wire.EVER)
    world.run_once(made)
    assert len(world.intents()) == 2
    world.calm()
    otherwise = wire.changed(lambda answer: answer["contact"].update(phone="2"))
    world.fault("GET /contacts/", otherwise, times=wire.EVER)  # what is sent again is read back
    world.run_once(made)
    assert world.count("contacts") == 2
    assert len(world.intents()) == 1
