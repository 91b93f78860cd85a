"""The flow of the API's own tutorial, to the paisa."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from importer.sandbox.books import SANDBOX_TOKEN
from sandbox.client import Api, HandClock
from sandbox.served import HEADERS, running

SCRIPT = Path(__file__).with_name("tutorial.sh")


@pytest.mark.fact("10.example-14160", "15.partly-paid", "17.apply", "17.no-balance")
def test_sale_receipt_and_credit_note_settle_the_invoice_exactly(api: Api) -> None:
    customer = api.contact(contact_type="CUSTOMER")
    item = api.item(account_id=api.account("Consulting Revenue"))
    lines = [{"item_id": item, "quantity": 1}]
    body: dict[str, Any] = {
        "customer_id": customer,
        "date": "2026-05-19",
        "due_date": "2026-06-18",
        "place_of_supply": "IN-KA",
    }
    made = api.post("/invoices", {**body, "line_items": lines, "auto_approve": True, "reference_number": "ORDER-99031"})
    invoice = made["invoice"]
    assert made["message"] == "The invoice has been created and approved."
    assert (invoice["sub_total"], invoice["tax_total"], invoice["total"]) == (12000, 2160, Decimal("14160.00"))
    assert (invoice["status"], invoice["balance"]) == ("SENT", Decimal("14160.00"))

    allocations = [{"invoice_id": invoice["invoice_id"], "amount": 14060}]
    receipt = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 14060, "mode": "UPI"}
    bank = api.account("ICICI Current")
    payment = api.post("/payments", {**receipt, "bank_account_id": bank, "allocations": allocations})["payment"]
    assert payment["allocations"][0]["invoice_id"] == invoice["invoice_id"]
    assert payment["allocations"][0]["bill_id"] is None
    between = api.get(f"/invoices/{invoice['invoice_id']}")["invoice"]
    assert (between["status"], between["balance"]) == ("PARTIALLY_PAID", Decimal("100.00"))

    lines = [{"name": "Returned 1 unit", "quantity": 1, "rate": 100}]
    body = {"customer_id": customer, "invoice_id": invoice["invoice_id"], "date": "2026-05-25", "line_items": lines}
    note = api.post("/credit_notes", body)["credit_note"]
    assert (note["status"], note["tax_total"], note["total"], note["balance"]) == ("ISSUED", 0, 100, 100)
    assert api.get(f"/invoices/{invoice['invoice_id']}")["invoice"]["balance"] == 100  # creating a note lowers nothing

    application = {"invoice_id": invoice["invoice_id"], "amount": 100}
    note = api.post(f"/credit_notes/{note['credit_note_id']}/apply-to-invoice", application)["credit_note"]
    assert (note["status"], note["balance"]) == ("APPLIED", 0)
    settled = api.get(f"/invoices/{invoice['invoice_id']}")["invoice"]
    assert (settled["status"], settled["payment_made"], settled["balance"]) == ("PAID", Decimal("14060.00"), 0)

    ledger = api.get(f"/reports/customer_ledger?contact_id={customer}")["customer_ledger"]
    assert [(row["type"], row["balance"]) for row in ledger["entries"]] == [
        ("invoice", 14160),
        ("payment", 100),
        ("credit note", 0),
    ]
    trial = api.get("/reports/trial_balance?as_of_date=2026-05-31")["trial_balance"]
    assert {row["name"]: row["debit"] - row["credit"] for row in trial["rows"]} == {
        "ICICI Current": 14060,
        "Accounts Receivable": 0,
        "Output CGST": -1080,
        "Output SGST": -1080,
        "Consulting Revenue": -12000,
        "Sales Returns": 100,
    }


def test_numbers_leave_with_two_decimals_and_no_float_in_between(api: Api) -> None:
    invoice = api.invoice(api.contact(), "0.10", line_items=[{"name": "Bolt", "quantity": 3, "rate": 0}, *TENTHS])
    text = api.send("GET", f"/invoices/{invoice['invoice_id']}").text
    assert '"total":0.30' in text
    assert '"rate":0.10' in text


TENTHS = [{"name": "Nut", "quantity": 1, "rate": Decimal("0.10")}] * 3


def run_script(url: str, run: str = "1") -> list[dict[str, Any]]:
    """The answers that the script prints."""
    shell = shutil.which("sh")
    if shell is None or shutil.which("curl") is None:
        pytest.skip("there is no sh or no curl on this machine")
    own = {"BASE": f"{url}/api/public/v1", "PAT": SANDBOX_TOKEN, "RUN": run, "no_proxy": "127.0.0.1"}
    command = [shell, SCRIPT.as_posix()]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_same_flow_with_curl_over_a_socket(tmp_path: Path, clock: HandClock) -> None:
    with running(tmp_path / "s.db", clock) as url:
        answers = run_script(url)
    assert [answer["code"] for answer in answers] == [0] * 9
    whoami, contact, item, invoice, payment, note, applied, settled, ledger = answers
    assert whoami["token"]["scopes"] == ["AIBooks.fullaccess.all"]
    assert contact["contact"]["billing_address"]["state_code"] == "IN-KA"
    assert (item["item"]["item_name"], item["item"]["hsn_or_sac"], item["item"]["rate"]) == (
        "Widget Pro",
        "997331",
        12000,
    )
    made = invoice["invoice"]
    assert invoice["message"] == "The invoice has been created and approved."
    assert (made["reference_number"], made["total"], made["status"]) == ("ORDER-99031", 14160, "SENT")
    assert [one["amount"] for one in payment["payment"]["allocations"]] == [14060]
    assert (note["credit_note"]["status"], note["credit_note"]["total"]) == ("ISSUED", 100)
    assert applied["credit_note"]["status"] == "APPLIED"
    assert (settled["invoice"]["status"], settled["invoice"]["balance"]) == ("PAID", 0)
    report = ledger["customer_ledger"]
    assert [(row["debit"], row["credit"], row["balance"]) for row in report["entries"]] == [
        (14160, 0, 14160),
        (0, 14060, 100),
        (0, 100, 0),
    ]
    assert report["closing_balance"] == 0


def test_a_second_run_brings_the_same_documents_and_other_keys_bring_others(tmp_path: Path, clock: HandClock) -> None:
    with running(tmp_path / "s.db", clock) as url:
        first = run_script(url)
        assert run_script(url)[1:7] == first[1:7]
        other = run_script(url, "2")  # another customer, so that even the same order number is no duplicate
        assert other[3]["invoice"]["invoice_id"] != first[3]["invoice"]["invoice_id"]
        assert len(httpx.get(f"{url}/invoices", headers=HEADERS).json()["invoices"]) == 2


def test_every_post_of_the_script_that_moves_money_has_a_key() -> None:
    text = SCRIPT.read_text("utf-8")
    assert text.count("curl -s -X POST") == text.count('-H "Idempotency-Key: ') == 6
