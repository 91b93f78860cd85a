"""Finding the project file of a run, and what it says of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importer.cli.walk import holds, nearest_project, shown, unreadable
from importer.errors import WrongUsage
from importer.manifest.project import Project, read_project
from importer.manifest.source import MAX_BYTES, SourceFile
from importer.model import Problem


@dataclass(frozen=True, slots=True)
class FoundProject:
    """The project of a run; all of it empty where there is no project file."""

    path: Path | None = None  # real, but for the name of the file itself
    says: Project = field(default_factory=Project)
    problems: tuple[Problem, ...] = ()
    source: SourceFile | None = None

    @property
    def state(self) -> Path | None:
        """The state file that it names, relative to itself."""
        return None if self.path is None or not self.says.state else self.path.parent / self.says.state


def find_project(paths: Sequence[Path]) -> FoundProject:
    """The nearest ``finzbooks.yaml`` from ``paths`` upward, read. Raises WrongUsage (several-projects)."""
    path = project_file(paths)
    if path is None:
        return FoundProject()
    name = shown(path).as_posix()
    try:
        with path.open("rb") as file:
            source = SourceFile(name, file.read(MAX_BYTES + 1))  # one byte more tells the reader that there is more
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return FoundProject(path, problems=(unreadable(message, name),))
    says, problems = read_project(source)
    return FoundProject(path, says, problems, source)


def project_file(paths: Sequence[Path]) -> Path | None:
    """Where the project file of all ``paths`` is; without paths, that of the current folder.

    Raises WrongUsage (several-projects) where they do not share one: org, defaults and state of one project would be
    used for the other. A path that is not there has no say, since it is reported where the files are read.
    """
    there = [path for path in paths if holds(path.exists)] or [*paths[:1]] or [Path()]
    first = _nearest(there[0])
    for other in there[1:]:
        found = _nearest(other)
        if found != first:
            raise WrongUsage(
                f"{there[0].as_posix()} belongs to {_named(first)}, and {other.as_posix()} to {_named(found)}.",
                "Give the PATHs of one project at a time: the org_id, defaults and state of one are not the other's.",
                code="several-projects",
            )
    return first


def _nearest(path: Path) -> Path | None:
    return nearest_project(Path(os.path.realpath(path)))


def _named(project: Path | None) -> str:
    return "no project" if project is None else f"the project of {shown(project).as_posix()}"
