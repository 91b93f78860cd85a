from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from importer.sandbox.books import PARTNER_TOKEN, Books
from importer.sandbox.serving.routes import ROUTES
from sandbox.client import Api, HandClock, invoice_body

DAY = 24 * 3600


def test_the_same_key_brings_the_same_bytes_and_no_second_document(api: Api) -> None:
    body = invoice_body(api.contact())
    first = api.send("POST", "/invoices", body, key="k-1")
    again = api.send("POST", "/invoices", {"anything": "else"}, key="k-1")  # the body is not part of the identity
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert len(api.get("/invoices")["invoices"]) == 1


def test_a_4xx_is_replayed_even_when_its_cause_is_gone(api: Api) -> None:
    contact = api.contact()
    body = invoice_body(contact, invoice_number="A-1")
    api.post("/invoices", body | {"reference_number": "one"})
    first = api.send("POST", "/invoices", body, key="k-2")
    assert first.status_code == 409
    assert api.send("POST", "/invoices", body | {"invoice_number": "A-2"}, key="k-2").content == first.content
    assert api.send("POST", "/invoices", body | {"invoice_number": "A-2"}, key="k-3").status_code == 200


@pytest.mark.parametrize(("status", "body"), [(400, {}), (422, {"contact_name": 1}), (422, b"not json")])
def test_refusals_of_the_body_are_replayed(api: Api, status: int, body: object) -> None:
    first = api.send("POST", "/contacts", body, key="k")
    assert first.status_code == status
    assert api.send("POST", "/contacts", {"contact_name": "Acme"}, key="k").content == first.content


def test_a_401_a_403_and_a_missing_key_are_not_remembered(api: Api, books: Books) -> None:
    books.add_token("limited", scopes=[])
    body = {"contact_name": "Acme"}
    assert api.send("POST", "/contacts", body, key="k", token="limited").status_code == 403
    books.add_token("limited", revoked=True)
    assert api.send("POST", "/contacts", body, key="k", token="limited").status_code == 401
    books.add_token("limited")
    assert api.send("POST", "/contacts", body, key="k", token="limited").status_code == 200


def test_the_path_and_the_token_are_part_of_the_identity(api: Api) -> None:
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]
    assert api.send("POST", "/items", {"name": "A"}, key="k").json()["item"]
    other = api.send("POST", "/contacts", {"contact_name": "B"}, key="k", token=PARTNER_TOKEN).json()
    assert other["contact"]["contact_name"] == "B"


def test_a_key_is_forgotten_after_24_hours(api: Api, clock: HandClock) -> None:
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]["contact_id"]
    clock.time += DAY - 1
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]["contact_id"] == first
    clock.time += 1
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]["contact_id"] != first


def test_the_endpoints_that_move_money_need_a_key_and_no_others() -> None:
    assert {path for (_, path), route in ROUTES.items() if route.needs_key} == {
        "/invoices",
        "/payments",
        "/payments/{id}/apply",
        "/credit_notes",
        "/credit_notes/{id}/apply-to-invoice",
    }


@pytest.mark.parametrize("path", ["/invoices", "/payments", "/payments/x/apply", "/credit_notes"])
def test_a_missing_key_is_refused_where_it_is_needed(api: Api, path: str) -> None:
    assert api.refused("POST", path, {}, key=None) == (400, "idempotency.key_required", "Idempotency-Key")


@pytest.mark.parametrize("key", ["", "a b", "a/b", "x" * 201])
def test_a_key_of_another_form_is_refused(api: Api, key: str) -> None:
    expected = (400, "validation.invalid_value", "Idempotency-Key")
    assert api.refused("POST", "/contacts", {"contact_name": "A"}, key=key) == expected


def test_a_key_of_200_of_the_allowed_characters_is_taken(api: Api) -> None:
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="aZ09-_:" + "x" * 193).status_code == 200


def test_a_key_that_is_still_running_is_409_and_done_once(api: Api) -> None:
    headers = {"Authorization": "Bearer aibk_pat_test_sandbox", "Idempotency-Key": "k"}

    async def race() -> tuple[int, str, int]:
        half_sent, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"contact_name":'
            half_sent.set()
            await go_on.wait()
            yield b'"Acme"}'

        first = asyncio.create_task(api.client.post("/contacts", content=slowly(), headers=headers))
        await half_sent.wait()
        second = await api.client.post("/contacts", json={"contact_name": "Acme"}, headers=headers)
        go_on.set()
        return second.status_code, second.json()["code"], (await first).status_code

    assert api.runner.run(race()) == (409, "idempotency.in_progress", 200)
    assert len(api.get("/contacts")["contacts"]) == 1
    assert api.send("POST", "/contacts", key="k").status_code == 200  # the 409 was not remembered, the 200 was
