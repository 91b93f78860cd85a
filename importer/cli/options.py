"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from importer.report.style import Style

if TYPE_CHECKING:
    from importer.report.github import Checkout

Command = TypeVar("Command", bound=Callable[..., Any])

paths_argument = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, or JSON on stdout and nothing else there.",
)
format_with_github_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, JSON on stdout and nothing else there, or annotations for GitHub Actions.",
)
state_option = click.option(
    "--state", "state_path", type=click.Path(path_type=Path), metavar="FILE", help="The state file."
)
target_option = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="KIND/KEY",
    help="Only this document, with what it needs; may be given several times.",
)
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="At most N documents: a first slice, by whole chains."
)
sandbox_option = click.option("--sandbox", is_flag=True, help="Use the embedded FinzBooks; needs no token.")
likeness_option = click.option(
    "--allow-likeness",
    is_flag=True,
    help="Create also what looks like a document of the books under another reference.",
)

strict_option = click.option("--strict", is_flag=True, help="Every warning counts as an error.")
most_option = click.option(
    "--max-problems",
    "most",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    metavar="N",
    help="Show N problems as text, errors first, and count the rest; 0 shows all.",
)


def output_options(command: Command) -> Command:
    """``--no-color``, ``-q`` and ``-v``."""
    for option in (
        click.option("--no-color", is_flag=True, help="No colours; NO_COLOR in the environment says the same."),
        click.option("-q", "--quiet", is_flag=True, help="No progress."),
        click.option("-v", "--verbose", is_flag=True, help="Every step, and where the time went."),
    ):
        command = option(command)
    return command


def style_for(stream: Any, no_color: bool) -> Style:
    """Colours only on a terminal, and only where nobody said no (https://no-color.org)."""
    return Style(stream.isatty() and not no_color and not os.environ.get("NO_COLOR"))


def say(lines: Any) -> None:
    """Results go to stdout."""
    for line in lines:
        click.echo(line)


def complain(lines: Any) -> None:
    """Progress and warnings go to stderr."""
    sys.stdout.flush()
    for line in lines:
        click.echo(line, err=True)


def checkout() -> Checkout:
    """Where the repository is that GitHub Actions has checked out; elsewhere the current folder stands for it.

    ``GITHUB_WORKSPACE`` is its root (GitHub Docs, "Variables reference", default environment variables).
    """
    from importer.report.github import Checkout

    here = os.path.realpath(os.curdir)
    root = os.environ.get("GITHUB_WORKSPACE", "") or here
    names = (one.replace(os.sep, "/").rstrip("/") for one in (os.path.realpath(root), os.path.normpath(root)))
    return Checkout(here.replace(os.sep, "/"), tuple(dict.fromkeys(names)))


def as_json(value: Any) -> str:
    """JSON for machines: every amount in it is text already."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=2)
