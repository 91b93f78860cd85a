from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import Refused
from importer.model import Intent, IntentRow, Receipt, StepId
from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store
from state.odd import odd_intents, odd_receipts

Make = Callable[..., Any]

numbers = itertools.count()


def reading(path: Path) -> Store:
    opened = open_for_reading(path)
    assert opened is not None
    return opened


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(odd_receipts, max_size=4, unique_by=lambda one: (one.kind, one.key, one.part)))
def test_receipts_with_odd_text_come_back_as_they_went_in(tmp_path: Path, receipts: list[Receipt]) -> None:
    path = tmp_path / f"{next(numbers)}.db"
    with open_for_writing(path) as store:
        store.put(receipts)
    with reading(path) as store:
        by_name = {(one.kind, one.key, one.part): one for one in store.receipts()}
        assert by_name == {(one.kind, one.key, one.part): one for one in receipts}
        assert all(store.receipt(one.kind, one.key, one.part) == one for one in receipts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(odd_intents, max_size=3))
def test_intents_with_odd_text_come_back_as_they_went_in(tmp_path: Path, intents: list[Intent]) -> None:
    path = tmp_path / f"{next(numbers)}.db"
    with open_for_writing(path) as store:
        begun = [store.begin(intent) for intent in intents]
    with reading(path) as store:
        assert store.intents() == tuple(begun)
    assert [replace(one, id=0) for one in begun] == intents


# A sequence of raises and of removed receipts, over few documents so that they meet.
some_rows = st.builds(
    IntentRow, st.just("invoices"), st.sampled_from("ab"), st.sampled_from(["", "x#1"]), st.integers(0, 4)
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.lists(some_rows, min_size=1, max_size=3)), max_size=6))
def test_generations_never_fall(tmp_path: Path, receipt: Make, intent: Make, steps: list[Any]) -> None:
    with open_for_writing(tmp_path / f"{next(numbers)}.db") as store:
        for removing, rows in steps:
            before = store.generations()
            if removing:
                gone = [receipt(row.key, part=row.part, generation=row.generation) for row in rows]
                store.put(gone)
                store.put(removed=gone)
            else:
                store.close(store.begin(intent("a")), raised=rows)
            after = store.generations()
            assert all(after[name] >= number for name, number in before.items())
            assert all(store.generation(row.kind, row.key, row.part) > row.generation for row in rows)


def test_a_new_store_is_empty_unbound_and_has_a_lineage_of_its_own(tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "one") as one, open_for_writing(tmp_path / "two") as two:
        assert (list(one.receipts()), one.intents(), one.generations(), one.org_id, one.serial) == ([], (), {}, "", 0)
        assert one.receipt("invoices", "ORDER-1") is None
        assert one.generation("invoices", "ORDER-1") == 0
        assert one.lineage != two.lineage
        assert len(bytes.fromhex(one.lineage)) == 16


def test_the_lineage_stays_and_the_serial_goes_on_when_a_store_is_opened_again(path: Path, receipt: Make) -> None:
    with open_for_writing(path) as store:
        store.put([receipt()])
        first = (store.lineage, store.serial)
    with open_for_writing(path) as store:
        assert (store.lineage, store.serial) == first
        store.put([receipt("ORDER-2")])
        assert (store.lineage, store.serial) == (first[0], first[1] + 1)


def test_every_committed_change_raises_the_serial_by_one(store: Store, receipt: Make, intent: Make) -> None:
    changes: list[Callable[[], object]] = [
        lambda: store.bind("org_1"),
        lambda: store.put([receipt("A"), receipt("B")]),
        lambda: store.begin(intent("C", "D")),
        lambda: store.settle(store.intents()[0], [receipt("C")], remaining=store.intents()[0].rows[1:]),
        lambda: store.close(store.intents()[0], [receipt("D")]),
        lambda: store.put(removed=[receipt("A")]),
    ]
    for number, change in enumerate(changes, start=1):
        change()
        assert store.serial == number


def test_what_changes_nothing_leaves_the_serial_alone(store: Store) -> None:
    store.bind("org_1")
    store.bind("org_1")
    store.put([])
    assert store.serial == 1


def test_a_store_is_bound_once_and_refuses_another_org(store: Store) -> None:
    store.bind("org_1")
    with pytest.raises(Refused, match=r"org_1.*org_2") as info:
        store.bind("org_2")
    assert info.value.code == "wrong-org"
    assert store.org_id == "org_1"


def test_receipts_are_sorted_by_kind_key_and_part(store: Store, receipt: Make) -> None:
    names = [("items", "b", ""), ("invoices", "é", ""), ("invoices", "Z", ""), ("invoices", "a", "x#2")]
    names += [("invoices", "a", ""), ("invoices", "a", "x#10"), ("invoices", "🧾", ""), ("invoices", "\uffee", "")]
    store.put([receipt(key, kind=kind, part=part) for kind, key, part in names])
    assert [(one.kind, one.key, one.part) for one in store.receipts()] == sorted(names)


def test_a_receipt_put_again_is_replaced_but_keeps_when_it_was_created(store: Store, receipt: Make) -> None:
    store.put([receipt(created="2026-01-01", updated="2026-01-01")])
    later = receipt(
        remote_id="inv_2", number="N2", said={}, digest="cd", generation=3, source="b.csv", run="r2",
        created="2026-02-02", updated="2026-02-02", difference="total", accepted={"notes": "n"},
    )  # fmt: skip
    store.put([later])
    assert store.receipt("invoices", "ORDER-1") == replace(later, created="2026-01-01")


def test_accepted_differences_are_held_in_one_form_whatever_order_they_came_in(store: Store, receipt: Make) -> None:
    store.put([receipt("A", accepted={"a": None, "b": "1"}), receipt("B", accepted={"b": "1", "a": None})])
    held = store._db.execute("SELECT accepted FROM receipts").fetchall()
    assert held == [('{"a":null,"b":"1"}',)] * 2
    assert [one.accepted for one in store.receipts()] == [{"a": None, "b": "1"}] * 2


def test_an_intent_gets_an_id_that_is_never_given_again(store: Store, intent: Make) -> None:
    first = store.begin(intent("A"))
    store.close(first)
    second = store.begin(intent("A"))
    assert 0 < first.id < second.id


def test_an_intent_is_begun_once(store: Store, intent: Make) -> None:
    begun = store.begin(intent("A"))
    with pytest.raises(ValueError, match="begun before"):
        store.begin(begun)
    assert store.intents() == (begun,)


def test_closing_an_intent_remembers_its_receipts_and_raises_only_what_failed(
    store: Store, receipt: Make, intent: Make
) -> None:
    other, begun = store.begin(intent("X")), store.begin(intent("A", "B"))
    store.close(begun, [receipt("A")], raised=begun.rows[1:])
    assert store.intents() == (other,)
    assert [one.key for one in store.receipts()] == ["A"]
    assert store.generations() == {("invoices", "B", ""): 1}


def test_an_intent_settled_in_part_keeps_the_rest_of_its_rows_in_order(
    store: Store, receipt: Make, intent: Make
) -> None:
    begun = store.begin(intent("A", "B", "C", "D"))
    _, second, third, fourth = begun.rows
    left = store.settle(begun, [receipt("A"), receipt("C")], remaining=[fourth, second], raised=[third])
    assert left == replace(begun, rows=(second, fourth))
    assert store.intents() == (left,)
    assert store.generations() == {("invoices", "C", ""): 1}
    assert store.settle(left, [receipt("B"), receipt("D")]) is None
    assert store.intents() == ()


def test_a_settled_row_does_not_come_back(store: Store, receipt: Make, intent: Make) -> None:
    begun = store.begin(intent("A", "B"))
    store.settle(begun, [receipt("A")], remaining=begun.rows[1:])
    with pytest.raises(ValueError, match="not open in intent"):
        store.settle(begun, remaining=begun.rows[:1])


def test_an_intent_that_is_not_open_is_not_settled_and_nothing_is_written(
    store: Store, receipt: Make, intent: Make
) -> None:
    begun = store.begin(intent("A"))
    store.close(begun)
    with pytest.raises(ValueError, match="not open"):
        store.close(begun, [receipt("A")], raised=begun.rows)
    assert (list(store.receipts()), store.generations(), store.serial) == ([], {}, 2)


def test_a_settling_that_fails_midway_writes_nothing_of_itself(store: Store, receipt: Make, intent: Make) -> None:
    begun = store.begin(intent("A"))
    unspeakable = receipt("B", said={"amount": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        store.close(begun, [receipt("A"), unspeakable])
    assert (list(store.receipts()), store.intents(), store.serial) == ([], (begun,), 1)


def test_an_interrupt_in_a_change_leaves_the_store_usable_and_the_change_undone(store: Store, receipt: Make) -> None:
    class Interrupted(list[Receipt]):
        def __iter__(self) -> Any:
            yield receipt("A")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(Interrupted([receipt("A")]))
    store.put([receipt("B")])
    assert [one.key for one in store.receipts()] == ["B"]


def test_a_removed_receipt_leaves_the_next_generation_behind(store: Store, receipt: Make) -> None:
    known = receipt("A", generation=2)
    store.put([known])
    store.put(removed=[known])
    assert store.receipt("invoices", "A") is None
    assert store.generation("invoices", "A") == 3


def test_a_renamed_receipt_moves_in_one_change(store: Store, receipt: Make) -> None:
    store.put([receipt("old")])
    store.put([receipt("new", remote_id="inv_old")], removed=[receipt("old")])
    assert [(one.key, one.remote_id) for one in store.receipts()] == [("new", "inv_old")]
    assert store.serial == 2


# Closing one row by hand.


def test_one_row_of_a_call_is_closed_and_the_others_stay_open(store: Store, receipt: Make, intent: Make) -> None:
    begun = store.begin(intent("A", "B", "C"))
    assert store.close_row(StepId("invoices", "B"), [receipt("B")])
    assert store.intents() == (replace(begun, rows=(begun.rows[0], begun.rows[2])),)
    assert [one.key for one in store.receipts()] == ["B"]
    assert (store.generations(), store.serial) == ({}, 2)


def test_a_call_whose_last_open_row_is_closed_is_over(store: Store, intent: Make) -> None:
    other, begun = store.begin(intent("X")), store.begin(intent("A", "B"))
    left = store.settle(begun, remaining=begun.rows[1:])
    assert left is not None
    assert store.close_row(left.rows[0])
    assert store.intents() == (other,)


def test_a_row_is_closed_in_every_call_that_holds_it_as_it_is_open_now(store: Store, intent: Make) -> None:
    row = IntentRow("invoices", "A", "", 3)
    store.begin(intent(rows=(row, IntentRow("invoices", "B", "", 0))))
    store.begin(intent(rows=(row._replace(generation=4),)))
    assert store.close_row(row._replace(generation=0), not_done=True)
    assert [[one.key for one in open_.rows] for open_ in store.intents()] == [["B"]]
    assert store.generations() == {("invoices", "A", ""): 5}


def test_an_application_is_closed_without_its_document(store: Store, intent: Make) -> None:
    rows = (IntentRow("credit_notes", "CN-1", "ORDER-1#1", 0), IntentRow("credit_notes", "CN-1", "", 0))
    store.begin(intent(rows=rows))
    store.close_row(StepId("credit_notes", "CN-1", "ORDER-1#1"), not_done=True)
    assert store.intents()[0].rows == rows[1:]
    assert store.generations() == {("credit_notes", "CN-1", "ORDER-1#1"): 1}


def test_closing_a_row_that_is_not_open_just_puts_the_receipts(store: Store, receipt: Make, intent: Make) -> None:
    begun = store.begin(intent("A"))
    assert not store.close_row(StepId("invoices", "B"), [receipt("B")], not_done=True)
    assert store.intents() == (begun,)
    assert [one.key for one in store.receipts()] == ["B"]
    assert (store.generations(), store.serial) == ({}, 2)


def test_closing_a_row_that_is_not_open_with_nothing_to_put_changes_nothing(store: Store) -> None:
    assert not store.close_row(StepId("invoices", "A"), not_done=True)
    assert store.serial == 0


def test_a_document_with_an_open_call_is_forgotten_in_one_change(store: Store, receipt: Make, intent: Make) -> None:
    known = receipt("A", generation=2)
    store.put([known])
    store.begin(intent("A", operation="update"))
    store.close_row(StepId("invoices", "A"), removed=[known], not_done=True)
    assert (list(store.receipts()), store.intents(), store.serial) == ([], (), 3)
    assert store.generation("invoices", "A") == 3


def test_parts_of_a_document_have_receipts_and_generations_of_their_own(store: Store, receipt: Make) -> None:
    store.put([receipt("CN-1", kind="credit_notes"), receipt("CN-1", kind="credit_notes", part="ORDER-1#1")])
    store.put(removed=[receipt("CN-1", kind="credit_notes", part="ORDER-1#1")])
    assert store.receipt("credit_notes", "CN-1") is not None
    assert store.receipt("credit_notes", "CN-1", "ORDER-1#1") is None
    assert store.generations() == {("credit_notes", "CN-1", "ORDER-1#1"): 1}


def test_a_full_disk_is_said_and_the_store_still_holds_what_was_committed(store: Store, receipt: Make) -> None:
    store.put([receipt("A")])
    store._db.execute(
        "PRAGMA max_page_count = 1"
    )  # SQLite raises it to the present size: the next page is one too many
    with pytest.raises(Refused, match="disk is full") as info:
        store.put([receipt(f"B{number}", said={"notes": "x" * 5000}) for number in range(20)])
    assert info.value.code == "state-unwritable"
    assert [one.key for one in store.receipts()] == ["A"]


@pytest.mark.parametrize("harm", ["UPDATE receipts SET said = '{'", "DELETE FROM store", "DROP TABLE receipts"])
def test_a_state_edited_by_other_hands_is_called_damaged(path: Path, receipt: Make, harm: str) -> None:
    with open_for_writing(path) as store:
        store.put([receipt()])
        store._db.execute(harm)
    with pytest.raises(Refused) as info, reading(path) as store:
        list(store.receipts())
        _ = store.serial
    assert info.value.code == "state-damaged"
