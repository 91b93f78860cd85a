from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from importer.model import Intent, IntentRow, Receipt
from importer.state.export import lines
from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store
from importer.state.values import PlanProgress

Make = Callable[..., Any]


def fill(store: Store, receipt: Make, intent: Make) -> None:
    store.bind("org_1")
    store.put([receipt("B"), receipt("A", kind="items"), receipt("A", said={"z": "1", "a": {"y": [True], "b": "ü"}})])
    store.close(store.begin(intent("X", "Y")), raised=[IntentRow("invoices", "X", "", 1)])
    store.begin(intent("C", "D", before={"z": "1", "a": "2"}))
    store.carry_out("plan-2")
    store.plan_done()
    store.carry_out("plan-1")


def test_the_header_says_what_the_file_is(store: Store) -> None:
    store.bind("org_1")
    assert json.loads(next(lines(store))) == {
        "format": "finzbooks-state", "version": 1, "org_id": "org_1", "lineage": store.lineage, "serial": 1,
    }  # fmt: skip


def test_receipts_come_first_then_intents_then_generations_then_plans_each_sorted(
    store: Store, receipt: Make, intent: Make
) -> None:
    fill(store, receipt, intent)
    rest = [json.loads(line) for line in lines(store)][1:]
    assert [(one["type"], one.get("kind"), one.get("key")) for one in rest] == [
        ("receipt", "invoices", "A"),
        ("receipt", "invoices", "B"),
        ("receipt", "items", "A"),
        ("intent", None, None),
        ("generation", "invoices", "X"),
        ("plan", None, None),
        ("plan", None, None),
    ]
    assert rest[-3]["generation"] == 2
    assert [one["id"] for one in rest[-2:]] == ["plan-1", "plan-2"]


def test_nothing_that_the_store_knows_is_left_out_but_the_ids_of_intents(
    store: Store, receipt: Make, intent: Make
) -> None:
    fill(store, receipt, intent)
    store.put([receipt("B", accepted={"notes": None})])
    found: dict[str, list[dict[str, Any]]] = {"receipt": [], "intent": [], "generation": [], "plan": []}
    for line in list(lines(store))[1:]:
        members = json.loads(line)
        found[members.pop("type")].append(members)
    assert [Receipt(**one) for one in found["receipt"]] == list(store.receipts())
    intents = [
        Intent(**{**one, "id": 0, "rows": tuple(IntentRow(**row) for row in one["rows"])}) for one in found["intent"]
    ]
    assert intents == [replace(one, id=0) for one in store.intents()]
    generations = {(one["kind"], one["key"], one["part"]): one["generation"] for one in found["generation"]}
    assert generations == store.generations()
    plans = {one["id"]: PlanProgress(one["serial"], one["done"]) for one in found["plan"]}
    assert plans == store.plans()


def test_differences_accepted_stand_in_the_line_only_where_there_are_any(store: Store, receipt: Make) -> None:
    store.put([receipt("A"), receipt("B", accepted={"z": "1", "a": {"d": "1", "c": "2"}})])
    _, without, with_them = lines(store)
    assert "accepted" not in without and "total" not in without
    assert with_them.endswith(', "accepted": {"a": {"c": "2", "d": "1"}, "z": "1"}}')


def test_the_same_state_gives_the_same_text_whoever_reads_it(path: Path, receipt: Make, intent: Make) -> None:
    with open_for_writing(path) as store:
        fill(store, receipt, intent)
        first = list(lines(store))
    reader = open_for_reading(path)
    assert reader is not None
    with reader:
        assert list(lines(reader)) == first


def test_members_inside_a_line_are_in_an_order_that_does_not_depend_on_the_writer(store: Store, receipt: Make) -> None:
    store.put([receipt("A", said={"z": "1", "a": {"y": [{"d": "1", "c": "2"}], "b": "ü"}})])
    assert '"said": {"a": {"b": "ü", "y": [{"c": "2", "d": "1"}]}, "z": "1"}' in list(lines(store))[1]


def test_a_change_of_one_document_changes_the_header_and_its_line(store: Store, receipt: Make) -> None:
    store.put([receipt("A"), receipt("B"), receipt("C")])
    before = list(lines(store))
    store.put([receipt("B", number="INV-9")])
    changed = [number for number, pair in enumerate(zip(before, lines(store), strict=True)) if pair[0] != pair[1]]
    assert changed == [0, 2]


def test_the_run_of_a_plan_changes_the_header_its_line_and_those_of_its_documents(store: Store, receipt: Make) -> None:
    store.put([receipt("A"), receipt("B")])
    store.carry_out("plan-1")
    before = list(lines(store))
    store.put([receipt("A", accepted={"notes": "n"})])
    changed = [number for number, pair in enumerate(zip(before, lines(store), strict=True)) if pair[0] != pair[1]]
    assert changed == [0, 1, 3]


def test_a_line_is_one_line_of_utf_8_and_reads_back_exactly(store: Store, receipt: Make) -> None:
    odd = receipt('क\n\u2028"', source="b\udcfccher.yaml", said={"न": "\ud800"})
    store.put([odd])
    line = list(lines(store))[1]
    assert "\n" not in line
    assert "क" in line
    members = json.loads(line.encode("utf-8"))
    members.pop("type")
    assert Receipt(**members) == odd
