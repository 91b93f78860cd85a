"""POST /bulk/invoices: rows that stand and fall each by itself (fact sheet, section 18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from importer.sandbox.body import Body
from importer.sandbox.call import Answer, Call
from importer.sandbox.refusals import Refusal, malformed
from importer.sandbox.resources.invoices import create_invoice

MOST_ROWS: Final = 50


def create_invoices(call: Call) -> Iterator[Answer]:
    """Answers 200 whatever becomes of the rows; each row that is done is durable before the next begins.

    Yields what has been done so far after each row, and at the end the answer to the whole call.
    """
    rows = call.body.rows("invoices")
    if rows is None or not 1 <= len(rows) <= MOST_ROWS:
        raise malformed(f"'invoices' must hold 1 to {MOST_ROWS} rows.", "invoices")
    call.body.refuse_strangers(inside=False)
    results: list[Answer] = []
    for row in rows:
        # A row's error names its fields as a single create would: without "invoices[3]." before them.
        results.append(_create(replace(call, body=Body(row.fields, switches=call.switches))))
        yield _answer(call, len(rows), results)


def _answer(call: Call, total: int, results: list[Answer]) -> Answer:
    succeeded = sum(result["ok"] for result in results)
    shown = results if call.switches.bulk_order == "request" else results[::-1]
    return {
        "code": 0,
        "message": f"{succeeded} of {total} invoices created.",
        "summary": {"total": total, "succeeded": succeeded, "failed": total - succeeded},
        "results": shown,
    }


def _create(call: Call) -> Answer:
    try:
        with call.db.transaction():
            invoice = create_invoice(call)["invoice"]
            call.body.refuse_strangers()
            return {"ok": True, "invoice": invoice}
    except Refusal as refusal:
        told = refusal.under(call.switches)
        return {"ok": False, "error": {"code": told.code, "message": told.message, "field": told.field}}
