"""How a run ends that does not end well: one sentence for the user, and the exit code of the contract."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

import click

from importer import __version__
from importer.errors import EXIT_CODES, ImporterError, InvalidInput

SECRET_VARIABLE = "FINZBOOKS_TOKEN"  # noqa: S105  # the name of the variable, not what it holds


def exit_code_of(error: BaseException) -> int:
    """Say what happened on stderr. Input problems have been reported by the command by then."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, KeyboardInterrupt | click.exceptions.Abort):
        click.echo("Interrupted.", err=True)
        return EXIT_CODES["interrupted"]
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has closed it, as `| head` does. Nothing may be flushed into it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, InvalidInput):
        return error.exit_code
    if isinstance(error, ImporterError):
        click.echo(_without_token(f"error[{error.code}]: {error.message}"), err=True)
        if error.help:
            click.echo(_without_token(f"help: {error.help}"), err=True)
        return error.exit_code
    where = _report(error)
    click.echo(f"error[bug]: This is a bug of finz-import. What happened is written in {where}.", err=True)
    return EXIT_CODES["bug"]


def _report(error: BaseException) -> str:
    """Write the report file, without the token. Returns its name."""
    text = "".join(
        [
            f"finz-import {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
            f"command: {' '.join(sys.argv[1:])}\n\n",
            *traceback.format_exception(error),
        ]
    )
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        name = folder / f"finz-import-report-{os.getpid()}.txt"
        try:
            name.write_text(_without_token(text), encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return str(name)
    return "no file, since none could be written"


def _without_token(text: str) -> str:
    token = os.environ.get(SECRET_VARIABLE, "").strip()
    return text.replace(token, "***") if token else text
