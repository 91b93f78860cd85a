"""What the schemas take and refuse, by the judgement of both validators, which must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import yaml
from jsonschema import Draft202012Validator

from importer.kinds import KINDS
from importer.schema import packaged, raw

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = sorted((ROOT / "samples").glob("**/*.yaml"))
# The manifest of the contract, word for word.
SAMPLE: Final = """\
# yaml-language-server: $schema=../schemas/manifest.schema.json
defaults:
  invoices: {place_of_supply: IN-KA, auto_approve: true}
contacts:
  - key: acme                       # the external key: unique per kind, 1 to 128 characters of text
    contact_name: Acme Corp
    contact_type: CUSTOMER
    billing_address: {address: 1 MG Road, city: Bengaluru, state_code: IN-KA, zip: 560001}
items:
  - {key: widget-pro, name: Widget Pro, sku: WIDGET-PRO-001, type: SERVICE, rate: 12000, hsn_sac: 997331,
     tax: GST 18%, account: Consulting Revenue}
invoices:
  - key: ORDER-99031                # also the default reference_number
    customer: acme
    date: 2026-05-19
    line_items: [{item: widget-pro, quantity: 1}]
payments:
  - key: UTR-1234567
    flow: INCOMING
    contact: acme
    date: 2026-05-19
    amount: 14060
    mode: BANK_TRANSFER
    bank_account: HDFC Current
    allocations: [{invoice: ORDER-99031, amount: 14060}]
credit_notes:
  - key: CN-1
    customer: acme
    invoice: ORDER-99031            # optional link
    date: 2026-05-25
    line_items: [{name: Returned 1 unit, quantity: 1, rate: 100}]
    applications: [{invoice: ORDER-99031, amount: 100}]
"""

LINE: Final = {"item": "widget-pro", "quantity": "1"}
INVOICE: Final = {"key": "A-1", "customer": "acme", "date": "2026-05-19", "line_items": [LINE]}
PAYMENT: Final = {"key": "P-1", "flow": "INCOMING", "contact": "acme", "date": "2026-05-19", "amount": "14060"}

Node = dict[str, Any]


class Yaml12(yaml.SafeLoader):
    """Scalars as the core schema of YAML 1.2 types them (YAML 1.2.2, section 10.3.2): what an editor sees."""


Yaml12.yaml_implicit_resolvers = {}  # none of those of YAML 1.1

for _tag, _pattern, _starts in (
    ("null", r"^(null|Null|NULL|~|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _starts)
Yaml12.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


@cache
def validators(name: str) -> tuple[Draft202012Validator, jsonschema_rs.Draft202012Validator]:
    schema = raw(name) if name in ("manifest", "project") else packaged(name)
    return Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)


def takes(name: str, value: Any) -> bool:
    """Whether the schema ``name`` takes ``value``; both validators must say the same."""
    python, rust = validators(name)
    answers = (python.is_valid(value), rust.is_valid(value))
    assert answers[0] == answers[1], (name, value, answers)
    return answers[0]


def takes_by(schema: Node, value: Any) -> bool:
    answers = Draft202012Validator(schema).is_valid(value), jsonschema_rs.Draft202012Validator(schema).is_valid(value)
    assert answers[0] == answers[1], (value, answers)
    return answers[0]


def as_text(value: Any) -> Any:
    """``value`` with its scalars as text, the way the importer hands it to the validator."""
    if isinstance(value, list):
        return [as_text(one) for one in value]
    if isinstance(value, dict):
        return {name: as_text(one) for name, one in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


def named(node: Node) -> Iterator[tuple[str, Node]]:
    for name, one in node.get("items", node).get("properties", {}).items():
        yield name, one
        yield from named(one)


def type_named(name: str) -> Node:
    shared: Node = packaged("types")["$defs"][name]
    return shared


def test_the_contracts_manifest_is_valid_as_an_editor_reads_it() -> None:
    typed = yaml.load(SAMPLE, Yaml12)
    assert typed["defaults"]["invoices"]["auto_approve"] is True  # the loader does type
    assert typed["payments"][0]["amount"] == 14060
    assert takes("manifest", typed)


def test_the_contracts_manifest_is_valid_as_text() -> None:
    text = yaml.load(SAMPLE, yaml.BaseLoader)
    assert text["defaults"]["invoices"]["auto_approve"] == "true"
    assert takes("manifest", text)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_sample_is_valid_as_an_editor_reads_it_by_the_schema_of_its_first_line(path: Path) -> None:
    text = path.read_text("utf-8")
    target = (path.parent / text.splitlines()[0].partition("$schema=")[2]).resolve()
    assert target.parent == ROOT / "schemas"
    for document in yaml.load_all(text, Yaml12):
        assert takes(target.name.removesuffix(".schema.json"), document)


@pytest.mark.parametrize("kind", KINDS)
def test_each_document_of_the_contracts_manifest_is_valid_by_its_kind(kind: str) -> None:
    for loader in (Yaml12, yaml.BaseLoader):
        assert all(takes(kind, document) for document in yaml.load(SAMPLE, loader)[kind])


@pytest.mark.parametrize("name", ["types", *KINDS])
def test_examples_are_valid_as_they_stand_and_as_text(name: str) -> None:
    schema = packaged(name)
    nodes = [*named(schema), *schema.get("$defs", {}).items()]
    assert nodes
    for field, node in nodes:
        assert node["examples"], field
        for example in node["examples"]:
            assert takes_by(node, example), (field, example)
            assert takes_by(node, as_text(example)), (field, example)


def test_examples_of_the_manifest_are_valid() -> None:
    schema = raw("manifest")
    for owner in (schema, *schema["$defs"].values()):
        for name, node in owner.get("properties", {}).items():
            for example in node.get("examples", ()):
                assert takes_by({**node, "$defs": schema["$defs"]}, example), (name, example)


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "19-05-2026"},
        {"date": "2026-5-19"},
        {"date": "2026-05-19T00:00:00"},
        {"date": 20260519},
        {"amount": "1e3"},
        {"amount": "-1"},
        {"amount": -1},
        {"amount": "1.234"},
        {"amount": "1,234"},
        {"amount": "1_000"},
        {"amount": "NaN"},
        {"amount": "0x10"},
        {"amount": ".5"},
        {"amount": "5."},
        {"amount": "+5"},
        {"amount": True},
        {"amount": ["5"]},
        {"flow": "incoming"},
        {"payment_type": "REFUND"},
        {"amuont": "5"},
        {"key": ""},
        {"key": "k" * 129},
        {"key": None},
        {"contact": "k" * 129},
        {"contact": {"key": "acme"}},
        {"reference_number": "r" * 101},
        {"allocations": [{"invoice": "A-1", "amount": "5", "note": "x"}]},
        {"allocations": {"invoice": "A-1", "amount": "5"}},
        {"exchange_rate": "83.1234567"},
        {"currency_code": "inr"},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_in_a_document_and_in_a_manifest(wrong: Node) -> None:
    assert takes("payments", PAYMENT)
    assert takes("manifest", {"payments": [PAYMENT]})
    document = {**PAYMENT, **wrong}
    assert not takes("payments", document)
    assert not takes("manifest", {"payments": [document]})


PROJECT: Final = """\
version: 1
org_id: 007
state: keep/books.db
include: [contacts.yaml, 2025, '../shared/**/*.csv']
defaults:
  invoices: {place_of_supply: IN-KA, auto_approve: true, line_items: {discount: 1}}
rules: {G2: warning, G8: off}
allow_unverified: [invoices.line_items.discount]
"""


@pytest.mark.parametrize("loader", [Yaml12, yaml.BaseLoader], ids=["as an editor reads it", "as text"])
def test_a_project_file_is_valid(loader: type[yaml.SafeLoader]) -> None:
    assert takes("project", yaml.load(PROJECT, loader))


@pytest.mark.parametrize(
    "wrong",
    [
        {"org": "x"},
        {"version": "2"},
        {"org_id": ""},
        {"org_id": " "},
        {"org_id": None},
        {"state": ["a"]},
        {"include": "a.yaml"},
        {"include": []},
        {"include": [""]},
        {"include": ["/a"]},
        {"include": ["C:/a"]},
        {"include": ["a\\b"]},
        {"rules": {"G9": "off"}},
        {"rules": {"G2": "loud"}},
        {"allow_unverified": ["invoices.notes"]},
        {"defaults": {"invoices": {"key": "a"}}},
        {"contacts": []},
    ],
    ids=str,
)
def test_a_wrong_project_file_is_refused(wrong: Node) -> None:
    assert not takes("project", wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"line_items": []},
        {"line_items": [{**LINE, "discont": "1"}]},
        {"line_items": [{**LINE, "rate": "-5"}]},
        {"line_items": [{**LINE, "hsn_or_sac": "0402A"}]},
        {"auto_approve": "yes"},
        {"auto_approve": "True"},
        {"auto_approve": 1},
        {"place_of_supply": "INKA"},
        {"place_of_supply": "IN-ka"},
        {"round_off": "--1"},
        {"round_off": "0.405"},
    ],
    ids=str,
)
def test_a_wrong_value_of_an_invoice_is_refused(wrong: Node) -> None:
    assert takes("invoices", INVOICE)
    assert not takes("invoices", {**INVOICE, **wrong})


@pytest.mark.parametrize(
    "right",
    [
        {"key": "no"},
        {"key": 99031},
        {"key": True},
        {"key": "k" * 128},
        {"reference_number": "r" * 100},
        {"reference_number": 99031},
        {"round_off": "-0.40"},
        {"round_off": -0.4},
        {"auto_approve": "false"},
        {"line_items": [{**LINE, "hsn_or_sac": "0402"}]},
        {"line_items": [{**LINE, "hsn_or_sac": 402}]},
        {"line_items": [{**LINE, "rate": "99.123456"}]},
        {"line_items": [{**LINE, "rate": "0"}]},
        {"due_date": None},
    ],
    ids=str,
)
def test_a_right_value_of_an_invoice_is_taken(right: Node) -> None:
    assert takes("invoices", {**INVOICE, **right})


@pytest.mark.parametrize("name", ["money", "signed_money", "decimal", "integer", "date", "state_code", "hsn"])
def test_no_pattern_takes_digits_of_another_script_or_something_around_it(name: str) -> None:
    schema = type_named(name)
    right = next(as_text(example) for example in schema["examples"] if takes_by(schema, as_text(example)))
    devanagari = right.translate({ord(str(digit)): chr(0x966 + digit) for digit in range(10)})
    assert not takes_by(schema, right + " ")
    assert not takes_by(schema, f"x{right}")
    assert not takes_by(schema, f"{right}\nx")
    assert devanagari == right or not takes_by(schema, devanagari)
    assert "\\d" not in schema["pattern"] and "\\w" not in schema["pattern"]
    assert schema["pattern"].startswith("^") and schema["pattern"].endswith("$")


def test_a_number_beyond_what_a_float_holds_breaks_no_validator() -> None:
    assert not takes_by(type_named("money"), "9" * 400)
    assert takes_by(type_named("money"), 10**30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 2},
        {"version": "2"},
        {"bills": []},
        {"contacts": {"key": "acme"}},
        {"contacts": [{"contact_name": "Acme"}]},
        {"contacts": [None]},
        {"contacts": ["acme"]},
        {"defaults": {"bills": {}}},
        {"defaults": {"invoices": {"key": "A-1"}}},
        {"defaults": {"invoices": {"line_items": [LINE]}}},
        {"defaults": {"invoices": {"line_items": {"quantty": "1"}}}},
        [],
        "contacts",
    ],
    ids=str,
)
def test_a_wrong_manifest_is_refused(wrong: Any) -> None:
    assert not takes("manifest", wrong)


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"version": 1},
        {"version": "1", "contacts": None, "defaults": None},
        {"contacts": [{"key": "acme"}]},
        {"contacts": [{"key": "acme", "contact_type": None, "billing_address": None, "contact_persons": None}]},
        {"items": [{"key": "w", "item_name": "Widget", "hsn_or_sac": "0402", "purchase_price": "5"}]},
        {"defaults": {"invoices": None}},
        {"defaults": {"invoices": {"line_items": {"tax": "GST 18%", "quantity": "1"}}}},
        {"defaults": {"contacts": {"billing_address": {"country": "India"}}}},
    ],
    ids=str,
)
def test_a_right_manifest_is_taken(right: Node) -> None:
    assert takes("manifest", right)
