from __future__ import annotations

from typing import Any

import pytest

from importer.sandbox.body import RENAMED, Body, same_state
from importer.sandbox.refusals import Refusal
from importer.sandbox.switches import Switches
from sandbox.client import Api, invoice_body

STRICT = Switches(unknown_fields="refused")
UNKNOWN = (422, "validation.failed")


def refused(body: Body) -> str | None:
    """The field that a strict server names."""
    try:
        body.refuse_strangers()
    except Refusal as refusal:
        assert (refusal.status, refusal.code) == UNKNOWN
        return refusal.field
    return None


def test_a_field_that_was_looked_up_is_known_whether_it_is_there_or_not() -> None:
    body = Body({"email": "a@b", "emial": None}, switches=STRICT)
    body.text("phone")
    assert (body.text("email"), refused(body)) == ("a@b", "emial")
    assert body.has("emial")
    assert refused(body) is None


def test_every_spelling_that_is_asked_for_is_known() -> None:
    body = Body({"name": "Pen", "item_name": "Pen"}, switches=STRICT)
    assert (body.text("item_name", "name"), refused(body)) == ("Pen", "name")
    body.has("item_name", "name")
    body = Body({"name": "Pen"}, switches=STRICT)
    assert (body.text("item_name", "name"), refused(body)) == ("Pen", None)


def test_unknown_fields_are_found_in_objects_and_rows_by_their_path() -> None:
    body = Body({"address": {"city": "Agra", "cty": 1}, "lines": [{"rate": 1}, {"rate": 2, "rat": 3}]}, switches=STRICT)
    address, lines = body.object("address"), body.rows("lines")
    assert address is not None and lines is not None
    assert [row.number("rate") for row in lines] == [1, 2]
    assert address.text("city") == "Agra"
    assert list(body.strangers()) == ["address.cty", "lines[1].rat"]
    assert list(body.strangers(inside=False)) == []
    assert refused(body) == "address.cty"


def test_an_object_that_is_read_twice_is_the_same() -> None:
    body = Body({"address": {"city": "Agra"}, "lines": [{"rate": 1}]}, switches=STRICT)
    assert body.object("address") is body.object("address")
    assert body.rows("lines") == body.rows("lines")


def test_what_is_echoed_as_it_came_has_no_unknown_fields_inside() -> None:
    body = Body({"tags": [{"any": 1}]}, switches=STRICT)
    assert body.fields["tags"] == [{"any": 1}]
    assert refused(body) is None


def test_an_edit_finds_what_is_unknown_in_the_request_and_not_in_what_is_stored() -> None:
    request = Body({"notes": "new", "typo": 1, "lines": [{"rate": 1, "rat": 2}]}, switches=STRICT)
    merged = request.over({"notes": "old", "total": 7, "address": {"stored": 1}}, ("notes", "lines", "address"))
    assert merged.text("notes") == "new"
    assert merged.number("total") == 7
    assert merged.object("address") is not None
    (line,) = merged.rows("lines") or []
    assert line.number("rate") == 1
    assert list(request.strangers()) == ["typo", "lines[0].rat"]


def test_an_edit_may_also_pick_its_fields_one_by_one() -> None:
    request = Body({"notes": "new", "typo": 1}, switches=STRICT)
    own = {"notes": "old"}
    merged = Body(own | {name: request.fields[name] for name in own if name in request.fields})
    assert (merged.text("notes"), refused(request)) == ("new", "typo")


def test_unknown_fields_are_ignored_unless_the_switch_says_otherwise() -> None:
    assert refused(Body({"typo": 1})) is None


@pytest.mark.fact("25.10-unknown")
@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/contacts", {"contact_name": "A", "emial": "x"}, "emial"),
        ("POST", "/contacts", {"contact_name": "A", "billing_address": {"pin": "5"}}, "billing_address.pin"),
        ("POST", "/contacts", {"contact_name": "A", "contact_persons": [{}, {"mail": "5"}]}, "contact_persons[1].mail"),
        ("PUT", "/contacts/{contact}", {"emial": "x"}, "emial"),
        ("DELETE", "/contacts/{contact}", {"really": True}, "really"),
        ("POST", "/items", {"name": "Pen", "price": 1}, "price"),
        ("PUT", "/items/{item}", {"price": 1}, "price"),
        ("POST", "/items/{item}/archive", {"why": "old"}, "why"),
        ("POST", "/bulk/invoices", {"invoices": [{}], "atomic": True}, "atomic"),
    ],
)
def test_a_strict_server_refuses_an_unknown_field_and_does_nothing(
    api: Api, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    contact, item = api.contact(), api.item()
    before = (api.get("/contacts")["contacts"], api.get("/items")["items"])
    api.books.settings.set_switches({"unknown_fields": "refused"})
    path = path.format(contact=contact, item=item)
    assert api.refused(method, path, body) == (*UNKNOWN, field)
    assert (api.get("/contacts")["contacts"], api.get("/items")["items"]) == before
    api.books.settings.set_switches({"unknown_fields": "ignored"})
    assert api.send(method, path, body).status_code == 200


LINE = {
    "name": "Work",
    "description": "d",
    "hsn_or_sac": "9983",
    "quantity": 1,
    "unit": "NOS",
    "rate": 50,
    "discount": 1,
}
INVOICE = {
    "date": "2026-05-19",
    "due_date": "2026-05-30",
    "place_of_supply": "IN-KA",
    "invoice_number": "X-1",
    "series_name": "export",
    "reference_number": "R-1",
    "auto_approve": True,
    "round_off": 0,
    "notes": "n",
    "currency_code": "INR",
    "exchange_rate": 1,
    "tags": [{"any": 1}],
    "shipping_charge": 1,
    "adjustment": 1,
    "tds_amount": 1,
}
PAYMENT = {
    "flow": "INCOMING",
    "date": "2026-05-20",
    "amount": 9,
    "mode": "UPI",
    "reference_number": "U-1",
    "payment_type": "REGULAR",
    "description": "d",
    "currency_code": "INR",
    "exchange_rate": 1,
    "bank_charges": 1,
    "tds_amount": 1,
}
NOTE = {"date": "2026-05-20", "notes": "n", "reference_number": "C-1", "place_of_supply": "IN-KA", "round_off": 0}


def test_a_strict_server_takes_every_field_of_the_pages(api: Api) -> None:
    contact, tax, bank = api.contact(), api.tax(), api.account("HDFC Current")
    item = api.item()
    api.books.settings.set_switches({"unknown_fields": "refused", "salespersons": "any"})
    line = LINE | {"item_id": item, "tax_id": tax}
    parties = {"customer_id": contact, "branch_id": api.get("/branches")["branches"][0]["branch_id"]}
    body = INVOICE | parties | {"salesperson_id": "sp_1", "line_items": [line]}
    invoice = api.post("/invoices", body)["invoice"]["invoice_id"]
    allocation = {"invoice_id": invoice, "amount": 5}
    paid = {"contact_id": contact, "bank_account_id": bank, "allocations": [allocation]}
    payment = api.post("/payments", PAYMENT | paid)["payment"]["payment_id"]
    api.post(f"/payments/{payment}/apply", {"allocations": [allocation | {"amount": 1}]})
    note = NOTE | {"customer_id": contact, "invoice_id": invoice, "line_items": [line | {"restock": True}]}
    made = api.post("/credit_notes", note)["credit_note"]["credit_note_id"]
    api.put(f"/credit_notes/{made}", {"notes": "m"})
    api.post(f"/credit_notes/{made}/apply-to-invoice", allocation)
    own = {"auto_approve": False, "invoice_number": "X-2", "reference_number": "R-2"}
    draft = api.post("/invoices", body | own)["invoice"]["invoice_id"]
    api.put(f"/invoices/{draft}", {"notes": "m"})
    api.post(f"/invoices/{draft}/approve", {})


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("POST", "/invoices", "colour"),
        ("POST", "/invoices", "line_items[0].colour"),
        ("PUT", "/invoices/{draft}", "colour"),
        ("POST", "/payments", "colour"),
        ("POST", "/payments", "allocations[0].colour"),
        ("POST", "/credit_notes", "line_items[0].colour"),
        ("PUT", "/credit_notes/{note}", "colour"),
    ],
)
def test_a_strict_server_finds_unknown_fields_of_documents_too(api: Api, method: str, path: str, field: str) -> None:
    customer = api.contact()
    lines = [{"name": "Work", "quantity": 1, "rate": 50}]
    draft = api.invoice(customer, auto_approve=False)["invoice_id"]
    posted = api.invoice(customer)["invoice_id"]
    made = api.post("/credit_notes", NOTE | {"customer_id": customer, "line_items": lines})
    note = made["credit_note"]["credit_note_id"]
    api.books.settings.set_switches({"unknown_fields": "refused"})
    body: dict[str, Any] = {"notes": "m"}
    if method == "POST":
        allocations = {"allocations": [{"invoice_id": posted, "amount": 5}]}
        body = {
            "/invoices": invoice_body(customer, "75.00"),
            "/payments": PAYMENT | {"contact_id": customer} | allocations,
            "/credit_notes": NOTE | {"customer_id": customer, "line_items": lines},
        }[path]
    name, _, inner = field.partition("[0].")
    if inner:
        body[name] = [body[name][0] | {inner: "red"}]
    else:
        body[name] = "red"
    assert api.refused(method, path.format(draft=draft, note=note), body) == (*UNKNOWN, field)


@pytest.mark.fact("25.10-unknown")
def test_a_strict_server_judges_the_rows_of_a_bulk_call_one_by_one(api: Api) -> None:
    api.books.settings.set_switches({"unknown_fields": "refused"})
    good = invoice_body(api.contact())
    bad = good | {"line_items": [{"name": "Work", "quantity": 1, "rate": 7, "colour": "red"}]}
    results = api.post("/bulk/invoices", {"invoices": [bad, good]})["results"]
    assert [result["ok"] for result in results] == [False, True]
    assert (results[0]["error"]["code"], results[0]["error"]["field"]) == ("validation.failed", "line_items[0].colour")
    assert len(api.get("/invoices")["invoices"]) == 1


@pytest.mark.fact("11.renamed", "25.15-states")
@pytest.mark.parametrize(("codes", "old", "new"), [("both", True, True), ("old", True, False), ("new", False, True)])
@pytest.mark.parametrize("pair", sorted(RENAMED.items()))
def test_the_renamed_states_are_taken_in_the_spelling_that_the_switch_says(
    api: Api, codes: str, old: bool, new: bool, pair: tuple[str, str]
) -> None:
    api.books.settings.set_switches({"state_codes": codes})
    for code, taken in zip(pair, (old, new), strict=True):
        for field in ("place_of_contact", "billing_address.state_code"):
            name, _, inner = field.partition(".")
            value: Any = f"IN-{code}"
            body = {"contact_name": "A", name: {inner: value} if inner else value}
            if taken:
                made = api.post("/contacts", body)["contact"][name]
                assert (made[inner] if inner else made) == f"IN-{code}"
            else:
                assert api.refused("POST", "/contacts", body) == (400, "validation.invalid_value", field)
    api.post("/contacts", {"contact_name": "A", "place_of_contact": "IN-KA"})


def test_both_spellings_of_a_renamed_state_are_one_state() -> None:
    assert same_state("IN-UT", "IN-UK")
    assert same_state("IN-TS", "IN-TG")
    assert not same_state("IN-OR", "IN-CG")
