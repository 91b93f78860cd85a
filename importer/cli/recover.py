"""``finz-import recover``: find out what became of calls that were cut off, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.options import format_option, output_options, sandbox_option, state_option


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")
@format_option
@state_option
@sandbox_option
@output_options
def recover(
    paths: tuple[Path, ...],
    format_: str,
    state_path: Path | None,
    sandbox: bool,
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Settle the calls of earlier runs whose answers never came, for the manifests in PATH... (files or folders).

    Without PATH: the folder of finzbooks.yaml, else that of the state. What they brought is looked for in the books and
    remembered; what two looks do not find is closed, and the next apply sends it. Nothing is written to the books.
    Where no call is open, nobody is asked.

    Exit codes: 0 nothing is open any more, 1 errors in the input, 2 wrong usage, 4 something stays open (each is
    named), 5 refused and nothing settled, 130 interrupted.
    """
    from importer.cli.recovering import Wishes, recover_state

    return recover_state(paths, state_path, Wishes(format_, sandbox, no_color, quiet, verbose))
