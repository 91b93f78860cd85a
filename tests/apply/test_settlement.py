"""Applying a credit note: a call of its own, told from the balance it lowers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from sandbox.client import Api

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import World, failures, message, statuses
from importer.api.client import Client
from importer.apply.run import Run
from importer.apply.settlement import Balances, moved
from importer.model import Manifest, StepId
from importer.outcome import Report, Status
from importer.state.files import open_for_writing

APPLY = "POST /credit_notes/"
PART = StepId("credit_notes", "C-1", "O-1#1")
MADE = manifest(contacts=[contact()], invoices=[invoice("O-1", "1000")], credit_notes=[note("C-1", "300", on="O-1")])


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    api = Api(world.books)
    yield api
    api.close()


def credited(world: World) -> int:
    """Paise by which the one invoice was lowered."""
    (row,) = world.rows("invoices")
    return int(row["credited"])


def test_a_note_is_applied_after_the_payments_of_its_invoice(world: World) -> None:
    payments = [payment(f"U-{number}", "200", of="O-1") for number in range(3)]
    made = manifest(
        contacts=[contact()],
        invoices=[invoice("O-1", "1000")],
        credit_notes=[note("C-1", "400", on="O-1")],
        payments=payments,
    )
    world.apply(made)
    posts = [seen.path for seen in world.wire.seen if seen.method == "POST"]
    assert posts[-1].endswith("/apply-to-invoice")
    assert posts.count("/payments") == 3
    assert credited(world) == 40000
    world.is_whole(made)


def test_a_note_is_applied_although_a_payment_of_its_invoice_failed(world: World) -> None:
    made = manifest(
        contacts=[contact()],
        invoices=[invoice("O-1", "1000")],
        credit_notes=[note("C-1", "400", on="O-1")],
        payments=[payment("U-1", "200", of="O-1")],
    )
    world.fault("POST /payments", wire.answers(400, {"code": "validation.failed", "message": "No."}))
    report = world.apply(made)
    assert failures(report) == {"payments/U-1": "validation.failed"}
    assert credited(world) == 40000


def test_the_balances_before_stand_in_the_intent(world: World) -> None:
    world.fault(APPLY, wire.breaks(httpx.ReadError), times=wire.EVER)
    assert failures(world.apply(MADE)) == {"credit_notes/C-1 O-1#1": "no-answer"}
    (intent,) = world.intents()
    assert intent.operation == "apply"
    assert intent.before == {"balance": "1000", "target": world.rows("invoices")[0]["id"], "used": "0"}
    assert intent.rows[0][:3] == PART


FAULTS: dict[str, tuple[wire.Act, int]] = {
    "lost before the work": (wire.breaks(httpx.ReadError), 3),
    "lost after the work, not cached": (wire.breaks(httpx.ReadTimeout, done=True), 1),
    "lost after the work, cached": (wire.breaks(httpx.ReadTimeout, done=True, kept=True), 1),
    "503 after the work": (wire.answers(503, wire.FAILED, done=True), 1),
    "503 before the work": (wire.answers(503, wire.FAILED), 2),
    "in progress": (wire.answers(409, wire.BUSY), 2),
    "half an answer": (wire.cut_short, 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_lowers_the_balance_once(world: World, name: str) -> None:
    act, times = FAULTS[name]
    world.fault(APPLY, act, times=times)
    report = world.apply(MADE)
    assert statuses(report)["credit_notes/C-1 O-1#1"] is Status.APPLIED
    assert credited(world) == 30000
    assert PART in world.receipts()
    world.is_whole(MADE)
    assert world.plan(MADE).idle


def test_a_balance_lowered_by_the_amount_is_not_applied_again(world: World) -> None:
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout, done=True))
    world.apply(MADE)
    assert len([seen for seen in world.wire.seen if seen.call.startswith(APPLY)]) == 1


def test_a_balance_that_is_unchanged_means_the_same_call_again(world: World) -> None:
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout))
    world.apply(MADE)
    tries = [seen for seen in world.wire.seen if seen.call.startswith(APPLY)]
    assert len(tries) == 2
    assert len({(seen.key, seen.body) for seen in tries}) == 1


@pytest.mark.parametrize("paid", [1, 20000, 100000])
def test_a_balance_moved_by_another_amount_is_left_to_a_person(world: World, paid: int) -> None:
    moved = wire.meanwhile(lambda: world.sql("UPDATE invoices SET paid = ?", paid), wire.breaks(httpx.ReadTimeout))
    world.fault(APPLY, moved)
    report = world.apply(MADE)
    assert failures(report) == {"credit_notes/C-1 O-1#1": "balance-moved"}
    assert credited(world) == 0
    assert len(world.intents()) == 1
    # Nor does the next run send it blindly.
    world.calm()
    assert failures(world.apply(MADE)) == {"credit_notes/C-1 O-1#1": "open-intent"}
    assert not world.wire.calls("POST")


def test_more_than_is_open_is_refused_before_anything_is_sent(world: World) -> None:
    before = manifest(contacts=[contact()], invoices=[invoice("O-1", "1000")])
    world.apply(before)
    world.sql("UPDATE invoices SET paid = 80000")  # somebody took the customer's money in FinzBooks
    report = world.apply(MADE)
    assert failures(report) == {"credit_notes/C-1 O-1#1": "over-application"}
    told = message(report, "credit_notes/C-1 O-1#1")
    assert "300 cannot be applied" in told
    assert "only 200 of it is open" in told
    assert not [seen for seen in world.wire.seen if seen.call.startswith(APPLY)]
    assert world.intents() == ()


def test_a_refused_application_can_be_tried_by_the_next_run(world: World) -> None:
    world.fault(APPLY, wire.answers(400, {"code": "validation.invalid_value", "message": "No.", "field": "amount"}))
    assert failures(world.apply(MADE)) == {"credit_notes/C-1 O-1#1": "validation.invalid_value"}
    assert world.intents() == ()
    assert world.generation(*PART) == 1
    assert statuses(world.apply(MADE)) == {"credit_notes/C-1 O-1#1": Status.APPLIED}
    assert credited(world) == 30000


def test_an_invoice_without_a_readable_balance_makes_a_lost_answer_stay_open(world: World) -> None:
    world.fault("GET /invoices/", wire.changed(lambda answer: answer["invoice"].pop("balance")), times=wire.EVER)
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout, done=True))
    assert failures(world.apply(MADE)) == {"credit_notes/C-1 O-1#1": "balance-moved"}
    assert len(world.intents()) == 1


def test_notes_on_one_invoice_are_applied_one_after_the_other(world: World) -> None:
    notes = [note(f"C-{number}", "100", on="O-1", date=f"2026-05-2{number}") for number in range(5)]
    made = manifest(contacts=[contact()], invoices=[invoice("O-1", "1000")], credit_notes=notes)
    under_way = most = 0

    def around(call: wire.Act) -> wire.Act:
        async def act(carrier: wire.Wire, request: httpx.Request) -> httpx.Response:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await world.clock.sleep(1)
            answer = await call(carrier, request)
            under_way -= 1
            return answer

        return act

    world.fault(APPLY, around(lambda carrier, request: carrier.forward(request)), times=wire.EVER)
    world.apply(made)
    assert most == 1
    assert credited(world) == 50000
    world.is_whole(made)


def test_one_note_may_lower_several_invoices_and_one_twice(world: World) -> None:
    applications = [{"invoice": "O-1", "amount": "10"}, {"invoice": "O-2", "amount": "20"}]
    applications.append({"invoice": "O-1", "amount": "10"})
    made = manifest(
        contacts=[contact()],
        invoices=[invoice("O-1", "1000"), invoice("O-2", "500")],
        credit_notes=[note("C-1", "40", applications=applications)],
    )
    world.apply(made)
    assert sorted(row["credited"] for row in world.rows("invoices")) == [2000, 2000]
    assert {step.part for step in world.receipts() if step.part} == {"O-1#1", "O-1#2", "O-2#1"}
    world.is_whole(made)


def test_an_application_added_later_is_a_call_of_its_own(world: World) -> None:
    def made(*targets: str) -> Manifest:
        applications = [{"invoice": target, "amount": "10"} for target in targets]
        return manifest(
            contacts=[contact()],
            invoices=[invoice("O-1"), invoice("O-2", "500")],
            credit_notes=[note("C-1", "40", applications=applications)],
        )

    world.apply(made("O-1"))
    world.calm()
    assert statuses(world.apply(made("O-1", "O-2"))) == {"credit_notes/C-1 O-2#1": Status.APPLIED}
    assert sum(world.wire.calls("POST").values()) == 1


ONCE = "credit_notes/C-1 O-1#1"
READ = "GET /credit_notes/{id}"
REFUSED = {"code": "validation.invalid_value", "message": "No.", "field": "amount"}


def split(*targets: str, total: str = "40") -> Manifest:
    """Two invoices, and a note of which 10 go to each of ``targets``."""
    return manifest(
        contacts=[contact()],
        invoices=[invoice("O-1"), invoice("O-2", "500")],
        credit_notes=[note("C-1", total, applications=[{"invoice": one, "amount": "10"} for one in targets])],
    )


def posted(world: World) -> int:
    """How many applications were sent."""
    return sum(world.wire.calls(APPLY).values())


def test_an_old_copy_of_the_state_applies_nothing_twice(world: World, tmp_path: Path) -> None:
    world.fault(APPLY, wire.answers(400, REFUSED))
    world.apply(MADE)
    old = tmp_path / "old.db"
    shutil.copyfile(world.state, old)
    world.calm()
    world.apply(MADE)
    shutil.copyfile(old, world.state)
    world.sql("DELETE FROM answers")  # no key is remembered for ever
    world.calm()
    (step,) = world.plan(MADE).conflicts
    assert (str(step.id), step.code) == (ONCE, "partly-applied")
    assert (posted(world), credited(world), world.intents()) == (0, 30000, ())


def test_an_invoice_whose_balance_does_not_move_with_credits_is_not_credited_twice(world: World) -> None:
    def stuck() -> None:
        still = wire.changed(lambda answer: answer["invoice"].update(balance=1000))
        world.fault("GET /invoices/", still, times=wire.EVER)

    stuck()
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout, done=True))
    assert failures(world.apply(MADE)) == {ONCE: "balance-moved"}
    assert (posted(world), credited(world), len(world.intents())) == (1, 30000, 1)
    with open_for_writing(world.state) as store:  # somebody thinks it was not done
        (intent,) = store.intents()
        store.close(intent)
    world.calm()
    stuck()
    assert [step.code for step in world.plan(MADE).conflicts] == ["partly-applied"]


def test_a_note_that_a_guard_against_duplicates_gave_is_read_before_it_is_applied(world: World) -> None:
    world.apply(MADE)
    world.state.unlink()
    world.sql("DELETE FROM answers")
    world.calm()
    # It is not yet in the list when the plan is made, and it is there when its create is refused.
    world.fault("GET /credit_notes", wire.changed(lambda answer: answer["credit_notes"].clear()))
    world.fault("POST /credit_notes", wire.answers(409, {"code": "conflict.duplicate", "message": "It is there."}))
    report = world.apply(MADE)
    assert statuses(report)["credit_notes/C-1"] is Status.ADOPTED
    assert failures(report) == {ONCE: "note-already-used"}
    assert (posted(world), credited(world)) == (0, 30000)


def test_what_was_applied_by_hand_meanwhile_stops_the_next_application(world: World) -> None:
    world.apply(split("O-1"))
    by_hand = "UPDATE credit_notes SET applied = applied + 1500"
    report = world.apply(split("O-1", "O-2"), meanwhile=lambda: world.sql(by_hand))
    assert failures(report) == {"credit_notes/C-1 O-2#1": "note-already-used"}
    assert "that 25 of" in message(report, "credit_notes/C-1 O-2#1")
    assert "applications of 10." in message(report, "credit_notes/C-1 O-2#1")


def test_an_application_that_was_taken_back_by_hand_stops_the_next_one_as_well(world: World) -> None:
    world.apply(split("O-1"))
    by_hand = "UPDATE credit_notes SET applied = 0"
    report = world.apply(split("O-1", "O-2"), meanwhile=lambda: world.sql(by_hand))
    assert failures(report) == {"credit_notes/C-1 O-2#1": "note-already-used"}


def test_what_was_applied_by_hand_is_seen_by_the_plan(world: World) -> None:
    world.apply(split("O-1"))
    world.sql("UPDATE credit_notes SET applied = applied + 1500")
    (step,) = world.plan(split("O-1", "O-2")).conflicts
    assert (str(step.id), step.code) == ("credit_notes/C-1 O-2#1", "partly-applied")


def test_an_application_that_is_gone_from_the_manifest_is_remembered_as_used(world: World) -> None:
    world.apply(split("O-1"))
    gone = split("O-2")  # a conflict, beside which the new application can be sent all the same

    async def use(client: Client) -> Report:
        with open_for_writing(world.state) as store:
            prepared = await world._prepare(client, gone, store, False)
            assert [step.code for step in prepared.plan.conflicts] == ["application-gone"]
            return await Run(world._context(client, store, prepared), prepared.plan, world._told).carry_out()

    assert statuses(world._with_client(use)) == {"credit_notes/C-1 O-2#1": Status.APPLIED}


@pytest.mark.parametrize("missing", ["total", "balance"])
def test_a_note_without_a_readable_balance_is_applied_by_the_balance_of_its_target(world: World, missing: str) -> None:
    world.apply(split("O-1"))
    world.calm()
    world.fault("GET /credit_notes/", wire.changed(lambda answer: answer["credit_note"].pop(missing)), times=wire.EVER)
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout, done=True))
    assert statuses(world.apply(split("O-1", "O-2"))) == {"credit_notes/C-1 O-2#1": Status.APPLIED}
    assert posted(world) == 1


def test_float_dust_in_a_balance_hides_nothing_of_it(world: World) -> None:
    def dusty(name: str) -> wire.Act:
        return wire.changed(lambda answer: answer[name].update(balance=answer[name]["balance"] - 0.000000000000023))

    world.fault("GET /invoices/", dusty("invoice"), times=wire.EVER)
    world.fault("GET /credit_notes/", dusty("credit_note"), times=wire.EVER)
    made = manifest(
        contacts=[contact()],
        invoices=[invoice("O-1", "19.90")],
        credit_notes=[
            note("C-1", "19.80", on="O-1", applications=[{"invoice": "O-1", "amount": "9.90"}] * 2),
            note("C-2", "0.10", on="O-1"),
        ],
    )
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout, done=True), nth=2)
    assert failures(world.apply(made)) == {}
    assert (posted(world), credited(world)) == (3, 1990)


def test_a_note_that_this_run_has_created_is_not_read_for_its_first_application(world: World) -> None:
    world.apply(MADE)
    assert world.sent[READ] == 0


def test_the_reads_of_applications_are_predicted(world: World) -> None:
    # The first application of a new note needs none; one of a note that is known is looked at before and after.
    for targets, reads in (("O-1", "O-2"), 2), (("O-1", "O-2", "O-2"), 3), (("O-1", "O-2", "O-2", "O-1"), 3):
        assert not world.apply(split(*targets)).bad
        assert world.made is not None
        assert dict(world.made.calls.by_endpoint) == dict(world.sent)
        assert world.sent[READ] == reads


def test_after_an_application_whose_outcome_is_not_known_nothing_more_of_its_note_is_sent(
    world: World,
) -> None:
    world.fault(APPLY, wire.breaks(httpx.ReadTimeout, done=True), times=1)
    world.fault("GET /invoices/", wire.answers(503, wire.FAILED), nth=2, times=6)
    report = world.apply(split("O-1", "O-2"))
    assert failures(report) == {
        "credit_notes/C-1 O-1#1": "no-answer",
        "credit_notes/C-1 O-2#1": "waits-for-open-intent",
    }


BEFORE = Balances(Decimal(100), Decimal(0))


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (BEFORE, BEFORE, None),
        (BEFORE, Balances(Decimal(70), Decimal(30)), True),
        (BEFORE, Balances(Decimal(70), Decimal(0)), False),  # a payment of the same amount
        (BEFORE, Balances(Decimal(100), Decimal(30)), False),  # applied to something else, or not shown
        (BEFORE, Balances(Decimal(80), Decimal(30)), False),
        (BEFORE, Balances(Decimal(70), Decimal(20)), False),
        (BEFORE, Balances(Decimal(130), Decimal(0)), False),
        (BEFORE, Balances(None, Decimal(30)), False),
        (BEFORE, Balances(Decimal(70), None), True),
        (BEFORE, Balances(Decimal(100), None), None),
        (Balances(Decimal(100), None), Balances(Decimal(70), Decimal(40)), True),
        (Balances(None, Decimal(0)), BEFORE, False),
    ],
)
def test_only_balances_that_all_moved_by_the_amount_or_not_at_all_tell_what_became_of_it(
    before: Balances, now: Balances, told: bool | None
) -> None:
    assert moved(before, now, Decimal(30)) is told
