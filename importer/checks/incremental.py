"""Reading and checking what has changed since another time, or all of it where nothing is known of that time.

``Shelf`` is where records and verdicts lie between two runs. Whatever it gives is of the very content of a file, or of
nothing: it is looked up by a digest of that content and of all else that a verdict depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final, NamedTuple, Protocol

from importer.checks.book import Book, Said
from importer.checks.record import Damaged, Record, record_of
from importer.checks.run import as_told, found
from importer.checks.verdict import File, Settings, Verdict, again, verdict_of
from importer.manifest.defaults import Defaults
from importer.manifest.reading import REPEATED_KEY, read
from importer.manifest.source import SourceFile
from importer.model import Document, Manifest, Problem

# Of the bytes of all files: where more than half is new, the check of everything comes anyway.
_PART: Final = 2

Seen = tuple[str, int] | None

# The stages of the work, as whoever measures them is told.
READ: Final = "read"
CHECK: Final = "check"
Measure = Callable[[str], AbstractContextManager[None]]


def not_measured(stage: str) -> AbstractContextManager[None]:  # noqa: ARG001 - as Measure has it
    """Nobody asks how long it takes."""
    return nullcontext()


class Shelf(Protocol):
    """What is kept between two runs with the same tool, project and PATHs."""

    def record(self, content: str) -> Record | None:
        """The record of a content, if there is one."""
        ...

    def verdict(self) -> Verdict | None:
        """The last verdict."""
        ...

    def keep(self, content: str, record: Record) -> Record:
        """Keep ``record``, which may be given up for the one that is returned: it takes less memory."""
        ...

    def conclude(self, verdict: Verdict | None) -> None:
        """The records are all; keep ``verdict`` as the last one."""
        ...

    def drop(self) -> None:
        """Nothing that is kept can be believed any more."""
        ...


class StateNow(NamedTuple):
    """What the state says in this run: asked for when it is needed, but for its lineage and serial.

    ``seen`` is None where there is no state.
    """

    seen: Seen
    said: Callable[[], Said]


class Checked:
    """What reading and checking have found. The documents are brought together when they are asked for."""

    def __init__(
        self, reading: Sequence[Problem], found: Sequence[Problem], count: int, manifest: Callable[[], Manifest]
    ) -> None:
        self.reading = tuple(reading)  # the problems of reading
        self.found = tuple(found)  # those of the checks, as they are told
        self.count = count  # of documents
        self._manifest = manifest

    @cached_property
    def manifest(self) -> Manifest:
        return self._manifest()


def checked(
    sources: Sequence[SourceFile],
    defaults: Sequence[Defaults],
    memory: StateNow,
    settings: Settings,
    shelf: Shelf | None,
    measure: Measure = not_measured,
) -> Checked:
    """All that is wrong with the files, and their documents: what ``read`` and ``check`` give of them."""
    if shelf is not None:
        try:
            work = _Work(sources, defaults, memory, settings, shelf, measure)
            return work.quickly() or work.wholly()
        except Damaged:
            shelf.drop()
    return _Work(sources, defaults, memory, settings, None, measure).wholly()


def content_of(source: SourceFile) -> str:
    """A digest of all that a file's documents come from: its bytes, and its name, which may tell their kind."""
    return sha256(PurePosixPath(source.name).name.encode() + b"\0" + source.data).hexdigest()


class _Work:
    """One run."""

    def __init__(
        self,
        sources: Sequence[SourceFile],
        defaults: Sequence[Defaults],
        memory: StateNow,
        settings: Settings,
        shelf: Shelf | None,
        measure: Measure,
    ) -> None:
        self.sources, self.defaults, self.memory, self.settings, self.shelf = sources, defaults, memory, settings, shelf
        self.measure = measure
        self.contents = {one.name: content_of(one) for one in sources} if shelf is not None else {}
        known = ((content, self._record(content)) for content in self.contents.values())
        self.records = {content: record for content, record in known if record is not None}
        self.kept_more = False

    def quickly(self) -> Checked | None:
        """By what has changed; None where that does not tell all, or is not less work."""
        verdict = self.shelf.verdict() if self.shelf is not None else None
        if verdict is None or verdict.remembered.seen != self.memory.seen:
            return None
        unread = [one for one in self.sources if self._clean(one) is None]
        if _PART * sum(len(one.data) for one in unread) > sum(len(one.data) for one in self.sources):
            return None
        with self.measure(READ):
            reading = read(unread, self.defaults)
            files = self._files(reading)
            before = {content: record for _, content in verdict.files if (record := self._record(content)) is not None}
        with self.measure(CHECK):
            raw = again(verdict, before, files, self.memory.said, self.settings) if files is not None else None
        if raw is None or files is None:
            return None
        contents = tuple((one.name, one.content) for one in files)
        self._keep(Verdict(contents, raw, verdict.remembered, self.settings.today), unless=verdict)
        told = as_told(raw, [one.name for one in self.sources])
        return Checked(reading.problems, told, sum(len(one.record) for one in files), self._manifest)

    def wholly(self) -> Checked:
        """Every document is checked; files are read that are not known."""
        manifest = self._manifest()
        said = self.memory.said()
        with self.measure(CHECK):
            problems = self._found(manifest, said)
        if self.shelf is not None:
            with self.measure(READ):  # what is kept is there to be read
                files = self._files(manifest)
                seen, today = self.memory.seen, self.settings.today
                self._keep(verdict_of(manifest, files, said, seen, problems, today) if files is not None else None)
        told = as_told(problems, manifest.files)
        return Checked(manifest.problems, told, len(manifest.documents), lambda: manifest)

    def _found(self, manifest: Manifest, said: Said) -> list[Problem]:
        """The book, with the worth of every document in it, is given up before anything is kept."""
        book = Book(manifest, said)
        return list(found(book, self.settings.allow_unverified, self.settings.rules, self.settings.today))

    def _manifest(self) -> Manifest:
        with self.measure(READ):
            try:
                return read(self.sources, self.defaults, kept=self._kept)
            except Damaged:
                return read(self.sources, self.defaults)

    def _kept(self, source: SourceFile) -> Iterable[Document] | None:
        record = self._clean(source)
        return None if record is None else self._documents(source, record)(range(len(record)))

    def _record(self, content: str) -> Record | None:
        return self.shelf.record(content) if self.shelf is not None else None

    def _clean(self, source: SourceFile) -> Record | None:
        record = self.records.get(self.contents.get(source.name, ""))
        return record if record is not None and record.clean else None

    def _files(self, reading: Manifest) -> list[File] | None:
        """Each file with its record, made now of what ``reading`` holds of it, where there was none.

        None where that is not of the file alone: of two documents with one key only the first is there.
        """
        if any(problem.code == REPEATED_KEY for problem in reading.problems):
            return None
        fresh: dict[str, list[Document]] = {
            name: list(some) for name, some in groupby(reading.documents, lambda one: one.file)
        }
        files: list[File] = []
        for source in self.sources:
            content, now = self.contents[source.name], fresh.get(source.name, [])
            record, is_clean = self.records.get(content), source.name in reading.clean
            if record is None:
                record = record_of(now, clean=is_clean)
                if record is None:
                    return None
                if self.shelf is not None:
                    record = self.shelf.keep(content, record)
                    self.kept_more = True
            elif source.name in reading.files and not _is_of(record, now, clean=is_clean):
                return None
            documents = _of(now) if source.name in reading.files else self._documents(source, record)
            files.append(File(source.name, content, record, documents))
        return files

    def _documents(self, source: SourceFile, record: Record) -> Callable[[Iterable[int]], Iterator[Document]]:
        def again() -> Sequence[Document]:
            if not read_again:
                read_again.extend(read((source,), self.defaults).documents)
            return read_again

        read_again: list[Document] = []
        return lambda which: record.documents(source.name, again, which)

    def _keep(self, verdict: Verdict | None, unless: Verdict | None = None) -> None:
        """``unless`` it is the one that is kept already."""
        if self.shelf is not None and (self.kept_more or verdict != unless):
            self.shelf.conclude(verdict)


def _is_of(record: Record, documents: Sequence[Document], *, clean: bool) -> bool:
    return record.clean == clean and [head.ref for head in record.heads] == [one.ref for one in documents]


def _of(documents: Sequence[Document]) -> Callable[[Iterable[int]], Iterator[Document]]:
    return lambda which: (documents[at] for at in which)
