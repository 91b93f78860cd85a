"""POST /bulk/invoices: rows that stand and fall each by itself (fact sheet, section 18)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from importer.sandbox.body import Body
from importer.sandbox.call import Answer, Call
from importer.sandbox.refusals import Refusal, malformed
from importer.sandbox.resources.invoices import create_invoice

MOST_ROWS: Final = 50


def create_invoices(call: Call) -> Answer:
    """Answers 200 whatever becomes of the rows; each row that is done is durable before the next begins."""
    rows = call.body.rows("invoices")
    if rows is None or not 1 <= len(rows) <= MOST_ROWS:
        raise malformed(f"'invoices' must hold 1 to {MOST_ROWS} rows.", "invoices")
    # A row's error names its fields as a single create would: without "invoices[3]." before them.
    results = [_create(replace(call, body=Body(row.fields))) for row in rows]
    succeeded = sum(result["ok"] for result in results)
    return {
        "code": 0,
        "message": f"{succeeded} of {len(rows)} invoices created.",
        "summary": {"total": len(rows), "succeeded": succeeded, "failed": len(rows) - succeeded},
        "results": results,
    }


def _create(call: Call) -> Answer:
    try:
        with call.db.transaction():
            return {"ok": True, "invoice": create_invoice(call)["invoice"]}
    except Refusal as refusal:
        return {"ok": False, "error": refusal.envelope()}
