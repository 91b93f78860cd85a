"""Turn one day of the UCI Online Retail data into a manifest of CSV files.

    python samples/online-retail/convert.py SOURCE.csv FOLDER

writes FOLDER/books/*.csv (the manifest), FOLDER/repairs.csv.txt (what was wrong in the source, and what was made of it)
and FOLDER/summary.json (counts and sums). The same source gives the same bytes. What the source does not have and had
to be made up stands in README.md beside this file.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Final

from retail_day import (
    NOT_GOODS,
    PAISA,
    Documents,
    Item,
    Repair,
    Row,
    UnknownPatternError,
    group,
    leave_out,
    make_items,
    name_walk_ins,
    read,
    total,
)

PLACE_OF_SUPPLY: Final = "IN-KA"
BANK_ACCOUNT: Final = "HDFC Current"
PAYS_IN_FULL: Final = 2  # every second known customer, in the order of the customer numbers
PAYS_HALF: Final = 5  # every fifth, unless it is a second one

Cells = tuple[str, ...]
Table = tuple[Cells, list[Cells]]
Applications = Mapping[str, tuple[str, Decimal]]  # cancellation -> invoice and amount


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that one customer is made to have paid; ``parts`` are the invoices it settles."""

    customer: str
    day: str
    parts: tuple[tuple[str, Decimal], ...]

    @property
    def amount(self) -> Decimal:
        return sum((amount for _, amount in self.parts), Decimal(0))


def link_cancellations(documents: Documents) -> dict[str, tuple[str, Decimal]]:
    """Cancellation number -> the invoice it takes goods back from, and its worth.

    The source names no invoice. One is linked only if it is the only one before, on the same day and of the same
    customer, that has each of the cancelled codes at the same price and in no smaller quantity.
    """
    links = {}
    for number, rows in documents.items():
        if rows[0].cancels:
            found = [other for other, sold in documents.items() if _covers(sold, rows)]
            if len(found) == 1:
                links[number] = (found[0], -total(rows))
    taken = Counter(invoice for invoice, _ in links.values())
    return {number: link for number, link in links.items() if taken[link[0]] == 1}


def _covers(sold: Sequence[Row], cancelled: Sequence[Row]) -> bool:
    """Whether ``cancelled`` can be goods of ``sold``. A walk-in customer may be anybody: never the same one."""
    if sold[0].cancels or sold[0].line > cancelled[0].line:
        return False
    if sold[0].customer != cancelled[0].customer or not sold[0].of_known_customer:
        return False
    left: Counter[tuple[str, Decimal]] = Counter()
    for row in (*sold, *cancelled):
        left[row.code, row.price] += row.quantity
    return all(left[row.code, row.price] >= 0 for row in cancelled)


def make_receipts(documents: Documents, applications: Applications) -> list[Receipt]:
    """Made up: who pays, and how much of what is open after ``applications``. Walk-in customers pay nothing here."""
    open_amounts = {number: total(rows) for number, rows in documents.items() if not rows[0].cancels}
    for invoice, amount in applications.values():
        open_amounts[invoice] -= amount
    by_customer: defaultdict[str, list[str]] = defaultdict(list)
    for number in open_amounts:
        if documents[number][0].of_known_customer:
            by_customer[documents[number][0].customer].append(number)
    receipts = []
    for position, (customer, invoices) in enumerate(sorted(by_customer.items()), 1):
        money = sum((open_amounts[number] for number in invoices), Decimal(0))
        if position % PAYS_IN_FULL:
            money = Decimal(0) if position % PAYS_HALF else (money / 2).quantize(PAISA, ROUND_DOWN)
        parts = _allocate(money, [(number, open_amounts[number]) for number in invoices])
        if parts:
            receipts.append(Receipt(customer, documents[invoices[0]][0].day, parts))
    return receipts


def _allocate(money: Decimal, debts: Iterable[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    """Spread ``money`` over ``debts`` from the first on, none above what is open."""
    parts = []
    for number, debt in debts:
        part = min(money, debt)
        if part > 0:
            parts.append((number, part))
        money -= part
    return tuple(parts)


def contacts_table(documents: Documents) -> Table:
    countries: dict[str, str] = {}
    for number, (first, *_) in documents.items():
        if countries.setdefault(first.customer, first.country) != first.country:
            raise UnknownPatternError(f"line {first.line}: {number} puts {first.customer} into a second country")
    header = ("key", "contact_name", "contact_type", "billing_address.country")
    return header, [(key, _contact_name(key, land), "CUSTOMER", land) for key, land in sorted(countries.items())]


def _contact_name(key: str, country: str) -> str:
    return f"Customer {key}" if key.isdigit() else f"Walk-in customer ({country})"


def items_table(items: Mapping[str, Item]) -> Table:
    header = ("key", "name", "sku", "type", "rate")
    return header, [
        (item.code, item.name, item.code, "SERVICE" if item.code in NOT_GOODS else "GOODS", f"{item.rate:.2f}")
        for item in items.values()
    ]


LINE: Final = ("line_items.item", "line_items.name", "line_items.quantity", "line_items.rate")


def _line(row: Row, items: Mapping[str, Item]) -> Cells:
    """The cells under LINE. The name is given only where the item has another one."""
    name = "" if row.description == items[row.code].name else row.description
    return (row.code, name, str(abs(row.quantity)), f"{row.price:.2f}")


def invoices_table(documents: Documents, items: Mapping[str, Item]) -> Table:
    """The header fields are repeated on every row, as a spreadsheet exports them."""
    header = ("key", "customer", "date", "place_of_supply", "auto_approve", "round_off", *LINE)
    return header, [
        (number, row.customer, row.day, PLACE_OF_SUPPLY, "true", "0", *_line(row, items))
        for number, rows in documents.items()
        if not rows[0].cancels
        for row in rows
    ]


def credit_notes_table(documents: Documents, items: Mapping[str, Item], applications: Applications) -> Table:
    """The header fields stand on the first row of a note and are blank on the others."""
    table = []
    for number, rows in documents.items():
        if rows[0].cancels:
            invoice, amount = applications.get(number, ("", None))
            notes = f"Cancellation, goods of {invoice}" if invoice else "Cancellation, the source names no invoice"
            head: Cells = (rows[0].customer, invoice, rows[0].day, notes)
            tail: Cells = (invoice, "" if amount is None else f"{amount:.2f}")
            for row in rows:
                table.append((number, *head, *_line(row, items), *tail))
                head, tail = ("",) * len(head), ("",) * len(tail)
    return ("key", "customer", "invoice", "date", "notes", *LINE, "applications.invoice", "applications.amount"), table


def payments_table(receipts: Iterable[Receipt]) -> Table:
    """The header fields stand on the first row of a receipt and are blank on the others."""
    table = []
    for receipt in receipts:
        key = f"RCPT-{receipt.day}-{receipt.customer}"
        amount, day = f"{receipt.amount:.2f}", receipt.day
        head: Cells = ("INCOMING", receipt.customer, day, amount, "BANK_TRANSFER", BANK_ACCOUNT)
        for invoice, part in receipt.parts:
            table.append((key, *head, invoice, f"{part:.2f}"))
            head = ("",) * len(head)
    fields = ("key", "flow", "contact", "date", "amount", "mode", "bank_account")
    return (*fields, "allocations.invoice", "allocations.amount"), table


def summarise(
    source: Path,
    rows: Sequence[Row],
    tables: Mapping[str, Table],
    receipts: Iterable[Receipt],
    repairs: Iterable[Repair],
) -> dict[str, object]:
    """Counts and sums for people; money as decimal text."""
    kept = [row for row in rows if row.worth != 0]
    billed, credited = total(row for row in kept if not row.cancels), -total(row for row in kept if row.cancels)
    received = sum((receipt.amount for receipt in receipts), Decimal(0))
    money = {"billed": billed, "received": received, "credited": credited, "outstanding": billed - received - credited}
    return {
        "source": {"file": source.name, "rows": len(rows), "documents": len({row.document for row in rows})},
        "documents": {kind: len({cells[0] for cells in body}) for kind, (_, body) in tables.items()},
        "rows": {kind: len(body) for kind, (_, body) in tables.items()},
        "money": {name: f"{amount:.2f}" for name, amount in money.items()},
        "repairs": dict(sorted(Counter(repair.rule for repair in repairs).items())),
        "rows_left_out": len(rows) - len(kept),
        "repeated_rows_kept": len(kept) - len({row._replace(line=0) for row in kept}),
    }


def write_csv(path: Path, header: Cells, body: Iterable[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(body)


def convert(source: Path, folder: Path) -> dict[str, object]:
    """Write the manifest, the repairs and the summary into ``folder``; returns the summary."""
    rows, repairs = read(source)
    documents, left_out = leave_out(group(rows))
    items, renamed = make_items([row for lines in documents.values() for row in lines])
    repairs += sorted([*left_out, *renamed, *name_walk_ins(documents)], key=lambda repair: int(repair.source_line))
    applications = link_cancellations(documents)
    receipts = make_receipts(documents, applications)
    tables = {
        "contacts": contacts_table(documents),
        "items": items_table(items),
        "invoices": invoices_table(documents, items),
        "payments": payments_table(receipts),
        "credit_notes": credit_notes_table(documents, items, applications),
    }
    (folder / "books").mkdir(parents=True, exist_ok=True)
    for kind, (header, body) in tables.items():
        write_csv(folder / "books" / f"{kind}.csv", header, body)
    write_csv(folder / "repairs.csv.txt", ("source_line", "document", "rule", "what", "from", "to", "why"), repairs)
    summary = summarise(source, rows, tables, receipts, repairs)
    (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8", newline="\n")
    return summary


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 all is written, 1 the source cannot be read or holds an unknown pattern, 2 wrong usage."""
    if len(arguments) != 2:
        sys.stderr.write("usage: convert.py SOURCE.csv FOLDER\n")
        return 2
    try:
        summary = convert(Path(arguments[0]), Path(arguments[1]))
    except (UnknownPatternError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return 1
    sys.stdout.write(json.dumps(summary["documents"]) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
