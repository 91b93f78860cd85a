"""Saved plans: who changed the state since a plan's run began."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store
from importer.state.values import PlanProgress

Make = Callable[..., Any]


def test_a_plan_of_which_no_run_has_begun_is_not_known(store: Store) -> None:
    assert store.plan_progress("plan-1") is None
    assert store.plans() == {}


def test_beginning_a_plan_is_a_change_of_its_own(store: Store) -> None:
    store.bind("org_1")
    store.carry_out("plan-1")
    assert store.serial == 2
    assert store.plan_progress("plan-1") == PlanProgress(2, done=False)


def test_every_change_of_the_run_moves_the_plan_with_the_state(store: Store, receipt: Make, intent: Make) -> None:
    store.carry_out("plan-1")
    changes: list[Callable[[], object]] = [
        lambda: store.bind("org_1"),
        lambda: store.put([receipt("A")]),
        lambda: store.begin(intent("B", "C")),
        lambda: store.settle(store.intents()[0], remaining=store.intents()[0].rows[1:]),
        lambda: store.close_row(store.intents()[0].rows[0], [receipt("C")]),
        lambda: store.close(store.begin(intent("D"))),
    ]
    for change in changes:
        before = store.serial
        change()
        assert store.serial > before
        assert store.plan_progress("plan-1") == PlanProgress(store.serial, done=False)


def test_a_change_that_fails_moves_neither(store: Store, receipt: Make) -> None:
    store.carry_out("plan-1")
    with pytest.raises(ValueError, match="JSON"):
        store.put([receipt("A", said={"amount": float("nan")})])
    assert store.plan_progress("plan-1") == PlanProgress(store.serial, done=False)
    assert store.serial == 1


def test_the_changes_of_another_run_leave_the_plan_behind(path: Path, receipt: Make) -> None:
    with open_for_writing(path) as store:
        store.carry_out("plan-1")
    with open_for_writing(path) as store:
        store.put([receipt("A")])
        assert (store.serial, store.plan_progress("plan-1")) == (2, PlanProgress(1, done=False))


def test_a_plan_that_goes_on_is_abreast_of_the_state_again(path: Path, receipt: Make) -> None:
    with open_for_writing(path) as store:
        store.carry_out("plan-1")
    with open_for_writing(path) as store:
        store.carry_out("plan-1")
        store.put([receipt("A")])
        assert (store.serial, store.plan_progress("plan-1")) == (3, PlanProgress(3, done=False))


def test_a_plan_done_is_noted_in_one_change_and_later_changes_are_not_its_own(store: Store, receipt: Make) -> None:
    store.carry_out("plan-1")
    store.plan_done()
    store.put([receipt("A")])
    assert (store.serial, store.plan_progress("plan-1")) == (3, PlanProgress(2, done=True))


def test_a_plan_that_is_done_is_not_carried_out_again(path: Path) -> None:
    with open_for_writing(path) as store:
        store.carry_out("plan-1")
        store.plan_done()
    with open_for_writing(path) as store:
        with pytest.raises(ValueError, match="plan-1 is done"):
            store.carry_out("plan-1")
        store.bind("org_1")
        assert store.plans() == {"plan-1": PlanProgress(2, done=True)}
        with pytest.raises(RuntimeError, match="no plan"):
            store.plan_done()


def test_each_plan_has_a_progress_of_its_own(store: Store) -> None:
    store.carry_out("plan-1")
    store.plan_done()
    store.carry_out("plan-2")
    assert store.plans() == {"plan-1": PlanProgress(2, done=True), "plan-2": PlanProgress(3, done=False)}


def test_one_object_carries_out_one_plan_at_a_time(store: Store) -> None:
    store.carry_out("plan-1")
    with pytest.raises(RuntimeError, match="plan-1 is being carried out"):
        store.carry_out("plan-2")


def test_a_plan_has_an_id(store: Store) -> None:
    with pytest.raises(ValueError, match="has an id"):
        store.carry_out("")


def test_no_plan_is_done_that_is_not_carried_out(store: Store) -> None:
    with pytest.raises(RuntimeError, match="no plan"):
        store.plan_done()
    assert store.serial == 0


def test_a_reader_tells_how_far_a_plan_has_come_and_begins_none(path: Path) -> None:
    with open_for_writing(path) as store:
        store.carry_out("plan-1")
    reader = open_for_reading(path)
    assert reader is not None
    with reader:
        assert reader.plan_progress("plan-1") == PlanProgress(1, done=False)
        with pytest.raises(RuntimeError, match="opened for reading"):
            reader.carry_out("plan-2")
