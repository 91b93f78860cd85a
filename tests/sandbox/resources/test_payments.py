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


@pytest.mark.fact("16.one-shot", "16.statuses", "16.allocations", "16.get")
def test_a_receipt_settles_several_invoices_in_the_order_given(api: Api) -> None:
    customer = api.contact()
    one, two = (api.invoice(customer, total)["invoice_id"] for total in ("60.00", "50.00"))
    made = api.post("/payments", receipt(customer, 100, (one, 60), (two, Decimal("39.50"))))["payment"]
    assert [(row["invoice_id"], row["bill_id"], row["amount"]) for row in made["allocations"]] == [
        (one, None, 60),
        (two, None, Decimal("39.50")),
    ]
    assert len({row["allocation_id"] for row in made["allocations"]}) == 2
    assert made == api.get(f"/payments/{made['payment_id']}")["payment"] == api.get("/payments")["payments"][0]
    assert api.get(f"/invoices/{one}")["invoice"]["status"] == "PAID"
    assert api.get(f"/invoices/{two}")["invoice"]["balance"] == Decimal("10.50")
    assert api.ledger(customer) == 10


@pytest.mark.fact("16.apply", "16.advance", "16.types")
def test_an_advance_is_applied_later(api: Api) -> None:
    customer = api.contact()
    payment = api.post("/payments", receipt(customer, 100, payment_type="ADVANCE"))["payment"]
    assert (payment["payment_type"], payment["allocations"]) == ("ADVANCE", [])
    assert api.ledger(customer) == -100
    path = f"/payments/{payment['payment_id']}/apply"
    one, two = (api.invoice(customer, total)["invoice_id"] for total in ("60.00", "70.00"))
    api.post(path, {"allocations": [{"invoice_id": one, "amount": 60}]})
    applied = api.post(path, {"allocations": [{"invoice_id": two, "amount": 40}]})["payment"]
    assert [row["amount"] for row in applied["allocations"]] == [60, 40]
    again = {"allocations": [{"invoice_id": two, "amount": 1}]}
    assert api.refused("POST", path, again) == (400, INVALID, "allocations[0].amount")
    assert api.refused("POST", path, {}) == (400, "validation.required_field", "allocations")
    assert api.refused("POST", path, {"invoice_id": two, "amount": 1}) == (
        400,
        "validation.required_field",
        "allocations",
    )
    assert api.refused("POST", "/payments/pay_no/apply", again) == (404, MISSING, None)
    assert api.ledger(customer) == 30


def test_one_payment_may_settle_an_invoice_in_several_parts(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    made = api.post("/payments", receipt(customer, 90, (invoice, 30), (invoice, 20)))["payment"]
    path = f"/payments/{made['payment_id']}/apply"
    api.post(path, {"allocations": [{"invoice_id": invoice, "amount": 40}]})
    assert api.get(f"/invoices/{invoice}")["invoice"]["balance"] == 10


@pytest.mark.fact("16.one-shot")
@pytest.mark.fact("16.too-much", "25.18-draft-payment", "25.30-amount")
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
        (receipt(customer, 100, (posted, 5), payment_type="REFUND"), (400, INVALID, "allocations[0].invoice_id")),
    ):
        assert api.refused("POST", "/payments", body) == refusal
    assert api.get("/payments")["payments"] == []
    assert api.get(f"/invoices/{posted}")["invoice"]["balance"] == 100
    assert api.ledger(customer) == 190


@pytest.mark.fact("16.flow", "16.contact", "16.date", "16.amount", "16.modes", "2.payment-ids", "25.30-amount")
@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"flow": None}, (400, "validation.required_field", "flow")),
        ({"flow": "SIDEWAYS"}, (400, INVALID, "flow")),
        ({"contact_id": None}, (400, "validation.required_field", "contact_id")),
        ({"contact_id": "ct_no"}, (404, MISSING, "contact_id")),
        ({"date": None}, (400, "validation.required_field", "date")),
        ({"amount": None}, (400, "validation.required_field", "amount")),
        ({"amount": 0}, (400, INVALID, "amount")),
        ({"amount": -5}, (400, INVALID, "amount")),
        ({"amount": "100"}, (422, "validation.failed", "amount")),
        ({"mode": "BANK"}, (400, INVALID, "mode")),
        ({"payment_type": "GIFT"}, (400, INVALID, "payment_type")),
        ({"bank_account_id": "acc_no"}, (404, MISSING, "bank_account_id")),
        ({"paid_through_account_id": "acc_no"}, (404, MISSING, "paid_through_account_id")),
        ({"bank_charges": -1}, (400, INVALID, "bank_charges")),
        ({"bank_charges": 101}, (400, INVALID, "bank_charges")),
        ({"tds_amount": -1}, (400, INVALID, "tds_amount")),
        ({"allocations": [{"amount": 5}]}, (400, "validation.required_field", "allocations[0].invoice_id")),
        ({"allocations": [{"bill_id": "b"}]}, (400, "validation.required_field", "allocations[0].amount")),
        ({"currency_code": "XYZ"}, (400, INVALID, "currency_code")),
        ({"currency_code": "USD", "exchange_rate": 10**12, "amount": 10**12}, (400, INVALID, "exchange_rate")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/payments", receipt(api.contact(), **fields)) == refusal


@pytest.mark.fact("14.paid-through")
@pytest.mark.fact("16.bank", "16.default-bank", "23.7-bank")
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


@pytest.mark.fact("16.journal", "16.tds", "16.charges")
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


@pytest.mark.fact("16.both-ways", "16.list", "16.types")
def test_a_vendor_payment_goes_out_and_a_refund_the_other_way(api: Api) -> None:
    contact = api.contact(contact_type="BOTH")
    api.post("/payments", receipt(contact, 30, flow="OUTGOING", bank_charges=1, tds_amount=3))
    assert trial(api) == {"HDFC Current": -31, "Accounts Payable": 33, "TDS Payable": -3, "Bank Charges": 1}
    api.post("/payments", receipt(contact, 10, flow="OUTGOING", payment_type="REFUND"))
    assert trial(api)["Accounts Receivable"] == 10
    assert len(api.get("/payments?flow=OUTGOING")["payments"]) == 2
    assert api.get("/payments?flow=INCOMING")["payments"] == []
    api.post("/payments", receipt(contact, 33, payment_type="REFUND"))
    assert trial(api)["Accounts Payable"] == 0
    assert trial(api)["HDFC Current"] == -8


@pytest.mark.fact("16.mode", "23.14-mode")
def test_the_mode_is_bank_transfer_unless_given(api: Api) -> None:
    assert api.post("/payments", receipt(api.contact(), mode=None))["payment"]["mode"] == "BANK_TRANSFER"


@pytest.mark.fact("16.shape", "16.reference")
def test_a_payment_shows_what_was_sent_and_its_own(api: Api) -> None:
    customer = api.contact(contact_name="Acme Corp")
    sent = receipt(customer, 100, reference_number="UTR-7", description="First half", tds_amount=2, bank_charges=1)
    shown = api.post("/payments", sent)["payment"]
    assert {name: shown[name] for name in sent} == sent | {"date": "2026-05-20T00:00:00"}
    own = {"contact_name": "Acme Corp", "currency_code": "INR", "exchange_rate": 1, "payment_type": "REGULAR"}
    assert {name: shown[name] for name in own} == own
    assert shown["created_time"] == shown["last_modified_time"] == "2026-05-20T04:30:07"


@pytest.mark.fact("9.payments")
def test_the_same_payment_may_be_made_twice(api: Api) -> None:
    body = receipt(api.contact(), reference_number="UTR-7")
    for _ in range(2):
        api.post("/payments", body)
    assert len(api.get("/payments")["payments"]) == 2
