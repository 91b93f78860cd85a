"""Whatever is asked, legal or not: debits equal credits, and what documents say agrees with the ledger.

FINZ_EXAMPLES sets the number of examples, for a longer search than is made every time.
"""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox.client import Api, invoice_body
from sandbox.ledger import trade
from sandbox.ledger.bookkeeper import Bookkeeper
from sandbox.ledger.business import KINDS, Business

USUAL: Final = 40
EXAMPLES: Final = int(os.environ.get("FINZ_EXAMPLES", USUAL))


class Trade(Business, RuleBasedStateMachine):
    """A business that sells, is paid, and errs. What a step refers to may not be there, and any call may be refused."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()
        self.bookkeeper = Bookkeeper(self.api, self.books)

    def teardown(self) -> None:
        self.close()

    @initialize(switches=trade.SWITCHES, rounding=trade.ROUNDING)
    def open(self, switches: dict[str, str], rounding: str | None) -> None:
        """Contacts of each type, and something of each kind, so that steps find what to act upon."""
        if rounding:
            self.books.set_preferences(round_invoice_totals=True, rounding_method=rounding)
        self.books.settings.set_switches(switches)
        for number, kind in enumerate(("CUSTOMER", "CUSTOMER", "BOTH", "VENDOR")):
            body = {"contact_name": f"Contact {number}", "contact_type": kind, "opening_balance": 10 * number}
            self.call("POST", "/contacts", body)
        self.item(None, Decimal("12.34"), "GST 18%", None)
        line = {"item": None, "tax": "GST 18%", "quantity": Decimal(1), "rate": Decimal("118.30")}
        dollars = {"currency_code": "USD", "exchange_rate": Decimal("83.123457")}
        for place, extras in enumerate(({}, dollars, {}, {"auto_approve": False})):
            self.invoice(place % 3, "2026-05-19", "IN-KA", [line], {}, extras, None)
        for place, currency in enumerate(({}, {"currency_code": "USD"})):
            self.note(place, "2026-05-19", [line], currency, {}, None)
            self.advance(place, "2026-05-20", Decimal(50), ("INCOMING", "ADVANCE"), currency)
        self.settle([("payment", 1, 0, "third", True)], None)

    # The steps.

    @rule(
        kind=st.sampled_from(("CUSTOMER", "VENDOR", "BOTH", None)),
        place=trade.PLACES,
        opening=st.sampled_from((None, 0, 75, -20)),
        spoiling=trade.SPOILING,
    )
    def contact(self, kind: str | None, place: int, opening: int | None, spoiling: Any) -> None:
        """A new one of that type, or a changed one."""
        body: dict[str, Any] = {"contact_name": f"Contact {self.api.keys}", "opening_balance": opening}
        if kind is None:
            self.call("PUT", f"/contacts/{self.named('contact', place)}", trade.spoilt(body, spoiling))
        else:
            body |= {"contact_type": kind, "payment_terms": 30}
            self.call("POST", "/contacts", trade.spoilt(body, spoiling))

    @rule(
        place=st.one_of(st.none(), trade.PLACES),
        rate=trade.AMOUNTS,
        tax=st.sampled_from((None, "GST 18%")),
        spoiling=trade.SPOILING,
    )
    def item(self, place: int | None, rate: Decimal, tax: str | None, spoiling: Any) -> None:
        """A new one, or a changed one."""
        body: dict[str, Any] = {"name": f"Item {self.api.keys}", "type": "SERVICE", "rate": rate, "hsn_sac": "9973"}
        body |= {"tax_id": self.taxes[tax] if tax else None, "account_id": self.revenue}
        path = "/items" if place is None else f"/items/{self.named('item', place)}"
        self.call("POST" if place is None else "PUT", path, trade.spoilt(body, spoiling))

    @rule(kind=st.sampled_from(("contact", "item", "invoice", "payment")), place=trade.PLACES)
    def delete(self, kind: str, place: int) -> None:
        self.call("DELETE", f"/{KINDS[kind]}/{self.named(kind, place)}")

    @rule(
        place=trade.PLACES,
        day=trade.DAYS,
        supply=trade.PLACES_OF_SUPPLY,
        lines=trade.LINES,
        currency=trade.CURRENCIES,
        extras=trade.INVOICE_EXTRAS,
        spoiling=trade.SPOILING,
    )
    def invoice(self, place: int, day: str, supply: str, lines: Any, currency: Any, extras: Any, spoiling: Any) -> None:
        self.call("POST", "/invoices", self.invoice_body(place, day, supply, lines, currency, extras, spoiling))

    def invoice_body(
        self, place: int, day: str, supply: str, lines: Any, currency: Any, extras: Any, spoiling: Any
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"customer_id": self.named("contact", place), "date": day, "place_of_supply": supply}
        body |= {"reference_number": f"ref {self.api.keys} {place}", "line_items": self.lines(lines)}
        return trade.spoilt(body | {"auto_approve": True} | currency | extras, spoiling)

    @rule(
        rows=st.lists(
            st.tuples(
                *(trade.PLACES, trade.DAYS, trade.PLACES_OF_SUPPLY, trade.LINES, trade.CURRENCIES),
                *(trade.INVOICE_EXTRAS, trade.SPOILING),
            ),
            min_size=1,
            max_size=3,
        )
    )
    def bulk(self, rows: list[tuple[Any, ...]]) -> None:
        self.call("POST", "/bulk/invoices", {"invoices": [self.invoice_body(*row) for row in rows]})

    @rule(place=trade.PLACES, lines=trade.LINES, extras=trade.INVOICE_EXTRAS, spoiling=trade.SPOILING)
    def edit_invoice(self, place: int, lines: Any, extras: Any, spoiling: Any) -> None:
        body = {"customer_id": self.named("contact", place), "date": "2026-05-21", "place_of_supply": "IN-MH"}
        body = trade.spoilt(body | {"line_items": self.lines(lines)} | extras, spoiling)
        self.call("PUT", f"/invoices/{self.named('invoice', place)}", body)

    @rule(place=trade.PLACES, verb=st.sampled_from(("approve", "void", "void")))
    def act_on_invoice(self, place: int, verb: str) -> None:
        self.call("POST", f"/invoices/{self.named('invoice', place)}/{verb}")

    @rule(
        place=trade.PLACES,
        day=trade.DAYS,
        parts=trade.ALLOCATIONS,
        amount=trade.AMOUNTS,
        tds=trade.TAKEN_OFF,
        charges=trade.TAKEN_OFF,
        flow=trade.FLOWS,
        currency=trade.CURRENCIES,
        rate=trade.RATES,
        fits=trade.FITS,
        spoiling=trade.SPOILING,
    )
    def payment(
        self,
        place: int,
        day: str,
        parts: Any,
        amount: Decimal,
        tds: Decimal,
        charges: Decimal,
        flow: tuple[str, str],
        currency: Any,
        rate: Decimal,
        fits: bool,
        spoiling: Any,
    ) -> None:
        """One that fits is of the customer and in the currency of an open invoice, and of the amount it needs."""
        invoice = self.owed(place) if fits else None
        rows = [self.part(aim, share, invoice) for aim, share in parts]
        body: dict[str, Any] = {
            "flow": flow[0],
            "payment_type": flow[1],
            "contact_id": self.named("contact", place),
        }
        body |= {"date": day, "amount": amount, "tds_amount": tds, "bank_charges": charges, "mode": "UPI"}
        body |= {"reference_number": f"utr {self.api.keys}"} | currency
        if invoice:
            body |= {"contact_id": invoice["customer_id"], "currency_code": invoice["currency"]}
            body |= {"flow": "INCOMING", "payment_type": "REGULAR", "amount": sum(row["amount"] for row in rows)}
            body["exchange_rate"] = 1 if invoice["currency"] == "INR" else rate
        self.call("POST", "/payments", trade.spoilt(body | {"allocations": rows}, spoiling))

    @rule(settlements=trade.SETTLEMENTS, spoiling=trade.SPOILING)
    def settle(self, settlements: Any, spoiling: Any) -> None:
        """Apply payments and notes that have something left, or any others, one after the other."""
        for kind, place, aim, share, fits in settlements:
            source = self.usable(kind, place) if fits else self.books.db.find(*self.row_of(kind, place))
            source_id = source["id"] if source else self.named(kind, place)
            part = self.part(aim, share, source)
            if kind == "payment":
                self.call("POST", f"/payments/{source_id}/apply", trade.spoilt({"allocations": [part]}, spoiling))
            else:
                self.call("POST", f"/credit_notes/{source_id}/apply-to-invoice", trade.spoilt(part, spoiling))
            self.the_books_agree()

    @rule(place=trade.PLACES, day=trade.DAYS, amount=trade.AMOUNTS, flow=trade.FLOWS, currency=trade.CURRENCIES)
    def advance(self, place: int, day: str, amount: Decimal, flow: tuple[str, str], currency: Any) -> None:
        body = {
            "flow": flow[0],
            "payment_type": flow[1],
            "contact_id": self.named("contact", place),
            "date": day,
        }
        self.call("POST", "/payments", body | {"amount": amount, "reference_number": f"{self.api.keys}"} | currency)

    @rule(
        place=trade.PLACES,
        day=trade.DAYS,
        lines=trade.LINES,
        currency=trade.CURRENCIES,
        extras=trade.NOTE_EXTRAS,
        spoiling=trade.SPOILING,
    )
    def note(self, place: int, day: str, lines: Any, currency: Any, extras: Any, spoiling: Any) -> None:
        body: dict[str, Any] = {"customer_id": self.named("contact", place), "date": day}
        body["line_items"] = self.lines(lines)
        body |= currency | extras
        if "invoice_id" in body:
            body["invoice_id"] = self.named("invoice", body["invoice_id"])
        self.call("POST", "/credit_notes", trade.spoilt(body, spoiling))

    @rule(place=trade.PLACES, customer=trade.PLACES, lines=trade.LINES, day=trade.DAYS, spoiling=trade.SPOILING)
    def edit_note(self, place: int, customer: int, lines: Any, day: str, spoiling: Any) -> None:
        body = {
            "customer_id": self.named("contact", customer),
            "date": day,
            "line_items": self.lines(lines),
        }
        self.call("PUT", f"/credit_notes/{self.named('credit_note', place)}", trade.spoilt(body, spoiling))

    @rule(place=trade.PLACES)
    def void_note(self, place: int) -> None:
        self.call("POST", f"/credit_notes/{self.named('credit_note', place)}/void")

    @rule(place=trade.PLACES, kind=st.sampled_from(("invoice", "payment")))
    def undo(self, place: int, kind: str) -> None:
        """Void an invoice that is paid, or delete a payment that pays one."""
        path = f"/{KINDS[kind]}/{self.settled(kind, place)}"
        self.call(*(("POST", f"{path}/void") if kind == "invoice" else ("DELETE", path)))

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.clock.advance(days * 86_400)
        self.changed = True

    @invariant()
    def the_books_agree(self) -> None:
        """After a call that was refused the books are the very same, which Business.call has seen to."""
        if self.changed:
            self.clock.advance(60)  # a fresh window of calls
            self.bookkeeper.audit()
            self.changed = False


TestTrade = pytest.mark.fact("24.ledger")(Trade.TestCase)
TestTrade.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
if EXAMPLES > USUAL:
    TestTrade = pytest.mark.timeout(0)(TestTrade)


# What searches have found.


def test_a_note_that_its_round_off_turns_round_is_refused(api: Api) -> None:
    body = invoice_body(api.contact(), "10.00", round_off=-20)
    assert api.refused("POST", "/credit_notes", body) == (400, "validation.invalid_value", "line_items")


def test_an_invoice_that_is_owed_by_us_in_rupees_is_refused(api: Api) -> None:
    """0.04 euros, of which only the TDS is worth a paisa."""
    charges = {"shipping_charge": Decimal("0.06"), "tds_amount": Decimal("0.08")}
    euros = {"currency_code": "EUR", "exchange_rate": Decimal("0.07")}
    body = invoice_body(api.contact(), "0.06", **charges, **euros)
    assert api.refused("POST", "/invoices", body) == (400, "validation.invalid_value", "exchange_rate")
