"""importer/editor_help.py: what an editor shows, offers and says, as far as it stands in the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from importer.checks.states import STATES
from importer.editor_help import described, shared_types, to_fill_in
from importer.kinds import KINDS
from importer.manifest_schema import manifest_schema
from importer.project_schema import project_schema
from importer.schema import raw


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def field(kind: str, name: str) -> dict[str, Any]:
    made: dict[str, Any] = described(raw(kind))["properties"][name]
    return made


def test_a_field_says_what_it_means_how_it_is_written_and_who_says_so() -> None:
    assert field("payments", "amount")["description"].splitlines() == [
        "All the money that moved, in the payment's currency.",
        "Written as plain digits with at most two decimals, not negative, such as 1234.50.",
        "Documented on https://developers.finzbooks.com/docs/reference/payments.",
    ]


def test_a_field_of_the_importer_alone_has_no_page() -> None:
    assert "developers.finzbooks.com" not in field("payments", "key")["description"]


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("items", "sku", "Shown in an example on"),
        ("items", "unit", "Inferred from the shape of answers on"),
        ("invoices", "discount", "Not settled by"),
    ],
)
def test_how_sure_the_fact_is_can_be_read(kind: str, name: str, said: str) -> None:
    assert field(kind, name)["description"].splitlines()[-1].startswith(said)


def test_a_type_of_a_whole_file_says_nothing_that_would_hide_the_field() -> None:
    for name, node in shared_types().items():
        assert not {"title", "description", "examples"} & node.keys(), name


def test_whoever_breaks_a_pattern_is_told_in_words_what_to_write() -> None:
    patterns = [node for node in nodes(manifest_schema()) if "pattern" in node]
    assert len(patterns) > 5
    for node in patterns:
        assert node["errorMessage"] == f"Write {node['x-written']}."


def test_every_type_says_how_it_is_written() -> None:
    assert all("x-written" in node for node in raw("types")["$defs"].values() if "properties" not in node)


def test_what_is_to_be_filled_in_stops_at_each_value_in_turn() -> None:
    made = to_fill_in({"key": "A", "lines": [{"item": "w", "quantity": 1}]}, "thing")
    assert made["label"] == "new thing"
    assert made["body"] == {"key": "${1:A}", "lines": [{"item": "${2:w}", "quantity": "${3:1}"}]}


@pytest.mark.parametrize("schema", [manifest_schema(), project_schema()], ids=["manifest", "project"])
def test_no_example_is_or_holds_a_mapping(schema: dict[str, Any]) -> None:
    """The server offers such a one as ``[object Object]``."""
    for node in nodes(schema):
        for example in node.get("examples", ()) if isinstance(node.get("examples"), list) else ():
            assert not any(isinstance(inner, dict) for inner in nodes([example])), example


def test_every_state_is_offered_by_its_name_and_written_as_its_present_code() -> None:
    offered = {one["label"]: one["body"] for one in raw("types")["$defs"]["state_code"]["defaultSnippets"]}
    assert offered == {f"{state.codes[0]} {state.name}": state.codes[0] for state in STATES if state.codes}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_names_its_page(kind: str) -> None:
    assert raw(kind)["x-page"].startswith("/docs/")
    assert raw(kind)["x-page"] in raw(kind)["description"]
