"""Problems, plans and outcomes as workflow commands, which GitHub Actions shows beside the lines of a pull request.

The form of a command and its escapes are those of GitHub's own toolkit (actions/toolkit, packages/core/src/command.ts).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from importer.kinds import KINDS
from importer.model import Action, Place, Problem, Severity, StepId
from importer.outcome import Outcome, Report, Status
from importer.plan.value import Plan, Step
from importer.report.problems import in_order
from importer.report.style import count

# More of one severity are in the log of a step only (actions/toolkit, docs/problem-matchers.md, "Limitations").
MOST_SHOWN: Final = 10

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_OF_ACTION: Final = {
    Action.CONFLICT: Severity.ERROR,
    Action.PENDING: Severity.WARNING,
    Action.ORPHANED: Severity.INFO,
    Action.ADOPT: Severity.INFO,
}
_OF_STATUS: Final = {Status.FAILED: Severity.ERROR, Status.SKIPPED: Severity.WARNING}
# What an API says may hold anything; a log takes it for a command of the terminal, and UTF-8 has no surrogates. The
# marks that turn the direction of writing (Unicode UAX #9) make a line read otherwise than it is.
_TURNING: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_TURNING}]")
_UNSAFE_NAME: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_TURNING}]")
_DRIVE: Final = re.compile("[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the repository is whose lines are annotated; absolute names, with forward slashes.

    GitHub takes a file for one below the root, wherever the step runs (actions/runner, ActionCommandManager.cs,
    IssueCommandExtension).
    """

    here: str = "/repository"  # the current folder
    roots: tuple[str, ...] = ("/repository",)  # the root, by each of its names

    def name(self, file: str) -> str:
        """``file`` as git names it, without `./` and the like; "" for one that GitHub has no line of."""
        if _UNSAFE_NAME.search(file):
            return ""
        whole = posixpath.normpath(file if _DRIVE.match(file) else posixpath.join(self.here, file))
        return next((whole[len(root) + 1 :] for root in self.roots if whole.startswith(f"{root}/")), "")


HERE: Final = Checkout()


def github_commands(problems: Sequence[Problem], checkout: Checkout = HERE) -> Iterator[str]:
    """One command for each problem, in the order of the files."""
    for problem in in_order(problems):
        yield _command(problem, checkout)


def github_lines(
    problems: Sequence[Problem], checkout: Checkout = HERE, *, before: Sequence[Problem] = ()
) -> Iterator[str]:
    """One command for each problem, and a plain line that counts them, with those that were told ``before``."""
    yield from github_commands(problems, checkout)
    yield _total([problem.severity for problem in (*before, *problems)])


def github_plan_lines(plan: Plan, checkout: Checkout = HERE, *, before: Sequence[Problem] = ()) -> Iterator[str]:
    """Conflicts as errors, what is pending as warnings, adoptions and orphans as notices."""
    told = {id(problem): (problem, more) for problem, more in _of_plan(plan.steps)}
    for problem in in_order([problem for problem, _ in told.values()]):
        yield _command(problem, checkout, told[id(problem)][1])
    yield _total([problem.severity for problem in (*before, *(one for one, _ in told.values()))])


def github_report_lines(report: Report, checkout: Checkout = HERE, *, before: Sequence[Problem] = ()) -> Iterator[str]:
    """What failed as errors, what was skipped as warnings; a run that could not go on is an error of its own."""
    yield from github_lines(list(_of_report(report)), checkout, before=before)


def _of_plan(steps: Iterable[Step]) -> Iterator[tuple[Problem, list[str]]]:
    """What is unusual, each with the fields that differ, a line for each."""
    for step in steps:
        severity = _OF_ACTION.get(step.action)
        # An application that is found done is part of its document.
        if severity is not None and not (step.id.part and step.action is Action.ADOPT):
            yield (
                Problem(step.code or step.action.value, _told(step), step.place, step.help, severity),
                _differing(step),
            )


def _told(step: Step) -> str:
    adopted = step.action is Action.ADOPT and step.remote_id
    parts = (_subject(step.id), step.action.value, f"found in the books as {step.remote_id}" if adopted else "")
    return ": ".join(part for part in (*parts, step.reason) if part)


def _differing(step: Step) -> list[str]:
    lines: list[str] = []
    if step.action is Action.CONFLICT and not step.drift:
        lines += [f"{one.label}: {_value(one.before)} -> {_value(one.after)}" for one in step.changes]
    for one in step.drift:
        lines.append(
            f"{one.label}: {_value(one.remembered)} when last applied, {_value(one.held)} in the books, "
            f"{_value(one.wanted)} in the manifest"
        )
    return lines


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _of_report(report: Report) -> Iterator[Problem]:
    if report.broken is not None:
        yield Problem(report.broken.code, f"The run stopped: {report.broken.message}", None, report.broken.help)
    if report.interrupted:
        message = "Interrupted. What was sent is remembered; run apply again to go on."
        yield Problem("interrupted", message, None, severity=Severity.WARNING)
    for outcome in report.bad:
        yield _of_outcome(outcome)


def _of_outcome(outcome: Outcome) -> Problem:
    severity, begin = _OF_STATUS[outcome.status], f"{_subject(outcome.id)} {outcome.status.value}"
    failure = outcome.failure
    if failure is None:
        return Problem(outcome.status.value, begin, outcome.place, severity=severity)
    place = failure.place or outcome.place
    return Problem(failure.code, f"{begin}: {failure.message}", place, failure.help, severity)


def _subject(step: StepId) -> str:
    return f"{KINDS[step.kind].label} {step.key}" + (f" {step.part}" if step.part else "")


def _command(problem: Problem, checkout: Checkout, more: Sequence[str] = ()) -> str:
    place = problem.place
    # The log shows the message alone, so that the place stands in it too: beyond the limit, and of a file outside of
    # the repository, there is nothing else.
    lines = [f"{place}: {problem.message}" if place is not None else problem.message]
    lines += [problem.cell] if problem.cell else []
    lines += more
    lines += [f"see also {other}" for other in problem.related]
    if problem.help:
        lines.append(f"help: {problem.help}")
    properties = {**(_spot(place, checkout) if place is not None else {}), "title": problem.code}
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[problem.severity]} {shown}::{_data(chr(10).join(lines))}"


def _spot(place: Place, checkout: Checkout) -> dict[str, str]:
    name = checkout.name(place.file)
    if not name:
        return {}
    return {
        "file": name,
        "line": str(place.line),
        "endLine": str(place.line),  # a width never goes beyond the line, and columns count within one line only
        "col": str(place.column),
        # The last column that is meant, as endLine is the last line: GitHub does not say, and may not be below col.
        "endColumn": str(place.column + place.width - 1),
    }


def _data(text: str) -> str:
    safe = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _total(severities: Sequence[Severity]) -> str:
    counts = Counter(severities)
    parts = [count(counts[severity], name) for severity, name in _COMMANDS.items() if counts[severity]]
    if not parts:
        return "no problems"
    hidden = f" (GitHub shows {MOST_SHOWN} of each beside the files; the log has all)"
    return ", ".join(parts) + (hidden if max(counts.values()) > MOST_SHOWN else "")
