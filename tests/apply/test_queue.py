"""What may leave when. No network, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.apply.queue import Locks, Queue, Unit
from importer.model import Action, Document, Path, Place, Ref, StepId, Tree
from importer.plan.value import Entry, Step


class Nowhere:
    """The locator of a document of no file."""

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return Place("a.yaml", 1, 1)


NOWHERE = Nowhere()


def one(name: str, *needs: str, after: Iterable[str] = (), action: Action = Action.CREATE, on: str = "") -> Step:
    """A step named ``kind/key``; with ``on`` an application to that target."""
    kind, _, key = name.partition("/")
    entry = Entry(0, on, "", Decimal(1)) if on else None
    part = f"{on}#1" if on else ""
    return Step(
        StepId(kind, key, part),
        Action.APPLY if on else action,
        needs=tuple(map(named, needs)),
        after=tuple(map(named, after)),
        entry=entry,
    )


def named(name: str) -> StepId:
    kind, _, key = name.partition("/")
    return StepId(kind, key)


def keys(unit: Unit | None) -> list[str]:
    return [step.id.key for step in unit or ()]


def drain(queue: Queue) -> list[Unit]:
    """Take all that may leave now."""
    units = []
    while (unit := queue.take()) is not None:
        units.append(unit)
    return units


def invoices(count: int, *needs: str, start: int = 0) -> list[Step]:
    return [one(f"invoices/{number}", *needs) for number in range(start, start + count)]


def test_an_empty_queue_gives_nothing() -> None:
    queue = Queue([])
    assert queue.take() is None
    assert queue.left == 0


def test_a_batch_takes_fifty() -> None:
    queue = Queue(invoices(120))
    first = queue.take()
    assert first is not None
    assert keys(first) == [str(number) for number in range(50)]
    queue.done(first)
    assert [len(unit) for unit in drain(queue)] == [50, 20]


def test_a_batch_that_is_not_full_waits_for_what_could_fill_it() -> None:
    queue = Queue([one("contacts/a"), *invoices(10), *invoices(10, "contacts/a", start=10)])
    contact = queue.take()
    assert keys(contact) == ["a"]
    assert queue.take() is None
    assert contact is not None
    queue.done(contact)
    assert len(queue.take() or ()) == 20


def test_a_batch_that_is_not_full_leaves_when_nothing_is_under_way_that_could_fill_it() -> None:
    # The last invoices need a payment that needs the first ones.
    queue = Queue([*invoices(10), one("payments/p", "invoices/0"), *invoices(5, "payments/p", start=10)])
    first = queue.take()
    assert len(first or ()) == 10
    assert queue.take() is None
    assert first is not None
    queue.done(first)
    payment = queue.take()
    assert keys(payment) == ["p"]
    assert payment is not None
    queue.done(payment)
    assert len(queue.take() or ()) == 5


def test_what_is_numbered_leaves_in_the_order_of_the_plan_once_all_of_it_may() -> None:
    """Else the invoice of the customer that happened to be booked last would get the last number."""
    queue = Queue(
        [one("contacts/z"), one("contacts/a"), one("invoices/1", "contacts/a"), one("invoices/2", "contacts/z")]
    )
    first = queue.take()
    assert keys(first) == ["z"]
    assert first is not None
    queue.done(first)
    second = queue.take()  # the contact that the first invoice needs, and not yet the second invoice
    assert keys(second) == ["a"]
    assert second is not None
    assert queue.take() is None
    queue.done(second)
    assert keys(queue.take()) == ["1", "2"]


def test_a_full_batch_of_what_is_numbered_waits_for_an_earlier_one_that_may_still_come() -> None:
    queue = Queue([one("contacts/z"), *invoices(1, "contacts/z"), *invoices(60, start=1)])
    contact = queue.take()
    assert keys(contact) == ["z"]
    assert queue.take() is None
    assert contact is not None
    queue.done(contact)
    assert keys(queue.take()) == [str(number) for number in range(50)]


def test_the_first_call_of_a_lane_returns_before_the_second_leaves() -> None:
    queue = Queue([one(f"contacts/{number}") for number in range(5)])
    (first,) = drain(queue)
    queue.done(first)
    assert len(drain(queue)) == 4


def test_lanes_do_not_wait_for_each_other() -> None:
    queue = Queue([one("contacts/a"), one("items/b"), one("contacts/c", action=Action.UPDATE)])
    assert len(drain(queue)) == 3


def test_after_a_failed_first_call_one_at_a_time_leaves_until_one_succeeds() -> None:
    queue = Queue([one(f"contacts/{number}") for number in range(6)])
    for number in range(3):
        (unit,) = drain(queue)
        assert keys(unit) == [str(number)]
        assert queue.done(unit, [StepId("contacts", str(number))]) == []
    (unit,) = drain(queue)
    queue.done(unit)
    assert [keys(unit) for unit in drain(queue)] == [["4"], ["5"]]


def test_a_batch_of_which_one_row_succeeded_proves_its_lane() -> None:
    queue = Queue(invoices(200))
    (first,) = drain(queue)
    queue.done(first, [step.id for step in first[1:]])
    assert len(drain(queue)) == 3


def test_a_batch_of_which_no_row_succeeded_proves_nothing() -> None:
    queue = Queue(invoices(200))
    (first,) = drain(queue)
    queue.done(first, [step.id for step in first])
    assert len(drain(queue)) == 1


def test_what_unlocks_most_leaves_first_and_else_what_stands_first_in_the_plan() -> None:
    queue = Queue(
        [
            *(one("contacts/a"), one("contacts/b"), one("contacts/c"), one("contacts/d")),
            one("payments/p", "contacts/d"),
            *(one("invoices/1", "contacts/c"), one("credit_notes/n", "invoices/1")),
        ]
    )
    left = []
    while (unit := queue.take()) is not None:
        left.append(keys(unit)[0])
        queue.done(unit)
    assert [key for key in left if key in "abcd"] == ["c", "d", "a", "b"]


def test_what_is_needed_comes_first() -> None:
    queue = Queue([one("contacts/a"), one("payments/p", "contacts/a", "items/not-of-this-run")])
    (first,) = drain(queue)
    queue.done(first)
    assert [keys(unit) for unit in drain(queue)] == [["p"]]


def test_a_failed_step_takes_only_its_dependents_and_says_because_of_what() -> None:
    queue = Queue(
        [
            *(one("contacts/a"), one("items/i"), one("payments/p", "contacts/a")),
            *(one("credit_notes/n", "payments/p"), one("credit_notes/m", "items/i")),
        ]
    )
    contact, item = drain(queue)
    assert queue.done(contact, [StepId("contacts", "a")]) == [
        (StepId("payments", "p"), StepId("contacts", "a")),
        (StepId("credit_notes", "n"), StepId("payments", "p")),
    ]
    queue.done(item)
    assert [keys(unit) for unit in drain(queue)] == [["m"]]


def test_a_row_of_a_batch_fails_alone() -> None:
    queue = Queue([*invoices(3), *(one(f"payments/{number}", f"invoices/{number}") for number in range(3))])
    (batch,) = drain(queue)
    assert queue.done(batch, [StepId("invoices", "1")]) == [(StepId("payments", "1"), StepId("invoices", "1"))]
    assert keys(queue.take()) == ["0"]


def test_a_step_that_two_failures_reach_is_skipped_once() -> None:
    needs = [one("contacts/a"), one("payments/p", "contacts/a", "credit_notes/n"), one("credit_notes/n", "contacts/a")]
    queue = Queue(needs)
    (contact,) = drain(queue)
    skipped = queue.done(contact, [StepId("contacts", "a")])
    assert sorted(step for step, _ in skipped) == [StepId("credit_notes", "n"), StepId("payments", "p")]
    assert queue.left == 0


def test_what_comes_after_waits_and_does_not_fail() -> None:
    queue = Queue([one("contacts/a"), one("payments/p", "contacts/a"), one("credit_notes/n", after=["payments/p"])])
    (contact,) = drain(queue)
    skipped = queue.done(contact, [StepId("contacts", "a")])
    assert [step for step, _ in skipped] == [StepId("payments", "p")]
    assert [keys(unit) for unit in drain(queue)] == [["n"]]


def proven(queue: Queue) -> None:
    """Bring the lane of applications beyond its first call."""
    (first,) = drain(queue)
    queue.done(first)


def test_one_application_at_a_time_touches_a_note() -> None:
    queue = Queue([one("credit_notes/z", on="z"), one("credit_notes/n", on="a"), one("credit_notes/n", on="b")])
    proven(queue)
    (first,) = drain(queue)
    queue.done(first)
    assert len(drain(queue)) == 1


def by_id(step: Step) -> Step:
    """The application ``step``, its target named by its id."""
    assert step.entry is not None
    return replace(step, entry=replace(step.entry, target_key="", target_id=step.entry.target_key))


def test_an_invoice_named_by_key_and_by_id_is_one_invoice() -> None:
    ids = {Ref("invoices", "a"): "inv_1", Ref("invoices", "b"): "inv_2"}
    steps = [one("credit_notes/z", on="z"), one("credit_notes/n", on="a"), by_id(one("credit_notes/m", on="inv_1"))]
    queue = Queue([*steps, by_id(one("credit_notes/o", on="inv_2")), one("credit_notes/p", on="b")], ids)
    proven(queue)
    units = drain(queue)
    assert [keys(unit) for unit in units] == [["n"], ["o"]]
    queue.done(units[0])
    assert [keys(unit) for unit in drain(queue)] == [["m"]]
    queue.done(units[1])
    assert [keys(unit) for unit in drain(queue)] == [["p"]]


def test_a_key_that_reads_as_the_id_of_another_invoice_is_not_that_invoice() -> None:
    queue = Queue(
        [one("credit_notes/z", on="z"), one("credit_notes/n", on="a"), by_id(one("credit_notes/m", on="a"))],
        {Ref("invoices", "a"): "inv_1"},
    )
    proven(queue)
    assert [keys(unit) for unit in drain(queue)] == [["n"], ["m"]]


def test_an_id_that_becomes_known_while_calls_are_under_way_frees_only_what_each_of_them_held() -> None:
    ids: dict[Ref, str] = {}
    steps = [one("credit_notes/z", on="z"), one("credit_notes/n", on="a"), one("credit_notes/m", on="a")]
    queue = Queue([*steps, by_id(one("credit_notes/o", on="inv_1"))], ids)
    proven(queue)
    (first, other) = drain(queue)
    assert (keys(first), keys(other)) == (["n"], ["o"])
    ids[Ref("invoices", "a")] = "inv_1"
    queue.done(first)
    assert drain(queue) == []  # the other one is still under way, and is now known to be on the same invoice
    queue.done(other)
    assert [keys(unit) for unit in drain(queue)] == [["m"]]


def paying(key: str, target: dict[str, Tree]) -> Step:
    """The create of a payment that is allocated to ``target``."""
    fields: dict[str, Tree] = {"key": key, "allocations": [{**target, "amount": "1"}]}
    return replace(one(f"payments/{key}"), document=Document("payments", key, fields, "a.yaml", 0, NOWHERE))


def test_a_payment_that_is_allocated_and_an_application_do_not_touch_one_invoice_at_a_time() -> None:
    ids = {Ref("invoices", "a"): "inv_1"}
    queue = Queue([one("credit_notes/n", on="a"), paying("p", {"invoice_id": "inv_1"})], ids)
    (first,) = drain(queue)
    assert keys(first) == ["n"]
    queue.done(first)
    assert [keys(unit) for unit in drain(queue)] == [["p"]]


def test_payments_of_other_invoices_leave_together() -> None:
    steps = [paying(key, {"invoice": on}) for key, on in (("p", "z"), ("q", "a"), ("r", "a"), ("s", "b"))]
    queue = Queue(steps)
    proven(queue)
    units = drain(queue)
    assert [keys(unit) for unit in units] == [["q"], ["s"]]
    queue.done(units[0])
    assert [keys(unit) for unit in drain(queue)] == [["r"]]


def test_one_application_at_a_time_touches_an_invoice_and_others_pass_by() -> None:
    steps = [one("credit_notes/z", on="z"), one("credit_notes/n", on="a"), one("credit_notes/m", on="a")]
    queue = Queue([*steps, one("credit_notes/o", on="b")])
    proven(queue)
    units = drain(queue)
    assert [keys(unit) for unit in units] == [["n"], ["o"]]
    queue.done(units[0])
    assert [keys(unit) for unit in drain(queue)] == [["m"]]


def test_what_a_step_in_doubt_may_have_settled_stays_held_and_the_step_is_named() -> None:
    steps = [one("credit_notes/z", on="z"), one("credit_notes/n", on="a"), one("credit_notes/m", on="a")]
    queue = Queue([*steps, one("credit_notes/o", on="b")])
    proven(queue)
    doubtful, other = drain(queue)
    queue.done(doubtful, [doubtful[0].id], in_doubt=True)
    queue.done(other)
    assert drain(queue) == []
    held = StepId("credit_notes", "m", "a#1")
    assert queue.open_steps() == (held,)
    assert queue.behind(held) == doubtful[0].id == StepId("credit_notes", "n", "a#1")
    assert queue.behind(other[0].id) is None


def test_nothing_stands_behind_a_step_that_failed_for_certain() -> None:
    queue = Queue([one("credit_notes/n", on="a"), one("credit_notes/m", on="a")])
    (failed,) = drain(queue)
    queue.done(failed, [failed[0].id])
    assert queue.behind(StepId("credit_notes", "m", "a#1")) is None


def test_a_stopped_kind_sends_nothing_more_and_takes_its_dependents() -> None:
    queue = Queue(
        [
            *(one("contacts/a"), one("contacts/b"), one("contacts/c", "items/i"), one("items/i")),
            one("payments/o", "contacts/a"),
            one("payments/p", "contacts/b"),
            one("payments/q", "items/i"),
        ]
    )
    contact, item = drain(queue)
    stopped = queue.stop("contacts")
    assert stopped == [StepId("contacts", "b"), StepId("contacts", "c")]
    assert queue.drop(stopped) == [(StepId("payments", "p"), StepId("contacts", "b"))]
    assert queue.done(contact) == []
    assert queue.done(item) == []
    assert [keys(unit) for unit in drain(queue)] == [["o"]]


def test_a_dropped_step_that_was_to_fill_a_batch_lets_it_go() -> None:
    queue = Queue([one("contacts/a"), *invoices(3), *invoices(2, "contacts/a", start=3)])
    (contact,) = drain(queue)
    queue.done(contact, [StepId("contacts", "a")])
    assert len(queue.take() or ()) == 3


def test_what_is_open_is_told_in_the_order_of_the_plan() -> None:
    queue = Queue([one("contacts/a"), one("contacts/b"), one("payments/p", "contacts/a")])
    assert queue.left == 3
    assert [step.key for step in queue.open_steps()] == ["a", "b", "p"]
    (contact,) = drain(queue)
    queue.done(contact)
    assert [step.key for step in queue.open_steps()] == ["b", "p"]


KINDS = ("contacts", "items", "invoices", "payments", "credit_notes")


@st.composite
def graphs(draw: st.DrawFn) -> list[Step]:
    """Steps in any order whose needs and afters form no loop."""
    size = draw(st.integers(0, 25))
    names = [f"{draw(st.sampled_from(KINDS))}/{number}" for number in range(size)]
    steps = []
    for number, name in enumerate(names):
        before = st.lists(st.sampled_from(names[:number]), max_size=4) if number else st.just([])
        needs, after = draw(before), draw(before)
        on = draw(st.sampled_from(["", "x", "y"])) if name.startswith("credit_notes") else ""
        steps.append(one(name, *needs, after=after))
        if on:
            steps.append(one(name, name, after=after, on=on))
    return draw(st.permutations(steps))


@settings(max_examples=150, deadline=None)
@given(steps=graphs(), data=st.data())
def test_all_is_done_or_skipped_for_a_reason_and_nothing_before_its_needs(
    steps: Sequence[Step], data: st.DataObject
) -> None:
    queue, locks = Queue(steps), Locks()
    under_way: list[Unit] = []
    done: set[StepId] = set()
    failed: set[StepId] = set()
    skipped: dict[StepId, StepId] = {}
    by_id = {step.id: step for step in steps}
    while True:
        units = drain(queue)
        for unit in units:
            assert 1 <= len(unit) <= 50
            for step in unit:
                assert set(step.needs) <= done
                assert set(step.after) <= done | failed | skipped.keys()
                assert not locks.of((step,)) & {lock for other in under_way for lock in locks.of(other)}
            under_way.append(unit)
        if not under_way:
            break
        unit = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        bad = data.draw(st.sets(st.sampled_from([step.id for step in unit])))
        for gone, because in queue.done(unit, bad):
            assert gone not in skipped
            assert because in by_id[gone].needs
            skipped[gone] = because
        failed |= bad
        done |= {step.id for step in unit} - bad
    assert queue.left == 0
    assert done | failed | skipped.keys() == by_id.keys()
    assert len(done) + len(failed) + len(skipped) == len(by_id)
    assert all(because in failed or because in skipped for because in skipped.values())
