from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.client import Api, HandClock

FULL = {
    "contact_name": "Śrī Traders",
    "contact_type": "BOTH",
    "gst_no": "29AABCF9012G1ZQ",
    "gst_treatment": "REGISTERED",
    "place_of_contact": "IN-KA",
    "email": "books@example.in",
    "phone": "+91 80 1234",
    "billing_address": {"address": "1 MG Road", "city": "Bengaluru", "state_code": "IN-KA", "zip": "012345"},
    "contact_persons": [{"first_name": "Asha", "is_primary": True}],
    "payment_terms": 30,
    "credit_limit": 100000,
}


@pytest.mark.fact("12.get", "12.sent")
def test_a_contact_comes_back_as_it_was_sent(api: Api) -> None:
    made = api.post("/contacts", FULL | {"unknown": "ignored"})["contact"]
    assert made == api.get(f"/contacts/{made['contact_id']}")["contact"]
    for name in set(FULL) - {"billing_address", "contact_persons"}:
        assert made[name] == FULL[name]
    assert made["billing_address"]["zip"] == "012345"
    assert made["contact_persons"][0]["first_name"] == "Asha"
    assert made["status"] == "ACTIVE"
    assert made["created_time"] == "2026-05-20T04:30:07"
    assert "unknown" not in made


@pytest.mark.fact("12.currency")
@pytest.mark.fact("12.create", "12.default-type", "12.display-name")
def test_a_name_is_enough_and_makes_a_customer(api: Api) -> None:
    made = api.post("/contacts", {"contact_name": "Acme"})["contact"]
    assert (made["contact_type"], made["display_name"], made["currency_code"]) == ("CUSTOMER", "Acme", "INR")


@pytest.mark.fact("12.update", "25.16-put-keeps")
def test_an_edit_changes_what_it_names_and_nothing_else(api: Api) -> None:
    made = api.post("/contacts", FULL)["contact"]
    edited = api.put(f"/contacts/{made['contact_id']}", {"email": None, "status": "INACTIVE"})["contact"]
    assert (edited["email"], edited["status"], edited["gst_no"]) == (None, "INACTIVE", FULL["gst_no"])
    api.put(f"/contacts/{made['contact_id']}", edited)  # what was read can be sent back whole
    assert api.get("/contacts?search=books@example.in")["contacts"] == []


@pytest.mark.fact("25.16-put-keeps")
def test_a_put_empties_what_it_does_not_name_where_the_switch_says_so(api: Api) -> None:
    made = api.post("/contacts", FULL)["contact"]
    path = f"/contacts/{made['contact_id']}"
    api.put(path, {"status": "INACTIVE"})
    api.books.settings.set_switches({"put_keeps": "nothing"})
    assert api.refused("PUT", path, {"email": "a@b"}) == (400, "validation.required_field", "contact_name")
    edited = api.put(path, {"contact_name": "Trader", "email": "a@b"})["contact"]
    fresh = api.post("/contacts", {"contact_name": "Trader", "email": "a@b"})["contact"]
    own = ("contact_id", "created_time", "last_modified_time", "status")
    assert {name: edited[name] for name in edited if name not in own} == {
        name: fresh[name] for name in fresh if name not in own
    }
    assert (edited["status"], edited["gst_no"], edited["contact_type"]) == ("INACTIVE", None, "CUSTOMER")


@pytest.mark.fact("6.newest-first")
def test_lists_are_newest_first(api: Api) -> None:
    for name in ("first", "second", "third"):
        api.contact(contact_name=name)
    assert [one["contact_name"] for one in api.get("/contacts")["contacts"]] == ["third", "second", "first"]


@pytest.mark.fact("12.delete")
def test_a_contact_that_no_document_names_can_be_deleted(api: Api) -> None:
    contact, other = api.contact(), api.contact()
    assert api.ok("DELETE", f"/contacts/{contact}") == {"code": 0, "message": "The contact has been deleted."}
    assert api.refused("GET", f"/contacts/{contact}") == (404, "not_found.resource", None)
    assert api.refused("DELETE", f"/contacts/{contact}") == (404, "not_found.resource", None)
    assert [one["contact_id"] for one in api.get("/contacts")["contacts"]] == [other]


@pytest.mark.fact("5.wrong-state", "12.delete")
@pytest.mark.parametrize("document", ["invoice", "draft", "payment", "credit note"])
def test_a_contact_that_a_document_names_stays(api: Api, document: str) -> None:
    contact = api.contact()
    path = f"/contacts/{contact}"
    match document:
        case "invoice":
            api.invoice(contact)
        case "draft":
            api.invoice(contact, auto_approve=False)
        case "payment":
            payment = {"flow": "INCOMING", "contact_id": contact, "date": "2026-05-20", "amount": 5, "mode": "UPI"}
            api.post("/payments", payment | {"payment_type": "ADVANCE"})
        case _:
            line = {"name": "Work", "quantity": 1, "rate": 5}
            note = {"customer_id": contact, "date": "2026-05-20", "place_of_supply": "IN-KA", "line_items": [line]}
            api.post("/credit_notes", note)
    assert api.refused("DELETE", path) == (400, "validation.invalid_value", "contact_id")
    api.books.settings.set_switches({"state_conflict": "409"})
    assert api.refused("DELETE", path) == (409, "conflict.state", "contact_id")
    assert api.get(path)["contact"]["contact_id"] == contact


def test_a_document_may_name_an_inactive_contact(api: Api) -> None:
    contact = api.contact()
    api.put(f"/contacts/{contact}", {"status": "INACTIVE"})
    assert api.invoice(contact)["customer_id"] == contact


@pytest.mark.fact("9.contacts-items", "12.same-name", "25.8-guards")
def test_two_contacts_may_share_everything_unless_there_is_a_guard(api: Api) -> None:
    api.post("/contacts", FULL)
    api.post("/contacts", FULL)
    assert len(api.get("/contacts")["contacts"]) == 2


@pytest.mark.fact("9.code", "9.contacts-items", "12.same-name", "25.8-guards")
@pytest.mark.parametrize(("guard", "field"), [("name", "contact_name"), ("gst_no", "gst_no")])
def test_a_guard_refuses_a_second_contact_of_the_name_or_gstin(api: Api, guard: str, field: str) -> None:
    api.books.settings.set_switches({"contact_guard": guard})
    first = api.post("/contacts", FULL)["contact"]
    both = FULL | {"contact_name": "Other", "gst_no": "27AABCF9012G1ZU"}
    other = api.post("/contacts", both)["contact"]
    assert api.refused("POST", "/contacts", both | {field: FULL[field]}) == (409, "conflict.duplicate", field)
    path = f"/contacts/{other['contact_id']}"
    assert api.refused("PUT", path, {field: FULL[field]}) == (409, "conflict.duplicate", field)
    api.put(f"/contacts/{first['contact_id']}", {field: FULL[field]})  # its own
    api.books.settings.set_switches({"guard_code": "invalid-value"})
    assert api.refused("PUT", path, {field: FULL[field]}) == (400, "validation.invalid_value", field)
    api.put(path, {"contact_name" if field == "gst_no" else "gst_no": FULL["gst_no"]})  # the guard looks at one field
    api.ok("DELETE", f"/contacts/{first['contact_id']}")
    api.put(path, {field: FULL[field]})


def test_a_guard_by_gstin_lets_contacts_without_one_be(api: Api) -> None:
    api.books.settings.set_switches({"contact_guard": "gst_no"})
    api.contact()
    api.contact()


@pytest.mark.fact("12.gst-treatment", "25.14-treatment")
def test_any_upper_case_word_is_a_gst_treatment_unless_only_registered_is_known(api: Api) -> None:
    body = {"contact_name": "A", "gst_treatment": "OVERSEAS"}
    assert api.post("/contacts", body)["contact"]["gst_treatment"] == "OVERSEAS"
    api.books.settings.set_switches({"gst_treatments": "registered"})
    assert api.refused("POST", "/contacts", body) == (400, "validation.invalid_value", "gst_treatment")
    api.post("/contacts", FULL)


def balance(api: Api, account: str) -> Decimal:
    accounts = api.get("/accounts")["accounts"]
    return next(Decimal(one["current_balance"]) for one in accounts if one["name"] == account)


OPENED = ("Accounts Receivable", "Accounts Payable", "Opening Balance Equity")


def opened(api: Api) -> tuple[Any, ...]:
    """What those three accounts hold, each on its usual side."""
    return tuple(balance(api, account) for account in OPENED)


@pytest.mark.fact("12.opening-balance")
def test_an_opening_balance_is_kept_and_posts_nothing(api: Api) -> None:
    contact = api.contact(opening_balance=Decimal("100.50"))
    assert api.get(f"/contacts/{contact}")["contact"]["opening_balance"] == Decimal("100.50")
    assert opened(api) == (0, 0, 0)
    assert api.ledger(contact) == 0


@pytest.mark.fact("12.opening-balance")
@pytest.mark.parametrize(
    ("kind", "balances"),
    [("CUSTOMER", ("100.50", 0, "100.50")), ("BOTH", ("100.50", 0, "100.50")), ("VENDOR", (0, "100.50", "-100.50"))],
)
def test_an_opening_balance_is_posted_where_the_switch_says_so(
    api: Api, kind: str, balances: tuple[str | int, ...]
) -> None:
    api.books.settings.set_switches({"opening_balances": "posted"})
    contact = api.contact(opening_balance=Decimal("100.50"), contact_type=kind)
    expected = tuple(map(Decimal, balances))
    assert opened(api) == expected
    api.put(f"/contacts/{contact}", {"phone": "1"})
    assert opened(api) == expected
    api.put(f"/contacts/{contact}", {"opening_balance": Decimal("-50.00")})
    assert opened(api) == tuple(amount / Decimal("-2.01") for amount in expected)
    api.ok("DELETE", f"/contacts/{contact}")
    assert opened(api) == (0, 0, 0)


def test_a_posted_opening_balance_moves_with_the_type_of_its_contact(api: Api) -> None:
    api.books.settings.set_switches({"opening_balances": "posted"})
    contact = api.contact(opening_balance=80)
    api.put(f"/contacts/{contact}", {"contact_type": "VENDOR"})
    assert opened(api) == (0, 80, -80)
    api.put(f"/contacts/{contact}", {"opening_balance": None})
    assert opened(api) == (0, 0, 0)


def test_the_ledger_shows_an_opening_balance_on_the_day_of_its_contact(api: Api, clock: HandClock) -> None:
    contact = api.contact(opening_balance=80)  # only kept
    clock.advance(3 * 86400)
    api.books.settings.set_switches({"opening_balances": "posted"})
    api.put(f"/contacts/{contact}", {"opening_balance": 90})
    ledger = api.get(f"/reports/customer_ledger?contact_id={contact}")["customer_ledger"]
    (entry,) = ledger["entries"]
    assert (entry["date"], entry["type"], entry["debit"]) == ("2026-05-20T00:00:00", "opening balance", 90)
    api.put(f"/contacts/{contact}", {"phone": "1"})  # the same balance is not posted anew
    api.put(f"/contacts/{contact}", {"opening_balance": 70})
    ledger = api.get(f"/reports/customer_ledger?contact_id={contact}")["customer_ledger"]
    assert [(one["type"], one["balance"]) for one in ledger["entries"]] == [
        ("opening balance", 90),
        ("opening balance", 0),
        ("opening balance", 70),
    ]
    assert {one["date"] for one in ledger["entries"]} == {"2026-05-20T00:00:00"}


@pytest.mark.fact("25.26-day")
def test_the_day_of_an_opening_balance_is_that_of_the_zone_in_which_days_end(api: Api, clock: HandClock) -> None:
    api.books.settings.set_switches({"opening_balances": "posted"})
    clock.advance(16 * 3600)  # 20:30 UTC is past midnight in India
    dates = []
    for zone in ("ist", "utc"):
        api.books.settings.set_switches({"day_zone": zone})
        report = api.get(f"/reports/customer_ledger?contact_id={api.contact(opening_balance=1)}")
        dates += [one["date"][:10] for one in report["customer_ledger"]["entries"]]
    assert dates == ["2026-05-21", "2026-05-20"]


@pytest.mark.fact("12.list", "12.search")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=ŚRĪ", True),
        ("search=29aabc", True),
        ("search=EXAMPLE.IN", True),
        ("search=nobody", False),
        ("search=%25", False),
        ("contact_type=BOTH", True),
        ("contact_type=VENDOR", False),
        ("status=ACTIVE", True),
        ("status=INACTIVE", False),
    ],
)
def test_the_list_is_filtered(api: Api, query: str, found: bool) -> None:
    api.post("/contacts", FULL)
    assert len(api.get(f"/contacts?{query}")["contacts"]) == found


@pytest.mark.fact("5.invalid-value", "5.mistyped", "25.30-length")
@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"contact_name": None}, (400, "validation.required_field", "contact_name")),
        ({"contact_name": " "}, (400, "validation.required_field", "contact_name")),
        ({"contact_name": "x" * 256}, (422, "validation.failed", "contact_name")),
        ({"contact_type": "FRIEND"}, (400, "validation.invalid_value", "contact_type")),
        ({"gst_no": "29AABCF"}, (400, "validation.invalid_value", "gst_no")),
        ({"place_of_contact": "KA"}, (400, "validation.invalid_value", "place_of_contact")),
        ({"billing_address": "1 MG Road"}, (422, "validation.failed", "billing_address")),
        ({"billing_address": {"zip": 560001}}, (422, "validation.failed", "billing_address.zip")),
        ({"billing_address": {"state_code": "INKA"}}, (400, "validation.invalid_value", "billing_address.state_code")),
        ({"contact_persons": [{"is_primary": "yes"}]}, (422, "validation.failed", "contact_persons[0].is_primary")),
        ({"payment_terms": 1.5}, (422, "validation.failed", "payment_terms")),
        ({"payment_terms": True}, (422, "validation.failed", "payment_terms")),
    ],
)
def test_a_bad_field_is_named(api: Api, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    sent = {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in fields.items()}
    assert api.refused("POST", "/contacts", {"contact_name": "Acme"} | sent) == refusal


def test_an_unknown_contact_is_404(api: Api) -> None:
    assert api.refused("GET", "/contacts/ct_missing") == (404, "not_found.resource", None)
    assert api.refused("PUT", "/contacts/ct_missing", {"email": "a@b"}) == (404, "not_found.resource", None)
