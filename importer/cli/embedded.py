"""The sandbox as a transport of the client, in this process. Imports the extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.api.transport import Transport, in_process
from importer.cli.sandbox_books import books_file, unusable
from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.clock import SkippingClock
from importer.sandbox.database import UnreadableBooks
from importer.sandbox.serving.app import create_app


@contextmanager
def embedded(base: Path) -> Iterator[tuple[Transport, SkippingClock, str]]:
    """Transport, clock and token of the sandbox whose books lie in ``base``. Raises Refused (sandbox-failed).

    Switches, faults and the time that the clock was put to are those of the books.
    """
    file, clock = books_file(base), SkippingClock()
    try:
        books = Books(file, clock)
    except (OSError, UnreadableBooks) as error:
        raise unusable(file, error) from error
    clock.advance(max(books.settings.seen_until - clock.now(), 0.0))
    try:
        yield in_process(create_app(books)), clock, SANDBOX_TOKEN
    finally:
        books.settings.keep_seen_until(clock.now())
        books.close()
