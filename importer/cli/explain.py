"""``finz-import explain``: why a code is reported, and what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from importer.cli.options import format_option

if TYPE_CHECKING:
    from importer.explained.entry import Entry
    from importer.model import Problem


@click.command()
@click.argument("code", required=False, default="", metavar="[CODE]")
@format_option
@click.option("--no-color", is_flag=True, help="No colours; NO_COLOR in the environment says the same.")
def explain(code: str, format_: str, no_color: bool) -> None:
    """Say what CODE means: the reason, the source of the rule, a wrong example and the right one.

    Without CODE every code is listed. Capitals do not matter.
    """
    import sys

    from importer.cli.options import as_json, say, style_for
    from importer.explained.every import find
    from importer.report.explained import entry_lines, entry_value, list_lines, list_value

    style = style_for(sys.stdout, no_color)
    if not code:
        say([as_json(list_value())] if format_ == "json" else list_lines(style))
        return
    entry = find(code)
    if entry is None:
        rule = code.strip().upper()
        reason = elsewhere(rule)
        if not reason:
            raise unknown(code)
        say([as_json({"code": rule, "not_reported": reason}) if format_ == "json" else f"{rule}: {reason}"])
        return
    found = problems_of(entry)
    say([as_json(entry_value(entry, found))] if format_ == "json" else entry_lines(entry, found, style))


def elsewhere(rule: str) -> str:
    """Why nothing is reported under the id of a rule of the field; "" for what is none."""
    from importer.checks.rules import BY_CONTRACT, NOT_APPLICABLE

    if rule in BY_CONTRACT:
        return f"Kept by the contract of the manifest, under other codes: {', '.join(BY_CONTRACT[rule])}."
    return f"Not applied. {NOT_APPLICABLE[rule]}" if rule in NOT_APPLICABLE else ""


def unknown(code: str) -> Exception:
    """The error of a code that is not ours."""
    from importer.errors import WrongUsage
    from importer.explained.every import nearest

    if "." in code or code.startswith("http-"):
        help = "A code with a dot is FinzBooks' own: its page /docs/errors says what it means."
        return WrongUsage(f"The importer has no code {code!r}.", help)
    near = nearest(code)
    all_of_them = "finz-import explain lists all codes."
    return WrongUsage(f"There is no code {code!r}.", f"Did you mean {near}? {all_of_them}" if near else all_of_them)


def problems_of(entry: Entry) -> list[Problem]:
    """What validate says of the wrong example; nothing where its fault is one of the folder and not of a file."""
    from importer.checks import check
    from importer.cli.walk import PROJECT_FILE
    from importer.manifest import read, with_excerpts
    from importer.manifest.project import Project, read_project
    from importer.manifest.source import SourceFile

    example = entry.wrong
    if example is None:
        return []
    files = [
        SourceFile(name, content if isinstance(content, bytes) else content.encode(), alone=name == example.path)
        for name, content in example.files.items()
    ]
    project = next((read_project(one) for one in files if one.name == PROJECT_FILE), (Project(), ()))
    manifest = read((one for one in files if one.name != PROJECT_FILE), project[0].defaults)
    found = check(manifest, allow_unverified=project[0].allow_unverified, rules=project[0].rules)
    problems = [one for one in (*project[1], *manifest.problems, *found) if one.code in (entry.code, *entry.along)]
    texts = {one.name: one.data.decode("utf-8-sig", "replace") for one in files}
    return list(with_excerpts(problems, texts)) if any(one.code == entry.code for one in problems) else []
