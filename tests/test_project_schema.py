"""importer/project_schema.py: the one file that serves an editor of finzbooks.yaml, and the reader of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from importer.checks.rules import BY_CONTRACT, NOT_APPLICABLE, RULES
from importer.manifest.project import LEVELS
from importer.manifest_schema import manifest_schema
from importer.model import Severity
from importer.project_schema import FILE, as_text, project_schema
from importer.schema import fields, folder


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def test_the_checked_in_file_is_what_is_generated() -> None:
    checked_in = (folder() / FILE).read_text("utf-8")
    assert checked_in == as_text(), "write it anew: python -m importer.project_schema"


def test_it_knows_the_sections_of_the_contract() -> None:
    sections = ["version", "org_id", "state", "include", "defaults", "rules", "allow_unverified"]
    assert list(project_schema()["properties"]) == sections


def test_it_refers_to_all_that_it_holds_and_to_nothing_else() -> None:
    schema = project_schema()
    targets = {node["$ref"] for node in nodes(schema) if isinstance(node.get("$ref"), str)}
    assert targets == {f"#/$defs/{name}" for name in schema["$defs"]}


def test_its_defaults_are_those_of_the_manifest() -> None:
    project, manifest = project_schema(), manifest_schema()
    assert project["properties"]["defaults"] == manifest["properties"]["defaults"]
    assert project["$defs"].items() <= manifest["$defs"].items()


def test_it_knows_every_rule_at_every_level() -> None:
    known = project_schema()["properties"]["rules"]["properties"]
    assert list(known) == list(RULES)
    for node in known.values():
        assert node["enum"] == [*(level.value for level in Severity), "off"]
        assert set(node["enum"]) == LEVELS.keys()


def test_it_knows_why_the_other_rules_have_no_level() -> None:
    rules = project_schema()["properties"]["rules"]
    assert rules["x-not-applied"] == NOT_APPLICABLE
    assert rules["x-by-contract"].keys() == BY_CONTRACT.keys()
    assert "not-an-amount" in rules["x-by-contract"]["M2"]


@pytest.mark.parametrize("name", ["invoices.line_items.discount", "invoices.line_items", "payments.tds_amount"])
def test_it_knows_the_fields_that_may_be_allowed(name: str) -> None:
    assert name in project_schema()["properties"]["allow_unverified"]["items"]["enum"]


def test_it_offers_no_field_that_needs_no_leave() -> None:
    for name in project_schema()["properties"]["allow_unverified"]["items"]["enum"]:
        kind, *path = name.split(".")
        below = [one for known, one in fields(kind).items() if list(known[: len(path)]) == path]
        assert any(one.certainty == "unverified" for one in below), name
