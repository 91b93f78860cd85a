"""How many percent of tax a line may carry. The org knows exactly; a name tells a good deal."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final, Protocol

from importer.checks.gst_rates import GREATEST
from importer.money import ZERO, add, multiply

NO_TAX: Final = (ZERO, ZERO)
# The greatest rate of the compensation cess, that of smoking mixtures: Act 15 of 2017, Schedule, row 2.
_GREATEST_CESS: Final = Decimal(290)
# What no tax in percent comes to: the greatest GST with the greatest cess (GST rules, section 8).
MOST: Final = add((GREATEST, _GREATEST_CESS))

# At most six digits on each side keep every sum exact; a rate has three at most.
_NUMBER: Final = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_TOKEN: Final = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<percent>%|PER ?CENT\b|PCT\b)?|(?P<word>[^\W\d_]+)")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LONGEST: Final = 200  # characters; a name of the org is far shorter
_MOST_NUMBERS: Final = 8

_TAXES: Final = frozenset(("GST", "IGST", "CGST", "SGST", "UTGST", "TAX"))
# One half of a GST, also in "C/SGST 9%" and "GST 9% (C+S)".
_HALVES: Final = frozenset(("CGST", "SGST", "UTGST", "C", "S", "UT"))
# Levies of a percentage of the value, beside the GST: "GST 18% + KFC 1%" (the flood cess of Kerala, 2019 to 2021).
_LEVIES: Final = frozenset(("CESS", "KFC", "VAT"))
# Words that change nothing of how high a tax is. Any other may be a levy that nobody has told of.
_HARMLESS: Final = frozenset(
    (
        *("AND", "AT", "FOR", "IN", "OF", "ON", "OUT", "THE", "WITH", "RATE", "RATED", "SLAB", "STANDARD", "REDUCED"),
        *("INPUT", "OUTPUT", "SALE", "SALES", "SUPPLY", "SUPPLIES", "GOODS", "SERVICE", "SERVICES", "EXPORT", "LUT"),
        *("EXPORTS", "SEZ", "STATE", "INTRA", "INTER", "INTRASTATE", "INTERSTATE", "LOCAL", "CENTRAL", "INTEGRATED"),
        *("COMP", "COMPENSATION", "FLOOD", "KERALA", "EXEMPT", "EXEMPTED", "NIL", "ZERO"),
    )
)
# A number without a percent sign is a rate only if it is one of these and stands alone with words of tax: GST18. One
# is the first of the taxes in "GST-1 Standard".
_BARE_RATES: Final = frozenset(map(Decimal, ("0", "5", "12", "18", "28", "40", "2.5", "6", "9", "14", "20")))
_PLAIN: Final = _TAXES | _HALVES | {"INPUT", "OUTPUT"}
_DIGIT_OF_ANOTHER_SCRIPT: Final = re.compile(r"(?![0-9])\d")

_YEARS: Final = re.compile(r"\b20[0-9]{2}(?:-[0-9]{2}(?:[0-9]{2})?)?\b(?!\s*%)")  # GST 18% 2025-26
_JOINED: Final = re.compile(r"[+&]|\b(?:AND|WITH)\b")
_GAPS: Final = re.compile(r"[\s_()-]+")
_GST: Final = "(?:GST|TAX)"
# Without any tax, as names of taxes say it. "Non-exempt" and "Zero rated, IGST paid" are none of them.
_NOTHING: Final = re.compile(
    rf"(?:{_GST} )?(?:EXEMPT|EXEMPTED|NIL|ZERO)(?: RATED?)?(?: {_GST})?(?: (?:SUPPLY|SUPPLIES|SALES))?"
    rf"|(?:{_GST} )?(?:NON ?|NO |NOT )(?:{_GST}|TAXABLE)(?: (?:SUPPLY|SUPPLIES|SALES))?|{_GST} FREE|OUT OF SCOPE"
)


class Rates(Protocol):
    """Knows the taxes: offline by their names, online as the org has them."""

    def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest percent that may apply; equal where it is known, None where nothing is.

        At most one of ``tax``, a name, and ``tax_id`` is given. A line without any tax carries none: (0, 0).
        """
        ...


class OfflineRates:
    """What can be said without the org: from nothing up to what the tax's name tells.

    So "GST 18%" is at most 18 and "GST 28% + Cess 12%" at most 40. The name may lie and the supply be exempt, so
    the lowest is 0: these bounds serve to refuse what exceeds the highest, not to compute a total.
    """

    def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal] | None:
        if tax is None:
            return NO_TAX if tax_id is None else None
        return ZERO, most_told(tax) if len(tax) <= _LONGEST else MOST


@cache
def bears_a_levy(name: str) -> bool:
    """Whether the tax may have parts beside the two halves of a GST, each of which is rounded for itself."""
    if len(name) > _LONGEST:
        return True
    return most_told(name) == MOST or not _LEVIES.isdisjoint(_WORD.findall(name.upper()))


@cache
def most_told(name: str) -> Decimal:
    """The highest percent that a tax of this name may come to: never less than the books could compute.

    A name that is not understood to its last word tells nothing but that it is a tax: "GST 28% + Cess", "GST 18% +
    TCS" and "Standard" may be up to the greatest there is.
    """
    upper = _YEARS.sub(" ", name.upper())
    if _NOTHING.fullmatch(_GAPS.sub(" ", upper).strip()):
        return ZERO
    tokens = list(_TOKEN.finditer(upper))
    words = [found["word"] for found in tokens if found["word"]]
    if not set(words) <= _TAXES | _HALVES | _LEVIES | _HARMLESS or _adds_without_a_number(upper):
        return MOST
    numbers = [Decimal(found["number"]) for found in tokens if found["number"]]
    marked = [bool(found["percent"]) for found in tokens if found["number"]]
    if not 0 < len(numbers) <= _MOST_NUMBERS or _DIGIT_OF_ANOTHER_SCRIPT.search(name):
        return MOST
    twice = multiply(Decimal(2), add(numbers) if _LEVIES.intersection(words) else max(numbers))
    together = max(add(numbers), twice if _HALVES.intersection(words) else ZERO)  # "CGST/SGST 9%" may be 9 of each
    if _LEVIES.intersection(words):
        return together if all(marked) and _each_has_its_own(tokens) else MOST
    bare = len(numbers) == 1 and _BARE_RATES.issuperset(numbers) and set(words) <= _PLAIN
    return together if any(marked) or bare else MOST


def _are_halves(part: str) -> bool:
    words = _WORD.findall(part)
    return bool(words) and _HALVES.issuperset(words)


def _adds_without_a_number(name: str) -> bool:
    """Whether something is added behind a number and has none itself: "GST 18% + State tax", but not "9% (C+S)"."""
    parts = [part for part in _JOINED.split(name) if any(map(str.isdigit, part)) or not _are_halves(part)]
    numbered = [any(map(str.isdigit, part)) for part in parts]
    return any(before and not after for before, after in pairwise(numbered))


def _each_has_its_own(tokens: list[re.Match[str]]) -> bool:
    """Whether taxes and levies take turns with numbers, so that no levy is without one: tax, 28, cess, 12.

    "GST 28% Cess" and "GST Cess 12%" tell of one of the two only.
    """
    kinds = ["number" if found["number"] else "name" for found in tokens if found["number"] or _names(found["word"])]
    return len(kinds) % 2 == 0 and all(one != next for one, next in pairwise(kinds))


def _names(word: str) -> bool:
    return word in _TAXES or word in _LEVIES
