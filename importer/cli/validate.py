"""``finz-import validate``: every problem, and no network."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.options import (
    format_with_github_option,
    most_option,
    output_options,
    paths_argument,
    state_option,
    strict_option,
)


@click.command()
@paths_argument
@format_with_github_option
@state_option
@strict_option
@most_option
@output_options
def validate(
    paths: tuple[Path, ...],
    format_: str,
    state_path: Path | None,
    strict: bool,
    most: int,
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Check the manifests in PATH... (files or folders) and show every problem. Sends nothing.

    Exit codes: 0 no errors, 1 errors, 2 wrong usage, 5 a state file that cannot be read.
    """
    from importer.cli.load import load, report_problems
    from importer.cli.stages import told
    from importer.cli.today import today
    from importer.errors import InvalidInput
    from importer.report.style import count

    loaded = load(paths, state_path, sandbox=False, needs_state=False, today=today(), strict=strict, keeps=True)
    with told(loaded.spent, verbose):
        if format_ != "text" or loaded.problems:
            report_problems(loaded.problems, format_, no_color, most)
            if format_ == "text":
                click.echo("For more about a code: finz-import explain CODE")
        if loaded.errors:
            raise InvalidInput(loaded.errors)
        if format_ == "text" and not quiet:
            documents = count(loaded.checked.count, "document")
            click.echo(f"{documents} in {count(len(loaded.sources.files), 'file')}: no errors.", err=True)
