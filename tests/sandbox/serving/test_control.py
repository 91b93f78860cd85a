from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from importer.sandbox.books import Books
from importer.sandbox.serving.control import DEEDS
from sandbox.client import Api, HandClock, invoice_body

JSON = {"Content-Type": "application/json"}


def call(api: Api, method: str, path: str, body: Any = None, headers: dict[str, str] = JSON) -> httpx.Response:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    url = f"http://sandbox/_sandbox{path}"
    return api.runner.run(api.client.request(method, url, content=content, headers=headers))


def test_the_overview_tells_what_is_set(api: Api, books: Books) -> None:
    told = api.control("GET", "")
    assert told == {
        "code": 0,
        "message": "success",
        "org_id": books.org_id,
        "now": 1779251407.0,
        "time": "2026-05-20T04:30:07+00:00",
        "switches": {},
        "faults": [],
    }
    api.control("PUT", "/switches", {"create_status": "201", "lock_seconds": 30})
    api.strike("POST /payments close-after nth=3")
    told = api.control("GET", "")
    assert told["switches"] == {"create_status": "201", "lock_seconds": 30}
    assert told["faults"] == ["POST /payments close-after nth=3"]
    assert api.control("DELETE", "/faults")["faults"] == []


def test_it_needs_no_token_and_takes_nothing_of_the_rate_window(api: Api) -> None:
    for _ in range(5):
        answer = call(api, "GET", "")
        assert answer.status_code == 200
        assert "X-RateLimit-Remaining" not in answer.headers
    assert api.send("GET", "/whoami").headers["X-RateLimit-Remaining"] == "599"


def test_a_fault_does_not_strike_it(api: Api) -> None:
    api.strike("close-before times=100")
    assert api.control("DELETE", "/faults")["faults"] == []
    assert api.send("GET", "/whoami").status_code == 200


def test_a_day_passes_and_a_key_is_forgotten(api: Api) -> None:
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    api.control("POST", "/clock", {"advance": 24 * 3600 - 1})
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").content == first.content
    api.control("POST", "/clock", {"advance": 1})
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").content != first.content
    assert len(api.get("/contacts")["contacts"]) == 2


def test_a_day_passes_and_an_invoice_is_overdue(api: Api) -> None:
    invoice = api.invoice(api.contact(), due_date="2026-05-20")
    assert invoice["status"] == "SENT"
    api.control("POST", "/clock", {"to": "2026-05-20T23:59:59+05:30"})
    assert api.get(f"/invoices/{invoice['invoice_id']}")["invoice"]["status"] == "SENT"
    told = api.control("POST", "/clock", {"advance": 1})
    assert told["time"] == "2026-05-20T18:30:00+00:00"
    assert api.get(f"/invoices/{invoice['invoice_id']}")["invoice"]["status"] == "OVERDUE"


def test_the_clock_takes_fractions_goes_back_and_reads_utc_without_a_zone(api: Api) -> None:
    assert api.control("POST", "/clock", {"advance": 0.5})["now"] == 1779251407.5
    assert api.control("POST", "/clock", {"advance": -3600})["now"] == 1779247807.5
    assert api.control("POST", "/clock", {"to": "2027-01-01"})["time"] == "2027-01-01T00:00:00+00:00"
    assert api.send("GET", "/whoami").headers["Date"] == "Fri, 01 Jan 2027 00:00:00 GMT"


def test_a_token_may_what_was_told(api: Api, books: Books, clock: HandClock) -> None:
    org = api.control("POST", "/orgs", {"name": "Second"})["org_id"]
    fields = {"orgs": [books.org_id, org], "multi_org": True, "scopes": ["AIBooks.contacts.READ"], "tier": "PARTNER"}
    api.control("POST", "/tokens", {"token": "mine", **fields, "expires_at": clock.time + 60, "revoked": False})
    shown = api.send("GET", "/whoami", token="mine").json()["token"]
    assert (shown["org_id"], shown["scopes"], shown["tier"]) == (None, ["AIBooks.contacts.READ"], "PARTNER")
    assert api.send("GET", f"/contacts?organization_id={org}", token="mine").status_code == 200
    api.control("POST", "/clock", {"advance": 60})
    assert api.refused("GET", "/whoami", token="mine")[1] == "auth.expired_token"
    api.control("POST", "/tokens", {"token": "mine", "expires_at": None})
    assert api.send("GET", "/whoami", token="mine").json()["token"]["org_id"] == books.org_id
    api.control("POST", "/tokens", {"token": "mine", "revoked": True})
    assert api.refused("GET", "/whoami", token="mine")[1] == "auth.revoked_token"


def test_preferences_round_the_totals(api: Api) -> None:
    customer = api.contact()
    assert float(api.invoice(customer, "99.50")["total"]) == 99.5
    api.control("PUT", "/preferences", {"round_invoice_totals": True, "rounding_method": "down"})
    assert api.invoice(customer, "98.50")["total"] == 98
    api.control("PUT", "/preferences", {"round_invoice_totals": True})
    assert api.invoice(customer, "96.50")["total"] == 97


def test_a_reset_takes_documents_keys_and_faults_and_leaves_the_set_up(api: Api, books: Books) -> None:
    api.control("POST", "/tokens", {"token": "mine"})
    api.control("PUT", "/switches", {"create_status": "201"})
    api.control("POST", "/clock", {"advance": 3600})
    first = api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    api.strike("* /whoami close-before times=9", "slow rate=1")
    assert api.control("POST", "/reset", {})["code"] == 0
    told = api.control("GET", "")
    assert (told["org_id"], told["switches"], told["faults"]) == (books.org_id, {"create_status": "201"}, [])
    assert told["now"] == 1779251407.0 + 3600
    assert api.send("GET", "/whoami", token="mine").status_code == 200
    assert api.get("/contacts")["contacts"] == []
    assert len(api.get("/taxes")["taxes"]) > 3
    assert api.send("POST", "/contacts", {"contact_name": "A"}, key="k").content != first.content


def test_the_switches_are_listed_with_their_values(api: Api) -> None:
    listed = {one["name"]: one for one in api.control("GET", "/switches")["switches"]}
    assert listed["create_status"] == {
        "name": "create_status",
        "values": ["200", "201"],
        "default": "200",
        "sheet": "25.1",
        "about": "the HTTP status of a successful create",
    }


BAD = [
    ("POST", "/clock", {}, "'advance' is needed, as a number of seconds."),
    ("POST", "/clock", {"advance": "soon"}, "'advance' is needed, as a number of seconds."),
    ("POST", "/clock", {"advance": True}, "'advance' is needed, as a number of seconds."),
    ("POST", "/clock", {"advance": [1]}, "'advance' is needed, as a number of seconds."),
    ("POST", "/clock", b'{"advance": 1e999}', "'advance' is needed, as a number of seconds."),
    ("POST", "/clock", b'{"advance": 1' + b"0" * 400 + b"}", "'advance' is needed, as a number of seconds."),
    ("POST", "/clock", {"advance": 10**12}, "The clock goes from the year 2000 to the year 2199."),
    ("POST", "/clock", {"to": "9999-12-31T23:59:59"}, "The clock goes from the year 2000 to the year 2199."),
    ("POST", "/clock", {"to": "0001-01-01T00:00:00+14:00"}, "The clock goes from the year 2000"),
    ("POST", "/clock", {"to": "tomorrow"}, "'to' is an ISO datetime such as"),
    ("POST", "/clock", {"to": 7}, "'to' is needed, as text."),
    ("PUT", "/switches", {"colour": "red"}, "There is no switch 'colour'."),
    ("PUT", "/switches", {"create_status": "202"}, "'create_status' takes 200 or 201, not '202'."),
    ("PUT", "/switches", {"create_status": ["201"]}, "'create_status' takes 200 or 201"),
    ("PUT", "/switches", {"lock_seconds": -1}, "'lock_seconds' takes whole seconds"),
    ("PUT", "/switches", {"lock_seconds": True}, "'lock_seconds' takes whole seconds"),
    ("PUT", "/switches", {"lock_seconds": 10**9}, "'lock_seconds' takes whole seconds"),
    ("PUT", "/switches", {"lock_date": "May"}, "'lock_date' takes a date such as"),
    ("POST", "/faults", {}, "'faults' is a list of texts."),
    ("POST", "/faults", {"faults": "close-after"}, "'faults' is a list of texts."),
    ("POST", "/faults", {"faults": [7]}, "'faults' is a list of texts."),
    ("POST", "/faults", {"faults": ["close-after", "explode"]}, "'explode' is no fault; there are"),
    ("POST", "/tokens", {}, "'token' is needed, as text."),
    ("POST", "/tokens", {"token": " "}, "'token' is needed, as text."),
    ("POST", "/tokens", {"token": "t", "colour": "red"}, "There is no 'colour' here, only token,"),
    ("POST", "/tokens", {"token": "t", "scopes": "all"}, "'scopes' is a list of texts."),
    ("POST", "/tokens", {"token": "t", "orgs": [{}]}, "'orgs' is a list of texts."),
    ("POST", "/tokens", {"token": "t", "orgs": ["org_missing"]}, "There is no organisation 'org_missing'."),
    ("POST", "/tokens", {"token": "t", "multi_org": "no"}, "'multi_org' is true or false."),
    ("POST", "/tokens", {"token": "t", "revoked": 0}, "'revoked' is true or false."),
    ("POST", "/tokens", {"token": "t", "tier": "GOLD"}, "The token cannot be: GOLD is not one of DEFAULT, PARTNER."),
    ("POST", "/tokens", {"token": "t", "tier": ["DEFAULT"]}, "'tier' is needed, as text."),
    ("POST", "/tokens", {"token": "t", "user_of": "nobody"}, "The token cannot be: user_of is not a token."),
    ("POST", "/tokens", {"token": "t", "expires_at": "2026-05-20"}, "'expires_at' is needed, as a number of seconds."),
    ("POST", "/orgs", {}, "'name' is needed, as text."),
    ("POST", "/orgs", {"name": 7}, "'name' is needed, as text."),
    ("POST", "/orgs", {"name": "A", "gstin": "x"}, "There is no 'gstin' here, only name."),
    ("PUT", "/preferences", {}, "'round_invoice_totals' is true or false."),
    ("PUT", "/preferences", {"round_invoice_totals": "yes"}, "'round_invoice_totals' is true or false."),
    ("PUT", "/preferences", {"round_invoice_totals": True, "rounding_method": "sideways"}, "sideways is not one of"),
    ("PUT", "/preferences", {"round_invoice_totals": True, "rounding_method": ["up"]}, "'rounding_method' is needed"),
    ("PUT", "/preferences", {"round_invoice_totals": True, "method": "up"}, "There is no 'method' here"),
    ("POST", "/reset", b"[]", "The body must be a JSON object."),
    ("POST", "/reset", b"{", "The body is not JSON"),
    ("POST", "/orgs", b'{"name": "\\ud800"}', "The body is not JSON"),
]


@pytest.mark.parametrize(("method", "path", "body", "sentence"), BAD)
def test_bad_input_is_422_with_a_sentence_and_changes_nothing(
    api: Api, books: Books, method: str, path: str, body: Any, sentence: str
) -> None:
    before = api.control("GET", ""), list(books.db._db.iterdump())
    answer = call(api, method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation.failed")
    assert sentence in answer.json()["message"]
    assert (api.control("GET", ""), list(books.db._db.iterdump())) == before


def test_every_deed_that_takes_something_has_bad_input_above() -> None:
    takes_nothing = {("GET", ""), ("GET", "/switches"), ("DELETE", "/faults")}
    assert {(method, path) for method, path, _, _ in BAD} == set(DEEDS) - takes_nothing


@pytest.mark.parametrize(("method", "path"), sorted(one for one in DEEDS if one[0] != "GET"))
@pytest.mark.parametrize("content_type", [None, "text/plain", "text/plain; charset=json", "application/jsonp"])
def test_what_a_page_of_another_site_can_send_is_refused(
    api: Api, method: str, path: str, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = call(api, method, path, b"{}", headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "Content-Type")


def test_a_content_type_may_name_its_charset(api: Api) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert call(api, "POST", "/clock", {"advance": 1}, headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/colour", 404), ("GET", "/", 404), ("GET", "/clock", 405)]
)
def test_what_is_not_there_is_told(api: Api, method: str, path: str, status: int) -> None:
    answer = call(api, method, path)
    assert answer.status_code == status
    assert answer.headers.get("Allow") == ("POST" if status == 405 else None)


def test_a_path_that_only_begins_like_it_is_the_apis(api: Api) -> None:
    answer = api.runner.run(api.client.get("http://sandbox/_sandboxes"))
    assert answer.json()["code"] == "auth.missing_token"


def test_an_invoice_is_not_touched_by_what_another_sandbox_sets(api: Api) -> None:
    """Two applications over two books share nothing."""
    other = Books(":memory:", HandClock())
    second = Api(other)
    second.control("PUT", "/switches", {"create_status": "201"})
    assert api.send("POST", "/invoices", invoice_body(api.contact())).status_code == 200
    assert second.send("POST", "/contacts", {"contact_name": "A"}).status_code == 201
    second.close()
    other.close()
