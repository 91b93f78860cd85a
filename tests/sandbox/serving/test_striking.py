"""What each fault does: what the caller sees, what the books hold after it, what a repeat under the same key gets."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.serving.faults import Kind
from importer.sandbox.serving.outgoing import Dropped
from sandbox.client import Api, HandClock, invoice_body
from sandbox.served import HEADERS, running

GONE = "the connection closes"
ACME = {"contact_name": "Acme"}


@dataclass(frozen=True)
class Case:
    """``POST /contacts`` under a fault, and again under the same key. Statuses are numbers."""

    line: str
    first: int | str
    held: int  # contacts in the books after the first
    again: int
    held_again: int
    counted: bool = True  # whether the first answer, where there is one, tells the rate window
    content_type: str = "application/json"


HTML = "text/html; charset=utf-8"
CASES = [
    Case("close-before", GONE, 0, 200, 1),
    Case("close-after", GONE, 1, 200, 1),
    Case("error-before", 500, 0, 200, 1),
    Case("error-before status=503 body=html", 503, 0, 200, 1, counted=False, content_type=HTML),
    Case("error-before status=502 body=empty", 502, 0, 200, 1, counted=False),
    Case("error-after", 500, 1, 200, 2),  # not kept, so that the repeat is done a second time
    Case("error-after status=504 body=html", 504, 1, 200, 2, counted=False, content_type=HTML),
    Case("error-after status=503 body=empty", 503, 1, 200, 2, counted=False),
    Case("timeout-after", 504, 1, 200, 1, counted=False, content_type=HTML),
    Case("timeout-working", 504, 1, 200, 1, counted=False, content_type=HTML),
    Case("crash-after-row row=1", GONE, 0, 200, 1),
    Case("slow seconds=0.01", 200, 1, 200, 1),
    Case("truncated", GONE, 1, 200, 1),
    Case("html", 200, 1, 200, 1, counted=False, content_type=HTML),
    Case("too-many seconds=9", 429, 0, 200, 1),
    Case("revoke-token", 401, 0, 401, 0),
    Case("other-adds", 200, 2, 200, 2),
    Case("other-edits", 200, 1, 200, 1),
    Case("other-voids", 200, 1, 200, 1),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)


def test_there_is_a_case_for_every_kind() -> None:
    assert {case.line.partition(" ")[0] for case in CASES} == set(Kind)


def check(answer: httpx.Response | str, case: Case) -> None:
    if isinstance(answer, str) or isinstance(case.first, str):
        assert answer == case.first
        return
    assert (answer.status_code, answer.headers["Content-Type"]) == (case.first, case.content_type)
    assert ("X-RateLimit-Remaining" in answer.headers) == case.counted
    assert "Date" in answer.headers


@pytest.mark.fact("5.server-error", "5.retryable", "8.never-5xx", "24.error-after", "24.faults", "25.28-bodies")
@each_case
def test_each_kind_in_this_process(api: Api, books: Books, case: Case) -> None:
    api.strike(f"POST /contacts {case.line}")
    try:
        first: httpx.Response | str = api.send("POST", "/contacts", ACME, key="k")
    except Dropped:
        first = GONE
    check(first, case)
    api.runner.run(asyncio.sleep(0))  # what goes on after a gateway has answered comes to its end
    assert books.db.value("SELECT count(*) FROM contacts") == case.held
    again = api.send("POST", "/contacts", ACME, key="k")
    assert (again.status_code, again.headers["Content-Type"]) == (case.again, "application/json")
    assert books.db.value("SELECT count(*) FROM contacts") == case.held_again


@pytest.mark.fact("5.server-error", "24.faults", "25.28-bodies")
@each_case
def test_each_kind_over_a_socket(tmp_path: Path, case: Case) -> None:
    with running(tmp_path / "s.db", SystemClock()) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        http.post("/_sandbox/tokens", json={"token": "observer"})
        http.post("/_sandbox/faults", json={"faults": [f"POST /contacts {case.line}"]})
        try:
            first: httpx.Response | str = http.post("/contacts", json=ACME, headers={"Idempotency-Key": "k"})
        except httpx.TransportError:
            first = GONE
        check(first, case)
        assert count(http) == case.held
        again = http.post("/contacts", json=ACME, headers={"Idempotency-Key": "k"})
        assert (again.status_code, again.headers["Content-Type"]) == (case.again, "application/json")
        assert count(http) == case.held_again


def count(http: httpx.Client, path: str = "/contacts") -> int:
    answer = http.get(f"{path}?per_page=200", headers={"Authorization": "Bearer observer"})
    return len(answer.json()[path[1:]])


def test_half_of_the_answer_arrives_and_its_length_was_told(tmp_path: Path, clock: HandClock) -> None:
    with running(tmp_path / "s.db", clock) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        http.post("/_sandbox/faults", json={"faults": ["GET /taxes truncated"]})
        with http.stream("GET", "/taxes") as answer:
            got = b""
            with pytest.raises(httpx.RemoteProtocolError):
                for piece in answer.iter_bytes():
                    got += piece
        whole = http.get("/taxes").content
        assert got == whole[: len(whole) // 2]
        assert int(answer.headers["Content-Length"]) == len(whole)


def test_reads_are_struck_too(api: Api) -> None:
    lines = ["close-before", "close-after", "error-before status=503", "error-after body=html", "timeout-after"]
    lines += ["timeout-working", "truncated", "html", "too-many", "slow seconds=30"]
    api.strike(*(f"GET /contacts {line}" for line in lines))
    seen: list[int | str] = []
    for _ in range(len(lines) + 1):
        try:
            seen.append(api.send("GET", "/contacts").status_code)
        except Dropped:
            seen.append(GONE)
    assert seen == [GONE, GONE, 503, 500, 504, 504, GONE, 200, 429, 200, 200]


def test_a_slow_call_takes_its_time_before_the_work(api: Api, clock: HandClock) -> None:
    api.strike("POST /contacts slow seconds=90")
    before = clock.time
    made = api.post("/contacts", ACME)["contact"]
    assert clock.time == before + 90
    assert made["created_time"] == "2026-05-20T04:31:37"


@pytest.mark.fact("24.faults")
def test_a_storm_of_429_lasts_for_the_rest_of_the_window_or_as_told(api: Api, clock: HandClock) -> None:
    api.strike("* /whoami too-many times=2", "* /whoami too-many seconds=2.5")
    for wait in ("53", "53", "3"):
        answer = api.send("GET", "/whoami")
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limit.exceeded")
        assert (answer.headers["Retry-After"], answer.headers["X-RateLimit-Remaining"]) == (wait, "0")
    assert api.send("GET", "/whoami").headers["X-RateLimit-Remaining"] == "596"


def test_a_revoked_token_stays_so_for_every_call(api: Api) -> None:
    api.strike("POST /invoices revoke-token")
    customer = api.contact()
    assert api.refused("POST", "/invoices", invoice_body(customer))[:2] == (401, "auth.revoked_token")
    assert api.refused("GET", "/whoami")[:2] == (401, "auth.revoked_token")


def test_a_fault_does_not_save_a_request_from_its_refusal(api: Api) -> None:
    for line in ("slow seconds=1", "error-after", "timeout-working", "crash-after-row row=2"):
        api.strike(f"POST /bulk/invoices {line}")
    body: dict[str, Any] = {"invoices": []}
    assert api.send("POST", "/bulk/invoices", body).status_code == 422
    assert api.send("POST", "/bulk/invoices", body, key="k").status_code == 500
    assert api.send("POST", "/bulk/invoices", body, key="k").status_code == 504  # the 5xx was not kept
    assert api.send("POST", "/bulk/invoices", body, key="k").status_code == 422
    assert api.send("POST", "/bulk/invoices", {"invoices": 7}, key="l").status_code == 422  # no row, no crash


@pytest.fixture
def rows(api: Api) -> dict[str, Any]:
    """A bulk call of five posted invoices, the second of which cannot be."""
    customer = api.contact()
    invoices = [invoice_body(customer, f"{number}00", reference_number=f"R-{number}") for number in range(1, 6)]
    invoices[1]["line_items"] = []
    return {"invoices": invoices}


@pytest.mark.fact("18.durable", "18.crash", "24.bulk-replay", "24.bulk-5xx", "24.faults")
@pytest.mark.parametrize(("row", "made"), [(0, 0), (1, 1), (2, 1), (3, 2), (5, 4), (9, 4)])
def test_a_crash_in_a_bulk_call_leaves_the_rows_before_it_and_no_memory(
    api: Api, rows: dict[str, Any], row: int, made: int
) -> None:
    api.strike(f"POST /bulk/invoices crash-after-row row={row}")
    with pytest.raises(Dropped):
        api.send("POST", "/bulk/invoices", rows, key="k")
    assert api.books.db.value("SELECT count(*) FROM invoices") == made
    # A blind repeat does all rows again; here the guard knows those that are there.
    again = api.send("POST", "/bulk/invoices", rows, key="k").json()
    assert again["summary"] == {"total": 5, "succeeded": 4 - made, "failed": 1 + made}
    assert api.send("POST", "/bulk/invoices", rows, key="k").json() == again


@pytest.mark.fact("8.in-progress", "18.durable")
def test_a_bulk_call_that_a_gateway_gave_up_on_goes_on_row_by_row(tmp_path: Path) -> None:
    """504 at once; meanwhile the rows appear one by one, others are served, and the key is in progress."""
    key = {"Idempotency-Key": "bulk-1"}
    with running(tmp_path / "s.db", SystemClock()) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        http.post("/_sandbox/tokens", json={"token": "observer"})
        customer = http.post("/contacts", json=ACME).json()["contact"]["contact_id"]
        invoices = [invoice_body(customer) | {"reference_number": f"R-{number}"} for number in range(5)]
        for invoice in invoices:
            invoice["line_items"] = [{"name": "Work", "quantity": 1, "rate": 100}]
        http.post("/_sandbox/faults", json={"faults": ["POST /bulk/invoices timeout-working seconds=1.5"]})
        begin = time.monotonic()
        first = http.post("/bulk/invoices", json={"invoices": invoices}, headers=key)
        assert first.status_code == 504
        assert time.monotonic() - begin < 1

        seen, states = list[int](), set[str | int]()
        while (answer := http.post("/bulk/invoices", json={"invoices": invoices}, headers=key)).status_code == 409:
            states.add(answer.json()["code"])
            seen.append(count(http, "/invoices"))
            assert time.monotonic() - begin < 30
            time.sleep(0.02)  # 600 calls are a minute's
        assert states == {"idempotency.in_progress"}
        assert seen == sorted(seen)
        assert len(set(seen)) >= 3
        assert answer.status_code == 200
        assert answer.json()["summary"]["succeeded"] == 5
        assert http.post("/bulk/invoices", json={"invoices": invoices}, headers=key).content == answer.content
        assert count(http, "/invoices") == 5


def test_a_single_call_that_a_gateway_gave_up_on_is_done_later(tmp_path: Path) -> None:
    key = {"Idempotency-Key": "k"}
    with running(tmp_path / "s.db", SystemClock()) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        http.post("/_sandbox/tokens", json={"token": "observer"})
        http.post("/_sandbox/faults", json={"faults": ["POST /contacts timeout-working seconds=0.5"]})
        assert http.post("/contacts", json=ACME, headers=key).status_code == 504
        assert count(http) == 0
        answers = [http.post("/contacts", json=ACME, headers=key).status_code]
        while answers[-1] == 409:
            time.sleep(0.05)
            answers.append(http.post("/contacts", json=ACME, headers=key).status_code)
        assert answers[-1] == 200
        assert len(answers) > 1
        assert count(http) == 1


class GateClock(HandClock):
    """Who sleeps on it wakes when the gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.gate.wait()


def test_a_gateway_timeout_of_a_repeat_whose_key_is_held_is_the_409() -> None:
    clock = GateClock()
    with closing(Books(":memory:", clock)) as books, closing(Api(books)) as api:
        api.strike("POST /contacts slow seconds=5", "POST /contacts timeout-working seconds=5")
        headers = HEADERS | {"Idempotency-Key": "k"}

        async def both() -> list[int]:
            first = asyncio.create_task(api.client.post("/contacts", json=ACME, headers=headers))
            await asyncio.sleep(0.01)
            second = await api.client.post("/contacts", json=ACME, headers=headers)
            clock.gate.set()
            return [(await first).status_code, second.status_code]

        assert api.runner.run(both()) == [200, 409]


@pytest.mark.fact("8.in-progress", "24.faults")
def test_a_slow_call_over_a_socket_lets_others_pass(tmp_path: Path) -> None:
    with running(tmp_path / "s.db", SystemClock()) as url, ThreadPoolExecutor(1) as pool:
        lines = {"faults": ["POST /contacts slow seconds=1"]}
        httpx.post(f"{url}/_sandbox/faults", json=lines)
        slow = pool.submit(httpx.post, f"{url}/contacts", json=ACME, headers=HEADERS | {"Idempotency-Key": "k"})
        time.sleep(0.3)
        begin = time.monotonic()
        assert httpx.get(f"{url}/whoami", headers=HEADERS).status_code == 200
        busy = httpx.post(f"{url}/contacts", json=ACME, headers=HEADERS | {"Idempotency-Key": "k"})
        assert busy.json()["code"] == "idempotency.in_progress"
        assert time.monotonic() - begin < 0.6
        assert slow.result().status_code == 200
