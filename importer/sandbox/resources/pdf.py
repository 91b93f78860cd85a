"""A page of text as PDF 1.4, written by hand: the sandbox needs no more, and no library for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MOST_LINES: Final = 50  # of a page
WIDEST: Final = 95  # characters that fit between the margins
# A4 in points (1/72 inch); the text begins 50 points from its upper left corner, a line every 15.
PAGE: Final = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
)
BEGIN: Final = b"BT /F 10 Tf 15 TL 50 792 Td\n"
FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def one_page(lines: Sequence[str]) -> bytes:
    """A document of one A4 page. What does not fit on it is cut; a letter that Helvetica has not becomes "?"."""
    text = BEGIN + b"".join(_show(line) for line in lines[:MOST_LINES]) + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        FONT,
    )
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    return bytes(written) + _index(places, len(written))


def _show(line: str) -> bytes:
    """The operator that writes a line and goes to the next."""
    letters = line[:WIDEST].encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        letters = letters.replace(special, b"\\" + special)
    return b"(%b) Tj T*\n" % letters


def _index(places: Sequence[int], begin: int) -> bytes:
    """The cross-reference table, whose lines are 20 bytes each, and the trailer."""
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, rows)
    return table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, begin)
