"""What an update sends: the whole document as the books hold it, with the manifest laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from importer.delivery.compare import as_held, held, sent_fields
from importer.delivery.remote import MISSING, answered
from importer.kinds import Kind
from importer.schema import Field


def whole_body(
    kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any], remembered: Mapping[str, Any]
) -> dict[str, Any]:
    """The update body, without what a PUT does not take. What the books work out themselves is not pinned.

    A list that they hold as the manifest has it goes out as they hold it: lines without a rate of their own would be
    priced anew by what their items cost today, and what somebody added to an entry would be lost.
    """
    body = overlaid(kind.name, wanted, row, remembered)
    for name, value in wanted.items():
        if isinstance(value, list) and (entries := as_held(kind.name, name, row)):
            if not held(kind.name, {name: value}, row):
                body[name] = entries
            elif name != kind.line_field:
                body[name] = _kept(kind.name, name, value, row, entries)
    left_out = {*kind.fixed, kind.posts_if, *(name for name in kind.computed if name not in wanted)}
    return {name: value for name, value in body.items() if name not in left_out}


def _kept(
    kind: str, name: str, wanted: Sequence[Any], row: Mapping[str, Any], entries: Sequence[dict[str, Any]]
) -> list[Any]:
    """The list ``wanted``; of each entry that the books hold as well, all that they hold. Never by its place alone."""
    known = sent_fields(kind)[(name,)]
    left = list(zip(answered(row, known), entries, strict=True))
    result: list[Any] = []
    for one in wanted:
        agrees = (not held(kind, {name: [one]}, {known.answers[0]: [there]}) for there, _ in left)
        at = next((n for n, same in enumerate(agrees) if same), None)
        result.append(one if at is None else left.pop(at)[1])
    return result


def overlaid(
    kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any], remembered: Mapping[str, Any]
) -> dict[str, Any]:
    """The update body: what the books hold of the fields that can be sent, with ``wanted`` on top.

    What ``row`` does not answer is taken from what is ``remembered``. Whether a PUT replaces or merges is not
    documented; a whole body is right for both.
    """
    table = sent_fields(kind)
    shown: dict[str, Any] = {}
    for path, known in table.items():
        value = answered(row, known) if len(path) == 1 else MISSING
        if value is not MISSING:
            shown[path[0]] = value
    merged = _laid(wanted, _laid(_hidden(table, (), remembered, row), shown))
    return {name: value for name, value in merged.items() if value is not None}


def _hidden(
    table: Mapping[tuple[str, ...], Field], above: tuple[str, ...], body: Mapping[str, Any], row: Mapping[str, Any]
) -> dict[str, Any]:
    """What of ``body`` the answer ``row`` does not carry. What it answers as null was cleared, and is not hidden."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        known = table.get((*above, name))
        got = MISSING if known is None else answered(row, known)
        if got is MISSING:
            found[name] = value
        elif isinstance(value, Mapping) and isinstance(got, Mapping):
            found[name] = _hidden(table, (*above, name), value, got)
    return found


def _laid(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """``upper`` over ``lower``, objects field by field."""
    merged = dict(lower)
    for name, value in upper.items():
        under = merged.get(name)
        merged[name] = {**under, **value} if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return merged
