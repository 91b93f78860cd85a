"""The plan as a value: built whole before the first write, printed, compared, carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from importer.model import Action, Change, Document, Drift, Intent, Place, StepId


@dataclass(frozen=True, slots=True)
class Entry:
    """One application of a document to another: the target by key, or by raw id, and the amount."""

    position: int  # in the document's list
    target_key: str  # "" when the raw id was given
    target_id: str  # "" when the key was given
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done for one document, or for one application of it."""

    id: StepId
    action: Action
    document: Document | None = None  # None for an orphan
    place: Place | None = None
    remote_id: str = ""
    generation: int = 0
    needs: tuple[StepId, ...] = ()  # must have succeeded
    after: tuple[StepId, ...] = ()  # must be over, however it ended
    changes: tuple[Change, ...] = ()
    reason: str = ""  # how it was matched, or why it cannot be done
    help: str = ""
    code: str = ""  # stable, for conflicts and pending ones
    remote: Mapping[str, Any] | None = None  # what was found in the books
    entry: Entry | None = None
    amount: Decimal | None = None  # of a create, in the document's currency; None where it has none or it is not known
    draft: bool = False  # created, and not posted
    settles: Intent | None = None  # the open intent that this step closes
    was: str = ""  # the key under which the state knows it, where that was renamed
    drift: tuple[Drift, ...] = ()  # what somebody else changed in the books: why an update is refused
    # Positions in a list that travels in the create body, of entries that the books do not hold yet: each is a step
    # of its own, and a receipt of this step remembers the document without them.
    later: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should look at before saying yes, though nothing is wrong with it."""

    code: str  # stable, such as largest-amount, far-date or near-double
    message: str
    steps: tuple[StepId, ...] = ()  # what it is about
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """What the creates of a plan move, in rupees. None: cannot be told, for want of a tax rate."""

    billed: Decimal | None = Decimal(0)
    received: Decimal | None = Decimal(0)
    credited: Decimal | None = Decimal(0)
    outstanding: Decimal | None = Decimal(0)


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls an apply would send. ``seconds`` is what they take at the tier's rate."""

    by_endpoint: Mapping[str, int] = field(default_factory=dict)
    per_minute: int = 600

    @property
    def total(self) -> int:
        return sum(self.by_endpoint.values())

    @property
    def seconds(self) -> int:
        return -(-self.total * 60 // self.per_minute)


@dataclass(frozen=True, slots=True)
class Plan:
    org_id: str  # "" when planned offline
    steps: tuple[Step, ...]  # in the order in which they may be done, unchanged ones left out
    unchanged: int
    money: Money
    calls: Calls
    offline: bool = False
    notes: tuple[Note, ...] = ()
    left_out: int = 0  # documents with something to be done that --target or --limit leave for later
    in_flight: tuple[Intent, ...] = ()  # calls of earlier runs whose answers never came, oldest first

    def counts(self) -> dict[str, int]:
        """Documents by what happens to them. Applications of a document are not counted."""
        found = Counter(step.action for step in self.steps if not step.id.part)
        names = (Action.CREATE, Action.ADOPT, Action.UPDATE)
        result = {name.value: found[name] for name in names}
        result["adopt"] += found[Action.SETTLE]
        result["update"] += found[Action.APPROVE]
        result["unchanged"] = self.unchanged
        for name in (Action.CONFLICT, Action.ORPHANED, Action.PENDING):
            result[name.value] = found[name]
        return result

    @property
    def created_kinds(self) -> frozenset[str]:
        """The kinds of which it creates documents."""
        return frozenset(step.id.kind for step in self.steps if step.action is Action.CREATE and not step.id.part)

    @property
    def conflicts(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action is Action.CONFLICT)

    @property
    def changes(self) -> bool:
        """Whether anything is pending: for a call, for the state, or for a person to look at."""
        return any(step.action is not Action.ORPHANED for step in self.steps)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do and nothing to look at. Orphans are told of, and left alone."""
        return not self.changes

    @property
    def writes(self) -> bool:
        """Whether an apply would send a write or remember something new."""
        idle = (Action.ORPHANED, Action.PENDING, Action.CONFLICT)
        return any(step.action not in idle for step in self.steps)
