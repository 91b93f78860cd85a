"""Two documents that are the same one, and keys that cannot serve as the handle by which a lost one is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shown
from importer.model import Problem
from importer.money import plain

# References are kept to this length (fact sheet, section 25, item 30; design, section 3).
REFERENCE_LIMIT: Final = 100

DATE: Final = "date"


def problems(book: Book, found: Iterable[tuple[Entry, Entry]]) -> Iterator[Problem]:
    """key-too-long-for-reference, and duplicate-document for each of the ``found`` pairs."""
    for entry in book.entries:
        yield from _long_key(entry)
    for first, entry in found:
        yield _duplicate(book, first, entry)


def pairs(book: Book) -> Iterator[tuple[Entry, Entry]]:
    """Each document that has kind, party, date, total and reference of an earlier one, behind the first such.

    What nobody else has is only kept as its hash: 9 MB less for 39,800 documents, and few books have a pair.
    """
    seen: set[int] = set()
    again: set[int] = set()
    for entry in book.unique:
        if same := _identity(book, entry):
            own = hash(same)
            (again if own in seen else seen).add(own)
    firsts: dict[tuple[object, ...], Entry] = {}
    for entry in book.unique if again else ():
        same = _identity(book, entry)
        first = firsts.setdefault(same, entry) if same and hash(same) in again else entry
        if first is not entry:
            yield first, entry


def _identity(book: Book, entry: Entry) -> tuple[object, ...] | None:
    """None unless all of it can be told."""
    same = group(entry)
    worth = book.worth(entry) if same is not None else None
    return (*same, worth.low.total, worth.high.total) if same is not None and worth is not None else None


def group(entry: Entry) -> tuple[object, ...] | None:
    """What two documents have in common that may be one, but for their totals; None unless all of it can be told."""
    party = entry.named(entry.kind.party_field) if entry.kind.party_field else None
    day, reference = entry.typed.get(DATE), entry.reference()
    if party is None or not isinstance(day, date) or reference is None:
        return None
    flow = entry.text(entry.kind.incoming_if[0]) if entry.kind.incoming_if else None  # a refund may keep its reference
    return entry.ref.kind, flow, party, day, normal(reference)


def _duplicate(book: Book, first: Entry, entry: Entry) -> Problem:
    party, worth = entry.named(entry.kind.party_field), book.worth(entry)
    return entry.problem(
        "duplicate-document",
        f"{entry.label} and {first.label} have the same {entry.kind.party_field} {shown(party[1] if party else '')}, "
        f"date {entry.typed[DATE]}, total {plain(worth.high.total) if worth else ''} "
        f"and reference {shown(entry.reference() or '')}",
        help=f"remove one of them, or give each a `{entry.kind.reference_field}` of its own",
        related=(first.place(),),
    )


def _long_key(entry: Entry) -> Iterator[Problem]:
    field = entry.kind.reference_field
    if field and field not in entry.fields and len(entry.ref.key) > REFERENCE_LIMIT:
        yield entry.problem(
            "key-too-long-for-reference",
            f"the key of this {entry.kind.label} has {len(entry.ref.key)} characters, "
            f"and only {REFERENCE_LIMIT} fit into the {field} that it would be sent as",
            ("key",),
            help=f"give a `{field}` of at most {REFERENCE_LIMIT} characters, or a shorter key",
        )
