"""Payments: receipts and vendor payments, with or without allocations (fact sheet, section 16)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.call import Answer, Call, branch_of, one
from importer.sandbox.exact_json import midnight
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.currency import check_range, converted
from importer.sandbox.ledger.journal import Leg, Source, check_open
from importer.sandbox.ledger.settlement import PAYMENT, links_of, release_source, settle
from importer.sandbox.money import rupees
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import invalid, not_found, wrong_method
from importer.sandbox.resources.payment_fields import (
    FLOWS,
    Allocation,
    check_guard,
    check_targets,
    compose,
    read_application,
)

SOURCE: Final = "d.*, c.name AS contact_name FROM payments d JOIN contacts c ON c.id = d.contact_id"


def list_payments(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.flow", call.query_choice("flow", FLOWS))
    return page(call, "payments", SOURCE, filters, partial(_show_listed, call))


def get_payment(call: Call) -> Answer:
    return _answer(call, call.id, "success")


def create_payment(call: Call) -> Answer:
    """One-shot when there are allocations, an advance when not; the journal posts at once either way."""
    columns, allocations = compose(call)
    legs = _legs(call, columns)
    columns["base_total"] = abs(legs[0].amount)
    check_range(legs, columns["currency"], "amount", sign=-1 if columns["flow"] == "INCOMING" else 1)
    moment = call.books.stamp()
    payment_id = call.books.new_id("pay")
    own = {"id": payment_id, "org": call.org, "created": moment, "modified": moment}
    call.db.insert("payments", columns | own)
    payment = call.find("payments", "Payment", payment_id)
    journal.post(call, _booking(call, payment, "payment"), legs)
    _post_charges(call, payment)
    _allocate(call, payment, allocations)
    check_guard(call, payment)  # last, as a 409 comes after every 400 (section 24.1)
    return _answer(call, payment_id, "The payment has been recorded.")


def apply_payment(call: Call) -> Answer:
    allocations = read_application(call)
    payment = call.find("payments", "Payment", call.id)
    check_targets(call, allocations)
    _allocate(call, payment, allocations)
    return _answer(call, call.id, "The payment has been applied.")


def delete_payment(call: Call) -> Answer:
    """Raises 405, unless a switch allows it (section 25, item 21): then it is taken off its invoices and is gone."""
    if call.switches.payment_delete == "refused":
        raise wrong_method("DELETE", f"/payments/{call.id}", "GET")
    payment = call.find("payments", "Payment", call.id)
    check_open(call, payment["date"])
    release_source(call, PAYMENT, call.id)
    journal.reverse(call, _booking(call, payment, "payment deleted"))
    call.db.run("DELETE FROM payments WHERE id = ?", (call.id,))
    return {"code": 0, "message": "The payment has been deleted."}


def _allocate(call: Call, payment: Row, allocations: Sequence[Allocation]) -> None:
    """Settle the invoices. Raises 400 when that is more than the payment has left (section 25, items 18 and 20)."""
    if allocations and (payment["flow"], _control(payment)) != ("INCOMING", "receivable"):
        raise invalid(allocations[0].field, "Only a receipt settles invoices.")
    for allocation in allocations:
        settle(call, PAYMENT, payment["id"], allocation.invoice_id or "", allocation.amount, allocation.body.prefix)


def _control(payment: Row | dict[str, Any]) -> str:
    """Which of the two control accounts moves: a refund goes the other way round."""
    is_refund = payment["payment_type"] == "REFUND"
    return "receivable" if (payment["flow"] == "INCOMING") != is_refund else "payable"


def _legs(call: Call, payment: dict[str, Any]) -> list[Leg]:
    """Receipt: Dr Bank and TDS Receivable, Cr Receivable, that leg first; all in rupees (section 25, item 20)."""
    control = _control(payment)
    sign = 1 if payment["flow"] == "INCOMING" else -1
    charges = payment["charges"] if call.switches.bank_charges == "within" else 0
    others = [
        Leg(payment["bank_account_id"], sign * (payment["total"] - payment["tds"]) - charges),
        Leg("charges", charges),
        Leg("tds" if control == "receivable" else "tds_payable", sign * payment["tds"]),
    ]
    return converted(Leg(control, 0, payment["contact_id"]), others, payment["exchange_rate"])


def _post_charges(call: Call, payment: Row) -> None:
    """The charges as an expense of their own, where they are not taken out of the payment."""
    if payment["charges"] and call.switches.bank_charges == "on-top":
        legs = converted(Leg(payment["bank_account_id"], 0), [Leg("charges", payment["charges"])], _rate(payment))
        journal.post(call, _booking(call, payment, "bank charges"), legs)


def _booking(call: Call, payment: Row, kind: str) -> Source:
    branch = branch_of(call, None)["id"]
    return Source(kind, payment["id"], branch, payment["date"], None, payment["reference"])


def _rate(payment: Row) -> Decimal:
    return Decimal(payment["exchange_rate"])


def _answer(call: Call, payment_id: str, message: str) -> Answer:
    row = call.db.row(f"SELECT {SOURCE} WHERE d.id = ? AND d.org = ?", (payment_id, call.org))
    if row is None:
        raise not_found("Payment", payment_id)
    return one("payment", _show(call, row), message)


def _show_listed(call: Call, rows: Sequence[Row]) -> list[Answer]:
    """Whether a list shows the allocations is not known for sure (section 25, item 24)."""
    shown = [_show(call, row) for row in rows]
    if call.switches.list_rows == "short":
        for payment in shown:
            del payment["allocations"]
    return shown


def _show(call: Call, row: Row) -> Answer:
    return {
        "payment_id": row["id"],
        "flow": row["flow"],
        "contact_id": row["contact_id"],
        "contact_name": row["contact_name"],
        "date": midnight(row["date"]),
        "amount": rupees(row["amount"]),
        "mode": row["mode"],
        "payment_type": row["payment_type"],
        "reference_number": row["reference"],
        "description": row["description"],
        "bank_account_id": row["bank_account_id"],
        "currency_code": row["currency"],
        "exchange_rate": _rate(row),
        "bank_charges": rupees(row["charges"]),
        "tds_amount": rupees(row["tds"]),
        "allocations": [_show_allocation(allocation) for allocation in links_of(call, PAYMENT, row["id"])],
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }


def _show_allocation(row: Row) -> Answer:
    shown = {"allocation_id": row["id"], "invoice_id": row["invoice_id"], "bill_id": None}
    return {**shown, "amount": rupees(row["amount"])}
