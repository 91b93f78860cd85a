"""Made books of any size: what is imported in a year, in the proportions of a trading firm, right to the paisa.

Of every hundred invoices there are four customers, one item, ninety payments and four credit notes; an invoice has
three lines. 50,000 invoices are 99,500 documents.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Final

Fields = dict[str, object]
LINES: Final = 3
FILES: Final = 1_000  # of books in many of them
_MONTHS: Final = tuple(f"2025-{month:02}" for month in range(4, 13))


def size_of(invoices: int) -> int:
    """How many documents there are with so many invoices."""
    return sum(1 for make in SECTIONS.values() for _ in make(invoices))


def _number(kind: str, invoices: int) -> int:
    shares = {"contacts": invoices // 25, "items": invoices // 100, "credit_notes": invoices // 25}
    return max(1, shares.get(kind, invoices * 9 // 10))


def contacts(invoices: int) -> Iterator[Fields]:
    for at in range(_number("contacts", invoices)):
        address = {"city": "Bengaluru", "state_code": "IN-KA", "zip": f"5600{at % 90 + 1:02}"}
        yield {
            "key": f"c{at}",
            "contact_name": f"Customer {at}",
            "contact_type": "CUSTOMER",
            "billing_address": address,
        }


def items(invoices: int) -> Iterator[Fields]:
    for at in range(_number("items", invoices)):
        yield {"key": f"i{at}", "name": f"Item {at}", "type": "GOODS", "sku": f"SKU-{at:05}", "rate": f"{at + 100}.00",
               "hsn_sac": "0402", "tax": "GST 18%"}  # fmt: skip


def made_invoices(invoices: int) -> Iterator[Fields]:
    for at in range(invoices):
        lines = [{"item": f"i{_item(at, line, invoices)}", "quantity": str(line + 1), "rate": f"{_rate(at)}.00"}
                 for line in range(LINES)]  # fmt: skip
        yield {"key": f"INV-{at:07}", "customer": f"c{_customer(at, invoices)}", "date": _day(at),
               "place_of_supply": "IN-KA", "auto_approve": "true", "line_items": lines}  # fmt: skip


def payments(invoices: int) -> Iterator[Fields]:
    for at in range(_number("payments", invoices)):
        paid = _total(at)
        yield {"key": f"PAY-{at:07}", "flow": "INCOMING", "contact": f"c{_customer(at, invoices)}",
               "date": "2026-01-15", "amount": paid, "mode": "UPI", "bank_account": "HDFC Current",
               "allocations": [{"invoice": f"INV-{at:07}", "amount": paid}]}  # fmt: skip


def credit_notes(invoices: int) -> Iterator[Fields]:
    for at in range(_number("credit_notes", invoices)):
        last = invoices - 1 - at  # of those that nobody has paid
        yield {"key": f"CN-{at:06}", "customer": f"c{_customer(last, invoices)}", "date": "2026-01-20",
               "invoice": f"INV-{last:07}", "line_items": [{"name": "Return", "quantity": "1", "rate": "10.00"}],
               "applications": [{"invoice": f"INV-{last:07}", "amount": "10.00"}]}  # fmt: skip


def _customer(at: int, invoices: int) -> int:
    return at % _number("contacts", invoices)


def _item(at: int, line: int, invoices: int) -> int:
    return (at * LINES + line) % _number("items", invoices)


def _rate(at: int) -> int:
    return 100 + at % 900  # whole rupees: 18 % of them are whole paise


def _total(at: int) -> str:
    paise = _rate(at) * sum(range(1, LINES + 1)) * 118
    return f"{paise // 100}.{paise % 100:02}"


def _day(at: int) -> str:
    return f"{_MONTHS[at % len(_MONTHS)]}-{at % 28 + 1:02}"


SECTIONS: Final = {
    "contacts": contacts,
    "items": items,
    "invoices": made_invoices,
    "payments": payments,
    "credit_notes": credit_notes,
}


def write_yaml(file: Path, invoices: int, *, quoted: bool = False) -> Path:
    """All of them in one file. ``quoted`` puts every text in quotes, for tools that make numbers and dates of it."""
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for kind, make in SECTIONS.items():
            out.write(f"{kind}:\n")
            out.writelines(_entry(fields, quoted=quoted) for fields in make(invoices))
    return file


def write_folder(folder: Path, invoices: int, files: int) -> Path:
    """Spread over about ``files`` files of one kind each."""
    folder.mkdir(parents=True, exist_ok=True)
    each = max(1, -(-size_of(invoices) // files))
    for kind, make in SECTIONS.items():
        for number, chunk in enumerate(_chunks(make(invoices), each)):
            text = "".join(_entry(fields, quoted=False) for fields in chunk)
            (folder / f"{kind}-{number:05}.yaml").write_text(f"{kind}:\n{text}", encoding="utf-8", newline="\n")
    return folder


def write_csv(folder: Path, invoices: int) -> Path:
    """A file for each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, make in SECTIONS.items():
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            names: list[str] = []
            for fields in make(invoices):
                for row in _rows(fields):
                    if not names:
                        names = list(row)
                        rows.writerow(names)
                    rows.writerow([row.get(name, "") for name in names])
    return folder


def _chunks(documents: Iterator[Fields], each: int) -> Iterator[list[Fields]]:
    while chunk := list(islice(documents, each)):
        yield chunk


def _rows(fields: Fields) -> Iterator[dict[str, str]]:
    """A document as rows that repeat its key, each with the next element of every list."""
    flat = dict(_flat("", ((name, value) for name, value in fields.items() if not isinstance(value, list))))
    lists = {name: value for name, value in fields.items() if isinstance(value, list)}
    for elements in zip_longest(*lists.values(), fillvalue={}) if lists else [()]:
        inner = (_flat(f"{name}.", one.items()) for name, one in zip(lists, elements, strict=True))
        yield {**flat, **dict(chain.from_iterable(inner))}
        flat = {name: value if name == "key" else "" for name, value in flat.items()}


def _flat(above: str, pairs: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    for name, value in pairs:
        if isinstance(value, dict):
            yield from _flat(f"{above}{name}.", value.items())
        else:
            yield above + name, str(value)


def _entry(fields: Fields, *, quoted: bool) -> str:
    lines = [f"  {mark} {line}" for mark, line in zip(_marks(), _lines(fields, "", quoted=quoted), strict=False)]
    return "\n".join(lines) + "\n"


def _marks() -> Iterator[str]:
    yield "-"
    while True:
        yield " "


def _lines(fields: Fields, indent: str, *, quoted: bool) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, list):
            yield f"{indent}{name}:"
            for one in value:
                inner = list(_lines(one, "", quoted=quoted))
                yield from (f"{indent}  {'-' if at == 0 else ' '} {line}" for at, line in enumerate(inner))
        elif isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(value, f"{indent}  ", quoted=quoted)
        else:
            yield f'{indent}{name}: "{value}"' if quoted else f"{indent}{name}: {value}"
