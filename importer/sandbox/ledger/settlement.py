"""What payments and credit notes do to an invoice: the checks, the new balance, and the way back.

Both sides are kept twice: in the currency of the documents, and in rupees (``base``), which is what the journal holds.
Each settlement takes its share of what either side has left in rupees, so that the last one takes all of it; where the
two shares differ, because the rates of the documents do, the journal gets the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.call import Call
from importer.sandbox.ledger import journal
from importer.sandbox.ledger.journal import Leg, Source
from importer.sandbox.money import rupees
from importer.sandbox.refusals import invalid, wrong_state


@dataclass(frozen=True, slots=True)
class Means:
    """A kind of document that settles invoices. All but ``word`` and ``prefix`` are names of tables and columns."""

    word: str
    table: str
    links: str  # the table of its settlements
    column: str  # of that table: whose settlement it is
    owner: str  # of the document: whose it is
    counted: str  # of the invoice: what documents of this kind have settled
    prefix: str  # of the ids of the settlements


PAYMENT: Final = Means("payment", "payments", "allocations", "payment_id", "contact_id", "paid", "al")
NOTE: Final = Means("credit note", "credit_notes", "applications", "credit_note_id", "customer_id", "credited", "ap")


def balance_of(row: Row) -> int:
    """Paise still owed: of a draft its total, of a voided invoice nothing."""
    return 0 if row["state"] == "CANCELLED" else int(row["total"] - row["paid"] - row["credited"])


def used_of(call: Call, means: Means, remote_id: str) -> int:
    """Hundredths of its currency that the payment or note of that id has settled so far."""
    sql = f"SELECT coalesce(sum(amount), 0) FROM {means.links} WHERE {means.column} = ?"  # noqa: S608  (own words)
    return int(call.db.value(sql, (remote_id,)))


def links_of(call: Call, means: Means, remote_id: str) -> list[Row]:
    """The settlements of the payment or note of that id, in the order in which they were made."""
    sql = f"SELECT * FROM {means.links} WHERE {means.column} = ? ORDER BY position"  # noqa: S608  (own words)
    return call.db.rows(sql, (remote_id,))


def settle(call: Call, means: Means, remote_id: str, invoice_id: str, amount: int, prefix: str = "") -> None:
    """Lower the balance of an invoice by ``amount`` (hundredths) out of the payment or note of ``remote_id``.

    Raises 400 (fact sheet, section 25, item 18) for a draft or voided invoice, another customer's, one in another
    currency, and for more than is owed or than is left, with the field below ``prefix``, such as ``allocations[0].``.
    """
    source = call.find(means.table, means.word.capitalize(), remote_id)
    invoice = call.find("invoices", "Invoice", invoice_id, f"{prefix}invoice_id")
    _check_invoice(means, source, invoice, f"{prefix}invoice_id")
    left, balance = source["total"] - used_of(call, means, remote_id), balance_of(invoice)
    if amount > left:
        message = f"The amount exceeds what the {means.word} has left, {rupees(left)}."
        raise wrong_state(f"{prefix}amount", message, rupees(amount))
    if amount > balance:
        message = f"The amount exceeds the balance {rupees(balance)} of invoice {invoice['number']}."
        raise wrong_state(f"{prefix}amount", message, rupees(amount))
    base = _share(amount, left, source["base_total"] - source["base_applied"])
    base_settled = _share(amount, balance, invoice["base_total"] - invoice["base_settled"])
    link: dict[str, Any] = {"id": call.books.new_id(means.prefix), means.column: remote_id, "invoice_id": invoice_id}
    link |= {"amount": amount, "base": base, "base_settled": base_settled}
    call.db.insert(means.links, link | {"position": _next_position(call, means, remote_id)})
    _count(call, means, source, invoice, (amount, base, base_settled))
    if base != base_settled:
        owed = Leg("receivable", base - base_settled, invoice["customer_id"])
        journal.post(call, _difference(link["id"], source, invoice), [owed, Leg("exchange", -owed.amount)])


def release(call: Call, invoice: Row) -> None:
    """Take every payment and credit note off an invoice: they have that much more left, and the invoice is owed again.

    The differences of exchange that were booked for them are booked back. Nothing is checked.
    """
    for means in (PAYMENT, NOTE):
        sql = f"SELECT * FROM {means.links} WHERE invoice_id = ? ORDER BY id"  # noqa: S608  (own word)
        for link in call.db.rows(sql, (invoice["id"],)):
            _undo(call, means, link)


def release_source(call: Call, means: Means, remote_id: str) -> None:
    """Take the payment or note of that id off every invoice that it settles, as ``release`` does for an invoice."""
    for link in links_of(call, means, remote_id):
        _undo(call, means, link)


def _check_invoice(means: Means, source: Row, invoice: Row, field: str) -> None:
    number = invoice["number"]
    if invoice["customer_id"] != source[means.owner]:
        raise invalid(field, f"Invoice {number} is another customer's.")
    if invoice["currency"] != source["currency"]:
        both = f"in {invoice['currency']}, the {means.word} in {source['currency']}"
        raise invalid(field, f"Invoice {number} is {both}: a settlement is in one currency.")
    if invoice["state"] != "POSTED":
        raise wrong_state(field, f"Invoice {number} is {invoice['state']}: only a posted one can be settled.")


def _share(amount: int, left: int, base_left: int) -> int:
    """Paise of ``base_left`` that ``amount`` of ``left`` is worth, half-up; all of it for all of it."""
    return (2 * base_left * amount + left) // (2 * left)


def _next_position(call: Call, means: Means, remote_id: str) -> int:
    sql = f"SELECT coalesce(max(position) + 1, 0) FROM {means.links} WHERE {means.column} = ?"  # noqa: S608  (own words)
    return int(call.db.value(sql, (remote_id,)))


def _count(call: Call, means: Means, source: Row, invoice: Row, moved: tuple[int, int, int]) -> None:
    """Move the sums of both sides by amount, ``base`` and ``base_settled``, which are below zero on the way back."""
    amount, base, base_settled = moved
    moment = call.books.stamp()
    settled = {means.counted: invoice[means.counted] + amount, "base_settled": invoice["base_settled"] + base_settled}
    call.db.update("invoices", invoice["id"], settled | {"modified": moment})
    applied = {"base_applied": source["base_applied"] + base, "modified": moment}
    if means is NOTE:
        used = source["applied"] + amount
        # Partial application has no status of its own (fact sheet, section 17).
        applied |= {"applied": used, "state": "APPLIED" if used == source["total"] else "ISSUED"}
    call.db.update(means.table, source["id"], applied)


def _undo(call: Call, means: Means, link: Row) -> None:
    source = call.find(means.table, means.word.capitalize(), link[means.column])
    invoice = call.find("invoices", "Invoice", link["invoice_id"])
    call.db.run(f"DELETE FROM {means.links} WHERE id = ?", (link["id"],))  # noqa: S608  (own word)
    _count(call, means, source, invoice, (-link["amount"], -link["base"], -link["base_settled"]))
    if link["base"] != link["base_settled"]:
        journal.reverse(call, _difference(link["id"], source, invoice))


def _difference(link: str, source: Row, invoice: Row) -> Source:
    """The entry of what two rates make: of the later of the two days, in the invoice's branch."""
    day = max(source["date"], invoice["date"])
    return Source("exchange difference", link, invoice["branch_id"], day, invoice["number"], source["reference"])
