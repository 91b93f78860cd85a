from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock, invoice_body


def draft(api: Api, **fields: Any) -> dict[str, Any]:
    return api.invoice(api.contact(), auto_approve=False, **fields)


def test_item_and_quantity_are_enough_for_a_line(api: Api) -> None:
    invoice = api.invoice(api.contact(), line_items=[{"item_id": api.item(unit="NOS"), "quantity": 2}])
    (line,) = invoice["line_items"]
    assert (line["name"], line["rate"], line["hsn_or_sac"], line["unit"]) == ("Widget Pro", 12000, "997331", "NOS")
    assert (line["item_total"], line["tax_percentage"]) == (24000, 18)


def test_tax_is_rounded_half_up_by_line_and_by_component(api: Api) -> None:
    line = {"name": "Nut", "quantity": 1, "rate": Decimal("10.50"), "tax_id": api.tax()}
    customer = api.contact()
    within = api.invoice(customer, line_items=[line, line], place_of_supply="IN-KA")
    across = api.invoice(customer, line_items=[line, line], place_of_supply="IN-MH")
    assert within["tax_total"] == Decimal("3.80")  # 9 % of 10.50 is 0.945: twice 0.95 a line
    assert across["tax_total"] == Decimal("3.78")  # 18 % is 1.89
    trial = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    credits = {row["name"]: row["credit"] for row in trial}
    assert (credits["Output CGST"], credits["Output SGST"], credits["Output IGST"]) == (
        *(Decimal("1.90"), Decimal("1.90")),
        Decimal("3.78"),
    )


def test_line_discount_shipping_adjustment_and_tds_make_the_total(api: Api) -> None:
    line = {"name": "Nut", "quantity": 2, "rate": 100, "discount": 20, "tax_id": api.tax()}
    extra: dict[str, Any] = {"shipping_charge": 50, "adjustment": -5, "tds_amount": 18, "round_off": Decimal("-0.40")}
    invoice = api.invoice(api.contact(), line_items=[line], **extra)
    assert (invoice["sub_total"], invoice["tax_total"]) == (180, Decimal("32.40"))
    assert invoice["total"] == Decimal("239.00")


def test_the_org_may_round_totals_but_an_explicit_round_off_wins(api: Api, books: Books) -> None:
    customer = api.contact()
    assert api.invoice(customer, "199.49")["total"] == Decimal("199.49")
    for method, total in (("nearest", 199), ("up", 200), ("down", 199)):
        books.set_preferences(round_invoice_totals=True, rounding_method=method)
        invoice = api.invoice(customer, "199.49", reference_number=method)
        assert (invoice["total"], invoice["round_off"]) == (total, total - Decimal("199.49"))
    assert api.invoice(customer, "199.49", round_off=0, reference_number="zero")["total"] == Decimal("199.49")


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


def test_a_draft_posts_nothing_until_it_is_approved(api: Api) -> None:
    invoice = draft(api)
    assert invoice["status"] == "DRAFT"
    assert api.ledger(invoice["customer_id"]) == 0
    assert api.post(f"/invoices/{invoice['invoice_id']}/approve")["invoice"]["status"] == "OVERDUE"
    assert api.ledger(invoice["customer_id"]) == 100
    refused = api.refused("POST", f"/invoices/{invoice['invoice_id']}/approve")
    assert refused == (400, "validation.invalid_value", "status")


def test_an_edit_reaches_the_header_of_a_draft_only(api: Api) -> None:
    line = {"name": "Nut", "quantity": 1, "rate": Decimal("10.50"), "tax_id": api.tax()}
    invoice = draft(api, line_items=[line])
    path = f"/invoices/{invoice['invoice_id']}"
    changes = {"place_of_supply": "IN-MH", "reference_number": "R-9", "date": "2026-05-18T00:00:00"}
    edited = api.put(path, changes | {"line_items": []})["invoice"]
    assert (edited["tax_total"], edited["reference_number"]) == (Decimal("1.89"), "R-9")
    assert (edited["date"], edited["invoice_number"]) == ("2026-05-18T00:00:00", invoice["invoice_number"])
    again = api.put(path, edited)["invoice"]  # what was read can be sent back whole
    assert again["total"] == edited["total"]
    api.post(f"{path}/approve")
    assert api.refused("PUT", path, {"notes": "x"}) == (400, "validation.invalid_value", "status")


def test_a_draft_is_deleted_and_a_posted_invoice_is_not(api: Api) -> None:
    invoice = draft(api)
    api.ok("DELETE", f"/invoices/{invoice['invoice_id']}")
    assert api.refused("GET", f"/invoices/{invoice['invoice_id']}")[0] == 404
    posted = api.invoice(api.contact())
    assert api.refused("DELETE", f"/invoices/{posted['invoice_id']}")[0] == 400


def test_a_void_takes_an_unpaid_invoice_out_of_the_books(api: Api) -> None:
    invoice = api.invoice(api.contact())
    voided = api.post(f"/invoices/{invoice['invoice_id']}/void")["invoice"]
    assert (voided["status"], voided["balance"]) == ("CANCELLED", 0)
    assert api.ledger(invoice["customer_id"]) == 0
    assert api.refused("POST", f"/invoices/{invoice['invoice_id']}/void")[0] == 400
    api.invoice(invoice["customer_id"])  # the guard looks at what is posted


def test_a_paid_invoice_is_not_voided(api: Api) -> None:
    invoice = api.invoice(api.contact())
    body = {"flow": "INCOMING", "contact_id": invoice["customer_id"], "date": "2026-05-20", "amount": 1, "mode": "UPI"}
    api.post("/payments", body | {"allocations": [{"invoice_id": invoice["invoice_id"], "amount": 1}]})
    refused = api.refused("POST", f"/invoices/{invoice['invoice_id']}/void")
    assert refused == (400, "validation.invalid_value", "payment_made")


def test_numbers_run_by_financial_year_and_step_over_those_taken(api: Api) -> None:
    customer = api.contact()
    given = api.invoice(customer, invoice_number="INV-2627-002")
    dates = ("2026-05-19", "2026-05-19", "2026-03-31", "2026-04-01")
    numbers = [
        api.invoice(customer, date=day, reference_number=str(place))["invoice_number"]
        for place, day in enumerate(dates)
    ]
    assert given["invoice_number"] == "INV-2627-002"
    assert numbers == ["INV-2627-001", "INV-2627-003", "INV-2526-001", "INV-2627-004"]


def test_a_number_is_unique_within_its_branch(api: Api) -> None:
    customer = api.contact()
    api.invoice(customer, invoice_number="A-1")
    again = invoice_body(customer, "5.00", invoice_number="A-1")
    assert api.refused("POST", "/invoices", again) == (409, "conflict.duplicate", "invoice_number")
    other = api.invoice(customer, "7.00", auto_approve=False)
    refused = api.refused("PUT", f"/invoices/{other['invoice_id']}", {"invoice_number": "A-1"})
    assert refused == (409, "conflict.duplicate", "invoice_number")


def test_the_guard_compares_customer_date_total_and_reference(api: Api) -> None:
    customer, duplicate = api.contact(), (409, "conflict.duplicate", "reference_number")
    api.invoice(customer, "100.00", reference_number="R")
    api.invoice(customer, "100.00")
    assert api.refused("POST", "/invoices", invoice_body(customer, "100.00", reference_number="R")) == duplicate
    assert api.refused("POST", "/invoices", invoice_body(customer, "100.00")) == duplicate
    api.invoice(customer, "100.00", reference_number="S")
    api.invoice(customer, "100.01", reference_number="R")
    api.invoice(customer, "100.00", reference_number="R", date="2026-05-18")
    api.invoice(api.contact(), "100.00", reference_number="R")


def test_the_guard_looks_at_posted_invoices_only(api: Api) -> None:
    customer = api.contact()
    for _ in range(2):
        api.invoice(customer, auto_approve=False, reference_number="R")


def test_the_list_is_filtered_inclusively(api: Api) -> None:
    one, two = api.contact(), api.contact()
    for customer, day in ((one, "2026-05-01"), (one, "2026-05-02"), (two, "2026-05-03")):
        api.invoice(customer, date=day)
    for query, count in (
        (f"customer_id={one}", 2),
        ("date_from=2026-05-02", 2),
        ("date_to=2026-05-02T00:00:00", 2),
        ("date_from=2026-05-02&date_to=2026-05-02", 1),
        ("status=DRAFT", 0),
    ):
        assert len(api.get(f"/invoices?{query}")["invoices"]) == count, query
    listed = api.get(f"/invoices?customer_id={two}")["invoices"][0]
    assert listed == api.get(f"/invoices/{listed['invoice_id']}")["invoice"]  # list rows are whole
    assert api.refused("GET", "/invoices?status=VOID") == (422, "validation.failed", "status")
    assert api.refused("GET", "/invoices?date_from=May") == (422, "validation.failed", "date_from")


LINE: dict[str, Any] = {"name": "Nut", "quantity": 1, "rate": 1}
UNCOUNTED = {"name": "Nut", "rate": 1}
HUGE = LINE | {"quantity": 10**12, "rate": 10**12}


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
        ({"currency_code": "USD"}, (400, "validation.invalid_value", "currency_code")),
        ({"reference_number": "x" * 256}, (422, "validation.failed", "reference_number")),
        ({"tds_amount": -1}, (400, "validation.invalid_value", "tds_amount")),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/invoices", invoice_body(api.contact(), **fields)) == refusal
    assert api.get("/invoices")["invoices"] == []


def test_a_renamed_state_is_the_same_state_in_both_spellings(api: Api) -> None:
    for spelling in ("IN-OR", "IN-OD", "IN-TG", "IN-TS", "IN-CT", "IN-CG", "IN-UT", "IN-UK"):
        assert api.invoice(api.contact(), place_of_supply=spelling)["place_of_supply"] == spelling
