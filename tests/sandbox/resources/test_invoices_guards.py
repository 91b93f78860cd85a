"""What keeps an invoice from being made twice (fact sheet, sections 9 and 25, items 6 and 7)."""

from __future__ import annotations

from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body

DUPLICATE = (409, "conflict.duplicate", "reference_number")


@pytest.mark.fact("5.duplicate", "9.conflict", "9.reference", "9.tuple", "23.16-handle", "25.6-guard")
def test_the_guard_compares_customer_date_total_and_reference(api: Api) -> None:
    customer = api.contact()
    api.invoice(customer, "100.00", reference_number="R")
    api.invoice(customer, "100.00")
    assert api.refused("POST", "/invoices", invoice_body(customer, "100.00", reference_number="R")) == DUPLICATE
    assert api.refused("POST", "/invoices", invoice_body(customer, "100.00")) == DUPLICATE
    api.invoice(customer, "100.00", reference_number="S")
    api.invoice(customer, "100.01", reference_number="R")
    api.invoice(customer, "100.00", reference_number="R", date="2026-05-18")
    api.invoice(api.contact(), "100.00", reference_number="R")


@pytest.mark.fact("9.posted-only")
def test_the_guard_looks_at_posted_invoices_only(api: Api) -> None:
    customer = api.contact()
    for _ in range(2):
        draft = api.invoice(customer, auto_approve=False, reference_number="R")
    api.post(f"/invoices/{draft['invoice_id']}/approve")
    draft_again = invoice_body(customer, auto_approve=False, reference_number="R")
    assert api.refused("POST", "/invoices", draft_again) == DUPLICATE
    api.post(f"/invoices/{draft['invoice_id']}/void")
    api.invoice(customer, reference_number="R")


@pytest.mark.fact("9.tuple", "25.6-guard")
@pytest.mark.parametrize(
    ("guard", "same_reference", "other_reference", "same_as_draft"),
    [
        ("reference", DUPLICATE, None, None),
        ("total", (409, "conflict.duplicate", None), (409, "conflict.duplicate", None), None),
        ("drafts-too", DUPLICATE, None, DUPLICATE),
        ("off", None, None, None),
    ],
)
def test_what_makes_an_invoice_the_same_is_a_switch(
    api: Api, books: Books, guard: str, same_reference: Any, other_reference: Any, same_as_draft: Any
) -> None:
    customer = api.contact()
    api.invoice(customer, "100.00", reference_number="R")
    api.invoice(customer, "7.00", reference_number="D", auto_approve=False)
    books.settings.set_switches({"invoice_guard": guard})
    bodies = (
        invoice_body(customer, "100.00", reference_number="R"),
        invoice_body(customer, "100.00", reference_number="S"),
        invoice_body(customer, "7.00", reference_number="D"),
    )
    assert [outcome(api, body) for body in bodies] == [same_reference, other_reference, same_as_draft]


def outcome(api: Api, body: dict[str, Any]) -> tuple[int, str, str | None] | None:
    """The refusal of an invoice; None when it was made."""
    answer = api.send("POST", "/invoices", body)
    told = answer.json()
    return None if answer.status_code == 200 else (answer.status_code, told["code"], told.get("field"))


@pytest.mark.parametrize("guard", ["drafts-too", "total"])
def test_no_guard_minds_what_was_voided(api: Api, books: Books, guard: str) -> None:
    books.settings.set_switches({"invoice_guard": guard})
    invoice = api.invoice(api.contact())
    api.post(f"/invoices/{invoice['invoice_id']}/void")
    api.invoice(invoice["customer_id"])


@pytest.mark.fact("5.duplicate")
@pytest.mark.fact("9.conflict", "9.code", "23.9-guard")
def test_the_guard_answers_409_or_400(api: Api, books: Books) -> None:
    body = invoice_body(api.contact())
    api.post("/invoices", body)
    assert api.refused("POST", "/invoices", body) == DUPLICATE
    books.settings.set_switches({"guard_code": "invalid-value"})
    assert api.refused("POST", "/invoices", body) == (400, "validation.invalid_value", "reference_number")


@pytest.mark.fact("9.number", "9.number-clash", "25.7-number")
def test_a_number_is_unique_within_its_branch_and_its_clash_is_409_or_400(api: Api, books: Books) -> None:
    customer = api.contact()
    api.invoice(customer, invoice_number="A-1")
    again = invoice_body(customer, "5.00", invoice_number="A-1")
    assert api.refused("POST", "/invoices", again) == (409, "conflict.duplicate", "invoice_number")
    books.settings.set_switches({"number_clash_code": "invalid-value"})
    assert api.refused("POST", "/invoices", again) == (400, "validation.invalid_value", "invoice_number")


def test_drafts_and_voided_invoices_keep_their_numbers_and_deleted_ones_do_not(api: Api) -> None:
    customer = api.contact()
    path = f"/invoices/{api.invoice(customer, invoice_number='A-1', auto_approve=False)['invoice_id']}"
    again = invoice_body(customer, "5.00", invoice_number="A-1")
    assert api.refused("POST", "/invoices", again)[0] == 409
    api.ok("DELETE", path)
    path = f"/invoices/{api.post('/invoices', again)['invoice']['invoice_id']}"
    api.post(f"{path}/void")
    assert api.refused("POST", "/invoices", again)[0] == 409


@pytest.mark.fact("5.schema-first", "24.order")
def test_a_foreign_id_is_told_before_a_rule_and_a_rule_before_a_duplicate(api: Api) -> None:
    body = invoice_body(api.contact(), invoice_number="A-1")
    api.post("/invoices", body)
    assert api.refused("POST", "/invoices", body | {"date": "May", "customer_id": "ct_no"})[0] == 422
    assert api.refused("POST", "/invoices", body | {"customer_id": "ct_no", "due_date": "2020-01-01"})[0] == 404
    assert api.refused("POST", "/invoices", body | {"due_date": "2020-01-01"})[0] == 400
    assert api.refused("POST", "/invoices", body) == (409, "conflict.duplicate", "invoice_number")
