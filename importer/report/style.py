"""Colours, where they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from importer.plan.phrases import money

_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "bold": "1", "dim": "2"}


@dataclass(frozen=True, slots=True)
class Style:
    """Whether to colour (SGR escapes, ECMA-48). The caller knows the terminal, ``--no-color`` and ``NO_COLOR``."""

    colour: bool = False

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.colour else text


def rupees(amount: Decimal | None) -> str:
    """An amount for people: two decimals, digits grouped as in India (12,34,567.00)."""
    if amount is None:
        return "not known"
    return money(amount)


def count(number: int, singular: str, plural: str = "") -> str:
    """``1 invoice``, ``2 invoices``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
