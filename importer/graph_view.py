"""Which part of the references of a manifest a picture shows: counted by kind, or those around one document. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from importer.checks.book import Book, Entry, normal
from importer.checks.nearest import Nearest
from importer.checks.references import references
from importer.kinds import KINDS, Kind, find
from importer.model import Path, Ref

MOST_NODES: Final = 60  # what an eye takes in, and well below the 500 edges at which Mermaid refuses to draw
DATE: Final = "date"  # of every kind that has one (fact sheet, section 15)

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Node:
    """One document, or with an empty ``key`` a group of one kind."""

    kind: str
    key: str = ""
    documents: int = 1  # of the files, that it stands for
    remembered: int = 0  # of the state alone, that it stands for
    date: str = ""
    amount: Decimal | None = None  # what the document comes to, in rupees; None where that cannot be told
    centre: bool = False
    rest: bool = False  # the documents of a group that are too many to be shown one by one


class Edge(NamedTuple):
    """``source`` refers to ``target``, both positions among the nodes, in ``references`` places."""

    source: int
    target: int
    role: str  # the field that refers
    references: int


@dataclass(frozen=True, slots=True)
class View:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def role_of(kind: Kind, path: Path) -> str:
    """What people call the reference at ``path``: the list that settles, else the name of the field itself."""
    if kind.settles is not None and path[0] == kind.settles.field:
        return kind.settles.field
    return str(path[-1])


def by_kind(book: Book) -> View:
    """A node per kind with the number of its documents, an edge per kind, kind and role. Linear in the references.

    Of what only the state knows, that counts to which a document of the files refers.
    """
    documents = Counter(entry.ref.kind for entry in book.unique)
    remembered: dict[str, set[Ref]] = defaultdict(set)
    arrows: Counter[tuple[str, str, str]] = Counter()
    for entry in book.unique:
        for role, target in _targets(book, entry):
            arrows[entry.ref.kind, target.ref.kind, role] += 1
            if target.document is None:
                remembered[target.ref.kind].add(target.ref)
    names = [name for name in KINDS if name in documents or name in remembered]
    nodes = (Node(name, documents=documents[name], remembered=len(remembered.get(name, ()))) for name in names)
    at = {name: position for position, name in enumerate(names)}
    return View(tuple(nodes), _edges(Counter({(at[a], at[b], role): n for (a, b, role), n in arrows.items()})))


def around(book: Book, ref: Ref, most: int = MOST_NODES) -> View:
    """What the document ``ref`` needs, and what that needs in turn; and what of the files needs ``ref`` directly.

    At most ``most`` nodes: beyond that, the last documents of each side and kind are one node together. Raises
    KeyError when ``ref`` is neither in the files nor in the state.
    """
    centre = book.find(ref)
    if centre is None:
        raise KeyError(ref)
    needed = _needed(book, centre)
    users = list(_users(book, centre, needed))
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for side, entries in (("needed", needed), ("user", users)):
        for entry in entries:
            groups[side, entry.ref.kind].append(entry)
    shares = _shares({name: len(entries) for name, entries in groups.items()}, most - 1 - len(groups))
    nodes = [_node(book, centre, centre=True)]
    at = {ref: 0}
    for name, entries in groups.items():
        _place(book, entries, shares[name], nodes, at)
    return View(tuple(nodes), _edges(_arrows(book, centre, needed, users, at)))


def named(book: Book, text: str) -> tuple[list[Ref], list[Ref]]:
    """The documents that ``text`` may mean, and where there is none, those that are spelled like it.

    ``text`` is KIND/KEY, or the key alone; a key may hold slashes. What fits as KIND/KEY is meant so.
    """
    word, slash, rest = text.partition("/")
    kind = find(word) if slash else None
    if kind is not None:
        exact = Ref(kind.name, normal(rest))
        if book.find(exact) is not None:
            return [exact], []
    key = normal(text)
    found = [ref for ref in (Ref(name, key) for name in KINDS) if book.find(ref) is not None]
    if found:
        return found, []
    names, wanted = ((kind.name,), normal(rest)) if kind is not None else (tuple(KINDS), key)
    near = ((name, Nearest(book.keys(name)).to(wanted)) for name in names)
    return [], [Ref(name, key) for name, key in near if key is not None]


def _targets(book: Book, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """Role and target of each reference that leads somewhere; the others have been reported."""
    for path, ref in references(entry):
        target = book.find(ref)
        if target is not None:
            yield role_of(entry.kind, path), target


def _needed(book: Book, centre: Entry) -> list[Entry]:
    """All that ``centre`` needs, nearest first. What the state remembers may lead back to it: each comes once."""
    seen = {centre.ref: centre}
    queue = [centre]
    for entry in queue:
        for _, target in _targets(book, entry):
            if target.ref not in seen:
                seen[target.ref] = target
                queue.append(target)
    return queue[1:]


def _users(book: Book, centre: Entry, needed: Sequence[Entry]) -> Iterator[Entry]:
    known = {centre.ref, *(entry.ref for entry in needed)}
    for entry in book.unique:
        if entry.ref not in known and any(ref == centre.ref for _, ref in references(entry)):
            yield entry


def _shares(sizes: Mapping[Name, int], room: int) -> dict[Name, int]:
    """How many of each group are shown in ``room`` places: the small groups whole, the others alike.

    A group that is not whole takes one more place, for its rest.
    """
    shares: dict[Name, int] = {}
    for done, (name, size) in enumerate(sorted(sizes.items(), key=lambda one: one[1])):
        share = min(size, max(room, 0) // (len(sizes) - done))
        room -= share
        shares[name] = size if size - share == 1 else share  # one more document takes no more place than a rest of one
    return shares


def _place(book: Book, entries: Sequence[Entry], share: int, nodes: list[Node], at: dict[Ref, int]) -> None:
    """Give the first ``share`` of a group a node each, and the others one together."""
    for entry in entries[:share]:
        at[entry.ref] = len(nodes)
        nodes.append(_node(book, entry))
    rest = entries[share:]
    if rest:
        remembered = sum(entry.document is None for entry in rest)
        at.update((entry.ref, len(nodes)) for entry in rest)
        nodes.append(Node(rest[0].ref.kind, documents=len(rest) - remembered, remembered=remembered, rest=True))


def _node(book: Book, entry: Entry, *, centre: bool = False) -> Node:
    worth = book.worth(entry)
    return Node(
        entry.ref.kind,
        entry.ref.key,
        documents=int(entry.document is not None),
        remembered=int(entry.document is None),
        date=entry.text(DATE) or "",
        amount=worth.high.total if worth is not None and worth.exact else None,
        centre=centre,
    )


def _arrows(
    book: Book, centre: Entry, needed: Sequence[Entry], users: Sequence[Entry], at: Mapping[Ref, int]
) -> Counter[tuple[int, int, str]]:
    """Among the centre and what it needs, every reference; of the users only that to the centre."""
    arrows: Counter[tuple[int, int, str]] = Counter()
    for entry in (centre, *needed):
        for role, target in _targets(book, entry):
            arrows[at[entry.ref], at[target.ref], role] += 1
    for entry in users:
        for role, target in _targets(book, entry):
            if target is centre:
                arrows[at[entry.ref], at[centre.ref], role] += 1
    return arrows


def _edges(arrows: Mapping[tuple[int, int, str], int]) -> tuple[Edge, ...]:
    return tuple(Edge(*arrow, number) for arrow, number in sorted(arrows.items()))
