"""Every endpoint of the sandbox: its scope, whether it needs an Idempotency-Key, and who handles it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from importer.sandbox.call import Handler
from importer.sandbox.refusals import no_route, wrong_method
from importer.sandbox.resources import bulk, contacts, credit_notes, invoices, items, lookups, payments, reports

ANY_ID: Final = "{id}"


@dataclass(frozen=True, slots=True)
class Route:
    handler: Handler
    scopes: tuple[str, ...] = ()  # any of these will do
    needs_key: bool = False  # fact sheet, section 8
    needs_org: bool = True
    commits_rows: bool = False  # the handler runs a transaction for each row; else the whole call is one


# Where the scope is unknown the fact sheet's assumption stands (sections 3 and 25, item 19).
ROUTES: Final[dict[tuple[str, str], Route]] = {
    ("GET", "/whoami"): Route(lookups.whoami, needs_org=False),
    ("GET", "/contacts"): Route(contacts.list_contacts, ("contacts.READ",)),
    ("GET", "/contacts/{id}"): Route(contacts.get_contact, ("contacts.READ",)),
    ("POST", "/contacts"): Route(contacts.create_contact, ("contacts.CREATE",)),
    ("PUT", "/contacts/{id}"): Route(contacts.update_contact, ("contacts.UPDATE",)),
    ("GET", "/items"): Route(items.list_items, ("items.READ",)),
    ("GET", "/items/{id}"): Route(items.get_item, ("items.READ",)),
    ("POST", "/items"): Route(items.create_item, ("items.CREATE",)),
    ("PUT", "/items/{id}"): Route(items.update_item, ("items.UPDATE",)),
    ("POST", "/items/{id}/archive"): Route(items.archive_item, ("items.UPDATE",)),
    ("GET", "/taxes"): Route(lookups.list_taxes, ("taxes.READ",)),
    ("GET", "/taxes/{id}"): Route(lookups.get_tax, ("taxes.READ",)),
    ("GET", "/accounts"): Route(lookups.list_accounts, ("accounts.READ",)),
    ("GET", "/accounts/{id}"): Route(lookups.get_account, ("accounts.READ",)),
    ("GET", "/branches"): Route(lookups.list_branches, ("branches.READ",)),
    ("GET", "/branches/{id}"): Route(lookups.get_branch, ("branches.READ",)),
    ("GET", "/bank_accounts"): Route(lookups.list_bank_accounts, ("bankaccounts.READ",)),
    ("GET", "/invoices"): Route(invoices.list_invoices, ("invoices.READ",)),
    ("GET", "/invoices/{id}"): Route(invoices.get_invoice, ("invoices.READ",)),
    ("POST", "/invoices"): Route(invoices.create_invoice, ("invoices.CREATE",), needs_key=True),
    ("PUT", "/invoices/{id}"): Route(invoices.update_invoice, ("invoices.UPDATE",)),
    ("POST", "/invoices/{id}/approve"): Route(invoices.approve_invoice, ("invoices.UPDATE",)),
    ("POST", "/invoices/{id}/void"): Route(invoices.void_invoice, ("invoices.UPDATE",)),
    ("DELETE", "/invoices/{id}"): Route(invoices.delete_invoice, ("invoices.DELETE",)),
    ("POST", "/bulk/invoices"): Route(bulk.create_invoices, ("invoices.CREATE",), commits_rows=True),
    ("GET", "/payments"): Route(payments.list_payments, ("payments.READ",)),
    ("GET", "/payments/{id}"): Route(payments.get_payment, ("payments.READ",)),
    ("POST", "/payments"): Route(payments.create_payment, ("payments.CREATE",), needs_key=True),
    ("POST", "/payments/{id}/apply"): Route(
        payments.apply_payment, ("payments.UPDATE", "payments.CREATE"), needs_key=True
    ),
    ("GET", "/credit_notes"): Route(credit_notes.list_credit_notes, ("creditnotes.READ",)),
    ("GET", "/credit_notes/{id}"): Route(credit_notes.get_credit_note, ("creditnotes.READ",)),
    ("POST", "/credit_notes"): Route(credit_notes.create_credit_note, ("creditnotes.CREATE",), needs_key=True),
    ("PUT", "/credit_notes/{id}"): Route(credit_notes.update_credit_note, ("creditnotes.UPDATE",)),
    ("POST", "/credit_notes/{id}/void"): Route(credit_notes.void_credit_note, ("creditnotes.UPDATE",)),
    ("POST", "/credit_notes/{id}/apply-to-invoice"): Route(
        credit_notes.apply_to_invoice, ("creditnotes.UPDATE",), needs_key=True
    ),
    ("GET", "/reports/trial_balance"): Route(reports.trial_balance, ("reports.READ",)),
    ("GET", "/reports/customer_ledger"): Route(reports.customer_ledger, ("reports.READ",)),
}
PATHS: Final = frozenset(path for _, path in ROUTES)


def find_route(method: str, path: str) -> tuple[Route, str]:
    """The route of a path below the base URL, and the id in the path. Raises 404 or 405."""
    template, remote_id = path, ""
    if path not in PATHS:
        parts = path.split("/")
        if len(parts) > 2:
            remote_id, parts[2] = parts[2], ANY_ID
        template = "/".join(parts)
        if template not in PATHS or not remote_id:
            raise no_route(method, path)
    route = ROUTES.get((method, template))
    if route is None:
        raise wrong_method(method, path, ", ".join(sorted(verb for verb, known in ROUTES if known == template)))
    return route, remote_id
