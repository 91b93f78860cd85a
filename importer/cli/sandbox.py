"""``finz-import sandbox``: the local FinzBooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from importer.cli.sandbox_books import books_option
from importer.cli.sandbox_clock import clock
from importer.cli.sandbox_pull import pull
from importer.cli.sandbox_reset import reset
from importer.cli.sandbox_settings import SETTINGS


@click.group()
def sandbox() -> None:
    """The local FinzBooks, to rehearse on.

    'plan' and 'apply' use it with --sandbox, in their own process; 'serve' gives it to every other program. Both work
    on the same books, with the switches, faults and clock that the commands below set.
    """


for command in (*SETTINGS, clock, pull, reset):
    sandbox.add_command(command)


@sandbox.command(short_help="Serve it over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@books_option
@click.option(
    "--set", "wishes", multiple=True, metavar="NAME=VALUE", help="Set a switch first; may be given several times."
)
@click.option("--fault", "lines", multiple=True, metavar="LINE", help="Add a fault first; may be given several times.")
def serve(host: str, port: int, books: Path | None, wishes: tuple[str, ...], lines: tuple[str, ...]) -> None:
    """Serve the local FinzBooks over HTTP until interrupted. The books are made when missing.

    'sandbox switches' lists the switches, 'sandbox faults --help' tells how a fault is written.

    Exit codes: 0 interrupted, 2 wrong usage, 5 the address or the books cannot be had.
    """
    import signal

    from importer.cli.sandbox_books import find_books, open_books
    from importer.cli.sandbox_settings import read_faults, read_wishes
    from importer.errors import Refused

    try:
        from importer.sandbox.books import Books
        from importer.sandbox.database import UnreadableBooks
        from importer.sandbox.serving.faults import Faults
        from importer.sandbox.serving.server import serve as serve_books
    except ImportError as error:
        raise Refused(
            "sandbox-missing",
            "The local FinzBooks is not installed.",
            "Install it with: pip install 'finzbooks-importer[sandbox]'",
        ) from error
    wished, faults, file = read_wishes(wishes), read_faults(lines), find_books(books)
    if not _is_local(host):
        click.echo(
            f"warning: {host} is not this machine alone. Whoever can reach it may read and write these books: their "
            "tokens are known to everybody.",
            err=True,
        )
    with open_books(file) as opened:
        org_id = opened.org_id

    def prepare(opened: Books) -> None:
        opened.settings.set_switches(wished)
        Faults(opened.db).add(faults)

    # As Ctrl-C: the server ends what it is at, and the books are closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve_books(file, host, port, lambda url: _tell(url, file, org_id), prepare)
    except (OSError, UnreadableBooks) as error:
        raise Refused(
            "sandbox-failed",
            f"The local FinzBooks cannot be served: {error}.",
            "Where another program has the port: --port 0 takes a free one.",
        ) from error


def _is_local(host: str) -> bool:
    """Whether nobody else can reach it."""
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _tell(url: str, file: Path, org_id: str) -> None:
    click.echo("\n".join(said(url, file, org_id, windows=os.name == "nt")))


def said(url: str, file: Path, org_id: str, *, windows: bool) -> Iterator[str]:
    """What a server that listens on ``url`` says of itself, and of its org."""
    from importer.sandbox.books import SANDBOX_TOKEN

    api = f"{url}/api/public/v1"
    yield f"The local FinzBooks listens on {url}. Point the importer at it:"
    names = ("FINZBOOKS_BASE_URL", "FINZBOOKS_TOKEN", "FINZBOOKS_ORG_ID")
    for name, value in zip(names, (api, SANDBOX_TOKEN, org_id), strict=True):
        yield f'  $env:{name} = "{value}"' if windows else f"  export {name}={value}"
    yield "or any other program, such as:"
    # Windows has a command of its own by the name of curl.
    yield f'  {"curl.exe" if windows else "curl"} -H "Authorization: Bearer {SANDBOX_TOKEN}" {api}/whoami'
    yield f"Its clock, switches, faults and tokens: {url}/_sandbox"
    yield f"Ctrl-C ends it; the books stay in {file}"
