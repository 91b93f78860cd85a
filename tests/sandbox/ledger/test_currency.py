from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.body import Body
from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.call import Call
from importer.sandbox.ledger.currency import Currency, check_range, converted, in_rupees, read_currency
from importer.sandbox.ledger.journal import Leg
from importer.sandbox.refusals import Refusal
from importer.sandbox.tokens import authenticate

RATES = st.decimals(min_value=Decimal("0.0001"), max_value=10**4, places=4)
AMOUNTS = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=9)


def read(books: Books, day: str = "2026-05-19", **fields: Any) -> Currency:
    token = authenticate(books.db, f"Bearer {SANDBOX_TOKEN}", 0.0)
    return read_currency(Call(books, token, books.org_id, "", {}, Body({})), Body(fields), day)


def add_rate(books: Books, rate: str, day: str) -> None:
    row = {"id": f"fx_{day}", "org": books.org_id, "from_currency": "USD", "to_currency": "INR"}
    with books.db.transaction():
        books.db.insert("exchange_rates", row | {"rate": rate, "rate_date": day, "source": "TEST"})


def test_a_document_without_a_currency_is_in_rupees(books: Books) -> None:
    assert read(books) == read(books, currency_code="INR", exchange_rate=1) == Currency("INR", Decimal(1))


def test_a_rate_that_is_sent_wins_over_the_known_ones(books: Books) -> None:
    given_rate = read(books, currency_code="USD", exchange_rate=Decimal("84.125"))
    assert given_rate.columns() == {"currency": "USD", "exchange_rate": "84.125"}


@pytest.mark.parametrize(("day", "rate"), [("2026-05-19", "85.50"), ("2026-05-20", "86"), ("2026-05-21", "86")])
def test_without_a_rate_the_last_one_of_the_day_holds(books: Books, day: str, rate: str) -> None:
    add_rate(books, "86", "2026-05-20")
    add_rate(books, "99", "2026-06-01")
    assert read(books, day, currency_code="USD").rate == Decimal(rate)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"currency_code": "XXX"}, "validation.invalid_value", "currency_code"),
        ({"currency_code": "USD", "exchange_rate": 0}, "validation.invalid_value", "exchange_rate"),
        ({"currency_code": "USD", "exchange_rate": -1}, "validation.invalid_value", "exchange_rate"),
        ({"exchange_rate": 2}, "validation.invalid_value", "exchange_rate"),
        ({"currency_code": "USD"}, "validation.required_field", "exchange_rate"),
    ],
)
def test_a_currency_or_rate_that_cannot_be_is_refused(
    books: Books, fields: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        read(books, "2026-03-31", **fields)  # before the first known rate
    assert (refused.value.status, refused.value.code, refused.value.field) == (400, code, field)


@pytest.mark.parametrize(("amount", "rate", "paise"), [(100, "85.505", 8551), (-100, "85.505", -8551), (1, "0.49", 0)])
def test_an_amount_in_rupees_is_rounded_half_up(amount: int, rate: str, paise: int) -> None:
    assert in_rupees(amount, rate) == paise


@given(AMOUNTS, RATES)
def test_an_entry_balances_in_rupees_whatever_the_rate(amounts: list[int], rate: Decimal) -> None:
    others = [Leg(str(place), amount) for place, amount in enumerate(amounts)]
    control, *legs = converted(Leg("receivable", -sum(amounts), "ct"), others, rate)
    assert control.amount + sum(leg.amount for leg in legs) == 0
    assert (control.account, control.contact_id) == ("receivable", "ct")
    assert abs(control.amount - in_rupees(-sum(amounts), rate)) <= len(amounts)  # half a paisa a leg, and its own


@given(AMOUNTS)
def test_at_a_rate_of_one_nothing_changes(amounts: list[int]) -> None:
    others = [Leg(str(place), amount) for place, amount in enumerate(amounts)]
    assert converted(Leg("receivable", -sum(amounts)), others, "1") == [Leg("receivable", -sum(amounts)), *others]


@pytest.mark.parametrize(
    ("amounts", "currency", "field"),
    [
        ((0, 1), "USD", "exchange_rate"),
        ((-1, 1), "USD", "exchange_rate"),
        ((1, 10**15), "USD", "exchange_rate"),
        ((10**15, 1), "INR", "line_items"),
    ],
)
def test_what_the_books_cannot_hold_is_refused(amounts: tuple[int, ...], currency: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_range([Leg("any", amount) for amount in amounts], currency)
    assert (refused.value.status, refused.value.field) == (400, field)


def test_what_the_books_can_hold_is_not_refused() -> None:
    check_range([Leg("any", 10**15 - 1), Leg("any", 1 - 10**15), Leg("any", 0)], "INR")
