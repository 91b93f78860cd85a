from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from importer.model import Problem, Ref, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]

TDS = frozenset({"payments.tds_amount"})
BASE = """
contacts: [{{key: acme, contact_name: Acme}}, {{key: zen, contact_name: Zen}}]
invoices:
  - {{key: I, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: "true",
     line_items: [{{name: A, quantity: "1", rate: "100", tax: GST 18%}}]{invoice}}}
payments:
{payments}
credit_notes:
{notes}
"""


def pay(key: str, amount: str, *shares: str, contact: str = "contact: acme") -> str:
    listed = ", ".join(f'{{invoice: I, amount: "{share}"}}' for share in shares)
    return (
        f'  - {{key: {key}, flow: INCOMING, {contact}, date: 2026-05-19, amount: "{amount}", allocations: [{listed}]}}'
    )


def note(key: str, rate: str, *shares: str) -> str:
    listed = ", ".join(f'{{invoice: I, amount: "{share}"}}' for share in shares)
    line = f'{{name: Back, quantity: "1", rate: "{rate}"}}'
    return f"  - {{key: {key}, customer: acme, date: 2026-05-25, line_items: [{line}], applications: [{listed}]}}"


def text(*, payments: str = "", notes: str = "", invoice: str = "") -> str:
    return BASE.format(payments=payments or "  []", notes=notes or "  []", invoice=invoice)


def test_a_payment_of_the_whole_invoice_is_fine(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "118", "118"))) == []


def test_no_rounding_explains_more_than_a_total_of_whole_rupees(codes: Codes) -> None:
    found = codes(text(payments=pay("P", "200", "118.01")))
    assert found == [("allocations-exceed-invoice", "/payments/0/allocations/0/amount")]


def test_a_total_with_paise_may_be_rounded_up_to_the_rupee_and_no_further(codes: Codes) -> None:
    taxed = ('rate: "100", tax', 'rate: "100.50", tax')  # 118.59
    assert codes(text(payments=pay("P", "200", "119.00")).replace(*taxed)) == []
    found = codes(text(payments=pay("P", "200", "119.01")).replace(*taxed))
    assert found == [("allocations-exceed-invoice", "/payments/0/allocations/0/amount")]


def test_with_a_round_off_of_its_own_nothing_is_explained_by_rounding(codes: Codes) -> None:
    given = ', round_off: "0"'
    assert codes(text(payments=pay("P", "200", "118.00"), invoice=given)) == []
    assert [code for code, _ in codes(text(payments=pay("P", "200", "118.01"), invoice=given))] == [
        "allocations-exceed-invoice"
    ]


def test_payments_and_notes_together_may_not_exceed_the_invoice(problems: Problems) -> None:
    found = problems(
        text(payments=pay("P1", "60", "60") + "\n" + pay("P2", "50", "50"), notes=note("C1", "9.50", "9.50"))
    )
    (problem,) = found
    assert problem.code == "allocations-exceed-invoice"
    assert problem.pointer == "/credit_notes/0/applications/0/amount"  # notes go after payments
    assert "119.50 is settled of the invoice I, which is worth at most 118.00" in problem.message
    assert "payments/P1 (60.00), payments/P2 (50.00)" in problem.message
    assert [place.file for place in problem.related] == [
        "invoices/0",
        "payments/0/allocations/0/amount",
        "payments/1/allocations/0/amount",
    ]


def test_many_others_are_counted_and_not_listed(problems: Problems) -> None:
    (problem,) = problems(text(payments="\n".join(pay(f"P{at}", "20", "20") for at in range(9))))
    assert "payments/P5 (20.00)" in problem.message.split("besides")[0]
    assert problem.message.endswith("and 3 more")


def test_what_the_state_remembers_of_other_payments_counts(problems: Problems) -> None:
    said = {
        Ref("payments", "OLD"): {
            "key": "OLD",
            "contact": "acme",
            "amount": "100",
            "allocations": [{"invoice": "I", "amount": "100"}],
        }
    }
    (problem,) = problems(text(payments=pay("P", "30", "30")), said=said)
    assert (problem.code, problem.pointer) == ("allocations-exceed-invoice", "/payments/0/allocations/0/amount")
    assert "payments/OLD (100.00)" in problem.message
    assert problems(text(), said=said) == []


def test_a_receipt_of_a_document_that_is_given_is_not_counted_twice(codes: Codes) -> None:
    said = {Ref("payments", "P"): {"key": "P", "allocations": [{"invoice": "I", "amount": "100"}]}}
    assert codes(text(payments=pay("P", "118", "118")), said=said) == []


def test_an_invoice_of_the_state_is_known_by_what_it_said(codes: Codes) -> None:
    said: dict[Ref, dict[str, object]] = {
        Ref("contacts", "acme"): {"key": "acme"},
        Ref("invoices", "I"): {
            "key": "I",
            "customer": "acme",
            "auto_approve": True,
            "line_items": [{"name": "A", "quantity": "1", "rate": "100"}],
        },
    }
    alone = f"payments:\n{pay('P', '200', '100')}"
    assert codes(alone, said=said) == []
    assert [code for code, _ in codes(alone.replace('"100"', '"102"'), said=said)] == ["allocations-exceed-invoice"]
    said[Ref("invoices", "I")]["auto_approve"] = False
    assert [code for code, _ in codes(alone, said=said)] == ["allocation-to-draft"]


def test_a_payment_cannot_give_more_than_it_has(problems: Problems) -> None:
    (problem,) = problems(text(payments=pay("P", "99.99", "100")))
    assert (problem.code, problem.pointer) == ("allocations-exceed-payment", "/payments/0/allocations/0/amount")
    assert "come to 100.00, but it is worth 99.99" in problem.message


def test_a_note_cannot_give_more_than_its_total(codes: Codes) -> None:
    assert codes(text(notes=note("C", "49.50", "30", "20"))) == []  # rounded up to the rupee
    found = codes(text(notes=note("C", "50", "30", "20.01")))
    assert found == [("applications-exceed-note", "/credit_notes/0/applications/1/amount")]


def test_a_note_may_name_one_invoice_twice_and_a_payment_may_not(codes: Codes) -> None:
    assert codes(text(notes=note("C", "50", "20", "20"))) == []
    assert codes(text(payments=pay("P", "50", "20", "20"))) == [("repeated-allocation", "/payments/0/allocations/1")]


def test_a_raw_target_named_twice_is_seen_too(codes: Codes) -> None:
    raw = """
    payments:
      - {key: P, flow: OUTGOING, contact_id: v, date: 2026-05-19, amount: "9",
         allocations: [{bill_id: b, amount: "1"}, {bill_id: c, amount: "1"}, {bill_id: b, amount: "1"}]}"""
    assert codes(raw) == [("repeated-allocation", "/payments/0/allocations/2")]


def test_nobody_pays_for_somebody_else(problems: Problems) -> None:
    (problem,) = problems(text(payments=pay("P", "50", "50", contact="contact: zen")))
    assert (problem.code, problem.pointer) == ("allocation-other-customer", "/payments/0/allocations/0")
    assert '"zen"' in problem.message
    assert '"acme"' in problem.message


def test_a_party_by_key_and_one_by_id_may_be_the_same(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "50", "50", contact="contact_id: ct_1"))) == []


def test_two_raw_ids_that_differ_are_two_parties(codes: Codes) -> None:
    raw = text(payments=pay("P", "50", "50", contact="contact_id: ct_1")).replace(
        "customer: acme, date", "customer_id: ct_2, date", 1
    )
    assert [code for code, _ in codes(raw)] == ["allocation-other-customer"]


@pytest.mark.parametrize("approve", ["", ', auto_approve: "false"'])
def test_a_draft_cannot_be_paid(problems: Problems, approve: str) -> None:
    (problem,) = problems(text(payments=pay("P", "50", "50")).replace(', auto_approve: "true"', approve))
    assert (problem.code, problem.pointer) == ("allocation-to-draft", "/payments/0/allocations/0")
    assert "`auto_approve: true`" in problem.help


def test_an_approval_that_cannot_be_read_is_not_taken_for_none(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "50", "50")).replace('"true"', "maybe")) == []


def test_an_amount_of_nothing_settles_nothing(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "50", "0"))) == [("amount-not-positive", "/payments/0/allocations/0/amount")]


def test_an_invoice_whose_total_cannot_be_told_is_left_alone(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "5000", "5000")).replace("tax: GST 18%", "tax_id: tx_1")) == []


@pytest.mark.parametrize(
    ("rate", "round_off", "granted"),
    [
        ("10.50", ', round_off: "0"', "12.39, or 12.40 if FinzBooks rounds it up"),
        ("10.50", "", "12.39, or 13.00 if FinzBooks rounds it up"),
        ("100", "", "118.00"),
    ],
)
def test_the_limit_that_is_named_is_the_one_that_is_granted(
    problems: Problems, rate: str, round_off: str, granted: str
) -> None:
    limit = Decimal(granted.split()[-6] if " or " in granted else granted)
    owed = text(invoice=round_off, payments=pay("P", "200", "{}")).replace('rate: "100"', f'rate: "{rate}"')
    assert problems(owed.replace("{}", str(limit))) == []
    (problem,) = problems(owed.replace("{}", str(limit + Decimal("0.01"))))
    assert f"which is worth at most {granted}: payments/P" in problem.message


def test_with_the_rates_of_the_org_the_bound_is_exact(codes: Codes) -> None:
    class Exempt:
        def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal]:
            return Decimal(0), Decimal(0)

    paid = text(payments=pay("P", "118", "118"))
    assert [code for code, _ in codes(paid, rates=Exempt())] == ["allocations-exceed-invoice"]


def test_a_payment_whose_key_was_there_before_is_counted_once(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "118", "118") + "\n" + pay("P", "118", "118"))) == []


def kept(amount: str, tds: str, *shares: str) -> str:
    return text(payments=pay("P", amount, *shares)).replace("allocations", f'tds_amount: "{tds}", allocations', 1)


@pytest.mark.parametrize(
    ("amount", "tds", "share"),
    [
        ("108", "10", "118"),  # with the tax among the allocations
        ("108", "10", "108"),  # with the tax on top of them (GST rules, section 10)
        ("300", "30", "118"),  # an advance, of which the tax may be a part
    ],
)
def test_tax_kept_back_settles_besides_what_reached_the_bank(codes: Codes, amount: str, tds: str, share: str) -> None:
    assert codes(kept(amount, tds, share), allow_unverified=TDS) == []


def test_what_was_allocated_and_kept_back_may_not_exceed_the_invoice(problems: Problems) -> None:
    (problem,) = problems(kept("108", "10.01", "108"), allow_unverified=TDS)
    assert (problem.code, problem.pointer) == ("allocations-exceed-invoice", "/payments/0/tds_amount")
    assert "118.01 is settled of the invoice I, which is worth at most 118.00" in problem.message
    assert "payments/P (10.01 kept back) besides payments/P (108.00)" in problem.message
    assert "kept back" in problem.help


def test_what_is_allocated_with_the_tax_may_not_exceed_the_payment(problems: Problems) -> None:
    (problem,) = problems(kept("100", "10", "110.01"), allow_unverified=TDS)
    assert problem.code == "allocations-exceed-payment"
    assert problem.message.endswith("it is worth 100.00, or 110.00 with what was kept back or charged")


@pytest.mark.parametrize(("tds", "found"), [("36", []), ("36.01", ["allocations-exceed-invoice"])])
def test_tax_kept_back_of_several_invoices_fits_into_what_they_have_left(
    problems: Problems, tds: str, found: list[str]
) -> None:
    other = text().split("- ")[1].replace("key: I", "key: J").split("payments")[0]
    both = (
        kept("200", tds, "100", "100")
        .replace("invoice: I", "invoice: J", 1)
        .replace("payments:", f"  - {other}payments:", 1)
    )
    told = problems(both, allow_unverified=TDS)
    assert [one.code for one in told] == found
    assert not told or (told[0].pointer, told[0].message) == (
        "/payments/0/tds_amount",
        "36.01 was kept back of the payment P, but what it settles has 36.00 left",
    )


def test_money_that_is_paid_out_settles_no_sale_and_is_not_counted(problems: Problems) -> None:
    paid = text(payments=pay("P", "118", "118") + "\n" + pay("Q", "118", "118").replace("INCOMING", "OUTGOING"))
    (problem,) = problems(paid)
    assert (problem.code, problem.pointer) == ("allocation-of-money-out", "/payments/1/allocations/0")
    assert "`flow: INCOMING`" in problem.help
    assert [place.file for place in problem.related] == ["payments/1/flow"]


def test_money_that_is_paid_out_settles_no_sale_by_its_id_either(codes: Codes) -> None:
    paid = text(payments=pay("Q", "118", "118").replace("INCOMING", "OUTGOING").replace("invoice: I", "invoice_id: i"))
    assert codes(paid) == [("allocation-of-money-out", "/payments/0/allocations/0")]


def test_a_flow_that_cannot_be_read_is_not_taken_for_one(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "118", "118").replace("INCOMING", "OUT"))) == []


def in_currencies(invoice: str, payment: str, contact: str = "", amount: str = "85000") -> str:
    held = {
        "I": f", currency_code: {invoice}" if invoice else "",
        "P": f"currency_code: {payment}, " if payment else "",
    }
    paid = pay("P", amount, amount).replace("allocations", f"{held['P']}allocations")
    return text(payments=paid, invoice=held["I"]).replace(
        "contact_name: Acme", "contact_name: Acme" + (f", currency_code: {contact}" if contact else "")
    )


def test_amounts_in_two_currencies_are_not_compared_but_told_of(problems: Problems) -> None:
    (problem,) = problems(in_currencies("USD", "INR"))
    assert (problem.code, problem.severity) == ("allocation-other-currency", Severity.WARNING)
    assert (problem.pointer, problem.related[0].file) == ("/payments/0/allocations/0", "invoices/0/currency_code")


@pytest.mark.parametrize(("invoice", "payment", "contact"), [("USD", "", ""), ("", "INR", "USD"), ("", "USD", "USD")])
def test_where_a_currency_is_not_known_nothing_is_compared_and_nothing_told(
    codes: Codes, invoice: str, payment: str, contact: str
) -> None:
    assert codes(in_currencies(invoice, payment, contact)) == []


@pytest.mark.parametrize(
    ("invoice", "payment", "contact"), [("USD", "USD", ""), ("usd", "USD", ""), ("INR", "", ""), ("", "", "USD")]
)
def test_amounts_in_one_currency_are_compared(codes: Codes, invoice: str, payment: str, contact: str) -> None:
    found = [code for code, _ in codes(in_currencies(invoice, payment, contact))]
    assert "allocations-exceed-invoice" in found
    assert codes(in_currencies(invoice, payment, contact, amount="118")) == []


def test_of_a_payment_only_what_is_in_its_currency_is_added_up(codes: Codes) -> None:
    paid = in_currencies("USD", "INR", amount="118").replace('amount: "118", currency', 'amount: "10", currency')
    assert [code for code, _ in codes(paid)] == ["allocation-other-currency"]


def test_a_note_has_the_currency_of_what_it_lowers(codes: Codes) -> None:
    noted = text(notes=note("C", "500", "500"), invoice=", currency_code: USD")
    assert [code for code, _ in codes(noted)] == ["allocations-exceed-invoice"]
