from __future__ import annotations

from sandbox.client import Api


def test_the_taxes_carry_both_splits(api: Api) -> None:
    taxes = {tax["name"]: tax for tax in api.get("/taxes")["taxes"]}
    assert list(taxes) == ["GST 0%", "GST 5%", "GST 12%", "GST 18%", "GST 28%", "GST 40%", "Exempt"]
    assert all(tax["cgst"] + tax["sgst"] == tax["igst"] for tax in taxes.values())
    assert (taxes["GST 18%"]["igst"], taxes["Exempt"]["shape"]) == (18, "EXEMPT")
    assert api.get(f"/taxes/{taxes['GST 5%']['tax_id']}")["tax"] == taxes["GST 5%"]


def test_the_accounts_show_their_balance_on_its_usual_side(api: Api) -> None:
    api.invoice(api.contact(), "100.00")
    accounts = {account["name"]: account for account in api.get("/accounts")["accounts"]}
    assert accounts["Accounts Receivable"]["current_balance"] == 100
    assert accounts["Sales"]["current_balance"] == 100
    assert (accounts["Consulting Revenue"]["account_type"], accounts["Sales"]["account_type"]) == ("INCOME", "SALES")
    sales = accounts["Sales"]
    assert api.get(f"/accounts/{sales['account_id']}")["account"] == sales


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
