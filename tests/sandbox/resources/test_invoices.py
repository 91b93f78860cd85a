from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock, invoice_body


def draft(api: Api, **fields: Any) -> dict[str, Any]:
    return api.invoice(api.contact(), auto_approve=False, **fields)


@pytest.mark.fact("15.short-line")
def test_item_and_quantity_are_enough_for_a_line(api: Api) -> None:
    invoice = api.invoice(api.contact(), line_items=[{"item_id": api.item(unit="NOS"), "quantity": 2}])
    (line,) = invoice["line_items"]
    assert (line["name"], line["rate"], line["hsn_or_sac"], line["unit"]) == ("Widget Pro", 12000, "997331", "NOS")
    assert (line["item_total"], line["tax_percentage"]) == (24000, 18)


@pytest.mark.fact("14.tags", "15.reference", "15.due-date", "15.tags")
def test_what_is_sent_is_echoed(api: Api, books: Books) -> None:
    books.settings.set_switches({"salespersons": "any"})
    sent: dict[str, Any] = {
        "reference_number": "ORD-1",
        "due_date": "2026-06-30T00:00:00",
        "notes": "Thank you",
        "salesperson_id": "sp_1",
        "series_name": "export",
        "tags": [{"cost_center_id": "cc_1", "share": Decimal("0.5")}, "any", None],
    }
    invoice = api.invoice(api.contact(), **sent)
    assert {name: invoice[name] for name in sent} == sent
    bare = api.invoice(api.contact())
    assert [bare[name] for name in sent] == [None, "2026-05-19T00:00:00", None, None, None, []]


@pytest.mark.fact("12.terms")
@pytest.mark.fact("15.due-date", "15.overdue", "15.credit-applied", "24.clock")
def test_the_status_follows_balance_and_due_date(api: Api, clock: HandClock) -> None:
    customer = api.contact(payment_terms=1)
    invoice = api.invoice(customer, "100.00")
    assert (invoice["due_date"], invoice["status"]) == ("2026-05-20T00:00:00", "SENT")
    clock.time += 14 * 3600 - 7  # 18:30 UTC: midnight in India
    assert api.get("/invoices?status=OVERDUE")["invoices"][0]["status"] == "OVERDUE"
    assert api.get("/invoices?status=SENT")["invoices"] == []
    lines = [{"name": "Back", "quantity": 1, "rate": 100}]
    note = api.post("/credit_notes", {"customer_id": customer, "date": "2026-05-21", "line_items": lines})
    path = f"/credit_notes/{note['credit_note']['credit_note_id']}/apply-to-invoice"
    api.post(path, {"invoice_id": invoice["invoice_id"], "amount": 100})
    assert api.get(f"/invoices/{invoice['invoice_id']}")["invoice"]["status"] == "CREDIT_APPLIED"


@pytest.mark.fact("15.draft", "15.approve")
def test_a_draft_posts_nothing_until_it_is_approved(api: Api) -> None:
    invoice = draft(api)
    assert invoice["status"] == "DRAFT"
    assert api.ledger(invoice["customer_id"]) == 0
    assert api.post(f"/invoices/{invoice['invoice_id']}/approve")["invoice"]["status"] == "OVERDUE"
    assert api.ledger(invoice["customer_id"]) == 100
    refused = api.refused("POST", f"/invoices/{invoice['invoice_id']}/approve")
    assert refused == (400, "validation.invalid_value", "status")


@pytest.mark.fact("15.delete")
def test_a_draft_is_deleted_and_a_posted_invoice_is_not(api: Api) -> None:
    invoice = draft(api)
    api.ok("DELETE", f"/invoices/{invoice['invoice_id']}")
    assert api.refused("GET", f"/invoices/{invoice['invoice_id']}")[0] == 404
    posted = api.invoice(api.contact())
    assert api.refused("DELETE", f"/invoices/{posted['invoice_id']}")[0] == 400


LINE: dict[str, Any] = {"name": "Nut", "quantity": 1, "rate": 1}
UNCOUNTED = {"name": "Nut", "rate": 1}
HUGE = LINE | {"quantity": 10**12, "rate": 10**12}


@pytest.mark.fact("5.field-path", "5.mistyped", "11.required", "11.invalid", "14.salespersons", "15.customer")
@pytest.mark.fact("15.date", "15.lines", "15.salesperson", "25.30-amount", "25.30-length")
@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"customer_id": None}, (400, "validation.required_field", "customer_id")),
        ({"date": None}, (400, "validation.required_field", "date")),
        ({"date": "19-05-2026"}, (422, "validation.failed", "date")),
        ({"date": "2026-W20-1"}, (422, "validation.failed", "date")),
        ({"place_of_supply": None}, (400, "validation.required_field", "place_of_supply")),
        ({"place_of_supply": "INKA"}, (400, "validation.invalid_value", "place_of_supply")),
        ({"line_items": []}, (400, "validation.required_field", "line_items")),
        ({"line_items": [LINE, 1]}, (422, "validation.failed", "line_items")),
        ({"line_items": [LINE, UNCOUNTED]}, (400, "validation.required_field", "line_items[1].quantity")),
        ({"line_items": [LINE | {"quantity": 0}]}, (400, "validation.invalid_value", "line_items[0].quantity")),
        ({"line_items": [LINE | {"rate": None}]}, (400, "validation.required_field", "line_items[0].rate")),
        ({"line_items": [LINE | {"name": None}]}, (400, "validation.required_field", "line_items[0].name")),
        ({"line_items": [LINE | {"rate": -1}]}, (400, "validation.invalid_value", "line_items[0].rate")),
        ({"line_items": [LINE | {"discount": 2}]}, (400, "validation.invalid_value", "line_items[0].discount")),
        ({"line_items": [LINE | {"item_id": "it_no"}]}, (404, "not_found.resource", "line_items[0].item_id")),
        ({"line_items": [LINE, LINE | {"tax_id": "tx_no"}]}, (404, "not_found.resource", "line_items[1].tax_id")),
        ({"line_items": [HUGE]}, (400, "validation.invalid_value", "line_items[0].rate")),
        ({"line_items": [LINE | {"rate": 0}]}, (400, "validation.invalid_value", "line_items")),
        ({"branch_id": "br_no"}, (404, "not_found.resource", "branch_id")),
        ({"salesperson_id": "sp_no"}, (404, "not_found.resource", "salesperson_id")),
        ({"auto_approve": "yes"}, (422, "validation.failed", "auto_approve")),
        ({"due_date": "2026-05-18"}, (400, "validation.invalid_value", "due_date")),
        ({"tags": "HQ"}, (422, "validation.failed", "tags")),
        ({"round_off": "0"}, (422, "validation.failed", "round_off")),
        ({"reference_number": "x" * 256}, (422, "validation.failed", "reference_number")),
        ({"tds_amount": -1}, (400, "validation.invalid_value", "tds_amount")),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/invoices", invoice_body(api.contact(), **fields)) == refusal
    assert api.get("/invoices")["invoices"] == []


@pytest.mark.fact("15.early-due")
def test_a_due_date_before_the_date_is_refused_or_taken(api: Api, books: Books) -> None:
    early = {"date": "2026-05-19", "due_date": "2026-05-18"}
    refused = api.refused("POST", "/invoices", invoice_body(api.contact(), **early))
    assert refused == (400, "validation.invalid_value", "due_date")
    books.settings.set_switches({"early_due_date": "taken"})
    assert draft(api, **early)["due_date"] == "2026-05-18T00:00:00"


@pytest.mark.fact("11.renamed", "25.15-states")
def test_a_renamed_state_is_the_same_state_in_both_spellings(api: Api) -> None:
    for spelling in ("IN-OR", "IN-OD", "IN-TG", "IN-TS", "IN-CT", "IN-CG", "IN-UT", "IN-UK"):
        assert api.invoice(api.contact(), place_of_supply=spelling)["place_of_supply"] == spelling
