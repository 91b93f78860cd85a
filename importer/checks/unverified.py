"""Fields that the API takes in a way nobody has described: refused unless the user vouches for them.

Fact sheet, section 25, items 12, 13, 19 and 20. ``allow_unverified`` of the project names them by kind and path:
``invoices.discount``, ``invoices.line_items.discount``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from importer.checks.book import Book, Entry
from importer.checks.shape import Names, found
from importer.model import Problem

# What says the same with fields that are documented. By field name: a discount is one wherever it stands.
INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "discount": "fold the discount into the rate",
        "shipping_charge": "add a line for the shipping",
        "adjustment": "add a line for the adjustment",
        "tds_amount": "leave the TDS out, and settle it in FinzBooks by hand",
        "bank_charges": "leave the charges out, and enter them in FinzBooks by hand",
    }
)


def problems(book: Book, allowed: frozenset[str]) -> Iterator[Problem]:
    """unverified-field, once for each place where one is given."""
    barred: dict[str, list[Names]] = {}
    for entry in book.entries:
        kind = entry.ref.kind
        if kind not in barred:
            barred[kind] = _outermost([path for path in entry.shape.unverified if not _is_allowed(kind, path, allowed)])
        for names in barred[kind]:
            yield from _given(entry, names)


def _is_allowed(kind: str, path: Names, allowed: frozenset[str]) -> bool:
    """Whether the field, or one that it stands in, is named."""
    return any(".".join((kind, *path[: end + 1])) in allowed for end in range(len(path)))


def _outermost(paths: list[Names]) -> list[Names]:
    return [path for path in paths if not any(path[:end] in paths for end in range(1, len(path)))]


def _given(entry: Entry, names: Names) -> Iterator[Problem]:
    for path, _ in found(entry.fields, names):
        instead = INSTEAD.get(names[-1], "leave it out")
        yield entry.problem(
            "unverified-field",
            f"what FinzBooks makes of `{'.'.join(names)}` is not documented, so it is not sent",
            path,
            help=f"{instead}; or, once tried in a sandbox, name {'.'.join((entry.ref.kind, *names))} "
            "under `allow_unverified` in finzbooks.yaml",
            of_key=True,
        )
