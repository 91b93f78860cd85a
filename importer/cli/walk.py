"""Walking folders for manifests, and for the project files that make other projects of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from importer.model import Place, Problem

PROJECT_FILE: Final = "finzbooks.yaml"
SUFFIXES: Final = (".yaml", ".yml", ".csv")
OFFICE_LOCK: Final = "~$"  # what an office program puts beside a file that it has open


def manifests(
    folder: Path,
    *,
    enters: Callable[[Path], bool] | None = None,
    hidden: bool = False,
    depth: int | None = None,
    onerror: Callable[[OSError], None] | None = None,
    passed_over: Callable[[Path, list[str]], None] | None = None,
) -> list[Path]:
    """The files below ``folder`` that are read as manifests, as ``folder`` / ..., in sorted order.

    Linked folders are not entered: links can loop. A folder that ``enters`` refuses is passed over with all below it.
    ``hidden``: names with a dot in front as well. ``depth`` is how many names a file may have below ``folder``, from
    1; None for any number. ``onerror`` is told of each folder that cannot be read: what lies in it is not read.
    ``passed_over`` is told of each folder, and of the names in it that are not read and not hidden.
    """
    found: list[Path] = []
    for above, folders, files in os.walk(folder, onerror=onerror):
        here = Path(above)
        if enters is not None and not enters(here):
            folders.clear()
            continue
        if depth is not None and len(here.relative_to(folder).parts) + 1 >= depth:
            folders.clear()
        folders[:] = [name for name in folders if hidden or not name.startswith(".")]
        seen = [name for name in files if hidden or not name.startswith(".")]
        read = [name for name in seen if is_manifest(here / name)]
        found += [here / name for name in read]
        if passed_over is not None and len(read) < len(seen):
            passed_over(here, sorted(set(seen).difference(read)))
    return sorted(found, key=lambda one: one.relative_to(folder).as_posix())


def is_manifest(path: Path) -> bool:
    """Whether what a folder lists is read with it; also what cannot be read, which is told then."""
    return has_name_of_one(path) and not is_special(path)


def has_name_of_one(path: Path) -> bool:
    ours = path.name == PROJECT_FILE or path.name.startswith(OFFICE_LOCK)
    return not ours and path.suffix.lower() in SUFFIXES


def is_special(path: Path) -> bool:
    """Whether it is there and no file: a folder, a pipe, a socket, a device. To open one may never end."""
    return holds(path.exists) and not holds(path.is_file)


def is_to_be_read(path: Path) -> bool:
    """A file, or a link that leads nowhere or in a circle: that is told of when it is read, not passed over."""
    return holds(path.is_file) or (holds(path.is_symlink) and not holds(path.exists))


def holds(question: Callable[[], bool]) -> bool:
    """The answer of a path; False where it raises: for too long a name, or below a folder that may not be entered."""
    try:
        return question()
    except OSError:
        return False


def nearest_project(start: Path) -> Path | None:
    """The project file of ``start``, a real path: in the folder, or above it or the file."""
    folders: Iterable[Path] = [start, *start.parents] if holds(start.is_dir) else start.parents
    return next((folder / PROJECT_FILE for folder in folders if is_to_be_read(folder / PROJECT_FILE)), None)


def nested_project(other: Path, message: str) -> Problem:
    """The problem of files that belong to the project of ``other``, and not to the one in effect."""
    help = "give that folder by itself, or leave it out with `include` in the finzbooks.yaml above it"
    return Problem("nested-project", message, Place(shown(other).as_posix(), 1, 1), help)


def unreadable(message: str, name: str) -> Problem:
    """The problem of a file or folder that is there, and whose content the system does not give."""
    return Problem("unreadable-file", message, Place(name, 1, 1), "let yourself read it, or leave it out")


def unreadable_folder(error: OSError) -> Problem:
    """The problem of a folder that may not be listed."""
    return unreadable(f"the folder cannot be read: {error.strerror or error}", Path(error.filename or ".").as_posix())


def shown(path: Path) -> Path:
    """As a person would type it from here."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # another drive, on Windows
        return path
