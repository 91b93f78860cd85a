"""All checks of one manifest, one after the other, over documents that are typed and priced once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain

from importer.checks import (
    amounts,
    damaged,
    dates,
    duplicates,
    gstin,
    gstin_state,
    hsn,
    natural_keys,
    notes,
    numbers,
    pan,
    payment_references,
    references,
    required,
    settlement,
    states,
    taxes,
    treatment,
    unverified,
)
from importer.checks.book import NOTHING_SAID, Book, Said
from importer.checks.rates import Rates
from importer.checks.rules import AS_THEY_ARE, Levels, levelled
from importer.model import Manifest, Place, Problem, Severity

_CHECKS = (
    *(damaged, required, references, amounts, settlement, pan),
    *(states, gstin_state, treatment, hsn, notes, taxes),
)


def check(
    manifest: Manifest,
    said: Said = NOTHING_SAID,
    rates: Rates | None = None,
    allow_unverified: frozenset[str] = frozenset(),
    rules: Levels = AS_THEY_ARE,
    today: date | None = None,
) -> tuple[Problem, ...]:
    """What is wrong with the manifest beyond its schema, in the order of files and lines.

    ``said`` is what the receipts of the state remember of documents, in canonical form. ``rates`` are the org's
    own, where it can be asked; without them a tax's name tells what it may come to. ``allow_unverified`` names
    fields as ``invoices.line_items.discount``. ``rules`` gives rules of the field another level, or drops what they
    find. Without ``today`` no date is in the future. The problems of reading are not repeated, and what could not be
    read is passed over. Nothing is raised for bad input.
    """
    book = Book(manifest, said, rates)
    return as_told(found(book, allow_unverified, rules, today), manifest.files)


def found(book: Book, allow_unverified: frozenset[str], rules: Levels, today: date | None) -> Iterator[Problem]:
    """What the checks find, one after the other, at the levels that ``rules`` give."""
    pairs = tuple(duplicates.pairs(book))
    problems = chain(
        unverified.problems(book, allow_unverified),
        duplicates.problems(book, pairs),
        natural_keys.problems(book, pairs),
        numbers.problems(book, pairs),
        payment_references.problems(book, pairs),
        dates.problems(book, today),
        gstin.problems(book, rules),
        *(module.problems(book) for module in _CHECKS),
    )
    return levelled(problems, rules)


def as_told(problems: Iterable[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    """``problems`` as they are told: in the order of files and lines, and what is written once told once."""
    at = {name: number for number, name in enumerate(files)}
    return tuple(sorted(_once(problems), key=lambda problem: _position(at, problem)))


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """What is written once is told once, however many documents have it from there: from defaults, or an anchor."""
    found: dict[tuple[str, Place | None, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.code, problem.place, problem.help), []).append(problem)
    for (_, place, _), alike in found.items():
        documents = {_document(one) for one in alike}
        if place is None or len(documents) == 1:
            yield from alike
        else:
            more = len(documents) - 1
            others = f"the same in {more} more document{'s' if more > 1 else ''}"
            worst = next((one for one in alike if one.severity is Severity.ERROR), alike[0])
            yield replace(worst, message=f"{worst.message} ({others})")


def _document(problem: Problem) -> tuple[str, ...]:
    """Kind and position of the document it is told of."""
    return tuple(problem.pointer.split("/", 3)[1:3])


def _position(files: Mapping[str, int], problem: Problem) -> tuple[int, str, int, int]:
    place = problem.place
    if place is None:
        return len(files) + 1, "", 0, 0
    return files.get(place.file, len(files)), place.file, place.line, place.column
