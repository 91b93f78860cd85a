"""What a key stands for and what its answer looks like the second time (fact sheet, sections 7, 8 and 24.1)."""

from __future__ import annotations

import logging

import httpx
import pytest

from importer.sandbox.books import SANDBOX_TOKEN, Books
from sandbox.client import Api, HandClock

ACME = {"contact_name": "Acme"}


def keyed(api: Api, method: str, path: str) -> httpx.Response:
    """A call under the key "k", whatever its method."""
    headers = {"Authorization": f"Bearer {SANDBOX_TOKEN}", "Idempotency-Key": "k"}
    return api.runner.run(api.client.request(method, path, content='{"phone":"1"}', headers=headers))


@pytest.mark.fact("8.other-method")
def test_the_same_key_on_the_same_path_is_another_with_another_method(api: Api, books: Books) -> None:
    books.settings.set_switches({"key_on_put": "honoured"})
    path = f"/contacts/{api.contact()}"
    assert keyed(api, "PUT", path).json()["contact"]["phone"] == "1"
    assert "contact" not in keyed(api, "DELETE", path).json()
    assert api.get("/contacts")["contacts"] == []


@pytest.mark.fact("8.no-marker", "24.bytes", "8.replay-2xx")
@pytest.mark.parametrize("body", [ACME, {}])
def test_a_replay_looks_as_the_first_answer_did(api: Api, body: dict[str, str]) -> None:
    first, again = (api.send("POST", "/contacts", body, key="k") for _ in range(2))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    counted = {"x-ratelimit-remaining"}
    assert {name: first.headers[name] for name in first.headers.keys() - counted} == {
        name: again.headers[name] for name in again.headers.keys() - counted
    }


@pytest.mark.fact("7.retry-under-key", "23.12-cached")
def test_a_429_is_repeated_under_its_key_until_it_is_done_and_then_once(api: Api, clock: HandClock) -> None:
    api.strike("POST /contacts too-many times=2")
    answers = []
    for _ in range(4):
        answers.append(api.send("POST", "/contacts", ACME, key="k").status_code)
        clock.advance(60)
    assert answers == [429, 429, 200, 200]
    assert len(api.get("/contacts")["contacts"]) == 1


@pytest.mark.fact("24.below-500")
def test_a_write_whose_answer_cannot_be_kept_is_not_done(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    api.books.db.run("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert api.send("POST", "/contacts", ACME, key="k").status_code == 500
    assert api.get("/contacts")["contacts"] == []
    assert api.send("POST", "/contacts", ACME, key=None).status_code == 200


@pytest.mark.fact("9.credit-notes", "9.payments")
def test_credit_notes_and_payments_may_be_the_same_twice(api: Api) -> None:
    customer = api.contact()
    lines = [{"name": "Back", "quantity": 1, "rate": 5}]
    note = {"customer_id": customer, "date": "2026-05-19", "reference_number": "R", "line_items": lines}
    payment = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 5, "mode": "UPI"}
    for _ in range(2):
        api.post("/credit_notes", note)
        api.post("/payments", payment | {"reference_number": "R"})
    assert api.ledger(customer) == -20
