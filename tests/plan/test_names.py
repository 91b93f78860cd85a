from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.kinds import LOOKUPS
from importer.model import Problem
from importer.plan.names import MOST_CANDIDATES, Names, OrgRates, lookups_needed, named, unknown_names
from plan.books import ACCOUNTS, BANKS, NAMES, PAID, TAXES, document, documents

D = Decimal
ITEM = "items: [{{key: w, name: W, tax: '{tax}', account: '{account}'}}]"
CASH = {"account_id": "acc_cash", "code": "1030", "name": "Cash"}


def problems(text: str, **lists: tuple[dict[str, Any], ...]) -> list[Problem]:
    return list(unknown_names(documents(text), Names({"taxes": TAXES, "accounts": ACCOUNTS, **lists})))


@pytest.mark.parametrize("account", ["Consulting Revenue", "4010", " 4010 "])
def test_an_account_is_found_by_its_exact_name_or_code(account: str) -> None:
    assert NAMES.ids(LOOKUPS["accounts"], account) == ("acc_consulting",)


@pytest.mark.parametrize("account", ["consulting revenue", "Consulting", "401", ""])
def test_nothing_less_than_exact_is_found(account: str) -> None:
    assert NAMES.ids(LOOKUPS["accounts"], account) == ()


def test_a_name_is_found_in_either_unicode_form() -> None:
    names = Names({"taxes": ({"tax_id": "tx_1", "name": "Cafe\N{COMBINING ACUTE ACCENT}"},)})
    assert names.ids(LOOKUPS["taxes"], "Café") == ("tx_1",)


def test_the_name_of_one_and_the_code_of_another_is_ambiguous() -> None:
    names = Names({"accounts": ({"account_id": "a", "name": "4010"}, {"account_id": "b", "name": "B", "code": "4010"})})
    assert names.ids(LOOKUPS["accounts"], "4010") == ("a", "b")


def test_a_row_whose_code_is_its_name_is_one_row() -> None:
    names = Names({"branches": ({"branch_id": "br", "name": "HQ", "code": "HQ"},)})
    assert names.ids(LOOKUPS["branches"], "HQ") == ("br",)


def test_known_names_are_no_problem() -> None:
    assert problems(ITEM.format(tax="GST 18%", account="4010")) == []


def test_an_unknown_name_comes_with_the_nearest_and_with_the_candidates() -> None:
    (found,) = problems(ITEM.format(tax="GST 18", account="4010"))
    assert found.code == "unknown-name"
    assert found.message == 'the org has no tax called "GST 18"'
    assert found.help == 'did you mean "GST 18%"? the org has "GST 18%", "GST 5%"'
    assert found.pointer == "/items/0/tax"
    assert found.place is not None


def test_a_tax_of_another_rate_is_not_suggested() -> None:
    taxes = ({"tax_id": "t28", "name": "GST 28%"}, {"tax_id": "t18", "name": "Output GST @18"})
    (found,) = problems(ITEM.format(tax="GST 18%", account="4010"), taxes=taxes)
    assert 'did you mean "GST 28%"' not in found.help
    assert '"Output GST @18"' in found.help


def test_long_lists_of_candidates_are_cut() -> None:
    many = tuple({"tax_id": f"t{at}", "name": f"Tax {at:02}"} for at in range(MOST_CANDIDATES + 3))
    (found,) = problems(ITEM.format(tax="Nothing like it", account="4010"), taxes=many)
    assert found.help.endswith('"Tax 07" and 3 more')
    assert "did you mean" not in found.help


def test_an_ambiguous_name_offers_the_ids() -> None:
    twice = ({"tax_id": "tx_a", "name": "GST"}, {"tax_id": "tx_b", "name": "GST"})
    (found,) = problems(ITEM.format(tax="GST", account="4010"), taxes=twice)
    assert found.code == "ambiguous-name"
    assert found.help == "give the id instead, as `tax_id`: one of tx_a, tx_b"


def test_a_name_in_a_line_is_found_at_its_place() -> None:
    text = """
    invoices: [{key: I, customer_id: c, date: 2026-05-19, place_of_supply: IN-KA,
                line_items: [{name: A, quantity: 1, rate: 1}, {name: B, quantity: 1, rate: 1, tax: No}]}]
    """
    assert [(path, lookup.name, name) for path, lookup, name in named(document(text))] == [
        (("line_items", 1, "tax"), "taxes", "No")
    ]
    assert [one.pointer for one in problems(text)] == ["/invoices/0/line_items/1/tax"]


def test_a_payment_without_a_bank_is_fine_where_the_org_has_one() -> None:
    assert problems(PAID, bank_accounts=BANKS) == []


def test_a_payment_without_a_bank_is_a_problem_where_the_org_has_several() -> None:
    (found,) = problems(PAID, bank_accounts=(*BANKS, CASH))
    assert found.code == "bank-account-needed"
    assert found.message == "the payment names no bank account, and the org has 2"
    assert found.help == 'give `bank_account`: one of "HDFC Current", "Cash"'


def test_a_payment_is_a_problem_where_the_org_has_no_bank_at_all() -> None:
    (found,) = problems(PAID, bank_accounts=())
    assert found.message == "the payment names no bank account, and the org has 0"
    assert found.help == "open a bank account in FinzBooks first"


@pytest.mark.parametrize("given", ["bank_account: Cash", "bank_account_id: acc_9"])
def test_a_payment_that_says_its_bank_is_fine_where_the_org_has_several(given: str) -> None:
    assert problems(PAID.replace("amount: 60,", f"amount: 60, {given},", 1), bank_accounts=(*BANKS, CASH)) == []


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("contacts: [{key: a, contact_name: A}]", set()),
        (ITEM.format(tax="GST 18%", account="4010"), {"taxes", "accounts"}),
        (PAID, {"bank_accounts"}),
        (PAID.replace("amount: 60,", "amount: 60, bank_account_id: b,", 1), set()),
        ("credit_notes: [{key: c, customer_id: c, date: 2026-05-19}]", set()),
        ("credit_notes: [{key: c, customer_id: c, date: 2026-05-19, line_items: [{name: N, tax_id: t}]}]", {"taxes"}),
    ],
)
def test_only_the_lists_that_are_named_or_computed_with_are_asked_for(text: str, lists: set[str]) -> None:
    written = documents(text)
    assert lookups_needed(written, ((one.kind, one.fields) for one in written)) == lists


@pytest.mark.parametrize(("said", "lists"), [({"tax": "GST 18%"}, {"taxes"}), ({"rate": "10"}, set())])
def test_the_taxes_of_an_item_that_only_the_state_remembers_are_asked_for(said: Any, lists: set[str]) -> None:
    invoice = documents("invoices: [{key: i, customer_id: c, line_items: [{item: w, quantity: 1}]}]")
    assert lookups_needed(invoice, [("items", said)]) == lists


def rates(**tax: Any) -> OrgRates:
    return OrgRates(Names({"taxes": ({"tax_id": "tx", "name": "T", **tax},)}))


@pytest.mark.parametrize(
    ("tax", "percent"),
    [
        ({"shape": "INTRA_STATE", "cgst": 9, "sgst": 9, "igst": 18, "cess": 0}, ("18", "18")),
        ({"shape": "INTRA_STATE", "cgst": 9, "sgst": 9}, ("18", "18")),
        ({"shape": "INTER_STATE", "cgst": 0, "sgst": 0, "igst": D("0.25")}, ("0.25", "0.25")),
        ({"shape": "INTRA_STATE", "cgst": 14, "sgst": 14, "igst": 28, "cess": 12}, ("40", "40")),
        ({"shape": "EXEMPT", "cgst": 0, "sgst": 0, "igst": 0, "cess": 0}, ("0", "0")),
        ({"shape": "RCM", "cgst": 9, "sgst": 9, "igst": 18, "cess": None}, ("0", "18")),
        ({"shape": "NIL_RATED", "igst": 5}, ("0", "5")),
    ],
)
def test_the_rate_of_a_tax_is_both_halves_or_the_whole_and_the_cess(
    tax: dict[str, Any], percent: tuple[str, str]
) -> None:
    expected = (D(percent[0]), D(percent[1]))
    assert rates(**tax).percent("T", None) == expected
    assert rates(**tax).percent(None, "tx") == expected


def test_no_tax_is_none_and_an_unknown_or_ambiguous_one_cannot_be_told() -> None:
    assert rates(igst=18).percent(None, None) == (D(0), D(0))
    assert rates(igst=18).percent("Other", None) is None
    assert rates(igst=18).percent(None, "tx_other") is None
    assert rates(igst="not a number").percent("T", None) is None
    twice = Names({"taxes": ({"tax_id": "a", "name": "T"}, {"tax_id": "b", "name": "T"})})
    assert OrgRates(twice).percent("T", None) is None
