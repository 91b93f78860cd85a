"""Equal texts kept once: books repeat states, units, days and rates in every document."""

from __future__ import annotations

from typing import Final

_MOST: Final = 4096  # texts that are kept; beyond, keeping costs more than it saves


class Shared:
    """Gives the same object for equal texts, of which it knows the first few thousand of a file."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        known = self._known
        return known.setdefault(text, text) if len(known) < _MOST else known.get(text, text)
