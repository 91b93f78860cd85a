"""The header of a CSV file: which column holds which field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from importer.manifest.csv_names import meant, names, path_of
from importer.manifest.levels import level, shown
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
    """The columns that hold fields, and a problem for each that does not. ``place_of`` gives a header cell's place.

    Of the columns without a name at the end (``named``) nothing is said: they matter where a cell of them is filled.
    """
    outermost = level(kind)
    found: dict[tuple[str, ...], Column] = {}
    problems: list[Problem] = []
    strange: list[tuple[int, str]] = []
    for index, cell in enumerate(header[: named(header)]):
        name = cell.strip()
        path = path_of(name, outermost)
        if not name:
            problems.append(blank_column(index, place_of(index)))
        elif path is None:
            strange.append((index, name))
        elif path in found:
            first = found[path].index
            message = f"columns {first + 1} and {index + 1} hold the same field, `{'.'.join(path)}`"
            related = (place_of(first),)
            problems.append(Problem("repeated-column", message, place_of(index), "remove one", related=related))
        else:
            found[path] = Column(index, path, path[0] if outermost.is_list(path[0]) else "")
    taken = {header[column.index].strip() for column in found.values()}
    helps = _helps(kind, [name for _, name in strange], taken)
    for (index, name), help in zip(strange, helps, strict=True):
        message = f"there is no field `{shown(name)[1:-1]}`"
        problems.append(Problem("unknown-column", message, place_of(index), help))
    return list(found.values()), problems


def named(header: list[str]) -> int:
    """How many columns there are up to the last that has a name: Excel writes those that were once used as well."""
    return max((index + 1 for index, cell in enumerate(header) if cell.strip()), default=0)


def blank_column(index: int, place: Place, filled: tuple[Place, ...] = ()) -> Problem:
    """``filled`` is the first cell of the column that holds something."""
    help = "name a field, or remove the column"
    return Problem("blank-column", f"column {index + 1} has no name", place, help, related=filled)


def _helps(kind: str, strange: list[str], taken: set[str]) -> list[str]:
    """What to do about each of the ``strange`` names. The names there are stand once, where none is near."""
    helps = [meant(kind, name, taken) for name in strange[:_MOST_GUESSES]]
    helps += [""] * (len(strange) - len(helps))
    every = f"leave the column out, or name one of these: {', '.join(names(kind))}"
    first = next((at for at, help in enumerate(helps) if not help), -1)
    return [help or (every if at == first else "leave the column out") for at, help in enumerate(helps)]
