"""The documents of one run of the checks, each typed once and priced once, and what the state remembers of others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal

from importer import kinds, schema
from importer.checks.rates import OfflineRates, Rates
from importer.checks.shape import Shape, shape
from importer.checks.worth import RATE, RAW, ROUND_OFF, TAX, Worth, worth
from importer.kinds import Kind
from importer.manifest.levels import as_key
from importer.manifest.typed import TypedFields
from importer.model import Document, Manifest, Path, Place, Problem, Ref, Severity, Tree, Typed

Said = Mapping[Ref, Mapping[str, Any]]
_PRICE: Final = (RATE, TAX, TAX + RAW)
NOTHING_SAID: Final[Said] = MappingProxyType({})


def normal(key: str) -> str:
    """A key as keys are compared: in NFC, without blanks around it (design, section 3)."""
    return as_key(key)


class Entry:
    """One document: as text, typed as far as it can be, and with its place where it stands in a file."""

    __slots__ = ("document", "fields", "kind", "ref", "shape", "worth")

    def __init__(self, ref: Ref, fields: dict[str, Tree], document: Document | None) -> None:
        self.ref = ref
        self.kind: Kind = kinds.KINDS[ref.kind]
        self.shape: Shape = shape(ref.kind)
        self.fields = fields
        self.document = document  # None for one that only the state remembers
        self.worth: Worth | Literal[False] | None = False  # kept by the book; False before it was asked

    @property
    def label(self) -> str:
        """How messages name it: ``the credit note CN-1``. Of what no file holds they say where it is known from."""
        label = f"the {self.kind.label} {self.ref.key}".rstrip()
        return label if self.document is not None else f"{label} (in the state)"

    @property
    def typed(self) -> TypedFields:
        """Every field that has the form its schema wants; the others have been reported where that was checked."""
        return TypedFields(self.kind.name, self.fields)

    def readable(self, *names: str) -> bool:
        """Whether each of the top-level fields is either not given or well formed."""
        typed = self.typed
        return all(name in typed for name in names if name in self.fields)

    def text(self, name: str) -> str | None:
        """A top-level field as it was written, else the kind's default; None where it is not given, or no text."""
        value = self.fields.get(name, self.kind.defaults.get(name))
        return value if isinstance(value, str) else None

    def named(self, name: str, within: Mapping[str, Tree] | None = None) -> tuple[str, str] | None:
        """Whom the reference ``name`` or its raw form names: ``("customer", key)`` or ``("customer_id", id)``."""
        fields = self.fields if within is None else within
        for form in (name, name + RAW):
            value = fields.get(form)
            if isinstance(value, str):
                return form, normal(value)
        return None

    def reference(self) -> str | None:
        """The reference number it is sent with: its own, else the key; None for a kind without, or an empty key."""
        if not self.kind.reference_field:
            return None
        return self.text(self.kind.reference_field) or self.ref.key or None

    def place(self, path: Path = (), *, of_key: bool = False) -> Place | None:
        return self.document.place(path, of_key=of_key) if self.document else None

    def problem(
        self,
        code: str,
        message: str,
        path: Path = (),
        *,
        help: str = "",
        severity: Severity = Severity.ERROR,
        of_key: bool = False,
        related: tuple[Place | None, ...] = (),
    ) -> Problem:
        """A problem at ``path`` of this document; at the field's name with ``of_key``."""
        return Problem(
            code=code,
            message=message,
            place=self.place(path, of_key=of_key),
            help=help,
            severity=severity,
            pointer=self.document.pointer(path) if self.document else "",
            related=tuple(place for place in related if place is not None),
            about=self.ref,
        )


class Book:
    """The manifest and the memory of the state, looked up by reference. Nothing is typed before it is asked for."""

    def __init__(self, manifest: Manifest, said: Said = NOTHING_SAID, rates: Rates | None = None) -> None:
        self.entries = tuple(
            Entry(document.ref, document.fields, document)
            for document in manifest.documents
            if document.kind in kinds.KINDS
        )
        self.said = said
        self.problems = manifest.problems  # of reading
        self._rates = rates or OfflineRates()
        self._by_ref: dict[Ref, Entry] = {}
        for entry in self.entries:
            if entry.ref.key:
                self._by_ref.setdefault(entry.ref, entry)
        self._remembered: dict[Ref, Entry] = {}
        self._prices: dict[Ref, Mapping[str, Typed] | None] = {}

    @cached_property
    def unique(self) -> tuple[Entry, ...]:
        """The entries without later ones of a key that was there before (reported where the files were read)."""
        return tuple(entry for entry in self.entries if self._by_ref.get(entry.ref, entry) is entry)

    @cached_property
    def _only_remembered(self) -> tuple[Ref, ...]:
        """What the state knows and the manifest does not hold."""
        return tuple(ref for ref in self.said if ref not in self._by_ref)

    def find(self, ref: Ref) -> Entry | None:
        """The document, from the manifest before the state."""
        here = self._by_ref.get(ref)
        if here is not None or ref.kind not in kinds.KINDS:
            return here
        if ref not in self._remembered:
            if ref not in self.said:
                return None
            self._remembered[ref] = Entry(ref, _as_written(self.said[ref]), None)
        return self._remembered[ref]

    def keys(self, kind: str) -> Iterator[str]:
        """Every key of a kind, in the manifest and in the state."""
        yield from (ref.key for ref in self._by_ref if ref.kind == kind)
        yield from (ref.key for ref in self._only_remembered if ref.kind == kind)

    def remembered(self, names: Collection[str]) -> Iterator[Entry]:
        """The documents of these kinds that only the state knows."""
        for ref in self._only_remembered:
            entry = self.find(ref) if ref.kind in names else None
            if entry is not None:
                yield entry

    def remembered_by(self, field: str, kind: str, normal_form: Callable[[str], str]) -> dict[str, list[Ref]]:
        """Of the documents of ``kind`` that only the state knows, those with each text in ``field``.

        Nothing is typed or copied for it: a state may hold ten years, and a manifest a month.
        """
        found: dict[str, list[Ref]] = {}
        for ref in self._only_remembered:
            text = self.said[ref].get(field) if ref.kind == kind else None
            if isinstance(text, str):
                found.setdefault(normal_form(text), []).append(ref)
        return found

    def worth(self, entry: Entry) -> Worth | None:
        """What the document comes to; None where it cannot be told."""
        if entry.worth is False:
            entry.worth = self._worth(entry)
        return entry.worth

    def _worth(self, entry: Entry) -> Worth | None:
        kind = entry.kind
        if entry.document is not None and not entry.document.sound:
            return None  # what could not be read may be a line
        doubtful = (path[0] for path in entry.shape.doubtful_amounts)
        if not entry.readable(kind.amount_field, kind.line_field, ROUND_OFF, *doubtful):
            return None
        items = schema.fields(kind.name).get((kind.line_field, kind.item_field))
        to = items.ref if items is not None else None

        def item_of(key: str) -> Mapping[str, Typed] | None:
            return self._priced(Ref(to, normal(key))) if to else None

        return worth(kind, entry.typed, item_of, self._rates)

    def _priced(self, ref: Ref) -> Mapping[str, Typed] | None:
        """Rate and tax of an item, which many lines ask for; None where it is not known, or they cannot be read."""
        if ref not in self._prices:
            item = self.find(ref)
            known = item is not None and item.readable(*_PRICE)
            self._prices[ref] = dict(_given(item, _PRICE)) if item is not None and known else None
        return self._prices[ref]


def _given(entry: Entry, names: Iterable[str]) -> Iterator[tuple[str, Typed]]:
    return ((name, entry.typed[name]) for name in names if name in entry.fields)


def _as_written(said: Mapping[str, Any]) -> dict[str, Tree]:
    """What a receipt remembers, as text of a file would say it."""
    return {name: _text(value) for name, value in said.items() if value is not None}


def _text(value: Any) -> Tree:
    if isinstance(value, Mapping):
        return _as_written(value)
    if isinstance(value, list | tuple):
        return [_text(one) for one in value if one is not None]
    return str(value).lower() if isinstance(value, bool) else str(value)
