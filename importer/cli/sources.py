"""PATHs into files: which are read, under which names, and what is wrong with those that cannot be.

Where a project file has the section ``include``, a folder stands for those of its files that the section names.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from importer.cli.included import Included, included
from importer.cli.passed_over import passed_over, special_file
from importer.cli.project import FoundProject
from importer.cli.walk import (
    PROJECT_FILE,
    SUFFIXES,
    holds,
    manifests,
    nested_project,
    unreadable,
    unreadable_folder,
)
from importer.manifest.source import MAX_BYTES, SourceFile
from importer.model import Place, Problem, Severity

NO_PROJECT: Final = FoundProject()
_SPELLING: Final = "look at its spelling"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that is to be read. ``path`` is also its name; ``alone``: it was given by itself."""

    path: Path
    alone: bool


@dataclass(slots=True)
class Sources:
    """The files of a run, in the order in which they are read, and the problems of finding them."""

    files: list[SourceFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    real: dict[str, Path] = field(default_factory=dict)  # shown name -> the file itself
    _known: set[Path] = field(default_factory=set)

    def add(self, path: Path, *, alone: bool) -> None:
        name = path.as_posix()
        real = Path(os.path.realpath(path))
        if real in self._known:
            return  # given twice, or linked twice: one file
        self._known.add(real)
        self.real[name] = real
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:  # told before it is read
                self.problems.append(_too_big(size, name))
                return
            self.files.append(SourceFile(name, _content(path), alone))
        except OSError as error:
            self.problems.append(unreadable(f"the file cannot be read: {error.strerror or error}", name))


def find(paths: Sequence[Path], project: FoundProject = NO_PROJECT) -> Sources:
    """Every file that ``paths`` name, read: files as they are, folders with all manifests of theirs.

    A folder has the manifests below it, in sorted order; with ``include`` those that it names, in its order, and the
    project's own folder has also those outside. A project below a folder that is another than ``project`` is a
    problem.
    """
    sources = Sources()
    for one in listed(paths, project, sources.problems):
        sources.add(one.path, alone=one.alone)
    return sources


def listed(paths: Sequence[Path], project: FoundProject, problems: list[Problem]) -> Iterator[Listed]:
    """The files that ``paths`` name; what is wrong with the paths is added to ``problems``."""
    named = _included(paths, project, problems)
    for path in paths:
        wrong = _unreachable(path)
        if wrong is not None:
            problems.append(wrong)
        elif path.is_dir():
            before = len(problems)
            files = _below(path, project.path, problems) if named is None else named.under(path)
            yield from (Listed(one, alone=False) for one in files)
            if not files and len(problems) == before and not (named and named.problems):
                problems.append(_empty(path, named is not None))
        elif path.is_file() and path.name == PROJECT_FILE:
            message = "this is the project file, not a manifest"
            problems.append(_problem("project-file", message, path.as_posix(), "give the folder that holds it"))
        elif path.is_file():
            yield Listed(path, alone=True)
        elif path.exists():
            problems.append(special_file(path))
        else:
            problems.append(_problem("no-such-path", "there is no such file or folder", path.as_posix(), _near(path)))


def _near(path: Path) -> str:
    """What to do about a path that is not there: perhaps one beside it was meant."""
    try:
        beside = [one.name for one in path.parent.iterdir()]
    except OSError:  # there is no such folder either, or it may not be looked into
        beside = []
    near = difflib.get_close_matches(path.name, beside, n=1)
    if near:
        return f"did you mean {(path.parent / near[0]).as_posix()}?"
    return _SPELLING if path.is_absolute() else f"{_SPELLING}, and at the folder you are in"


def _unreachable(path: Path) -> Problem | None:
    """The problem of a path that cannot even be asked for: a name too long, a folder that may not be entered."""
    try:
        path.exists()
    except OSError as error:
        return unreadable(f"it cannot be read: {error.strerror or error}", path.as_posix())
    return None


def _included(paths: Sequence[Path], project: FoundProject, problems: list[Problem]) -> Included | None:
    """What the project's ``include`` names; None where it says nothing, or where no folder is asked for."""
    if project.path is None or not project.says.include or not any(holds(path.is_dir) for path in paths):
        return None
    named = included(project.path, project.says.include)
    problems += named.problems
    return named


def _below(folder: Path, project: Path | None, problems: list[Problem]) -> list[Path]:
    """The manifests below ``folder``, without those of other projects."""

    def enters(here: Path) -> bool:
        other = Path(os.path.realpath(here), PROJECT_FILE)
        if other == project or not holds(other.is_file):
            return True
        message = f"below {folder.as_posix()} lies another project, with an org, a state and defaults of its own"
        problems.append(nested_project(other, message))
        return False

    return manifests(
        folder,
        enters=enters,
        onerror=lambda error: problems.append(unreadable_folder(error)),
        passed_over=lambda here, names: problems.extend(passed_over(here, names)),
    )


def _empty(path: Path, by_include: bool) -> Problem:
    message, help = "no manifest is in this folder", f"a folder is read for files that end in {', '.join(SUFFIXES)}"
    if by_include:
        message = "`include` of finzbooks.yaml names no file of this folder"
        help = "add the folder there, or give the file itself"
    return _problem("empty-folder", message, path.as_posix(), help)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)  # it may have grown: one byte more tells the reader that there is more


def _too_big(size: int, name: str) -> Problem:
    message = f"the file has {size:,} bytes; at most {MAX_BYTES:,} are read"
    return _problem("file-too-big", message, name, "split it into several files")


def _problem(code: str, message: str, name: str, help: str = "") -> Problem:
    return Problem(code, message, Place(name, 1, 1), help, Severity.ERROR)
