"""Who owes what: ``ar_aging`` and ``outstanding_receivables`` (fact sheet, section 20).

Known are the four buckets and that the second goes by contact and open document. The rest is our own: ``as_of_date``
(default today), and the shapes.

``ar_aging``: ``as_of_date``, ``rows`` of every contact with something open (``contact_id``, ``contact_name``,
``0-30``, ``31-60``, ``61-90``, ``90+``, ``unapplied_payments``, ``unapplied_credit_notes``, ``opening_balance``,
``total``) and ``totals`` of the same columns. The buckets hold open invoices, by the days since their due date (by
the switch aging_by: since their date); one that is not yet due is in the first.
``outstanding_receivables``: ``as_of_date``, ``contacts`` (``contact_id``, ``contact_name``, ``documents``, the three
columns after the buckets as above, ``balance``) and ``total``. A document is an open invoice: ``type``, ``id``,
``number``, ``reference_number``, ``date``, ``due_date``, ``currency_code``, ``total``, ``balance``, ``days_overdue``.

All amounts are rupees, whatever a document is in; what a customer has to his credit is below zero. So the total of a
contact is the closing balance of its ``customer_ledger`` on that day.
"""

from __future__ import annotations

from datetime import date
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Answer, Call, one
from importer.sandbox.exact_json import midnight
from importer.sandbox.ledger.receivables import Customer, open_items
from importer.sandbox.money import rupees
from importer.sandbox.resources.report_ledger import branch_wanted

# Bucket -> the last day of it.
BUCKETS: Final = {"0-30": 30, "31-60": 60, "61-90": 90}
LAST_BUCKET: Final = "90+"
# Column -> the kinds of open items it holds. A refund takes from the money that a customer has paid.
CREDITS: Final = {
    "unapplied_payments": ("payment", "refund"),
    "unapplied_credit_notes": ("credit note",),
    "opening_balance": ("opening balance",),
}


def ar_aging(call: Call) -> Answer:
    day, customers = _open(call)
    aged = [_aged(call, customer, day) for customer in customers]
    columns = (*BUCKETS, LAST_BUCKET, *CREDITS, "total")
    report = {
        "as_of_date": midnight(day.isoformat()),
        "rows": [_named(customer) | _shown(row) for customer, row in zip(customers, aged, strict=True)],
        "totals": _shown({column: sum(row[column] for row in aged) for column in columns}),
    }
    return one("ar_aging", report)


def outstanding_receivables(call: Call) -> Answer:
    day, customers = _open(call)
    report = {
        "as_of_date": midnight(day.isoformat()),
        "contacts": [
            _named(customer)
            | {"documents": [_document(item, day) for item in customer.items if item["kind"] == "invoice"]}
            | _shown(_credits(customer) | {"balance": customer.owed()})
            for customer in customers
        ],
        "total": rupees(sum(customer.owed() for customer in customers)),
    }
    return one("outstanding_receivables", report)


def _open(call: Call) -> tuple[date, list[Customer]]:
    """The day of the report and what is open at the end of it. Raises 422 for a day that is none, 404."""
    day = call.query_day("as_of_date") or call.books.today().isoformat()
    return date.fromisoformat(day), open_items(call, day, branch_wanted(call))


def _aged(call: Call, customer: Customer, day: date) -> dict[str, int]:
    """The columns of one contact, in paise."""
    since = "due_date" if call.switches.aging_by == "due-date" else "date"
    row = dict.fromkeys((*BUCKETS, LAST_BUCKET), 0)
    for item in customer.items:
        if item["kind"] == "invoice":
            row[_bucket(_days(item[since], day))] += item["balance"]
    return row | _credits(customer) | {"total": customer.owed()}


def _bucket(days: int) -> str:
    return next((bucket for bucket, last in BUCKETS.items() if days <= last), LAST_BUCKET)


def _days(since: str, day: date) -> int:
    return (day - date.fromisoformat(since)).days


def _credits(customer: Customer) -> dict[str, int]:
    return {column: customer.owed(*kinds) for column, kinds in CREDITS.items()}


def _document(item: Row, day: date) -> Answer:
    return {
        "type": item["kind"],
        "id": item["id"],
        "number": item["number"],
        "reference_number": item["reference"],
        "date": midnight(item["date"]),
        "due_date": midnight(item["due_date"]),
        "currency_code": item["currency"],
        "total": rupees(item["total"]),
        "balance": rupees(item["balance"]),
        "days_overdue": max(_days(item["due_date"], day), 0),
    }


def _named(customer: Customer) -> Answer:
    return {"contact_id": customer.id, "contact_name": customer.name}


def _shown(amounts: dict[str, int]) -> Answer:
    return {column: rupees(amount) for column, amount in amounts.items()}
