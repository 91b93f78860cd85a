"""What becomes of documents: what they need, their statuses, what a call does and does not do (sections 9 to 18)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock, invoice_body

INVALID = "validation.invalid_value"
MISSING = "not_found.resource"


def receipt(contact: str, amount: Any = 100, *allocations: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"flow": "INCOMING", "contact_id": contact, "date": "2026-05-20", "amount": amount, "mode": "UPI"}
    rows = [{"invoice_id": invoice, "amount": part} for invoice, part in allocations]
    return body | {"allocations": rows} | fields


def note_body(customer: str, rate: Any = 100, **fields: Any) -> dict[str, Any]:
    lines = [{"name": "Returned", "quantity": 1, "rate": rate}]
    return {"customer_id": customer, "date": "2026-05-20", "line_items": lines} | fields


def status(api: Api, invoice: str) -> str:
    return str(api.get(f"/invoices/{invoice}")["invoice"]["status"])


@pytest.mark.fact("15.statuses", "15.sent", "15.partly-paid", "15.overdue", "15.credit-applied", "15.cancelled")
@pytest.mark.fact("15.draft", "15.approve", "15.void", "16.statuses", "15.list", "24.clock", "23.15-sent")
def test_every_status_is_reached_and_can_be_filtered_by(api: Api, clock: HandClock) -> None:
    customer = api.contact(payment_terms=30)
    names = ("DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "CANCELLED", "CREDIT_APPLIED")
    made = {
        name: api.invoice(customer, reference_number=name, auto_approve=False, **extra)["invoice_id"]
        for name in names
        for extra in ({"due_date": "2026-05-21"} if name == "OVERDUE" else {},)
    }
    assert {status(api, invoice) for invoice in made.values()} == {"DRAFT"}
    assert api.ledger(customer) == 0
    for name in names[1:]:
        assert api.post(f"/invoices/{made[name]}/approve")["invoice"]["status"] == "SENT"
    assert api.ledger(customer) == 600
    settled = receipt(customer, 140, (made["PARTIALLY_PAID"], 40), (made["PAID"], 100))
    api.post("/payments", settled)
    api.post(f"/invoices/{made['CANCELLED']}/void")
    note = api.post("/credit_notes", note_body(customer))["credit_note"]["credit_note_id"]
    api.post(f"/credit_notes/{note}/apply-to-invoice", {"invoice_id": made["CREDIT_APPLIED"], "amount": 100})
    assert status(api, made["OVERDUE"]) == "SENT"
    clock.advance(2 * 86400)
    for name, invoice in made.items():
        assert status(api, invoice) == name
        (only,) = api.get(f"/invoices?status={name}")["invoices"]
        assert only["invoice_id"] == invoice
    assert api.refused("GET", "/invoices?status=VOID") == (422, "validation.failed", "status")
    partly = api.get(f"/invoices/{made['PARTIALLY_PAID']}")["invoice"]
    assert (partly["total"], partly["payment_made"], partly["balance"]) == (100, 40, 60)


@pytest.mark.fact("10.balance")
def test_a_balance_is_the_total_less_what_was_paid_and_credited(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    api.post("/payments", receipt(customer, 30, (invoice, 30)))
    note = api.post("/credit_notes", note_body(customer, 20))["credit_note"]["credit_note_id"]
    api.post(f"/credit_notes/{note}/apply-to-invoice", {"invoice_id": invoice, "amount": Decimal("12.50")})
    shown = api.get(f"/invoices/{invoice}")["invoice"]
    assert (shown["total"], shown["payment_made"], shown["balance"]) == (100, 30, Decimal("57.50"))


@pytest.mark.fact("15.auto-approve", "15.delete")
def test_a_draft_books_nothing_and_can_go_what_is_posted_stays(api: Api) -> None:
    customer = api.contact()
    draft = api.invoice(customer, auto_approve=False)["invoice_id"]
    assert api.ledger(customer) == 0
    assert api.ok("DELETE", f"/invoices/{draft}")["code"] == 0
    assert api.refused("GET", f"/invoices/{draft}") == (404, MISSING, None)
    posted = api.invoice(customer)
    assert posted["status"] == "OVERDUE"  # sent, and due the day before
    assert api.ledger(customer) == 100
    assert api.refused("DELETE", f"/invoices/{posted['invoice_id']}")[:2] == (400, INVALID)
    assert api.ledger(customer) == 100


@pytest.mark.fact("15.customer", "15.date", "15.lines", "5.required-field")
@pytest.mark.parametrize("name", ["customer_id", "date", "place_of_supply", "line_items"])
def test_an_invoice_needs_these_four(api: Api, name: str) -> None:
    body = invoice_body(api.contact())
    del body[name]
    assert api.refused("POST", "/invoices", body) == (400, "validation.required_field", name)


@pytest.mark.fact("15.lines")
def test_an_invoice_has_one_line_at_least(api: Api) -> None:
    assert api.refused("POST", "/invoices", invoice_body(api.contact(), line_items=[]))[2] == "line_items"


@pytest.mark.fact("16.flow", "16.contact", "16.date", "16.amount")
@pytest.mark.parametrize("name", ["flow", "contact_id", "date", "amount"])
def test_a_payment_needs_these_four(api: Api, name: str) -> None:
    body = receipt(api.contact())
    del body[name]
    assert api.refused("POST", "/payments", body) == (400, "validation.required_field", name)


@pytest.mark.fact("17.required")
@pytest.mark.parametrize("name", ["customer_id", "date", "line_items"])
def test_a_credit_note_needs_these_three(api: Api, name: str) -> None:
    body = note_body(api.contact())
    del body[name]
    assert api.refused("POST", "/credit_notes", body) == (400, "validation.required_field", name)


@pytest.mark.fact("16.flow", "16.modes", "16.types", "16.both-ways")
def test_a_payment_takes_the_words_of_the_reference_and_no_others(api: Api) -> None:
    contact = api.contact(contact_type="BOTH")
    for name, words, wrong in (
        ("flow", ("INCOMING", "OUTGOING"), "incoming"),
        ("mode", ("CASH", "BANK_TRANSFER", "CHEQUE", "UPI", "CARD", "OTHER"), "BANK"),
        ("payment_type", ("REGULAR", "ADVANCE", "REFUND"), "PREPAID"),
    ):
        for word in words:
            assert api.post("/payments", receipt(contact, **{name: word}))["payment"][name] == word
        assert api.refused("POST", "/payments", receipt(contact, **{name: wrong})) == (400, INVALID, name)


@pytest.mark.fact("12.currency", "12.terms")
@pytest.mark.fact("12.type", "12.status", "12.default-type", "12.display-name", "12.create", "12.gst-no", "12.place")
def test_a_contact_takes_the_words_of_the_reference_and_no_others(api: Api) -> None:
    made = api.post("/contacts", {"contact_name": "Acme"})["contact"]
    assert (made["contact_type"], made["display_name"], made["status"]) == ("CUSTOMER", "Acme", "ACTIVE")
    assert made["currency_code"] == "INR"
    for word in ("CUSTOMER", "VENDOR", "BOTH"):
        assert api.post("/contacts", {"contact_name": "A", "contact_type": word})["contact"]["contact_type"] == word
    for word in ("INACTIVE", "ACTIVE"):
        assert api.put(f"/contacts/{made['contact_id']}", {"status": word})["contact"]["status"] == word
    for name, wrong in (
        ("contact_type", "customer"),
        ("status", "GONE"),
        ("gst_no", "29AABCF9012G1Z"),
        ("gst_no", "29AABCF9012G1ZQ0"),
        ("place_of_contact", "KA"),
        ("currency_code", "rupees"),
        ("payment_terms", -1),
    ):
        assert api.refused("POST", "/contacts", {"contact_name": "A", name: wrong}) == (400, INVALID, name)
    half_a_day = {"contact_name": "A", "payment_terms": Decimal("0.5")}
    assert api.refused("POST", "/contacts", half_a_day) == (422, "validation.failed", "payment_terms")
    assert api.refused("POST", "/contacts", {"email": "a@b"}) == (400, "validation.required_field", "contact_name")


@pytest.mark.fact("13.type")
def test_an_item_is_goods_or_a_service(api: Api) -> None:
    for word in ("GOODS", "SERVICE"):
        assert api.post("/items", {"name": "Pen", "type": word})["item"]["item_type"] == word
    assert api.refused("POST", "/items", {"name": "Pen", "type": "THING"}) == (400, INVALID, "type")


@pytest.mark.fact("17.list", "17.statuses", "17.void", "17.update")
def test_credit_notes_are_filtered_by_the_words_of_the_reference(api: Api) -> None:
    customer, other = api.contact(), api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    issued = api.post("/credit_notes", note_body(customer, 30, invoice_id=invoice))["credit_note"]["credit_note_id"]
    applied = api.post("/credit_notes", note_body(customer, 10))["credit_note"]["credit_note_id"]
    api.post(f"/credit_notes/{applied}/apply-to-invoice", {"invoice_id": invoice, "amount": 10})
    voided = api.post("/credit_notes", note_body(other, 20))["credit_note"]["credit_note_id"]
    assert api.post(f"/credit_notes/{voided}/void")["credit_note"]["status"] == "CANCELLED"
    assert api.refused("PUT", f"/credit_notes/{applied}", {"notes": "late"})[:2] == (400, INVALID)
    for query, found in (
        ("status=DRAFT", set()),
        ("status=ISSUED", {issued}),
        ("status=APPLIED", {applied}),
        ("status=CANCELLED", {voided}),
        (f"customer_id={customer}", {issued, applied}),
        (f"invoice_id={invoice}", {issued}),
        ("bill_id=bl_1", set()),
        ("type=customer", {issued, applied, voided}),
        ("type=vendor", set()),
    ):
        notes = api.get(f"/credit_notes?{query}")["credit_notes"]
        assert {note["credit_note_id"] for note in notes} == found, query
    assert api.refused("GET", "/credit_notes?status=OPEN") == (422, "validation.failed", "status")


@pytest.mark.fact("17.no-balance", "17.never-automatic", "17.apply", "17.other-invoice", "17.create")
def test_a_credit_note_lowers_the_ledger_at_once_and_an_invoice_when_it_is_applied(api: Api) -> None:
    customer = api.contact()
    linked, other = (api.invoice(customer, total)["invoice_id"] for total in ("100.00", "70.00"))
    note = api.post("/credit_notes", note_body(customer, 50, invoice_id=linked))["credit_note"]["credit_note_id"]
    assert api.get(f"/invoices/{linked}")["invoice"]["balance"] == 100
    assert api.ledger(customer) == 120
    api.post(f"/credit_notes/{note}/apply-to-invoice", {"invoice_id": other, "amount": 50})
    assert api.get(f"/invoices/{linked}")["invoice"]["balance"] == 100
    assert api.get(f"/invoices/{other}")["invoice"]["balance"] == 20
    assert api.ledger(customer) == 120


@pytest.mark.fact("18.no-others")
@pytest.mark.parametrize("kind", ["contacts", "items", "payments", "credit_notes"])
def test_there_is_no_bulk_call_but_for_invoices(api: Api, kind: str) -> None:
    assert api.refused("POST", f"/bulk/{kind}", {kind: [{}]})[0] == 404


@pytest.mark.fact("16.too-much", "25.18-draft-payment", "5.wrong-state")
def test_money_does_not_go_where_there_is_no_room(api: Api) -> None:
    customer = api.contact()
    posted = api.invoice(customer)["invoice_id"]
    drafted = api.invoice(customer, "70.00", auto_approve=False)["invoice_id"]
    for body, field in (
        (receipt(customer, 500, (posted, Decimal("100.01"))), "allocations[0].amount"),
        (receipt(customer, 99, (posted, 100)), "allocations[0].amount"),
        (receipt(customer, 70, (drafted, 70)), "allocations[0].invoice_id"),
    ):
        assert api.refused("POST", "/payments", body) == (400, INVALID, field)
    assert api.get("/payments")["payments"] == []


@pytest.mark.fact("2.payment-ids", "2.note-ids", "2.invoice-ids", "2.cross-org", "2.looked-up-first", "5.field-path")
def test_an_id_of_another_org_is_as_one_that_is_not_there(api: Api, books: Books) -> None:
    other = books.add_org("Other Traders")
    books.add_token("other", orgs=[other])
    foreign = api.send("POST", "/contacts", {"contact_name": "Theirs"}, token="other").json()["contact"]["contact_id"]
    item = api.send("POST", "/items", {"name": "Theirs"}, token="other").json()["item"]["item_id"]
    bank = api.send("GET", "/bank_accounts", token="other").json()["bank_accounts"][0]["account_id"]
    body = invoice_body(foreign)
    theirs = api.send("POST", "/invoices", body, token="other").json()["invoice"]["invoice_id"]
    customer = api.contact()
    mine = api.post("/credit_notes", note_body(customer))["credit_note"]["credit_note_id"]
    bought = [{"name": "Work", "quantity": 1, "rate": 1}, {"item_id": item, "quantity": 1}]
    for path, sent, field in (
        ("/invoices", invoice_body(foreign), "customer_id"),
        ("/invoices", invoice_body(customer, salesperson_id="sp_1"), "salesperson_id"),
        ("/invoices", invoice_body(customer, line_items=bought), "line_items[1].item_id"),
        ("/payments", receipt(foreign), "contact_id"),
        ("/payments", receipt(customer, bank_account_id=bank), "bank_account_id"),
        ("/payments", receipt(customer, 100, (theirs, 5)), "allocations[0].invoice_id"),
        ("/credit_notes", note_body(foreign), "customer_id"),
        ("/credit_notes", note_body(customer, invoice_id=theirs), "invoice_id"),
        ("/credit_notes", note_body(customer, line_items=bought), "line_items[1].item_id"),
        (f"/credit_notes/{mine}/apply-to-invoice", {"invoice_id": theirs, "amount": 5}, "invoice_id"),
        (f"/credit_notes/{mine}/apply-to-bill", {"bill_id": "bl_1", "amount": 5}, "bill_id"),
    ):
        before = (api.get("/invoices"), api.get("/payments"), api.get("/credit_notes"), api.ledger(customer))
        assert api.refused("POST", path, sent) == (404, MISSING, field)
        assert (api.get("/invoices"), api.get("/payments"), api.get("/credit_notes"), api.ledger(customer)) == before
    assert api.refused("GET", f"/contacts/{foreign}") == (404, MISSING, None)
    assert api.refused("GET", "/contacts/ct_none") == (404, MISSING, None)


@pytest.mark.fact("25.26-day", "15.overdue")
@pytest.mark.parametrize(("zone", "midnight"), [("ist", "2026-05-20T18:30+00:00"), ("utc", "2026-05-21T00:00+00:00")])
def test_an_invoice_is_overdue_when_its_day_ends_in_india_or_by_utc(
    api: Api, books: Books, clock: HandClock, zone: str, midnight: str
) -> None:
    books.settings.set_switches({"day_zone": zone})
    invoice = api.invoice(api.contact(), due_date="2026-05-20")["invoice_id"]
    clock.time = datetime.fromisoformat(midnight).timestamp() - 1
    assert status(api, invoice) == "SENT"
    clock.time += 1
    assert status(api, invoice) == "OVERDUE"


@pytest.mark.fact("13.taxes", "13.accounts")
@pytest.mark.parametrize(("name", "key"), [("taxes", "tax_id"), ("accounts", "account_id")])
def test_taxes_and_accounts_can_only_be_read(api: Api, name: str, key: str) -> None:
    before = api.get(f"/{name}")
    one = f"/{name}/{before[name][0][key]}"
    for method, path in (("POST", f"/{name}"), ("PUT", one), ("DELETE", one)):
        assert api.refused(method, path, {"name": "Mine"})[0] == 405
    assert api.get(f"/{name}") == before


@pytest.mark.fact("18.no-row-key", "18.row", "18.isolation")
def test_a_result_of_a_bulk_call_is_an_invoice_or_an_error_and_nothing_else(api: Api) -> None:
    customer = api.contact()
    rows = [invoice_body(customer), invoice_body("ct_no"), invoice_body(customer, "7.00")]
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    assert [set(result) for result in results] == [{"ok", "invoice"}, {"ok", "error"}, {"ok", "invoice"}]
    assert [result["ok"] for result in results] == [True, False, True]
    assert set(results[1]["error"]) == {"code", "message", "field"}
    single = api.get(f"/invoices/{results[0]['invoice']['invoice_id']}")["invoice"]
    assert results[0]["invoice"] == single
    assert api.ledger(customer) == 107
