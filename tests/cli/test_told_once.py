"""What is written once is told once, however many documents have it: from defaults, or from an anchor."""

from __future__ import annotations

from pathlib import Path

from cli.command import Ended, command

INVOICE = (
    "  - {{key: I-{at}, customer_id: ct_1, date: 2026-05-19, line_items: [{{name: A, quantity: 1, rate: {at}}}]}}\n"
)
THREE = "invoices:\n" + "".join(INVOICE.format(at=at) for at in (1, 2, 3))


def validated(text: str, folder: Path) -> Ended:
    (folder / "books.yaml").write_text(text, encoding="utf-8")
    return command("validate", "books.yaml")


def test_a_rule_that_a_default_breaks(folder: Path) -> None:
    ended = validated("defaults: {invoices: {place_of_supply: Karnataka}}\n" + THREE, folder)
    assert ended.problems == [("books.yaml:1:40", "S1")]
    assert "which is not the code of a state (the same in 2 more documents)" in ended.out


def test_a_default_that_cannot_be_one_is_not_missed_in_its_documents_as_well(folder: Path) -> None:
    ended = validated("defaults: {invoices: {place_of_supply: [IN-KA]}}\n" + THREE, folder)
    assert ended.problems == [("books.yaml:1:40", "wrong-type")]


def test_defaults_of_another_kind_hide_nothing(folder: Path) -> None:
    ended = validated("defaults: {contacts: {contact_type: [BOTH]}}\n" + THREE, folder)
    assert [code for _, code in ended.problems] == ["wrong-type", *["missing-field"] * 3]


def test_a_value_behind_an_anchor(folder: Path) -> None:
    text = "contacts:\n  - {key: a, contact_name: A, pan: &pan AAPXU0939F}\n  - {key: b, contact_name: B, pan: *pan}\n"
    ended = validated(text, folder)
    assert ended.problems == [("books.yaml:2:36", "P1")]
    assert "(the same in 1 more document)" in ended.out


def test_two_faults_of_one_document_at_one_place_are_both_told(folder: Path) -> None:
    line = "line_items: [{quantity: 1}]"
    text = f"invoices:\n  - {{key: I, customer_id: c, date: 2026-05-19, place_of_supply: IN-KA, {line}}}\n"
    assert [code for _, code in validated(text, folder).problems] == ["missing-field", "missing-field"]


def test_what_cannot_be_read_whole_has_no_total_to_be_exceeded(folder: Path) -> None:
    (folder / "invoices.csv").write_text(
        "key,customer_id,date,place_of_supply,auto_approve,line_items.name,line_items.quantity,line_items.rate\n"
        "I-1,ct_1,2026-05-19,IN-KA,true,A,1,100\nI-1,,,,,B,1,100,9\n"
    )
    (folder / "payments.csv").write_text(
        "key,flow,contact_id,date,amount,bank_account_id,allocations.invoice,allocations.amount\n"
        "P-1,INCOMING,ct_1,2026-05-20,200,ba_1,I-1,200\n"
    )
    assert command("validate", ".").problems == [("invoices.csv:3:17", "row-too-long")]
