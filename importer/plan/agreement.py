"""What a person agrees to when the books are taken as they are: what is remembered of a difference, what stays.

Design, section 5: ``state accept`` and ``state adopt``. Pure: the difference is found by ``importer.plan.found``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from importer.delivery.compare import MONEY, held_otherwise
from importer.kinds import KINDS, Kind, Settles
from importer.model import Change, Document, Receipt, Ref, StepId
from importer.money import ZERO, add
from importer.plan.allocations import held_entries
from importer.plan.entries import as_applied, entry_said
from importer.plan.found import edit_of
from importer.plan.managed import top
from importer.plan.said import digest, plain
from importer.plan.value import Entry
from importer.schema import fields


@dataclass(frozen=True, slots=True)
class Applied:
    """How what was applied of a document agrees with what the books have used of it."""

    known: tuple[Receipt, ...] = ()  # the receipts of its applications, as they are to be from now on
    changes: tuple[Change, ...] = ()  # in what those differ from the manifest
    found: tuple[tuple[str, Entry], ...] = ()  # in the books as well, with the part: together they are what is beyond
    # New in the manifest beside one that was edited or is gone: in place of it, and thus agreed not to be in the books.
    waived: tuple[tuple[str, Entry], ...] = ()
    unclear: bool = False  # what is new in the manifest may be in the books in part, or less is there than is known
    beyond: Decimal | None = ZERO  # used in the books, not known for what, in rupees; None: they do not say


def divided(kind: Kind, row: Mapping[str, Any], found: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """The differences of ``found`` that an update or a posting of ``row`` can mend, and those that nothing can."""
    mended: list[Change] = []
    kept: list[Change] = []
    money = [one for one in found if one.path == MONEY]
    for one in found:
        if one.path != MONEY:
            (kept if edit_of(kind, row, (one,)) is None else mended).append(one)
    # Lines that are sent anew bring their total with them.
    (mended if kind.line_field and any(top(one) == kind.line_field for one in mended) else kept).extend(money)
    return mended, kept


def left_out(kind: Kind, spoken: Mapping[str, Any], mended: Iterable[Change]) -> dict[str, Any]:
    """``spoken`` without the fields that ``mended`` lie in: not remembered, they are edits of the next plan."""
    table, names = fields(kind.name), {top(one) for one in mended}
    return {name: value for name, value in spoken.items() if (table[(name,)].sent_as or name) not in names}


def only_the_reference(kind: Kind, found: Sequence[Change]) -> bool:
    """Whether nothing but the reference number differs: what makes a likeness, and no more."""
    known = fields(kind.name).get((kind.reference_field,))
    return known is not None and [one.path for one in found] == [known.sent_as]


def deviations(
    kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any], found: Iterable[Change]
) -> dict[str, Any]:
    """What ``row`` of the books holds in the fields of ``found``, as ``Receipt.accepted`` keeps it."""
    names = {top(one) for one in found}
    result = held_otherwise(kind.name, {name: value for name, value in wanted.items() if name in names}, row)
    result.update({one.path: one.before for one in found if one.path in (kind.posts_if, MONEY)})
    if kind.settles is not None and kind.settles.field in names and kind.settles.in_body:
        result[kind.settles.field] = held_entries(kind, row) or []
    return result


def applied(
    document: Document | None,
    parts: Mapping[StepId, Receipt],
    used: Decimal | None,
    there: Collection[str],
    id_of: Callable[[Ref], str],
) -> Applied:
    """What becomes of the receipts ``parts`` of a document's applications when the books are right.

    ``used`` is how much of it the books say is applied, None where they do not say it. Without ``document`` no entry
    was edited. What the manifest has besides ``parts`` is in the books where it comes to just what they have used
    besides, and all of it goes to documents that are ``there``, by key.
    """
    settles = KINDS[document.kind].settles if document is not None else None
    entries = dict(as_applied(document, settles, parts, id_of)) if document is not None and settles is not None else {}
    known, found = list(parts.values()), list[Change]()
    if settles is not None:
        known = [_agreed(settles, one, entries.get(own.part)) for own, one in parts.items()]
        pairs = [(one, entries.get(one.part)) for one in known if one.accepted]
        found = [_change(settles, one, entry) for one, entry in pairs]
    taken = {own.part for own in parts}
    new = tuple((part, entry) for part, entry in entries.items() if part not in taken)
    if used is None:
        beyond_unknown = None if parts or entries else ZERO
        return Applied(tuple(known), tuple(found), beyond=beyond_unknown, unclear=bool(_possible(new, there)))
    beyond = add((used, add(map(amount_held, parts.values())).copy_negate()))
    possible = _possible(new, there)
    if new and len(possible) == len(new) and beyond == add(entry.amount for _, entry in new):
        return Applied(tuple(known), tuple(found), new)
    if found and settles is not None:
        found.extend(Change(f"{settles.field} {part}", "0", plain(entry.amount)) for part, entry in new)
        return Applied(tuple(known), tuple(found), waived=new, beyond=beyond)
    return Applied(tuple(known), tuple(found), beyond=beyond, unclear=beyond < 0 or (bool(possible) and beyond != 0))


def _possible(new: Sequence[tuple[str, Entry]], there: Collection[str]) -> list[Entry]:
    """What of ``new`` may be in the books already: nothing is applied to what is not there."""
    return [entry for _, entry in new if not entry.target_key or entry.target_key in there]


def _agreed(settles: Settles, part: Receipt, entry: Entry | None) -> Receipt:
    """The receipt of an application that the manifest now says as ``entry``, or no longer says at all."""
    held = amount_held(part)
    if entry is None:
        return replace(part, accepted={"amount": plain(held)})
    spoken = entry_said(settles, entry)
    accepted = {} if entry.amount == held else {"amount": plain(held)}
    return replace(part, said=spoken, digest=digest(spoken), accepted=accepted)


def _change(settles: Settles, part: Receipt, entry: Entry | None) -> Change:
    return Change(f"{settles.field} {part.part}", part.accepted["amount"], entry and plain(entry.amount))


def amount_held(part: Receipt) -> Decimal:
    """The amount with which the books hold an application."""
    return Decimal(part.accepted.get("amount", part.said["amount"]))
