"""The files that ``include`` of a project file names, found on the disk."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from importer.cli.walk import (
    PROJECT_FILE,
    SUFFIXES,
    holds,
    manifests,
    nearest_project,
    nested_project,
    shown,
    unreadable_folder,
)
from importer.manifest.include import Include
from importer.model import Problem


@dataclass(slots=True)
class Included:
    """``files`` are absolute, in the order in which they are read, each once; ``root`` is the project's folder."""

    root: Path
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def under(self, folder: Path) -> list[Path]:
        """Those of ``folder``, as a person would type them; of the project's own folder also those outside."""
        real = Path(os.path.realpath(folder))
        named = []
        for file in self.files:
            if file.is_relative_to(real):
                named.append(folder / file.relative_to(real))
            elif real == self.root:
                named.append(shown(file))
        return named


def included(project: Path, entries: tuple[Include, ...]) -> Included:
    """What ``entries`` of the project file ``project`` name.

    Problems: include-matches-nothing, project-file, and nested-project for a file that would be another project's if
    it were given by itself.
    """
    found = Included(project.parent)
    owners: dict[Path, Path | None] = {}  # folder -> its nearest project file
    for entry in entries:
        for file in _named(found, entry):
            if file.parent not in owners:
                owners[file.parent] = nearest_project(file.parent)
            if owners[file.parent] in (None, project):
                found.files.append(file)
    found.files = list(dict.fromkeys(found.files))
    for other in dict.fromkeys(owners.values()):
        if other not in (None, project):
            message = f"{shown(project).as_posix()} includes files that belong to this project"
            found.problems.append(nested_project(other, message))
    return found


def _named(found: Included, entry: Include) -> list[Path]:
    whole, before = _below(found.root, entry.parts), len(found.problems)
    if holds(whole.is_file) and whole.name == PROJECT_FILE:
        message = "this is a project file, not a manifest"
        found.problems.append(Problem("project-file", message, entry.place, "name the folder that holds it, as PATH"))
        return []
    files = [whole] if holds(whole.is_file) else _below_folder(found, whole, entry)
    if not files and len(found.problems) == before:
        found.problems.append(_nothing(entry, whole))
    return files


def _below_folder(found: Included, whole: Path, entry: Include) -> list[Path]:
    def told(error: OSError) -> None:
        folder = shown(Path(error.filename or whole))
        found.problems.append(unreadable_folder(OSError(error.errno, error.strerror, str(folder))))

    if holds(whole.is_dir):
        return manifests(whole, onerror=told)
    if not entry.is_glob:
        return []
    # Of what is not there it is told that nothing matches.
    fixed = _below(found.root, entry.fixed)
    onerror = told if holds(fixed.is_dir) else None
    files = manifests(fixed, hidden=entry.names_hidden, depth=entry.depth, onerror=onerror)
    return [file for file in files if entry.covers(Path(os.path.relpath(file, found.root)).parts)]


def _below(root: Path, parts: tuple[str, ...]) -> Path:
    return Path(os.path.normpath(root.joinpath(*parts)))


def _nothing(entry: Include, whole: Path) -> Problem:
    help = f"manifests end in {', '.join(SUFFIXES)}; a glob matches files (`2025-*/**` is all below some folders)"
    if holds(whole.is_dir):
        message = f"no manifest is in the folder `{entry.text}`"
    elif entry.is_glob:
        message = f"no manifest matches `{entry.text}`"
    else:
        message = f"there is no file or folder `{entry.text}` beside this file"
        help = "look at its spelling: paths are relative to the folder of finzbooks.yaml"
    return Problem("include-matches-nothing", message, entry.place, help)
