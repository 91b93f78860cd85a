"""What spreadsheets do to texts that no schema refuses: keys, names of the org's lists, telephone numbers, PIN codes.

A key is any text, so ``1e5`` and ``=A`` are right; ``9.97E+11`` is what is left of a long number. GST rules, sections
13 and 14. A code with a form of its own (GSTIN, HSN, date, amount) is told of where its form is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from importer import schema
from importer.checks.book import Book, Entry, normal
from importer.checks.shape import Names, shape, shown, texts
from importer.kinds import KINDS, Kind
from importer.manifest.damage import (
    ODD_BLANK,
    Damage,
    has_lost_digits,
    in_code,
    in_free_text,
    in_key,
    in_name,
    in_pin_code,
    in_prose,
)
from importer.model import Path, Problem, Ref, Severity, Tree, in_words

PHONE: Final = "phone"
PIN_CODE: Final = "pin-code"
_FIRST: Final = frozenset("#=E'")  # how error values, formulas, LibreOffice's errors and marked texts begin
_PIN_DIGITS: Final = 6
_PIN: Final = re.compile(r"[1-9][0-9]{5}")
_DIGITS: Final = re.compile("[0-9]+")
_GAPS: Final = re.compile(r"[\s-]")  # 560 001 and 560-001 are usual
_INDIA: Final = "IN-"


def problems(book: Book) -> Iterator[Problem]:
    """Damage in every text without a form, and in every telephone number and PIN code."""
    for entry in book.entries:
        if _is_suspect(entry.fields.values()):
            yield from _of_free_texts(entry)
            yield from _of_references(book, entry)
        for names, rule in _numbers(entry.ref.kind):
            for path, text in texts(entry.fields, names):
                yield from _of_number(entry, path, text, rule)


def _is_suspect(values: Iterable[Tree]) -> bool:
    """Whether a text among ``values`` is worth a second look. Every text passes here, so that it must be quick."""
    for value in values:
        if type(value) is str:
            if "E+" in value or value[:1] in _FIRST or (not value.isascii() and ODD_BLANK.search(value)):
                return True
        elif _is_suspect(value.values() if isinstance(value, dict) else value):
            return True
    return False


class _Free(NamedTuple):
    """What a field without a form is for. A key and an entry of the org's lists must be found by what is written."""

    is_key: bool
    is_sought: bool
    is_known_by: bool  # look-ups in the books compare it
    is_identity: bool  # and it alone tells one document from another


@cache
def _free(kind: str) -> dict[Names, _Free]:
    """The fields that hold a text without a form. References are not among them: they have keys of others."""
    known_by, identity = _known_by(KINDS[kind]), _identity(KINDS[kind])
    free: dict[Names, _Free] = {}
    for path, field in schema.fields(kind).items():
        if field.type == "text" and field.ref is None and not _has_form(kind, path):
            is_key, is_listed = path == ("key",), field.lookup is not None
            known = len(path) == 1 and path[0] in known_by
            is_identity = len(path) == 1 and path[0] in identity
            free[path] = _Free(is_key, is_key or is_listed, is_listed or known, is_identity)
    return free


def _known_by(kind: Kind) -> frozenset[str]:
    natural = (name for key in kind.natural_keys for name in key.fields)
    return frozenset((*natural, kind.reference_field, kind.number_field))


def _identity(kind: Kind) -> frozenset[str]:
    """Names, SKUs and numbers: no reference, which may be anything and is looked at beside other fields."""
    beside_others = {kind.reference_field, kind.party_field}
    return frozenset(name for key in kind.natural_keys for name in key.fields if name not in beside_others)


def _has_form(kind: str, path: Names) -> bool:
    node = schema.packaged(kind)
    for name in path:
        node = node.get("items", node)["properties"][name]
    return "pattern" in node or "enum" in node or "x-rule" in node


@cache
def _numbers(kind: str) -> tuple[tuple[Names, str], ...]:
    return tuple((names, rule) for names, rule in shape(kind).rules.items() if rule in (PHONE, PIN_CODE))


def _of_free_texts(entry: Entry) -> Iterator[Problem]:
    for names, free in _free(entry.ref.kind).items():
        told = in_key if free.is_key else in_name if free.is_known_by else in_prose
        for path, text in texts(entry.fields, names):
            damage = told(text)
            if damage is not None:
                certain = (free.is_sought or free.is_identity) and is_lost(text)
                lost = free.is_key and has_lost_digits(text)  # two documents may have become one
                yield _problem(entry, path, text, damage, Severity.ERROR if certain or lost else Severity.WARNING)


_CERTAIN: Final = frozenset({"excel-error-value", "formula-text"})  # nobody writes it


def is_lost(text: str) -> bool:
    """Whether something that nobody writes stands in the place of a text, so that it tells nothing from another."""
    damage = in_free_text(text) if text[:1] in _FIRST else None
    return damage is not None and damage.code in _CERTAIN


def _of_references(book: Book, entry: Entry) -> Iterator[Problem]:
    """A reference that leads to a key with lost digits may mean another document; one that leads nowhere is told."""
    for names, kind in entry.shape.refs.items():
        for path, text in texts(entry.fields, names):
            damage = in_key(text) if has_lost_digits(text) else None
            if damage is not None and book.find(Ref(kind, normal(text))) is not None:
                yield _problem(entry, path, text, damage, Severity.ERROR)


def _of_number(entry: Entry, path: Path, text: str, rule: str) -> Iterator[Problem]:
    damage = in_pin_code(text) if rule == PIN_CODE else in_code(text)
    if damage is not None and (rule == PIN_CODE or damage.code not in _USUAL_IN_PHONES):
        yield _problem(entry, path, text, damage, Severity.WARNING)
    elif rule == PIN_CODE and not _PIN.fullmatch(text):
        digits = _GAPS.sub("", text)
        if _DIGITS.fullmatch(digits) and not _PIN.fullmatch(digits) and _in_india(entry, path):
            yield _no_pin_code(entry, path, text, len(digits))


def _no_pin_code(entry: Entry, path: Path, text: str, digits: int) -> Problem:
    """GST rules, section 14. A PIN code of five digits has lost one, as others lose the zero in front."""
    it = f"{in_words(path)} of {entry.label} is {shown(text)}"
    if digits == _PIN_DIGITS - 1:
        return entry.problem(
            "short-pin-code",
            f"{it}, five digits, but a PIN code has six",
            path,
            help="no PIN code begins with 0, so that the lost digit cannot be told: copy it from the address",
            severity=Severity.WARNING,
        )
    why = "which begins with 0" if digits == _PIN_DIGITS else f"which has {digits} digit{'s' if digits > 1 else ''}"
    return entry.problem(
        "not-a-pin-code",
        f"{it}, {why}",
        path,
        help="a PIN code of India has six digits, the first of them not 0: copy it from the address",
        severity=Severity.WARNING,
    )


# People write telephone numbers with any blank and any dash.
_USUAL_IN_PHONES: Final = frozenset({"odd-blank", "long-dash"})


def _in_india(entry: Entry, path: Path) -> bool:
    """Whether a field beside the one at ``path`` holds the code of an Indian state."""
    states = (names for names, rule in entry.shape.rules.items() if rule == "state-code" and names[:-1] == path[:-1])
    return any(text.startswith(_INDIA) for names in states for _, text in texts(entry.fields, names))


def _problem(entry: Entry, path: Path, text: str, damage: Damage, severity: Severity) -> Problem:
    it = f"the key of {entry.label}" if path == ("key",) else f"{in_words(path)} of {entry.label} is {shown(text)}"
    message = f"{it}: {damage.seen}"
    return entry.problem(damage.code, message, path, help=damage.help, severity=severity)
