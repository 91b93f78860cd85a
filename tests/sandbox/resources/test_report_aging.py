from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock, invoice_body

DOLLARS = {"currency_code": "USD", "exchange_rate": Decimal("80.00")}


def aged(api: Api, day: str = "2026-05-20") -> dict[str, dict[str, Any]]:
    """The rows of the aging by contact."""
    return {row["contact_id"]: row for row in api.get(f"/reports/ar_aging?as_of_date={day}")["ar_aging"]["rows"]}


def outstanding(api: Api, day: str = "2026-05-20") -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/reports/outstanding_receivables?as_of_date={day}")["outstanding_receivables"]
    return found


def paid(api: Api, customer: str, amount: str, **fields: Any) -> str:
    body = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-20", "amount": Decimal(amount)}
    return str(api.post("/payments", body | fields)["payment"]["payment_id"])


def settled(invoice: dict[str, Any], amount: str) -> dict[str, Any]:
    return {"allocations": [{"invoice_id": invoice["invoice_id"], "amount": Decimal(amount)}]}


@pytest.mark.fact("20.ar-aging", "20.ar-aging-date")
@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        ("2026-06-30", "0-30"),  # not yet due
        ("2026-05-20", "0-30"),
        ("2026-04-20", "0-30"),
        ("2026-04-19", "31-60"),
        ("2026-03-21", "31-60"),
        ("2026-03-20", "61-90"),
        ("2026-02-19", "61-90"),
        ("2026-02-18", "90+"),
    ],
)
def test_an_open_invoice_is_in_the_bucket_of_the_days_since_it_was_due(api: Api, due: str, bucket: str) -> None:
    customer = api.contact()
    api.invoice(customer, date="2026-02-01", due_date=due)
    row = aged(api)[customer]
    assert {name: row[name] for name in ("0-30", "31-60", "61-90", "90+") if row[name]} == {bucket: 100}
    assert row["total"] == 100


@pytest.mark.fact("20.ar-aging-date")
@pytest.mark.parametrize(("switch", "bucket"), [("due-date", "0-30"), ("invoice-date", "61-90")])
def test_days_count_from_the_day_that_the_switch_says(api: Api, books: Books, switch: str, bucket: str) -> None:
    books.settings.set_switches({"aging_by": switch})
    customer = api.contact()
    api.invoice(customer, date="2026-03-01", due_date="2026-05-01")
    assert aged(api)[customer][bucket] == 100


def test_without_a_date_the_aging_is_of_today(api: Api, clock: HandClock) -> None:
    customer = api.contact()
    api.invoice(customer, date="2026-05-19", due_date="2026-05-19")
    api.invoice(customer, "7.00", date="2026-05-21")
    report = api.get("/reports/ar_aging")["ar_aging"]
    assert (report["as_of_date"], report["totals"]["total"]) == ("2026-05-20T00:00:00", 100)
    clock.advance(31 * 86_400)
    totals = api.get("/reports/ar_aging")["ar_aging"]["totals"]
    assert (totals["0-30"], totals["31-60"], totals["total"]) == (7, 100, 107)


@pytest.mark.fact("25.29-reports")
def test_unapplied_money_and_notes_have_columns_of_their_own(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "118.00", due_date="2026-05-19")
    paid(api, customer, "50.00", **settled(invoice, "20.00"))
    api.post("/credit_notes", invoice_body(customer, "10.00"))
    row = aged(api)[customer]
    assert row | {"contact_id": None} == {
        "contact_id": None,
        "contact_name": "Acme Corp",
        "0-30": 98,
        "31-60": 0,
        "61-90": 0,
        "90+": 0,
        "unapplied_payments": -30,
        "unapplied_credit_notes": -10,
        "opening_balance": 0,
        "total": 58,
    }
    assert api.ledger(customer) == 58


def test_a_refund_is_owed_again_until_the_customer_has_it_booked(api: Api) -> None:
    customer = api.contact()
    paid(api, customer, "50.00")
    paid(api, customer, "20.00", flow="OUTGOING", payment_type="REFUND")
    assert aged(api)[customer]["unapplied_payments"] == api.ledger(customer) == -30


def test_money_to_and_from_vendors_is_in_no_receivable(api: Api) -> None:
    vendor = api.contact(contact_type="VENDOR")
    paid(api, vendor, "50.00", flow="OUTGOING")
    paid(api, vendor, "20.00", payment_type="REFUND")
    api.post("/credit_notes", invoice_body(vendor, "10.00"))
    assert aged(api) == {}
    assert outstanding(api)["contacts"] == []


def test_an_allocation_counts_from_the_later_of_its_two_dates_on(api: Api) -> None:
    customer = api.contact()
    early = api.invoice(customer, "100.00", date="2026-05-01")
    late = api.invoice(customer, "40.00", date="2026-05-15")
    parts = settled(early, "60.00")["allocations"] + settled(late, "40.00")["allocations"]
    paid(api, customer, "100.00", date="2026-05-10", allocations=parts)
    columns = {}
    for day in ("2026-05-05", "2026-05-12", "2026-05-15"):
        row = aged(api, day)[customer]
        columns[day[-2:]] = (row["0-30"], row["unapplied_payments"], row["total"])
        ledger = api.get(f"/reports/customer_ledger?contact_id={customer}&to_date={day}")["customer_ledger"]
        assert ledger["closing_balance"] == row["total"]
    assert columns == {"05": (100, 0, 100), "12": (40, -40, 0), "15": (40, 0, 40)}


def test_an_application_counts_from_the_later_of_its_two_dates_on(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "100.00", date="2026-05-01")
    note = api.post("/credit_notes", invoice_body(customer, "30.00", date="2026-05-10"))["credit_note"]
    applied = {"invoice_id": invoice["invoice_id"], "amount": 30}
    api.post(f"/credit_notes/{note['credit_note_id']}/apply-to-invoice", applied)
    assert [aged(api, day)[customer]["0-30"] for day in ("2026-05-09", "2026-05-10")] == [100, 70]
    assert aged(api)[customer]["unapplied_credit_notes"] == 0


def test_documents_in_other_currencies_are_told_in_rupees(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "10.00", date="2026-05-01", **DOLLARS)
    paid(api, customer, "5.00", **settled(invoice, "4.00"), **DOLLARS | {"exchange_rate": Decimal("82.50")})
    row = aged(api)[customer]
    assert (row["0-30"], row["unapplied_payments"], row["total"]) == (480, Decimal("-82.50"), Decimal("397.50"))
    (document,) = outstanding(api)["contacts"][0]["documents"]
    assert (document["currency_code"], document["total"], document["balance"]) == ("USD", 800, 480)
    assert api.ledger(customer) == Decimal("397.50")


def test_a_posted_opening_balance_has_a_column(api: Api, books: Books) -> None:
    books.settings.set_switches({"opening_balances": "posted"})
    owing, owed = api.contact(opening_balance=75), api.contact(opening_balance=-20)
    rows = aged(api)
    assert (rows[owing]["opening_balance"], rows[owing]["total"]) == (75, 75)
    assert (rows[owed]["opening_balance"], rows[owed]["total"]) == (-20, -20)
    assert outstanding(api)["total"] == 55


@pytest.mark.fact("25.29-reports")
@pytest.mark.fact("20.outstanding")
def test_outstanding_are_the_open_documents_of_each_contact(api: Api) -> None:
    acme, zenith = api.contact(), api.contact(contact_name="Zenith")
    closed = api.invoice(acme, "10.00")
    late = api.invoice(acme, "118.00", date="2026-04-01", due_date="2026-05-01", reference_number="ORDER-1")
    api.invoice(zenith, "5.00", date="2026-05-19", due_date="2026-06-18")
    api.invoice(zenith, "6.00", auto_approve=False)
    voided = api.invoice(zenith, "7.00")
    api.post(f"/invoices/{voided['invoice_id']}/void")
    paid(api, acme, "30.00", **settled(closed, "10.00"))
    report = outstanding(api)
    first, second = report["contacts"]
    assert (first["contact_name"], first["unapplied_payments"], first["balance"]) == ("Acme Corp", -20, 98)
    assert first["documents"] == [
        {
            "type": "invoice",
            "id": late["invoice_id"],
            "number": late["invoice_number"],
            "reference_number": "ORDER-1",
            "date": "2026-04-01T00:00:00",
            "due_date": "2026-05-01T00:00:00",
            "currency_code": "INR",
            "total": 118,
            "balance": 118,
            "days_overdue": 19,
        }
    ]
    assert [document["days_overdue"] for document in second["documents"]] == [0]
    assert report["total"] == 103


@pytest.mark.fact("20.branch")
@pytest.mark.parametrize("report", ["ar_aging", "outstanding_receivables", "sales_register"])
def test_a_report_is_of_one_branch_when_it_is_asked_for(api: Api, books: Books, report: str) -> None:
    (home,) = api.get("/branches")["branches"]
    api.books.db.run(
        "INSERT INTO branches (id, org, code, name, state, is_default, invoice_prefix, bill_prefix) "
        "VALUES ('br_far', ?, 'FAR', 'Far', 'IN-MH', 0, 'FAR', 'FB')",
        (books.org_id,),
    )
    customer = api.contact(opening_balance=3)
    api.invoice(customer, "10.00", date="2026-05-19")
    api.invoice(customer, "20.00", date="2026-05-19", branch_id="br_far")
    amounts = [total_of(api, f"{report}?branch_id={branch}") for branch in (home["branch_id"], "br_far", "")]
    assert amounts == [10, 20, 30]
    assert api.refused("GET", f"/reports/{report}?branch_id=br_no") == (404, "not_found.resource", "branch_id")


def total_of(api: Api, path: str) -> Decimal:
    report = api.get(f"/reports/{path}")[path.partition("?")[0]]
    total = report["total"] if "total" in report else report["totals"]["total"]
    assert isinstance(total, Decimal)
    return total


@pytest.mark.parametrize("report", ["ar_aging", "outstanding_receivables"])
def test_a_day_that_is_none_is_named(api: Api, report: str) -> None:
    assert api.refused("GET", f"/reports/{report}?as_of_date=soon") == (422, "validation.failed", "as_of_date")
