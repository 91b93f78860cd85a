from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock


def names(page: dict[str, Any]) -> list[str]:
    return [contact["contact_name"] for contact in page["contacts"]]


@pytest.mark.fact("12.list")
@pytest.mark.fact("6.context", "6.cursor", "6.stop", "6.last-cursor", "6.forward", "6.newest-first")
@pytest.mark.fact("6.added-meanwhile")
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


@pytest.mark.fact("6.default-size", "6.sizes", "6.context")
def test_fifty_rows_a_page_unless_asked_otherwise(api: Api) -> None:
    assert api.get("/items")["page_context"] == {"per_page": 50, "has_more_page": False, "next_cursor": None}
    assert api.get("/items?per_page=200")["page_context"]["per_page"] == 200


@pytest.mark.fact("5.failed", "6.sizes", "6.above-200", "23.11-per-page")
@pytest.mark.parametrize("size", ["0", "201", "-1", "x", "1.5", "", "٣", "9" * 30])
def test_a_page_size_out_of_range_is_422(api: Api, size: str) -> None:
    assert api.refused("GET", f"/payments?per_page={size}") == (422, "validation.failed", "per_page")


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.fact("25.25-bad-cursor")
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


@contextmanager
def fresh() -> Iterator[tuple[Api, HandClock]]:
    """Books of their own for each example."""
    clock = HandClock()
    with closing(Books(":memory:", clock)) as books, closing(Api(books)) as api:
        yield api, clock


@st.composite
def walks(draw: st.DrawFn) -> tuple[list[str], list[tuple[int, list[str], int]]]:
    """The types of the contacts that are there, and for each page its size, who is added after it, the seconds then."""
    types = st.lists(st.sampled_from(["CUSTOMER", "VENDOR"]), max_size=7)
    return draw(types), draw(st.lists(st.tuples(st.integers(1, 4), types, st.integers(0, 90)), min_size=1, max_size=6))


@pytest.mark.fact("6.stop", "6.cursor-with-filters", "6.newest-first", "6.added-meanwhile")
@given(walks())
@settings(max_examples=25, deadline=None)
def test_a_walk_shows_what_was_there_when_it_began_newest_first_whatever_is_added(
    walk: tuple[list[str], list[tuple[int, list[str], int]]],
) -> None:
    there, pages = walk
    with fresh() as (api, clock):
        made = [(kind, api.contact(contact_name=f"C{number}", contact_type=kind)) for number, kind in enumerate(there)]
        expected = [contact for kind, contact in reversed(made) if kind == "CUSTOMER"]
        seen: list[str] = []
        cursor = ""
        while True:
            size, added, seconds = pages.pop(0) if pages else (3, [], 0)
            page = api.get(f"/contacts?contact_type=CUSTOMER&per_page={size}{cursor}")
            seen += [contact["contact_id"] for contact in page["contacts"]]
            context = page["page_context"]
            assert len(page["contacts"]) == size or not context["has_more_page"]
            for kind in added:
                api.contact(contact_type=kind)
            if made:
                api.put(f"/contacts/{made[0][1]}", {"phone": "1"})  # an edit moves nobody
            clock.advance(seconds)
            if not context["has_more_page"]:
                break
            cursor = f"&cursor={context['next_cursor']}"
        assert seen == expected


@pytest.mark.fact("6.opaque-cursor")
def test_a_cursor_decodes_to_the_two_keys_that_the_page_shows(api: Api) -> None:
    for _ in range(2):
        api.contact()
    cursor = api.get("/contacts?per_page=1")["page_context"]["next_cursor"]
    assert json.loads(base64.urlsafe_b64decode(cursor)).keys() == {"created_at", "id"}


@pytest.mark.fact("25.25-expiry")
def test_a_cursor_grows_old_where_the_switch_says_so(api: Api, clock: HandClock) -> None:
    for _ in range(3):
        api.contact()
    ageless = api.get("/contacts?per_page=1")["page_context"]["next_cursor"]
    clock.advance(10**8)
    assert api.get(f"/contacts?cursor={ageless}")["contacts"]
    api.books.settings.set_switches({"cursor_seconds": 60})
    cursor = api.get("/contacts?per_page=1")["page_context"]["next_cursor"]
    clock.advance(59)
    assert len(api.get(f"/contacts?cursor={cursor}")["contacts"]) == 2
    clock.advance(1)
    assert api.refused("GET", f"/contacts?cursor={cursor}") == (400, "validation.invalid_value", "cursor")
    assert api.refused("GET", f"/contacts?cursor={ageless}") == (400, "validation.invalid_value", "cursor")


@pytest.mark.fact("6.last-cursor")
def test_the_last_page_has_no_cursor_at_all_where_the_switch_says_so(api: Api) -> None:
    for _ in range(2):
        api.contact()
    api.books.settings.set_switches({"last_cursor": "absent"})
    first = api.get("/contacts?per_page=1")["page_context"]
    last = api.get(f"/contacts?per_page=1&cursor={first['next_cursor']}")["page_context"]
    assert last == {"per_page": 1, "has_more_page": False}


@pytest.mark.fact("6.above-200", "23.11-per-page")
def test_a_page_size_above_the_highest_is_lowered_where_the_switch_says_so(api: Api) -> None:
    api.books.settings.set_switches({"per_page_above": "clamped"})
    for size in ("201", "500", "9" * 30):
        assert api.get(f"/contacts?per_page={size}")["page_context"]["per_page"] == 200
    assert api.refused("GET", "/contacts?per_page=0") == (422, "validation.failed", "per_page")


@pytest.mark.fact("23.8-dates")
def test_a_date_of_the_query_is_a_date_or_a_datetime(api: Api) -> None:
    api.invoice(api.contact())
    for day in ("2026-05-19", "2026-05-19T00:00:00", "2026-05-19T23:59:59Z"):
        assert len(api.get(f"/invoices?date_from={day}&date_to={day}")["invoices"]) == 1
    assert api.get("/invoices?date_to=2026-05-18")["invoices"] == []
    assert api.refused("GET", "/invoices?date_from=19.05.2026") == (422, "validation.failed", "date_from")
