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
    subject: str  # a token's id, or a user's


class Kept(NamedTuple):
    """A finished answer, to the byte."""

    status: int
    body: bytes
    request: str = ""  # a digest of what was asked; "" where it was answered before anybody looked, and fits any


class Crashed(Exception):
    """The server dies here, as it pretends: nothing is kept, and what it held stays held."""


class Answers:
    """Answers are kept in the books. The keys that are running live and die with the process, unless ``lock_seconds``
    (section 25, item 5) lets them outlive it.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._running: set[Identity] = set()

    def find(self, identity: Identity, now: float) -> Kept | None:
        """What was answered within the last day."""
        row = self._db.row(
            "SELECT status, body, request FROM answers WHERE key = ? AND method = ? AND path = ? AND subject = ? "
            "AND kept_at > ?",
            (*identity, now - LIFETIME),
        )
        return None if row is None else Kept(*row)

    def keep(self, identity: Identity, answer: Kept, now: float) -> None:
        """Remember, unless there is an answer already; needs a transaction around it, that of the write if any."""
        self._db.run(
            "INSERT INTO answers (key, method, path, subject, status, body, request, kept_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, "
            "body = excluded.body, request = excluded.request, kept_at = excluded.kept_at WHERE kept_at <= ?",
            (*identity, *answer, now, now - LIFETIME),
        )

    @contextmanager
    def running(self, identity: Identity | None, now: float, lock_seconds: int) -> Iterator[None]:
        """Hold the key, if there is one, while its request runs. Raises the 409 refusal when somebody else does."""
        if identity is None:
            yield
            return
        if identity in self._running or (lock_seconds and self._is_locked(identity, now - lock_seconds)):
            raise key_in_progress()
        self._running.add(identity)
        if lock_seconds:
            with self._db.transaction():
                self._db.run("INSERT OR REPLACE INTO locks VALUES (?, ?, ?, ?, ?)", (*identity, now))
        held = False  # when it is over
        try:
            yield
        except Crashed:
            held = True
            raise
        finally:
            self._running.discard(identity)
            if lock_seconds and not held:
                self._unlock(identity)

    def _unlock(self, identity: Identity) -> None:
        with self._db.transaction():
            self._db.run("DELETE FROM locks WHERE key = ? AND method = ? AND path = ? AND subject = ?", identity)

    def _is_locked(self, identity: Identity, since: float) -> bool:
        sql = "SELECT 1 FROM locks WHERE key = ? AND method = ? AND path = ? AND subject = ? AND taken_at > ?"
        return bool(self._db.value(sql, (*identity, since)))


def check_key(key: str) -> None:
    """Raises 400 for a key that is not of the documented form."""
    if not FORM.fullmatch(key):
        raise invalid("Idempotency-Key", "An Idempotency-Key is 1 to 200 of letters, digits, '-', '_' and ':'.")
