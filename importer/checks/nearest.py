"""The known word nearest to one that is not known, at a bounded price."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from typing import Final

# Comparisons that one run may spend on likenesses, about half a second of them: the first problems are those that are
# read. Ten thousand broken references to a hundred thousand keys would take an hour otherwise.
BUDGET: Final = 50_000
# As many for the first two questions about many words, which take that long to be read as well.
BUDGET_OF_MANY: Final = 200_000
# Comparing is quadratic in the length of a word, and so is the order of its combining marks; no key has so many.
LONGEST: Final = 256  # characters


def folded(word: str) -> str:
    """``word`` without case, accents, punctuation, and without the zeros in front that spreadsheets eat."""
    plain = unicodedata.normalize("NFKD", word[:LONGEST]).casefold()
    return "".join(letter for letter in plain if letter.isalnum()).lstrip("0")


_PART: Final = re.compile(r"\d+|[^\W\d_]+")
# Letters that fingers and scanners take for digits: O for 0, I and l for 1.
_LOOK_ALIKE: Final = str.maketrans("oil", "011")


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKD", word[:LONGEST]).casefold()


def _numbers(word: str) -> tuple[str, ...]:
    """The numbers in a code, without zeros in front."""
    return tuple(part.lstrip("0") for part in _PART.findall(_plain(word)) if part.isdigit())


def _spelling(plain: str) -> str:
    """A code without punctuation, and without zeros in front of its numbers, which are kept apart: inv<25><7>."""
    return "".join(f"<{part.lstrip('0')}>" if part.isdigit() else part for part in _PART.findall(plain))


class Nearest:
    """Answers which of ``words`` one may have meant.

    Never one with other numbers: C005 and C006 are two documents, and to take one for the other would be worse than
    any slip. C-5 may be C005 without its zeros, and C0O5 has a letter for a digit.
    """

    def __init__(self, words: Iterable[str], budget: int | None = None) -> None:
        self._words = tuple(word for word in words if len(word) <= LONGEST)
        self._budget = max(BUDGET, min(2 * len(self._words), BUDGET_OF_MANY)) if budget is None else budget
        self._answers: dict[str, str | None] = {}

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for word in self._words:
            known.setdefault(_spelling(_plain(word)), word)
        return known

    @cached_property
    def _by_look(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for word in self._words:
            known.setdefault(_spelling(_plain(word).translate(_LOOK_ALIKE)), word)
        return known

    @cached_property
    def _by_numbers(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        known: dict[tuple[str, ...], list[str]] = {}
        for word in self._words:
            known.setdefault(_numbers(word), []).append(word)
        return {numbers: tuple(words) for numbers, words in known.items()}

    def to(self, word: str) -> str | None:
        """The word that differs only in spelling, else the likest one; None where none is like it."""
        if len(word) > LONGEST:
            return None
        if word not in self._answers:
            self._answers[word] = self._spelled(_plain(word)) or self._like(word)
        return self._answers[word]

    def _spelled(self, plain: str) -> str | None:
        if not _spelling(plain):
            return None
        return self._by_spelling.get(_spelling(plain)) or self._by_look.get(_spelling(plain.translate(_LOOK_ALIKE)))

    def _like(self, word: str) -> str | None:
        words = self._by_numbers.get(_numbers(word), ())
        if len(words) > self._budget:
            return None
        self._budget -= len(words)
        return next(iter(get_close_matches(word, words, n=1)), None)
