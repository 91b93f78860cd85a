"""What an invoice books: Dr Receivable and TDS, Cr revenue, GST, charges and round-off; in rupees."""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.call import Call
from importer.sandbox.exact_json import decode
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.currency import converted
from importer.sandbox.ledger.journal import Leg, Source

CREDITED: Final = ("cgst", "sgst", "igst", "cess", "shipping", "adjustment", "round_off")  # columns named as the roles


def legs_of(invoice: Mapping[str, Any] | Row) -> list[Leg]:
    """The entry of an invoice with these columns. The first leg is the receivable, which takes what rounding leaves."""
    control = Leg("receivable", invoice["total"], invoice["customer_id"])
    others = [Leg("tds", invoice["tds"])]
    others += [Leg(account, -amount) for account, amount in decode(invoice["revenue"]).items()]
    others += [Leg(role, -invoice[role]) for role in CREDITED]
    return converted(control, others, invoice["exchange_rate"])


def post_invoice(call: Call, invoice: Row) -> None:
    """Make a draft count: DRAFT -> SENT, and its journal entry."""
    legs = legs_of(invoice)
    journal.post(call, _source(invoice, "invoice"), legs)
    columns = {"state": "POSTED", "base_total": legs[0].amount, "modified": call.books.stamp()}
    call.db.update("invoices", invoice["id"], columns)


def unpost_invoice(call: Call, invoice: Row) -> None:
    """Take a posted invoice that nothing settles out of the books: -> CANCELLED."""
    journal.reverse(call, _source(invoice, "invoice void"))
    call.db.update("invoices", invoice["id"], {"state": "CANCELLED", "base_total": 0, "modified": call.books.stamp()})


def _source(row: Row, kind: str) -> Source:
    return Source(kind, row["id"], row["branch_id"], row["date"], row["number"], row["reference"])
