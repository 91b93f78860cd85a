from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import InvalidInput, Refused
from importer.model import Intent, IntentRow, Problem, Receipt, StepId
from importer.state.export import lines
from importer.state.files import open_for_reading, open_for_writing
from importer.state.importing import bring_in, read
from importer.state.store import Store
from importer.state.values import Export, Imported, PlanProgress
from state.odd import odd_intents, odd_receipts, odd_text

Make = Callable[..., Any]
OLD = Path(__file__).with_name("version-1.jsonl")
HEADER = '{"format": "finzbooks-state", "version": 1, "org_id": "org_1", "lineage": "ab12", "serial": 7}'
PLAN = '{"type": "plan", "id": "plan-1", "serial": 3, "done": false}'
GENERATION = '{"type": "generation", "kind": "invoices", "key": "A", "part": "", "generation": 2}'
numbers = itertools.count()


def problems(*given: str) -> tuple[Problem, ...]:
    return problems_of(given)


def problems_of(given: Iterable[str]) -> tuple[Problem, ...]:
    with pytest.raises(InvalidInput) as info:
        read(given, "state.jsonl")
    assert all(
        one.code == "bad-export" and one.place and one.place.file == "state.jsonl" for one in info.value.problems
    )
    return info.value.problems


def refused(store: Store, export: Export) -> Refused:
    before = list(lines(store))
    with pytest.raises(Refused) as info:
        bring_in(store, export)
    assert list(lines(store)) == before
    assert str(store.path) in info.value.message
    return info.value


def fill(store: Store, receipt: Make, intent: Make) -> None:
    store.bind("org_1")
    store.put([receipt("A"), receipt("B", accepted={"notes": None})])
    store.put(removed=[receipt("A", generation=4)])
    store.carry_out("plan-0")
    store.plan_done()
    store.carry_out("plan-1")
    store.close(store.begin(intent("gone")))
    store.begin(intent("C", "D", before={"z": "1", "a": "2"}))
    store.begin(intent("E", operation="update", idempotency_key=""))


def export_of(store: Store) -> Export:
    return read(lines(store), "state.jsonl")


@pytest.fixture
def filled(tmp_path: Path, receipt: Make, intent: Make) -> Export:
    with open_for_writing(tmp_path / "filled.db") as store:
        fill(store, receipt, intent)
        return export_of(store)


# There and back.

# JSON reads the escapes of two surrogates as the one character they make (RFC 8259, section 7), and cannot hold both.
HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def can_be_written(export: Export) -> bool:
    inside = texts(export.org_id, export.lineage, export.receipts, export.intents, export.generations, export.plans)
    return not any(HALVES.search(text) for text in inside)


def texts(*values: Any) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Receipt | Intent):
            yield from texts(*(getattr(value, name) for name in value.__slots__))
        elif isinstance(value, dict):
            yield from texts(*value, *value.values())
        elif isinstance(value, list | tuple):
            yield from texts(*value)


identities = st.tuples(odd_text, odd_text, odd_text)
progress = st.builds(PlanProgress, st.integers(0, 9), st.booleans())
exports = st.builds(
    Export,
    org_id=odd_text,
    lineage=odd_text.filter(bool),
    serial=st.integers(9, 2**40),
    receipts=st.lists(odd_receipts, max_size=3, unique_by=lambda one: (one.kind, one.key, one.part)).map(tuple),
    intents=st.lists(odd_intents, max_size=2).map(tuple),
    generations=st.dictionaries(identities, st.integers(1, 2**40), max_size=2),
    plans=st.dictionaries(odd_text.filter(bool), progress, max_size=2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exports.filter(can_be_written))
def test_the_export_of_an_imported_state_is_the_one_it_came_from_byte_for_byte(tmp_path: Path, export: Export) -> None:
    one, two = tmp_path / f"{next(numbers)}.db", tmp_path / f"{next(numbers)}.jsonl"
    with open_for_writing(one) as store:
        store.become(export)
        with two.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(line + "\n" for line in lines(store))
    with two.open(encoding="utf-8") as file:
        exported = read(file, "state.jsonl")
    with open_for_writing(one.with_suffix(".other")) as store:
        bring_in(store, exported)
        assert "".join(line + "\n" for line in lines(store)).encode("utf-8") == two.read_bytes()
        assert not bring_in(store, exported).changed


def test_a_state_comes_into_a_new_one_with_all_that_it_is(
    path: Path, filled: Export, receipt: Make, intent: Make
) -> None:
    with open_for_writing(path) as store:
        came = bring_in(store, filled)
        assert came == Imported(receipts=1, intents=2, generations=1, plans=2, changed=True)
        assert (store.lineage, store.serial, store.org_id) == (filled.lineage, filled.serial, "org_1")
        assert list(store.receipts()) == [receipt("B", accepted={"notes": None})]
        assert store.generation("invoices", "A") == 5
        assert store.plan_progress("plan-1") == PlanProgress(filled.serial, done=False)
        assert [replace(one, id=0) for one in store.intents()] == [
            intent("C", "D", before={"z": "1", "a": "2"}),
            intent("E", operation="update", idempotency_key=""),
        ]


def test_an_imported_state_goes_on_as_any_other(store: Store, filled: Export, receipt: Make, intent: Make) -> None:
    bring_in(store, filled)
    opened = store.intents()
    assert len({one.id for one in opened}) == 2
    left = store.settle(opened[0], [receipt("C")], remaining=opened[0].rows[1:])
    assert store.intents() == (left, opened[1])
    store.carry_out("plan-1")
    assert store.plan_progress("plan-1") == PlanProgress(filled.serial + 2, done=False)
    assert store.begin(intent("F")).id not in {one.id for one in opened}


def test_an_export_that_version_1_made_is_read(store: Store) -> None:
    with OLD.open(encoding="utf-8") as file:
        bring_in(store, read(file, OLD.name))
    assert [one.key for one in store.receipts()] == ["acme", "CN-1", "ORDER-1", "ORDER-2", "ORDER-4"]
    (intent,) = store.intents()
    assert intent.rows == (IntentRow("invoices", "ORDER-5", "", 0), IntentRow("invoices", "ORDER-6", "", 0))
    assert store.generations() == {("invoices", "ORDER-3", ""): 1}


# Where there is something already.


def test_a_state_that_holds_exactly_this_is_left_as_it_is(store: Store, filled: Export) -> None:
    bring_in(store, filled)
    ids = [one.id for one in store.intents()]
    assert bring_in(store, filled) == Imported(1, 2, 1, 2, changed=False)
    assert (store.serial, [one.id for one in store.intents()]) == (filled.serial, ids)


@pytest.mark.parametrize("what", ["receipt", "intent", "generation", "plan"])
def test_a_state_that_holds_anything_else_is_not_touched(
    store: Store, filled: Export, receipt: Make, intent: Make, what: str
) -> None:
    holding: dict[str, Callable[[], object]] = {
        "receipt": lambda: store.put([receipt("Z")]),
        "intent": lambda: store.begin(intent("Z")),
        "generation": lambda: store.put(removed=[receipt("Z")]),
        "plan": lambda: store.carry_out("plan-9"),
    }
    holding[what]()
    error = refused(store, filled)
    assert (error.code, error.exit_code) == ("state-in-use", 5)
    assert "--state FILE" in error.help


def test_a_later_copy_of_the_same_state_replaces_it_whole(
    tmp_path: Path, store: Store, filled: Export, receipt: Make, intent: Make
) -> None:
    bring_in(store, filled)
    with open_for_writing(tmp_path / "ci.db") as ci:
        bring_in(ci, filled)
        ci.close(ci.intents()[0], [receipt("C")], raised=ci.intents()[0].rows[1:])
        ci.put(removed=[receipt("B")])
        ci.put([receipt("A", generation=5)])
        later, expected = export_of(ci), list(lines(ci))
    assert bring_in(store, later).changed
    assert list(lines(store)) == expected
    assert (store.serial, store.receipt("invoices", "B")) == (filled.serial + 3, None)
    assert not store.close_row(StepId("invoices", "D"))  # a row of before that is open no longer


def test_an_earlier_copy_of_the_same_state_would_forget_and_is_refused(
    store: Store, filled: Export, receipt: Make
) -> None:
    bring_in(store, filled)
    store.put([receipt("F")])
    error = refused(store, filled)
    assert error.code == "state-in-use"
    assert f"serial {filled.serial + 1}" in error.message
    assert f", {filled.serial}: it would forget" in error.message


def test_two_copies_that_each_went_on_by_themselves_are_not_taken_for_one_another(
    tmp_path: Path, store: Store, filled: Export, receipt: Make
) -> None:
    bring_in(store, filled)
    store.put([receipt("here")])
    with open_for_writing(tmp_path / "there.db") as there:
        bring_in(there, filled)
        there.put([receipt("there")])
        assert "but they differ" in refused(store, export_of(there)).message
        there.put([receipt("there too")])
        error = refused(store, export_of(there))
    assert error.code == "state-in-use"
    assert "knows nothing of invoices/here" in error.message


def test_a_generation_never_falls_by_an_import(tmp_path: Path, store: Store, filled: Export, receipt: Make) -> None:
    bring_in(store, filled)
    store.put(removed=[receipt("A", generation=7)])
    with open_for_writing(tmp_path / "there.db") as there:
        bring_in(there, filled)
        for _ in range(3):
            there.put([receipt("B", accepted={"notes": None})])
        assert "knows nothing of invoices/A" in refused(store, export_of(there)).message
    assert store.generation("invoices", "A") == 8


# What may have become of the open call of "here", and whether the other copy shows it.
BECAME: dict[str, tuple[Callable[[Store, Make, Make], object], bool]] = {
    "it shows a receipt of that generation": (
        lambda there, receipt, _: there.put([receipt("here", generation=2)]),
        True,
    ),
    "it shows a receipt of an earlier life": (lambda there, receipt, _: there.put([receipt("here")]), False),
    "it shows a higher generation": (
        lambda there, receipt, _: there.put(removed=[receipt("here", generation=2)]),
        True,
    ),
    "it shows the same generation": (
        lambda there, receipt, _: there.put(removed=[receipt("here", generation=1)]),
        False,
    ),
    "it has the same call open": (lambda there, _, call: there.begin(call()), True),
    "it has another call open for it": (lambda there, _, call: there.begin(call(body="{}")), False),
    "it knows nothing of it": (lambda there, receipt, _: there.put([receipt("other")]), False),
}


@pytest.mark.parametrize("became", BECAME)
def test_an_open_call_is_not_forgotten_by_an_import(
    tmp_path: Path, store: Store, filled: Export, receipt: Make, intent: Make, became: str
) -> None:
    happens, shown = BECAME[became]

    def call(**given: Any) -> Intent:
        made: Intent = intent(rows=(IntentRow("invoices", "here", "", 2),), run="run-9", **given)
        return made

    bring_in(store, filled)
    store.begin(call())
    with open_for_writing(tmp_path / "there.db") as there:
        bring_in(there, filled)
        happens(there, receipt, call)
        there.put([receipt("there")])
        later = export_of(there)
    if shown:
        assert bring_in(store, later).changed
        return
    error = refused(store, later)
    assert error.code == "state-in-use"
    assert "knows nothing of the open call for invoices/here" in error.message
    assert "recover" in error.help


def applied_to(receipt: Make, *targets: str) -> Receipt:
    allocations = [{"invoice": target, "amount": "100"} for target in targets]
    found: Receipt = receipt("P", kind="payments", said={"amount": "900", "allocations": allocations})
    return found


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ([], ["I-1"], False),  # the other copy knows of the first of two equal ones only
        (["I-1"], ["I-1", "I-2"], False),
        (["I-1"], ["I-1", "I-1"], True),
        (["I-1"], ["I-1", "I-2", "I-1"], True),
    ],
)
def test_an_application_that_the_receipt_of_its_document_holds_is_settled(
    tmp_path: Path,
    store: Store,
    filled: Export,
    receipt: Make,
    intent: Make,
    before: list[str],
    after: list[str],
    shown: bool,
) -> None:
    bring_in(store, filled)
    store.put([applied_to(receipt, *before)])
    store.begin(intent(operation="apply", rows=(IntentRow("payments", "P", "I-1#2", 0),)))
    with open_for_writing(tmp_path / "there.db") as there:
        bring_in(there, filled)
        for _ in range(3):
            there.put([applied_to(receipt, *after)])
        later = export_of(there)
    if shown:
        assert bring_in(store, later).changed
    else:
        assert "the open call for payments/P I-1#2" in refused(store, later).message


def test_an_update_is_settled_only_by_a_receipt_that_was_written_since(
    tmp_path: Path, store: Store, filled: Export, receipt: Make, intent: Make
) -> None:
    bring_in(store, filled)
    store.begin(intent("B", operation="update", idempotency_key=""))
    with open_for_writing(tmp_path / "there.db") as there:
        bring_in(there, filled)
        there.put([receipt("there")])
        there.put([receipt("there too")])
        assert "the open call for invoices/B" in refused(store, export_of(there)).message
        there.put([receipt("B", updated="2026-05-20T10:00:00Z")])
        assert bring_in(store, export_of(there)).changed


def test_a_state_is_not_said_to_be_moved_away_while_a_call_of_it_is_open(
    store: Store, filled: Export, receipt: Make
) -> None:
    store.put([receipt("Z")])
    assert "recover" not in refused(store, filled).help
    store.become(filled)
    assert "recover" in refused(store, replace(filled, serial=1)).help


def test_an_empty_state_that_is_bound_to_the_same_org_takes_the_export(store: Store, filled: Export) -> None:
    store.bind("org_1")
    assert bring_in(store, filled).changed
    assert store.lineage == filled.lineage


@pytest.mark.parametrize("org", ["org_1", ""])
def test_an_empty_state_that_is_bound_to_another_org_does_not(store: Store, filled: Export, org: str) -> None:
    store.bind("org_2")
    error = refused(store, replace(filled, org_id=org))
    assert error.code == "wrong-org"
    assert "org_2" in error.message


def test_an_import_that_fails_midway_leaves_the_state_as_it_was(store: Store, filled: Export, receipt: Make) -> None:
    store.bind("org_1")
    before = list(lines(store))
    unspeakable = receipt("Z", said={"amount": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        bring_in(store, replace(filled, receipts=(*filled.receipts, unspeakable)))
    assert list(lines(store)) == before


def test_a_store_opened_for_reading_takes_no_import(path: Path, filled: Export) -> None:
    with open_for_writing(path):
        pass
    reader = open_for_reading(path)
    assert reader is not None
    with reader, pytest.raises(RuntimeError, match="opened for reading"):
        bring_in(reader, filled)


# Reading.


def test_line_ends_blank_lines_a_byte_order_mark_and_any_order_of_lines_are_understood(filled: Export) -> None:
    one = ["\ufeff" + HEADER + "\r\n", "\r\n", PLAN + "\r\n", GENERATION, "\n"]
    assert read(one, "x") == Export(
        "org_1", "ab12", 7, generations={("invoices", "A", ""): 2}, plans={"plan-1": PlanProgress(3, done=False)}
    )


@pytest.mark.parametrize("given", [[], ["\n", "  \n"]])
def test_an_empty_file_is_said(given: list[str]) -> None:
    (problem,) = problems(*given)
    assert "empty" in problem.message
    assert str(problem.place) == "state.jsonl:1:1"


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (PLAN, 'no "format"'),
        (HEADER.replace("finzbooks-state", "terraform"), 'no "format"'),
        ("kind,key", "no JSON"),
        (HEADER.replace('"ab12"', '""'), "'lineage' must be text that is not empty"),
        (HEADER.replace('"version": 1', '"version": 0'), "'version' must be"),
        (HEADER.replace(', "serial": 7', ""), "'serial' is missing"),
        (HEADER.replace("}", ', "colour": "red"}'), "no member 'colour'"),
    ],
)
def test_a_file_without_a_header_of_ours_gets_one_sentence_whatever_follows(first: str, sentence: str) -> None:
    (problem,) = problems(first, "nonsense", "more nonsense")
    assert sentence in problem.message
    assert problem.help


def test_an_export_of_a_newer_importer_says_both_versions_and_to_upgrade() -> None:
    (problem,) = problems(HEADER.replace('"version": 1', '"version": 2'), '{"type": "bill"}')
    assert "version 2" in problem.message
    assert "up to 1" in problem.message
    assert "upgrade" in problem.help


def test_all_bad_lines_are_told_each_with_its_place() -> None:
    found = problems(
        HEADER, "{", '{"type": "bill"}', '{"key": "A"}', '{"type": ["plan"]}', PLAN, HEADER, PLAN[:-1] + ',"x": 1}'
    )
    assert [(one.place.line if one.place else 0) for one in found] == [2, 3, 4, 5, 7, 8]
    sentences = ["no JSON", "no type 'bill'", "'type' is missing", "no type", "stands in the middle", "no member 'x'"]
    for problem, sentence in zip(found, sentences, strict=True):
        assert sentence in problem.message


def test_an_identity_that_stands_twice_names_both_lines(receipt: Make, store: Store) -> None:
    store.put([receipt("A", part="x#1")])
    _, line = lines(store)
    found = problems(HEADER, line, GENERATION, PLAN, GENERATION, PLAN.replace("false", "true"), line)
    named = [(one.message, one.place and one.place.line, [place.line for place in one.related]) for one in found]
    assert named == [
        ("The generation of invoices/A stands here a second time, first on line 3.", 5, [3]),
        ("The plan of plan-1 stands here a second time, first on line 4.", 6, [4]),
        ("The receipt of invoices/A x#1 stands here a second time, first on line 2.", 7, [2]),
    ]


def test_a_plan_that_is_ahead_of_its_state_was_merged_in_and_is_refused() -> None:
    (problem,) = problems(HEADER, PLAN.replace("3", "8"))
    assert "serial 8, and the state 7" in problem.message
    assert problem.place
    assert problem.place.line == 2


def test_a_file_that_is_no_utf_8_is_said(tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    file.write_text(HEADER, "utf-16")
    with file.open(encoding="utf-8") as opened:
        (problem,) = problems_of(opened)
    assert "UTF-8" in problem.message


def test_a_text_that_looks_like_another_line_end_does_not_break_a_line(store: Store, receipt: Make) -> None:
    store.put([receipt("A\u2028B\x85C\rD\nE")])
    assert export_of(store).receipts == tuple(store.receipts())
    assert json.loads(list(lines(store))[1])["key"] == "A\u2028B\x85C\rD\nE"
