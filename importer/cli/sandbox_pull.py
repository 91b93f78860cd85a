"""``finz-import sandbox pull``: the live org's set-up in the sandbox, so that its real names can be rehearsed."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import format_option
from importer.cli.sandbox_books import books_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from importer.cli.pull_report import Report
    from importer.cli.pulling import Answers
    from importer.sandbox.amounts_by_example import Told
    from importer.sandbox.books import Books


@click.command()
@books_option
@click.option("--reset", is_flag=True, help="Empty the sandbox first, as finz-import sandbox reset does.")
@click.option("--yes", is_flag=True, help="With --reset: do not ask.")
@format_option
@click.pass_context
def pull(context: click.Context, books: Path | None, reset: bool, yes: bool, format_: str) -> None:
    """Copy the set-up of the live organisation into the sandbox.

    Taxes, accounts, bank accounts, branches, cost centres, currencies and exchange rates come with their names and
    ids, so that a manifest for the real books can be rehearsed with --sandbox. How totals and taxes are rounded and
    invoices numbered is learned from the newest 200 invoices, as far as they tell. No contact, document or amount is
    copied. Reads only, with FINZBOOKS_TOKEN, FINZBOOKS_BASE_URL and FINZBOOKS_ORG_ID.

    Another pull replaces what the last one brought. The sandbox has to be empty: what it holds refers to accounts that
    would go.

    Exit codes: 0 done, 1 errors in the project file, 2 wrong usage, 5 refused and the sandbox as it was.
    """
    import asyncio

    from importer.cli.options import as_json, say
    from importer.cli.project import find_project
    from importer.cli.pull_report import report_lines, report_value
    from importer.cli.pulling import ask
    from importer.cli.sandbox_books import find_books, open_books
    from importer.cli.session import environment, rails_of
    from importer.cli.state_import import check_project

    file = find_books(books)
    project = find_project([books] if books is not None and books.is_dir() else [])
    check_project(project, format_)
    own = _own_orgs(file, reset=reset)
    answers = asyncio.run(ask(rails_of(environment(), project.says.org_id, "", sandbox=False), own))
    if reset:
        _empty(context, file, books, yes)
    with open_books(file) as opened:
        report = _install(opened, file, answers)
    say([as_json(report_value(report))] if format_ == "json" else report_lines(report))


def _own_orgs(file: Path, *, reset: bool) -> frozenset[str]:
    """The orgs of the books in ``file``, if they are there. Raises Refused for books that must be ``reset`` first."""
    from importer.cli.sandbox_books import open_books
    from importer.sandbox.setup import held

    if not file.exists():
        return frozenset()
    with open_books(file) as books:
        if (counts := held(books)) and not reset:
            raise _in_use(file, counts)
        return frozenset(str(row["id"]) for row in books.db.rows("SELECT id FROM orgs"))


def _in_use(file: Path, counts: dict[str, int]) -> Exception:
    from importer.errors import Refused
    from importer.kinds import KINDS
    from importer.report.style import count

    documents = ", ".join(count(number, KINDS[kind].label) for kind, number in counts.items())
    return Refused(
        "sandbox-failed",
        f"The sandbox's books {file} hold {documents}, which may refer to accounts that would go.",
        "Empty them with finz-import sandbox reset, or pull with --reset.",
    )


def _empty(context: click.Context, file: Path, books: Path | None, yes: bool) -> None:
    """What ``sandbox reset`` does, where there is anything to empty; what it says goes to stderr."""
    from importer.cli.sandbox_books import open_books
    from importer.cli.sandbox_reset import reset
    from importer.sandbox.setup import held

    if not file.exists():
        return
    with open_books(file) as opened:
        counts = held(opened)
    if counts:
        with redirect_stdout(sys.stderr):
            context.invoke(reset, books=books, state_path=None, all_=False, yes=yes, format_="text")


def _install(books: Books, file: Path, answers: Answers) -> Report:
    """Raises Refused when somebody has filled the books meanwhile."""
    from importer.cli.pull_report import Report
    from importer.cli.pulled import pulled
    from importer.sandbox.setup import BooksInUse, install

    told, prefixes = _told(answers)
    copied = pulled(answers.lists, prefixes)
    try:
        installed = install(books, copied.setup)
    except BooksInUse as error:
        raise _in_use(file, error.held) from error
    _set(books, told)
    return Report(file, answers, copied, installed, tuple(told))


def _told(answers: Answers) -> tuple[list[Told], dict[str, str]]:
    """What the org's documents tell, and the prefix of their numbers by branch."""
    from importer.cli.pulled import printable
    from importer.delivery.remote import text
    from importer.sandbox.amounts_by_example import Told
    from importer.sandbox.by_example import Examples, prefixes, tell

    lists, invoices = answers.lists, answers.examples.get("invoices", ())
    contacts, branches = answers.examples.get("contacts", ()), lists["branches"]
    ids = [
        text(row.get(name)) for kind, name in (("taxes", "tax_id"), ("accounts", "account_id")) for row in lists[kind]
    ]
    told = list(tell(Examples(invoices, contacts, branches, lists["taxes"], answers.now, ids)))
    known = prefixes(invoices, branches)
    for row in branches:
        branch = text(row.get("branch_id"))
        if not text(row.get("invoice_prefix")):
            prefix, examples = known.get(branch, ("", 0))
            why = "all its numbers begin so" if prefix else "the branch does not say it, and no invoice tells"
            told.append(Told(f"invoice_prefix of {printable(text(row.get('name')) or branch)}", prefix, examples, why))
    return told, {branch: prefix for branch, (prefix, _) in known.items()}


def _set(books: Books, told: Sequence[Told]) -> None:
    """Preferences and switches as they are told, the others at their default: an earlier pull may have set them."""
    from importer.sandbox.switches import NAMES, values_of

    values = {one.name: one.value for one in told}
    books.set_preferences(
        round_invoice_totals=values["round_invoice_totals"] == "on",
        rounding_method=values["rounding_method"] or "nearest",
    )
    books.settings.set_switches({name: value or values_of(name)[0] for name, value in values.items() if name in NAMES})
