"""``finz-import state``: what is known of each external key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from importer.cli.options import format_option, sandbox_option, state_option
from importer.cli.state_changes import CHANGES
from importer.cli.state_place import where_argument

if TYPE_CHECKING:
    from importer.model import Receipt


@click.group()
def state() -> None:
    """Show and correct what is known of each external key. Uses the state of PATH..., or of the current folder."""


for command in CHANGES:
    state.add_command(command)


@state.command("list")
@where_argument
@format_option
@state_option
@sandbox_option
def list_(paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """One line per document: kind, key, id and number.

    Exit codes: 0 done, 2 wrong usage, 5 no state, or one that cannot be read.
    """
    from importer.cli.options import as_json, say
    from importer.cli.state_place import open_to_read

    with open_to_read(paths, state_path, sandbox) as store:
        receipts = list(store.receipts())
        intents = store.intents()
    if format_ == "json":
        say([as_json([_brief(receipt) for receipt in receipts])])
        return
    for receipt in receipts:
        part = f" -> {receipt.part}" if receipt.part else ""
        number = f"  {receipt.number}" if receipt.number else ""
        difference = "  (differs from the books)" if receipt.difference else ""
        accepted = "  (accepted otherwise)" if receipt.accepted else ""
        click.echo(f"{receipt.kind:<13} {receipt.key}{part}  {receipt.remote_id}{number}{difference}{accepted}")
    for intent in intents:
        for row in intent.rows:
            click.echo(f"{row.kind:<13} {row.key}  not known: a call of {intent.server_time} was cut off")


def _brief(receipt: Receipt) -> dict[str, Any]:
    return {
        "kind": receipt.kind,
        "key": receipt.key,
        "part": receipt.part,
        "id": receipt.remote_id,
        "number": receipt.number,
        "source": receipt.source,
        "updated": receipt.updated,
        "accepted": receipt.accepted,
    }


@state.command()
@click.argument("kind")
@click.argument("key")
@where_argument
@format_option
@state_option
@sandbox_option
def show(kind: str, key: str, paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """All that is known of one document.

    Exit codes: 0 done, 2 wrong usage, 5 no state, or a key that it does not know.
    """
    from dataclasses import asdict

    from importer.cli.options import as_json, say
    from importer.cli.state_place import key_called, kind_called, no_such_key, open_to_read

    known, key = kind_called(kind), key_called(key)
    with open_to_read(paths, state_path, sandbox) as store:
        receipts = list(store.receipts())
        intents = [one for one in store.intents() if any(row[:2] == (known.name, key) for row in one.rows)]
    found = [one for one in receipts if one.kind == known.name and one.key == key]
    if not found and not intents:
        raise no_such_key(known, key, receipts)
    if format_ == "json":
        members = [{**asdict(one), "said": dict(one.said)} for one in found]
        say([as_json({"receipts": members, "intents": [asdict(one) for one in intents]})])
        return
    for receipt in found:
        click.echo(f"{known.label} {receipt.key}" + (f" -> {receipt.part}" if receipt.part else ""))
        for name in ("remote_id", "number", "source", "generation", "created", "updated", "difference"):
            value = getattr(receipt, name)
            if value != "":
                click.echo(f"  {name:<11} {value}")
        click.echo("  said        " + as_json(dict(receipt.said)).replace("\n", "\n  "))
        if receipt.accepted:
            click.echo("  accepted    " + as_json(receipt.accepted).replace("\n", "\n  "))
    for intent in intents:
        click.echo(f"  open        a call of {intent.server_time}: {intent.method} {intent.path}")


@state.command()
@where_argument
@state_option
@sandbox_option
def export(paths: tuple[Path, ...], state_path: Path | None, sandbox: bool) -> None:
    """The whole state as JSON lines, sorted, for a review in git.

    Exit codes: 0 done, 2 wrong usage, 5 no state, or one that cannot be read.
    """
    from importer.cli.options import say
    from importer.cli.state_place import open_to_read
    from importer.state.export import lines

    with open_to_read(paths, state_path, sandbox) as store:
        say(lines(store))
