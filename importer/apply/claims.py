"""Which row of the books is whose, when several calls are under way that may each have brought it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from importer.delivery.compare import differences
from importer.delivery.natural import Match, Wanted, match
from importer.delivery.remote import text
from importer.delivery.rows import Rows
from importer.kinds import Kind
from importer.model import Ref

Row = Mapping[str, Any]


def share_out(
    kind: Kind,
    own: Sequence[Wanted],
    rivals: Sequence[Wanted],
    rows: Rows,
    claimed: Mapping[tuple[str, str], Ref],
    fresh: Callable[[Row], bool],
) -> dict[Ref, Match]:
    """What of ``rows``, all alive, the calls for ``own`` have brought, judged together with ``rivals`` under way too.

    A row belongs to the one document that it says exactly; else to the only one whose natural key it has. ``rows`` of
    a match is that one row, or empty. What may be the document's and may as well be another's stands in ``alike``:
    rows that several could claim; and mere likenesses, if they are ``fresh``, that is if the call may have brought
    them. Only with both empty is there nothing of the document.
    """
    everyone = [*own, *rivals]
    exact = _exact(kind, everyone, rows, claimed)
    taken = {**claimed, **{(kind.name, _id(kind, found.rows[0])): ref for ref, found in exact.items()}}
    others = {one.ref: match(kind, one, rows, taken) for one in everyone if one.ref not in exact}
    claims = Counter(_id(kind, row) for found in others.values() for row in found.rows)
    result = {}
    for one in own:
        found = exact.get(one.ref) or others[one.ref]
        if len(found.rows) > 1 or (one.ref in others and any(claims[_id(kind, row)] > 1 for row in found.rows)):
            found = replace(found, rows=(), alike=found.rows)
        elif not found.rows:
            found = replace(found, alike=tuple(row for row in found.alike if fresh(row)))
        result[one.ref] = found
    return result


def _exact(
    kind: Kind, everyone: Sequence[Wanted], rows: Rows, claimed: Mapping[tuple[str, str], Ref]
) -> dict[Ref, Match]:
    """The documents that exactly one row says, which says no other one of them."""
    says = {}
    for one in everyone:
        found = match(kind, one, rows, claimed)
        says[one.ref] = replace(found, rows=tuple(_saying(kind, one, found.rows)))
    holders = Counter(_id(kind, row) for found in says.values() for row in found.rows)
    return {
        ref: found for ref, found in says.items() if len(found.rows) == 1 and holders[_id(kind, found.rows[0])] == 1
    }


def _saying(kind: Kind, one: Wanted, rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if not differences(kind.name, one.values, row, one.expected))


def _id(kind: Kind, row: Row) -> str:
    return text(row.get(kind.id_field))
