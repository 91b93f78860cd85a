"""How a name is spelled, without what people write now one way and now another."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_FULL_WORDS: Final = {
    "pvt": "private",
    "ltd": "limited",
    "co": "company",
    "corp": "corporation",
    "inc": "incorporated",
    "bros": "brothers",
    "intl": "international",
    "mfg": "manufacturing",
    "engg": "engineering",
    "govt": "government",
}
# At the end of a name: often left out, though two different ones are two firms.
_LEGAL_FORMS: Final = {"private", "limited", "company", "corporation", "incorporated", "llp", "llc", "plc", "opc"}
_SAYS_NOTHING: Final = {"and", "the"}
_ADDRESS: Final = re.compile(r"^\s*(?:m\s*/\s*s\b\.?|messrs\b\.?)", re.IGNORECASE)
_DECIMAL_POINT: Final = re.compile(r"(?<=\d)[.,](?=\d)")
_DROPPED: Final = re.compile("[.'`\N{RIGHT SINGLE QUOTATION MARK}\u0300-\u036f]")  # these do not part two words
_ASCII_MARKS: Final = re.compile(r"[^a-z0-9]+")
_RUNS: Final = re.compile(r"\d+|[^\d\s]+")

_VOWELS: Final = frozenset("aeiouy")
# Letters that a word needs before a slip in it is likelier than another word: Rohan and Roshan, Ramesh and Rakesh are
# two people. An s at the end (Trader, Traders) needs fewer; a consonant for another needs more.
LETTERS_FOR_PLURAL: Final = 4
LETTERS_FOR_SLIP: Final = 6
LETTERS_FOR_CONSONANT: Final = 8


@dataclass(frozen=True)
class Spelling:
    """A name in words of letters, its numbers, and its legal form. Case, accents and punctuation are gone."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]  # runs of digits in their order: 10 x 20 is not 20 x 10
    legal: frozenset[str]
    dense: str  # words and numbers with nothing between them: Book keeping is Bookkeeping

    @cached_property
    def in_any_order(self) -> str:
        """Equal for Gupta Ramesh and Ramesh Gupta. With numbers the order counts: block A4 is not block 4A."""
        return self.dense if self.numbers else " ".join(sorted(self.words))

    def without(self, position: int) -> str:
        """All of it but one word."""
        return " ".join((*self.words[:position], str(position), *self.words[position + 1 :], *self.numbers))

    def likes(self, other: Spelling) -> bool:
        """Whether numbers and legal form allow the two to be one. A legal form may be left out, in whole or in part."""
        return self.numbers == other.numbers and (self.legal <= other.legal or other.legal <= self.legal)


def spelling(name: str) -> Spelling:
    """``name`` without what makes no difference: case, punctuation, blanks, ``Pvt`` for ``Private``, ``&`` for and."""
    runs = _RUNS.findall(_letters_and_digits(name))
    words = [_FULL_WORDS.get(run, run) for run in runs]
    words = ["private" if one == "p" and "limited" in words[at + 1 : at + 2] else one for at, one in enumerate(words)]
    kept = [one for one in words if one not in _SAYS_NOTHING] or words
    end = len(kept)
    while end > 1 and kept[end - 1] in _LEGAL_FORMS:
        end -= 1
    core = kept[:end]
    return Spelling(
        words=tuple(one for one in core if not one[0].isdigit()),
        numbers=tuple(one for one in core if one[0].isdigit()),
        legal=frozenset(kept[end:]),
        dense="".join(core),
    )


def _letters_and_digits(name: str) -> str:
    """In small letters, with blanks for everything that is neither letter nor digit. A plus stays: A+ is not A."""
    text = _ADDRESS.sub(" ", name)
    text = text if text.isascii() else unicodedata.normalize("NFKD", text)
    text = _DROPPED.sub("", _DECIMAL_POINT.sub(" ", text.casefold())).replace("+", " plus ")
    if text.isascii():
        return _ASCII_MARKS.sub(" ", text)
    return "".join(one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in text)


def one_slip(one: str, other: str) -> bool:
    """Whether two words are one but for a slip of the pen: a letter more, less or other, or two exchanged.

    The first letter must agree.
    """
    if one == other or one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        return _one_more(*sorted((one, other), key=len))
    places = [at for at, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs]
    if len(one) < LETTERS_FOR_SLIP or len(places) > 2:
        return False
    first, last = places[0], places[-1]
    if len(places) == 1:
        return len(one) >= LETTERS_FOR_CONSONANT or {one[first], other[first]} <= _VOWELS
    return last == first + 1 and one[first] == other[last] and one[last] == other[first]


def _one_more(short: str, long: str) -> bool:
    if len(short) >= LETTERS_FOR_PLURAL and long == short + "s":
        return True
    if len(short) < LETTERS_FOR_SLIP:
        return False
    at = next((at for at, (mine, theirs) in enumerate(zip(short, long, strict=False)) if mine != theirs), len(short))
    return short[at:] == long[at + 1 :]
