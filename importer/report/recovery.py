"""How a recovery ended, as text for a bookkeeper and as values for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from importer.delivery.settle import Fate, Recovered, Recovery
from importer.kinds import KINDS
from importer.report.in_flight import CALLS
from importer.report.step import INDENT, where, wrapped
from importer.report.style import Style, count

# A line that breaks in a migration leaves hundreds in flight, and those that are settled need nobody's eye.
MOST_SETTLED: Final = 20
_COLOURS: Final = {Fate.SETTLED: "green", Fate.NOT_DONE: "cyan", Fate.OPEN: "yellow"}


def recovery_lines(recovery: Recovery, style: Style, *, details: bool = False) -> Iterator[str]:
    """What was in flight, what was found of it, what was closed and what stays. Not all of many, unless ``details``."""
    if recovery.rows:  # a run about something else leaves what is open alone, and nothing is to be said
        calls = count(len(recovery.rows), "call")
        yield f"{calls} had been sent, or were about to be, when a run ended before the answer came:".replace(
            "1 call had been sent, or were", "1 call had been sent, or was"
        )
    for fate in Fate:
        found = [one for one in recovery.rows if one.fate is fate]
        shown = found if details or fate is Fate.OPEN else _first(found)
        for one in shown:
            yield from _lines(one, style)
        if len(shown) < len(found):
            yield f"... and {count(len(found) - len(shown), 'more', 'more')} {words(fate)} (-v shows all)"
    if recovery.broken is not None:
        code, message, help = recovery.broken
        yield f"{style.paint('stopped', 'red')} [{code}]: {message}"
        if help:
            yield f"{INDENT}{style.paint('help:', 'cyan')} {help}"
    if recovery.interrupted:
        yield "Interrupted. What was settled is remembered; run it again to go on."
    if recovery.rows:
        yield ", ".join(f"{number:,} {words(fate)}" for fate, number in _numbers(recovery)) + "."


def _first(found: list[Recovered]) -> list[Recovered]:
    """All that a person should look at, and the first of the others."""
    plain = [one for one in found if not one.code][:MOST_SETTLED]
    return [one for one in found if one.code or one in plain]


def _numbers(recovery: Recovery) -> list[tuple[Fate, int]]:
    counts = recovery.counts()
    return [(fate, counts[fate.value]) for fate in Fate if counts[fate.value]]


def words(fate: Fate) -> str:
    return fate.value.replace("_", " ")


def _lines(one: Recovered, style: Style) -> Iterator[str]:
    name = f"{KINDS[one.id.kind].label} {one.id.key}" + (f" to {one.id.part}" if one.id.part else "")
    code = f" [{one.code}]" if one.code else ""
    yield f"{style.paint(words(one.fate), _COLOURS[one.fate])} {name}{where(one.place)}{code}"
    yield from wrapped(f"The {CALLS.get(one.operation, 'call')} of {one.sent}. {one.message}", INDENT)
    if one.help:
        first, *others = wrapped(f"help: {one.help}", INDENT)
        yield first.replace("help:", style.paint("help:", "cyan"), 1)
        yield from others


def recovery_value(recovery: Recovery) -> dict[str, Any]:
    """The JSON of a recovery, in the style of an apply's (design, section 4)."""
    value: dict[str, Any] = {"summary": recovery.counts(), "operations": [_value(one) for one in recovery.rows]}
    if recovery.interrupted:
        value["interrupted"] = True
    if recovery.broken is not None:
        value["broken"] = dict(zip(("code", "message", "help"), recovery.broken, strict=True))
    return value


def _value(one: Recovered) -> dict[str, Any]:
    place = {"file": one.place.file if one.place else None, "line": one.place.line if one.place else None}
    value: dict[str, Any] = {
        "status": one.fate.value,
        "operation": one.operation,
        "kind": one.id.kind,
        "key": one.id.key,
        "id": one.remote_id or None,
        **place,
        "message": one.message,
        "error": {"code": one.code, "message": one.message, "field": None, **place, "help": one.help}
        if one.code
        else None,
    }
    if one.id.part:
        value["part"] = one.id.part
    return value
