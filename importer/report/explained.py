"""What is told of a code, as text for people and as values for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any, Final

from importer.explained.entry import Entry, Example
from importer.explained.every import SUBJECT_OF, SUBJECTS, level_of
from importer.explained.showing import files_of, has_hidden, is_single
from importer.model import Problem
from importer.report.problems import problem_lines, problem_value
from importer.report.style import Style

WIDTH: Final = 100
_LABEL: Final = 8  # characters of the longest label, "source:", and a blank


def entry_lines(entry: Entry, found: Sequence[Problem], style: Style) -> Iterator[str]:
    """One code. ``found`` are the problems of its wrong example; none where they cannot be made in memory."""
    yield f"{style.paint(entry.code, 'bold')}: {entry.title}"
    yield ""
    yield from _labelled("level:", f"{level_of(entry)}{_switching(entry)}", style)
    yield from _labelled("why:", entry.why, style)
    yield from _labelled("help:", entry.help, style)
    yield from _labelled("source:", entry.source, style)
    if entry.wrong is not None:
        yield from _example("Wrong", entry.wrong, style)
        if found:
            yield ""
            yield "  What validate says of it:"
            yield ""
            yield from _indented(_without_summary(found, style))
    if entry.right is not None:
        yield from _example("Right", entry.right, style)
    if entry.no_example:
        yield ""
        yield f"  No example: {entry.no_example}."


def list_lines(style: Style) -> Iterator[str]:
    """Every code in a line of its own, by subject."""
    width = max(len(entry.code) for subject in SUBJECTS for entry in subject.entries)
    for subject in SUBJECTS:
        yield style.paint(subject.title, "bold")
        yield from (f"  {entry.code.ljust(width)}  {entry.title}" for entry in subject.entries)
        yield ""
    yield "For more about one of them: finz-import explain CODE"


def entry_value(entry: Entry, found: Sequence[Problem]) -> dict[str, Any]:
    """One code as JSON has it; ``wrong`` and ``right`` are null for a code without example."""
    return {
        **_head(entry),
        "switchable": entry.switchable,
        "why": entry.why,
        "help": entry.help,
        "source": entry.source,
        "wrong": _example_value(entry.wrong),
        "problems": [problem_value(one) for one in found],
        "right": _example_value(entry.right),
    }


def list_value() -> dict[str, Any]:
    return {"codes": [_head(entry) for subject in SUBJECTS for entry in subject.entries]}


def _head(entry: Entry) -> dict[str, Any]:
    subject = SUBJECT_OF[entry.code].title
    return {"code": entry.code, "title": entry.title, "subject": subject, "level": level_of(entry)}


def _example_value(example: Example | None) -> dict[str, Any] | None:
    if example is None:
        return None
    return {"path": example.path, "files": {name: "\n".join(lines) for name, lines in files_of(example)}}


def _switching(entry: Entry) -> str:
    if not entry.levels:
        return ""
    if entry.switchable:
        return f"; a project may say otherwise: `rules: {{{entry.code}: ...}}` with error, warning, info or off"
    return "; `rules` cannot change it"


def _labelled(label: str, text: str, style: Style) -> Iterator[str]:
    """``text`` broken into lines that stand beside their label."""
    for at, line in enumerate(wrap(text, WIDTH - _LABEL - 2, break_long_words=False, break_on_hyphens=False)):
        yield f"  {style.paint(label, 'cyan') if at == 0 else ' ' * len(label)}{' ' * (_LABEL - len(label))}{line}"


def _example(word: str, example: Example, style: Style) -> Iterator[str]:
    given = "" if is_single(example) else f" (finz-import validate {example.path})"
    hidden = r" (\x.. stands for what cannot be shown)" if has_hidden(example) else ""
    for name, lines in files_of(example):
        yield ""
        yield f"  {style.paint(word, 'bold')}{given}, {name}:{hidden}"
        yield ""
        yield from _indented(lines)
        word, given, hidden = "and", "", ""


def _without_summary(found: Sequence[Problem], style: Style) -> list[str]:
    lines = list(problem_lines(found, style))
    return lines[: max(at for at, line in enumerate(lines) if not line)]


def _indented(lines: Sequence[str]) -> Iterator[str]:
    return (f"    {line}" if line else "" for line in lines)
