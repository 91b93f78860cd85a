from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api

INVALID, MISSING = "validation.invalid_value", "not_found.resource"
RESTOCK = "line_items[0].restock"


def note_body(customer: str, rate: Any = 100, **fields: Any) -> dict[str, Any]:
    lines = [{"name": "Returned", "quantity": 1, "rate": rate}]
    return {"customer_id": customer, "date": "2026-05-25", "line_items": lines} | fields


def made(api: Api, customer: str, rate: Any = 100, **fields: Any) -> dict[str, Any]:
    note: dict[str, Any] = api.post("/credit_notes", note_body(customer, rate, **fields))["credit_note"]
    return note


@pytest.mark.fact("17.create", "17.issued", "17.shape", "17.get", "17.untaxed-line")
def test_a_note_is_issued_and_lowers_the_ledger_at_once(api: Api) -> None:
    customer = api.contact()
    note = made(api, customer, reference_number="CN-1")
    assert (note["status"], note["balance"], note["reference_number"]) == ("ISSUED", 100, "CN-1")
    assert note["credit_note_number"] == "CN-2627-001"
    assert (note["total"], note["tax_total"], note["customer_name"]) == (100, 0, "Acme Corp")
    assert api.ledger(customer) == -100
    assert note == api.get(f"/credit_notes/{note['credit_note_id']}")["credit_note"]


@pytest.mark.fact("17.link")
def test_the_tax_of_a_note_follows_its_invoice(api: Api, books: Books) -> None:
    books.settings.set_switches({"tax_parts": "each"})  # so that the tax tells which it is
    customer, item = api.contact(), api.item(rate=Decimal("10.50"))
    lines = [{"item_id": item, "quantity": 1}]
    invoice = api.invoice(customer, line_items=lines, place_of_supply="IN-MH")
    linked = made(api, customer, invoice_id=invoice["invoice_id"], line_items=lines)
    assert (linked["tax_total"], linked["place_of_supply"]) == (Decimal("1.89"), "IN-MH")
    assert made(api, customer, line_items=lines)["tax_total"] == Decimal("1.90")
    assert made(api, api.contact(place_of_contact="IN-DL"), line_items=lines)["tax_total"] == Decimal("1.89")


@pytest.mark.fact("17.apply", "17.other-invoice", "17.no-balance", "17.never-automatic", "17.issued")
def test_a_note_is_applied_in_parts_to_invoices_of_its_customer(api: Api) -> None:
    customer = api.contact()
    one, two = (api.invoice(customer, total)["invoice_id"] for total in ("60.00", "70.00"))
    note = made(api, customer, invoice_id=one)
    assert api.get(f"/invoices/{one}")["invoice"]["balance"] == 60  # its note lowers it when applied
    path = f"/credit_notes/{note['credit_note_id']}/apply-to-invoice"
    part = api.post(path, {"invoice_id": one, "amount": 60})["credit_note"]
    assert (part["status"], part["balance"]) == ("ISSUED", 40)
    whole = api.post(path, {"invoice_id": two, "amount": 40})["credit_note"]
    assert (whole["status"], whole["balance"]) == ("APPLIED", 0)
    assert api.get(f"/invoices/{one}")["invoice"]["status"] == "CREDIT_APPLIED"
    assert api.get(f"/invoices/{two}")["invoice"]["balance"] == 30
    assert api.refused("POST", path, {"invoice_id": two, "amount": 1}) == (400, INVALID, "amount")


@pytest.mark.fact("2.note-ids")
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


@pytest.mark.fact("17.update")
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


@pytest.mark.fact("17.void")
def test_a_voided_note_counts_no_more_and_cannot_be_applied(api: Api) -> None:
    customer = api.contact()
    path = f"/credit_notes/{made(api, customer)['credit_note_id']}"
    voided = api.post(f"{path}/void")["credit_note"]
    assert (voided["status"], voided["balance"]) == ("CANCELLED", 0)
    assert api.ledger(customer) == 0
    application = {"invoice_id": api.invoice(customer)["invoice_id"], "amount": 1}
    assert api.refused("POST", f"{path}/apply-to-invoice", application) == (400, INVALID, "status")
    assert api.refused("POST", f"{path}/void") == (400, INVALID, "status")
    assert api.refused("PUT", path, {"notes": "late"}) == (400, INVALID, "status")


@pytest.mark.fact("17.required", "2.note-ids")
@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"customer_id": None}, (400, "validation.required_field", "customer_id")),
        ({"customer_id": "ct_no"}, (404, MISSING, "customer_id")),
        ({"invoice_id": "inv_no"}, (404, MISSING, "invoice_id")),
        ({"bill_id": "bl_no"}, (404, MISSING, "bill_id")),
        ({"date": None}, (400, "validation.required_field", "date")),
        ({"line_items": None}, (400, "validation.required_field", "line_items")),
        ({"round_off": -100}, (400, INVALID, "line_items")),
        ({"place_of_supply": "INKA"}, (400, INVALID, "place_of_supply")),
        ({"tags": "urgent"}, (422, "validation.failed", "tags")),
        ({"line_items": [{"name": "x", "quantity": 1, "rate": 1, "restock": 1}]}, (422, "validation.failed", RESTOCK)),
        ({"line_items": [{"item_id": "it_no", "quantity": 1}]}, (404, MISSING, "line_items[0].item_id")),
        ({"currency_code": "XYZ"}, (400, INVALID, "currency_code")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/credit_notes", note_body(api.contact(), **fields)) == refusal


def test_a_note_and_its_invoice_are_of_one_customer(api: Api) -> None:
    foreign = api.invoice(api.contact())["invoice_id"]
    body = note_body(api.contact(), invoice_id=foreign)
    assert api.refused("POST", "/credit_notes", body) == (400, INVALID, "invoice_id")


@pytest.mark.fact("17.notes", "17.lines")
def test_what_was_sent_is_kept(api: Api) -> None:
    item = api.item(rate=50)
    line = {"item_id": item, "quantity": 2, "restock": True}
    sent: dict[str, Any] = {
        "reference_number": "RMA-7",
        "notes": "Came back broken",
        "place_of_supply": "IN-MH",
        "round_off": Decimal("-0.25"),
        "tags": [{"cost_center_id": "cc_1"}, "returns"],
    }
    note = made(api, api.contact(), line_items=[line, {"name": "Fee", "quantity": 1, "rate": 1}], **sent)
    assert {name: note[name] for name in sent} == sent
    assert [(one["name"], one["rate"], one["restock"]) for one in note["line_items"]] == [
        ("Widget Pro", 50, True),
        ("Fee", 1, False),
    ]
    assert (note["sub_total"], note["tax_total"], note["total"]) == (101, 18, Decimal("118.75"))


def test_an_edit_leaves_alone_what_it_does_not_name(api: Api) -> None:
    customer = api.contact()
    lines = [{"name": "Returned", "quantity": 1, "rate": 100, "restock": True}]
    note = made(api, customer, line_items=lines, reference_number="RMA-7", tags=["a"], round_off=1)
    edited = api.put(f"/credit_notes/{note['credit_note_id']}", {"notes": "two"})["credit_note"]
    ids = {"line_items", "last_modified_time"}  # the lines are made anew
    assert {name: edited[name] for name in edited.keys() - ids} == {
        **{name: note[name] for name in note.keys() - ids},
        "notes": "two",
    }
    assert edited["line_items"][0]["restock"] is True


def trial(api: Api) -> dict[str, Decimal]:
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    return {row["name"]: row["debit"] - row["credit"] for row in rows}


@pytest.mark.fact("17.create")
def test_a_note_books_returns_and_tax_against_the_receivable(api: Api) -> None:
    lines = [{"item_id": api.item(rate=100), "quantity": 1}]
    made(api, api.contact(), line_items=lines, round_off=Decimal("0.50"))
    assert trial(api) == {
        "Accounts Receivable": Decimal("-118.50"),
        "Output CGST": 9,
        "Output SGST": 9,
        "Sales Returns": 100,
        "Round Off": Decimal("0.50"),
    }


@pytest.mark.fact("17.both-sides", "17.apply-to-bill", "17.list")
def test_a_vendors_credit_lowers_what_is_owed_to_the_vendor(api: Api) -> None:
    vendor, customer = api.contact(contact_type="VENDOR"), api.contact()
    lines = [{"item_id": api.item(rate=100), "quantity": 1}]
    credit = made(api, vendor, line_items=lines, round_off=Decimal("0.50"))
    assert trial(api) == {
        "Accounts Payable": Decimal("118.50"),
        "Input GST": -18,
        "Purchase Returns": -100,
        "Round Off": Decimal("-0.50"),
    }
    path = f"/credit_notes/{credit['credit_note_id']}"
    application = {"bill_id": "bl_no", "amount": 5}
    assert api.refused("POST", f"{path}/apply-to-bill", application) == (404, MISSING, "bill_id")
    assert api.refused("POST", f"{path}/apply-to-bill", {"bill_id": "bl_no"})[2] == "amount"
    assert api.refused("POST", "/credit_notes/cn_no/apply-to-bill", application) == (404, MISSING, None)
    own = {"invoice_id": api.invoice(vendor)["invoice_id"], "amount": 5}
    assert api.refused("POST", f"{path}/apply-to-invoice", own) == (400, INVALID, "invoice_id")
    linked = note_body(vendor, invoice_id=own["invoice_id"])
    assert api.refused("POST", "/credit_notes", linked) == (400, INVALID, "invoice_id")
    made(api, customer)
    for side, contact in (("vendor", vendor), ("customer", customer)):
        assert [one["customer_id"] for one in api.get(f"/credit_notes?type={side}")["credit_notes"]] == [contact]
    api.post(f"{path}/void")
    assert trial(api)["Accounts Payable"] == trial(api)["Input GST"] == 0


@pytest.mark.fact("17.both-sides")
def test_a_contact_that_is_both_gets_a_customers_note_unless_it_names_a_bill(api: Api) -> None:
    both = api.contact(contact_type="BOTH")
    assert api.refused("POST", "/credit_notes", note_body(both, bill_id="bl_no")) == (404, MISSING, "bill_id")
    made(api, both)
    assert trial(api) == {"Accounts Receivable": -100, "Sales Returns": 100}


@pytest.mark.fact("8.mandatory-notes", "17.apply-to-bill")
def test_an_application_to_a_bill_needs_a_key_and_the_scope_of_applications(api: Api, books: Books) -> None:
    path = f"/credit_notes/{made(api, api.contact())['credit_note_id']}/apply-to-bill"
    application = {"bill_id": "bl_no", "amount": 5}
    needed = (400, "idempotency.key_required", "Idempotency-Key")
    assert api.refused("POST", path, application, key=None) == needed
    books.add_token("aibk_pat_test_updates", scopes=("AIBooks.creditnotes.UPDATE",))
    assert api.refused("POST", path, application, token="aibk_pat_test_updates")[0] == 404
    books.settings.set_switches({"note_apply_scope": "create"})
    refusal = api.refused("POST", path, application, token="aibk_pat_test_updates")
    assert refusal == (403, "auth.insufficient_scope", None)


@pytest.mark.fact("17.list", "17.statuses")
def test_the_list_is_filtered(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    made(api, customer, invoice_id=invoice)
    made(api, api.contact())
    for query, count in (
        ("", 2),
        (f"customer_id={customer}", 1),
        (f"invoice_id={invoice}&status=ISSUED", 1),
        ("status=DRAFT", 0),
        ("status=APPLIED", 0),
        ("status=CANCELLED", 0),
        ("type=customer", 2),
        ("type=vendor", 0),
        ("bill_id=bl_1", 0),
    ):
        assert len(api.get(f"/credit_notes?{query}")["credit_notes"]) == count, query
    for query, field in (("status=OPEN", "status"), ("type=both", "type")):
        assert api.refused("GET", f"/credit_notes?{query}") == (422, "validation.failed", field)
