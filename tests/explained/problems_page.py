"""Writes docs/problems.md: every code, with the reason, the source and the examples that ``explain`` prints.

Run ``python -m explained.problems_page`` in the folder tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from importer.checks.rules import NOT_APPLICABLE
from importer.explained.page import page

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "problems.md"


def whole_page() -> str:
    return page(NOT_APPLICABLE)


if __name__ == "__main__":
    PAGE.write_text(whole_page(), encoding="utf-8", newline="\n")
