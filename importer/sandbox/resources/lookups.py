"""What an org holds before anything is imported: taxes, accounts, branches and so on (fact sheet, sections 2, 13, 14).

Their lists come whole, those of taxes and accounts in pages where the switch says so. The shapes of a cost centre and a
currency are our own beyond their id and code: no page shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Answer, Call, one
from importer.sandbox.exact_json import midnight
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.currency import BASE
from importer.sandbox.money import rupees
from importer.sandbox.paging import Filters, page, whole_number
from importer.sandbox.refusals import malformed

# Types whose balance is a debit; of all others it is a credit.
DEBIT_TYPES: Final = frozenset(
    {"BANK", "CASH", "ACCOUNTS_RECEIVABLE", "STOCK", "GST_ASSET", "TDS_ASSET"}
    | {"EXPENSE", "COST_OF_GOODS_SOLD", "OTHER_EXPENSE"}
)

USUAL_RATES: Final = 200
MOST_RATES: Final = 1000
# A lookup has no moment of creation: pages go by the order in which the rows were made.
PAGED: Final = "d.* FROM (SELECT *, -rowid AS created FROM {table}) d"


def whoami(call: Call) -> Answer:
    token = call.token
    shown = {"token_id": token.id, "org_id": token.org, "user_id": token.user_id}
    return one("token", {**shown, "scopes": list(token.scopes), "tier": token.tier})


def list_taxes(call: Call) -> Answer:
    if call.switches.lookup_pages == "yes":
        return page(call, "taxes", PAGED.format(table="taxes"), Filters(call), lambda rows: [_tax(row) for row in rows])
    rows = call.db.rows("SELECT * FROM taxes WHERE org = ? ORDER BY rowid", (call.org,))
    return one("taxes", [_tax(row) for row in rows])


def get_tax(call: Call) -> Answer:
    return one("tax", _tax(call.find("taxes", "Tax", call.id)))


def list_accounts(call: Call) -> Answer:
    if call.switches.lookup_pages == "yes":
        filters = Filters(call)
        filters.add("d.is_active")
        return page(call, "accounts", PAGED.format(table="accounts"), filters, partial(_accounts, call))
    rows = call.db.rows("SELECT * FROM accounts WHERE org = ? AND is_active ORDER BY code", (call.org,))
    return one("accounts", _accounts(call, rows))


def get_account(call: Call) -> Answer:
    return one("account", _accounts(call, [call.find("accounts", "Account", call.id)])[0])


def list_bank_accounts(call: Call) -> Answer:
    types = ("BANK", "CASH" if call.query_flag("include_cash") else "BANK")
    rows = call.db.rows(
        "SELECT * FROM accounts WHERE org = ? AND account_type IN (?, ?) AND is_active >= ? ORDER BY code",
        (call.org, *types, call.query_flag("active_only")),
    )
    return one("bank_accounts", _accounts(call, rows))


def list_branches(call: Call) -> Answer:
    rows = call.db.rows(
        "SELECT * FROM branches WHERE org = ? AND is_active >= ? ORDER BY code",
        (call.org, call.query_flag("active_only")),
    )
    return one("branches", [_branch(row) for row in rows])


def get_branch(call: Call) -> Answer:
    return one("branch", _branch(call.find("branches", "Branch", call.id)))


def list_cost_centers(call: Call) -> Answer:
    rows = call.db.rows("SELECT * FROM cost_centers WHERE org = ? ORDER BY name", (call.org,))
    return one("cost_centers", [{"cost_center_id": row["id"], "name": row["name"]} for row in rows])


def list_currencies(call: Call) -> Answer:
    rows = call.db.rows("SELECT * FROM currencies WHERE org = ? ORDER BY code", (call.org,))
    shown = [{"currency_code": row["code"], "name": row["name"], "is_base": row["code"] == BASE} for row in rows]
    return one("currencies", shown)


def list_exchange_rates(call: Call) -> Answer:
    """Newest first. Raises 422 for a ``limit`` that is not from 1 to 1000."""
    limit = whole_number(call.query.get("limit", str(USUAL_RATES)))
    if not 1 <= limit <= MOST_RATES:
        raise malformed(f"'limit' must be a whole number from 1 to {MOST_RATES}.", "limit")
    pair = (call.query.get("from_currency"), call.query.get("to_currency"))
    rows = call.db.rows(
        "SELECT * FROM exchange_rates WHERE org = ? AND from_currency = coalesce(?, from_currency) "
        "AND to_currency = coalesce(?, to_currency) ORDER BY rate_date DESC, rowid DESC LIMIT ?",
        (call.org, *pair, limit),
    )
    return one("exchange_rates", [_exchange_rate(row) for row in rows])


def _exchange_rate(row: Row) -> Answer:
    return {
        "exchange_rate_id": row["id"],
        "from_currency": row["from_currency"],
        "to_currency": row["to_currency"],
        "rate": Decimal(row["rate"]),
        "rate_date": midnight(row["rate_date"]),
        "source": row["source"],
    }


def _tax(row: Row) -> Answer:
    rates = {name: Decimal(row[name]) for name in ("cgst", "sgst", "igst", "cess")}
    return {"tax_id": row["id"], "name": row["name"], "shape": row["shape"], **rates}


def _accounts(call: Call, rows: Sequence[Row]) -> list[Answer]:
    balances = journal.balances(call)
    return [_account(row, balances.get(row["id"], 0)) for row in rows]


def _account(row: Row, balance: int) -> Answer:
    return {
        "account_id": row["id"],
        "code": row["code"],
        "name": row["name"],
        "account_type": row["account_type"],
        "parent_id": row["parent_id"],
        "description": row["description"],
        "current_balance": rupees(balance if row["account_type"] in DEBIT_TYPES else -balance),
        "currency_code": "INR",
        "is_active": bool(row["is_active"]),
        "is_system": row["role"] is not None,
    }


def _branch(row: Row) -> Answer:
    plain = ("code", "name", "gstin", "state", "city", "invoice_prefix", "bill_prefix")
    shown = {name: row[name] for name in plain}
    return {"branch_id": row["id"], **shown, "is_default": bool(row["is_default"])}
