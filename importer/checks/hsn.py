"""H1 and H3: codes of goods (HSN) and of services (SAC), of items and of lines. GST rules, section 5.

What is not two to eight digits is refused by the schema, and not told again here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from importer.checks.book import Book, Entry, normal
from importer.checks.shape import Names, shape, texts
from importer.checks.taxes import item_kind
from importer.model import Path, Problem, Ref, Severity

RULE: Final = "hsn"
SUPPLY_RULE: Final = "supply"  # the field that says whether it is goods or a service
GOODS: Final = "GOODS"
SERVICE: Final = "SERVICE"

LENGTHS: Final = (2, 4, 6, 8)  # chapter, heading, subheading, tariff item; a SAC has six
SERVICES: Final = "99"  # the chapter that every SAC, and nothing else, belongs to
_ODD: Final = re.compile(r"[0-9]{3}|[0-9]{5}|[0-9]{7}|99[0-9]{6}")
_CODE: Final = re.compile(r"(?:[0-9]{2}){1,4}")


def problems(book: Book) -> Iterator[Problem]:
    """H1 for every code that the schema knows, and H3 where its own document, or its item, says what is sold."""
    for entry in book.entries:
        codes, supplies = _fields(entry.ref.kind)
        for names in codes:
            for path, code in texts(entry.fields, names):
                if _ODD.fullmatch(code):
                    yield _odd_length(entry, path, code)
                elif len(code) not in LENGTHS or not _CODE.fullmatch(code):
                    continue
                elif supplies:
                    yield from _other_supply(entry, path, code, supplies)
                elif len(path) > 1:
                    yield from _other_than_its_item(book, entry, path, code)


@cache
def _fields(kind: str) -> tuple[tuple[Names, ...], tuple[Names, ...]]:
    """Where documents of a kind hold codes, and where they say what is sold."""
    rules = shape(kind).rules.items()
    return tuple(at for at, rule in rules if rule == RULE), tuple(at for at, rule in rules if rule == SUPPLY_RULE)


def _odd_length(entry: Entry, path: Path, code: str) -> Problem:
    return entry.problem(
        "H1",
        f"the code {code} of {entry.label} has {len(code)} digits; an HSN has 2, 4, 6 or 8, a SAC has 6",
        path,
        help=_advice(code),
        severity=Severity.WARNING,
    )


def _advice(code: str) -> str:
    if len(code) == LENGTHS[-1]:
        guess = f": did you mean {code[:6]}?" if code.endswith("00") else ", such as 997331"
        return f"what begins with 99 is a SAC, which has six digits{guess}"
    if code.startswith(SERVICES):  # no heading 0990 to 0999 exists: it is a service, and no zero was lost
        return "a SAC has six digits, such as 997331: copy it from the list of services"
    if code.startswith("0"):  # there is no chapter 00
        return "a digit is missing or one too many: copy the code from the list of goods"
    return (
        f"did you mean 0{code}? spreadsheets drop the zero that chapters 01 to 09 begin with; else a digit is missing"
    )


def _other_supply(entry: Entry, path: Path, code: str, supplies: tuple[Names, ...]) -> Iterator[Problem]:
    """H3: a service has a SAC, which begins with 99, and goods have an HSN, which does not."""
    is_service = code.startswith(SERVICES)
    for names in supplies:
        for at, supply in texts(entry.fields, names):
            if at[:-1] != path[:-1] or supply != (GOODS if is_service else SERVICE):
                continue
            yield entry.problem(
                "H3",
                f"{entry.label} is {'goods' if is_service else 'a service'}, but {code} is the code of "
                + ("a service: it begins with 99" if is_service else "goods: that of a service begins with 99"),
                path,
                help=f"write {at[-1]}: {SERVICE if is_service else GOODS}, "
                f"or give {'the HSN of the goods' if is_service else 'the SAC of the service, such as 997331'}",
                severity=Severity.WARNING,
                related=(entry.place(at),),
            )


def _other_than_its_item(book: Book, entry: Entry, path: Path, code: str) -> Iterator[Problem]:
    """H3 for the code of a line, against what its item says that it is."""
    lines = entry.fields.get(entry.kind.line_field)
    line = lines[int(path[1])] if path[0] == entry.kind.line_field and isinstance(lines, list) else None
    key = line.get(entry.kind.item_field) if isinstance(line, dict) else None
    item = book.find(Ref(item_kind(entry.ref.kind), normal(key))) if isinstance(key, str) else None
    if item is None:
        return
    is_service = code.startswith(SERVICES)
    for names in _fields(item.ref.kind)[1]:
        for at, supply in texts(item.fields, names):
            if supply == (GOODS if is_service else SERVICE):
                yield entry.problem(
                    "H3",
                    f"line {int(path[1]) + 1} of {entry.label} has the code {code} of "
                    + ("a service" if is_service else "goods")
                    + f", but {item.label} is {'goods' if is_service else 'a service'}",
                    path,
                    help=f"leave {path[-1]} out where the code of the item is right, or correct one of the two: the "
                    "codes of services, and no others, begin with 99",
                    severity=Severity.WARNING,
                    related=(item.place(at),),
                )
