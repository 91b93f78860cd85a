from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.client import Api


@pytest.mark.fact("11.both-splits", "13.taxes")
def test_the_taxes_carry_both_splits(api: Api) -> None:
    taxes = {tax["name"]: tax for tax in api.get("/taxes")["taxes"]}
    assert list(taxes) == ["GST 0%", "GST 5%", "GST 12%", "GST 18%", "GST 28%", "GST 40%", "Exempt"]
    assert all(tax["cgst"] + tax["sgst"] == tax["igst"] for tax in taxes.values())
    assert (taxes["GST 18%"]["igst"], taxes["Exempt"]["shape"]) == (18, "EXEMPT")
    assert api.get(f"/taxes/{taxes['GST 5%']['tax_id']}")["tax"] == taxes["GST 5%"]


@pytest.mark.fact("13.accounts")
def test_the_accounts_show_their_balance_on_its_usual_side(api: Api) -> None:
    api.invoice(api.contact(), "100.00")
    accounts = {account["name"]: account for account in api.get("/accounts")["accounts"]}
    assert accounts["Accounts Receivable"]["current_balance"] == 100
    assert accounts["Sales"]["current_balance"] == 100
    assert (accounts["Consulting Revenue"]["account_type"], accounts["Sales"]["account_type"]) == ("INCOME", "SALES")
    sales = accounts["Sales"]
    assert api.get(f"/accounts/{sales['account_id']}")["account"] == sales


@pytest.mark.fact("14.banks")
def test_banks_are_accounts_and_cash_can_be_left_out(api: Api) -> None:
    banks = api.get("/bank_accounts")["bank_accounts"]
    assert [bank["name"] for bank in banks] == ["HDFC Current", "ICICI Current", "Cash"]
    assert len(api.get("/bank_accounts?include_cash=false")["bank_accounts"]) == 2
    assert api.refused("GET", "/bank_accounts?include_cash=perhaps") == (422, "validation.failed", "include_cash")


def test_the_branch_has_a_state_and_a_gstin(api: Api) -> None:
    (branch,) = api.get("/branches")["branches"]
    assert (branch["state"], branch["gstin"], branch["is_default"]) == ("IN-KA", "29AABCF9012G1ZQ", True)
    assert api.get(f"/branches/{branch['branch_id']}")["branch"] == branch


def test_an_unknown_id_is_404(api: Api) -> None:
    for name in ("taxes", "accounts", "branches"):
        assert api.refused("GET", f"/{name}/no_such")[:2] == (404, "not_found.resource")


@pytest.mark.fact("14.cost-centers", "14.currencies", "14.rates")
def test_a_new_org_has_cost_centres_currencies_and_rates(api: Api) -> None:
    centres = api.get("/cost_centers")["cost_centers"]
    assert [centre["name"] for centre in centres] == ["Factory", "Head Office"]
    assert len({centre["cost_center_id"] for centre in centres}) == 2
    currencies = api.get("/currencies")["currencies"]
    assert [one["currency_code"] for one in currencies] == ["AED", "EUR", "INR", "USD"]
    assert [one["currency_code"] for one in currencies if one["is_base"]] == ["INR"]
    rates = {rate["from_currency"]: rate for rate in api.get("/exchange_rates")["exchange_rates"]}
    dollar = rates["USD"]
    assert dollar.pop("exchange_rate_id")
    assert dollar == {
        "from_currency": "USD",
        "to_currency": "INR",
        "rate": Decimal("85.50"),
        "rate_date": "2026-04-01T00:00:00",
        "source": "SANDBOX",
    }


@pytest.mark.fact("14.rates", "14.rates-query")
def test_exchange_rates_are_newest_first_and_can_be_narrowed(api: Api) -> None:
    org = api.books.org_id
    rows = [(f"fx_{day}", org, "USD", "INR", f"86.{day}", f"2026-04-{day}", "TEST") for day in (12, 30, 21)]
    with api.books.db.transaction():
        names = ("id", "org", "from_currency", "to_currency", "rate", "rate_date", "source")
        api.books.db.insert_many("exchange_rates", names, rows)
        api.books.db.insert_many("exchange_rates", names, [("fx_eur", org, "INR", "EUR", "0.01", "2026-05-01", "TEST")])

    def days(query: str) -> list[str]:
        return [rate["rate_date"][5:10] for rate in api.get(f"/exchange_rates?{query}")["exchange_rates"]]

    assert days("from_currency=USD") == ["04-30", "04-21", "04-12", "04-01"]
    assert days("from_currency=USD&to_currency=INR&limit=2") == ["04-30", "04-21"]
    assert days("to_currency=EUR") == ["05-01"]
    assert days("from_currency=JPY") == []
    assert len(days("")) == 7


@pytest.mark.fact("14.rates-query")
@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "9" * 40])
def test_a_limit_of_exchange_rates_is_from_1_to_1000(api: Api, limit: str) -> None:
    assert api.refused("GET", f"/exchange_rates?limit={limit}") == (422, "validation.failed", "limit")
    assert len(api.get("/exchange_rates?limit=1000")["exchange_rates"]) == 3


@pytest.mark.fact("14.rates-query")
def test_exchange_rates_are_200_at_most_unless_asked_otherwise(api: Api) -> None:
    names = ("id", "org", "from_currency", "to_currency", "rate", "rate_date", "source")
    rows = [(f"fx_{one}", api.books.org_id, "USD", "INR", "86", "2026-04-02", "TEST") for one in range(300)]
    with api.books.db.transaction():
        api.books.db.insert_many("exchange_rates", names, rows)
    assert len(api.get("/exchange_rates")["exchange_rates"]) == 200
    assert len(api.get("/exchange_rates?limit=250")["exchange_rates"]) == 250


@pytest.mark.fact("6.accounts-taxes")
@pytest.mark.parametrize(("name", "key"), [("taxes", "tax_id"), ("accounts", "account_id")])
def test_taxes_and_accounts_come_whole_or_in_pages(api: Api, name: str, key: str) -> None:
    whole = api.get(f"/{name}?per_page=2")
    assert "page_context" not in whole
    ids = [row[key] for row in whole[name]]
    assert len(ids) > 4
    api.books.settings.set_switches({"lookup_pages": "yes"})
    assert len(api.get(f"/{name}")[name]) == len(ids)
    seen: list[str] = []
    cursor = ""
    for _ in range(len(ids)):
        page = api.get(f"/{name}?per_page=2{cursor}")
        seen += [row[key] for row in page[name]]
        if not page["page_context"]["has_more_page"]:
            break
        assert len(page[name]) == 2
        cursor = f"&cursor={page['page_context']['next_cursor']}"
    assert sorted(seen) == sorted(ids)
    assert api.refused("GET", f"/{name}?per_page=500") == (422, "validation.failed", "per_page")


@pytest.mark.fact("13.active-accounts", "14.banks-active")
def test_an_inactive_account_is_in_no_list_of_accounts_and_keeps_its_parent(api: Api) -> None:
    sales, bank = api.account("Sales"), api.account("ICICI Current")
    with api.books.db.transaction():
        api.books.db.update("accounts", bank, {"is_active": 0})
        child = {"parent_id": sales, "description": "Advice"}
        api.books.db.update("accounts", api.account("Consulting Revenue"), child)
    for pages in ("no", "yes"):
        api.books.settings.set_switches({"lookup_pages": pages})
        accounts = {account["name"]: account for account in api.get("/accounts")["accounts"]}
        assert "ICICI Current" not in accounts
        revenue = accounts["Consulting Revenue"]
        assert (revenue["parent_id"], revenue["description"]) == (sales, "Advice")
    assert len(api.get("/bank_accounts")["bank_accounts"]) == 2
    assert len(api.get("/bank_accounts?active_only=false")["bank_accounts"]) == 3
