"""Every reference must lead somewhere, and none may lead back to where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from importer import graph
from importer.checks.book import Book, Entry, normal
from importer.checks.named import Named
from importer.checks.nearest import Nearest
from importer.checks.shape import shape, shown, texts
from importer.kinds import KINDS
from importer.manifest.csv_reader import kind_of
from importer.manifest.damage import in_free_text, odd_blank, plain_blanks
from importer.model import Path, Problem, Ref, in_words

# What ends the reading of a file, or leaves all of its rows out: it may hold whatever is not found elsewhere.
_NOT_READ: Final = frozenset(
    (
        *("yaml-syntax", "too-deep", "alias-bomb", "csv-syntax", "unclosed-quote", "rows-above-header", "missing-key"),
        *("wrong-delimiter", "too-many-columns", "unknown-kind", "not-a-manifest", "not-a-list", "unknown-section"),
        *("wrong-encoding", "not-utf-8", "binary-file", "control-character", "file-too-big", "unknown-format"),
    )
)


def references(entry: Entry) -> Iterator[tuple[Path, Ref]]:
    """Each reference that a document makes, with its path."""
    fields = entry.fields
    for names, kind in entry.shape.refs.items():
        value = fields.get(names[0])
        if value is None:
            continue
        if len(names) == 1 and isinstance(value, str):  # a third of all, and of every document: without walking
            yield names, Ref(kind, normal(value))
        else:
            for path, text in texts(fields, names):
                yield path, Ref(kind, normal(text))


def edges(book: Book) -> dict[Ref, tuple[Ref, ...]]:
    """What each document of the manifest needs: the edges that ``graph.order`` takes, in the order of the fields."""
    return {entry.ref: tuple(dict.fromkeys(ref for _, ref in references(entry))) for entry in book.unique}


def problems(book: Book) -> Iterator[Problem]:
    """unresolved-reference, wrong-kind-reference and dependency-cycle."""
    guesses: dict[str, _Guesses] = {}
    for entry in book.entries:
        for path, ref in references(entry):
            if book.find(ref) is None:
                yield _unresolved(book, guesses, entry, path, ref)
    kinds = looping()
    in_doubt = {entry.ref: entry for entry in book.unique if entry.ref.kind in kinds} if kinds else {}
    yield from cycles(in_doubt, {ref: [to for _, to in references(entry)] for ref, entry in in_doubt.items()})


def looping() -> frozenset[str]:
    """The kinds whose documents may need each other in a loop. Where kinds do not, documents need not be looked at."""
    needs = {name: set(shape(name).refs.values()) for name in KINDS}
    reached = {name: set(wanted) for name, wanted in needs.items()}
    for _ in needs:
        for wanted in reached.values():
            wanted.update(*(needs.get(one, ()) for one in tuple(wanted)))
    return frozenset(name for name, wanted in reached.items() if name in wanted)


class _Guesses:
    """What may have been meant by keys of one kind that there are not. Made once, and only when there is such a key."""

    def __init__(self, book: Book, kind: str) -> None:
        self._book, self._kind = book, kind
        self._named = Named(book, kind) if kind in KINDS else None
        self._nearest = Nearest(book.keys(kind))
        broken = (one.place.file for one in book.problems if one.code in _NOT_READ and one.place is not None)
        self._unread = next((name for name in broken if _may_hold(name, kind)), "")

    def help(self, key: str) -> str:
        """How to refer to what has this name, else the nearest key; "" where nothing is near."""
        named = self._named.advice(key) if self._named is not None else ""
        if named:
            return named
        near = self._nearest.to(key)
        if near:
            return self._mending(key, near) or f"did you mean {shown(near)}?"
        return f"mend {self._unread} first: not all of it could be read, and it may be there" if self._unread else ""

    def _mending(self, key: str, near: str) -> str:
        """That the key itself is to be mended, where it differs by a blank that is none; "" where it does not."""
        damage = odd_blank(near)
        found = self._book.find(Ref(self._kind, near)) if damage is not None else None
        if damage is None or found is None or found.document is None or plain_blanks(near) != plain_blanks(key):
            return ""
        return f"write {plain_blanks(near)} as the key of {found.label}: {damage.seen}"


def _unresolved(book: Book, guesses: dict[str, _Guesses], entry: Entry, path: Path, ref: Ref) -> Problem:
    wanted = KINDS[ref.kind].label if ref.kind in KINDS else ref.kind
    named = f"{in_words(path)} of {entry.label} names {shown(ref.key)}"
    for other in KINDS.values():
        if book.find(Ref(other.name, ref.key)) is not None:
            return entry.problem(
                "wrong-kind-reference",
                f"{named}, which is the key of {_a(other.label)} and not of {_a(wanted)}",
                path,
                help=f"give the key of {_a(wanted)}",
            )
    damage = in_free_text(ref.key)
    if damage is not None:
        return entry.problem(damage.code, f"{named}: {damage.seen}", path, help=damage.help)
    if ref.kind not in guesses:
        guesses[ref.kind] = _Guesses(book, ref.kind)
    add = f"add the {wanted} {shown(ref.key)}, give the file that holds it as PATH too, or give its FinzBooks id as"
    return entry.problem(
        "unresolved-reference",
        f"{named}, but no {wanted} with this key is in the given PATHs or in the state",
        path,
        help=guesses[ref.kind].help(ref.key) or f"{add} `{path[-1]}_id`",
    )


def _may_hold(file: str, kind: str) -> bool:
    """A CSV holds the one kind that its name tells."""
    return not file.lower().endswith(".csv") or kind_of(file) == kind or kind_of(file) not in KINDS


def cycles(entries: Mapping[Ref, Entry], needs: Mapping[Ref, Sequence[Ref]]) -> Iterator[Problem]:
    """dependency-cycle: one for each knot of documents that need each other, at the first of them."""
    for loop in graph.order(tuple(entries), needs).cycles:
        entry = entries[loop[0]]
        path = next((path for path, ref in references(entry) if ref == loop[1]), ())
        yield entry.problem(
            "dependency-cycle",
            f"these documents need each other, so none can be sent first: {' -> '.join(map(str, loop))}",
            path,
            help="remove one of these references",
            related=tuple(entries[ref].place() for ref in loop[1:-1]),
        )


def _a(label: str) -> str:
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"
