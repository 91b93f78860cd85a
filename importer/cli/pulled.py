"""Rows of the org's lists, as the API answers them, made into the set-up that the sandbox takes. Pure.

Fields are optional wherever the rehearsal can do without; what had to be left out or made up is said in a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from importer.checks.states import CODES, resolve
from importer.delivery.remote import amount, day, text
from importer.kinds import LOOKUPS
from importer.sandbox.amounts_by_example import rate_of
from importer.sandbox.setup import Account, Branch, CostCenter, Currency, ExchangeRate, Setup, Tax

Row = Mapping[str, Any]
Value = TypeVar("Value")

BANKS: Final = ("BANK", "CASH")
STATE_UNKNOWN: Final = "IN-KA"  # that of the branch which the sandbox begins with
BASE: Final = ("INR", "Indian Rupee")
CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Pulled:
    """A set-up, and what a person should know about it."""

    setup: Setup
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Notes:
    lines: list[str] = field(default_factory=list)

    def left_out(self, what: str, why: str) -> None:
        self.lines.append(f"Left out: {printable(what)}: {why}.")

    def made_up(self, sentence: str) -> None:
        self.lines.append(sentence)


def printable(name: str) -> str:
    """A name of the org, fit for a terminal."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)[:100]


def pulled(lists: Mapping[str, Sequence[Row]], prefixes: Mapping[str, str]) -> Pulled:
    """The set-up that ``lists`` make, by their names; an optional list that is not there was not to be had.

    ``prefixes`` are those of the branches' invoice numbers, by branch id, for branches that say none.
    """
    notes = _Notes()
    # The sandbox lists the rates of one day in the order in which they came to it, the last one first.
    newest_last = {name: rows[::-1] for name, rows in lists.items() if name == "exchange_rates"}
    setup = Setup(
        taxes=_each(lists["taxes"], ("tax_id",), _tax, notes),
        accounts=_accounts(lists["accounts"], lists.get("bank_accounts", ()), notes),
        branches=_branches(lists["branches"], prefixes, notes),
        cost_centers=_optional(lists, "cost_centers", ("cost_center_id", "id"), _cost_center, notes),
        currencies=_currencies(lists["currencies"]) if "currencies" in lists else None,
        exchange_rates=_optional(newest_last, "exchange_rates", ("exchange_rate_id", "id"), _exchange_rate, notes),
    )
    return Pulled(setup, tuple(notes.lines))


def _each(
    rows: Iterable[Row], id_fields: Sequence[str], read: Callable[[str, Row, _Notes], Value | None], notes: _Notes
) -> tuple[Value, ...]:
    """One value for each id; of rows that come twice the later one counts."""
    by_id = {one: row for row in rows if (one := _first(row, id_fields))}
    values = (read(one, row, notes) for one, row in by_id.items())
    return tuple(value for value in values if value is not None)


def _optional(
    lists: Mapping[str, Sequence[Row]],
    name: str,
    id_fields: Sequence[str],
    read: Callable[[str, Row, _Notes], Value | None],
    notes: _Notes,
) -> tuple[Value, ...] | None:
    return _each(lists[name], id_fields, read, notes) if name in lists else None


def _first(row: Row, names: Sequence[str]) -> str:
    """The first of the fields that holds something, as text; "" where none does."""
    return next((found for name in names if (found := text(row.get(name)))), "")


def _tax(tax_id: str, row: Row, notes: _Notes) -> Tax | None:
    name = _first(row, ("name", "tax_name")) or tax_id
    rate = rate_of(row)
    if rate is None:
        notes.left_out(f"the tax {name}", "its percentages cannot be read")
        return None
    return Tax(tax_id, name, text(row.get("shape")) or "INTRA_STATE", rate.cgst, rate.sgst, rate.igst, rate.cess)


def _accounts(rows: Sequence[Row], banks: Sequence[Row], notes: _Notes) -> tuple[Account, ...]:
    """The accounts, with the banks among them: a bank account that is no account is one in the sandbox."""
    found = {one.id: one for one in _each(rows, LOOKUPS["accounts"].id_fields, _account, notes)}
    for bank in _each(banks, LOOKUPS["bank_accounts"].id_fields, _bank, notes):
        own = found.get(bank.id)
        found[bank.id] = bank if own is None else _as_bank(own, bank)
    for row in banks:
        # The list gives an account of its own besides: there it would be the same bank a second time.
        if (account := text(row.get("account_id"))) != _first(row, LOOKUPS["bank_accounts"].id_fields):
            found.pop(account, None)
    return tuple(found.values())


def _account(account_id: str, row: Row, notes: _Notes) -> Account:
    code, name = text(row.get("code")), _first(row, ("name", "account_name"))
    parent, kind = text(row.get("parent_id")) or None, text(row.get("account_type")).upper()
    return Account(account_id, code, name or code or account_id, kind, parent, row.get("is_active") is not False)


def _bank(bank_id: str, row: Row, notes: _Notes) -> Account:
    own = _account(bank_id, row, notes)
    return own if own.account_type in BANKS else replace(own, account_type="BANK")


def _as_bank(account: Account, bank: Account) -> Account:
    """The account under the name that the list of banks gives it: payments name it from there."""
    kind = account.account_type if account.account_type in BANKS else bank.account_type
    name = account.name if bank.name in (bank.id, bank.code) else bank.name
    return replace(account, account_type=kind, name=name, code=bank.code or account.code)


def _branches(rows: Sequence[Row], prefixes: Mapping[str, str], notes: _Notes) -> tuple[Branch, ...]:
    """The branches, exactly one of them the default."""
    found = _each(rows, LOOKUPS["branches"].id_fields, lambda one, row, _: _branch(one, row, prefixes, notes), notes)
    chosen = next((one for one in found if one.is_default), found[0] if found else None)
    if chosen is not None and not chosen.is_default:
        notes.made_up(f"No branch says that it is the default one: {_called(chosen)} is in the sandbox.")
    return tuple(replace(one, is_default=one is chosen) for one in found)


def _branch(branch_id: str, row: Row, prefixes: Mapping[str, str], notes: _Notes) -> Branch:
    gstin = text(row.get("gstin")) or None
    state = state_of(text(row.get("state")), gstin or "")
    branch = Branch(
        branch_id,
        text(row.get("code")) or None,
        text(row.get("name")) or None,
        gstin,
        state or STATE_UNKNOWN,
        text(row.get("city")) or None,
        row.get("is_default") is True,
        text(row.get("invoice_prefix")) or prefixes.get(branch_id, "INV"),
        text(row.get("bill_prefix")) or "BILL",
    )
    if not state:
        notes.made_up(f"The branch {_called(branch)} does not say its state: it is in {STATE_UNKNOWN} in the sandbox.")
    return branch


def state_of(state: str, gstin: str) -> str:
    """The state of a branch as in IN-MH, in the spelling it has; from its name or GSTIN where it has no such code.

    "" when neither tells.
    """
    if state in CODES:
        return state
    known = (resolve(state) if state else None) or (resolve(gstin[:2]) if gstin else None)
    return known.codes[0] if known is not None and known.codes else ""


def _called(branch: Branch) -> str:
    return printable(branch.name or branch.code or branch.id)


def _cost_center(centre_id: str, row: Row, notes: _Notes) -> CostCenter:
    return CostCenter(centre_id, _first(row, ("name", "cost_center_name", "code")) or centre_id)


def _currencies(rows: Iterable[Row]) -> tuple[Currency, ...]:
    """The enabled currencies, rupees always among them."""
    found = dict([BASE])
    for row in rows:
        if CURRENCY.fullmatch(code := _first(row, ("currency_code", "code"))):
            found[code] = _first(row, ("name", "currency_name")) or found.get(code, code)
    return tuple(Currency(code, name) for code, name in found.items())


def _exchange_rate(rate_id: str, row: Row, notes: _Notes) -> ExchangeRate | None:
    pair = text(row.get("from_currency")), text(row.get("to_currency"))
    rate, dated = amount(row.get("rate")), day(row.get("rate_date"))
    if not all(map(CURRENCY.fullmatch, pair)) or rate is None or rate <= 0 or not _is_day(dated):
        notes.left_out(f"the exchange rate {rate_id}", "its currencies, rate or date cannot be read")
        return None
    return ExchangeRate(rate_id, *pair, rate, dated, text(row.get("source")))


def _is_day(word: str) -> bool:
    try:
        return date.fromisoformat(word).isoformat() == word
    except ValueError:
        return False
