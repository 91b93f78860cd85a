"""The packaged schemas, and what their annotations say of each field.

The schemas are the single source of field names, types and references. The annotations of a field:

``x-type``       what the text becomes: text, money, decimal, integer, boolean or date
``x-ref``        the field holds an external key of this kind
``x-lookup``     the field holds a name or code of this list of the org: taxes, accounts, bank_accounts, branches
``x-sent-as``    name in the API's create body; the field's own name when left out; null: not part of that body
``x-answers``    names under which the API answers the field, the reference's spelling first; [] where it does not;
                 the name in the create body when left out
``x-aliases``    other spellings a manifest may use
``x-certainty``  documented (a table or a sentence says so), shown (an example does), inferred (from the resource's
                 shape) or unverified (fact sheet, section 25: refused unless allowed)
``x-wire``       ``datetime``: a date that is sent as midnight, ``2026-05-19T00:00:00``
``x-rule``       what a rule checks and no pattern can: gstin, pan, state-code, gst-treatment, hsn, or supply (whether
                 it is goods or a service)
``x-meant``      other words, in capitals, that mean one of the values, to be told to people: NEFT -> BANK_TRANSFER
``x-written``    how a value is written, to follow the words "Write" and "Written as"
``x-page``       of a kind: the page of the developer site that describes it

Those of an object, the document itself or an element of its lists. They hold once ``defaults`` are merged in, so
they are no ``required``, which an editor would hold against the bare entry:

``x-required``          names that must be given
``x-either``            lists of names; exactly one of each list must be given
``x-any``               lists of names; at least one of each list must be given
``x-not-both``          lists of names; at most one of each list may be given
``x-required-without``  name -> names: it must be given unless one of those is

Those of ``rules`` in a project file, each id of a rule -> why a project cannot switch it:

``x-by-contract``       rules that the contract of the manifest keeps
``x-not-applied``       rules that nothing in a manifest can keep or break

A schema takes each scalar in both forms: as the text that the importer hands it, which the ``pattern`` binds, and as
the number or boolean that an editor makes of it, which the ``minimum`` binds. An ``enum`` stands without a ``type``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

SUFFIX: Final = ".schema.json"


@dataclass(frozen=True, slots=True)
class Field:
    """What one schema says of one field. ``path`` leaves list positions out: ("line_items", "rate")."""

    path: tuple[str, ...]
    type: str  # text, money, decimal, integer, boolean, date; "object" and "list" hold other fields
    sent_as: str | None
    answers: tuple[str, ...]
    ref: str | None
    lookup: str | None
    aliases: tuple[str, ...]
    certainty: str
    wire: str | None
    title: str

    @property
    def name(self) -> str:
        return self.path[-1]


def folder() -> Path:
    """Where the schemas are: inside the installed package, else beside the checkout's package."""
    here = Path(__file__).resolve().parent
    inside = here / "schemas"
    return inside if inside.is_dir() else here.parent / "schemas"


@cache
def raw(name: str) -> dict[str, Any]:
    """The schema file ``name`` as it stands, such as ``invoices`` or ``types``. Raises FileNotFoundError."""
    loaded: dict[str, Any] = json.loads((folder() / (name + SUFFIX)).read_text("utf-8"))
    return loaded


@cache
def packaged(name: str) -> dict[str, Any]:
    """The schema of ``name`` with its references to the shared types resolved, so that it stands alone."""
    resolved: dict[str, Any] = _resolve(raw(name))
    return resolved


def _resolve(node: Any) -> Any:
    if isinstance(node, list):
        return [_resolve(one) for one in node]
    if not isinstance(node, dict):
        return node
    target = node.get("$ref")
    if isinstance(target, str) and target.startswith("types" + SUFFIX):
        shared = raw("types")["$defs"][target.rpartition("/")[2]]
        return _resolve({**shared, **{name: value for name, value in node.items() if name != "$ref"}})
    return {name: _resolve(value) for name, value in node.items()}


@cache
def fields(kind: str) -> Mapping[tuple[str, ...], Field]:
    """Every field of ``kind`` by its path, parents before children."""
    return {field.path: field for field in _walk(packaged(kind), ())}


def _walk(schema: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Field]:
    for name, node in schema.get("properties", {}).items():
        path = (*above, name)
        inner = node.get("items", node)
        kind = "list" if "items" in node else "object" if "properties" in node else node["x-type"]
        yield Field(
            path=path,
            type=kind,
            sent_as=node.get("x-sent-as", name),
            answers=tuple(node.get("x-answers", (node.get("x-sent-as", name) or name,))),
            ref=node.get("x-ref"),
            lookup=node.get("x-lookup"),
            aliases=tuple(node.get("x-aliases", ())),
            certainty=node.get("x-certainty", "documented"),
            wire=node.get("x-wire"),
            title=node.get("title", name),
        )
        yield from _walk(inner, path)
