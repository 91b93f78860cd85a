from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from importer.sandbox.books import PARTNER_TOKEN, Books
from importer.sandbox.serving.outgoing import Dropped
from importer.sandbox.serving.routes import ROUTES
from importer.sandbox.tokens import FULL_ACCESS
from sandbox.client import Api, HandClock, invoice_body

DAY = 24 * 3600
KEYED = {"Authorization": "Bearer aibk_pat_test_sandbox", "Idempotency-Key": "k"}


@pytest.mark.fact("8.header", "8.replay-2xx", "8.other-body", "24.bytes", "25.2-same-key")
def test_the_same_key_brings_the_same_bytes_and_no_second_document(api: Api) -> None:
    body = invoice_body(api.contact())
    first = api.send("POST", "/invoices", body, key="k-1")
    again = api.send("POST", "/invoices", {"anything": "else"}, key="k-1")  # the body is not part of the identity
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert len(api.get("/invoices")["invoices"]) == 1


@pytest.mark.fact("5.retryable", "8.replay-4xx", "23.12-cached", "24.sticky-4xx")
def test_a_4xx_is_replayed_even_when_its_cause_is_gone(api: Api) -> None:
    contact = api.contact()
    body = invoice_body(contact, invoice_number="A-1")
    api.post("/invoices", body | {"reference_number": "one"})
    first = api.send("POST", "/invoices", body, key="k-2")
    assert first.status_code == 409
    assert api.send("POST", "/invoices", body | {"invoice_number": "A-2"}, key="k-2").content == first.content
    assert api.send("POST", "/invoices", body | {"invoice_number": "A-2"}, key="k-3").status_code == 200


@pytest.mark.fact("8.honoured", "8.replay-4xx", "23.12-cached")
@pytest.mark.parametrize(("status", "body"), [(400, {}), (422, {"contact_name": 1}), (422, b"not json")])
def test_refusals_of_the_body_are_replayed(api: Api, status: int, body: object) -> None:
    first = api.send("POST", "/contacts", body, key="k")
    assert first.status_code == status
    assert api.send("POST", "/contacts", {"contact_name": "Acme"}, key="k").content == first.content


@pytest.mark.fact("8.early-answers", "23.12-cached", "25.3-early")
def test_a_401_a_403_and_a_missing_key_are_not_remembered(api: Api, books: Books) -> None:
    books.add_token("limited", scopes=[])
    body = {"contact_name": "Acme"}
    assert api.send("POST", "/contacts", body, key="k", token="limited").status_code == 403
    books.add_token("limited", revoked=True)
    assert api.send("POST", "/contacts", body, key="k", token="limited").status_code == 401
    books.add_token("limited")
    assert api.send("POST", "/contacts", body, key="k", token="limited").status_code == 200


@pytest.mark.fact("8.honoured", "8.other-path", "8.other-subject")
def test_the_path_and_the_token_are_part_of_the_identity(api: Api) -> None:
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]
    assert api.send("POST", "/items", {"name": "A"}, key="k").json()["item"]
    other = api.send("POST", "/contacts", {"contact_name": "B"}, key="k", token=PARTNER_TOKEN).json()
    assert other["contact"]["contact_name"] == "B"


@pytest.mark.fact("8.replay-2xx", "8.after-24h", "8.second-record", "24.clock")
def test_a_key_is_forgotten_after_24_hours(api: Api, clock: HandClock) -> None:
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]["contact_id"]
    clock.time += DAY - 1
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]["contact_id"] == first
    clock.time += 1
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").json()["contact"]["contact_id"] != first


@pytest.mark.fact("8.mandatory-invoices", "8.mandatory-payments", "8.mandatory-notes", "8.optional", "8.bulk-optional")
def test_the_endpoints_that_move_money_need_a_key_and_no_others() -> None:
    assert {path for (_, path), route in ROUTES.items() if route.needs_key} == {
        "/invoices",
        "/payments",
        "/payments/{id}/apply",
        "/credit_notes",
        "/credit_notes/{id}/apply-to-invoice",
        "/credit_notes/{id}/apply-to-bill",
    }


@pytest.mark.fact("5.key-required", "8.mandatory-invoices", "8.mandatory-payments", "8.tutorial-note", "23.10-key")
@pytest.mark.parametrize("path", ["/invoices", "/payments", "/payments/x/apply", "/credit_notes"])
def test_a_missing_key_is_refused_where_it_is_needed(api: Api, path: str) -> None:
    assert api.refused("POST", path, {}, key=None) == (400, "idempotency.key_required", "Idempotency-Key")


@pytest.mark.fact("8.key-form", "8.bad-key", "25.4-form")
@pytest.mark.parametrize("key", ["", "a b", "a/b", "x" * 201])
def test_a_key_of_another_form_is_refused(api: Api, key: str) -> None:
    expected = (400, "validation.invalid_value", "Idempotency-Key")
    assert api.refused("POST", "/contacts", {"contact_name": "A"}, key=key) == expected


@pytest.mark.fact("8.key-form")
def test_a_key_of_200_of_the_allowed_characters_is_taken(api: Api) -> None:
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="aZ09-_:" + "x" * 193).status_code == 200


def race(api: Api) -> tuple[int, str, int]:
    """Two requests at once under the key "k": what the second got, and the status of the first."""

    async def both() -> tuple[int, str, int]:
        half_sent, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"contact_name":'
            half_sent.set()
            await go_on.wait()
            yield b'"Acme"}'

        first = asyncio.create_task(api.client.post("/contacts", content=slowly(), headers=KEYED))
        await half_sent.wait()
        second = await api.client.post("/contacts", json={"contact_name": "Acme"}, headers=KEYED)
        go_on.set()
        return second.status_code, second.json()["code"], (await first).status_code

    return api.runner.run(both())


@pytest.mark.fact("5.two-conflicts", "8.in-progress")
def test_a_key_that_is_still_running_is_409_and_done_once(api: Api) -> None:
    assert race(api) == (409, "idempotency.in_progress", 200)
    assert len(api.get("/contacts")["contacts"]) == 1
    assert api.send("POST", "/contacts", key="k").status_code == 200  # the 409 was not remembered, the 200 was


@pytest.mark.fact("8.other-query", "25.2-same-key")
def test_a_query_is_not_part_of_the_identity_either(api: Api, books: Books) -> None:
    other = books.add_org("Other Traders")
    books.add_token("many", orgs=[books.org_id, other], multi_org=True)
    first = api.send("POST", f"/contacts?organization_id={books.org_id}", {"contact_name": "A"}, key="k", token="many")
    again = api.send("POST", f"/contacts?organization_id={other}", {"contact_name": "A"}, key="k", token="many")
    assert again.content == first.content
    assert api.send("GET", f"/contacts?organization_id={other}", token="many").json()["contacts"] == []


@pytest.mark.fact("8.other-body", "25.2-same-key")
@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", b'{"contact_name":"A"}', 200),
        ("", b'{"contact_name": "A"}', 409),
        ("?organization_id={own}", b'{"contact_name":"A"}', 409),
    ],
)
def test_another_request_under_the_same_key_may_be_refused(
    api: Api, books: Books, query: str, body: bytes, status: int
) -> None:
    books.settings.set_switches({"same_key_other_request": "refuse"})
    first = api.send("POST", "/contacts", b'{"contact_name":"A"}', key="k")
    again = api.send("POST", "/contacts" + query.format(own=books.org_id), body, key="k")
    assert again.status_code == status
    assert (again.json()["code"] == "conflict.duplicate") == (status == 409)
    # The refusal is not what is kept.
    assert api.send("POST", "/contacts", b'{"contact_name":"A"}', key="k").content == first.content


def keyed(api: Api, method: str, path: str, body: str, key: str = "k") -> httpx.Response:
    headers = KEYED | {"Idempotency-Key": key}
    return api.runner.run(api.client.request(method, path, content=body, headers=headers))


@pytest.mark.fact("8.not-post", "25.4-put")
@pytest.mark.parametrize(("switch", "name", "missing"), [("ignored", "C", 404), ("honoured", "B", 200)])
def test_a_key_on_put_and_delete(api: Api, books: Books, switch: str, name: str, missing: int) -> None:
    books.settings.set_switches({"key_on_put": switch})
    customer = api.contact()
    keyed(api, "PUT", f"/contacts/{customer}", '{"contact_name":"B"}')
    assert keyed(api, "PUT", f"/contacts/{customer}", '{"contact_name":"C"}').json()["contact"]["contact_name"] == name
    draft = api.post("/invoices", invoice_body(customer, auto_approve=False))["invoice"]["invoice_id"]
    assert keyed(api, "DELETE", f"/invoices/{draft}", "").status_code == 200
    assert keyed(api, "DELETE", f"/invoices/{draft}", "").status_code == missing
    assert (keyed(api, "PUT", f"/contacts/{customer}", "{}", "a b").status_code == 400) == (switch == "honoured")


def test_a_key_on_a_get_is_nothing(api: Api, books: Books) -> None:
    books.settings.set_switches({"key_on_put": "honoured"})
    assert keyed(api, "GET", "/contacts", "", "a b").json()["contacts"] == []
    api.contact()
    assert len(keyed(api, "GET", "/contacts", "").json()["contacts"]) == 1


@pytest.mark.fact("8.bad-key", "25.4-form")
@pytest.mark.parametrize("key", ["", "a b", "x" * 300])
def test_a_key_of_another_form_may_be_taken(api: Api, books: Books, key: str) -> None:
    books.settings.set_switches({"invalid_key": "taken"})
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key=key)
    assert first.status_code == 200
    assert api.send("POST", "/contacts", {"contact_name": "B"}, key=key).content == first.content


@pytest.mark.fact("8.subject")
@pytest.mark.parametrize(("switch", "same"), [("token", False), ("user", True)])
def test_a_key_belongs_to_the_token_or_to_its_user(api: Api, books: Books, switch: str, same: bool) -> None:
    books.settings.set_switches({"key_subject": switch})
    api.control("POST", "/tokens", {"token": "old"})
    api.control("POST", "/tokens", {"token": "new", "user_of": "old"})  # rotated
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k", token="old")
    assert (api.send("POST", "/contacts", {"contact_name": "A"}, key="k", token="new").content == first.content) == same


STUCK = [
    ("revoked", 401, "auth.revoked_token"),
    ("scopeless", 403, "auth.insufficient_scope"),
    ("busy", 429, "rate_limit.exceeded"),
]


@pytest.mark.fact("8.early-answers", "25.3-early")
@pytest.mark.parametrize("subject", ["token", "user"])
@pytest.mark.parametrize(("refusal", "status", "code"), STUCK)
def test_an_early_refusal_may_stick_to_its_key(
    api: Api, books: Books, refusal: str, status: int, code: str, subject: str
) -> None:
    books.settings.set_switches({"refusals_cached": "yes", "key_subject": subject, "error_request_id": "present"})
    books.settings.set_switches({"same_key_other_request": "refuse"})
    books.add_token("mine", revoked=refusal == "revoked", scopes=[] if refusal == "scopeless" else [FULL_ACCESS])
    if refusal == "busy":
        api.strike("POST /contacts too-many")
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k", token="mine")
    assert (first.status_code, first.json()["code"]) == (status, code)
    books.add_token("mine")  # mended
    again = api.send("POST", "/contacts", {"contact_name": "A"}, key="k", token="mine")
    assert (again.status_code, again.content) == (status, first.content)
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k2", token="mine").status_code == 200
    books.clock.advance(DAY)
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k", token="mine").status_code == 200


@pytest.mark.fact("8.early-answers", "25.3-early")
@pytest.mark.parametrize(("switch", "status", "held"), [("no", 200, 1), ("yes", 409, 1)])
def test_in_progress_may_stick_to_its_key(api: Api, books: Books, switch: str, status: int, held: int) -> None:
    """Where it does, the first caller has its answer and everybody after it the refusal, for a day."""
    books.settings.set_switches({"refusals_cached": switch})
    assert race(api) == (409, "idempotency.in_progress", 200)
    assert len(api.get("/contacts")["contacts"]) == held
    assert api.send("POST", "/contacts", key="k").status_code == status


@pytest.mark.fact("5.retryable", "8.never-5xx")
@pytest.mark.parametrize("status", [500, 503])
def test_a_5xx_is_never_kept(api: Api, books: Books, status: int) -> None:
    books.settings.set_switches({"refusals_cached": "yes"})
    customer = api.contact()
    body = invoice_body(customer)
    api.strike(f"POST /invoices error-after status={status}")
    assert api.send("POST", "/invoices", body, key="k").status_code == status
    again = api.send("POST", "/invoices", body, key="k")  # is done for real, and meets what the first attempt left
    assert (again.status_code, again.json()["code"]) == (409, "conflict.duplicate")


@pytest.mark.fact("8.lock-after-crash", "25.5-lock")
def test_a_crash_may_leave_its_key_in_progress(api: Api, books: Books, clock: HandClock) -> None:
    books.settings.set_switches({"lock_seconds": 120})
    api.strike("POST /contacts crash-after-row")
    with pytest.raises(Dropped):
        api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    assert api.refused("POST", "/contacts", {}, key="k")[1] == "idempotency.in_progress"
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k2").status_code == 200
    clock.time += 119
    assert api.refused("POST", "/contacts", {}, key="k")[1] == "idempotency.in_progress"
    clock.time += 1
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").status_code == 200


@pytest.mark.fact("8.lock-after-crash", "25.5-lock")
def test_without_that_a_crash_frees_its_key(api: Api) -> None:
    api.strike("POST /contacts crash-after-row")
    with pytest.raises(Dropped):
        api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").status_code == 200


def test_a_lock_ends_with_its_request(api: Api, books: Books) -> None:
    books.settings.set_switches({"lock_seconds": 120})
    for body in ({"contact_name": "A"}, {}, b"no json"):
        api.send("POST", "/contacts", body)
    assert books.db.value("SELECT count(*) FROM locks") == 0


def test_two_processes_over_one_file_do_the_same_key_once(tmp_path: Path, clock: HandClock) -> None:
    """The second looks before the first has answered, and finds the answer when its own turn comes."""
    with (
        closing(Books(tmp_path / "s.db", clock)) as one,
        closing(Books(tmp_path / "s.db", clock)) as two,
        closing(Api(one)) as first,
        closing(Api(two)) as second,
    ):
        made: list[httpx.Response] = []

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"contact_name":'
            made.append(await first.client.post("/contacts", json={"contact_name": "A"}, headers=KEYED))
            yield b'"A"}'

        again = second.runner.run(second.client.post("/contacts", content=slowly(), headers=KEYED))
        assert again.content == made[0].content
        assert len(first.get("/contacts")["contacts"]) == 1
