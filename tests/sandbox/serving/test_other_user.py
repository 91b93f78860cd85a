from __future__ import annotations

import logging
from typing import Any

import pytest

from sandbox.client import Api, invoice_body


@pytest.fixture
def customer(api: Api) -> str:
    return api.contact()


def receipt(customer: str, **fields: Any) -> dict[str, Any]:
    return {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 100, "mode": "UPI"} | fields


def note_body(customer: str) -> dict[str, Any]:
    lines = [{"name": "Returned", "quantity": 1, "rate": 10}]
    return {"customer_id": customer, "date": "2026-05-20", "line_items": lines}


def numbers(api: Api) -> dict[str, int]:
    """How many of each kind the books hold."""
    kinds = ("contacts", "items", "invoices", "payments", "credit_notes")
    return {kind: len(api.get(f"/{kind}")[kind]) for kind in kinds}


def test_the_document_of_the_path_is_edited_before_the_work(api: Api, customer: str) -> None:
    other = api.contact(contact_name="Other")
    api.strike("PUT /contacts/{id} other-edits")
    mine = api.put(f"/contacts/{customer}", {"email": "me@example.com"})["contact"]
    assert (mine["email"], mine["phone"]) == ("me@example.com", "+91 90000 00000")
    assert api.get(f"/contacts/{other}")["contact"]["phone"] is None


def test_without_one_in_the_path_it_is_the_newest(api: Api, customer: str) -> None:
    newest = api.contact(contact_name="Newest")
    api.strike('GET /contacts other-edits fields={"credit_limit":1500.50}')
    shown = {one["contact_id"]: one["credit_limit"] for one in api.get("/contacts")["contacts"]}
    assert float(shown[newest]) == 1500.5
    assert shown[customer] is None


def test_each_kind_that_can_be_edited_is(api: Api, customer: str) -> None:
    item = api.item()
    draft = api.post("/invoices", invoice_body(customer, auto_approve=False))["invoice"]["invoice_id"]
    note = api.post("/credit_notes", note_body(customer))["credit_note"]["credit_note_id"]
    api.strike(*(f"GET /{kind}/{{id}} other-edits" for kind in ("items", "invoices", "credit_notes")))
    assert api.get(f"/items/{item}")["item"]["description"] == "Changed by another user"
    assert api.get(f"/invoices/{draft}")["invoice"]["notes"] == "Changed by another user"
    assert api.get(f"/credit_notes/{note}")["credit_note"]["notes"] == "Changed by another user"


def test_each_kind_that_can_be_undone_is(api: Api, customer: str) -> None:
    item = api.item()
    posted = api.invoice(customer)["invoice_id"]
    draft = api.post("/invoices", invoice_body(customer, "7.00", auto_approve=False))["invoice"]["invoice_id"]
    note = api.post("/credit_notes", note_body(customer))["credit_note"]["credit_note_id"]
    api.strike("GET /items/{id} other-voids", "GET /invoices/{id} other-voids times=2")
    api.strike("GET /credit_notes/{id} other-voids")
    assert api.get(f"/items/{item}")["item"]["status"] != "ACTIVE"
    assert api.get(f"/invoices/{posted}")["invoice"]["status"] == "CANCELLED"
    assert api.refused("GET", f"/invoices/{draft}")[:2] == (404, "not_found.resource")
    assert api.get(f"/credit_notes/{note}")["credit_note"]["status"] == "CANCELLED"


def test_a_contact_without_documents_is_deleted_and_a_payment_where_that_is_allowed(api: Api, customer: str) -> None:
    newest = api.contact(contact_name="Newest")
    payment = api.post("/payments", receipt(customer))["payment"]["payment_id"]
    api.strike("GET /contacts other-voids", "GET /payments/{id} other-voids times=2")
    assert newest not in [one["contact_id"] for one in api.get("/contacts?status=ACTIVE")["contacts"]]
    api.get(f"/payments/{payment}")  # by default nobody can undo one
    api.books.settings.set_switches({"payment_delete": "allowed"})
    assert api.refused("GET", f"/payments/{payment}")[0] == 404


def test_an_invoice_is_voided_under_the_one_who_pays_it(api: Api, customer: str) -> None:
    invoice = api.invoice(customer)["invoice_id"]
    api.strike("GET /invoices/{id} other-voids")
    api.get(f"/invoices/{invoice}")
    body = receipt(customer, allocations=[{"invoice_id": invoice, "amount": 100}])
    assert api.refused("POST", "/payments", body)[0] == 400


def test_one_like_the_one_that_is_being_made_is_added_without_its_references(api: Api, customer: str) -> None:
    api.strike("POST /contacts other-adds", "POST /items other-adds", "POST /invoices other-adds")
    api.strike("POST /payments other-adds", "POST /credit_notes other-adds")
    before = numbers(api)
    api.contact(contact_name="Twin")
    api.item()
    mine = api.invoice(customer, reference_number="ORDER-1", invoice_number="A-1")
    api.post("/payments", receipt(customer, reference_number="UTR-1"))
    api.post("/credit_notes", note_body(customer))
    assert {kind: number - before[kind] for kind, number in numbers(api).items()} == dict.fromkeys(before, 2)
    invoices = {one["reference_number"]: one for one in api.get("/invoices")["invoices"]}
    assert invoices["ORDER-1"]["invoice_number"] == mine["invoice_number"] == "A-1"
    assert invoices[None]["total"] == mine["total"]
    assert {one["reference_number"] for one in api.get("/payments")["payments"]} == {"UTR-1", None}
    assert [one["contact_name"] for one in api.get("/contacts")["contacts"]][:2] == ["Twin", "Twin"]


def test_the_first_row_of_a_bulk_call_is_what_is_added(api: Api, customer: str) -> None:
    api.strike("POST /bulk/invoices other-adds")
    rows = [invoice_body(customer, f"{number}0", reference_number=f"R-{number}") for number in (1, 2)]
    assert api.post("/bulk/invoices", {"invoices": rows})["summary"]["succeeded"] == 2
    assert [one["reference_number"] for one in api.get("/invoices")["invoices"]] == ["R-2", "R-1", None]


def test_a_payment_of_another_user_takes_what_mine_was_for(api: Api, customer: str) -> None:
    invoice = api.invoice(customer)["invoice_id"]
    api.strike("POST /payments other-adds")
    body = receipt(customer, allocations=[{"invoice_id": invoice, "amount": 100}])
    assert api.refused("POST", "/payments", body) == (400, "validation.invalid_value", "allocations[0].amount")
    assert len(api.get("/payments")["payments"]) == 1


def test_a_fault_may_say_what_is_added(api: Api, customer: str) -> None:
    api.strike('GET /contacts other-adds fields={"contact_name":"Hand made"}', "GET /items other-adds")
    assert api.get("/contacts")["contacts"][0]["contact_name"] == "Hand made"
    assert api.get("/items")["items"][0]["item_name"] == "Added by another user"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/taxes", None),
        ("GET", "/bank_accounts", None),
        ("GET", "/whoami", None),
        ("GET", "/reports/trial_balance?as_of_date=2026-05-31", None),
        ("GET", "/payments", None),
        ("GET", "/invoices", None),
        ("GET", "/contacts/ct_missing", None),
        ("POST", "/contacts", b"no json"),
        ("POST", "/invoices", {"customer_id": 7}),
        ("POST", "/bulk/invoices", {"invoices": [7]}),
        ("POST", "/payments/pay_missing/apply", {}),
    ],
)
@pytest.mark.parametrize("kind", ["other-edits", "other-voids", "other-adds"])
def test_what_another_user_cannot_do_is_left_undone_and_told(
    api: Api, caplog: pytest.LogCaptureFixture, kind: str, method: str, path: str, body: object
) -> None:
    key = "k" if method == "POST" else None
    plain = api.send(method, path, body, key=key)
    with caplog.at_level(logging.WARNING, "importer.sandbox"):
        api.strike(kind)
        struck = api.send(method, path, body, key=None if key is None else "k2")
    assert struck.status_code == plain.status_code != 500
    assert not [record for record in caplog.records if record.exc_info]
    if "contacts" not in path:
        assert caplog.messages
