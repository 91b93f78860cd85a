"""The data of the samples, checked by arithmetic of its own: nothing here uses the importer's reading of it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from importer import schema

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
RETAIL = SAMPLES / "online-retail"
SOURCE = RETAIL / "source" / "2010-12-01.csv.txt"
BOOKS = sorted((RETAIL / "books").glob("*.csv"))
KINDS = ("contacts", "credit_notes", "invoices", "items", "payments")
LISTS = ("line_items", "allocations", "applications")
CREDIT = "Chen, D. (2015). Online Retail. UCI Machine Learning Repository. https://doi.org/10.24432/C5BW33. CC BY 4.0"

Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def book(kind: str) -> Rows:
    return read(RETAIL / "books" / f"{kind}.csv")


@cache
def heads(kind: str) -> dict[str, dict[str, str]]:
    """The first row of each document, by key."""
    found: dict[str, dict[str, str]] = {}
    for row in book(kind):
        found.setdefault(row["key"], row)
    return found


@cache
def source() -> Rows:
    return read(SOURCE)


def amount(row: dict[str, str]) -> Decimal:
    return Decimal(row["line_items.quantity"]) * Decimal(row["line_items.rate"])


def totals(kind: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in book(kind):
        sums[row["key"]] += amount(row)
    return sums


def settled(kind: str, field: str, by: str) -> dict[str, Decimal]:
    """What the entries of the list ``field`` come to, by the document's own key or by the invoice."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in book(kind):
        if row[f"{field}.amount"]:
            sums[row[by]] += Decimal(row[f"{field}.amount"])
    return sums


def convert(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", str(RETAIL / "convert.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_converter_makes_the_files_that_are_checked_in_byte_for_byte(tmp_path: Path) -> None:
    outcome = convert(SOURCE, tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert set(made) == {*(f"books/{kind}.csv" for kind in KINDS), "repairs.csv.txt", "summary.json"}
    for name, content in made.items():
        assert content == (RETAIL / name).read_bytes(), name


HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("536365,71053,LANTERN,6,2010-12-01 08:26:00,-3.39,17850.0,EIRE", "below zero or finer than a paisa"),
        ("536365,71053,LANTERN,6,2010-12-01 08:26:00,0.001,17850.0,EIRE", "below zero or finer than a paisa"),
        ("536365,71053,LANTERN,-6,2010-12-01 08:26:00,3.39,17850.0,EIRE", "is no cancellation"),
        ("C36365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,EIRE", "is a cancellation"),
        ("536365,71053,,6,2010-12-01 08:26:00,3.39,17850.0,EIRE", "has no description"),
        ("536365,AMAZONFEE,FEE,6,2010-12-01 08:26:00,3.39,17850.0,EIRE", "whether AMAZONFEE is goods"),
        ("536365,71053,LANTERN,six,2010-12-01 08:26:00,3.39,17850.0,EIRE", "not a number"),
        ("536365,71053,LANTERN,6,2010-12-01 08:26:00,NaN,17850.0,EIRE", "not a number"),
    ],
)
def test_the_converter_stops_at_a_row_it_was_not_written_for(tmp_path: Path, row: str, words: str) -> None:
    strange = tmp_path / "strange.csv"
    strange.write_text(HEADER + row + "\n", encoding="utf-8")
    outcome = convert(strange, tmp_path / "out")
    assert outcome.returncode == 1
    assert "line 2:" in outcome.stderr
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    outcome = convert(tmp_path / "none.csv", tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1


def test_every_row_of_the_source_is_one_line_of_a_document_or_one_repair() -> None:
    wanted = Counter(
        (row["InvoiceNo"], row["StockCode"], abs(int(row["Quantity"])), Decimal(row["UnitPrice"])) for row in source()
    )
    written = Counter(
        (row["key"], row["line_items.item"], int(row["line_items.quantity"]), Decimal(row["line_items.rate"]))
        for kind in ("invoices", "credit_notes")
        for row in book(kind)
    )
    left_out = Counter(
        (row["InvoiceNo"], row["StockCode"], abs(int(row["Quantity"])), Decimal(row["UnitPrice"]))
        for repair in read(RETAIL / "repairs.csv.txt")
        if repair["what"] == "row"
        for row in [source()[int(repair["source_line"]) - 2]]
    )
    assert written + left_out == wanted


def test_each_line_keeps_the_words_of_the_source() -> None:
    written = iter([*book("invoices"), *book("credit_notes")])
    names = {row["key"]: row["name"] for row in book("items")}
    kept = [row for row in source() if Decimal(row["UnitPrice"]) != 0]
    for row in sorted(kept, key=lambda row: row["InvoiceNo"].startswith("C")):
        line = next(written)
        said = line["line_items.name"] or names[line["line_items.item"]]
        assert (line["key"], said) == (row["InvoiceNo"], row["Description"].strip())
    assert next(written, None) is None


def test_the_money_of_the_documents_is_the_money_of_the_source() -> None:
    worth: Counter[bool] = Counter()  # whole paise, in integers: another arithmetic than the converter's
    for row in source():
        pounds, _, pence = row["UnitPrice"].partition(".")
        worth[row["InvoiceNo"].startswith("C")] += int(row["Quantity"]) * int(pounds + pence.ljust(2, "0"))
    assert sum(totals("invoices").values()) * 100 == worth[False]
    assert sum(totals("credit_notes").values()) * 100 == -worth[True]


def test_every_document_of_the_source_is_a_document_or_a_repair() -> None:
    repairs = read(RETAIL / "repairs.csv.txt")
    gone = [row["document"] for row in repairs if row["rule"] == "empty-document"]
    numbers = sorted({row["InvoiceNo"] for row in source()})
    assert sorted([*heads("invoices"), *heads("credit_notes"), *gone]) == numbers
    assert all(key.startswith("C") for key in heads("credit_notes"))
    nameless = {row["InvoiceNo"] for row in source() if not row["CustomerID"] and row["InvoiceNo"] not in gone}
    assert {row["document"] for row in repairs if row["rule"] == "no-customer"} == nameless
    assert {key for key, row in heads("invoices").items() if not row["customer"].isdigit()} == nameless


def test_customers_and_dates_are_those_of_the_source() -> None:
    countries = {row["key"]: row["billing_address.country"] for row in book("contacts")}
    documents = {**heads("invoices"), **heads("credit_notes")}
    for row in source():
        if row["InvoiceNo"] in documents:
            head = documents[row["InvoiceNo"]]
            assert head["date"] == row["InvoiceDate"][:10]
            assert countries[head["customer"]] == row["Country"]
            if row["CustomerID"]:
                assert f"{head['customer']}.0" == row["CustomerID"]


def test_the_summary_counts_and_adds_up_what_is_in_the_files() -> None:
    summary = json.loads((RETAIL / "summary.json").read_text(encoding="utf-8"))
    assert summary["documents"] == {kind: len(heads(kind)) for kind in KINDS}
    assert summary["rows"] == {kind: len(book(kind)) for kind in KINDS}
    billed, credited = sum(totals("invoices").values()), sum(totals("credit_notes").values())
    received = sum(Decimal(row["amount"]) for row in heads("payments").values())
    assert {name: Decimal(text) for name, text in summary["money"].items()} == {
        "billed": billed,
        "received": received,
        "credited": credited,
        "outstanding": billed - received - credited,
    }
    assert summary["repairs"] == Counter(row["rule"] for row in read(RETAIL / "repairs.csv.txt"))
    assert summary["source"]["rows"] == len(source())
    assert summary["repeated_rows_kept"] == len(source()) - len({tuple(row.values()) for row in source()})


def test_the_readme_tells_the_figures_of_the_summary_and_gives_the_credit() -> None:
    summary = json.loads((RETAIL / "summary.json").read_text(encoding="utf-8"))
    words = (RETAIL / "README.md").read_text(encoding="utf-8")
    assert CREDIT in words
    figures = [f"{Decimal(text):,}" for text in summary["money"].values()]
    names = {"payments": "receipts", "credit_notes": "credit notes"}
    figures += [f"{count:,} {names.get(kind, kind)}" for kind, count in summary["documents"].items()]
    figures += [f"{summary['source'][what]:,} {what}" for what in ("rows", "documents")]
    figures += [f"{summary['rows']['invoices']:,} invoice lines", f"{summary['rows']['credit_notes']} credit note"]
    figures += [f"{summary['repeated_rows_kept']} rows repeat", f"{summary['rows_left_out']} rows carry no money"]
    figures += [f"{summary['repairs']['no-customer']} invoices name no", f"{summary['repairs']['several-names']} stock"]
    assert [figure for figure in figures if figure not in words] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_never_returns_after_another_one(kind: str) -> None:
    runs = [key for key, _ in groupby(book(kind), key=lambda row: row["key"])]
    assert len(runs) == len(set(runs))
    assert all(key == key.strip() and 1 <= len(key) <= 100 for key in runs)


@pytest.mark.parametrize("kind", KINDS)
def test_later_rows_of_a_document_never_contradict_its_first(kind: str) -> None:
    for row in book(kind):
        for field, cell in row.items():
            if field.partition(".")[0] not in LISTS:
                assert cell in ("", heads(kind)[row["key"]][field]), (row["key"], field)


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_a_field_that_may_be_sent_without_asking(kind: str) -> None:
    known = {".".join(path): field for path, field in schema.fields(kind).items()}
    columns = book(kind)[0].keys()
    assert columns <= known.keys()
    assert [column for column in columns if known[column].certainty == "unverified"] == []


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_the_files_are_plain_utf_8_with_unix_line_ends_and_no_stray_blanks(path: Path) -> None:
    assert b"\r" not in path.read_bytes()
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert all(cell == cell.strip() for row in read(path) for cell in row.values())


def test_every_reference_leads_to_a_document() -> None:
    places = {
        "invoices": {"customer": "contacts", "line_items.item": "items"},
        "payments": {"contact": "contacts", "allocations.invoice": "invoices"},
        "credit_notes": {
            "customer": "contacts",
            "invoice": "invoices",
            "line_items.item": "items",
            "applications.invoice": "invoices",
        },
    }
    for kind, fields in places.items():
        for field, target in fields.items():
            assert {row[field] for row in book(kind)} - {""} <= heads(target).keys(), (kind, field)
    used = {row["line_items.item"] for kind in ("invoices", "credit_notes") for row in book(kind)}
    assert used == heads("items").keys()


def test_money_only_settles_invoices_of_the_same_customer() -> None:
    invoices = heads("invoices")
    for kind, field, party in (("payments", "allocations", "contact"), ("credit_notes", "applications", "customer")):
        for row in book(kind):
            if row[f"{field}.invoice"]:
                assert invoices[row[f"{field}.invoice"]]["customer"] == heads(kind)[row["key"]][party]


def test_no_invoice_is_settled_beyond_its_total() -> None:
    paid = settled("payments", "allocations", "allocations.invoice")
    applied = settled("credit_notes", "applications", "applications.invoice")
    billed = totals("invoices")
    assert paid and applied
    assert all(paid.get(key, 0) + applied.get(key, 0) <= billed[key] for key in {*paid, *applied})


def test_every_receipt_is_allocated_to_the_last_paisa_and_no_note_beyond_its_total() -> None:
    assert settled("payments", "allocations", "key") == {
        key: Decimal(row["amount"]) for key, row in heads("payments").items()
    }
    notes = totals("credit_notes")
    assert all(used <= notes[key] for key, used in settled("credit_notes", "applications", "key").items())
    assert all(Decimal(row["amount"]) > 0 for row in heads("payments").values())


def test_some_customers_have_paid_all_some_a_part_and_some_nothing() -> None:
    billed: dict[str, Decimal] = defaultdict(Decimal)
    for key, total in totals("invoices").items():
        billed[heads("invoices")[key]["customer"]] += total
    for row in book("credit_notes"):
        if row["applications.amount"]:
            billed[row["customer"]] -= Decimal(row["applications.amount"])
    known = sorted(customer for customer in billed if customer.isdigit())
    paid = {row["contact"]: Decimal(row["amount"]) for row in heads("payments").values()}
    assert set(paid) <= set(known)
    for position, customer in enumerate(known, 1):
        if position % 2 == 0:
            assert paid[customer] == billed[customer]
        elif position % 5 == 0:
            assert 0 <= billed[customer] - 2 * paid[customer] <= Decimal("0.01")
        else:
            assert customer not in paid


def test_an_applied_cancellation_takes_back_what_the_invoice_sold_at_that_price() -> None:
    linked = [row for row in book("credit_notes") if row["invoice"]]
    assert [row["key"] for row in linked] == ["C536506"]
    for note in linked:
        sold = sum(
            int(row["line_items.quantity"])
            for row in book("invoices")
            if (row["key"], row["line_items.item"]) == (note["invoice"], note["line_items.item"])
            and row["line_items.rate"] == note["line_items.rate"]
        )
        assert 0 < int(note["line_items.quantity"]) <= sold


def test_no_two_items_share_a_sku_and_no_two_contacts_a_name() -> None:
    assert len({row["sku"] for row in book("items")}) == len(book("items"))
    assert len({row["contact_name"] for row in book("contacts")}) == len(book("contacts"))


@cache
def quickstart() -> Any:
    text = (SAMPLES / "quickstart" / "books.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # BaseLoader: every scalar stays the text that was written


def test_the_quickstart_is_settled_to_the_paisa() -> None:
    books = quickstart()
    (item,), (receipt,), (note,) = (books[kind] for kind in ("items", "payments", "credit_notes"))
    ((sold,),) = (invoice["line_items"] for invoice in books["invoices"])
    (returned,) = note["line_items"]
    assert item["tax"] == "GST 18%"
    billed = Decimal(sold["quantity"]) * Decimal(item["rate"]) * Decimal("1.18")
    assert billed == Decimal("14160.00")
    paid = sum(Decimal(part["amount"]) for part in receipt["allocations"])
    assert paid == Decimal(receipt["amount"]) == Decimal("14060")
    applied = sum(Decimal(part["amount"]) for part in note["applications"])
    assert applied == Decimal(returned["quantity"]) * Decimal(returned["rate"])
    assert billed - paid - applied == 0


def test_the_references_of_the_quickstart_lead_to_its_own_documents() -> None:
    books = quickstart()
    keys = {kind: {entry["key"] for entry in books[kind]} for kind in KINDS}
    (invoice,), (receipt,), (note,) = (books[kind] for kind in ("invoices", "payments", "credit_notes"))
    assert {invoice["customer"], receipt["contact"], note["customer"]} == keys["contacts"]
    assert {line["item"] for line in invoice["line_items"]} == keys["items"]
    settles = [*receipt["allocations"], *note["applications"], note]
    assert {part["invoice"] for part in settles} == keys["invoices"]


def test_the_quickstart_names_the_schema_for_editors_in_its_first_line() -> None:
    path = SAMPLES / "quickstart" / "books.yaml"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    modeline, _, target = first.partition("$schema=")
    assert modeline == "# yaml-language-server: "
    assert (path.parent / target).resolve() == SAMPLES.parent / "schemas" / "manifest.schema.json"


def test_every_sample_is_listed_and_has_a_readme() -> None:
    listed = (SAMPLES / "README.md").read_text(encoding="utf-8")
    folders = [path for path in SAMPLES.iterdir() if path.is_dir()]
    assert {path.name for path in folders} >= {"quickstart", "online-retail"}
    assert all(f"({path.name}/)" in listed and (path / "README.md").is_file() for path in folders)
