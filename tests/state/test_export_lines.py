from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from importer.model import Intent, Receipt
from importer.state import export_lines
from importer.state.export_lines import HEADER, LINES, BadLine, check, parsed

PLAN = {"id": "plan-1", "serial": 3, "done": True}
INTENT: dict[str, Any] = {
    "operation": "create", "rows": [{"kind": "invoices", "key": "A", "part": "", "generation": 0}], "method": "POST",
    "path": "/invoices", "body": "{}", "idempotency_key": "fz:1", "token_id": "tok_1", "server_time": "t", "run": "r",
    "before": {"balance": "1"},
}  # fmt: skip


def refusal(line: str) -> BadLine:
    with pytest.raises(BadLine) as info:
        parsed(line)
    return info.value


def complaints(members: dict[str, Any], of: str) -> tuple[str, ...]:
    with pytest.raises(BadLine) as info:
        check(members, LINES[of])
    return info.value.messages


def test_an_object_is_read() -> None:
    assert parsed('{"type": "plan", "n": 12, "x": [{"y": null}]}') == {"type": "plan", "n": 12, "x": [{"y": None}]}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "no JSON"),
        ('{"type": "plan"', "no JSON"),
        ("[1]", "no object"),
        ('"receipt"', "no object"),
        ('{"a": 1, "b": 2, "a": 3}', "'a' is given twice"),
        ('{"said": {"a": 1, "a": 3}}', "'a' is given twice"),
        ('{"rate": 1.10}', "1.10 is no number of an export"),
        ('{"rate": NaN}', "NaN is no number of an export"),
        ('{"rate": 1e400}', "1e400 is no number of an export"),
        ('{"rate": -Infinity}', "-Infinity is no number of an export"),
        ('{"serial": ' + "9" * 5000 + "}", "cannot be read"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_of_ours_is_refused_with_a_sentence(line: str, sentence: str) -> None:
    (message,) = refusal(line).messages
    assert sentence in message


def test_the_column_says_where_the_json_breaks() -> None:
    assert refusal('{"type": plan}').column == 10


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "=======", ">>>>>>> branch"])
def test_what_a_merge_left_is_recognised(line: str) -> None:
    assert "Take one of the two exports whole" in refusal(line).help


def test_every_field_of_a_receipt_and_of_an_intent_has_a_form() -> None:
    for value, of in ((Receipt, "receipt"), (Intent, "intent")):
        known = LINES[of]
        assert {*known.needed, *known.optional} == {field.name for field in fields(value)}


def test_lines_that_are_as_they_should_be_pass() -> None:
    check(PLAN, LINES["plan"])
    check(INTENT, LINES["intent"])
    check({**INTENT, "id": 7}, LINES["intent"])
    check({"format": "f", "version": 1, "org_id": "", "lineage": "ab", "serial": 0}, HEADER)


def test_each_member_that_is_missing_unknown_or_mistyped_is_named() -> None:
    assert complaints({"id": "plan-1", "serial": "3", "colour": "red"}, "plan") == (
        "The member 'done' is missing.",
        "The member 'serial' must be a whole number from 0.",
        "There is no member 'colour' here.",
    )


@pytest.mark.parametrize("serial", [-1, True, None, "3", 2**63 - 1, []])
def test_a_serial_is_a_whole_number_that_the_state_can_hold(serial: object) -> None:
    assert "serial" in complaints({**PLAN, "serial": serial}, "plan")[0]


@pytest.mark.parametrize("done", [0, 1, "true", None])
def test_a_flag_is_true_or_false(done: object) -> None:
    assert complaints({**PLAN, "done": done}, "plan") == ("The member 'done' must be true or false.",)


@pytest.mark.parametrize("before", [{"balance": 1}, [], "x", None])
def test_what_was_read_before_a_call_is_text(before: object) -> None:
    assert "before" in complaints({**INTENT, "before": before}, "intent")[0]


ROW = INTENT["rows"][0]


@pytest.mark.parametrize(
    "rows",
    [
        {},
        ["A"],
        [{**ROW, "more": ""}],
        [{"kind": "invoices", "key": "A", "part": ""}],
        [{**ROW, "generation": -1}],
        [{**ROW, "key": 7}],
        [ROW, ROW],
    ],
)
def test_the_rows_of_a_call_are_whole_and_different(rows: object) -> None:
    assert "a list of different rows" in complaints({**INTENT, "rows": rows}, "intent")[0]


def test_what_is_nested_more_deeply_than_any_document_is_refused() -> None:
    def nested(levels: int) -> Any:
        return json.loads('{"a":' * levels + "1" + "}" * levels)

    assert export_lines.OBJECT.fits(nested(export_lines.DEEPEST))
    assert not export_lines.OBJECT.fits(nested(export_lines.DEEPEST + 1))
