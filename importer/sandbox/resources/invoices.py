"""Invoices (fact sheet, section 15)."""

from __future__ import annotations

from functools import partial
from sqlite3 import Row
from typing import Final

from importer.sandbox.call import Answer, Call, branch_of, one
from importer.sandbox.ledger.journal import check_open
from importer.sandbox.ledger.numbering import next_number, prefix_of
from importer.sandbox.ledger.settlement import release
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import wrong_method, wrong_state
from importer.sandbox.resources.invoice_booking import post_invoice, unpost_invoice
from importer.sandbox.resources.invoice_edits import edited
from importer.sandbox.resources.invoice_fields import compose
from importer.sandbox.resources.invoice_guards import check_guard, check_number_is_free
from importer.sandbox.resources.invoice_shown import show_invoice, show_listed, source_of, status_of

STATUSES: Final = frozenset({"DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "CANCELLED", "CREDIT_APPLIED"})


def list_invoices(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.customer_id", call.query.get("customer_id"))
    also = "=" if call.switches.date_filters == "inclusive" else ""
    for name, side in (("date_from", ">"), ("date_to", "<")):
        if day := call.query_day(name):
            filters.add(f"d.date {side}{also} ?", day)
    if status := call.query_choice("status", STATUSES):
        filters.add(f"{status_of(call)} = ?", status)
    return page(call, "invoices", source_of(call), filters, partial(show_listed, call))


def get_invoice(call: Call) -> Answer:
    return one("invoice", show_invoice(call, call.id))


def create_invoice(call: Call) -> Answer:
    """A draft, unless ``auto_approve`` posts it in the same call."""
    approve = call.body.flag("auto_approve")
    columns = compose(call, call.body)
    if columns["number"] is None:
        branch = branch_of(call, columns["branch_id"])
        prefix = prefix_of(branch, columns["series"])
        columns["number"] = next_number(call, "invoices", branch, prefix, columns["date"])
    else:
        check_number_is_free(call, columns["branch_id"], columns["number"])
    check_guard(call, columns)
    moment = call.books.stamp()
    invoice_id = call.books.new_id("inv")
    own = {"id": invoice_id, "org": call.org, "state": "DRAFT", "created": moment, "modified": moment}
    call.db.insert("invoices", columns | own)
    if approve:
        post_invoice(call, _find(call, invoice_id))
    message = "The invoice has been created" + (" and approved." if approve else ".")
    return one("invoice", show_invoice(call, invoice_id), message)


def update_invoice(call: Call) -> Answer:
    if call.switches.invoice_update == "none":
        raise wrong_method("PUT", f"/invoices/{call.id}", "DELETE, GET")
    row = _draft(call, "edited")
    columns = compose(call, edited(call, row), row)
    columns["number"] = columns["number"] or row["number"]
    if (columns["branch_id"], columns["number"]) != (row["branch_id"], row["number"]):
        check_number_is_free(call, columns["branch_id"], columns["number"])
    call.db.update("invoices", call.id, columns | {"modified": call.books.stamp()})
    return one("invoice", show_invoice(call, call.id), "The invoice has been updated.")


def approve_invoice(call: Call) -> Answer:
    row = _draft(call, "approved")
    check_open(call, row["date"])
    post_invoice(call, row)
    return one("invoice", show_invoice(call, call.id), "The invoice has been approved.")


def void_invoice(call: Call) -> Answer:
    """Of a posted invoice. One that is paid in part is refused, or its payments and notes are taken off first."""
    row = _find(call, call.id)
    if row["state"] != "POSTED":
        raise wrong_state("status", f"Only a posted invoice can be voided; this one is {row['state']}.", row["state"])
    check_open(call, row["date"])
    if row["paid"] or row["credited"]:
        if call.switches.void_paid == "refused":
            raise wrong_state("payment_made", "An invoice that has been paid or credited cannot be voided.")
        release(call, row)
    unpost_invoice(call, row)
    return one("invoice", show_invoice(call, call.id), "The invoice has been voided.")


def delete_invoice(call: Call) -> Answer:
    _draft(call, "deleted")
    call.db.run("DELETE FROM invoices WHERE id = ?", (call.id,))
    return {"code": 0, "message": "The invoice has been deleted."}


def _find(call: Call, invoice_id: str) -> Row:
    return call.find("invoices", "Invoice", invoice_id)


def _draft(call: Call, done: str) -> Row:
    row = _find(call, call.id)
    if row["state"] != "DRAFT":
        status = show_invoice(call, row["id"])["status"]
        raise wrong_state("status", f"Only a draft can be {done}; this invoice is {status}.", status)
    return row
