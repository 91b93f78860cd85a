import json
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.api.wire import dumps, loads

FINITE = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | FINITE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Flow(StrEnum):
    INCOMING = "INCOMING"


@given(VALUES)
def test_what_is_written_is_read_back_as_it_was(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(VALUES)
def test_the_text_is_json_for_everybody_and_ascii(value: Any) -> None:
    text = dumps(value)
    assert text.isascii()
    json.loads(text)


@given(FINITE)
def test_an_amount_is_plain_digits(amount: Decimal) -> None:
    assert set(dumps(amount)) <= set("-0123456789.")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("12000.00"), "12000.00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("0.10"), "0.10"),
        (True, "true"),
        (1, "1"),
        ({"b": [1, None], "a": "ü\n"}, '{"b":[1,null],"a":"\\u00fc\\n"}'),
        ((), "[]"),
        ({}, "{}"),
        (Flow.INCOMING, '"INCOMING"'),
    ],
)
def test_the_form_is_compact_and_exact(value: Any, text: str) -> None:
    assert dumps(value) == text


@pytest.mark.parametrize("value", [1.5, [1.0], {"rate": 0.1}, {1: "a"}, object(), b"bytes", {1, 2}])
def test_a_float_or_a_stranger_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        dumps(value)


@pytest.mark.parametrize("digits", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_an_amount_that_is_no_number_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        dumps(Decimal(digits))


def test_no_float_comes_out_of_an_answer() -> None:
    value = loads('{"total": 11800.10, "count": 2, "rate": 1e2}')
    assert value == {"total": Decimal("11800.10"), "count": 2, "rate": Decimal("1e2")}
    assert [type(number) for number in value.values()] == [Decimal, int, Decimal]


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "", "<html>", '{"a":', "[" * 200_000, "1 2"])
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        loads(text)


def test_a_deep_value_is_written_without_a_crash() -> None:
    value: Any = "x"
    for _ in range(100):
        value = [value]
    assert dumps(value) == "[" * 100 + '"x"' + "]" * 100
