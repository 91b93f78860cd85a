"""Double entry: every posting of the sandbox goes through here, and none that does not balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from importer.sandbox.call import Call
from importer.sandbox.refusals import invalid


class Leg(NamedTuple):
    """One side of an entry. ``amount`` in paise: a debit above zero, a credit below."""

    account: str  # an account id, or a role such as "receivable" (seed.ACCOUNTS)
    amount: int
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The document an entry stems from. ``kind`` is the word that the ledger shows."""

    kind: str
    id: str
    branch_id: str
    date: str
    number: str | None
    reference: str | None


class Unbalanced(Exception):
    """A bug of the sandbox: debits and credits of an entry differ."""


def check_open(call: Call, day: str) -> None:
    """Raises 400 for a document of ``day``, ISO, where the books are locked until then (section 25, item 30)."""
    lock = call.switches.lock_date
    if lock and day <= lock:
        raise invalid("date", f"The books are locked until {lock}: 'date' must be a later day.", day)


def post(call: Call, source: Source, legs: Iterable[Leg]) -> None:
    """Book ``legs``; those of zero are left out. Raises Unbalanced, and then nothing is written."""
    legs = [leg for leg in legs if leg.amount]
    if sum(leg.amount for leg in legs):
        raise Unbalanced(f"{source.kind} {source.id}: {legs}")
    where = {"org": call.org, "branch_id": source.branch_id, "date": source.date}
    what = {"source": source.kind, "source_id": source.id, "number": source.number, "reference": source.reference}
    entry = call.db.insert("entries", where | what)
    roles = dict(
        map(tuple, call.db.rows("SELECT role, id FROM accounts WHERE org = ? AND role IS NOT NULL", (call.org,)))
    )
    rows = [(entry, roles.get(leg.account, leg.account), leg.contact_id, leg.amount) for leg in legs]
    call.db.insert_many("postings", ("entry_id", "account_id", "contact_id", "amount"), rows)


def reverse(call: Call, source: Source) -> None:
    """Book the opposite of all that the document has booked so far."""
    booked = call.db.rows(
        "SELECT p.account_id, p.contact_id, sum(p.amount) AS amount "
        "FROM entries e JOIN postings p ON p.entry_id = e.id "
        "WHERE e.source_id = ? AND e.org = ? GROUP BY p.account_id, p.contact_id",
        (source.id, call.org),
    )
    post(call, source, [Leg(row["account_id"], -row["amount"], row["contact_id"]) for row in booked])


def balances(call: Call, as_of: str | None = None, branch_id: str | None = None) -> dict[str, int]:
    """Account id -> paise, debit above zero, of all entries dated ``as_of`` or before."""
    rows = call.db.rows(
        "SELECT p.account_id, sum(p.amount) FROM entries e JOIN postings p ON p.entry_id = e.id "
        "WHERE e.org = ? AND (? IS NULL OR e.date <= ?) AND (? IS NULL OR e.branch_id = ?) GROUP BY p.account_id",
        (call.org, as_of, as_of, branch_id, branch_id),
    )
    return {row[0]: row[1] for row in rows}


def receivable(call: Call) -> str:
    """The id of the account that holds what customers owe."""
    return str(call.db.value("SELECT id FROM accounts WHERE org = ? AND role = 'receivable'", (call.org,)))
