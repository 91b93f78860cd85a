from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.client import Api

FULL = {
    "contact_name": "Śrī Traders",
    "contact_type": "BOTH",
    "gst_no": "29AABCF9012G1ZQ",
    "gst_treatment": "REGISTERED",
    "place_of_contact": "IN-KA",
    "email": "books@example.in",
    "phone": "+91 80 1234",
    "billing_address": {"address": "1 MG Road", "city": "Bengaluru", "state_code": "IN-KA", "zip": "012345"},
    "contact_persons": [{"first_name": "Asha", "is_primary": True}],
    "payment_terms": 30,
    "credit_limit": 100000,
}


def test_a_contact_comes_back_as_it_was_sent(api: Api) -> None:
    made = api.post("/contacts", FULL | {"unknown": "ignored"})["contact"]
    assert made == api.get(f"/contacts/{made['contact_id']}")["contact"]
    for name in set(FULL) - {"billing_address", "contact_persons"}:
        assert made[name] == FULL[name]
    assert made["billing_address"]["zip"] == "012345"
    assert made["contact_persons"][0]["first_name"] == "Asha"
    assert made["status"] == "ACTIVE"
    assert made["created_time"] == "2026-05-20T04:30:07"
    assert "unknown" not in made


def test_a_name_is_enough_and_makes_a_customer(api: Api) -> None:
    made = api.post("/contacts", {"contact_name": "Acme"})["contact"]
    assert (made["contact_type"], made["display_name"], made["currency_code"]) == ("CUSTOMER", "Acme", "INR")


def test_an_edit_changes_what_it_names_and_nothing_else(api: Api) -> None:
    made = api.post("/contacts", FULL)["contact"]
    edited = api.put(f"/contacts/{made['contact_id']}", {"email": None, "status": "INACTIVE"})["contact"]
    assert (edited["email"], edited["status"], edited["gst_no"]) == (None, "INACTIVE", FULL["gst_no"])
    api.put(f"/contacts/{made['contact_id']}", edited)  # what was read can be sent back whole
    assert api.get("/contacts?search=books@example.in")["contacts"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=ŚRĪ", True),
        ("search=29aabc", True),
        ("search=EXAMPLE.IN", True),
        ("search=nobody", False),
        ("search=%25", False),
        ("contact_type=BOTH", True),
        ("contact_type=VENDOR", False),
        ("status=ACTIVE", True),
        ("status=INACTIVE", False),
    ],
)
def test_the_list_is_filtered(api: Api, query: str, found: bool) -> None:
    api.post("/contacts", FULL)
    assert len(api.get(f"/contacts?{query}")["contacts"]) == found


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"contact_name": None}, (400, "validation.required_field", "contact_name")),
        ({"contact_name": " "}, (400, "validation.required_field", "contact_name")),
        ({"contact_name": "x" * 256}, (422, "validation.failed", "contact_name")),
        ({"contact_type": "FRIEND"}, (400, "validation.invalid_value", "contact_type")),
        ({"gst_no": "29AABCF"}, (400, "validation.invalid_value", "gst_no")),
        ({"place_of_contact": "KA"}, (400, "validation.invalid_value", "place_of_contact")),
        ({"billing_address": "1 MG Road"}, (422, "validation.failed", "billing_address")),
        ({"billing_address": {"zip": 560001}}, (422, "validation.failed", "billing_address.zip")),
        ({"billing_address": {"state_code": "INKA"}}, (400, "validation.invalid_value", "billing_address.state_code")),
        ({"contact_persons": [{"is_primary": "yes"}]}, (422, "validation.failed", "contact_persons[0].is_primary")),
        ({"payment_terms": 1.5}, (422, "validation.failed", "payment_terms")),
        ({"payment_terms": True}, (422, "validation.failed", "payment_terms")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    sent = {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in fields.items()}
    assert api.refused("POST", "/contacts", {"contact_name": "Acme"} | sent) == refusal


def test_an_unknown_contact_is_404(api: Api) -> None:
    assert api.refused("GET", "/contacts/ct_missing") == (404, "not_found.resource", None)
    assert api.refused("PUT", "/contacts/ct_missing", {"email": "a@b"}) == (404, "not_found.resource", None)
