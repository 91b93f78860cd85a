"""What was answered survives a kill: the process gets no chance to tidy up (SIGKILL; on Windows it is terminated)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.served import HEADERS, process


def keyed(key: str) -> dict[str, str]:
    return HEADERS | {"Idempotency-Key": key}


def invoice_of(customer: str) -> dict[str, Any]:
    line = {"name": "Work", "quantity": 1, "rate": 99.5}
    body = {"customer_id": customer, "date": "2026-05-19", "place_of_supply": "IN-KA", "auto_approve": True}
    return {**body, "line_items": [line], "reference_number": "ORDER-1"}


@pytest.mark.fact("8.replay-2xx", "8.replay-4xx", "24.below-500")
def test_books_keys_faults_and_settings_survive_a_kill_right_after_an_answer(tmp_path: Path) -> None:
    with process(tmp_path / "s.db") as (url, own):
        customer = httpx.post(f"{url}/contacts", json={"contact_name": "A"}, headers=HEADERS).json()["contact"]
        body = invoice_of(customer["contact_id"])
        httpx.put(f"{url}/_sandbox/switches", json={"error_request_id": "present"})
        httpx.post(f"{url}/_sandbox/clock", json={"advance": 3600})
        httpx.post(f"{url}/_sandbox/faults", json={"faults": ["GET /whoami error-before nth=2 status=503"]})
        assert httpx.get(f"{url}/whoami", headers=HEADERS).status_code == 200
        refused = httpx.post(f"{url}/invoices", json={}, headers=keyed("refused"))
        made = httpx.post(f"{url}/invoices", json=body, headers=keyed("made"))
        own.kill()
        own.wait(20)
    with process(tmp_path / "s.db") as (url, _):
        again = httpx.post(f"{url}/invoices", json=body, headers=keyed("made"))
        assert (again.status_code, again.content) == (200, made.content)
        assert httpx.post(f"{url}/invoices", json=body, headers=keyed("refused")).content == refused.content
        told = httpx.get(f"{url}/_sandbox").json()
        assert 3500 < told["now"] - time.time() < 3700
        assert told["switches"] == {"error_request_id": "present"}
        assert told["faults"] == ["GET /whoami error-before status=503"]
        assert httpx.get(f"{url}/whoami", headers=HEADERS).status_code == 503
        invoices = httpx.get(f"{url}/invoices", headers=HEADERS).json()["invoices"]
        assert [one["invoice_number"] for one in invoices] == [made.json()["invoice"]["invoice_number"]]
        # Without the key, the guard still knows the document.
        clash = httpx.post(f"{url}/invoices", json=body, headers=keyed("new"))
        assert (clash.status_code, clash.json()["code"]) == (409, "conflict.duplicate")


@pytest.mark.fact("18.durable", "18.crash", "24.bulk-5xx")
def test_rows_of_a_bulk_call_that_were_done_before_the_kill_are_there_and_its_key_is_free(tmp_path: Path) -> None:
    with process(tmp_path / "s.db") as (url, own):
        customer = httpx.post(f"{url}/contacts", json={"contact_name": "A"}, headers=HEADERS).json()["contact"]
        rows = [invoice_of(customer["contact_id"]) | {"reference_number": f"R-{number}"} for number in range(10)]
        httpx.post(f"{url}/_sandbox/faults", json={"faults": ["POST /bulk/invoices timeout-working seconds=20"]})
        assert httpx.post(f"{url}/bulk/invoices", json={"invoices": rows}, headers=keyed("b")).status_code == 504
        while not (before := httpx.get(f"{url}/invoices", headers=HEADERS).json()["invoices"]):
            time.sleep(0.05)
        own.kill()
        own.wait(20)
    with process(tmp_path / "s.db") as (url, _):
        after = httpx.get(f"{url}/invoices", headers=HEADERS).json()["invoices"]
        assert len(before) <= len(after) < 10
        assert after[-len(before) :] == before
        again = httpx.post(f"{url}/bulk/invoices", json={"invoices": rows}, headers=keyed("b"))
        assert again.status_code == 200
        assert again.json()["summary"] == {"total": 10, "succeeded": 10 - len(after), "failed": len(after)}


@pytest.mark.fact("8.lock-after-crash", "25.5-lock")
@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (3600, 409)])
def test_a_key_that_was_running_when_the_process_was_killed(tmp_path: Path, seconds: int, status: int) -> None:
    with process(tmp_path / "s.db") as (url, own):
        httpx.put(f"{url}/_sandbox/switches", json={"lock_seconds": seconds})
        httpx.post(f"{url}/_sandbox/faults", json={"faults": ["POST /contacts timeout-working seconds=30"]})
        assert httpx.post(f"{url}/contacts", json={"contact_name": "A"}, headers=keyed("k")).status_code == 504
        own.kill()
        own.wait(20)
    with process(tmp_path / "s.db") as (url, _):
        assert httpx.get(f"{url}/contacts", headers=HEADERS).json()["contacts"] == []
        assert httpx.post(f"{url}/contacts", json={"contact_name": "A"}, headers=keyed("k")).status_code == status
        httpx.post(f"{url}/_sandbox/clock", json={"advance": 3600})
        assert httpx.post(f"{url}/contacts", json={"contact_name": "A"}, headers=keyed("k")).status_code == 200
        assert len(httpx.get(f"{url}/contacts", headers=HEADERS).json()["contacts"]) == 1
