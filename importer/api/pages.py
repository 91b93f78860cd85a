"""One page of a list, and what it says of the page after it (fact sheet, section 6). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from importer.errors import Garbled

PER_PAGE: Final = 200  # the most that a page holds


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``more``: another one follows."""

    rows: list[dict[str, Any]]
    more: bool


def rows_of(body: dict[str, Any], key: str, path: str) -> list[dict[str, Any]]:
    """The rows under ``key``. Raises Garbled."""
    rows = body.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Garbled("not-a-list", f"GET {path}: the answer holds no list of {key}", f"GET {path}")
    return rows


def next_cursor(body: dict[str, Any], path: str) -> str | None:
    """The cursor of the page after this one; None on the last page, or where a list has no pages. Raises Garbled."""
    context = body.get("page_context")
    if context is None:
        return None
    cursor = context.get("next_cursor") if isinstance(context, dict) else None
    more = context.get("has_more_page", bool(cursor)) if isinstance(context, dict) else True
    if not more:
        return None
    if not isinstance(cursor, str) or not cursor:
        raise Garbled("no-cursor", f"GET {path}: there is a next page, and nothing says how to get it", f"GET {path}")
    return cursor


def check_told(body: dict[str, Any], path: str) -> None:
    """Each page of a paged list is documented to say whether it is the last one. Raises Garbled where it does not."""
    context = body.get("page_context")
    if not isinstance(context, dict) or not {"has_more_page", "next_cursor"} & context.keys():
        raise Garbled(
            "no-page-context",
            f"GET {path}: a full page does not say whether it is the last one, so there may be more than it shows",
            f"GET {path}",
        )
