"""A world whose importer settles first, the trouble that it can get into, and what must be true at the end."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from simulation.course import Stage, stage, told
from simulation.trouble import state_files

from importer.model import Manifest
from importer.outcome import Report
from importer.sandbox.serving.faults import Faults, read_fault
from importer.sandbox.switches import changed

DAY = 86_400.0  # seconds; for as long a server remembers what it answered under a key
PAISE = 100  # of a rupee, in which the sandbox counts


def trouble(world: Stage, *lines: str) -> None:
    """From now on this goes wrong, and nothing else: lines of ``importer.sandbox.serving.faults``."""
    faults = Faults(world.books.db)
    faults.clear()
    faults.add([read_fault(line) for line in lines])


def switches(world: Stage, **positions: str | int) -> None:
    """How the server answers open questions of the API."""
    world.books.settings.set_switches(positions)


def lose_state(world: Stage) -> None:
    for file in state_files(world.state):
        file.unlink()


def run(world: Stage, made: Manifest) -> Report:
    """A run that must not find anything that only a person can decide; parts of it may fail."""
    report = world.run_once(made)
    conflicts = world.made.conflicts if world.made is not None else ()
    assert report is not None, [f"{one.id} {one.code}: {one.reason}" for one in conflicts]
    return report


def run_well(world: Stage, made: Manifest) -> None:
    report = run(world, made)
    assert not report.bad, [outcome for outcome in report.outcomes if outcome.failure is not None]


def holds(world: Stage) -> dict[str, int]:
    """How many documents the books hold, of those kinds of which they hold any."""
    found = {table: world.count(table) for table in ("contacts", "items", "invoices", "payments", "credit_notes")}
    return {table: number for table, number in found.items() if number}


def paid(world: Stage, key: str) -> list[tuple[int, int]]:
    """What is paid and what is credited, in rupees, of each invoice that has this key for its reference."""
    rows = world.books.db.rows("SELECT paid, credited FROM invoices WHERE reference = ?", (key,))
    return [(int(row["paid"]) // PAISE, int(row["credited"]) // PAISE) for row in rows]


def exactly_once(world: Stage, made: Manifest) -> None:
    """The books are those of a run of ``made`` into an empty org in which nothing went wrong, and the state is whole.

    That holds every document once, every allocation, every total and every account of the ledger.
    """
    trouble(world)
    assert told(world.books) == undisturbed(world, made)
    world.is_whole(made)
    plan = world.plan(made)
    assert plan.idle, plan.steps


def undisturbed(world: Stage, made: Manifest) -> dict[str, Any]:
    """The books after one run of ``made`` without any trouble."""
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as calm:
        switches(calm, **changed(world.books.switches))
        run_well(calm, made)
        return told(calm.books)
