"""One fault of each rule of the field, planted in a copy of a good sample: it is found, and nothing besides.

A row of ``PLANTED`` names the rule, its level, and the replacements that break it: file, text, new text. The text
stands once in its file, so that a row cannot come to nothing when the sample is edited.
"""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from importer.checks.gstin_forms import check_character
from importer.checks.rules import BY_CONTRACT, RULES
from importer.cli.load import load
from importer.model import Severity

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "git-project"
CONTACTS, ITEMS = "masters/contacts.yaml", "masters/items.csv"
INVOICES, NOTES, PAYMENTS = "2026-05/invoices.yaml", "2026-05/credit_notes.yaml", "2026-05/payments.csv"
NO_GSTIN = "contact_name: Meera Kulkarni"  # the only contact without one
REFERENCES = (PAYMENTS, "amount,description", "amount,reference_number")  # what was described is a reference then
TODAY = date(2026, 6, 30)  # after every document of the sample
HER_STATE = "city: Mysuru, state_code: IN-KA"

Change = tuple[str, str, str]


class Planted(NamedTuple):
    """``name`` tells apart the rows of one rule."""

    rule: str
    name: str
    level: Severity
    changes: tuple[Change, ...]


def error(rule: str, name: str, *changes: Change) -> Planted:
    return Planted(rule, name, Severity.ERROR, changes)


def warning(rule: str, name: str, *changes: Change) -> Planted:
    return Planted(rule, name, Severity.WARNING, changes)


def info(rule: str, name: str, *changes: Change) -> Planted:
    return Planted(rule, name, Severity.INFO, changes)


def numbered(invoice: str, number: str) -> Change:
    """A number for an invoice, which is not its key."""
    return INVOICES, f"key: NCR-{invoice}", f"key: NCR-{invoice}\n    invoice_number: {number}"


def with_field(name: str, value: str) -> Change:
    """One more field for the contact that has no GSTIN."""
    return CONTACTS, NO_GSTIN, f"{NO_GSTIN}\n    {name}: {value}"


def gstin(start: str) -> str:
    return start + check_character(start)


PLANTED = (
    error("G1", "a character short", (CONTACTS, "29AAGCF4821K1ZD", "29AAGCF4821K1Z")),
    warning("G1", "an odd fourteenth", (CONTACTS, "29AAGCF4821K1ZD", gstin("29AAGCF4821K1A"))),
    error("G2", "another check character", (CONTACTS, "29AAGCF4821K1ZD", "29AAGCF4821K1ZE")),
    error("G3", "of no state", (CONTACTS, "29AAGCF4821K1ZD", gstin("39AAGCF4821K1Z"))),
    warning(
        "G3",
        "of a state before its division",
        with_field("gst_no", gstin("28ABCPK1234M1Z")),
        (CONTACTS, HER_STATE, "city: Guntur, state_code: IN-AP"),
    ),
    error("G4", "another PAN", with_field("pan", "ABCPK1234M\n    gst_no: " + gstin("29ABCPK1243M1Z"))),
    warning("G5", "billed in another state", (CONTACTS, "state_code: IN-TN", "state_code: IN-KL")),
    warning(
        "G5", "placed in another state", with_field("gst_no", f"{gstin('29ABCPK1234M1Z')}\n    place_of_contact: IN-DL")
    ),
    error("G6", "registered without a number", with_field("gst_treatment", "REGISTERED")),
    warning(
        "G6", "a consumer with one", with_field("gst_treatment", f"CONSUMER\n    gst_no: {gstin('29ABCPK1234M1Z')}")
    ),
    warning("G8", "of another contact", (CONTACTS, "29AAHCC9034D1ZN", "29AAGCF4821K1ZD")),
    warning("H1", "a lost zero", (ITEMS, "09012190", "9012190")),
    warning("H3", "goods with a SAC", (ITEMS, "GOODS,420,09012190", "GOODS,420,998717")),
    warning("H3", "a service with an HSN", (ITEMS, "998717", "84198190")),
    warning(
        "M3", "more than half a rupee", (INVOICES, "due_date: 2026-05-20", "due_date: 2026-05-20\n    round_off: 0.60")
    ),
    error("M3", "more than a rupee", (INVOICES, "due_date: 2026-05-20", "due_date: 2026-05-20\n    round_off: -1.01")),
    warning("N1", "too long", numbered("2605-01", "NCR/2026-2027/001")),
    warning("N1", "with a blank", numbered("2605-01", "NCR 1")),
    info("N2", "a zero in front", numbered("2605-01", "0001")),
    error("N3", "in small letters", numbered("2605-01", "NCR/1"), numbered("2605-02", "ncr/1")),
    warning(
        "N4",
        "of the year before",
        numbered("2605-01", "NCR/1"),
        numbered("2605-02", "ncr/1"),
        (INVOICES, "    date: 2026-05-12", "    date: 2026-03-12"),
    ),
    error("C1", "of another customer", (NOTES, "invoice: NCR-2605-01", "invoice: NCR-2605-02")),
    error("C1", "older than its invoice", (NOTES, "date: 2026-05-22", "date: 2026-05-04")),
    warning("C1", "more than its invoice", (NOTES, "quantity: 5", "quantity: 500")),
    warning("C2", "a year too late", (INVOICES, "    date: 2026-05-05", "    date: 2024-05-05")),
    warning("C3", "of no invoice", (NOTES, "    invoice: NCR-2605-01\n", "")),
    error("D1", "before there was a GST", (INVOICES, "    date: 2026-05-27", "    date: 2016-05-27")),
    warning("D2", "due before it is issued", (INVOICES, "due_date: 2026-05-20", "due_date: 2026-05-02")),
    warning("D2", "paid before it is invoiced", (PAYMENTS, "2026-05-04,5900", "2026-04-04,5900")),
    warning(
        "D2", "in a year to come", (INVOICES, "    date: 2026-05-27\n    due_date: 2026-06-11", "    date: 2062-05-27")
    ),
    warning("R3", "of two contacts", REFERENCES, (PAYMENTS, "Part payment", "NEFT-SBIN526128446")),
    warning("R3", "cut by a spreadsheet", REFERENCES, (PAYMENTS, "Part payment", "1234567890123450000")),
    warning("T4", "a rate that has ended", (INVOICES, "rate: 1150", "rate: 1150, tax: GST 12%")),
    error("T4", "a rate above any", (INVOICES, "rate: 1150", "rate: 1150, tax: GST 50%")),
    error("P1", "of no kind of holder", with_field("pan", "ABCXK1234M")),
    warning("P1", "of a holder that is no longer listed", with_field("pan", "ABCKK1234M")),
    warning("S1", "an address in no state", (CONTACTS, HER_STATE, "city: Mysuru, state_code: IN-ZZ")),
    error("S1", "a supply to no state", (NOTES, "place_of_supply: IN-TN", "place_of_supply: IN-ZZ")),
)


def broken(folder: Path, changes: tuple[Change, ...]) -> Path:
    """A copy of the sample below ``folder``, with the changes."""
    copy = folder / "books"
    shutil.copytree(SAMPLE, copy)
    for name, old, new in changes:
        text = (copy / name).read_text("utf-8")
        assert text.count(old) == 1, (name, old)
        (copy / name).write_text(text.replace(old, new), "utf-8", newline="\n")
    return copy


def found(folder: Path) -> list[tuple[str, Severity]]:
    problems = load((folder,), None, sandbox=False, needs_state=False, today=TODAY).problems
    return [(one.code, one.severity) for one in problems]


def test_the_sample_is_good(tmp_path: Path) -> None:
    assert found(broken(tmp_path, ())) == []


@pytest.mark.parametrize("row", PLANTED, ids=lambda row: f"{row.rule} {row.name}")
def test_a_planted_fault_is_found_and_nothing_besides(tmp_path: Path, row: Planted) -> None:
    assert found(broken(tmp_path, row.changes)) == [(row.rule, row.level)]


def test_every_rule_of_the_field_has_been_planted() -> None:
    assert {row.rule for row in PLANTED} - BY_CONTRACT.keys() == RULES.keys()


def test_no_row_is_there_twice() -> None:
    assert max(Counter((row.rule, row.name) for row in PLANTED).values()) == 1
