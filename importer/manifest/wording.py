"""What is wrong with a value, in words: a stable code, a sentence that says what is seen, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from importer.manifest.levels import nearest, shown
from importer.model import Tree


class Words(NamedTuple):
    code: str
    message: str
    help: str = ""


_NUMBERS: Final = {"money": "not-an-amount", "decimal": "not-a-number", "integer": "not-an-integer"}
_NOUNS: Final = {
    "money": "an amount",
    "decimal": "a number",
    "integer": "a whole number",
    "date": "a date",
    "boolean": "true or false",
    "text": "text",
}
_MANY: Final = 12  # values of an enumeration that a help still lists

_CURRENCY: Final = r"[₹$€£¥]|rs\.?|inr|usd|eur"
# The first that fits is what is said of a number. Western and Indian grouping are both seen: 12,345.00 and 1,23,456.
_SEEN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"\s*", "it is blank"),
        (r"\s.*|.*\s", "there are blanks around it"),
        (rf"-?({_CURRENCY})\s*-?\d.*|.*\d\s*({_CURRENCY}|/-)", "it has a currency sign"),
        (r"[+-]?(nan|inf|infinity)", "it is no finite number"),
        (r"[+-]?0[xob].*", "it is not decimal"),
        (r"[+-]?[\d.]+e[+-]?\d+", "it has an exponent"),
        (r".*%", "it has a percent sign"),
        (r".*\d_\d.*", "it has underscores"),
        (r"[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?", "it has thousands separators"),
        (r"[+-]?[\d.]*,\d*", "it has a decimal comma"),
        (r"[+-]?\d{1,3}([ ']\d{2,3})+([.,]\d*)?", "it has thousands separators"),
        (r"\(.*\)", "it is in brackets"),
        (r"\+.*", "it has a plus sign"),
        (r"-?\d*\.|-?\.\d+", "there is no digit beside the point"),
    )
)
_PLAIN: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_DAYS: Final = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ].*", re.ASCII), "it has a time of day"),
    (re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII), "there is no such day"),
    (re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", re.ASCII), "it does not begin with the year"),
    (re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", re.ASCII), "it is not written with two hyphens and two digits each"),
    (re.compile(r"\d{5}", re.ASCII), "it looks like the number a spreadsheet keeps for a date"),
)


def wrong_form(name: str, node: Mapping[str, Any], value: Tree) -> Words | None:
    """Words for a value that is text where a list or mapping belongs, or the other way round; None if it is not so."""
    if "items" in node:
        wanted, right = "a list", isinstance(value, list)
    elif "properties" in node:
        wanted, right = "a mapping of fields", isinstance(value, dict)
    else:
        wanted, right = _NOUNS.get(node.get("x-type", "text"), "text"), isinstance(value, str)
    if right:
        return None
    seen = "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"
    help = "put `- ` before each of its elements" if wanted == "a list" else ""
    return Words("wrong-type", f"`{name}` takes {wanted}, not {seen}", help)


def not_allowed(name: str, node: Mapping[str, Any], keyword: str, value: Tree) -> Words:
    """Words for a value of the right form that ``keyword`` of its schema refuses."""
    if isinstance(value, list):
        return Words("too-few-entries", f"`{name}` needs at least {_count(node.get('minItems', 1), 'entry')}")
    text = value if isinstance(value, str) else ""
    wanted = node.get("x-type", "text")
    if keyword == "enum":
        return _not_one_of(name, node, text)
    if keyword == "maxLength":
        limit = node["maxLength"]
        return Words("too-long", f"`{name}` has {len(text)} characters; at most {limit} are taken")
    if keyword == "minLength":
        if not text:
            return Words("too-short", f"`{name}` is empty text", "fill it in, or leave it out")
        return Words("too-short", f"`{name}` needs at least {_count(node['minLength'], 'character')}")
    if wanted in _NUMBERS:
        return _not_a_number(name, node, wanted, text)
    if wanted == "date":
        return not_a_date(name, text)
    if wanted == "boolean":
        return Words("not-a-boolean", f"`{name}` is true or false, not {shown(text)}", "write `true` or `false`")
    return Words("bad-format", f"{shown(text)} is not {_title(name, node)}", _example(node))


def not_a_date(name: str, text: str) -> Words:
    """Words for a text that is no day of the calendar."""
    seen = next((words for pattern, words in _DAYS if pattern.fullmatch(text)), "")
    return Words(
        "not-a-date", f"`{name}`: {shown(text)} is not a date{_because(seen)}", "write YYYY-MM-DD, as in 2026-05-19"
    )


def _not_a_number(name: str, node: Mapping[str, Any], wanted: str, text: str) -> Words:
    message = f"`{name}`: {shown(text)} is not {_NOUNS[wanted]}{_because(_seen(node, wanted, text))}"
    example = "30" if wanted == "integer" else "1234.50"
    help = f"write plain digits, as in {_mended(node, text) or example}"
    return Words(_NUMBERS[wanted], message, help)


def _seen(node: Mapping[str, Any], wanted: str, text: str) -> str:
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        if any(char.isdecimal() and not char.isascii() for char in text):
            return "its digits are of another script"
        return next((words for pattern, words in _SEEN if pattern.fullmatch(text)), "")
    sign, _, decimals = plain.groups()
    if sign and "-?" not in node.get("pattern", ""):
        return "it is negative"
    if decimals and wanted == "integer":
        return "it has decimals"
    return f"it has {len(decimals)} decimals" if decimals and len(decimals) > 2 else "it has too many digits"


def _mended(node: Mapping[str, Any], text: str) -> str:
    """``text`` without thousands separators and blanks around, if that is all that was wrong with it; else ""."""
    mended = text.strip()
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]+)?", mended):
        mended = mended.replace(",", "")
    return mended if _PLAIN.fullmatch(mended) and mended != text and re.match(node.get("pattern", ""), mended) else ""


def _not_one_of(name: str, node: Mapping[str, Any], text: str) -> Words:
    values = [str(value) for value in node["enum"] if isinstance(value, str)]
    near = nearest(text, values)
    help = f"did you mean `{near}`?" if near else ""
    if not near and len(values) <= _MANY:
        help = f"write one of {', '.join(values)}"
    return Words("not-one-of", f"`{name}` cannot be {shown(text)}", help)


def _because(seen: str) -> str:
    return f": {seen}" if seen else ""


def _title(name: str, node: Mapping[str, Any]) -> str:
    return f"a value of `{name}` ({node['title']})" if "title" in node else f"a value of `{name}`"


def _example(node: Mapping[str, Any]) -> str:
    examples = [str(example) for example in node.get("examples", ())]
    described = str(node.get("description", ""))
    return " ".join(filter(None, (described, f"For example {examples[0]}." if examples else "")))


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
