"""The header of a CSV file: which column holds which field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from importer.manifest.levels import Level, level, shown, unknown_field
from importer.model import Place, Problem

# Comparing names costs about a millisecond a column; a file with ten thousand wrong ones needs no such help.
_MOST_GUESSES: Final = 50

PlaceOf = Callable[[int], Place]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds a field. ``path`` is canonical and leaves list positions out."""

    index: int
    path: tuple[str, ...]
    list_name: str = ""  # the list of which each row holds an element; "" for a field of the header

    @property
    def inner(self) -> tuple[str, ...]:
        """The path within the element; () where the element is the value itself."""
        return self.path[1:] if self.list_name else self.path


def columns(kind: str, header: list[str], place_of: PlaceOf) -> tuple[list[Column], list[Problem]]:
    """The columns that hold fields, and a problem for each that does not. ``place_of`` gives a header cell's place."""
    outermost = level(kind)
    found: dict[tuple[str, ...], Column] = {}
    problems: list[Problem] = []
    for index, cell in enumerate(header):
        name = cell.strip()
        path = _path(name, outermost)
        if not name:
            message = f"column {index + 1} has no name"
            problems.append(Problem("blank-column", message, place_of(index), "name a field, or remove the column"))
        elif path is None:
            help = _help(kind, name, outermost) if len(problems) < _MOST_GUESSES else unknown_field(kind)
            problems.append(
                Problem("unknown-column", f"there is no field `{shown(name)[1:-1]}`", place_of(index), help)
            )
        elif path in found:
            first = found[path].index
            message = f"columns {first + 1} and {index + 1} hold the same field, `{'.'.join(path)}`"
            related = (place_of(first),)
            problems.append(Problem("repeated-column", message, place_of(index), "remove one", related=related))
        else:
            found[path] = Column(index, path, path[0] if outermost.is_list(path[0]) else "")
    return list(found.values()), problems


def _path(name: str, here: Level) -> tuple[str, ...] | None:
    """The canonical path of a dotted one, if it leads to a field that holds text."""
    first, dot, rest = name.partition(".")
    known = here.aliases.get(first, first)
    inner = here.inner.get(known)
    if known not in here.types:
        return None
    if inner is None:
        return None if dot else (known,)
    below = _path(rest, inner) if dot else None
    return None if below is None else (known, *below)


def _help(kind: str, name: str, outermost: Level) -> str:
    known = outermost.aliases.get(name, name)
    if known in outermost.inner:
        return f"name one of its fields, such as `{known}.{next(iter(outermost.inner[known].types))}`"
    return unknown_field(kind, name, _paths(outermost))


def _paths(here: Level, above: str = "") -> Iterable[str]:
    for name in here.spellings:
        inner = here.inner.get(here.aliases.get(name, name))
        if inner is None:
            yield above + name
        else:
            yield from _paths(inner, f"{above}{name}.")
