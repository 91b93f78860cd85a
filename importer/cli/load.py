"""What every command does first: find the files, read them, check them against each other and against the state."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from importer.apply.prepare import Memory
from importer.checks.incremental import READ, Checked, StateNow
from importer.checks.incremental import checked as check_all
from importer.checks.rules import strictly
from importer.checks.verdict import Settings
from importer.cli.elsewhere import with_whereabouts
from importer.cli.options import as_json, checkout, complain, say, style_for
from importer.cli.project import FoundProject, find_project
from importer.cli.recall import Recalled, recall
from importer.cli.shelf import shelf_for
from importer.cli.sources import Sources, find
from importer.cli.stages import Stages
from importer.cli.today import today as day_in_india
from importer.errors import InvalidInput, Refused, WrongUsage
from importer.manifest import with_excerpts
from importer.model import Document, Manifest, Problem, Receipt, Severity
from importer.plan.saved import MAKE_ANEW
from importer.report.github import github_commands, github_lines
from importer.report.problems import ALL, problem_lines, problems_value
from importer.report.style import count
from importer.state.place import base_folder, state_file


@dataclass(frozen=True, slots=True)
class Where:
    """Where the state of this run is, and the folder that its sandbox and caches lie in."""

    state: Path
    base: Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """The manifest of a run, all its problems so far, and what the state remembers."""

    checked: Checked
    problems: tuple[Problem, ...]
    sources: Sources
    recalled: Recalled
    where: Where | None
    project: FoundProject
    strict: bool = False  # every warning counts as an error
    spent: Stages = field(default_factory=Stages)

    @property
    def manifest(self) -> Manifest:
        """The documents, brought together when they are asked for first."""
        return self.checked.manifest

    @property
    def memory(self) -> Memory:
        return self.recalled.memory

    @property
    def seen(self) -> tuple[str, int] | None:
        """Lineage and serial of the state; None where there is none."""
        return self.recalled.seen

    @property
    def state_org(self) -> str:
        return self.recalled.org_id

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]

    def finish(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Problems found later, with their source lines, at their level."""
        found = excerpts(problems, self.sources, self.project)
        return tuple(strictly(found)) if self.strict else found


def place(paths: Sequence[Path], given: Path | None, sandbox: bool, project: FoundProject) -> Where:
    """Where the state is. Raises WrongUsage (no-state-place).

    The sandbox has a state of its own, which a project file does not name.
    """
    named = given or (None if sandbox else project.state)
    return Where(
        state_file(paths, given=named, project=project.path, sandbox=sandbox),
        base_folder(paths, given=named, project=project.path),
    )


def load(
    paths: Sequence[Path],
    given: Path | None,
    *,
    sandbox: bool,
    needs_state: bool,
    today: date | None = None,
    strict: bool = False,
    keeps: bool = False,
) -> Loaded:
    """Read and check all of ``paths``. Raises Refused for a state that cannot be read, and WrongUsage.

    With ``keeps`` what has not changed since another such run is taken from what that run has kept (cli/shelf.py). A
    command that writes does without: it reads all of what it sends.

    Without ``needs_state`` a run that has no one place for its state goes on without one. ``today`` is for the dates
    that are to come; a plan tells of them itself, in its notes, and so its commands leave it out: only where the
    project, or ``strict``, makes errors of them they are told, and refused, here.
    """
    where: Where | None
    project = find_project(paths)
    try:
        where = place(paths, given, sandbox, project)
    except WrongUsage:
        if needs_state:
            raise
        where = None
    level = project.says.rules.get("D2", Severity.WARNING)
    if today is None and (level is Severity.ERROR or (strict and level is Severity.WARNING)):
        today = day_in_india()
    spent = Stages()
    with spent(READ):
        sources = find(paths, project)
    settings = Settings(project.says.allow_unverified, project.says.rules, today)
    base = where.base if where is not None and keeps else None
    shelf = shelf_for(base, sources.files, paths, project.source, told_the_day=today is not None)
    with quick_allocation(), _recalled(where, sources) as recalled, closing(shelf) if shelf else nullcontext():
        if needs_state or not keeps:
            with spent(READ):
                recalled.read()  # as it is at this moment
        remembered = StateNow(recalled.seen, lambda: recalled.read().said())
        checked = check_all(sources.files, project.says.defaults, remembered, settings, shelf, spent)
        found = with_whereabouts(checked, remembered.said, sources, project)
    spent.add(READ, 0.0, f"{count(checked.count, 'document')} in {count(len(sources.files), 'file')}")
    problems = [*project.problems, *sources.problems, *checked.reading, *found]
    shown = excerpts(problems, sources, project)
    told = tuple(strictly(shown)) if strict else shown
    return Loaded(checked, told, sources, recalled, where, project, strict, spent)


def reloaded(loaded: Loaded) -> Loaded:
    """``loaded`` with what the state remembers by now."""
    if loaded.where is None:
        return loaded
    with quick_allocation(), recall(loaded.where.state) as recalled:
        recalled.read()
    return replace(loaded, recalled=recalled)


@contextmanager
def quick_allocation() -> Iterator[None]:
    """Without the collector of cycles: reading and planning make many small values and no cycles.

    It would look through all of them again and again, for as long as the work itself takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _recalled(where: Where | None, sources: Sources) -> Iterator[Recalled]:
    """As ``recall``. Below a folder that may not be entered there is no state to be read, and that is told already."""
    with ExitStack() as stack:
        try:
            recalled = stack.enter_context(recall(where.state if where is not None else None))
        except Refused:
            if all(one.code != "unreadable-file" for one in sources.problems):
                raise
            recalled = stack.enter_context(recall(None))
        yield recalled


def excerpts(problems: Sequence[Problem], sources: Sources, project: FoundProject) -> tuple[Problem, ...]:
    """``problems`` with the source lines that they point at."""
    wanted = {problem.place.file for problem in problems if problem.place is not None}
    files = [*sources.files, *([project.source] if project.source is not None else [])]
    texts = {one.name: one.data.decode("utf-8-sig", "replace") for one in files if one.name in wanted}
    return with_excerpts(problems, texts)


def report_problems(problems: Sequence[Problem], format_: str, no_color: bool, most: int = ALL) -> None:
    """Problems as a command's result on stdout: text for people, at most ``most`` of them; JSON or annotations."""
    if format_ == "json":
        say([as_json(problems_value(problems))])
    elif format_ == "github":
        say(github_lines(problems, checkout()))
    else:
        import sys

        say(problem_lines(problems, style_for(sys.stdout, no_color), most))


def refuse_errors(
    loaded: Loaded, format_: str, no_color: bool, most: int = ALL, *, of_saved_plan: bool = False
) -> None:
    """End the run when the input has errors; warnings go to stderr, annotations to stdout. Raises InvalidInput.

    A saved plan was made for input without errors: then these are a reason to refuse it. Raises Refused.
    """
    if loaded.errors:
        report_problems(loaded.problems, format_, no_color, most)
        if of_saved_plan:
            raise Refused(
                "plan-other-documents", "The files no longer say what they said: they have errors now.", MAKE_ANEW
            )
        raise InvalidInput(loaded.errors)
    if format_ == "github":
        say(github_commands(loaded.problems, checkout()))
    elif loaded.problems:
        import sys

        complain(problem_lines(loaded.problems, style_for(sys.stderr, no_color), most))


def source_of(loaded: Loaded) -> Callable[[Document], str]:
    """The file of a document as receipts remember it: relative to the state's folder, so that both can move."""
    base = Path(os.path.realpath(loaded.where.base if loaded.where is not None else "."))
    names = {name: _relative(real, base) for name, real in loaded.sources.real.items()}
    return lambda document: names.get(document.file, document.file)


def scope_of(paths: Sequence[Path], loaded: Loaded) -> Callable[[Receipt], bool]:
    """Whether the file that a receipt came from lies under the given PATHs."""
    base = Path(os.path.realpath(loaded.where.base if loaded.where is not None else "."))
    roots = [Path(os.path.realpath(path)) for path in paths]
    project = loaded.project.path
    # The project's own folder stands for all that it includes, also outside.
    entries = loaded.project.says.include if project is not None and project.parent in roots else ()

    read = set(loaded.sources.real.values())

    @cache
    def covered(name: str) -> bool:
        source = Path(os.path.normpath(base / name))
        if source not in read and source.exists():
            return False  # it is there, and this run does not read it: nobody knows what it holds
        if any(source == root or root in source.parents for root in roots):
            return True
        parts = Path(_relative(source, project.parent)).parts if project is not None else ()
        return any(entry.covers(parts) for entry in entries)

    return lambda receipt: covered(receipt.source)  # a file is the source of many, and looked for once


def _relative(real: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(real, base)).as_posix()
    except ValueError:  # another drive, on Windows
        return real.as_posix()
