"""What follows from looks into the books: every combination of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from importer.delivery.natural import Match
from importer.delivery.settle import (
    CHANGE_OPEN,
    CLOCK_SLACK,
    Fate,
    OpenRow,
    Recovered,
    Recovery,
    fate,
    may_go_again,
    open_rows,
    remembering_rows,
    sent_body,
    shows,
    there,
)
from importer.model import Intent, IntentRow, StepId

ROW: dict[str, Any] = {"invoice_id": "inv_1"}


def intent(*keys: str, operation: str = "bulk", number: int = 1) -> Intent:
    rows = tuple(IntentRow("invoices", key, "", 0) for key in keys)
    return Intent(number, operation, rows, "POST", "/bulk/invoices", "{}", "key", "tok", "2026-05-19T10:00:00Z", "run")


def test_what_is_there_is_settled_by_the_first_look() -> None:
    assert fate([True]) is Fate.SETTLED


def test_what_is_there_in_the_second_look_is_settled() -> None:
    assert fate([None, True]) is Fate.SETTLED


def test_nothing_in_one_look_proves_nothing() -> None:
    assert fate([None]) is None


def test_nothing_in_two_looks_means_not_done() -> None:
    assert fate([None, None]) is Fate.NOT_DONE


@pytest.mark.parametrize("looks", [looks for looks in product((None, False), repeat=2) if False in looks])
def test_a_doubt_is_never_closed(looks: tuple[bool | None, ...]) -> None:
    assert fate(looks) is Fate.OPEN
    assert fate([False]) is Fate.OPEN


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(), None),
        (Match(rows=(ROW,)), True),
        (Match(rows=(ROW, ROW)), False),
        (Match(alike=(ROW,)), False),
        (Match(rows=(ROW,), alike=(ROW,)), True),
    ],
)
def test_a_search_says_there_not_there_or_neither(match: Match, expected: bool | None) -> None:
    assert there(match) is expected


def test_the_newest_of_several_calls_for_the_same_stands_for_all() -> None:
    first, second = intent("O-1", "O-2", number=1), intent("O-1", operation="update", number=2)
    found = open_rows([first, second], {})
    assert [(one.id.key, one.intent.id, one.earlier) for one in found] == [("O-1", 2, 1), ("O-2", 1, 0)]


def test_parts_of_a_document_are_rows_of_their_own() -> None:
    rows = tuple(IntentRow("credit_notes", "C-1", part, 0) for part in ("", "O-1#1"))
    (one, other) = [
        Intent(number, "create", (row,), "POST", "/credit_notes", "{}", "key", "tok", "2026-05-19T10:00:00Z", "run")
        for number, row in enumerate(rows, 1)
    ]
    assert [found.id for found in open_rows([one, other], {})] == [
        StepId("credit_notes", "C-1"),
        StepId("credit_notes", "C-1", "O-1#1"),
    ]


def opened(call: Intent, key: str) -> OpenRow:
    return next(one for one in open_rows([call], {}) if one.id.key == key)


BODIES = [{"reference_number": "O-1", "n": 1}, {"reference_number": "O-2", "n": 2}, {"reference_number": "PO", "n": 3}]


def test_a_whole_call_names_its_bodies_by_their_place() -> None:
    call = intent("O-1", "O-2", "O-3")
    assert [sent_body(opened(call, key), BODIES, None) for key in ("O-1", "O-2", "O-3")] == BODIES


@pytest.mark.parametrize("now", [None, {"reference_number": "O-1", "n": 1}, {"reference_number": "PO 2", "n": 9}])
@pytest.mark.parametrize("left", [("O-2", "O-3"), ("O-1", "O-3"), ("O-1", "O-2"), ("O-3",)])
def test_what_is_left_of_a_call_is_known_by_its_place_whatever_its_entry_says(
    left: tuple[str, ...], now: dict[str, Any] | None
) -> None:
    whole = intent("O-1", "O-2", "O-3")
    call = replace(intent(*left), before=remembering_rows(whole.rows))
    of = dict(zip(("O-1", "O-2", "O-3"), BODIES, strict=True))
    assert [sent_body(opened(call, key), BODIES, now) for key in left] == [of[key] for key in left]


# An older version did not remember the rows of a whole call.


def test_what_is_left_of_a_call_is_known_by_what_its_entry_still_says() -> None:
    assert sent_body(opened(intent("O-2", "O-3"), "O-3"), BODIES, dict(BODIES[2])) == BODIES[2]


def test_what_is_left_of_a_call_is_known_by_a_reference_that_is_its_key() -> None:
    assert sent_body(opened(intent("O-2", "O-3"), "O-2"), BODIES, {"reference_number": "O-2", "n": 99}) == BODIES[1]


@pytest.mark.parametrize("now", [None, {"reference_number": "PO", "n": 4}])
def test_what_is_left_of_a_call_and_told_by_nothing_is_not_guessed(now: dict[str, Any] | None) -> None:
    assert sent_body(opened(intent("O-2", "O-3"), "O-3"), BODIES, now) is None


def test_a_reference_that_two_bodies_share_tells_nothing() -> None:
    twice: list[dict[str, Any]] = [{"reference_number": "O-2", "n": 1}, {"reference_number": "O-2", "n": 2}, {"n": 3}]
    assert sent_body(opened(intent("O-2", "O-3"), "O-2"), twice, None) is None


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"contact_name": "A", "billing_address": {"city": "Pune"}}, True),
        ({"contact_name": None, "billing_address": {"city": None, "zip": "1"}}, True),
        ({"contact_name": "A"}, False),
        ({"contact_name": "A", "billing_address": {"zip": "1"}}, False),
    ],
)
def test_an_answer_shows_a_body_if_it_has_every_field_of_it(row: dict[str, Any], expected: bool) -> None:
    assert shows("contacts", {"contact_name": "A", "billing_address": {"city": "Pune"}}, row) is expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [([{"name": "W", "quantity": 1}], True), ([{"name": "W"}], False), (["W"], False)],
)
def test_an_answer_shows_lines_if_it_has_every_field_of_them(rows: list[Any], expected: bool) -> None:
    wanted = {"line_items": [{"name": "W", "quantity": 1}]}
    assert shows("invoices", wanted, {"line_items": rows}) is expected


def told(fate: Fate) -> Recovered:
    return Recovered(StepId("invoices", "O-1"), "create", "2026-05-19T10:00:00Z", fate, "")


@pytest.mark.parametrize(("fate", "wrote", "whole"), [(Fate.SETTLED, True, True), (Fate.NOT_DONE, True, True)])
def test_what_is_settled_or_closed_is_over(fate: Fate, wrote: bool, whole: bool) -> None:
    recovery = Recovery([told(fate)])
    assert (recovery.wrote, recovery.whole) == (wrote, whole)
    assert recovery.counts()[fate.value] == 1


def test_what_stays_open_or_was_broken_off_is_not_whole() -> None:
    assert not Recovery([told(Fate.OPEN)]).whole
    assert not Recovery([told(Fate.OPEN)]).wrote
    assert not Recovery([told(Fate.SETTLED)], interrupted=True).whole
    assert not Recovery([told(Fate.SETTLED)], broken=("no-server", "", "")).whole


def test_a_change_that_the_next_apply_settles_by_itself_asks_for_nobody() -> None:
    def recovery(code: str) -> Recovery:
        return Recovery(
            [Recovered(StepId("contacts", "acme"), "update", "2026-05-19T10:00:00Z", Fate.OPEN, "unclear", code=code)]
        )

    assert recovery(CHANGE_OPEN).whole
    assert not recovery("balance-moved").whole


# Whether a call may go again under its own key.

BEGUN = 1_779_184_800.0  # when the call of ``intent`` left
DAY = 86_400.0


@pytest.mark.parametrize("age", [-CLOCK_SLACK, -0.9, 0.0, 3600.0, DAY - CLOCK_SLACK - 1])
def test_a_key_that_the_server_still_knows_may_be_used_again_though_clocks_are_known_to_the_second(age: float) -> None:
    assert may_go_again(intent("O-1"), "tok", BEGUN + age, DAY)


@pytest.mark.parametrize("age", [-CLOCK_SLACK - 1, -DAY, DAY - CLOCK_SLACK, DAY, 2 * DAY])
def test_a_key_that_may_be_forgotten_or_whose_age_cannot_be_told_is_not_used_again(age: float) -> None:
    assert not may_go_again(intent("O-1"), "tok", BEGUN + age, DAY)


def test_under_another_token_no_key_is_used_again() -> None:
    assert not may_go_again(intent("O-1"), "other", BEGUN, DAY)
