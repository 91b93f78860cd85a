"""PATHs into files: which are read, under which names, and what is wrong with those that cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from importer.cli.project import PROJECT_FILE
from importer.manifest.source import MAX_BYTES, SourceFile
from importer.model import Place, Problem, Severity

SUFFIXES: Final = (".yaml", ".yml", ".csv")


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
            self.problems.append(
                _problem("unreadable-file", f"the file cannot be read: {error.strerror or error}", name)
            )


def find(paths: Sequence[Path]) -> Sources:
    """Every file that ``paths`` name: files as they are, folders with all manifests below them in sorted order."""
    sources = Sources()
    for path in paths:
        if path.is_dir():
            found = sorted(_below(path), key=lambda one: one.relative_to(path).as_posix())
            for one in found:
                sources.add(one, alone=False)
            if not found:
                sources.problems.append(
                    _problem(
                        "empty-folder",
                        "no manifest is in this folder",
                        path.as_posix(),
                        f"a folder is read for files that end in {', '.join(SUFFIXES)}",
                    )
                )
        elif path.is_file() and path.name == PROJECT_FILE:
            message = "this is the project file, not a manifest"
            sources.problems.append(_problem("project-file", message, path.as_posix(), "give the folder that holds it"))
        elif path.is_file():
            sources.add(path, alone=True)
        elif path.exists():
            sources.problems.append(_problem("not-a-file", "it is neither a file nor a folder", path.as_posix()))
        else:
            sources.problems.append(_problem("no-such-path", "there is no such file or folder", path.as_posix()))
    return sources


def _below(folder: Path) -> Iterator[Path]:
    """Manifests below ``folder``. Hidden names are left out, and linked folders are not entered: links can loop."""
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(above, name)
            hidden = name.startswith(".")
            if not hidden and name != PROJECT_FILE and path.suffix.lower() in SUFFIXES and path.is_file():
                yield path


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)  # it may have grown: one byte more tells the reader that there is more


def _too_big(size: int, name: str) -> Problem:
    message = f"the file has {size:,} bytes; at most {MAX_BYTES:,} are read"
    return _problem("file-too-big", message, name, "split it into several files")


def _problem(code: str, message: str, name: str, help: str = "") -> Problem:
    return Problem(code, message, Place(name, 1, 1), help, Severity.ERROR)
