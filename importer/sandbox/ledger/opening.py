"""Opening balances of contacts: kept only, or posted as well; which of the two is not documented.

Posted, a customer's is Dr receivable / Cr "opening", that of a vendor Dr "opening" / Cr payable; who is BOTH counts as
a customer. The entry is dated the day of the contact's creation, and is in rupees whatever the contact's currency.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from sqlite3 import Row
from typing import Final

from importer.sandbox.books import INDIA
from importer.sandbox.call import Call, branch_of
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Leg, Source
from importer.sandbox.money import paise

KIND: Final = "opening balance"  # the word that the ledger shows


def post_opening(call: Call, contact: Row, balance: Decimal | None) -> None:
    """Make the journal hold that opening balance of the contact, in rupees; nothing where they are only kept.

    One that was posted before is reversed and posted anew, unless it is the same.
    """
    if call.switches.opening_balances == "kept":
        return
    amount = paise(balance or Decimal(0))
    role = "payable" if contact["contact_type"] == "VENDOR" else "receivable"
    owed = -amount if role == "payable" else amount
    if _posted(call, contact["id"]) == ({role: owed} if owed else {}):
        return
    reverse_opening(call, contact)
    if owed:
        legs = [Leg(role, owed, contact["id"]), Leg("opening", -owed)]
        journal.post(call, _source(call, contact), legs)


def reverse_opening(call: Call, contact: Row) -> None:
    """Take out of the journal what was posted for the contact's opening balance."""
    if _posted(call, contact["id"]):
        journal.reverse(call, _source(call, contact))


def _posted(call: Call, contact_id: str) -> dict[str, int]:
    """Role -> paise that stand on the contact for its opening balance, debit above zero."""
    rows = call.db.rows(
        "SELECT a.role, sum(p.amount) AS amount FROM entries e JOIN postings p ON p.entry_id = e.id "
        "JOIN accounts a ON a.id = p.account_id WHERE e.source_id = ? AND e.org = ? AND p.contact_id = e.source_id "
        "GROUP BY a.role HAVING sum(p.amount) <> 0",
        (contact_id, call.org),
    )
    return {row["role"]: row["amount"] for row in rows}


def _source(call: Call, contact: Row) -> Source:
    branch = branch_of(call, None)["id"]
    return Source(KIND, contact["id"], branch, _day_of(call, contact["created"]).isoformat(), None, None)


def _day_of(call: Call, micros: int) -> date:
    """The day of a moment in Unix microseconds, as ``books.today`` has days."""
    zone = INDIA if call.switches.day_zone == "ist" else UTC
    return datetime.fromtimestamp(micros // 1_000_000, UTC).astimezone(zone).date()
