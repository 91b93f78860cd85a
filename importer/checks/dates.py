"""Dates that contradict each other, or the calendar on the wall (GST rules, section 12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from importer.checks.book import Book, Entry, normal
from importer.checks.duplicates import DATE
from importer.model import Problem, Ref, Severity

_ELSEWHERE: Final = "was this year or month mistyped?"


def problems(book: Book, today: date | None = None) -> Iterator[Problem]:
    """D2: dated after ``today``, due before it is issued, paid before it is invoiced. Without it nothing is to come."""
    for entry in book.entries:
        day = entry.typed.get(DATE)
        if not isinstance(day, date):
            continue
        if today is not None and day > today:
            yield _to_come(entry, day, today)
        if entry.kind.follows:
            yield from _out_of_order(entry)
        if entry.kind.amount_field:
            yield from _paid_early(book, entry, day)


def _to_come(entry: Entry, day: date, today: date) -> Problem:
    return entry.problem(
        "D2",
        f"{entry.label} is dated {day}, and today is {today}",
        (DATE,),
        help=_ELSEWHERE,
        severity=Severity.WARNING,
    )


def _out_of_order(entry: Entry) -> Iterator[Problem]:
    """A date that the books would make of another lies before that other."""
    for later, earlier in entry.kind.follows.items():
        end, start = entry.typed.get(later), entry.typed.get(earlier)
        if isinstance(end, date) and isinstance(start, date) and end < start:
            yield entry.problem(
                "D2",
                f"the {later.replace('_', ' ')} of {entry.label} is {end}, before its {earlier}, {start}",
                (later,),
                help=f"give a {later.replace('_', ' ')} that is not before {start}, or correct the {earlier}",
                severity=Severity.WARNING,
                related=(entry.place((earlier,)),),
            )


def _paid_early(book: Book, entry: Entry, day: date) -> Iterator[Problem]:
    """One for the payment, however many of its targets it comes before: it has one date."""
    settles, ahead = entry.kind.settles, entry.kind.ahead_if
    listed = entry.typed.get(settles.field) if settles else None
    if settles is None or not isinstance(listed, list):
        return
    if ahead is not None and entry.text(ahead[0]) == ahead[1]:
        return  # it says itself that it is paid before
    early: list[tuple[Entry, date]] = []
    for one in listed:
        key = one.get(settles.target_field) if isinstance(one, dict) else None
        target = book.find(Ref(settles.target, normal(key))) if isinstance(key, str) else None
        issued = target.typed.get(DATE) if target is not None else None
        if target is not None and isinstance(issued, date) and day < issued:
            early.append((target, issued))
    if early:
        target, issued = early[0]
        more = f", and before {len(early) - 1} more" if len(early) > 1 else ""
        yield entry.problem(
            "D2",
            f"{entry.label} is dated {day}, before {target.label} that it settles, which is dated {issued}{more}",
            (DATE,),
            help="right for an advance; otherwise one of the two dates is mistyped",
            severity=Severity.WARNING,
            related=(target.place((DATE,)),),
        )
