"""``finz-import state``: what is known of each external key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import format_option, sandbox_option, state_option

if TYPE_CHECKING:
    from importer.model import Receipt
    from importer.state.store import Store

where_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")


@click.group()
def state() -> None:
    """Show what is known of each external key. Reads the state of PATH..., or of the current folder."""


def _open(paths: tuple[Path, ...], state_path: Path | None, sandbox: bool) -> Store:
    from importer.cli.load import place
    from importer.cli.project import find_project
    from importer.errors import Refused
    from importer.state.files import open_for_reading

    file = place(paths, state_path, sandbox, find_project(paths)).state
    store = open_for_reading(file)
    if store is None:
        other = "leave --sandbox out" if sandbox else "add --sandbox for that of the sandbox"
        help = f"Give the PATH that apply was given, or --state FILE; {other}."
        raise Refused("no-state", f"There is no state at {file}.", help)
    return store


@state.command("list")
@where_argument
@format_option
@state_option
@sandbox_option
def list_(paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """One line per document: kind, key, id and number."""
    from importer.cli.options import as_json, say

    with _open(paths, state_path, sandbox) as store:
        receipts = list(store.receipts())
        intents = store.intents()
    if format_ == "json":
        say([as_json([_brief(receipt) for receipt in receipts])])
        return
    for receipt in receipts:
        part = f" -> {receipt.part}" if receipt.part else ""
        number = f"  {receipt.number}" if receipt.number else ""
        difference = "  (differs from the books)" if receipt.difference else ""
        click.echo(f"{receipt.kind:<13} {receipt.key}{part}  {receipt.remote_id}{number}{difference}")
    for intent in intents:
        for row in intent.rows:
            click.echo(f"{row.kind:<13} {row.key}  not known: a call of {intent.server_time} was cut off")


def _brief(receipt: Receipt) -> dict[str, str]:
    return {
        "kind": receipt.kind,
        "key": receipt.key,
        "part": receipt.part,
        "id": receipt.remote_id,
        "number": receipt.number,
        "source": receipt.source,
        "updated": receipt.updated,
    }


@state.command()
@click.argument("kind")
@click.argument("key")
@where_argument
@format_option
@state_option
@sandbox_option
def show(kind: str, key: str, paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """All that is known of one document."""
    from dataclasses import asdict

    from importer.cli.options import as_json, say
    from importer.errors import Refused, WrongUsage
    from importer.kinds import KINDS, find

    known = find(kind)
    if known is None:
        raise WrongUsage(f"There is no kind called {kind!r}.", f"There are: {', '.join(KINDS)}.")
    with _open(paths, state_path, sandbox) as store:
        found = [one for one in store.receipts() if one.kind == known.name and one.key == key]
        intents = [one for one in store.intents() if any(row[:2] == (known.name, key) for row in one.rows)]
    if not found and not intents:
        raise Refused("no-such-key", f"The state knows no {known.label} {key!r}.")
    if format_ == "json":
        say([as_json({"receipts": [asdict(one) for one in found], "intents": [asdict(one) for one in intents]})])
        return
    for receipt in found:
        click.echo(f"{known.label} {receipt.key}" + (f" -> {receipt.part}" if receipt.part else ""))
        for name in ("remote_id", "number", "source", "generation", "created", "updated", "difference"):
            value = getattr(receipt, name)
            if value != "":
                click.echo(f"  {name:<11} {value}")
        click.echo("  said        " + as_json(receipt.said).replace("\n", "\n  "))
    for intent in intents:
        click.echo(f"  open        a call of {intent.server_time}: {intent.method} {intent.path}")


@state.command()
@where_argument
@state_option
@sandbox_option
def export(paths: tuple[Path, ...], state_path: Path | None, sandbox: bool) -> None:
    """The whole state as JSON lines, sorted, for a review in git."""
    from importer.cli.options import say
    from importer.state.export import lines

    with _open(paths, state_path, sandbox) as store:
        say(lines(store))
