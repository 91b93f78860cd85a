"""Taking the books as they are: ``state adopt`` for what is not known yet, ``state accept`` for what is. Only reads.

Design, section 5. What comes of it is a value; whoever asked for it writes it into the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from importer.apply.asking import Desk, ask, read, stand_in, unbound
from importer.apply.barred import (
    check_alive,
    check_clear,
    check_free,
    check_settled,
    check_whole,
    known_receipt,
    not_alike,
)
from importer.apply.context import iso, number_of, spoken, total_of
from importer.delivery.natural import dead
from importer.delivery.remote import text
from importer.kinds import KINDS, Kind
from importer.model import Change, Document, Receipt, Ref, StepId
from importer.money import add
from importer.plan.agreement import Applied, amount_held, applied, deviations, divided, left_out, only_the_reference
from importer.plan.allocations import held_entries
from importer.plan.applications import used_of
from importer.plan.body import Bindings, body, remembered_body
from importer.plan.edits import is_draft
from importer.plan.entries import WAIVED, entry_said, later_entries
from importer.plan.found import compared
from importer.plan.said import digest, plain, said
from importer.plan.value import Entry
from importer.plan.ways_out import command

# What a reference stands for that leads to nothing in the books: no document has it.
NOWHERE: Final = "(not in the books)"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The receipts to be put, that of the document first, and what a person should hear of them."""

    receipts: tuple[Receipt, ...]
    accepted: tuple[Change, ...] = ()  # before: what the books hold, and go on holding; after: what the manifest says
    open: tuple[Change, ...] = ()  # the same of what the next plan shows as an update
    notes: tuple[str, ...] = ()

    @property
    def document(self) -> Receipt:
        return self.receipts[0]


async def adopt(desk: Desk, document: Document, remote_id: str, *, accept_differences: bool = False) -> Agreed:
    """Know ``document`` from now on as ``remote_id`` of the books.

    What an update can mend, and what a payment lacks, is left for the next plan to show. Raises Refused: key-taken,
    not-in-books, no-entry, and not-alike for a difference that stays, unless it is the reference number alone, or
    ``accept_differences``.
    """
    kind = KINDS[document.kind]
    check_free(desk, document, remote_id)
    check_settled(desk, document.ref)
    row = await read(desk, kind, remote_id, "Look in FinzBooks for the id that is meant.")
    check_alive(kind, row)
    asked = await ask(desk, document)
    check_whole(document, asked)
    wanted = body(document, asked.bindings, partial=True)
    found, later = compared(document, wanted, row, asked.expectations.expected(document))
    mended, kept = divided(kind, row, found)
    use = _use(desk, document, document.ref, row, asked.bindings)
    doubt = [Change(_list_of(kind), None, "applied")] if use.beyond is None else []
    stays = [*doubt, *(() if only_the_reference(kind, kept) else kept)]
    if stays and not accept_differences:
        raise not_alike(document, remote_id, stays)
    new = _receipt(desk, document, row, left_out(kind, spoken(document, later), mended))
    own_receipt = replace(new, accepted={**deviations(kind, wanted, row, kept), **_beyond(kind, use)})
    return Agreed(
        (own_receipt, *_parts(desk, own_receipt, use)),
        accepted=tuple(kept),
        open=tuple(mended),
        notes=(*_to_be_added(document, later), *_notes(kind, use)),
    )


async def accept(desk: Desk, ref: Ref, document: Document | None) -> Agreed:
    """Remember that the books are right about what is known as ``ref``; ``document`` is its entry, if there is one.

    Raises Refused: no-such-key, not-in-books, no-entry.
    """
    kind, receipt = KINDS[ref.kind], known_receipt(desk, ref)
    check_settled(desk, ref)
    row = await read(desk, kind, receipt.remote_id, f"To forget it, run: {command('rm', StepId(*ref))}")
    shown = document or stand_in(receipt)
    asked = await ask(desk, shown)
    use = _use(desk, document, ref, row, asked.bindings)
    # A reference to what is not in the books yet agrees with nothing that they hold.
    asked.bindings.ids.update(dict.fromkeys(unbound(shown, asked.bindings), NOWHERE))
    wanted = _whole(document, receipt, asked.bindings)
    found, later = compared(shown, wanted, row, asked.expectations.expected(shown))
    # That it is to be posted is no difference of what the books hold: the next plan posts it.
    open_ = tuple(one for one in found if one.path == kind.posts_if and one.after is True and is_draft(kind, row))
    found = (
        *(one for one in found if one not in open_),
        *_other_entries(kind, wanted, row, found, later),
        *_voided(kind, row),
    )
    accepted = {**deviations(kind, wanted, row, found), **{one.path: one.before for one in _voided(kind, row)}}
    if use.beyond is None and _list_of(kind) in receipt.accepted:
        accepted[_list_of(kind)] = receipt.accepted[_list_of(kind)]
    new = replace(_again(desk, receipt, document, row, open_), accepted={**accepted, **_beyond(kind, use)})
    return Agreed(
        (new, *_parts(desk, new, use)), accepted=(*found, *use.changes), open=open_, notes=tuple(_notes(kind, use))
    )


def _again(
    desk: Desk, receipt: Receipt, document: Document | None, row: Mapping[str, Any], still_open: Sequence[Change]
) -> Receipt:
    """``receipt`` as of now, agreeing with its entry, where there is one, but for what is ``still_open``."""
    spoken = said(document) if document is not None else receipt.said
    spoken = left_out(KINDS[receipt.kind], spoken, still_open)
    return replace(
        receipt,
        number=number_of(KINDS[receipt.kind], dict(row)) or receipt.number,
        total=total_of(row),
        said=spoken,
        digest=digest(spoken),
        source=desk.source_of(document) if document is not None else receipt.source,
        run=desk.run,
        updated=iso(desk.now),
        difference="",
    )


def _whole(document: Document | None, receipt: Receipt, bindings: Bindings) -> dict[str, Any]:
    """The create body to compare the books with. A list that travels in it is compared also where it is not given."""
    kind = KINDS[receipt.kind]
    whole = (
        remembered_body(kind.name, receipt.said, bindings)
        if document is None
        else body(document, bindings, partial=True)
    )
    return {kind.settles.field: [], **whole} if kind.settles is not None and kind.settles.in_body else whole


def _other_entries(
    kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any], found: Sequence[Change], later: Sequence[int]
) -> list[Change]:
    """The difference of a list that the manifest adds to, where the addition is not to be carried out either."""
    if not later or any(one.path == _list_of(kind) for one in found):
        return []
    held = held_entries(kind, row) or []
    return [Change(_list_of(kind), f"{len(held)} entries", f"{len(wanted[_list_of(kind)])} entries")]


def _voided(kind: Kind, row: Mapping[str, Any]) -> list[Change]:
    return [Change(kind.state_field, text(row.get(kind.state_field)), None)] if dead(kind, row) else []


def _list_of(kind: Kind) -> str:
    return kind.settles.field if kind.settles is not None else ""


def _use(desk: Desk, document: Document | None, ref: Ref, row: Mapping[str, Any], bindings: Bindings) -> Applied:
    """How the applications agree that are calls of their own."""
    kind = KINDS[ref.kind]
    if kind.settles is None or kind.settles.in_body:
        return Applied()
    parts = {own: one for own, one in desk.memory.by_step().items() if own.part and one.ref == ref}
    # What was voided has no balance that could tell anything.
    used = add(map(amount_held, parts.values())) if dead(kind, row) else used_of(kind, row)
    there = {key for target, key in bindings.ids if target == kind.settles.target}
    found = applied(document, parts, used, there, lambda target: bindings.ids.get(target, ""))
    check_clear(ref, found.unclear)
    return found


def _beyond(kind: Kind, use: Applied) -> dict[str, str]:
    return {_list_of(kind): plain(use.beyond)} if use.beyond else {}


def _receipt(desk: Desk, document: Document, row: Mapping[str, Any], spoken: dict[str, Any]) -> Receipt:
    kind, moment = KINDS[document.kind], iso(desk.now)
    return Receipt(
        kind=kind.name,
        key=document.key,
        part="",
        remote_id=text(row.get(kind.id_field)),
        number=number_of(kind, dict(row)),
        total=total_of(row),
        said=spoken,
        digest=digest(spoken),
        generation=(desk.memory.generations or {}).get(StepId(*document.ref), 0),
        source=desk.source_of(document),
        run=desk.run,
        created=moment,
        updated=moment,
    )


def _parts(desk: Desk, own: Receipt, use: Applied) -> Iterable[Receipt]:
    """The receipts of the applications, those found in the books just now among them."""
    settles = KINDS[own.kind].settles
    yield from use.known
    if settles is not None:
        yield from (_part(desk, own, part, entry_said(settles, entry)) for part, entry in use.found)
        for part, entry in use.waived:
            yield replace(_part(desk, own, part, entry_said(settles, entry)), accepted={"amount": WAIVED})


def _part(desk: Desk, own: Receipt, part: str, spoken: dict[str, Any]) -> Receipt:
    moment, name = iso(desk.now), StepId(own.kind, own.key, part)
    generation = (desk.memory.generations or {}).get(name, 0)
    return replace(
        own,
        part=part,
        number="",
        said=spoken,
        digest=digest(spoken),
        generation=generation,
        created=moment,
        updated=moment,
        accepted={},
        total="",
    )


def _to_be_added(document: Document, later: Sequence[int]) -> Iterable[str]:
    settles = KINDS[document.kind].settles
    if settles is not None and later:
        named = ", ".join(f"{_target(one)} {plain(one.amount)}" for _, one in later_entries(document, settles, later))
        yield f"Left for the next plan, since the books do not hold it: {settles.field} to {named}."


def _notes(kind: Kind, use: Applied) -> Iterable[str]:
    """What a person should know of what was applied."""
    if use.beyond is None:
        yield f"The books do not say what of the {kind.label} is applied: look at it before the next apply."
    elif use.beyond:
        yield (
            f"Of the {kind.label} {plain(use.beyond)} is applied in the books, and it is not known to what: leave in "
            f"`{_list_of(kind)}` of the manifest only what still has to be applied."
        )
    elif use.found:
        named = ", ".join(f"{_target(entry)} {plain(entry.amount)}" for _, entry in use.found)
        yield (
            f"Remembered as applied already: {named}. The books say that as much of it is used, and not to what: if it "
            "was something else, correct the manifest and run this again."
        )


def _target(entry: Entry) -> str:
    return entry.target_key or entry.target_id
