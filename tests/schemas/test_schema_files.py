"""The schema files themselves: complete, consistent with the table of kinds, and valid under the meta-schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from importer.kinds import KINDS, LOOKUPS, Kind
from importer.schema import SUFFIX, fields, folder, packaged, raw

WHOLE: Final = ("manifest", "project", "problems")  # schemas of whole files, which refer to nothing outside themselves
FILES: Final = ("types", *KINDS, *WHOLE)
CERTAINTIES: Final = {"documented", "shown", "inferred", "unverified"}
ANNOTATIONS: Final = {
    *(
        "x-type",
        "x-ref",
        "x-lookup",
        "x-sent-as",
        "x-answers",
        "x-aliases",
        "x-certainty",
        "x-wire",
        "x-rule",
        "x-written",
        "x-meant",
    ),
    *("x-page", "x-required", "x-either", "x-any", "x-not-both", "x-required-without"),
    *("x-by-contract", "x-not-applied"),
}
# Fact sheet, section 25, items 12, 13, 19 and 20, and the shapes that are not known.
DOUBTFUL: Final = {
    "invoices": {
        *(("discount",), ("shipping_charge",), ("adjustment",), ("tds_amount",), ("tags",)),
        ("line_items", "discount"),
    },
    "payments": {("tds_amount",), ("bank_charges",)},
}
REFERENCES: Final = {
    ("invoices", "customer", "contacts", "customer_id"),
    ("invoices", "line_items.item", "items", "item_id"),
    ("payments", "contact", "contacts", "contact_id"),
    ("payments", "allocations.invoice", "invoices", "invoice_id"),
    ("credit_notes", "customer", "contacts", "customer_id"),
    ("credit_notes", "invoice", "invoices", "invoice_id"),
    ("credit_notes", "line_items.item", "items", "item_id"),
    ("credit_notes", "applications.invoice", "invoices", "invoice_id"),
}

Node = dict[str, Any]


def objects(node: Node) -> Iterator[Node]:
    """``node`` and every object below it that holds fields."""
    inner = node.get("items", node)
    if "properties" in inner:
        yield inner
        for one in inner["properties"].values():
            yield from objects(one)


def properties(name: str) -> Iterator[tuple[str, Node]]:
    """Every property of the schema, at any depth, with its references as they are written."""
    schema = raw(name)
    for top in (schema, *schema.get("$defs", {}).values()):
        for owner in objects(top):
            yield from owner["properties"].items()


def annotated(node: Any) -> Iterator[str]:
    """The annotations anywhere in ``node``."""
    if isinstance(node, dict):
        yield from (name for name in node if name.startswith("x-"))
        for value in node.values():
            yield from annotated(value)


@pytest.mark.parametrize("name", FILES)
def test_a_schema_file_is_valid_under_the_meta_schema(name: str) -> None:
    Draft202012Validator.check_schema(raw(name))
    if name in KINDS:
        Draft202012Validator.check_schema(packaged(name))


@pytest.mark.parametrize("name", FILES)
def test_a_schema_file_says_what_it_is(name: str) -> None:
    schema = raw(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == name + SUFFIX
    assert schema["title"] and schema["description"]


def test_there_is_a_file_for_each_kind_and_no_file_besides() -> None:
    assert {path.name for path in folder().glob("*.json")} == {name + SUFFIX for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_a_schema_file_repeats_no_name_within_an_object(name: str) -> None:
    def once(pairs: list[tuple[str, Any]]) -> Node:
        names = [key for key, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    json.loads((folder() / (name + SUFFIX)).read_text("utf-8"), object_pairs_hook=once)


@pytest.mark.parametrize("name", FILES)
def test_every_property_has_a_title_a_description_and_examples(name: str) -> None:
    # Those of a whole file's types would hide the fields' own in an editor (importer/editor_help.py).
    types = {} if name in WHOLE else raw(name).get("$defs", {})
    for field, node in (*properties(name), *types.items()):
        referred = name in WHOLE and "/$defs/" in node.get("$ref", "")
        shown = {**raw(name)["$defs"][node["$ref"].rpartition("/")[2]], **node} if referred else node
        lacking = {"title", "description"} - shown.keys()
        if not (name in WHOLE and ("properties" in shown or "defaultSnippets" in shown)):
            lacking |= {"examples"} - shown.keys()
        assert not lacking, (field, lacking)
        for sentence in shown["description"].splitlines():
            assert (sentence[0].isupper() or field in types) and sentence.endswith("."), (field, sentence)


@pytest.mark.parametrize("name", FILES)
def test_only_annotations_that_are_explained_are_used(name: str) -> None:
    assert set(annotated(raw(name))) <= ANNOTATIONS


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_needs_a_key_and_knows_no_other_fields_at_any_depth(kind: str) -> None:
    schema = packaged(kind)
    assert schema["required"] == ["key"]
    for owner in objects(schema):
        assert owner["additionalProperties"] is False
        assert owner is schema or "required" not in owner


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_meets_a_shared_type_and_only_narrows_it(kind: str) -> None:
    for name, node in properties(kind):
        if "$ref" not in node:
            continue
        file, _, pointer = node["$ref"].partition("#/$defs/")
        shared = raw("types")["$defs"][pointer]
        assert file == "types" + SUFFIX, name
        # What resolving lays over the shared type must mean what both together mean.
        again = {"pattern", "minimum", "maximum", "enum", "properties"} & node.keys() & shared.keys()
        assert not again, name
        assert set(node.get("type", ())) <= set(shared.get("type", ())), name
        assert node.get("maxLength", 0) <= shared.get("maxLength", 10**9), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_but_the_key_says_how_sure_the_api_fact_is(kind: str) -> None:
    for name, node in properties(kind):
        assert node.get("x-certainty") in CERTAINTIES or name == "key", name


@pytest.mark.parametrize("kind", KINDS)
def test_the_doubtful_fields_are_there_and_marked(kind: str) -> None:
    marked = {path for path, field in fields(kind).items() if field.certainty == "unverified"}
    assert marked == DOUBTFUL.get(kind, set())


def test_the_references_between_kinds_are_those_of_the_contract() -> None:
    found = {
        (kind, ".".join(field.path), field.ref, field.sent_as)
        for kind in KINDS
        for field in fields(kind).values()
        if field.ref is not None
    }
    assert found == REFERENCES
    assert {ref for _, _, ref, _ in found} <= KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_look_up_is_a_list_of_the_org(kind: str) -> None:
    assert {field.lookup for field in fields(kind).values() if field.lookup} <= LOOKUPS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_for_something_stands_beside_its_raw_id_and_excludes_it(kind: str) -> None:
    for owner in objects(packaged(kind)):
        groups = [set(group) for rule in ("x-either", "x-not-both") for group in owner.get(rule, ())]
        for name, node in owner["properties"].items():
            if "x-ref" not in node and "x-lookup" not in node:
                continue
            sent = node["x-sent-as"]
            twin = owner["properties"][sent]
            assert name != sent and twin["x-type"] == "text"
            assert twin.get("x-sent-as", sent) == sent
            assert twin.get("x-answers", [sent]) == node["x-answers"]
            assert twin["x-certainty"] == node["x-certainty"]
            assert any({name, sent} <= group for group in groups), name


@pytest.mark.parametrize("kind", KINDS)
def test_rules_of_an_object_name_fields_of_that_object(kind: str) -> None:
    for owner in objects(packaged(kind)):
        known = owner["properties"].keys()
        without = owner.get("x-required-without", {})
        assert set(owner.get("x-required", ())) | without.keys() <= known
        for group in (*without.values(), *(g for r in ("x-either", "x-any", "x-not-both") for g in owner.get(r, ()))):
            assert len(group) > 1 and set(group) <= known


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_spelling_is_the_name_of_another_field(kind: str) -> None:
    for owner in objects(packaged(kind)):
        aliases = [alias for node in owner["properties"].values() for alias in node.get("x-aliases", ())]
        assert len(aliases) == len(set(aliases))
        assert not set(aliases) & owner["properties"].keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_field_that_a_row_of_the_table_names_is_in_the_schema(kind: Kind) -> None:
    top = {
        *(name for rule in kind.natural_keys for name in (*rule.fields, *rule.agree, *rule.blank)),
        *(kind.search.fields if kind.search else ()),
        *kind.likeness,
        *(kind.reference_field, kind.party_field, kind.line_field, kind.amount_field, kind.posts_if, kind.sole_lookup),
        *kind.defaults,
    }
    wanted: set[tuple[str, ...]] = {
        (name,) for name in top - {"", "total"}
    }  # total stands for the worth, which is computed
    if kind.item_field:
        wanted.add((kind.line_field, kind.item_field))
    if kind.settles:
        inner = (kind.settles.target_field, kind.settles.target_id_field, "amount")
        wanted |= {(kind.settles.field,), *((kind.settles.field, name) for name in inner)}
    assert wanted <= fields(kind.name).keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_the_table_uses_fields_for_what_the_schema_says_they_are(kind: Kind) -> None:
    known = fields(kind.name)
    if kind.party_field:
        assert known[(kind.party_field,)].ref == "contacts"
    if kind.item_field:
        assert known[(kind.line_field, kind.item_field)].ref == "items"
    if kind.settles:
        assert known[(kind.settles.field, kind.settles.target_field)].ref == kind.settles.target
        assert (known[(kind.settles.field,)].sent_as is None) is not kind.settles.in_body
    if kind.posts_if:
        assert known[(kind.posts_if,)].type == "boolean"
    if kind.sole_lookup:
        assert known[(kind.sole_lookup,)].lookup is not None


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_references_are_at_most_100_characters_and_lines_at_least_one(kind: Kind) -> None:
    known = packaged(kind.name)["properties"]
    assert {known[name]["maxLength"] for name in [kind.reference_field] if name} <= {100}
    assert {known[name]["minItems"] for name in [kind.line_field] if name} <= {1}


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_at_most_255_characters(kind: str) -> None:
    for name, node in properties(kind):
        if name.endswith("name") and name != "series_name":
            assert node["maxLength"] == 255, name


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_the_values_that_the_table_sends_or_asks_for_are_words_of_the_schema(kind: Kind) -> None:
    given = [*kind.defaults.items(), *([kind.incoming_if] if kind.incoming_if else [])]
    for name, value in given:
        assert value in packaged(kind.name)["properties"][name]["enum"]
