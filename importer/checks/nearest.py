"""The known word nearest to one that is not known, at a bounded price."""

from __future__ import annotations

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


class Nearest:
    """Answers which of ``words`` one may have meant."""

    def __init__(self, words: Iterable[str], budget: int | None = None) -> None:
        self._words = tuple(word for word in words if len(word) <= LONGEST)
        self._budget = max(BUDGET, min(2 * len(self._words), BUDGET_OF_MANY)) if budget is None else budget
        self._answers: dict[str, str | None] = {}

    @cached_property
    def _by_fold(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for word in self._words:
            known.setdefault(folded(word), word)
        return known

    def to(self, word: str) -> str | None:
        """The word that differs only in spelling, else the likest one; None where none is like it."""
        if len(word) > LONGEST:
            return None
        if word not in self._answers:
            self._answers[word] = self._by_fold.get(folded(word)) or self._like(word)
        return self._answers[word]

    def _like(self, word: str) -> str | None:
        if len(self._words) > self._budget:
            return None
        self._budget -= len(self._words)
        return next(iter(get_close_matches(word, self._words, n=1)), None)
