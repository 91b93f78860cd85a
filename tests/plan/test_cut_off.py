from __future__ import annotations

from dataclasses import replace

import pytest

from importer.model import Ref, StepId
from importer.plan.cut_off import being_changed, changed_id
from plan.books import ACME, document, intent, receipt

OWN = StepId("contacts", "acme")
CHANGE = replace(intent(OWN, operation="update"), path="/contacts/ct_1")
ACME_DOCUMENT = document(ACME)


@pytest.mark.parametrize(
    ("kind", "operation", "path", "remote_id"),
    [
        ("contacts", "update", "/contacts/ct_1", "ct_1"),
        ("invoices", "update", "/invoices/inv_1", "inv_1"),
        ("invoices", "approve", "/invoices/inv_1/approve", "inv_1"),
        ("invoices", "approve", "/invoices/a%2Fb/approve", "a/b"),
    ],
)
def test_the_path_of_a_change_says_what_it_was_to_change(kind: str, operation: str, path: str, remote_id: str) -> None:
    assert changed_id(replace(intent((kind, "K", ""), operation=operation), path=path)) == remote_id


def test_what_was_only_found_and_is_being_changed_is_known_by_its_path() -> None:
    assert being_changed({}, {OWN: CHANGE}) == {Ref("contacts", "acme"): "ct_1"}


def test_what_has_a_receipt_is_known_by_that() -> None:
    assert being_changed({OWN: receipt(ACME_DOCUMENT, "ct_1")}, {OWN: CHANGE}) == {}


def test_what_another_key_has_a_receipt_of_is_left_to_that() -> None:
    other = replace(receipt(ACME_DOCUMENT, "ct_1"), key="acme-ltd")
    assert being_changed({StepId("contacts", "acme-ltd"): other}, {OWN: CHANGE}) == {}


def test_a_receipt_of_another_kind_takes_nothing_away() -> None:
    other = replace(receipt(ACME_DOCUMENT, "ct_1"), kind="items")
    assert being_changed({StepId("items", "acme"): other}, {OWN: CHANGE}) == {Ref("contacts", "acme"): "ct_1"}


@pytest.mark.parametrize("operation", ["create", "bulk", "apply"])
def test_other_calls_change_nothing(operation: str) -> None:
    assert being_changed({}, {OWN: replace(CHANGE, operation=operation)}) == {}
