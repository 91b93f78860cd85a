from __future__ import annotations

from decimal import Decimal

import pytest

from importer.plan.phrases import currency_of, documents, first_few, money
from plan.books import ORDER, document


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "0.00"),
        ("7.5", "7.50"),
        ("999", "999.00"),
        ("1000", "1,000.00"),
        ("100000", "1,00,000.00"),
        ("12345678.9", "1,23,45,678.90"),
        ("-1234567", "-12,34,567.00"),
    ],
)
def test_rupees_are_grouped_as_in_india(amount: str, words: str) -> None:
    assert money(Decimal(amount)) == words


def test_another_currency_is_named_and_grouped_in_thousands() -> None:
    assert money(Decimal("1234567.5"), "USD") == "USD 1,234,567.50"


def test_a_number_of_documents_is_said_in_the_words_of_their_kind() -> None:
    assert documents(1, "credit_notes") == "1 credit note"
    assert documents(1200, "credit_notes") == "1,200 credit notes"


def test_of_many_names_the_first_are_given_and_the_others_counted() -> None:
    assert first_few(["a", "b", "c"]) == "a, b, c"
    assert first_few(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_a_document_without_a_currency_is_in_rupees() -> None:
    assert currency_of(None) == currency_of(document(ORDER)) == "INR"
    assert currency_of(document(ORDER.replace("auto_approve: true", "currency_code: USD"))) == "USD"
