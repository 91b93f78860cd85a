"""What a note says it belongs to: the document that it lowers, named in the note's own header or in its list."""

from __future__ import annotations

from functools import cache

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shape
from importer.checks.worth import RAW
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


def meant(book: Book, entry: Entry) -> Entry | None:
    """The original that a note names, else the one document that its list settles, where it is the only one there.

    A list may settle newer documents with an old credit (GST rules, section 7): what is concluded from it warns only.
    """
    field = link_field(entry.ref.kind)
    if not field or field in entry.fields or field + RAW in entry.fields:
        return original(book, entry)
    settles = entry.kind.settles
    listed = entry.fields.get(settles.field) if settles else None
    if settles is None or not isinstance(listed, list):
        return None
    named = (one.get(settles.target_field) if isinstance(one, dict) else None for one in listed)
    keys = {normal(key) if isinstance(key, str) else None for key in named}
    key = next(iter(keys)) if len(keys) == 1 else None
    return book.find(Ref(settles.target, key)) if key is not None else None
