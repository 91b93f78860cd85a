from __future__ import annotations

from typing import Any

import httpx
import pytest

from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.serving.routes import ROUTES, scopes_of
from importer.sandbox.tokens import FULL_ACCESS
from sandbox.client import Api, HandClock

MANY = "aibk_pat_many_orgs"


def ask(api: Api, path: str, headers: dict[str, str]) -> httpx.Response:
    return api.runner.run(api.client.get(path, headers=headers))


def outcome(api: Api, path: str, token: str, **headers: str) -> tuple[int, object]:
    """Status and code of a GET."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = ask(api, path, {"Authorization": f"Bearer {token}"} | named)
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def second(books: Books) -> str:
    """A second org, and a token of a user who is in both."""
    org = books.add_org("Second Traders")
    books.add_token(MANY, orgs=(books.org_id, org), multi_org=True)
    return org


@pytest.mark.fact("2.pat", "2.other-prefix", "23.2-prefix")
@pytest.mark.parametrize("secret", ["aibk_pat_x", "aibooks_pat_x", "aibk_pat_test_x", "aibk_oat_x", "plain"])
def test_a_token_of_any_prefix_is_let_in_once_it_is_known(api: Api, secret: str) -> None:
    assert outcome(api, "/contacts", secret) == (401, "auth.invalid_token")
    api.books.add_token(secret)
    assert outcome(api, "/contacts", secret) == (200, 0)


@pytest.mark.fact("2.bearer", "5.invalid-token")
@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer no-such", f"Basic {SANDBOX_TOKEN}", SANDBOX_TOKEN])
def test_an_unknown_or_malformed_token_is_401(api: Api, header: str) -> None:
    answer = ask(api, "/contacts", {"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.invalid_token")


@pytest.mark.fact("2.bearer", "5.missing-token")
def test_a_missing_token_is_401(api: Api) -> None:
    for headers in ({}, {"Authorization": ""}):
        answer = ask(api, "/whoami", headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.missing_token")


def test_the_word_bearer_may_be_written_in_any_case(api: Api) -> None:
    assert ask(api, "/contacts", {"Authorization": f"bearer {SANDBOX_TOKEN}"}).status_code == 200


@pytest.mark.fact("2.expiry", "5.expired-token")
def test_a_token_ends_at_the_second_it_expires(api: Api, clock: HandClock) -> None:
    api.books.add_token("aibk_pat_brief", expires_at=clock.now() + 60)
    clock.advance(59)
    assert outcome(api, "/contacts", "aibk_pat_brief") == (200, 0)
    clock.advance(1)
    assert outcome(api, "/contacts", "aibk_pat_brief") == (401, "auth.expired_token")


@pytest.mark.fact("5.revoked-token")
def test_a_revoked_token_is_told_so(api: Api) -> None:
    api.books.add_token("aibk_pat_gone")
    assert outcome(api, "/contacts", "aibk_pat_gone") == (200, 0)
    api.books.add_token("aibk_pat_gone", revoked=True)
    assert outcome(api, "/contacts", "aibk_pat_gone") == (401, "auth.revoked_token")


@pytest.mark.fact("2.whoami", "2.whoami-scope", "2.tier")
def test_whoami_tells_what_a_single_org_token_is_and_needs_no_scope(api: Api) -> None:
    api.books.add_token("aibk_pat_small", scopes=("AIBooks.items.READ",), tier="PARTNER")
    answer = api.send("GET", "/whoami", token="aibk_pat_small").json()
    token = answer["token"]
    assert (answer["code"], answer["message"]) == (0, "success")
    assert token.keys() == {"token_id", "org_id", "user_id", "scopes", "tier"}
    assert (token["org_id"], token["scopes"], token["tier"]) == (
        api.books.org_id,
        ["AIBooks.items.READ"],
        "PARTNER",
    )
    usual = api.get("/whoami")["token"]
    assert (usual["scopes"], usual["tier"]) == ([FULL_ACCESS], "DEFAULT")
    assert usual["token_id"] != token["token_id"]


@pytest.mark.fact("2.whoami-multi")
def test_whoami_of_a_multi_org_token_names_no_org(api: Api, second: str) -> None:
    assert api.send("GET", "/whoami", token=MANY).json()["token"]["org_id"] is None
    assert outcome(api, f"/whoami?organization_id={second}", MANY) == (200, 0)
    assert outcome(api, "/whoami?organization_id=org_no", MANY) == (403, "auth.no_membership")


@pytest.mark.fact("2.multi-org", "2.org-parameter", "2.one-org-each", "2.org-header", "5.missing-organization")
@pytest.mark.fact("23.3-org", "23.4-multi-org")
def test_a_multi_org_token_must_say_which_org(api: Api, second: str) -> None:
    assert outcome(api, "/contacts", MANY) == (400, "auth.missing_organization_id")
    api.send("POST", f"/contacts?organization_id={second}", {"contact_name": "Second's"}, token=MANY)
    for org, found in ((second, ["Second's"]), (api.books.org_id, [])):
        by_query = api.send("GET", f"/contacts?organization_id={org}", token=MANY).json()
        by_header = ask(api, "/contacts", {"Authorization": f"Bearer {MANY}", "X-AIBooks-Org": org}).json()
        assert by_query == by_header
        assert [contact["contact_name"] for contact in by_query["contacts"]] == found


def test_the_query_parameter_wins_over_the_header(api: Api, second: str) -> None:
    api.send("POST", f"/contacts?organization_id={second}", {"contact_name": "Second's"}, token=MANY)
    headers = {"Authorization": f"Bearer {MANY}", "X-AIBooks-Org": api.books.org_id}
    assert len(ask(api, f"/contacts?organization_id={second}", headers).json()["contacts"]) == 1


@pytest.mark.fact("2.single-org", "2.one-org-each", "2.org-header", "2.org-mismatch", "2.org-match", "5.org-mismatch")
def test_a_single_org_token_may_name_its_own_org_and_no_other(api: Api, second: str) -> None:
    own = api.books.org_id
    assert outcome(api, f"/contacts?organization_id={own}", SANDBOX_TOKEN) == (200, 0)
    assert outcome(api, "/contacts", SANDBOX_TOKEN, X_AIBooks_Org=own) == (200, 0)
    for path in ("/contacts", "/whoami"):
        refusal = (403, "auth.org_mismatch")
        assert outcome(api, f"{path}?organization_id={second}", SANDBOX_TOKEN) == refusal
        assert outcome(api, path, SANDBOX_TOKEN, X_AIBooks_Org=second) == refusal


@pytest.mark.fact("2.membership", "5.no-membership")
def test_membership_is_checked_at_each_call(api: Api, second: str) -> None:
    third = api.books.add_org("Third Traders")
    assert outcome(api, f"/contacts?organization_id={second}", MANY) == (200, 0)
    for org in (third, "org_no"):
        assert outcome(api, f"/contacts?organization_id={org}", MANY) == (403, "auth.no_membership")
    api.books.add_token(MANY, orgs=(third,), multi_org=True)
    assert outcome(api, f"/contacts?organization_id={second}", MANY) == (403, "auth.no_membership")
    with api.books.db.transaction():
        api.books.db.run("DELETE FROM memberships WHERE org = ?", (api.books.org_id,))
    assert outcome(api, "/contacts", SANDBOX_TOKEN) == (403, "auth.no_membership")


def test_a_users_new_token_takes_no_org_from_the_old_one(api: Api, books: Books, second: str) -> None:
    books.add_token("old", orgs=(books.org_id, second), multi_org=True)
    books.add_token("new", user_of="old")
    users = {api.send("GET", "/whoami", token=token).json()["token"]["user_id"] for token in ("old", "new")}
    assert len(users) == 1
    for org in (books.org_id, second):
        assert api.send("GET", f"/contacts?organization_id={org}", token="old").status_code == 200
    assert api.send("GET", f"/contacts?organization_id={second}", token="new").status_code == 403


@pytest.mark.fact("2.cross-org")
def test_an_id_of_another_org_is_told_apart_from_none_by_nothing(api: Api, second: str) -> None:
    body = {"contact_name": "Second's"}
    made = api.send("POST", f"/contacts?organization_id={second}", body, token=MANY).json()
    foreign = made["contact"]["contact_id"]
    for method, sent in (("GET", None), ("PUT", {"phone": "1"}), ("DELETE", None)):
        answers = [api.send(method, f"/contacts/{one}", sent) for one in (foreign, "ct_missing")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text.replace(foreign, "ct_missing") == answers[1].text
    line = {"name": "Work", "quantity": 1, "rate": 5}
    invoice = {"customer_id": foreign, "date": "2026-05-19", "place_of_supply": "IN-KA", "line_items": [line]}
    assert api.refused("POST", "/invoices", invoice) == (404, "not_found.resource", "customer_id")


def test_a_single_org_token_has_exactly_one_org_and_a_known_tier(books: Books, second: str) -> None:
    with pytest.raises(ValueError, match="exactly one org"):
        books.add_token("aibk_pat_x", orgs=(books.org_id, second))
    with pytest.raises(ValueError, match="GOLD"):
        books.add_token("aibk_pat_x", tier="GOLD")


# Scopes (fact sheet, section 3).

# The first part of the path -> the resource token of its scope, where the two differ.
RESOURCES = {
    "bank_accounts": "bankaccounts",
    "bulk": "invoices",
    "cost_centers": "costcenters",
    "credit_notes": "creditnotes",
    "exchange_rates": "currencies",
}
VERBS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}


def documented(method: str, template: str) -> set[str]:
    """The scopes of an endpoint by the rule of the pages; what is done to a document that exists is an UPDATE."""
    first = template.split("/")[1]
    if first == "whoami":
        return set()
    verb = "UPDATE" if method == "POST" and "{id}" in template else VERBS[method]
    also = {"payments.CREATE"} if template == "/payments/{id}/apply" else set()
    return {f"{RESOURCES.get(first, first)}.{verb}"} | also


EVERY_SCOPE = {f"AIBooks.{scope}" for endpoint in ROUTES for scope in documented(*endpoint)}


def sent_with(api: Api, scopes: set[str], method: str, template: str) -> dict[str, Any]:
    api.books.add_token("aibk_pat_scoped", scopes=tuple(scopes))
    body = b"" if method == "GET" else b"{}"
    answer = api.send(method, template.replace("{id}", "no_such"), body, token="aibk_pat_scoped")
    envelope: dict[str, Any] = answer.json()
    assert (envelope["code"] == "auth.insufficient_scope") == (answer.status_code == 403)
    return envelope


@pytest.mark.fact("3.full-access", "3.missing", "5.insufficient-scope")
@pytest.mark.parametrize("endpoint", ROUTES, ids=" ".join)
def test_an_endpoint_takes_a_token_with_just_its_scope_and_none_without_it(api: Api, endpoint: tuple[str, str]) -> None:
    allowed = documented(*endpoint)
    wishes = {"payment_delete": "allowed"}  # else a 405 whatever the scope
    assert set(scopes_of(ROUTES[endpoint], api.books.settings.set_switches(wishes))) == allowed
    for scope in allowed:
        assert not str(sent_with(api, {f"AIBooks.{scope}"}, *endpoint)["code"]).startswith("auth.")
    assert not str(sent_with(api, {FULL_ACCESS}, *endpoint)["code"]).startswith("auth.")
    if allowed:
        others = EVERY_SCOPE - {f"AIBooks.{scope}" for scope in allowed}
        assert sent_with(api, others, *endpoint)["code"] == "auth.insufficient_scope"
        assert sent_with(api, set(), *endpoint)["code"] == "auth.insufficient_scope"


@pytest.mark.fact("3.payments-apply", "3.creditnotes-apply", "25.19-apply")
@pytest.mark.parametrize(
    ("switch", "value", "template", "taken", "refused"),
    [
        ("payment_apply_scope", "create", "/payments/{id}/apply", "payments.CREATE", "payments.UPDATE"),
        ("payment_apply_scope", "update", "/payments/{id}/apply", "payments.UPDATE", "payments.CREATE"),
        (
            *("note_apply_scope", "create", "/credit_notes/{id}/apply-to-invoice"),
            *("creditnotes.CREATE", "creditnotes.UPDATE"),
        ),
    ],
)
def test_the_scope_of_an_application_is_what_the_switch_says(
    api: Api, switch: str, value: str, template: str, taken: str, refused: str
) -> None:
    api.books.settings.set_switches({switch: value})
    assert sent_with(api, {f"AIBooks.{taken}"}, "POST", template)["code"] != "auth.insufficient_scope"
    assert sent_with(api, {f"AIBooks.{refused}"}, "POST", template)["code"] == "auth.insufficient_scope"


def test_every_scope_of_the_pages_is_in_use() -> None:
    kinds = {"contacts": 4, "items": 4, "invoices": 4, "payments": 3, "creditnotes": 3, "taxes": 1, "accounts": 1}
    lookups = ("reports", "branches", "bankaccounts", "costcenters", "currencies")
    pages = {
        f"AIBooks.{kind}.{verb}"
        for kind, number in (kinds | dict.fromkeys(lookups, 1)).items()
        for verb in ("READ", "CREATE", "UPDATE", "DELETE")[:number]
    }
    assert pages <= EVERY_SCOPE
