from __future__ import annotations

import base64
from typing import Any

import pytest

from sandbox.client import Api


def names(page: dict[str, Any]) -> list[str]:
    return [contact["contact_name"] for contact in page["contacts"]]


def test_a_walk_sees_each_row_once_though_rows_are_added_meanwhile(api: Api) -> None:
    for number in range(5):
        api.contact(contact_name=f"C{number}")
    first = api.get("/contacts?per_page=2")
    api.contact(contact_name="late")
    second = api.get(f"/contacts?per_page=2&cursor={first['page_context']['next_cursor']}")
    api.contact(contact_name="later")
    third = api.get(f"/contacts?per_page=2&cursor={second['page_context']['next_cursor']}")
    assert (names(first), names(second), names(third)) == (["C4", "C3"], ["C2", "C1"], ["C0"])
    assert first["page_context"]["has_more_page"] is True
    assert third["page_context"] == {"per_page": 2, "has_more_page": False, "next_cursor": None}


def test_a_page_that_is_just_full_is_the_last(api: Api) -> None:
    api.contact()
    api.contact()
    assert api.get("/contacts?per_page=2")["page_context"]["has_more_page"] is False


def test_fifty_rows_a_page_unless_asked_otherwise(api: Api) -> None:
    assert api.get("/items")["page_context"] == {"per_page": 50, "has_more_page": False, "next_cursor": None}
    assert api.get("/items?per_page=200")["page_context"]["per_page"] == 200


@pytest.mark.parametrize("size", ["0", "201", "-1", "x", "1.5", "", "٣", "9" * 30])
def test_a_page_size_out_of_range_is_422(api: Api, size: str) -> None:
    assert api.refused("GET", f"/payments?per_page={size}") == (422, "validation.failed", "per_page")


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "made_up",
    [
        "x",
        "%C3%A9",
        cursor("[]"),
        cursor('{"created_at": 1}'),
        cursor('{"created_at": 1e9, "id": "a"}'),
        cursor('{"created_at": 99999999999999999999, "id": "a"}'),
        cursor('{"created_at": 1, "id": 2}'),
    ],
)
def test_a_cursor_of_ones_own_making_is_400(api: Api, made_up: str) -> None:
    assert api.refused("GET", f"/invoices?cursor={made_up}") == (400, "validation.invalid_value", "cursor")
