"""Which books the commands of ``finz-import sandbox`` mean. Needs click and SQLite only, not the extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from importer.errors import Refused
    from importer.sandbox.books import Books

books_option = click.option(
    "--books",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file that holds the books, or the folder that apply is given. "
    "Default: .finzbooks/sandbox.db of the project, or of the current folder.",
)


def books_file(base: Path) -> Path:
    """The embedded sandbox's books, where ``base`` is the folder of the state."""
    return base / ".finzbooks" / "sandbox.db"


def find_books(given: Path | None) -> Path:
    """The file that is meant, whether it is there or not: the one that ``--sandbox`` of plan and apply uses."""
    from importer.cli.load import place
    from importer.cli.project import find_project

    if given is not None and not given.is_dir():
        return given
    paths = () if given is None else (given,)
    file, here = books_file(place(paths, None, True, find_project(paths)).base), Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file  # to be read


@contextmanager
def open_books(file: Path) -> Iterator[Books]:
    """The books in ``file``, made when missing. Raises Refused (sandbox-failed)."""
    from importer.sandbox.books import Books
    from importer.sandbox.clock import SystemClock
    from importer.sandbox.database import UnreadableBooks

    try:
        books = Books(file, SystemClock())
    except (OSError, UnreadableBooks) as error:
        raise unusable(file, error) from error
    try:
        yield books
    finally:
        books.close()


@contextmanager
def look_into(file: Path) -> Iterator[Books]:
    """The same to look at: where there are none, those that would be made, and none are made."""
    if file.exists():
        with open_books(file) as books:
            yield books
        return
    from importer.sandbox.books import Books
    from importer.sandbox.clock import SystemClock

    click.echo(f"There are no books at {file} yet: this is what new ones have.", err=True)
    books = Books(":memory:", SystemClock())
    try:
        yield books
    finally:
        books.close()


def unusable(file: Path, error: Exception) -> Refused:
    """The refusal of books that cannot be opened."""
    from importer.errors import Refused

    help = "If the books are of another version, begin anew with: finz-import sandbox reset --all"
    return Refused("sandbox-failed", f"The sandbox's books {file} cannot be opened: {error}", help)
