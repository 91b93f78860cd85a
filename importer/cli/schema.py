"""``finz-import schema``: prints a schema."""

from __future__ import annotations

from typing import Final

import click

WHOLE: Final = ("manifest", "project", "problems")  # schemas that stand alone


@click.command()
@click.argument("name", required=False, default="manifest", metavar="[KIND]")
def schema(name: str) -> None:
    """Print a JSON Schema: that of KIND (contacts, items, invoices, payments, credit_notes), of the `project` file
    finzbooks.yaml, of the `problems` that --format json prints, or, without KIND, of a whole `manifest`.
    """
    from importer.cli.options import as_json, say
    from importer.errors import WrongUsage
    from importer.kinds import KINDS, find
    from importer.schema import packaged, raw

    if name in WHOLE:
        say([as_json(raw(name))])  # it refers to itself alone, and stays as it is in the repository
        return
    found = find(name)
    if found is None:
        raise WrongUsage(f"There is no schema called {name!r}.", f"There are: {', '.join((*KINDS, *WHOLE))}.")
    say([as_json(packaged(found.name))])
