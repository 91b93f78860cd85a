"""The number of a document, which is not its key: its form, and that it is used once (GST rules, section 6)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Final

from importer import schema
from importer.checks.book import Book, Entry, normal
from importer.checks.duplicates import DATE
from importer.checks.natural_keys import LONGEST_NUMBER, branch
from importer.checks.shape import shown
from importer.checks.years import GST_START, financial_year, year_words
from importer.kinds import KINDS
from importer.manifest.damage import in_name
from importer.model import Problem, Ref, Severity

# CGST Rules, rule 46(b): consecutive, at most 16 characters, letters, digits, hyphen and slash only.
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9/-]")
# The portal for e-invoices takes no number that begins with one of these (GST rules, section 6).
_NOT_FIRST: Final = ("0", "/", "-")
# What Excel shows of 1/2 and of 4-25, in its own letters (GST rules, section 6). 25-26/1 and 2025-01 are numbers.
_MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SHOWN_DATE: Final = re.compile(rf"[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2}}(?:[0-9]{{2}})?)?|{_MONTH}-[0-9]{{2}}")

Numbered = tuple[Entry, str, date]


def problems(book: Book, duplicates: Iterable[tuple[Entry, Entry]] = ()) -> Iterator[Problem]:
    """N1 and N2 for one number, N3 and N4 for two. Pairs known as ``duplicates`` are left out.

    Two numbers that are equal to the letter are no matter of levels: in the books one document would be taken for
    the other, and ``repeated-natural-key`` says so. N3 and N4 are for numbers that differ in upper and lower case,
    which the portal does not tell apart and the books do. What the state remembers came first.
    """
    told = set(duplicates)
    sent = _sent(book)
    firsts: dict[tuple[object, ...], dict[int, Numbered]] = {}  # by year, of each number in upper case
    seen: set[tuple[object, ...]] = set()  # to the letter
    for entry in book.unique:
        number = _number(entry)
        day = entry.typed.get(DATE) if number else None
        if not isinstance(day, date):
            continue
        if day >= GST_START:  # what was issued before obeyed other rules
            yield from _form(entry, _number_field(entry.ref.kind), number)
        same = group(entry)
        years = firsts.get(same)
        if years is None:
            years = dict(_years_of_the_state(book, entry, sent[entry.ref.kind].get(number.upper(), ())))
            firsts[same] = years
        if (same, number) not in seen:
            seen.add((same, number))
            yield from _used_before(years, (entry, number, day), told)
        years.setdefault(financial_year(day), (entry, number, day))


def group(entry: Entry) -> tuple[object, ...]:
    """What documents have in common whose numbers may be one: kind, branch, and number whatever its case; or ()."""
    number = _number(entry)
    return (entry.ref.kind, branch(entry), number.upper()) if number else ()


def _number(entry: Entry) -> str:
    field = _number_field(entry.ref.kind)
    text = entry.fields.get(field) if field else None
    return normal(text) if isinstance(text, str) else ""


def _sent(book: Book) -> defaultdict[str, dict[str, list[Ref]]]:
    """Of each kind the numbers, in upper case, that only the state knows."""
    fields = {name: _number_field(name) for name in KINDS} if book.said else {}
    known = {name: book.remembered_by(field, name, _upper) for name, field in fields.items() if field}
    return defaultdict(dict, known)


def _upper(number: str) -> str:
    return normal(number).upper()


def _years_of_the_state(book: Book, entry: Entry, same: Iterable[Ref]) -> Iterator[tuple[int, Numbered]]:
    """By financial year, one of the ``same`` number in the branch of ``entry``."""
    field = _number_field(entry.ref.kind)
    for ref in same:
        first = book.find(ref)
        day = first.typed.get(DATE) if first is not None else None
        if first is not None and isinstance(day, date) and branch(first) == branch(entry):
            yield financial_year(day), (first, normal(str(first.fields[field])), day)


@cache
def _number_field(kind: str) -> str:
    """The field with the number that a document is to have; "" where a manifest cannot give one."""
    name = KINDS[kind].number_field
    return name if (name,) in schema.fields(kind) else ""


def _form(entry: Entry, field: str, number: str) -> Iterator[Problem]:
    if in_name(number) is not None:
        return  # what a spreadsheet has made of it is told in ``damaged``
    if _SHOWN_DATE.fullmatch(number):
        yield _a_date(entry, field, number)
        return
    foreign = list(dict.fromkeys(_FOREIGN.findall(number)))
    faults = []
    if len(number) > LONGEST_NUMBER:
        faults.append(f"has {len(number)} characters (GST allows {LONGEST_NUMBER})")
    if foreign:
        faults.append(f"holds {', '.join(map(_character, foreign[:3]))}, which GST does not allow")
    if faults:
        yield entry.problem(
            "N1",
            f"the {_words(field)} {shown(number)} of {entry.label} {' and '.join(faults)}",
            (field,),
            help=f"letters, digits, hyphen and slash, {LONGEST_NUMBER} characters at most; if it was issued like this, "
            "leave it: the books keep it, a GST return may refuse it",
            severity=Severity.WARNING,
        )
    elif number.startswith(_NOT_FIRST):
        yield entry.problem(
            "N2",
            f"the {_words(field)} {shown(number)} of {entry.label} begins with {shown(number[0])}",
            (field,),
            help="a number that an e-invoice is to carry begins with a letter or with a digit from 1 to 9",
            severity=Severity.INFO,
        )


def _a_date(entry: Entry, field: str, number: str) -> Problem:
    return entry.problem(
        "N1",
        f"the {_words(field)} {shown(number)} of {entry.label} looks like a date that a spreadsheet has made of it",
        (field,),
        help="spreadsheets show 1/2 as 2-Jan or 1-Feb, and 4-25 as Apr-25: copy the number from the paper, and format "
        "the column as text; if it was issued like this, leave it",
        severity=Severity.WARNING,
    )


def _used_before(years: dict[int, Numbered], this: Numbered, told: set[tuple[Entry, Entry]]) -> Iterator[Problem]:
    """The first of the same year, else the first of another, that has the number in other letters."""
    entry, number, day = this
    year = financial_year(day)
    before = years.get(year) or next(iter(years.values()), None)
    if before is None:
        return
    first, other, then = before
    if (first, entry) in told or other == number:  # equal to one of the state: a plan finds it in the books
        return
    field = entry.kind.number_field
    both = f"{entry.label} has the {_words(field)} {shown(number)} and {first.label} has {shown(other)}"
    related = (first.place((field,)),)
    if financial_year(then) == year:
        yield entry.problem(
            "N3",
            f"{both}, both in the financial year {year_words(year)}: to GST these are one number",
            (field,),
            help="a number is used once in a financial year, and upper and lower case count as the same: "
            "give one of them the number that it was issued with",
            related=related,
        )
    else:
        yield entry.problem(
            "N4",
            f"{both}, in the financial years {year_words(year)} and {year_words(financial_year(then))}: "
            "legal, but hard to tell apart in the books",
            (field,),
            help=f"a number with its year in it is safer, such as {year_words(year)[2:]}/1",
            severity=Severity.WARNING,
            related=related,
        )


def _words(field: str) -> str:
    return field.replace("_", " ")


def _character(one: str) -> str:
    return "a blank" if one == " " else shown(one)
