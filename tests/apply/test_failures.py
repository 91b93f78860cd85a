"""Errors of the API at their place in the manifest."""

from __future__ import annotations

import pytest

from apply.manifests import contact, document, invoice, manifest, note, payment
from importer.apply.failures import of_row, place_of
from importer.model import Action, Path, StepId
from importer.plan.value import Step

RAW = invoice("O-2", customer_id="ct_1")
del RAW["customer"]
MADE = manifest(
    contacts=[contact(billing_address={"city": "Pune", "zip": "411001"})],
    items=[{"key": "widget", "item_name": "Widget", "tax": "GST 18%"}],
    invoices=[invoice("O-1", line_items=[{"item": "widget", "quantity": "1"}] * 2), RAW],
    payments=[payment("U-1", of="O-1")],
    credit_notes=[note("C-1", on="O-1")],
)


def step(kind: str, key: str) -> Step:
    own = document(MADE, kind, key)
    return Step(StepId(kind, key), Action.CREATE, own, own.place())


@pytest.mark.parametrize(
    ("kind", "key", "field", "path"),
    [
        ("invoices", "O-1", "line_items[1].item_id", ("line_items", 1, "item")),
        ("invoices", "O-1", "line_items[0].quantity", ("line_items", 0, "quantity")),
        ("invoices", "O-1", "line_items", ("line_items",)),
        ("invoices", "O-1", "customer_id", ("customer",)),
        ("invoices", "O-2", "customer_id", ("customer_id",)),
        ("contacts", "acme", "billing_address.zip", ("billing_address", "zip")),
        ("items", "widget", "tax_id", ("tax",)),
        ("items", "widget", "name", ("name",)),
        ("payments", "U-1", "allocations[0].invoice_id", ("allocations", 0, "invoice")),
        ("payments", "U-1", "bank_account_id", ("bank_account",)),
    ],
)
def test_a_field_of_the_api_is_found_where_the_manifest_says_it(kind: str, key: str, field: str, path: Path) -> None:
    own = step(kind, key)
    assert own.document is not None
    assert place_of(own, field) == own.document.place(path)
    assert place_of(own, field) != own.place


@pytest.mark.parametrize(
    "field", ["", "line_items[9].rate", "no_such_field", "[", "line_items[0", "..", "line_items[0].x.y"]
)
def test_a_field_that_the_manifest_does_not_have_ends_in_the_document(field: str) -> None:
    own = step("invoices", "O-1")
    assert own.document is not None
    found = place_of(own, field)
    assert found is not None
    assert found.file == "books.yaml"


def test_an_unknown_field_is_placed_at_the_document_itself() -> None:
    own = step("invoices", "O-1")
    assert place_of(own, "no_such_field") == own.place


@pytest.mark.parametrize("error", [None, "no", {}, {"code": 7, "message": None, "field": None}])
def test_a_row_that_was_refused_without_a_reason_still_has_a_sentence(error: object) -> None:
    failure = of_row(step("invoices", "O-1"), error)
    assert failure.code
    assert failure.message.endswith(".")
    assert failure.place is not None
