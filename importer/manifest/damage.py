"""What spreadsheets and their exports do to values: Excel, LibreOffice, Tally. Recognised and named, never mended.

Pure functions of a text, asked where the schema or a rule has refused it, so that good values cost nothing. A help
names the value that was probably meant where it can be computed exactly from what is left of it, and only there: the
digits that ``9.97E+11`` has lost are in the spreadsheet and nowhere else. GST rules, sections 5, 11, 13 and 14.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple


class Damage(NamedTuple):
    code: str
    seen: str  # goes on behind a colon: "1,000" is not an amount: it has thousands separators
    help: str


_ERROR_VALUE: Final = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|Err:5[0-9]{2}")
_TOO_NARROW: Final = re.compile(r"##+")
_FORMULA: Final = re.compile(r'=\s*"([^"]*)"')
_EXPONENT: Final = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?E[+-][0-9]{2,3}")  # as spreadsheets write it, and nobody else
_ANY_EXPONENT: Final = re.compile(_EXPONENT.pattern, re.IGNORECASE)  # pandas writes 9.97e+11
# What refers to a cell or calls a function: =B2, =-B2, =B2&" Ltd", =[@Name], =Sheet1!B2, =SUM(A1:A9). No =A, no =Plus.
_OF_CELLS: Final = re.compile(
    r"=\s*[-+(]*(?:\$?[A-Z]{1,3}\$?[0-9]{1,7}(?!\w| +\w)|[A-Z][A-Z0-9.]*\(|\[@|(?:\w+|'[^'!]+')!\$?[A-Z]).*", re.DOTALL
)
# Only digits behind the apostrophe, or a code that begins with one: people write 'Tis, O'Brien, 'A' brand and '90s.
_MARKED_CODE: Final = re.compile(r"'(?![0-9]0S)(?:[+-]?[0-9][0-9 ./+-]*|[0-9][0-9A-Z./-]+)")
# Blanks that are not the space bar's, and characters that are nothing to see. U+200C and U+200D are not among them:
# the scripts of India need them.
_NO_WIDTH: Final = r"\xad\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff"
_NOTHING: Final = re.compile(f"[{_NO_WIDTH}]")
ODD_BLANK: Final = re.compile(rf"[{_NO_WIDTH}\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_QUOTES: Final = re.compile(r"[\u2018-\u201f\xab\xbb]")
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")

_PLAIN: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_GROUPED: Final = re.compile(  # 1,234,567.00 as in the West, 12,34,567.00 as in India
    r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})(\.[0-9]+)?"
)
_GAP: Final = re.compile(r"(?<=[0-9])[ '\xa0\u2009\u202f](?=[0-9])")
_SIGN: Final = r"(?:[₹$€£¥]|rs\.?|inr|usd|eur)"
_SIGN_IN_FRONT: Final = re.compile(rf"\s*(-?)\s*{_SIGN}\s*(?=[-0-9.(])", re.IGNORECASE)
_SIGN_BEHIND: Final = re.compile(rf"(?<=[0-9)])\s*(?:{_SIGN}|/-)\s*$", re.IGNORECASE)
_SIDE: Final = re.compile(r"(?<=[0-9)/-])\s*(?:dr|cr)\.?\s*$", re.IGNORECASE)
_CRORE: Final = re.compile(r"[0-9]\s*cr\.?\s*$", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\s*\(([^()-]*)\)\s*")
_MINUS_BEHIND: Final = re.compile(r"([0-9][0-9,.]*)\s*-")
_SEPARATED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]*)?")
_SPACED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:[ '][0-9]{2,3})+(?:[.,][0-9]*)?")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9.]*,[0-9]*")
_AS_NUMBER: Final = re.compile(r"([0-9]+)\.0+")

# A column of numbers that is formatted as text keeps its exponents: the digits come back by a format without decimals.
_KEEP_TEXT: Final = (
    "its digits are lost in this file: go back to the workbook, format the column as a number without decimals, and "
    "export it again; what is typed anew goes into a column that is formatted as text"
)
_KEEP_DIGITS: Final = (
    "digits may be lost in this file: go back to the workbook, format the column as a number with its decimals, and "
    "export it again"
)
_NO_ERRORS: Final = "mend the cell in the spreadsheet, and export it again"
_WIDER: Final = "make the column wider in the spreadsheet, and export it again"
_NO_FORMULAS: Final = "put the value in the place of the formula, and export it again"

# Nothing that a spreadsheet does to a value makes it longer; the patterns below are not to be tried on a whole page.
LONGEST: Final = 200  # characters

Takes = Callable[[str], bool]  # whether the field takes a text


def in_any(text: str) -> Damage | None:
    """Marks that no right value of a field with a form bears: of a code, a date, a number, a word of a list."""
    if len(text) > LONGEST:
        return None
    bare = text.strip()
    return (
        _not_a_value(bare)
        or (Damage("formula-text", _A_FORMULA, _NO_FORMULAS) if len(bare) > 1 and bare[0] == "=" else None)
        or (Damage("leading-apostrophe", _MARK_OF_TEXT, _write(bare[1:])) if _has_mark_of_text(bare) else None)
        or _typography(text)
    )


_A_FORMULA: Final = "it is a spreadsheet's formula, not its result"
_MARK_OF_TEXT: Final = "it begins with the apostrophe by which a spreadsheet marks text"


def _has_mark_of_text(text: str) -> bool:
    return len(text) > 1 and text[0] == "'" and "'" not in text[1:]


def _not_a_value(bare: str) -> Damage | None:
    """What stands in the place of a value, whatever the field: an error, a column too narrow, a formula of a text."""
    if _ERROR_VALUE.fullmatch(bare):
        return Damage("excel-error-value", "it is an error of the spreadsheet it comes from", _NO_ERRORS)
    if _TOO_NARROW.fullmatch(bare):
        return Damage("excel-error-value", "it only says that a column of the spreadsheet was too narrow", _WIDER)
    formula = _FORMULA.fullmatch(bare)
    return Damage("formula-text", _A_FORMULA, _write(formula[1])) if formula else None


def _typography(text: str) -> Damage | None:
    if text.isascii():
        return None
    for code, pattern, seen in (
        ("odd-blank", ODD_BLANK, "it holds the {}, which looks like a blank or like nothing"),
        ("smart-quote", _QUOTES, "it holds the {}, a quotation mark of a word processor"),
        ("long-dash", _DASHES, "it holds the {}, which is no hyphen and no minus sign"),
    ):
        found = pattern.search(text)
        if found is not None:
            return Damage(code, seen.format(f"character U+{ord(found.group()):04X}"), _write(_typed_by_hand(text)))
    return None


def _typed_by_hand(text: str) -> str:
    """``text`` as a keyboard would have written it: no odd blanks and quotes, hyphens for dashes."""
    return _DASHES.sub("-", _QUOTES.sub("", ODD_BLANK.sub("", text))).strip()


def plain_blanks(text: str) -> str:
    """A name or key with blanks of the space bar, one at a time, and nothing that cannot be seen."""
    return " ".join(ODD_BLANK.sub(" ", _NOTHING.sub("", text)).split())


def _write(text: str) -> str:
    return f"write {text}" if text.isprintable() and 0 < len(text) <= 60 else "write the value without it"


def in_code(text: str) -> Damage | None:
    """What was done to a code: a text with a form, such as a GSTIN, an HSN, a PIN code or a currency."""
    return in_any(text) or _as_number(text.strip())


def _as_number(text: str) -> Damage | None:
    if _ANY_EXPONENT.fullmatch(text):
        return Damage("excel-exponent", "a spreadsheet has made a number with an exponent of it", _KEEP_TEXT)
    found = _AS_NUMBER.fullmatch(text)
    if found is not None:
        return Damage("code-as-number", "a spreadsheet has made a number with decimals of it", _write(found[1]))
    return None


def in_free_text(text: str) -> Damage | None:
    """What can be told in a text without a form, a name or a key: only what nobody writes, and as the whole of it.

    A key ``=A`` or ``1e5`` is right as it stands, and so are a name in quotes and one with a dash.
    """
    if _EXPONENT.fullmatch(text):
        return _as_number(text)
    return _not_a_value(text)


def in_prose(text: str) -> Damage | None:
    """What can be told in any text but a key: a formula of other cells as well."""
    found = in_free_text(text)
    if found is None and text[:1] == "=" and len(text) <= LONGEST and _OF_CELLS.fullmatch(text):
        return Damage("formula-text", _A_FORMULA, _NO_FORMULAS)
    return found


def in_key(text: str) -> Damage | None:
    """What can be told in a text by which something is known, a key, a SKU, a reference: what is seen by nobody.

    Nothing of it is sure, so that it is a warning. Acme Corp beside Acme<U+00A0>Corp would be two customers.
    """
    found = in_free_text(text)
    if found is None and text[:1] == "'" and len(text) <= LONGEST and _MARKED_CODE.fullmatch(text):
        return Damage("leading-apostrophe", _MARK_OF_TEXT, _write(text[1:]))
    return found or odd_blank(text)


def in_name(text: str) -> Damage | None:
    """What can be told in a name or number, by which the books know something: that of a text, and that of a key."""
    return in_prose(text) or in_key(text)


_LINE_ENDS: Final = re.compile(r"[\u2028\u2029]")  # refused where the file is read


def odd_blank(text: str) -> Damage | None:
    """Whether a name or key, in which blanks may stand, has one that is none."""
    found = None if text.isascii() else ODD_BLANK.search(_LINE_ENDS.sub("", text))
    if found is None:
        return None
    seen = f"it holds the character U+{ord(found.group()):04X}, which looks like a blank or like nothing"
    return Damage("odd-blank", seen, f"{_write(plain_blanks(text))}; what differs in it alone looks the same")


def has_lost_digits(text: str) -> bool:
    """Whether two long numbers may have become this one: 5.20412E+11. 1E+05 may be all that there was."""
    return _EXPONENT.fullmatch(text) is not None and "." in text


def in_pin_code(text: str) -> Damage | None:
    """What was done to a PIN code: six digits, in which people put a blank and spreadsheets put commas."""
    found = in_code(text)
    if found is not None or not _SEPARATED.fullmatch(text.strip()):
        return found
    return Damage("thousands-separator", "it has thousands separators", _write(text.strip().replace(",", "")))


def in_number(text: str, takes: Takes) -> Damage | None:
    """What was done to an amount, a rate or another number. ``takes`` says whether the field takes a number."""
    if len(text) > LONGEST:
        return None
    found = in_any(text) or _notation(text)
    if found is None:
        return None
    if found.code in _TOLD or (found.code == "formula-text" and found.help == _NO_FORMULAS):
        return found
    return found._replace(help=_number_help(found.code, text, takes))


# What has its help already: no number can be computed from it.
_TOLD: Final = frozenset({"excel-error-value", "excel-exponent", "percent-sign", "decimal-comma"})


def _notation(text: str) -> Damage | None:
    bare = text.strip()
    if _ANY_EXPONENT.fullmatch(bare):
        return Damage("excel-exponent", "it has an exponent, as spreadsheets show long numbers", _KEEP_DIGITS)
    if bare.endswith("%"):
        return Damage("percent-sign", "it has a percent sign", "write the number that is meant, in plain digits")
    if _SIDE.search(bare):
        return Damage("debit-credit-suffix", "it ends with Dr or Cr", "")
    if _SIGN_IN_FRONT.match(bare) or _SIGN_BEHIND.search(bare):
        return Damage("currency-sign", "it has a currency sign", "")
    if _BRACKETS.fullmatch(bare):
        return Damage("accounting-negative", "it is in brackets", "")
    if _MINUS_BEHIND.fullmatch(bare):
        return Damage("accounting-negative", "its minus sign stands behind it", "")
    if _SEPARATED.fullmatch(bare) or _SPACED.fullmatch(bare):
        return Damage("thousands-separator", "it has thousands separators", "")
    if _DECIMAL_COMMA.fullmatch(bare):
        return Damage("decimal-comma", "it has a decimal comma", "write plain digits with a point, as in 1234.50")
    return None


def _number_help(code: str, text: str, takes: Takes) -> str:
    value = plain(text)
    if value is None:
        return "write plain digits, as in 1234.50"
    if not takes(value):
        negative = value[0] == "-" and takes(value[1:])
        return f"it means {value}, but {ONLY_ABOVE}" if negative else "write plain digits, as in 1234.50"
    help = f"write plain digits, as in {value}"
    return help + _other_readings(text, value, takes) if code == "debit-credit-suffix" else help


ONLY_ABOVE: Final = "only zero and above can stand here"
_FEW: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9])?")  # amounts have more digits, or paise, of which there are two


def _other_readings(text: str, value: str, takes: Takes) -> str:
    """What a number with Dr or Cr may mean besides: that it stands on the other side, or crore."""
    other = value[1:] if value[0] == "-" else "-" + value
    is_zero = not value.strip("-0.")
    found = f", or {other} if it stands on the other side" if takes(other) and not is_zero else ""
    if _CRORE.search(text) and _FEW.fullmatch(value) and takes("0.5"):  # nothing is counted in crore but money
        crore = format(Decimal(value) * 10**7, "f").removesuffix(".0")
        found += f", or {crore} if Cr is crore" if takes(crore) and not is_zero else ""
    return found


def plain(text: str) -> str | None:
    """The number that ``text`` writes in the manner of a spreadsheet, in plain digits; None if that cannot be told."""
    formula = _FORMULA.fullmatch(text.strip())
    rest = _GAP.sub(",", formula[1] if formula else text)
    rest = _typed_by_hand(rest).strip("'\"").strip()
    side = _SIDE.search(rest)
    rest = rest[: side.start()] if side else rest
    rest = _SIGN_BEHIND.sub("", rest)
    rest = _SIGN_IN_FRONT.sub(r"\1", rest, count=1)
    brackets = _BRACKETS.fullmatch(rest)
    if brackets is not None:
        inside = _SIGN_IN_FRONT.sub(r"\1", brackets[1], count=1)
        rest = "-" + inside.strip()
    behind = _MINUS_BEHIND.fullmatch(rest)
    rest = f"-{behind[1]}" if behind else rest.strip()
    grouped = _GROUPED.fullmatch(rest)
    if grouped is not None:
        rest = rest.replace(",", "")
    if side is not None and rest.startswith("-"):
        return None  # two signs: which of them counts is not known
    return rest if _PLAIN.fullmatch(rest) else None
