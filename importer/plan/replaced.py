"""Documents to be created that look like another one's successor: it is gone from the files, and still in the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from importer.delivery.remote import text
from importer.delivery.rows import TOTAL
from importer.kinds import KINDS, Kind
from importer.model import Action, Ref
from importer.plan.phrases import documents, first_few
from importer.plan.said import said as said_of
from importer.plan.value import Note, Step

REPLACED: Final = "replaced"


def replaced(steps: Sequence[Step], said: Mapping[Ref, Mapping[str, Any]]) -> Iterator[Note]:
    """A note for each kind of which something is created in place of what the books still hold, as it seems.

    The way to change what was booked is to void it and to use a new key: who forgets the first half books it twice.
    """
    old: dict[tuple[str, ...], str] = {}
    for step in steps:
        if step.action is not Action.ORPHANED:
            continue
        values = _values(KINDS[step.id.kind], said.get(Ref(step.id.kind, step.id.key), {}))
        if values:
            old.setdefault((step.id.kind, *values), step.id.key)
    found: dict[str, list[tuple[Step, str]]] = {}
    for step in steps if old else ():
        if step.action is Action.CREATE and step.document is not None and not step.id.part:
            values = _values(KINDS[step.id.kind], said_of(step.document))
            if values and (key := old.get((step.id.kind, *values))) is not None:
                found.setdefault(step.id.kind, []).append((step, key))
    yield from (_note(kind, pairs) for kind, pairs in found.items())


def _values(kind: Kind, spoken: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes two documents alike but for their total: party and date. Empty where one is not given by name."""
    values = tuple(text(spoken.get(name)) for name in kind.likeness if name != TOTAL)
    return values if all(values) else ()


def _note(kind: str, pairs: Sequence[tuple[Step, str]]) -> Note:
    one = len(pairs) == 1
    named = first_few([f"{step.id.key} for {key}" for step, key in pairs])
    message = (
        f"{documents(len(pairs), kind)} {'has' if one else 'have'} the party and date of {'one' if one else 'some'} "
        f"whose entry is gone and which the books still hold: {named}. Unless that is voided there, both are booked."
    )
    return Note(REPLACED, message, tuple(step.id for step, _ in pairs), pairs[0][0].place)
