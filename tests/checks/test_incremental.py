"""What is checked by what has changed is what a check of everything finds: made-up books, changed at random."""

from __future__ import annotations

import os
from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.checks import incremental, verdict
from importer.checks.incremental import Checked, StateNow, checked
from importer.checks.kept import record_from_bytes, record_to_bytes, verdict_from_bytes, verdict_to_bytes
from importer.checks.record import Record
from importer.checks.rules import AS_THEY_ARE
from importer.checks.run import found
from importer.checks.verdict import Settings, Verdict
from importer.manifest.source import SourceFile
from importer.model import Ref, Severity

EXAMPLES = int(os.environ.get("FINZ_EXAMPLES", "60"))
Entry = dict[str, Any]
Book = dict[str, dict[str, list[Entry]]]  # by file, the entries of each kind

MANY = 30  # documents of a kind
# So many of each that made-up documents now and then have something in common.
NAMES = ("Acme Corp", "acme corp", *(f"Firm {number}" for number in range(40)))
GSTINS = ("27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "27AAPFU0939F1ZA", *[""] * 20)
STATES = ("IN-KA", "IN-MH", "KA")
NUMBERS = (*(f"{letters}-{number}" for letters in ("INV", "inv") for number in range(30)), "0/7", *[""] * 30)
REFERENCES = (*(f"UTR4261123456{number}" for number in range(10, 40)), "PO 17", "426112", *[""] * 30)
DATES = ("2024-05-01", "2025-03-31", "2025-04-01", "2026-11-30", "2027-01-05", "2016-02-01")
TAXES = ("GST 18%", "GST 12%", "GST 5%", "Exempt")
FILES = ("2025/a.yaml", "2025/b.yaml", "c.yaml", "d.yaml", "masters/contacts.yaml", "masters/items.yaml")


class Shelf:
    """Keeps what it is given, as the bytes that a disk would hold."""

    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}
        self.trees: dict[tuple[str, int], str] = {}
        self.last: bytes | None = None

    def record(self, content: str) -> Record | None:
        data = self.records.get(content)
        return None if data is None else record_from_bytes(data, lambda chunk: self.trees[content, chunk])

    def verdict(self) -> Verdict | None:
        return None if self.last is None else verdict_from_bytes(self.last)

    def keep(self, content: str, record: Record) -> Record:
        self.records[content] = record_to_bytes(record)
        self.trees.update({(content, chunk): record.trees(chunk) for chunk in record.chunks})
        return record

    def conclude(self, verdict: Verdict | None) -> None:
        self.last = None if verdict is None else verdict_to_bytes(verdict)

    def drop(self) -> None:
        self.records.clear()
        self.last = None


class Maker:
    """Makes documents of a few keys, names, numbers and days."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def key(self, kind: str) -> str:
        return f"{kind[:3].upper()}{self.random.randrange(MANY)}"

    def contacts(self) -> Entry:
        address = {"state_code": self.one(*STATES), "city": "Pune"}
        return {
            "contact_name": self.one(*NAMES),
            "contact_type": "CUSTOMER",
            "gst_no": self.one(*GSTINS),
            "billing_address": address,
            "currency_code": self.one("", "", "USD"),
        }

    def items(self) -> Entry:
        return {
            "name": self.one(*NAMES),
            "sku": self.one("W-1", "W-2", *[""] * 20),
            "rate": self.one("100", "250.50"),
            "type": self.one("GOODS", "SERVICE"),
            "hsn_sac": self.one("0402", "997331", "402"),
            "tax": self.one(*TAXES),
            "account": "Sales",
        }

    def lines(self) -> list[Entry]:
        line = {"item": self.key("items"), "quantity": self.one("1", "3")}
        return [line | self.one({}, {"rate": "90"}, {"tax": self.one(*TAXES)}) for _ in range(self.one(1, 1, 2))]

    def invoices(self) -> Entry:
        return {
            "customer": self.key("contacts"),
            "date": self.one(*DATES),
            "due_date": self.one("", *DATES),
            "invoice_number": self.one(*NUMBERS),
            "reference_number": self.one(*REFERENCES),
            "auto_approve": self.one("true", "true", "false"),
            "line_items": self.lines(),
        }

    def shares(self) -> list[Entry]:
        amounts = ("100", "118", "50.25", "1000")
        return [
            {"invoice": self.key("invoices"), "amount": self.one(*amounts)} for _ in range(self.one(0, 0, 0, 1, 1, 2))
        ]

    def payments(self) -> Entry:
        return {
            "flow": self.one("INCOMING", "INCOMING", "OUTGOING"),
            "contact": self.key("contacts"),
            "date": self.one(*DATES),
            "amount": self.one("100", "118", "500"),
            "mode": self.one("UPI", "CHEQUE", "BANK_TRANSFER"),
            "reference_number": self.one(*REFERENCES),
            "bank_account": "HDFC",
            "allocations": self.shares(),
        }

    def credit_notes(self) -> Entry:
        return {
            "customer": self.key("contacts"),
            "date": self.one(*DATES),
            "invoice": self.one("", "", self.key("invoices")),
            "reference_number": self.one(*REFERENCES),
            "line_items": self.lines(),
            "applications": self.shares(),
        }

    def entry(self, kind: str) -> Entry:
        made: Entry = {"key": self.key(kind), **getattr(self, kind)()}
        return {name: value for name, value in made.items() if value not in ("", [])}

    def book(self) -> Book:
        """Every key that is referred to is there, once: the masters whole, the rest here and there."""
        book: Book = {name: {} for name in FILES}
        for kind in ("contacts", "items", "invoices", "payments", "credit_notes"):
            for number in range(MANY):
                place = f"masters/{kind}.yaml" if f"masters/{kind}.yaml" in book else self.one(*FILES[:4])
                entry = self.entry(kind) | {"key": f"{kind[:3].upper()}{number}"}
                if kind in ("contacts", "items", "invoices") or self.random.random() < 0.5:
                    book[place].setdefault(kind, []).append(entry)
        return book

    def changed(self, book: Book) -> Book:
        """A few changes such as people make, most of them of one file."""
        book = deepcopy(book)
        for _ in range(self.one(1, 1, 2)):
            spots = [(name, kind, at) for name, some in book.items() for kind in some for at in range(len(some[kind]))]
            name, kind, at = self.random.choice(spots) if spots else ("c.yaml", "contacts", 0)
            how = self.one("field", "field", "field", "anew", "remove", "move", "add", "swap", "file", "line", "none")
            here = book.get(name, {}).get(kind, [])
            if how == "none" or not here:
                continue
            if how == "field":
                new = self.entry(kind)
                field = self.random.choice(sorted(new))
                here[at][field] = new[field]
            elif how == "anew":
                here[at] = self.entry(kind) | {"key": here[at]["key"]}
            elif how == "remove":
                here.pop(at) if kind not in ("contacts", "items") else None
            elif how == "move":
                book.setdefault(self.one(*FILES), {}).setdefault(kind, []).append(here.pop(at))
            elif how == "add":
                here.insert(at, self.entry(kind) | self.one({}, {"key": f"NEW{at}"}, {"key": f"NEW{at}"}))
            elif how == "swap":
                here.reverse()
            elif how == "file":
                book[self.one("2025/e.yaml", "0.yaml")] = book.pop(name)
            else:
                book[name] = {"": []} | book[name]  # one line more above: everything stands elsewhere
        return book


def sources(book: Book) -> list[SourceFile]:
    return [SourceFile(name, text(sections).encode()) for name, sections in sorted(book.items())]


def text(sections: dict[str, list[Entry]]) -> str:
    above = "# a line\n" if "" in sections else ""
    return above + yaml.safe_dump({kind: some for kind, some in sections.items() if some}, sort_keys=False)


def told(book: Book, memory: StateNow, today: date | None, shelf: Shelf | None, rules: Any = AS_THEY_ARE) -> Checked:
    return checked(sources(book), (), memory, Settings(frozenset(), rules, today), shelf)


def state(maker: Maker) -> StateNow:
    """What a state remembers: some documents of the book, and some that no file holds."""
    if maker.random.random() < 0.4:
        return StateNow(None, dict)
    kinds = ("contacts", "invoices", "payments", "credit_notes")
    entries = [(kind, maker.entry(kind)) for kind in kinds for _ in range(maker.one(0, 1, 2))]
    said = {Ref(kind, entry["key"] + maker.one("", "-OLD")): entry for kind, entry in entries}
    return StateNow(("lineage", 7), lambda: said)


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**32), levels=st.sampled_from([{}, {"D2": None}, {"N3": Severity.ERROR, "R3": None}]))
def test_what_is_checked_by_what_has_changed_is_what_a_check_of_everything_finds(seed: int, levels: Any) -> None:
    maker = Maker(Random(seed))
    shelf, book, memory, today = Shelf(), maker.book(), state(maker), date(2026, 11, 24)
    for _ in range(6):
        quick, whole = told(book, memory, today, shelf, levels), told(book, memory, today, None, levels)
        assert quick.found == whole.found
        assert quick.reading == whole.reading
        assert quick.count == whole.count
        book = maker.changed(book)
        today += timedelta(days=maker.one(0, 0, 1, 40))


@pytest.mark.parametrize("seed", range(3))
def test_the_documents_are_those_of_a_whole_reading_and_know_their_places(seed: int) -> None:
    maker = Maker(Random(seed))
    shelf, book, none = Shelf(), maker.book(), StateNow(None, dict)
    told(book, none, None, shelf)
    book = maker.changed(book)
    quick, whole = told(book, none, None, shelf).manifest, told(book, none, None, None).manifest
    assert quick.files == whole.files
    assert [(one.ref, one.fields, one.index, one.file, one.sound) for one in quick.documents] == [
        (one.ref, one.fields, one.index, one.file, one.sound) for one in whole.documents
    ]
    paths = [("key",), ("line_items", 0, "quantity"), ("date",), ()]
    assert [one.place(path) for one in quick.documents for path in paths] == [
        one.place(path) for one in whole.documents for path in paths
    ]


@pytest.mark.parametrize(
    "harm", [b"", b"{}", b"[]", b"null", b'{"clean":true,"ties":["little","AQ","AQ"],"heads":"[]"}', b"\xff"]
)
def test_what_was_damaged_is_made_again(harm: bytes) -> None:
    maker = Maker(Random(5))
    shelf, book, none = Shelf(), maker.book(), StateNow(None, dict)
    whole = told(book, none, None, shelf)
    for part in ("records", "last", "trees"):
        if part == "last":
            shelf.last = harm
        elif part == "records":
            shelf.records = dict.fromkeys(shelf.records, harm)
        else:
            shelf.trees = dict.fromkeys(shelf.trees, "7")
        again = told(book, none, None, shelf)
        assert (again.found, again.reading) == (whole.found, whole.reading)
        assert [one.fields for one in again.manifest.documents] == [one.fields for one in whole.manifest.documents]
        told(book, none, None, shelf)


def test_one_change_among_many_files_has_few_documents_read_and_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    book = large_book()
    shelf, none = Shelf(), StateNow(None, dict)
    told(book, none, None, shelf)
    book["2025/07.yaml"]["invoices"][3]["due_date"] = "2026-11-30"
    looked_at = counted(monkeypatch)
    assert told(book, none, None, shelf).found == told(book, none, None, None).found
    assert looked_at[0] < 10  # the invoice, its customer, its item, its payment
    assert looked_at[1] == sum(len(some) for sections in book.values() for some in sections.values())


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many documents each run of the rules looks at."""
    counts: list[int] = []

    def counting(book: Any, *rest: Any) -> Any:
        counts.append(len(book.entries))
        return found(book, *rest)

    monkeypatch.setattr(incremental, "found", counting)
    monkeypatch.setattr(verdict, "found", counting)
    return counts


def large_book() -> Book:
    """A file of invoices and payments for each of 20 months, and the masters: 420 documents without a problem."""
    contacts = [{"key": f"c{n}", "contact_name": f"Firm {n}", "contact_type": "CUSTOMER"} for n in range(10)]
    item = {"name": "W", "type": "SERVICE", "rate": "100", "hsn_sac": "997331", "tax": "GST 18%", "account": "Sales"}
    items = [item | {"key": f"i{n}", "name": f"Work {n}"} for n in range(10)]
    book: Book = {"masters/all.yaml": {"contacts": contacts, "items": items}}
    for month in range(20):
        numbers = [month * 10 + n for n in range(10)]
        invoices = [
            {
                "key": f"INV{n}",
                "customer": f"c{n % 10}",
                "date": "2026-05-01",
                "place_of_supply": "IN-KA",
                "auto_approve": "true",
                "line_items": [{"item": f"i{n % 10}", "quantity": "1"}],
            }
            for n in numbers
        ]
        payments = [
            {
                "key": f"PAY{n}",
                "flow": "INCOMING",
                "contact": f"c{n % 10}",
                "date": "2026-05-02",
                "amount": "118",
                "mode": "UPI",
                "bank_account": "HDFC",
                "allocations": [{"invoice": f"INV{n}", "amount": "118"}],
            }
            for n in numbers
        ]
        book[f"2025/{month:02}.yaml"] = {"invoices": invoices, "payments": payments}
    return book
