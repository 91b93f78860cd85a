"""``sales_register``: what was sold, by HSN/SAC line (fact sheet, section 20).

Known is that it breaks down by HSN/SAC line. The rest is our own: ``from_date`` and ``to_date`` (both inclusive,
either may be left out), and the shape: ``from_date``, ``to_date``, ``rows``, ``documents``, ``totals``.

A row is a line of a posted invoice or customer credit note dated in the period: ``type``, ``id``, ``number``, ``date``,
``contact_id``, ``contact_name``, ``place_of_supply``, ``line_item_id``, ``name``, ``hsn_or_sac``, ``quantity``,
``taxable_value``, ``cgst``, ``sgst``, ``igst``, ``cess``. Where the lines, each rounded by itself, do not come to what
the document posted, a row without ``line_item_id`` holds the difference: tax may be rounded by document, and rupees are
rounded once more in a document of another currency.
A document has the same columns up to ``place_of_supply``, ``reference_number``, ``currency_code``, the five amounts of
its rows, ``shipping_charge``, ``adjustment``, ``round_off``, ``tds_amount`` and ``total``, what the customer owes for
it; ``totals`` are the sums of the documents' amounts. All amounts are rupees, those of credit notes below zero. A
voided document is left out: what it posted was taken back on the same date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import same_state
from importer.sandbox.call import Answer, Call, one
from importer.sandbox.exact_json import decode, midnight
from importer.sandbox.ledger.currency import in_rupees
from importer.sandbox.ledger.lines import rates_of
from importer.sandbox.money import exact_tax_of, paise, rupees
from importer.sandbox.resources.report_ledger import branch_wanted

Taxes = Mapping[str, Row]
BY_LINE: Final = ("taxable_value", "cgst", "sgst", "igst", "cess")
# What is added to the taxable value -> its column.
ADDED: Final = {"cgst": "cgst", "sgst": "sgst", "igst": "igst", "cess": "cess"} | {
    "shipping_charge": "shipping",
    "adjustment": "adjustment",
    "round_off": "round_off",
}
AMOUNTS: Final = ("taxable_value", *ADDED, "tds_amount", "total")
COLUMNS: Final = """d.org, d.branch_id, d.created, d.id, d.number, d.date, d.reference, d.customer_id,
    d.place_of_supply, d.currency, d.exchange_rate, d.lines, d.cgst, d.sgst, d.igst, d.cess, d.round_off,
    d.base_total"""
SOLD: Final = f"""SELECT d.*, c.name AS contact_name, b.state FROM (
    SELECT 'invoice' AS kind, {COLUMNS}, d.shipping, d.adjustment, d.tds FROM invoices d WHERE d.state = 'POSTED'
    UNION ALL SELECT 'credit note' AS kind, {COLUMNS}, 0, 0, 0 FROM credit_notes d
    WHERE d.state <> 'CANCELLED' AND d.side = 'customer') d
    JOIN contacts c ON c.id = d.customer_id JOIN branches b ON b.id = d.branch_id
    WHERE d.org = ? AND (? IS NULL OR d.date >= ?) AND (? IS NULL OR d.date <= ?) AND (? IS NULL OR d.branch_id = ?)
    ORDER BY d.date, d.created"""  # noqa: S608  (own words)


def sales_register(call: Call) -> Answer:
    begin, end = call.query_day("from_date"), call.query_day("to_date")
    branch = branch_wanted(call)
    values = (call.org, begin, begin, end, end, branch, branch)
    taxes = {row["id"]: row for row in call.db.rows("SELECT * FROM taxes WHERE org = ?", (call.org,))}
    sold = [(document, _posted(document)) for document in call.db.rows(SOLD, values)]
    report = {
        "from_date": midnight(begin),
        "to_date": midnight(end),
        "rows": [row for document, posted in sold for row in _rows(call, taxes, document, posted)],
        "documents": [_document(document, posted) for document, posted in sold],
        "totals": {name: rupees(sum(posted[name] for _, posted in sold)) for name in AMOUNTS},
    }
    return one("sales_register", report)


def _posted(document: Row) -> dict[str, int]:
    """What a document has in the journal, in paise of rupees, by the names of AMOUNTS.

    The taxable value is the rest, as the journal's rounding has it.
    """
    sign, rate = _sign(document), document["exchange_rate"]
    posted = {name: sign * in_rupees(document[column], rate) for name, column in ADDED.items()}
    tds, total = sign * in_rupees(document["tds"], rate), sign * document["base_total"]
    return {"taxable_value": total + tds - sum(posted.values()), **posted, "tds_amount": tds, "total": total}


def _rows(call: Call, taxes: Taxes, document: Row, posted: dict[str, int]) -> Iterator[Answer]:
    sign = _sign(document)
    left = [posted[name] for name in BY_LINE]
    for line in decode(document["lines"]):
        amounts = [
            sign * in_rupees(amount, document["exchange_rate"]) for amount in _priced(call, taxes, document, line)
        ]
        left = [rest - amount for rest, amount in zip(left, amounts, strict=True)]
        yield _row(document, line, amounts)
    if any(left):
        yield _row(document, {"name": "Rounding"}, left)


def _sign(document: Row) -> int:
    return 1 if document["kind"] == "invoice" else -1


def _priced(call: Call, taxes: Taxes, document: Row, line: dict[str, Any]) -> tuple[int, ...]:
    """The taxable value of a line and its tax by component, in hundredths of the document's currency."""
    amount = paise(Decimal(line["item_total"]))
    tax = taxes.get(line["tax_id"])
    if tax is None:
        return (amount, 0, 0, 0, 0)
    intra_state = same_state(document["place_of_supply"], document["state"])
    exact = exact_tax_of(amount, rates_of(tax), intra_state=intra_state)
    rounded = exact.rounded(halves=call.switches.tax_parts == "halves")
    return (amount, rounded.cgst, rounded.sgst, rounded.igst, rounded.cess)


def _row(document: Row, line: dict[str, Any], amounts: Sequence[int]) -> Answer:
    shown = {name: line.get(name) for name in ("line_item_id", "name", "hsn_or_sac", "quantity")}
    return _heading(document) | shown | {name: rupees(amount) for name, amount in zip(BY_LINE, amounts, strict=True)}


def _document(document: Row, posted: dict[str, int]) -> Answer:
    own = {"reference_number": document["reference"], "currency_code": document["currency"]}
    return _heading(document) | own | {name: rupees(posted[name]) for name in AMOUNTS}


def _heading(document: Row) -> Answer:
    return {
        "type": document["kind"],
        "id": document["id"],
        "number": document["number"],
        "date": midnight(document["date"]),
        "contact_id": document["customer_id"],
        "contact_name": document["contact_name"],
        "place_of_supply": document["place_of_supply"],
    }
