"""``finz-import graph``: the dependency graph of a manifest, for a document or a web page. No network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import output_options, paths_argument, state_option

if TYPE_CHECKING:
    from importer.checks.book import Book
    from importer.cli.load import Loaded
    from importer.model import Ref


@click.command()
@paths_argument
@click.option(
    "--format",
    "format_",
    type=click.Choice(["mermaid", "dot", "json"]),
    default="mermaid",
    show_default=True,
    help="Mermaid for Markdown, DOT for Graphviz, or JSON.",
)
@click.option("--key", metavar="KIND/KEY", help="What is around one document; the key alone where it is the only one.")
@state_option
@output_options
def graph(
    paths: tuple[Path, ...],
    format_: str,
    key: str | None,
    state_path: Path | None,
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Draw what refers to what in the manifests in PATH... (files or folders). Sends nothing.

    Without --key: one node per kind with its number of documents, and what they refer to, field by field. With
    --key: all that the document needs, and what needs it; of too many, the first. An arrow leads from a document to
    what it needs. What only the state knows is drawn with a dashed line.

    Exit codes: 0 done, 1 errors in the input, 2 wrong usage, 5 a state file that cannot be read.
    """
    from importer.checks.book import Book
    from importer.cli.load import load
    from importer.cli.options import as_json, say
    from importer.graph_view import around, by_kind
    from importer.report.graph import dot_lines, graph_value, mermaid_lines

    loaded = load(paths, state_path, sandbox=False, needs_state=False)
    _refuse_errors(loaded, format_, no_color)
    book = Book(loaded.manifest, loaded.memory.said())
    view = by_kind(book) if key is None else around(book, _named(book, key))
    if format_ == "json":
        say([as_json(graph_value(view))])
    else:
        lines = {"mermaid": mermaid_lines, "dot": dot_lines}[format_]
        say(lines(view, plain=not _holds_all_of_unicode()))


def _refuse_errors(loaded: Loaded, format_: str, no_color: bool) -> None:
    """As every command does, but for a diagram on stdout, which is read by a program: its problems go to stderr."""
    import sys

    from importer.cli.load import refuse_errors
    from importer.cli.options import complain, style_for
    from importer.errors import InvalidInput
    from importer.report.problems import problem_lines

    if loaded.errors and format_ != "json":
        complain(problem_lines(loaded.problems, style_for(sys.stderr, no_color)))
        raise InvalidInput(loaded.errors)
    refuse_errors(loaded, format_, no_color)


def _named(book: Book, text: str) -> Ref:
    """The one document that ``--key`` names. Raises WrongUsage where there is none, or more than one."""
    from importer.checks.shape import shown
    from importer.errors import WrongUsage
    from importer.graph_view import named

    found, near = named(book, text)
    if len(found) == 1:
        return found[0]
    listed = " or ".join(shown(str(ref)) for ref in found or near)
    if found:
        raise WrongUsage(f"--key {shown(text)} is the key of {len(found)} documents.", f"Give {listed}.")
    help = f"Did you mean {listed}?" if near else "Give KIND/KEY, such as invoices/ORDER-99031."
    raise WrongUsage(f"Neither the given files nor the state hold a document {shown(text)}.", help)


def _holds_all_of_unicode() -> bool:
    """Not where Windows writes a pipe or a file in a code page of its own."""
    import codecs
    import sys

    try:
        return codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf")
    except LookupError:
        return False
