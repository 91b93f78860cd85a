"""What apply does after the manifest is found good: plan, ask, carry out, say how it ended."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from importer.apply.context import Context
from importer.apply.prepare import Prepared
from importer.apply.run import Run, not_begun
from importer.cli.load import Loaded, source_of
from importer.cli.options import as_json, complain, say, style_for
from importer.cli.plan import show_plan
from importer.cli.planning import prepare_run, session_for
from importer.cli.progress import Progress
from importer.cli.session import Rails, Session, check_named
from importer.errors import DONE, EXIT_CODES, REFUSED, Refused
from importer.outcome import Report
from importer.plan.value import Plan
from importer.report.outcome import report_lines, report_value
from importer.report.plan import plan_lines
from importer.report.style import count
from importer.state.files import open_for_writing


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for."""

    format_: str
    sandbox: bool
    yes: bool
    allow_likeness: bool
    no_color: bool
    quiet: bool
    verbose: bool


async def apply_manifest(paths: Sequence[Path], loaded: Loaded, wishes: Wishes) -> int:
    """Plan, ask, carry out. Returns the exit code of the contract (design, section 4)."""
    opening, rails = session_for(loaded, wishes.sandbox)
    async with opening as session:
        prepared = await prepare_run(session, paths, loaded, wishes.format_, wishes.no_color, wishes.allow_likeness)
        plan = prepared.plan
        if plan.conflicts:
            if wishes.format_ == "json":
                _show(not_begun(plan), wishes)
            else:
                show_plan(plan, wishes.format_, wishes.no_color, wishes.verbose)
            complain([f"Nothing was sent: the plan holds {count(len(plan.conflicts), 'conflict')}."])
            return EXIT_CODES["plan-conflicts"]
        if plan.idle:
            _show(Report(unchanged=plan.unchanged), wishes)
            return DONE
        _confirm(plan, session, rails, wishes)
        report = await _carry_out(prepared, session, loaded, wishes)
        _show(report, wishes)
        _tell_time(session, wishes)
        return _exit_code(report)


def _confirm(plan: Plan, session: Session, rails: Rails, wishes: Wishes) -> None:
    """Show the plan and ask. Raises Refused when nobody says yes, or the org is not named."""
    if not plan.writes:
        return
    if wishes.yes:
        if not session.sandbox:
            check_named(rails)
        return
    if not sys.stdin.isatty():
        raise Refused(
            "not-confirmed",
            "There is no terminal to ask on, and apply would write.",
            "Run it with --yes once the plan has been looked at.",
        )
    complain(plan_lines(plan, style_for(sys.stderr, wishes.no_color), details=wishes.verbose))
    where = "the sandbox" if session.sandbox else f"organisation {session.org_id}"
    # The loop's own handler only cancels a task, and nothing runs while a person thinks.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        agreed = click.confirm(f"Apply this to {where}?", err=True)
    finally:
        signal.signal(signal.SIGINT, before)
    if not agreed:
        raise Refused("not-confirmed", "Nothing was sent.")


async def _carry_out(prepared: Prepared, session: Session, loaded: Loaded, wishes: Wishes) -> Report:
    if loaded.where is None:
        raise ValueError("a run without a place for its state")
    with open_for_writing(loaded.where.state) as store:
        seen = (store.lineage, store.serial) if loaded.seen is not None else None
        if seen != loaded.seen or (loaded.seen is None and store.serial != 0):
            raise Refused("state-moved", "Another run has changed the state since this plan was made.", "Run it again.")
        store.bind(session.org_id)
        context = Context(
            client=session.client,
            store=store,
            bindings=prepared.bindings,
            org_id=session.org_id,
            token_id=session.token_id,
            run=uuid.uuid4().hex,
            now=session.clock.now,
            sleep=session.clock.sleep,
            dice=random.random,
            expected=prepared.expectations.expected,
            source_of=source_of(loaded),
            claimed=prepared.claimed,
            timeout=session.timeout,
        )
        with Progress(prepared.plan, session, quiet=wishes.quiet or wishes.format_ == "json") as progress:
            run = Run(context, prepared.plan, progress.advance)
            with _interrupts(run.stop, progress.say):
                return await run.carry_out()


@contextmanager
def _interrupts(stop: Callable[[], None], tell: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C ends the run after the calls that are under way; a second one does not wait for them."""
    loop = asyncio.get_running_loop()

    def on_signal(*_: Any) -> None:
        loop.call_soon_threadsafe(tell, "Stopping after the calls that are under way; press again not to wait.")
        loop.call_soon_threadsafe(stop)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(report: Report, wishes: Wishes) -> None:
    if wishes.format_ == "json":
        say([as_json(report_value(report))])
    else:
        say(report_lines(report, style_for(sys.stdout, wishes.no_color), details=wishes.verbose))


def _tell_time(session: Session, wishes: Wishes) -> None:
    """On the sandbox nobody waits; the time that the live API would have taken is still told."""
    if session.sandbox and not wishes.quiet:
        calls, waited = session.client.sent.total(), session.client.waited
        complain([f"{calls:,} calls; at the API's pace they wait {waited:,.0f} s for the rate limit."])


def _exit_code(report: Report) -> int:
    if report.interrupted:
        return EXIT_CODES["interrupted"]
    if report.broken is not None and not report.wrote:
        return REFUSED
    return EXIT_CODES["applied-in-part"] if report.bad else DONE
