"""Codes of CSV files."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import CSV, WARNING, Entry, Example, Subject, manifest, raw

_LIMIT: Final = 131_072  # characters of a cell that Python's csv module takes
_MANY: Final = 16_384  # columns that are read, as many as a sheet of Excel has

_HEAD: Final = "key,customer_id,date,place_of_supply,line_items.name,line_items.quantity,line_items.rate\n"


def _contacts(text: str) -> Example:
    return manifest(text, "contacts.csv")


def _invoices(rows: str) -> Example:
    return raw(_HEAD + rows, "invoices.csv")


_RIGHT: Final = _contacts("""
    key,contact_name
    acme,Acme Corp
    """)

READING_CSV: Final = Subject(
    "CSV",
    "The sheet is not CSV, or its header does not name fields.",
    (
        Entry(
            "unknown-kind",
            "The name of the CSV file gives no kind",
            "The rows of a sheet do not say what they are, so the file's name does: its beginning up to the first "
            "`-`, `.` or blank is the kind, as in invoices-2025-04.csv.",
            "Rename the file after contacts, items, invoices, payments or credit_notes.",
            wrong=manifest(
                """
                key,contact_name
                acme,Acme Corp
                """,
                "customers.csv",
            ),
            right=_RIGHT,
        ),
        Entry(
            "wrong-delimiter",
            "The columns are separated by something else than commas",
            "Where the comma is the decimal sign, spreadsheets write semicolons, and in such a file amounts may be "
            "written with commas too. Guessing would read 1,5 as two cells or as one and a half.",
            "Save it as CSV with commas.",
            source=CSV + ", section 2",
            wrong=_contacts("""
                key;contact_name
                acme;Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "rows-above-header",
            "Something stands above the names of the fields",
            "The first row names the columns. A title, a date of printing or the line `sep=,` above it would be taken "
            "for those names, and the names for a document.",
            "Remove what stands above the names of the fields.",
            source=CSV + ", section 2: the header is the first line of the file",
            wrong=_contacts("""
                Customer list 2025
                key,contact_name
                acme,Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "blank-column",
            "A column has no name",
            "Its cells would be left out in silence, though somebody filled them in. Of columns at the right end that "
            "hold nothing, which Excel leaves behind, nothing is said.",
            "Name a field, or remove the column.",
            wrong=_contacts("""
                key,contact_name,
                acme,Acme Corp,080 2345
                """),
            right=_contacts("""
                key,contact_name,phone
                acme,Acme Corp,080 2345
                """),
        ),
        Entry(
            "unknown-column",
            "A column names no field",
            "What is in it would not be sent. A slip of the pen in the header would lose a whole column. A name is "
            "offered only where one is near; a guess that is far off would put amounts where others belong.",
            "Write the name of a field: finz-import schema KIND prints all of them. A field inside another is written "
            "with a dot, as in billing_address.city.",
            wrong=_contacts("""
                key,contact_name,phon
                acme,Acme Corp,080 2345
                """),
            right=_contacts("""
                key,contact_name,phone
                acme,Acme Corp,080 2345
                """),
        ),
        Entry(
            "repeated-column",
            "Two columns hold the same field",
            "Only one of them could be sent, and nothing says which.",
            "Remove one of the two.",
            wrong=_contacts("""
                key,contact_name,contact_name
                acme,Acme Corp,Acme Limited
                """),
            right=_RIGHT,
        ),
        Entry(
            "too-many-columns",
            "The header has more columns than any kind has fields",
            "Thousands of columns are the empty right side of a sheet that was exported whole, or a line end that was "
            "lost. Each would be held against all names of fields.",
            "Remove the columns that hold no field.",
            wrong=raw("key,contact_name" + "," * _MANY + "\nacme,Acme Corp" + "," * _MANY + "\n", "contacts.csv"),
            right=_RIGHT,
        ),
        Entry(
            "csv-syntax",
            "The row is not CSV",
            "After a broken quote it is not known where cells begin and end, so the rest of the file is not read: "
            "half a file is never sent.",
            "Write a quote within a cell twice, and the whole cell in quotes.",
            source=CSV + ", section 2",
            wrong=_contacts("""
                key,contact_name
                acme,"Acme "Best" Corp"
                """),
            right=_contacts("""
                key,contact_name
                acme,"Acme ""Best"" Corp"
                """),
        ),
        Entry(
            "unclosed-quote",
            "A quote opens and is never closed",
            "Everything below it, to the end of the file, would be one cell: all further documents would be swallowed "
            "by a name.",
            "Close the quote, or write it twice where it is part of the text.",
            source=CSV + ", section 2",
            wrong=_contacts("""
                key,contact_name
                acme,"Acme Corp
                beta,Beta
                """),
            right=_contacts("""
                key,contact_name
                acme,"Acme Corp"
                beta,Beta
                """),
        ),
        Entry(
            "cell-too-long",
            "A cell is longer than any field can be",
            "A cell of more than a hundred thousand characters is nearly always a quote that is closed much too late, "
            "with many documents inside it.",
            "See that the quotes of this cell are closed where it ends.",
            wrong=raw(f'key,contact_name\nacme,"{"x" * (_LIMIT + 1)}"\n', "contacts.csv"),
            right=_RIGHT,
        ),
        Entry(
            "row-too-long",
            "A row has more cells than the header, or more characters than any row",
            "Most often a comma in an amount or an address has split one cell into two, and everything behind it has "
            "moved into the wrong column. In a row of millions of characters, line ends or quotes are lost.",
            "Put a cell that holds a comma in quotes; in a very long row, look for the quote that is not closed.",
            source=CSV + ", section 2: each line has the same number of fields",
            wrong=_contacts("""
                key,contact_name
                acme,Acme Corp, Bengaluru
                """),
            right=_contacts("""
                key,contact_name
                acme,"Acme Corp, Bengaluru"
                """),
        ),
        Entry(
            "row-too-short",
            "A row has fewer cells than the header",
            "It cannot be told whether its last cells are empty, or whether the row was cut off.",
            "Keep the commas of empty cells.",
            source=CSV + ", section 2: each line has the same number of fields",
            wrong=_contacts("""
                key,contact_name,phone
                acme,Acme Corp
                """),
            right=_contacts("""
                key,contact_name,phone
                acme,Acme Corp,
                """),
        ),
        Entry(
            "contradiction",
            "Two rows of one document say different things",
            "Neighbouring rows with one key are one document, and what stands in its header fields belongs to the "
            "whole of it. Of two dates one would be lost.",
            "Repeat the value or leave it blank on the later rows; another document needs another key.",
            wrong=_invoices(
                "INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\nINV-1,ct_1,2025-05-20,IN-KA,Filing,1,1500\n",
            ),
            right=_invoices(
                "INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\nINV-1,,,,Filing,1,1500\n",
            ),
        ),
        Entry(
            "merged-cells",
            "A row goes on with the document above and has no key",
            "A spreadsheet shows merged cells once and exports them as one filled cell and blank ones. Without its "
            "key it is not certain that the row belongs to the document above it.",
            "Repeat the key in every row of its document.",
            wrong=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\n,,,,Filing,1,1500\n"),
            right=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\nINV-1,,,,Filing,1,1500\n"),
        ),
        Entry(
            "repeated-row",
            "A row has the key of the row above it, and adds nothing",
            "Adjacent rows with one key are one document, and each adds a line or another element of a list. A row "
            "that adds nothing was pasted twice, or is another document whose key a spreadsheet has cut to the same: "
            "two bank references that it shows as 5.20412E+11 would become one payment, and the other be lost.",
            "Give it a key of its own, from the source and not from the spreadsheet, or remove it.",
            levels=WARNING,
            wrong=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\nINV-1,ct_1,2025-05-19,IN-KA,,,\n"),
            right=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\nINV-1,ct_1,2025-05-19,IN-KA,Filing,1,1500\n"),
        ),
        Entry(
            "repeated-header",
            "The header stands among the rows again",
            "Files that were joined by copying bring their headers along. Taken for a document, its name would be "
            "booked as a customer's.",
            "Remove the row.",
            wrong=_invoices(f"INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\n{_HEAD}"),
            right=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\n"),
        ),
        Entry(
            "total-row",
            "A row is a total or a remark of a report",
            "Reports end with their sum, a balance or the day they were printed. Taken for a document, a sum would be "
            "booked once more. A firm called Total has other fields than numbers, and stays what it is.",
            "Remove it from the export: totals are worked out from the documents.",
            wrong=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\nTotal,,,,,,5000\n"),
            right=_invoices("INV-1,ct_1,2025-05-19,IN-KA,Audit,1,5000\n"),
        ),
    ),
)
