"""``finz-import schema``: prints a schema."""

from __future__ import annotations

import click


@click.command()
@click.argument("kind", required=False)
def schema(kind: str | None) -> None:
    """Print the JSON Schema of KIND (such as invoices), or of whole manifests without KIND."""
    from importer.cli.options import as_json, say
    from importer.errors import WrongUsage
    from importer.kinds import KINDS, find
    from importer.manifest_schema import as_text
    from importer.schema import packaged

    if kind is None or kind == "manifest":
        click.echo(as_text(), nl=False)
        return
    found = find(kind)
    if found is None:
        raise WrongUsage(f"There is no kind called {kind!r}.", f"There are: {', '.join(KINDS)}, manifest.")
    say([as_json(packaged(found.name))])
