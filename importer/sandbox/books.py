"""The books of the sandbox: one file, one clock, and what is prepared in a new file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from importer.sandbox import seed, tokens
from importer.sandbox.clock import Clock
from importer.sandbox.database import Database
from importer.sandbox.money import ROUNDING

SANDBOX_TOKEN: Final = "aibk_pat_test_sandbox"  # noqa: S105  (public by purpose: it opens nothing but the sandbox)
PARTNER_TOKEN: Final = "aibk_pat_test_partner"  # noqa: S105  (as above)
INDIA: Final = timezone(timedelta(hours=5, minutes=30))  # a day ends by IST (fact sheet, section 25, item 26)


class Books:
    """An open sandbox. ``database`` is a file, made when missing, or ":memory:". Close it when done.

    Raises database.UnreadableBooks for a file that is not the sandbox's.
    """

    def __init__(self, database: Path | str, clock: Clock) -> None:
        self.db = Database(database)
        self.clock = clock
        self._last_stamp = 0
        with self.db.transaction():
            self._org = self.db.value("SELECT id FROM orgs WHERE is_default") or self._furnish()

    def _furnish(self) -> str:
        """Put into a new file what every sandbox has."""
        org = seed.add_org(self.db, "Sandbox Traders", is_default=True)
        for secret, tier in ((SANDBOX_TOKEN, "DEFAULT"), (PARTNER_TOKEN, "PARTNER")):
            tokens.add_token(self.db, secret, (org,), tokens.Powers(tier=tier))
        return org

    @property
    def org_id(self) -> str:
        """The org of the prepared tokens. Stays the same for a given file."""
        return str(self._org)

    def close(self) -> None:
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
    ) -> None:
        """Let ``secret`` in, or change what it may. ``orgs`` defaults to the prepared org; ``tier`` is DEFAULT (600 a
        minute) or PARTNER (3000); ``expires_at`` is Unix seconds. Raises ValueError for a combination that cannot be.
        """
        powers = tokens.Powers(tuple(scopes), tier, multi_org, expires_at, revoked)
        with self.db.transaction():
            tokens.add_token(self.db, secret, tuple(orgs) or (self.org_id,), powers)

    def set_preferences(self, *, round_invoice_totals: bool, rounding_method: str = "nearest") -> None:
        """The prepared org's rounding (fact sheet, section 10): no token can set it, so no endpoint does."""
        if rounding_method not in ROUNDING:
            raise ValueError(f"{rounding_method} is not one of {', '.join(ROUNDING)}")
        columns = {"round_totals": round_invoice_totals, "rounding_method": rounding_method}
        with self.db.transaction():
            self.db.update("orgs", self.org_id, columns)

    def stamp(self) -> int:
        """Now, in Unix microseconds; never the same twice, so that newest first is a complete order."""
        self._last_stamp = max(int(self.clock.now() * 1_000_000), self._last_stamp + 1)
        return self._last_stamp

    def today(self) -> date:
        """The day in India."""
        return datetime.fromtimestamp(self.clock.now(), UTC).astimezone(INDIA).date()


def new_id(prefix: str) -> str:
    """An opaque id such as ``inv_0c2c3781...``."""
    return f"{prefix}_{uuid.uuid4().hex}"
