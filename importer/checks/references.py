"""Every reference must lead somewhere, and none may lead back to where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importer import graph
from importer.checks.book import Book, Entry, normal
from importer.checks.nearest import Nearest
from importer.checks.shape import dotted, shown, texts
from importer.kinds import KINDS
from importer.manifest.damage import in_free_text
from importer.model import Path, Problem, Ref


def references(entry: Entry) -> Iterator[tuple[Path, Ref]]:
    """Each reference that a document makes, with its path."""
    for names, kind in entry.shape.refs.items():
        for path, value in texts(entry.fields, names):
            yield path, Ref(kind, normal(value))


def edges(book: Book) -> dict[Ref, tuple[Ref, ...]]:
    """What each document of the manifest needs: the edges that ``graph.order`` takes, in the order of the fields."""
    return {entry.ref: tuple(dict.fromkeys(ref for _, ref in references(entry))) for entry in book.unique}


def problems(book: Book) -> Iterator[Problem]:
    """unresolved-reference, wrong-kind-reference and dependency-cycle."""
    nearest: dict[str, Nearest] = {}
    needs: dict[Ref, list[Ref]] = {}
    for entry in book.entries:
        wanted = needs.setdefault(entry.ref, [])
        for path, ref in references(entry):
            wanted.append(ref)
            if book.find(ref) is None:
                yield _unresolved(book, nearest, entry, path, ref)
    yield from cycles({entry.ref: entry for entry in book.unique}, needs)


def _unresolved(book: Book, nearest: dict[str, Nearest], entry: Entry, path: Path, ref: Ref) -> Problem:
    wanted = KINDS[ref.kind].label if ref.kind in KINDS else ref.kind
    named = f"{dotted(path)} of {entry.label} names {shown(ref.key)}"
    for other in KINDS.values():
        if book.find(Ref(other.name, ref.key)) is not None:
            return entry.problem(
                "wrong-kind-reference",
                f"{named}, which is the key of {_a(other.label)} and not of {_a(wanted)}",
                path,
                help=f"give the key of {_a(wanted)}",
            )
    if ref.kind not in nearest:
        nearest[ref.kind] = Nearest(book.keys(ref.kind))
    near = nearest[ref.kind].to(ref.key)
    raw = f"{path[-1]}_id"
    damage = in_free_text(ref.key)
    if damage is not None:
        return entry.problem(damage.code, f"{named}: {damage.seen}", path, help=damage.help)
    return entry.problem(
        "unresolved-reference",
        f"{named}, but no {wanted} with this key is in the given PATHs or in the state",
        path,
        help=f"did you mean {shown(near)}?"
        if near
        else f"add the {wanted}, give the file that holds it as PATH too, or give its FinzBooks id as `{raw}`",
    )


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
