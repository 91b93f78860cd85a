"""Every endpoint of the sandbox: its scope, whether it needs an Idempotency-Key, and who handles it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from importer.sandbox.call import Handler, RowHandler
from importer.sandbox.refusals import no_route, wrong_method
from importer.sandbox.resources import (
    bulk,
    contacts,
    credit_notes,
    invoice_papers,
    invoice_series,
    invoices,
    items,
    lookups,
    payments,
    report_aging,
    report_ledger,
    report_sales,
)
from importer.sandbox.switches import Switches

ANY_ID: Final = "{id}"


@dataclass(frozen=True, slots=True)
class Route:
    handler: Handler | RowHandler
    scopes: tuple[str, ...] = ()  # any of these will do
    needs_key: bool = False  # fact sheet, section 8
    needs_org: bool = True
    creates: bool = False  # a success may be told as 201 (section 25, item 1)
    in_rows: bool = False  # the handler is a RowHandler; else the whole call is one transaction


# Where the scope is unknown the fact sheet's assumption stands (sections 3 and 25, item 19).
ROUTES: Final[dict[tuple[str, str], Route]] = {
    ("GET", "/whoami"): Route(lookups.whoami, needs_org=False),
    ("GET", "/contacts"): Route(contacts.list_contacts, ("contacts.READ",)),
    ("GET", "/contacts/{id}"): Route(contacts.get_contact, ("contacts.READ",)),
    ("POST", "/contacts"): Route(contacts.create_contact, ("contacts.CREATE",), creates=True),
    ("PUT", "/contacts/{id}"): Route(contacts.update_contact, ("contacts.UPDATE",)),
    ("DELETE", "/contacts/{id}"): Route(contacts.delete_contact, ("contacts.DELETE",)),
    ("GET", "/items"): Route(items.list_items, ("items.READ",)),
    ("GET", "/items/{id}"): Route(items.get_item, ("items.READ",)),
    ("POST", "/items"): Route(items.create_item, ("items.CREATE",), creates=True),
    ("PUT", "/items/{id}"): Route(items.update_item, ("items.UPDATE",)),
    ("DELETE", "/items/{id}"): Route(items.delete_item, ("items.DELETE",)),
    ("POST", "/items/{id}/archive"): Route(items.archive_item, ("items.UPDATE",)),
    ("GET", "/taxes"): Route(lookups.list_taxes, ("taxes.READ",)),
    ("GET", "/taxes/{id}"): Route(lookups.get_tax, ("taxes.READ",)),
    ("GET", "/accounts"): Route(lookups.list_accounts, ("accounts.READ",)),
    ("GET", "/accounts/{id}"): Route(lookups.get_account, ("accounts.READ",)),
    ("GET", "/branches"): Route(lookups.list_branches, ("branches.READ",)),
    ("GET", "/branches/{id}"): Route(lookups.get_branch, ("branches.READ",)),
    ("GET", "/bank_accounts"): Route(lookups.list_bank_accounts, ("bankaccounts.READ",)),
    ("GET", "/cost_centers"): Route(lookups.list_cost_centers, ("costcenters.READ",)),
    ("GET", "/currencies"): Route(lookups.list_currencies, ("currencies.READ",)),
    # The scope of this one is not documented: that of the currencies.
    ("GET", "/exchange_rates"): Route(lookups.list_exchange_rates, ("currencies.READ",)),
    ("GET", "/invoices"): Route(invoices.list_invoices, ("invoices.READ",)),
    ("GET", "/invoices/series"): Route(invoice_series.list_series, ("invoices.READ",)),
    ("GET", "/invoices/{id}"): Route(invoices.get_invoice, ("invoices.READ",)),
    ("POST", "/invoices"): Route(invoices.create_invoice, ("invoices.CREATE",), needs_key=True, creates=True),
    ("PUT", "/invoices/{id}"): Route(invoices.update_invoice, ("invoices.UPDATE",)),
    ("POST", "/invoices/{id}/approve"): Route(invoices.approve_invoice, ("invoices.UPDATE",)),
    ("POST", "/invoices/{id}/void"): Route(invoices.void_invoice, ("invoices.UPDATE",)),
    ("DELETE", "/invoices/{id}"): Route(invoices.delete_invoice, ("invoices.DELETE",)),
    ("GET", "/invoices/{id}/pdf"): Route(invoice_papers.get_pdf, ("invoices.READ",)),
    ("POST", "/invoices/{id}/email"): Route(invoice_papers.email_invoice, ("invoices.UPDATE",)),
    ("POST", "/bulk/invoices"): Route(bulk.create_invoices, ("invoices.CREATE",), in_rows=True),
    ("GET", "/payments"): Route(payments.list_payments, ("payments.READ",)),
    ("GET", "/payments/{id}"): Route(payments.get_payment, ("payments.READ",)),
    ("POST", "/payments"): Route(payments.create_payment, ("payments.CREATE",), needs_key=True, creates=True),
    ("POST", "/payments/{id}/apply"): Route(
        payments.apply_payment, ("payments.UPDATE", "payments.CREATE"), needs_key=True
    ),
    ("DELETE", "/payments/{id}"): Route(payments.delete_payment, ("payments.DELETE",)),
    ("GET", "/credit_notes"): Route(credit_notes.list_credit_notes, ("creditnotes.READ",)),
    ("GET", "/credit_notes/{id}"): Route(credit_notes.get_credit_note, ("creditnotes.READ",)),
    ("POST", "/credit_notes"): Route(
        credit_notes.create_credit_note, ("creditnotes.CREATE",), needs_key=True, creates=True
    ),
    ("PUT", "/credit_notes/{id}"): Route(credit_notes.update_credit_note, ("creditnotes.UPDATE",)),
    ("POST", "/credit_notes/{id}/void"): Route(credit_notes.void_credit_note, ("creditnotes.UPDATE",)),
    ("POST", "/credit_notes/{id}/apply-to-invoice"): Route(
        credit_notes.apply_to_invoice, ("creditnotes.UPDATE",), needs_key=True
    ),
    ("POST", "/credit_notes/{id}/apply-to-bill"): Route(
        credit_notes.apply_to_bill, ("creditnotes.UPDATE",), needs_key=True
    ),
    ("GET", "/reports/trial_balance"): Route(report_ledger.trial_balance, ("reports.READ",)),
    ("GET", "/reports/customer_ledger"): Route(report_ledger.customer_ledger, ("reports.READ",)),
    ("GET", "/reports/ar_aging"): Route(report_aging.ar_aging, ("reports.READ",)),
    ("GET", "/reports/outstanding_receivables"): Route(report_aging.outstanding_receivables, ("reports.READ",)),
    ("GET", "/reports/sales_register"): Route(report_sales.sales_register, ("reports.READ",)),
}
PATHS: Final = frozenset(path for _, path in ROUTES)
UNDO: Final = re.compile(r"/payments/[^/]+/(void|refund)")  # no path of these is known: 405 (section 25, item 21)


def scopes_of(route: Route, switches: Switches) -> tuple[str, ...]:
    """The scopes any of which will do. Those of applications are not known (section 25, item 19)."""
    if route.handler is payments.apply_payment and switches.payment_apply_scope != "either":
        return (f"payments.{switches.payment_apply_scope.upper()}",)
    if route.handler is payments.delete_payment and switches.payment_delete == "refused":
        return ()  # 405 whatever the scope
    if route.handler in (credit_notes.apply_to_invoice, credit_notes.apply_to_bill):
        return (f"creditnotes.{switches.note_apply_scope.upper()}",)
    return route.scopes


def template_of(path: str) -> str:
    """The path with ``{id}`` for its id, itself where no endpoint has that form."""
    if path in PATHS:
        return path
    parts = path.split("/")
    if len(parts) > 2 and parts[2]:
        parts[2] = ANY_ID
    template = "/".join(parts)
    return template if template in PATHS else path


def find_route(method: str, path: str) -> tuple[Route, str]:
    """The route of a path below the base URL, and the id in the path. Raises 404 or 405."""
    template = template_of(path)
    if template not in PATHS:
        if UNDO.fullmatch(path):
            raise wrong_method(method, path, "")
        raise no_route(method, path)
    remote_id = path.split("/")[2] if template != path else ""
    route = ROUTES.get((method, template))
    if route is None:
        raise wrong_method(method, path, ", ".join(sorted(verb for verb, known in ROUTES if known == template)))
    return route, remote_id
