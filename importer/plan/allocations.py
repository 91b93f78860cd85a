"""The list of a document that travels in its create body, such as a payment's allocations: what the books hold of it.

Entries are told apart by target and amount; their order means nothing. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from importer.delivery.remote import amount, answered, text
from importer.kinds import KINDS, Kind, Settles
from importer.model import Document, Receipt
from importer.money import add
from importer.plan.said import plain
from importer.schema import Field, fields

AMOUNT = "amount"  # of an entry (fact sheet, section 16)


def added(
    document: Document, receipt: Receipt, now: Sequence[Any], wanted_of: Callable[[], Mapping[str, Any]]
) -> tuple[int, ...] | None:
    """The positions in the list ``now`` of what the books do not hold yet; None where it is more than an addition.

    ``wanted_of`` gives the create body of ``document``, whose list ``now`` is in canonical form. The books hold what
    the receipt says, or what it says they were accepted to hold.
    """
    settles = KINDS[document.kind].settles
    if settles is None:
        return None
    found = _beyond(receipt.said.get(settles.field, []), now)
    held = accepted_entries(receipt)
    if held is not None and found is not None:
        found = _lacking(document, settles, found, wanted_of(), held)
    elif held is not None and now:  # an empty list says no more than none does
        corrected = entries_held(document, wanted_of(), {_list(document.kind, settles).answers[0]: held})
        # The manifest says all that the books hold. What it said before, and they do not hold, was agreed to.
        if corrected is not None:
            said_before = Counter(map(_hashable, receipt.said.get(settles.field, [])))
            found = tuple(corrected[at] for at in _not_among(said_before, [_hashable(now[one]) for one in corrected]))
    return found if found is not None and _addable(document, settles, found) else None


def _beyond(before: Sequence[Any], now: Sequence[Any]) -> tuple[int, ...] | None:
    """The positions in ``now`` of what ``before`` does not hold; None where something of ``before`` is gone."""
    left = Counter(map(_hashable, before))
    found = _not_among(left, [_hashable(entry) for entry in now])
    return None if left.total() else found


def _hashable(entry: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), str(value)) for name, value in entry.items()))


def _not_among(left: Counter[Any], entries: Sequence[Any]) -> tuple[int, ...]:
    """The positions of those of ``entries`` that ``left`` does not have; takes the others away from it."""
    found = []
    for position, one in enumerate(entries):
        if left[one] > 0:
            left[one] -= 1
        else:
            found.append(position)
    return tuple(found)


def _lacking(
    document: Document, settles: Settles, found: Sequence[int], wanted: Mapping[str, Any], held: Sequence[Any]
) -> tuple[int, ...]:
    """Those of the positions ``found`` whose entries are not among what somebody else has put into the books."""
    names = _names(document.kind, settles)
    entries = [_entry(names, one) for one in wanted.get(_list(document.kind, settles).sent_as or settles.field, [])]
    left = Counter(_entry(names, one) for one in held)
    _not_among(left, [one for position, one in enumerate(entries) if position not in found])
    lacking = _not_among(left, [entries[position] for position in found])
    return tuple(found[at] for at in lacking)


def entries_held(document: Document, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The positions in the document's list that the books do not hold; None where that cannot be mended by adding.

    For a list that travels in the create body, ``wanted`` being that body. An answer without the list holds nothing
    that could be told: then all of it counts as held.
    """
    settles = KINDS[document.kind].settles
    if settles is None or not settles.in_body:
        return ()
    known = _list(document.kind, settles)
    rows = answered(row, known)
    if not isinstance(rows, list):
        return ()
    names = _names(document.kind, settles)
    left = Counter(_entry(names, one) for one in rows)
    later = _not_among(left, [_entry(names, one) for one in wanted.get(known.sent_as or settles.field, [])])
    return later if not left.total() and _addable(document, settles, later) else None


def _list(kind: str, settles: Settles) -> Field:
    return fields(kind)[(settles.field,)]


def _names(kind: str, settles: Settles) -> frozenset[str]:
    """The names, in the create body, by which an entry says what it settles."""
    table = fields(kind).items()
    return frozenset(
        one.sent_as for path, one in table if path[:-1] == (settles.field,) and one.type == "text" and one.sent_as
    )


def _entry(names: Collection[str], entry: Mapping[str, Any]) -> tuple[object, ...]:
    """What an entry of the books, or of a create body, is known by: its target and its amount."""
    given = sorted((name, text(value)) for name, value in entry.items() if name in names and text(value))
    return (*given, amount(entry.get(AMOUNT)))


def _addable(document: Document, settles: Settles, later: Sequence[int]) -> bool:
    """Whether the entries at ``later`` settle what the call for later entries can settle."""
    rows = document.fields.get(settles.field)
    return not later or (
        isinstance(rows, list)
        and all(
            isinstance(rows[at], dict) and (settles.target_field in rows[at] or settles.target_id_field in rows[at])
            for at in later
        )
    )


# What was accepted to be in the books, otherwise than the manifest says.


def held_entries(kind: Kind, row: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """The list as ``row`` of the books has it, in the form of the create body; None where it does not say."""
    settles = kind.settles
    rows = None if settles is None else answered(row, _list(kind.name, settles))
    if settles is None or not isinstance(rows, list):
        return None
    names = sorted(_names(kind.name, settles))
    return [
        {**{name: text(one[name]) for name in names if text(one.get(name))}, AMOUNT: _plain(one.get(AMOUNT))}
        for one in rows
    ]


def _plain(value: Any) -> str:
    found = amount(value)
    return text(value) if found is None else plain(found)


def accepted_entries(receipt: Receipt) -> list[dict[str, str]] | None:
    """What the books were accepted to hold of the list; None where they hold what the receipt says."""
    settles = KINDS[receipt.kind].settles
    if settles is None or not settles.in_body:
        return None
    found = receipt.accepted.get(_list(receipt.kind, settles).sent_as or settles.field)
    return found if isinstance(found, list) else None


def used_by(receipt: Receipt) -> Decimal:
    """How much of the document the state remembers as applied by its list, in rupees."""
    settles = KINDS[receipt.kind].settles
    held: Iterable[Mapping[str, Any]] | None = accepted_entries(receipt)
    if held is None:
        held = receipt.said.get(settles.field, ()) if settles is not None else ()
    return add(Decimal(one[AMOUNT]) for one in held)


def with_entry(receipt: Receipt, sent: Mapping[str, str]) -> dict[str, Any]:
    """What ``receipt`` accepts once an entry, in the form of the create body, is in the books as well."""
    settles, held = KINDS[receipt.kind].settles, accepted_entries(receipt)
    if settles is None or held is None:
        return receipt.accepted
    return {**receipt.accepted, _list(receipt.kind, settles).sent_as or settles.field: [*held, dict(sent)]}
