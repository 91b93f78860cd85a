"""``finz-import apply``: bring the books to what the manifests say, exactly once."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.options import (
    format_with_github_option,
    likeness_option,
    limit_option,
    most_option,
    output_options,
    sandbox_option,
    state_option,
    strict_option,
    target_option,
)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@format_with_github_option
@state_option
@sandbox_option
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), metavar="FILE", help="What plan --out saved, and just that."
)
@click.option(
    "--yes",
    is_flag=True,
    help="Do not ask. FINZBOOKS_ORG_ID, finzbooks.yaml or the state must then name the org.",
)
@click.option("--skip-conflicts", is_flag=True, help="Do what no conflict holds back; ends in 4 where there was one.")
@click.option(
    "--failed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write what failed as a manifest, with the reasons.",
)
@target_option
@limit_option
@likeness_option
@strict_option
@most_option
@output_options
def apply(
    paths: tuple[Path, ...],
    format_: str,
    state_path: Path | None,
    sandbox: bool,
    plan_file: Path | None,
    yes: bool,
    skip_conflicts: bool,
    failed: Path | None,
    targets: tuple[str, ...],
    limit: int | None,
    allow_likeness: bool,
    strict: bool,
    most: int,
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

    from importer.cli.applying import Order, Wishes, apply_manifest
    from importer.cli.choice import Choice
    from importer.cli.failed import refuse_name
    from importer.cli.load import load, refuse_errors
    from importer.cli.saved import refuse_output
    from importer.cli.stages import told
    from importer.errors import WrongUsage

    refuse_name(failed)
    wishes = Wishes(format_, sandbox, yes, skip_conflicts, failed, no_color, quiet, verbose, most)
    if plan_file is None:
        if not paths:
            raise WrongUsage("Nothing is given to apply.", "Give PATH... (files or folders), or --plan FILE.")
        order = Order(paths, state_path, Choice(allow_likeness, targets, limit))
    else:
        if paths or allow_likeness or targets or limit is not None or strict:
            raise WrongUsage("A saved plan holds its PATHs and options.", "Give --plan FILE without them.")
        order = Order.saved_in(plan_file, state_path)
    order.choice.check()
    loaded = load(order.paths, order.state, sandbox=sandbox, needs_state=True, strict=strict)
    inputs = order.paths if plan_file is None else (*order.paths, plan_file)
    with told(loaded.spent, verbose):
        refuse_output(failed, "--failed", inputs, loaded)
        refuse_errors(loaded, format_, no_color, most, of_saved_plan=order.saved is not None)
        return asyncio.run(apply_manifest(order, loaded, wishes))
