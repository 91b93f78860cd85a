"""Documents that are referred to by what names them, and not by their key: a customer by name, an item by its SKU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from importer import schema
from importer.checks.book import Book, Entry, normal
from importer.checks.shape import shown
from importer.kinds import KINDS

_MOST_SHOWN: Final = 5  # keys that are offered


class Named:
    """The documents of one kind by name, number or code: the first field of each natural key (kinds.py)."""

    def __init__(self, book: Book, kind: str) -> None:
        self._kind = KINDS[kind]
        self._found: dict[tuple[str, str], list[Entry]] = {}
        self._fields = tuple(dict.fromkeys(key.fields[0] for key in self._kind.natural_keys))
        for entry in self._entries(book):
            for field in self._fields:
                value = entry.fields.get(field)
                if isinstance(value, str) and value.strip():
                    self._found.setdefault((field, _folded(value)), []).append(entry)

    def _entries(self, book: Book) -> Iterator[Entry]:
        yield from (entry for entry in book.unique if entry.ref.kind == self._kind.name and entry.ref.key)
        yield from book.remembered((self._kind.name,))

    def advice(self, text: str) -> str:
        """What to write where ``text`` is no key but names documents; "" where it names none."""
        for field in self._fields:
            found = self._found.get((field, _folded(text)), [])
            if found:
                same = [entry for entry in found if normal(str(entry.fields[field])) == normal(text)]
                return self._advice(text, field, [entry.ref.key for entry in same or found])
        return ""

    def _advice(self, text: str, field: str, keys: list[str]) -> str:
        named = f"{shown(text)} is the {_words(self._kind.name, field)} of"
        if len(keys) == 1:
            return f"{named} the {self._kind.label} {keys[0]}: write {shown(keys[0])}"
        some = ", ".join(shown(key) for key in keys[:_MOST_SHOWN])
        more = f" and {len(keys) - _MOST_SHOWN} more" if len(keys) > _MOST_SHOWN else ""
        several = f"{len(keys)} {self._kind.name.replace('_', ' ')}"
        return f"{named} {several}: write the key of the one that is meant, among {some}{more}"


def _folded(text: str) -> str:
    return " ".join(normal(text).casefold().split())


def _words(kind: str, field: str) -> str:
    """The title of the field in a sentence: name, invoice number, GSTIN."""
    title = schema.fields(kind)[(field,)].title
    return title if title.isupper() else title[:1].lower() + title[1:]
