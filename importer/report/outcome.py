"""How an apply ended, as text for people and as values for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from importer.delivery.settle import Recovery
from importer.kinds import KINDS
from importer.outcome import Failure, Outcome, Report, Status
from importer.report.recovery import recovery_value
from importer.report.style import Style, count

# A line that breaks in a migration leaves thousands unsent, all for one reason.
MOST_FAILED: Final = 50
MOST_SKIPPED: Final = 20


def report_lines(report: Report, style: Style, *, details: bool = False) -> Iterator[str]:
    """What failed and what was skipped because of it, then the counts. Not all of many, unless ``details``."""
    for status, most in ((Status.FAILED, MOST_FAILED), (Status.SKIPPED, MOST_SKIPPED)):
        found = [outcome for outcome in report.bad if outcome.status is status]
        for outcome in found if details else found[:most]:
            yield from _bad_lines(outcome, style)
        if not details and len(found) > most:
            yield f"... and {count(len(found) - most, 'more', 'more')} {status.value} (-v shows all)"
    if report.broken is not None:
        yield f"{style.paint('stopped', 'red')} [{report.broken.code}]: {report.broken.message}"
    if report.interrupted:
        yield "Interrupted. What was sent is remembered; run apply again to go on."
    counts = report.counts()
    applied = sum(1 for outcome in report.outcomes if outcome.status is Status.APPLIED)
    parts = [f"{number:,} {name}" for name, number in counts.items() if number or name in ("created", "unchanged")]
    if applied:
        parts.insert(1, count(applied, "application"))
    yield ", ".join(parts) + "."


def _bad_lines(outcome: Outcome, style: Style) -> Iterator[str]:
    failure = outcome.failure
    if failure is None:
        return
    where = f"{failure.place.file}:{failure.place.line}: " if failure.place is not None else ""
    colour = "red" if outcome.status is Status.FAILED else "yellow"
    name = f"{KINDS[outcome.id.kind].label} {outcome.id.key}" + (f" {outcome.id.part}" if outcome.id.part else "")
    yield f"{where}{style.paint(outcome.status.value, colour)} {name} [{failure.code}]: {failure.message}"
    if failure.help:
        yield f"    {style.paint('help:', 'cyan')} {failure.help}"


def report_value(report: Report, settled: Recovery | None = None) -> dict[str, Any]:
    """The JSON of an apply (design, section 4). ``settled``: what became of calls that were open when it began."""
    value: dict[str, Any] = {
        "summary": report.counts(),
        "operations": [_outcome_value(outcome) for outcome in report.outcomes],
    }
    if report.interrupted:
        value["interrupted"] = True
    if report.broken is not None:
        value["broken"] = _failure_value(report.broken)
    if settled is not None:
        value["settled"] = recovery_value(settled)
    return value


def _outcome_value(outcome: Outcome) -> dict[str, Any]:
    value: dict[str, Any] = {
        "status": outcome.status.value,
        "kind": outcome.id.kind,
        "key": outcome.id.key,
        "id": outcome.remote_id or None,
        "file": outcome.place.file if outcome.place else None,
        "line": outcome.place.line if outcome.place else None,
        "error": None if outcome.failure is None else _failure_value(outcome.failure),
    }
    if outcome.id.part:
        value["part"] = outcome.id.part
    return value


def _failure_value(failure: Failure) -> dict[str, Any]:
    return {
        "code": failure.code,
        "message": failure.message,
        "field": failure.field or None,
        "file": failure.place.file if failure.place else None,
        "line": failure.place.line if failure.place else None,
        "help": failure.help,
    }
