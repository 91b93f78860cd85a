from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.exact_json import decode, encode, midnight, parse_day

leaves = st.none() | st.booleans() | st.integers() | st.text() | st.decimals(-(10**9), 10**9, places=2)
trees = st.recursive(leaves, lambda below: st.lists(below) | st.dictionaries(st.text(), below))


@given(trees)
def test_what_is_encoded_is_json_and_comes_back_equal(tree: Any) -> None:
    assert decode(encode(tree)) == tree
    json.loads(encode(tree))


def test_digits_stay_as_they_are() -> None:
    assert encode([Decimal("0.10"), Decimal("1E+3"), 7, "é"]) == '[0.10,1000,7,"é"]'


def test_a_float_never_leaves() -> None:
    with pytest.raises(TypeError, match="float"):
        encode({"amount": 0.1})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-19", date(2026, 5, 19)),
        ("2026-05-19T00:00:00", date(2026, 5, 19)),
        ("2026-05-19T23:59:59Z", date(2026, 5, 19)),
        ("2026-02-30", None),
        ("20260519", None),
        ("2026-W20-1", None),
        ("2026-05-19 00:00", None),
        ("2026-05-19Tnoon", None),
        ("2026-05-19\n", None),
        ("", None),
    ],
)
def test_a_day_is_read_from_a_date_or_a_datetime(text: str, day: date | None) -> None:
    assert parse_day(text) == day


def test_times_are_naive_utc_and_dates_are_midnights() -> None:
    assert midnight("2026-05-19") == "2026-05-19T00:00:00"
    assert midnight(None) is None
