"""Credit notes of a FinzBooks that answers the open questions otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api
from sandbox.resources.test_credit_notes import INVALID, made, note_body


def switch(books: Books, **values: str) -> None:
    books.settings.set_switches(values)


@pytest.mark.fact("25.22-note-shape", "17.shape")
def test_a_note_may_show_no_more_than_its_id_and_status(api: Api, books: Books) -> None:
    switch(books, credit_note_shape="bare", list_rows="short")
    customer = api.contact()
    note = made(api, customer)
    assert note.keys() == {"credit_note_id", "status"}
    path = f"/credit_notes/{note['credit_note_id']}"
    assert api.get(path)["credit_note"] == api.put(path, {"notes": "two"})["credit_note"] == note
    assert api.get("/credit_notes")["credit_notes"] == [note]
    application = {"invoice_id": api.invoice(customer)["invoice_id"], "amount": 100}
    assert api.post(f"{path}/apply-to-invoice", application)["credit_note"] == note | {"status": "APPLIED"}
    other = f"/credit_notes/{made(api, customer)['credit_note_id']}"
    assert api.post(f"{other}/void")["credit_note"].keys() == note.keys()


@pytest.mark.fact("25.24-rows")
def test_lists_may_leave_out_the_lines(api: Api, books: Books) -> None:
    note = made(api, api.contact())
    switch(books, list_rows="short")
    short = {name: value for name, value in note.items() if name != "line_items"}
    assert api.get("/credit_notes")["credit_notes"] == [short]
    assert api.get(f"/credit_notes/{note['credit_note_id']}")["credit_note"] == note


@pytest.mark.fact("25.16-put-keeps")
def test_an_edit_may_empty_what_it_does_not_name(api: Api, books: Books) -> None:
    customer = api.contact()
    note = made(api, customer, reference_number="RMA-7", notes="one", tags=["a"], round_off=1)
    path = f"/credit_notes/{note['credit_note_id']}"
    switch(books, put_keeps="nothing")
    assert api.refused("PUT", path, {"notes": "two"}) == (400, "validation.required_field", "customer_id")
    edited = api.put(path, note_body(customer, 100))["credit_note"]
    emptied = ("reference_number", "notes", "tags", "round_off")
    assert [edited[name] for name in emptied] == [None, None, [], 0]
    assert edited["credit_note_number"] == note["credit_note_number"]
    assert api.ledger(customer) == -100


@pytest.mark.fact("25.30-lock")
def test_a_locked_period_takes_changes_and_voids_no_note(api: Api, books: Books) -> None:
    customer = api.contact()
    early, late = (made(api, customer, date=day)["credit_note_id"] for day in ("2026-05-20", "2026-05-21"))
    switch(books, lock_date="2026-05-20")
    for method, path, body in (
        ("POST", "/credit_notes", note_body(customer, date="2026-05-20")),
        ("PUT", f"/credit_notes/{early}", {"notes": "two"}),
        ("PUT", f"/credit_notes/{early}", {"date": "2026-05-22"}),
        ("PUT", f"/credit_notes/{late}", {"date": "2026-05-20"}),
        ("POST", f"/credit_notes/{early}/void", None),
    ):
        assert api.refused(method, path, body) == (400, INVALID, "date")
    api.put(f"/credit_notes/{late}", {"notes": "two"})
    api.post(f"/credit_notes/{late}/void")


@pytest.mark.parametrize(
    ("conflict", "refusal"),
    [("400", (400, INVALID)), ("409", (409, "conflict.state")), ("422", (422, "validation.failed"))],
)
def test_the_state_of_a_note_may_be_told_otherwise(
    api: Api, books: Books, conflict: str, refusal: tuple[int, str]
) -> None:
    switch(books, state_conflict=conflict)
    customer = api.contact()
    invoice = api.invoice(customer, "90.00")["invoice_id"]
    drafted = api.invoice(customer, "80.00", auto_approve=False)["invoice_id"]
    paths = [f"/credit_notes/{made(api, customer)['credit_note_id']}" for _ in range(3)]
    new, voided, applied = paths
    api.post(f"{voided}/void")
    api.post(f"{applied}/apply-to-invoice", {"invoice_id": invoice, "amount": 1})
    cases: tuple[tuple[str, str, dict[str, Any] | None, str], ...] = (
        ("POST", f"{new}/apply-to-invoice", {"invoice_id": invoice, "amount": 90}, "amount"),
        ("POST", f"{new}/apply-to-invoice", {"invoice_id": invoice, "amount": 101}, "amount"),
        ("POST", f"{new}/apply-to-invoice", {"invoice_id": drafted, "amount": 1}, "invoice_id"),
        ("POST", f"{voided}/apply-to-invoice", {"invoice_id": invoice, "amount": 1}, "status"),
        ("POST", f"{voided}/void", None, "status"),
        ("POST", f"{applied}/void", None, "status"),
        ("PUT", applied, {"notes": "two"}, "status"),
    )
    for method, path, body, field in cases:
        assert api.refused(method, path, body) == (*refusal, field)
