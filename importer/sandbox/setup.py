"""What an org has been given before anything is imported, as values, and how it gets into the sandbox's books.

Taxes, accounts, branches and lists only (fact sheet, sections 13 and 14): no contact, no document and no balance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from typing import Any, Final

from importer.sandbox.books import DATED, Books
from importer.sandbox.database import Database
from importer.sandbox.roles import find_roles
from importer.sandbox.seed import ACCOUNTS

OWN: Final = "(sandbox)"  # ends the name of what the sandbox had to make


@dataclass(frozen=True, slots=True)
class Tax:
    """A row of ``/taxes``; the percentages are from 0 to 100."""

    id: str
    name: str
    shape: str
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """A row of ``/accounts`` or ``/bank_accounts``. ``code`` is "" where there is none."""

    id: str
    code: str
    name: str
    account_type: str
    parent_id: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """A row of ``/branches``; ``state`` as in IN-MH. One of an org's branches is the default one."""

    id: str
    code: str | None
    name: str | None
    gstin: str | None
    state: str
    city: str | None
    is_default: bool
    invoice_prefix: str
    bill_prefix: str


@dataclass(frozen=True, slots=True)
class CostCenter:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """``rate`` is above zero, ``rate_date`` an ISO date."""

    id: str
    from_currency: str
    to_currency: str
    rate: Decimal
    rate_date: str
    source: str


@dataclass(frozen=True, slots=True)
class Setup:
    """An org's set-up. None in place of a list leaves the sandbox's own as it is."""

    taxes: tuple[Tax, ...]
    accounts: tuple[Account, ...]
    branches: tuple[Branch, ...]
    cost_centers: tuple[CostCenter, ...] | None = None
    currencies: tuple[Currency, ...] | None = None
    exchange_rates: tuple[ExchangeRate, ...] | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """Under which accounts the sandbox posts from now on."""

    found: Mapping[str, Account]  # role -> an account of the org
    made: Mapping[str, Account]  # role -> one that the org has not, and that the sandbox therefore made


class BooksInUse(Exception):
    """The books hold something that refers to the set-up. ``held`` says how much of what."""

    def __init__(self, held: Mapping[str, int]) -> None:
        super().__init__(", ".join(f"{number} {kind}" for kind, number in held.items()))
        self.held = dict(held)


def held(books: Books) -> dict[str, int]:
    """How many contacts, items and documents the prepared org holds; kinds without any are left out."""
    counts = {table: int(books.db.value(_count(table), (books.org_id,))) for table in DATED}
    return {table: number for table, number in counts.items() if number}


def _count(table: str) -> str:
    return f"SELECT count(*) FROM {table} WHERE org = ?"  # noqa: S608  (own word)


def install(books: Books, setup: Setup) -> Installed:
    """Put ``setup`` in the place of what the prepared org has, in one transaction. Its id and tokens stay.

    Raises BooksInUse, and then nothing is changed: what is booked would refer to accounts that go. Raises ValueError
    for a set-up without exactly one default branch.
    """
    if sum(branch.is_default for branch in setup.branches) != 1:
        raise ValueError("an org has exactly one default branch")
    found = find_roles([account for account in setup.accounts if account.is_active])
    by_id = {account.id: account for account in setup.accounts}
    with books.db.transaction():
        if used := held(books):
            raise BooksInUse(used)
        made = _make(books, setup.accounts, found)
        _forget(books.db, books.org_id)
        roles = {account_id: role for role, account_id in found.items()} | {one.id: role for role, one in made.items()}
        _write_accounts(books.db, books.org_id, [*setup.accounts, *made.values()], roles)
        _replace(books.db, books.org_id, "taxes", Tax, setup.taxes)
        _replace(books.db, books.org_id, "branches", Branch, setup.branches)
        _replace(books.db, books.org_id, "cost_centers", CostCenter, setup.cost_centers)
        _replace(books.db, books.org_id, "currencies", Currency, setup.currencies)
        _replace(books.db, books.org_id, "exchange_rates", ExchangeRate, setup.exchange_rates)
    return Installed({role: by_id[account_id] for role, account_id in found.items()}, made)


def _make(books: Books, accounts: Sequence[Account], found: Collection[str]) -> dict[str, Account]:
    """An account of the sandbox's own for each role not ``found``, with a code and a name that the org does not use."""
    taken = {one.code for one in accounts} | {one.name for one in accounts}
    return {
        role: Account(books.new_id("acc"), _free(f"SANDBOX-{code}", taken), _free(f"{name} {OWN}", taken), account_type)
        for code, name, account_type, role in ACCOUNTS
        if role is not None and role not in found
    }


def _free(word: str, taken: set[str]) -> str:
    number, free = 1, word
    while free in taken:
        number += 1
        free = f"{word} {number}"
    taken.add(free)
    return free


def _forget(db: Database, org: str) -> None:
    """What speaks of the set-up that goes: number series by branch, and answers kept under their keys."""
    db.run("DELETE FROM counters WHERE org = ?", (org,))
    db.run("DELETE FROM answers")
    db.run("DELETE FROM locks")


def _write_accounts(db: Database, org: str, accounts: Sequence[Account], roles: Mapping[str, str]) -> None:
    db.run("DELETE FROM accounts WHERE org = ?", (org,))
    names = tuple(one.name for one in fields(Account))
    rows = [(org, roles.get(account.id), *astuple(account)) for account in accounts]
    db.insert_many("accounts", ("org", "role", *names), rows)


def _replace(db: Database, org: str, table: str, row: type[Any], values: Sequence[Any] | None) -> None:
    """``values`` for what ``table`` holds of the org; the columns are named as the fields of ``row``."""
    if values is None:
        return
    db.run(f"DELETE FROM {table} WHERE org = ?", (org,))  # noqa: S608  (own word)
    names = tuple(one.name for one in fields(row))
    rows = [(org, *(_column(value) for value in astuple(one))) for one in values]
    db.insert_many(table, ("org", *names), rows)


def _column(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value
