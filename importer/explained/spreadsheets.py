"""Codes of what spreadsheets and word processors do to values."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import ERROR_OR_WARNING, WARNING, Entry, Example, Subject, manifest, raw
from importer.explained.values import invoice, payment

_GUESS: Final = "the manifest's own contract: a value is never guessed, and damage is named and not mended"


def _item(code: str) -> Example:
    return raw(f"key,name,type,hsn_sac\nmilk,Milk,GOODS,{code}\n", "items.csv")


_PAID: Final = payment("1200")

SPREADSHEETS: Final = Subject(
    "Marks of spreadsheets",
    "A spreadsheet shows numbers and dates in its own way, and an export keeps what was shown. What it meant is "
    "offered in the help, and never put in place by itself. In a name or a phone number it is a "
    "warning.",
    (
        Entry(
            "excel-error-value",
            "An error of the spreadsheet stands in place of a value",
            "`#REF!` says that a formula lost its source, `####` that a column was too narrow. The value itself is "
            "not in the file. It is an error where something is known by it, such as a name, and a warning in other "
            "texts.",
            "Mend the cell or widen the column in the spreadsheet, and export it again.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=payment('"#REF!"'),
            right=_PAID,
        ),
        Entry(
            "excel-exponent",
            "A long number was exported with an exponent",
            "1.23E+05 has lost all digits but three: which number it was cannot be told from it, and two that differ "
            "become one. As a key, and where documents refer to that, it is an error, for one of two documents "
            "would be lost.",
            "Go back to the workbook, format the column as a number without decimals, or with those of an amount, "
            "and export it again: what stands in the file is lost. Type codes into a column that is formatted as text.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=payment("1.20E+03"),
            right=_PAID,
        ),
        Entry(
            "excel-serial-date",
            "A date was exported as the number that a spreadsheet keeps for it",
            "Spreadsheets count days from 1900 or from 1904, as the file has it: the same number is two days, four "
            "years apart.",
            "Format the column as yyyy-mm-dd, and export it again.",
            _GUESS,
            wrong=invoice("45796"),
            right=invoice("2025-05-19"),
        ),
        Entry(
            "local-date",
            "A date is written as people of one country write it",
            "04/05/2025 is the fourth of May in India and the fifth of April in America: read the wrong way, an "
            "invoice falls into another month and another return.",
            "Write YYYY-MM-DD; in a spreadsheet, format the whole column as yyyy-mm-dd, or it writes the same at "
            "every save.",
            "the manifest's own contract: ISO 8601, extended format",
            wrong=invoice("19/05/2025"),
            right=invoice("2025-05-19"),
        ),
        Entry(
            "date-with-time",
            "A date has a time of day",
            "A document has a day. A time may belong to another zone, in which it is the day before.",
            "Leave the time out.",
            "the manifest's own contract: ISO 8601, extended format",
            wrong=invoice("2025-05-19 00:00:00"),
            right=invoice("2025-05-19"),
        ),
        Entry(
            "code-as-number",
            "A code was exported as a number with decimals",
            "A spreadsheet took it for a number. Zeros in front may be lost as well.",
            "Format the column as text, and export it again.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=_item("40210.0"),
            right=_item("040210"),
        ),
        Entry(
            "short-pin-code",
            "A PIN code of India has lost a digit",
            "It has six digits and never begins with a zero, so the one that is missing cannot be told from the "
            "others. A letter to this address does not arrive.",
            "Copy it from the address.",
            "the form of PIN codes: six digits, the first of them not zero",
            levels=WARNING,
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    billing_address: {city: Bengaluru, state_code: IN-KA, zip: 56001}
                """),
            right=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    billing_address: {city: Bengaluru, state_code: IN-KA, zip: 560001}
                """),
        ),
        Entry(
            "not-a-pin-code",
            "A PIN code of India has not six digits, or begins with 0",
            "What is sent to this address does not arrive. Blanks and hyphens between the digits are usual, and an "
            "address that names no state of India may have any code.",
            "Copy it from the address.",
            "GST rules, section 14: the form of PIN codes",
            levels=WARNING,
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    billing_address: {city: Bengaluru, state_code: IN-KA, zip: 5600010}
                """),
            right=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    billing_address: {city: Bengaluru, state_code: IN-KA, zip: 560 001}
                """),
        ),
        Entry(
            "formula-text",
            "A formula stands in place of its result",
            "What it comes to is known to the spreadsheet only. In a text it is told where it refers to other cells "
            "or calls a function; `=A` may be a name.",
            "Put the value in place of the formula, and export it again.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=payment("=B2*12"),
            right=_PAID,
        ),
        Entry(
            "leading-apostrophe",
            "An apostrophe stands in front",
            "It is how a spreadsheet marks text, and no part of the value. In the books it would be. In a key, a "
            "name or a reference it is told where digits follow.",
            "Remove it.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=_item("'0402"),
            right=_item("0402"),
        ),
        Entry(
            "odd-blank",
            "A blank that is none stands in the value",
            "A non-breaking space from a web page or a zero-width one from a chat looks like a blank or like nothing, "
            "and makes a code another code, and of one customer two. In telephone numbers it is usual, and not told.",
            "Type the value anew.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=payment("12\u00a000"),
            right=_PAID,
        ),
        Entry(
            "smart-quote",
            "A quotation mark of a word processor stands in the value",
            "Word processors replace straight quotes by curly ones. To a program these are letters, and close nothing.",
            "Write straight quotes, or none.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=payment("\u201c1200\u201d"),
            right=_PAID,
        ),
        Entry(
            "long-dash",
            "A long dash stands where a hyphen or a minus sign belongs",
            "It looks like one and is another character: a date or a code with it is not recognised.",
            "Write a hyphen.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=invoice("2025\u201305\u201319"),
            right=invoice("2025-05-19"),
        ),
        Entry(
            "thousands-separator",
            "A number has thousands separators",
            "`1,200` is one thousand two hundred in India and one and a fifth in Germany. A PIN code with them, "
            "4,00,001, was taken for an amount.",
            "Write plain digits, as in 1200.00.",
            _GUESS,
            levels=ERROR_OR_WARNING,
            wrong=payment('"1,200"'),
            right=_PAID,
        ),
        Entry(
            "decimal-comma",
            "An amount has a decimal comma",
            "Where the comma parts thousands, 12,50 is a slip for 12,500 or for 12.50.",
            "Write a point, as in 1234.50.",
            _GUESS,
            wrong=payment('"1200,50"'),
            right=payment("1200.50"),
        ),
        Entry(
            "currency-sign",
            "An amount has a currency sign",
            "The currency of a document is a field of its own, `currency_code`. Beside an amount it may contradict "
            "that.",
            "Write plain digits.",
            _GUESS,
            wrong=payment("Rs. 1200"),
            right=_PAID,
        ),
        Entry(
            "percent-sign",
            "A number has a percent sign",
            "18% is 18 to people and 0.18 to a spreadsheet.",
            "Write the number that is meant, without the sign.",
            _GUESS,
            wrong=invoice(line="{name: Audit, quantity: 1, rate: 18%}"),
            right=invoice(line="{name: Audit, quantity: 1, rate: 18}"),
        ),
        Entry(
            "accounting-negative",
            "A negative amount is written as in accounts",
            "(1,200) and 1200- are less than nothing to an accountant. Most amounts of a manifest are not signed: "
            "what is given back is a credit note or a payment of the other flow.",
            "Write a minus sign in front where the field takes one.",
            _GUESS,
            wrong=payment("(1200)"),
            right=_PAID,
        ),
        Entry(
            "debit-credit-suffix",
            "An amount ends with Dr or Cr",
            "On which side it stands decides between owing and owning, and follows from the kind of account. The "
            "field itself says what is meant.",
            "Write plain digits, with a minus sign in front if it stands on the other side and the field takes one.",
            _GUESS,
            wrong=payment("1200 Dr"),
            right=_PAID,
        ),
    ),
)
