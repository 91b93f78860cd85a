"""An org's set-up in the sandbox: what is copied, and under which accounts is posted from then on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.books import Books
from importer.sandbox.roles import RULES, find_roles
from importer.sandbox.seed import ACCOUNTS
from importer.sandbox.setup import (
    Account,
    BooksInUse,
    Branch,
    CostCenter,
    Currency,
    ExchangeRate,
    Setup,
    Tax,
    held,
    install,
)
from sandbox.client import Api

TAX = Tax("t-9", "GST at nine", "INTRA_STATE", Decimal("4.5"), Decimal("4.50"), Decimal(9), Decimal(0))
SALES = Account("7", "41", "Sale of services", "SALES")
BANK = Account("8", "", "Kotak 4711", "BANK", parent_id="7")
BRANCH = Branch("3", "MUM", "Mumbai", None, "IN-MH", None, True, "MUM", "BMUM")
SMALL = Setup((TAX,), (SALES, BANK), (BRANCH,))


def test_names_and_ids_are_those_of_the_org(api: Api, books: Books) -> None:
    install(books, SMALL)
    assert api.get("/taxes")["taxes"] == [
        {"tax_id": "t-9", "name": "GST at nine", "shape": "INTRA_STATE", "cgst": Decimal("4.5")}
        | {"sgst": Decimal("4.50"), "igst": 9, "cess": 0}
    ]
    accounts = {one["account_id"]: one for one in api.get("/accounts")["accounts"]}
    assert (accounts["7"]["name"], accounts["7"]["code"]) == ("Sale of services", "41")
    assert [one["account_id"] for one in api.get("/bank_accounts")["bank_accounts"]] == ["8"]
    (branch,) = api.get("/branches")["branches"]
    assert (branch["branch_id"], branch["state"], branch["is_default"]) == ("3", "IN-MH", True)


def test_lists_that_were_not_to_be_had_stay_and_others_are_replaced(api: Api, books: Books) -> None:
    install(books, SMALL)
    assert [one["name"] for one in api.get("/cost_centers")["cost_centers"]] == ["Factory", "Head Office"]
    rate = ExchangeRate("fx-1", "USD", "INR", Decimal("84.10"), "2026-05-01", "RBI")
    lists = replace(
        SMALL,
        cost_centers=(CostCenter("c1", "Pune"),),
        currencies=(Currency("INR", "Rupee"),),
        exchange_rates=(rate,),
    )
    install(books, lists)
    assert [one["name"] for one in api.get("/cost_centers")["cost_centers"]] == ["Pune"]
    assert [one["currency_code"] for one in api.get("/currencies")["currencies"]] == ["INR"]
    (shown,) = api.get("/exchange_rates")["exchange_rates"]
    assert (shown["exchange_rate_id"], shown["rate"], shown["source"]) == ("fx-1", Decimal("84.10"), "RBI")


def test_the_org_keeps_its_id_and_its_token_and_another_org_its_set_up(api: Api, books: Books) -> None:
    before = api.get("/whoami")
    other = books.add_org("Elsewhere")
    install(books, SMALL)
    assert api.get("/whoami") == before
    assert books.db.value("SELECT count(*) FROM accounts WHERE org = ?", (other,)) == len(ACCOUNTS)


def test_a_role_that_no_account_is_for_is_made_under_a_name_and_code_that_nobody_uses(books: Books) -> None:
    squatter = Account("9", "SANDBOX-5900", "Round Off (sandbox)", "EQUITY")
    installed = install(books, replace(SMALL, accounts=(SALES, BANK, squatter)))
    assert installed.found == {"sales": SALES}
    assert set(installed.made) == {role for *_, role in ACCOUNTS if role} - {"sales"}
    made = installed.made["round_off"]
    assert (made.code, made.name) == ("SANDBOX-5900 2", "Round Off (sandbox) 2")
    assert installed.made["receivable"].name == "Accounts Receivable (sandbox)"


def test_a_sale_is_booked_under_the_accounts_of_the_org(api: Api, books: Books) -> None:
    installed = install(books, SMALL)
    lines = [{"name": "Work", "quantity": 1, "rate": 100, "tax_id": "t-9"}]
    made = api.invoice(api.contact(), place_of_supply="IN-MH", line_items=lines)
    assert (made["total"], made["invoice_number"][:4]) == (Decimal(109), "MUM-")
    rows = books.db.rows("SELECT account_id, amount FROM postings ORDER BY amount")
    made_of = {role: account.id for role, account in installed.made.items()}
    assert {row["account_id"]: row["amount"] for row in rows} == {
        SALES.id: -10000,
        made_of["cgst"]: -450,
        made_of["sgst"]: -450,
        made_of["receivable"]: 10900,
    }


def test_another_set_up_replaces_the_first_and_leaves_nothing_of_it(books: Books) -> None:
    install(books, SMALL)
    other = Setup((replace(TAX, id="t-1"),), (replace(BANK, id="b"),), (replace(BRANCH, id="x"),))
    for _ in range(2):
        installed = install(books, other)
    org = (books.org_id,)
    assert [row["id"] for row in books.db.rows("SELECT id FROM taxes WHERE org = ?", org)] == ["t-1"]
    assert [row["id"] for row in books.db.rows("SELECT id FROM branches WHERE org = ?", org)] == ["x"]
    accounts = {row["id"] for row in books.db.rows("SELECT id FROM accounts WHERE org = ?", org)}
    assert accounts == {"b"} | {one.id for one in installed.made.values()}


def test_answers_that_speak_of_the_old_set_up_are_forgotten(api: Api, books: Books) -> None:
    body = {"name": "Work", "tax_id": "t-9"}
    assert api.send("POST", "/items", body, key="same").status_code == 404
    install(books, SMALL)
    assert api.send("POST", "/items", body, key="same").status_code == 200


def test_books_that_hold_anything_are_refused_and_stay_as_they_are(api: Api, books: Books) -> None:
    assert held(books) == {}
    api.item()
    before = api.get("/accounts")
    with pytest.raises(BooksInUse) as refused:
        install(books, SMALL)
    assert refused.value.held == held(books) == {"items": 1}
    assert api.get("/accounts") == before
    books.reset()
    install(books, SMALL)


@pytest.mark.parametrize("defaults", [0, 2])
def test_a_set_up_has_one_default_branch(books: Books, defaults: int) -> None:
    branches = tuple(replace(BRANCH, id=str(number), is_default=number < defaults) for number in range(2))
    with pytest.raises(ValueError, match="one default branch"):
        install(books, replace(SMALL, branches=branches))


def test_every_role_of_the_sandbox_has_a_rule_that_finds_its_own_account() -> None:
    own = [Account(code, code, name, account_type) for code, name, account_type, _ in ACCOUNTS]
    assert find_roles(own) == {role: code for code, _, _, role in ACCOUNTS if role}
    assert len({rule.role for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("account_type", "name", "role"),
    [
        ("ACCOUNTS_RECEIVABLE", "Sundry Debtors", "receivable"),
        ("ACCOUNTS_RECEIVABLE", "Trade", "receivable"),  # the only one of its type
        ("ACCOUNTS_PAYABLE", "Sundry Creditors", "payable"),
        ("TDS_ASSET", "TDS u/s 194C", "tds"),
        ("GST_LIABILITY", "Output_CGST", "cgst"),
        ("GST_LIABILITY", "SGST/UTGST payable", "sgst"),
        ("GST_LIABILITY", "Input CGST", None),
        ("GST_LIABILITY", "IGST payable under RCM", None),
        ("GST_LIABILITY", "GST Payable", None),
        ("GST_ASSET", "Input CGST", None),
        ("GST_ASSET", "Input Tax Credit", "input_gst"),
        ("SALES", "Domestic Sales", "sales"),
        ("SALES", "Sales Discount", None),
        ("SALES", "Returns inward", "returns"),
        ("INCOME", "Consulting", None),
        ("EXPENSE", "Purchase Return", "purchase_returns"),
        ("EXPENSE", "Rounding Off", "round_off"),
        ("OTHER_INCOME", "Forex gain/loss", "exchange"),
        ("EXPENSE", "Stock exchange fees", None),
        ("EXPENSE", "Bank Fees", "charges"),
        ("EQUITY", "Opening Balance Adjustment", "opening"),
        ("EQUITY", "Share capital", None),
    ],
)
def test_an_account_is_known_by_type_and_name(account_type: str, name: str, role: str | None) -> None:
    assert find_roles([Account("a", "", name, account_type)]) == ({role: "a"} if role else {})


def test_of_several_the_plainest_is_taken_and_of_several_without_a_name_none() -> None:
    several = [
        Account("1", "1", "CGST 9% output", "GST_LIABILITY"),
        Account("2", "2", "Output CGST", "GST_LIABILITY"),
        Account("3", "3", "North", "ACCOUNTS_RECEIVABLE"),
        Account("4", "4", "South", "ACCOUNTS_RECEIVABLE"),
        Account("5", "5", "Export Sales", "SALES"),
        Account("6", "6", "Sales Account", "SALES"),
    ]
    assert find_roles(several) == {"cgst": "2", "sales": "6"}


NAMES = st.sampled_from([name for _, name, _, _ in ACCOUNTS] + ["Debtors", "Sales Returns", "Round off", "Misc"])
TYPES = st.sampled_from(sorted({kind for _, _, kind, _ in ACCOUNTS}))


@given(st.lists(st.tuples(NAMES, TYPES), max_size=12))
def test_no_account_has_two_roles_and_the_order_of_the_list_does_not_matter(drawn: list[tuple[str, str]]) -> None:
    accounts = [Account(str(number), "", name, kind) for number, (name, kind) in enumerate(drawn)]
    found = find_roles(accounts)
    assert len(set(found.values())) == len(found)
    assert find_roles(accounts[::-1]) == found


def test_an_account_that_is_not_active_has_no_role(books: Books) -> None:
    installed = install(books, replace(SMALL, accounts=(replace(SALES, is_active=False), BANK)))
    assert "sales" in installed.made
