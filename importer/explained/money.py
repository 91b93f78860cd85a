"""Codes of amounts, totals, and what is settled with what."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import WARNING, Entry, Example, Subject, manifest
from importer.explained.values import invoice, payment

_PAYMENTS: Final = "FinzBooks API, /docs/reference/payments"
_NOTES: Final = "FinzBooks API, /docs/reference/credit-debit-notes"


def _paid(
    allocations: str,
    *,
    amount: str = "5000",
    contact: str = "acme",
    posted: str = "true",
    flow: str = "INCOMING",
    currencies: tuple[str, str] = ("", ""),
) -> Example:
    """An invoice over 5,000 without tax, and a payment that settles it. ``currencies`` are those of the two."""
    owed, paid = (f"currency_code: {code}, " if code else "" for code in currencies)
    return manifest(f"""
        contacts:
          - {{key: acme, contact_name: Acme Corp}}
          - {{key: beta, contact_name: Beta Stores}}
        items:
          - {{key: audit, name: Audit, type: SERVICE, rate: 5000, tax: GST 0%}}
        invoices:
          - {{key: INV-1, customer: acme, date: 2025-05-19, place_of_supply: IN-KA, auto_approve: {posted},
             {owed}round_off: 0, line_items: [{{item: audit, quantity: 1}}]}}
        payments:
          - {{key: UTR-1, flow: {flow}, contact: {contact}, date: 2025-05-20, amount: {amount}, mode: UPI,
             bank_account: HDFC Current, {paid}allocations: [{allocations}]}}
        """)


def _credited(applied: str) -> Example:
    """An invoice over 5,000, and a note over 500 that is applied to it."""
    return manifest(f"""
        contacts:
          - {{key: acme, contact_name: Acme Corp}}
        items:
          - {{key: audit, name: Audit, type: SERVICE, rate: 5000, tax: GST 0%}}
        invoices:
          - {{key: INV-1, customer: acme, date: 2025-05-19, place_of_supply: IN-KA, auto_approve: true,
             line_items: [{{item: audit, quantity: 1}}]}}
        credit_notes:
          - {{key: CN-1, customer: acme, invoice: INV-1, date: 2025-05-25, round_off: 0,
             line_items: [{{item: audit, quantity: 1, rate: 500}}],
             applications: [{{invoice: INV-1, amount: {applied}}}]}}
        """)


_RIGHT: Final = _paid("{invoice: INV-1, amount: 5000}")

MONEY: Final = Subject(
    "Money",
    "Amounts that no book can hold, and settlements that do not come out even. Totals are computed as FinzBooks does "
    "it.",
    (
        Entry(
            "amount-not-positive",
            "An amount is zero",
            "Nothing was paid, or nothing is to be settled: a row that was not filled in, or one too many.",
            "Give an amount above zero, or leave the entry out.",
            source=_PAYMENTS,
            wrong=payment("0"),
            right=payment("1200"),
        ),
        Entry(
            "exchange-rate-not-positive",
            "An exchange rate is zero",
            "In the books, which are kept in the org's own currency, the document would come to nothing.",
            "Give what one unit of the document's currency is worth; leave it out of one in the org's own.",
            source="practice of the field: foreign currency needs an exchange rate above zero",
            wrong=invoice(more="currency_code: USD\n    exchange_rate: 0"),
            right=invoice(more="currency_code: USD\n    exchange_rate: 83.25"),
        ),
        Entry(
            "quantity-not-positive",
            "A line has the quantity zero",
            "Nothing was sold: the line would stand on the invoice and come to nothing.",
            "Give a quantity above zero, or leave the line out. What was returned is a credit note.",
            source="FinzBooks API, /docs/reference/invoices",
            wrong=invoice(line="{name: Audit, quantity: 0, rate: 5000}"),
            right=invoice(line="{name: Audit, quantity: 1, rate: 5000}"),
        ),
        Entry(
            "total-not-positive",
            "The document comes to nothing, or less",
            "An invoice or note of zero moves nothing in the books, and nothing documents that FinzBooks takes one. "
            "Most often a rate is missing in the source.",
            "Give the rates, or leave the document out.",
            wrong=invoice(line="{name: Audit, quantity: 1, rate: 0}"),
            right=invoice(line="{name: Audit, quantity: 1, rate: 5000}"),
        ),
        Entry(
            "allocation-other-customer",
            "A payment or note settles an invoice of somebody else",
            "The money of one customer would clear the debt of another: both statements would be wrong.",
            "Settle only documents of the same contact; look which of the two keys is mistyped.",
            source=f"{_PAYMENTS} and {_NOTES.rpartition('/')[2]}",
            wrong=_paid("{invoice: INV-1, amount: 5000}", contact="beta"),
            right=_RIGHT,
        ),
        Entry(
            "allocation-of-money-out",
            "A payment that goes out settles a sales invoice",
            "A receipt clears what a customer owes; money that is paid out clears what is owed to a vendor. FinzBooks "
            "could only refuse it, in the middle of the run, with the invoice booked and the payment not.",
            "Give `flow: INCOMING` if the money was received. What was paid to a vendor settles a bill, by its "
            "`bill_id`; what was paid back to a customer settles no invoice: leave the allocation out.",
            source=_PAYMENTS,
            wrong=_paid("{invoice: INV-1, amount: 5000}", flow="OUTGOING"),
            right=_RIGHT,
        ),
        Entry(
            "allocation-other-currency",
            "A payment settles an invoice in another currency",
            "That is usual where customers abroad pay into an account in rupees. But FinzBooks does not document which "
            "of the two currencies the amount of an allocation is in, nor whether it takes such a payment: the amounts "
            "are not compared, and one that is many times too high or too low would not be noticed.",
            "Leave the payment unapplied and apply it in FinzBooks, or try one document first and look at what is left "
            "of the invoice and of the payment.",
            source=_PAYMENTS,
            levels=WARNING,
            wrong=_paid("{invoice: INV-1, amount: 5000}", amount="425000", currencies=("USD", "INR")),
            right=_paid("{invoice: INV-1, amount: 5000}", currencies=("USD", "USD")),
        ),
        Entry(
            "allocation-to-draft",
            "A payment or note settles an invoice that stays a draft",
            "A draft is not in the ledger: nothing is owed on it, so nothing can be settled. The run would stop in the "
            "middle, with the invoice booked and the payment not.",
            "Give the invoice `auto_approve: true`, or leave the allocation out.",
            wrong=_paid("{invoice: INV-1, amount: 5000}", posted="false"),
            right=_RIGHT,
        ),
        Entry(
            "repeated-allocation",
            "One payment settles the same invoice twice",
            "Two entries for one invoice are most often one row that was copied.",
            "Put the amounts together in one entry.",
            source=_PAYMENTS,
            wrong=_paid("{invoice: INV-1, amount: 2000}, {invoice: INV-1, amount: 3000}"),
            right=_RIGHT,
        ),
        Entry(
            "allocations-exceed-payment",
            "The allocations of a payment come to more than its amount",
            "More would be settled than was received: the bank account and what customers owe would no longer agree.",
            "Lower the allocations, or correct the amount.",
            source=_PAYMENTS,
            wrong=_paid("{invoice: INV-1, amount: 5000}", amount="4000"),
            right=_RIGHT,
        ),
        Entry(
            "allocations-exceed-invoice",
            "More is settled of an invoice than it comes to",
            "All payments and notes of the manifest and of the state are added up. What is paid too much stays with "
            "the payment as an advance; settled, it would make the invoice negative. Without the books, a tax is at "
            "most what its name tells. Where all of a payment is allocated, a `tds_amount` settles besides it.",
            "Lower the amounts to what is owed; the rest may stay unapplied.",
            source=_PAYMENTS,
            wrong=_paid("{invoice: INV-1, amount: 6000}", amount="6000"),
            right=_paid("{invoice: INV-1, amount: 5000}", amount="6000"),
        ),
        Entry(
            "applications-exceed-note",
            "The applications of a credit note come to more than its total",
            "More would be credited than the note says.",
            "Lower the applications, or correct the lines of the note.",
            source=_NOTES,
            wrong=_credited("600"),
            right=_credited("500"),
        ),
    ),
)
