from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from importer.checks import Book
from importer.model import Ref

D = Decimal
MakeBook = Callable[..., Book]

ITEMS = """
items:
  - {key: widget, name: Widget, rate: "12000", tax: GST 18%}
  - {key: odd, name: Odd, rate: "1", tax: Standard}
  - {key: free, name: Free, rate: "1"}
  - {key: raw, name: Raw, rate: "1", tax_id: tx_1}
"""


class Known:
    """The rates of an org that knows one tax."""

    def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal] | None:
        known = {None: D(0), "GST 18%": D(18), "tx_1": D(5)}.get(tax or tax_id)
        return None if known is None else (known, known)


def bounds(book: Book) -> tuple[str, str] | None:
    worth = book.worth(book.entries[-1])
    return (str(worth.low.total), str(worth.high.total)) if worth else None


def invoice(lines: str, more: str = "") -> str:
    return f"{ITEMS}\ninvoices: [{{key: I, line_items: [{lines}]{more}}}]"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('{item: widget, quantity: "1"}', ("12000.00", "14160.00")),
        ('{item: widget, quantity: "2", rate: "100"}', ("200.00", "236.00")),
        ('{item: widget, quantity: "1", tax: GST 28% + Cess 12%}', ("12000.00", "16800.00")),
        ('{name: A, quantity: "1", rate: "100"}', ("100.00", "100.00")),
        ('{item: free, quantity: "1"}', ("1.00", "1.00")),
        ('{item: odd, quantity: "1"}', ("1.00", "4.30")),
        ('{item: odd, quantity: "1", tax: GST 5%}', ("1.00", "1.05")),
        ('{item: raw, quantity: "1"}', None),
        ('{item: gone, quantity: "1"}', None),
        ('{item_id: it_1, quantity: "1"}', None),
        ('{item_id: it_1, quantity: "1", rate: "5"}', None),  # the tax is the item's, which only the org knows
        ('{item_id: it_1, quantity: "1", rate: "100", tax: GST 18%}', ("100.00", "118.00")),
        ('{item: widget, quantity: "1"}, {item: gone, quantity: "1"}', None),
        ('{item: widget, quantity: "one"}', None),
        ('{name: A, quantity: "1"}', None),
        ('{name: A, quantity: "1", rate: "100", discount: "5"}', None),
        ("", None),
    ],
)
def test_offline_a_total_lies_between_no_tax_and_what_the_name_tells(
    book: MakeBook, lines: str, expected: tuple[str, str] | None
) -> None:
    assert bounds(book(invoice(lines))) == expected


def test_the_rates_of_the_org_make_it_exact(book: MakeBook) -> None:
    there = book(invoice('{item: widget, quantity: "1"}, {item: raw, quantity: "100"}'), {}, Known())
    worth = there.worth(there.entries[-1])
    assert worth is not None
    assert worth.exact
    assert worth.high.total == D("14265.00")


def test_a_given_round_off_counts_and_leaves_no_rupee_of_doubt(book: MakeBook) -> None:
    there = book(invoice('{name: A, quantity: "1", rate: "99.60"}', ', round_off: "0.40"'))
    worth = there.worth(there.entries[-1])
    assert worth is not None
    assert (worth.high.total, worth.limit) == (D("100.00"), D("100.00"))


@pytest.mark.parametrize(("rate", "limit"), [("99.60", "100"), ("99.01", "100"), ("100", "100"), ("100.01", "101")])
def test_a_computed_total_may_be_rounded_up_to_a_whole_rupee_and_no_further(
    book: MakeBook, rate: str, limit: str
) -> None:
    there = book(invoice(f'{{name: A, quantity: "1", rate: "{rate}"}}'))
    worth = there.worth(there.entries[-1])
    assert worth is not None
    assert worth.limit == D(limit)


def test_a_line_whose_tax_has_to_be_rounded_may_differ_by_a_paisa(book: MakeBook) -> None:
    text = '{name: A, quantity: "1", rate: "10.50", tax: GST 18%}'
    there = book(invoice(text, ', round_off: "0"'), {}, Known())
    worth = there.worth(there.entries[-1])
    assert worth is not None
    assert (worth.high.total, worth.slack) == (D("12.39"), D("0.01"))


def test_a_tax_with_a_levy_may_differ_by_a_paisa_as_each_part_is_rounded(book: MakeBook) -> None:
    lines = '{name: A, quantity: "1", rate: "11", tax: GST 5% + Cess 1%}'  # 0.275, 0.275 and 0.11
    there = book(invoice(lines, ', round_off: "0"'))
    worth = there.worth(there.entries[-1])
    assert worth is not None
    assert (worth.high.total, worth.limit) == (D("11.66"), D("11.67"))


def test_a_round_off_that_cannot_be_read_leaves_the_total_unknown(book: MakeBook) -> None:
    assert bounds(book(invoice('{name: A, quantity: "1", rate: "1"}', ", round_off: some"))) is None


def test_a_bad_date_does_not_hide_the_total(book: MakeBook) -> None:
    there = book(invoice('{name: A, quantity: "1", rate: "1"}', ", date: soon"))
    assert bounds(there) == ("1.00", "1.00")


def test_a_payment_is_worth_its_amount(book: MakeBook) -> None:
    there = book('payments: [{key: P, amount: "14060"}]')
    worth = there.worth(there.entries[0])
    assert worth is not None
    assert (worth.exact, worth.high.total, worth.slack) == (True, D(14060), D(0))


def test_tax_kept_back_by_the_customer_settles_too(book: MakeBook) -> None:
    there = book('payments: [{key: P, amount: "33487", tds_amount: "339"}]')
    worth = there.worth(there.entries[0])
    assert worth is not None
    assert (worth.high.total, worth.limit) == (D(33487), D(33826))


@pytest.mark.parametrize(
    "text", ["contacts: [{key: a, contact_name: A}]", "payments: [{key: P}]", "invoices: [{key: I}]"]
)
def test_what_has_no_worth_has_none(book: MakeBook, text: str) -> None:
    assert bounds(book(text)) is None


def test_an_item_may_be_known_from_the_state_alone(book: MakeBook) -> None:
    said = {Ref("items", "old"): {"key": "old", "name": "Old", "rate": "50.00", "tax": "GST 18%"}}
    assert bounds(book('invoices: [{key: I, line_items: [{item: old, quantity: "2"}]}]', said)) == ("100.00", "118.00")
