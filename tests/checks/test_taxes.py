"""Tax against the date of its document: D1 and T4."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]

ITEMS = """
contacts: [{key: acme, contact_name: Acme}]
items:
  - {key: tile, name: Tile, type: GOODS, rate: "100", hsn_sac: "69051000", tax: GST 12%}
  - {key: milk, name: Milk, type: GOODS, rate: "100", hsn_sac: "0402", tax: GST 12%}
"""


def invoice(day: str, *lines: str) -> str:
    return (
        f"{ITEMS}invoices: [{{key: I, customer: acme, date: {day}, place_of_supply: IN-KA, "
        f"line_items: [{', '.join(lines)}]}}]"
    )


def line(tax: str, more: str = "") -> str:
    return f'{{name: A, quantity: "1", rate: "100", tax: {tax}{more}}}'


def of_item(key: str) -> str:
    return f'{{item: {key}, quantity: "1"}}'


def note(day: str, tax: str, link: str = "") -> str:
    rest = 'applications: [{invoice: I, amount: "1"}]'
    return (
        f"credit_notes: [{{key: C, customer: acme, date: {day}{link}, {rest}, "
        f'line_items: [{{name: A, quantity: "1", rate: "10", tax: {tax}}}]}}]'
    )


@pytest.mark.parametrize("tax", ["GST 18%", "CGST 9% + SGST 9%", "IGST 28%"])
def test_there_is_no_gst_before_it_began(problems: Problems, tax: str) -> None:
    (problem,) = problems(invoice("2017-06-30", line(tax)))
    assert (problem.code, problem.severity, problem.pointer) == ("D1", Severity.ERROR, "/invoices/0/date")
    assert "1 July 2017" in problem.message
    assert [place.file for place in problem.related] == ["invoices/0/line_items/0/tax"]
    assert problems(invoice("2017-07-01", line(tax))) == []


@pytest.mark.parametrize("tax", ["VAT 20%", "Service Tax 15%", "GST 0%", "Exempt", "18%"])
def test_an_old_document_may_bear_the_taxes_of_its_time(codes: Codes, tax: str) -> None:
    assert codes(invoice("2010-12-01", line(tax))) == []


def test_an_old_document_without_tax_is_fine(codes: Codes) -> None:
    assert codes(invoice("2010-12-01", '{name: A, quantity: "1", rate: "100"}')) == []


def test_gst_from_an_item_is_gst_and_is_shown_there(problems: Problems) -> None:
    (problem,) = problems(invoice("2016-01-01", of_item("milk"), of_item("tile")))
    assert problem.code == "D1"
    assert [place.file for place in problem.related] == ["invoices/0/line_items/0/item", "items/1/tax"]


def test_a_rate_that_ended_is_warned_of_at_its_line(problems: Problems) -> None:
    assert problems(invoice("2025-09-21", line("GST 18%"), line("GST 12%"))) == []
    (problem,) = problems(invoice("2025-09-22", line("GST 18%"), line("GST 12%")))
    assert (problem.code, problem.severity) == ("T4", Severity.WARNING)
    assert problem.pointer == "/invoices/0/line_items/1/tax"
    assert "line 2" in problem.message
    assert "on 2025-09-22" in problem.message
    assert "22 September 2025" in problem.help


def test_a_rate_that_never_was_is_warned_of(problems: Problems) -> None:
    (problem,) = problems(invoice("2024-05-19", line("GST 17.99%")))
    assert (problem.code, problem.severity) == ("T4", Severity.WARNING)
    assert "17.99%" in problem.message


def test_a_rate_above_any_is_an_error(problems: Problems) -> None:
    (problem,) = problems(invoice("2026-05-19", line("GST 50%")))
    assert (problem.code, problem.severity) == ("T4", Severity.ERROR)
    assert problems(invoice("2026-05-19", line("GST 28% + Cess 22%")))[0].severity is Severity.WARNING


@pytest.mark.parametrize(
    "tax", ["GST 40%", "GST 5%", "CGST 9%", "CGST+SGST 18%", "VAT 20%", "Standard", "GST 0%", "GST 2025-26"]
)
def test_rates_in_force_and_names_that_tell_nothing_are_fine(codes: Codes, tax: str) -> None:
    assert codes(invoice("2026-05-19", line(tax))) == []


def test_the_few_goods_that_keep_a_rate_are_known_by_their_code(codes: Codes) -> None:
    assert codes(invoice("2026-05-19", of_item("tile"))) == []
    assert codes(invoice("2026-05-19", line("GST 12%", ', hsn_or_sac: "6815"'))) == []
    assert codes(invoice("2026-05-19", of_item("milk"))) == [("T4", "/invoices/0/line_items/0/item")]


def test_the_code_of_a_line_goes_before_that_of_its_item(codes: Codes) -> None:
    other = '{item: tile, quantity: "1", hsn_or_sac: "0402"}'
    assert codes(invoice("2026-05-19", other)) == [("T4", "/invoices/0/line_items/0/item")]


def test_one_tax_is_told_once_in_a_document(codes: Codes) -> None:
    assert codes(invoice("2026-05-19", *[line("GST 12%")] * 3, line("GST 28%"))) == [
        ("T4", "/invoices/0/line_items/0/tax"),
        ("T4", "/invoices/0/line_items/3/tax"),
    ]


def test_a_right_line_does_not_hide_a_wrong_one_of_the_same_tax(codes: Codes) -> None:
    assert codes(invoice("2026-05-19", of_item("tile"), of_item("milk"))) == [("T4", "/invoices/0/line_items/1/item")]


def test_a_note_bears_the_rate_of_its_invoice(codes: Codes) -> None:
    old = invoice("2025-08-01", line("GST 12%")).replace("IN-KA,", 'IN-KA, auto_approve: "true",')
    assert codes(f"{old}\n{note('2025-12-01', 'GST 12%', ', invoice: I')}") == []
    assert codes(f"{old}\n{note('2025-12-01', 'GST 40%', ', invoice: I')}") == [
        ("T4", "/credit_notes/0/line_items/0/tax")
    ]


def test_a_note_without_a_known_invoice_may_bear_any_rate_there_was(codes: Codes) -> None:
    now = invoice("2026-05-01", line("GST 18%")).replace("IN-KA,", 'IN-KA, auto_approve: "true",')
    assert codes(f"{now}\n{note('2026-05-19', 'GST 12%', ', invoice_id: inv_1')}") == []
    assert codes(f"{now}\n{note('2026-05-19', 'GST 13%', ', invoice_id: inv_1')}") == [
        ("T4", "/credit_notes/0/line_items/0/tax")
    ]


def posted(day: str, *lines: str) -> str:
    return invoice(day, *lines).replace("IN-KA,", 'IN-KA, auto_approve: "true",')


@pytest.mark.parametrize("link", [", invoice: I", ""])
@pytest.mark.parametrize("bricks", ['GST 12%, hsn_or_sac: "69010010"', 'GST 12%, hsn_or_sac: "6901"'])
def test_a_note_for_goods_that_keep_a_rate_needs_no_code(codes: Codes, link: str, bricks: str) -> None:
    assert codes(f"{posted('2025-10-20', line(bricks))}\n{note('2025-12-01', 'GST 12%', link)}") == []


def test_a_code_on_the_invoice_counts_where_its_tax_tells_no_rate(codes: Codes) -> None:
    by_id = '{name: Bricks, quantity: "1", rate: "100", tax_id: tx_1, hsn_or_sac: "69010010"}'
    milk = by_id.replace("69010010", "0402")
    assert codes(f"{posted('2025-10-20', by_id)}\n{note('2025-12-01', 'GST 12%', ', invoice: I')}") == []
    assert codes(f"{posted('2025-10-20', milk)}\n{note('2025-12-01', 'GST 12%', ', invoice: I')}") == [
        ("T4", "/credit_notes/0/line_items/0/tax")
    ]


@pytest.mark.parametrize(("link", "other"), [(", invoice: I", False), ("", True)])
def test_a_note_at_another_rate_than_its_invoice_is_warned_of(problems: Problems, link: str, other: bool) -> None:
    (problem,) = problems(f"{posted('2026-05-01', line('GST 18%'))}\n{note('2026-05-19', 'GST 5%', link)}")
    assert (problem.code, problem.severity) == ("T4", Severity.WARNING)
    assert problem.pointer == "/credit_notes/0/line_items/0/tax"
    assert problem.message.endswith("is a GST of 5%, but the invoice I bears 18%")
    assert ("or give the `invoice` that it belongs to" in problem.help) is other
    assert [place.file for place in problem.related] == ["invoices/0/line_items"]


@pytest.mark.parametrize(
    ("invoiced", "tax"),
    [
        ([line("GST 18%"), line("GST 5%")], "GST 5%"),
        ([line("GST 18%"), line("Standard")], "GST 5%"),  # which may be anything
        ([line("GST 18%"), '{name: A, quantity: "1", rate: "5"}'], "GST 5%"),
        ([line("GST 18%"), '{name: A, quantity: "1", rate: "5", tax_id: tx_1}'], "GST 5%"),
        ([line("GST 18%")], "CGST 9%"),
        ([line("IGST 18%")], "CGST+SGST 18%"),
        ([line("GST 18%")], "GST 0%"),  # between the two of them, without GST
        ([line("GST 0%")], "GST 5%"),
    ],
)
def test_a_rate_that_the_invoice_may_bear_is_fine(codes: Codes, invoiced: list[str], tax: str) -> None:
    assert codes(f"{posted('2026-05-01', *invoiced)}\n{note('2026-05-19', tax, ', invoice: I')}") == []


def test_a_note_above_any_rate_is_an_error_as_on_an_invoice(problems: Problems) -> None:
    (problem,) = problems(f"{posted('2026-05-01', line('GST 18%'))}\n{note('2026-05-19', 'GST 50%', ', invoice: I')}")
    assert (problem.code, problem.severity) == ("T4", Severity.ERROR)


def test_what_is_told_of_an_invoice_is_not_told_of_its_note_again(codes: Codes) -> None:
    wrong = posted("2026-05-01", line("GST 12%"))
    assert codes(f"{wrong}\n{note('2026-05-19', 'GST 12%', ', invoice: I')}") == [
        ("T4", "/invoices/0/line_items/0/tax")
    ]


def test_what_ended_for_its_last_goods_is_not_said_to_be_kept_by_some(problems: Problems) -> None:
    tobacco = line("GST 28%", ', hsn_or_sac: "24022090"')
    assert problems(invoice("2026-01-31", tobacco)) == []
    (problem,) = problems(invoice("2026-02-01", tobacco))
    assert "1 February 2026 for the few that kept it" in problem.help
    assert "that keep it" not in problem.help
    (bricks,) = problems(invoice("2026-02-01", line("GST 12%")))
    assert "that keep it once the line gives their HSN code" in bricks.help
