"""An invoice on paper and by e-mail (fact sheet, section 20)."""

from __future__ import annotations

from typing import Any, Final

from importer.sandbox.body import Body
from importer.sandbox.call import Answer, Call, Raw, one
from importer.sandbox.refusals import malformed
from importer.sandbox.resources.invoice_shown import show_invoice
from importer.sandbox.resources.pdf import one_page

TEMPLATES: Final = frozenset({"classic", "modern", "boxed", "tally"})
LONGEST_MAIL: Final = 100_000  # characters of HTML


def get_pdf(call: Call) -> Raw:
    """One page, the same in every template. ``download`` is for browsers and changes nothing here."""
    call.query_choice("template", TEMPLATES)
    call.query_flag("download")
    return Raw(one_page(_text(show_invoice(call, call.id))), "application/pdf")


def email_invoice(call: Call) -> Answer:
    """Sends nothing, and leaves the status as it is: a draft stays one. Which fields are required is not documented."""
    for name in ("to", "cc", "bcc"):
        _check_addresses(call.body, name)
    call.body.text("subject")
    call.body.text("body_html", limit=LONGEST_MAIL)
    call.body.flag("attach_pdf")
    return one("invoice", show_invoice(call, call.id), "The invoice has been e-mailed.")


def _check_addresses(body: Body, name: str) -> None:
    """Raises 422 for anything but a list of texts."""
    value = body.fields.get(name)
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise malformed(f"'{name}' must be a list of e-mail addresses.", name)


def _text(invoice: dict[str, Any]) -> list[str]:
    """The lines of the page."""
    head = [
        f"Invoice {invoice['invoice_number']} ({invoice['status']})",
        f"Customer: {invoice['customer_name']}",
        f"Date: {invoice['date'][:10]}   Due: {invoice['due_date'][:10]}   Supply to: {invoice['place_of_supply']}",
        "",
    ]
    lines = [
        f"{line['name']}: {line['quantity']} x {line['rate']} = {line['item_total']}" for line in invoice["line_items"]
    ]
    sums = [f"{word}: {invoice[name]} {invoice['currency_code']}" for word, name in SUMS.items()]
    return [*head, *lines, "", *sums]


SUMS: Final = {"Sub-total": "sub_total", "Tax": "tax_total", "Total": "total", "Balance": "balance"}
