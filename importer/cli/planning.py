"""Making the plan with the org at hand: shared by plan and apply."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from importer.apply.prepare import Pick, Prepared, prepare
from importer.cli.choice import Choice
from importer.cli.load import Loaded, quick_allocation, report_problems, scope_of
from importer.cli.options import complain
from importer.cli.session import Rails, Session, environment, live, rails_of, sandboxed
from importer.cli.today import day_in_india
from importer.errors import ApiError, InvalidInput, Refused
from importer.plan.value import Plan
from importer.report.timing import PLAN

LONG_WAIT: Final = 3.0  # seconds


def session_for(loaded: Loaded, sandbox: bool) -> tuple[AbstractAsyncContextManager[Session], Rails]:
    """The session of a run, not yet opened, and what names its org."""
    rails = rails_of(environment(), loaded.project.says.org_id, loaded.state_org, sandbox=sandbox)
    if sandbox and loaded.where is not None:
        return sandboxed(loaded.where.base, rails), rails
    return live(environment(), rails), rails


async def prepare_run(
    session: Session,
    paths: Sequence[Path],
    loaded: Loaded,
    format_: str,
    no_color: bool,
    most: int,
    choice: Choice,
    pick: Pick | None = None,
) -> Prepared:
    """The plan of ``paths`` for the org of ``session``; ``pick`` in place of what ``choice`` picks.

    Raises InvalidInput for what only the org could tell, and Refused (lookup-failed) when the org cannot be asked.
    """
    session.client.on_wait = tell_wait
    try:
        with quick_allocation(), loaded.spent(PLAN), loaded.spent.of_calls(session.client, sandbox=session.sandbox):
            return await prepare(
                session.client,
                loaded.manifest,
                loaded.memory,
                session.org_id,
                scope_of(paths, loaded),
                allow_likeness=choice.allow_likeness,
                per_minute=session.per_minute,
                allow_unverified=loaded.project.says.allow_unverified,
                rules=loaded.project.says.rules,
                pick=pick or choice.pick,
                today=day_in_india(session.clock.now()),
                finish=loaded.finish,
                strict=loaded.strict,
            )
    except InvalidInput as error:
        report_problems(error.problems, format_, no_color, most)
        raise
    except ApiError as error:  # planning only reads: nothing has been written
        raise Refused(
            "lookup-failed",
            f"What the books hold could not be read, so nothing was sent: {error.message} [{error.code}]",
            error.help or "Run it again.",
        ) from error


def tell_wait(seconds: float) -> None:
    """A wait for the window that a person notices, while there is no progress bar to show it."""
    if seconds >= LONG_WAIT:
        complain([f"Waiting {seconds:.0f} s for the rate limit."])


async def plan_online(
    paths: Sequence[Path], loaded: Loaded, format_: str, no_color: bool, most: int, sandbox: bool, choice: Choice
) -> Plan:
    opening, _ = session_for(loaded, sandbox)
    async with opening as session:
        return (await prepare_run(session, paths, loaded, format_, no_color, most, choice)).plan
