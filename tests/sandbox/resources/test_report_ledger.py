from __future__ import annotations

from decimal import Decimal

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, invoice_body

LEDGER = "/reports/customer_ledger?contact_id="
TRIAL = "/reports/trial_balance?as_of_date=2026-12-31"


@pytest.mark.fact("20.dates", "20.trial-balance", "20.envelope")
def test_a_report_is_as_of_its_date(api: Api) -> None:
    customer = api.contact()
    api.invoice(customer, "100.00", date="2026-05-01")
    api.invoice(customer, "50.00", date="2026-05-10")
    early = api.get("/reports/trial_balance?as_of_date=2026-05-09T00:00:00")["trial_balance"]
    assert (early["total_debit"], early["total_credit"]) == (Decimal("100.00"), Decimal("100.00"))
    path = f"/reports/customer_ledger?contact_id={customer}"
    late = api.get(f"{path}&from_date=2026-05-02&to_date=2026-05-10")["customer_ledger"]
    assert (late["opening_balance"], late["closing_balance"], len(late["entries"])) == (100, 150, 1)
    assert api.get(f"{path}&to_date=2026-04-30")["customer_ledger"]["entries"] == []


@pytest.mark.fact("20.branch")
def test_a_report_can_be_limited_to_a_branch(api: Api) -> None:
    api.invoice(api.contact())
    (branch,) = api.get("/branches")["branches"]
    path = "/reports/trial_balance?as_of_date=2026-12-31&branch_id="
    assert api.get(path + branch["branch_id"])["trial_balance"]["total_debit"] == 100
    assert api.refused("GET", path + "br_no") == (404, "not_found.resource", "branch_id")


@pytest.mark.fact("20.trial-balance")
def test_a_missing_or_unknown_parameter_is_named(api: Api) -> None:
    assert api.refused("GET", "/reports/trial_balance") == (422, "validation.failed", "as_of_date")
    assert api.refused("GET", "/reports/customer_ledger") == (422, "validation.failed", "contact_id")
    unknown = api.refused("GET", "/reports/customer_ledger?contact_id=ct_no")
    assert unknown == (404, "not_found.resource", "contact_id")


@pytest.mark.fact("20.customer-ledger")
def test_the_ledger_shows_documents_in_order_of_date_with_a_running_balance(api: Api) -> None:
    customer = api.contact()
    late = api.invoice(customer, "118.00", date="2026-05-10", reference_number="ORDER-2")
    early = api.invoice(customer, "50.00", date="2026-05-02")
    api.post("/payments", receipt(customer, "100.00", date="2026-05-12"))
    api.post("/credit_notes", invoice_body(customer, "18.00", date="2026-05-11"))
    ledger = api.get(LEDGER + customer)["customer_ledger"]
    shown = [(line["type"], line["debit"], line["credit"], line["balance"]) for line in ledger["entries"]]
    assert shown == [
        ("invoice", 50, 0, 50),
        ("invoice", 118, 0, 168),
        ("credit note", 0, 18, 150),
        ("payment", 0, 100, 50),
    ]
    assert [line["number"] for line in ledger["entries"][:2]] == [early["invoice_number"], late["invoice_number"]]
    assert ledger["entries"][1]["reference_number"] == "ORDER-2"
    assert (ledger["contact_name"], ledger["opening_balance"], ledger["closing_balance"]) == ("Acme Corp", 0, 50)


def test_a_voided_invoice_leaves_two_lines_and_no_balance(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer)
    api.post(f"/invoices/{invoice['invoice_id']}/void")
    ledger = api.get(LEDGER + customer)["customer_ledger"]
    assert [line["balance"] for line in ledger["entries"]] == [100, 0]
    assert ledger["entries"][0]["date"] == ledger["entries"][1]["date"]


def test_an_exchange_difference_is_a_line_of_the_ledger_on_the_later_date(api: Api) -> None:
    customer = api.contact()
    dollars = {"currency_code": "USD", "exchange_rate": 80}
    invoice = api.invoice(customer, "10.00", date="2026-05-01", **dollars)
    paid = {"invoice_id": invoice["invoice_id"], "amount": 10}
    api.post("/payments", receipt(customer, "10.00", allocations=[paid], **dollars | {"exchange_rate": 82}))
    entries = api.get(LEDGER + customer)["customer_ledger"]["entries"]
    assert [(line["type"], line["date"][:10], line["balance"]) for line in entries] == [
        ("invoice", "2026-05-01", 800),
        ("payment", "2026-05-20", -20),
        ("exchange difference", "2026-05-20", 0),
    ]
    (account,) = (row for row in api.get(TRIAL)["trial_balance"]["rows"] if row["name"] == "Exchange Gain or Loss")
    assert (account["debit"], account["credit"]) == (0, 20)


@pytest.mark.parametrize(("switch", "types", "closing"), [("kept", [], 0), ("posted", ["opening balance"], 75)])
def test_an_opening_balance_is_in_the_ledger_when_it_is_posted(
    api: Api, books: Books, switch: str, types: list[str], closing: int
) -> None:
    books.settings.set_switches({"opening_balances": switch})
    ledger = api.get(LEDGER + api.contact(opening_balance=75))["customer_ledger"]
    assert [line["type"] for line in ledger["entries"]] == types
    assert ledger["closing_balance"] == closing


def receipt(customer: str, amount: str, **fields: object) -> dict[str, object]:
    body = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-20", "amount": Decimal(amount)}
    return body | fields
