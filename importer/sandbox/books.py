"""The books of the sandbox: one file, one clock, and what is prepared in a new file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from importer.sandbox import prepared, seed, tokens
from importer.sandbox.clock import Clock
from importer.sandbox.database import Database
from importer.sandbox.money import ROUNDING
from importer.sandbox.settings import Settings
from importer.sandbox.switches import Switches

SANDBOX_TOKEN: Final = prepared.SANDBOX
PARTNER_TOKEN: Final = prepared.PARTNER
DATED: Final = ("contacts", "items", "invoices", "payments", "credit_notes")
EMPTIED: Final = (
    *DATED,
    *("allocations", "applications", "postings", "entries", "counters", "answers", "locks", "faults"),
)
INDIA: Final = timezone(timedelta(hours=5, minutes=30))  # a day ends by IST (fact sheet, section 25, item 26)


class Books:
    """An open sandbox. ``database`` is a file, made when missing, or ":memory:". Close it when done.

    Raises database.UnreadableBooks for a file that is not the sandbox's.
    """

    def __init__(self, database: Path | str, clock: Clock) -> None:
        self.db = Database(database)
        self.closed = False
        self._clock = clock
        self._ahead = 0.0  # of the machine's: what the clock has been put forward so far
        self.settings = Settings(self.db)
        with self.db.transaction():
            self._org = self.db.value("SELECT id FROM orgs WHERE is_default") or self._furnish()
        self._follow()
        # The clock may have been further in an earlier run: newest first must stay so.
        self._last_stamp = max(self._newest(table) for table in DATED)

    def _furnish(self) -> str:
        """Put into a new file what every sandbox has."""
        org = seed.add_org(self.db, "Sandbox Traders", is_default=True)
        self._prepare_tokens(org)
        return org

    def _prepare_tokens(self, org: str) -> None:
        known = self.db.value("SELECT id FROM orgs WHERE name = ? ORDER BY rowid", (prepared.BRANCH_OFFICE,))
        prepared.prepare_tokens(self.db, org, known or seed.add_org(self.db, prepared.BRANCH_OFFICE))

    def _newest(self, table: str) -> int:
        return self.db.value(f"SELECT max(created) FROM {table}") or 0  # noqa: S608  (own word)

    @property
    def clock(self) -> Clock:
        """The clock, as far ahead as the file says: another process may have put it."""
        self._follow()
        return self._clock

    def _follow(self) -> None:
        ahead = self.settings.clock_ahead
        if ahead != self._ahead:
            self._clock.advance(ahead - self._ahead)
            self._ahead = ahead

    @property
    def switches(self) -> Switches:
        return self.settings.switches

    @property
    def org_id(self) -> str:
        """The org of the prepared tokens. Stays the same for a given file."""
        return str(self._org)

    def close(self) -> None:
        self.closed = True
        self.db.close()

    def add_org(self, name: str) -> str:
        """Create a further organisation with taxes, accounts and a branch of its own; returns its id."""
        with self.db.transaction():
            return seed.add_org(self.db, name)

    def add_token(
        self,
        secret: str,
        *,
        orgs: Sequence[str] = (),
        multi_org: bool = False,
        scopes: Sequence[str] = (tokens.FULL_ACCESS,),
        tier: str = "DEFAULT",
        expires_at: float | None = None,
        revoked: bool = False,
        user_of: str | None = None,
    ) -> None:
        """Let ``secret`` in, or change what it may. ``orgs`` defaults to the prepared org; ``tier`` is DEFAULT (600 a
        minute) or PARTNER (3000); ``expires_at`` is Unix seconds; ``user_of`` is another token of its user. Raises
        ValueError for a combination that cannot be.
        """
        powers = tokens.Powers(tuple(scopes), tier, multi_org, expires_at, revoked, user_of)
        with self.db.transaction():
            tokens.add_token(self.db, secret, tuple(orgs) or (self.org_id,), powers)

    def set_preferences(self, *, round_invoice_totals: bool, rounding_method: str = "nearest") -> None:
        """The prepared org's rounding (fact sheet, section 10): no token can set it, so no endpoint does."""
        if rounding_method not in ROUNDING:
            raise ValueError(f"{rounding_method} is not one of {', '.join(ROUNDING)}")
        columns = {"round_totals": round_invoice_totals, "rounding_method": rounding_method}
        with self.db.transaction():
            self.db.update("orgs", self.org_id, columns)

    def counts(self) -> dict[str, int]:
        """How many contacts, items and documents there are, of all organisations."""
        return {table: self.db.value(f"SELECT count(*) FROM {table}") for table in DATED}  # noqa: S608  (own word)

    def reset(self) -> None:
        """Empty the books: contacts, items and all documents go, with what was posted and remembered. Orgs, tokens,
        lookups, preferences, switches and the clock stay. A prepared token that was revoked is let in again.
        """
        with self.db.transaction():
            for table in EMPTIED:
                self.db.run(f"DELETE FROM {table}")  # noqa: S608  (own word)
            self._prepare_tokens(self.org_id)

    def stamp(self) -> int:
        """Now, in Unix microseconds; never the same twice, so that newest first is a complete order."""
        self._last_stamp = max(int(self.clock.now() * 1_000_000), self._last_stamp + 1)
        return self._last_stamp

    def put_clock(self, seconds: float) -> None:
        """Put the clock forward by ``seconds``, back when below zero; it stays so for whoever opens the file."""
        self.settings.put_clock_ahead(seconds)
        self._follow()

    def today(self) -> date:
        """The day in India (fact sheet, section 25, item 26)."""
        zone = INDIA if self.switches.day_zone == "ist" else UTC
        return datetime.fromtimestamp(self.clock.now(), UTC).astimezone(zone).date()

    def timestamp(self, micros: int) -> str:
        """``created_time`` of a moment in Unix microseconds: naive, to the second (sections 1 and 25, item 26)."""
        zone = INDIA if self.switches.time_zone == "ist" else UTC
        moment = datetime.fromtimestamp(micros // 1_000_000, UTC).astimezone(zone)
        return moment.replace(tzinfo=None).isoformat()

    def new_id(self, prefix: str) -> str:
        """An opaque id such as ``inv_0c2c3781...`` (section 1: both forms are seen)."""
        fresh = uuid.uuid4()
        return f"{prefix}_{fresh.hex}" if self.switches.id_form == "prefixed" else str(fresh)
