"""What apply does after the manifest is found good: plan, ask, carry out, say how it ended."""

from __future__ import annotations

import asyncio
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importer.apply.prepare import Prepared
from importer.apply.run import Run, not_begun
from importer.cli.choice import Choice, carried_on
from importer.cli.failed import keep_failed
from importer.cli.load import Loaded, reloaded
from importer.cli.moves import check_alone, check_seen, moved, remember_moves
from importer.cli.options import as_json, checkout, complain, say, style_for
from importer.cli.plan import show_plan
from importer.cli.planning import prepare_run, session_for
from importer.cli.progress import Progress
from importer.cli.prompt import ask
from importer.cli.saved import check_bound, open_saved, progress_of
from importer.cli.session import Rails, Session, check_named
from importer.cli.settling import agrees_to_send, context_of, has_open_calls, key_ttl, recovery_code, settle_first
from importer.delivery.settle import Fate, Recovery, Scope
from importer.errors import DONE, EXIT_CODES, REFUSED, Refused
from importer.outcome import Failure, Report
from importer.plan.binding import check_same_org, compare_steps
from importer.plan.saved import SavedPlan
from importer.plan.value import Plan
from importer.report.github import github_report_lines
from importer.report.outcome import report_lines, report_value
from importer.report.plan import plan_lines
from importer.report.recovery import recovery_lines
from importer.report.style import count
from importer.state.files import open_for_writing


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the user wants it done and told."""

    format_: str
    sandbox: bool
    yes: bool
    skip_conflicts: bool
    failed: Path | None
    no_color: bool
    quiet: bool
    verbose: bool
    most: int  # problems that are shown as text


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be applied: PATHs as they are now, or what a saved plan was made for."""

    paths: tuple[Path, ...]
    state: Path | None
    choice: Choice
    saved: SavedPlan | None = None

    @classmethod
    def saved_in(cls, file: Path, state: Path | None) -> Order:
        """Raises Refused (plan-unreadable)."""
        saved = open_saved(file)
        named = Path(saved.state_path) if saved.state_path else None
        return cls(tuple(map(Path, saved.paths)), state or named, Choice.of(saved.options), saved)


async def apply_manifest(order: Order, loaded: Loaded, wishes: Wishes) -> int:
    """Plan, ask, carry out. Returns the exit code of the contract (design, section 4)."""
    progress = None
    key_ttl()  # a setting that is none is told before anybody is asked
    if order.saved is not None:
        progress = progress_of(order.saved, loaded)
        check_bound(order.saved, loaded, progress, sandbox=wishes.sandbox)
    opening, rails = session_for(loaded, wishes.sandbox)
    async with opening as session:
        settled = None
        prepared = await _prepared(order, session, loaded, wishes, resumed=progress is not None)
        if _settles_first(order, loaded, wishes, resumed=progress is not None):
            settled = await _settled_first(session, prepared.plan, loaded, rails, wishes)
            if settled.interrupted or settled.broken is not None:
                return _ended_in_settling(settled, wishes, loaded)
            loaded = reloaded(loaded)
            prepared = await _prepared(order, session, loaded, wishes, resumed=progress is not None)
        more = "more " if settled is not None and settled.sent_again else ""
        plan = prepared.plan
        if plan.conflicts and not wishes.skip_conflicts:
            check_alone(loaded)
            if wishes.format_ == "json":
                _show(not_begun(plan), wishes, loaded, settled)
            else:
                show_plan(plan, wishes.format_, wishes.no_color, wishes.verbose, loaded.problems)
            complain([f"Nothing {more}was sent: the plan holds {count(len(plan.conflicts), 'conflict')}."])
            return EXIT_CODES["applied-in-part" if more else "plan-conflicts"]
        if plan.idle:
            _over(order, loaded, begun=progress is not None)
            _show(Report(unchanged=plan.unchanged), wishes, loaded, settled)
            _tell_left_out(plan, wishes)
            return DONE
        if not _confirmed(plan, session, rails, wishes):
            if more:
                complain(["Nothing more was sent."])
                return EXIT_CODES["applied-in-part"]
            raise Refused("not-confirmed", "Nothing was sent.")
        run_id = uuid.uuid4().hex
        report = await _carry_out(prepared, session, loaded, wishes, order.saved, run_id)
        _show(report, wishes, loaded, settled)
        _tell_left_out(plan, wishes)
        _tell_time(session, wishes)
        if wishes.failed is not None:
            keep_failed(wishes.failed, report, loaded, run_id, sandbox=wishes.sandbox, quiet=wishes.quiet)
        return _exit_code(report)


def _settles_first(order: Order, loaded: Loaded, wishes: Wishes, *, resumed: bool) -> bool:
    """Whether something is open that this run may settle. What a saved plan was made with is known to it."""
    agreed = wishes.yes or sys.stdin.isatty()
    return agreed and (order.saved is None or resumed) and has_open_calls(loaded)


async def _settled_first(session: Session, plan: Plan, loaded: Loaded, rails: Rails, wishes: Wishes) -> Recovery:
    """What was open is settled, and told, before anything else is done (design, section 6, item 3).

    By looking only, where conflicts keep the run from sending anything; and no more of it than the run is about.
    """
    if wishes.yes and not session.sandbox:
        check_named(rails)
    sends = bool(wishes.skip_conflicts or not plan.conflicts) and (wishes.yes or agrees_to_send(session, loaded))
    recovery = await settle_first(session, loaded, sends=sends, quiet=wishes.quiet, scope=_scope(plan))
    if not wishes.quiet or recovery.broken is not None or any(one.code for one in recovery.rows):
        complain(recovery_lines(recovery, style_for(sys.stderr, wishes.no_color), details=wishes.verbose))
    return recovery


def _scope(plan: Plan) -> Scope | None:
    """What of the open calls has to be settled for ``plan``: all, unless it is about a part of the manifest."""
    if not plan.left_out:
        return None
    return Scope(frozenset(step.id for step in plan.steps), plan.created_kinds)


def _ended_in_settling(recovery: Recovery, wishes: Wishes, loaded: Loaded) -> int:
    """What was open could not be settled, or a person did not wait for it: nothing was planned, and nothing done."""
    if wishes.format_ == "json":
        broken = None if recovery.broken is None else Failure(*recovery.broken[:2], help=recovery.broken[2])
        _show(Report(interrupted=recovery.interrupted, broken=broken), wishes, loaded, recovery)
    return recovery_code(recovery)


def _over(order: Order, loaded: Loaded, *, begun: bool) -> None:
    """Nothing is left to be done: that is remembered of a saved plan that was ``begun``, and else where files moved."""
    if order.saved is None:
        remember_moves(loaded)
    elif begun and loaded.where is not None:
        with open_for_writing(loaded.where.state) as store:
            check_seen(store, loaded)
            store.carry_out(order.saved.id)
            store.plan_done()


async def _prepared(order: Order, session: Session, loaded: Loaded, wishes: Wishes, *, resumed: bool) -> Prepared:
    """The plan of now; of a saved one, only if it is what was reviewed. Raises Refused."""
    saved, choice, how = order.saved, order.choice, (wishes.format_, wishes.no_color, wishes.most)
    if saved is None:
        return await prepare_run(session, order.paths, loaded, *how, choice)
    check_same_org(saved, session.org_id)
    pick = carried_on(saved) if resumed else None
    prepared = await prepare_run(session, order.paths, loaded, *how, choice, pick)
    compare_steps(saved, prepared.plan.steps, resumed=resumed)
    return prepared


def _confirmed(plan: Plan, session: Session, rails: Rails, wishes: Wishes) -> bool:
    """Show the plan and ask. Raises Refused when nobody can say yes, or the org is not named."""
    if not plan.writes:
        return True
    if wishes.yes:
        if not session.sandbox:
            check_named(rails)
        return True
    if not sys.stdin.isatty():
        raise Refused(
            "not-confirmed",
            "There is no terminal to ask on, and apply would write.",
            "Run it with --yes once the plan has been looked at.",
        )
    complain(plan_lines(plan, style_for(sys.stderr, wishes.no_color), details=wishes.verbose))
    return ask(f"Apply this to {session.named}?")


async def _carry_out(
    prepared: Prepared, session: Session, loaded: Loaded, wishes: Wishes, saved: SavedPlan | None, run_id: str
) -> Report:
    if loaded.where is None:
        raise ValueError("a run without a place for its state")
    with open_for_writing(loaded.where.state) as store:
        check_seen(store, loaded)
        if saved is not None:
            store.carry_out(saved.id)  # before any other change: one that is not the plan's own would bar it for good
        store.bind(session.org_id)
        store.put(moved(loaded))
        context = context_of(session, store, loaded, prepared, run_id)
        with (
            loaded.spent.of_calls(session.client, sandbox=session.sandbox),
            loaded.spent.of_writes(store),
            Progress(prepared.plan, session, quiet=wishes.quiet or wishes.format_ == "json") as progress,
        ):
            run = Run(context, prepared.plan, progress.advance, session.in_flight, skip_conflicts=wishes.skip_conflicts)
            with _interrupts(run.stop, progress.say):
                report = await run.carry_out()
        if saved is not None and _exit_code(report) == DONE:
            store.plan_done()
    return report


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


def _show(report: Report, wishes: Wishes, loaded: Loaded, settled: Recovery | None = None) -> None:
    if wishes.format_ == "json":
        say([as_json(report_value(report, settled))])
    else:
        if settled is not None and (done := settled.counts()[Fate.SETTLED.value]):
            say([f"{count(done, 'document')} of an earlier run settled."])
        say(report_lines(report, style_for(sys.stdout, wishes.no_color), details=wishes.verbose))
    if wishes.format_ == "github":
        say(github_report_lines(report, checkout(), before=loaded.problems))


def _tell_left_out(plan: Plan, wishes: Wishes) -> None:
    if plan.left_out and not wishes.quiet:
        complain([f"Left for later by --target or --limit: {count(plan.left_out, 'more document')}."])


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
