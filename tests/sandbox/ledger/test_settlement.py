"""What settles an invoice, in its own currency and in rupees, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock

INVALID = "validation.invalid_value"
USD = {"currency_code": "USD"}


def dollars(rate: Any) -> dict[str, Any]:
    return USD | {"exchange_rate": Decimal(rate)}


def receipt(contact: str, amount: Any, *allocations: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    rows = [{"invoice_id": invoice, "amount": part} for invoice, part in allocations]
    body = {"flow": "INCOMING", "contact_id": contact, "date": "2026-05-20", "amount": amount, "allocations": rows}
    return body | fields


def pay(api: Api, *sent: Any, **fields: Any) -> str:
    return str(api.post("/payments", receipt(*sent, **fields))["payment"]["payment_id"])


def note(api: Api, customer: str, amount: Any, **fields: Any) -> str:
    lines = [{"name": "Returned", "quantity": 1, "rate": amount}]
    body = {"customer_id": customer, "date": "2026-05-25", "line_items": lines}
    return str(api.post("/credit_notes", body | fields)["credit_note"]["credit_note_id"])


def use(api: Api, credit_note: str, invoice: str, amount: Any) -> None:
    api.post(f"/credit_notes/{credit_note}/apply-to-invoice", {"invoice_id": invoice, "amount": amount})


def trial(api: Api) -> dict[str, Decimal]:
    rows = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]["rows"]
    return {row["name"]: amount for row in rows if (amount := row["debit"] - row["credit"])}


def differences(api: Api, customer: str) -> list[tuple[str, Decimal | int]]:
    entries = api.get(f"/reports/customer_ledger?contact_id={customer}")["customer_ledger"]["entries"]
    found = [entry for entry in entries if entry["type"] == "exchange difference"]
    return [(entry["date"][:10], entry["debit"] - entry["credit"]) for entry in found]


def sums(books: Books, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in books.db.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid")]


def test_a_better_rate_at_payment_is_a_gain(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "100.00", **dollars(80))["invoice_id"]
    assert trial(api) == {"Accounts Receivable": 8000, "Sales": -8000}
    payment = api.get(f"/payments/{pay(api, customer, 100, (invoice, 100), **dollars(85))}")["payment"]
    assert (payment["amount"], payment["currency_code"], payment["exchange_rate"]) == (100, "USD", 85)
    assert trial(api) == {"HDFC Current": 8500, "Sales": -8000, "Exchange Gain or Loss": -500}
    assert differences(api, customer) == [("2026-05-20", 500)]
    assert api.ledger(customer) == 0
    assert api.get(f"/invoices/{invoice}")["invoice"]["status"] == "PAID"


def test_a_worse_rate_is_a_loss_on_the_later_of_the_two_days(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "100.00", date="2026-06-02", **dollars(80))["invoice_id"]
    pay(api, customer, 50, (invoice, 50), **dollars(79))
    credit = note(api, customer, 50, **dollars("79.50"))
    assert api.ledger(customer) == 8000 - 3950 - 3975 + -50
    use(api, credit, invoice, 50)
    assert differences(api, customer) == [("2026-06-02", -50), ("2026-06-02", -25)]
    assert trial(api)["Exchange Gain or Loss"] == 75
    assert api.ledger(customer) == 0


def test_in_rupees_nothing_is_booked_for_a_settlement(api: Api, books: Books) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "100.01")["invoice_id"]
    pay(api, customer, 50, (invoice, Decimal("33.34")))
    use(api, note(api, customer, 90), invoice, Decimal("66.67"))
    assert trial(api) == {"Accounts Receivable": Decimal("-39.99"), "HDFC Current": 50, "Sales Returns": 90} | {
        "Sales": Decimal("-100.01")
    }
    assert len(books.db.rows("SELECT id FROM entries")) == 3
    assert sums(books, "allocations", "base", "base_settled") == [(3334, 3334)]
    assert sums(books, "applications", "base", "base_settled") == [(6667, 6667)]


def test_the_last_part_takes_what_rounding_left(api: Api, books: Books) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "1.00", **dollars("83.335"))[
        "invoice_id"
    ]  # 83.34 rupees, though the parts are 27.50, 27.50 and 28.33
    for part in (Decimal("0.33"), Decimal("0.33"), Decimal("0.34")):
        pay(api, customer, part, (invoice, part), **dollars("83.335"))
    assert sums(books, "invoices", "base_total", "base_settled") == [(8334, 8334)]
    assert all(total == applied for total, applied in sums(books, "payments", "base_total", "base_applied"))
    assert api.ledger(customer) == 0


def test_a_settlement_is_in_one_currency(api: Api) -> None:
    customer = api.contact()
    in_dollars = api.invoice(customer, "100.00", **dollars(80))["invoice_id"]
    in_rupees = api.invoice(customer, "90.00")["invoice_id"]
    wrong = (400, INVALID, "allocations[0].invoice_id")
    assert api.refused("POST", "/payments", receipt(customer, 100, (in_dollars, 1))) == wrong
    assert api.refused("POST", "/payments", receipt(customer, 100, (in_rupees, 1), **dollars(80))) == wrong
    path = f"/credit_notes/{note(api, customer, 10)}/apply-to-invoice"
    assert api.refused("POST", path, {"invoice_id": in_dollars, "amount": 1}) == (400, INVALID, "invoice_id")


def test_charges_and_tds_are_in_the_currency_of_the_payment(api: Api) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, "100.00", **dollars(80))["invoice_id"]
    pay(api, customer, 90, (invoice, 100), tds_amount=10, bank_charges=2, **dollars(80))
    booked = {"HDFC Current": 7040, "TDS Receivable": 800, "Bank Charges": 160, "Sales": -8000}
    assert trial(api) == booked


def test_a_foreign_note_books_rupees_and_shows_its_own_currency(api: Api) -> None:
    customer = api.contact()
    credit = note(api, customer, 10, **dollars(80))
    shown = api.get(f"/credit_notes/{credit}")["credit_note"]
    assert (shown["total"], shown["currency_code"], shown["exchange_rate"]) == (10, "USD", 80)
    assert trial(api) == {"Accounts Receivable": -800, "Sales Returns": 800}
    path = f"/credit_notes/{credit}"
    assert api.put(path, {"notes": "two"})["credit_note"]["exchange_rate"] == 80
    api.put(path, {"exchange_rate": 90})
    assert trial(api) == {"Accounts Receivable": -900, "Sales Returns": 900}
    assert api.put(path, {"currency_code": "INR"})["credit_note"]["exchange_rate"] == 1
    assert trial(api) == {"Accounts Receivable": -10, "Sales Returns": 10}


def test_the_void_of_a_paid_invoice_gives_everything_back(api: Api, books: Books) -> None:
    books.settings.set_switches({"void_paid": "unapplies"})
    customer = api.contact()
    invoice = api.invoice(customer, "100.00", **dollars(80))["invoice_id"]
    other = api.invoice(customer, "40.00", **dollars(82))["invoice_id"]
    payment = pay(api, customer, 90, (invoice, 50), (other, 20), **dollars(85))
    credit = note(api, customer, 50, **dollars(78))
    use(api, credit, invoice, 50)
    assert len(differences(api, customer)) == 3
    api.post(f"/invoices/{invoice}/void")
    assert sums(books, "invoices", "paid", "credited", "base_settled")[0] == (0, 0, 0)
    assert sums(books, "invoices", "paid", "credited", "base_settled")[1] == (2000, 0, 164000)
    assert sums(books, "payments", "base_total", "base_applied") == [(765000, 170000)]
    assert sums(books, "credit_notes", "applied", "base_applied", "state") == [(0, 0, "ISSUED")]
    allocations = api.get(f"/payments/{payment}")["payment"]["allocations"]
    assert [(row["invoice_id"], row["amount"]) for row in allocations] == [(other, 20)]
    assert api.get(f"/credit_notes/{credit}")["credit_note"]["balance"] == 50
    assert trial(api)["Exchange Gain or Loss"] == -60  # of the invoice that stays
    assert api.ledger(customer) == 40 * 82 - 20 * 82 - (90 - 20) * 85 - 50 * 78
    # What was given back can be used again.
    again = api.invoice(customer, "120.00", **dollars(80))["invoice_id"]
    api.post(f"/payments/{payment}/apply", {"allocations": [{"invoice_id": again, "amount": 70}]})
    use(api, credit, again, 50)
    assert api.get(f"/credit_notes/{credit}")["credit_note"]["status"] == "APPLIED"
    assert api.ledger(customer) == 20 * 82


RATES = st.decimals("0.01", "200", places=4)
PARTS = st.lists(st.tuples(st.integers(100, 20_000), RATES, st.booleans()), min_size=1, max_size=5)


@contextmanager
def new_books() -> Iterator[tuple[Api, Books]]:
    books = Books(":memory:", HandClock())
    api = Api(books)
    try:
        yield api, books
    finally:
        api.close()
        books.close()


@settings(max_examples=40, deadline=None)
@given(RATES, PARTS)
def test_whatever_the_rates_what_is_settled_leaves_nothing(
    rate: Decimal, parts: list[tuple[int, Decimal, bool]]
) -> None:
    with new_books() as (api, books):
        books.settings.set_switches({"void_paid": "unapplies"})
        customer = api.contact()
        total = Decimal(sum(amount for amount, _, _ in parts)).scaleb(-2)
        invoice = api.invoice(customer, str(total), **dollars(rate))["invoice_id"]
        for hundredths, own_rate, is_note in parts:
            amount = Decimal(hundredths).scaleb(-2)
            if is_note:
                use(api, note(api, customer, amount, **dollars(own_rate)), invoice, amount)
            else:
                pay(api, customer, amount, (invoice, amount), **dollars(own_rate))
            assert left_of(books) == 100 * api.ledger(customer)
        assert api.get(f"/invoices/{invoice}")["invoice"]["balance"] == 0
        assert api.ledger(customer) == trial(api).get("Accounts Receivable", 0) == 0
        api.post(f"/invoices/{invoice}/void")
        assert left_of(books) == 100 * api.ledger(customer)
        assert "Exchange Gain or Loss" not in trial(api)


def left_of(books: Books) -> int:
    """Paise of all documents that are not settled: invoices less payments and notes."""
    owed: int = sum(total - settled for total, settled in sums(books, "invoices", "base_total", "base_settled"))
    for table in ("payments", "credit_notes"):
        owed -= sum(total - applied for total, applied in sums(books, table, "base_total", "base_applied"))
    return owed
