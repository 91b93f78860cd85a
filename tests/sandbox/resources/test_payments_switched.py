"""Payments of a FinzBooks that answers the open questions otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api
from sandbox.resources.test_payments import INVALID, MISSING, receipt, trial


def switch(books: Books, **values: str) -> None:
    books.settings.set_switches(values)


@pytest.mark.fact("16.mode", "23.14-mode")
def test_the_mode_may_be_required(api: Api, books: Books) -> None:
    switch(books, payment_mode="required")
    customer = api.contact()
    assert api.refused("POST", "/payments", receipt(customer, mode=None)) == (400, "validation.required_field", "mode")
    assert api.post("/payments", receipt(customer))["payment"]["mode"] == "UPI"


@pytest.mark.fact("25.19-apply")
def test_an_application_may_be_of_a_single_invoice(api: Api, books: Books) -> None:
    switch(books, payment_apply_body="single")
    customer = api.contact()
    path = f"/payments/{api.post('/payments', receipt(customer))['payment']['payment_id']}/apply"
    invoice = api.invoice(customer)["invoice_id"]
    listed = {"allocations": [{"invoice_id": invoice, "amount": 40}]}
    assert api.refused("POST", path, listed) == (400, "validation.required_field", "invoice_id")
    assert api.refused("POST", path, {"invoice_id": invoice, "amount": 101}) == (400, INVALID, "amount")
    assert api.refused("POST", path, {"invoice_id": "inv_no", "amount": 1}) == (404, MISSING, "invoice_id")
    assert api.refused("POST", path, {"bill_id": "bl_no", "amount": 1}) == (404, MISSING, "bill_id")
    applied = api.post(path, {"invoice_id": invoice, "amount": 40})["payment"]
    assert [(row["invoice_id"], row["amount"]) for row in applied["allocations"]] == [(invoice, 40)]


@pytest.mark.fact("25.20-tds")
def test_tds_may_be_a_part_of_the_amount(api: Api, books: Books) -> None:
    switch(books, payment_tds="within")
    customer = api.contact()
    invoice = api.invoice(customer, "1000.00")["invoice_id"]
    more = receipt(customer, 900, (invoice, 1000), tds_amount=100)
    assert api.refused("POST", "/payments", more) == (400, INVALID, "allocations[0].amount")
    assert api.refused("POST", "/payments", receipt(customer, 100, tds_amount=101)) == (400, INVALID, "tds_amount")
    too_high = receipt(customer, 100, tds_amount=60, bank_charges=41)
    assert api.refused("POST", "/payments", too_high) == (400, INVALID, "bank_charges")
    api.post("/payments", receipt(customer, 1000, (invoice, 1000), tds_amount=100))
    assert trial(api) == {"HDFC Current": 900, "TDS Receivable": 100, "Accounts Receivable": 0, "Sales": -1000}


def test_what_a_payment_can_settle_stays_when_the_switch_is_turned(api: Api, books: Books) -> None:
    customer = api.contact()
    path = f"/payments/{api.post('/payments', receipt(customer, 90, tds_amount=10))['payment']['payment_id']}/apply"
    switch(books, payment_tds="within")
    invoice = api.invoice(customer)["invoice_id"]
    api.post(path, {"allocations": [{"invoice_id": invoice, "amount": 100}]})
    assert api.ledger(customer) == 0


@pytest.mark.fact("25.20-charges")
@pytest.mark.parametrize(("charges", "movements"), [("within", [95]), ("on-top", [100, -5])])
def test_charges_may_leave_the_bank_by_themselves(api: Api, books: Books, charges: str, movements: list[int]) -> None:
    switch(books, bank_charges=charges)
    api.post("/payments", receipt(api.contact(), 100, bank_charges=5))
    sql = "SELECT p.amount FROM postings p JOIN accounts a ON a.id = p.account_id WHERE a.name = 'HDFC Current'"
    assert [row["amount"] for row in books.db.rows(f"{sql} ORDER BY p.rowid")] == [100 * part for part in movements]
    assert trial(api) == {"HDFC Current": 95, "Accounts Receivable": -100, "Bank Charges": 5}


def test_charges_on_top_may_exceed_the_amount(api: Api, books: Books) -> None:
    customer = api.contact()
    body = receipt(customer, 100, bank_charges=101)
    assert api.refused("POST", "/payments", body) == (400, INVALID, "bank_charges")
    switch(books, bank_charges="on-top")
    api.post("/payments", body)
    assert trial(api)["HDFC Current"] == -1


@pytest.mark.fact("25.8-guards", "9.code", "23.9-guard")
@pytest.mark.parametrize(
    ("code", "refusal"),
    [("conflict", (409, "conflict.duplicate")), ("invalid-value", (400, INVALID))],
)
def test_a_payment_may_be_guarded_against_its_twin(api: Api, books: Books, code: str, refusal: tuple[int, str]) -> None:
    switch(books, payment_guard="reference", guard_code=code)
    customer = api.contact()
    body = receipt(customer, reference_number="UTR-7")
    api.post("/payments", body)
    assert api.refused("POST", "/payments", body) == (*refusal, "reference_number")
    others: tuple[dict[str, Any], ...] = (
        {"reference_number": "UTR-8"},
        {"reference_number": None},
        {"amount": 101},
        {"date": "2026-05-21"},
        {"contact_id": api.contact()},
    )
    for other in others:
        api.post("/payments", body | other)
    without = body | {"reference_number": None}
    assert api.refused("POST", "/payments", without) == (*refusal, "reference_number")
    over = receipt(customer, 100, (api.invoice(customer)["invoice_id"], 101), reference_number="UTR-7")
    assert api.refused("POST", "/payments", over) == (400, INVALID, "allocations[0].amount")  # found before the twin
    assert len(api.get("/payments")["payments"]) == 6


@pytest.mark.fact("25.21-undo")
def test_a_payment_cannot_be_deleted(api: Api, books: Books) -> None:
    payment = api.post("/payments", receipt(api.contact()))["payment"]["payment_id"]
    assert api.refused("DELETE", f"/payments/{payment}") == (405, "method.not_allowed", None)
    books.add_token("aibk_pat_test_reads", scopes=("AIBooks.payments.READ",))
    assert api.send("DELETE", f"/payments/{payment}", token="aibk_pat_test_reads").status_code == 405
    switch(books, payment_delete="allowed")
    assert api.send("DELETE", f"/payments/{payment}", token="aibk_pat_test_reads").status_code == 403
    for undo in ("void", "refund"):
        assert api.refused("POST", f"/payments/{payment}/{undo}") == (405, "method.not_allowed", None)


@pytest.mark.fact("25.21-undo")
@pytest.mark.parametrize("currency", [{}, {"currency_code": "USD", "exchange_rate": Decimal("83.17")}])
def test_a_payment_may_be_deleted_and_leaves_nothing(api: Api, books: Books, currency: dict[str, Any]) -> None:
    switch(books, payment_delete="allowed", bank_charges="on-top")
    customer = api.contact()
    rate = currency and {"currency_code": "USD", "exchange_rate": 80}
    one, two = (api.invoice(customer, total, **rate)["invoice_id"] for total in ("100.00", "70.00"))
    before = trial(api)
    body = receipt(customer, 120, (one, 60), (two, 70), tds_amount=10, bank_charges=3, **currency)
    payment = api.post("/payments", body)["payment"]["payment_id"]
    assert trial(api) != before
    assert api.ok("DELETE", f"/payments/{payment}") == {"code": 0, "message": "The payment has been deleted."}
    assert {name: amount for name, amount in trial(api).items() if amount} == before
    assert api.refused("GET", f"/payments/{payment}") == (404, MISSING, None)
    assert api.refused("DELETE", f"/payments/{payment}") == (404, MISSING, None)
    for invoice in (one, two):
        shown = api.get(f"/invoices/{invoice}")["invoice"]
        assert (shown["payment_made"], shown["balance"], shown["status"]) == (0, shown["total"], "OVERDUE")
    assert not books.db.rows("SELECT * FROM allocations")


@pytest.mark.fact("25.24-rows")
def test_lists_may_leave_out_the_allocations(api: Api, books: Books) -> None:
    customer = api.contact()
    made = api.post("/payments", receipt(customer, 100, (api.invoice(customer)["invoice_id"], 100)))["payment"]
    switch(books, list_rows="short")
    listed = api.get("/payments")["payments"]
    assert listed == [{name: value for name, value in made.items() if name != "allocations"}]
    assert api.get(f"/payments/{made['payment_id']}")["payment"] == made


@pytest.mark.fact("25.30-lock")
def test_a_locked_period_takes_and_gives_back_no_payment(api: Api, books: Books) -> None:
    switch(books, payment_delete="allowed")
    payment = api.post("/payments", receipt(api.contact()))["payment"]["payment_id"]
    switch(books, lock_date="2026-05-20")
    assert api.refused("POST", "/payments", receipt(api.contact())) == (400, INVALID, "date")
    assert api.refused("DELETE", f"/payments/{payment}") == (400, INVALID, "date")
    api.post("/payments", receipt(api.contact(), date="2026-05-21"))


@pytest.mark.parametrize(
    ("conflict", "refusal"),
    [("400", (400, INVALID)), ("409", (409, "conflict.state")), ("422", (422, "validation.failed"))],
)
def test_the_state_of_a_document_may_be_told_otherwise(
    api: Api, books: Books, conflict: str, refusal: tuple[int, str]
) -> None:
    switch(books, state_conflict=conflict)
    customer = api.contact()
    posted = api.invoice(customer)["invoice_id"]
    drafted = api.invoice(customer, "70.00", auto_approve=False)["invoice_id"]
    voided = api.invoice(customer, "71.00")["invoice_id"]
    api.post(f"/invoices/{voided}/void")
    foreign = api.invoice(api.contact())["invoice_id"]
    for body, field in (
        (receipt(customer, 100, (drafted, 1)), "invoice_id"),
        (receipt(customer, 100, (voided, 1)), "invoice_id"),
        (receipt(customer, 500, (posted, 101)), "amount"),
        (receipt(customer, 10, (posted, 11)), "amount"),
    ):
        assert api.refused("POST", "/payments", body) == (*refusal, f"allocations[0].{field}")
    not_of_its_state = receipt(customer, 100, (foreign, 1))
    assert api.refused("POST", "/payments", not_of_its_state) == (400, INVALID, "allocations[0].invoice_id")
