"""What the fact sheet leaves open, and the ways it may be: one switch for each, the first value its working choice.

``sheet`` is the place in the fact sheet (25.6: section 25, number 6). A name that ends in ``_seconds`` takes whole
seconds, 0 for never; ``lock_date`` takes an ISO date, empty for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache
from typing import Any, Final, Literal, get_args, get_type_hints

LONGEST: Final = 31_536_000  # seconds: a year


def _open(default: Any, sheet: str, about: str) -> Any:
    return field(default=default, metadata={"sheet": sheet, "about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How this FinzBooks behaves where nobody knows how the real one does."""

    # What an answer looks like.
    create_status: Literal["200", "201"] = _open("200", "25.1", "the HTTP status of a successful create")
    error_request_id: Literal["absent", "present"] = _open("absent", "23.17", "whether errors carry a request_id")
    last_cursor: Literal["null", "absent"] = _open("null", "6", "next_cursor on the last page")
    list_rows: Literal["full", "short"] = _open("full", "25.24", "whether lists show line items and allocations")
    credit_note_shape: Literal["full", "bare"] = _open(
        "full", "25.22", "all fields of a credit note, or its id and status only"
    )
    number_form: Literal["fiscal", "calendar"] = _open("fiscal", "15", "INV-2627-001 or INV-2026-0001")
    id_form: Literal["prefixed", "uuid"] = _open("prefixed", "1", "inv_0c2c37... or a bare UUID")
    time_zone: Literal["utc", "ist"] = _open("utc", "25.26", "the zone of created_time and last_modified_time")

    # Idempotency-Key.
    same_key_other_request: Literal["replay", "refuse"] = _open(
        "replay", "25.2", "a key again with another body or query: the old answer, or 409"
    )
    refusals_cached: Literal["no", "yes"] = _open(
        "no", "25.3", "whether 401, 403, 429 and in_progress are kept under their key as other 4xx are"
    )
    key_on_put: Literal["ignored", "honoured"] = _open("ignored", "25.4", "a key on PUT or DELETE")
    invalid_key: Literal["refused", "taken"] = _open("refused", "25.4", "a key that is not of the documented form")
    key_subject: Literal["token", "user"] = _open("token", "8", "whose a key is: a new token of the user starts empty")
    lock_seconds: int = _open(0, "25.5", "how long a key stays in progress when the server dies over it")

    # The rate window.
    window: Literal["minute", "first-request"] = _open("minute", "25.27", "where the 60 seconds begin")
    bulk_cost: Literal["call", "rows"] = _open("call", "25.27", "what a bulk call counts as")
    replay_cost: Literal["call", "free"] = _open("call", "25.27", "what a replayed answer counts as")

    # Guards against duplicates.
    invoice_guard: Literal["reference", "total", "drafts-too", "off"] = _open(
        "reference",
        "25.6",
        "refused: customer, date, total and reference of a posted one; whatever the reference; of a draft too; nothing",
    )
    guard_code: Literal["conflict", "invalid-value"] = _open("conflict", "23.9", "409 or 400 from the guards")
    number_clash_code: Literal["conflict", "invalid-value"] = _open("conflict", "25.7", "409 or 400, number taken")
    contact_guard: Literal["off", "name", "gst_no"] = _open("off", "25.8", "what no two contacts may share")
    item_guard: Literal["off", "name", "sku"] = _open("off", "25.8", "what no two items may share")
    payment_guard: Literal["off", "reference"] = _open(
        "off", "25.8", "whether contact, date, amount and reference make a payment a duplicate"
    )

    # Reading a request.
    item_spelling: Literal["both", "reference", "tutorial"] = _open("both", "25.9", "the names of item fields taken")
    item_required: Literal["name", "all"] = _open("name", "25.9", "what an item needs: or type, rate, tax and HSN too")
    unknown_fields: Literal["ignored", "refused"] = _open("ignored", "25.10", "a field that nobody knows: or 422")
    missing_field: Literal["400", "422"] = _open("400", "5", "a required field that is missing")
    gst_treatments: Literal["any", "registered"] = _open("any", "25.14", "any upper-case word, or REGISTERED only")
    state_codes: Literal["both", "old", "new"] = _open("both", "25.15", "IN-UT and IN-UK, or one of the two")
    put_keeps: Literal["missing", "nothing"] = _open(
        "missing", "25.16", "a PUT leaves fields alone that it does not name, or empties them"
    )
    payment_mode: Literal["default", "required"] = _open("default", "23.14", "a payment without its mode")
    salespersons: Literal["none", "any"] = _open("none", "14", "which salesperson ids are known")
    early_due_date: Literal["refused", "taken"] = _open("refused", "15", "a due_date that lies before the date")
    too_long: Literal["422", "400"] = _open("422", "25.30", "a text of more than 255 characters")

    # Lists.
    per_page_above: Literal["refused", "clamped"] = _open("refused", "23.11", "per_page above 200")
    lookup_pages: Literal["no", "yes"] = _open("no", "6", "whether /accounts and /taxes come in pages")
    cursor_seconds: int = _open(0, "25.25", "how long a cursor is good for")
    date_filters: Literal["inclusive", "exclusive"] = _open("inclusive", "25.24", "date_from and date_to")

    # Money.
    tax_rounding: Literal["line", "document"] = _open("line", "25.11", "where tax is rounded to paise")
    tax_parts: Literal["halves", "each"] = _open(
        "halves",
        "11",
        "CGST and SGST rounded as one amount that they share, the same tax everywhere; or each by itself",
    )
    discount: Literal["amount", "percent"] = _open("amount", "25.12", "what the discount of a line is")
    extra_charges: Literal["taken", "ignored"] = _open(
        "taken", "25.13", "shipping_charge, adjustment and tds_amount of an invoice"
    )
    payment_tds: Literal["on-top", "within"] = _open("on-top", "25.20", "whether TDS adds to what a payment settles")
    bank_charges: Literal["within", "on-top"] = _open("within", "25.20", "whether they lower what the bank gets")
    opening_balances: Literal["kept", "posted"] = _open("kept", "12", "the opening_balance of a contact")
    aging_by: Literal["due-date", "invoice-date"] = _open("due-date", "20", "from which day ar_aging counts")

    # What may be done to a document.
    invoice_update: Literal["draft-header", "draft-lines", "none"] = _open("draft-header", "25.16", "PUT of an invoice")
    void_paid: Literal["refused", "unapplies"] = _open(
        "refused", "25.17", "the void of an invoice that is paid in part"
    )
    payment_apply_body: Literal["allocations", "single"] = _open(
        "allocations", "25.19", "{allocations: [...]} or {invoice_id, amount}"
    )
    payment_apply_scope: Literal["either", "create", "update"] = _open("either", "25.19", "the scope of an application")
    note_apply_scope: Literal["update", "create"] = _open("update", "3", "the scope to apply a credit note")
    payment_delete: Literal["refused", "allowed"] = _open("refused", "25.21", "DELETE of a payment: 405, or gone")
    state_conflict: Literal["400", "409", "422"] = _open(
        "400", "5", "a document that is not in the state for it: over-allocation, an edit of what is posted"
    )
    bulk_order: Literal["request", "reversed"] = _open("request", "25.23", "the order of the results of a bulk call")
    lock_date: str = _open("", "25.30", "no document dated on it or before may be written")
    day_zone: Literal["ist", "utc"] = _open("ist", "25.26", "when a day ends, for OVERDUE")


NAMES: Final = tuple(one.name for one in fields(Switches))


class NoSuchSwitch(ValueError):
    """A name or a value that is not one. The text is a sentence for a person."""


@cache
def values_of(name: str) -> tuple[str, ...]:
    """The values of a switch, its default first; empty for one that takes a number or a date."""
    hint = _hints()[name]
    return tuple(get_args(hint))


def set_switches(switches: Switches, wishes: Mapping[str, Any]) -> Switches:
    """``switches`` with other values. Raises NoSuchSwitch."""
    checked: dict[str, Any] = {name: _checked(name, value) for name, value in wishes.items()}
    return replace(switches, **checked)


def changed(switches: Switches) -> dict[str, str | int]:
    """The switches that are not at their default."""
    usual = Switches()
    return {name: getattr(switches, name) for name in NAMES if getattr(switches, name) != getattr(usual, name)}


@dataclass(frozen=True, slots=True)
class Described:
    """A switch for people."""

    name: str
    values: tuple[str, ...]
    default: str
    sheet: str
    about: str


def described() -> list[Described]:
    """Every switch, in the order of the class."""
    return [
        Described(one.name, values_of(one.name), str(one.default), one.metadata["sheet"], one.metadata["about"])
        for one in fields(Switches)
    ]


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(Switches)


def _checked(name: str, value: Any) -> str | int:
    if name not in NAMES:
        raise NoSuchSwitch(f"There is no switch '{name}'.")
    text = str(value)
    if name == "lock_date":
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            raise NoSuchSwitch(f"'{name}' takes a date such as 2026-03-31, or nothing.") from None
    if _hints()[name] is int:
        if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text) > LONGEST:
            raise NoSuchSwitch(f"'{name}' takes whole seconds, at most {LONGEST}.")
        return int(text)
    if text not in values_of(name):
        raise NoSuchSwitch(f"'{name}' takes {' or '.join(values_of(name))}, not '{text}'.")
    return text
