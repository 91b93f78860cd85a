"""The entries of a list through which a document settles others: what each is, and its part. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

from importer.delivery.remote import text
from importer.kinds import Settles
from importer.manifest.typed import typed
from importer.model import Document, Receipt, Ref, StepId
from importer.plan.said import canonical
from importer.plan.value import Entry


class Target(NamedTuple):
    """A name of a document that something settles. One document may have two: its key, and its id in the books."""

    kind: str
    by: str  # key or id: a key may read as another document's id does
    name: str


def entries_of(document: Document, settles: Settles) -> Iterator[tuple[str, Entry]]:
    """The applications of ``document``, each with its part: the target and the ordinal among equal targets."""
    seen: Counter[str] = Counter()
    rows: Any = typed(document.kind, document.fields).get(settles.field, [])
    for position, row in enumerate(rows):
        key, raw = text(row.get(settles.target_field)), text(row.get(settles.target_id_field))
        seen[key or raw] += 1
        yield f"{key or raw}#{seen[key or raw]}", Entry(position, key, raw, row["amount"])


def as_applied(
    document: Document,
    settles: Settles,
    receipts: Mapping[StepId, Receipt],
    id_of: Callable[[Ref], str] = lambda _: "",
) -> Iterator[tuple[str, Entry]]:
    """The applications, each with the part under which it was applied: among equal targets the amount tells which.

    A target is the same by its key and by its id, where ``id_of`` knows it. An entry that equals none of what was
    applied is an edit of what is left of it; what is beyond that is new.
    """

    def named(key: str, raw: str) -> str:
        return (id_of(Ref(settles.target, key)) or key) if key else raw

    applied: dict[str, list[tuple[str, str]]] = defaultdict(list)  # target -> part and amount
    for own, receipt in receipts.items():
        key, raw = (text(receipt.said.get(name)) for name in (settles.target_field, settles.target_id_field))
        applied[named(key, raw)].append((own.part, receipt.said["amount"]))
    parts: dict[int, str] = {}
    entries = [entry for _, entry in entries_of(document, settles)]
    for same_amount in (True, False):
        for entry in entries:
            left = applied[named(entry.target_key, entry.target_id)]
            at = next(
                (n for n, (_, worth) in enumerate(left) if not same_amount or worth == canonical(entry.amount)), None
            )
            if entry.position not in parts and at is not None:
                parts[entry.position] = left.pop(at)[0]
    taken = {own.part for own in receipts}
    for entry in entries:
        target = entry.target_key or entry.target_id
        part = parts.get(entry.position) or next(
            name for ordinal in count(1) if (name := f"{target}#{ordinal}") not in taken
        )
        taken.add(part)
        yield part, entry


WAIVED: Final = "0"  # the amount with which the books hold what was agreed not to be applied


def in_force(
    document: Document, settles: Settles, receipts: Mapping[StepId, Receipt], id_of: Callable[[Ref], str]
) -> Mapping[StepId, Receipt]:
    """``receipts`` of applications without those that were waived in place of others that are back in the manifest."""
    done = {own: one for own, one in receipts.items() if one.accepted.get("amount") != WAIVED}
    if len(done) == len(receipts):
        return receipts
    present = {part for part, _ in as_applied(document, settles, done, id_of)}
    return done if all(own.part in present for own in done) else receipts


def later_entries(document: Document, settles: Settles, later: Sequence[int]) -> Iterator[tuple[str, Entry]]:
    """The entries of a list that travels in the create body, at the positions ``later``: those added since.

    Those that the books hold come first in the count of equal targets, wherever they stand.
    """
    if not later:
        return
    entries = [entry for _, entry in entries_of(document, settles)]
    seen = Counter(entry.target_key or entry.target_id for entry in entries if entry.position not in later)
    for position in later:
        target = entries[position].target_key or entries[position].target_id
        seen[target] += 1
        yield f"{target}#{seen[target]}", entries[position]


def entry_said(settles: Settles, entry: Entry) -> dict[str, Any]:
    """What one application says, in canonical form."""
    target = (
        {settles.target_field: entry.target_key} if entry.target_key else {settles.target_id_field: entry.target_id}
    )
    return {**target, "amount": canonical(entry.amount)}


def targets_of(settles: Settles, entry: Entry, id_of: Callable[[Ref], str]) -> tuple[Target, ...]:
    """The names of what ``entry`` settles: as the manifest has it, and its id where ``id_of`` knows it (else "").

    Two entries that have a name in common settle the same document.
    """
    if not entry.target_key:
        return (Target(settles.target, "id", entry.target_id),)
    own, remote_id = Target(settles.target, "key", entry.target_key), id_of(Ref(settles.target, entry.target_key))
    return (own, Target(settles.target, "id", remote_id)) if remote_id else (own,)
