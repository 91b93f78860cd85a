"""Pieces of the sentences in which a plan speaks to a bookkeeper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from importer.kinds import KINDS
from importer.model import Document

HOME: Final = "INR"  # the currency of an org's books
MOST_NAMED: Final = 3  # documents that a sentence names
_CURRENCY: Final = "currency_code"  # in every kind that has one (fact sheet, sections 15 to 17)


def documents(number: int, kind: str) -> str:
    """``1 credit note``, ``1,200 credit notes``."""
    row = KINDS[kind]
    return f"{number:,} {row.label if number == 1 else row.name.replace('_', ' ')}"


def first_few(names: Sequence[str], most: int = MOST_NAMED, separator: str = ", ") -> str:
    """``A, B, C and 4 more``."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return separator.join(names[:most]) + more


def money(amount: Decimal, currency: str = HOME) -> str:
    """With two decimals, rupees grouped as in India (12,34,567.00), others in thousands with their currency."""
    if currency != HOME:
        return f"{currency} {amount:,.2f}"
    whole, _, paise = f"{abs(amount):.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ("-" if amount < 0 else "") + ",".join([*reversed(pairs), tail]) + f".{paise}"


def currency_of(document: Document | None) -> str:
    """The code of the currency in which a document has its amounts."""
    code = document.fields.get(_CURRENCY) if document is not None else None
    return code if isinstance(code, str) else HOME
