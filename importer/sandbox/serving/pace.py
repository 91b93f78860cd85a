"""Fixed windows of 60 seconds per token (fact sheet, section 7)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from importer.sandbox.tokens import TIERS

WINDOW: Final = 60  # seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request was told of its window. ``reset`` is Unix seconds; ``wait`` is in seconds, 0 when let in."""

    limit: int
    remaining: int
    reset: int
    wait: int

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


class Windows:
    """Counts requests, rejected ones too. Lives and dies with the process.

    ``aligned``: windows are the minutes of the clock; else the 60 seconds begin with the first request (section 25,
    item 27). ``subject`` is a token id.
    """

    def __init__(self) -> None:
        self._used: dict[str, tuple[float, int]] = {}  # subject -> begin of its window, requests in it

    def take(self, subject: str, tier: str, now: float, *, aligned: bool = True) -> Allowance:
        """Count one request of ``subject`` at ``now`` Unix seconds."""
        begin, used = self._used.get(subject, (-math.inf, 0))
        if now >= begin + WINDOW or now < begin:
            begin, used = (math.floor(now / WINDOW) * WINDOW if aligned else now), 0
        self._used[subject] = (begin, used + 1)
        return self.allowance(subject, tier, now)

    def charge(self, subject: str, cost: int) -> None:
        """Count ``cost`` requests more; below zero, fewer."""
        begin, used = self._used[subject]
        self._used[subject] = (begin, used + cost)

    def allowance(self, subject: str, tier: str, now: float) -> Allowance:
        """Where ``subject`` stands, of which a request was counted before."""
        begin, used = self._used[subject]
        limit, reset = TIERS[tier], begin + WINDOW
        wait = max(math.ceil(reset - now), 1) if used > limit else 0
        return Allowance(limit, max(limit - used, 0), math.ceil(reset), wait)
