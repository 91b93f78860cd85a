"""What spreadsheets do to texts that no schema refuses: keys, names of the org's lists, telephone numbers, PIN codes.

A key is any text, so ``1e5`` and ``=A`` are right; ``9.97E+11`` is what is left of a long number. GST rules, sections
13 and 14. A code with a form of its own (GSTIN, HSN, date, amount) is told of where its form is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from importer import schema
from importer.checks.book import Book, Entry
from importer.checks.shape import Names, dotted, shape, shown, texts
from importer.manifest.damage import ODD_BLANK, Damage, in_code, in_free_text
from importer.model import Path, Problem, Severity, Tree

PHONE: Final = "phone"
PIN_CODE: Final = "pin-code"
_FIRST: Final = frozenset("#=E")  # how an error value, a formula and LibreOffice's errors begin
_SHORT_PIN: Final = re.compile(r"[0-9]{5}")
_INDIA: Final = "IN-"


def problems(book: Book) -> Iterator[Problem]:
    """Damage in every text without a form, and in every telephone number and PIN code."""
    for entry in book.entries:
        if _is_suspect(entry.fields.values()):
            yield from _of_free_texts(entry)
        if not entry.ref.key.isascii() and ODD_BLANK.search(entry.ref.key):
            yield _odd_key(entry)
        for names, rule in _numbers(entry.ref.kind):
            for path, text in texts(entry.fields, names):
                yield from _of_number(entry, path, text, rule)


def _is_suspect(values: Iterable[Tree]) -> bool:
    """Whether a text among ``values`` is worth a second look. Every text passes here, so that it must be quick."""
    for value in values:
        if type(value) is str:
            if "E+" in value or value[:1] in _FIRST:
                return True
        elif _is_suspect(value.values() if isinstance(value, dict) else value):
            return True
    return False


@cache
def _free(kind: str) -> dict[Names, bool]:
    """The fields that hold a text without a form -> whether it names something: a key, or an entry of the org's lists.

    A reference is told of where it does not resolve: to a document whose key is damaged alike it does.
    """
    return {
        path: path == ("key",) or field.lookup is not None
        for path, field in schema.fields(kind).items()
        if field.type == "text" and field.ref is None and not _has_form(kind, path)
    }


def _has_form(kind: str, path: Names) -> bool:
    node = schema.packaged(kind)
    for name in path:
        node = node.get("items", node)["properties"][name]
    return "pattern" in node or "enum" in node or "x-rule" in node


@cache
def _numbers(kind: str) -> tuple[tuple[Names, str], ...]:
    return tuple((names, rule) for names, rule in shape(kind).rules.items() if rule in (PHONE, PIN_CODE))


def _of_free_texts(entry: Entry) -> Iterator[Problem]:
    for names, naming in _free(entry.ref.kind).items():
        for path, text in texts(entry.fields, names):
            damage = in_free_text(text)
            if damage is not None:
                # Two keys that have lost their digits may have become one, and a document would be lost.
                certain = naming and (damage.code != "excel-exponent" or names == ("key",))
                yield _problem(entry, path, text, damage, Severity.ERROR if certain else Severity.WARNING)


def _of_number(entry: Entry, path: Path, text: str, rule: str) -> Iterator[Problem]:
    damage = in_code(text)
    if damage is not None and (rule == PIN_CODE or damage.code not in _USUAL_IN_PHONES):
        yield _problem(entry, path, text, damage, Severity.WARNING)
    elif rule == PIN_CODE and _SHORT_PIN.fullmatch(text.strip()) and _in_india(entry, path):
        yield entry.problem(
            "short-pin-code",
            f"{dotted(path)} of {entry.label} is {shown(text)}, five digits, but a PIN code has six",
            path,
            help="no PIN code begins with 0, so that the lost digit cannot be told: copy it from the address",
            severity=Severity.WARNING,
        )


# People write telephone numbers with any blank and any dash.
_USUAL_IN_PHONES: Final = frozenset({"odd-blank", "long-dash"})


def _in_india(entry: Entry, path: Path) -> bool:
    """Whether a field beside the one at ``path`` holds the code of an Indian state."""
    states = (names for names, rule in entry.shape.rules.items() if rule == "state-code" and names[:-1] == path[:-1])
    return any(text.startswith(_INDIA) for names in states for _, text in texts(entry.fields, names))


def _odd_key(entry: Entry) -> Problem:
    found = ODD_BLANK.search(entry.ref.key)
    code = ord(found.group()) if found else 0
    return entry.problem(
        "odd-blank",
        f"the key of {entry.label} holds the character U+{code:04X}, which looks like a blank or like nothing",
        ("key",),
        help=f"write {' '.join(ODD_BLANK.sub(' ', entry.ref.key).split())}; keys that differ in it alone look the same",
        severity=Severity.WARNING,
    )


def _problem(entry: Entry, path: Path, text: str, damage: Damage, severity: Severity) -> Problem:
    message = f"{dotted(path)} of {entry.label} is {shown(text)}: {damage.seen}"
    return entry.problem(damage.code, message, path, help=damage.help, severity=severity)
