"""Numbers that no spreadsheet has spoilt and that the schema refuses all the same: what is odd, what would be right.

The limits are those of the pattern in the schema. Money is never rounded here: a number is proposed only where it is
exactly the one that was written, and one that looks like the dust of a computation is only said to look like it.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, NamedTuple

from importer.manifest.damage import LONGEST, ONLY_ABOVE, Takes, plain
from importer.manifest.levels import shown


class Oddity(NamedTuple):
    seen: str  # "" where nothing can be said
    help: str


class _Limits(NamedTuple):
    signed: bool
    digits: int
    decimals: int


# The first that fits is what is said.
_SEEN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"\s*", "it is blank"),
        (r"\s.*|.*\s", "there are blanks around it"),
        (r"[+-]?(nan|inf|infinity)", "it is no finite number"),
        (r"[+-]?0[xob].*", "it is not decimal"),
        (r"[+-]?[\d.]+e[+-]?\d+", "it has an exponent"),
        (r".*\d_\d.*", "it has underscores"),
        (r"\+.*", "it has a plus sign"),
        (r"-?\d*\.|-?\.\d+", "there is no digit beside the point"),
    )
)
_PLAIN: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_WORDED: Final = re.compile(r"(-?[0-9][0-9,]{0,19}(?:\.[0-9]{1,9})?)\s*([A-Za-z][A-Za-z. ]{0,20})")
_MULTIPLES: Final = {"lakh": 10**5, "lakhs": 10**5, "lac": 10**5, "lacs": 10**5, "crore": 10**7, "crores": 10**7}
_UP_TO: Final = re.compile(r"\[0-9\]\{1,([0-9]+)\}")  # as the patterns of types.schema.json say it

# What floats leave behind, 9.779999999999999 or 0.30000000000000004 (GST rules, section 11): a run of nines or zeros,
# in a number of more digits than anybody writes.
_DUST: Final = re.compile(r"([0-9]*?)(?:0{6,}|9{6,})[0-9]{0,3}")
_DUSTY: Final = 13  # digits

_GIVEN_BACK: Final = {
    "money": "; what is given back is a credit note, or a payment of the other flow",
    "decimal": "; what is given back is a credit note's line, with a positive quantity",
}


def oddity(wanted: str, pattern: str, text: str) -> Oddity:
    """Of a ``text`` that is to be a number of type ``wanted``, and that ``pattern`` refuses."""
    limits, takes = _limits(pattern), _takes(pattern)
    if len(text) > LONGEST:
        return Oddity(f"it has {len(text):,} characters", _example(wanted))
    parts = _PLAIN.fullmatch(text)
    if parts is not None:
        return _of_plain_digits(wanted, limits, takes, text, parts)
    if any(char.isdecimal() and not char.isascii() for char in text):
        return Oddity("its digits are of another script", _example(wanted))
    seen = next((words for form, words in _SEEN if form.fullmatch(text)), "")
    bare = text.strip()
    return (not seen and _worded(wanted, takes, text)) or Oddity(seen, _example(wanted, bare if takes(bare) else ""))


@cache
def _limits(pattern: str) -> _Limits:
    limits = [int(one) for one in _UP_TO.findall(pattern)]
    return _Limits("-?" in pattern, *(*limits, 0, 0)[:2])


@cache
def _takes(pattern: str) -> Takes:
    allowed = re.compile(pattern)
    return lambda text: allowed.fullmatch(text) is not None


def _example(wanted: str, right: str = "") -> str:
    return f"write plain digits, as in {right or ('30' if wanted == 'integer' else '1234.50')}"


def _of_plain_digits(wanted: str, limits: _Limits, takes: Takes, text: str, parts: re.Match[str]) -> Oddity:
    sign, whole, decimals = parts[1], parts[2], parts[3] or ""
    if sign and not limits.signed:
        is_zero = not text.strip("-0.")
        help = _example(wanted, text[1:]) if is_zero and takes(text[1:]) else ONLY_ABOVE + _GIVEN_BACK.get(wanted, "")
        return Oddity("it is negative", help)
    if len(whole) > limits.digits:
        before = " before the point" if limits.decimals else ""
        return Oddity("it has too many digits", f"at most {limits.digits} digits{before} are taken")
    seen = f"it has {len(decimals)} decimals" if limits.decimals else "it has decimals"
    exact = text.rstrip("0").rstrip(".")
    if takes(exact):
        return Oddity(seen, _example(wanted, exact))
    most = f"at most {limits.decimals} decimals are taken" if limits.decimals else "no decimals are taken"
    meant = _without_dust(limits, text, whole, decimals)
    return Oddity(seen, f"{most}; it looks like {meant}, as a computer works it out" if meant else most)


def _without_dust(limits: _Limits, text: str, whole: str, decimals: str) -> str:
    found = _DUST.fullmatch(decimals) if len(whole.lstrip("0") + decimals) >= _DUSTY else None
    if found is None or len(found[1]) > limits.decimals:
        return ""
    meant = Decimal(text).quantize(Decimal(1).scaleb(-len(found[1])), ROUND_HALF_UP)
    return format(meant, "f") if meant else ""


def _worded(wanted: str, takes: Takes, text: str) -> Oddity | None:
    """12 lakh, which is exactly 1200000; 1 nos, 12 kg, 30 days, 500 only."""
    found = _WORDED.fullmatch(text)
    number = plain(found[1]) if found is not None else None
    if found is None or number is None:
        return None
    word = found[2].strip(" .")
    seen = f"{shown(word)} stands behind its digits"
    times = _MULTIPLES.get(word.lower())
    if times is not None:
        exact = format(Decimal(number) * times, "f")
        exact = exact.rstrip("0").rstrip(".") if "." in exact else exact
        return Oddity(seen, _example(wanted, exact if takes(exact) else ""))
    if not takes(number):
        return None
    is_unit = wanted == "decimal" and word.lower() != "only"
    return Oddity(seen, f"write {number}; a unit belongs into the item" if is_unit else f"write {number} alone")
