"""Goes through the books of a sandbox and finds what does not agree: the tables, the documents and the reports."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.books import Books
from importer.sandbox.exact_json import decode
from importer.sandbox.money import paise, rupees
from sandbox.client import Api

FOR_EVER: Final = "9999-12-31"
# What a refused call may leave behind: its answer, and nothing else.
MEMORY: Final = frozenset({"answers", "settings"})
# Columns of the sales register -> the accounts that hold nothing but them.
SALES: Final = {
    "taxable_value": ("Sales", "Consulting Revenue", "Sales Returns"),
    "cgst": ("Output CGST",),
    "sgst": ("Output SGST",),
    "igst": ("Output IGST",),
    "cess": ("Output Cess",),
    "shipping_charge": ("Shipping Charges",),
    "adjustment": ("Other Adjustments",),
}


def everything(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but those that remember answers and settings."""
    tables = [row[0] for row in books.db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: [tuple(row) for row in books.db.rows(f"SELECT * FROM {name}")] for name in tables if name not in MEMORY
    }


class Bookkeeper:
    """Every method fails with what it found."""

    def __init__(self, api: Api, books: Books) -> None:
        self.api = api
        self.db = books.db
        self.books = books

    def audit(self) -> None:
        self.journal_balances()
        self.openings_agree()
        self.invoices_agree()
        self.payments_agree()
        self.notes_agree()
        for day in ("2026-04-30", self.books.today().isoformat(), FOR_EVER):
            self.receivables_agree(day)
        self.sales_agree()

    def journal_balances(self) -> None:
        """Straight from the table, entry by entry, and as the trial balance tells it."""
        assert not self.db.rows("SELECT entry_id FROM postings GROUP BY entry_id HAVING sum(amount) <> 0")
        assert not self.db.rows("SELECT 1 FROM postings p LEFT JOIN entries e ON e.id = p.entry_id WHERE e.id IS NULL")
        trial = self.trial_balance()
        debit, credit = (sum(row[side] for row in trial["rows"]) for side in ("debit", "credit"))
        assert debit == credit == trial["total_debit"] == trial["total_credit"]

    def trial_balance(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/reports/trial_balance?as_of_date={FOR_EVER}")["trial_balance"]
        return found

    def openings_agree(self) -> None:
        """What is posted for a contact is its opening balance, however often that was changed."""
        posted = self.books.switches.opening_balances == "posted"
        for row in self.rows("contacts"):
            kept = decode(row["fields"]).get("opening_balance") if posted else None
            opening = paise(Decimal(kept or 0))
            owed = self.booked("receivable", row["id"]), self.booked("payable", row["id"])
            assert owed == ((0, -opening) if row["contact_type"] == "VENDOR" else (opening, 0))

    def invoices_agree(self) -> None:
        shown = {one["invoice_id"]: one for one in self.listed("invoices")}
        rows = self.rows("invoices")
        assert len(rows) == len(shown)
        for row in rows:
            self.invoice_agrees(row, shown[row["id"]])

    def invoice_agrees(self, row: Row, shown: dict[str, Any]) -> None:
        paid, credited = (self.linked(table, "invoice_id", row["id"]) for table in ("allocations", "applications"))
        assert (row["paid"], row["credited"]) == (paid["amount"], credited["amount"])
        assert row["base_settled"] == paid["base_settled"] + credited["base_settled"]
        left = row["total"] - row["paid"] - row["credited"]
        assert 0 <= left <= row["total"]
        assert 0 <= row["base_settled"] <= row["base_total"] or row["state"] == "CANCELLED"
        owed = 0 if row["state"] == "CANCELLED" else left
        assert (shown["balance"], shown["payment_made"]) == (rupees(owed), rupees(row["paid"]))
        assert shown["status"] == self.status_of(row, left)
        booked = self.booked("receivable", row["id"])
        if row["state"] == "POSTED":
            assert row["base_total"] == booked
            assert row["currency"] != "INR" or (row["base_total"], row["base_settled"]) == (row["total"], paid_up(row))
            assert left or row["base_settled"] == row["base_total"]
        else:
            assert (booked, row["paid"], row["credited"]) == (0, 0, 0)

    def status_of(self, row: Row, left: int) -> str:
        if row["state"] != "POSTED":
            return str(row["state"])
        if not left:
            return "PAID" if row["paid"] else "CREDIT_APPLIED"
        if row["due_date"] < self.books.today().isoformat():
            return "OVERDUE"
        return "SENT" if left == row["total"] else "PARTIALLY_PAID"

    def payments_agree(self) -> None:
        shown = {one["payment_id"]: one for one in self.listed("payments")}
        rows = self.rows("payments")
        assert len(rows) == len(shown)
        for row in rows:
            used = self.linked("allocations", "payment_id", row["id"])
            extra = row["tds"] if self.books.switches.payment_tds == "on-top" else 0
            assert 0 <= used["amount"] <= row["amount"] + extra
            assert row["base_applied"] == used["base"]
            assert abs(self.booked("receivable", row["id"]) + self.booked("payable", row["id"])) == row["base_total"]
            assert sum(one["amount"] for one in shown[row["id"]]["allocations"]) == rupees(used["amount"])

    def notes_agree(self) -> None:
        shown = {one["credit_note_id"]: one for one in self.listed("credit_notes")}
        rows = self.rows("credit_notes")
        assert len(rows) == len(shown)
        for row in rows:
            used = self.linked("applications", "credit_note_id", row["id"])
            assert (row["applied"], row["base_applied"]) == (used["amount"], used["base"])
            left = 0 if row["state"] == "CANCELLED" else row["total"] - row["applied"]
            assert 0 <= left <= row["total"]
            assert (row["state"] == "APPLIED") == (left == 0 and row["state"] != "CANCELLED")
            assert (shown[row["id"]]["balance"], shown[row["id"]]["status"]) == (rupees(left), row["state"])
            booked = -self.booked("receivable" if row["side"] == "customer" else "payable", row["id"])
            assert abs(booked) == (0 if row["state"] == "CANCELLED" else row["base_total"])

    def receivables_agree(self, day: str) -> None:
        """For every contact: the ledger line by line, its end, the aging and what is outstanding."""
        aging = self.api.get(f"/reports/ar_aging?as_of_date={day}")["ar_aging"]
        outstanding = self.api.get(f"/reports/outstanding_receivables?as_of_date={day}")["outstanding_receivables"]
        aged = {row["contact_id"]: row for row in aging["rows"]}
        open_documents = {row["contact_id"]: row for row in outstanding["contacts"]}
        assert aged.keys() == open_documents.keys()
        total = Decimal(0)
        for contact in (row["id"] for row in self.rows("contacts")):
            closing = self.ledger_end(contact) if day == FOR_EVER else self.booked_until(contact, day)
            row, other = aged.get(contact), open_documents.get(contact)
            if row is None or other is None:
                assert closing == 0
                continue
            assert closing == row["total"] == other["balance"]
            amounts = {name: amount for name, amount in row.items() if name not in ("contact_id", "contact_name")}
            assert sum(amounts.values()) == 2 * row["total"]
            invoiced = sum(document["balance"] for document in other["documents"])
            assert invoiced == sum(row[bucket] for bucket in ("0-30", "31-60", "61-90", "90+"))
            total += closing
        assert total == outstanding["total"] == aging["totals"]["total"]
        if day == FOR_EVER:
            self.documents_make_up(aged)

    def ledger_end(self, contact: str) -> Decimal:
        """The closing balance of a ledger whose every line is right."""
        path = f"/reports/customer_ledger?contact_id={contact}&from_date=2026-05-01"
        ledger = self.api.get(path)["customer_ledger"]
        balance: Decimal = ledger["opening_balance"]
        for line in ledger["entries"]:
            assert min(line["debit"], line["credit"]) == 0
            balance += line["debit"] - line["credit"]
            assert line["balance"] == balance
        assert ledger["closing_balance"] == balance
        return balance

    def documents_make_up(self, aged: dict[str, Any]) -> None:
        """What is owed in the end is what the documents have left, without the help of any report."""
        owed: defaultdict[str, int] = defaultdict(int)
        for row in self.rows("invoices"):
            owed[row["customer_id"]] += row["base_total"] - row["base_settled"] if row["state"] == "POSTED" else 0
        for row in self.rows("payments"):
            refund = row["payment_type"] == "REFUND"
            if (row["flow"] == "INCOMING") != refund:
                owed[row["contact_id"]] += (row["base_total"] - row["base_applied"]) * (1 if refund else -1)
        for row in self.rows("credit_notes"):
            if row["side"] == "customer" and row["state"] != "CANCELLED":
                owed[row["customer_id"]] -= row["base_total"] - row["base_applied"]
        for contact in self.rows("contacts"):
            total = aged[contact["id"]]["total"] if contact["id"] in aged else 0
            assert rupees(owed[contact["id"]] + self.booked("receivable", contact["id"])) == total

    def sales_agree(self) -> None:
        """The register over all time against the accounts that hold sales and their tax."""
        register = self.api.get("/reports/sales_register")["sales_register"]
        trial = {row["name"]: row["credit"] - row["debit"] for row in self.trial_balance()["rows"]}
        for column, accounts in SALES.items():
            assert register["totals"][column] == sum(trial.get(account, 0) for account in accounts)
        for column in ("taxable_value", "cgst", "sgst", "igst", "cess"):
            assert register["totals"][column] == sum(row[column] for row in register["rows"])
        for column, total in register["totals"].items():
            assert total == sum(document[column] for document in register["documents"])

    # How it looks things up.

    def listed(self, name: str) -> list[dict[str, Any]]:
        page = self.api.get(f"/{name}?per_page=200")
        assert not page["page_context"]["has_more_page"]
        found: list[dict[str, Any]] = page[name]
        return found

    def rows(self, table: str) -> list[Row]:
        return self.db.rows(f"SELECT * FROM {table} WHERE org = ?", (self.books.org_id,))

    def linked(self, table: str, column: str, remote_id: str) -> dict[str, int]:
        """The sums of the allocations or applications of a document."""
        names = ("amount", "base", "base_settled")
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in names)
        row = self.db.row(f"SELECT {sums} FROM {table} WHERE {column} = ?", (remote_id,))
        assert row is not None
        return dict(zip(names, row, strict=True))

    def booked(self, role: str, source_id: str) -> int:
        """Paise that a document has on the account of that role."""
        return int(
            self.db.value(
                "SELECT coalesce(sum(p.amount), 0) FROM entries e JOIN postings p ON p.entry_id = e.id "
                "JOIN accounts a ON a.id = p.account_id WHERE e.source_id = ? AND a.role = ?",
                (source_id, role),
            )
        )

    def booked_until(self, contact: str, day: str) -> Decimal:
        """What the journal has on a contact's receivable at the end of ``day``."""
        sql = (
            "SELECT coalesce(sum(p.amount), 0) FROM entries e JOIN postings p ON p.entry_id = e.id "
            "JOIN accounts a ON a.id = p.account_id WHERE p.contact_id = ? AND a.role = 'receivable' AND e.date <= ?"
        )
        return rupees(int(self.db.value(sql, (contact, day))))


def paid_up(row: Row) -> int:
    return int(row["paid"] + row["credited"])
