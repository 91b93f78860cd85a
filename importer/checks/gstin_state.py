"""G5: the state that a GSTIN is of, against where its holder is said to be. GST rules, sections 1, 3 and 15."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from importer.checks import gstin, gstin_forms, states
from importer.checks.book import Book, Entry
from importer.checks.shape import Names, shape, shown
from importer.checks.states import STATES, State
from importer.manifest.typed import compact
from importer.model import Problem, Severity, Tree

# Where the holder sits, by the API's names (fact sheet, section 12). Goods may be shipped anywhere.
SEATS: Final[tuple[Names, ...]] = (("place_of_contact",), ("billing_address", "state_code"))

# Numbers of states that have been divided or merged since, with all that they may stand for today: Ladakh was part
# of Jammu and Kashmir until 31 October 2019, Telangana of Andhra Pradesh.
FORMER: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"01": ("01", "38"), "25": ("26",), "28": ("37", "36")})
_BY_CODE: Final = {code: state for state in STATES for code in state.codes}
_BY_NUMBER: Final = {state.number: state for state in STATES if state.codes}  # nobody's address is in state 97
_MEANT: Final[Mapping[str, tuple[State, ...]]] = {
    **{number: (state,) for number, state in _BY_NUMBER.items()},
    **{number: tuple(_BY_NUMBER[one] for one in today) for number, today in FORMER.items()},
}


def problems(book: Book) -> Iterator[Problem]:
    """G5, once for each GSTIN that is not of the state where its holder is said to be."""
    for entry in book.entries:
        numbers, seats = _fields(entry.ref.kind)
        for name in numbers:
            text = entry.fields.get(name)
            if isinstance(text, str):
                yield from _elsewhere(entry, name, text, seats)


@cache
def _fields(kind: str) -> tuple[tuple[str, ...], tuple[Names, ...]]:
    """Where documents of a kind hold a GSTIN, and where they say the state of its holder."""
    rules = shape(kind).rules
    return (
        tuple(at[0] for at, rule in rules.items() if rule == gstin_forms.RULE and len(at) == 1),
        tuple(at for at in SEATS if rules.get(at) == states.RULE),
    )


def _elsewhere(entry: Entry, name: str, text: str, seats: tuple[Names, ...]) -> Iterator[Problem]:
    number = compact(text)[:2]
    meant = _MEANT.get(number, ())
    others = [(at, said) for at in seats if (said := _state_at(entry.fields, at)) and said[1] not in meant]
    if not meant or not others or not _is_sound(text):
        return
    there = " and ".join(f"`{'.'.join(at)}` is {code} ({state.name})" for at, (code, state) in others)
    first, (_, other) = others[0]
    yield entry.problem(
        "G5",
        f"the GSTIN {shown(text)} of {entry.label} is of {meant[0].name} ({number}), but {there}",
        first,
        help=f"write {' or '.join(meant[0].codes)}, or give the GSTIN of the registration in {other.name}: "
        "a firm has one for each state",
        severity=Severity.WARNING,
        related=(entry.place((name,)),),
    )


def _state_at(fields: Mapping[str, Tree], names: Names) -> tuple[str, State] | None:
    """The code of a state at ``names``, and what it means; None where there is none, which S1 has told."""
    value: Tree | None = fields.get(names[0])
    for name in names[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    state = _BY_CODE.get(value) if isinstance(value, str) else None
    return (str(value), state) if state is not None else None


def _is_sound(text: str) -> bool:
    """Whether its first two characters can be trusted to be its state: one mistyped character is told once."""
    form = gstin_forms.form_of(compact(text))
    return form is not None and form.of_state and not any(one.severity is Severity.ERROR for one in gstin.faults(text))
