"""Tax against the date of its document: none before there was a GST, and a rate that was in force then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from importer import schema
from importer.checks.book import Book, Entry, normal
from importer.checks.duplicates import DATE
from importer.checks.gst_rates import GREATEST, ended, ended_for_all, ever_in_force, in_force, period_of, rates_told
from importer.checks.links import link_field, meant
from importer.checks.settlement import other_party
from importer.checks.shape import shown
from importer.checks.worth import RAW, TAX
from importer.checks.years import GST_START, words
from importer.kinds import KINDS
from importer.model import Path, Problem, Ref, Severity, Tree

# As the API names the code in a line and in an item (fact sheet, section 15).
_HSN: Final = ("hsn_or_sac", "hsn_sac")


class LineTax(NamedTuple):
    """The name of the tax of one line. ``path`` is where the line has it from: its own field, or its item."""

    path: Path
    name: str
    line: Mapping[str, Tree]
    item: Entry | None  # None where the line itself names the tax


class Borne(NamedTuple):
    """The rates that an original bears, and the codes of what it sells. ``whole``: every line tells its rate."""

    rates: frozenset[Decimal]
    codes: frozenset[str]
    whole: bool


class Fine:
    """What needs no second look: names of taxes, and keys of items that have such a tax."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.items: set[str] = set()


def line_taxes(book: Book, entry: Entry, fine: Fine | None = None) -> Iterator[LineTax]:
    """The lines that have a tax with a name: their own, else that of their item (fact sheet, section 15).

    Lines that are ``fine`` are left out, which makes the many lines of one item cheap.
    """
    field, item_field = entry.kind.line_field, entry.kind.item_field
    lines = entry.fields.get(field) if field else None  # as text: names of taxes and keys of items are nothing else
    for at, line in enumerate(lines) if isinstance(lines, list) else ():
        if not isinstance(line, dict):
            continue
        if TAX in line or TAX + RAW in line:
            name, item, source = line.get(TAX), None, TAX
        else:
            key = line.get(item_field)
            if not isinstance(key, str) or (fine is not None and key in fine.items):
                continue
            item = book.find(Ref(item_kind(entry.ref.kind), normal(key)))
            name, source = item.fields.get(TAX) if item else None, item_field
        if not isinstance(name, str):
            continue
        if fine is None or name not in fine.names:
            yield LineTax((field, at, source), name, line, item)
        elif item is not None:
            fine.items.add(str(line[item_field]))


@cache
def item_kind(kind: str) -> str:
    """The kind that a line refers to for what it says nothing of; "" where there is none."""
    field = schema.fields(kind).get((KINDS[kind].line_field, KINDS[kind].item_field))
    return field.ref or "" if field else ""


def bears_gst(book: Book, entry: Entry) -> bool:
    """Whether the name of some tax of the document tells of a GST above nothing."""
    return any(any(rates_told(one.name)) for one in line_taxes(book, entry))


def problems(book: Book) -> Iterator[Problem]:
    """D1 for a GST before there was one, T4 for a rate that was not in force."""
    steady: dict[object, Fine] = {}  # of each period, what is right for whatever is sold
    borne: dict[Ref, Borne] = {}  # by each original, asked once however many notes it has
    for entry in book.entries:
        day = entry.typed.get(DATE) if entry.kind.line_field else None
        if not isinstance(day, date):
            continue
        if day < GST_START:
            yield from _before_gst(book, entry, day)
        elif link_field(entry.ref.kind):
            yield from _as_its_original(book, entry, day, borne)
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


def _as_its_original(book: Book, entry: Entry, day: date, borne: dict[Ref, Borne]) -> Iterator[Problem]:
    """A note bears the rate of its invoice, whatever holds today; where that is not told, any rate there was."""
    named = meant(book, entry)
    if named is not None and other_party(entry, named) is not None:
        named = None  # the wrong invoice, which has been told: its rates say nothing
    issued = named.typed.get(DATE) if named is not None else None
    told: set[str] = set()
    for one in line_taxes(book, entry):
        rates = rates_told(one.name)
        if not rates or one.name in told:
            continue
        if named is not None and isinstance(issued, date) and issued >= GST_START:
            if named.ref not in borne:
                borne[named.ref] = _borne(book, named)
            problem = _of_its_original(entry, one, rates, named, issued, borne[named.ref])
        elif any(ever_in_force(rate, day) for rate in rates):
            continue
        else:
            problem = _not_in_force(entry, one, rates, day, f"up to {day}")
        if problem is not None:
            told.add(one.name)
            yield problem


def _of_its_original(
    entry: Entry, one: LineTax, rates: tuple[Decimal, ...], named: Entry, issued: date, borne: Borne
) -> Problem | None:
    """What the original bears is right for its note: where it was not in force, that has been told of the original."""
    if not borne.rates.isdisjoint(rates) or not any(rates):
        return None
    if borne.whole and any(borne.rates) and min(rates) <= GREATEST:
        return _another_rate(entry, one, rates[0], named, borne)
    codes = {_hsn(one), *borne.codes}  # a line of a note has no field for the code
    if any(in_force(rate, issued, code) for rate in rates for code in codes):
        return None
    return _not_in_force(entry, one, rates, issued, f"on {issued}, the date of {named.label}")


def _borne(book: Book, entry: Entry) -> Borne:
    lines = entry.fields.get(entry.kind.line_field)
    listed = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    taxes = list(line_taxes(book, entry))
    told = [rates_told(one.name) for one in taxes]
    sound = entry.document is None or entry.document.sound  # else what could not be read may be a line
    own = (code for line in listed for name in _HSN if isinstance(code := line.get(name), str))
    return Borne(
        frozenset(rate for rates in told for rate in rates),
        frozenset((*own, *map(_hsn, taxes))),
        sound and bool(told) and all(told) and len(told) == len(listed),
    )


def _another_rate(entry: Entry, one: LineTax, rate: Decimal, named: Entry, borne: Borne) -> Problem:
    field = link_field(entry.ref.kind)
    other = "" if field in entry.fields else f"; or give the `{field}` that it belongs to, if it is another one"
    bears = " and ".join(f"{each.normalize():f}%" for each in sorted(borne.rates))
    return entry.problem(
        "T4",
        f"{shown(one.name)} on line {int(one.path[1]) + 1} of {entry.label} is a GST of {rate.normalize():f}%, "
        f"but {named.label} bears {bears}",
        one.path,
        help=f"a note bears the rate of its invoice, whatever holds on its own date: name that tax{other}",
        severity=Severity.WARNING,
        related=(named.place((named.kind.line_field,)), one.item.place((TAX,)) if one.item else None),
    )


def _hsn(one: LineTax) -> str:
    """The code of what is sold: the line's own, else its item's."""
    item = one.item.fields if one.item else {}
    return next((code for held in (one.line, item) for name in _HSN if isinstance(code := held.get(name), str)), "")


def _later(rate: Decimal, since: date, day: date) -> str:
    """When a rate ended for the last goods that kept it, if that was before ``day``."""
    last = ended_for_all(rate, day)
    return f", and on {words(last)} for the few that kept it" if last is not None and last != since else ""


def _kept(rate: Decimal, day: date) -> str:
    """No promise of goods that keep the rate where there are none any more."""
    if ended_for_all(rate, day) is not None:
        return ""
    return ", and for the few goods that keep it once the line gives their HSN code"


def _not_in_force(entry: Entry, one: LineTax, rates: tuple[Decimal, ...], day: date, when: str) -> Problem:
    rate = rates[0]
    since = ended(rate, day)
    if min(rates) > GREATEST:
        help = f"no rate of GST was ever above {GREATEST}%: see what this tax is in FinzBooks"
    elif since is not None:
        help = f"it ended on {words(since)} for nearly all goods and services{_later(rate, since, day)}; it is still "
        help += "right where the time of supply was before that" + _kept(rate, day)
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
