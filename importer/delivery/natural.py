"""Recognising in the books what a manifest is about to create: natural keys, and mere likenesses. Pure.

The rules stand in ``kinds.py``. A match is exact in text (NFC, blanks around ignored), date part and amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from importer.delivery.compare import Expected, money_difference
from importer.delivery.remote import MISSING, amount, answered, same, text
from importer.delivery.rows import TOTAL, Rows, field_of, indexed, rules, told, values_of
from importer.kinds import Kind, NaturalKey
from importer.model import Ref

UNTOLD: Final = "the books tell nothing of it but its id"
PARTLY: Final = "the books do not tell all that it could be known by"


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


def relevant(kind: Kind, wanted: Iterable[Wanted]) -> Mapping[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """What a row must have to matter: an org may hold far more documents than a manifest asks for."""
    documents = list(wanted)
    return {
        names: frozenset(values for one in documents if (values := values_of(kind, names, one.values)) is not None)
        for names in rules(kind)
    }


def searches(kind: Kind, wanted: Iterable[Wanted]) -> tuple[str, ...] | None:
    """The values of the targeted look-ups that find all of ``wanted``; None where only a walk of the list does."""
    if kind.search is None:
        return None
    found: dict[str, None] = {}
    for one in wanted:
        for rule in kind.natural_keys:
            if values_of(kind, rule.fields, one.values) and not set(rule.fields) & set(kind.search.fields):
                return None
        for name in kind.search.fields:
            value = text(one.values.get(field_of(kind, name)[0]))
            if value:
                found[value] = None
    return tuple(found)


def match(kind: Kind, wanted: Wanted, rows: Rows, claimed: Mapping[tuple[str, str], Ref]) -> Match:
    """What ``rows`` hold of ``wanted``. Rows ``claimed`` by another document, by kind and id, are no candidates."""
    for rule in kind.natural_keys:
        values = values_of(kind, rule.fields, wanted.values)
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
    if partly := [row for row in unsure(kind, wanted, rows, claimed) if _may_be(kind, wanted, row)]:
        return Match(alike=tuple(partly), words=PARTLY)
    # Nothing tells that it is not one of those of which nothing is told.
    untold = [row for row in rows.wordless.values() if _free(kind, wanted, row, claimed) and not dead(kind, row)]
    return Match(alike=tuple(untold), words=UNTOLD if untold else "")


def unsure(
    kind: Kind, wanted: Wanted, rows: Rows, claimed: Mapping[tuple[str, str], Ref]
) -> tuple[Mapping[str, Any], ...]:
    """The rows that may be ``wanted`` for all they say, and leave out what decides it: they are to be read whole."""
    if not rows.some_short:
        return ()
    found = {
        text(row.get(kind.id_field)): row
        for row in (*_short_of_key(kind, wanted, rows), *_short_of_likeness(kind, wanted, rows))
        if _free(kind, wanted, row, claimed)
    }
    return tuple(found.values())


def _short_of_key(kind: Kind, wanted: Wanted, rows: Rows) -> Iterator[Mapping[str, Any]]:
    for rule in kind.natural_keys:
        values = values_of(kind, rule.fields, wanted.values)
        for row in rows.short(rule.fields, values) if values is not None else ():
            # Where nothing of the key is told, what must agree beside it tells the others off.
            if _blank(kind, rule, wanted, row) and (
                told(kind, rule.fields, row) or not any(_denies(kind, name, wanted, row) for name in rule.agree)
            ):
                yield row


def _short_of_likeness(kind: Kind, wanted: Wanted, rows: Rows) -> Iterator[Mapping[str, Any]]:
    names = indexed(kind.likeness)
    values = values_of(kind, names, wanted.values) if _comparable(kind, wanted) else None
    for row in rows.short(names, values) if values is not None else ():
        if (told(kind, names, row) or _tells_worth(kind, row)) and not _denies(kind, TOTAL, wanted, row):
            yield row


def _may_be(kind: Kind, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    """Whether ``row``, which is short and stays so, may be ``wanted``: a person has to look.

    The party alone says little: of its documents, that of another day is another one.
    """
    if dead(kind, row):
        return False
    names = {name for rule in kind.natural_keys for name in rule.fields if name != kind.party_field}
    named = any(_tells(kind, name, wanted, row) for name in names)
    return named or not any(_denies(kind, name, wanted, row) for name in indexed(kind.likeness))


def _tells(kind: Kind, name: str, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` tells ``name``, and as ``wanted`` has it."""
    values = values_of(kind, (name,), wanted.values)
    return values is not None and tuple((told(kind, (name,), row) or {}).values()) == values


def _denies(kind: Kind, name: str, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` tells ``name``, and otherwise."""
    hidden = name == TOTAL and not _tells_worth(kind, row)
    return not hidden and not _agrees_in(kind, name, wanted, row)


def _tells_worth(kind: Kind, row: Mapping[str, Any]) -> bool:
    return (kind.amount_field or TOTAL) in row


def dead(kind: Kind, row: Mapping[str, Any]) -> bool:
    """Whether the books have voided ``row``."""
    return text(row.get(kind.state_field)) in kind.dead_states


def _free(kind: Kind, wanted: Wanted, row: Mapping[str, Any], claimed: Mapping[tuple[str, str], Ref]) -> bool:
    return claimed.get((kind.name, text(row.get(kind.id_field))), wanted.ref) == wanted.ref


def _agrees(kind: Kind, rule: NaturalKey, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    return _blank(kind, rule, wanted, row) and all(_agrees_in(kind, name, wanted, row) for name in rule.agree)


def _blank(kind: Kind, rule: NaturalKey, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    """Whether of each field that ``rule`` wants blank at least one of the two has nothing."""
    known = (field_of(kind, name) for name in rule.blank)
    return not any(text(wanted.values.get(sent_as)) and text(answered(row, one)) for sent_as, one in known)


def _agrees_in(kind: Kind, name: str, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    if name == TOTAL:
        return _same_worth(kind, wanted, row)
    sent_as, known = field_of(kind, name)
    got = answered(row, known)
    return got is MISSING or same(known, wanted.values.get(sent_as), got)


def _same_worth(kind: Kind, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    if kind.amount_field:
        return amount(wanted.values.get(kind.amount_field)) == amount(row.get(kind.amount_field))
    return money_difference(row, wanted.expected) is None


def _alike(kind: Kind, wanted: Wanted, rows: Rows, claimed: Mapping[tuple[str, str], Ref]) -> list[Mapping[str, Any]]:
    names = indexed(kind.likeness)
    values = values_of(kind, names, wanted.values) if _comparable(kind, wanted) else None
    return [
        row
        for row in (rows.where(names, values) if values is not None else ())
        if _free(kind, wanted, row, claimed) and not dead(kind, row) and not _denies(kind, TOTAL, wanted, row)
    ]


def _comparable(kind: Kind, wanted: Wanted) -> bool:
    """Whether ``kind`` has a likeness, and the worth of ``wanted`` is known for it."""
    return bool(kind.likeness) and (bool(kind.amount_field) or wanted.expected is not None)


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
