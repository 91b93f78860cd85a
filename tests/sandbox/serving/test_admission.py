"""The order of the fact sheet, section 24.1: of two neighbouring steps that both fail, the earlier one is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from importer.sandbox.books import Books
from importer.sandbox.switches import Switches
from sandbox.client import Api, HandClock, invoice_body

MINE = "aibk_pat_test_mine"


def exhaust(api: Api, token: str = MINE) -> None:
    """Use up the token's window."""
    for _ in range(600):
        api.send("GET", "/whoami", token=token)


@pytest.mark.fact("24.order", "24.token-first")
def test_authentication_comes_before_the_window(api: Api, books: Books) -> None:
    books.add_token(MINE)
    exhaust(api)
    assert api.refused("GET", "/whoami", token=MINE)[1] == "rate_limit.exceeded"
    books.add_token(MINE, revoked=True)
    assert api.refused("GET", "/whoami", token=MINE)[1] == "auth.revoked_token"


@pytest.mark.fact("24.order")
def test_the_window_comes_before_the_endpoint(api: Api, books: Books) -> None:
    books.add_token(MINE)
    assert api.refused("GET", "/nowhere", token=MINE)[0] == 404
    exhaust(api)
    assert api.refused("GET", "/nowhere", token=MINE)[0] == 429
    assert api.refused("DELETE", "/taxes", token=MINE)[0] == 429


def test_the_endpoint_comes_before_the_org(api: Api) -> None:
    assert api.refused("GET", "/nowhere?organization_id=other")[0] == 404
    assert api.refused("DELETE", "/taxes?organization_id=other")[0] == 405
    assert api.refused("GET", "/taxes?organization_id=other")[1] == "auth.org_mismatch"


@pytest.mark.fact("24.order")
def test_the_window_comes_before_the_org(api: Api, books: Books) -> None:
    books.add_token(MINE)
    exhaust(api)
    assert api.refused("GET", "/taxes?organization_id=other", token=MINE)[1] == "rate_limit.exceeded"


@pytest.mark.fact("24.order")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "auth.missing_organization_id"),
        ("?organization_id=other", "auth.no_membership"),
        ("?organization_id={own}", "auth.insufficient_scope"),
    ],
)
def test_the_org_comes_before_the_scope(api: Api, books: Books, query: str, code: str) -> None:
    books.add_token(MINE, multi_org=True, scopes=[])
    assert api.refused("GET", "/taxes" + query.format(own=books.org_id), token=MINE)[1] == code


@pytest.mark.fact("24.order")
def test_the_scope_comes_before_the_key(api: Api, books: Books) -> None:
    books.add_token(MINE, scopes=["AIBooks.invoices.READ"])
    assert api.refused("POST", "/invoices", {}, key=None, token=MINE)[1] == "auth.insufficient_scope"
    assert api.refused("POST", "/invoices", {}, key="a b", token=MINE)[1] == "auth.insufficient_scope"


@pytest.mark.fact("24.order")
def test_the_scope_comes_before_what_is_kept(api: Api, books: Books) -> None:
    books.add_token(MINE)
    api.send("POST", "/contacts", {"contact_name": "A"}, key="k", token=MINE)
    books.add_token(MINE, scopes=[])
    assert api.refused("POST", "/contacts", {}, key="k", token=MINE)[1] == "auth.insufficient_scope"


@pytest.mark.fact("24.order")
def test_a_missing_key_comes_before_the_shape(api: Api) -> None:
    assert api.refused("POST", "/invoices", b"no json", key=None)[1] == "idempotency.key_required"


def test_the_form_of_the_key_comes_before_what_is_kept(api: Api, books: Books) -> None:
    books.settings.set_switches({"invalid_key": "taken"})
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="a b")
    assert first.status_code == 200
    assert api.send("POST", "/contacts", {}, key="a b").content == first.content
    books.settings.set_switches({"invalid_key": "refused"})
    expected = (400, "validation.invalid_value", "Idempotency-Key")
    assert api.refused("POST", "/contacts", {}, key="a b") == expected


@pytest.mark.fact("8.other-body", "24.order")
def test_what_is_kept_comes_before_the_shape(api: Api) -> None:
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    assert api.send("POST", "/contacts", b"no json", key="k").content == first.content


@pytest.mark.fact("8.in-progress", "24.order")
def test_in_progress_comes_before_the_shape(api: Api) -> None:
    headers = {"Authorization": "Bearer aibk_pat_test_sandbox", "Idempotency-Key": "k"}

    async def race() -> tuple[int, str]:
        half_sent, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"contact_name":'
            half_sent.set()
            await go_on.wait()
            yield b'"Acme"}'

        first = asyncio.create_task(api.client.post("/contacts", content=slowly(), headers=headers))
        await half_sent.wait()
        second = await api.client.post("/contacts", content=b"no json", headers=headers)
        go_on.set()
        await first
        return second.status_code, second.json()["code"]

    assert api.runner.run(race()) == (409, "idempotency.in_progress")


@pytest.mark.fact("5.schema-first", "24.order")
def test_shape_comes_before_ids_ids_before_rules_rules_before_the_guard(api: Api) -> None:
    customer = api.contact()
    good = invoice_body(customer)
    api.post("/invoices", good)
    assert api.refused("POST", "/invoices", good | {"notes": 7, "customer_id": "ct_missing"})[0] == 422
    assert api.refused("POST", "/invoices", good | {"customer_id": "ct_missing", "round_off": -500})[0] == 404
    assert api.refused("POST", "/invoices", good | {"round_off": -500})[0] == 400
    assert api.refused("POST", "/invoices", good)[1] == "conflict.duplicate"


@pytest.mark.fact("24.order")
def test_a_value_that_a_rule_forbids_comes_after_shape_and_ids(api: Api) -> None:
    lines = [{"name": "Back", "quantity": 1, "rate": 100}]
    note = {"customer_id": api.contact(), "date": "2026-05-20", "line_items": lines}
    receipt = {"flow": "INCOMING", "contact_id": api.contact(), "date": "2026-05-20", "amount": 100}
    forbidden = [
        ("/invoices", "customer_id", invoice_body(api.contact(), place_of_supply="INKA"), "place_of_supply"),
        ("/credit_notes", "customer_id", {**note, "place_of_supply": "INKA"}, "place_of_supply"),
        ("/payments", "contact_id", {**receipt, "flow": "IN"}, "flow"),
        ("/payments", "contact_id", {**receipt, "mode": "BANK"}, "mode"),
        ("/payments", "contact_id", {**receipt, "payment_type": "PART"}, "payment_type"),
    ]
    for path, contact, body, field in forbidden:
        assert api.refused("POST", path, {**body, "reference_number": 7})[0] == 422
        assert api.refused("POST", path, {**body, contact: "ct_missing"}) == (404, "not_found.resource", contact)
        assert api.refused("POST", path, body) == (400, "validation.invalid_value", field)


@pytest.mark.fact("2.looked-up-first")
def test_what_is_refused_writes_nothing(api: Api, books: Books) -> None:
    customer = api.contact()
    count = "SELECT count(*) FROM invoices"
    for body in (invoice_body("ct_missing"), invoice_body(customer, round_off=-500), {"customer_id": customer}):
        api.refused("POST", "/invoices", body)
    assert books.db.value(count) == books.db.value("SELECT count(*) FROM entries") == 0


@pytest.mark.fact("4.create-status", "25.1-create")
def test_a_create_may_answer_201_and_nothing_else_does(api: Api, books: Books) -> None:
    books.settings.set_switches({"create_status": "201"})
    made = api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    assert made.status_code == 201
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").status_code == 201
    customer = made.json()["contact"]["contact_id"]
    assert api.send("PUT", f"/contacts/{customer}", {"contact_name": "B"}).status_code == 200
    assert api.send("GET", "/contacts").status_code == 200
    draft = api.send("POST", "/invoices", invoice_body(customer, auto_approve=False))
    assert draft.status_code == 201
    assert api.send("POST", f"/invoices/{draft.json()['invoice']['invoice_id']}/approve").status_code == 200
    rows = {"invoices": [invoice_body(customer, "5.00")]}
    assert api.send("POST", "/bulk/invoices", rows).status_code == 200


@pytest.mark.fact("4.request-id", "23.17-request-id")
def test_every_refusal_may_carry_a_request_id(api: Api, books: Books) -> None:
    refused = [("POST", "/invoices", None), ("POST", "/invoices", "k"), ("GET", "/nowhere", None)]
    for method, path, key in refused:
        assert "request_id" not in api.send(method, path, {}, key=key).json()
    books.settings.set_switches({"error_request_id": "present"})
    ids = [
        api.send(method, path, {}, key=f"{key}2" if key else None).json()["request_id"] for method, path, key in refused
    ]
    assert len(set(ids)) == 3
    again = api.send("POST", "/invoices", {}, key="k2").json()
    assert again["request_id"] == ids[1]  # a replay is the same to the byte


SWITCHED = [
    ("missing_field", "422", (400, "validation.required_field"), (422, "validation.failed")),
    ("too_long", "400", (422, "validation.failed"), (400, "validation.invalid_value")),
    ("guard_code", "invalid-value", (409, "conflict.duplicate"), (400, "validation.invalid_value")),
    ("number_clash_code", "invalid-value", (409, "conflict.duplicate"), (400, "validation.invalid_value")),
    ("state_conflict", "409", (400, "validation.invalid_value"), (409, "conflict.state")),
    ("state_conflict", "422", (400, "validation.invalid_value"), (422, "validation.failed")),
]


@pytest.mark.fact("5.missing-field", "5.wrong-state", "9.code", "9.number-clash", "23.9-guard", "25.7-number")
@pytest.mark.fact("25.30-length")
@pytest.mark.parametrize(("name", "value", "usual", "other"), SWITCHED)
def test_status_and_code_of_a_refusal_are_as_switched(
    api: Api, books: Books, name: str, value: str, usual: tuple[int, str], other: tuple[int, str]
) -> None:
    customer = api.contact()
    posted = api.invoice(customer, invoice_number="A-1", reference_number="R-1")
    calls = {
        "missing_field": ("POST", "/contacts", {}),
        "too_long": ("POST", "/contacts", {"contact_name": "x" * 256}),
        "guard_code": ("POST", "/invoices", invoice_body(customer, reference_number="R-1")),
        "number_clash_code": ("POST", "/invoices", invoice_body(customer, "7.00", invoice_number="A-1")),
        "state_conflict": ("POST", f"/invoices/{posted['invoice_id']}/approve", {}),
    }
    assert api.refused(*calls[name])[:2] == usual
    books.settings.set_switches({name: value})
    assert api.refused(*calls[name])[:2] == other


def test_a_row_of_a_bulk_call_is_refused_as_switched_too(api: Api, books: Books) -> None:
    books.settings.set_switches({"missing_field": "422"})
    result = api.post("/bulk/invoices", {"invoices": [{}]})["results"][0]
    assert result["error"]["code"] == "validation.failed"


def test_the_switches_of_a_new_sandbox_are_the_working_choices(books: Books, clock: HandClock) -> None:
    assert books.switches == Switches()
