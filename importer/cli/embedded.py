"""The sandbox as a transport of the client, in this process. Imports the extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.api.transport import Transport, in_process
from importer.errors import Refused
from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.clock import SkippingClock
from importer.sandbox.database import UnreadableBooks
from importer.sandbox.serving.app import create_app


@contextmanager
def embedded(base: Path) -> Iterator[tuple[Transport, SkippingClock, str]]:
    """Transport, clock and token of the sandbox whose books lie in ``base``. Raises Refused (sandbox-failed)."""
    file = books_file(base)
    clock = SkippingClock()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        books = Books(file, clock)
    except (OSError, UnreadableBooks) as error:
        raise Refused(
            "sandbox-failed", f"The sandbox's books {file} cannot be opened: {error}.", "Remove the file to start anew."
        ) from error
    try:
        yield in_process(create_app(books)), clock, SANDBOX_TOKEN
    finally:
        books.close()


def books_file(base: Path) -> Path:
    return base / ".finzbooks" / "sandbox.db"
