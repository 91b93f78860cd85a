"""S1: state codes, ``IN-XX``, and what people write instead.

GST rules, section 3, and fact sheet, section 11. ISO 3166-2 renamed four codes (UT to UK, OR to OD, CT to CG, TG to
TS); which spelling the service takes is not documented, so both are taken here and sent as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from importer.checks.book import Book, Entry
from importer.checks.nearest import LONGEST, Nearest, folded
from importer.checks.shape import shown, texts
from importer.model import Path, Problem, Severity, in_words

RULE: Final = "state-code"


@dataclass(frozen=True, slots=True)
class State:
    """``number`` as in a GSTIN, ``codes`` as the API takes them, the present one first; none outside India."""

    number: str
    name: str
    codes: tuple[str, ...]
    others: tuple[str, ...] = ()  # superseded codes, codes of other programs, other names


def _state(number: str, name: str, codes: str, *others: str) -> State:
    return State(number, name, tuple(f"IN-{code}" for code in codes.split()), others)


STATES: Final = (
    _state("01", "Jammu and Kashmir", "JK"),
    _state("02", "Himachal Pradesh", "HP"),
    _state("03", "Punjab", "PB"),
    _state("04", "Chandigarh", "CH"),
    _state("05", "Uttarakhand", "UK UT", "UL", "UA", "Uttaranchal"),
    _state("06", "Haryana", "HR"),
    _state("07", "Delhi", "DL", "NCT of Delhi", "New Delhi"),
    _state("08", "Rajasthan", "RJ"),
    _state("09", "Uttar Pradesh", "UP"),
    _state("10", "Bihar", "BR", "BH"),
    _state("11", "Sikkim", "SK"),
    _state("12", "Arunachal Pradesh", "AR"),
    _state("13", "Nagaland", "NL"),
    _state("14", "Manipur", "MN"),
    _state("15", "Mizoram", "MZ", "MI"),
    _state("16", "Tripura", "TR"),
    _state("17", "Meghalaya", "ML", "ME"),
    _state("18", "Assam", "AS"),
    _state("19", "West Bengal", "WB"),
    _state("20", "Jharkhand", "JH"),
    _state("21", "Odisha", "OD OR", "Orissa"),
    _state("22", "Chhattisgarh", "CG CT", "Chattisgarh"),
    _state("23", "Madhya Pradesh", "MP"),
    _state("24", "Gujarat", "GJ", "Gujrat"),
    _state(
        "26",
        "Dadra and Nagar Haveli and Daman and Diu",
        "DH",
        *("25", "DN", "DD", "DNH", "DNHDD", "Daman and Diu", "Dadra and Nagar Haveli"),
    ),
    _state("27", "Maharashtra", "MH"),
    _state("29", "Karnataka", "KA"),
    _state("30", "Goa", "GA"),
    _state("31", "Lakshadweep", "LD"),
    _state("32", "Kerala", "KL", "Kerela"),
    _state("33", "Tamil Nadu", "TN"),
    _state("34", "Puducherry", "PY", "Pondicherry"),
    _state("35", "Andaman and Nicobar Islands", "AN"),
    _state("36", "Telangana", "TS TG", "TL"),
    _state("37", "Andhra Pradesh", "AP", "AD", "28"),
    _state("38", "Ladakh", "LA"),
    State("97", "Other Territory", (), ("OT",)),  # ISO 3166-2 has no code for it, nor for any place abroad
)
CODES: Final = frozenset(code for state in STATES for code in state.codes)
_FORM: Final = re.compile(r"IN-[A-Z]{2}")
# "96-Foreign Country", and what other programs write for it (GST rules, section 3).
_ABROAD: Final = frozenset(
    ("96", "foreigncountry", "othercountry", "othercountries", "abroad", "overseas", "outsideindia", "export")
)
# 24-Gujarat, 24 Gujarat and Gujarat (24); 24.0 is what a spreadsheet makes of a number.
_NUMBER_FIRST: Final = re.compile(r"\(?(0?[0-9]{1,2})(?:\.0)?(?!\.?[0-9])\)?(.*)", re.DOTALL)
_NUMBER_LAST: Final = re.compile(r"(.*[^0-9.])\(?([0-9]{1,2})\)?", re.DOTALL)
_ASIDE: Final = re.compile(r"\([^()]*\)")  # 29-Karnataka (KA)


@cache
def _by_word() -> dict[str, State]:
    known: dict[str, State] = {}
    for state in STATES:
        codes = (*state.codes, *(code.removeprefix("IN-") for code in state.codes))
        in_others = (f"IN-{other}" for other in (state.number, *state.others) if len(other) < 6)
        for word in (state.number, state.name, *codes, *state.others, *in_others):
            known.setdefault(folded(word), state)
    return known


def resolve(text: str) -> State | None:
    """The state that ``text`` means, however it is spelled: KA, INKA, 29, 29-Karnataka, karnātaka; None if none.

    Case, accents, blanks and zeros in front do not matter. ``UT`` is read as Uttarakhand, as ISO did. A number counts
    alone or beside the name of its own state: 24 Parganas is a district of West Bengal, and 24 is Gujarat.
    """
    number, rest = _parts(text)
    if number:
        return _named(number) if _in_words(rest) is _named(number) or not folded(rest) else None
    return _in_words(rest)


def _parts(text: str) -> tuple[str, str]:
    """The number in front or behind, "" where there is none, and what it stands beside."""
    bare = text.strip()[:LONGEST]
    first = _NUMBER_FIRST.fullmatch(bare)
    if first is not None:
        return first[1], first[2]
    last = _NUMBER_LAST.fullmatch(bare)
    return (last[2], last[1]) if last is not None and _named(bare) is None else ("", bare)


def _in_words(text: str) -> State | None:
    return _named(text) or _named(_ASIDE.sub("", text))


def _named(word: str) -> State | None:
    return _by_word().get(folded(word.replace("&", " and ")))


def problems(book: Book) -> Iterator[Problem]:
    """S1, for every field that the schema says holds a state."""
    nearest = Nearest(one.name for one in STATES)
    for entry in book.entries:
        for names, rule in entry.shape.rules.items():
            if rule == RULE:
                for path, text in texts(entry.fields, names):
                    if text not in CODES:
                        yield _unknown(entry, path, text, nearest)


def _unknown(entry: Entry, path: Path, text: str, nearest: Nearest) -> Problem:
    """A wrong form is refused by the API; a well-formed code that we do not know only matters on a document."""
    in_address = len(path) > 1
    return entry.problem(
        "S1",
        f"{in_words(path)} of {entry.label} is {shown(text)}, which is not the code of a state",
        path,
        help=_advice(entry, path, text, nearest),
        severity=Severity.WARNING if in_address and _FORM.fullmatch(text) else Severity.ERROR,
    )


def _advice(entry: Entry, path: Path, text: str, nearest: Nearest) -> str:
    state = resolve(text)
    number, rest = _parts(text)
    numbered, named = _named(number), _in_words(rest)
    if state is None and _is_abroad(text):
        return _advice_abroad(entry, path)
    if state is None and numbered is not None and named is not None:
        return _advice_of_two(number, numbered, named)
    near = None if state else nearest.to(rest.strip(" -/"))
    if near is not None and (not number or numbered is _named(near)):
        state = _named(near)
    if state is None:
        abroad = "; an address abroad goes without one" if len(path) > 1 else ""
        return f"a state is written as in ISO 3166-2: IN-KA, IN-MH{abroad}"
    if not state.codes:
        return f"{state.name} ({state.number}) has no code of the form IN-XX"
    help = f"{'did you mean' if near else 'write'} {state.codes[0]} for {state.name}{'?' if near else ''}"
    older = "".join(f"; {code} is the older spelling of the same" for code in state.codes[1:])
    return help + (older.replace("; ", " ", 1) if near else older)


def _advice_of_two(number: str, numbered: State, named: State) -> str:
    """24-Karnataka: the place of supply decides on the tax, so that neither is the better guess."""
    codes = " or ".join(state.codes[0] for state in (numbered, named) if state.codes)
    return f"{number} is {numbered.name}, and {named.name} is {named.number}: write {codes}, whichever is meant"


def _is_abroad(text: str) -> bool:
    """96 is abroad whatever country follows it; some lists have 99 for it."""
    numbered = _NUMBER_FIRST.fullmatch(text.strip()[:LONGEST])
    return folded(numbered[1] if numbered else text) in _ABROAD or folded(text).lstrip("0123456789") in _ABROAD


def _advice_abroad(entry: Entry, path: Path) -> str:
    """ISO 3166-2 has no code for a place abroad, and the API documents no other."""
    group = entry.shape.group(())
    if len(path) > 1 or group is None or path[0] not in group.required:
        return f"leave `{path[-1]}` out: what is abroad has no code of a state"
    return (
        "FinzBooks documents no code for a place abroad: ask its support which one an export takes, or leave exports "
        "out of the manifest and enter them in FinzBooks itself"
    )
