"""When a call is tried again. Pure: the dice are thrown by the caller."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

TRIES = 6  # the first one included; with FIRST doubling, the last wait is then the longest
WORKING_TRIES = 12  # of a call that the server says it is at work on: it is asked for a minute
FIRST = 0.5  # seconds; most faults of a line are over by then
LONGEST = 8.0  # seconds; beyond it a person thinks that we hang
PATIENCE = 3600.0  # seconds; a server that asks for more than an hour is out of order, not busy


def wait_before(attempt: int, retry_after: float | None, jitter: float, tries: int = TRIES) -> float | None:
    """Seconds to wait before try number ``attempt`` (2 or more); None means give up.

    ``retry_after`` is the server's own wish in seconds; it wins over our doubling (RFC 9110, section 10.2.3) unless it
    is longer than an hour, which means give up. ``jitter`` is from 0 to 1 and shortens our own wait by up to a half,
    so that calls that failed together do not come back together.
    """
    if attempt > tries:
        return None
    if retry_after is not None:
        return retry_after if retry_after <= PATIENCE else None
    # Bounded exponent: a large attempt number must not become a number too large for a float.
    doubled: float = FIRST * 2 ** min(attempt - 2, 10)
    return min(doubled, LONGEST) * (1 - jitter / 2)


def unix_time(header: str | None) -> float | None:
    """The Unix time of an HTTP date, such as a Date header (RFC 9110, section 5.6.7); None if it is not one."""
    if not header:
        return None
    try:
        moment = parsedate_to_datetime(header)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def seconds_of(retry_after: str | None, date: float | None) -> float | None:
    """What a Retry-After header says in seconds, 0 or more; None if it says nothing.

    The API's own form is seconds (fact sheet, section 7). A proxy may send a date (RFC 9110, section 10.2.3), which
    only means something beside ``date``, the Unix time of the same answer.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    moment = unix_time(text)
    return None if moment is None or date is None else max(0.0, moment - date)
