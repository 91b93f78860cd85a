"""Contacts (fact sheet, section 12)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import LONG, Body
from importer.sandbox.call import Answer, Call, one
from importer.sandbox.exact_json import decode, encode
from importer.sandbox.paging import Filters, page
from importer.sandbox.refusals import required

TYPES: Final = frozenset({"CUSTOMER", "VENDOR", "BOTH"})
STATUSES: Final = frozenset({"ACTIVE", "INACTIVE"})
GSTIN: Final = re.compile(r"[0-9A-Z]{15}")
TREATMENT: Final = re.compile(r"[A-Z][A-Z_]*")  # only one value is known: any upper-case word (section 25, item 14)
CURRENCY: Final = re.compile(r"[A-Z]{3}")
PLAIN: Final = ("display_name", "legal_name", "company_name", "pan", "email", "phone", "website")
# What an answer shows between name and status, in the order of the reference.
SHOWN: Final = (
    *("contact_type", "display_name", "legal_name", "company_name", "gst_no", "gst_treatment", "place_of_contact"),
    *("pan", "email", "phone", "website", "billing_address", "shipping_address", "contact_persons", "payment_terms"),
    *("opening_balance", "credit_limit", "currency_code"),
)


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
    if "contact_name" not in given:
        raise required("contact_name")
    given.pop("status", None)  # the server's own on create
    defaults = {"contact_type": "CUSTOMER", "display_name": given["contact_name"], "currency_code": "INR"}
    fields = defaults | {name: value for name, value in given.items() if value is not None}
    moment = call.books.stamp()
    contact_id = call.books.new_id("ct")
    call.db.insert("contacts", {"id": contact_id, "org": call.org, "created": moment, **_columns(fields, moment)})
    return _answer(call, contact_id, "The contact has been created.")


def update_contact(call: Call) -> Answer:
    row = call.find("contacts", "Contact", call.id)
    fields: dict[str, Any] = {**decode(row["fields"]), "status": row["status"]} | _read(call.body)
    # These two always hold something; a null leaves them as they are.
    fields["status"] = fields["status"] or row["status"]
    fields["contact_type"] = fields["contact_type"] or row["contact_type"]
    call.db.update("contacts", call.id, _columns(fields, call.books.stamp()))
    return _answer(call, call.id, "The contact has been updated.")


def _answer(call: Call, contact_id: str, message: str) -> Answer:
    return one("contact", _show(call, call.find("contacts", "Contact", contact_id)), message)


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
        "gst_treatment": body.matching("gst_treatment", TREATMENT, "an upper-case word"),
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
