"""Credit notes against the invoice that they belong to (GST rules, section 7: section 34 of the CGST Act).

What is applied of a note, and to whom, is held in ``settlement``: this is about the invoice that its header names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from importer.checks.book import Book, Entry
from importer.checks.duplicates import DATE
from importer.checks.links import link_field, meant, original
from importer.checks.settlement import other_party
from importer.checks.shape import shown
from importer.checks.shares import shares
from importer.checks.taxes import bears_gst
from importer.checks.worth import RAW
from importer.checks.years import GST_START, financial_year, words, year_words
from importer.kinds import KINDS
from importer.model import Problem, Ref, Severity
from importer.money import ZERO, add, plain

# The supplier may lower his tax by a note up to 30 November after the financial year of the supply (section 34(2);
# before October 2022 it was the return of September, so this is the lenient reading of older notes).
_CUT_OFF: Final = (11, 30)
_MOST_NAMED: Final = 5  # other notes that a problem points at


def problems(book: Book) -> Iterator[Problem]:
    """C1, C2 and C3."""
    lowered: dict[Ref, list[Entry]] = {}
    for entry in book.unique:
        field = link_field(entry.ref.kind)
        if not field or any(name in entry.fields for name in entry.kind.vendor_if):
            continue
        named = original(book, entry)
        if named is not None:
            yield from _of_another(entry, named, field)
            yield from _too_early(entry, named)
            yield from _too_late(book, entry, named, field)
            if other_party(entry, named) is None:  # else it is the wrong invoice, which has been told
                lowered.setdefault(named.ref, []).append(entry)
        elif field not in entry.fields and field + RAW not in entry.fields:
            only = meant(book, entry)
            if only is not None:
                yield from _too_late(book, entry, only, field)
            yield from _of_none(book, entry, field)
    sent = _sent(book, lowered)
    for ref, notes in lowered.items():
        yield from _more_than_invoiced(book, ref, [*sent.get(ref, ()), *notes])


def _sent(book: Book, lowered: Collection[Ref]) -> dict[Ref, list[Entry]]:
    """The notes that only the state knows, of the invoices that notes of the manifest lower as well."""
    sent: dict[Ref, list[Entry]] = {}
    for entry in book.remembered([name for name in KINDS if lowered and link_field(name)]):
        named = original(book, entry)
        if named is not None and named.ref in lowered and other_party(entry, named) is None:
            sent.setdefault(named.ref, []).append(entry)
    return sent


def _of_another(entry: Entry, named: Entry, field: str) -> Iterator[Problem]:
    parties = other_party(entry, named)
    if parties is None or any(share.target == named.ref for share in shares(entry)):
        return  # with an application to the same invoice, allocation-other-customer says it
    own, its = parties
    yield entry.problem(
        "C1",
        f"{entry.label}, which is of {shown(own[1])}, names {named.label}, which is of {shown(its[1])}",
        (field,),
        help=f"a note is given to the customer of its invoice: correct the {entry.kind.party_field} or the {field}",
        related=(named.place((its[0],)),),
    )


def _too_early(entry: Entry, named: Entry) -> Iterator[Problem]:
    day, issued = entry.typed.get(DATE), named.typed.get(DATE)
    if isinstance(day, date) and isinstance(issued, date) and day < issued:
        yield entry.problem(
            "C1",
            f"{entry.label} is dated {day}, before {named.label}, which is dated {issued}",
            (DATE,),
            help="a note follows its invoice: correct one of the two dates, or the invoice that it names",
            related=(named.place((DATE,)),),
        )


def _too_late(book: Book, entry: Entry, named: Entry, field: str) -> Iterator[Problem]:
    """Of a note that names no original, the one that it is applied to: GST is lowered for what it says it lowers."""
    day, issued = entry.typed.get(DATE), named.typed.get(DATE)
    if not isinstance(day, date) or not isinstance(issued, date) or issued < GST_START:
        return
    year = financial_year(issued)
    last = date(year + 1, *_CUT_OFF) if year < date.max.year else date.max
    if day > last and bears_gst(book, entry):
        other = "" if field in entry.fields else f"; or give the `{field}` that it belongs to, if it is a newer one"
        yield entry.problem(
            "C2",
            f"{entry.label} is dated {day}, but GST of the financial year {year_words(year)}, in which "
            f"{named.label} was issued, could be lowered up to {words(last)} only",
            (DATE,),
            help="it still settles between you and the customer, without GST: give its lines no tax, or keep it as it "
            f"was issued (CGST Act, section 34){other}",
            severity=Severity.WARNING,
            related=(named.place((DATE,)),),
        )


def _of_none(book: Book, entry: Entry, field: str) -> Iterator[Problem]:
    """A note without GST needs no original; and where it is applied, its entries say which invoices are meant."""
    settles = entry.kind.settles
    if settles is not None and entry.fields.get(settles.field):
        return
    if bears_gst(book, entry):
        yield entry.problem(
            "C3",
            f"{entry.label} lowers GST and names no {field}",
            help=f"give the `{field}` that it belongs to, which GST asks for (CGST Act, section 34; rule 53)",
            severity=Severity.WARNING,
        )


def _more_than_invoiced(book: Book, ref: Ref, notes: list[Entry]) -> Iterator[Problem]:
    """The notes of one invoice together against what it comes to: one problem, at the note that passes it.

    Both bounds must be passed, so that notes and invoice are compared with their taxes as named, and without any.
    A note may cover several invoices: those that it is applied to are counted besides the one that it names.
    """
    covered: dict[Ref, Entry] = {}
    room = limit = invoiced = low = high = applied = ZERO  # room and limit: the least and the most they come to
    for at, entry in enumerate(notes):
        mine = shares(entry)
        for target in dict.fromkeys((ref, *(share.target for share in mine))):
            owing = book.find(target) if target is not None else None
            its = book.worth(owing) if owing is not None else None
            if owing is None or its is None:
                return
            if owing.ref in covered:
                continue
            covered[owing.ref] = owing
            # What rounding explains of the invoice explains it at both bounds.
            rounding = add((its.limit, its.high.total.copy_negate()))
            room, limit = add((room, its.low.total, rounding)), add((limit, its.limit))
            invoiced = add((invoiced, its.high.total))
        worth = book.worth(entry)
        if worth is None:
            continue
        # What rounding explains of the note is in its favour.
        low = add((low, worth.low.total, worth.slack.copy_negate()))
        high = add((high, worth.high.total, worth.slack.copy_negate()))
        applied = add((applied, *(share.amount for share in mine)))
        if high > limit and low > room and entry.document is not None:  # what the state knows has been done
            if applied <= limit:  # else allocations-exceed-invoice says it
                # Where the name of a tax tells no rate, the most is no sum that anybody would recognise.
                sum = plain(high) if high <= low + low else f"at least {plain(low)}"
                yield _more(entry, notes[:at], list(covered.values()), sum, invoiced)
            return


def _more(entry: Entry, before: list[Entry], covered: list[Entry], sum: str, invoiced: Decimal) -> Problem:
    several = len(covered) > 1
    owing = f"the {len(covered)} documents that are named or settled" if several else covered[0].label
    notes = f"the {len(before) + 1} notes up to {entry.label} come" if before else f"{entry.label} comes"
    return entry.problem(
        "C1",
        f"{notes} to {sum}, more than {owing}, which come{'' if several else 's'} to {plain(invoiced)}",
        (entry.kind.line_field,),
        help="a note gives back at most what was invoiced: correct its lines, or the invoice that it names",
        severity=Severity.WARNING,
        of_key=True,
        related=(*(one.place() for one in covered[:_MOST_NAMED]), *(one.place() for one in before[:_MOST_NAMED])),
    )
