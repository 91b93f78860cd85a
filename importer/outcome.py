"""What became of each step, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from importer.model import Place, StepId


class Status(StrEnum):
    CREATED = "created"
    ADOPTED = "adopted"
    UPDATED = "updated"
    APPLIED = "applied"
    FAILED = "failed"
    SKIPPED = "skipped"


# Codes of failures after which a call may have been done.
DOUBTFUL: Final = frozenset(
    {"no-answer", "still-running", "cut-off", "ambiguous-match", "balance-moved", "not-remembered", "not-seen"}
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step was not done, or not done as it should be. ``code`` is the API's dotted one, or one of ours."""

    code: str
    message: str
    field: str = ""  # as the API named it, or ""
    place: Place | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    id: StepId
    status: Status
    remote_id: str = ""
    place: Place | None = None
    failure: Failure | None = None
    stops_kind: bool = False  # the server computes otherwise than we do: nothing more of this kind is sent

    @property
    def may_be_booked(self) -> bool:
        """Whether a failed one is in the books all the same, or cannot be told not to be."""
        return self.stops_kind or (self.failure is not None and self.failure.code in DOUBTFUL)


@dataclass(slots=True)
class Report:
    """How a run ended. ``interrupted`` by a person; ``broken`` when no further call could succeed."""

    outcomes: list[Outcome] = field(default_factory=list)
    unchanged: int = 0
    interrupted: bool = False
    broken: Failure | None = None

    def counts(self) -> dict[str, int]:
        """Documents by what became of them; applications of a document are not counted, unless they failed."""
        found = Counter(outcome.status for outcome in self.outcomes if not outcome.id.part or self._bad(outcome))
        names = (Status.CREATED, Status.ADOPTED, Status.UPDATED)
        result = {name.value: found[name] for name in names}
        result["unchanged"] = self.unchanged
        return {**result, "failed": found[Status.FAILED], "skipped": found[Status.SKIPPED]}

    @staticmethod
    def _bad(outcome: Outcome) -> bool:
        return outcome.status in (Status.FAILED, Status.SKIPPED)

    @property
    def bad(self) -> Sequence[Outcome]:
        return [outcome for outcome in self.outcomes if self._bad(outcome)]

    @property
    def wrote(self) -> bool:
        """Whether anything reached the books or the state, or may have."""
        return any(not self._bad(outcome) or outcome.may_be_booked for outcome in self.outcomes)
