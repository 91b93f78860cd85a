"""The PUT of a draft invoice: which fields it may carry, and what becomes of the others (section 25, item 16)."""

from __future__ import annotations

from decimal import Decimal
from sqlite3 import Row
from typing import Final

from importer.sandbox.body import Body
from importer.sandbox.call import Answer, Call
from importer.sandbox.exact_json import decode
from importer.sandbox.money import rupees

HEADER: Final = (
    *("customer_id", "branch_id", "salesperson_id", "invoice_number", "series_name", "date", "due_date"),
    *("place_of_supply", "reference_number", "notes", "tags", "currency_code", "exchange_rate"),
    *("round_off", "shipping_charge", "adjustment", "tds_amount"),
)


def edited(call: Call, row: Row) -> Body:
    """The body that would make the draft ``row`` anew as the request has it."""
    lines_too = call.switches.invoice_update == "draft-lines"
    own = _own(row)
    day = call.body.day("date")
    if day is not None and day.isoformat() > row["due_date"]:
        del own["due_date"]  # a later date alone would be refused for it
    if call.body.has("currency_code") and not call.body.has("exchange_rate"):
        del own["exchange_rate"]  # the draft's rate is of another currency
    if call.switches.put_keeps == "nothing":
        kept = ("invoice_number",) if lines_too else ("invoice_number", "line_items")
        own = {name: own[name] for name in kept}  # the number is the server's to give
    return call.body.over(own, (*HEADER, "line_items") if lines_too else HEADER)


def _own(row: Row) -> Answer:
    return {
        "customer_id": row["customer_id"],
        "branch_id": row["branch_id"],
        "salesperson_id": row["salesperson_id"],
        "invoice_number": row["number"],
        "series_name": row["series"],
        "date": row["date"],
        "due_date": row["due_date"],
        "place_of_supply": row["place_of_supply"],
        "reference_number": row["reference"],
        "notes": row["notes"],
        "tags": decode(row["tags"] or "null"),
        "currency_code": row["currency"],
        "exchange_rate": Decimal(row["exchange_rate"]),
        "line_items": decode(row["lines"]),
        "shipping_charge": rupees(row["shipping"]),
        "adjustment": rupees(row["adjustment"]),
        "tds_amount": rupees(row["tds"]),
        "round_off": rupees(row["round_off"]) if row["round_off_given"] else None,
    }
