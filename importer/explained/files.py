"""Codes of files that cannot be found or read."""

from __future__ import annotations

from codecs import BOM_UTF16_LE
from typing import Final

from importer.explained.entry import ERROR_OR_WARNING, WARNING, Entry, Subject, folder, manifest, raw

_CONTACT: Final = """
    contacts:
      - key: acme
        contact_name: Acme Corp
    """
_SHEET: Final = """
    key,contact_name
    cafe,Café Corp
    """
_INVOICES: Final = """
    key,customer,date,place_of_supply,line_items.name,line_items.quantity,line_items.rate
    INV-1,acme,2026-05-19,IN-KA,Audit,1,5000
    """
_RIGHT: Final = manifest(_CONTACT)
_RIGHT_SHEET: Final = manifest(_SHEET, "contacts.csv")

FILES: Final = Subject(
    "Files",
    "What was given as PATH cannot be found, or cannot be read as text.",
    (
        Entry(
            "no-such-path",
            "The PATH is not there",
            "Passing over it would leave its documents out in silence: a plan would look smaller than it is, and an "
            "apply would end well without them.",
            "Look at the spelling, and at the folder from which the command is run.",
            wrong=folder({"books.yaml": _CONTACT}, "boks.yaml"),
            right=_RIGHT,
        ),
        Entry(
            "not-a-file",
            "The PATH is neither a file nor a folder",
            "A device or a named pipe has no end that could be known beforehand: reading it could wait for ever.",
            "Write what it delivers into a file, and give that.",
            no_example="it takes a device or a named pipe",
        ),
        Entry(
            "unreadable-file",
            "The file is there and cannot be opened",
            "Its documents would be missing from the run, and nobody would know which.",
            "Close the program that holds it, or ask for the right to read it.",
            source="the operating system",
            no_example="it takes a file that somebody else may read, and you may not",
        ),
        Entry(
            "empty-folder",
            "No manifest is in the folder",
            "A folder is read for its .yaml, .yml and .csv files. Where there are none, most likely another folder was "
            "meant, and a run that does nothing would look like one that has nothing to do.",
            "Give the folder that holds the files, or look at their endings.",
            wrong=folder({"books.txt": _CONTACT}),
            right=folder({"books.yaml": _CONTACT}),
        ),
        Entry(
            "unread-spreadsheet",
            "A spreadsheet lies beside the manifests and is not read",
            "Whoever put the workbook of the year into the folder believes that it is imported. Nothing is said of "
            "one beside which lies a CSV whose name begins with its own: that was saved from it.",
            "Save each sheet as CSV UTF-8 under the name of its kind, such as invoices.csv; or take the file away, or "
            "say with `include` in finzbooks.yaml what is read.",
            levels=WARNING,
            wrong=folder({"books.yaml": _CONTACT, "sales.xlsx": "PK"}),
            right=folder({"books.yaml": _CONTACT, "invoices-sales.csv": _INVOICES}),
        ),
        Entry(
            "empty-file",
            "The file holds no documents",
            "A file that holds nothing, or only comments or a header, is rarely what somebody wanted to send: often an "
            "export that was cut off. Given by itself it is an error; as one of many in a folder, a warning.",
            "Export it again, or leave it out.",
            levels=ERROR_OR_WARNING,
            wrong=manifest("# contacts come here"),
            right=_RIGHT,
        ),
        Entry(
            "file-too-big",
            "The file is larger than is read at once",
            "A file is held in memory while it is checked. One beyond the limit is most likely not a manifest at all, "
            "and would bring a small machine to its knees.",
            "Split it into several files: one folder holds any number of them.",
            no_example="it would fill many pages",
        ),
        Entry(
            "unknown-format",
            "The name ends neither in .yaml nor .yml nor .csv",
            "The ending says how a file is to be read. Guessing from its content would one day read a file of another "
            "program as books.",
            "Save it as YAML or as CSV, under a name that ends so.",
            wrong=manifest(_CONTACT, "books.txt"),
            right=_RIGHT,
        ),
        Entry(
            "binary-file",
            "The file is no text",
            "A spreadsheet (.xlsx, .ods), an archive or a program has no lines that could be read as documents. A "
            "zero byte in a text file tells of the same, or of a file that a full disk has damaged.",
            "Export the sheet as CSV UTF-8; restore a damaged file.",
            wrong=raw(b"PK\x03\x04\x14\x00\x06\x00", "contacts.csv"),
            right=_RIGHT_SHEET,
        ),
        Entry(
            "wrong-encoding",
            "The file is written in UTF-16 or UTF-32",
            'Windows programs write so when told to save as "Unicode". Read as UTF-8, every other character would be '
            "lost.",
            "Save the file as UTF-8; in Excel: CSV UTF-8.",
            source="the manifest's own contract: UTF-8, with or without byte-order mark",
            wrong=raw(BOM_UTF16_LE + "key,contact_name\ncafe,Café Corp\n".encode("utf-16-le"), "contacts.csv"),
            right=_RIGHT_SHEET,
        ),
        Entry(
            "not-utf-8",
            "A byte of the file is no UTF-8",
            "Most likely the file was saved in a code page of Windows. Which one cannot be known, and with a wrong "
            "guess Café would stand as CafÃ© or Cafй on the invoices.",
            "Save the file as UTF-8; in Excel: CSV UTF-8.",
            source="the manifest's own contract: UTF-8 (RFC 3629)",
            wrong=raw("key,contact_name\ncafe,Café Corp\n".encode("cp1252"), "contacts.csv"),
            right=_RIGHT_SHEET,
        ),
        Entry(
            "control-character",
            "An invisible control character stands in the file",
            "It cannot be seen in most editors and comes from copying or from damage. In a key it would make two keys "
            "that look alike and are not; in a name it would reach the books.",
            "Remove it, or type the line anew.",
            source="YAML 1.2.2, section 5.1, for YAML; the manifest's own contract for CSV",
            wrong=manifest("""
                contacts:
                  - key: ac\x07me
                    contact_name: Acme Corp
                """),
            right=_RIGHT,
        ),
    ),
)
