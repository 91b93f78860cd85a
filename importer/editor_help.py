"""What an editor shows of a field, made from the annotations of its schema: hover text, messages, snippets.

Tried with yaml-language-server 1.25, whose habits give the shape. Where a field refers to a shared type, the type's
title, description and examples hide the field's own: the types of a whole file's schema have none. An example that is
or holds a mapping is offered as ``[object Object]``: what holds fields has none, and is no reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from importer.schema import raw

Node = dict[str, Any]
SITE: Final = "https://developers.finzbooks.com"  # the public developer site (fact sheet, head)
_SAID: Final = ("title", "description", "examples")
_SURE: Final = {
    "documented": "Documented on",
    "shown": "Shown in an example on",
    "inferred": "Inferred from the shape of answers on",
    "unverified": "Not settled by",
}


def described(schema: Node) -> Node:
    """A kind's schema whose fields say all that an editor is to show of them."""
    return _fields(schema, SITE + schema["x-page"])


def shared_types() -> dict[str, Node]:
    """The types of single values: their rules, and in plain words what to write where one is broken."""
    known = raw("types")["$defs"].items()
    return {name: _ruled(_bare(node)) for name, node in known if "properties" not in node}


def to_fill_in(example: Mapping[str, Any], label: str) -> Node:
    """A snippet of a list that writes ``example`` as a new entry, each of its values a place where the cursor stops.

    It stands at the list, not at what the list is made of, since there the server would forget the dash.
    """
    body = _stops(example, count(1))
    return {"label": f"new {label}", "description": f"A whole {label} to fill in.", "body": body, "type": "array"}


def _stops(value: Any, numbers: count[int]) -> Any:
    if isinstance(value, Mapping):
        return {name: _stops(one, numbers) for name, one in value.items()}
    if isinstance(value, list):
        return [_stops(one, numbers) for one in value]
    return f"${{{next(numbers)}:{value}}}"


def _fields(node: Node, page: str) -> Node:
    """``node`` with the fields that it holds, if any, described."""
    if "properties" not in node:
        return node
    return {**node, "properties": {name: _field(field, page) for name, field in node["properties"].items()}}


def _field(node: Node, page: str) -> Node:
    shared = _shared(node)
    made = _ruled({**node, "description": "\n".join(_lines(node, shared, page))})
    if "properties" in shared:
        del made["$ref"]
        made = _fields({**shared, **made}, page)
    if "items" in node:
        made.update(_list(node, page))
    holds_fields = "properties" in made or "properties" in made.get("items", ())
    return {name: value for name, value in made.items() if not (holds_fields and name == "examples")}


def _list(node: Node, page: str) -> Node:
    """What the list ``node`` is made of."""
    element = node["items"]
    if "properties" in element:
        snippet = to_fill_in(node["examples"][0][0], node["title"].lower().removesuffix("s"))
        return {"items": _fields(element, page), "defaultSnippets": [snippet]}
    shared = _shared(element)
    return {"items": {**{name: shared[name] for name in _SAID if name in shared}, **element}}


def _lines(node: Node, shared: Node, page: str) -> list[str]:
    """What the field means, how it is written, and who says so."""
    written = node.get("x-written", shared.get("x-written"))
    sure = _SURE.get(node.get("x-certainty", ""))
    return [
        node["description"],
        *([f"Written as {written}."] if written else ()),
        *([f"{sure} {page}."] if sure else ()),
    ]


def _ruled(node: Node) -> Node:
    """``node`` with a message in place of its pattern, which the server would show as it stands."""
    return {**node, "errorMessage": f"Write {node['x-written']}."} if "pattern" in node else node


def _bare(node: Node) -> Node:
    return {name: value for name, value in node.items() if name not in _SAID}


def _shared(node: Node) -> Node:
    """The shared type that ``node`` refers to; nothing where it refers to none."""
    named: Node = raw("types")["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
    return named
