"""Codes of fields and their values: what the schema of a kind asks for."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import Entry, Example, Subject, manifest

_TYPES: Final = "the manifest's own contract: a value is typed by the schema, never guessed"
_RIGHT: Final = manifest("""
    contacts:
      - key: acme
        contact_name: Acme Corp
    """)


def _contact(more: str) -> Example:
    return manifest(f"contacts:\n  - key: acme\n    contact_name: Acme Corp\n    {more}")


def invoice(date: str = "2025-05-19", line: str = "{name: Audit, quantity: 1, rate: 5000}", more: str = "") -> Example:
    """An invoice of one line, of a customer that the books know."""
    added = f"\n    {more}" if more else ""
    return manifest(
        f"invoices:\n  - key: INV-1\n    customer_id: ct_1\n    date: {date}\n    place_of_supply: IN-KA{added}\n"
        f"    line_items: [{line}]"
    )


def payment(amount: str) -> Example:
    """A payment of a contact that the books know."""
    return manifest(
        "payments:\n  - key: UTR-1\n    flow: INCOMING\n    contact_id: ct_1\n    date: 2025-05-19\n"
        f"    amount: {amount}\n    mode: UPI\n    bank_account: HDFC Current"
    )


VALUES: Final = Subject(
    "Fields and values",
    "A field is missing or unknown, or its value has not the form that the schema of its kind asks for.",
    (
        Entry(
            "missing-key",
            "The document has no key",
            "The key is your own name for a document: by it others refer to it, and by it a second run knows that it "
            "has been sent. Without a key it would be booked again.",
            "Give it a key that stays the same, such as the number of the order.",
            wrong=manifest("""
                contacts:
                  - contact_name: Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "repeated-key",
            "The key is taken by another document of the kind",
            "Two documents of one key cannot be told apart: one would be taken for an edit of the other.",
            "Give each document a key of its own. In CSV the rows of one document stand below each other.",
            wrong=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                  - {key: acme, contact_name: Acme Limited}
                """),
            right=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                  - {key: acme-limited, contact_name: Acme Limited}
                """),
        ),
        Entry(
            "unknown-field",
            "There is no such field",
            "What it says would not be sent. A slip of the pen in an optional field would go unnoticed for months.",
            "Write the name that the problem offers; finz-import schema KIND prints all of them.",
            source="the manifest's own contract; the names are those of FinzBooks API, /docs/reference",
            wrong=_contact("fone: 080 2345"),
            right=_contact("phone: 080 2345"),
        ),
        Entry(
            "both-spellings",
            "One field is given under two names",
            "Some fields have a second spelling. Given under both, one of the two values would be lost.",
            "Keep one of the two.",
            wrong=invoice(line="{name: Audit, quantity: 1, rate: 5000, hsn_sac: 998221, hsn_or_sac: 998222}"),
            right=invoice(line="{name: Audit, quantity: 1, rate: 5000, hsn_sac: 998221}"),
        ),
        Entry(
            "missing-field",
            "A field that the kind needs is not given",
            "FinzBooks would refuse the document, or book it with something that nobody chose. It is looked for after "
            "the defaults are merged in.",
            "Give it, in the document or under `defaults`.",
            source="FinzBooks API, /docs/reference: the fields that each kind requires",
            wrong=manifest("""
                invoices:
                  - key: INV-1
                    customer_id: ct_1
                    place_of_supply: IN-KA
                    line_items: [{name: Audit, quantity: 1, rate: 5000}]
                """),
            right=invoice(),
        ),
        Entry(
            "one-of-two",
            "Two fields are given that exclude each other",
            "A reference is given by your key or by the id of FinzBooks. With both, the document would be booked for "
            "one of two customers, and nothing says which.",
            "Keep one of them.",
            wrong=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                invoices:
                  - key: INV-1
                    customer: acme
                    customer_id: ct_1
                    date: 2025-05-19
                    place_of_supply: IN-KA
                    line_items: [{name: Audit, quantity: 1, rate: 5000}]
                """),
            right=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                invoices:
                  - key: INV-1
                    customer: acme
                    date: 2025-05-19
                    place_of_supply: IN-KA
                    line_items: [{name: Audit, quantity: 1, rate: 5000}]
                """),
        ),
        Entry(
            "wrong-type",
            "A list, a mapping or a text stands where another of them belongs",
            "It is not known what was meant: a list of names is no name, and the first of them is a guess.",
            "Write it in the form that the problem names.",
            wrong=_contact("phone: [080 2345, 080 9999]"),
            right=_contact("phone: 080 2345"),
        ),
        Entry(
            "not-an-amount",
            "An amount is not written in plain digits",
            "An amount has digits, a point and at most two decimals, so that no reader can take it for another. What "
            "programs write, such as `0x10`, `1_000` or `nan`, is none, and three decimals are no money: they are "
            "never rounded here, since a paisa more or less is yours to decide.",
            "Write plain digits, as in 1200.00.",
            source=_TYPES,
            wrong=payment("lots"),
            right=payment("1200"),
        ),
        Entry(
            "not-a-number",
            "A quantity or rate is not written in plain digits",
            "As with amounts, separators, currency signs and exponents can be taken for something else. Rates and "
            "quantities may have up to six decimals.",
            "Write plain digits, as in 12000 or 0.125.",
            source=_TYPES,
            wrong=invoice(line="{name: Audit, quantity: 1, rate: five thousand}"),
            right=invoice(line="{name: Audit, quantity: 1, rate: 5000}"),
        ),
        Entry(
            "not-an-integer",
            "The field takes a whole number",
            "It counts something, such as days, and half of one means nothing.",
            "Write plain digits, as in 30.",
            source=_TYPES,
            wrong=_contact("payment_terms: 30 days"),
            right=_contact("payment_terms: 30"),
        ),
        Entry(
            "not-a-date",
            "The value is no day of the calendar",
            "There is no 30 February, and a date in words can be read in more than one way: an invoice would fall "
            "into another month and another return. A date begins with the year, so that it can be read one way only.",
            "Write YYYY-MM-DD, as in 2026-05-19.",
            source="the manifest's own contract: ISO 8601, extended format",
            wrong=invoice("2025-02-30"),
            right=invoice("2025-02-28"),
        ),
        Entry(
            "not-a-boolean",
            "The value is neither true nor false",
            "`yes`, `on` and `1` are read as true by some programs and as text by others. Whether an invoice is "
            "posted must not hang on that.",
            "Write `true` or `false`. Excel makes TRUE of it: type 'true with an apostrophe in front, or format the "
            "column as text before you type.",
            source="the manifest's own contract; YAML 1.2.2, section 10.2.1.2",
            wrong=invoice(more="auto_approve: yes"),
            right=invoice(more="auto_approve: true"),
        ),
        Entry(
            "not-one-of",
            "The value is none of those that the field takes",
            "FinzBooks knows a fixed list of words for this field and would refuse any other.",
            "Write one of the words that the problem names.",
            source="FinzBooks API, /docs/reference: the values of the field",
            wrong=_contact("contact_type: FRIEND"),
            right=_contact("contact_type: CUSTOMER"),
        ),
        Entry(
            "too-long",
            "The text is longer than the field takes",
            "FinzBooks would refuse it, or cut it off: a key that is cut off is another key. Of `defaults` it is told "
            "where they hold more than can be given to every document.",
            "Shorten it to the length that the problem names.",
            wrong=manifest(f"contacts:\n  - key: {'acme-' * 26}\n    contact_name: Acme Corp"),
            right=_RIGHT,
        ),
        Entry(
            "too-short",
            "The text is empty, or shorter than the field takes",
            "Empty text is not the same as a field that is not given: it would overwrite what the books hold with "
            "nothing. In `finzbooks.yaml` it is told of a name that guards something and holds nothing, such as "
            "`org_id`, and of a rule without a level.",
            "Fill it in, or leave the field out.",
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: ""
                """),
            right=_RIGHT,
        ),
        Entry(
            "too-few-entries",
            "The list needs at least one entry",
            "An invoice without lines comes to nothing, and a list that was emptied by accident looks just like it.",
            "Give at least one entry, or leave the field out where it may be.",
            wrong=manifest("""
                invoices:
                  - key: INV-1
                    customer_id: ct_1
                    date: 2025-05-19
                    place_of_supply: IN-KA
                    line_items: []
                """),
            right=invoice(),
        ),
        Entry(
            "bad-format",
            "The value has not the form that its field asks for",
            "The field holds a code with a fixed form, such as that of a currency, and FinzBooks would refuse any "
            "other.",
            "Write it as the example in the help shows.",
            wrong=_contact("currency_code: rupees"),
            right=_contact("currency_code: INR"),
        ),
        Entry(
            "key-in-defaults",
            "`defaults` gives a key",
            "A key names one document. As a default it would be that of all.",
            "Remove it from the defaults.",
            wrong=manifest("""
                defaults:
                  contacts: {key: acme}
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                """),
            right=_RIGHT,
        ),
        Entry(
            "unverified-field",
            "What FinzBooks makes of the field is not documented",
            "Discounts, TDS, bank charges, shipping and adjustments are in the API, and nothing says how they are "
            "booked. An amount that is booked otherwise than meant is found late and corrected with trouble.",
            "Say the same with documented fields, as the problem proposes. Or try it in a sandbox, and name the field "
            "under `allow_unverified` in finzbooks.yaml.",
            source="FinzBooks API, /docs/reference, which names the field and not its meaning",
            wrong=invoice(line="{name: Audit, quantity: 1, rate: 5000, discount: 500}"),
            right=invoice(line="{name: Audit, quantity: 1, rate: 4500}"),
        ),
    ),
)
