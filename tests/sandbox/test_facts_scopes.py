"""Which scope opens which call, as the reference has it and not as the routes do (fact sheet, section 3)."""

from __future__ import annotations

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api

VERBS = ("READ", "CREATE", "UPDATE", "DELETE")
SCOPES = [
    ("GET", "/contacts", "contacts.READ"),
    ("GET", "/contacts/x", "contacts.READ"),
    ("POST", "/contacts", "contacts.CREATE"),
    ("PUT", "/contacts/x", "contacts.UPDATE"),
    ("DELETE", "/contacts/x", "contacts.DELETE"),
    ("GET", "/items", "items.READ"),
    ("GET", "/items/x", "items.READ"),
    ("POST", "/items", "items.CREATE"),
    ("PUT", "/items/x", "items.UPDATE"),
    ("POST", "/items/x/archive", "items.UPDATE"),
    ("DELETE", "/items/x", "items.DELETE"),
    ("GET", "/taxes", "taxes.READ"),
    ("GET", "/taxes/x", "taxes.READ"),
    ("GET", "/accounts", "accounts.READ"),
    ("GET", "/accounts/x", "accounts.READ"),
    ("GET", "/invoices", "invoices.READ"),
    ("GET", "/invoices/x", "invoices.READ"),
    ("POST", "/invoices", "invoices.CREATE"),
    ("PUT", "/invoices/x", "invoices.UPDATE"),
    ("POST", "/invoices/x/approve", "invoices.UPDATE"),
    ("POST", "/invoices/x/void", "invoices.UPDATE"),
    ("DELETE", "/invoices/x", "invoices.DELETE"),
    ("POST", "/bulk/invoices", "invoices.CREATE"),
    ("GET", "/invoices/x/pdf", "invoices.READ"),
    ("POST", "/invoices/x/email", "invoices.UPDATE"),
    ("GET", "/payments", "payments.READ"),
    ("GET", "/payments/x", "payments.READ"),
    ("POST", "/payments", "payments.CREATE"),
    ("GET", "/credit_notes", "creditnotes.READ"),
    ("GET", "/credit_notes/x", "creditnotes.READ"),
    ("POST", "/credit_notes", "creditnotes.CREATE"),
    ("PUT", "/credit_notes/x", "creditnotes.UPDATE"),
    ("POST", "/credit_notes/x/void", "creditnotes.UPDATE"),
    ("GET", "/branches", "branches.READ"),
    ("GET", "/bank_accounts", "bankaccounts.READ"),
    ("GET", "/cost_centers", "costcenters.READ"),
    ("GET", "/currencies", "currencies.READ"),
    ("GET", "/reports/trial_balance", "reports.READ"),
    ("GET", "/reports/customer_ledger", "reports.READ"),
    ("GET", "/reports/ar_aging", "reports.READ"),
    ("GET", "/reports/sales_register", "reports.READ"),
    ("GET", "/reports/outstanding_receivables", "reports.READ"),
]


def opens(api: Api, method: str, path: str, *scopes: str) -> bool:
    """Whether a token with these scopes gets past the door; what it finds there does not matter."""
    api.books.add_token("limited", scopes=[f"AIBooks.{scope}" for scope in scopes])
    answer = api.send(method, path, {} if method != "GET" else None, token="limited")
    code = answer.json()["code"] if answer.headers["content-type"] == "application/json" else 0
    assert (answer.status_code == 403) == (code == "auth.insufficient_scope")
    return answer.status_code not in (403, 405) and code != "auth.insufficient_scope"


@pytest.mark.fact(
    "3.pattern", "3.missing", "3.contacts", "3.contacts-change", "3.items", "3.taxes-accounts", "3.invoices"
)
@pytest.mark.fact("3.invoices-delete", "3.bulk", "3.pdf-email", "3.payments", "3.creditnotes", "3.lookups")
@pytest.mark.parametrize(("method", "path", "scope"), SCOPES)
def test_a_call_is_opened_by_its_scope_and_by_no_other(api: Api, method: str, path: str, scope: str) -> None:
    resource, _, verb = scope.partition(".")
    others = [f"{resource}.{other}" for other in VERBS if other != verb]
    elsewhere = "items" if resource != "items" else "contacts"
    assert opens(api, method, path, scope)
    assert not opens(api, method, path, *others, f"{elsewhere}.{verb}")


@pytest.mark.fact("3.full-access")
@pytest.mark.parametrize(("method", "path", "scope"), SCOPES)
def test_full_access_opens_everything(api: Api, method: str, path: str, scope: str) -> None:
    assert opens(api, method, path, "fullaccess.all")


@pytest.mark.fact("2.whoami-scope")
def test_whoami_needs_no_scope(api: Api) -> None:
    assert opens(api, "GET", "/whoami")


@pytest.mark.fact("3.payments-apply", "25.19-apply")
@pytest.mark.parametrize(
    ("value", "scopes"), [("either", {"CREATE", "UPDATE"}), ("create", {"CREATE"}), ("update", {"UPDATE"})]
)
def test_what_applies_a_payment(api: Api, books: Books, value: str, scopes: set[str]) -> None:
    books.settings.set_switches({"payment_apply_scope": value})
    assert {verb for verb in VERBS if opens(api, "POST", "/payments/x/apply", f"payments.{verb}")} == scopes


@pytest.mark.fact("3.creditnotes-apply")
@pytest.mark.parametrize(("value", "scope"), [("update", "UPDATE"), ("create", "CREATE")])
@pytest.mark.parametrize("path", ["/credit_notes/x/apply-to-invoice", "/credit_notes/x/apply-to-bill"])
def test_what_applies_a_credit_note(api: Api, books: Books, path: str, value: str, scope: str) -> None:
    books.settings.set_switches({"note_apply_scope": value})
    assert {verb for verb in VERBS if opens(api, "POST", path, f"creditnotes.{verb}")} == {scope}
