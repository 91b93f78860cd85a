from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from importer.sandbox.books import PARTNER_TOKEN, Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.serving.routes import ROUTES
from sandbox.client import Api, HandClock

LIMITED = "aibk_pat_test_limited"


@pytest.mark.fact("2.bearer", "5.missing-token", "5.invalid-token", "5.revoked-token", "5.expired-token")
@pytest.mark.fact("24.token-first")
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "auth.missing_token"),
        ({"Authorization": "Bearer nobody"}, "auth.invalid_token"),
        ({"Authorization": "Basic aibk_pat_test_sandbox"}, "auth.invalid_token"),
        ({"Authorization": "Bearer revoked"}, "auth.revoked_token"),
        ({"Authorization": "Bearer expired"}, "auth.expired_token"),
    ],
)
def test_a_token_that_is_not_good_is_401(api: Api, books: Books, header: dict[str, str], code: str) -> None:
    books.add_token("revoked", revoked=True)
    books.add_token("expired", expires_at=books.clock.now())
    answer = api.runner.run(api.client.get("/whoami", headers=header))
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["X-RateLimit-Limit"] == "600"


def test_a_scope_that_is_missing_is_403_and_one_that_is_there_suffices(api: Api, books: Books) -> None:
    books.add_token(LIMITED, scopes=["AIBooks.contacts.READ"])
    assert api.send("GET", "/contacts", token=LIMITED).status_code == 200
    assert api.refused("GET", "/items", token=LIMITED) == (403, "auth.insufficient_scope", None)
    assert api.refused("POST", "/contacts", {"contact_name": "A"}, token=LIMITED)[1] == "auth.insufficient_scope"


def test_every_route_but_whoami_asks_for_a_scope() -> None:
    assert [path for (_, path), route in ROUTES.items() if not route.scopes] == ["/whoami"]


def test_whoami_tells_org_scopes_and_tier(api: Api, books: Books) -> None:
    token = api.get("/whoami")["token"]
    assert (token["org_id"], token["scopes"]) == (books.org_id, ["AIBooks.fullaccess.all"])
    assert token["tier"] == "DEFAULT"
    assert api.send("GET", "/whoami", token=PARTNER_TOKEN).json()["token"]["tier"] == "PARTNER"


def test_a_single_org_token_takes_its_own_org_and_no_other(api: Api, books: Books) -> None:
    other = books.add_org("Other Traders")
    assert api.send("GET", f"/contacts?organization_id={books.org_id}").status_code == 200
    assert api.refused("GET", f"/contacts?organization_id={other}") == (403, "auth.org_mismatch", None)


@pytest.mark.fact("2.multi-org", "2.org-header", "2.whoami-multi")
def test_a_multi_org_token_names_its_org_and_sees_only_that(api: Api, books: Books) -> None:
    other, foreign = books.add_org("Other Traders"), books.add_org("Strangers")
    books.add_token("many", orgs=[books.org_id, other], multi_org=True)
    contact = api.contact()
    assert api.send("GET", "/whoami", token="many").json()["token"]["org_id"] is None
    assert api.refused("GET", "/contacts", token="many")[:2] == (400, "auth.missing_organization_id")
    assert api.refused("GET", f"/contacts?organization_id={foreign}", token="many")[1] == "auth.no_membership"
    assert api.send("GET", f"/contacts/{contact}?organization_id={books.org_id}", token="many").status_code == 200
    assert api.refused("GET", f"/contacts/{contact}?organization_id={other}", token="many")[0] == 404
    header = {"Authorization": "Bearer many", "X-AIBooks-Org": other}
    assert api.runner.run(api.client.get("/contacts", headers=header)).json()["contacts"] == []


def test_the_root_answers_as_the_prefix_does(api: Api) -> None:
    contact = api.contact()
    header = {"Authorization": "Bearer aibk_pat_test_sandbox"}
    answer = api.runner.run(api.client.get(f"http://sandbox/contacts/{contact}", headers=header))
    assert answer.json()["contact"]["contact_id"] == contact


@pytest.mark.parametrize("path", ["/bills", "/", "/contacts/", "/contacts/a/b", "/invoices/x/refund", "/reports"])
def test_an_unknown_route_is_404_in_the_envelope(api: Api, path: str) -> None:
    answer = api.send("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found.resource")
    assert "X-RateLimit-Remaining" in answer.headers


@pytest.mark.fact("25.21-undo")
def test_a_wrong_method_is_405_and_names_the_right_ones(api: Api) -> None:
    answer = api.send("DELETE", "/taxes/tx_1")  # they are managed elsewhere
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert answer.json()["code"] == "method.not_allowed"


def test_what_only_a_switch_forbids_names_the_right_methods_too(api: Api) -> None:
    answer = api.send("DELETE", "/payments/pay_1")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.fact("5.failed")
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"text"', b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000, b'{"a": Infinity}']
)
def test_a_body_that_is_no_json_object_is_422(api: Api, body: bytes) -> None:
    assert api.refused("POST", "/contacts", body) == (422, "validation.failed", None)


def test_the_date_header_tells_the_clock_of_the_sandbox(api: Api, clock: HandClock) -> None:
    clock.time = 1800000000.9
    assert parsedate_to_datetime(api.send("GET", "/whoami").headers["Date"]).timestamp() == 1800000000
    assert parsedate_to_datetime(api.send("GET", "/nowhere").headers["Date"]).timestamp() == 1800000000


def test_a_bug_of_the_sandbox_is_a_500_in_the_envelope(caplog: pytest.LogCaptureFixture) -> None:
    books = Books(":memory:", SystemClock())
    api = Api(books)
    books.db.run("DROP TABLE contacts")
    answer = api.send("GET", "/contacts")
    assert (answer.status_code, answer.json()["code"]) == (500, "server.error")
    assert "no such table" in caplog.text
    api.close()
    books.close()
