"""From the body of a payment to the columns of its row: shape, foreign ids, rules (fact sheet, section 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body
from importer.sandbox.call import Call
from importer.sandbox.ledger.currency import read_currency
from importer.sandbox.ledger.journal import check_open
from importer.sandbox.refusals import duplicate, invalid, not_found, required

FLOWS: Final = frozenset({"INCOMING", "OUTGOING"})
MODES: Final = frozenset({"CASH", "BANK_TRANSFER", "CHEQUE", "UPI", "CARD", "OTHER"})
TYPES: Final = frozenset({"REGULAR", "ADVANCE", "REFUND"})
BANKS: Final = ("BANK", "CASH")


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a payment as the request has it: for an invoice or, never found here, for a bill."""

    body: Body
    invoice_id: str | None
    bill_id: str | None
    amount: int  # hundredths of the payment's currency

    @property
    def field(self) -> str:
        """The path of the id of the document."""
        return self.body.where("bill_id" if self.bill_id else "invoice_id")


def compose(call: Call) -> tuple[dict[str, Any], list[Allocation]]:
    """The columns that the body decides, and its allocations. Raises 422, then 404, then 400."""
    columns = _read(call)
    allocations = read_allocations(call.body)
    call.find("contacts", "Contact", columns["contact_id"], "contact_id")
    columns["bank_account_id"] = _bank(call)
    check_targets(call, allocations)
    for name, among in (("flow", FLOWS), ("mode", MODES), ("payment_type", TYPES)):
        call.body.choice(name, among=among)  # rules, so only now (section 24.1)
    columns |= read_currency(call, call.body, columns["date"]).columns()
    _check(call, columns)
    # What it can settle: TDS clears the invoice gross (section 25, item 20).
    columns["total"] = columns["amount"] + (columns["tds"] if call.switches.payment_tds == "on-top" else 0)
    return columns, allocations


def _read(call: Call) -> dict[str, Any]:
    body = call.body
    mode = body.text("mode")
    if mode is None and call.switches.payment_mode == "required":
        raise required("mode")
    return {
        "flow": body.needed_text("flow"),
        "contact_id": body.needed_text("contact_id"),
        "date": body.needed_day("date").isoformat(),
        "amount": body.needed_positive_amount("amount"),
        "mode": mode or "BANK_TRANSFER",
        "payment_type": body.text("payment_type") or "REGULAR",
        "reference": body.text("reference_number"),
        "description": body.text("description", limit=LONG),
        "tds": body.amount("tds_amount") or 0,
        "charges": body.amount("bank_charges") or 0,
    }


def read_allocations(body: Body) -> list[Allocation]:
    """The body's ``allocations``, none when there are none."""
    return [_read_allocation(row) for row in body.rows("allocations") or []]


def read_application(call: Call) -> list[Allocation]:
    """What an advance is to be applied to; its body is not known for sure (section 25, item 19)."""
    if call.switches.payment_apply_body == "single":
        return [_read_allocation(call.body)]
    allocations = read_allocations(call.body)
    if not allocations:
        raise required("allocations")
    return allocations


def _read_allocation(row: Body) -> Allocation:
    bill_id = row.text("bill_id")
    invoice_id = None if bill_id else row.needed_text("invoice_id")
    return Allocation(row, invoice_id, bill_id, row.needed_positive_amount("amount"))


def check_targets(call: Call, allocations: Sequence[Allocation]) -> None:
    """Raises 404 for an invoice that is not there, and for every bill: the sandbox keeps none."""
    for allocation in allocations:
        if allocation.invoice_id is None:
            raise not_found("Bill", allocation.bill_id or "", allocation.field)
        call.find("invoices", "Invoice", allocation.invoice_id, allocation.field)


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


def _check(call: Call, columns: dict[str, Any]) -> None:
    """Raises 400 for amounts that cannot be, and for a date in the locked period."""
    check_open(call, columns["date"])
    for field, amount in (("tds_amount", columns["tds"]), ("bank_charges", columns["charges"])):
        if amount < 0:
            raise invalid(field, f"'{field}' must not be negative.")
    left = columns["amount"]
    if call.switches.payment_tds == "within":
        left -= columns["tds"]
        if left < 0:
            raise invalid("tds_amount", "'tds_amount' exceeds the amount.")
    lowered = columns["flow"] == "INCOMING" and call.switches.bank_charges == "within"
    if lowered and columns["charges"] > left:
        raise invalid("bank_charges", "'bank_charges' exceed what the bank receives.")


def check_guard(call: Call, payment: Row) -> None:
    """Raises 409 for another payment of that contact, date, amount and reference, if there is such a guard."""
    if call.switches.payment_guard == "off":
        return
    same = ("contact_id", "date", "amount", "reference", "id")
    found = call.db.value(
        "SELECT 1 FROM payments WHERE org = ? AND contact_id = ? AND date = ? AND amount = ? AND reference IS ? "
        "AND id <> ?",
        (call.org, *(payment[name] for name in same)),
    )
    if found:
        raise duplicate("A payment has the same contact, date, amount and reference.", "reference_number")
