"""A client of the sandbox in process, and books with a clock that tests move by hand."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import httpx

from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.exact_json import encode
from importer.sandbox.serving.app import create_app

BASE = "http://sandbox/api/public/v1"


class HandClock:
    """Stands still at 2026-05-20 04:30:07 UTC, seven seconds into a minute, until moved."""

    def __init__(self) -> None:
        self.time = 1779251407.0

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)


class Api:
    """Calls the sandbox as HTTP clients do; every POST gets a key of its own unless one is given."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.keys = 0
        self.runner = asyncio.Runner()
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(books)), base_url=BASE)

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()

    def send(
        self, method: str, path: str, body: Any = None, key: str | None = "auto", token: str = SANDBOX_TOKEN
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        if method == "POST" and key is not None:
            self.keys += 1
            headers["Idempotency-Key"] = f"test-{self.keys}" if key == "auto" else key
        content = None if body is None else body if isinstance(body, bytes) else encode(body).encode()
        return self.runner.run(self.client.request(method, path, content=content, headers=headers))

    def ok(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The envelope of a call that must succeed; numbers with a point as Decimal."""
        answer = self.send(method, path, body)
        assert answer.status_code == 200, answer.text
        envelope: dict[str, Any] = json.loads(answer.text, parse_float=Decimal)
        assert envelope["code"] == 0
        return envelope

    def get(self, path: str) -> dict[str, Any]:
        return self.ok("GET", path)

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        return self.ok("POST", path, body)

    def put(self, path: str, body: Any) -> dict[str, Any]:
        return self.ok("PUT", path, body)

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str, str | None]:
        """Status, code and field of a call that must fail."""
        answer = self.send(method, path, body, **more)
        envelope = answer.json()
        assert isinstance(envelope["code"], str), answer.text
        assert envelope["message"]
        return answer.status_code, envelope["code"], envelope.get("field")

    def control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer of the control surface, below ``/_sandbox``, to a call that must succeed."""
        url = f"http://sandbox/_sandbox{path}"
        answer = self.runner.run(self.client.request(method, url, json={} if body is None else body))
        assert answer.status_code == 200, answer.text
        envelope: dict[str, Any] = answer.json()
        return envelope

    def strike(self, *lines: str) -> None:
        """Let these faults come."""
        self.control("POST", "/faults", {"faults": list(lines)})

    # What most tests begin with.

    def tax(self, name: str = "GST 18%") -> str:
        return str(next(tax["tax_id"] for tax in self.get("/taxes")["taxes"] if tax["name"] == name))

    def account(self, name: str) -> str:
        accounts = self.get("/accounts")["accounts"]
        return str(next(account["account_id"] for account in accounts if account["name"] == name))

    def contact(self, **fields: Any) -> str:
        return str(self.post("/contacts", {"contact_name": "Acme Corp", **fields})["contact"]["contact_id"])

    def item(self, **fields: Any) -> str:
        body = {"name": "Widget Pro", "type": "SERVICE", "rate": 12000, "hsn_sac": "997331", "tax_id": self.tax()}
        return str(self.post("/items", body | fields)["item"]["item_id"])

    def invoice(self, customer: str, total: str = "100.00", **fields: Any) -> dict[str, Any]:
        """A posted invoice of one untaxed line."""
        made: dict[str, Any] = self.post("/invoices", invoice_body(customer, total, **fields))["invoice"]
        return made

    def ledger(self, contact: str) -> Decimal:
        report = self.get(f"/reports/customer_ledger?contact_id={contact}")["customer_ledger"]
        closing: Decimal = report["closing_balance"]
        return closing


def invoice_body(customer: str, total: str = "100.00", **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "customer_id": customer,
        "date": "2026-05-19",
        "place_of_supply": "IN-KA",
        "auto_approve": True,
    }
    body["line_items"] = [{"name": "Work", "quantity": 1, "rate": Decimal(total)}]
    return body | fields
