from __future__ import annotations

import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from importer.sandbox.books import PARTNER_TOKEN
from sandbox.client import HandClock
from sandbox.served import HEADERS, process, running

CLIENTS = 16
ROUNDS = 4
CALLS = 3 * ROUNDS  # of one client


def work(url: str, client: int) -> list[httpx.Response]:
    """What one client does: contacts, invoices, payments, each settled exactly."""
    answers = []
    with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as http:
        for number in range(ROUNDS):
            key = f"client-{client}-{number}"

            def post(path: str, body: dict[str, Any], key: str = key) -> dict[str, Any]:
                answer = http.post(path, json=body, headers={"Idempotency-Key": key})
                assert answer.status_code == 200, answer.text
                answers.append(answer)
                told: dict[str, Any] = answer.json()
                return told

            contact = post("/contacts", {"contact_name": key})["contact"]
            assert contact["contact_name"] == key
            body = {"customer_id": contact["contact_id"], "date": "2026-05-19", "place_of_supply": "IN-KA"}
            body["due_date"] = "2099-12-31"
            line = {"name": key, "quantity": 1 + client, "rate": 10 + number}
            invoice = post("/invoices", {**body, "line_items": [line], "auto_approve": True})["invoice"]
            total = (1 + client) * (10 + number)
            assert (invoice["customer_name"], invoice["total"], invoice["status"]) == (key, total, "SENT")
            receipt = {"flow": "INCOMING", "contact_id": contact["contact_id"], "date": "2026-05-19", "mode": "UPI"}
            allocations = [{"invoice_id": invoice["invoice_id"], "amount": total}]
            paid = post("/payments", {**receipt, "amount": total, "allocations": allocations})["payment"]
            assert (paid["contact_name"], paid["amount"]) == (key, total)
    return answers


def all_of(http: httpx.Client, path: str, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = http.get(path, params={"per_page": 200} | ({"cursor": cursor} if cursor else {})).json()
        rows += answer[name]
        cursor = answer["page_context"]["next_cursor"]
        if not answer["page_context"]["has_more_page"]:
            return rows


def test_sixteen_clients_at_once_are_served_correctly(tmp_path: Path, clock: HandClock) -> None:
    with running(tmp_path / "s.db", clock) as url:
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = [one for done in pool.map(lambda client: work(url, client), range(CLIENTS)) for one in done]
        # The clock stands, so that all fell into one window: no two were told the same, and none was missed.
        left = sorted(int(answer.headers["X-RateLimit-Remaining"]) for answer in answers)
        assert left == list(range(600 - CLIENTS * CALLS, 600))
        partner = {"Authorization": f"Bearer {PARTNER_TOKEN}"}
        with httpx.Client(base_url=url, headers=partner) as http:
            assert http.get("/whoami", headers=HEADERS).headers["X-RateLimit-Remaining"] == str(left[0] - 1)
            invoices = all_of(http, "/invoices", "invoices")
            assert {one["status"] for one in invoices} == {"PAID"}
            numbers = Counter(one["invoice_number"] for one in invoices)
            assert len(numbers) == len(invoices) == CLIENTS * ROUNDS
            assert len(all_of(http, "/contacts", "contacts")) == CLIENTS * ROUNDS
            assert len(all_of(http, "/payments", "payments")) == CLIENTS * ROUNDS
            trial = http.get("/reports/trial_balance?as_of_date=2026-05-31").json()["trial_balance"]
            assert trial["total_debit"] == trial["total_credit"] > 0
            receivable = next(row for row in trial["rows"] if row["account_type"] == "ACCOUNTS_RECEIVABLE")
            assert receivable["debit"] == receivable["credit"] == 0


@pytest.mark.fact("8.header", "8.in-progress")
def test_sixteen_callers_of_one_key_make_one_document(tmp_path: Path, clock: HandClock) -> None:
    def call(url: str) -> httpx.Response:
        while True:
            headers = HEADERS | {"Idempotency-Key": "k"}
            answer = httpx.post(f"{url}/contacts", json={"contact_name": "A"}, headers=headers, timeout=60)
            if answer.status_code != 409:
                return answer
            assert answer.json()["code"] == "idempotency.in_progress"

    with running(tmp_path / "s.db", clock) as url:
        with ThreadPoolExecutor(CLIENTS) as pool:
            bodies = {answer.content for answer in pool.map(call, [url] * CLIENTS)}
        assert len(bodies) == 1
        assert len(httpx.get(f"{url}/contacts", headers=HEADERS).json()["contacts"]) == 1


def test_two_processes_serve_one_file(tmp_path: Path) -> None:
    with process(tmp_path / "s.db") as (one, _), process(tmp_path / "s.db") as (two, _):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda client: work((one, two)[client % 2], client), range(8)))
        made = httpx.post(f"{one}/contacts", json={"contact_name": "A"}, headers=HEADERS | {"Idempotency-Key": "k"})
        again = httpx.post(f"{two}/contacts", json={"contact_name": "B"}, headers=HEADERS | {"Idempotency-Key": "k"})
        assert again.content == made.content
        httpx.put(f"{one}/_sandbox/switches", json={"create_status": "201"})
        assert httpx.post(f"{two}/contacts", json={"contact_name": "C"}, headers=HEADERS).status_code == 201
        httpx.post(f"{two}/_sandbox/faults", json={"faults": ["GET /whoami error-before status=503"]})
        assert httpx.get(f"{one}/whoami", headers=HEADERS).status_code == 503
        invoices = httpx.get(f"{two}/invoices?per_page=200", headers=HEADERS).json()["invoices"]
        assert len({invoice["invoice_number"] for invoice in invoices}) == len(invoices) == 8 * ROUNDS
    with closing(sqlite3.connect(tmp_path / "s.db")) as db:
        assert db.execute("SELECT sum(amount) FROM postings").fetchone() == (0,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
