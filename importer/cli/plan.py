"""``finz-import plan``: what apply would do, in money, calls and time. Sends no write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import (
    format_with_github_option,
    likeness_option,
    limit_option,
    most_option,
    output_options,
    paths_argument,
    sandbox_option,
    state_option,
    strict_option,
    target_option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from importer.model import Problem
    from importer.plan.value import Plan


@click.command()
@paths_argument
@format_with_github_option
@state_option
@sandbox_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan, for apply --plan FILE.")
@click.option("--offline", is_flag=True, help="Ask nobody: nothing is looked up, and tax rates are not known.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 3 when changes are pending.")
@target_option
@limit_option
@likeness_option
@strict_option
@most_option
@output_options
def plan(
    paths: tuple[Path, ...],
    format_: str,
    state_path: Path | None,
    sandbox: bool,
    out: Path | None,
    offline: bool,
    detailed_exitcode: bool,
    targets: tuple[str, ...],
    limit: int | None,
    allow_likeness: bool,
    strict: bool,
    most: int,
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Show what apply would do to the books for the manifests in PATH... (files or folders).

    With --out the plan is saved, and apply --plan does just that or refuses.

    Exit codes: 0 done, 1 errors in the input or conflicts, 2 wrong usage, 3 changes pending (with
    --detailed-exitcode; 1 wins), 5 refused.
    """
    import asyncio

    from importer.cli.choice import Choice
    from importer.cli.load import load, refuse_errors
    from importer.cli.saved import refuse_output, save
    from importer.cli.stages import told
    from importer.errors import DONE, EXIT_CODES, PENDING, WrongUsage

    if out is not None and offline:
        raise WrongUsage(
            "A plan made offline is bound to no organisation, and cannot be saved.", "Leave --offline out."
        )
    choice = Choice(allow_likeness, targets, limit)
    choice.check()
    loaded = load(paths, state_path, sandbox=sandbox, needs_state=True, strict=strict, keeps=True)
    with told(loaded.spent, verbose):
        refuse_output(out, "--out", paths, loaded)
        refuse_errors(loaded, format_, no_color, most)
        if offline:
            from importer.apply.prepare import plan_offline
            from importer.cli.load import quick_allocation, scope_of
            from importer.cli.today import today
            from importer.report.timing import PLAN

            scope = scope_of(paths, loaded)
            with quick_allocation(), loaded.spent(PLAN):
                made = plan_offline(loaded.manifest, loaded.memory, scope, pick=choice.pick, today=today())
        else:
            from importer.cli.planning import plan_online

            made = asyncio.run(plan_online(paths, loaded, format_, no_color, most, sandbox, choice))
        show_plan(made, format_, no_color, verbose, loaded.problems)
        if out is not None:
            save(out, made, paths, state_path, loaded, choice, sandbox=sandbox)
        if made.conflicts:
            return EXIT_CODES["plan-conflicts"]
        return PENDING if detailed_exitcode and made.changes else DONE


def show_plan(made: Plan, format_: str, no_color: bool, verbose: bool, before: Sequence[Problem]) -> None:
    """A plan as a command's result. ``before`` are the problems of the input, which have been told."""
    import sys

    from importer.cli.options import as_json, say, style_for
    from importer.report.plan import plan_lines, plan_value

    if format_ == "json":
        say([as_json(plan_value(made))])
    else:
        say(plan_lines(made, style_for(sys.stdout, no_color), details=verbose))
    if format_ == "github":
        from importer.cli.options import checkout
        from importer.report.github import github_plan_lines

        say(github_plan_lines(made, checkout(), before=before))
