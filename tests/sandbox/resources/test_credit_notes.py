from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.client import Api

INVALID, MISSING = "validation.invalid_value", "not_found.resource"


def note_body(customer: str, rate: Any = 100, **fields: Any) -> dict[str, Any]:
    lines = [{"name": "Returned", "quantity": 1, "rate": rate}]
    return {"customer_id": customer, "date": "2026-05-25", "line_items": lines} | fields


def made(api: Api, customer: str, rate: Any = 100, **fields: Any) -> dict[str, Any]:
    note: dict[str, Any] = api.post("/credit_notes", note_body(customer, rate, **fields))["credit_note"]
    return note


def test_a_note_is_issued_and_lowers_the_ledger_at_once(api: Api) -> None:
    customer = api.contact()
    note = made(api, customer, reference_number="CN-1")
    assert (note["status"], note["balance"], note["reference_number"]) == ("ISSUED", 100, "CN-1")
    assert note["credit_note_number"] == "CN-2627-001"
    assert api.ledger(customer) == -100
    assert note == api.get(f"/credit_notes/{note['credit_note_id']}")["credit_note"]


def test_the_tax_of_a_note_follows_its_invoice(api: Api) -> None:
    customer, item = api.contact(), api.item(rate=Decimal("10.50"))
    lines = [{"item_id": item, "quantity": 1}]
    invoice = api.invoice(customer, line_items=lines, place_of_supply="IN-MH")
    linked = made(api, customer, invoice_id=invoice["invoice_id"], line_items=lines)
    assert (linked["tax_total"], linked["place_of_supply"]) == (Decimal("1.89"), "IN-MH")
    assert made(api, customer, line_items=lines)["tax_total"] == Decimal("1.90")
    assert made(api, api.contact(place_of_contact="IN-DL"), line_items=lines)["tax_total"] == Decimal("1.89")


def test_a_note_is_applied_in_parts_to_invoices_of_its_customer(api: Api) -> None:
    customer = api.contact()
    one, two = (api.invoice(customer, total)["invoice_id"] for total in ("60.00", "70.00"))
    note = made(api, customer, invoice_id=one)
    path = f"/credit_notes/{note['credit_note_id']}/apply-to-invoice"
    part = api.post(path, {"invoice_id": one, "amount": 60})["credit_note"]
    assert (part["status"], part["balance"]) == ("ISSUED", 40)
    whole = api.post(path, {"invoice_id": two, "amount": 40})["credit_note"]
    assert (whole["status"], whole["balance"]) == ("APPLIED", 0)
    assert api.get(f"/invoices/{two}")["invoice"]["balance"] == 30
    assert api.refused("POST", path, {"invoice_id": two, "amount": 1}) == (400, INVALID, "amount")


def test_an_application_that_cannot_be_is_refused(api: Api) -> None:
    customer = api.contact()
    note = made(api, customer)
    path = f"/credit_notes/{note['credit_note_id']}/apply-to-invoice"
    small = api.invoice(customer, "60.00")["invoice_id"]
    drafted = api.invoice(customer, auto_approve=False)["invoice_id"]
    foreign = api.invoice(api.contact())["invoice_id"]
    for invoice, amount, refusal in (
        (small, 61, (400, INVALID, "amount")),
        (small, 101, (400, INVALID, "amount")),
        (small, 0, (400, INVALID, "amount")),
        (drafted, 5, (400, INVALID, "invoice_id")),
        (foreign, 5, (400, INVALID, "invoice_id")),
        ("inv_no", 5, (404, MISSING, "invoice_id")),
        (None, 5, (400, "validation.required_field", "invoice_id")),
    ):
        assert api.refused("POST", path, {"invoice_id": invoice, "amount": amount}) == refusal
    nowhere = "/credit_notes/cn_no/apply-to-invoice"
    assert api.refused("POST", nowhere, {"invoice_id": small, "amount": 5}) == (404, MISSING, None)
    assert api.get(f"/invoices/{small}")["invoice"]["balance"] == 60


def test_a_note_can_be_edited_until_it_is_applied(api: Api) -> None:
    customer = api.contact()
    note = made(api, customer)
    path = f"/credit_notes/{note['credit_note_id']}"
    lines = [{"name": "Returned", "quantity": 2, "rate": 30}]
    edited = api.put(path, {"line_items": lines, "notes": "two"})["credit_note"]
    assert (edited["total"], edited["notes"], edited["credit_note_number"]) == (60, "two", note["credit_note_number"])
    assert api.ledger(customer) == -60
    api.put(path, edited)  # what was read can be sent back whole
    assert api.ledger(customer) == -60
    invoice = api.invoice(customer)["invoice_id"]
    api.post(f"{path}/apply-to-invoice", {"invoice_id": invoice, "amount": 1})
    assert api.refused("PUT", path, {"notes": "three"}) == (400, INVALID, "status")
    assert api.refused("POST", f"{path}/void") == (400, INVALID, "status")


def test_a_voided_note_counts_no_more_and_cannot_be_applied(api: Api) -> None:
    customer = api.contact()
    path = f"/credit_notes/{made(api, customer)['credit_note_id']}"
    voided = api.post(f"{path}/void")["credit_note"]
    assert (voided["status"], voided["balance"]) == ("CANCELLED", 0)
    assert api.ledger(customer) == 0
    application = {"invoice_id": api.invoice(customer)["invoice_id"], "amount": 1}
    assert api.refused("POST", f"{path}/apply-to-invoice", application) == (400, INVALID, "status")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"customer_id": "ct_no"}, (404, MISSING, "customer_id")),
        ({"invoice_id": "inv_no"}, (404, MISSING, "invoice_id")),
        ({"bill_id": "bl_no"}, (404, MISSING, "bill_id")),
        ({"date": None}, (400, "validation.required_field", "date")),
        ({"line_items": None}, (400, "validation.required_field", "line_items")),
        ({"round_off": -100}, (400, INVALID, "line_items")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/credit_notes", note_body(api.contact(), **fields)) == refusal


def test_a_note_names_a_customer_and_an_invoice_of_that_customer(api: Api) -> None:
    foreign = api.invoice(api.contact())["invoice_id"]
    body = note_body(api.contact(), invoice_id=foreign)
    assert api.refused("POST", "/credit_notes", body) == (400, INVALID, "invoice_id")
    vendor = note_body(api.contact(contact_type="VENDOR"))
    assert api.refused("POST", "/credit_notes", vendor) == (400, INVALID, "customer_id")


def test_the_list_is_filtered(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    made(api, customer, invoice_id=invoice)
    made(api, api.contact())
    for query, count in (
        ("", 2),
        (f"customer_id={customer}", 1),
        (f"invoice_id={invoice}&status=ISSUED", 1),
        ("status=APPLIED", 0),
        ("type=customer", 2),
        ("type=vendor", 0),
        ("bill_id=bl_1", 0),
    ):
        assert len(api.get(f"/credit_notes?{query}")["credit_notes"]) == count, query
