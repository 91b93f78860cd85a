"""The schema of the project file ``finzbooks.yaml``, made from the manifest's (for ``defaults``) and the rules' table.

``python -m importer.project_schema`` writes it anew; a test holds the checked-in file equal to what is made here. The
reader of project files checks by the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from importer.checks.rules import BY_CONTRACT, NOT_APPLICABLE, RULES
from importer.kinds import KINDS
from importer.manifest_schema import manifest_schema
from importer.model import Severity
from importer.schema import SUFFIX, fields, folder

FILE: Final = "project" + SUFFIX
OFF: Final = "off"
Node = dict[str, Any]

# Neither absolute (/ or C: in front) nor with backslashes: a project is read on more than one kind of machine.
_PORTABLE: Final = r"^[^/\\]([^:\\][^\\]*)?$"


def project_schema() -> Node:
    """The schema of a project file. It refers to nothing outside itself."""
    whole = manifest_schema()
    properties = {
        "version": {**whole["properties"]["version"], "description": "Version of the format: 1, also when left out."},
        "org_id": _text(
            "Organisation",
            "The id of the organisation that is meant. A run that meets another one is refused.",
            ["org_01hx3k"],
        ),
        "state": _text(
            "State file",
            "Where the state is kept, relative to the folder of this file; finzbooks.state.db beside it when left out.",
            ["finzbooks.state.db", "../keep/books.db"],
        ),
        "include": _include(),
        "defaults": whole["properties"]["defaults"],
        "rules": _rules(),
        "allow_unverified": _allow_unverified(),
    }
    return {
        "$schema": whole["$schema"],
        "$id": FILE,
        "title": "FinzBooks project",
        "description": "What holds for all manifests of a project: finzbooks.yaml, in their folder or above it.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": _used(properties, whole["$defs"]),
    }


def as_text() -> str:
    """The project file's schema as the file holds it."""
    return json.dumps(project_schema(), indent=2, ensure_ascii=False) + "\n"


def _text(title: str, description: str, examples: list[str]) -> Node:
    """Text with something in it. A name without a value is no slip here: somebody meant to give one."""
    kind = ["string", "number"]
    return {"type": kind, "pattern": "\\S", "title": title, "description": description, "examples": examples}


def _include() -> Node:
    return {
        "type": ["array", "null"],
        "minItems": 1,
        "title": "Files of the project",
        "description": "Files, folders and globs, relative to the folder of this file, with forward slashes; `../` "
        "leads out of it. A folder stands for the .yaml, .yml and .csv files below it, a glob for those of them that "
        "it matches: `*` within a name, `**` over folders. Left out: everything below the folder of this file.",
        "examples": [["contacts.yaml", "sales", "2025-*/**", "../shared/items.csv"]],
        "items": {"type": ["string", "number"], "minLength": 1, "pattern": _PORTABLE},
    }


def _rules() -> Node:
    """The rules that have levels; and in words of ours, which no validator knows, why the others have none.

    ``x-by-contract`` are kept by the contract of the manifest, ``x-not-applied`` by nothing in it.
    """
    levels = [*(severity.value for severity in Severity), OFF]
    return {
        "type": ["object", "null"],
        "title": "Rules",
        "description": "Rules of the field that are to have another level, or to be left out: {G2: warning, G8: off}.",
        "additionalProperties": False,
        "properties": {
            name: {"enum": levels, "title": f"Rule {name}", "description": held, "examples": levels[1:2]}
            for name, held in RULES.items()
        },
        "x-by-contract": {name: _kept(name, codes) for name, codes in BY_CONTRACT.items()},
        "x-not-applied": dict(NOT_APPLICABLE),
    }


def _kept(rule: str, codes: tuple[str, ...]) -> str:
    if rule in codes:
        return "What breaks it is not of the form that the API takes, and could not be sent."
    return f"What breaks it could not be booked; it is reported as {', '.join(codes)}."


def _allow_unverified() -> Node:
    return {
        "type": ["array", "null"],
        "title": "Fields that may be sent unverified",
        "description": "Fields whose meaning the API does not document, and that are sent all the same; each was tried "
        "in a sandbox before. A field that holds others stands for all of them.",
        "examples": [["invoices.line_items.discount"]],
        "items": {"enum": list(dict.fromkeys(_unverified()))},
    }


def _unverified() -> Iterator[str]:
    """Each unverified field, and the fields that it stands in."""
    for kind in KINDS:
        for path, field in fields(kind).items():
            if field.certainty == "unverified":
                yield from (".".join((kind, *path[: end + 1])) for end in range(len(path)))


def _used(node: Any, known: Mapping[str, Node]) -> Node:
    """What of ``known`` is referred to from ``node``, also by way of others, in the order of ``known``."""
    wanted: set[str] = set()
    ahead = [node]
    while ahead:
        for name in set(_targets(ahead.pop())) - wanted:
            wanted.add(name)
            ahead.append(known[name])
    return {name: one for name, one in known.items() if name in wanted}


def _targets(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for inner in node.values():
            yield from _targets(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _targets(inner)


if __name__ == "__main__":
    (folder() / FILE).write_text(as_text(), encoding="utf-8", newline="\n")
