"""What a document comes to: the numbers of the pages, round-off and GST (fact sheet, sections 10, 11 and 15)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body

INVALID = "validation.invalid_value"


@pytest.mark.fact("10.item-total", "10.sub-total", "10.total", "10.example-236", "10.example-826", "10.example-14160")
@pytest.mark.parametrize("place", ["IN-KA", "IN-MH"])
@pytest.mark.parametrize(
    ("quantity", "rate", "sums"),
    [(2, 100, (200, 36, 236)), (1, 700, (700, 126, 826)), (1, 12000, (12000, 2160, 14160))],
)
def test_the_totals_of_the_pages_examples(
    api: Api, quantity: int, rate: int, sums: tuple[int, int, int], place: str
) -> None:
    lines = [{"item_id": api.item(), "quantity": quantity, "rate": rate}, {"name": "Free", "quantity": 1, "rate": 0}]
    invoice = api.invoice(api.contact(), line_items=lines, place_of_supply=place)
    assert (invoice["sub_total"], invoice["tax_total"], invoice["total"]) == sums
    assert [line["item_total"] for line in invoice["line_items"]] == [sums[0], 0]
    assert invoice["balance"] == sums[2]


@pytest.mark.fact("11.one-item", "11.split", "11.same-tax")
def test_one_tax_splits_within_the_state_and_is_whole_across(api: Api) -> None:
    item = api.item(rate=1000)
    for place, split in (
        ("IN-KA", {"Output CGST": 90, "Output SGST": 90}),
        ("IN-MH", {"Output CGST": 90, "Output SGST": 90, "Output IGST": 180}),
    ):
        invoice = api.invoice(api.contact(), line_items=[{"item_id": item, "quantity": 1}], place_of_supply=place)
        assert invoice["tax_total"] == 180
        rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
        assert {row["name"]: row["credit"] for row in rows if row["name"].startswith("Output")} == split


@pytest.mark.fact("11.required", "11.form", "11.invalid", "11.no-fallback")
def test_a_place_of_supply_is_needed_and_has_a_form(api: Api) -> None:
    body = invoice_body(api.contact(place_of_contact="IN-KA"))
    wrong = [(place, INVALID) for place in ("INKA", "KA", "IN-ka", "in-KA", "IN_KA")]
    for place, code in ((None, "validation.required_field"), *wrong):
        refused = api.refused("POST", "/invoices", body | {"place_of_supply": place})
        assert refused == (400, code, "place_of_supply")
    assert api.post("/invoices", body)["invoice"]["place_of_supply"] == "IN-KA"


@pytest.mark.fact("11.states")
def test_every_state_of_the_iso_list_is_taken(api: Api) -> None:
    codes = (
        "JK HP PB CH UT UK HR DL RJ UP BR SK AR NL MN MZ TR ML AS WB JH OR OD CT CG MP GJ DH MH KA GA LD KL TN PY AN "
        "TG TS AP LA"
    )
    for code in codes.split():
        made = api.post("/contacts", {"contact_name": code, "place_of_contact": f"IN-{code}"})["contact"]
        assert made["place_of_contact"] == f"IN-{code}"
    refused = api.refused("POST", "/contacts", {"contact_name": "A", "place_of_contact": "IN-ZZ"})
    assert refused == (400, INVALID, "place_of_contact")


@pytest.mark.fact("10.preference-closed")
def test_no_call_reads_or_sets_the_preferences(api: Api, books: Books) -> None:
    for path in (f"/organisations/{books.org_id}/preferences", "/organisations", "/preferences", "/settings"):
        for method in ("GET", "PUT"):
            assert api.send(method, path).status_code in (404, 405)


@pytest.mark.fact("10.pre", "10.tds-lowers", "10.booked", "10.explicit", "10.terms")
def test_a_total_is_made_of_the_terms_of_the_page(api: Api) -> None:
    charges: dict[str, Any] = {
        "shipping_charge": 50,
        "adjustment": Decimal("-0.60"),
        "tds_amount": 10,
        "round_off": Decimal("0.40"),
    }
    line = {"item_id": api.item(rate=100), "quantity": 2, "discount": 20}
    invoice = api.invoice(api.contact(), line_items=[line], **charges)
    assert (invoice["sub_total"], invoice["tax_total"]) == (180, Decimal("32.40"))
    assert invoice["total"] == 180 + Decimal("32.40") + 50 - Decimal("0.60") - 10 + Decimal("0.40")
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    assert {row["name"]: row["credit"] for row in rows}["Round Off"] == Decimal("0.40")  # + is rounded up


@pytest.mark.fact("15.free-line", "15.short-line")
def test_a_line_is_an_item_and_a_quantity_or_free_text_and_then_untaxed(api: Api) -> None:
    lines = [{"item_id": api.item(rate=100), "quantity": 1}, {"name": "Work", "quantity": 1, "rate": 100}]
    invoice = api.invoice(api.contact(), line_items=lines)
    assert [line["item_total"] for line in invoice["line_items"]] == [100, 100]
    assert [line["tax_percentage"] for line in invoice["line_items"]] == [18, 0]
    assert (invoice["sub_total"], invoice["tax_total"]) == (200, 18)


@pytest.mark.fact("10.every-path", "10.preference", "10.preference-off", "10.explicit-zero", "10.nearest")
def test_every_way_to_create_an_invoice_rounds_as_the_org_prefers(api: Api, books: Books) -> None:
    def made(number: int) -> list[tuple[Decimal, Decimal]]:
        body = invoice_body(api.contact(), "200.50")
        rows = [body | {"reference_number": f"{number} {row}"} for row in range(4)]
        rows[3]["round_off"] = 0
        draft = api.post("/invoices", rows[0] | {"auto_approve": False})["invoice"]
        results = api.post("/bulk/invoices", {"invoices": rows[2:]})["results"]
        invoices = [draft, api.post("/invoices", rows[1])["invoice"], *(result["invoice"] for result in results)]
        return [(invoice["total"], invoice["round_off"]) for invoice in invoices]

    exact = (Decimal("200.50"), Decimal(0))
    assert made(1) == [exact] * 4
    books.set_preferences(round_invoice_totals=True)
    assert made(2) == [(Decimal(201), Decimal("0.50"))] * 3 + [exact]
