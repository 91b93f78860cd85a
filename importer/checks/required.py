"""What a kind requires beyond its key. Checked after the defaults, and so not by the schema (design, section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importer.checks.book import Book, Entry
from importer.checks.shape import Group, Names, found
from importer.model import Path, Problem, Tree, in_words


def problems(book: Book) -> Iterator[Problem]:
    """missing-field and one-of-two, in every document and every element of its lists."""
    for entry in book.entries:
        for group in entry.shape.groups:
            for path, node in _objects(entry, group):
                if entry.document is None or entry.document.sound:
                    yield from _missing(entry, group, path, node)
                yield from _too_many(entry, group, path, node)


def _objects(entry: Entry, group: Group) -> Iterator[tuple[Path, Mapping[str, Tree]]]:
    """The mappings that the group speaks of: the document, a nested mapping, or each element of a list."""
    for path, tree in found(entry.fields, group.path):
        elements = [((*path, at), one) for at, one in enumerate(tree)] if isinstance(tree, list) else [(path, tree)]
        for at, one in elements:
            if isinstance(one, dict):
                yield at, one


def _missing(entry: Entry, group: Group, path: Path, node: Mapping[str, Tree]) -> Iterator[Problem]:
    for name in group.required:
        if name not in node:
            yield _lacks(entry, path, f"`{name}`", f"give `{name}`, here or in the defaults")
    for names in (*group.either, *group.any):
        if not any(name in node for name in names):
            yield _lacks(entry, path, f"none of {_listed(names, 'and')}", f"give {_listed(names, 'or')}", "has")
    for name, others in group.required_without.items():
        if name not in node and not any(other in node for other in others):
            yield _lacks(entry, path, f"`{name}`", f"give `{name}`, or {_listed(others, 'or')} to take it from")


def _lacks(entry: Entry, path: Path, what: str, help: str, verb: str = "has no") -> Problem:
    return entry.problem("missing-field", f"{_owner(entry, path)} {verb} {what}", path, help=help)


def _too_many(entry: Entry, group: Group, path: Path, node: Mapping[str, Tree]) -> Iterator[Problem]:
    for names in (*group.either, *group.not_both):
        given = [name for name in names if name in node]
        if len(given) > 1:
            first, second = given[0], given[1]
            yield entry.problem(
                "one-of-two",
                f"{_owner(entry, path)} has {_listed(tuple(given), 'and')}, which exclude each other",
                (*path, second),
                help=f"keep `{first}` or `{second}`, not both" if len(given) == 2 else "keep one of them",
                of_key=True,
                related=(entry.place((*path, first), of_key=True),),
            )


def _owner(entry: Entry, path: Path) -> str:
    """``the invoice ORDER-1``, or ``line 1 of the invoice ORDER-1``."""
    return f"{in_words(path)} of {entry.label}" if path else entry.label


def _listed(names: Names, word: str) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
