"""importer/manifest_schema.py: the one file that serves an editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from importer.kinds import KINDS
from importer.manifest_schema import FILE, as_text, manifest_schema
from importer.schema import folder, raw


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def entry(kind: str) -> dict[str, Any]:
    made: dict[str, Any] = manifest_schema()["$defs"][kind]
    return made


def test_the_checked_in_file_is_what_is_generated() -> None:
    checked_in = (folder() / FILE).read_text("utf-8")
    assert checked_in == as_text(), "write it anew: python -m importer.manifest_schema"


def test_making_it_changes_no_schema_of_a_kind() -> None:
    before = {name: repr(raw(name)) for name in ("types", *KINDS)}
    assert manifest_schema() == manifest_schema()
    assert {name: repr(raw(name)) for name in before} == before


def test_it_refers_to_nothing_outside_itself() -> None:
    schema = manifest_schema()
    targets = {node["$ref"] for node in nodes(schema) if isinstance(node.get("$ref"), str)}
    assert targets
    for target in targets:
        head, _, name = target.rpartition("/")
        assert head == "#/$defs"
        assert name in schema["$defs"]


def test_it_has_a_section_and_defaults_for_each_kind() -> None:
    properties = manifest_schema()["properties"]
    assert list(properties) == ["version", "defaults", *KINDS]
    assert list(properties["defaults"]["properties"]) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_requires_its_key_alone(kind: str) -> None:
    assert entry(kind)["required"] == ["key"]
    assert all("required" not in node for node in nodes(entry(kind)["properties"]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_annotation_of_a_field_is_kept(kind: str) -> None:
    for name, node in raw(kind)["properties"].items():
        kept = entry(kind)["properties"][name]
        assert {note: value for note, value in node.items() if note.startswith("x-")}.items() <= kept.items()


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_know_every_field_but_the_key_and_require_nothing(kind: str) -> None:
    defaults = entry(f"{kind}_defaults")
    assert defaults["properties"].keys() == entry(kind)["properties"].keys() - {"key"}
    assert all("required" not in node for node in nodes(defaults))


def test_defaults_of_lines_are_one_object_for_every_line() -> None:
    lines = entry("invoices_defaults")["properties"]["line_items"]
    assert lines["type"] == ["object", "null"]
    assert lines["properties"] == entry("invoices")["properties"]["line_items"]["items"]["properties"]
    assert "items" not in lines and "minItems" not in lines
    assert "defaultSnippets" not in lines, "an editor would offer to write a line"


def test_a_list_of_plain_values_stays_a_list_in_defaults() -> None:
    assert entry("invoices_defaults")["properties"]["tags"]["items"]["$ref"] == "#/$defs/text"


def test_other_spellings_are_known_and_not_offered_beside_the_field() -> None:
    fields = entry("items")["properties"]
    assert fields["item_type"]["enum"] == fields["type"]["enum"]
    assert fields["item_type"]["description"].startswith("Another spelling of `type`.")
    assert fields["item_type"]["doNotSuggest"] and "doNotSuggest" not in fields["type"]
    assert fields["hsn_or_sac"]["doNotSuggest"] and "$ref" not in fields["hsn_or_sac"]
    assert "hsn_sac" in entry("invoices")["properties"]["line_items"]["items"]["properties"]


def test_a_field_may_stand_there_without_a_value_but_not_the_key() -> None:
    fields = entry("payments")["properties"]
    assert None in fields["mode"]["enum"]
    assert "null" in fields["allocations"]["type"]
    assert "null" not in manifest_schema()["$defs"]["key"]["type"]
