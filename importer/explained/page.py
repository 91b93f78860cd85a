"""The page docs/problems.md, made from the entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from importer.explained.entry import Entry, Example, Subject
from importer.explained.every import OF_A_RUN, OF_THE_INPUT, level_of
from importer.explained.showing import files_of, has_hidden, is_single

HEAD: Final = """\
# Problems, rules and refusals

Every code that `finz-import` reports, why it does, where the rule comes from, and a wrong and a right example.
`finz-import explain CODE` prints the same, with what `validate` says of the example.

This page is made from the texts in `importer/explained/`; do not edit it, make it anew:

```sh
cd tests && python -m explained.problems_page
```
"""
INPUT: Final = """\
# Problems of the input

An error keeps the run from sending anything; a warning does not. Of the codes that are marked *switchable*, a project
may say otherwise: `rules: {G2: warning}` in `finzbooks.yaml`, with `error`, `warning`, `info` or `off`.
"""
NOT_APPLIED: Final = """\
## Rules of the field that are not applied

Nothing in a manifest can keep or break them, for the reason given.

| rule | reason |
|---|---|
"""
RUN: Final = """\
# Codes of a run

These need the books or the state to come about.
"""


def page(not_applied: Mapping[str, str]) -> str:
    """The whole page. ``not_applied`` are the rules that no manifest can break, each with the reason."""
    parts = [HEAD, _contents(), INPUT]
    parts += [_with_examples(subject) for subject in OF_THE_INPUT]
    parts.append(NOT_APPLIED + "".join(f"| {rule} | {_cell(reason)} |\n" for rule, reason in not_applied.items()))
    parts.append(RUN)
    parts += [_as_table(subject) for subject in OF_A_RUN]
    return "\n".join(parts)


def _contents() -> str:
    lines = []
    for subject in (*OF_THE_INPUT, *OF_A_RUN):
        codes = ", ".join(f"[`{entry.code}`](#{entry.code.lower()})" for entry in subject.entries)
        lines.append(f"- **{subject.title}**: {codes}\n")
    return "".join(lines)


def _with_examples(subject: Subject) -> str:
    sections = ("\n".join(_section(entry)) for entry in subject.entries)
    return f"## {subject.title}\n\n{subject.about}\n\n" + "\n".join(sections)


def _section(entry: Entry) -> Iterator[str]:
    marks = f"{level_of(entry)}{', *switchable*' if entry.switchable else ''}"
    yield f"### {entry.code}\n"
    yield f"**{entry.title}** ({marks})\n"
    yield f"{entry.why}\n"
    yield f"*What helps:* {entry.help}\\\n*Source:* {entry.source}.\n"
    if entry.wrong is not None and entry.right is not None:
        yield from _example("Wrong", entry.wrong)
        yield from _example("Right", entry.right)
    else:
        yield f"No example: {entry.no_example}.\n"


def _example(word: str, example: Example) -> Iterator[str]:
    told = "" if is_single(example) else f" (`validate {example.path}`)"
    hidden = r"; `\x..` stands for what cannot be shown" if has_hidden(example) else ""
    for at, (name, lines) in enumerate(files_of(example)):
        yield f"{word}{told}, `{name}`{hidden}:\n" if at == 0 else f"and `{name}`:\n"
        yield "\n".join(["```", *lines, "```", ""])


def _as_table(subject: Subject) -> str:
    rows = (
        f'| <a id="{entry.code}"></a>`{entry.code}` | {_cell(entry.title)}. {_cell(entry.why)} | {_cell(entry.help)} |'
        for entry in subject.entries
    )
    head = f"## {subject.title}\n\n{subject.about} ({subject.told[0].upper()}{subject.told[1:]}.)\n"
    return "\n".join([head, "| code | means | what helps |", "|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
