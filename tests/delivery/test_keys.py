from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.keys import idempotency_key
from importer.model import IntentRow

ODD = st.text(max_size=6) | st.sampled_from(
    ["", "#", "#1", "/", "\0", "0", "1", "a/b", "é", "e\N{COMBINING ACUTE ACCENT}"]
)
ROWS = st.lists(
    st.builds(
        IntentRow, kind=st.sampled_from(["invoices", "payments"]), key=ODD, part=ODD, generation=st.integers(0, 12)
    ),
    min_size=1,
    max_size=4,
)
OPERATIONS = st.sampled_from(["create", "bulk", "update", "apply"])
ONE = IntentRow("invoices", "ORDER-1", "", 0)
TWO = IntentRow("invoices", "ORDER-2", "", 0)


@given(ODD, OPERATIONS, ROWS)
def test_a_key_has_the_form_that_the_api_takes(org: str, operation: str, rows: list[IntentRow]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_:-]{1,200}", idempotency_key(org, operation, rows))


def test_fifty_long_keys_still_make_a_short_one() -> None:
    rows = [IntentRow("invoices", "x" * 128, "", 0)] * 50
    assert len(idempotency_key("org", "bulk", rows)) <= 200


def test_a_key_is_the_same_on_every_machine_and_in_every_version() -> None:
    pinned = "fzi-create-2c15989b1c79a2d3d2ccb0e4503d480bc23a464dbbb3af05"
    assert idempotency_key("org_1", "create", [ONE]) == pinned


@pytest.mark.parametrize(
    ("org", "operation", "rows"),
    [
        ("org_2", "create", [ONE]),
        ("org_1", "apply", [ONE]),
        ("org_1", "create", [ONE._replace(kind="payments")]),
        ("org_1", "create", [ONE._replace(key="ORDER-2")]),
        ("org_1", "create", [ONE._replace(part="ORDER-2#1")]),
        ("org_1", "create", [ONE._replace(generation=1)]),
        ("org_1", "create", [ONE, TWO]),
        ("org_1", "create", [TWO, ONE]),
    ],
)
def test_another_org_operation_row_generation_or_order_makes_another_key(
    org: str, operation: str, rows: list[IntentRow]
) -> None:
    keys = {
        idempotency_key("org_1", "create", [ONE]),
        idempotency_key("org_1", "create", [ONE, ONE]),
        idempotency_key(org, operation, rows),
    }
    assert len(keys) == 3


def test_the_order_of_rows_matters() -> None:
    assert idempotency_key("o", "bulk", [ONE, TWO]) != idempotency_key("o", "bulk", [TWO, ONE])


@given(st.tuples(ODD, OPERATIONS, ROWS), st.tuples(ODD, OPERATIONS, ROWS))
def test_two_calls_share_a_key_only_if_they_are_the_same_call(
    one: tuple[str, str, list[IntentRow]], other: tuple[str, str, list[IntentRow]]
) -> None:
    assert (idempotency_key(*one) == idempotency_key(*other)) is (one == other)


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_text_that_moves_from_one_field_to_the_next_makes_another_key(a: str, b: str, c: str, d: str) -> None:
    one, other = IntentRow("invoices", a + b, c, 0), IntentRow("invoices", a, b + c, 0)
    assert (idempotency_key(d, "create", [one]) == idempotency_key(d, "create", [other])) is (one == other)
