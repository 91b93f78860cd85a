"""What becomes of a call whose answer was never seen, told from looks into the books. Pure (design, section 6)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from importer.delivery.compare import sent_fields
from importer.delivery.natural import Match
from importer.delivery.remote import MISSING, answered, text
from importer.kinds import KINDS
from importer.model import CREATES, Document, Intent, IntentRow, Place, Receipt, StepId
from importer.schema import Field

# Nothing there in one look may mean that the server is still at work; in two, further apart than the client's
# time-out, that it is not (design, section 6, items 3 and 4).
LOOKS: Final = 2
# The server's clock is told from its Date header, in whole seconds: two runs, one right after the other, can take the
# second for the earlier one.
CLOCK_SLACK: Final = 5  # seconds
CHANGE_OPEN: Final = "change-open"  # of an update or a posting that may or may not have come through
ROWS: Final = "rows"  # of what the intent of a bulk call remembers


class Fate(StrEnum):
    SETTLED = "settled"  # it was done: its receipt is written
    NOT_DONE = "not_done"  # it was not done: closed, and the next apply does it under a new generation
    OPEN = "open"  # it cannot be told: left as it is, and nothing is sent for it


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One document, or one application, of a call whose outcome is not known; and its entry in the given files."""

    intent: Intent
    row: IntentRow
    document: Document | None
    earlier: int = 0  # older calls for the same whose outcome is not known either

    @property
    def id(self) -> StepId:
        return StepId(self.row.kind, self.row.key, self.row.part)

    @property
    def place(self) -> Place | None:
        return None if self.document is None else self.document.place()


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the open calls a run settles that is about a part of the manifest only."""

    steps: frozenset[StepId]  # calls that are wholly about these are settled, and sent again where that is right
    kinds: frozenset[str]  # of which it creates documents: an open call may bring one of them, under another key

    def sends(self, intent: Intent) -> bool:
        return all(StepId(*row[:3]) in self.steps for row in intent.rows)

    def settles(self, intent: Intent) -> bool:
        return self.sends(intent) or may_bring(intent, self.kinds)


def may_bring(intent: Intent, kinds: Collection[str]) -> bool:
    """Whether the call of ``intent`` may bring documents of one of ``kinds``."""
    return intent.operation in CREATES and any(row.kind in kinds for row in intent.rows)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look showed of a call. ``there``: it was done (True, with the receipt, unless another document has one
    of what it changed); nothing of it is there (None); or neither can be said (False, with a code and what a person can
    do)."""

    there: bool | None
    message: str
    remote_id: str = ""
    receipt: Receipt | None = None
    code: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of one row. ``code`` is "" unless there is something that a person should look at."""

    id: StepId
    operation: str  # as in Intent
    sent: str  # when the call was about to leave, ISO 8601, UTC
    fate: Fate
    message: str
    remote_id: str = ""
    place: Place | None = None
    code: str = ""
    help: str = ""


@dataclass(slots=True)
class Recovery:
    """How a recovery ended. ``broken``: code, message and help of why it could not go on."""

    rows: list[Recovered] = field(default_factory=list)
    interrupted: bool = False
    broken: tuple[str, str, str] | None = None
    sent_again: int = 0  # calls

    def counts(self) -> dict[str, int]:
        return {fate.value: sum(1 for one in self.rows if one.fate is fate) for fate in Fate}

    @property
    def wrote(self) -> bool:
        """Whether the state is another than before."""
        return any(one.fate is not Fate.OPEN for one in self.rows)

    @property
    def whole(self) -> bool:
        """Whether nothing is left that a person has to decide. A change that is open is settled by the next apply."""
        done = all(one.fate is not Fate.OPEN or one.code == CHANGE_OPEN for one in self.rows)
        return done and not self.interrupted and self.broken is None


def fate(looks: Sequence[bool | None]) -> Fate | None:
    """What follows from ``looks`` so far, each a ``Sight.there``, further apart than the time-out. None: look again."""
    if looks[-1] is True:
        return Fate.SETTLED
    if any(one is not None for one in looks):
        return Fate.OPEN
    return Fate.NOT_DONE if len(looks) >= LOOKS else None


def may_go_again(intent: Intent, token_id: str, now: float, key_ttl: float) -> bool:
    """Whether the server, asked again under the key of ``intent``, still knows what it answered: the same token, and
    less than ``key_ttl`` seconds by the server's clock (``now``, Unix time) since the call left (design, 6, item 3).
    """
    if not intent.idempotency_key or intent.token_id != token_id:
        return False
    age = now - datetime.fromisoformat(intent.server_time).timestamp()
    # Further below zero a clock was set back, and nothing is known of the age.
    return -CLOCK_SLACK <= age < key_ttl - CLOCK_SLACK


def there(match: Match) -> bool | None:
    """What a search for a document says of its create: exactly one row is it; none, and nothing like it; or neither."""
    if len(match.rows) == 1:
        return True
    return False if match.rows or match.alike else None


def open_rows(intents: Sequence[Intent], documents: Mapping[tuple[str, str], Document]) -> list[OpenRow]:
    """What is open in ``intents`` (oldest first), each with its entry among ``documents`` (by kind and key).

    Of several calls for the same the newest stands for all: an update follows upon an update, or upon the create
    whose document it found in the books.
    """
    found: dict[StepId, OpenRow] = {}
    for intent in intents:
        for row in intent.rows:
            one = OpenRow(intent, row, documents.get((row.kind, row.key)))
            before = found.get(one.id)
            found[one.id] = one if before is None else replace(one, earlier=before.earlier + 1)
    return list(found.values())


def remembering_rows(rows: Sequence[IntentRow]) -> dict[str, str]:
    """What the intent of a bulk call keeps of its ``rows``: the keys of all of them, in the order of its body.

    The rows that are settled leave it one by one, and the place of those that are left would tell nothing any more.
    """
    return {ROWS: json.dumps([row.key for row in rows])}


def sent_body(
    one: OpenRow, bodies: Sequence[Mapping[str, Any]], now: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The create body that was sent for ``one``, among the ``bodies`` of its call; None where that cannot be told.

    ``now`` is the body that its entry makes today. Of a bulk call the rows that are settled are no longer named, while
    its body still holds them. Where an older version wrote the intent, so that it does not tell their order either, a
    row is known by what its entry still says, or by a reference that is its key.
    """
    if len(bodies) == len(one.intent.rows):
        return bodies[one.intent.rows.index(one.row)]
    keys: list[str] = json.loads(one.intent.before.get(ROWS, "[]"))
    if len(keys) == len(bodies) and one.row.key in keys:
        return bodies[keys.index(one.row.key)]
    if now is not None and now in bodies:
        return now
    reference = KINDS[one.row.kind].reference_field
    named = [body for body in bodies if reference and text(body.get(reference)) == text(one.row.key)]
    return named[0] if len(named) == 1 else None


def shows(kind: str, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether ``row`` answers every field of the create body ``wanted``: only then it tells what became of them all."""
    return _shows(sent_fields(kind), (), wanted, row)


def _shows(
    table: Mapping[tuple[str, ...], Field], above: tuple[str, ...], wanted: Mapping[str, Any], row: Mapping[str, Any]
) -> bool:
    for name, value in wanted.items():
        path = (*above, name)
        got = answered(row, table[path]) if path in table else MISSING
        if got is MISSING:
            return False
        if isinstance(value, Mapping) and isinstance(got, Mapping) and not _shows(table, path, value, got):
            return False
        if isinstance(value, list) and isinstance(got, list):
            pairs = [one for one in zip(value, got, strict=False) if isinstance(one[0], Mapping)]
            if not all(isinstance(inner, Mapping) and _shows(table, path, own, inner) for own, inner in pairs):
                return False
    return True
