"""What customers owe on a day, document by document, in rupees: what the reports of receivables are made of.

For every customer the balances add up to the customer's account in the journal on that day. An allocation or
application counts from the later of its two documents' dates on, the day on which its exchange difference is booked.
"""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Call
from importer.sandbox.ledger import journal

# What settled an invoice until a day, and what of a payment or note had been used until then.
SETTLED: Final = """SELECT a.invoice_id, a.base_settled FROM allocations a JOIN payments p ON p.id = a.payment_id, asked
    WHERE p.date <= asked.day
    UNION ALL SELECT a.invoice_id, a.base_settled
    FROM applications a JOIN credit_notes n ON n.id = a.credit_note_id, asked WHERE n.date <= asked.day"""
INVOICES: Final = f"""SELECT 'invoice' AS kind, d.id, d.number, d.reference, d.date, d.due_date, d.currency,
    d.customer_id AS contact_id, d.base_total AS total,
    d.base_total - (SELECT coalesce(sum(s.base_settled), 0) FROM ({SETTLED}) s WHERE s.invoice_id = d.id) AS balance
    FROM invoices d, asked WHERE d.org = asked.org AND d.state = 'POSTED' AND d.date <= asked.day
    AND (asked.branch IS NULL OR d.branch_id = asked.branch)"""  # noqa: S608  (own words)
# Of payments, a receipt lowers the receivable and a refund to a customer raises it; the others are a vendor's.
PAYMENTS: Final = """SELECT iif(d.flow = 'INCOMING', 'payment', 'refund') AS kind, d.id, NULL AS number, d.reference,
    d.date, d.date AS due_date, d.currency, d.contact_id,
    iif(d.flow = 'INCOMING', -d.base_total, d.base_total) AS total,
    iif(d.flow = 'INCOMING', -d.base_total, d.base_total) + (SELECT coalesce(sum(a.base), 0)
        FROM allocations a JOIN invoices i ON i.id = a.invoice_id
        WHERE a.payment_id = d.id AND i.date <= asked.day) AS balance
    FROM payments d, asked
    WHERE d.org = asked.org AND (d.flow = 'INCOMING') = (d.payment_type <> 'REFUND') AND d.date <= asked.day
    AND (asked.branch IS NULL OR asked.branch IN (SELECT e.branch_id FROM entries e WHERE e.source_id = d.id))"""
NOTES: Final = """SELECT 'credit note' AS kind, d.id, d.number, d.reference, d.date, d.date AS due_date, d.currency,
    d.customer_id AS contact_id, -d.base_total AS total,
    (SELECT coalesce(sum(a.base), 0) FROM applications a JOIN invoices i ON i.id = a.invoice_id
        WHERE a.credit_note_id = d.id AND i.date <= asked.day) - d.base_total AS balance
    FROM credit_notes d, asked
    WHERE d.org = asked.org AND d.side = 'customer' AND d.state <> 'CANCELLED' AND d.date <= asked.day
    AND (asked.branch IS NULL OR d.branch_id = asked.branch)"""
OPENING: Final = """SELECT 'opening balance' AS kind, p.contact_id AS id, NULL AS number, NULL AS reference,
    min(e.date) AS date, min(e.date) AS due_date, 'INR' AS currency, p.contact_id,
    sum(p.amount) AS total, sum(p.amount) AS balance
    FROM asked, entries e JOIN postings p ON p.entry_id = e.id
    WHERE e.org = asked.org AND e.source_id = p.contact_id AND p.account_id = asked.receivable AND e.date <= asked.day
    AND (asked.branch IS NULL OR e.branch_id = asked.branch) GROUP BY p.contact_id"""
OPEN: Final = f"""WITH asked (org, day, branch, receivable) AS (SELECT ?, ?, ?, ?)
    SELECT o.*, c.name AS contact_name FROM ({INVOICES} UNION ALL {PAYMENTS} UNION ALL {NOTES} UNION ALL {OPENING}) o
    JOIN contacts c ON c.id = o.contact_id
    WHERE o.balance <> 0 ORDER BY c.name, c.id, o.date, o.kind, o.number, o.id"""  # noqa: S608  (own words)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with something open. The balances of the items are paise, above zero when owed by the customer."""

    id: str
    name: str
    items: list[Row]  # kind, id, number, reference, date, due_date, currency, total, balance

    def owed(self, *kinds: str) -> int:
        """The sum of the balances, of all items or of these kinds."""
        return sum(item["balance"] for item in self.items if not kinds or item["kind"] in kinds)


def open_items(call: Call, day: str, branch: str | None) -> list[Customer]:
    """What is open at the end of ``day``, an ISO date, by customer in the order of their names.

    With a branch: the invoices and notes of that branch and the money booked there. Money of one branch that settled
    an invoice of another has left the one and lowered the other, although no entry between branches is booked.
    """
    values = (call.org, day, branch, journal.receivable(call))
    customers: dict[str, Customer] = {}
    for row in call.db.rows(OPEN, values):
        customer = customers.setdefault(row["contact_id"], Customer(row["contact_id"], row["contact_name"], []))
        customer.items.append(row)
    return list(customers.values())
