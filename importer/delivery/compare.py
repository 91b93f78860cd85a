"""What was sent against what the books hold, field by field and in money. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from importer.delivery.remote import MISSING, amount, answered, day, same, text
from importer.kinds import KINDS, Kind
from importer.model import Change, Drift
from importer.schema import Field, fields

PAISA: Final = Decimal("0.01")
RUPEE: Final = Decimal(1)
MONEY: Final = "total before round-off"  # the path of a difference in money


@dataclass(frozen=True, slots=True)
class Expected:
    """What a document must come to before round-off, in rupees: ``low`` and ``high`` differ where a rate is not sure.

    ``lines`` sets the tolerance: a paisa a line, since how the API rounds line tax is not known (fact sheet, 25.11).
    """

    low: Decimal
    high: Decimal
    lines: int
    round_off: Decimal | None  # as given by the document

    @property
    def tolerance(self) -> Decimal:
        return PAISA * self.lines


@cache
def sent_fields(kind: str) -> Mapping[tuple[str, ...], Field]:
    """The fields of ``kind`` by the path under which they are sent."""
    result: dict[tuple[str, ...], Field] = {}
    names: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}
    for path, known in fields(kind).items():
        above = names.get(path[:-1])
        if above is None or known.sent_as is None:
            continue
        names[path] = (*above, known.sent_as)
        result.setdefault(names[path], known)
    return result


def held(kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Change, ...]:
    """Fields of a create body that the books hold otherwise: before = the books, after = ``wanted``.

    What an answer does not carry cannot be compared and is no difference, unless its meaning is not documented: a
    doubtful field that does not come back may have been dropped in silence (fact sheet, section 25, item 10).
    """
    return tuple(_object(sent_fields(kind), wanted, row, (), ""))


def _object(
    table: Mapping[tuple[str, ...], Field],
    wanted: Mapping[str, Any],
    row: Mapping[str, Any],
    above: tuple[str, ...],
    shown: str,
) -> Iterator[Change]:
    for name, value in wanted.items():
        path = (*above, name)
        known = table.get(path)
        if known is None:
            continue
        got = answered(row, known)
        here = f"{shown}.{name}" if shown else name
        if got is not MISSING:
            yield from _value(table, known, value, got, path, here)
        elif known.certainty == "unverified":
            yield Change(here, None, _shown(value))


def _value(
    table: Mapping[tuple[str, ...], Field], known: Field, value: Any, got: Any, path: tuple[str, ...], shown: str
) -> Iterator[Change]:
    if isinstance(value, Mapping):
        row = got if isinstance(got, Mapping) else _nothing(table, value, path)
        yield from _object(table, value, row, path, shown)
    elif isinstance(value, list):
        rows = got if isinstance(got, list) else []
        if len(rows) != len(value):
            yield Change(shown, f"{len(rows)} entries", f"{len(value)} entries")
            return
        for position, (inner, row) in enumerate(zip(value, rows, strict=True)):
            if isinstance(inner, Mapping) and isinstance(row, Mapping):
                yield from _object(table, inner, row, path, f"{shown}[{position}]")
            elif text(inner) != text(row):
                yield Change(f"{shown}[{position}]", _shown(row), _shown(inner))
    elif not same(known, value, got):
        yield Change(shown, _shown(got, known), _shown(value, known))


def _nothing(
    table: Mapping[tuple[str, ...], Field], value: Mapping[str, Any], path: tuple[str, ...]
) -> Mapping[str, None]:
    """What an object that is answered as null holds: nothing, in each of the fields of ``value``."""
    known = (table.get((*path, name)) for name in value)
    return {name: None for one in known if one is not None for name in one.answers[:1]}


def _shown(value: Any, known: Field | None = None) -> Any:
    """``value`` as a person reads it: of a date, sent as midnight, the day."""
    if isinstance(value, bool) or value is None:
        return value
    return day(value) if known is not None and known.type == "date" else str(value)


def money_difference(row: Mapping[str, Any], expected: Expected | None) -> Change | None:
    """The books' total against our own computation, or None where they agree or cannot be compared."""
    total = amount(row.get("total"))
    if expected is None or total is None:
        return None
    rounding = amount(row.get("round_off"))
    tolerance = expected.tolerance
    if rounding is None:
        rounding = expected.round_off or Decimal(0)
        if expected.round_off is None and total == total.to_integral_value():
            tolerance += RUPEE  # the org may round totals, and this answer does not say by how much
    before = total - rounding
    if expected.low - tolerance <= before <= expected.high + tolerance:
        return None
    computed = str(expected.high) if expected.low == expected.high else f"{expected.low} to {expected.high}"
    return Change(MONEY, str(before), computed)


def draft_difference(kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> Change | None:
    """A document that should be posted and is still a draft, or the other way round."""
    if not kind.posts_if or kind.posts_if not in wanted or kind.state_field not in row:
        return None
    draft = text(row[kind.state_field]) in kind.draft_states
    if draft != bool(wanted[kind.posts_if]):
        return None
    return Change(kind.posts_if, not draft, bool(wanted[kind.posts_if]))


def differences(
    kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any], expected: Expected | None
) -> tuple[Change, ...]:
    """All in which the books differ from what was sent, or is wanted: fields, posting, money."""
    extra = (draft_difference(KINDS[kind], wanted, row), money_difference(row, expected))
    return (*held(kind, wanted, row), *(change for change in extra if change is not None))


def drifted(
    kind: str, remembered: Mapping[str, Any], wanted: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[Drift, ...]:
    """What the books hold neither as ``remembered`` nor as ``wanted``, both create bodies: somebody else's change.

    A field that is no longer wanted is no longer managed, and nobody's change of it is drift.
    """
    found = {change.path: change for change in held(kind, wanted, row)}
    # Lists are compared as wholes: their entries may have been moved, and their number changed.
    still = {_list_of(path) for path in found}
    return tuple(
        Drift(change.path, change.after, change.before, found[change.path].after if change.path in found else None)
        for change in held(kind, remembered, row)
        if _list_of(change.path) in still
    )


def _list_of(path: str) -> str:
    return path.partition("[")[0]


def held_otherwise(kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the create body ``wanted`` that the books hold otherwise, with what they hold.

    In the form of that body, amounts and dates as text, None for what they do not have.
    """
    table = sent_fields(kind)
    return {
        name: _as_sent(table, (name,), value, answered(row, table[(name,)]))
        for name, value in wanted.items()
        if (name,) in table and held(kind, {name: value}, row)
    }


def as_held(kind: str, name: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of the list ``name`` as the books hold them, in the form of the create body.

    Empty where the books do not answer them, or not as objects.
    """
    table = sent_fields(kind)
    rows = answered(row, table[(name,)])
    inner = {path[1]: known for path, known in table.items() if len(path) == 2 and path[0] == name}
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        return []
    found = []
    for one in rows:
        values = {field: answered(one, known) for field, known in inner.items()}
        found.append({field: value for field, value in values.items() if value is not MISSING and value is not None})
    return found


def _as_sent(table: Mapping[tuple[str, ...], Field], path: tuple[str, ...], wanted: Any, got: Any) -> Any:
    if isinstance(wanted, Mapping):
        return {name: _inner(table, (*path, name), value, got) for name, value in wanted.items()}
    if isinstance(wanted, list):
        shape = {name: value for one in wanted if isinstance(one, Mapping) for name, value in one.items()}
        rows = got if isinstance(got, list) else []
        return [_as_sent(table, path, shape, one) if isinstance(one, Mapping) else _shown(one) for one in rows]
    return None if got is MISSING else _shown(got, table.get(path))


def _inner(table: Mapping[tuple[str, ...], Field], path: tuple[str, ...], wanted: Any, got: Any) -> Any:
    known = table.get(path)
    value = answered(got, known) if known is not None and isinstance(got, Mapping) else None
    return _as_sent(table, path, wanted, value)


def says_what_is_held(kind: str, name: str, wanted: Any, accepted: Any) -> bool:
    """Whether the field ``name`` of a create body says just what ``held_otherwise`` found in the books."""
    return _agrees(sent_fields(kind), (name,), wanted, accepted)


def _agrees(table: Mapping[tuple[str, ...], Field], path: tuple[str, ...], wanted: Any, accepted: Any) -> bool:
    if isinstance(wanted, Mapping):
        given = accepted if isinstance(accepted, Mapping) else {}
        return all(_agrees(table, (*path, name), value, given.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        rows = accepted if isinstance(accepted, list) else []
        pairs = zip(wanted, rows, strict=False)
        return len(rows) == len(wanted) and all(_agrees(table, path, one, row) for one, row in pairs)
    return path in table and same(table[path], wanted, accepted)


def carries(kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether ``row`` has every list and object of ``wanted``; rows of a list may be short (fact sheet, 25.24)."""
    table = sent_fields(kind)
    return all(
        answered(row, table[(name,)]) is not MISSING
        for name, value in wanted.items()
        if isinstance(value, Mapping | list) and (name,) in table
    )
