from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.client import Api, invoice_body

REFERENCE = {"item_name": "Pen", "item_type": "GOODS", "hsn_or_sac": "0402", "purchase_rate": 5, "rate": 7}
TUTORIAL = {"name": "Pen", "type": "GOODS", "hsn_sac": "0402", "purchase_price": 5, "rate": 7}


@pytest.mark.fact("13.name", "13.type", "13.hsn", "13.purchase-rate", "23.5-item-fields", "23.6-purchase-price")
@pytest.mark.fact("25.9-items")
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


@pytest.mark.fact("13.items", "13.archive", "13.archived")
def test_an_item_is_edited_and_archived(api: Api) -> None:
    item = api.item()
    edited = api.put(f"/items/{item}", {"rate": Decimal("99.50"), "hsn_or_sac": None})["item"]
    assert (edited["rate"], edited["hsn_or_sac"], edited["item_name"]) == (Decimal("99.50"), None, "Widget Pro")
    assert api.post(f"/items/{item}/archive")["item"]["status"] == "INACTIVE"
    assert api.get("/items")["items"][0] == api.get(f"/items/{item}")["item"]


@pytest.mark.fact("5.invalid-value", "5.mistyped")
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


@pytest.mark.parametrize("account", ["Accounts Receivable", "Accounts Payable"])
def test_a_control_account_earns_nothing(api: Api, account: str) -> None:
    """Its balance would no longer be what the documents of the contacts say."""
    fields = {"name": "Pen", "rate": 7, "account_id": api.account(account)}
    assert api.refused("POST", "/items", fields) == (400, "validation.invalid_value", "account_id")
    assert api.refused("PUT", f"/items/{api.item()}", fields) == (400, "validation.invalid_value", "account_id")
    assert api.post("/items", fields | {"account_id": api.account("Bank Charges")})["item"]["status"] == "ACTIVE"


def test_a_huge_exponent_is_no_way_to_fill_the_memory(api: Api) -> None:
    for number in (b"1e999999999", b"0e999999999", b"1e-999999999", b"1e9999999999999999999"):
        assert api.send("POST", "/items", b'{"name": "Pen", "rate": ' + number + b"}").status_code in {200, 400, 422}


@pytest.mark.fact("13.required", "25.9-items")
def test_a_name_is_required_and_enough(api: Api) -> None:
    assert api.refused("POST", "/items", {}) == (400, "validation.required_field", "name")
    assert api.post("/items", {"name": "Pen"})["item"]["item_type"] == "GOODS"


@pytest.mark.fact("13.name", "13.type", "13.hsn", "23.5-item-fields", "25.9-items")
@pytest.mark.parametrize(
    ("spelling", "taken", "other"), [("reference", REFERENCE, TUTORIAL), ("tutorial", TUTORIAL, REFERENCE)]
)
def test_only_one_spelling_is_taken_where_the_switch_says_so(
    api: Api, spelling: str, taken: dict[str, object], other: dict[str, object]
) -> None:
    api.books.settings.set_switches({"item_spelling": spelling})
    name = "item_name" if spelling == "reference" else "name"
    assert api.refused("POST", "/items", other) == (400, "validation.required_field", name)
    made = api.post("/items", taken)["item"]
    assert {field: made[field] for field in REFERENCE} == REFERENCE  # answered in the reference's all the same
    edited = api.put(f"/items/{made['item_id']}", other | {"rate": 8})["item"]
    assert edited | {"last_modified_time": ""} == made | {"rate": 8, "last_modified_time": ""}
    api.books.settings.set_switches({"unknown_fields": "refused"})
    stranger = next(iter(other))
    assert api.refused("POST", "/items", taken | {stranger: "Pen"}) == (422, "validation.failed", stranger)


@pytest.mark.fact("13.required", "25.9-items")
@pytest.mark.parametrize(
    ("left_out", "named"),
    [("item_name", "name"), ("item_type", "type"), ("rate", "rate"), ("tax_id", "tax_id"), ("hsn_or_sac", "hsn_sac")],
)
def test_an_item_needs_more_than_a_name_where_the_switch_says_so(api: Api, left_out: str, named: str) -> None:
    api.books.settings.set_switches({"item_required": "all"})
    whole: dict[str, object] = REFERENCE | {"tax_id": api.tax()}
    item = api.post("/items", whole)["item"]["item_id"]
    part = {field: value for field, value in whole.items() if field != left_out}
    assert api.refused("POST", "/items", part) == (400, "validation.required_field", named)
    api.put(f"/items/{item}", part)
    api.books.settings.set_switches({"item_required": "name"})
    assert api.send("POST", "/items", part).status_code == (400 if left_out == "item_name" else 200)


@pytest.mark.fact("25.16-put-keeps")
def test_a_put_empties_what_it_does_not_name_where_the_switch_says_so(api: Api) -> None:
    item = api.item(type="GOODS", account_id=api.account("Consulting Revenue"))
    api.books.settings.set_switches({"put_keeps": "nothing"})
    assert api.refused("PUT", f"/items/{item}", {"rate": 5}) == (400, "validation.required_field", "name")
    edited = api.put(f"/items/{item}", {"name": "Pen", "type": None})["item"]
    fresh = api.post("/items", {"name": "Pen"})["item"]
    own = {"item_id": "", "created_time": "", "last_modified_time": ""}
    assert edited | own == fresh | own
    assert api.books.db.value("SELECT account_id FROM items WHERE id = ?", (item,)) is None


@pytest.mark.fact("13.delete")
def test_an_item_that_nothing_uses_can_be_deleted(api: Api) -> None:
    item = api.item()
    assert api.ok("DELETE", f"/items/{item}") == {"code": 0, "message": "The item has been deleted."}
    assert api.refused("GET", f"/items/{item}") == (404, "not_found.resource", None)
    assert api.refused("DELETE", f"/items/{item}") == (404, "not_found.resource", None)
    assert api.get("/items")["items"] == []


@pytest.mark.fact("5.wrong-state", "13.delete")
@pytest.mark.parametrize("path", ["/invoices", "/credit_notes"])
def test_an_item_that_a_line_names_stays(api: Api, path: str) -> None:
    item, other = api.item(), api.item()
    lines = [{"name": "Work", "quantity": 1, "rate": 5, "description": other}, {"item_id": item, "quantity": 1}]
    api.post(path, invoice_body(api.contact(), line_items=lines))
    assert api.refused("DELETE", f"/items/{item}") == (400, "validation.invalid_value", "item_id")
    api.books.settings.set_switches({"state_conflict": "422"})
    assert api.refused("DELETE", f"/items/{item}") == (422, "validation.failed", "item_id")
    api.ok("DELETE", f"/items/{other}")


def test_a_document_may_name_an_archived_item(api: Api) -> None:
    item = api.item()
    api.post(f"/items/{item}/archive")
    made = api.invoice(api.contact(), line_items=[{"item_id": item, "quantity": 1}])
    assert made["line_items"][0]["item_id"] == item


@pytest.mark.fact("9.contacts-items", "13.sku", "25.8-guards")
def test_two_items_may_share_everything_unless_there_is_a_guard(api: Api) -> None:
    api.item(sku="W-1")
    api.item(sku="W-1")
    assert len(api.get("/items")["items"]) == 2


@pytest.mark.fact("9.contacts-items", "13.sku", "25.8-guards")
@pytest.mark.parametrize(("guard", "field"), [("name", "name"), ("sku", "sku")])
def test_a_guard_refuses_a_second_item_of_the_name_or_sku(api: Api, guard: str, field: str) -> None:
    api.books.settings.set_switches({"item_guard": guard})
    body = {"name": "Pen", "sku": "P-1"}
    first = api.post("/items", body)["item"]["item_id"]
    other = api.post("/items", {"name": "Ink", "sku": "I-1"})["item"]["item_id"]
    clash = {"name": "Nib", "sku": "N-1"} | {field: body[field]}
    assert api.refused("POST", "/items", clash) == (409, "conflict.duplicate", field)
    assert api.refused("PUT", f"/items/{other}", {field: body[field]}) == (409, "conflict.duplicate", field)
    api.put(f"/items/{first}", body)  # its own
    api.put(f"/items/{other}", body | {field: "free"})  # the guard looks at one field
    api.books.settings.set_switches({"guard_code": "invalid-value"})
    assert api.refused("POST", "/items", clash) == (400, "validation.invalid_value", field)


def test_a_guard_by_sku_lets_items_without_one_be(api: Api) -> None:
    api.books.settings.set_switches({"item_guard": "sku"})
    api.item()
    api.item()
