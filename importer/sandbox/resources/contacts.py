"""Contacts (fact sheet, section 12). A document may name an inactive one: nothing is known that forbids it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body
from importer.sandbox.call import Answer, Call, one
from importer.sandbox.exact_json import decode, encode
from importer.sandbox.ledger.opening import post_opening, reverse_opening
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import duplicate, required, wrong_state

TYPES: Final = frozenset({"CUSTOMER", "VENDOR", "BOTH"})
STATUSES: Final = frozenset({"ACTIVE", "INACTIVE"})
GSTIN: Final = re.compile(r"[0-9A-Z]{15}")
TREATMENT: Final = re.compile(r"[A-Z][A-Z_]*")  # only one value is known: any upper-case word (section 25, item 14)
REGISTERED: Final = re.compile("REGISTERED")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
PLAIN: Final = ("display_name", "legal_name", "company_name", "pan", "email", "phone", "website")
# What an answer shows between name and status, in the order of the reference.
SHOWN: Final = (
    *("contact_type", "display_name", "legal_name", "company_name", "gst_no", "gst_treatment", "place_of_contact"),
    *("pan", "email", "phone", "website", "billing_address", "shipping_address", "contact_persons", "payment_terms"),
    *("opening_balance", "credit_limit", "currency_code"),
)
# Where a document names a contact.
NAMED_BY: Final = (("invoices", "customer_id"), ("payments", "contact_id"), ("credit_notes", "customer_id"))


def list_contacts(call: Call) -> Answer:
    filters = Filters(call)
    filters.equal("d.contact_type", call.query_choice("contact_type", TYPES))
    filters.equal("d.status", call.query_choice("status", STATUSES))
    if search := call.query.get("search"):
        filters.add("instr(d.searched, ?) > 0", search.casefold())
    return page(call, "contacts", "d.* FROM contacts d", filters, partial(_show_all, call))


def get_contact(call: Call) -> Answer:
    return one("contact", _show(call, call.find("contacts", "Contact", call.id)))


def create_contact(call: Call) -> Answer:
    given = _read(call.body)
    given.pop("status", None)  # the server's own on create
    fields = _made_of(given)
    contact_id = call.books.new_id("ct")
    _check_guard(call, fields, contact_id)
    moment = call.books.stamp()
    call.db.insert("contacts", {"id": contact_id, "org": call.org, "created": moment, **_columns(fields, moment)})
    return _done(call, contact_id, "The contact has been created.")


def update_contact(call: Call) -> Answer:
    row = call.find("contacts", "Contact", call.id)
    given = _read(call.body)
    if call.switches.put_keeps == "nothing":
        fields = {"status": row["status"]} | _made_of(given)
    else:
        fields = {**decode(row["fields"]), "status": row["status"]} | given
        # These two always hold something; a null leaves them as they are.
        fields["status"] = fields["status"] or row["status"]
        fields["contact_type"] = fields["contact_type"] or row["contact_type"]
    _check_guard(call, fields, call.id)
    call.db.update("contacts", call.id, _columns(fields, call.books.stamp()))
    return _done(call, call.id, "The contact has been updated.")


def delete_contact(call: Call) -> Answer:
    """Only one that no document names; that there is such a rule is inferred."""
    row = call.find("contacts", "Contact", call.id)
    for table, column in NAMED_BY:
        # Table and column are the code's own words.
        sql = f"SELECT 1 FROM {table} WHERE org = ? AND {column} = ?"  # noqa: S608
        if call.db.value(sql, (call.org, call.id)):
            message = f"Contact '{row['name']}' is named by {table.replace('_', ' ')}; set its status to INACTIVE."
            raise wrong_state("contact_id", message)
    reverse_opening(call, row)
    call.db.run("DELETE FROM contacts WHERE id = ?", (call.id,))
    return {"code": 0, "message": "The contact has been deleted."}


def _made_of(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a contact of which only these are known. Raises 400 without a name."""
    if "contact_name" not in given:
        raise required("contact_name")
    defaults = {"contact_type": "CUSTOMER", "display_name": given["contact_name"], "currency_code": "INR"}
    return defaults | {name: value for name, value in given.items() if value is not None}


def _check_guard(call: Call, fields: dict[str, Any], contact_id: str) -> None:
    """Raises 409 for a second contact of that name or GSTIN, where there is such a guard (section 25, item 8)."""
    guard = call.switches.contact_guard
    field = "contact_name" if guard == "name" else "gst_no"
    value = fields.get(field)
    if guard == "off":
        return
    # A contact without a GSTIN is nobody's duplicate: in SQL null equals nothing.
    sql = f"SELECT 1 FROM contacts WHERE org = ? AND id <> ? AND json_extract(fields, '$.{field}') = ?"  # noqa: S608
    if call.db.value(sql, (call.org, contact_id, value)):
        raise duplicate(f"There is a contact with the {field} '{value}' already.", field)


def _done(call: Call, contact_id: str, message: str) -> Answer:
    row = call.find("contacts", "Contact", contact_id)
    post_opening(call, row, Decimal(decode(row["fields"]).get("opening_balance") or 0))
    return one("contact", _show(call, row), message)


def _columns(fields: dict[str, Any], moment: int) -> dict[str, Any]:
    """The columns of a contact; ``searched`` is what ``search`` looks through: name, GSTIN and e-mail."""
    searched = (fields["contact_name"], fields.get("gst_no") or "", fields.get("email") or "")
    return {
        "name": fields["contact_name"],
        "contact_type": fields["contact_type"],
        "status": fields.get("status") or "ACTIVE",
        "searched": "\n".join(searched).casefold(),
        "fields": encode({name: value for name, value in fields.items() if name != "status"}),
        "modified": moment,
    }


def _read(body: Body) -> dict[str, Any]:
    """The fields that the body holds, null included, each checked for itself."""
    read: dict[str, Any] = {
        "contact_type": body.choice("contact_type", among=TYPES),
        "status": body.choice("status", among=STATUSES),
        "gst_no": body.matching("gst_no", GSTIN, "a GSTIN of 15 characters"),
        "gst_treatment": _treatment(body),
        "currency_code": body.matching("currency_code", CURRENCY, "an ISO 4217 code"),
        "place_of_contact": body.state("place_of_contact"),
        "billing_address": _address(body, "billing_address"),
        "shipping_address": _address(body, "shipping_address"),
        "contact_persons": _persons(body),
        "payment_terms": body.integer("payment_terms"),
        "opening_balance": body.number("opening_balance"),
        "credit_limit": body.not_negative("credit_limit"),
    }
    read |= {name: body.text(name) for name in PLAIN}
    if body.has("contact_name"):
        read["contact_name"] = body.needed_text("contact_name")
    return {name: value for name, value in read.items() if body.has(name)}


def _treatment(body: Body) -> str | None:
    if body.switches.gst_treatments == "registered":
        return body.matching("gst_treatment", REGISTERED, "REGISTERED")
    return body.matching("gst_treatment", TREATMENT, "an upper-case word")


def _address(body: Body, name: str) -> dict[str, Any] | None:
    address = body.object(name)
    if address is None:
        return None
    return {
        "address": address.text("address", limit=LONG),
        "city": address.text("city"),
        "state_code": address.state("state_code"),
        "zip": address.text("zip"),
        "country": address.text("country"),
    }


def _persons(body: Body) -> list[dict[str, Any]] | None:
    persons = body.rows("contact_persons")
    if persons is None:
        return None
    plain = ("first_name", "last_name", "email", "phone")
    return [{**{name: row.text(name) for name in plain}, "is_primary": row.flag("is_primary")} for row in persons]


def _show_all(call: Call, rows: Sequence[Row]) -> list[Answer]:
    return [_show(call, row) for row in rows]


def _show(call: Call, row: Row) -> Answer:
    fields = decode(row["fields"])
    shown: Answer = {"contact_id": row["id"], "contact_name": row["name"]}
    shown |= {name: fields.get(name) for name in SHOWN}
    shown["contact_persons"] = shown["contact_persons"] or []
    shown["opening_balance"] = shown["opening_balance"] or 0
    shown["status"] = row["status"]
    shown["created_time"] = call.books.timestamp(row["created"])
    shown["last_modified_time"] = call.books.timestamp(row["modified"])
    return shown
