from __future__ import annotations

from decimal import Decimal

import pytest

from importer.model import Ref
from importer.plan.body import Bindings, Unbound, body, remembered_body
from importer.plan.names import Names
from importer.plan.said import said
from plan.books import ACME, BANKS, CREDITED, NAMES, ORDER, PAID, document

BOUND = {Ref("contacts", "acme"): "ct_1", Ref("invoices", "ORDER-1"): "inv_1"}
TWO_BANKS = Names({"bank_accounts": (*BANKS, {"account_id": "acc_cash", "code": "1030", "name": "Cash"})})


def test_references_become_ids_and_amounts_stay_decimals() -> None:
    sent = body(document(PAID), Bindings(BOUND, NAMES))
    assert sent == {
        "flow": "INCOMING",
        "contact_id": "ct_1",
        "date": "2026-05-20",
        "amount": Decimal(60),
        "allocations": [{"invoice_id": "inv_1", "amount": Decimal(60)}],
        "mode": "BANK_TRANSFER",
        "reference_number": "UTR-1",
        "bank_account_id": "acc_hdfc",
    }


def test_names_become_ids_by_name_and_by_code() -> None:
    text = "items: [{key: w, name: W, rate: '12000', hsn_sac: '0402', tax: GST 18%, account: '4010'}]"
    assert body(document(text), Bindings(names=NAMES)) == {
        "name": "W",
        "rate": Decimal(12000),
        "hsn_sac": "0402",
        "tax_id": "tx_18",
        "account_id": "acc_consulting",
    }


def test_raw_ids_pass_as_they_are() -> None:
    text = """
    invoices: [{key: I, customer_id: ct_9, date: 2026-05-19, place_of_supply: IN-KA, branch_id: br_9,
                line_items: [{item_id: it_9, quantity: 2, tax_id: tx_9}]}]
    """
    sent = body(document(text), Bindings())
    assert (sent["customer_id"], sent["branch_id"]) == ("ct_9", "br_9")
    assert sent["line_items"] == [{"item_id": "it_9", "quantity": Decimal(2), "tax_id": "tx_9"}]


def test_the_date_of_an_invoice_is_sent_as_midnight_and_that_of_a_note_plain() -> None:
    assert body(document(ORDER), Bindings(BOUND, NAMES))["date"] == "2026-05-19T00:00:00"
    assert body(document(CREDITED), Bindings(BOUND, NAMES))["date"] == "2026-05-21"


def test_neither_the_key_nor_what_is_applied_later_is_sent() -> None:
    assert body(document(CREDITED), Bindings(BOUND, NAMES)).keys() == {
        "customer_id",
        "date",
        "line_items",
        "reference_number",
    }


def test_what_the_document_says_wins_over_what_is_added() -> None:
    text = PAID.replace("amount: 60,", "amount: 60, mode: UPI, reference_number: R, bank_account_id: acc_9,", 1)
    sent = body(document(text), Bindings(BOUND, NAMES))
    assert (sent["mode"], sent["reference_number"], sent["bank_account_id"]) == ("UPI", "R", "acc_9")


def test_the_only_bank_is_sent_and_one_of_several_is_never_chosen() -> None:
    assert body(document(PAID), Bindings(BOUND, NAMES))["bank_account_id"] == "acc_hdfc"
    assert "bank_account_id" not in body(document(PAID), Bindings(BOUND, TWO_BANKS))


def test_a_reference_without_an_id_is_unbound() -> None:
    with pytest.raises(Unbound) as caught:
        body(document(ORDER), Bindings(names=NAMES))
    assert caught.value.missing == "contacts/acme"


@pytest.mark.parametrize("name", ["Current", "hdfc current", ""])
def test_a_name_that_is_not_exactly_one_of_the_orgs_is_unbound(name: str) -> None:
    with pytest.raises(Unbound, match="bank account"):
        Bindings(names=NAMES).name("bank_accounts", name)


def test_an_ambiguous_name_is_unbound() -> None:
    twice = Names({"taxes": ({"tax_id": "a", "name": "GST"}, {"tax_id": "b", "name": "GST"})})
    with pytest.raises(Unbound, match="tax 'GST'"):
        Bindings(names=twice).name("taxes", "GST")


def test_a_partial_body_leaves_out_what_has_no_id_yet() -> None:
    sent = body(document(PAID), Bindings(names=NAMES), partial=True)
    assert "contact_id" not in sent
    assert sent["allocations"] == [{"amount": Decimal(60)}]
    assert sent["amount"] == Decimal(60)


CONTACT = """
contacts:
  - {key: c, contact_name: Ärger GmbH, contact_type: BOTH, payment_terms: 30, opening_balance: "-1500.50",
     billing_address: {city: Pune, zip: "012345"}, contact_persons: [{first_name: Asha, is_primary: true}]}
"""
ITEM = "items: [{key: i, name: Widget, sku: 1e5, rate: '99.50', hsn_sac: '0402', tax: GST 5%}]"


@pytest.mark.parametrize("text", [CONTACT, ITEM, ORDER, PAID, ACME])
def test_a_receipt_remembers_enough_to_say_again_what_was_sent(text: str) -> None:
    one, bound = document(text), Bindings(BOUND, NAMES)
    only_bank_is_not_said = {"bank_account_id"}
    sent = {name: value for name, value in body(one, bound).items() if name not in only_bank_is_not_said}
    assert remembered_body(one.kind, said(one), bound) == sent


def test_a_remembered_reference_that_is_gone_is_left_out() -> None:
    one = document(ORDER)
    assert "customer_id" not in remembered_body(one.kind, said(one), Bindings(names=NAMES))


def test_ids_may_be_bound_while_documents_are_created() -> None:
    bound = Bindings(names=NAMES)
    bound.ids[Ref("contacts", "acme")] = "ct_new"
    assert body(document(ORDER), bound)["customer_id"] == "ct_new"
