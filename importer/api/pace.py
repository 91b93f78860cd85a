"""The rate window of one token: how many calls may still leave, and when the next may. Pure, time is handed in.

Facts (fact sheet, section 7): fixed windows of 60 seconds per token; every answer says how many calls a window takes,
how many are left in this one, and at which Unix second, by the server's clock, it is over. Not known: where windows
begin, and whether an answer that never came was counted.

What keeps the promise of never provoking a 429 when alone: a call that is under way counts twice over, against the
window it left in and, at a turn, against the next one, until its answer tells which of the two it was counted in.

Who else uses the token is seen by how much faster a window empties than our own calls explain. Then the last of a
window leave one by one, so that at most one of them meets its end; alone, nobody is suspected, and nothing is given up.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

WINDOW = 60.0  # seconds
MARGIN = 0.1  # seconds after the announced end; the clocks of a limiter and of a Date header may differ a little
UNALIGNED = 1.0  # seconds more if the end is not on a whole minute: then it may be a fraction that was cut off
DOUBT = 2.0  # others may do twice what they have done so far
SAME = 2.0  # seconds; ends as near as this are one window, announced with another rounding


class Quota(NamedTuple):
    """What one answer says of the window it was counted in."""

    limit: int  # calls in a window, 1 or more
    remaining: int  # 0 to limit
    reset: float  # Unix seconds by the server's clock


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """Read the three ``X-RateLimit-*`` headers (names in lower case); None unless all three make sense."""
    try:
        limit = int(headers["x-ratelimit-limit"])
        remaining = int(headers["x-ratelimit-remaining"])
        reset = float(headers["x-ratelimit-reset"])
    except (KeyError, ValueError):
        return None
    if limit < 1 or not math.isfinite(reset):
        return None
    return Quota(limit, min(max(remaining, 0), limit), reset)


class Window:
    """Counts what leaves and what comes back, and says when the next call may leave."""

    def __init__(self) -> None:
        self._in_flight = 0
        self._heard = False  # any answer at all
        self._limit: int | None = None  # None: the server announces no window, and there is no pacing
        self._remaining = 0  # the least the current window has announced
        self._reset = -math.inf  # names the current window
        self._ends = math.inf  # our clock, margin not included: the current window is over by then
        self._turned_at: float | None = None  # our clock: it is over, and no answer of the next has come yet
        self._closed_until = -math.inf  # our clock: a 429 asked for this
        self._whole: int | None = None  # what was left at the first answer of this window
        self._ours = 0  # answers of this window after that one
        self._share = 0.0  # calls of others for each of ours, in the window before this one
        self._ghosts: deque[float] = deque()  # calls without an answer: our clock, when each is forgotten
        self._latest = -math.inf  # the latest time handed in

    def wait(self, now: float) -> float:
        """Seconds until the next call may leave: 0 for now, infinity for not before another answer has come."""
        self._advance(now)
        return max(0.0, self._closed_until - now, self._opens() - now)

    def left(self, now: float) -> int | None:
        """How many calls may leave before the window turns; None if nothing limits them, or nothing is known."""
        self._advance(now)
        if self._limit is None:
            return None
        return 0 if now < self._closed_until else max(0, self._free())

    def leave(self, now: float) -> None:
        """A call leaves."""
        self._advance(now)
        self._in_flight += 1

    def unsent(self) -> None:
        """A call that had left turned out never to have been sent: it costs nothing."""
        self._in_flight -= 1

    def lost(self, now: float) -> None:
        """A call ended without an answer. It counts as spent for a whole window: nobody knows when it was counted."""
        self._advance(now)
        self._in_flight -= 1
        if self._limit is not None:
            self._ghosts.append(now + WINDOW)

    def close(self, until: float) -> None:
        """Let nothing leave before ``until`` (our clock), as a 429 asks."""
        self._closed_until = max(self._closed_until, until)

    def answered(self, quota: Quota | None, sent_at: float, now: float, date: float | None) -> None:
        """An answer came at ``now`` to the call that left at ``sent_at`` (both our clock).

        ``date`` is the answer's Date header (Unix seconds, the server's clock). Answers may overtake each other.
        """
        if quota is None:
            self.lost(now)  # with a window announced elsewhere: counted, and we do not know where
            self._heard = True
            return
        self._advance(now)
        self._in_flight -= 1
        self._heard = True
        # An answer to a call that left after the turn is about the current window, whatever the window is called:
        # either the turn is proved, or we turned too early, or the server's clock was set back.
        if quota.reset > self._reset + SAME or (self._turned_at is not None and sent_at >= self._turned_at):
            self._share = self._others()
            self._reset, self._remaining, self._ends, self._turned_at = quota.reset, quota.remaining, math.inf, None
            self._whole, self._ours = quota.remaining, -1
        elif self._turned_at is not None or quota.reset < self._reset - SAME:
            return  # it was counted in a window that is over
        self._ours += 1
        self._limit = quota.limit
        # Within a window the count only falls: a higher number is an older one.
        self._remaining = min(self._remaining, quota.remaining)
        self._ends = min(self._ends, now + (WINDOW if date is None else min(quota.reset - date, WINDOW)))

    def _opens(self) -> float:
        """When the next call may leave by what the window has left (our clock); minus infinity for now."""
        if not self._heard:
            # Nothing is known yet: one call (whoami) finds out.
            return math.inf if self._in_flight else -math.inf
        if self._limit is None or self._free() > self._kept_for_others():
            return -math.inf
        ends = self._ends + self._margin() if self._turned_at is None else math.inf
        return min(ends, self._ghosts[0] if self._ghosts else math.inf)

    def _free(self) -> int:
        """Calls that may leave, if every call under way or lost is counted in this window from now on."""
        return self._remaining - self._in_flight - len(self._ghosts)

    def _kept_for_others(self) -> int:
        """Of those how many others may take before the calls under way are counted; none once nothing is under way."""
        share = max(self._share, self._others())
        return math.ceil(share * DOUBT * (self._in_flight + 1)) if self._in_flight else 0

    def _others(self) -> float:
        """Calls of others for each of ours in this window, as far as no call of ours can explain what is gone."""
        if self._whole is None or self._ours < 1:
            return 0.0
        gone = self._whole - self._remaining - self._ours - self._in_flight - len(self._ghosts)
        return max(0, gone) / self._ours

    def _margin(self) -> float:
        return MARGIN if self._reset % WINDOW == 0 else MARGIN + UNALIGNED

    def _advance(self, now: float) -> None:
        """Turn the window over if it is over at ``now``; forget old ghosts."""
        if now < self._latest:
            self._set_back(self._latest - now)
        self._latest = now
        while self._ghosts and self._ghosts[0] <= now:
            self._ghosts.popleft()
        if self._limit is not None and self._turned_at is None and now >= self._ends + self._margin():
            self._turned_at = now
            self._remaining = self._limit

    def _set_back(self, seconds: float) -> None:
        """Our own clock was set back: what was known by it moves along, or an hour set back would be waited for."""
        self._ends -= seconds
        self._closed_until -= seconds
        self._ghosts = deque(moment - seconds for moment in self._ghosts)
        if self._turned_at is not None:
            self._turned_at -= seconds
