"""Rows of a sheet that are no documents: totals and remarks of a report, a header in between, merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

TOTAL_ROW: Final = "this row looks like a total or a remark of a report, not like a document"
TOTAL_ROW_HELP: Final = "remove it from the export: totals are worked out from the documents"
MERGED_CELLS: Final = (
    "this row goes on with the document above, but has no `key`: were cells merged in the spreadsheet?"
)
MERGED_CELLS_HELP: Final = "repeat the key in every row of its document"
HEADER_AGAIN: Final = "this row is the header again"
HEADER_AGAIN_HELP: Final = "remove it: it comes from joining several exports"
OTHER_HEADER: Final = "this row is another header: it names other columns than the first, or in another order"
OTHER_HEADER_HELP: Final = "put the rows from here on into a file of their own"

_LONGEST: Final = 80  # characters of what a report says below its rows

_MONEY: Final = r"(?:rs\.?|inr|rupees|\u20b9)"
# With units and signs as reports have them: "Rs. 1,00,000.00/-", "(500)", "5 Dr", "60 customers".
_COUNTED: Final = (
    "row|record|entr(?:y|ie)|line|document|customer|vendor|supplier|contact|part(?:y|ie)|account|ledger|item|product|"
    "invoice|bill|payment|receipt|voucher|transaction|note|no|unit|pc"
)
_NUMBER: Final = (
    rf"[(+-]?\s?{_MONEY}?\s?[+-]?\.?\d[\d,.\s]*(?:/-|%)?\)?\s?(?:dr|cr|{_MONEY}|(?:credit\s)?(?:{_COUNTED})s?)?\.?"
)
_TOTAL: Final = (
    r"(?:(?:grand|sub|net|overall|page|report)[\s-]?)?totals?(?:\s(?:amount|balance|value))?"
    r"|(?:opening|closing)\sbalance|(?:carried|brought)\sforward"
)
# A label, with or without its number: "Grand Total Rs.", "Total (1 rows)", "Closing Balance: 5,000.00".
_LABEL: Final = re.compile(
    rf"\*{{0,3}} ?(?:{_TOTAL}) ?(?:\( ?(?:{_NUMBER}|in {_MONEY}|{_MONEY}) ?\)|(?:in )?{_MONEY})? ?[:=*-]{{0,3}}"
    rf"(?: {_NUMBER})?",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(
    r"(?:(?:printed|generated|exported|downloaded)(?: (?:on|at|by|from)\b|:).*"
    r"|page \d+(?: (?:of|/) \d+)?|\W{0,9}end of (?:the )?(?:report|list|statement)\W{0,9})",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(rf"{_NUMBER}|[-\u2013]", re.IGNORECASE)
_BESIDE_A_REMARK: Final = re.compile(rf"(?:on|at|by|from|page)\b.*|[\d/.: -]+(?:[ap]\.?m\.?)?|{_NUMBER}", re.IGNORECASE)


def is_total(row: Sequence[str], key_at: int) -> bool:
    """Whether ``row`` begins with the words of a total or a remark and holds nothing but numbers beside them.

    A firm that is called Total, or is kept under that key, has other fields as well: a name, a type, a city.
    """
    at = first_filled(row)
    words = _words(row[at])
    if _LABEL.fullmatch(words):
        beside = _AMOUNT
    elif _REMARK.fullmatch(words):
        beside = _BESIDE_A_REMARK
    else:
        return False  # nearly every row
    if key_at != at and key_at < len(row) and not is_blank(row[key_at]):
        return False
    return all(is_blank(cell) or _fits(beside, cell) for cell in row[at + 1 :])


def is_sum(row: Sequence[str], numeric: frozenset[int], inner: frozenset[int]) -> bool:
    """Whether ``row``, which has no key, holds nothing but numbers, and those where numbers belong.

    ``numeric`` columns take numbers. Of those in ``inner``, the lists, a row may go on with several: merged cells.
    """
    filled = [at for at, cell in enumerate(row) if not is_blank(cell)]
    if not filled or not all(at in numeric and _fits(_AMOUNT, row[at]) for at in filled):
        return False
    return len(filled) == 1 or inner.isdisjoint(filled)


def _fits(form: re.Pattern[str], cell: str) -> bool:
    return form.fullmatch(_words(cell)) is not None


def _words(cell: str) -> str:
    """The cell with one blank where there are several, which patterns would try in every way; "" if it is long."""
    return " ".join(cell.split()) if len(cell) <= _LONGEST else ""


def bare(cell: str) -> str:
    """A name as headers are compared."""
    return cell.strip().casefold()


def is_header_again(row: Iterable[str], names: frozenset[str]) -> bool:
    """Whether every filled cell of ``row``, and more than one, is one of ``names``."""
    filled = [bare(cell) for cell in row if not is_blank(cell)]
    return len(filled) > 1 and names.issuperset(filled)


def first_filled(row: Sequence[str]) -> int:
    """The first cell that holds something; 0 where none does."""
    return next((at for at, cell in enumerate(row) if not is_blank(cell)), 0)


def is_blank(cell: str) -> bool:
    return not cell or cell.isspace()
