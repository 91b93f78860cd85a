"""The bank's reference of a payment: given once, and of the form that its way of paying has (GST rules, section 13).

A reference is free text in the books, so nothing here is an error. A key that serves as the reference where none is
given is the user's own word and has any form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shown
from importer.model import Problem, Severity

MODE: Final = "mode"  # how it was paid (fact sheet, section 16)

# "Cash", "NEFT" and "PO 17" stand on many payments; what a bank gives has six characters at least, digits among them.
_FEWEST: Final = 6
_SOME_DIGITS: Final = re.compile(r"(?:[^0-9]*[0-9]){4}")
_SHORT_NUMBER: Final = re.compile(r"[0-9]{1,6}")  # a cheque: two customers may well have the same
_CUT_NUMBER: Final = re.compile(r"[1-9][0-9]{14}0{2,}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z][A-Za-z0-9.-]*")
_DIGITS: Final = re.compile(r"[0-9]+")
_UPI_DIGITS: Final = 12  # the RRN, which banks print as "UTR"
_CHEQUE_DIGITS: Final = 6
_KEPT: Final = 15  # digits that a spreadsheet keeps of a number
_LONGEST: Final = 100  # the schema's own limit: what is longer has been reported


def problems(book: Book, duplicates: Iterable[tuple[Entry, Entry]] = ()) -> Iterator[Problem]:
    """R3. Pairs known as ``duplicates`` are left out."""
    told = set(duplicates)
    groups: dict[str, list[Entry]] = {}  # by reference in upper case
    for entry in book.unique:
        field = entry.kind.reference_field
        if not field or not entry.kind.amount_field:
            continue
        if field in entry.fields:
            yield from _form(entry, field)
        reference = entry.reference()
        if reference is not None:
            groups.setdefault(reference.strip().upper(), []).append(entry)
    for reference, entries in groups.items():
        if len(entries) > 1 and _tells(reference):
            yield from _used_before(entries, reference, told)


def _tells(reference: str) -> bool:
    return len(reference) >= _FEWEST and _SOME_DIGITS.match(reference) is not None


def _used_before(entries: list[Entry], reference: str, told: set[tuple[Entry, Entry]]) -> Iterator[Problem]:
    """The same on two payments of one amount, or of two contacts. One transfer may well be entered in several parts."""
    firsts: dict[tuple[object, ...], Entry] = {}
    short = _SHORT_NUMBER.fullmatch(reference) is not None
    for entry in entries:
        kind = entry.kind
        direction = entry.text(kind.incoming_if[0]) if kind.incoming_if else None  # a refund may keep it
        party, amount = entry.named(kind.party_field), entry.typed.get(kind.amount_field)
        of_amount = firsts.setdefault((kind.name, direction, amount), entry) if amount is not None else entry
        of_any = firsts.setdefault((kind.name, direction), entry)
        if of_amount is not entry:
            first, words = of_amount, "the same amount"
        elif not short and of_any.named(kind.party_field) != party:
            first, words = of_any, "are of different contacts"
        else:
            continue
        if (first, entry) not in told:
            yield _repeated(entry, first, words)


def _repeated(entry: Entry, first: Entry, words: str) -> Problem:
    field = entry.kind.reference_field
    return entry.problem(
        "R3",
        f"{entry.label} and {first.label} have the same reference {shown(entry.reference() or '')} and {words}",
        (field,) if field in entry.fields else ("key",),
        help="a bank gives a reference once: one of the two may be entered twice, or have another's reference",
        severity=Severity.WARNING,
        related=(first.place((field,) if field in first.fields else ("key",)),),
    )


def _form(entry: Entry, field: str) -> Iterator[Problem]:
    given = entry.text(field)
    words = _fault(entry.text(MODE) or "", normal(given)) if given is not None else None
    if given is not None and words is not None:
        what, help, severity = words
        message = f"the reference {shown(normal(given))} of {entry.label} {what}"
        yield entry.problem("R3", message, (field,), help=help, severity=severity)


def _fault(mode: str, reference: str) -> tuple[str, str, Severity] | None:
    """What is odd about it, and what would be right; None for nothing."""
    if len(reference) > _LONGEST:
        return None
    if _CUT_NUMBER.fullmatch(reference):
        help = "a spreadsheet keeps 15 digits of a number and fills up with zeros: copy it from the bank as text"
        return f"ends in zeros after {_KEPT} digits", help, Severity.WARNING
    if mode == "UPI" and _ADDRESS.fullmatch(reference):
        return "is a UPI address", "give the number of the transaction, 12 digits as banks print it", Severity.INFO
    digits = len(reference) if _DIGITS.fullmatch(reference) else 0
    if mode == "UPI" and digits and digits != _UPI_DIGITS:
        help = f"a number that banks give a UPI payment has {_UPI_DIGITS} digits"
        return f"has {digits} digit{'s' if digits > 1 else ''}", help, Severity.INFO
    if mode == "CHEQUE" and 0 < digits < _CHEQUE_DIGITS:
        help = f"the number of a cheque has {_CHEQUE_DIGITS} digits; a spreadsheet drops zeros in front"
        return f"has {digits} digit{'s' if digits > 1 else ''}", help, Severity.INFO
    return None
