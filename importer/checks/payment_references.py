"""The bank's reference of a payment: given once, and of the form that its way of paying has (GST rules, section 13).

A reference is free text in the books, so nothing here is an error. A key that serves as the reference where none is
given is the user's own word and has any form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shown
from importer.kinds import KINDS
from importer.model import Problem, Severity

MODE: Final = "mode"  # how it was paid (fact sheet, section 16)

_BY_HAND: Final = "CASH"  # no bank gives a reference
_BY_CHEQUE: Final = "CHEQUE"
# "Cash", "NEFT", "PO 17" and "Cash book 2025-26" stand on many payments; what a bank gives holds a word of six
# characters at least, five digits among them, and is no date.
_WORD: Final = re.compile(r"[0-9A-Z]+")
_GAP: Final = re.compile(r"(?<=[0-9]{3}) (?=[0-9]{3})")  # 4261 1234 5678
_LONG: Final = re.compile(r"(?=[0-9A-Z]{6})(?:[A-Z]*[0-9]){5}")
_YEAR: Final = "(?:(?:19|20)[0-9]{2})"
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_A_DAY: Final = re.compile(
    rf"{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}"
    r"|[0-9]{0,2}(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}[0-9]{2,4}"
)
_SHORT: Final = re.compile(r"[0-9]{1,6}")  # of a cheque: two customers may well have the same
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
    groups: dict[tuple[str, bool], list[Entry]] = {}  # by what is compared of a reference, and whether it is short
    for entry in book.unique:
        field = entry.kind.reference_field
        if field in entry.fields and _is_paid(entry):
            yield from _form(entry, field)
        given = group(entry)
        if given is not None:
            groups.setdefault(given, []).append(entry)
    sent = _sent(book, groups)
    for (reference, short), entries in groups.items():
        alike = [*sent.get((reference, short), ()), *entries]
        if len(alike) > 1:
            yield from _used_before(alike, short, told)


def _sent(book: Book, groups: Collection[tuple[str, bool]]) -> dict[tuple[str, bool], list[Entry]]:
    """The payments that only the state knows, of the references that stand in the manifest as well."""
    sent: dict[tuple[str, bool], list[Entry]] = {}
    kinds = [kind.name for kind in KINDS.values() if kind.reference_field and kind.amount_field and groups]
    for entry in book.remembered(kinds):
        given = group(entry)
        if given is not None and given in groups:
            sent.setdefault(given, []).append(entry)
    return sent


def _is_paid(entry: Entry) -> bool:
    return bool(entry.kind.reference_field and entry.kind.amount_field)


def group(entry: Entry) -> tuple[str, bool] | None:
    """What two payments with one reference have in common; None where it may stand on many."""
    reference = entry.reference() if _is_paid(entry) else None
    return _given_by_a_bank(entry.text(MODE) or "", reference.strip().upper()) if reference is not None else None


def _given_by_a_bank(mode: str, reference: str) -> tuple[str, bool] | None:
    """What is compared of a reference in capitals, and whether it is the short number of a cheque; None for nothing."""
    if mode == _BY_HAND or len(reference) > _LONGEST:
        return None
    words = _WORD.findall(_GAP.sub("", reference))
    if any(_LONG.match(word) and not _SHORT.fullmatch(word) and not _A_DAY.fullmatch(word) for word in words):
        return reference, False
    numbers = [word for word in words if _SHORT.fullmatch(word)]
    if len(numbers) == 1 and (mode == _BY_CHEQUE or len(numbers[0]) == _CHEQUE_DIGITS):
        return numbers[0].zfill(_CHEQUE_DIGITS), True  # a spreadsheet drops zeros in front
    return None


def _used_before(entries: list[Entry], short: bool, told: set[tuple[Entry, Entry]]) -> Iterator[Problem]:
    """The same on two payments of one amount, or of two contacts. One transfer may well be entered in several parts.

    The short number of a cheque says something of one contact and one amount only.
    """
    firsts: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        kind = entry.kind
        direction = entry.text(kind.incoming_if[0]) if kind.incoming_if else None  # a refund may keep it
        party, amount = entry.named(kind.party_field), entry.typed.get(kind.amount_field)
        alike = (kind.name, direction, amount, party if short else None)
        of_amount = firsts.setdefault(alike, entry) if amount is not None else entry
        named_by = party[0] if party is not None else None  # one by key and one by id may well be the same
        of_any = firsts.setdefault((kind.name, direction, named_by), entry)
        if of_amount is not entry:
            first, words = of_amount, "the same amount"
        elif not short and of_any.named(kind.party_field) != party:
            first, words = of_any, "are of different contacts"
        else:
            continue
        if (first, entry) not in told and entry.document is not None:  # what the state knows has been done
            yield _repeated(entry, first, words)


def _repeated(entry: Entry, first: Entry, words: str) -> Problem:
    field = entry.kind.reference_field
    own, its = (normal(one.reference() or "") for one in (entry, first))
    same = f"the same reference {shown(own)}"
    if own.upper() != its.upper():
        same = f"the references {shown(own)} and {shown(its)}, which are one number of a cheque,"
    return entry.problem(
        "R3",
        f"{entry.label} and {first.label} have {same} and {words}",
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
    if mode == _BY_CHEQUE and 0 < digits < _CHEQUE_DIGITS:
        help = f"the number of a cheque has {_CHEQUE_DIGITS} digits; a spreadsheet drops zeros in front"
        return f"has {digits} digit{'s' if digits > 1 else ''}", help, Severity.INFO
    return None
