"""Names of columns: the field that a name leads to, and the one that it was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from importer import schema
from importer.manifest.levels import Level, level

# Letters that two names have in common, of all they have (difflib): `Rate` and `date` reach 0.75, `dat` 0.86.
_NEAR: Final = 0.8
_LONGEST_NAME: Final = 64  # comparing is quadratic in the length of a name, and no field has a long one


@dataclass(frozen=True, slots=True)
class _Known:
    """One name that a column may have, and how it is compared."""

    name: str  # as it is written: billing_address.city
    whole: str  # folded: billingaddresscity
    last: str  # folded: city
    certain: bool  # whether it may be suggested: what is unverified is refused unless somebody vouches for it


def path_of(name: str, here: Level) -> tuple[str, ...] | None:
    """The canonical path of a dotted one, if it leads to a field that holds text."""
    first, dot, rest = name.partition(".")
    known = here.aliases.get(first, first)
    inner = here.inner.get(known)
    if known not in here.types:
        return None
    if inner is None:
        return None if dot else (known,)
    below = path_of(rest, inner) if dot else None
    return None if below is None else (known, *below)


@cache
def names(kind: str) -> tuple[str, ...]:
    """The names of the fields that a sheet of ``kind`` may have, one spelling of each."""
    return tuple(one.name for one in _known(kind) if one.certain and ".".join(_path(kind, one.name)) == one.name)


@cache
def all_names(kind: str) -> frozenset[str]:
    """Every name that a column may have, in lower case."""
    return frozenset(one.name.casefold() for one in _known(kind))


def meant(kind: str, name: str, taken: Collection[str]) -> str:
    """What to write instead of ``name``, as a help; "" where no field is near. ``taken`` has columns already.

    The same name in another spelling comes first (`Due Date`), then the last part of a longer one (`First Name`),
    then what differs in a letter or two. What is nearest to a field that is not `certain` is near to no other.
    """
    if len(name) > _LONGEST_NAME:
        return ""
    within = _group(kind, name)
    if within:
        return within
    known = [one for one in _known(kind) if one.name not in taken]
    wanted, last = _folded(name), _folded(name.rpartition(".")[2])
    found = next((one for one in known if one.whole == wanted), None)
    found = found or next((one for one in known if one.last == last), None)
    found = found or next((one for one in _known(kind) if one.name == name.partition(".")[0]), None)
    found = found or _nearest(wanted, known)
    return f"did you mean `{found.name}`?" if found is not None and found.certain else ""


def _group(kind: str, name: str) -> str:
    """The help where ``name`` is that of a field which holds others."""
    outermost, wanted = level(kind), _folded(name)
    group = next((one for one in outermost.inner if _folded(one) == wanted), "")
    return f"name one of its fields, such as `{group}.{next(iter(outermost.inner[group].types))}`" if group else ""


def _nearest(wanted: str, known: list[_Known]) -> _Known | None:
    best, found = _NEAR, None
    compared = difflib.SequenceMatcher(b=wanted)  # it keeps what it learns of the second
    for one in known:
        for form in dict.fromkeys((one.whole, one.last)):
            if wanted.endswith(form) and len(wanted) > len(form) + 1:
                continue  # a word in front makes another thing of it: `Due Amount` is no `amount`
            compared.set_seq1(form)
            if compared.real_quick_ratio() >= best and compared.quick_ratio() >= best:
                ratio = compared.ratio()
                if ratio > best or (ratio == best and found is None):
                    best, found = ratio, one
    return found


def _folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


@cache
def _known(kind: str) -> tuple[_Known, ...]:
    return tuple(
        _Known(name, _folded(name), _folded(name.rpartition(".")[2]), _is_certain(kind, _path(kind, name)))
        for name in _spelled(level(kind))
    )


def _path(kind: str, name: str) -> tuple[str, ...]:
    return path_of(name, level(kind)) or ()


def _is_certain(kind: str, path: tuple[str, ...]) -> bool:
    known = schema.fields(kind)
    return not any(known[path[:end]].certainty == "unverified" for end in range(1, len(path) + 1))


def _spelled(here: Level, above: str = "") -> Iterator[str]:
    """Every spelling of every field that holds text, those of the document itself before those within another."""
    for name in here.spellings:
        if here.aliases.get(name, name) not in here.inner:
            yield above + name
    for name in here.spellings:
        inner = here.inner.get(here.aliases.get(name, name))
        if inner is not None:
            yield from _spelled(inner, f"{above}{name}.")
