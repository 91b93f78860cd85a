"""One row per kind. With its schema, the row is all there is to a kind: no other module asks which kind it has.

Sources: the API fact sheet, sections 12 to 18 (endpoints, fields, bulk) and 24 item 13 (what a document is found by).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Counts(StrEnum):
    """Where the worth of a document is counted in the money of a plan."""

    BILLED = "billed"
    RECEIVED = "received"
    CREDITED = "credited"
    NOWHERE = ""


class Edits(StrEnum):
    """When a document that is in the books may be changed by a PUT (design, section 5)."""

    ANY_TIME = "at any time"
    WHILE_DRAFT = "while it is a draft"
    WHILE_UNUSED = "while nothing of it has been applied"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class NaturalKey:
    """One way to recognise a document in the books. ``fields`` identify; ``agree`` must then be equal as well.

    ``total`` in ``agree`` stands for the document's worth (an amount, or the total of its lines). A rule serves
    only documents that have every one of ``fields``; the first rule that finds something counts. ``blank`` names
    fields that, where the document has them, must be empty in the books: a contact of the same name with another
    GSTIN is another contact.
    """

    words: str
    fields: tuple[str, ...]
    agree: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """A targeted look-up: ``GET endpoint?parameter=...``, once for each of ``fields`` that a document has."""

    parameter: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bulk:
    """The endpoint that takes several documents in one call; ``field`` is the body's one key; ``size`` its limit."""

    endpoint: str
    field: str
    size: int


@dataclass(frozen=True, slots=True)
class Settles:
    """A list through which a document pays, or lowers, documents of ``target``.

    ``call`` is the path of the call that an entry needs for itself, with ``{id}`` for the document's own id. Where the
    list travels ``in_body``, that call is only for entries added later, and it takes a list of them.
    """

    field: str
    target: str
    target_field: str
    target_id_field: str
    call: str
    in_body: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    name: str  # as the manifest's section, the CSV file and the schema file are named
    singular: str  # the API's key for one
    label: str  # for people
    endpoint: str
    id_field: str
    number_field: str  # "" where the API numbers nothing
    natural_keys: tuple[NaturalKey, ...]
    search: Search | None = None
    likeness: tuple[str, ...] = ()  # equal in these, with no natural key met, is a conflict and not a create
    bulk: Bulk | None = None
    edits: Edits = Edits.NEVER  # when an edit of a field is a PUT; else it is a conflict
    fixed: tuple[str, ...] = ()  # fields that a PUT does not take even then
    follows: Mapping[str, str] = field(default_factory=dict)  # a date that the books make from another where not given
    computed: tuple[str, ...] = ()  # fields that the books work out from the lines where they are not given
    way_out: str = ""  # what a person can do instead of an edit
    reference_field: str = ""  # takes the key when the document gives none
    party_field: str = ""  # the field that refers to the contact
    line_field: str = ""
    item_field: str = ""  # in a line: refers to the document that rate, tax and code come from
    amount_field: str = ""  # the worth, where it is given and not the sum of lines
    kept_back: str = ""  # what a customer kept back as tax: it settles, and never reaches the bank
    incoming_if: tuple[str, str] | None = None  # counted as money in only if this field has this value
    ahead_if: tuple[str, str] | None = None  # with this value of this field it may come before what it settles
    vendor_if: tuple[str, ...] = ()  # with one of these fields it is a vendor's, and no customer's money
    counts: Counts = Counts.NOWHERE
    settles: Settles | None = None
    posts_if: str = ""  # stays a draft, and cannot be paid, unless this boolean field is true
    approve: str = ""  # the call that posts a draft, with ``{id}`` for its id
    state_field: str = "status"
    sole_lookup: str = ""  # not given, the org's only one is sent; where the org has several, it must be given
    draft_states: tuple[str, ...] = ()  # what the API calls a document that is not posted yet
    dead_states: tuple[str, ...] = ()  # what the API calls a document that no longer counts
    defaults: Mapping[str, str] = field(default_factory=dict)  # sent when the document does not say


CONTACTS: Final = Kind(
    name="contacts",
    singular="contact",
    label="contact",
    endpoint="/contacts",
    id_field="contact_id",
    number_field="",
    natural_keys=(
        NaturalKey("the same GSTIN", ("gst_no",)),
        NaturalKey("the same name and type", ("contact_name", "contact_type"), blank=("gst_no",)),
    ),
    search=Search("search", ("gst_no", "contact_name")),
    edits=Edits.ANY_TIME,
    defaults=MappingProxyType({"contact_type": "CUSTOMER"}),
)

ITEMS: Final = Kind(
    name="items",
    singular="item",
    label="item",
    endpoint="/items",
    id_field="item_id",
    number_field="",
    natural_keys=(NaturalKey("the same SKU", ("sku",)), NaturalKey("the same name", ("name",), blank=("sku",))),
    edits=Edits.ANY_TIME,
)

INVOICES: Final = Kind(
    name="invoices",
    singular="invoice",
    label="invoice",
    endpoint="/invoices",
    id_field="invoice_id",
    number_field="invoice_number",
    natural_keys=(
        NaturalKey("the same invoice number", ("invoice_number",)),
        NaturalKey("the same reference and customer", ("reference_number", "customer")),
    ),
    search=Search("customer_id", ("customer",)),
    likeness=("customer", "date", "total"),
    # By analogy with bills, whose PUT takes header fields of drafts only (fact sheet, section 15).
    edits=Edits.WHILE_DRAFT,
    fixed=("line_items",),
    follows=MappingProxyType({"due_date": "date"}),
    computed=("round_off",),
    way_out="To change what was booked, void it in FinzBooks and use a new key, or write a credit note.",
    bulk=Bulk("/bulk/invoices", "invoices", 50),
    reference_field="reference_number",
    party_field="customer",
    line_field="line_items",
    item_field="item",
    counts=Counts.BILLED,
    posts_if="auto_approve",
    approve="/invoices/{id}/approve",
    draft_states=("DRAFT",),
    dead_states=("CANCELLED",),
)

PAYMENTS: Final = Kind(
    name="payments",
    singular="payment",
    label="payment",
    endpoint="/payments",
    id_field="payment_id",
    number_field="",
    natural_keys=(
        NaturalKey("the same reference, contact, amount and date", ("reference_number", "contact"), ("total", "date")),
    ),
    likeness=("contact", "date", "total"),
    reference_field="reference_number",
    party_field="contact",
    amount_field="amount",
    kept_back="tds_amount",  # GST rules, section 10
    incoming_if=("flow", "INCOMING"),
    ahead_if=("payment_type", "ADVANCE"),
    counts=Counts.RECEIVED,
    settles=Settles("allocations", "invoices", "invoice", "invoice_id", "/payments/{id}/apply", in_body=True),
    # Omitted, the API books to the first bank or cash account it finds (fact sheet, section 24, item 17).
    sole_lookup="bank_account",
    # Listed as required, yet with a default (fact sheet, section 23, item 14): always sent.
    defaults=MappingProxyType({"mode": "BANK_TRANSFER"}),
)

CREDIT_NOTES: Final = Kind(
    name="credit_notes",
    singular="credit_note",
    label="credit note",
    endpoint="/credit_notes",
    id_field="credit_note_id",
    number_field="credit_note_number",
    natural_keys=(
        NaturalKey("the same reference, customer, total and date", ("reference_number", "customer"), ("total", "date")),
    ),
    search=Search("customer_id", ("customer",)),
    likeness=("customer", "date", "total"),
    edits=Edits.WHILE_UNUSED,  # documented: blocked once applied
    computed=("round_off",),
    way_out="To change what was booked, void it in FinzBooks and use a new key.",
    reference_field="reference_number",
    party_field="customer",
    line_field="line_items",
    item_field="item",
    vendor_if=("bill_id",),
    counts=Counts.CREDITED,
    settles=Settles("applications", "invoices", "invoice", "invoice_id", "/credit_notes/{id}/apply-to-invoice"),
    dead_states=("CANCELLED",),
)

# In the order in which they are shown; what runs first is decided by the references alone.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {kind.name: kind for kind in (CONTACTS, ITEMS, INVOICES, PAYMENTS, CREDIT_NOTES)}
)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A list of the org that a manifest names by name or code; read only (fact sheet, sections 13 and 14)."""

    name: str
    label: str
    endpoint: str
    id_fields: tuple[str, ...]  # the first one present is the id
    name_fields: tuple[str, ...]
    paged: bool = False  # the others are documented to come whole


LOOKUPS: Final[Mapping[str, Lookup]] = MappingProxyType(
    {
        lookup.name: lookup
        for lookup in (
            Lookup("taxes", "tax", "/taxes", ("tax_id",), ("name",), paged=True),
            Lookup("accounts", "account", "/accounts", ("account_id",), ("name", "code"), paged=True),
            Lookup(
                "bank_accounts",
                "bank account",
                "/bank_accounts",
                ("bank_account_id", "account_id"),
                ("name", "account_name", "code"),
            ),
            Lookup("branches", "branch", "/branches", ("branch_id",), ("name", "code")),
        )
    }
)


def find(word: str) -> Kind | None:
    """The kind that ``word`` names, as a section (``invoices``) or in the singular (``invoice``)."""
    wanted = word.strip().lower().replace("-", "_").replace(" ", "_")
    return next((kind for kind in KINDS.values() if wanted in (kind.name, kind.singular)), None)
