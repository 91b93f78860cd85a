"""What a manifest names and the org already has: taxes, accounts, banks and branches, found by exact name or code."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Final

from importer.checks.rates import NO_TAX
from importer.delivery.remote import amount
from importer.kinds import KINDS, LOOKUPS, Lookup
from importer.model import Document, Path, Problem, Tree
from importer.money import ZERO
from importer.schema import fields

MOST_CANDIDATES: Final = 8
# A tax of these shapes is not part of a total, or its arithmetic is not documented (fact sheet, section 11).
UNCERTAIN_SHAPES: Final = frozenset({"RCM", "EXEMPT", "NIL_RATED", "NON_GST"})

_NUMBERS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Names:
    """The org's lists, indexed. A list that was not asked for is not there."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    _index: dict[str, dict[str, list[Mapping[str, Any]]]] = field(default_factory=dict)

    def ids(self, lookup: Lookup, name: str) -> tuple[str, ...]:
        """The ids of all rows whose name or code is ``name``; more than one is ambiguous."""
        index = self._index.get(lookup.name)
        if index is None:
            index = self._index[lookup.name] = {}
            for row in self.rows.get(lookup.name, ()):
                for word in {plain_name(str(row[part])) for part in lookup.name_fields if row.get(part)}:
                    index.setdefault(word, []).append(row)
        return tuple(dict.fromkeys(row_id(lookup, row) for row in index.get(plain_name(name), ())))

    def all_ids(self, lookup: Lookup) -> tuple[str, ...]:
        """The ids of all rows."""
        return tuple(row_id(lookup, row) for row in self.rows.get(lookup.name, ()))

    def labels(self, lookup: Lookup) -> list[str]:
        """The names of all rows, for a person to choose from."""
        rows = self.rows.get(lookup.name, ())
        return [str(next((row[part] for part in lookup.name_fields if row.get(part)), "")) for row in rows]


def plain_name(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def row_id(lookup: Lookup, row: Mapping[str, Any]) -> str:
    return str(next((row[part] for part in lookup.id_fields if row.get(part)), ""))


def lookups_needed(documents: Iterable[Document], sources: Iterable[tuple[str, Any]] = ()) -> frozenset[str]:
    """The lists of the org that ``documents`` name something of, or whose only entry they rely on.

    ``sources`` are all documents that lines may take their tax from, as kind and fields: where one of them is taxed,
    the rates are needed for the totals.
    """
    needed: set[str] = set()
    priced = False
    for document in documents:
        needed.update(lookup.name for _, lookup, _ in named(document))
        if (sole := sole_lookup_left_out(document)) is not None:
            needed.add(sole.name)
        priced = priced or bool(KINDS[document.kind].line_field)
    if priced and any(_is_taxed(kind, tree) for kind, tree in sources):
        needed.add("taxes")
    return frozenset(needed)


@cache
def _tax_fields(kind: str) -> frozenset[str]:
    """The names under which a document of ``kind`` gives a tax, by name or by id."""
    table = fields(kind).values()
    sent_as = {one.sent_as for one in table if one.lookup == "taxes"}
    return frozenset(one.name for one in table if one.sent_as in sent_as and sent_as)


def _is_taxed(kind: str, tree: Any) -> bool:
    if isinstance(tree, list):
        return any(_is_taxed(kind, inner) for inner in tree)
    if not isinstance(tree, Mapping):
        return False
    return not _tax_fields(kind).isdisjoint(tree) or any(
        _is_taxed(kind, inner) for inner in tree.values() if not isinstance(inner, str)
    )


def named(document: Document) -> Iterator[tuple[Path, Lookup, str]]:
    """Each place of ``document`` that names something of the org: where, in which list, and the name."""
    yield from _named(document.kind, document.fields, (), ())


def _named(kind: str, node: Tree, above: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Lookup, str]]:
    if isinstance(node, list):
        for position, inner in enumerate(node):
            yield from _named(kind, inner, above, (*path, position))
    elif isinstance(node, dict):
        for name, inner in node.items():
            yield from _named(kind, inner, (*above, name), (*path, name))
    else:
        known = fields(kind).get(above)
        if known is not None and known.lookup is not None:
            yield path, LOOKUPS[known.lookup], node


def sole_lookup_left_out(document: Document) -> Lookup | None:
    """The list whose only entry ``document`` relies on, because it names none itself."""
    sole = KINDS[document.kind].sole_lookup
    if not sole:
        return None
    known = fields(document.kind)[(sole,)]
    given = any(
        name in document.fields
        for path, one in fields(document.kind).items()
        for name in path
        if len(path) == 1 and one.sent_as == known.sent_as
    )
    return None if given or known.lookup is None else LOOKUPS[known.lookup]


def unknown_names(documents: Iterable[Document], names: Names) -> Iterator[Problem]:
    """A problem for each name that the org does not have, or has more than once."""
    for document in documents:
        for path, lookup, name in named(document):
            found = names.ids(lookup, name)
            if len(found) != 1:
                yield _name_problem(document, path, lookup, name, found, names)
        sole = sole_lookup_left_out(document)
        if sole is not None and len(names.all_ids(sole)) != 1:
            several = names.labels(sole)
            yield Problem(
                code="bank-account-needed",
                message=f"the {KINDS[document.kind].label} names no {sole.label}, and the org has {len(several)}",
                place=document.place(),
                help=f"give `{KINDS[document.kind].sole_lookup}`: one of {_list(several)}"
                if several
                else f"open a {sole.label} in FinzBooks first",
                pointer=document.pointer(),
            )


def _name_problem(
    document: Document, path: Path, lookup: Lookup, name: str, found: tuple[str, ...], names: Names
) -> Problem:
    candidates = names.labels(lookup)
    if found:
        code, message = "ambiguous-name", f'the org has {len(found)} entries called "{name}" among its {lookup.name}'
        help_text = f"give the id instead, as `{path[-1]}_id`: one of {', '.join(found[:MOST_CANDIDATES])}"
    else:
        code, message = "unknown-name", f'the org has no {lookup.label} called "{name}"'
        # A name with another number in it is another tax: to take that one instead would be worse than any typo.
        alike = [one for one in candidates if _NUMBERS.findall(one) == _NUMBERS.findall(name)]
        near = difflib.get_close_matches(name, alike, n=1)
        help_text = (f'did you mean "{near[0]}"? ' if near else "") + f"the org has {_list(candidates)}"
    return Problem(code, message, document.place(path), help_text, pointer=document.pointer(path))


def _list(words: list[str]) -> str:
    shown = ", ".join(f'"{word}"' for word in words[:MOST_CANDIDATES])
    rest = len(words) - MOST_CANDIDATES
    return (shown or "none") + (f" and {rest} more" if rest > 0 else "")


class OrgRates:
    """The percentages of the org's taxes, as the checks ask for them (checks/worth.py)."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._by_id = {row_id(LOOKUPS["taxes"], row): row for row in names.rows.get("taxes", ())}

    def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest percentage that may be charged; None for a tax the org does not have, or not in numbers.

        A line without any tax carries none. CGST and SGST together make the same rate as IGST, so that the split does
        not matter for a total.
        """
        if tax is None and tax_id is None:
            return NO_TAX
        if tax_id is None and tax is not None:
            found = self._names.ids(LOOKUPS["taxes"], tax)
            tax_id = found[0] if len(found) == 1 else None
        row = self._by_id.get(tax_id or "")
        if row is None:
            return None
        parts = [amount(row.get(name) or 0) for name in ("cgst", "sgst", "igst", "cess")]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        cgst, sgst, igst, cess = known
        rate = max(cgst + sgst, igst) + cess
        return (ZERO if row.get("shape") in UNCERTAIN_SHAPES else rate, rate)
