"""``finz-import apply``: bring the books to what the manifests say, exactly once."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.options import (
    format_option,
    likeness_option,
    output_options,
    paths_argument,
    sandbox_option,
    state_option,
)


@click.command()
@paths_argument
@format_option
@state_option
@sandbox_option
@click.option(
    "--yes", is_flag=True, help="Do not ask. FINZBOOKS_ORG_ID, finzbooks.yaml or the state must then name the org."
)
@likeness_option
@output_options
def apply(
    paths: tuple[Path, ...],
    format_: str,
    state_path: Path | None,
    sandbox: bool,
    yes: bool,
    allow_likeness: bool,
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Bring the books to what the manifests in PATH... (files or folders) say. Shows the plan and asks first.

    Safe to interrupt, and to run again: what is in the books already is not sent a second time.

    Exit codes: 0 done or no change, 1 errors in the input or conflicts (nothing is sent then), 2 wrong usage,
    4 applied in part, 5 refused and nothing written, 130 interrupted.
    """
    import asyncio

    from importer.cli.applying import Wishes, apply_manifest
    from importer.cli.load import load, refuse_errors

    loaded = load(paths, state_path, sandbox=sandbox, needs_state=True)
    refuse_errors(loaded, format_, no_color)
    wishes = Wishes(format_, sandbox, yes, allow_likeness, no_color, quiet, verbose)
    return asyncio.run(apply_manifest(paths, loaded, wishes))
