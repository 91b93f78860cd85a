"""Where a document stands that a reference did not find: in files of the project that were not given.

Looked for only once a reference has failed, so that a sound run pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.checks import Book
from importer.checks.book import Said
from importer.checks.incremental import Checked
from importer.checks.references import references
from importer.cli.project import FoundProject
from importer.cli.sources import Sources, listed
from importer.cli.walk import shown
from importer.manifest import SourceFile, read
from importer.model import Place, Problem, Ref

UNRESOLVED: Final = "unresolved-reference"
# A hint is worth a few seconds, and not minutes.
MOST_FILES: Final = 2_000
MOST_BYTES: Final = 64 * 1024 * 1024
# Keys that are looked for to tell which files to read. A file that is read helps all references that lead into it.
MOST_KEYS: Final = 50

Spot = tuple[str, Place | None]  # pointer and place of a problem
NOWHERE: Final = Ref("", "")


def with_whereabouts(
    checked: Checked, said: Callable[[], Said], sources: Sources, project: FoundProject
) -> Sequence[Problem]:
    """What was found; a reference that led nowhere names the file of the project that holds the document, if any."""
    problems = checked.found
    if project.path is None or not any(problem.code == UNRESOLVED for problem in problems):
        return problems
    missing = _missing(Book(checked.manifest, said()))
    files = _others(project, sources, list(dict.fromkeys(ref.key for ref in missing.values())))
    held = {document.ref: document.file for document in read(files, project.says.defaults).documents}
    spots = ((problem, missing.get((problem.pointer, problem.place), NOWHERE)) for problem in problems)
    return [_told(problem, held.get(ref, "")) for problem, ref in spots]


def _missing(book: Book) -> dict[Spot, Ref]:
    """What each reference that leads nowhere names, by its spot."""
    return {
        (entry.document.pointer(path), entry.place(path)): ref
        for entry in book.entries
        for path, ref in references(entry)
        if entry.document is not None and book.find(ref) is None
    }


def _others(project: FoundProject, read_already: Sources, keys: Sequence[str]) -> list[SourceFile]:
    """The project's files that were not given, as far as one of the first of ``keys`` may stand in them."""
    if project.path is None:
        return []
    others = Sources()
    known = set(read_already.real.values())
    paths = [one.path for one in listed([shown(project.path.parent)], project, []) if one.path.resolve() not in known]
    if len(paths) > MOST_FILES or sum(map(_size, paths)) > MOST_BYTES:
        return []
    for path in paths:
        others.add(path, alone=False)
    words = [key.encode() for key in keys[:MOST_KEYS]]
    return [file for file in others.files if any(word in file.data for word in words)]


def _size(path: Path) -> int:
    """In bytes; that of a file that is gone is 0."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _told(problem: Problem, file: str) -> Problem:
    if problem.code != UNRESOLVED or not file:
        return problem
    return replace(problem, help=f"it stands in {file}: give the folder that holds both, or apply that file first")
