from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.client import Api

INVALID, MISSING = "validation.invalid_value", "not_found.resource"


def receipt(contact: str, amount: Any = 100, *allocations: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"flow": "INCOMING", "contact_id": contact, "date": "2026-05-20", "amount": amount, "mode": "UPI"}
    rows = [{"invoice_id": invoice, "amount": part} for invoice, part in allocations]
    return body | {"allocations": rows} | fields


def trial(api: Api) -> dict[str, Decimal]:
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    return {row["name"]: row["debit"] - row["credit"] for row in rows}


def test_a_receipt_settles_several_invoices_in_the_order_given(api: Api) -> None:
    customer = api.contact()
    one, two = (api.invoice(customer, total)["invoice_id"] for total in ("60.00", "50.00"))
    made = api.post("/payments", receipt(customer, 100, (one, 60), (two, Decimal("39.50"))))["payment"]
    assert [row["invoice_id"] for row in made["allocations"]] == [one, two]
    assert made == api.get(f"/payments/{made['payment_id']}")["payment"] == api.get("/payments")["payments"][0]
    assert api.get(f"/invoices/{one}")["invoice"]["status"] == "PAID"
    assert api.get(f"/invoices/{two}")["invoice"]["balance"] == Decimal("10.50")
    assert api.ledger(customer) == 10


def test_an_advance_is_applied_later(api: Api) -> None:
    customer = api.contact()
    payment = api.post("/payments", receipt(customer, 100, payment_type="ADVANCE"))["payment"]
    path = f"/payments/{payment['payment_id']}/apply"
    one, two = (api.invoice(customer, total)["invoice_id"] for total in ("60.00", "70.00"))
    api.post(path, {"allocations": [{"invoice_id": one, "amount": 60}]})
    applied = api.post(path, {"allocations": [{"invoice_id": two, "amount": 40}]})["payment"]
    assert [row["amount"] for row in applied["allocations"]] == [60, 40]
    again = {"allocations": [{"invoice_id": two, "amount": 1}]}
    assert api.refused("POST", path, again) == (400, INVALID, "allocations[0].amount")
    assert api.refused("POST", path, {}) == (400, "validation.required_field", "allocations")
    assert api.ledger(customer) == 30


def test_money_that_cannot_go_there_is_refused_and_nothing_is_written(api: Api) -> None:
    customer = api.contact()
    posted = api.invoice(customer, "100.00")["invoice_id"]
    drafted = api.invoice(customer, "70.00", auto_approve=False)["invoice_id"]
    voided = api.invoice(customer, "71.00")["invoice_id"]
    api.post(f"/invoices/{voided}/void")
    foreign = api.invoice(api.contact(), "100.00")["invoice_id"]
    second = api.invoice(customer, "90.00")["invoice_id"]
    one_paisa_more = Decimal("100.01")
    for body, refusal in (
        (receipt(customer, 500, (posted, one_paisa_more)), (400, INVALID, "allocations[0].amount")),
        (receipt(customer, 100, (posted, 60), (second, 50)), (400, INVALID, "allocations[1].amount")),
        (receipt(customer, 500, (posted, 100), (posted, 1)), (400, INVALID, "allocations[1].amount")),
        (receipt(customer, 99, (posted, 100)), (400, INVALID, "allocations[0].amount")),
        (receipt(customer, 100, (posted, 50), (drafted, 50)), (400, INVALID, "allocations[1].invoice_id")),
        (receipt(customer, 100, (voided, 50)), (400, INVALID, "allocations[0].invoice_id")),
        (receipt(customer, 100, (foreign, 50)), (400, INVALID, "allocations[0].invoice_id")),
        (receipt(customer, 100, (posted, 50), ("inv_no", 50)), (404, MISSING, "allocations[1].invoice_id")),
        (receipt(customer, 100, (posted, 0)), (400, INVALID, "allocations[0].amount")),
        (receipt(customer, 100, allocations=[{"bill_id": "b", "amount": 1}]), (404, MISSING, "allocations[0].bill_id")),
        (receipt(customer, 100, (posted, 5), flow="OUTGOING"), (400, INVALID, "allocations[0].invoice_id")),
    ):
        assert api.refused("POST", "/payments", body) == refusal
    assert api.get("/payments")["payments"] == []
    assert api.get(f"/invoices/{posted}")["invoice"]["balance"] == 100
    assert api.ledger(customer) == 190


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"flow": None}, (400, "validation.required_field", "flow")),
        ({"flow": "SIDEWAYS"}, (400, INVALID, "flow")),
        ({"contact_id": "ct_no"}, (404, MISSING, "contact_id")),
        ({"amount": None}, (400, "validation.required_field", "amount")),
        ({"amount": 0}, (400, INVALID, "amount")),
        ({"amount": -5}, (400, INVALID, "amount")),
        ({"amount": "100"}, (422, "validation.failed", "amount")),
        ({"mode": "BANK"}, (400, INVALID, "mode")),
        ({"bank_account_id": "acc_no"}, (404, MISSING, "bank_account_id")),
        ({"paid_through_account_id": "acc_no"}, (404, MISSING, "paid_through_account_id")),
        ({"bank_charges": 101}, (400, INVALID, "bank_charges")),
        ({"tds_amount": -1}, (400, INVALID, "tds_amount")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/payments", receipt(api.contact(), **fields)) == refusal


def test_the_bank_has_two_spellings_and_a_default(api: Api) -> None:
    customer, icici = api.contact(), api.account("ICICI Current")
    for fields, bank in (
        ({"bank_account_id": icici}, icici),
        ({"paid_through_account_id": icici}, icici),
        ({}, api.account("HDFC Current")),
    ):
        assert api.post("/payments", receipt(customer, **fields))["payment"]["bank_account_id"] == bank
    not_a_bank = receipt(customer, bank_account_id=api.account("Sales"))
    assert api.refused("POST", "/payments", not_a_bank) == (400, INVALID, "bank_account_id")


def test_tds_clears_gross_and_charges_are_an_expense(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "1000.00")["invoice_id"]
    api.post("/payments", receipt(customer, 900, (invoice, 1000), tds_amount=100, bank_charges=5))
    assert trial(api) == {
        "HDFC Current": 895,
        "Accounts Receivable": 0,
        "TDS Receivable": 100,
        "Sales": -1000,
        "Bank Charges": 5,
    }


def test_a_vendor_payment_goes_out_and_a_refund_the_other_way(api: Api) -> None:
    contact = api.contact(contact_type="BOTH")
    api.post("/payments", receipt(contact, 30, flow="OUTGOING", bank_charges=1))
    assert trial(api) == {"HDFC Current": -31, "Accounts Payable": 30, "Bank Charges": 1}
    api.post("/payments", receipt(contact, 10, flow="OUTGOING", payment_type="REFUND"))
    assert trial(api)["Accounts Receivable"] == 10
    assert len(api.get("/payments?flow=OUTGOING")["payments"]) == 2
    assert api.get("/payments?flow=INCOMING")["payments"] == []


def test_the_mode_is_bank_transfer_unless_given(api: Api) -> None:
    assert api.post("/payments", receipt(api.contact(), mode=None))["payment"]["mode"] == "BANK_TRANSFER"
