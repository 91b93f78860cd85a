from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.sandbox.body import Body
from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.call import Call
from importer.sandbox.ledger.lines import Priced, check_total, price, read_lines, resolve
from importer.sandbox.refusals import Refusal
from importer.sandbox.tokens import authenticate

Pricing = Callable[..., Priced]


@pytest.fixture
def priced(books: Books) -> Pricing:
    """Prices the lines of a body, within the state unless it is said otherwise."""
    token = authenticate(books.db, f"Bearer {SANDBOX_TOKEN}", 0.0)
    call = Call(books, token, books.org_id, "", {}, Body({}))

    def work(*lines: dict[str, Any], intra_state: bool = True) -> Priced:
        return price(call, resolve(call, read_lines(Body({"line_items": list(lines)}))), intra_state=intra_state)

    return work


@pytest.fixture
def tax(books: Books) -> str:
    """The id of GST at 18 per cent."""
    return str(books.db.value("SELECT id FROM taxes WHERE name = 'GST 18%' AND org = ?", (books.org_id,)))


def line(rate: str, quantity: Any = 1, **fields: Any) -> dict[str, Any]:
    return {"name": "Nut", "quantity": Decimal(quantity), "rate": Decimal(rate), **fields}


@pytest.mark.parametrize(
    ("quantity", "rate", "sub_total", "tax_total"),
    [(2, "100", 20000, 3600), (1, "12000", 1200000, 216000), (1, "700", 70000, 12600)],
)
@pytest.mark.parametrize("intra_state", [True, False])
def test_the_examples_of_the_sheet_come_out_the_same_within_a_state_and_across(
    priced: Pricing, tax: str, intra_state: bool, quantity: int, rate: str, sub_total: int, tax_total: int
) -> None:
    result = priced(line(rate, quantity, tax_id=tax), intra_state=intra_state)
    assert (result.sub_total, result.tax.total) == (sub_total, tax_total)
    split = (result.tax.cgst, result.tax.sgst, result.tax.igst)
    assert split == ((tax_total // 2, tax_total // 2, 0) if intra_state else (0, 0, tax_total))


@pytest.mark.fact("10.tax-rounding", "25.11-rounding")
@pytest.mark.parametrize(("rounding", "igst"), [("line", 2), ("document", 1)])
def test_tax_is_rounded_by_line_or_by_document(
    books: Books, priced: Pricing, tax: str, rounding: str, igst: int
) -> None:
    books.settings.set_switches({"tax_rounding": rounding})
    lines = [line("0.03", tax_id=tax)] * 2  # 18 % of 3 paise is 0.54
    assert priced(*lines, intra_state=False).tax.igst == igst


@pytest.mark.fact("11.same-tax")
@pytest.mark.parametrize(
    ("parts", "cgst", "sgst"),
    [("each", 95, 95), ("halves", 95, 94)],  # 9 % of 10.50 is 94.5 paise, 18 % is 189
)
def test_the_halves_of_tax_are_rounded_each_or_together(
    books: Books, priced: Pricing, tax: str, parts: str, cgst: int, sgst: int
) -> None:
    books.settings.set_switches({"tax_parts": parts})
    result = priced(line("10.50", tax_id=tax))
    assert (result.tax.cgst, result.tax.sgst) == (cgst, sgst)


def test_both_switches_of_tax_work_together(books: Books, priced: Pricing, tax: str) -> None:
    books.settings.set_switches({"tax_parts": "halves", "tax_rounding": "document"})
    lines = [line("10.50", tax_id=tax), line("0.03", tax_id=tax)]
    within, across = (priced(*lines, intra_state=intra).tax.total for intra in (True, False))
    assert within == across == 190  # 18 % of 10.53 is 1.8954


@pytest.mark.fact("15.discount", "25.12-discount")
def test_a_discount_is_an_amount_or_a_percentage(books: Books, priced: Pricing) -> None:
    one = line("200.00", discount=Decimal("12.5"))
    assert (priced(one).sub_total, priced(one).shown[0]["discount"]) == (18750, Decimal("12.50"))
    books.settings.set_switches({"discount": "percent"})
    assert (priced(one).sub_total, priced(one).shown[0]["discount"]) == (17500, Decimal("12.5"))


@pytest.mark.parametrize(
    ("unit", "discount"), [("amount", "-0.01"), ("amount", "50.01"), ("percent", "-1"), ("percent", "100.1")]
)
def test_a_discount_is_not_below_zero_nor_above_the_line(
    books: Books, priced: Pricing, unit: str, discount: str
) -> None:
    books.settings.set_switches({"discount": unit})
    with pytest.raises(Refusal) as refused:
        priced(line("50.00", discount=Decimal(discount)))
    assert (refused.value.status, refused.value.field) == (400, "line_items[0].discount")


@pytest.mark.parametrize(("unit", "discount"), [("amount", "50"), ("percent", "100")])
def test_a_discount_may_be_all_of_the_line(books: Books, priced: Pricing, unit: str, discount: str) -> None:
    books.settings.set_switches({"discount": unit})
    assert priced(line("50.00", discount=Decimal(discount))).sub_total == 0


LINES = st.tuples(
    st.decimals(min_value=Decimal("0.001"), max_value=1000, places=3),
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.decimals(min_value=0, max_value=100, places=2),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from(["line", "document"]), st.booleans())
def test_what_is_shown_adds_up_to_what_is_booked(
    books: Books, priced: Pricing, tax: str, drawn: list[tuple[Decimal, Decimal, Decimal]], rounding: str, intra: bool
) -> None:
    books.settings.set_switches({"tax_rounding": rounding, "discount": "percent"})
    lines = [line(str(rate), quantity, discount=off, tax_id=tax) for quantity, rate, off in drawn]
    result = priced(*lines, intra_state=intra)
    shown = sum(round(one["item_total"] * 100) for one in result.shown)
    assert shown == result.sub_total == sum(result.revenue.values())
    slack = Decimal(len(lines) if rounding == "line" else 1)  # a paisa at most for each rounding of two halves
    assert abs(result.tax.total - result.sub_total * Decimal("0.18")) <= slack


@pytest.mark.parametrize(
    ("total", "is_good"), [(1, True), (0, False), (-1, False), (10**15 - 1, True), (10**15, False)]
)
def test_a_total_is_above_zero_and_below_the_largest(total: int, is_good: bool) -> None:
    if is_good:
        check_total(total)
        return
    with pytest.raises(Refusal) as refused:
        check_total(total)
    assert (refused.value.status, refused.value.code) == (400, "validation.invalid_value")
