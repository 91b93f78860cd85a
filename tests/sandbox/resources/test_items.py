from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.client import Api


def test_both_spellings_are_taken_and_the_references_is_answered(api: Api) -> None:
    tax = api.tax()
    one = {"name": "Pen", "type": "GOODS", "hsn_sac": "0402", "purchase_price": 5, "rate": Decimal("7.125")}
    two = {"item_name": "Pen", "item_type": "GOODS", "hsn_or_sac": "0402", "purchase_rate": 5, "rate": Decimal("7.125")}
    made = [api.post("/items", body | {"tax_id": tax, "sku": "1e5"})["item"] for body in (one, two)]
    for item in made:
        assert (item["item_name"], item["item_type"], item["hsn_or_sac"], item["purchase_rate"]) == (
            *("Pen", "GOODS", "0402"),
            5,
        )
        assert (item["rate"], item["sku"], item["tax_id"], item["status"]) == (Decimal("7.125"), "1e5", tax, "ACTIVE")
        assert item.keys().isdisjoint({"name", "type", "hsn_sac", "purchase_price", "account_id"})


def test_an_item_is_edited_and_archived(api: Api) -> None:
    item = api.item()
    edited = api.put(f"/items/{item}", {"rate": Decimal("99.50"), "hsn_or_sac": None})["item"]
    assert (edited["rate"], edited["hsn_or_sac"], edited["item_name"]) == (Decimal("99.50"), None, "Widget Pro")
    assert api.post(f"/items/{item}/archive")["item"]["status"] == "INACTIVE"
    assert api.get("/items")["items"][0] == api.get(f"/items/{item}")["item"]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": None}, (400, "validation.required_field", "item_name")),
        ({"type": "THING"}, (400, "validation.invalid_value", "type")),
        ({"rate": -1}, (400, "validation.invalid_value", "rate")),
        ({"rate": "12"}, (422, "validation.failed", "rate")),
        ({"rate": 10**13}, (400, "validation.invalid_value", "rate")),
        ({"rate": Decimal("1e-13")}, (400, "validation.invalid_value", "rate")),
        ({"tax_id": "tx_no"}, (404, "not_found.resource", "tax_id")),
        ({"account_id": "acc_no"}, (404, "not_found.resource", "account_id")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, object], refusal: tuple[int, str, str]) -> None:
    assert api.refused("POST", "/items", {"name": "Pen"} | fields) == refusal


def test_a_huge_exponent_is_no_way_to_fill_the_memory(api: Api) -> None:
    for number in (b"1e999999999", b"0e999999999", b"1e-999999999", b"1e9999999999999999999"):
        assert api.send("POST", "/items", b'{"name": "Pen", "rate": ' + number + b"}").status_code in {200, 400, 422}


def test_a_name_is_required_and_enough(api: Api) -> None:
    assert api.refused("POST", "/items", {}) == (400, "validation.required_field", "name")
    assert api.post("/items", {"name": "Pen"})["item"]["item_type"] == "GOODS"
