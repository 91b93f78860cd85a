"""A document as the API's create body, or as much of it as can be said already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from importer.kinds import KINDS, LOOKUPS
from importer.manifest.typed import typed
from importer.model import Document, Ref, Typed
from importer.plan.names import Names
from importer.schema import Field, fields


class Unbound(LookupError):
    """A reference or a name has no id yet. Carries what is missing."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


@dataclass(slots=True)
class Bindings:
    """What references and names stand for in this org. ``ids`` grows while documents are created."""

    ids: dict[Ref, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def reference(self, kind: str, key: str) -> str:
        """The remote id of a document. Raises Unbound."""
        found = self.ids.get(Ref(kind, key))
        if found is None:
            raise Unbound(f"{kind}/{key}")
        return found

    def name(self, lookup: str, name: str) -> str:
        """The id of something of the org. Raises Unbound for none or several."""
        found = self.names.ids(LOOKUPS[lookup], name)
        if len(found) != 1:
            raise Unbound(f"{LOOKUPS[lookup].label} {name!r}")
        return found[0]


def body(document: Document, bindings: Bindings, *, partial: bool = False) -> dict[str, Any]:
    """The create body of ``document``: Decimal for amounts, ids for references and names.

    What has no id yet raises Unbound, or is left out of a ``partial`` body.
    """
    kind = KINDS[document.kind]
    table = fields(document.kind)
    result = _object(table, typed(document.kind, document.fields), (), _Binder(bindings, partial))
    for name, value in kind.defaults.items():
        result.setdefault(table[(name,)].sent_as or name, value)
    if kind.reference_field:
        result.setdefault(kind.reference_field, document.key)
    if kind.sole_lookup:
        sole = table[(kind.sole_lookup,)]
        only = bindings.names.all_ids(LOOKUPS[sole.lookup]) if sole.lookup else ()
        if len(only) == 1 and sole.sent_as:
            result.setdefault(sole.sent_as, only[0])
    return result


def remembered_body(kind: str, said: Mapping[str, Any], bindings: Bindings) -> dict[str, Any]:
    """What a receipt remembers, as the create body that was sent then; what has no id any more is left out."""
    return _object(fields(kind), typed(kind, as_written(said)), (), _Binder(bindings, partial=True))


def as_written(value: Any) -> Any:
    """A canonical form as a file would say it: everything is text."""
    if isinstance(value, Mapping):
        return {name: as_written(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_written(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class _Binder:
    bindings: Bindings
    partial: bool


def _object(
    table: Mapping[tuple[str, ...], Field], node: Mapping[str, Typed], above: tuple[str, ...], binder: _Binder
) -> dict[str, Any]:
    result = {}
    for name, value in node.items():
        known = table[(*above, name)]
        if known.sent_as is None:
            continue
        try:
            result[known.sent_as] = _value(table, known, value, binder)
        except Unbound:
            if not binder.partial:
                raise
    return result


def _value(table: Mapping[tuple[str, ...], Field], known: Field, value: Typed, binder: _Binder) -> Any:
    if isinstance(value, dict):
        return _object(table, value, known.path, binder)
    if isinstance(value, list):
        return [_value(table, known, inner, binder) for inner in value]
    if known.ref is not None:
        return binder.bindings.reference(known.ref, str(value))
    if known.lookup is not None:
        return binder.bindings.name(known.lookup, str(value))
    if isinstance(value, date):
        # The body table of invoices types the date as a datetime, other examples show plain dates (fact sheet, 23.8).
        return value.isoformat() + ("T00:00:00" if known.wire == "datetime" else "")
    return value
