"""The codes that the source of the importer holds, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from importer.checks.rules import BY_CONTRACT, NOT_APPLICABLE
from importer.kinds import KINDS

ROOT: Final = Path(__file__).resolve().parents[2] / "importer"
# The sandbox has the codes of FinzBooks, and the room itself would prove everything.
ELSEWHERE: Final = ("sandbox", "explained")
# What begins with x- is a header, or a word of the schema.
_CODE: Final = re.compile(r"(?!x-)[a-z0-9]+(-[a-z0-9]+)+|[A-Z][0-9]")

# Written like a code, and none: names of programs and formats, headers, encodings, rules and words of the schema.
NO_CODES: Final = frozenset(
    {
        *("finz-import", "finzbooks-importer", "finzbooks-plan", "finzbooks-state"),
        "retry-after",
        *("utf-8", "utf-8-sig", "state-code", "gst-treatment", "pin-code", "non-resident"),
        *("I1", "O0", "Z2"),  # letters and digits that fingers mix up
        *(
            "x-aliases",
            "x-answers",
            "x-any",
            "x-certainty",
            "x-either",
            "x-lookup",
            "x-not-both",
            "x-ref",
            "x-required",
        ),
        *("x-required-without", "x-rule", "x-sent-as", "x-type", "x-wire"),
    }
)
# Codes of one word cannot be told from other words by their form. Each stands in the source as a text of its own.
OF_ONE_WORD: Final = frozenset(
    {"bug", "contradiction", "drift", "garbled", "interrupted", "lost", "redirected", "unapplied", "usage", "waits"}
)


def texts() -> Iterator[str]:
    """Every text that stands in the source."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] not in ELSEWHERE:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def put_together() -> Iterator[str]:
    """The codes that checks/settlement.py makes of the names of a kind."""
    for kind in KINDS.values():
        if kind.settles is not None:
            yield f"{kind.settles.field}-exceed-{kind.label.split()[-1]}"
            yield f"allocations-exceed-{KINDS[kind.settles.target].label.split()[-1]}"


def in_the_source() -> frozenset[str]:
    """Every code that the importer can report."""
    found = set(texts())
    # Rules that are named only to say that nothing reports them.
    unused = {*NOT_APPLICABLE, *(rule for rule, codes in BY_CONTRACT.items() if rule not in codes)}
    like_codes = {text for text in found if _CODE.fullmatch(text)} - NO_CODES - unused
    return frozenset(like_codes | (OF_ONE_WORD & found) | set(put_together()))
