from __future__ import annotations

from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body


def numbers(api: Api, *fields: dict[str, Any]) -> list[str]:
    """The numbers of invoices made with these fields, one after the other."""
    customer = api.contact()
    return [
        str(api.invoice(customer, reference_number=f"R{place}", **more)["invoice_number"])
        for place, more in enumerate(fields)
    ]


def add_branch(books: Books, code: str, **columns: Any) -> str:
    """A further branch in the same state; returns its id."""
    row = {"id": f"br_{code}", "org": books.org_id, "code": code, "state": "IN-KA", "is_default": False}
    row |= {"invoice_prefix": "INV", "bill_prefix": "BILL", **columns}
    with books.db.transaction():
        books.db.insert("branches", row)
    return str(row["id"])


@pytest.mark.fact("15.default-branch", "15.number-form")
def test_numbers_run_by_financial_year_and_step_over_those_taken(api: Api) -> None:
    given, *others = numbers(
        api,
        {"invoice_number": "INV-2627-002"},
        {"date": "2026-05-19"},
        {"date": "2026-05-19"},
        {"date": "2026-03-31"},
        {"date": "2026-04-01"},
    )
    assert given == "INV-2627-002"
    assert others == ["INV-2627-001", "INV-2627-003", "INV-2526-001", "INV-2627-004"]


@pytest.mark.fact("15.number-form")
def test_numbers_may_run_by_calendar_year(api: Api, books: Books) -> None:
    books.settings.set_switches({"number_form": "calendar"})
    assert numbers(api, {"date": "2026-03-31"}, {"date": "2026-04-01"}) == ["INV-2026-0001", "INV-2026-0002"]


def test_a_number_grows_beyond_its_usual_width(api: Api, books: Books) -> None:
    branch = books.db.value("SELECT id FROM branches WHERE org = ?", (books.org_id,))
    with books.db.transaction():
        name = f"invoices:{branch}:INV-2627"
        books.db.insert("counters", {"org": books.org_id, "name": name, "value": 998})
    assert numbers(api, {}, {}) == ["INV-2627-999", "INV-2627-1000"]


@pytest.mark.fact("15.own-number")
def test_a_supplied_number_consumes_no_counter(api: Api) -> None:
    assert numbers(api, {"invoice_number": "X-1"}, {}, {"invoice_number": "X-2"}, {}) == [
        *("X-1", "INV-2627-001"),
        *("X-2", "INV-2627-002"),
    ]


@pytest.mark.fact("15.series-name")
def test_each_series_counts_by_itself_and_an_unknown_one_is_the_default(api: Api) -> None:
    series = [{"series_name": name} for name in ("default", "export", "rcm", "export", "festival")]
    assert numbers(api, *series, {}) == [
        *("INV-2627-001", "INV-EXP-2627-001", "INV-RCM-2627-001"),
        *("INV-EXP-2627-002", "INV-2627-002", "INV-2627-003"),
    ]


@pytest.mark.fact("9.number", "15.branch", "15.default-branch")
def test_each_branch_counts_by_itself_and_may_use_a_number_of_another(api: Api, books: Books) -> None:
    branch = add_branch(books, "B2")
    assert numbers(api, {}, {"branch_id": branch}, {}) == ["INV-2627-001", "INV-2627-001", "INV-2627-002"]
    api.invoice(api.contact(), branch_id=branch, invoice_number="A-1")
    api.invoice(api.contact(), invoice_number="A-1")


def test_the_number_of_a_deleted_draft_is_not_given_again(api: Api) -> None:
    draft = api.invoice(api.contact(), auto_approve=False)
    api.ok("DELETE", f"/invoices/{draft['invoice_id']}")
    assert numbers(api, {}) == ["INV-2627-002"]


def test_a_refused_invoice_takes_no_number(api: Api) -> None:
    customer = api.contact()
    first = api.invoice(customer)
    api.refused("POST", "/invoices", invoice_body(customer))  # the guard
    assert first["invoice_number"] == "INV-2627-001"
    assert api.invoice(customer, "2.00")["invoice_number"] == "INV-2627-002"


@pytest.mark.fact("15.series")
def test_the_list_of_series_tells_what_comes_next_and_takes_nothing(api: Api, books: Books) -> None:
    add_branch(books, "B2", invoice_prefix="MUM")
    add_branch(books, "B3", is_active=False)
    numbers(api, {"series_name": "export"}, {"invoice_number": "INV-2627-001"})
    for _ in range(2):
        series = api.get("/invoices/series")["series"]
        assert [(row["series_name"], row["next_number"]) for row in series if row["branch_id"] == "br_B2"] == [
            ("default", "MUM-2627-001"),
            ("export", "MUM-EXP-2627-001"),
            ("rcm", "MUM-RCM-2627-001"),
        ]
        assert [row["next_number"] for row in series if row["branch_id"] not in ("br_B2", "br_B3")] == [
            *("INV-2627-002", "INV-EXP-2627-002", "INV-RCM-2627-001"),
        ]
        assert "br_B3" not in {row["branch_id"] for row in series}


def test_the_series_need_the_scope_to_read_invoices(api: Api, books: Books) -> None:
    books.add_token("reads", scopes=("AIBooks.invoices.READ",))
    books.add_token("writes", scopes=("AIBooks.invoices.CREATE",))
    assert api.send("GET", "/invoices/series", token="reads").status_code == 200
    assert api.refused("GET", "/invoices/series", token="writes")[:2] == (403, "auth.insufficient_scope")


@pytest.mark.parametrize("name", ["export", "festival"])
def test_the_name_of_a_series_is_echoed(api: Api, name: str) -> None:
    assert api.invoice(api.contact(), series_name=name)["series_name"] == name
