"""Codes of references between documents, and of documents that cannot be told apart."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import ERROR_OR_WARNING, Entry, Example, Subject, manifest

_LONG: Final = "ORDER-" + "9" * 100


def _invoice(customer: str = "acme", key: str = "INV-1", more: str = "") -> str:
    return (
        f"  - {{key: {key}, customer: {customer}, date: 2025-05-19, place_of_supply: IN-KA,{more}\n"
        "     line_items: [{name: Audit, quantity: 1, rate: 5000}]}\n"
    )


def _books(*invoices: str) -> Example:
    return manifest("contacts:\n  - {key: acme, contact_name: Acme Corp}\ninvoices:\n" + "".join(invoices))


REFERENCES: Final = Subject(
    "References and duplicates",
    "A document refers to something that is not there, or two documents cannot be told apart.",
    (
        Entry(
            "unresolved-reference",
            "No document has the key that is referred to",
            "A document can only be booked once what it refers to is in the books. It is looked for in all files of "
            "the run and in what the state remembers of earlier ones.",
            "Correct the key, add the document, or give the file that holds it as PATH too.",
            wrong=_books(_invoice("acmee")),
            right=_books(_invoice()),
        ),
        Entry(
            "wrong-kind-reference",
            "The key belongs to a document of another kind",
            "Keys are unique within a kind, and the field says which kind it takes: an item is nobody's customer.",
            "Give the key of a document of the kind that the field takes.",
            wrong=manifest(
                "items:\n  - {key: audit, name: Audit, type: SERVICE, rate: 5000}\n"
                "contacts:\n  - {key: acme, contact_name: Acme Corp}\ninvoices:\n" + _invoice("audit")
            ),
            right=_books(_invoice()),
        ),
        Entry(
            "dependency-cycle",
            "Documents need each other in a ring",
            "Each would have to be booked before the other, so none of them can be the first.",
            "Remove one of the references.",
            no_example="with the kinds that there are so far, no document can refer back to one that refers to it",
        ),
        Entry(
            "duplicate-document",
            "Two documents have the same customer, date, total and reference",
            "In the books nobody could tell them apart, and after a lost answer the importer would take one for the "
            "other. Most often a row was exported twice.",
            "Remove one of them, or give each a `reference_number` of its own.",
            source="FinzBooks API, /docs/tutorial: the reference number is what the guard against duplicates goes by",
            wrong=_books(
                _invoice(more=" reference_number: PO-7,"),
                _invoice(key="INV-2", more=" reference_number: PO-7,"),
            ),
            right=_books(
                _invoice(more=" reference_number: PO-7,"),
                _invoice(key="INV-2", more=" reference_number: PO-8,"),
            ),
        ),
        Entry(
            "repeated-natural-key",
            "Two documents look like one in the books",
            "Before something is created, it is looked for in the books by what names it there: a name, an SKU, a "
            "number. Two documents that share it would be found as one, and the second would never be created. A "
            "reference that two invoices of one customer share is a warning, since it happens in honest books. "
            "Payments and notes may share one, unless amount and date are the same as well: see duplicate-document.",
            "Make them differ in what the problem names: contacts by GSTIN or in the name, invoices of two years by "
            "the year in their numbers, which GST would take again and FinzBooks does not. Remove one only if both "
            "are one.",
            levels=ERROR_OR_WARNING,
            wrong=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                  - {key: acme-2, contact_name: Acme Corp}
                """),
            right=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                  - {key: acme-2, contact_name: Acme Corp (South)}
                """),
        ),
        Entry(
            "key-too-long-for-reference",
            "The key does not fit into the reference number",
            "Where no `reference_number` is given, the key is sent as one: by it a document is found again after its "
            "answer was lost. Cut off, it would find nothing, or another one.",
            "Give a `reference_number` of at most 100 characters, or a shorter key.",
            wrong=_books(_invoice(key=_LONG)),
            right=_books(_invoice(key=_LONG, more=" reference_number: ORDER-9,")),
        ),
    ),
)
