"""Credit notes against the invoice that they name: C1, C2 and C3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem, Ref, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]

BASE = """
contacts: [{{key: acme, contact_name: Acme}}, {{key: zen, contact_name: Zen}}]
invoices:
  - {{key: I, customer: acme, date: {issued}, place_of_supply: IN-KA, auto_approve: "true",
     line_items: [{{name: A, quantity: "1", rate: "100", tax: GST 18%}}]}}
credit_notes:
{notes}
"""


def note(key: str = "C", day: str = "2026-05-25", rate: str = "10", tax: str = "GST 18%", more: str = "") -> str:
    taxed = f", tax: {tax}" if tax else ""
    line = f'{{name: Back, quantity: "1", rate: "{rate}"{taxed}}}'
    return f"  - {{key: {key}, customer: acme, date: {day}, line_items: [{line}]{more}}}"


def text(*notes: str, issued: str = "2026-05-19") -> str:
    return BASE.format(issued=issued, notes="\n".join(notes))


LINK = ", invoice: I"


def applied(amount: str) -> str:
    return f', applications: [{{invoice: I, amount: "{amount}"}}]'


def test_a_note_that_follows_its_invoice_is_fine(codes: Codes) -> None:
    assert codes(text(note(more=LINK))) == []
    assert codes(text(note(day="2026-05-19", more=LINK))) == []


def test_a_note_is_not_dated_before_its_invoice(problems: Problems) -> None:
    (problem,) = problems(text(note(day="2026-05-18", more=LINK)))
    assert (problem.code, problem.severity, problem.pointer) == ("C1", Severity.ERROR, "/credit_notes/0/date")
    assert [place.file for place in problem.related] == ["invoices/0/date"]


def test_a_note_may_be_applied_to_a_later_invoice(codes: Codes) -> None:
    assert codes(text(note(day="2026-05-18", more=applied("10")))) == []


def test_a_note_is_of_the_customer_of_its_invoice(problems: Problems) -> None:
    (problem,) = problems(text(note(more=LINK).replace("acme", "zen")))
    assert (problem.code, problem.severity, problem.pointer) == ("C1", Severity.ERROR, "/credit_notes/0/invoice")
    assert '"zen"' in problem.message
    assert '"acme"' in problem.message
    assert [place.file for place in problem.related] == ["invoices/0/customer"]


def test_another_customer_is_told_once_where_the_note_is_applied_as_well(codes: Codes) -> None:
    found = codes(text(note(more=LINK + applied("10")).replace("acme", "zen")))
    assert found == [("allocation-other-customer", "/credit_notes/0/applications/0")]


def test_a_customer_by_id_and_one_by_key_may_be_the_same(codes: Codes) -> None:
    assert codes(text(note(more=LINK).replace("customer: acme", "customer_id: ct_1"))) == []


def test_a_note_larger_than_its_invoice_is_warned_of_at_its_lines(problems: Problems) -> None:
    assert problems(text(note(rate="100", more=LINK))) == []
    (problem,) = problems(text(note(rate="100.10", more=LINK)))
    assert (problem.code, problem.severity) == ("C1", Severity.WARNING)
    assert problem.pointer == "/credit_notes/0/line_items"
    assert "the credit note C comes to 118.11, more than the invoice I, which comes to 118.00" in problem.message


def test_several_notes_together_are_told_at_the_one_that_passes_it(problems: Problems) -> None:
    three = [note(key, rate="50", more=LINK) for key in ("C1", "C2", "C3")]
    assert problems(text(*three[:2])) == []
    (problem,) = problems(text(*three))
    assert (problem.code, problem.pointer) == ("C1", "/credit_notes/2/line_items")
    assert "the 3 notes up to the credit note C3 come to 177.00" in problem.message
    assert [place.file for place in problem.related] == ["invoices/0", "credit_notes/0", "credit_notes/1"]


def test_a_note_without_tax_may_give_back_the_tax_as_well(codes: Codes) -> None:
    assert codes(text(note(rate="118", tax="", more=LINK))) == []
    assert codes(text(note(rate="118.01", tax="", more=LINK))) == [("C1", "/credit_notes/0/line_items")]


SECOND = """
invoices:
  - {key: J, customer: acme, date: 2026-05-20, place_of_supply: IN-KA, auto_approve: "true",
     line_items: [{name: A, quantity: "1", rate: "100", tax: GST 18%}]}
"""


def over_both(rate: str) -> str:
    """A note that names the invoice I, and is applied to it and to J."""
    both = ', applications: [{invoice: I, amount: "118"}, {invoice: J, amount: "118"}]'
    return text(note(rate=rate, more=LINK + both)).replace("\ninvoices:", SECOND.rstrip())


def test_a_note_over_several_invoices_is_compared_with_all_of_them(problems: Problems) -> None:
    assert problems(over_both("200")) == []
    (problem,) = problems(over_both("200.10"))
    assert (problem.code, problem.severity) == ("C1", Severity.WARNING)
    assert "comes to 236.11, more than the 2 documents that are named or settled, which come to 236.00" in (
        problem.message
    )
    assert {place.file for place in problem.related} == {"invoices/0", "invoices/1"}


def test_a_note_over_an_invoice_that_is_not_known_is_not_compared(codes: Codes) -> None:
    unknown = ', applications: [{invoice_id: inv_1, amount: "10"}]'
    assert codes(text(note(rate="500", more=LINK + unknown))) == []


def test_what_is_applied_too_much_is_told_once(codes: Codes) -> None:
    found = codes(text(note(rate="200", more=LINK + applied("200"))))
    assert found == [("allocations-exceed-invoice", "/credit_notes/0/applications/0/amount")]
    assert codes(text(note(rate="200", more=LINK + applied("118")))) == [("C1", "/credit_notes/0/line_items")]


def test_a_total_that_cannot_be_told_is_not_compared(codes: Codes) -> None:
    of_the_org = '{name: Back, item_id: it_1, quantity: "1"}'
    line = '{name: Back, quantity: "1", rate: "10", tax: GST 18%}'
    assert codes(text(note(more=LINK).replace(line, of_the_org))) == []


def test_where_a_tax_tells_no_rate_the_note_comes_to_its_lines_at_least(problems: Problems) -> None:
    assert problems(text(note(rate="100", tax="Standard", more=LINK))) == []
    (problem,) = problems(text(note(rate="500", tax="Standard", more=LINK)))
    assert "comes to at least 500.00, more than the invoice I, which comes to 118.00" in problem.message


@pytest.mark.parametrize(
    ("issued", "day", "late"),
    [
        ("2024-04-01", "2025-11-30", False),
        ("2024-04-01", "2025-12-01", True),
        ("2025-03-31", "2025-11-30", False),
        ("2025-03-31", "2025-12-01", True),
        ("2025-04-01", "2025-12-01", False),
        ("2025-04-01", "2026-11-30", False),
        ("2024-02-29", "2024-12-01", True),
    ],
)
def test_gst_is_lowered_up_to_30_november_after_the_financial_year(
    codes: Codes, issued: str, day: str, late: bool
) -> None:
    found = codes(text(note(day=day, more=LINK), issued=issued))
    assert found == ([("C2", "/credit_notes/0/date")] if late else [])


def test_the_only_invoice_that_a_note_is_applied_to_tells_its_last_day(problems: Problems) -> None:
    assert problems(text(note(day="2027-11-30", more=applied("10")))) == []
    (problem,) = problems(text(note(day="2027-12-01", more=applied("10"))))
    assert (problem.code, problem.severity, problem.pointer) == ("C2", Severity.WARNING, "/credit_notes/0/date")
    assert "or give the `invoice` that it belongs to" in problem.help


@pytest.mark.parametrize(
    "more",
    [
        ', applications: [{invoice: I, amount: "5"}, {invoice_id: inv_1, amount: "5"}]',  # a newer one, for all we know
        ', invoice_id: inv_1, applications: [{invoice: I, amount: "5"}]',
        ', applications: [{invoice_id: inv_1, amount: "5"}]',
    ],
)
def test_which_invoice_a_note_belongs_to_is_not_guessed(codes: Codes, more: str) -> None:
    assert codes(text(note(day="2027-12-01", more=more))) == []


def test_a_late_note_is_a_warning_that_names_the_day(problems: Problems) -> None:
    (problem,) = problems(text(note(day="2027-12-01", more=LINK)))
    assert problem.severity is Severity.WARNING
    assert "30 November 2027" in problem.message
    assert "2026-27" in problem.message


@pytest.mark.parametrize("tax", ["", "GST 0%", "Exempt"])
def test_without_gst_a_note_is_never_late_and_needs_no_invoice(codes: Codes, tax: str) -> None:
    assert codes(text(note(day="2030-12-01", tax=tax, more=LINK))) == []
    assert codes(text(note(tax=tax))) == []


def test_an_invoice_from_before_the_gst_has_no_last_day(codes: Codes) -> None:
    old = text(note(day="2019-01-01", more=LINK), issued="2017-06-30").replace("tax: GST 18%", "tax: VAT 20%", 1)
    assert codes(old) == []


def test_a_note_that_lowers_gst_names_an_invoice(problems: Problems) -> None:
    (problem,) = problems(text(note()))
    assert (problem.code, problem.severity, problem.pointer) == ("C3", Severity.WARNING, "/credit_notes/0")
    assert "`invoice`" in problem.help


@pytest.mark.parametrize("more", [LINK, ", invoice_id: inv_1", ", bill_id: b_1", applied("10")])
def test_any_way_to_name_it_will_do(codes: Codes, more: str) -> None:
    assert codes(text(note(more=more))) == []


def test_an_invoice_that_is_not_there_is_told_once(codes: Codes) -> None:
    assert codes(text(note(more=", invoice: gone"))) == [("unresolved-reference", "/credit_notes/0/invoice")]


def test_an_invoice_that_only_the_state_knows_counts(codes: Codes) -> None:
    said = {
        Ref("contacts", "acme"): {"key": "acme"},
        Ref("invoices", "I"): {"key": "I", "customer": "zen", "date": "2026-06-01", "auto_approve": True},
    }
    assert codes("credit_notes:\n" + note(more=LINK), said=said) == [
        ("C1", "/credit_notes/0/date"),
        ("C1", "/credit_notes/0/invoice"),
    ]


def test_a_note_of_another_customer_takes_no_room_of_the_right_ones(codes: Codes) -> None:
    wrong = note("A", rate="90", more=LINK).replace("customer: acme", "customer: zen")
    assert codes(text(wrong, note("B", rate="95", more=LINK))) == [("C1", "/credit_notes/0/invoice")]


def test_notes_that_only_the_state_knows_take_room_of_their_invoice(problems: Problems, codes: Codes) -> None:
    lines = [{"name": "Back", "quantity": "1", "rate": "60", "tax": "GST 18%"}]
    old: dict[str, object] = {
        "key": "OLD",
        "customer": "acme",
        "date": "2026-05-25",
        "invoice": "I",
        "line_items": lines,
    }
    said = {Ref("credit_notes", "OLD"): old}
    assert codes(text(note("B", rate="40", more=LINK)), said=said) == []
    (problem,) = problems(text(note("B", rate="41", more=LINK)), said=said)
    assert (problem.code, problem.severity) == ("C1", Severity.WARNING)
    assert "the 2 notes up to the credit note B come to 119.18" in problem.message
    said[Ref("credit_notes", "OLD")]["customer"] = "zen"
    assert codes(text(note("B", rate="41", more=LINK)), said=said) == []


def test_notes_of_the_state_that_are_too_much_by_themselves_are_done(codes: Codes) -> None:
    lines = [{"name": "Back", "quantity": "1", "rate": "160", "tax": "GST 18%"}]
    old = {"key": "OLD", "customer": "acme", "date": "2026-05-25", "invoice": "I", "line_items": lines}
    said = {Ref("credit_notes", "OLD"): old}
    assert codes(text(), said=said) == []
    assert codes(text(note("B", rate="1", more=LINK)), said=said) == [("C1", "/credit_notes/0/line_items")]
