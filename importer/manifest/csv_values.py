"""The cells of one row as fields of a document, and as one element of a list."""

from __future__ import annotations

from importer.manifest.csv_columns import Column
from importer.model import Tree


def is_put(fields: dict[str, Tree], path: tuple[str, ...]) -> bool:
    """Whether the field at ``path`` is there."""
    at: Tree | None = fields
    for name in path:
        at = at.get(name) if isinstance(at, dict) else None
    return at is not None


def put(fields: dict[str, Tree], path: tuple[str, ...], cell: str) -> bool:
    """Set the field at ``path`` unless it is there; False if another value is."""
    for name in path[:-1]:
        below = fields.setdefault(name, {})
        assert isinstance(below, dict)  # noqa: S101 - by its columns, the field is a mapping
        fields = below
    return fields.setdefault(path[-1], cell) == cell


def element(row: list[str], inside: list[Column]) -> Tree | None:
    """The element of a list that ``row`` holds in the columns ``inside``; None if all of them are blank."""
    fields: dict[str, Tree] = {}
    for column in inside:
        cell = row[column.index]
        if cell and not cell.isspace():
            if not column.inner:
                return cell
            put(fields, column.inner, cell)
    return fields or None
