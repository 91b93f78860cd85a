"""From the files of a manifest to its documents and problems: the one way through this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from importer.manifest.conform import conform
from importer.manifest.csv_reader import read_csv
from importer.manifest.defaults import Defaults, defaults_of, locator, merged, wrong_values
from importer.manifest.entries import Entry, Reading
from importer.manifest.levels import canonicalise, level
from importer.manifest.source import SourceFile, decode, nothing_in
from importer.manifest.yaml_reader import read_yaml
from importer.model import Document, Manifest, Place, Problem, Ref

YAML_SUFFIXES: Final = (".yaml", ".yml")
CSV_SUFFIX: Final = ".csv"
REPEATED_KEY: Final = "repeated-key"


Kept = Callable[[SourceFile], Iterable[Document] | None]


def nothing_kept(source: SourceFile) -> None:
    """Every file is to be read."""


def read(
    files: Iterable[SourceFile],
    defaults: Sequence[Defaults] = (),
    *,
    pure: bool = False,
    kept: Kept = nothing_kept,
) -> Manifest:
    """The documents of all ``files``, and all that is wrong with them.

    ``defaults`` reach every document, nearest first, below those of its own file (those of a project file, say).
    Documents with problems are among the documents, except one whose key is taken. ``files`` may be lazy: no file
    is needed once the next has been asked for. ``pure`` does without libyaml and jsonschema-rs. What ``kept`` knows
    of a file, of just this content with these ``defaults`` and nothing wrong, is taken instead of reading it.
    """
    manifest = _Manifest(tuple(defaults), pure)
    for source in files:
        before = len(manifest.problems)
        documents = kept(source)
        if documents is None:
            manifest.add(source)
        else:
            manifest.take(source, documents)
        if len(manifest.problems) == before:
            manifest.clean.append(source.name)
    return Manifest(
        tuple(manifest.documents), tuple(manifest.problems), tuple(manifest.files), frozenset(manifest.clean)
    )


class _Manifest:
    def __init__(self, project: tuple[Defaults, ...], pure: bool) -> None:
        self.project = project
        self.pure = pure
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.files: list[str] = []
        self.clean: list[str] = []
        self.seen: dict[Ref, Document] = {}

    def take(self, source: SourceFile, documents: Iterable[Document]) -> None:
        """Add what was read of the file at another time."""
        self.files.append(source.name)
        problems: list[Problem] = []
        for document in documents:
            self._keep(document, problems)
        self.problems += problems

    def add(self, source: SourceFile) -> None:
        self.files.append(source.name)
        reader = _reader(source.name, self.pure)
        if reader is None:
            self.problems.append(_not_a_manifest(source))
            return
        text, problems = decode(source)
        self.problems += problems
        if text:
            reading = reader(source.name, text)
            del text
            self._take(source, reading)

    def _take(self, source: SourceFile, reading: Reading) -> None:
        layers = self.project
        problems = reading.problems
        if reading.defaults is not None:
            own, wrong = defaults_of(reading.defaults)
            layers = (own, *self.project)
            problems += (*wrong, *wrong_values(own, pure=self.pure))
        if reading.blank and not problems:
            problems.append(nothing_in(source))
        for entry in reading.entries:
            problems += self._document(entry, source.name, layers)
        self.problems += _in_order(problems)

    def _document(self, entry: Entry, file: str, layers: tuple[Defaults, ...]) -> list[Problem]:
        kind, fields = entry.kind, entry.fields
        canonicalise(fields, level(kind))
        if layers:
            fields = merged(kind, fields, layers)
        key = fields.get("key")
        where = locator(kind, entry.places, layers) if layers else entry.places
        sound = entry.sound and not any(kind in layer.partial for layer in layers)
        document = Document(kind, key if isinstance(key, str) else "", fields, file, entry.index, where, sound)
        problems = conform(document, pure=self.pure) if entry.sound else []
        self._keep(document, problems)
        return problems

    def _keep(self, document: Document, problems: list[Problem]) -> None:
        first = self.seen.setdefault(document.ref, document) if document.key else document
        if first is document:
            self.documents.append(document)
        else:
            problems.append(_repeated_key(document, first))


def _reader(name: str, pure: bool) -> Callable[[str, str], Reading] | None:
    lower = name.lower()
    if lower.endswith(YAML_SUFFIXES):
        return partial(read_yaml, pure=pure)
    return read_csv if lower.endswith(CSV_SUFFIX) else None


def _not_a_manifest(source: SourceFile) -> Problem:
    message = "the name ends neither in .yaml nor .yml nor .csv"
    return Problem("unknown-format", message, Place(source.name, 1, 1), "give a YAML or CSV file")


def _repeated_key(document: Document, first: Document) -> Problem:
    place, before = document.place(("key",)), first.place(("key",))
    where = f"in line {before.line}" if before.file == place.file else f"in {before.file}, line {before.line}"
    message = f"the key `{document.key}` of {document.kind} is taken already, {where}"
    together = document.file == first.file and document.file.lower().endswith(CSV_SUFFIX)
    help = "put the rows of one document below each other" if together else "give each document a key of its own"
    return Problem(REPEATED_KEY, message, place, help, pointer=document.pointer(("key",)), related=(before,))


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By place; a fault of the defaults, which all documents share, once."""
    once = {(problem.code, problem.place, problem.message): problem for problem in reversed(problems)}
    return sorted(once.values(), key=lambda one: (one.place.line, one.place.column) if one.place else (0, 0))
