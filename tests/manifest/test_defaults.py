from __future__ import annotations

import pytest

from importer.manifest import SourceFile, read
from importer.manifest.defaults import defaults_of
from importer.manifest.yaml_reader import read_tree
from importer.model import Place
from manifest.texts import at, codes, document, fields, only, yaml_file


def test_defaults_reach_all_documents_of_the_file_wherever_they_stand() -> None:
    below = "defaults: {contacts: {phone: 1}}\ncontacts: [{key: b, phone: 2}, {key: c, phone: ~}]"
    text = f"contacts: [{{key: a}}]\n---\n{below}"
    assert [one.fields["phone"] for one in yaml_file(text).documents] == ["1", "2", "1"]


def test_mappings_merge_and_scalars_and_lists_replace() -> None:
    text = """\
        defaults:
          contacts: {billing_address: {country: India, city: Pune}, email: x}
          invoices: {tags: [t1, t2]}
        contacts:
          - {key: a, billing_address: {city: Mumbai}}
          - {key: b}
        invoices:
          - {key: c, tags: [t3]}
          - {key: d}
        """
    manifest = yaml_file(text)
    a, b, c, d = (one.fields for one in manifest.documents)
    assert manifest.problems == ()
    assert a == {"key": "a", "billing_address": {"city": "Mumbai", "country": "India"}, "email": "x"}
    assert b == {"key": "b", "billing_address": {"country": "India", "city": "Pune"}, "email": "x"}
    assert (c["tags"], d["tags"]) == (["t3"], ["t1", "t2"])


def test_defaults_of_a_list_reach_every_element_and_make_none() -> None:
    text = """\
        defaults: {invoices: {line_items: {tax: GST 18%, hsn_sac: 0402}}}
        invoices:
          - {key: a, line_items: [{name: x}, {name: y, tax: none}]}
          - {key: b}
        """
    a, b = yaml_file(text).documents
    assert a.fields["line_items"] == [
        {"name": "x", "tax": "GST 18%", "hsn_or_sac": "0402"},
        {"name": "y", "tax": "none", "hsn_or_sac": "0402"},
    ]
    assert "line_items" not in b.fields


def test_a_default_is_found_where_it_was_written() -> None:
    text = (
        "defaults: {invoices: {date: soon, line_items: {tax: GST 18%}}}\ninvoices:\n- {key: a, line_items: [{name: x}]}"
    )
    manifest = yaml_file(text)
    one = manifest.documents[0]
    assert at(text, one.place(("line_items", 0, "tax"))) == "GST 18%"
    assert at(text, one.place(("line_items", 0, "tax"), of_key=True)) == "tax"
    assert at(text, one.place(("line_items", 0, "name"))) == "x"
    assert one.place(("line_items", 0, "gone")) == Place("m.yaml", 3, 25, 1)
    assert at(text, only(manifest).place) == "soon"


def test_a_fault_of_a_default_is_reported_once() -> None:
    text = "defaults: {contacts: {credit_limit: lots}}\ncontacts: [{key: a}, {key: b}, {key: c, credit_limit: 1}]"
    assert codes(yaml_file(text)) == ["not-an-amount"]


@pytest.mark.parametrize(
    ("defaults", "code", "word"),
    [
        ("{invoicez: {}}", "unknown-section", "invoicez"),
        ("{invoices: {dat: x}}", "unknown-field", "dat"),
        ("{invoices: {line_items: {ratee: 1}}}", "unknown-field", "ratee"),
        ("{invoices: {key: x}}", "key-in-defaults", "key"),
        ("{invoices: text}", "not-a-mapping", "text"),
        ("{invoices: {line_items: [{rate: 1}]}}", "wrong-type", "["),
        ("{contacts: {billing_address: text}}", "wrong-type", "text"),
        ("{contacts: {phone: [1]}}", "wrong-type", "["),
        ("{contacts: {phone: {a: 1}}}", "wrong-type", "{"),
        ("{invoices: {tags: text}}", "wrong-type", "text"),
        ("{items: {name: x, item_name: y}}", "both-spellings", "item_name"),
        ("text", "not-a-mapping", "text"),
    ],
)
def test_a_mistake_in_defaults_is_reported_where_it_stands(defaults: str, code: str, word: str) -> None:
    text = f"defaults: {defaults}\ncontacts: [{{key: a}}]"
    manifest = yaml_file(text)
    problem = only(manifest)
    assert (problem.code, at(text, problem.place)) == (code, word)
    assert problem.pointer.startswith("/defaults")
    assert manifest.documents[0].fields == {"key": "a"}


def test_a_default_gives_way_to_another_way_of_saying_it() -> None:
    text = (
        "defaults: {invoices: {customer: acme, branch: Main}}\ninvoices: [{key: a, customer_id: ct_1, branch_id: br_1}]"
    )
    assert document(yaml_file(text)).fields == {"key": "a", "customer_id": "ct_1", "branch_id": "br_1"}


def test_defaults_take_other_spellings_and_keys_in_any_form() -> None:
    text = (
        'defaults: {items: {hsn_or_sac: 0402}, invoices: {customer: " acme "}}\nitems: [{key: a}]\ninvoices: [{key: b}]'
    )
    item, invoice = yaml_file(text).documents
    assert item.fields["hsn_sac"] == "0402"
    assert invoice.fields["customer"] == "acme"


def test_defaults_of_the_project_reach_all_files_below_those_of_the_file() -> None:
    places, _ = read_tree("finzbooks.yaml", "org_id: x\ndefaults: {contacts: {phone: 1, email: 1}}\nstate: y")
    section = places.below("defaults") if places is not None else None
    assert section is not None
    shared, problems = defaults_of(section)
    assert problems == ()
    files = [
        SourceFile("a.yaml", b"defaults: {contacts: {phone: 2}}\ncontacts: [{key: a}]"),
        SourceFile("contacts.csv", b"key,email\nb,3\n"),
    ]
    manifest = read(files, [shared])
    a, b = manifest.documents
    assert a.fields == {"key": "a", "phone": "2", "email": "1"}
    assert b.fields == {"key": "b", "email": "3", "phone": "1"}
    assert a.place(("email",)) == Place("finzbooks.yaml", 2, 40, 1)
    assert b.place(("phone",)) == Place("finzbooks.yaml", 2, 30, 1)
    assert b.place(("email",)) == Place("contacts.csv", 2, 3, 1)


def test_defaults_do_not_change_what_other_documents_share() -> None:
    entries = "[{key: a}, {key: b, billing_address: {zip: 1}}, {key: c}]"
    text = f"defaults: {{contacts: {{billing_address: {{city: Pune}}}}}}\ncontacts: {entries}"
    a, _, c = yaml_file(text).documents
    assert a.fields["billing_address"] == c.fields["billing_address"] == {"city": "Pune"}
    assert fields(yaml_file("defaults: ~\ncontacts: [{key: a}]")) == {"key": "a"}


def test_a_wrong_value_is_told_of_at_its_place_whether_or_not_a_document_takes_it_over() -> None:
    wrong = "defaults:\n  invoices: {date: 19/05/2026, line_items: {quantity: '1,0'}}\n"
    alone = yaml_file(wrong + "contacts: [{key: a}]\n")
    taken = yaml_file(wrong + "invoices: [{key: i, line_items: [{name: A}]}]\n")
    overruled = yaml_file(wrong + "invoices: [{key: i, date: 2026-05-19, line_items: [{quantity: 1}]}]\n")
    for manifest in (alone, taken, overruled):
        assert [(one.code, one.place.line) for one in manifest.problems if one.place] == [
            ("local-date", 2),
            ("decimal-comma", 2),
        ]
