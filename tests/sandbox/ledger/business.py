"""A business before the sandbox: what its steps refer to, and what is true of any answer it gets."""

from __future__ import annotations

from decimal import Decimal
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.books import Books
from importer.sandbox.money import rupees
from sandbox.client import Api, HandClock, invoice_body
from sandbox.ledger import trade
from sandbox.ledger.bookkeeper import everything

OTHER_TOKEN: Final = "aibk_pat_test_other"  # opens nothing but a sandbox in memory
KINDS: Final = {"contact": "contacts", "item": "items", "invoice": "invoices"} | {
    "payment": "payments",
    "credit_note": "credit_notes",
}
PARTS: Final = {"all": 1, "half": 2, "third": 3}


class Business:
    """``books``, the ids of all that was made in them, and another organisation whose ids are of no use."""

    def begin(self) -> None:
        """Open new books. A method by itself, because a state machine's __init__ takes what is not ours."""
        self.clock = HandClock()
        self.books = Books(":memory:", self.clock)
        self.api = Api(self.books)
        self.changed = True  # since somebody last looked
        self.ids: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.others: dict[str, str] = {}
        self.taxes = {tax["name"]: tax["tax_id"] for tax in self.api.get("/taxes")["taxes"]}
        self.revenue = self.api.account("Consulting Revenue")
        self.add_another_organisation()

    def close(self) -> None:
        self.api.close()
        self.books.close()

    def add_another_organisation(self) -> None:
        self.books.add_token(OTHER_TOKEN, orgs=(self.books.add_org("Others"),))
        self.add_theirs("contact", {"contact_name": "Theirs"})
        self.add_theirs("item", {"name": "Theirs"})
        customer = self.others["contact"]
        self.add_theirs("invoice", invoice_body(customer))
        self.add_theirs("payment", {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 10})
        self.add_theirs("credit_note", invoice_body(customer))

    def add_theirs(self, kind: str, body: dict[str, Any]) -> None:
        made = self.api.send("POST", f"/{kind}s", body, token=OTHER_TOKEN).json()
        self.others[kind] = made[kind][f"{kind}_id"]

    def call(self, method: str, path: str, body: Any = None) -> None:
        """Send, and hold the answer to what is true of any; remember what was made."""
        before = everything(self.books)
        answer = self.api.send(method, path, body)
        assert answer.status_code < 500, answer.text
        told = answer.json()
        assert (answer.status_code < 400) == (told["code"] == 0)
        if answer.status_code >= 400:
            assert everything(self.books) == before, f"{method} {path} was refused and changed something"
            return
        self.changed = True
        for kind, known in self.ids.items():
            made = [told.get(kind), *(row.get(kind) for row in told.get("results", []))]
            known.extend(one[f"{kind}_id"] for one in made if one and one[f"{kind}_id"] not in known)
        if "results" in told:
            rows = len(everything(self.books)["invoices"]) - len(before["invoices"])
            assert rows == told["summary"]["succeeded"] == sum(row["ok"] for row in told["results"])

    def named(self, kind: str, place: int) -> str:
        known = self.ids[kind]
        if place == trade.NOBODYS or not known:
            return "no_such"
        return self.others[kind] if place == trade.OTHERS else known[place % len(known)]

    def row_of(self, kind: str, place: int) -> tuple[str, str, str]:
        """The table, the organisation and the id of what is named."""
        return KINDS[kind], self.books.org_id, self.named(kind, place)

    def owed(self, place: int, customer: str | None = None, currency: str | None = None) -> Row | None:
        """A posted invoice with a balance, of that customer and currency where they are given."""
        rows = self.books.db.rows(
            "SELECT * FROM invoices WHERE org = ? AND state = 'POSTED' AND total > paid + credited "
            "AND customer_id = coalesce(?, customer_id) AND currency = coalesce(?, currency) ORDER BY created",
            (self.books.org_id, customer, currency),
        )
        return rows[place % len(rows)] if rows else None

    def settled(self, kind: str, place: int) -> str:
        """An invoice that payments settle, or a payment that settles one."""
        rows = self.books.db.rows(f"SELECT DISTINCT {kind}_id FROM allocations ORDER BY rowid")
        return str(rows[place % len(rows)][0]) if rows else self.named(kind, place)

    def part(self, place: int, share: str, source: Row | None) -> dict[str, Any]:
        """A part of an invoice that the source, a payment, a note or another invoice of the customer's, may settle."""
        if source is None or share == "any":
            return {"invoice_id": self.named("invoice", place), "amount": 10}
        names = source.keys()
        customer = source["contact_id" if "contact_id" in names else "customer_id"]
        invoice = self.owed(place, customer, source["currency"])
        if invoice is None:
            return {"invoice_id": self.named("invoice", place), "amount": Decimal("0.01")}
        balance = invoice["total"] - invoice["paid"] - invoice["credited"]
        if "base_applied" in names and share != "over":  # a payment or a note, not an invoice yet to be paid
            balance = min(balance, self.left(source))
        amount = max(balance // PARTS.get(share, 1), 1) + (share in ("over", "beyond"))
        return {"invoice_id": invoice["id"], "amount": rupees(amount)}

    def usable(self, kind: str, place: int) -> Row | None:
        """A payment or a note that has something left to settle invoices with."""
        receipts = "(payment_type <> 'REFUND' AND flow = 'INCOMING')"
        condition = receipts if kind == "payment" else "(side = 'customer' AND state = 'ISSUED')"
        sql = f"SELECT * FROM {KINDS[kind]} WHERE org = ? AND {condition} ORDER BY created"
        rows = [row for row in self.books.db.rows(sql, (self.books.org_id,)) if self.left(row)]
        return rows[place % len(rows)] if rows else None

    def left(self, source: Row) -> int:
        """What a payment or a note has left to settle with."""
        if "applied" in source.keys():  # noqa: SIM118  (of a Row, "in" looks at the values)
            return int(source["total"] - source["applied"])
        used = self.books.db.value("SELECT sum(amount) FROM allocations WHERE payment_id = ?", (source["id"],))
        return int(source["total"] - (used or 0))

    def lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.line(**line) for line in lines]

    def line(self, item: int | None, tax: str | None, **fields: Any) -> dict[str, Any]:
        own = {"name": "Work"} if item is None else {"item_id": self.named("item", item)}
        return own | fields | {"tax_id": self.taxes[tax] if tax else None}
