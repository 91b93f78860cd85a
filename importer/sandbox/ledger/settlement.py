"""What payments and credit notes do to an invoice: the checks, and the new balance."""

from __future__ import annotations

from sqlite3 import Row
from typing import Literal

from importer.sandbox.call import Call
from importer.sandbox.money import rupees
from importer.sandbox.refusals import invalid


def balance_of(row: Row) -> int:
    """Paise still owed: of a draft its total, of a voided invoice nothing."""
    return 0 if row["state"] == "CANCELLED" else int(row["total"] - row["paid"] - row["credited"])


def settle(
    call: Call, invoice_id: str, amount: int, contact_id: str, column: Literal["paid", "credited"], prefix: str = ""
) -> None:
    """Lower the balance of an invoice of this org by ``amount`` paise.

    Raises 400 (fact sheet, section 25, item 18) for a draft or voided invoice, another customer's, or more than is
    owed, with the field below ``prefix``, such as ``allocations[0].``.
    """
    invoice = call.find("invoices", "Invoice", invoice_id, f"{prefix}invoice_id")
    if invoice["state"] != "POSTED":
        raise invalid(f"{prefix}invoice_id", f"Invoice {invoice['number']} is {invoice['state']}: nothing is owed.")
    if invoice["customer_id"] != contact_id:
        raise invalid(f"{prefix}invoice_id", f"Invoice {invoice['number']} is another customer's.")
    balance = balance_of(invoice)
    if amount > balance:
        message = f"The amount exceeds the balance {rupees(balance)} of invoice {invoice['number']}."
        raise invalid(f"{prefix}amount", message, rupees(amount))
    call.db.update("invoices", invoice_id, {column: invoice[column] + amount, "modified": call.books.stamp()})
