"""Finding the project file of a run, and what it says of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from importer.manifest.project import Project, read_project
from importer.manifest.source import SourceFile
from importer.model import Place, Problem

PROJECT_FILE: Final = "finzbooks.yaml"


@dataclass(frozen=True, slots=True)
class FoundProject:
    """The project of a run; all of it empty where there is no project file."""

    path: Path | None = None
    says: Project = field(default_factory=Project)
    problems: tuple[Problem, ...] = ()
    source: SourceFile | None = None

    @property
    def state(self) -> Path | None:
        """The state file that it names, relative to itself."""
        return None if self.path is None or not self.says.state else self.path.parent / self.says.state


def find_project(paths: Sequence[Path]) -> FoundProject:
    """The nearest ``finzbooks.yaml`` from the first of ``paths`` upward, read."""
    path = project_file(paths)
    if path is None:
        return FoundProject()
    name = _shown(path)
    try:
        source = SourceFile(name, path.read_bytes())
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return FoundProject(path, problems=(Problem("unreadable-file", message, Place(name, 1, 1)),))
    says, problems = read_project(source)
    return FoundProject(path, says, problems, source)


def project_file(paths: Sequence[Path]) -> Path | None:
    """Where the nearest project file is."""
    start = Path(os.path.realpath(paths[0] if paths else Path.cwd()))
    folders = [start, *start.parents] if start.is_dir() else list(start.parents)
    return next((folder / PROJECT_FILE for folder in folders if (folder / PROJECT_FILE).is_file()), None)


def _shown(path: Path) -> str:
    """As a person would type it from here."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive, on Windows
        return path.as_posix()
