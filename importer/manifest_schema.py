"""The schema of a whole manifest, made from the schemas of the kinds, so that one file serves an editor.

``python -m importer.manifest_schema`` writes it anew; a test holds the checked-in file equal to what is made here.
It is milder than the kinds' own: only ``key`` is required, because what a kind requires is checked once ``defaults``
are merged in (design: contract of the manifest), and a field may be there without a value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from importer.editor_help import described, shared_types, to_fill_in
from importer.kinds import KINDS, Kind
from importer.schema import SUFFIX, folder, raw

FILE: Final = "manifest" + SUFFIX
Node = dict[str, Any]


def manifest_schema() -> dict[str, Any]:
    """The schema that one YAML document of a manifest meets. It refers to nothing outside itself."""
    return {
        "$schema": raw("types")["$schema"],
        "$id": FILE,
        "title": "FinzBooks manifest",
        "description": "Contacts, items, invoices, payments and credit notes, as they are meant to stand in the books.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "version": {
                "enum": [1, "1", None],
                "title": "Version",
                "description": "Version of the manifest's format: 1, also when left out.",
                "examples": [1],
            },
            "defaults": _all_defaults(),
            **{kind.name: _section(kind) for kind in KINDS.values()},
        },
        "$defs": {
            **{name: _optional(node) for name, node in shared_types().items()},
            **{kind.name: _entry(kind) for kind in KINDS.values()},
            **{_defaults_name(kind): _defaults(kind) for kind in KINDS.values()},
        },
    }


def as_text() -> str:
    """The manifest's schema as the file holds it."""
    return json.dumps(manifest_schema(), indent=2, ensure_ascii=False) + "\n"


def _section(kind: Kind) -> Node:
    schema = raw(kind.name)
    return {
        "type": ["array", "null"],
        "title": f"{schema['title']}s",
        "description": f"A list of {kind.label}s. {schema['description']}",
        "items": {"$ref": f"#/$defs/{kind.name}"},
        "defaultSnippets": [to_fill_in(_example(schema), kind.label)],
    }


def _example(schema: Node) -> Node:
    """The smallest document of the kind that shows what it needs."""
    either = (names[0] for names in schema.get("x-either", ()))
    names = ("key", *either, *schema["x-required"])
    return {name: schema["properties"][name]["examples"][0] for name in names}


def _entry(kind: Kind) -> Node:
    return _plain({name: value for name, value in described(raw(kind.name)).items() if not name.startswith("$")})


def _all_defaults() -> Node:
    return {
        "type": ["object", "null"],
        "title": "Defaults",
        "description": "What the documents of a kind say where they do not say otherwise themselves.",
        "additionalProperties": False,
        "properties": {kind.name: {"$ref": f"#/$defs/{_defaults_name(kind)}"} for kind in KINDS.values()},
    }


def _defaults_name(kind: Kind) -> str:
    return f"{kind.name}_defaults"


def _defaults(kind: Kind) -> Node:
    """The kind's schema with nothing required, no key, and one object in place of each list of objects."""
    entry = _entry(kind)
    del entry["required"]
    shared = {name: _one_for_all(node) for name, node in entry["properties"].items() if name != "key"}
    title = f"Defaults of {kind.label}s"
    said = f"What every {kind.label} says that does not say otherwise itself."
    return {**entry, "type": ["object", "null"], "title": title, "description": said, "properties": shared}


def _one_for_all(node: Node) -> Node:
    """A list of objects becomes the object that holds the defaults of them all; anything else stays as it is."""
    element = node.get("items", {})
    if "properties" not in element:
        return node
    outer = {name: value for name, value in node.items() if name not in ("items", "minItems", "defaultSnippets")}
    said = f"Defaults of every entry. {node['description']}"
    return {**outer, **element, "type": ["object", "null"], "description": said}


def _optional(node: Node) -> Node:
    """``node``, or nothing: in YAML a field may stand there without a value and is then not given."""
    made = _plain(node)
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    if made.get("type") in ("array", "object"):
        made["type"] = [made["type"], "null"]
    return made


def _plain(node: Node) -> Node:
    """``node`` with its references turned to this file, and what it holds made optional."""
    made = dict(node)
    if "$ref" in made:
        made["$ref"] = "#" + made["$ref"].partition("#")[2]
    if "items" in made:
        made["items"] = _plain(made["items"])
    if "properties" in made:
        made["properties"] = _properties(made["properties"])
    return made


def _properties(properties: Mapping[str, Node]) -> Node:
    """The fields and, since the importer takes them, their other spellings."""
    made: Node = {}
    for name, node in properties.items():
        made[name] = _optional(node)
        for alias in node.get("x-aliases", ()):
            made[alias] = _other_spelling(name, made[name])
    return made


def _other_spelling(name: str, node: Node) -> Node:
    """Known to the editor, but not offered: it would tempt to give both. The server heeds this beside no ``$ref``."""
    shared = _optional(shared_types()[node["$ref"].rpartition("/")[2]]) if "$ref" in node else {}
    said = f"Another spelling of `{name}`. {node['description']}"
    made = {**shared, **node, "description": said, "doNotSuggest": True}
    return {name: value for name, value in made.items() if name not in ("$ref", "x-aliases")}


if __name__ == "__main__":
    (folder() / FILE).write_text(as_text(), encoding="utf-8", newline="\n")
