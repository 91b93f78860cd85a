from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from importer.manifest.typed import TypedFields, typed
from importer.model import Tree


def test_each_text_becomes_what_the_schema_says() -> None:
    fields: dict[str, Tree] = {
        "key": " 012 ",
        "customer": "e\u0301 ",
        "date": "2024-02-29",
        "auto_approve": "true",
        "round_off": "-0.40",
        "reference_number": " 1e5 ",
        "line_items": [{"item": " w", "quantity": "2.500", "hsn_or_sac": "0402"}],
        "tags": ["007"],
    }
    assert typed("invoices", fields) == {
        "key": "012",
        "customer": "\u00e9",
        "date": date(2024, 2, 29),
        "auto_approve": True,
        "round_off": Decimal("-0.40"),
        "reference_number": " 1e5 ",
        "line_items": [{"item": "w", "quantity": Decimal("2.500"), "hsn_or_sac": "0402"}],
        "tags": ["007"],
    }
    made = typed("contacts", {"payment_terms": "030", "billing_address": {"zip": "012345"}})
    assert made == {"payment_terms": 30, "billing_address": {"zip": "012345"}}


def test_decimals_keep_the_digits_that_were_written() -> None:
    assert str(typed("payments", {"amount": "14060.10"})["amount"]) == "14060.10"


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "1e5"},
        {"amount": "NaN"},
        {"amount": "1_000"},
        {"amount": "1,000"},
        {"amount": " 1"},
        {"amount": "1\n"},
        {"amount": "-1"},
        {"amount": "1.234"},
        {"amount": ".5"},
        {"amount": "\u0967"},
        {"amount": ["1"]},
        {"amount": ""},
        {"date": "2026-02-30"},
        {"date": "20260519"},
        {"date": "2026-W20-2"},
        {"date": "2026-05-19\n"},
        {"date": "\u0662026-05-19"},
        {"allocations": "text"},
        {"allocations": {"amount": "1"}},
        {"allocations": ["1"]},
        {"allocations": [{"amount": "x"}]},
        {"no_such_field": "1"},
    ],
)
def test_text_that_the_schema_refuses_is_a_value_error(fields: dict[str, Tree]) -> None:
    with pytest.raises(ValueError, match=r"."):
        typed("payments", fields)


@pytest.mark.parametrize("text", ["yes", "True", "TRUE", "1", "on", "true ", ""])
def test_only_true_and_false_are_booleans(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        typed("invoices", {"auto_approve": text})


@pytest.mark.parametrize("text", ["1.0", "-1", "0x1", "1234567890", "9" * 5000])
def test_only_digits_are_whole_numbers(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        typed("contacts", {"payment_terms": text})


def test_a_mapping_is_not_taken_for_a_list_of_texts() -> None:
    with pytest.raises(ValueError, match="tags"):
        typed("invoices", {"tags": [{"a": "b"}]})
    with pytest.raises(ValueError, match="billing_address"):
        typed("contacts", {"billing_address": "text"})


@pytest.mark.parametrize("written", ["27aapfu0939f1zv", "27 AAPFU0939F 1ZV", "27-AAPFU0939F-1ZV"])
def test_a_gstin_is_sent_and_looked_for_in_its_one_form(written: str) -> None:
    assert typed("contacts", {"key": "a", "gst_no": written})["gst_no"] == "27AAPFU0939F1ZV"


def test_fields_are_typed_when_asked_and_only_those_of_the_right_form_are_there() -> None:
    fields = TypedFields("invoices", {"date": "2026-05-19", "round_off": "some", "unheard": "x", "tags": ["a"]})
    assert fields == {"date": date(2026, 5, 19), "tags": ["a"]}
    assert (len(fields), "date" in fields, "round_off" in fields, "due_date" in fields) == (2, True, False, False)
    assert (fields["date"], fields.get("round_off"), fields.get("due_date", 1)) == (date(2026, 5, 19), None, 1)
    for name in ("round_off", "due_date", "unheard"):
        with pytest.raises(KeyError):
            fields[name]
