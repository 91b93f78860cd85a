"""Reports from the journal (fact sheet, section 20). Their inner shapes are not documented; these are our own.

Amounts are rupees, whatever the currency of a document.

``trial_balance``: ``as_of_date``, ``rows`` of every account that was ever used (``account_id``, ``code``, ``name``,
``account_type``, ``debit``, ``credit``), ``total_debit``, ``total_credit``.
``customer_ledger``: ``contact_id``, ``contact_name``, ``from_date``, ``to_date``, ``opening_balance``, ``entries`` in
order of date (``date``, ``type``, ``id``, ``number``, ``reference_number``, ``debit``, ``credit``, ``balance``),
``closing_balance``. A balance above zero is owed by the customer. Besides invoices, payments and credit notes there are
entries of the types "opening balance" and "exchange difference", and one more for each entry that was reversed.
"""

from __future__ import annotations

from sqlite3 import Row

from importer.sandbox.call import Answer, Call, one
from importer.sandbox.exact_json import midnight
from importer.sandbox.ledger import journal
from importer.sandbox.money import rupees
from importer.sandbox.refusals import malformed


def trial_balance(call: Call) -> Answer:
    as_of = call.query_day("as_of_date")
    if as_of is None:
        raise malformed("'as_of_date' is required.", "as_of_date")
    balances = journal.balances(call, as_of, branch_wanted(call))
    accounts = call.db.rows("SELECT * FROM accounts WHERE org = ? ORDER BY code", (call.org,))
    rows = [_trial_row(account, balances[account["id"]]) for account in accounts if account["id"] in balances]
    report = {
        "as_of_date": midnight(as_of),
        "rows": rows,
        "total_debit": rupees(sum(amount for amount in balances.values() if amount > 0)),
        "total_credit": rupees(-sum(amount for amount in balances.values() if amount < 0)),
    }
    return one("trial_balance", report)


def _trial_row(account: Row, balance: int) -> Answer:
    shown: Answer = {"account_id": account["id"]}
    shown |= {name: account[name] for name in ("code", "name", "account_type")}
    return shown | {"debit": rupees(max(balance, 0)), "credit": rupees(max(-balance, 0))}


def customer_ledger(call: Call) -> Answer:
    contact_id = call.query.get("contact_id")
    if not contact_id:
        raise malformed("'contact_id' is required.", "contact_id")
    begin, end = call.query_day("from_date"), call.query_day("to_date")
    branch = branch_wanted(call)
    contact = call.find("contacts", "Contact", contact_id, "contact_id")
    booked = call.db.rows(
        "SELECT e.*, p.amount FROM postings p JOIN entries e ON e.id = p.entry_id WHERE p.contact_id = ? "
        "AND p.account_id = ? AND (? IS NULL OR e.date <= ?) AND (? IS NULL OR e.branch_id = ?) ORDER BY e.date, e.id",
        (contact_id, journal.receivable(call), end, end, branch, branch),
    )
    opening = sum(row["amount"] for row in booked if begin and row["date"] < begin)
    entries, balance = [], opening
    for row in booked:
        if begin and row["date"] < begin:
            continue
        balance += row["amount"]
        entries.append(_ledger_row(row, balance))
    report = {
        "contact_id": contact_id,
        "contact_name": contact["name"],
        "from_date": midnight(begin),
        "to_date": midnight(end),
        "opening_balance": rupees(opening),
        "entries": entries,
        "closing_balance": rupees(balance),
    }
    return one("customer_ledger", report)


def _ledger_row(row: Row, balance: int) -> Answer:
    return {
        "date": midnight(row["date"]),
        "type": row["source"],
        "id": row["source_id"],
        "number": row["number"],
        "reference_number": row["reference"],
        "debit": rupees(max(row["amount"], 0)),
        "credit": rupees(max(-row["amount"], 0)),
        "balance": rupees(balance),
    }


def branch_wanted(call: Call) -> str | None:
    """The branch that a report is limited to, None for all. Raises 404."""
    branch_id = call.query.get("branch_id")
    return call.find("branches", "Branch", branch_id, "branch_id")["id"] if branch_id else None
