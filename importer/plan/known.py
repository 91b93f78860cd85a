"""What the state and the books say of the documents of a manifest: the other half of what a plan is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from importer.delivery.compare import Expected
from importer.delivery.natural import Match
from importer.model import Document, Intent, Receipt, Ref, StepId
from importer.plan.body import Bindings


@dataclass(frozen=True, slots=True)
class Known:
    """What the state and the books say of the documents of a manifest."""

    receipts: Mapping[StepId, Receipt] = field(default_factory=dict)
    intents: Mapping[StepId, Intent] = field(default_factory=dict)  # the open ones, by what they write
    generations: Mapping[StepId, int] = field(default_factory=dict)
    matches: Mapping[Ref, Match] = field(default_factory=dict)  # what the org was searched for
    wanted: Mapping[Ref, Mapping[str, Any]] = field(default_factory=dict)  # create bodies of what was searched for
    bindings: Bindings = field(default_factory=Bindings)
    expected: Callable[[Document], Expected | None] = lambda _: None
    allow_likeness: bool = False
