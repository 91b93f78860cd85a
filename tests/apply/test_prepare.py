"""From files, state and books to a plan whose calls are those that apply then sends."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from apply import wire
from apply.manifests import contact, document, invoice, manifest, note, payment, taxed
from apply.world import World, failures, statuses
from importer.apply.prepare import Memory, plan_offline
from importer.errors import InvalidInput
from importer.manifest import SourceFile, read
from importer.model import Action, Manifest
from importer.outcome import Status

ROOT = Path(__file__).parents[2]


def quickstart() -> Manifest:
    path = ROOT / "samples/quickstart/books.yaml"
    made = read([SourceFile("books.yaml", path.read_bytes())])
    assert not made.problems
    return made


def many() -> Manifest:
    return manifest(
        contacts=[contact(), contact("other")],
        invoices=[taxed(f"O-{number}", str(100 + number)) for number in range(120)],
        payments=[payment(f"U-{number}", "50", of=f"O-{number}") for number in range(3)],
        credit_notes=[note("C-1", "20", on="O-9"), note("C-2", "30", on="O-9")],
    )


@pytest.mark.parametrize("make", [quickstart, many, lambda: manifest(contacts=[contact()])])
def test_the_calls_of_the_plan_are_the_calls_of_apply(world: World, make: object) -> None:
    assert callable(make)
    made = make()
    report = world.apply(made)
    assert not report.bad
    assert world.made is not None
    assert dict(world.made.calls.by_endpoint) == dict(world.sent)
    assert world.made.calls.total == len(world.wire.seen)
    world.is_whole(made)


def test_the_calls_of_an_update_are_predicted(world: World) -> None:
    world.apply(manifest(contacts=[contact(phone="1"), contact("other", phone="1")]))
    world.apply(manifest(contacts=[contact(phone="2"), contact("other", phone="2")]))
    assert world.made is not None
    assert dict(world.made.calls.by_endpoint) == dict(world.sent)


@pytest.mark.parametrize("make", [quickstart, many])
def test_a_second_apply_asks_for_whoami_and_nothing_else(world: World, make: object) -> None:
    assert callable(make)
    made = make()
    world.apply(made)
    world.calm()
    report = world.apply(made)
    assert world.wire.calls() == {"GET /whoami": 1}
    assert report.outcomes == []
    assert report.unchanged == len(made.documents)
    assert world.made is not None
    assert world.made.idle


@pytest.mark.parametrize("make", [quickstart, many])
def test_a_lost_state_is_made_anew_from_the_books(world: World, make: object) -> None:
    assert callable(make)
    made = make()
    world.apply(made)
    before = {step: (one.remote_id, one.number, one.digest) for step, one in world.receipts().items()}
    world.state.unlink()
    world.calm()
    report = world.apply(made)
    assert set(statuses(report).values()) == {Status.ADOPTED}
    assert {seen.method for seen in world.wire.seen} == {"GET"}
    assert {step: (one.remote_id, one.number, one.digest) for step, one in world.receipts().items()} == before
    world.is_whole(made)
    world.calm()
    world.apply(made)
    assert world.wire.calls() == {"GET /whoami": 1}


def test_a_new_document_does_not_make_the_others_be_looked_for(world: World) -> None:
    entries = [invoice(f"O-{number}", str(100 + number)) for number in range(10)]
    world.apply(manifest(contacts=[contact()], invoices=entries))
    world.calm()
    grown = manifest(contacts=[contact()], invoices=[*entries, invoice("O-10", "200")])
    assert statuses(world.apply(grown)) == {"invoices/O-10": Status.CREATED}
    assert world.wire.calls("GET /contacts") == {}
    world.is_whole(grown)


def test_names_that_the_org_does_not_have_are_all_told_before_anything_is_sent(world: World) -> None:
    entry = invoice("O-1")
    entry["line_items"][0]["tax"] = "GST 19%"
    made = manifest(contacts=[contact()], invoices=[entry], payments=[payment("U-1", bank_account="HDFC")])
    with pytest.raises(InvalidInput) as info:
        world.apply(made)
    told = {(problem.code, problem.place) for problem in info.value.problems}
    assert told == {
        ("unknown-name", document(made, "invoices", "O-1").place(("line_items", 0, "tax"))),
        ("unknown-name", document(made, "payments", "U-1").place(("bank_account",))),
    }
    assert {seen.method for seen in world.wire.seen} == {"GET"}


def test_amounts_over_what_the_taxes_of_the_org_make_are_told_before_anything_is_sent(world: World) -> None:
    world.sql("UPDATE taxes SET cgst = '2.5', sgst = '2.5', igst = '5' WHERE igst = '18'")  # its name says otherwise
    made = manifest(contacts=[contact()], invoices=[taxed("O-1")], payments=[payment("U-1", "118", of="O-1")])
    with pytest.raises(InvalidInput):
        world.apply(made)
    assert {seen.method for seen in world.wire.seen} == {"GET"}


def test_a_likeness_is_a_conflict_until_it_is_allowed(world: World) -> None:
    world.apply(manifest(contacts=[contact()], invoices=[invoice("O-1")]))
    world.state.unlink()
    made = manifest(contacts=[contact()], invoices=[invoice("ORDER-1")])
    (conflict,) = world.plan(made).conflicts
    assert (conflict.code, conflict.id.key) == ("likeness", "ORDER-1")
    report = world.apply(made, allow_likeness=True)
    assert statuses(report) == {"contacts/acme": Status.ADOPTED, "invoices/ORDER-1": Status.CREATED}
    assert world.references("invoices") == ["O-1", "ORDER-1"]


def test_a_note_that_is_found_applied_in_part_is_a_conflict(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")], credit_notes=[note("C-1", "50", on="O-1")])
    world.apply(made)
    world.state.unlink()
    world.sql("UPDATE credit_notes SET applied = 2000, state = 'ISSUED'")
    assert [step.code for step in world.plan(made).conflicts] == ["partly-applied"]


def test_a_note_that_is_found_not_applied_is_applied(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")], credit_notes=[note("C-1", "50", on="O-1")])
    world.fault("POST /credit_notes/", wire.answers(400, {"code": "validation.failed", "message": "No."}))
    world.apply(made)
    world.state.unlink()
    world.calm()
    # The lost state's generation is lost with it: the sandbox remembers nothing of the injected refusal.
    report = world.apply(made)
    assert statuses(report)["credit_notes/C-1"] is Status.ADOPTED
    assert statuses(report)["credit_notes/C-1 O-1#1"] is Status.APPLIED
    world.is_whole(made)


def test_what_waits_for_an_open_intent_is_pending_and_told(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")], payments=[payment("U-1", of="O-1")])
    world.fault("POST /invoices", wire.answers(503, wire.FAILED), times=wire.EVER)
    world.apply(made)
    world.calm()
    report = world.apply(made)
    assert failures(report) == {"invoices/O-1": "open-intent", "payments/U-1": "waits-for-open-intent"}
    assert set(statuses(report).values()) == {Status.SKIPPED}
    assert world.wire.calls("POST") == {}


def test_what_waited_for_an_open_intent_is_sent_once_the_books_show_what_became_of_it(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[taxed("O-1")], payments=[payment("U-1", of="O-1")])
    blind = wire.meanwhile(
        lambda: world.fault("GET ", wire.answers(503, wire.FAILED), times=wire.EVER),
        wire.breaks(httpx.ReadTimeout, done=True),
    )
    world.fault("POST /contacts", blind)
    world.apply(made)
    world.calm()
    report = world.apply(made)
    assert statuses(report) == {
        "contacts/acme": Status.ADOPTED,
        "invoices/O-1": Status.CREATED,
        "payments/U-1": Status.CREATED,
    }
    assert world.made is not None
    assert dict(world.made.calls.by_endpoint) == dict(world.sent)
    world.is_whole(made)


def test_offline_everything_without_a_receipt_is_a_create(world: World) -> None:
    plan = plan_offline(quickstart(), Memory(), lambda receipt: True)
    assert plan.offline
    assert [step.action for step in plan.steps] == [*[Action.CREATE] * 5, Action.APPLY]
    assert plan.calls.by_endpoint["POST /payments"] == 1
    assert "GET /whoami" not in plan.calls.by_endpoint
    assert not world.wire.seen
