"""What recover does: find the state and its open calls, read the manifest, look, say what became of each."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.cli.load import Loaded, load, place, refuse_errors
from importer.cli.options import as_json, say, style_for
from importer.cli.planning import session_for, tell_wait
from importer.cli.project import find_project
from importer.cli.settling import go_on_with_plan, recovery_code, settle_open
from importer.cli.walk import shown
from importer.delivery.settle import Recovery
from importer.errors import DONE
from importer.report.recovery import recovery_lines, recovery_value
from importer.state.files import open_for_reading, open_for_writing


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for."""

    format_: str
    sandbox: bool
    no_color: bool
    quiet: bool
    verbose: bool


def recover_state(paths: Sequence[Path], given: Path | None, wishes: Wishes) -> int:
    """Settle what is open. Returns the exit code. Raises InvalidInput, WrongUsage and Refused as apply does."""
    project = find_project(paths)
    state = place(paths, given, wishes.sandbox, project).state
    # A path that is not there, or a project file that cannot be read, may mean another state than is meant.
    sure = all(path.exists() for path in paths) and not project.problems
    if sure and not _is_open(state):
        return _nothing(state, wishes)
    folders = paths or (_folder(project.path, given),)
    loaded = load(folders, given, sandbox=wishes.sandbox, needs_state=True)
    refuse_errors(loaded, wishes.format_, wishes.no_color)
    return asyncio.run(_recover(loaded, wishes))


def _folder(project: Path | None, given: Path | None) -> Path:
    """Where the manifests are that no PATH names: beside the project file, else beside the state."""
    if project is not None:
        return shown(project.parent)
    return given.parent if given is not None else Path()


def _is_open(state: Path) -> bool:
    store = open_for_reading(state)
    if store is None:
        return False
    with store:
        return bool(store.intents())


def _nothing(state: Path, wishes: Wishes) -> int:
    there = state.exists()
    if wishes.format_ == "json":
        say([as_json(recovery_value(Recovery()))])
    elif there:
        say(["Nothing to settle: no call is open."])
    else:
        say([f"Nothing to settle: there is no state at {state}."])
    return DONE


async def _recover(loaded: Loaded, wishes: Wishes) -> int:
    opening, _ = session_for(loaded, wishes.sandbox)
    async with opening as session:
        session.client.on_wait = None if wishes.quiet else tell_wait
        with open_for_writing(_state(loaded)) as store:
            go_on_with_plan(store)
            store.bind(session.org_id)
            recovery = await settle_open(session, store, loaded, sends=False, quiet=wishes.quiet)
    return _show(recovery, wishes)


def _state(loaded: Loaded) -> Path:
    if loaded.where is None:
        raise ValueError("a run without a place for its state")
    return loaded.where.state


def _show(recovery: Recovery, wishes: Wishes) -> int:
    if wishes.format_ == "json":
        say([as_json(recovery_value(recovery))])
    else:
        say(recovery_lines(recovery, style_for(sys.stdout, wishes.no_color), details=wishes.verbose))
    return recovery_code(recovery)
