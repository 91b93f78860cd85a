from __future__ import annotations

from decimal import Decimal

import pytest

from importer.checks.rates import OfflineRates, Rates
from importer.delivery.compare import Expected
from importer.model import Action
from importer.plan.decide import decide
from importer.plan.expected import Expectations
from importer.plan.known import Known
from importer.plan.money_moved import counted, money_moved
from importer.plan.names import OrgRates
from importer.plan.value import Money
from plan.books import ACME, CREDITED, NAMES, ORDER, PAID, SALE, document, documents, manifest, receipts_of

D = Decimal
TAXED = ORDER.replace("rate: 100", "rate: 100, tax: GST 18%")
OUTGOING = PAID.replace("INCOMING", "OUTGOING").replace("allocations: [{invoice: ORDER-1, amount: 60}]", "")


def moved(*texts: str, rates: Rates | None = None, known: Known | None = None) -> Money:
    expectations = Expectations(manifest(*texts), {}, rates or OrgRates(NAMES))
    return money_moved(decide(documents(*texts), known or Known()), expectations)


def test_outstanding_is_billed_less_received_less_credited() -> None:
    assert moved(SALE) == Money(D(100), D(60), D(40), D(0))
    assert moved(ACME, TAXED, PAID, CREDITED) == Money(D(118), D(60), D(40), D(18))


def test_a_plan_without_documents_of_money_moves_nothing() -> None:
    assert moved(ACME) == Money(D(0), D(0), D(0), D(0))


def test_a_round_off_of_the_document_is_billed_too() -> None:
    assert moved(ACME, TAXED.replace("auto_approve: true", "auto_approve: true, round_off: '-0.40'")).billed == D(
        "117.60"
    )


@pytest.mark.parametrize(
    "text", [ORDER.replace("auto_approve: true", "auto_approve: false"), ORDER.replace("auto_approve: true,", "")]
)
def test_a_draft_moves_nothing(text: str) -> None:
    assert not counted(document(text))
    assert moved(ACME, text).billed == 0


def test_money_that_goes_out_is_not_received() -> None:
    assert not counted(document(OUTGOING))
    assert moved(ACME, OUTGOING) == Money(D(0), D(0), D(0), D(0))


def test_another_currency_counts_at_its_own_exchange_rate_and_is_not_known_without_one() -> None:
    dollars = ORDER.replace("auto_approve: true", "auto_approve: true, currency_code: USD")
    assert moved(ACME, dollars).billed is None
    assert moved(ACME, dollars.replace("USD", "USD, exchange_rate: '80.005'")).billed == D("8000.50")


def test_a_vendors_credit_is_not_credited_to_a_customer() -> None:
    assert not counted(document(CREDITED.replace("date:", "bill_id: b_1, date:", 1)))


def test_what_is_in_the_books_already_moves_nothing() -> None:
    known = Known(receipts=receipts_of(documents(SALE), parts=False))
    assert moved(SALE, known=known) == Money(D(0), D(0), D(0), D(0))
    assert any(step.action is Action.APPLY for step in decide(documents(SALE), known))


def test_an_unknown_rate_leaves_the_billed_and_the_outstanding_unknown() -> None:
    text = ORDER.replace("rate: 100", "rate: 100, tax: GST 7%")
    assert moved(ACME, text, PAID) == Money(None, D(60), D(0), None)


def test_offline_the_tax_is_only_known_between_bounds() -> None:
    assert moved(ACME, TAXED, rates=OfflineRates()).billed is None
    assert moved(ACME, ORDER, rates=OfflineRates()).billed == D(100)


def test_one_unknown_amount_is_not_hidden_by_a_known_one_after_it() -> None:
    two = (
        ACME
        + ORDER.replace("rate: 100", "rate: 100, tax: GST 7%")
        + ORDER.replace("invoices:", "").replace("ORDER-1", "ORDER-2")
    )
    assert moved(two).billed is None


def expected(text: str, kind: str = "invoices") -> Expected | None:
    files = manifest(text)
    one = next(one for one in files.documents if one.kind == kind)
    return Expectations(files, {}, OrgRates(NAMES)).expected(one)


def test_what_the_books_should_hold_is_computed_before_round_off() -> None:
    text = TAXED.replace("auto_approve: true", "auto_approve: true, round_off: '-0.40'")
    assert expected(text) == Expected(D(118), D(118), 1, D("-0.40"))
    assert expected(TAXED) == Expected(D(118), D(118), 1, None)


def test_each_line_adds_a_paisa_of_tolerance() -> None:
    found = expected(ORDER.replace("[{name: Work", "[{name: More, quantity: 2, rate: '0.01'}, {name: Work"))
    assert found is not None
    assert (found.low, found.lines, found.tolerance) == (D("100.02"), 2, D("0.02"))


def test_nothing_is_computed_for_what_has_no_lines_or_no_known_rate() -> None:
    assert expected(PAID, "payments") is None
    assert expected(ACME, "contacts") is None
    assert expected(ORDER.replace("rate: 100", "rate: 100, tax: GST 7%")) is None


def test_an_item_of_the_manifest_gives_its_rate_and_tax() -> None:
    text = "items: [{key: w, name: W, rate: 12000, tax: GST 18%}]" + ORDER.replace("name: Work,", "item: w,").replace(
        ", rate: 100", ""
    )
    assert expected(text) == Expected(D(14160), D(14160), 1, None)
