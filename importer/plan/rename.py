"""A document under another key: its receipts, and all that refers to it. Pure.

Design, section 5: ``state mv`` for a key that was renamed in the manifest. The books are not touched, and keep the
reference number that the old key stood for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from importer.kinds import KINDS, Kind
from importer.model import Intent, IntentRow, Receipt
from importer.plan.said import digest
from importer.schema import fields


def renamed(receipts: Iterable[Receipt], kind: Kind, old: str, new: str) -> tuple[list[Receipt], list[Receipt]]:
    """What to put, and what to remove, so that the document ``old`` of ``kind`` is known as ``new`` from now on.

    ``receipts`` are all that there are; ``new`` must not be known. Whoever refers to ``old`` follows, so that the same
    rename in the manifest leaves nothing to be done.
    """
    everything = list(receipts)
    taken = {(one.kind, one.key, one.part) for one in everything}
    put, removed = [], []
    for one in everything:
        now = _following(_moved(one, kind, new) if (one.kind, one.key) == (kind.name, old) else one, kind, old, new)
        if one.part and now.said != one.said:
            now = replace(now, part=_free_part(now, new, taken))
        if now == one:
            continue
        put.append(now)
        if (now.kind, now.key, now.part) != (one.kind, one.key, one.part):
            taken.add((now.kind, now.key, now.part))
            removed.append(one)
    return put, removed


def _moved(one: Receipt, kind: Kind, new: str) -> Receipt:
    """``one`` under the key ``new``. The reference that was the old key is the new one, which the books do not hold."""
    spoken, accepted, name = dict(one.said), dict(one.accepted), kind.reference_field
    if name and not one.part and spoken.get(name) == one.key:
        sent_as = fields(kind.name)[(name,)].sent_as or name
        held = accepted.pop(sent_as, one.key)
        spoken[name] = new
        if held != new:
            accepted[sent_as] = held
    return replace(one, key=new, said=spoken, digest=digest(spoken), accepted=accepted)


def _following(one: Receipt, kind: Kind, old: str, new: str) -> Receipt:
    """``one`` with its references to ``old`` leading to ``new``."""
    settles = KINDS[one.kind].settles
    above = (settles.field,) if one.part and settles is not None else ()
    spoken = _led(one.said, one.kind, above, kind.name, old, new)
    return one if spoken == one.said else replace(one, said=spoken, digest=digest(spoken))


def _led(node: Any, own: str, path: tuple[str, ...], target: str, old: str, new: str) -> Any:
    if isinstance(node, Mapping):
        return {name: _led(inner, own, (*path, name), target, old, new) for name, inner in node.items()}
    if isinstance(node, list):
        return [_led(inner, own, path, target, old, new) for inner in node]
    known = fields(own).get(path)
    return new if node == old and known is not None and known.ref == target else node


def _free_part(one: Receipt, target: str, taken: Collection[tuple[str, str, str]]) -> str:
    """The part that names ``target``, with the ordinal it has, or the next that is free."""
    ordinal = int(one.part.rpartition("#")[2])
    return next(part for at in count(ordinal) if (one.kind, one.key, part := f"{target}#{at}") not in taken)


def referring(receipts: Iterable[Receipt], kind: Kind, key: str) -> list[Receipt]:
    """The receipts of other documents that refer to the document ``key`` of ``kind``, each document once."""
    found = {
        one.ref: one
        for one in receipts
        if (one.kind, one.key) != (kind.name, key) and _following(one, kind, key, key + "'") is not one
    }
    return list(found.values())


def in_the_way(intents: Iterable[Intent], kind: Kind, key: str) -> Iterator[Intent]:
    """The open calls that write the document ``key`` of ``kind``, something of it, or an application to it."""
    for intent in intents:
        if any(_concerns(row, kind, key) for row in intent.rows):
            yield intent


def _concerns(row: IntentRow, kind: Kind, key: str) -> bool:
    settles = KINDS[row.kind].settles
    to_it = settles is not None and settles.target == kind.name and row.part.rpartition("#")[0] == key
    return to_it or (row.kind, row.key) == (kind.name, key)
