"""``finz-import sandbox reset``: a rehearsal that begins again."""

from __future__ import annotations

import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from importer.cli.options import complain, format_option, state_option
from importer.cli.sandbox_books import books_option

SANDBOX_ORG: Final = "org_sandbox_"  # how the ids of the sandbox's organisations begin


@click.command(short_help="Empty the books, and begin again.")
@books_option
@state_option
@click.option("--all", "all_", is_flag=True, help="Remove the file, with its settings, tokens and pulled names.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option
def reset(books: Path | None, state_path: Path | None, all_: bool, yes: bool, format_: str) -> None:
    """Empty the books, and forget what was remembered of them.

    Contacts, items and documents go, with idempotency keys and faults. Organisations with their taxes, accounts and
    branches stay, and so do tokens, preferences, switches and the clock; with --all they go as well. The state of
    --sandbox (finzbooks.sandbox.state.db) is removed with its copies: it would speak of documents that are gone.

    Exit codes: 0 done, 2 wrong usage, 5 refused and nothing removed.
    """
    from importer.cli.options import as_json, say
    from importer.cli.sandbox_books import books_file, find_books

    if books is None and state_path is not None:
        books = books_file(state_path.parent)  # whatever project is around, as for a run with --state
    file = find_books(books)
    wish = Wish(file, state_path or _state_of(file), all_)
    _check_state(wish.state, named=state_path is not None)
    found = _look(wish)
    if found.anything:
        _confirm(found, wish, yes)
        _carry_out(found, wish)
        _warn_of_other_state(wish)
    if format_ == "json":
        books_gone = wish.books.as_posix() if found.books else None
        state_gone = wish.state.as_posix() if wish.state is not None and found.state else None
        say([as_json({"books": books_gone, "state": state_gone, "removed": found.counts, "all": all_})])
    else:
        say([_told(found, wish)])


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be emptied. ``state`` is None where nobody knows which one goes with the books."""

    books: Path
    state: Path | None
    all: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What there is."""

    books: bool
    state: bool
    counts: dict[str, int] = field(default_factory=dict)  # documents by kind; empty where the books cannot be read

    @property
    def anything(self) -> bool:
        return self.books or self.state

    @property
    def documents(self) -> str:
        """In words."""
        from importer.kinds import KINDS
        from importer.report.style import count

        labels = {kind: KINDS[kind].label if kind in KINDS else kind for kind in self.counts}
        return ", ".join(count(number, labels[kind]) for kind, number in self.counts.items() if number)


def _state_of(books: Path) -> Path | None:
    """The state that --sandbox keeps of these books; books elsewhere are only served, and may have any."""
    from importer.cli.sandbox_books import books_file
    from importer.state.place import SANDBOX_STATE

    base = books.parent.parent
    return base / SANDBOX_STATE if books == books_file(base) else None


def _check_state(state: Path | None, *, named: bool) -> None:
    """It is of a sandbox. Raises Refused: a state of real books is what keeps them from being written twice."""
    from importer.errors import Refused
    from importer.state.files import open_for_reading

    try:
        store = None if state is None else open_for_reading(state)
    except Refused as error:
        if named or error.code not in ("state-damaged", "state-too-new"):
            raise
        return  # by its name it is the sandbox's, and beginning anew is the way out
    if store is None:
        return
    with store:
        org = store.org_id
    if org and not org.startswith(SANDBOX_ORG):
        raise Refused(
            "wrong-org",
            f"The state {state} is of organisation {org}, and no sandbox's.",
            "Name the state of the rehearsal, or none.",
        )


def _look(wish: Wish) -> Found:
    """Raises Refused for books that cannot be opened, unless all of it is to go."""
    from importer.cli.sandbox_books import open_books
    from importer.errors import Refused
    from importer.state.removal import files_of

    state = wish.state is not None and bool(files_of(wish.state))
    if not wish.books.exists():
        return Found(False, state)
    try:
        with open_books(wish.books) as books:
            return Found(True, state, books.counts())
    except Refused:
        if not wish.all:
            raise
        return Found(True, state)


def _confirm(found: Found, wish: Wish, yes: bool) -> None:
    """Raises Refused (not-confirmed)."""
    from importer.errors import Refused

    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("not-confirmed", "There is no terminal to ask on.", "Run it with --yes to empty the books.")
    if found.books:
        complain([f"{wish.books.as_posix()}: {found.documents or 'no documents'}."])
    if wish.state is not None and found.state:
        complain([f"{wish.state.as_posix()}: what is remembered of them."])
    if not click.confirm("Remove the file and begin anew?" if wish.all else "Empty the books?", err=True):
        raise Refused("not-confirmed", "Nothing was removed.")


def _carry_out(found: Found, wish: Wish) -> None:
    """At no moment is there a state that takes for booked what is not. Raises Refused."""
    from importer.cli.sandbox_books import open_books
    from importer.errors import Refused
    from importer.sandbox.database import UnreadableBooks
    from importer.sandbox.removal import BooksInUse, remove_books
    from importer.state import removal

    with ExitStack() as stack:
        if wish.state is not None:
            stack.enter_context(removal.held(wish.state))
        if found.books and wish.all:
            # First, since it may be refused; new books have another org, and no run takes the old state for theirs.
            try:
                remove_books(wish.books)
            except BooksInUse as error:
                raise Refused("sandbox-failed", str(error), "End the server or run that uses it.") from error
            except (OSError, UnreadableBooks) as error:
                raise Refused("sandbox-failed", str(error), "Check the path given with --books.") from error
        if wish.state is not None and found.state:
            removal.remove(wish.state)
        if found.books and not wish.all:
            with open_books(wish.books) as books:
                books.reset()


def _warn_of_other_state(wish: Wish) -> None:
    """Who also worked on these books over HTTP has a state of that, which looks like one of real books."""
    from importer.errors import Refused
    from importer.state.files import open_for_reading
    from importer.state.place import STATE

    if wish.state is None:
        return
    other = wish.state.parent / STATE
    with suppress(Refused):
        store = open_for_reading(other)
        if store is None:
            return
        with store:
            if store.org_id.startswith(SANDBOX_ORG):
                complain([f"{other} speaks of a sandbox as well; remove it if these were its books."])


def _told(found: Found, wish: Wish) -> str:
    if not found.anything:
        return f"There are no books at {wish.books.as_posix()}."
    parts = []
    if found.books:
        gone = f"; {found.documents} are gone" if found.documents else ""
        parts.append(f"{wish.books.as_posix()} is {'removed' if wish.all else 'empty'}{gone}.")
    if wish.state is not None and found.state:
        parts.append(f"{wish.state.as_posix()} is removed.")
    return " ".join(parts)
