"""Recognising in the books what a manifest is about to create: natural keys, and mere likenesses. Pure.

The rules stand in ``kinds.py``. A match is exact in text (NFC, blanks around ignored), date part and amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from importer.delivery.compare import Expected, money_difference
from importer.delivery.remote import MISSING, amount, answered, same, text
from importer.kinds import Kind, NaturalKey
from importer.model import Ref
from importer.schema import Field, fields

TOTAL: Final = "total"
UNTOLD: Final = "the books tell nothing of it but its id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document that may be in the books already.

    ``values`` is its create body as far as it can be said: a reference to a document that is not in the books is left
    out, since nothing in the books can refer to it either.
    """

    ref: Ref
    values: Mapping[str, Any]
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What the books hold of one wanted document. ``rows`` has one entry for a match, several for an ambiguity."""

    rows: tuple[Mapping[str, Any], ...] = ()
    words: str = ""  # how it was matched
    alike: tuple[Mapping[str, Any], ...] = ()  # only alike: a conflict where money is concerned


@dataclass(slots=True)
class Rows:
    """The rows of one kind that may matter, indexed by each rule as they come in."""

    kind: Kind
    only: Mapping[tuple[str, ...], frozenset[tuple[str, ...]]] | None = None  # see ``relevant``; None: keep all
    by_id: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    wordless: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # that answer nothing they could be known by
    _by_rule: dict[tuple[str, ...], dict[tuple[str, ...], list[str]]] = field(default_factory=dict)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in rows of a list; a row that comes twice counts once."""
        for row in rows:
            row_id = text(row.get(self.kind.id_field))
            if not row_id or row_id in self.by_id:
                continue
            self.wordless.pop(row_id, None)
            if _says_nothing(self.kind, row):
                self.wordless[row_id] = row
                continue
            for names in rules(self.kind):
                values = _values(self.kind, names, row, of_answer=True)
                if values is not None and (self.only is None or values in self.only[names]):
                    self.by_id[row_id] = row
                    self._by_rule.setdefault(names, {}).setdefault(values, []).append(row_id)

    def where(self, names: tuple[str, ...], values: tuple[str, ...]) -> list[Mapping[str, Any]]:
        return [self.by_id[row_id] for row_id in self._by_rule.get(names, {}).get(values, ())]


def rules(kind: Kind) -> list[tuple[str, ...]]:
    """The groups of fields by which documents of ``kind`` are looked up."""
    found = [rule.fields for rule in kind.natural_keys]
    return [*found, _indexed(kind.likeness)] if kind.likeness else found


def relevant(kind: Kind, wanted: Iterable[Wanted]) -> Mapping[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """What a row must have to matter: an org may hold far more documents than a manifest asks for."""
    documents = list(wanted)
    return {
        names: frozenset(
            values for one in documents if (values := _values(kind, names, one.values, of_answer=False)) is not None
        )
        for names in rules(kind)
    }


def searches(kind: Kind, wanted: Iterable[Wanted]) -> tuple[str, ...] | None:
    """The values of the targeted look-ups that find all of ``wanted``; None where only a walk of the list does."""
    if kind.search is None:
        return None
    found: dict[str, None] = {}
    for one in wanted:
        for rule in kind.natural_keys:
            if _values(kind, rule.fields, one.values, of_answer=False) and not set(rule.fields) & set(
                kind.search.fields
            ):
                return None
        for name in kind.search.fields:
            value = text(one.values.get(_field(kind, name)[0]))
            if value:
                found[value] = None
    return tuple(found)


def _indexed(names: Sequence[str]) -> tuple[str, ...]:
    """The fields of a rule that can be looked up; the total is compared with a tolerance afterwards."""
    return tuple(name for name in names if name != TOTAL)


def _field(kind: Kind, name: str) -> tuple[str, Field]:
    known = fields(kind.name)[(name,)]
    return known.sent_as or name, known


def _values(kind: Kind, names: Sequence[str], row: Mapping[str, Any], *, of_answer: bool) -> tuple[str, ...] | None:
    """The comparable values of ``names``; None when one is missing or empty."""
    found = []
    for name in names:
        sent_as, known = _field(kind, name)
        value = answered(row, known) if of_answer else row.get(sent_as)
        word = text(value)[:10] if known.type == "date" else text(value)
        if not word:
            return None
        found.append(word)
    return tuple(found)


def _says_nothing(kind: Kind, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` answers none of the fields by which it could be recognised (fact sheet, 25.22)."""
    names = {name for rule in rules(kind) for name in rule}
    return all(answered(row, fields(kind.name)[(name,)]) is MISSING for name in names)


def match(kind: Kind, wanted: Wanted, rows: Rows, claimed: Mapping[tuple[str, str], Ref]) -> Match:
    """What ``rows`` hold of ``wanted``. Rows ``claimed`` by another document, by kind and id, are no candidates."""
    for rule in kind.natural_keys:
        values = _values(kind, rule.fields, wanted.values, of_answer=False)
        if values is None:
            continue
        same_key = [row for row in rows.where(rule.fields, values) if _free(kind, wanted, row, claimed)]
        found = [row for row in same_key if _agrees(kind, rule, wanted, row)]
        alive = [row for row in found if not dead(kind, row)]
        if found:
            return Match(tuple(alive or found), rule.words)
        near = [row for row in same_key if rule.agree and not dead(kind, row)]
        if near:
            return Match(alike=tuple(near))
    if alike := _alike(kind, wanted, rows, claimed):
        return Match(alike=tuple(alike))
    # Nothing tells that it is not one of those of which nothing is told.
    untold = [row for row in rows.wordless.values() if _free(kind, wanted, row, claimed) and not dead(kind, row)]
    return Match(alike=tuple(untold), words=UNTOLD if untold else "")


def dead(kind: Kind, row: Mapping[str, Any]) -> bool:
    """Whether the books have voided ``row``."""
    return text(row.get(kind.state_field)) in kind.dead_states


def _free(kind: Kind, wanted: Wanted, row: Mapping[str, Any], claimed: Mapping[tuple[str, str], Ref]) -> bool:
    return claimed.get((kind.name, text(row.get(kind.id_field))), wanted.ref) == wanted.ref


def _agrees(kind: Kind, rule: NaturalKey, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    for name in rule.blank:
        sent_as, known = _field(kind, name)
        if text(wanted.values.get(sent_as)) and text(answered(row, known)):
            return False
    return all(_agrees_in(kind, name, wanted, row) for name in rule.agree)


def _agrees_in(kind: Kind, name: str, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    if name == TOTAL:
        return _same_worth(kind, wanted, row)
    sent_as, known = _field(kind, name)
    got = answered(row, known)
    return got is MISSING or same(known, wanted.values.get(sent_as), got)


def _same_worth(kind: Kind, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    if kind.amount_field:
        return amount(wanted.values.get(kind.amount_field)) == amount(row.get(kind.amount_field))
    return money_difference(row, wanted.expected) is None


def _alike(kind: Kind, wanted: Wanted, rows: Rows, claimed: Mapping[tuple[str, str], Ref]) -> list[Mapping[str, Any]]:
    if not kind.likeness:
        return []
    names = _indexed(kind.likeness)
    values = _values(kind, names, wanted.values, of_answer=False)
    if values is None or (not kind.amount_field and wanted.expected is None):
        return []
    return [
        row
        for row in rows.where(names, values)
        if _free(kind, wanted, row, claimed) and not dead(kind, row) and _same_worth(kind, wanted, row)
    ]


def match_all(
    kind: Kind, wanted: Sequence[Wanted], rows: Rows, claimed: Mapping[tuple[str, str], Ref]
) -> dict[Ref, Match]:
    """Match every document; one found by its natural key is no likeness of another one."""
    found = {one.ref: match(kind, one, rows, claimed) for one in wanted}
    taken = dict(claimed)
    for ref, one in found.items():
        if len(one.rows) == 1:
            taken[kind.name, text(one.rows[0].get(kind.id_field))] = ref
    return {one.ref: found[one.ref] if found[one.ref].rows else match(kind, one, rows, taken) for one in wanted}
