"""What a document said, read back from the create body that was sent for it. Pure.

For an entry that was edited while its create was under way: the receipt has to remember what was sent, so that the
edit is seen as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from importer.api.wire import dumps, loads
from importer.delivery.remote import amount, day, text
from importer.kinds import LOOKUPS
from importer.model import Ref
from importer.plan.body import Bindings, Unbound, remembered_body
from importer.plan.said import plain
from importer.schema import Field, fields


class Unreadable(ValueError):
    """A value of the body stands for nothing that an entry could say."""


def said_of(
    kind: str,
    sent: Mapping[str, Any],
    now: Mapping[str, Any],
    bindings: Bindings,
    claimed: Mapping[tuple[str, str], Ref],
) -> dict[str, Any] | None:
    """What a document said whose create body was ``sent``, in the form of ``said``; None where that is not sure.

    ``now`` is what its entry says today: where one id has two spellings, that of the entry is taken. ``claimed`` tells
    the key of what the books hold by kind and id. What comes out makes ``sent`` again, or it does not come out.
    """
    try:
        found = _Reader(kind, bindings, claimed).object(sent, (), now)
    except Unreadable:
        return None
    again = loads(dumps(remembered_body(kind, found, bindings)))
    return found if again == sent else None


@cache
def _candidates(kind: str) -> Mapping[tuple[tuple[str, ...], str], tuple[Field, ...]]:
    """The fields that are sent under a name: by the path of what they stand in, and that name."""
    found: dict[tuple[tuple[str, ...], str], list[Field]] = defaultdict(list)
    for path, known in fields(kind).items():
        if known.sent_as is not None:
            found[path[:-1], known.sent_as].append(known)
    return {place: tuple(known) for place, known in found.items()}


def lists_of(kind: str, sent: Mapping[str, Any]) -> frozenset[str]:
    """The lists of the org that the ids in the create body ``sent`` may come from."""
    return frozenset(_lists(kind, (), sent))


def _lists(kind: str, above: tuple[str, ...], node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _lists(kind, above, inner)
    elif isinstance(node, Mapping):
        for name, value in node.items():
            for known in _candidates(kind).get((above, name), ()):
                if known.lookup is not None:
                    yield known.lookup
                yield from _lists(kind, known.path, value)


@dataclass(frozen=True, slots=True)
class _Reader:
    kind: str
    bindings: Bindings
    claimed: Mapping[tuple[str, str], Ref]

    def object(self, sent: Mapping[str, Any], above: tuple[str, ...], now: Any) -> dict[str, Any]:
        """``above`` is the path in the schema of what ``sent`` stands in. Raises Unreadable."""
        result = {}
        hints = now if isinstance(now, Mapping) else {}
        for name, value in sent.items():
            known = _candidates(self.kind).get((above, name), ())
            # Of two spellings the one that the entry has: by another it would seem to be edited there as well.
            spelled = next(self._spellings([one for one in known if one.name in hints] or known, value, hints), None)
            if spelled is None:
                raise Unreadable(name)
            result[spelled[0]] = spelled[1]
        return result

    def _spellings(self, known: Sequence[Field], value: Any, now: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for one in known:
            try:
                yield one.name, self._value(one, value, now.get(one.name))
            except Unreadable:
                continue

    def _value(self, known: Field, value: Any, now: Any) -> Any:
        if isinstance(value, Mapping):
            return self.object(value, known.path, now)
        if isinstance(value, list):
            hints = now if isinstance(now, list) else []
            padded = [*hints, *([None] * len(value))]
            return [self._value(known, one, hint) for one, hint in zip(value, padded, strict=False)]
        if known.ref is not None:
            return self._key(known.ref, text(value))
        if known.lookup is not None:
            return self._name(known.lookup, text(value), now)
        return _canonical(known, value)

    def _key(self, kind: str, remote_id: str) -> str:
        found = self.claimed.get((kind, remote_id))
        if found is None:
            raise Unreadable(remote_id)
        return found.key

    def _name(self, lookup: str, own_id: str, now: Any) -> str:
        """The name that the entry uses, if it still stands for ``own_id``; else the first one that does."""
        known = LOOKUPS[lookup]
        names = [text(row.get(part)) for row in self.bindings.names.rows.get(lookup, ()) for part in known.name_fields]
        for name in (text(now), *names):
            try:
                if name and self.bindings.name(lookup, name) == own_id:
                    return name
            except Unbound:
                continue
        raise Unreadable(own_id)


def _canonical(known: Field, value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if known.type in ("money", "decimal", "integer"):
        number = amount(value)
        if number is None:
            raise Unreadable(str(value))
        return plain(Decimal(number))
    return day(value) if known.type == "date" else str(value)
