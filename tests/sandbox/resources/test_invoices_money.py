"""What an invoice comes to: the numbers of the fact sheet, and the switches where it has none (sections 10, 11, 25)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body


def taxed(api: Api, rate: str, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    return {"name": "Nut", "quantity": quantity, "rate": Decimal(rate), "tax_id": api.tax(), **fields}


@pytest.mark.fact("10.example-236", "10.example-14160", "11.same-tax")
@pytest.mark.parametrize("place", ["IN-KA", "IN-MH"])
@pytest.mark.parametrize(("quantity", "rate", "sums"), [(2, "100", (200, 36, 236)), (1, "12000", (12000, 2160, 14160))])
def test_the_examples_of_the_api_come_out_in_every_state(
    api: Api, place: str, quantity: int, rate: str, sums: tuple[int, int, int]
) -> None:
    invoice = api.invoice(api.contact(), line_items=[taxed(api, rate, quantity)], place_of_supply=place)
    assert (invoice["sub_total"], invoice["tax_total"], invoice["total"]) == sums
    assert (invoice["payment_made"], invoice["balance"]) == (0, sums[2])


@pytest.mark.fact("11.split")
@pytest.mark.parametrize(
    ("place", "split"),
    [
        ("IN-KA", {"Output CGST": -18, "Output SGST": -18}),
        ("IN-MH", {"Output IGST": -36}),
    ],
)
def test_gst_is_split_by_the_states_of_the_branch_and_of_supply(api: Api, place: str, split: dict[str, int]) -> None:
    api.invoice(api.contact(), line_items=[taxed(api, "100", 2)], place_of_supply=place)
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    booked = {row["name"]: row["debit"] - row["credit"] for row in rows if row["name"].startswith("Output")}
    assert {name: amount for name, amount in booked.items() if amount} == split


@pytest.mark.fact("10.tax-rounding", "25.11-rounding")
def test_tax_may_be_rounded_half_up_by_line_and_by_component(api: Api, books: Books) -> None:
    books.settings.set_switches({"tax_parts": "each"})
    lines, customer = [taxed(api, "10.50")] * 2, api.contact()
    within = api.invoice(customer, line_items=lines, place_of_supply="IN-KA", reference_number="within")
    across = api.invoice(customer, line_items=lines, place_of_supply="IN-MH", reference_number="across")
    assert within["tax_total"] == Decimal("3.80")  # 9 % of 10.50 is 0.945: twice 0.95 a line
    assert across["tax_total"] == Decimal("3.78")  # 18 % is 1.89


@pytest.mark.fact("10.tax-rounding", "25.11-rounding")
def test_tax_may_be_rounded_once_a_document(api: Api, books: Books) -> None:
    books.settings.set_switches({"tax_rounding": "document", "tax_parts": "each"})
    within = api.invoice(api.contact(), line_items=[taxed(api, "10.50")] * 3)
    assert within["tax_total"] == Decimal("5.68")  # 9 % of 31.50 is 2.835, twice; by line it is 5.70


@pytest.mark.fact("11.same-tax")
def test_tax_is_the_same_in_every_state_to_the_paisa(api: Api) -> None:
    lines, customer = [taxed(api, "10.50")] * 2, api.contact()
    for place in ("IN-KA", "IN-MH"):
        invoice = api.invoice(customer, line_items=lines, place_of_supply=place, reference_number=place)
        assert invoice["tax_total"] == Decimal("3.78")


@pytest.mark.fact("15.discount", "25.12-discount")
@pytest.mark.parametrize(("unit", "sub_total"), [("amount", 180), ("percent", 160)])
def test_a_discount_of_twenty_is_rupees_or_per_cent(api: Api, books: Books, unit: str, sub_total: int) -> None:
    books.settings.set_switches({"discount": unit})
    invoice = api.invoice(api.contact(), line_items=[taxed(api, "100", 2, discount=20)], auto_approve=False)
    assert (invoice["sub_total"], invoice["line_items"][0]["discount"]) == (sub_total, 20)
    edited = api.put(f"/invoices/{invoice['invoice_id']}", {"notes": "x"})["invoice"]
    assert edited["total"] == invoice["total"]


EXTRA: dict[str, Any] = {"shipping_charge": 50, "adjustment": -5, "tds_amount": 18}


@pytest.mark.fact("10.pre", "10.tds-lowers")
def test_line_discount_shipping_adjustment_and_tds_make_the_total(api: Api) -> None:
    extra = EXTRA | {"round_off": Decimal("-0.40")}
    invoice = api.invoice(api.contact(), line_items=[taxed(api, "100", 2, discount=20)], **extra)
    assert (invoice["sub_total"], invoice["tax_total"]) == (180, Decimal("32.40"))
    assert invoice["total"] == Decimal("239.00")


@pytest.mark.fact("10.terms", "25.13-charges")
@pytest.mark.parametrize(("known", "total"), [("taken", 127), ("ignored", 100)])
def test_further_amounts_may_count_as_not_sent(api: Api, books: Books, known: str, total: int) -> None:
    books.settings.set_switches({"extra_charges": known})
    invoice = api.invoice(api.contact(), **EXTRA)
    assert (invoice["total"], invoice["tds_amount"]) == (total, 18 if known == "taken" else 0)


def test_an_amount_that_nobody_knows_is_not_even_read(api: Api, books: Books) -> None:
    books.settings.set_switches({"extra_charges": "ignored"})
    assert api.invoice(api.contact(), shipping_charge="fifty", tds_amount=-1)["total"] == 100
    books.settings.set_switches({"unknown_fields": "refused"})
    body = invoice_body(api.contact(), shipping_charge=50)
    assert api.refused("POST", "/invoices", body) == (422, "validation.failed", "shipping_charge")


@pytest.mark.fact("10.preference", "10.example-199", "10.explicit", "10.explicit-zero")
def test_the_org_may_round_totals_but_an_explicit_round_off_wins(api: Api, books: Books) -> None:
    customer = api.contact()
    assert api.invoice(customer, "199.49")["total"] == Decimal("199.49")
    for method, total in (("nearest", 199), ("up", 200), ("down", 199)):
        books.set_preferences(round_invoice_totals=True, rounding_method=method)
        invoice = api.invoice(customer, "199.49", reference_number=method)
        assert (invoice["total"], invoice["round_off"]) == (total, total - Decimal("199.49"))
    assert api.invoice(customer, "199.49", round_off=0, reference_number="zero")["total"] == Decimal("199.49")
    exact = api.invoice(customer, "199.49", round_off=Decimal("0.51"), reference_number="more")
    assert (exact["total"], exact["round_off"]) == (200, Decimal("0.51"))


@pytest.mark.fact("10.booked", "10.nearest")
def test_half_a_rupee_is_rounded_up_and_booked_as_round_off(api: Api, books: Books) -> None:
    books.set_preferences(round_invoice_totals=True)
    customer = api.contact()
    assert [api.invoice(customer, total)["total"] for total in ("200.50", "199.50", "199.49")] == [201, 200, 199]
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    assert [row["credit"] for row in rows if row["name"] == "Round Off"] == [Decimal("0.51")]


def test_a_draft_edited_keeps_the_round_off_it_was_given_and_no_other(api: Api, books: Books) -> None:
    customer = api.contact()
    given = api.invoice(customer, "199.49", auto_approve=False, round_off=0)
    not_given = api.invoice(customer, "199.49", auto_approve=False)
    books.set_preferences(round_invoice_totals=True)
    for invoice, total in ((given, Decimal("199.49")), (not_given, 199)):
        assert api.put(f"/invoices/{invoice['invoice_id']}", {"notes": "x"})["invoice"]["total"] == total


@pytest.mark.fact("25.30-amount")
@pytest.mark.parametrize(
    "fields",
    [
        {"line_items": [{"name": "Nut", "quantity": 1, "rate": 0}]},
        {"round_off": -100},
        {"adjustment": -100},
        {"tds_amount": Decimal("100.01")},
    ],
)
def test_a_total_of_nothing_or_less_is_refused(api: Api, fields: dict[str, Any]) -> None:
    refused = api.refused("POST", "/invoices", invoice_body(api.contact(), **fields))
    assert refused == (400, "validation.invalid_value", "line_items")
