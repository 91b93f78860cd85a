from __future__ import annotations

from decimal import Decimal

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body


@pytest.mark.fact("18.invoices", "18.always-200", "18.answer", "18.row", "18.isolation", "18.order", "18.no-row-key")
@pytest.mark.fact("25.23-bulk-order")
def test_a_bad_row_fails_alone_and_results_keep_the_order(api: Api) -> None:
    customer = api.contact()
    rows = [invoice_body(customer, reference_number=name) for name in "ABC"]
    rows[1]["line_items"] = [{"item_id": "it_missing", "quantity": 1}]
    answer = api.post("/bulk/invoices", {"invoices": rows})
    assert answer["message"] == "2 of 3 invoices created."
    assert answer["summary"] == {"total": 3, "succeeded": 2, "failed": 1}
    assert [result["ok"] for result in answer["results"]] == [True, False, True]
    assert [answer["results"][place]["invoice"]["reference_number"] for place in (0, 2)] == ["A", "C"]
    assert answer["results"][1]["error"] == {
        "code": "not_found.resource",
        "message": "Item 'it_missing' not found in this org.",
        "field": "line_items[0].item_id",
    }
    assert api.ledger(customer) == 200


@pytest.mark.fact("18.approval", "18.row")
def test_rows_are_as_single_creates_each_with_its_own_approval(api: Api) -> None:
    customer = api.contact()
    rows = [invoice_body(customer, auto_approve=approve, reference_number=str(approve)) for approve in (True, False)]
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    assert [result["invoice"]["status"] for result in results] == ["OVERDUE", "DRAFT"]
    first = results[0]["invoice"]
    assert first == api.get(f"/invoices/{first['invoice_id']}")["invoice"]


def test_the_guard_sees_the_rows_before(api: Api) -> None:
    rows = [invoice_body(api.contact())] * 2
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    assert results[1]["error"]["code"] == "conflict.duplicate"


@pytest.mark.fact("18.durable", "18.crash", "24.bulk-5xx")
def test_a_crash_in_a_row_keeps_the_rows_before_leaves_nothing_of_its_own_and_is_not_remembered(api: Api) -> None:
    rows = [invoice_body(api.contact(), reference_number=name) for name in "ABC"]
    api.books.db.run(
        "CREATE TRIGGER crash BEFORE INSERT ON entries WHEN NEW.reference = 'B' BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    assert api.send("POST", "/bulk/invoices", {"invoices": rows}, key="b").status_code == 500
    assert [invoice["reference_number"] for invoice in api.get("/invoices")["invoices"]] == ["A"]
    api.books.db.run("DROP TRIGGER crash")
    again = api.send("POST", "/bulk/invoices", {"invoices": rows}, key="b").json()
    assert [result["ok"] for result in again["results"]] == [False, True, True]  # the guard knows the first


@pytest.mark.fact("18.order", "25.23-bulk-order")
@pytest.mark.parametrize("order", ["request", "reversed"])
def test_results_come_in_the_order_of_the_rows_or_the_other_way_round(api: Api, books: Books, order: str) -> None:
    books.settings.set_switches({"bulk_order": order})
    rows = [invoice_body(api.contact(), reference_number=name) for name in "ABC"]
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    shown = "".join(result["invoice"]["reference_number"] for result in results)
    assert shown == ("ABC" if order == "request" else "CBA")
    listed = api.get("/invoices")["invoices"]
    assert [invoice["reference_number"] for invoice in listed] == ["C", "B", "A"]  # they are done in order either way


@pytest.mark.fact("18.row")
def test_the_error_of_a_row_has_a_code_a_message_and_a_field(api: Api, books: Books) -> None:
    books.settings.set_switches({"invoice_guard": "total"})
    body = invoice_body(api.contact())
    rows = [body | {"place_of_supply": "INKA"}, body, body | {"reference_number": "R"}]
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    errors = [result.get("error", {}) for result in results]
    assert [set(error) for error in errors] == [{"code", "message", "field"}, set(), {"code", "message", "field"}]
    assert (errors[0]["code"], errors[0]["field"]) == ("validation.invalid_value", "place_of_supply")
    assert (errors[2]["code"], errors[2]["field"]) == ("conflict.duplicate", None)


def test_the_error_of_a_row_is_as_the_switches_have_it(api: Api, books: Books) -> None:
    books.settings.set_switches({"number_clash_code": "invalid-value", "missing_field": "422"})
    body = invoice_body(api.contact(), invoice_number="A-1")
    rows = [body, body | {"reference_number": "R"}, {}]
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    assert [result["error"]["code"] for result in results[1:]] == ["validation.invalid_value", "validation.failed"]


def test_each_row_takes_a_number_only_when_it_is_made(api: Api) -> None:
    customer = api.contact()
    rows = [invoice_body(customer, reference_number=name) for name in "ABC"]
    rows[1]["line_items"] = [{"name": "Nut", "quantity": 1, "rate": 0}]
    results = api.post("/bulk/invoices", {"invoices": rows})["results"]
    numbers = [result["invoice"]["invoice_number"] for result in results if result["ok"]]
    assert numbers == ["INV-2627-001", "INV-2627-002"]


@pytest.mark.fact("18.size")
@pytest.mark.parametrize("count", [1, 50])
def test_one_to_fifty_rows_are_taken(api: Api, count: int) -> None:
    rows = [invoice_body(api.contact(), reference_number=str(place)) for place in range(count)]
    summary = api.post("/bulk/invoices", {"invoices": rows})["summary"]
    assert summary == {"total": count, "succeeded": count, "failed": 0}


@pytest.mark.fact("18.size")
@pytest.mark.parametrize("count", [0, 51])
def test_none_or_more_than_fifty_rows_are_422(api: Api, count: int) -> None:
    refused = api.refused("POST", "/bulk/invoices", {"invoices": [{}] * count})
    assert refused == (422, "validation.failed", "invoices")


@pytest.mark.fact("18.size", "18.always-200")
def test_fifty_rows_that_all_fail_are_still_200(api: Api) -> None:
    answer = api.post("/bulk/invoices", {"invoices": [{}] * 50})
    assert answer["summary"] == {"total": 50, "succeeded": 0, "failed": 50}
    assert api.refused("POST", "/bulk/invoices", {}) == (422, "validation.failed", "invoices")


@pytest.mark.fact("8.bulk-optional", "18.one-key")
def test_a_key_covers_the_whole_call_and_none_is_needed(api: Api) -> None:
    body = {"invoices": [invoice_body(api.contact())]}
    first = api.send("POST", "/bulk/invoices", body, key="b")
    assert api.send("POST", "/bulk/invoices", body, key="b").content == first.content
    assert api.send("POST", "/bulk/invoices", body, key=None).json()["summary"]["failed"] == 1
    assert api.get("/invoices")["invoices"][0]["total"] == Decimal("100.00")
