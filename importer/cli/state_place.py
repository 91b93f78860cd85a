"""Which state the commands of ``finz-import state`` mean, and which document in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from importer.errors import Refused
    from importer.kinds import Kind
    from importer.model import Receipt
    from importer.state.store import Store

where_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")


def open_to_read(paths: tuple[Path, ...], state_path: Path | None, sandbox: bool) -> Store:
    """The state of ``paths``, or of the current folder. Raises Refused (no-state) where there is none."""
    from importer.state.files import open_for_reading

    file = _file(paths, state_path, sandbox)
    store = open_for_reading(file)
    if store is None:
        raise no_state(file, sandbox)
    return store


@contextmanager
def open_to_change(paths: tuple[Path, ...], state_path: Path | None, sandbox: bool) -> Iterator[Store]:
    """The same under its lock."""
    from importer.state.files import open_for_writing

    open_to_read(paths, state_path, sandbox).shut()  # opened for writing, one would be made
    with open_for_writing(_file(paths, state_path, sandbox)) as store:
        yield store


def _file(paths: tuple[Path, ...], state_path: Path | None, sandbox: bool) -> Path:
    from importer.cli.load import place
    from importer.cli.project import find_project

    return place(paths, state_path, sandbox, find_project(paths)).state


def no_state(file: Path, sandbox: bool) -> Refused:
    from importer.errors import Refused

    other = "leave --sandbox out" if sandbox else "add --sandbox for that of the sandbox"
    help = f"Give the PATH that apply was given, or --state FILE; {other}."
    return Refused("no-state", f"There is no state at {file}.", help)


def kind_called(word: str) -> Kind:
    """The kind that a person named, in the singular or the plural. Raises WrongUsage."""
    from importer.errors import WrongUsage
    from importer.kinds import KINDS, find

    known = find(word)
    if known is None:
        raise WrongUsage(f"There is no kind called {word!r}.", f"There are: {', '.join(KINDS)}.")
    return known


def key_called(word: str) -> str:
    """A key as keys are compared (design, section 3). Raises WrongUsage for one of blanks."""
    from importer.errors import WrongUsage
    from importer.manifest.levels import as_key

    key = as_key(word)
    if not key:
        raise WrongUsage("The key is empty.", "Give the key of a document, as the manifest has it.")
    return key


def no_such_key(kind: Kind, key: str, receipts: Iterable[Receipt]) -> Refused:
    """The refusal of a key that the state does not know, with the one that may be meant."""
    from importer.checks.nearest import Nearest
    from importer.errors import Refused

    near = Nearest(one.key for one in receipts if one.kind == kind.name and not one.part).to(key)
    help = f'Did you mean "{near}"?' if near else f"finz-import state list shows every {kind.label} that is known."
    return Refused("no-such-key", f"The state knows no {kind.label} {key!r}.", help)


def called(receipt: Receipt) -> str:
    """A document of the books, for a sentence: its number, where it has one, and its id."""
    return f"{receipt.number}, {receipt.remote_id}" if receipt.number else receipt.remote_id
