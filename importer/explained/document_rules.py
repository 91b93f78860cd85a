"""The rules of the field for documents: codes of goods, numbers, rates, credit notes, dates, references."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import ERROR_OR_WARNING, INFO, WARNING, Entry, Example, Subject, manifest
from importer.model import Severity

_RULE_46: Final = "CGST Rules, rule 46(b)"
_SECTION_34: Final = "CGST Act, section 34"


def _item(kind: str, code: str) -> Example:
    return manifest(f"items:\n  - {{key: steel, name: Steel rod, type: {kind}, rate: 500, hsn_sac: {code}}}")


def _invoices(*documents: tuple[str, str, str]) -> Example:
    """Invoices, each of a key, a date and a number."""
    lines = (
        f"  - {{key: {key}, customer_id: ct_1, date: {day}, invoice_number: {number},\n"
        "     place_of_supply: IN-KA, line_items: [{name: Audit, quantity: 1, rate: 5000}]}\n"
        for key, day, number in documents
    )
    return manifest("invoices:\n" + "".join(lines))


def _taxed(day: str, tax: str) -> Example:
    return manifest(
        f"invoices:\n  - {{key: INV-1, customer_id: ct_1, date: {day}, place_of_supply: IN-KA,\n"
        f"     line_items: [{{name: Audit, quantity: 1, rate: 5000, tax: {tax}}}]}}\n"
    )


def _credited(day: str = "2025-05-25", original: str = ", invoice: INV-1") -> Example:
    """An invoice of 19 May 2025, and a note of ``day``."""
    return manifest(
        "invoices:\n  - {key: INV-1, customer_id: ct_1, date: 2025-05-19, place_of_supply: IN-KA,\n"
        "     line_items: [{name: Audit, quantity: 1, rate: 5000, tax: GST 18%}]}\n"
        f"credit_notes:\n  - {{key: CN-1, customer_id: ct_1, date: {day}{original},\n"
        "     line_items: [{name: Audit, quantity: 1, rate: 500, tax: GST 18%}]}\n"
    )


def _due(day: str) -> Example:
    return manifest(
        f"invoices:\n  - {{key: INV-1, customer_id: ct_1, date: 2025-05-19, due_date: {day},\n"
        "     place_of_supply: IN-KA, line_items: [{name: Audit, quantity: 1, rate: 5000}]}\n"
    )


def _paid(first: str, second: str) -> Example:
    head = "flow: INCOMING, date: 2025-05-19, mode: BANK_TRANSFER, bank_account: HDFC Current"
    return manifest(
        f"payments:\n  - {{key: P-1, contact_id: ct_1, amount: 5000, reference_number: {first},\n     {head}}}\n"
        f"  - {{key: P-2, contact_id: ct_2, amount: 5000, reference_number: {second},\n     {head}}}\n"
    )


CODES_AND_NUMBERS: Final = Subject(
    "Rules of the field: codes, numbers and references",
    "What returns and e-invoices ask of the codes and numbers on a document, and what banks print.",
    (
        Entry(
            "H1",
            "An HSN has 2, 4, 6 or 8 digits, and a SAC has 6",
            "An odd number of digits is most often a code of chapters 01 to 09 whose zero a spreadsheet has dropped: "
            "milk, 0402, becomes 402. What begins with 99 is a SAC, and never has eight. The summary of codes in the "
            "return would be refused.",
            "Write the code with its zero; keep the column as text in the spreadsheet.",
            source="Notification 78/2020-Central Tax",
            levels=WARNING,
            switchable=True,
            wrong=_item("GOODS", "402"),
            right=_item("GOODS", "0402"),
        ),
        Entry(
            "H3",
            "The code of a service begins with 99, and that of goods does not",
            "Goods under the code of a service, or the other way round, stand in the wrong table of the return, and "
            "often bear another rate.",
            "Correct `type`, or the code. A line with a code of its own is held against its item.",
            source="the scheme of classification: chapter 99 is that of services",
            levels=WARNING,
            switchable=True,
            wrong=_item("GOODS", "997331"),
            right=_item("GOODS", "721420"),
        ),
        Entry(
            "N1",
            "An own number has at most 16 characters: letters, digits, hyphen and slash",
            "The portal takes no other. It means `invoice_number`, the number on the paper, and never your key. What "
            "was issued otherwise before is history, so it is a warning. So is 2-Jan, as a spreadsheet shows 1/2.",
            "Give the next ones a number that fits. Leave one that was issued like this.",
            source=_RULE_46,
            levels=WARNING,
            switchable=True,
            wrong=_invoices(("INV-1", "2025-05-19", "INV#2025#0001")),
            right=_invoices(("INV-1", "2025-05-19", "INV/2025/0001")),
        ),
        Entry(
            "N2",
            "A number begins with a letter or with a digit from 1 to 9",
            "The portal for e-invoices takes no number that begins with a zero, a slash or a hyphen. For others it is "
            "no fault, so it is only told.",
            "Begin the number with a letter or with another digit, if it is to be an e-invoice.",
            source="the e-invoice schema, DocDtls.No",
            levels=INFO,
            switchable=True,
            wrong=_invoices(("INV-1", "2025-05-19", '"0001/25-26"')),
            right=_invoices(("INV-1", "2025-05-19", "INV/0001/25-26")),
        ),
        Entry(
            "N3",
            "A number is used once in a financial year, whatever its upper and lower case",
            "The portal compares numbers in capitals: `inv-7` and `INV-7` of one year are one number to it, and the "
            "second is refused. What the state remembers of other manifests counts as well.",
            "Give one of them the number that it was issued with.",
            source=f"{_RULE_46}; for the letters, the GSTN advisory on e-invoices from 1 June 2025",
            switchable=True,
            wrong=_invoices(("INV-1", "2025-05-19", "INV-7"), ("INV-2", "2025-06-02", "inv-7")),
            right=_invoices(("INV-1", "2025-05-19", "INV-7"), ("INV-2", "2025-06-02", "INV-8")),
        ),
        Entry(
            "N4",
            "A number is not used in two financial years with other upper and lower case",
            "Every year may begin at 1 again, so it is legal. In the books, which hold all years, the two are easily "
            "mistaken for each other.",
            "Put the year into the number, as in 25-26/1.",
            source=f"{_RULE_46}: unique for a financial year",
            levels=WARNING,
            switchable=True,
            wrong=_invoices(("INV-1", "2024-05-19", "INV-7"), ("INV-2", "2025-05-19", "inv-7")),
            right=_invoices(("INV-1", "2024-05-19", "24-25/7"), ("INV-2", "2025-05-19", "25-26/7")),
        ),
        Entry(
            "R3",
            "The reference of a payment stands on one payment, and has the form of its way of paying",
            "A bank gives a reference once. Twice with the same amount, or on payments of two contacts, it is most "
            "often one receipt that was entered twice; the short number of a cheque says so with the same contact and "
            "amount only, and cash says nothing. A form that banks do not print is only told.",
            "Look at the bank statement, and copy the reference as text: a spreadsheet keeps 15 digits of a number.",
            source="the references that banks print for UPI, IMPS, NEFT and cheques",
            levels=(Severity.WARNING, Severity.INFO),
            switchable=True,
            wrong=_paid("AXISP00809861929", "AXISP00809861929"),
            right=_paid("AXISP00809861929", "AXISP00809861930"),
        ),
    ),
)

TAXES_AND_DATES: Final = Subject(
    "Rules of the field: taxes, credit notes and dates",
    "What held on the date of a document, and what a credit note may lower.",
    (
        Entry(
            "T4",
            "A rate of GST was in force on the date of its document",
            "12% and 28% ended for nearly all goods and services on 22 September 2025. With a rate that was not in "
            "force, the tax on the paper is wrong. The rate is told from the name of the tax; a note bears that of "
            "its invoice, or of the one that it is applied to. Above 40% it is an error.",
            "Name the tax of the rate that the supply bore.",
            source="the rate notifications of 22 September 2025 (56th GST Council) and of 1 February 2026",
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=_taxed("2025-10-06", "GST 12%"),
            right=_taxed("2025-10-06", "GST 18%"),
        ),
        Entry(
            "D1",
            "There is no GST on a document from before 1 July 2017",
            "GST began on that day. An older document with GST has a mistyped year, or bore another tax.",
            "Correct the date, or name the tax of that time as the books have it.",
            source="the start of GST, 1 July 2017",
            switchable=True,
            wrong=_taxed("2015-05-19", "GST 18%"),
            right=_taxed("2025-05-19", "GST 18%"),
        ),
        Entry(
            "D2",
            "A date is not in the future, not due before it is issued, and not paid before it is invoiced",
            "Such a date is most often a mistyped year or month, and puts the document into another return. Advances "
            "are paid before: with `payment_type: ADVANCE` they are fine.",
            "Correct the date, or leave it where it is meant.",
            source="practice of the field",
            levels=WARNING,
            switchable=True,
            wrong=_due("2025-04-19"),
            right=_due("2025-06-19"),
        ),
        Entry(
            "C1",
            "A credit note is of the customer of its invoice, not older than it, and not worth more",
            "A note lowers what its invoice said. One of another customer, or of an earlier date, belongs to another "
            "invoice. That all notes of an invoice come to more than it is a warning; one over several invoices is "
            "compared with all that it names or is applied to.",
            "Correct the note, or the invoice that it names.",
            source=_SECTION_34,
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=_credited("2025-05-12"),
            right=_credited(),
        ),
        Entry(
            "C2",
            "A note that lowers GST comes by 30 November after the financial year of its invoice",
            "Later, the tax cannot be taken back any more. The note still settles between you and the customer, so it "
            "is a warning. Where a note names no invoice, the only one that it is applied to counts.",
            "Give its lines no tax, or keep it as it was issued.",
            source=f"{_SECTION_34}(2)",
            levels=WARNING,
            switchable=True,
            wrong=manifest("""
                invoices:
                  - {key: INV-1, customer_id: ct_1, date: 2023-05-19, place_of_supply: IN-KA,
                     line_items: [{name: Audit, quantity: 1, rate: 5000, tax: GST 18%}]}
                credit_notes:
                  - {key: CN-1, customer_id: ct_1, date: 2025-05-25, invoice: INV-1,
                     line_items: [{name: Audit, quantity: 1, rate: 500, tax: GST 18%}]}
                """),
            right=_credited(),
        ),
        Entry(
            "C3",
            "A note that lowers GST names the invoice that it belongs to",
            "The paper and the return name the invoice, and without it nobody can tell which rate and which year it "
            "lowers.",
            "Give `invoice`, or `applications` that say which ones are meant.",
            source=f"{_SECTION_34}; CGST Rules, rule 53",
            levels=WARNING,
            switchable=True,
            wrong=_credited(original=""),
            right=_credited(),
        ),
    ),
)
