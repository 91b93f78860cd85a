"""Two documents that a look-up in the books would take for one (fact sheet, section 24, item 13).

Two contacts of one name but different GSTINs are told apart; a third of that name without a GSTIN is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Final

from importer import schema
from importer.checks import damaged, gstin
from importer.checks.book import Book, Entry, normal
from importer.checks.duplicates import DATE
from importer.checks.gstin_forms import RULE as GSTIN_RULE
from importer.checks.shape import shape, shown
from importer.checks.years import financial_year, year_words
from importer.kinds import KINDS, NaturalKey
from importer.manifest.typed import compact
from importer.model import Problem, Ref, Severity

LONGEST_NUMBER: Final = 16  # characters, of a number (CGST Rules, rule 46(b))
_BRANCHES: Final = "branches"

Values = tuple[object, ...]


def problems(book: Book, duplicates: Iterable[tuple[Entry, Entry]] = ()) -> Iterator[Problem]:
    """repeated-natural-key, and G8 for one GSTIN on two documents. Pairs known as ``duplicates`` are left out.

    G8 is a warning: branches of a firm may share a GSTIN (GST rules, section 15). So is a shared reference of
    invoices: many orders under one purchase order are usual, and date and total still tell them apart.
    """
    told = set(duplicates)
    sent = _sent(book)
    firsts: dict[Values, Entry] = {}
    for entry in book.unique:
        for rule, group in groups(entry):
            first = firsts.setdefault(group, entry)
            if first is entry:
                first = _of_the_state(book, sent, entry, rule) or entry
            if first is entry or (first, entry) in told or _told_apart(first, entry, rule):
                continue
            told.add((first, entry))
            yield _repeated(first, entry, rule)


def groups(entry: Entry) -> Iterator[tuple[NaturalKey, Values]]:
    """By each rule that may find the document, what it has in common with those that it would find as well."""
    for at, rule in enumerate(entry.kind.natural_keys):
        values = None if rule.agree else _values(entry, rule)  # with ``agree`` a pair is a duplicate document, or none
        if values is not None:
            yield rule, (entry.ref.kind, at, *values)


def _sent(book: Book) -> dict[str, dict[str, list[Ref]]]:
    """Of each kind with a GSTIN those that only the state knows. What else is equal there a plan finds in the books."""
    fields = {name: _gstin_field(name) for name in KINDS} if book.said else {}
    return {name: book.remembered_by(field, name, compact) for name, field in fields.items() if field}


@cache
def _gstin_field(kind: str) -> str:
    names = (rule.fields[0] for rule in KINDS[kind].natural_keys)
    return next((name for name in names if shape(kind).rules.get((name,)) == GSTIN_RULE), "")


def _of_the_state(book: Book, sent: dict[str, dict[str, list[Ref]]], entry: Entry, rule: NaturalKey) -> Entry | None:
    """Another document with the GSTIN of this one. With the same name besides it may be this one under an old key."""
    name = rule.fields[0]
    if not _is_gstin(entry, name):
        return None
    same = (book.find(ref) for ref in sent.get(entry.ref.kind, {}).get(str(_value(entry, name)), ()))
    return next((one for one in same if one is not None and not _same_otherwise(one, entry, rule)), None)


def _told_apart(first: Entry, entry: Entry, rule: NaturalKey) -> bool:
    """Whether a more telling field, which both have, differs."""
    pairs = ((_value(first, name), _value(entry, name)) for name in rule.blank)
    return any(one is not None and other is not None and one != other for one, other in pairs)


def _values(entry: Entry, rule: NaturalKey) -> Values | None:
    """What the rule compares; None where the document lacks one of its fields."""
    values = tuple(_value(entry, name) for name in rule.fields)
    return None if None in values else (*values, branch(entry))


def _value(entry: Entry, name: str) -> object | None:
    if name == entry.kind.party_field:
        return entry.named(name)
    text = entry.reference() if name == entry.kind.reference_field else entry.text(name)
    if not text:
        return None
    if _is_gstin(entry, name):
        return None if gstin.stands_for_none(text) else compact(text)
    return None if damaged.is_lost(text) else normal(text)


def _is_gstin(entry: Entry, name: str) -> bool:
    return entry.shape.rules.get((name,)) == GSTIN_RULE


def branch(entry: Entry) -> tuple[str, str] | None:
    """Numbers are unique within a branch only (fact sheet, section 15)."""
    name = _branch_field(entry.ref.kind)
    return entry.named(name) if name else None


@cache
def _branch_field(kind: str) -> str | None:
    fields = schema.fields(kind).values()
    return next((field.name for field in fields if field.lookup == _BRANCHES and len(field.path) == 1), None)


def _repeated(first: Entry, entry: Entry, rule: NaturalKey) -> Problem:
    name = rule.fields[0]
    path = (name,) if name in entry.fields else ("key",)
    related = (first.place((name,) if name in first.fields else ("key",)),)
    value = _value(entry, name)
    if _is_gstin(entry, name) and not _same_otherwise(first, entry, rule):
        return entry.problem(
            "G8",
            f"{entry.label} and {first.label} have the same GSTIN {value}",
            path,
            help="branches may share one; otherwise one of them is wrong, or the two are one contact",
            severity=Severity.WARNING,
            related=related,
        )
    lenient = name == entry.kind.reference_field
    return entry.problem(
        "repeated-natural-key",
        f"{entry.label} and {first.label} have {rule.words}, {shown(str(value))}: "
        "in the books, one would be taken for the other",
        path,
        help=_help(first, entry, rule, value),
        severity=Severity.WARNING if lenient else Severity.ERROR,
        related=related,
    )


def _help(first: Entry, entry: Entry, rule: NaturalKey, value: object) -> str:
    """What to do about the two, which may both be right."""
    name = rule.fields[0]
    if name == entry.kind.reference_field:
        return "a reference of its own for each is safer"
    if name == entry.kind.number_field:
        return _help_of_number(first, entry, name, str(value))
    if rule.blank:
        return (
            f"if they are one, remove the other; if they are two, give each its `{rule.blank[0]}`, or tell them "
            f"apart in the `{name}`"
        )
    return "remove one, or make them differ in it"


def _help_of_number(first: Entry, entry: Entry, name: str, number: str) -> str:
    """GST asks for a number that is unique in its financial year, FinzBooks for one that is unique in its branch.

    GST rules, section 6; fact sheet, section 15.
    """
    day, before = entry.typed.get(DATE), first.typed.get(DATE)
    if not isinstance(day, date) or not isinstance(before, date) or financial_year(day) == financial_year(before):
        return (
            f"give each the `{name}` that it was issued with; remove one only if both are the same {entry.kind.label}"
        )
    dated = f"{year_words(financial_year(day))[2:]}/{number}"
    such = f", such as {shown(dated)}" if len(dated) <= LONGEST_NUMBER else ""
    return (
        f"both may be right: GST takes a number again in another financial year, FinzBooks only once in a branch. "
        f"Give this one a number with its year in it{such}, or leave its `{name}` out and let FinzBooks number it"
    )


def _same_otherwise(first: Entry, entry: Entry, rule: NaturalKey) -> bool:
    others = (other for other in entry.kind.natural_keys if other is not rule)
    return all(_values(first, other) == _values(entry, other) for other in others)
