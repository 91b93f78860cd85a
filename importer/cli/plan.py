"""``finz-import plan``: what apply would do, in money, calls and time. Sends no write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import (
    format_option,
    likeness_option,
    output_options,
    paths_argument,
    sandbox_option,
    state_option,
)

if TYPE_CHECKING:
    from importer.plan.value import Plan


@click.command()
@paths_argument
@format_option
@state_option
@sandbox_option
@click.option("--offline", is_flag=True, help="Ask nobody: nothing is looked up, and tax rates are not known.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 3 when changes are pending.")
@likeness_option
@output_options
def plan(
    paths: tuple[Path, ...],
    format_: str,
    state_path: Path | None,
    sandbox: bool,
    offline: bool,
    detailed_exitcode: bool,
    allow_likeness: bool,
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Show what apply would do to the books for the manifests in PATH... (files or folders).

    Exit codes: 0 done, 1 errors in the input or conflicts, 2 wrong usage, 3 changes pending (with
    --detailed-exitcode; 1 wins), 5 refused.
    """
    import asyncio

    from importer.cli.load import load, refuse_errors
    from importer.errors import DONE, EXIT_CODES, PENDING

    loaded = load(paths, state_path, sandbox=sandbox, needs_state=True)
    refuse_errors(loaded, format_, no_color)
    if offline:
        from importer.apply.prepare import plan_offline
        from importer.cli.load import scope_of

        made = plan_offline(loaded.manifest, loaded.memory, scope_of(paths, loaded))
    else:
        from importer.cli.planning import plan_online

        made = asyncio.run(plan_online(paths, loaded, format_, no_color, sandbox, allow_likeness))
    show_plan(made, format_, no_color, verbose)
    if made.conflicts:
        return EXIT_CODES["plan-conflicts"]
    return PENDING if detailed_exitcode and made.changes else DONE


def show_plan(made: Plan, format_: str, no_color: bool, verbose: bool) -> None:
    """A plan as a command's result."""
    import sys

    from importer.cli.options import as_json, say, style_for
    from importer.report.plan import plan_lines, plan_value

    if format_ == "json":
        say([as_json(plan_value(made))])
    else:
        say(plan_lines(made, style_for(sys.stdout, no_color), details=verbose))
