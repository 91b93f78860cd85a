"""What an object shows, field by field as the reference lists them (fact sheet, sections 2 and 12 to 17)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body

TIMES = {"created_time", "last_modified_time"}
CONTACT = {
    *("contact_id", "contact_name", "contact_type", "display_name", "legal_name", "company_name", "gst_no"),
    *("gst_treatment", "place_of_contact", "pan", "email", "phone", "website", "billing_address", "shipping_address"),
    *("contact_persons", "payment_terms", "opening_balance", "credit_limit", "currency_code", "status", *TIMES),
}
ITEM = {
    *("item_id", "item_name", "item_type", "hsn_or_sac", "sku", "rate", "purchase_rate", "tax_id", "unit"),
    *("description", "status", *TIMES),
}
TAX = {"tax_id", "name", "shape", "cgst", "sgst", "igst", "cess"}
ACCOUNT = {
    *("account_id", "code", "name", "account_type", "parent_id", "description", "current_balance", "currency_code"),
    *("is_active", "is_system"),
}
BRANCH = {
    *("branch_id", "code", "name", "gstin", "state", "city", "is_default", "invoice_prefix", "bill_prefix"),
}
INVOICE = {
    *("invoice_id", "invoice_number", "customer_id", "customer_name", "date", "due_date", "reference_number"),
    *(
        "place_of_supply",
        "currency_code",
        "exchange_rate",
        "line_items",
        "sub_total",
        "tax_total",
        "round_off",
        "total",
    ),
    *("payment_made", "balance", "status", "notes", *TIMES),
}
LINE = {
    *("line_item_id", "item_id", "name", "description", "hsn_or_sac", "quantity", "unit", "rate", "discount"),
    *("tax_id", "tax_percentage", "item_total"),
}
PAYMENT = {
    *("payment_id", "flow", "contact_id", "contact_name", "date", "amount", "mode", "reference_number"),
    *("bank_account_id", "allocations", "payment_type", "description", "currency_code", "exchange_rate"),
    *("bank_charges", "tds_amount", *TIMES),
}
NOTE = {"credit_note_id", "credit_note_number", "total", "balance", "status", "line_items", *TIMES}
ACCOUNT_TYPES = {
    *("BANK", "CASH", "ACCOUNTS_RECEIVABLE", "STOCK", "GST_ASSET", "TDS_ASSET"),
    *("ACCOUNTS_PAYABLE", "GST_LIABILITY", "TDS_LIABILITY", "SALES", "INCOME", "OTHER_INCOME"),
    *("EXPENSE", "COST_OF_GOODS_SOLD", "OTHER_EXPENSE", "EQUITY", "RETAINED_EARNINGS"),
}
SENT_CONTACT = {
    "contact_name": "Acme Corp",
    "contact_type": "BOTH",
    "display_name": "Acme",
    "legal_name": "Acme Corporation Private Limited",
    "company_name": "Acme Corp",
    "gst_no": "29AABCF9012G1ZQ",
    "gst_treatment": "REGISTERED",
    "place_of_contact": "IN-KA",
    "pan": "AABCF9012G",
    "email": "ap@acme.example",
    "phone": "+91 80 1234",
    "website": "https://acme.example",
    "payment_terms": 30,
    "opening_balance": 0,
    "credit_limit": None,
    "currency_code": "INR",
}
ADDRESS = {"address": "1 MG Road", "city": "Bengaluru", "state_code": "IN-KA", "zip": "056001", "country": "India"}


def receipt(api: Api, customer: str, **fields: Any) -> dict[str, Any]:
    body = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 100, "mode": "UPI"}
    made: dict[str, Any] = api.post("/payments", body | fields)["payment"]
    return made


@pytest.mark.fact("2.whoami", "2.tier", "2.single-org", "2.test-token", "25.29-test-org")
def test_whoami_shows_who_a_token_is(api: Api, books: Books) -> None:
    books.add_token("partner", tier="PARTNER", scopes=["AIBooks.items.READ"])
    mine = api.get("/whoami")["token"]
    theirs = api.send("GET", "/whoami", token="partner").json()["token"]
    assert mine.keys() == theirs.keys() == {"token_id", "org_id", "user_id", "scopes", "tier"}
    assert (mine["org_id"], mine["tier"], theirs["tier"]) == (books.org_id, "DEFAULT", "PARTNER")
    assert theirs["scopes"] == ["AIBooks.items.READ"]
    assert mine["token_id"] != theirs["token_id"]


@pytest.mark.fact(
    "12.shape", "12.sent", "12.sent-more", "12.address", "12.terms", "12.currency", "12.persons", "12.status"
)
def test_a_contact_shows_all_its_fields_as_they_were_sent(api: Api) -> None:
    nested = {
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS | {"city": "Mysuru"},
        "contact_persons": [{"first_name": "Asha", "email": "asha@acme.example", "is_primary": True}],
    }
    made = api.post("/contacts", SENT_CONTACT | nested)["contact"]
    assert made.keys() >= CONTACT
    assert {name: made[name] for name in SENT_CONTACT} == SENT_CONTACT
    assert {name: made[name] for name in ("billing_address", "shipping_address")} == {
        name: nested[name] for name in ("billing_address", "shipping_address")
    }
    (person,) = made["contact_persons"]
    assert (person["first_name"], person["email"], person["is_primary"]) == ("Asha", "asha@acme.example", True)
    assert made["status"] == "ACTIVE"
    assert api.get(f"/contacts/{made['contact_id']}")["contact"] == made
    fewer = api.post("/contacts", {"contact_name": "Name only"})["contact"]
    assert fewer.keys() == made.keys()


@pytest.mark.fact("12.sent-more")
def test_a_contacts_id_and_times_are_the_servers(api: Api) -> None:
    sent = {"contact_name": "A", "contact_id": "ct_mine", "created_time": "2001-01-01T00:00:00", "status": "INACTIVE"}
    made = api.post("/contacts", sent)["contact"]
    assert made["contact_id"] != "ct_mine"
    assert (made["created_time"][:4], made["status"]) == ("2026", "ACTIVE")


@pytest.mark.fact("13.shape", "13.rate", "13.name", "13.type", "13.hsn", "13.purchase-rate", "13.account")
@pytest.mark.fact("23.5-item-fields", "23.6-purchase-price")
def test_an_item_shows_the_references_fields_whatever_spelling_was_sent(api: Api) -> None:
    own = {"sku": "P-1", "tax_id": api.tax(), "unit": "NOS", "description": "Blue", "rate": Decimal("7.50")}
    account = api.account("Consulting Revenue")
    tutorial = {"name": "Pen", "type": "GOODS", "hsn_sac": "9608", "purchase_price": 5, "account_id": account}
    reference = {"item_name": "Pen", "item_type": "GOODS", "hsn_or_sac": "9608", "purchase_rate": 5}
    for sent in (tutorial, reference):
        made = api.post("/items", own | sent)["item"]
        assert made.keys() == ITEM
        assert {name: made[name] for name in (*own, *reference)} == own | reference
    with_account = api.post("/items", own | tutorial)["item"]["item_id"]
    api.invoice(api.contact(), line_items=[{"item_id": with_account, "quantity": 2}])
    balances = {one["account_id"]: one["current_balance"] for one in api.get("/accounts")["accounts"]}
    assert balances[account] == 15


@pytest.mark.fact("11.tax-row", "11.shapes", "11.both-splits", "13.tax-shape")
def test_a_tax_shows_both_splits_as_numbers(api: Api) -> None:
    shapes = {"INTRA_STATE", "INTER_STATE", "RCM", "EXEMPT", "NIL_RATED", "NON_GST"}
    for tax in api.get("/taxes")["taxes"]:
        assert tax.keys() == TAX
        assert tax["shape"] in shapes
        assert all(isinstance(tax[part], int | Decimal) for part in ("cgst", "sgst", "igst", "cess"))
    tax = api.get(f"/taxes/{api.tax()}")["tax"]
    assert (tax["cgst"], tax["sgst"], tax["igst"], tax["cess"], tax["shape"]) == (9, 9, 18, 0, "INTRA_STATE")


@pytest.mark.fact("13.account-shape", "13.account-types", "14.bank-shape", "14.banks")
def test_accounts_and_banks_show_the_fields_of_an_account(api: Api) -> None:
    accounts = {one["account_id"]: one for one in api.get("/accounts")["accounts"]}
    assert all(one.keys() == ACCOUNT for one in accounts.values())
    assert {one["account_type"] for one in accounts.values()} <= ACCOUNT_TYPES
    banks = api.get("/bank_accounts")["bank_accounts"]
    assert {bank["account_type"] for bank in banks} == {"BANK", "CASH"}
    assert all(bank == accounts[bank["account_id"]] for bank in banks)
    without_cash = api.get("/bank_accounts?include_cash=false")["bank_accounts"]
    assert without_cash == [bank for bank in banks if bank["account_type"] == "BANK"]


@pytest.mark.fact("14.branches")
def test_a_branch_shows_its_fields(api: Api) -> None:
    (branch,) = api.get("/branches")["branches"]
    assert branch.keys() == BRANCH
    assert branch["state"].startswith("IN-")
    assert api.get(f"/branches/{branch['branch_id']}")["branch"] == branch


@pytest.mark.fact("14.branches-active", "14.banks-active")
def test_branches_and_banks_that_are_not_active_are_shown_only_when_asked_for(api: Api, books: Books) -> None:
    columns = {"org": books.org_id, "state": "IN-KA", "is_default": 0, "is_active": 0}
    with books.db.transaction():
        books.db.insert("branches", columns | {"id": "br_shut", "invoice_prefix": "OLD", "bill_prefix": "OLD"})
        books.db.update("accounts", api.account("ICICI Current"), {"is_active": 0})
    for name, key in (("branches", "branch_id"), ("bank_accounts", "account_id")):
        usual, active, every = (
            {one[key] for one in api.get(f"/{name}{query}")[name]}
            for query in ("", "?active_only=true", "?active_only=false")
        )
        assert usual == active
        assert len(every - active) == 1


@pytest.mark.fact("14.cost-centers", "14.currencies", "14.rates")
def test_cost_centres_currencies_and_rates_show_their_fields(api: Api) -> None:
    assert all("cost_center_id" in one for one in api.get("/cost_centers")["cost_centers"])
    assert "INR" in {one["currency_code"] for one in api.get("/currencies")["currencies"]}
    rates = api.get("/exchange_rates")["exchange_rates"]
    named = {"exchange_rate_id", "from_currency", "to_currency", "rate", "rate_date", "source"}
    assert rates and all(rate.keys() == named for rate in rates)


@pytest.mark.fact("14.whole", "6.lookups")
@pytest.mark.parametrize("name", ["branches", "bank_accounts", "cost_centers", "currencies", "exchange_rates"])
def test_a_lookup_comes_whole(api: Api, name: str) -> None:
    whole = api.get(f"/{name}")
    assert whole.keys() == {"code", "message", name}
    assert whole[name]
    assert api.get(f"/{name}?per_page=1") == whole


@pytest.mark.fact("11.shown", "15.shape", "15.line-shape", "15.get", "15.short-line", "15.reference")
def test_an_invoice_and_its_lines_show_all_their_fields(api: Api) -> None:
    customer = api.contact()
    lines = [{"item_id": api.item(unit="NOS"), "quantity": 2}]
    made = api.invoice(customer, line_items=lines, reference_number="ORDER-99031", notes="Thanks")
    assert made.keys() >= INVOICE
    (line,) = made["line_items"]
    assert line.keys() >= LINE
    assert (line["name"], line["rate"], line["hsn_or_sac"], line["tax_id"]) == (
        "Widget Pro",
        12000,
        "997331",
        api.tax(),
    )
    assert (line["unit"], line["tax_percentage"], line["item_total"]) == ("NOS", 18, 24000)
    assert (made["customer_id"], made["customer_name"]) == (customer, "Acme Corp")
    assert (made["reference_number"], made["notes"], made["exchange_rate"]) == ("ORDER-99031", "Thanks", 1)
    parts = {"cgst", "sgst", "igst", "cess"}
    assert made.keys().isdisjoint(parts) and line.keys().isdisjoint(parts)
    assert api.get(f"/invoices/{made['invoice_id']}")["invoice"] == made


@pytest.mark.fact("16.shape", "16.get", "16.allocations", "16.reference")
def test_a_payment_and_its_allocations_show_all_their_fields(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    made = receipt(api, customer, allocations=[{"invoice_id": invoice, "amount": 60}], reference_number="UTR-1")
    assert made.keys() >= PAYMENT
    assert (made["contact_name"], made["reference_number"]) == ("Acme Corp", "UTR-1")
    assert api.get(f"/payments/{made['payment_id']}")["payment"] == made
    (allocation,) = made["allocations"]
    assert allocation.pop("allocation_id")
    assert allocation == {"invoice_id": invoice, "bill_id": None, "amount": 60}


@pytest.mark.fact("17.shape", "17.get", "17.lines", "17.notes", "17.link", "17.untaxed-line", "17.issued")
def test_a_credit_note_shows_what_was_sent_and_its_number_and_balance(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)["invoice_id"]
    lines = [
        {"name": "Goodwill", "quantity": 1, "rate": 100},
        {"item_id": api.item(), "quantity": 1, "rate": 10, "restock": True},
    ]
    body = {"customer_id": customer, "date": "2026-05-19", "line_items": lines, "invoice_id": invoice, "notes": "Sorry"}
    made = api.post("/credit_notes", body)["credit_note"]
    assert made.keys() >= NOTE
    assert (made["invoice_id"], made["notes"], made["status"]) == (invoice, "Sorry", "ISSUED")
    assert (made["total"], made["balance"], made["tax_total"]) == (
        Decimal("111.80"),
        Decimal("111.80"),
        Decimal("1.80"),
    )
    assert [line["name"] for line in made["line_items"]] == ["Goodwill", "Widget Pro"]
    assert made["line_items"][1]["restock"] is True
    assert api.get(f"/credit_notes/{made['credit_note_id']}")["credit_note"] == made


@pytest.mark.fact("10.decimals")
def test_amounts_are_numbers_with_two_decimals(api: Api) -> None:
    text = api.send("POST", "/invoices", invoice_body(api.contact(), "11800.00")).text
    for name in ("sub_total", "total", "balance"):
        assert f'"{name}":11800.00,' in text
    assert '"payment_made":0.00,' in text
    bank = receipt(api, api.contact(), amount=Decimal("99.5"))
    assert bank["amount"] == Decimal("99.50")


@pytest.mark.fact("13.no-filter", "15.no-filter", "16.list", "4.list")
@pytest.mark.parametrize(
    "query",
    [
        *("items?name=x", "items?item_name=x", "items?sku=x", "items?search=x", "items?status=NONE"),
        *("taxes?name=x", "accounts?account_type=NONE", "accounts?search=x"),
        *("invoices?reference_number=x", "invoices?invoice_number=x", "invoices?search=x", "invoices?search_text=x"),
        *("payments?contact_id=x", "payments?reference_number=x", "payments?search=x", "payments?date_from=2030-01-01"),
    ],
)
def test_what_is_no_filter_filters_nothing(api: Api, query: str) -> None:
    customer = api.contact()
    api.invoice(customer, reference_number="R-1")
    receipt(api, customer, reference_number="R-1")
    api.item()
    plural = query.partition("?")[0]
    assert api.get(f"/{query}")[plural] == api.get(f"/{plural}")[plural] != []
