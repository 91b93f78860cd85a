from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from importer.model import Problem, Ref

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]

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
    assert codes(text(payments=pay("P", "5000", "5000")).replace("GST 18%", "Standard")) == []


def test_with_the_rates_of_the_org_the_bound_is_exact(codes: Codes) -> None:
    class Exempt:
        def percent(self, tax: str | None, tax_id: str | None) -> tuple[Decimal, Decimal]:
            return Decimal(0), Decimal(0)

    paid = text(payments=pay("P", "118", "118"))
    assert [code for code, _ in codes(paid, rates=Exempt())] == ["allocations-exceed-invoice"]


def test_a_payment_whose_key_was_there_before_is_counted_once(codes: Codes) -> None:
    assert codes(text(payments=pay("P", "118", "118") + "\n" + pay("P", "118", "118"))) == []


def test_tax_kept_back_may_be_allocated_as_well(codes: Codes) -> None:
    paid = text(payments=pay("P", "108", "118")).replace('amount: "108"', 'amount: "108", tds_amount: "10"')
    assert codes(paid, allow_unverified=frozenset({"payments.tds_amount"})) == []
