"""One step of a plan, as a person reads it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

from importer.kinds import KINDS
from importer.model import Action, Change, Drift, Place
from importer.plan.phrases import currency_of, money
from importer.plan.value import Step
from importer.report.style import Style

WIDTH: Final = 100  # columns that a line keeps to where its words allow it
INDENT: Final = "    "
_MARKS: Final = {
    Action.CREATE: ("+", "green"),
    Action.ADOPT: ("=", "cyan"),
    Action.SETTLE: ("=", "cyan"),
    Action.UPDATE: ("~", "yellow"),
    Action.APPROVE: ("^", "yellow"),
    Action.APPLY: (">", "green"),
    Action.CONFLICT: ("!", "red"),
    Action.ORPHANED: ("?", "yellow"),
    Action.PENDING: (".", "yellow"),
}
_COMMAND: Final = re.compile(r"finz-import .*?(?=\. [A-Z]|$)")
_TIE: Final = "\N{NO-BREAK SPACE}"
_DRIFT_HEAD: Final = ("field", "when last applied", "in the books now", "in the manifest")


def step_lines(step: Step, style: Style) -> Iterator[str]:
    """What is done to which document and where it stands; below it why, what changes, and what would help."""
    mark, colour = _MARKS[step.action]
    yield f"{style.paint(f'{mark} {step.action.value}', colour)} {subject(step)}{where(step.place)}"
    if step.reason:
        yield from wrapped(_reason(step), INDENT)
    for change in step.changes:
        yield from _change_lines(change)
    if _posts(step):
        yield f"{INDENT}The draft is then posted."
    if step.drift:
        yield from _drift_lines(step.drift)
    if step.help:
        yield from _help_lines(step.help, style)


def _help_lines(text: str, style: Style) -> Iterator[str]:
    """What would help. A command in it stays in one line, to be copied."""
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _TIE), text)
    first, *others = (line.replace(_TIE, " ") for line in wrapped(f"help: {whole}", INDENT))
    yield first.replace("help:", style.paint("help:", "cyan"), 1)
    yield from others


def subject(step: Step) -> str:
    """The document by kind and key, with the amount and, for an application, what it goes to."""
    name = f"{KINDS[step.id.kind].label} {step.id.key}"
    currency = currency_of(step.document)
    if step.entry is not None:
        name += f" to {step.entry.target_key or step.entry.target_id}: {money(step.entry.amount, currency)}"
    if step.amount is not None:
        name += f": {money(step.amount, currency)}"
    if step.action is Action.APPROVE:
        return name + " (draft becomes posted)"
    return name + (" (a draft: not posted)" if step.draft else "")


def where(place: Place | None) -> str:
    return f"  ({place.file}:{place.line})" if place is not None else ""


def wrapped(text: str, indent: str, first: str | None = None) -> list[str]:
    """``text`` in lines of at most WIDTH columns; words are never broken, and keys and paths are words."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def words(value: Any) -> str:
    """A value as a manifest would say it, in one line."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {words(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(words(inner) for inner in value) + "]"
    return "\\n".join(str(value).splitlines())


def _reason(step: Step) -> str:
    if step.action not in (Action.ADOPT, Action.SETTLE, Action.UPDATE, Action.APPROVE) or step.remote is None:
        return step.reason
    found = f"found in the books as {step.remote_id}: {step.reason}"
    if step.settles is None:
        return found
    return f"its call of {step.settles.server_time} was cut off before the answer came; {found}"


def _posts(step: Step) -> bool:
    """Whether the update turns on what posts a draft."""
    field = KINDS[step.id.kind].posts_if
    return step.action is Action.UPDATE and any(one.path == field and one.after is True for one in step.changes)


def _change_lines(change: Change) -> Iterator[str]:
    before, after = words(change.before), words(change.after)
    line = f"{INDENT}{change.label}: {before} -> {after}"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{INDENT}{change.label}:"
    below = INDENT * 2 + "   "  # as wide as the arrow
    yield from wrapped(before, below)
    yield from wrapped(after, below, f"{INDENT * 2}-> ")


def _drift_lines(drift: Sequence[Drift]) -> Iterator[str]:
    """A table, or where that is too wide, the three values below each field."""
    rows = [(one.label, words(one.remembered), words(one.held), words(one.wanted)) for one in drift]
    widths = [max(len(row[at]) for row in (_DRIFT_HEAD, *rows)) for at in range(len(_DRIFT_HEAD))]
    if sum(widths) + len(INDENT) + 2 * (len(widths) - 1) <= WIDTH:
        for row in (_DRIFT_HEAD, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield INDENT + "  ".join(cells).rstrip()
        return
    for path, *values in rows:
        yield f"{INDENT}{path}:"
        for name, value in zip(_DRIFT_HEAD[1:], values, strict=True):
            yield from wrapped(value, INDENT * 3, f"{INDENT * 2}{name}: ")
