"""Invoices in another currency: their amounts are in it, the books are in rupees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.client import Api, invoice_body

USD: dict[str, Any] = {"currency_code": "USD", "exchange_rate": Decimal("85.505")}


def column(api: Api, invoice: dict[str, Any], name: str) -> Any:
    """A column that answers do not show."""
    row = api.books.db.find("invoices", api.books.org_id, invoice["invoice_id"])
    assert row is not None
    return row[name]


def balances(api: Api) -> dict[str, Decimal]:
    """Debits less credits by account, those of zero left out."""
    report = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]
    assert report["total_debit"] == report["total_credit"]
    return {row["name"]: row["debit"] - row["credit"] for row in report["rows"] if row["debit"] != row["credit"]}


@pytest.mark.fact("15.currency")
def test_the_document_is_in_its_currency_and_the_books_are_in_rupees(api: Api) -> None:
    line = {"name": "Work", "quantity": 1, "rate": 100, "tax_id": api.tax()}
    invoice = api.invoice(api.contact(), line_items=[line], **USD)
    assert (invoice["currency_code"], invoice["exchange_rate"]) == ("USD", Decimal("85.505"))
    assert (invoice["total"], invoice["balance"]) == (118, 118)
    assert balances(api) == {
        "Accounts Receivable": Decimal("10089.60"),  # what the legs below come to; 118 x 85.505 is 10089.59
        "Sales": Decimal("-8550.50"),
        "Output CGST": Decimal("-769.55"),
        "Output SGST": Decimal("-769.55"),
    }
    assert column(api, invoice, "base_total") == 1008960
    assert api.ledger(invoice["customer_id"]) == Decimal("10089.60")


def test_a_draft_is_worth_nothing_in_the_books_until_it_is_approved(api: Api) -> None:
    invoice = api.invoice(api.contact(), auto_approve=False, **USD)
    assert (column(api, invoice, "base_total"), balances(api)) == (0, {})
    api.post(f"/invoices/{invoice['invoice_id']}/approve")
    assert column(api, invoice, "base_total") == 855050


def test_a_void_takes_back_what_was_booked_in_rupees(api: Api) -> None:
    invoice = api.invoice(api.contact(), **USD)
    api.post(f"/invoices/{invoice['invoice_id']}/void")
    assert (column(api, invoice, "base_total"), balances(api)) == (0, {})


def test_without_a_rate_the_last_known_one_holds(api: Api) -> None:
    assert api.invoice(api.contact(), currency_code="EUR")["exchange_rate"] == Decimal("92.25")


def test_a_document_in_rupees_has_the_rate_one(api: Api) -> None:
    invoice = api.invoice(api.contact())
    assert (invoice["currency_code"], invoice["exchange_rate"]) == ("INR", 1)


def test_a_draft_changes_its_currency_and_then_not_the_rate_of_the_old_one_holds(api: Api) -> None:
    invoice = api.invoice(api.contact(), auto_approve=False, **USD)
    path = f"/invoices/{invoice['invoice_id']}"
    assert api.put(path, {"notes": "x"})["invoice"]["exchange_rate"] == Decimal("85.505")
    assert api.put(path, {"currency_code": "EUR"})["invoice"]["exchange_rate"] == Decimal("92.25")
    assert api.put(path, {"exchange_rate": 90})["invoice"]["exchange_rate"] == 90
    assert api.put(path, {"currency_code": "INR"})["invoice"]["exchange_rate"] == 1


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"currency_code": "XXX"}, (400, "validation.invalid_value", "currency_code")),
        ({"currency_code": 1, "customer_id": "ct_no"}, (422, "validation.failed", "currency_code")),
        ({"exchange_rate": "85", "customer_id": "ct_no"}, (422, "validation.failed", "exchange_rate")),
        ({"currency_code": "XXX", "customer_id": "ct_no"}, (404, "not_found.resource", "customer_id")),
        ({"exchange_rate": 2}, (400, "validation.invalid_value", "exchange_rate")),
        ({"currency_code": "USD", "exchange_rate": 0}, (400, "validation.invalid_value", "exchange_rate")),
        (USD | {"date": "2026-03-31", "exchange_rate": None}, (400, "validation.required_field", "exchange_rate")),
        # More, and less, than the books can hold in rupees.
        ({"currency_code": "USD", "exchange_rate": 10**12}, (400, "validation.invalid_value", "exchange_rate")),
        (USD | {"exchange_rate": Decimal("0.000001")}, (400, "validation.invalid_value", "exchange_rate")),
    ],
)
def test_a_bad_currency_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/invoices", invoice_body(api.contact(), **fields)) == refusal
    assert api.get("/invoices")["invoices"] == []
