"""The step of a document without a receipt: what the books were found to hold of it, and what follows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from importer.delivery.compare import MONEY, Expected, differences
from importer.delivery.natural import Match, dead
from importer.delivery.remote import day, text
from importer.kinds import KINDS, Edits, Kind
from importer.model import Action, Change, Document, Intent, Receipt, Ref
from importer.plan.allocations import entries_held
from importer.plan.applications import used_of
from importer.plan.cut_off import changed_id
from importer.plan.edits import EDITS, conflict, is_draft
from importer.plan.known import Known
from importer.plan.managed import top
from importer.plan.said import digest, said
from importer.plan.value import Step
from importer.plan.ways_out import command

MOST_IDS: Final = 5  # ids that a sentence names
WAITS: Final = (
    "The next apply looks for it again first, and sends it if it is not there. To have it looked for without sending "
    "anything: finz-import recover"
)


@dataclass(frozen=True, slots=True)
class Orphans:
    """What the state remembers and the manifest no longer has: one of them may have got another key."""

    by_id: Mapping[tuple[str, str], Ref] = field(default_factory=dict)  # kind and remote id
    by_content: Mapping[tuple[str, str], Ref] = field(default_factory=dict)  # kind and digest, whatever the key
    known: Mapping[Ref, Receipt] = field(default_factory=dict)
    in_scope: frozenset[Ref] = frozenset()

    @classmethod
    def of(cls, receipts: Sequence[Receipt], in_scope: Sequence[Receipt]) -> Orphans:
        """``in_scope`` are those whose source is read: what another file holds has not been renamed."""
        return cls(
            {(one.kind, one.remote_id): one.ref for one in receipts},
            {(one.kind, without_key(KINDS[one.kind], one.key, one.said)): one.ref for one in in_scope},
            {one.ref: one for one in receipts},
            frozenset(one.ref for one in in_scope),
        )

    def with_content(self, document: Document) -> Ref | None:
        if not self.by_content:
            return None
        kind = KINDS[document.kind]
        return self.by_content.get((kind.name, without_key(kind, document.key, said(document))))


def without_key(kind: Kind, key: str, spoken: Mapping[str, Any]) -> str:
    """The digest of what a document says, its key left out, also where that stands for the reference."""
    name = kind.reference_field
    return digest({field: value for field, value in spoken.items() if field != name or value != key})


def unknown_document(
    base: Step, document: Document, known: Known, orphans: Orphans, claims: Mapping[tuple[str, str], list[Ref]]
) -> Step:
    """Found in the books: adopted, updated, or a conflict. Not found: created, or why that would be a second one."""
    match = known.matches.get(document.ref, Match())
    intent = known.intents.get(base.id)
    if len(match.rows) == 1:
        return _found(replace(base, settles=intent), document, match, known, orphans, claims)
    if intent is not None:
        return _in_flight(base, intent, match)
    return _not_found(base, document, match, orphans, known.allow_likeness)


def _found(
    base: Step,
    document: Document,
    match: Match,
    known: Known,
    orphans: Orphans,
    claims: Mapping[tuple[str, str], list[Ref]],
) -> Step:
    """Exactly one document of the books matches: adopt it, update it, or say why neither is right."""
    kind, row = KINDS[document.kind], match.rows[0]
    remote_id = text(row.get(kind.id_field))
    base = replace(base, remote_id=remote_id, remote=row, reason=match.words)
    sharing = [ref for ref in claims.get((kind.name, remote_id), ()) if ref != document.ref]
    owner = orphans.by_id.get((kind.name, remote_id))
    if dead(kind, row):
        help = "To book it again, give it another key, and another number where it has one; else remove its entry."
        return conflict(
            base, "voided-in-books", f"The books hold it with {match.words}, and it was voided there.", help
        )
    if sharing:
        which = f"Say which of the two it is: {command('adopt', base.id, remote_id)}"
        return conflict(
            base, "shared-match", f"{sharing[0]} matches the same {kind.label} of the books, {remote_id}.", which
        )
    if owner is not None:
        return renamed(base, owner, orphans)
    return _compared(base, document, kind, row, known)


def _compared(base: Step, document: Document, kind: Kind, row: Mapping[str, Any], known: Known) -> Step:
    """What was found is taken as it is, changed where an edit of it could be sent, or refused."""
    found, later = compared(document, known.wanted.get(document.ref, {}), row, known.expected(document))
    base = replace(base, changes=found, later=later)
    if not found:
        return replace(base, action=Action.ADOPT if base.settles is None else Action.SETTLE)
    action = edit_of(kind, row, found)
    if action is not None:
        return replace(base, action=action)
    return conflict(
        base,
        "books-differ",
        f"The books hold it ({base.reason}), and say otherwise than the manifest.",
        f"Correct the manifest; or, if the books are right as they are: "
        f"{command('adopt', base.id, base.remote_id)} --accept-differences",
    )


def compared(
    document: Document, wanted: Mapping[str, Any], row: Mapping[str, Any], expected: Expected | None
) -> tuple[tuple[Change, ...], tuple[int, ...]]:
    """In what ``row`` of the books differs from the create body ``wanted``, and the positions of what it only lacks.

    Those are of entries that a call of their own can add to a list of the body.
    """
    kind = KINDS[document.kind]
    later = entries_held(document, wanted, row)
    if later is not None and kind.settles is not None and kind.settles.in_body:
        wanted = {name: value for name, value in wanted.items() if name != kind.settles.field}
    return differences(kind.name, wanted, row, expected), later or ()


def edit_of(kind: Kind, row: Mapping[str, Any], found: tuple[Change, ...]) -> Action | None:
    """The call that brings a document of the books to what the manifest says; None where there is none."""
    if kind.edits is Edits.ANY_TIME:
        return Action.UPDATE
    if kind.edits is Edits.WHILE_DRAFT:
        unposts = any(one.path == kind.posts_if and one.after is not True for one in found)
        if not is_draft(kind, row) or unposts or any(top(one) in (*kind.fixed, MONEY) for one in found):
            return None
        return Action.APPROVE if all(one.path == kind.posts_if for one in found) else Action.UPDATE
    if kind.edits is Edits.WHILE_UNUSED and used_of(kind, row) == 0:
        return Action.UPDATE
    return None


def renamed(base: Step, owner: Ref, orphans: Orphans) -> Step:
    """What was found is known already, under a key that is not among the files: most likely the key was renamed."""
    old, receipt = base.id._replace(key=owner.key), orphans.known[owner]
    base = replace(base, remote_id=receipt.remote_id)
    if owner not in orphans.in_scope:
        return conflict(
            base,
            "known-under-other-key",
            f'It is in the books already, as "{owner.key}" of {receipt.source}, which is not among the given files.',
            "Give the folder that holds both. If they are the same, leave one out; if its key was renamed: "
            f"{command('mv', old, base.id.key)}",
        )
    found = conflict(
        base,
        "known-under-other-key",
        f'It is in the books already, as "{owner.key}", and that key is no longer in the files.',
        f"If the key was renamed: {command('mv', old, base.id.key)}. If they are two: {command('rm', old)}",
    )
    return replace(found, was=owner.key)


def _in_flight(base: Step, intent: Intent, match: Match) -> Step:
    """A call was about to be sent for it, its answer is not known, and the books do not show it exactly once."""
    rows = match.rows or match.alike
    ids = ", ".join(text(row.get(KINDS[base.id.kind].id_field)) for row in rows[:MOST_IDS])
    how_many = f"{len(rows)} that could be it ({ids})" if rows else "none that could be it"
    what = f"A change of {changed_id(intent)}, sent {intent.server_time}," if intent.operation in EDITS else ""
    ways = (
        f"If it is one of those: {command('adopt', base.id, 'ID')}. If it is not there: {command('rm', base.id)}"
        if rows
        else WAITS
    )
    return replace(
        base,
        action=Action.PENDING,
        code="open-intent",
        settles=intent,
        reason=f"{what or f'A call of {intent.server_time}'} was cut off before its answer came; the books show "
        f"{how_many}.",
        help=f"It is not sent as something new, so that it cannot be booked twice. {ways}",
    )


def _not_found(base: Step, document: Document, match: Match, orphans: Orphans, allow_likeness: bool) -> Step:
    kind = KINDS[base.id.kind]
    if len(match.rows) > 1:
        ids = ", ".join(text(row.get(kind.id_field)) for row in match.rows[:MOST_IDS])
        return conflict(
            base,
            "ambiguous-match",
            f"{len(match.rows)} documents of the books have {match.words}: {ids}.",
            f"Say which one it is: {command('adopt', base.id, 'ID')}",
        )
    for row in match.alike:
        remote_id = text(row.get(kind.id_field))
        if (owner := orphans.by_id.get((kind.name, remote_id))) is not None:
            return renamed(replace(base, remote=row), owner, orphans)
    if (same := orphans.with_content(document)) is not None:
        return renamed(base, same, orphans)
    if match.alike and not allow_likeness:
        return _alike(base, kind, match)
    return base


def _alike(base: Step, kind: Kind, match: Match) -> Step:
    row = match.alike[0]
    how = f"of which {match.words}" if match.words else "that looks like it, under another reference or amount"
    found = conflict(
        base,
        "likeness",
        f"The books hold one {how}: {_describe(kind, row)}.".replace("one of which the books", "one of which they"),
        f"If it is the same: {command('adopt', base.id, text(row.get(kind.id_field)))}. "
        "If they are two, run again with --allow-likeness.",
    )
    return replace(found, remote=row)


def _describe(kind: Kind, row: Mapping[str, Any]) -> str:
    parts = [text(row.get(kind.id_field))]
    for name in (kind.number_field, kind.reference_field, "date", kind.amount_field or "total"):
        if name and row.get(name) is not None:
            parts.append(f"{name} {day(row[name]) if name == 'date' else text(row[name])}")
    return ", ".join(parts)
