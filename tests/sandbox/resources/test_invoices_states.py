"""What may be done to an invoice in which state: approve, void, delete (fact sheet, sections 15 and 25)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body


def path_of(invoice: dict[str, Any]) -> str:
    return f"/invoices/{invoice['invoice_id']}"


def pay(api: Api, invoice: dict[str, Any], amount: int = 1, **fields: Any) -> dict[str, Any]:
    body = {"flow": "INCOMING", "contact_id": invoice["customer_id"], "date": "2026-05-20", "amount": amount}
    allocations = [{"invoice_id": invoice["invoice_id"], "amount": amount}]
    payment: dict[str, Any] = api.post("/payments", {**body, "mode": "UPI", "allocations": allocations, **fields})
    return dict(payment["payment"])


def credit(api: Api, invoice: dict[str, Any], amount: int, **fields: Any) -> dict[str, Any]:
    lines = [{"name": "Back", "quantity": 1, "rate": amount}]
    body = {"customer_id": invoice["customer_id"], "date": "2026-05-20", "line_items": lines}
    note = api.post("/credit_notes", {**body, **fields})["credit_note"]
    path = f"/credit_notes/{note['credit_note_id']}"
    api.post(f"{path}/apply-to-invoice", {"invoice_id": invoice["invoice_id"], "amount": amount})
    return dict(api.get(path)["credit_note"])


@pytest.mark.fact("15.void", "15.cancelled")
def test_a_void_takes_an_unpaid_invoice_out_of_the_books(api: Api) -> None:
    invoice = api.invoice(api.contact())
    voided = api.post(f"{path_of(invoice)}/void")["invoice"]
    assert (voided["status"], voided["balance"]) == ("CANCELLED", 0)
    assert api.ledger(invoice["customer_id"]) == 0
    assert api.refused("POST", f"{path_of(invoice)}/void") == (400, "validation.invalid_value", "status")


@pytest.mark.fact("25.17-void")
@pytest.mark.parametrize("settled", [pay, credit])
def test_a_paid_or_credited_invoice_is_not_voided(api: Api, settled: Any) -> None:
    invoice = api.invoice(api.contact())
    settled(api, invoice, 1)
    refused = api.refused("POST", f"{path_of(invoice)}/void")
    assert refused == (400, "validation.invalid_value", "payment_made")


@pytest.mark.fact("25.17-void")
def test_or_a_void_takes_payments_and_notes_off_first(api: Api, books: Books) -> None:
    books.settings.set_switches({"void_paid": "unapplies"})
    invoice = api.invoice(api.contact())
    payment, note = pay(api, invoice, 30), credit(api, invoice, 20)
    voided = api.post(f"{path_of(invoice)}/void")["invoice"]
    assert (voided["status"], voided["balance"], voided["payment_made"]) == ("CANCELLED", 0, 0)
    assert api.get(f"/payments/{payment['payment_id']}")["payment"]["allocations"] == []
    note = api.get(f"/credit_notes/{note['credit_note_id']}")["credit_note"]
    assert (note["status"], note["balance"]) == ("ISSUED", 20)
    assert api.ledger(invoice["customer_id"]) == -50  # what is left unapplied


def test_the_void_of_a_paid_invoice_in_another_currency_leaves_no_difference(api: Api, books: Books) -> None:
    books.settings.set_switches({"void_paid": "unapplies"})
    invoice = api.invoice(api.contact(), currency_code="USD", exchange_rate=85)
    pay(api, invoice, 40, currency_code="USD", exchange_rate=87)
    api.post(f"{path_of(invoice)}/void")
    assert api.ledger(invoice["customer_id"]) == -40 * 87
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    assert [row["debit"] - row["credit"] for row in rows if row["name"] == "Exchange Gain or Loss"] in ([], [0])


@pytest.mark.fact("5.wrong-state")
@pytest.mark.parametrize(
    ("conflict", "status", "code"),
    [
        ("400", 400, "validation.invalid_value"),
        ("409", 409, "conflict.state"),
        ("422", 422, "validation.failed"),
    ],
)
def test_what_its_state_forbids_is_refused_as_the_switch_has_it(
    api: Api, books: Books, conflict: str, status: int, code: str
) -> None:
    books.settings.set_switches({"state_conflict": conflict})
    customer = api.contact()
    draft, paid = api.invoice(customer, auto_approve=False), api.invoice(customer, "5.00")
    pay(api, paid)
    refusals = [
        api.refused("POST", f"{path_of(draft)}/void"),
        api.refused("POST", f"{path_of(paid)}/approve"),
        api.refused("PUT", path_of(paid), {"notes": "x"}),
        api.refused("DELETE", path_of(paid)),
    ]
    assert refusals == [(status, code, "status")] * 4
    assert api.refused("POST", f"{path_of(paid)}/void") == (status, code, "payment_made")
    assert api.refused("POST", "/invoices", invoice_body(customer, date="2026-05-18", due_date="2026-05-17"))[0] == 400


LOCKED = (400, "validation.invalid_value", "date")


@pytest.mark.fact("25.30-lock")
def test_nothing_is_written_into_a_locked_period(api: Api, books: Books) -> None:
    customer = api.contact()
    draft = api.invoice(customer, date="2026-03-31", auto_approve=False)
    posted = api.invoice(customer, date="2026-03-31")
    books.settings.set_switches({"lock_date": "2026-03-31"})
    assert api.refused("POST", "/invoices", invoice_body(customer, date="2026-03-31")) == LOCKED
    assert api.refused("POST", f"{path_of(draft)}/approve") == LOCKED
    assert api.refused("PUT", path_of(draft), {"notes": "x"}) == LOCKED
    assert api.refused("POST", f"{path_of(posted)}/void") == LOCKED
    later = invoice_body(customer, date="2026-04-01", reference_number="A")
    rows = api.post("/bulk/invoices", {"invoices": [later | {"date": "2026-03-30"}, later]})["results"]
    assert [row["ok"] for row in rows] == [False, True]
    assert rows[0]["error"]["field"] == "date"


def test_a_draft_leaves_the_locked_period_by_its_date_or_by_being_deleted(api: Api, books: Books) -> None:
    customer = api.contact()
    one, other = (api.invoice(customer, date="2026-03-31", auto_approve=False) for _ in range(2))
    books.settings.set_switches({"lock_date": "2026-03-31"})
    api.put(path_of(one), {"date": "2026-04-01"})
    api.post(f"{path_of(one)}/approve")
    api.ok("DELETE", path_of(other))


@pytest.mark.fact("14.salespersons", "15.salesperson")
def test_a_salesperson_is_unknown_unless_any_is_known(api: Api, books: Books) -> None:
    body = invoice_body(api.contact(), salesperson_id="sp_1")
    assert api.refused("POST", "/invoices", body) == (404, "not_found.resource", "salesperson_id")
    books.settings.set_switches({"salespersons": "any"})
    assert api.post("/invoices", body)["invoice"]["salesperson_id"] == "sp_1"


@pytest.mark.fact("25.24-dates")
@pytest.mark.parametrize(
    ("query", "exclusive_too"),
    [
        ("date_from=2026-05-02", False),
        ("date_to=2026-05-02T00:00:00", False),
        ("date_from=2026-05-02&date_to=2026-05-02", False),
        ("date_from=2026-05-01&date_to=2026-05-03", True),
    ],
)
def test_dates_of_a_filter_belong_to_it_or_not(api: Api, books: Books, query: str, exclusive_too: bool) -> None:
    invoice = api.invoice(api.contact(), date="2026-05-02")
    assert api.get(f"/invoices?{query}")["invoices"] == [invoice]
    books.settings.set_switches({"date_filters": "exclusive"})
    assert api.get(f"/invoices?{query}")["invoices"] == ([invoice] if exclusive_too else [])


@pytest.mark.fact("15.list", "25.24-dates")
def test_the_list_is_filtered_inclusively(api: Api) -> None:
    one, two = api.contact(), api.contact()
    for customer, day in ((one, "2026-05-01"), (one, "2026-05-02"), (two, "2026-05-03")):
        api.invoice(customer, date=day)
    for query, count in (
        (f"customer_id={one}", 2),
        ("date_from=2026-05-02", 2),
        ("date_to=2026-05-02T00:00:00", 2),
        ("date_from=2026-05-02&date_to=2026-05-02", 1),
        ("status=DRAFT", 0),
    ):
        assert len(api.get(f"/invoices?{query}")["invoices"]) == count, query
    assert api.refused("GET", "/invoices?status=VOID") == (422, "validation.failed", "status")
    assert api.refused("GET", "/invoices?date_from=May") == (422, "validation.failed", "date_from")


@pytest.mark.fact("25.24-rows")
def test_the_rows_of_a_list_are_whole_or_without_their_lines(api: Api, books: Books) -> None:
    invoice = api.invoice(api.contact())
    assert api.get("/invoices")["invoices"] == [invoice]
    books.settings.set_switches({"list_rows": "short"})
    short = {name: value for name, value in invoice.items() if name != "line_items"}
    assert api.get("/invoices")["invoices"] == [short]
    assert api.get(path_of(invoice))["invoice"] == invoice


@pytest.mark.fact("10.balance", "15.partly-paid")
def test_a_status_between_paid_and_not(api: Api) -> None:
    invoice = api.invoice(api.contact(), due_date="2026-06-30")
    pay(api, invoice, 30)
    shown = api.get(path_of(invoice))["invoice"]
    assert (shown["status"], shown["payment_made"], shown["balance"]) == ("PARTIALLY_PAID", 30, 70)
    pay(api, invoice, 70)
    shown = api.get(path_of(invoice))["invoice"]
    assert (shown["status"], shown["balance"]) == ("PAID", Decimal("0.00"))


def test_a_refusal_names_the_status_as_answers_show_it(api: Api) -> None:
    invoice = api.invoice(api.contact())
    answer = api.send("POST", f"{path_of(invoice)}/approve").json()
    assert answer["details"] == {"received": invoice["status"]}
    assert answer["message"] == f"Only a draft can be approved; this invoice is {invoice['status']}."
