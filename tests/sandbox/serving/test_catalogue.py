"""Every code of the error catalogue (fact sheet, section 5), reached over HTTP; and that no code is left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import importer.sandbox
from importer.sandbox.books import Books
from sandbox.client import Api, HandClock, invoice_body

Way = Callable[[Api, Books], httpx.Response]


@dataclass(frozen=True)
class Case:
    code: str
    status: int
    way: Way
    field: str | None = None
    received: Any = None
    about: str = ""


def bare(api: Api, headers: dict[str, str]) -> httpx.Response:
    return api.runner.run(api.client.get("/taxes", headers=headers))


def as_token(path: str = "/taxes", method: str = "GET", **powers: Any) -> Way:
    def way(api: Api, books: Books) -> httpx.Response:
        books.add_token("mine", **powers)
        return api.send(method, path, {} if method == "POST" else None, token="mine")

    return way


def send(method: str, path: str, body: Any = None, **more: Any) -> Way:
    return lambda api, books: api.send(method, path, body, **more)


def invoice(**fields: Any) -> Way:
    return lambda api, books: api.send("POST", "/invoices", invoice_body(api.contact(), **fields))


def repeated(first: dict[str, Any], second: dict[str, Any], **switches: str) -> Way:
    """Two invoices of one customer, of which the second is refused."""

    def way(api: Api, books: Books) -> httpx.Response:
        customer = api.contact()
        api.invoice(customer, **first)
        books.settings.set_switches(switches)
        return api.send("POST", "/invoices", invoice_body(customer, **second))

    return way


def posted_twice(**switches: str) -> Way:
    def way(api: Api, books: Books) -> httpx.Response:
        books.settings.set_switches(switches)
        return api.send("POST", f"/invoices/{api.invoice(api.contact())['invoice_id']}/approve")

    return way


def over_the_limit(api: Api, books: Books) -> httpx.Response:
    for _ in range(600):
        api.send("GET", "/whoami")
    return api.send("GET", "/whoami")


def still_running(api: Api, books: Books) -> httpx.Response:
    books.settings.set_switches({"lock_seconds": 60})
    api.strike("POST /contacts crash-after-row")
    with pytest.raises(OSError, match="closed"):
        api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    return api.send("POST", "/contacts", {"contact_name": "A"}, key="k")


def allocated(api: Api, books: Books) -> httpx.Response:
    allocations = [{"invoice_id": "inv_missing", "amount": 1}]
    body = {"flow": "INCOMING", "contact_id": api.contact(), "date": "2026-05-19", "amount": 1, "mode": "UPI"}
    return api.send("POST", "/payments", body | {"allocations": allocations})


def lines(*rows: Any) -> dict[str, Any]:
    return {"line_items": list(rows)}


def broken(api: Api, books: Books) -> httpx.Response:
    books.db.run("DROP TABLE contacts")
    return api.send("GET", "/contacts")


def keyed_twice(api: Api, books: Books) -> httpx.Response:
    books.settings.set_switches({"same_key_other_request": "refuse"})
    api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    return api.send("POST", "/contacts", {"contact_name": "B"}, key="k")


NAME = {"contact_name": "A"}
CASES = [
    Case("auth.missing_token", 401, lambda api, books: bare(api, {})),
    Case("auth.invalid_token", 401, lambda api, books: bare(api, {"Authorization": "Bearer nobody"})),
    Case("auth.invalid_token", 401, lambda api, books: bare(api, {"Authorization": "nobody"}), about="malformed"),
    Case("auth.revoked_token", 401, as_token(revoked=True)),
    Case("auth.expired_token", 401, as_token(expires_at=HandClock().time)),
    Case("auth.insufficient_scope", 403, as_token(scopes=["AIBooks.taxes.CREATE"])),
    Case("auth.insufficient_scope", 403, as_token("/payments", "POST", scopes=["AIBooks.payments.READ"]), about="POST"),
    Case("auth.org_mismatch", 403, send("GET", "/taxes?organization_id=other")),
    Case("auth.no_membership", 403, as_token("/taxes?organization_id=other", multi_org=True)),
    Case("auth.missing_organization_id", 400, as_token(multi_org=True), "organization_id"),
    Case("validation.required_field", 400, send("POST", "/contacts", {}), "contact_name"),
    Case("validation.required_field", 400, send("POST", "/invoices", {}), "customer_id", about="invoice"),
    Case("validation.required_field", 400, invoice(place_of_supply=None), "place_of_supply", about="place of supply"),
    Case("validation.required_field", 400, invoice(**lines({"name": "A", "rate": 1})), "line_items[0].quantity"),
    Case("validation.invalid_value", 400, invoice(place_of_supply="INKA"), "place_of_supply", "INKA"),
    Case("validation.invalid_value", 400, send("POST", "/contacts", NAME, key="a b"), "Idempotency-Key", about="key"),
    Case("validation.invalid_value", 400, send("GET", "/contacts?cursor=mine"), "cursor", about="cursor"),
    Case("validation.invalid_value", 400, posted_twice(), "status", about="state"),
    Case("validation.failed", 422, send("POST", "/contacts", {"contact_name": 7}), "contact_name"),
    Case("validation.failed", 422, send("POST", "/contacts", b"{"), about="no JSON"),
    Case("validation.failed", 422, send("GET", "/contacts?per_page=0"), "per_page", about="query"),
    Case("validation.failed", 422, send("POST", "/bulk/invoices", {"invoices": []}), "invoices", about="no rows"),
    Case(
        "validation.failed", 422, send("POST", "/bulk/invoices", {"invoices": [{}] * 51}), "invoices", about="51 rows"
    ),
    Case("validation.failed", 422, posted_twice(state_conflict="422"), "status", about="state"),
    Case("not_found.resource", 404, send("GET", "/invoices/inv_missing")),
    Case("not_found.resource", 404, send("GET", "/nowhere"), about="no endpoint"),
    Case("not_found.resource", 404, send("POST", "/invoices", invoice_body("ct_missing")), "customer_id"),
    Case(
        "not_found.resource", 404, invoice(**lines({"item_id": "it_missing", "quantity": 1})), "line_items[0].item_id"
    ),
    Case("not_found.resource", 404, allocated, "allocations[0].invoice_id"),
    Case("conflict.duplicate", 409, repeated({}, {}), "reference_number"),
    Case(
        "conflict.duplicate",
        409,
        repeated({"invoice_number": "A"}, {"total": "7", "invoice_number": "A"}),
        "invoice_number",
    ),
    Case("conflict.duplicate", 409, keyed_twice, "Idempotency-Key"),
    Case("validation.invalid_value", 400, repeated({}, {}, guard_code="invalid-value"), "reference_number"),
    Case("rate_limit.exceeded", 429, over_the_limit),
    Case("idempotency.key_required", 400, send("POST", "/invoices", {}, key=None), "Idempotency-Key"),
    Case("idempotency.in_progress", 409, still_running),
    # Not of the catalogue: what it has no code for.
    Case("method.not_allowed", 405, send("DELETE", "/taxes")),
    Case("conflict.state", 409, posted_twice(state_conflict="409"), "status"),
    Case("server.error", 500, broken),
]
DOCUMENTED = {
    *("auth.missing_token", "auth.invalid_token", "auth.revoked_token", "auth.expired_token"),
    *("auth.insufficient_scope", "auth.org_mismatch", "auth.no_membership", "auth.missing_organization_id"),
    *("validation.required_field", "validation.invalid_value", "validation.failed", "not_found.resource"),
    *("conflict.duplicate", "rate_limit.exceeded", "idempotency.key_required", "idempotency.in_progress"),
}


@pytest.mark.fact("4.error", "5.missing-token", "5.invalid-token", "5.revoked-token", "5.expired-token")
@pytest.mark.fact("5.insufficient-scope", "5.org-mismatch", "5.no-membership", "5.missing-organization")
@pytest.mark.fact("5.required-field", "5.invalid-value", "5.failed", "5.not-found", "5.duplicate", "5.rate-limit")
@pytest.mark.fact("5.key-required", "5.in-progress", "5.field-path", "5.details", "5.two-conflicts", "11.invalid")
@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(filter(None, (case.code, case.field, case.about))))
def test_a_code_is_reached_with_its_status_shape_and_field(case: Case) -> None:
    books = Books(":memory:", HandClock())
    api = Api(books)
    try:
        answer = case.way(api, books)
    finally:
        api.close()
        books.close()
    told = answer.json()
    assert (answer.status_code, told["code"], told.get("field")) == (case.status, case.code, case.field)
    assert set(told) <= {"code", "message", "field", "details"}
    assert isinstance(told["message"], str)
    assert told["message"].endswith(".")
    assert answer.headers["Content-Type"] == "application/json"
    assert ("Retry-After" in answer.headers) == (case.status == 429)
    if case.received is not None:
        assert told["details"] == {"received": case.received}


def codes_in_the_code() -> set[str]:
    """Every error code that stands in the sandbox, whether as one word or as a reason of auth."""
    found = set()
    for path in Path(importer.sandbox.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                word = node.value.decode() if isinstance(node.value, bytes) else node.value
                found.update(re.findall(r'(?:^|"code":")([a-z_]+\.[a-z_]+)(?:$|")', word))
        found.update(f"auth.{reason}" for reason in re.findall(r'(?:unauthenticated|forbidden)\("(\w+)"', text))
    rooms = {code.partition(".")[0] for code in DOCUMENTED} | {"method", "server"}
    return {code for code in found if code.partition(".")[0] in rooms}


@pytest.mark.fact("5.catalogue")
def test_the_table_holds_every_code_of_the_catalogue_and_of_the_sandbox() -> None:
    assert codes_in_the_code() >= DOCUMENTED
    assert {case.code for case in CASES} == codes_in_the_code()


def test_every_documented_code_keeps_its_documented_status() -> None:
    statuses = {(case.code, case.status) for case in CASES if case.code in DOCUMENTED}
    assert len(statuses) == len(DOCUMENTED)
