"""The rows of a list, kept by what they tell of the fields that documents are known by; some tell only a part. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from importer.delivery.remote import MISSING, answered, text
from importer.kinds import Kind
from importer.schema import Field, fields, raw

TOTAL: Final = "total"


@dataclass(slots=True)
class Rows:
    """The rows of one kind that may matter, indexed by each rule as they come in."""

    kind: Kind
    only: Mapping[tuple[str, ...], frozenset[tuple[str, ...]]] | None = None  # see ``relevant``; None: keep all
    by_id: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    wordless: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # that answer nothing they could be known by
    some_short: bool = False  # whether any of them leaves out a part of a rule
    # By the fields of a rule, then by those of them that a row tells: all of them, or where it is short, some.
    _by_rule: dict[tuple[str, ...], dict[tuple[str, ...], dict[tuple[str, ...], list[str]]]] = field(
        default_factory=dict
    )
    _asked: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[tuple[str, ...]]] = field(default_factory=dict)

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
                said = told(self.kind, names, row)
                if said is not None and self._matters(names, said):
                    self.by_id[row_id] = row
                    self.some_short = self.some_short or len(said) < len(names)
                    of_rule = self._by_rule.setdefault(names, {}).setdefault(tuple(said), {})
                    of_rule.setdefault(tuple(said.values()), []).append(row_id)

    def _matters(self, names: tuple[str, ...], said: Mapping[str, str]) -> bool:
        """Whether a document that is looked for agrees in all that is ``said`` of ``names``."""
        if self.only is None:
            return True
        key = (names, tuple(said))
        if key not in self._asked:
            places = [names.index(name) for name in said]
            self._asked[key] = frozenset(tuple(values[at] for at in places) for values in self.only[names])
        return tuple(said.values()) in self._asked[key]

    def where(self, names: tuple[str, ...], values: tuple[str, ...]) -> list[Mapping[str, Any]]:
        return [self.by_id[row_id] for row_id in self._by_rule.get(names, {}).get(names, {}).get(values, ())]

    def short(self, names: tuple[str, ...], values: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
        """The rows that leave out some of ``names`` and agree in the others."""
        asked = dict(zip(names, values, strict=True))
        for some, found in self._by_rule.get(names, {}).items():
            if some != names:
                yield from (self.by_id[row_id] for row_id in found.get(tuple(asked[name] for name in some), ()))


def rules(kind: Kind) -> list[tuple[str, ...]]:
    """The groups of fields by which documents of ``kind`` are looked up."""
    found = [rule.fields for rule in kind.natural_keys]
    return [*found, indexed(kind.likeness)] if kind.likeness else found


def indexed(names: Sequence[str]) -> tuple[str, ...]:
    """The fields of a rule that can be looked up; the total is compared with a tolerance afterwards."""
    return tuple(name for name in names if name != TOTAL)


def field_of(kind: Kind, name: str) -> tuple[str, Field]:
    known = fields(kind.name)[(name,)]
    return known.sent_as or name, known


def _word(known: Field, value: Any) -> str:
    """``value`` as it is compared; empty where there is none."""
    return text(value)[:10] if known.type == "date" else text(value)


def values_of(kind: Kind, names: Sequence[str], sent: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The comparable values of ``names`` in a create body; None when one is missing or empty."""
    found = []
    for name in names:
        sent_as, known = field_of(kind, name)
        word = _word(known, sent.get(sent_as))
        if not word:
            return None
        found.append(word)
    return tuple(found)


def told(kind: Kind, names: Sequence[str], row: Mapping[str, Any]) -> dict[str, str] | None:
    """What ``row`` tells of ``names``, without those that it leaves out (fact sheet, 25.24); None: not to be known by.

    Null is told: what is empty cannot be met. A row that tells none of them is short only if every document has one
    that it leaves out; else there may be none to tell.
    """
    said = {}
    for name in names:
        known = field_of(kind, name)[1]
        value = answered(row, known)
        if value is MISSING:
            continue
        word = _word(known, value)
        if not word:
            return None
        said[name] = word
    return said if said or set(names) & _always_there(kind) else None


def _says_nothing(kind: Kind, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` has nothing by which it could be recognised, and leaves some of that out (fact sheet, 25.22)."""
    hides = False
    for name in (name for rule in rules(kind) for name in rule):
        value = answered(row, field_of(kind, name)[1])
        if text(value):
            return False
        hides = hides or value is MISSING
    return hides


def _always_there(kind: Kind) -> frozenset[str]:
    """The fields that every document has; a party may be given in two ways, and is always given."""
    return frozenset((*raw(kind.name).get("x-required", ()), kind.party_field))
