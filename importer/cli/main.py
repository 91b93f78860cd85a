"""The command ``finz-import``: which commands there are, and the one place where errors become exit codes."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from importer import __version__

# Name -> module, attribute, one line of help. The modules are imported when a command runs, so that --help costs
# click alone.
COMMANDS: Final = {
    "validate": ("importer.cli.validate", "validate", "Check manifests; no network."),
    "plan": ("importer.cli.plan", "plan", "Show what apply would do; sends no write."),
    "apply": ("importer.cli.apply", "apply", "Bring the books to what the manifests say."),
    "recover": ("importer.cli.recover", "recover", "Find out what became of calls that were cut off."),
    "graph": ("importer.cli.graph", "graph", "Draw what refers to what; no network."),
    "state": ("importer.cli.state", "state", "Show what is known of each external key."),
    "sandbox": ("importer.cli.sandbox", "sandbox", "The local FinzBooks."),
    "explain": ("importer.cli.explain", "explain", "Say what a code means, with an example."),
    "schema": ("importer.cli.schema", "schema", "Print a schema."),
}


class LazyGroup(click.Group):
    """Commands that are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="finz-import")
def cli() -> None:
    """Manifests in, books out, exactly once.

    \b
    Environment:
      FINZBOOKS_TOKEN     the token; never an argument
      FINZBOOKS_BASE_URL  default https://api.finzbooks.com/api/public/v1
      FINZBOOKS_ORG_ID    the organisation that is meant
      FINZBOOKS_TIMEOUT   seconds before an answer counts as lost, default 30
      FINZBOOKS_IN_FLIGHT calls under way at a time, default 16

    \b
    Exit codes: 0 done, 1 the input has errors or the plan conflicts, 2 wrong usage, 3 changes pending
    (plan --detailed-exitcode), 4 applied in part, 5 refused and nothing written, 70 a bug of ours, 130 interrupted.
    """


def run() -> None:
    """Entry point of the console script. Exits with the codes of errors.py."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a stand-in for it, and never a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BaseException as error:
        from importer.cli.ending import exit_code_of

        sys.exit(exit_code_of(error))
