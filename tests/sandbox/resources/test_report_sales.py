from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body

BY_LINE = ("taxable_value", "cgst", "sgst", "igst", "cess")


def register(api: Api, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/reports/sales_register{query}")["sales_register"]
    return found


def amounts(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in BY_LINE)


def line(api: Api, rate: str, tax: str = "GST 18%", **fields: Any) -> dict[str, Any]:
    return {"name": "Work", "quantity": 1, "rate": Decimal(rate), "tax_id": api.tax(tax), **fields}


@pytest.mark.fact("20.sales-register")
def test_each_line_is_a_row_with_its_code_and_its_tax(api: Api) -> None:
    customer = api.contact()
    lines = [line(api, "100.00", hsn_or_sac="9973", quantity=2), line(api, "50.00", "GST 5%", hsn_or_sac="8471")]
    api.invoice(customer, line_items=lines)
    api.invoice(customer, line_items=lines[:1], place_of_supply="IN-MH")
    report = register(api)
    assert [(row["hsn_or_sac"], row["quantity"], *amounts(row)) for row in report["rows"]] == [
        ("9973", 2, 200, 18, 18, 0, 0),
        ("8471", 1, 50, Decimal("1.25"), Decimal("1.25"), 0, 0),
        ("9973", 2, 200, 0, 0, 36, 0),
    ]
    assert [document["total"] for document in report["documents"]] == [Decimal("288.50"), 236]
    assert amounts(report["totals"]) == (450, Decimal("19.25"), Decimal("19.25"), 36, 0)


def test_a_credit_note_is_below_zero(api: Api) -> None:
    customer = api.contact()
    api.invoice(customer, line_items=[line(api, "100.00")])
    api.post("/credit_notes", invoice_body(customer, line_items=[line(api, "40.00")]))
    report = register(api)
    assert [(row["type"], row["taxable_value"], row["cgst"]) for row in report["rows"]] == [
        ("invoice", 100, 9),
        ("credit note", -40, Decimal("-3.60")),
    ]
    assert report["totals"]["total"] == Decimal("70.80") == api.ledger(customer)


def test_drafts_voided_documents_and_vendor_credits_are_left_out(api: Api) -> None:
    customer = api.contact()
    api.invoice(customer, auto_approve=False)
    invoice = api.invoice(customer, "50.00")
    note = api.post("/credit_notes", invoice_body(customer, "10.00"))["credit_note"]
    api.post(f"/invoices/{invoice['invoice_id']}/void")
    api.post(f"/credit_notes/{note['credit_note_id']}/void")
    api.post("/credit_notes", invoice_body(api.contact(contact_type="VENDOR"), "10.00"))
    report = register(api)
    assert (report["rows"], report["documents"]) == ([], [])
    assert set(report["totals"].values()) == {0}


def test_what_is_not_by_line_stands_with_the_document(api: Api) -> None:
    extras: dict[str, Any] = {
        "shipping_charge": 50,
        "adjustment": Decimal("-2.50"),
        "tds_amount": 10,
        "round_off": Decimal("0.50"),
    }
    api.invoice(api.contact(), line_items=[line(api, "100.00")], reference_number="ORDER-1", **extras)
    report = register(api)
    assert len(report["rows"]) == 1
    (document,) = report["documents"]
    shown = {name: document[name] for name in ("taxable_value", "round_off", "shipping_charge", "adjustment")}
    assert shown == {"taxable_value": 100, **{name: extras[name] for name in list(shown)[1:]}}
    assert (document["tds_amount"], document["total"], document["reference_number"]) == (10, 156, "ORDER-1")


@pytest.mark.parametrize(("switch", "rounding"), [("line", []), ("document", [("Rounding", Decimal("-0.02"))])])
def test_what_tax_by_document_leaves_out_has_a_row_of_its_own(
    api: Api, books: Books, switch: str, rounding: list[Any]
) -> None:
    books.settings.set_switches({"tax_rounding": switch})
    # 18 % of 0.03 is 0.0054: a paisa on each of four lines, but two in all.
    lines = [line(api, "0.03") for _ in range(4)]
    api.invoice(api.contact(), line_items=lines, place_of_supply="IN-MH")
    report = register(api)
    assert [row["igst"] for row in report["rows"][:4]] == [Decimal("0.01")] * 4
    assert [(row["name"], row["igst"]) for row in report["rows"][4:]] == rounding
    assert report["totals"]["igst"] == sum(row["igst"] for row in report["rows"])


def test_foreign_lines_are_in_rupees_and_come_to_what_was_posted(api: Api) -> None:
    dollars: dict[str, Any] = {
        "currency_code": "USD",
        "exchange_rate": Decimal("83.123457"),
        "place_of_supply": "IN-MH",
    }
    api.invoice(api.contact(), line_items=[line(api, "33.33"), line(api, "66.66")], **dollars)
    report = register(api)
    assert report["rows"][0]["taxable_value"] == Decimal("2770.50")
    assert report["documents"][0]["currency_code"] == "USD"
    trial = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    posted = {row["name"]: row["credit"] - row["debit"] for row in trial}
    assert report["totals"]["taxable_value"] == posted["Sales"] == sum(row["taxable_value"] for row in report["rows"])
    assert report["totals"]["igst"] == posted["Output IGST"] == sum(row["igst"] for row in report["rows"])
    assert report["totals"]["total"] == -posted["Accounts Receivable"]


@pytest.mark.fact("20.sales-register-dates", "20.dates")
@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [1, 10, 20]),
        ("?from_date=2026-05-10", [10, 20]),
        ("?to_date=2026-05-10T00:00:00", [1, 10]),
        ("?from_date=2026-05-02&to_date=2026-05-19", [10]),
    ],
)
def test_the_period_is_inclusive_and_open_where_it_is_not_given(api: Api, query: str, days: list[int]) -> None:
    customer = api.contact()
    for day in (20, 1, 10):
        api.invoice(customer, date=f"2026-05-{day:02d}")
    assert [int(row["date"][8:10]) for row in register(api, query)["rows"]] == days
