"""The PUT of an invoice: of a draft, and as the switches have it (fact sheet, section 25, item 16)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api

LINE: dict[str, Any] = {"name": "Nut", "quantity": 1, "rate": 10}


def draft(api: Api, **fields: Any) -> tuple[str, dict[str, Any]]:
    """The path of a draft, and the draft."""
    invoice = api.invoice(api.contact(), auto_approve=False, **fields)
    return f"/invoices/{invoice['invoice_id']}", invoice


@pytest.mark.fact("15.update", "25.16-update")
def test_an_edit_reaches_the_header_of_a_draft_only(api: Api) -> None:
    line = {"name": "Nut", "quantity": 1, "rate": Decimal("10.50"), "tax_id": api.tax()}
    path, invoice = draft(api, line_items=[line])
    changes = {"place_of_supply": "IN-MH", "reference_number": "R-9", "date": "2026-05-18T00:00:00"}
    edited = api.put(path, changes | {"line_items": []})["invoice"]
    assert (edited["tax_total"], edited["reference_number"]) == (Decimal("1.89"), "R-9")
    assert (edited["date"], edited["invoice_number"]) == ("2026-05-18T00:00:00", invoice["invoice_number"])
    moved = api.put(path, {"date": "2026-06-02"})["invoice"]
    assert (moved["date"], moved["due_date"]) == ("2026-06-02T00:00:00", "2026-06-02T00:00:00")
    again = api.put(path, edited)["invoice"]  # what was read can be sent back whole
    assert again["total"] == edited["total"]
    api.post(f"{path}/approve")
    assert api.refused("PUT", path, {"notes": "x"}) == (400, "validation.invalid_value", "status")


@pytest.mark.fact("15.update", "25.16-update")
def test_the_lines_of_a_draft_may_be_replaced_or_not(api: Api, books: Books) -> None:
    path, invoice = draft(api)
    assert api.put(path, {"line_items": [LINE]})["invoice"]["line_items"] == invoice["line_items"]
    books.settings.set_switches({"invoice_update": "draft-lines"})
    edited = api.put(path, {"line_items": [LINE, LINE], "notes": "x"})["invoice"]
    assert (edited["total"], len(edited["line_items"]), edited["notes"]) == (20, 2, "x")
    one, two = edited["line_items"]
    sent = [two | {"rate": 9}, LINE | {"line_item_id": "li_no"}, two]
    kept, *new = api.put(path, {"line_items": sent})["invoice"]["line_items"]
    assert (kept["line_item_id"], kept["rate"]) == (two["line_item_id"], 9)
    assert not {line["line_item_id"] for line in new} & {"li_no", one["line_item_id"], two["line_item_id"]}
    api.put(path, {"line_items": [LINE, LINE]})
    assert api.put(path, {"notes": "y"})["invoice"]["total"] == 20
    refused = api.refused("PUT", path, {"line_items": []})
    assert refused == (400, "validation.required_field", "line_items")
    api.post(f"{path}/approve")
    assert api.refused("PUT", path, {"line_items": [LINE]}) == (400, "validation.invalid_value", "status")


@pytest.mark.fact("25.16-update")
def test_invoices_may_have_no_put_at_all(api: Api, books: Books) -> None:
    path, _ = draft(api)
    books.settings.set_switches({"invoice_update": "none"})
    answer = api.send("PUT", path, {"notes": "x"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method.not_allowed")
    assert api.get(path)["invoice"]["notes"] is None


FULL: dict[str, Any] = {
    "reference_number": "R",
    "notes": "N",
    "tags": ["T"],
    "series_name": "export",
    "due_date": "2026-07-01",
    "shipping_charge": 5,
    "round_off": Decimal("0.25"),
    "currency_code": "USD",
    "exchange_rate": 85,
}
REQUIRED: dict[str, Any] = {"date": "2026-05-18", "place_of_supply": "IN-MH"}


@pytest.mark.fact("25.16-put-keeps")
def test_a_put_leaves_alone_what_it_does_not_name(api: Api) -> None:
    path, invoice = draft(api, **FULL)
    edited = api.put(path, REQUIRED)["invoice"]
    assert edited["date"] == "2026-05-18T00:00:00"
    assert [edited[name] for name in FULL] == [invoice[name] for name in FULL]


@pytest.mark.fact("25.16-put-keeps")
def test_or_a_put_empties_what_it_does_not_name(api: Api, books: Books) -> None:
    path, invoice = draft(api, **FULL)
    books.settings.set_switches({"put_keeps": "nothing"})
    edited = api.put(path, REQUIRED | {"customer_id": invoice["customer_id"]})["invoice"]
    assert [edited[name] for name in FULL] == [None, None, [], None, "2026-05-18T00:00:00", 0, 0, "INR", 1]
    assert (edited["invoice_number"], edited["line_items"][0]["name"]) == (invoice["invoice_number"], "Work")


@pytest.mark.parametrize("field", ["customer_id", "date", "place_of_supply"])
def test_a_put_that_empties_needs_what_a_create_needs(api: Api, books: Books, field: str) -> None:
    path, invoice = draft(api)
    books.settings.set_switches({"put_keeps": "nothing"})
    body = REQUIRED | {"customer_id": invoice["customer_id"]}
    assert api.refused("PUT", path, body | {field: None}) == (400, "validation.required_field", field)
    del body[field]
    assert api.refused("PUT", path, body) == (400, "validation.required_field", field)


def test_a_put_that_empties_needs_lines_where_it_can_replace_them(api: Api, books: Books) -> None:
    path, invoice = draft(api)
    books.settings.set_switches({"put_keeps": "nothing", "invoice_update": "draft-lines"})
    body = REQUIRED | {"customer_id": invoice["customer_id"]}
    assert api.refused("PUT", path, body) == (400, "validation.required_field", "line_items")
    assert api.put(path, body | {"line_items": [LINE]})["invoice"]["total"] == 10


def test_a_refused_put_changes_nothing(api: Api) -> None:
    path, invoice = draft(api)
    assert api.refused("PUT", path, {"notes": "x", "customer_id": "ct_no"})[0] == 404
    assert api.get(path)["invoice"] == invoice


def test_a_draft_takes_another_number_if_that_is_free(api: Api) -> None:
    path, _ = draft(api)
    api.invoice(api.contact(), invoice_number="A-1")
    assert api.refused("PUT", path, {"invoice_number": "A-1"}) == (409, "conflict.duplicate", "invoice_number")
    assert api.put(path, {"invoice_number": "A-2"})["invoice"]["invoice_number"] == "A-2"
    assert api.put(path, {"invoice_number": "A-2"})["invoice"]["invoice_number"] == "A-2"
