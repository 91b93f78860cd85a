"""What the schemas say of the fields beyond their types: which must be given, which refer, which obey a rule.

Annotations read here: ``x-required``, ``x-either``, ``x-not-both``, ``x-any``, ``x-required-without`` of an object,
``x-ref``, ``x-rule``, ``x-certainty`` and ``x-type`` of a field. A ``Shape`` is made of a schema, not of a kind's
name, so that made-up kinds can be tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from importer import schema
from importer.model import Path, Tree, one_line

MOST_SHOWN: Final = 60  # characters of a value in a message

Names = tuple[str, ...]  # a path without list positions, or a group of names beside each other


@dataclass(frozen=True, slots=True)
class Group:
    """What one object, the document itself or an element of its lists, must hold."""

    path: Names
    required: Names
    either: tuple[Names, ...]  # exactly one of each
    not_both: tuple[Names, ...]  # at most one of each
    any: tuple[Names, ...]  # at least one of each
    required_without: Mapping[str, Names]  # the name is required unless one of the others is given


@dataclass(frozen=True, slots=True)
class Shape:
    groups: tuple[Group, ...]
    refs: Mapping[Names, str]  # path of a field -> kind that it refers to
    rules: Mapping[Names, str]  # path of a field -> gstin, pan, hsn or another x-rule
    unverified: tuple[Names, ...]
    doubtful_amounts: tuple[Names, ...]  # the unverified ones that hold an amount

    def group(self, path: Names) -> Group | None:
        return next((group for group in self.groups if group.path == path), None)


@cache
def shape(kind: str) -> Shape:
    """The shape of the packaged schema of ``kind``. Raises FileNotFoundError where there is none."""
    return shape_of(schema.packaged(kind))


def shape_of(packaged: Mapping[str, Any]) -> Shape:
    """The shape that a schema, with its references resolved, gives its documents."""
    nodes = tuple(_nodes(packaged, ()))
    unverified = tuple(path for path, node in nodes if node.get("x-certainty") == "unverified")
    amounts = {path for path, node in nodes if node.get("x-type") in ("money", "decimal")}
    return Shape(
        groups=tuple(_group(path, node.get("items", node)) for path, node in nodes if _holds_fields(node)),
        refs={path: node["x-ref"] for path, node in nodes if "x-ref" in node},
        rules={path: node["x-rule"] for path, node in nodes if "x-rule" in node},
        unverified=unverified,
        doubtful_amounts=tuple(path for path in unverified if path in amounts),
    )


def _nodes(node: Mapping[str, Any], path: Names) -> Iterator[tuple[Names, Mapping[str, Any]]]:
    yield path, node
    for name, inner in node.get("items", node).get("properties", {}).items():
        yield from _nodes(inner, (*path, name))


def _holds_fields(node: Mapping[str, Any]) -> bool:
    return "properties" in node.get("items", node)


def _group(path: Names, node: Mapping[str, Any]) -> Group:
    return Group(
        path=path,
        required=tuple(node.get("x-required", ())),
        either=tuple(map(tuple, node.get("x-either", ()))),
        not_both=tuple(map(tuple, node.get("x-not-both", ()))),
        any=tuple(map(tuple, node.get("x-any", ()))),
        required_without={name: tuple(others) for name, others in node.get("x-required-without", {}).items()},
    )


def found(tree: Tree, path: Names, above: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Each value at ``path``, in every element of the lists on the way, with its full path.

    What has not the form that the schema wants is passed over: that has been reported where the form was checked.
    """
    if not path:
        yield above, tree
    elif isinstance(tree, list):
        for at, element in enumerate(tree):
            yield from found(element, path, (*above, at))
    elif isinstance(tree, dict) and path[0] in tree:
        yield from found(tree[path[0]], path[1:], (*above, path[0]))


def texts(tree: Tree, path: Names) -> Iterator[tuple[Path, str]]:
    """Those of ``found`` that are text."""
    if isinstance(tree, dict) and path[0] not in tree:
        return iter(())  # the usual case, told without walking
    return ((at, value) for at, value in found(tree, path) if isinstance(value, str))


def shown(text: str) -> str:
    """``text`` as a message quotes it: cut to what can be taken in, on one line, nothing invisible."""
    cut = text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."
    return f'"{one_line(cut)}"'
