"""What the state and the books say of the documents of a manifest: the other half of what a plan is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from importer.delivery.compare import Expected
from importer.delivery.natural import Match
from importer.model import Document, Intent, Receipt, Ref, StepId
from importer.plan.body import Bindings, body


@dataclass(frozen=True, slots=True)
class Gone:
    """The books no longer hold a document that they held."""


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
    looked: Mapping[StepId, Mapping[str, Any] | Gone] = field(default_factory=dict)  # what the books have of edits
    parts: Mapping[Ref, Mapping[StepId, Receipt]] = field(default_factory=dict)  # receipts of applications, by document

    def wanted_of(self, document: Document) -> Mapping[str, Any]:
        """The create body of ``document`` as far as it can be said now."""
        found = self.wanted.get(document.ref)
        return body(document, self.bindings, partial=True) if found is None else found

    def begun_parts(self, ref: Ref) -> Iterator[StepId]:
        """The applications of a document that are in the books, or may be: what has a receipt or an open call."""
        yield from self.parts.get(ref, {})
        yield from (own for own in self.intents if own.part and (own.kind, own.key) == ref)
