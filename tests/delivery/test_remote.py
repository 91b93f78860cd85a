from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.delivery.remote import MISSING, amount, answered, day, same, text
from importer.schema import fields

ITEM = fields("items")
INVOICE = fields("invoices")


def test_a_field_is_read_under_the_spelling_of_the_reference_first() -> None:
    assert answered({"item_name": "A", "name": "B"}, ITEM[("name",)]) == "A"
    assert answered({"name": "B"}, ITEM[("name",)]) == "B"
    assert answered({"hsn_sac": "0402"}, ITEM[("hsn_sac",)]) == "0402"
    assert answered({}, ITEM[("name",)]) is MISSING


def test_a_field_that_is_never_answered_is_missing() -> None:
    assert answered({"account_id": "acc"}, ITEM[("account",)]) is MISSING


def test_null_is_there_and_empty() -> None:
    assert answered({"sku": None}, ITEM[("sku",)]) is None
    assert text(None) == text(MISSING) == ""


def test_text_is_compared_in_nfc_and_without_blanks_around() -> None:
    assert text(" Cafe\N{COMBINING ACUTE ACCENT} ") == "Café"
    assert text(0) == "0"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (Decimal("1.50"), Decimal("1.5")),
        (3, Decimal(3)),
        ("12000.00", Decimal(12000)),
        (None, None),
        (MISSING, None),
        (True, None),
        ("abc", None),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_an_amount_is_a_number_and_nothing_else(value: Any, number: Decimal | None) -> None:
    assert amount(value) == number


def test_a_day_is_the_date_part() -> None:
    assert day("2026-05-19T00:00:00") == day("2026-05-19") == "2026-05-19"


@pytest.mark.parametrize(
    ("path", "sent", "got", "equal"),
    [
        (("round_off",), Decimal("1.50"), Decimal("1.5"), True),
        (("round_off",), Decimal("1.50"), "1.5", True),
        (("round_off",), Decimal("1.50"), None, False),
        (("date",), "2026-05-19T00:00:00", "2026-05-19", True),
        (("date",), "2026-05-19", "2026-05-20T00:00:00", False),
        (("auto_approve",), True, True, True),
        (("auto_approve",), False, None, True),
        (("auto_approve",), True, False, False),
        (("notes",), "Thanks", " Thanks ", True),
        (("notes",), "Thanks", "thanks", False),
        (("notes",), "", None, True),
        (("reference_number",), "0402", "402", False),
    ],
)
def test_values_are_compared_by_what_they_mean(path: tuple[str, ...], sent: Any, got: Any, equal: bool) -> None:
    assert same(INVOICE[path], sent, got) is equal
