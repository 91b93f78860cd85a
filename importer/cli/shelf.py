"""Where a run keeps what it has checked: ``.finzbooks/cache`` beside the state (design, section 4)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import importer
from importer import schema
from importer.checks.kept import record_from_bytes, record_to_bytes, verdict_from_bytes, verdict_to_bytes
from importer.checks.record import Damaged, Record
from importer.checks.verdict import Verdict
from importer.kinds import KINDS
from importer.manifest.source import SourceFile
from importer.state.cache import Cache

FOLDER: Final = Path(".finzbooks", "cache")
# To read and check so much takes 0.2 s: below, nothing is left lying about.
SMALLEST: Final = 1024 * 1024  # bytes


def shelf_for(
    base: Path | None,
    files: Sequence[SourceFile],
    paths: Iterable[Path],
    project: SourceFile | None,
    *,
    told_the_day: bool,
) -> KeptShelf | None:
    """The shelf of a run over ``paths``; None where there is no place for one, or too little to be kept.

    Runs that are ``told_the_day`` find dates that are to come, and others do not: each goes on from its own kind.
    """
    if base is None or sum(len(one.data) for one in files) < SMALLEST:
        return None
    said = sha256(project.name.encode() + b"\0" + project.data).hexdigest() if project is not None else ""
    return KeptShelf(
        Cache(base / FOLDER / f"checked-{_tool()}.db"), said, [str(told_the_day), *(path.as_posix() for path in paths)]
    )


class KeptShelf:
    """Records by their content and the project, the verdict by the PATHs besides: names of files begin with them."""

    def __init__(self, cache: Cache, project: str, run: Sequence[str]) -> None:
        self._cache = cache
        self._project = project
        self._run = sha256("\0".join((project, *run)).encode("utf-8", "surrogatepass")).hexdigest()

    def record(self, content: str) -> Record | None:
        name = self._name(content)
        data = self._cache.get(f"record {name}")
        return None if data is None else record_from_bytes(data, lambda chunk: self._trees(name, chunk))

    def _name(self, content: str) -> str:
        return f"{self._project[:16]} {content}"

    def _trees(self, name: str, chunk: int) -> str:
        data = self._cache.get(f"trees {name} {chunk}")
        if data is None:
            raise Damaged
        return data.decode()

    def verdict(self) -> Verdict | None:
        data = self._cache.get(f"verdict {self._run}")
        return None if data is None else verdict_from_bytes(data)

    def keep(self, content: str, record: Record) -> Record:
        name = self._name(content)
        self._cache.put(f"record {name}", record_to_bytes(record))
        for chunk in record.chunks:
            self._cache.put(f"trees {name} {chunk}", record.trees(chunk).encode())
        return record.with_trees(lambda chunk: self._trees(name, chunk))

    def conclude(self, verdict: Verdict | None) -> None:
        if verdict is not None:
            self._cache.put(f"verdict {self._run}", verdict_to_bytes(verdict))
        self._cache.commit()

    def drop(self) -> None:
        self._cache.drop()

    def close(self) -> None:
        self._cache.close()


def _tool() -> str:
    """A digest of what reads and checks: this version of the tool, as it lies on the disk, and of its schemas."""
    here = Path(importer.__file__).parent
    known = sha256(f"{importer.__version__} {sys.version}".encode())
    for kind in KINDS:
        known.update(repr(schema.packaged(kind)).encode())
    for folder in (here, here / "checks", here / "manifest"):
        for path in sorted(folder.glob("*.py")):
            stat = path.stat()
            known.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return known.hexdigest()[:16]
