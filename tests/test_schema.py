"""importer/schema.py: where the schemas are found, and what their annotations become."""

from __future__ import annotations

import json

import pytest

from importer.kinds import KINDS
from importer.schema import SUFFIX, fields, folder, packaged, raw


def test_a_checkout_finds_the_schemas_beside_the_package() -> None:
    assert (folder() / ("types" + SUFFIX)).is_file()


def test_an_unknown_schema_is_a_file_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        raw("bills")


@pytest.mark.parametrize("kind", KINDS)
def test_a_packaged_schema_stands_alone(kind: str) -> None:
    assert "$ref" in json.dumps(raw(kind))
    assert "$ref" not in json.dumps(packaged(kind))


def test_what_a_field_says_of_itself_wins_over_its_shared_type() -> None:
    amount = packaged("payments")["properties"]["amount"]
    assert amount["title"] == "Amount"
    assert amount["x-type"] == "money"
    assert amount["pattern"] == raw("types")["$defs"]["money"]["pattern"]


def test_a_reference_within_a_shared_type_is_resolved_as_well() -> None:
    address = packaged("contacts")["properties"]["billing_address"]
    assert address["title"] == "Billing address"
    assert address["properties"]["state_code"]["x-rule"] == "state-code"


@pytest.mark.parametrize("kind", KINDS)
def test_parents_come_before_their_fields_and_paths_leave_list_positions_out(kind: str) -> None:
    seen: set[tuple[str, ...]] = {()}
    for path, field in fields(kind).items():
        assert field.path == path and field.name == path[-1]
        assert path[:-1] in seen
        seen.add(path)


@pytest.mark.parametrize(
    ("kind", "path", "type"),
    [
        ("contacts", ("billing_address",), "object"),
        ("contacts", ("billing_address", "zip"), "text"),
        ("contacts", ("contact_persons",), "list"),
        ("contacts", ("contact_type",), "text"),
        ("contacts", ("payment_terms",), "integer"),
        ("contacts", ("opening_balance",), "money"),
        ("items", ("hsn_sac",), "text"),
        ("invoices", ("date",), "date"),
        ("invoices", ("auto_approve",), "boolean"),
        ("invoices", ("tags",), "list"),
        ("invoices", ("line_items", "rate"), "decimal"),
        ("payments", ("allocations", "amount"), "money"),
    ],
)
def test_a_field_has_the_type_its_schema_gives_it(kind: str, path: tuple[str, ...], type: str) -> None:
    assert fields(kind)[path].type == type


def test_the_key_is_neither_sent_nor_answered() -> None:
    for kind in KINDS:
        key = fields(kind)[("key",)]
        assert (key.sent_as, key.answers) == (None, ())


def test_a_reference_knows_its_kind_and_the_name_under_which_its_id_travels() -> None:
    customer = fields("invoices")[("customer",)]
    assert (customer.ref, customer.sent_as, customer.answers) == ("contacts", "customer_id", ("customer_id",))


def test_a_name_of_the_orgs_own_knows_its_list_and_every_spelling_of_the_answer() -> None:
    bank = fields("payments")[("bank_account",)]
    assert (bank.lookup, bank.sent_as) == ("bank_accounts", "bank_account_id")
    assert bank.answers == ("bank_account_id", "paid_through_account_id")
    assert fields("payments")[("bank_account_id",)].answers == bank.answers


def test_a_field_in_dispute_is_sent_in_the_tutorials_spelling_and_read_in_both() -> None:
    name = fields("items")[("name",)]
    assert (name.sent_as, name.answers, name.aliases) == ("name", ("item_name", "name"), ("item_name",))
    assert fields("items")[("account",)].answers == ()


def test_applications_are_no_part_of_the_credit_notes_own_body() -> None:
    assert fields("credit_notes")[("applications",)].sent_as is None
    assert fields("credit_notes")[("applications", "invoice")].sent_as == "invoice_id"
    assert fields("payments")[("allocations",)].sent_as == "allocations"


def test_only_the_dates_of_invoices_travel_as_midnight() -> None:
    wired = {(kind, *path) for kind in KINDS for path, field in fields(kind).items() if field.wire == "datetime"}
    assert wired == {("invoices", "date"), ("invoices", "due_date")}
