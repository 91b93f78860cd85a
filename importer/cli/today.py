"""Which day it is where the books are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Final

IST: Final = timezone(timedelta(hours=5, minutes=30))


def today() -> date:
    """The day in India, where the books are kept."""
    return datetime.now(IST).date()


def day_in_india(moment: float) -> date:
    """The day of a moment in Unix seconds; the sandbox's clock may have been put."""
    return datetime.fromtimestamp(moment, IST).date()
