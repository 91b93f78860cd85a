"""Tax against the date of its document: none before there was a GST, and a rate that was in force then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from importer import schema
from importer.checks.book import Book, Entry, normal
from importer.checks.duplicates import DATE
from importer.checks.gst_rates import GREATEST, ended, ever_in_force, in_force, period_of, rates_told
from importer.checks.links import link_field, original
from importer.checks.shape import shown
from importer.checks.worth import RAW, TAX
from importer.checks.years import GST_START, words
from importer.kinds import KINDS
from importer.model import Path, Problem, Ref, Severity, Typed

# As the API names the code in a line and in an item (fact sheet, section 15).
_HSN: Final = ("hsn_or_sac", "hsn_sac")


class LineTax(NamedTuple):
    """The name of the tax of one line. ``path`` is where the line has it from: its own field, or its item."""

    path: Path
    name: str
    line: dict[str, Typed]
    item: Entry | None  # None where the line itself names the tax


class Fine:
    """What needs no second look: names of taxes, and keys of items that have such a tax."""

    def __init__(self) -> None:
        self.names: set[Typed] = set()
        self.items: set[Typed] = set()


def line_taxes(book: Book, entry: Entry, fine: Fine | None = None) -> Iterator[LineTax]:
    """The lines that have a tax with a name: their own, else that of their item (fact sheet, section 15).

    Lines that are ``fine`` are left out, which makes the many lines of one item cheap.
    """
    field, item_field = entry.kind.line_field, entry.kind.item_field
    lines = entry.typed.get(field) if field else None
    for at, line in enumerate(lines) if isinstance(lines, list) else ():
        if not isinstance(line, dict):
            continue
        if TAX in line or TAX + RAW in line:
            name, item, source = line.get(TAX), None, TAX
        else:
            key = line.get(item_field)
            if not isinstance(key, str) or (fine is not None and key in fine.items):
                continue
            item = book.find(Ref(_item_kind(entry.ref.kind), normal(key)))
            name, source = item.typed.get(TAX) if item else None, item_field
        if not isinstance(name, str):
            continue
        if fine is None or name not in fine.names:
            yield LineTax((field, at, source), name, line, item)
        elif item is not None:
            fine.items.add(line[item_field])


@cache
def _item_kind(kind: str) -> str:
    """The kind that a line refers to for what it says nothing of; "" where there is none."""
    field = schema.fields(kind).get((KINDS[kind].line_field, KINDS[kind].item_field))
    return field.ref or "" if field else ""


def bears_gst(book: Book, entry: Entry) -> bool:
    """Whether the name of some tax of the document tells of a GST above nothing."""
    return any(any(rates_told(one.name)) for one in line_taxes(book, entry))


def problems(book: Book) -> Iterator[Problem]:
    """D1 for a GST before there was one, T4 for a rate that was not in force."""
    steady: dict[object, Fine] = {}  # of each period, what is right for whatever is sold
    for entry in book.entries:
        day = entry.typed.get(DATE) if entry.kind.line_field else None
        if not isinstance(day, date):
            continue
        if day < GST_START:
            yield from _before_gst(book, entry, day)
        elif link_field(entry.ref.kind):
            yield from _as_its_original(book, entry, day)
        else:
            yield from _of_its_day(book, entry, day, steady.setdefault(period_of(day), Fine()))


def _before_gst(book: Book, entry: Entry, day: date) -> Iterator[Problem]:
    taxed = next((one for one in line_taxes(book, entry) if any(rates_told(one.name))), None)
    if taxed is not None:
        yield entry.problem(
            "D1",
            f"{entry.label} is dated {day} and bears {shown(taxed.name)}, but there was no GST before "
            f"{words(GST_START)}",
            (DATE,),
            help="correct the date, or name the tax of that time (VAT, service tax) as the books have it",
            related=(entry.place(taxed.path), taxed.item.place((TAX,)) if taxed.item else None),
        )


def _of_its_day(book: Book, entry: Entry, day: date, steady: Fine) -> Iterator[Problem]:
    told: set[str] = set()
    for one in line_taxes(book, entry, steady):
        if one.name in told:
            continue
        rates = rates_told(one.name)
        if not rates or any(in_force(rate, day) for rate in rates):
            steady.names.add(one.name)
        elif not any(in_force(rate, day, _hsn(one)) for rate in rates):
            told.add(one.name)
            yield _not_in_force(entry, one, rates, day, f"on {day}")


def _as_its_original(book: Book, entry: Entry, day: date) -> Iterator[Problem]:
    """A note bears the rate of its invoice, whatever holds today; where that is not told, any rate there was."""
    named = original(book, entry)
    issued = named.typed.get(DATE) if named is not None else None
    told: set[str] = set()
    for one in line_taxes(book, entry):
        rates = rates_told(one.name)
        if not rates or one.name in told:
            continue
        if named is not None and isinstance(issued, date) and issued >= GST_START:
            fine = any(in_force(rate, issued, _hsn(one)) for rate in rates)
            when, asked = f"on {issued}, the date of {named.label}", issued
        else:
            fine = any(ever_in_force(rate, day) for rate in rates)
            when, asked = f"up to {day}", day
        if not fine:
            told.add(one.name)
            yield _not_in_force(entry, one, rates, asked, when)


def _hsn(one: LineTax) -> str:
    """The code of what is sold: the line's own, else its item's."""
    item = one.item.typed if one.item else {}
    return next((code for held in (one.line, item) for name in _HSN if isinstance(code := held.get(name), str)), "")


def _not_in_force(entry: Entry, one: LineTax, rates: tuple[Decimal, ...], day: date, when: str) -> Problem:
    rate = rates[0]
    since = ended(rate, day)
    if min(rates) > GREATEST:
        help = f"no rate of GST was ever above {GREATEST}%: see what this tax is in FinzBooks"
    elif since is not None:
        help = f"it ended on {words(since)} for nearly all goods and services; it is still right where the time of "
        help += "supply was before that, and for the few goods that keep it once the line gives their HSN code"
    else:
        help = "see which rate the supply bore, and name the tax of that rate"
    return entry.problem(
        "T4",
        f"{shown(one.name)} on line {int(one.path[1]) + 1} of {entry.label} is a GST of {rate.normalize():f}%, "
        f"which was not in force {when}",
        one.path,
        help=help,
        severity=Severity.ERROR if min(rates) > GREATEST else Severity.WARNING,
        related=(one.item.place((TAX,)) if one.item else None,),
    )
