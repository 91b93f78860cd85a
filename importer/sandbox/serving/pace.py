"""Fixed windows of one clock minute per token (fact sheet, section 7)."""

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
    """Counts requests. Every request counts, replays and rejected ones too (fact sheet, section 25, item 27)."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[int, int]] = {}  # subject -> number of the minute, requests in it

    def take(self, subject: str, tier: str, now: float) -> Allowance:
        """Count one request of ``subject``, a token id, at ``now`` Unix seconds."""
        minute = math.floor(now / WINDOW)
        counted, used = self._used.get(subject, (minute, 0))
        used = used + 1 if counted == minute else 1
        self._used[subject] = (minute, used)
        limit, reset = TIERS[tier], (minute + 1) * WINDOW
        wait = max(math.ceil(reset - now), 1) if used > limit else 0
        return Allowance(limit, max(limit - used, 0), reset, wait)
