"""Whatever is asked, legal or not: debits equal credits, and what documents say agrees with the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock, invoice_body

GOOD = ("0.01", "1", "33.33", "50", "100", "118")
AMOUNTS = st.sampled_from([Decimal(text) for text in (*GOOD, *GOOD, "-1", "0", "1000")])  # legal more often than not
TAKEN_OFF = st.sampled_from([Decimal(0), Decimal(0), Decimal(10)])
PLACES = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("invoice"), PLACES, AMOUNTS, st.booleans(), st.booleans()),
    st.tuples(st.just("payment"), PLACES, PLACES, AMOUNTS, AMOUNTS, TAKEN_OFF),
    st.tuples(st.just("apply payment"), PLACES, PLACES, AMOUNTS),
    st.tuples(st.just("note"), PLACES, AMOUNTS, st.booleans()),
    st.tuples(st.just("edit note"), PLACES, AMOUNTS),
    st.tuples(st.just("apply note"), PLACES, PLACES, AMOUNTS),
    st.tuples(st.sampled_from(["approve", "void", "delete", "void note", "edit draft"]), PLACES),
)
# Every example begins with documents of both customers, so that steps find something to act upon.
BEGINNING: tuple[tuple[Any, ...], ...] = (
    *(("invoice", place, Decimal(100 + place), place > 1, place != 3) for place in range(5)),
    *(("payment", place, 0, Decimal(150), Decimal(0), Decimal(10)) for place in range(2)),
    *(("note", place, Decimal(80), place > 0) for place in range(2)),
)


class Bookkeeper:
    """Carries out steps; what a step refers to may not be there, and the call may be refused."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.customers = [api.contact(), api.contact()]
        self.tax = api.tax()
        self.ids: dict[str, list[str]] = {"invoice": [], "payment": [], "credit_note": []}

    def named(self, kind: str, place: int) -> str:
        known = self.ids[kind]
        return known[place % len(known)] if known else "no_such"

    def customer(self, place: int) -> str:
        return self.customers[place % 2]

    def call(self, method: str, path: str, body: Any = None) -> None:
        answer = self.api.send(method, path, body)
        assert answer.status_code < 500, answer.text
        for kind, known in self.ids.items():
            made = answer.json().get(kind) if answer.status_code == 200 else None
            if made and made[f"{kind}_id"] not in known:
                known.append(made[f"{kind}_id"])

    def line(self, rate: Decimal, taxed: bool) -> dict[str, Any]:
        return {"name": "Work", "quantity": Decimal("1.5"), "rate": rate, "tax_id": self.tax if taxed else None}

    def do(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("invoice", place, amount, taxed, approve):
                extra = {"auto_approve": approve, "round_off": Decimal("0.37"), "shipping_charge": 7, "tds_amount": 2}
                body = invoice_body(self.customer(place), line_items=[self.line(amount, taxed)], **extra)
                self.call("POST", "/invoices", body | {"reference_number": str(self.api.keys)})
            case ("payment", place, target, amount, part, tds):
                allocations = [{"invoice_id": self.named("invoice", target), "amount": part}] if part else []
                body = {"flow": "INCOMING", "contact_id": self.customer(place), "date": "2026-05-20"}
                self.call(
                    "POST", "/payments", {**body, "amount": amount, "tds_amount": tds, "allocations": allocations}
                )
            case ("apply payment", place, target, amount):
                body = {"allocations": [{"invoice_id": self.named("invoice", target), "amount": amount}]}
                self.call("POST", f"/payments/{self.named('payment', place)}/apply", body)
            case ("note", place, amount, taxed):
                body = {"customer_id": self.customer(place), "date": "2026-05-20"}
                self.call("POST", "/credit_notes", {**body, "line_items": [self.line(amount, taxed)]})
            case ("edit note", place, amount):
                body = {"line_items": [self.line(amount, True)]}
                self.call("PUT", f"/credit_notes/{self.named('credit_note', place)}", body)
            case ("apply note", place, target, amount):
                body = {"invoice_id": self.named("invoice", target), "amount": amount}
                self.call("POST", f"/credit_notes/{self.named('credit_note', place)}/apply-to-invoice", body)
            case ("void note", place):
                self.call("POST", f"/credit_notes/{self.named('credit_note', place)}/void")
            case ("delete", place):
                self.call("DELETE", f"/invoices/{self.named('invoice', place)}")
            case ("edit draft", place):
                self.call("PUT", f"/invoices/{self.named('invoice', place)}", {"place_of_supply": "IN-MH"})
            case (verb, place):
                self.call("POST", f"/invoices/{self.named('invoice', place)}/{verb}")

    def owed(self, customer: str) -> Decimal:
        """What the documents say the customer owes, unapplied money and notes taken off."""
        api = self.api
        owed = Decimal(0)
        for invoice in api.get(f"/invoices?customer_id={customer}&per_page=200")["invoices"]:
            assert 0 <= invoice["balance"] <= invoice["total"]
            owed += invoice["balance"] if invoice["status"] != "DRAFT" else 0
        for payment in api.get("/payments?per_page=200")["payments"]:
            if payment["contact_id"] == customer:
                applied = sum(row["amount"] for row in payment["allocations"])
                assert applied <= payment["amount"] + payment["tds_amount"]
                owed -= payment["amount"] + payment["tds_amount"] - applied
        for note in api.get(f"/credit_notes?customer_id={customer}&per_page=200")["credit_notes"]:
            assert 0 <= note["balance"] <= note["total"]
            owed -= note["balance"]
        return owed


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=20))
def test_the_books_balance_and_agree_with_the_documents(steps: list[tuple[Any, ...]]) -> None:
    books = Books(":memory:", HandClock())
    api = Api(books)
    try:
        keeper = Bookkeeper(api)
        for step in (*BEGINNING, *steps):
            keeper.do(step)
            trial = api.get("/reports/trial_balance?as_of_date=2026-12-31")["trial_balance"]
            assert trial["total_debit"] == trial["total_credit"]
            assert sum(row["debit"] - row["credit"] for row in trial["rows"]) == 0
        for customer in keeper.customers:
            assert api.ledger(customer) == keeper.owed(customer)
    finally:
        api.close()
        books.close()
