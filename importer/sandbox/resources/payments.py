"""Payments: receipts and vendor payments, with or without allocations (fact sheet, section 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body
from importer.sandbox.call import INR, Answer, Call, branch_of, one
from importer.sandbox.exact_json import midnight
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Leg, Source
from importer.sandbox.ledger.settlement import settle
from importer.sandbox.money import rupees
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import invalid, not_found, required

FLOWS: Final = frozenset({"INCOMING", "OUTGOING"})
MODES: Final = frozenset({"CASH", "BANK_TRANSFER", "CHEQUE", "UPI", "CARD", "OTHER"})
TYPES: Final = frozenset({"REGULAR", "ADVANCE", "REFUND"})
BANKS: Final = ("BANK", "CASH")


@dataclass(frozen=True, slots=True)
class Allocation:
    body: Body
    invoice_id: str
    amount: int  # paise


def list_payments(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.flow", call.query_choice("flow", FLOWS))
    source = "d.*, c.name AS contact_name FROM payments d JOIN contacts c ON c.id = d.contact_id"
    return page(call, "payments", source, filters, partial(_show_all, call))


def get_payment(call: Call) -> Answer:
    return _answer(call, call.id, "success")


def create_payment(call: Call) -> Answer:
    """One-shot when there are allocations, an advance when not; the journal posts at once either way."""
    columns = _read(call.body)
    allocations = _read_allocations(call.body)
    contact = call.find("contacts", "Contact", columns["contact_id"], "contact_id")
    columns["bank_account_id"] = _bank(call)
    _check_invoices_exist(call, allocations)
    if columns["charges"] > columns["amount"]:
        raise invalid("bank_charges", "'bank_charges' exceed the amount.")
    moment = call.books.stamp()
    payment_id = call.books.new_id("pay")
    own = {"id": payment_id, "org": call.org, "created": moment, "modified": moment}
    call.db.insert("payments", columns | own)
    payment = call.find("payments", "Payment", payment_id)
    _post(call, payment, contact["id"])
    _allocate(call, payment, allocations)
    return _answer(call, payment_id, "The payment has been recorded.")


def apply_payment(call: Call) -> Answer:
    allocations = _read_allocations(call.body)
    if not allocations:
        raise required("allocations")
    payment = call.find("payments", "Payment", call.id)
    _check_invoices_exist(call, allocations)
    _allocate(call, payment, allocations)
    call.db.update("payments", call.id, {"modified": call.books.stamp()})
    return _answer(call, call.id, "The payment has been applied.")


def _read(body: Body) -> dict[str, Any]:
    body.matching("currency_code", INR, "INR, the currency of the sandbox's books")
    flow = body.choice("flow", among=FLOWS)
    if flow is None:
        raise required("flow")
    columns: dict[str, Any] = {
        "flow": flow,
        "contact_id": body.needed_text("contact_id"),
        "date": body.needed_day("date").isoformat(),
        "amount": body.needed_positive_amount("amount"),
        "mode": body.choice("mode", among=MODES) or "BANK_TRANSFER",
        "payment_type": body.choice("payment_type", among=TYPES) or "REGULAR",
        "reference": body.text("reference_number"),
        "currency": "INR",
        "exchange_rate": "1",
        "description": body.text("description", limit=LONG),
        "tds": body.amount("tds_amount") or 0,
        "charges": body.amount("bank_charges") or 0,
    }
    for field, amount in (("tds_amount", columns["tds"]), ("bank_charges", columns["charges"])):
        if amount < 0:
            raise invalid(field, f"'{field}' must not be negative.")
    return columns


def _read_allocations(body: Body) -> list[Allocation]:
    allocations = []
    for row in body.rows("allocations") or []:
        if bill := row.text("bill_id"):
            raise not_found("Bill", bill, row.where("bill_id"))  # the sandbox keeps no bills
        invoice_id = row.needed_text("invoice_id")
        allocations.append(Allocation(row, invoice_id, row.needed_positive_amount("amount")))
    return allocations


def _bank(call: Call) -> str:
    """The account of either spelling (section 23, item 7), else the first BANK or CASH account."""
    named = call.body.spelling("bank_account_id", "paid_through_account_id")
    account_id = call.body.text(named)
    if account_id is None:
        sql = "SELECT id FROM accounts WHERE org = ? AND account_type IN (?, ?) AND is_active ORDER BY code"
        return str(call.db.value(sql, (call.org, *BANKS)))
    if call.find("accounts", "Bank account", account_id, named)["account_type"] not in BANKS:
        raise invalid(named, "The account is neither a bank nor cash.", account_id)
    return account_id


def _check_invoices_exist(call: Call, allocations: Sequence[Allocation]) -> None:
    for allocation in allocations:
        call.find("invoices", "Invoice", allocation.invoice_id, allocation.body.where("invoice_id"))


def _allocate(call: Call, payment: Row, allocations: Sequence[Allocation]) -> None:
    """Settle the invoices. Raises 400 when that is more than the payment has left (section 25, items 18 and 20)."""
    if allocations and _control(payment) != ("INCOMING", "receivable"):
        raise invalid(allocations[0].body.where("invoice_id"), "Only a receipt settles invoices.")
    count, used = call.db.rows(
        "SELECT count(*), coalesce(sum(amount), 0) FROM allocations WHERE payment_id = ?", (payment["id"],)
    )[0]
    left = payment["amount"] + payment["tds"] - used
    for position, allocation in enumerate(allocations, count):
        if allocation.amount > left:
            message = f"The allocations exceed the payment: {rupees(left)} is left."
            raise invalid(allocation.body.where("amount"), message, rupees(allocation.amount))
        left -= allocation.amount
        prefix = allocation.body.prefix
        settle(call, allocation.invoice_id, allocation.amount, payment["contact_id"], "paid", prefix)
        columns = {"payment_id": payment["id"], "invoice_id": allocation.invoice_id, "amount": allocation.amount}
        call.db.insert("allocations", {"id": call.books.new_id("al"), "position": position, **columns})


def _control(payment: Row) -> tuple[str, str]:
    """The flow, and which of the two control accounts moves: a refund goes the other way round."""
    is_refund = payment["payment_type"] == "REFUND"
    return payment["flow"], "receivable" if (payment["flow"] == "INCOMING") != is_refund else "payable"


def _post(call: Call, payment: Row, contact_id: str) -> None:
    """Receipt: Dr Bank and TDS Receivable, Cr Receivable; the bank's charges are an expense (section 25, item 20)."""
    flow, control = _control(payment)
    sign = 1 if flow == "INCOMING" else -1
    amount, tds, charges = payment["amount"], payment["tds"], payment["charges"]
    legs = [
        Leg(payment["bank_account_id"], sign * amount - charges),
        Leg("charges", charges),
        Leg("tds", sign * tds),
        Leg(control, -sign * (amount + tds), contact_id),
    ]
    branch = branch_of(call, None)["id"]
    source = Source("payment", payment["id"], branch, payment["date"], None, payment["reference"])
    journal.post(call, source, legs)


def _answer(call: Call, payment_id: str, message: str) -> Answer:
    row = call.db.row(
        "SELECT d.*, c.name AS contact_name FROM payments d JOIN contacts c ON c.id = d.contact_id "
        "WHERE d.id = ? AND d.org = ?",
        (payment_id, call.org),
    )
    if row is None:
        raise not_found("Payment", payment_id)
    return one("payment", _show_all(call, [row])[0], message)


def _show_all(call: Call, rows: Sequence[Row]) -> list[Answer]:
    return [_show(call, row) for row in rows]


def _show(call: Call, row: Row) -> Answer:
    sql = "SELECT * FROM allocations WHERE payment_id = ? ORDER BY position"
    allocations = call.db.rows(sql, (row["id"],))
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
        "currency_code": "INR",
        "exchange_rate": 1,
        "bank_charges": rupees(row["charges"]),
        "tds_amount": rupees(row["tds"]),
        "allocations": [_show_allocation(allocation) for allocation in allocations],
        "created_time": call.books.timestamp(row["created"]),
        "last_modified_time": call.books.timestamp(row["modified"]),
    }


def _show_allocation(row: Row) -> Answer:
    shown = {"allocation_id": row["id"], "invoice_id": row["invoice_id"], "bill_id": None}
    return {**shown, "amount": rupees(row["amount"])}
