"""Rows of a spreadsheet that are not what they seem: a total below the rows, and the gaps that merged cells leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

TOTAL_ROW: Final = "this row looks like the total of those above, not like a document"
TOTAL_ROW_HELP: Final = "remove it from the export: totals are worked out from the documents"
MERGED_CELLS: Final = (
    "this row goes on with the document above, but has no `key`: were cells merged in the spreadsheet?"
)
HEADER_AGAIN: Final = "this row is the header again"
HEADER_AGAIN_HELP: Final = "remove it: it comes from joining several exports"
MERGED_CELLS_HELP: Final = "repeat the key in every row of its document"

_TOTAL: Final = re.compile(r"(?:(?:grand|sub|net|overall)[ -]?)?totals?\s*:?", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_]{4}")  # a word; amounts have at most a currency sign, Dr or Cr
_WORD: Final = "otal"


def is_total(row: Sequence[str], key_at: int) -> bool:
    """Whether ``row`` begins with the word for a total and then holds amounts only: a firm Total has a name as well."""
    at = first_filled(row)
    if _WORD not in row[at].lower():
        return False  # nearly every row
    if not _TOTAL.fullmatch(row[at].strip()) or (key_at != at and key_at < len(row) and not is_blank(row[key_at])):
        return False
    others = [cell for cell in row[at + 1 :] if not is_blank(cell)]
    return not any(_LETTERS.search(cell) for cell in others)


def first_filled(row: Sequence[str]) -> int:
    """The first cell that holds something; 0 where none does."""
    return next((at for at, cell in enumerate(row) if not is_blank(cell)), 0)


def is_blank(cell: str) -> bool:
    return not cell or cell.isspace()
