"""A check again, of what a change may have altered: the rest is as an earlier check of the same files found it.

What a rule finds in a document depends on the document, on what it refers to, and on those that it shares a tie with
(``ties``). So when nothing of that has changed, neither has what was found. Whatever goes beyond that is left to the
check of everything, which is also what the tests hold every answer of this module against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from importer.checks.book import Book, Entry, Said
from importer.checks.record import Packed, Record
from importer.checks.references import references
from importer.checks.rules import Levels
from importer.checks.run import found
from importer.checks.ties import are_enough, itself, ties
from importer.model import Document, Manifest, Place, Problem, Ref

_PART: Final = 2  # to look at more than half of all documents by their ties is no quicker than to look at all
_BY_THE_CALENDAR: Final = "D2"  # a day that is to come will be there one day, and then nothing is found


@dataclass(frozen=True, slots=True)
class Remembered:
    """The documents that only the state knows, at one moment of it (lineage and serial)."""

    seen: tuple[str, int] | None
    refs: tuple[Ref, ...]
    packed: Packed  # their ties, in the same order


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check has found: of each document by itself, before it is put into the words of a whole run."""

    files: tuple[tuple[str, str], ...]  # name and content of each, in the order in which they were read
    problems: tuple[Problem, ...]
    remembered: Remembered
    today: date | None


class File(NamedTuple):
    """A file as it is now. ``documents`` gives those of its record by their numbers, with their places."""

    name: str
    content: str  # names a content, as a digest does
    record: Record
    documents: Callable[[Iterable[int]], Iterator[Document]]


class Settings(NamedTuple):
    """What ``check`` is told besides the documents."""

    allow_unverified: frozenset[str]
    rules: Levels
    today: date | None


def verdict_of(
    manifest: Manifest,
    files: Sequence[File],
    said: Said,
    seen: tuple[str, int] | None,
    problems: Sequence[Problem],
    today: date | None,
) -> Verdict | None:
    """What a check of all of ``manifest`` has found, for a later one; None where that could not go on from it."""
    refs = {document.ref for document in manifest.documents} if said else set()
    only = [ref for ref in said if ref not in refs]
    remembered = Remembered(seen, tuple(only), Packed.of(map(ties, _entries(said, only))))
    owned = {tie for file in files for tie in file.record.packed.owned()} | {itself(ref) for ref in only}
    leads_nowhere = any(tie not in owned for file in files for tie in file.record.packed.referred())
    if leads_nowhere or not are_enough() or any(problem.about is None for problem in problems):
        return None  # the help for such a reference looks through all keys of all kinds
    return Verdict(tuple((one.name, one.content) for one in files), tuple(problems), remembered, today)


def _entries(said: Said, refs: Iterable[Ref]) -> list[Entry]:
    """Documents as only the state knows them."""
    book = Book(Manifest(()), said)
    return [entry for entry in map(book.find, refs) if entry is not None]


def again(
    verdict: Verdict,
    before: Mapping[str, Record],
    files: Sequence[File],
    said: Callable[[], Said],
    settings: Settings,
) -> tuple[Problem, ...] | None:
    """What a check of all ``files`` would find, in the order of its documents; None where only that can tell.

    ``before`` are the records of what ``verdict`` was of, by content. ``said`` is what the state remembers now, which
    is what it remembered then; it is asked for only where it may matter.
    """
    if not _still_holds(verdict, files, settings.today):
        return None
    change = _change(verdict, before, files)
    if change is None:
        return None
    packed = [*(one.record.packed for one in files), verdict.remembered.packed]
    concerned = _concerned(packed, change.ties, sum(len(one.record) for one in files) // _PART)
    if concerned is None:
        return None
    shown = [verdict.remembered.refs[at] for at in sorted(concerned.pop(len(files), ()))]
    memory = _memory(verdict.remembered, change, shown, said)
    judged = None if memory is None else _judged(files, concerned, memory, settings)
    if judged is None:
        return None
    refs, problems = judged
    refs |= change.removed
    as_before = [one for one in verdict.problems if one.about not in refs]
    if {_spot(one) for one in as_before} & {_spot(one) for one in problems}:
        return None  # what one default does to several documents is told once, in the words for the first of them
    return (*as_before, *problems)


def _spot(problem: Problem) -> tuple[str, Place | None, str]:
    return problem.code, problem.place, problem.help


def _still_holds(verdict: Verdict, files: Sequence[File], today: date | None) -> bool:
    """Whether files that were there stand in the same order, and no later day finds less than was found."""
    names, known = {one.name for one in files}, {name for name, _ in verdict.files}
    in_order = [name for name, _ in verdict.files if name in names] == [one.name for one in files if one.name in known]
    if today == verdict.today:
        return in_order
    later = today is not None and verdict.today is not None and today > verdict.today
    return in_order and later and not any(problem.code == _BY_THE_CALENDAR for problem in verdict.problems)


class _Change(NamedTuple):
    """The documents that are new, other or gone, and the ties of what they were and are."""

    added: frozenset[Ref]
    removed: frozenset[Ref]
    ties: frozenset[int]


def _change(verdict: Verdict, before: Mapping[str, Record], files: Sequence[File]) -> _Change | None:
    """None where a document stands in two files now, or where what was known of a file is known no more."""
    known, now = dict(verdict.files), {one.name: one for one in files}
    touched = {name for name in known if name not in now or now[name].content != known[name]}
    touched.update(name for name in now if name not in known)
    gone = [before.get(known[name]) for name in touched if name in known]
    come = [now[name].record for name in touched if name in now]
    if any(one is None for one in gone):
        return None
    old, new = _forms(one for one in gone if one is not None), _forms(come)
    if old is None or new is None:
        return None
    other = {ref for ref in old.keys() | new.keys() if old.get(ref) != new.get(ref)}
    wanted = {tie for record in (*gone, *come) if record is not None for tie in _ties_of(record, other)}
    # What stands in a file that has changed may stand elsewhere in it now.
    wanted.update(itself(one.about) for one in verdict.problems if one.about is not None and _is_in(one, touched))
    added, removed = new.keys() - old.keys(), old.keys() - new.keys()
    return _Change(frozenset(added), frozenset(removed), frozenset(wanted))


def _forms(records: Iterable[Record]) -> dict[Ref, str] | None:
    """The digest of each document; None where one is there twice."""
    heads = [head for record in records for head in record.heads]
    forms = {head.ref: head.digest for head in heads}
    return forms if len(forms) == len(heads) else None


def _ties_of(record: Record, refs: set[Ref]) -> Iterator[int]:
    for at, head in enumerate(record.heads):
        if head.ref in refs:
            yield from record.packed.binding(at)


def _is_in(problem: Problem, names: set[str]) -> bool:
    return any(place is not None and place.file in names for place in (problem.place, *problem.related))


def _concerned(packed: Sequence[Packed], ties: Iterable[int], most: int) -> dict[int, set[int]] | None:
    """Of each of ``packed`` the documents that have one of ``ties``, or a tie that leads there; None for too many."""
    concerned: dict[int, set[int]] = {}
    known: set[int] = set()
    fresh = set(ties)
    while fresh:
        known |= fresh
        come: set[int] = set()
        for at, one in enumerate(packed):
            for number in _having(one, fresh) - concerned.get(at, set()):
                concerned.setdefault(at, set()).add(number)
                come.update(one.binding(number))
        if sum(map(len, concerned.values())) > most:
            return None
        fresh = come - known
    return concerned


def _having(packed: Packed, ties: set[int]) -> set[int]:
    return set() if ties.isdisjoint(packed.ties) else set(packed.having(ties))


class _Memory(Mapping[Ref, Mapping[str, object]]):
    """What the state remembers, asked for once something is looked up in it.

    Whoever goes through it meets ``shown`` alone, of the documents that only the state knows those that matter.
    """

    def __init__(self, said: Callable[[], Said], shown: Sequence[Ref]) -> None:
        self._said = said
        self.shown = shown

    def __getitem__(self, ref: Ref) -> Mapping[str, object]:
        return self._said()[ref]

    def __iter__(self) -> Iterator[Ref]:
        return iter(self.shown)

    def __len__(self) -> int:
        return len(self.shown)


def _memory(remembered: Remembered, change: _Change, shown: Sequence[Ref], said: Callable[[], Said]) -> _Memory | None:
    """What the state says of documents; None where others than before are known to it alone."""
    if remembered.seen is None:
        return _Memory(dict, ())
    gone = bool(change.removed) and not change.removed.isdisjoint(said())
    return None if gone or not change.added.isdisjoint(remembered.refs) else _Memory(said, shown)


def _judged(
    files: Sequence[File], concerned: Mapping[int, set[int]], memory: _Memory, settings: Settings
) -> tuple[set[Ref], list[Problem]] | None:
    """The documents that are ``concerned``, and what the rules find in them; None where a reference leads nowhere."""
    taken = {at: set(numbers) for at, numbers in concerned.items()}
    loaded = _loaded(files, taken)
    refs = {document.ref for document in loaded.values()}
    if len(refs) < len(loaded):
        return None  # two documents of one key, or of no key: the check of everything says which is the first
    known = set(memory.shown)
    fresh = [*_as_entries(loaded.values()), *_entries(memory, memory.shown)]
    while missing := {ref for entry in fresh for _, ref in references(entry)} - _refs(loaded):
        context = _loaded(files, _found(files, taken, {itself(ref) for ref in missing}))
        only_remembered = _entries(memory, missing - _refs(context))
        if not context and not only_remembered:
            break
        loaded.update(context)
        fresh = [*_as_entries(context.values()), *(one for one in only_remembered if one.ref not in known)]
        known.update(one.ref for one in only_remembered)
    manifest = Manifest(tuple(loaded[spot] for spot in sorted(loaded)), (), tuple(one.name for one in files))
    book = Book(manifest, memory)
    if len(_refs(loaded)) < len(loaded) or not all(_leads_somewhere(book, entry) for entry in book.entries):
        return None
    problems = list(found(book, settings.allow_unverified, settings.rules, settings.today))
    if any(one.about is None for one in problems):
        return None
    return refs, [one for one in problems if one.about in refs]


def _as_entries(documents: Iterable[Document]) -> list[Entry]:
    return [Entry(one.ref, one.fields, one) for one in documents]


def _refs(loaded: Mapping[tuple[int, int], Document]) -> set[Ref]:
    return {document.ref for document in loaded.values()}


def _loaded(files: Sequence[File], wanted: Mapping[int, set[int]]) -> dict[tuple[int, int], Document]:
    """Documents by the position of their file, and by their own in it."""
    return {
        (at, number): document
        for at, numbers in wanted.items()
        for number, document in zip(sorted(numbers), files[at].documents(sorted(numbers)), strict=True)
    }


def _found(files: Sequence[File], taken: dict[int, set[int]], owned: set[int]) -> dict[int, set[int]]:
    """The documents that have one of the ties ``owned`` to themselves and are not ``taken``, which they are then."""
    more: dict[int, set[int]] = {}
    for at, file in enumerate(files):
        packed = file.record.packed
        for number in _having(packed, owned) - taken.get(at, set()):
            if packed.itself(number) in owned:
                more.setdefault(at, set()).add(number)
                taken.setdefault(at, set()).add(number)
    return more


def _leads_somewhere(book: Book, entry: Entry) -> bool:
    return all(book.find(ref) is not None for _, ref in references(entry))
