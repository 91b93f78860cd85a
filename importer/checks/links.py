"""What a note says it belongs to: the document that it lowers, named in the note's own header."""

from __future__ import annotations

from functools import cache

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shape
from importer.kinds import KINDS
from importer.model import Ref


@cache
def link_field(kind: str) -> str:
    """The field that names the original of a note; "" for a kind without one.

    It refers to what the kind settles, and stands beside the list that settles: a payment has the list alone.
    """
    settles = KINDS[kind].settles
    refs = shape(kind).refs.items()
    return next((path[0] for path, to in refs if settles and len(path) == 1 and to == settles.target), "")


def original(book: Book, entry: Entry) -> Entry | None:
    """The document that the note names as its original; None where it names none that is known here."""
    field = link_field(entry.ref.kind)
    key = entry.fields.get(field) if field else None
    return book.find(Ref(entry.shape.refs[(field,)], normal(key))) if isinstance(key, str) else None
