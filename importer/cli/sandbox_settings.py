"""The commands that say how the sandbox behaves: its switches and faults, and the tokens to call it with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from importer.cli.options import format_option
from importer.cli.sandbox_books import books_option

if TYPE_CHECKING:
    from importer.sandbox.serving.faults import Fault
    from importer.sandbox.switches import Described


@click.command(short_help="List what is not documented, and what it does there.")
@books_option
@format_option
def switches(books: Path | None, format_: str) -> None:
    """List what is not documented about FinzBooks, and what the sandbox takes for it.

    Each switch stands with its value, the others that it may have, and what it is about. A star marks those that are
    not at their default. Importing must come right with every value: set some, and rehearse again.

    Exit codes: 0 done, 2 wrong usage, 5 books that cannot be opened.
    """
    from importer.cli.options import as_json, say
    from importer.cli.sandbox_books import find_books, look_into
    from importer.sandbox.switches import described

    with look_into(find_books(books)) as opened:
        now = opened.switches
    shown = [(switch, str(getattr(now, switch.name))) for switch in described()]
    if format_ == "json":
        say([as_json({"switches": [_switch_value(*one) for one in shown]})])
        return
    say(line for one in shown for line in _switch_lines(*one))


def _switch_value(switch: Described, value: str) -> dict[str, Any]:
    return {
        "name": switch.name,
        "value": value,
        "default": switch.default,
        "values": list(switch.values),
        "about": switch.about,
    }


def _switch_lines(switch: Described, value: str) -> Iterator[str]:
    star = "*" if value != switch.default else " "
    others = [one for one in switch.values if one != value]
    if not switch.values:
        others = ["a date such as 2026-03-31"] if switch.name == "lock_date" else ["other whole seconds"]
    yield f"{star} {switch.name}={value}  (or {', '.join(others)})"
    yield f"      {switch.about}"


@click.command("set", short_help="Set switches.")
@click.argument("wishes", nargs=-1, required=True, metavar="NAME=VALUE...")
@books_option
@format_option
def set_(wishes: tuple[str, ...], books: Path | None, format_: str) -> None:
    """Set switches; NAME= with nothing behind it sets the default again. Counts at once, also for a running server.

    Exit codes: 0 done, 2 wrong usage, 5 books that cannot be opened.
    """
    from importer.cli.options import as_json, say
    from importer.cli.sandbox_books import find_books, open_books
    from importer.sandbox.switches import changed

    wished = read_wishes(wishes)
    with open_books(find_books(books)) as opened:
        before = opened.switches
        now = opened.settings.set_switches(wished)
    if format_ == "json":
        say([as_json({"switches": {name: str(value) for name, value in changed(now).items()}})])
        return
    say(f"{name}={getattr(now, name)}  (was {str(getattr(before, name)) or 'empty'})" for name in wished)


def read_wishes(wishes: Iterable[str]) -> dict[str, Any]:
    """What NAME=VALUE... say, checked. Raises WrongUsage."""
    from importer.checks.nearest import Nearest
    from importer.errors import WrongUsage
    from importer.sandbox.switches import NAMES, NoSuchSwitch, Switches, set_switches

    wished: dict[str, Any] = {}
    for wish in wishes:
        name, equals, value = wish.partition("=")
        if not equals:
            raise WrongUsage(f"{wish!r} sets nothing.", "Write NAME=VALUE, or NAME= for the default.")
        if name in wished:
            raise WrongUsage(f"The switch '{name}' is given twice.", "Give it once.")
        if name not in NAMES:
            near = Nearest(NAMES).to(name)
            help = f'Did you mean "{near}"?' if near else "finz-import sandbox switches lists all of them."
            raise WrongUsage(f"There is no switch '{name}'.", help)
        wished[name] = value or getattr(Switches(), name)
    try:
        set_switches(Switches(), wished)
    except NoSuchSwitch as error:
        raise WrongUsage(str(error), "finz-import sandbox switches says what each of them is about.") from error
    return wished


@click.command(short_help="Let things go wrong, and list what is to come.")
@click.argument("lines", nargs=-1, metavar="[LINE...]")
@click.option("--clear", is_flag=True, help="Forget those that are still to come; before LINE... are added.")
@books_option
@format_option
def faults(lines: tuple[str, ...], clear: bool, books: Path | None, format_: str) -> None:
    """Let things go wrong: add each LINE, and list what is still to come. Counts at once, also for a running server.

    \b
    LINE is '[METHOD PATH] KIND [name=value ...]', in quotes:
      'POST /payments close-after nth=3'
      'POST /bulk/invoices crash-after-row row=7'
      'close-before,close-after,error-after rate=0.05 seed=7'

    PATH is that of an endpoint, such as '/invoices/{id}/approve', or *. It hits the nth matching request (the first
    unless given) and as many as 'times' says from there on; with rate, each with that probability, seed deciding which.

    \b
    Kinds:
      close-before     the connection closes, nothing is done
      close-after      the work is done, then the connection closes
      error-before     an error 500 (or status=502, 503, 504), nothing is done
      error-after      the work is done, the answer is an error and forgotten
      timeout-after    the work is done, a gateway answers 504
      timeout-working  a gateway answers 504, the work goes on for seconds=N
      crash-after-row  row=N rows of a bulk call are done, then the server dies
      slow             the work begins after seconds=N
      truncated        the work is done, half of the answer arrives
      html             the work is done, the answer is a web page
      too-many         429, to be asked again after seconds=N
      revoke-token     the token is revoked; sandbox reset lets it in again
      other-edits      another user edits the document that PATH names, or the newest
      other-voids      another user voids or deletes it
      other-adds       another user adds one like it

    Exit codes: 0 done, 2 wrong usage, 5 books that cannot be opened.
    """
    from importer.cli.options import as_json, say
    from importer.cli.sandbox_books import find_books, look_into, open_books
    from importer.sandbox.serving.faults import Faults

    read = read_faults(lines)
    file = find_books(books)
    with open_books(file) if read else look_into(file) as opened:
        kept = Faults(opened.db)
        if clear:
            kept.clear()
        kept.add(read)
        to_come = [fault.line() for fault in kept.all()]
    if format_ == "json":
        say([as_json({"faults": to_come})])
    else:
        say([f"to come: {line}" for line in to_come] or ["Nothing will go wrong."])


def read_faults(lines: Iterable[str]) -> list[Fault]:
    """What the lines say. Raises WrongUsage."""
    from importer.errors import WrongUsage
    from importer.sandbox.serving.faults import NoSuchFault, read_fault

    try:
        return [read_fault(line) for line in lines]
    except NoSuchFault as error:
        help = "finz-import sandbox faults --help says how a fault is written: each is one argument, in quotes."
        raise WrongUsage(str(error), help) from error


@click.command(short_help="List its tokens, and what each may do.")
@books_option
@format_option
def tokens(books: Path | None, format_: str) -> None:
    """List the tokens that are prepared, and what each may do. They open nothing but the sandbox.

    Put one into FINZBOOKS_TOKEN, for a server that 'sandbox serve' runs. Makes the books when there are none, so that
    their organisations have ids.

    Exit codes: 0 done, 2 wrong usage, 5 books that cannot be opened.
    """
    from dataclasses import asdict

    from importer.cli.options import as_json, say
    from importer.cli.sandbox_books import find_books, open_books
    from importer.sandbox.prepared import prepared_ones

    with open_books(find_books(books)) as opened:
        found = prepared_ones(opened.db, opened.clock.now())
    if format_ == "json":
        say([as_json({"tokens": [asdict(token) for token in found]})])
        return
    for token in found:
        spoilt = "; revoked by now" if token.refused_by_now else ""
        say([token.token, f"    {token.about}{spoilt}"])
        say(f"    {org_id}  {name}" for org_id, name in token.orgs.items())


SETTINGS: Final = (switches, set_, faults, tokens)
