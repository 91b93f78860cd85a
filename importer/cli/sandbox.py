"""``finz-import sandbox``: the local FinzBooks."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def sandbox() -> None:
    """The local FinzBooks, to rehearse on."""


@sandbox.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--books",
    type=click.Path(path_type=Path),
    default=Path(".finzbooks/sandbox.db"),
    show_default=True,
    help="The file that holds the books; made when missing.",
)
def serve(host: str, port: int, books: Path) -> None:
    """Serve the local FinzBooks over HTTP until interrupted."""
    from importer.errors import Refused

    try:
        from importer.sandbox.books import SANDBOX_TOKEN
        from importer.sandbox.database import UnreadableBooks
        from importer.sandbox.serving.server import serve as serve_books
    except ImportError as error:
        raise Refused(
            "sandbox-missing",
            "The local FinzBooks is not installed.",
            "Install it with: pip install 'finzbooks-importer[sandbox]'",
        ) from error

    def ready(url: str) -> None:
        click.echo(f"The local FinzBooks listens on {url}. Point the importer at it:")
        click.echo(f"  FINZBOOKS_BASE_URL={url}/api/public/v1")
        click.echo(f"  FINZBOOKS_TOKEN={SANDBOX_TOKEN}")
        click.echo("Ctrl-C ends it; the books stay in " + str(books))

    try:
        books.parent.mkdir(parents=True, exist_ok=True)
        serve_books(books, host, port, ready)
    except (OSError, UnreadableBooks) as error:
        raise Refused("sandbox-failed", f"The local FinzBooks cannot be served: {error}.") from error
