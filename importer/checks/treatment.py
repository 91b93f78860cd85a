"""G6: how GST treats a contact, against its GSTIN. GST rules, sections 4 and 15; fact sheet, section 25, item 14.

Only REGISTERED is known to be taken by the API. Of the words of other programs, those count here whose plain meaning
leaves no doubt; one that is not in these tables raises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from importer.checks import gstin_forms
from importer.checks.book import Book, Entry
from importer.checks.shape import shape, shown
from importer.manifest.typed import compact
from importer.model import Problem, Severity

RULE: Final = "gst-treatment"
REGISTERED: Final = "REGISTERED"
# Registered, under composition, or in a special economic zone: an error without a GSTIN (GST rules, section 15).
NEED_ONE: Final = frozenset(
    {
        *(REGISTERED, "REGISTERED_REGULAR", "REGISTERED_COMPOSITION", "REGISTERED_BUSINESS", "COMPOSITION"),
        *("SEZ", "SEZ_UNIT", "SEZ_DEVELOPER"),
        *("BUSINESS_GST", "BUSINESS_REGISTERED", "BUSINESS_REGISTERED_REGULAR", "BUSINESS_REGISTERED_COMPOSITION"),
        *("BUSINESS_COMPOSITION", "BUSINESS_SEZ", "BUSINESS_SEZ_UNIT", "BUSINESS_SEZ_DEVELOPER"),
    }
)
# These are registered as well, but the rules do not name them: without a GSTIN a warning.
MOSTLY_ONE: Final = frozenset({"DEEMED_EXPORT", "TAX_DEDUCTOR", "TAX_COLLECTOR", "INPUT_SERVICE_DISTRIBUTOR"})
HAVE_NONE: Final = frozenset(
    {"UNREGISTERED", "CONSUMER", "OVERSEAS", "BUSINESS_NONE", "BUSINESS_UNREGISTERED", "UNREGISTERED_BUSINESS"}
)


def problems(book: Book) -> Iterator[Problem]:
    """G6, for every document whose schema has a treatment and a GSTIN beside each other."""
    for entry in book.entries:
        for treatment, number in _pairs(entry.ref.kind):
            word = entry.text(treatment)
            if word is None:
                continue
            if word in HAVE_NONE:
                yield from _one_too_many(entry, word, treatment, number)
            elif number not in entry.fields and (word in NEED_ONE or word in MOSTLY_ONE):
                yield from _lacking(entry, word, treatment, number)


@cache
def _pairs(kind: str) -> tuple[tuple[str, str], ...]:
    """The top-level fields of a kind that hold a treatment, each with one that holds a GSTIN."""
    by_rule = {rule: at[0] for at, rule in shape(kind).rules.items() if len(at) == 1}
    return ((by_rule[RULE], by_rule[gstin_forms.RULE]),) if {RULE, gstin_forms.RULE} <= by_rule.keys() else ()


def _lacking(entry: Entry, word: str, treatment: str, number: str) -> Iterator[Problem]:
    if entry.document is not None and not entry.document.sound:
        return  # what could not be read may be the GSTIN
    yield entry.problem(
        "G6",
        f"{entry.label} is {word}, but has no `{number}`",
        (treatment,),
        help=f"whoever is registered has a GSTIN: give it as `{number}`, or leave `{treatment}` out",
        severity=Severity.ERROR if word in NEED_ONE else Severity.WARNING,
    )


def _one_too_many(entry: Entry, word: str, treatment: str, number: str) -> Iterator[Problem]:
    """Only for the number of an ordinary registration.

    Embassies, foreigners and those who only deduct tax have numbers, and are no registered buyers for all that.
    """
    given = entry.text(number)
    if given is None or gstin_forms.form_of(compact(given)) is not gstin_forms.REGULAR:
        return
    yield entry.problem(
        "G6",
        f"{entry.label} is {word}, but has the GSTIN {shown(given)}",
        (treatment,),
        help=f"with a GSTIN it is {REGISTERED}; without a registration, leave `{number}` out",
        severity=Severity.WARNING,
        related=(entry.place((number,)),),
    )
