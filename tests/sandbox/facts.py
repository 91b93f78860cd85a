"""Every fact about the API that the sandbox is held to; a test names those that it holds: ``@pytest.mark.fact(ID)``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from importer.sandbox.switches import NAMES
from sandbox.facts_kinds import KINDS
from sandbox.facts_open import OPEN
from sandbox.facts_shared import SHARED

MARKS: Final = {"D": "documented", "I": "inferred", "C": "contradictory", "U": "unknown"}
QUOTED: Final = re.compile(r"`([a-z_0-9]+)`")

NO_BILLS: Final = "The importer has no bills, and so the sandbox keeps none."
NO_WEBHOOKS: Final = "The importer hears no webhooks, and so the sandbox sends none."
NO_DEBIT_NOTES: Final = "The importer has no debit notes, and so the sandbox keeps none."

# What no test here can hold, and why.
UNHELD: Final = {
    "2.oauth": "The importer is given a token; it never asks for one.",
    "8.mandatory-debit-notes": NO_DEBIT_NOTES,
    "8.replay-3xx": "No endpoint answers 3xx.",
    "9.bills": NO_BILLS,
    "15.paid-webhook": NO_WEBHOOKS,
    "17.stock": "The sandbox keeps books, not stock; `restock` is kept and shown.",
    "17.debit-notes": NO_DEBIT_NOTES,
    "18.bills": NO_BILLS,
    "18.webhooks": NO_WEBHOOKS,
    "20.others": "The importer checks its work by the five above.",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """``mark`` is a key of MARKS; ``text`` one sentence in Markdown."""

    id: str
    mark: str
    text: str
    heading: str  # such as "8 Idempotency"

    @property
    def switches(self) -> tuple[str, ...]:
        """The switches that the text names: the ways it may be instead."""
        return tuple(word for word in QUOTED.findall(self.text) if word in NAMES)


def read(table: str) -> Iterator[Fact]:
    """The facts of a table of rows ``id | mark | text``. Raises ValueError for a row that is none."""
    heading = ""
    # An indented line goes on with the row before it.
    for line in re.sub(r"\n {4}", " ", table).splitlines():
        if line.startswith("# "):
            heading = line[2:]
        elif line:
            name, mark, text = line.split(" | ", 2)
            yield Fact(name, mark, text, heading)


FACTS: Final = tuple(fact for table in (SHARED, KINDS, OPEN) for fact in read(table))
