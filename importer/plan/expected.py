"""What the books should come to for each document, by our own arithmetic and the org's own tax rates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from importer.checks.book import Book, Entry
from importer.checks.rates import Rates
from importer.checks.worth import Worth
from importer.delivery.compare import Expected
from importer.kinds import KINDS
from importer.model import Document, Manifest, Ref


class Expectations:
    """The worth of each document of a manifest, priced once, and not before one is asked for."""

    def __init__(self, manifest: Manifest, said: Mapping[Ref, Mapping[str, Any]], rates: Rates) -> None:
        self._given = (manifest, said, rates)

    @cached_property
    def _book(self) -> Book:
        return Book(*self._given)

    def worth(self, ref: Ref) -> Worth | None:
        """Least and most it can come to, in rupees; None where that cannot be told."""
        entry = self._book.find(ref)
        return None if entry is None else self._book.worth(entry)

    def expected(self, document: Document) -> Expected | None:
        """What a document of lines should come to before round-off; None for others, and where it cannot be told."""
        line_field = KINDS[document.kind].line_field
        if not line_field:
            return None
        entry: Entry | None = self._book.find(document.ref)
        worth = None if entry is None else self._book.worth(entry)
        if entry is None or worth is None:
            return None
        lines = entry.typed.get(line_field)
        given = entry.typed.get("round_off")
        return Expected(
            low=worth.low.before_rounding,
            high=worth.high.before_rounding,
            lines=len(lines) if isinstance(lines, list) else 1,
            round_off=given if isinstance(given, Decimal) else None,
        )
