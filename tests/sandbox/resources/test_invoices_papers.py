"""The PDF of an invoice, and the e-mail that is never sent (fact sheet, section 20)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from importer.sandbox.books import Books
from importer.sandbox.resources.pdf import MOST_LINES, one_page
from sandbox.client import Api


def objects(pdf: bytes) -> list[bytes]:
    """The objects that the cross-reference table points at."""
    table = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[0])
    assert pdf[table:].startswith(b"xref\n0 ")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n \n", pdf[table:])]
    return [pdf[place : pdf.index(b"endobj", place)] for place in places]


@pytest.mark.fact("15.pdf")
@pytest.mark.parametrize("query", ["", "?template=tally&download=true", "?download=false"])
def test_a_pdf_is_one_page_that_names_the_invoice(api: Api, query: str) -> None:
    invoice = api.invoice(api.contact(contact_name="Rao (Sons)"))
    answer = api.send("GET", f"/invoices/{invoice['invoice_id']}/pdf{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["X-RateLimit-Limit"] == "600"
    assert answer.content.startswith(b"%PDF-1.")
    found = objects(answer.content)
    assert [re.sub(rb" obj.*", b"", one, flags=re.S) for one in found] == [b"1 0", b"2 0", b"3 0", b"4 0", b"5 0"]
    assert b"/Count 1" in found[1]
    length, stream = re.findall(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", found[3], flags=re.S)[0]
    assert int(length) == len(stream)
    assert invoice["invoice_number"].encode() in stream
    assert rb"Rao \(Sons\)" in stream


def test_text_that_does_not_fit_or_has_no_letters_is_still_a_page() -> None:
    page = one_page(["\u0939\u093f\u0928\u094d\u0926\u0940 \\ )", *["x" * 500] * 200])
    stream = objects(page)[3]
    assert rb"(?????? \\ \)) Tj" in stream
    assert stream.count(b"Tj") == MOST_LINES


@pytest.mark.parametrize(("query", "field"), [("template=fancy", "template"), ("download=maybe", "download")])
def test_a_pdf_comes_in_the_documented_ways_only(api: Api, query: str, field: str) -> None:
    invoice = api.invoice(api.contact())
    refused = api.refused("GET", f"/invoices/{invoice['invoice_id']}/pdf?{query}")
    assert refused == (422, "validation.failed", field)


def test_a_pdf_of_nothing_is_404_in_the_envelope_of_errors(api: Api) -> None:
    assert api.refused("GET", "/invoices/inv_no/pdf") == (404, "not_found.resource", None)


MAIL: dict[str, Any] = {
    "to": ["a@example.com"],
    "cc": [],
    "bcc": None,
    "subject": "Your invoice",
    "body_html": "<p>" + "x" * 6000,
    "attach_pdf": True,
}


@pytest.mark.fact("15.email", "23.15-sent")
def test_an_e_mail_leaves_a_draft_a_draft(api: Api) -> None:
    draft = api.invoice(api.contact(), auto_approve=False)
    path = f"/invoices/{draft['invoice_id']}"
    assert api.post(f"{path}/email", MAIL)["invoice"] == draft
    assert api.get(path)["invoice"] == draft
    assert api.ledger(draft["customer_id"]) == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"to": "a@example.com"}, "to"), ({"cc": [1]}, "cc"), ({"attach_pdf": "yes"}, "attach_pdf")],
)
def test_an_e_mail_of_the_wrong_shape_is_refused(api: Api, fields: dict[str, Any], field: str) -> None:
    invoice = api.invoice(api.contact())
    refused = api.refused("POST", f"/invoices/{invoice['invoice_id']}/email", MAIL | fields)
    assert refused == (422, "validation.failed", field)
    assert api.refused("POST", "/invoices/inv_no/email", MAIL)[0] == 404


@pytest.mark.fact("3.pdf-email")
def test_paper_needs_the_scope_to_read_and_e_mail_that_to_update(api: Api, books: Books) -> None:
    path = f"/invoices/{api.invoice(api.contact())['invoice_id']}"
    books.add_token("reads", scopes=("AIBooks.invoices.READ",))
    books.add_token("updates", scopes=("AIBooks.invoices.UPDATE",))
    assert api.send("GET", f"{path}/pdf", token="reads").status_code == 200
    assert api.refused("GET", f"{path}/pdf", token="updates")[0] == 403
    assert api.send("POST", f"{path}/email", MAIL, token="updates").status_code == 200
    assert api.refused("POST", f"{path}/email", MAIL, token="reads")[0] == 403
