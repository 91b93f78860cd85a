"""The values that only this room makes: what a plan's run has come to, and all of a state at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from importer.model import Intent, Receipt

# What names one receipt or one generation: kind, key and part.
Identity = tuple[str, str, str]


class PlanProgress(NamedTuple):
    """How far the run of a saved plan has come."""

    serial: int  # of the state, as the last change that was made for the plan left it
    done: bool


@dataclass(frozen=True, slots=True)
class Export:
    """All that a state holds. Two are equal when their states hold the same."""

    org_id: str  # "" when the state is bound to none
    lineage: str
    serial: int
    receipts: tuple[Receipt, ...] = ()  # sorted by kind, key and part
    intents: tuple[Intent, ...] = ()  # oldest first, each with the id 0: an id means something in its own file alone
    generations: Mapping[Identity, int] = field(default_factory=dict)  # those above 0
    plans: Mapping[str, PlanProgress] = field(default_factory=dict)

    @property
    def holds_nothing(self) -> bool:
        """Whether nothing is known of any document, call or plan."""
        return not (self.receipts or self.intents or self.generations or self.plans)


class Imported(NamedTuple):
    """What an import came to: how much the state holds now, and whether that is new."""

    receipts: int
    intents: int
    generations: int
    plans: int
    changed: bool  # False: the state held exactly this already
