"""``finz-import sandbox clock``: what time it is in the sandbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import click

from importer.cli.options import format_option
from importer.cli.sandbox_books import books_option

SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
SPAN: Final = re.compile(r"(-?)((?:[0-9]{1,9}[dhms])+)")
PART: Final = re.compile(r"[0-9]+[dhms]")
IST: Final = timezone(timedelta(hours=5, minutes=30))
# Further away the calendars of some systems end.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@click.command(short_help="Show or put its clock.")
@click.option("--advance", metavar="TIME", help="Put it forward, such as 1d, 36h, 90m, 15s or 1d12h; back with -1d.")
@click.option("--to", metavar="TIME", help="Put it to 2026-05-20T10:00 (UTC unless it says +05:30), or to now.")
@books_option
@format_option
def clock(advance: str | None, to: str | None, books: Path | None, format_: str) -> None:
    """Show or put the clock of the sandbox. It goes on from there, for --sandbox and for a running server as well.

    Exit codes: 0 done, 2 wrong usage, 5 books that cannot be opened.
    """
    from importer.cli.options import as_json, say
    from importer.cli.sandbox_books import find_books, look_into, open_books
    from importer.errors import WrongUsage

    if advance is not None and to is not None:
        raise WrongUsage("--advance and --to cannot both be done.", "Give one of the two.")
    span = None if advance is None else _span(advance)
    then = None if to is None else _moment(to)
    file = find_books(books)
    with look_into(file) if advance is to is None else open_books(file) as opened:
        now, ahead = opened.clock.now(), opened.settings.clock_ahead
        if span is not None:
            opened.put_clock(_within_reach(now + span) - now)
        elif to is not None:
            opened.put_clock(-ahead if then is None else _within_reach(then) - now)
        shown, ahead = datetime.fromtimestamp(opened.clock.now(), UTC), round(opened.settings.clock_ahead)
    if format_ == "json":
        say([as_json({"time": shown.isoformat(timespec="seconds"), "ahead_seconds": ahead})])
        return
    say([f"{shown:%Y-%m-%d %H:%M:%S} UTC, {shown.astimezone(IST):%Y-%m-%d %H:%M:%S} in India; {_told(ahead)}."])


def _span(text: str) -> float:
    """Seconds of a span such as 1d12h or -90m. Raises WrongUsage."""
    from importer.errors import WrongUsage

    read = SPAN.fullmatch(text.strip())
    if read is None:
        raise WrongUsage(f"{text!r} is no span of time.", "Write it as 1d, 36h, 90m or 15s; back as -1d.")
    seconds = sum(int(part[:-1]) * SECONDS[part[-1]] for part in PART.findall(read[2]))
    return float(-seconds if read[1] else seconds)


def _moment(text: str) -> float | None:
    """Unix seconds of a moment; None for now, which is the machine's to tell. Raises WrongUsage."""
    from importer.errors import WrongUsage

    if text.strip() == "now":
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise WrongUsage(f"{text!r} is no moment.", "Write it as 2026-05-20T10:00, or now.") from None


def _within_reach(moment: float) -> float:
    """Raises WrongUsage for a moment that is too far away."""
    from importer.errors import WrongUsage

    if not EARLIEST.timestamp() <= moment <= LATEST.timestamp():
        raise WrongUsage("That is too far away.", "The sandbox's clock stands between the years 2000 and 2100.")
    return moment


def _told(ahead: int) -> str:
    """How far it is from the machine's clock, for a sentence."""
    if ahead == 0:
        return "as on this machine"
    days, rest = divmod(abs(ahead), SECONDS["d"])
    hours, rest = divmod(rest, SECONDS["h"])
    minutes, seconds = divmod(rest, SECONDS["m"])
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    side = "ahead of" if ahead > 0 else "behind"
    return f"{' '.join(f'{number}{unit}' for number, unit in parts if number)} {side} this machine"
