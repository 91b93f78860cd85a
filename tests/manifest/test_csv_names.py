"""importer/manifest/csv_names.py: what a column was probably meant to be, and what is never guessed."""

from __future__ import annotations

import pytest

from importer import schema
from importer.kinds import KINDS
from importer.manifest.csv_names import all_names, meant, names
from manifest.texts import csv_file


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        ("contacts", "Contact Name", "contact_name"),
        ("contacts", "contact-name", "contact_name"),
        ("contacts", "First Name", "contact_persons.first_name"),
        ("contacts", "City", "billing_address.city"),
        ("contacts", "Email", "email"),
        ("contacts", "GSTIN", "gst_no"),
        ("contacts", "Phone No", "phone"),
        ("items", "Rate", "rate"),
        ("items", "Item Name", "item_name"),
        ("invoices", "Rate", "line_items.rate"),
        ("invoices", "Due Date", "due_date"),
        ("invoices", "lineitems.quantity", "line_items.quantity"),
        ("invoices", "date.year", "date"),
        ("payments", "Amount", "amount"),
    ],
)
def test_the_field_that_a_name_means_is_offered(kind: str, name: str, field: str) -> None:
    assert meant(kind, name, set()) == f"did you mean `{field}`?"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("contacts", "PIN"),
        ("contacts", "Customer Name"),
        ("contacts", "Balance"),
        ("items", "Tax Name"),
        ("invoices", "Amount"),
        ("invoices", "Balance"),
        ("payments", "Rate"),
        ("payments", "Due Amount"),
        ("contacts", "x" * 65),
    ],
)
def test_no_field_is_offered_that_a_name_does_not_mean(kind: str, name: str) -> None:
    assert meant(kind, name, set()) == ""


@pytest.mark.parametrize(
    ("kind", "name"), [("invoices", "Discounts"), ("invoices", "TDS Amount"), ("payments", "TDS Amount")]
)
def test_a_field_that_is_unverified_is_not_offered_nor_another_in_its_place(kind: str, name: str) -> None:
    assert meant(kind, name, set()) == ""


@pytest.mark.parametrize("name", ["Billing Address", "billing_address"])
def test_a_name_of_several_fields_is_answered_with_one_of_them(name: str) -> None:
    assert meant("contacts", name, set()) == "name one of its fields, such as `billing_address.address`"


def test_a_field_that_has_its_column_is_not_offered_again() -> None:
    assert meant("contacts", "City", {"billing_address.city"}) == "did you mean `shipping_address.city`?"


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_names_of_a_kind_are_those_of_all_its_certain_fields(kind: str) -> None:
    fields = schema.fields(kind)
    for path, field in fields.items():
        outer = [fields[path[:end]] for end in range(1, len(path) + 1)]
        certain = all(one.certainty != "unverified" for one in outer)
        holds_others = any(len(other) > len(path) and other[: len(path)] == path for other in fields)
        assert (".".join(path) in names(kind)) == (certain and not holds_others), field
    assert all_names(kind).issuperset(names(kind))


def test_the_first_column_that_nothing_is_near_to_lists_the_names_and_later_ones_do_not() -> None:
    first, second = csv_file("key,contact_name,Rep,Colour\nA,Asha,x,y\n", name="contacts.csv").problems
    assert (first.code, second.code) == ("unknown-column", "unknown-column")
    assert first.help.startswith("leave the column out, or name one of these: key, contact_name, ")
    assert first.help.endswith("contact_persons.is_primary")
    assert second.help == "leave the column out"


def test_every_one_of_very_many_wrong_columns_has_a_help() -> None:
    header = ",".join(f"column_{number}" for number in range(100))
    assert all(one.help for one in csv_file(f"key,{header}\n", name="contacts.csv").problems)
