"""The memory behind Idempotency-Key (fact sheet, section 8): a key's first final answer stands for a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from importer.sandbox.database import Database
from importer.sandbox.refusals import invalid, key_in_progress

LIFETIME: Final = 24 * 3600.0  # seconds
FORM: Final = re.compile(r"[A-Za-z0-9_:-]{1,200}")


class Identity(NamedTuple):
    """What makes two requests the same one. Neither the body nor the query is part of it."""

    key: str
    method: str
    path: str  # below the base URL
    token_id: str


class Kept(NamedTuple):
    """A finished answer, to the byte."""

    status: int
    body: bytes


class Answers:
    """Answers are kept in the books; the keys that are running live and die with the process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._running: set[Identity] = set()

    def find(self, identity: Identity, now: float) -> Kept | None:
        row = self._db.row(
            "SELECT status, body FROM answers WHERE key = ? AND method = ? AND path = ? AND token_id = ? "
            "AND kept_at > ?",
            (*identity, now - LIFETIME),
        )
        return None if row is None else Kept(row["status"], row["body"])

    def keep(self, identity: Identity, answer: Kept, now: float) -> None:
        """Remember; needs a transaction around it, that of the write where there is one."""
        self._db.run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", (*identity, *answer, now))

    @contextmanager
    def running(self, identity: Identity) -> Iterator[None]:
        """Hold the key while its request runs. Raises the 409 refusal when somebody else does."""
        if identity in self._running:
            raise key_in_progress()
        self._running.add(identity)
        try:
            yield
        finally:
            self._running.discard(identity)


def check_key(key: str) -> None:
    if not FORM.fullmatch(key):
        raise invalid("Idempotency-Key", "An Idempotency-Key is 1 to 200 of letters, digits, '-', '_' and ':'.")
