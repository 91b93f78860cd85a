"""What an org holds before anything is imported: whoami, taxes, accounts, branches, banks (sections 2, 13 and 14)."""

from __future__ import annotations

from decimal import Decimal
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Answer, Call, one
from importer.sandbox.ledger import journal
from importer.sandbox.money import rupees

# Types whose balance is a debit; of all others it is a credit.
DEBIT_TYPES: Final = frozenset(
    {"BANK", "CASH", "ACCOUNTS_RECEIVABLE", "STOCK", "GST_ASSET", "TDS_ASSET"}
    | {"EXPENSE", "COST_OF_GOODS_SOLD", "OTHER_EXPENSE"}
)


def whoami(call: Call) -> Answer:
    token = call.token
    shown = {"token_id": token.id, "org_id": token.org, "user_id": token.user_id}
    return one("token", {**shown, "scopes": list(token.scopes), "tier": token.tier})


def list_taxes(call: Call) -> Answer:
    rows = call.db.rows("SELECT * FROM taxes WHERE org = ? ORDER BY rowid", (call.org,))
    return one("taxes", [_tax(row) for row in rows])


def get_tax(call: Call) -> Answer:
    return one("tax", _tax(call.find("taxes", "Tax", call.id)))


def list_accounts(call: Call) -> Answer:
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


def _tax(row: Row) -> Answer:
    rates = {name: Decimal(row[name]) for name in ("cgst", "sgst", "igst", "cess")}
    return {"tax_id": row["id"], "name": row["name"], "shape": row["shape"], **rates}


def _accounts(call: Call, rows: list[Row]) -> list[Answer]:
    balances = journal.balances(call)
    return [_account(row, balances.get(row["id"], 0)) for row in rows]


def _account(row: Row, balance: int) -> Answer:
    return {
        "account_id": row["id"],
        "code": row["code"],
        "name": row["name"],
        "account_type": row["account_type"],
        "parent_id": None,
        "description": None,
        "current_balance": rupees(balance if row["account_type"] in DEBIT_TYPES else -balance),
        "currency_code": "INR",
        "is_active": bool(row["is_active"]),
        "is_system": row["role"] is not None,
    }


def _branch(row: Row) -> Answer:
    plain = ("code", "name", "gstin", "state", "city", "invoice_prefix", "bill_prefix")
    shown = {name: row[name] for name in plain}
    return {"branch_id": row["id"], **shown, "is_default": bool(row["is_default"])}
