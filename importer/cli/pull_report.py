"""What ``sandbox pull`` brought, learned and made up: lines for a person, a value for a machine. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.cli.pulled import BANKS, Pulled, printable
from importer.cli.pulling import Answers
from importer.report.style import count
from importer.sandbox.amounts_by_example import Told
from importer.sandbox.setup import Account, Installed
from importer.sandbox.switches import NAMES, values_of

# Preferences that are no switch -> what a sandbox has without being told.
USUAL: Final = {"round_invoice_totals": "off", "rounding_method": "nearest"}
# List -> its name for people, in the singular and the plural.
LISTS: Final = {
    "taxes": ("tax", "taxes"),
    "accounts": ("account", ""),
    "bank_accounts": ("bank account", ""),
    "branches": ("branch", "branches"),
    "cost_centers": ("cost centre", ""),
    "currencies": ("currency", "currencies"),
    "exchange_rates": ("exchange rate", ""),
}
# What follows from a list that was not to be had.
WITHOUT: Final = {
    "cost_centers": "The sandbox's own cost centres stay",
    "currencies": "The sandbox's own currencies stay",
    "exchange_rates": "The sandbox's own exchange rates stay",
    "bank_accounts": "The banks among the accounts are the sandbox's bank accounts",
    "invoices": "Nothing could be learned from invoices",
    "contacts": "Nothing could be learned from contacts",
}


@dataclass(frozen=True, slots=True)
class Report:
    """One pull. ``books`` is the file of the sandbox."""

    books: Path
    answers: Answers
    pulled: Pulled
    installed: Installed
    told: tuple[Told, ...]


def counts(report: Report) -> dict[str, int]:
    """How much was copied, by list; lists that were left as they are are not there."""
    setup = report.pulled.setup
    copied = {
        "taxes": setup.taxes,
        "accounts": setup.accounts,
        "bank_accounts": [one for one in setup.accounts if one.account_type in BANKS],
        "branches": setup.branches,
        "cost_centers": setup.cost_centers,
        "currencies": setup.currencies,
        "exchange_rates": setup.exchange_rates,
    }
    return {name: len(rows) for name, rows in copied.items() if rows is not None}


def usual(name: str) -> str:
    """What the sandbox takes for a preference or switch that nothing tells."""
    if name in NAMES:
        return values_of(name)[0]
    return USUAL.get(name, "INV")  # the others are prefixes


def report_lines(report: Report) -> Iterator[str]:
    copied = ", ".join(count(number, *LISTS[name]) for name, number in counts(report).items())
    yield f"Copied from organisation {printable(report.answers.org_id)} into {report.books}: {copied}."
    for name, why in report.answers.refused.items():
        yield f"{WITHOUT[name]}: {why}"
    yield from report.pulled.notes
    told = [one for one in report.told if one.value]
    untold = [one for one in report.told if not one.value]
    if told:
        yield "Learned from the org's documents:"
        yield from (
            f"  {one.name}={printable(one.value)} by {count(one.examples, 'example')}: {one.why}" for one in told
        )
    if untold:
        yield "Not to be told, and at the sandbox's default:"
        yield from (f"  {one.name}={usual(one.name)}: {one.why}" for one in untold)
    if report.installed.made:
        yield "Made, since no account of the org is plainly meant for it:"
        yield from (f"  {account.name}" for account in report.installed.made.values())


def report_value(report: Report) -> dict[str, Any]:
    return {
        "org_id": report.answers.org_id,
        "books": str(report.books),
        "copied": counts(report),
        "refused": dict(report.answers.refused),
        "notes": list(report.pulled.notes),
        "learned": [_told_value(one) for one in report.told if one.value],
        "at_default": [
            {"name": one.name, "value": usual(one.name), "why": one.why} for one in report.told if not one.value
        ],
        "posts_to": _accounts_value(report.installed.found),
        "made": _accounts_value(report.installed.made),
    }


def _told_value(told: Told) -> dict[str, Any]:
    return {"name": told.name, "value": told.value, "examples": told.examples, "why": told.why}


def _accounts_value(accounts: Mapping[str, Account]) -> list[dict[str, str]]:
    return [
        {"role": role, "id": account.id, "code": account.code, "name": account.name}
        for role, account in accounts.items()
    ]
