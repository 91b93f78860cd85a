"""What all calls share: paths, ids, times, envelopes (fact sheet, sections 1 and 4)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from importer.sandbox.books import SANDBOX_TOKEN, Books
from sandbox.client import Api, invoice_body

PLURALS = ("contacts", "items", "taxes", "accounts", "invoices", "payments", "credit_notes")


def everything(api: Api) -> dict[str, dict[str, Any]]:
    """One of each kind, posted, as its create answered: the whole envelope by the path of its list."""
    customer = api.contact()
    lines = [{"item_id": api.item(), "quantity": 1}]
    note = {"customer_id": customer, "date": "2026-05-19", "line_items": lines}
    receipt = {"flow": "INCOMING", "contact_id": customer, "date": "2026-05-19", "amount": 5, "mode": "UPI"}
    return {
        "/contacts": api.post("/contacts", {"contact_name": "Acme Corp"}),
        "/items": api.post("/items", {"name": "Pen"}),
        "/invoices": api.post("/invoices", invoice_body(customer, line_items=lines)),
        "/payments": api.post("/payments", receipt),
        "/credit_notes": api.post("/credit_notes", note),
    }


def get(api: Api, url: str, **headers: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}
    return api.runner.run(api.client.get(url, headers=bearer | headers))


@pytest.mark.fact("1.prefix", "1.hosts", "23.1-host")
def test_every_path_lies_below_the_prefix_on_whatever_host(api: Api) -> None:
    for host in ("https://api.finzbooks.com", "https://api.aibooks.in", "http://localhost:8000"):
        assert get(api, f"{host}/api/public/v1/whoami").status_code == 200
    assert get(api, "https://api.finzbooks.com/api/public/v2/whoami").status_code == 404


@pytest.mark.fact("1.bare-body")
def test_a_body_in_a_wrapper_is_not_seen(api: Api) -> None:
    wrapped = {"contact": {"contact_name": "Acme"}}
    assert api.refused("POST", "/contacts", wrapped) == (400, "validation.required_field", "contact_name")
    assert api.post("/contacts", wrapped["contact"])["contact"]["contact_name"] == "Acme"


@pytest.mark.fact("1.opaque-ids")
def test_ids_are_prefixed_or_bare_uuids(api: Api, books: Books) -> None:
    assert re.fullmatch(r"ct_\w+", api.contact())
    assert re.fullmatch(r"inv_\w+", api.invoice(api.contact())["invoice_id"])
    books.settings.set_switches({"id_form": "uuid"})
    contact = api.contact()
    assert str(UUID(contact)) == contact
    assert api.get(f"/contacts/{contact}")["contact"]["contact_id"] == contact


@pytest.mark.fact("1.brand", "2.org-header")
def test_the_old_brand_is_in_the_header_the_scopes_and_the_tokens(api: Api, books: Books) -> None:
    assert SANDBOX_TOKEN.startswith("aibk_")
    assert api.get("/whoami")["token"]["scopes"] == ["AIBooks.fullaccess.all"]
    other = {"X-AIBooks-Org": books.add_org("Other")}
    assert get(api, "/contacts", **other).json()["code"] == "auth.org_mismatch"
    assert get(api, "/contacts", **{"X-AIBooks-Org": books.org_id}).status_code == 200


@pytest.mark.fact("1.naive-times", "1.zone", "25.26-times")
def test_times_have_no_zone_and_are_utc_or_indias(api: Api, books: Books) -> None:
    for path, envelope in everything(api).items():
        (one,) = (value for value in envelope.values() if isinstance(value, dict))
        for name in ("created_time", "last_modified_time"):
            moment = datetime.fromisoformat(one[name])
            assert (moment.tzinfo, moment.isoformat()) == (None, "2026-05-20T04:30:07"), path
    books.settings.set_switches({"time_zone": "ist"})
    assert api.get("/contacts")["contacts"][0]["created_time"] == "2026-05-20T10:00:07"


@pytest.mark.fact("1.dates-in", "1.dates-out", "23.8-dates")
@pytest.mark.parametrize("sent", ["2026-05-19", "2026-05-19T00:00:00"])
def test_a_date_is_sent_plain_or_as_a_datetime_and_shown_as_midnight(api: Api, sent: str) -> None:
    customer = api.contact()
    invoice = api.invoice(customer, date=sent, due_date=sent)
    assert (invoice["date"], invoice["due_date"]) == ("2026-05-19T00:00:00", "2026-05-19T00:00:00")
    receipt = {"flow": "INCOMING", "contact_id": customer, "date": sent, "amount": 5, "mode": "UPI"}
    assert api.post("/payments", receipt)["payment"]["date"] == "2026-05-19T00:00:00"
    note = {"customer_id": customer, "date": sent, "line_items": [{"name": "Work", "quantity": 1, "rate": 1}]}
    assert api.post("/credit_notes", note)["credit_note"]["date"] == "2026-05-19T00:00:00"
    assert len(api.get(f"/invoices?date_from={sent}&date_to={sent}")["invoices"]) == 1


@pytest.mark.fact("20.dates", "23.8-dates")
@pytest.mark.parametrize("sent", ["2026-05-19", "2026-05-19T00:00:00"])
def test_a_report_takes_either_form_of_a_date(api: Api, sent: str) -> None:
    customer = api.contact()
    api.invoice(customer, date="2026-05-19")
    api.invoice(customer, "7.00", date="2026-05-20")
    assert api.get(f"/reports/trial_balance?as_of_date={sent}")["trial_balance"]["total_debit"] == 100
    ledger = f"/reports/customer_ledger?contact_id={customer}&from_date={sent}&to_date={sent}"
    assert api.get(ledger)["customer_ledger"]["closing_balance"] == 100


@pytest.mark.fact("4.list", "4.no-data-key", "4.keys-shown", "4.keys-by-rule")
def test_a_list_is_code_message_its_plural_and_its_page(api: Api) -> None:
    everything(api)
    for plural in PLURALS:
        envelope = api.get(f"/{plural}")
        paged = {"page_context"} if plural not in ("taxes", "accounts") else set()
        assert envelope.keys() == {"code", "message", plural} | paged
        assert isinstance(envelope[plural], list)
        assert envelope[plural]


@pytest.mark.fact("4.single", "4.no-data-key", "4.keys-shown", "4.keys-by-rule", "13.taxes", "13.accounts")
def test_a_single_object_is_code_message_and_its_singular(api: Api) -> None:
    singulars = dict(
        zip(PLURALS, ("contact", "item", "tax", "account", "invoice", "payment", "credit_note"), strict=True)
    )
    made = everything(api)
    for plural, singular in singulars.items():
        first = api.get(f"/{plural}")[plural][0]
        envelope = api.get(f"/{plural}/{first[f'{singular}_id']}")
        assert envelope.keys() == {"code", "message", singular}
        assert envelope[singular] == first
        if f"/{plural}" in made:
            assert made[f"/{plural}"].keys() == {"code", "message", singular}
    assert api.get("/whoami").keys() == {"code", "message", "token"}
    draft = api.invoice(api.contact(), auto_approve=False)["invoice_id"]
    for action in (f"/invoices/{draft}/approve", f"/invoices/{draft}/void"):
        assert api.post(action).keys() == {"code", "message", "invoice"}


@pytest.mark.fact("4.error", "4.no-data-key", "5.details")
def test_an_error_is_flat(api: Api) -> None:
    answer = api.send("POST", "/invoices", invoice_body(api.contact(), place_of_supply="INKA")).json()
    assert answer.keys() == {"code", "message", "field", "details"}
    assert answer["details"] == {"received": "INKA"}
    assert api.send("GET", "/contacts/ct_no").json().keys() <= {"code", "message", "field", "details"}


@pytest.mark.fact("4.code", "4.code-and-status", "23.13-success")
def test_code_is_zero_with_a_2xx_and_a_dotted_string_with_anything_else(api: Api) -> None:
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/contacts", None),
        ("POST", "/contacts", {"contact_name": "A"}),
        ("POST", "/contacts", {}),
        ("POST", "/contacts", b"["),
        ("GET", "/invoices/inv_no", None),
        ("DELETE", "/payments", None),
        ("POST", "/bulk/invoices", {"invoices": [{}]}),
        ("GET", "/nowhere", None),
    ]
    statuses = set()
    for method, path, body in calls:
        answer = api.send(method, path, body)
        code = answer.json()["code"]
        if answer.is_success:
            assert (type(code), code) == (int, 0)
        else:
            assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
        assert answer.json()["message"]
        statuses.add(answer.status_code)
    assert statuses == {200, 400, 404, 405, 422}


@pytest.mark.fact("4.message")
def test_a_success_says_what_was_done(api: Api) -> None:
    body = invoice_body(api.contact())
    assert api.post("/invoices", body)["message"] == "The invoice has been created and approved."
    draft = api.post("/invoices", body | {"auto_approve": False, "reference_number": "D"})
    assert draft["message"] != "The invoice has been created and approved."
    assert api.get("/invoices")["message"] == "success"


@pytest.mark.fact("5.message-form")
def test_a_missing_id_is_told_in_the_words_of_the_pages(api: Api) -> None:
    customer = api.contact()
    lines = [{"item_id": "it_missing", "quantity": 1}]
    for path, body, message in (
        ("/invoices", invoice_body("ct_abc123"), "Customer 'ct_abc123' not found in this org."),
        ("/invoices", invoice_body(customer, line_items=lines), "Item 'it_missing' not found in this org."),
        ("/invoices/inv-abc/approve", None, "Invoice 'inv-abc' not found in this org."),
    ):
        assert api.send("POST", path, body).json()["message"] == message


@pytest.mark.fact("20.envelope", "20.branch", "4.no-data-key")
@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("trial_balance", "as_of_date=2026-12-31"),
        ("customer_ledger", "contact_id={customer}"),
        ("ar_aging", "as_of_date=2026-12-31"),
        ("outstanding_receivables", "as_of_date=2026-12-31"),
        ("sales_register", "to_date=2026-12-31"),
    ],
)
def test_a_report_is_code_message_and_its_name_and_may_be_of_a_branch(
    api: Api, books: Books, name: str, query: str
) -> None:
    branch = {
        "id": "br_2",
        "org": books.org_id,
        "state": "IN-MH",
        "is_default": 0,
        "invoice_prefix": "B",
        "bill_prefix": "B",
    }
    with books.db.transaction():
        books.db.insert("branches", branch)
    customer = api.contact()
    api.invoice(customer, date="2026-05-19")
    path = f"/reports/{name}?{query.format(customer=customer)}"
    (home,) = (one for one in api.get("/branches")["branches"] if one["is_default"])
    whole = api.get(path)
    assert whole.keys() == {"code", "message", name}
    assert api.get(f"{path}&branch_id={home['branch_id']}") == whole != api.get(f"{path}&branch_id=br_2")
    assert api.refused("GET", f"{path}&branch_id=br_no") == (404, "not_found.resource", "branch_id")
