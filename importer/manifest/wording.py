"""What is wrong with a value, in words: a stable code, a sentence that says what is seen, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from importer.manifest.damage import LONGEST, Damage, in_any, in_code, in_number
from importer.manifest.damaged_dates import in_date
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
A_LIST: Final = "put `- ` before each of its elements"
A_MAPPING: Final = "give its fields as `name: value`, one to a line and indented"
ONE_VALUE: Final = "write one value behind the colon"
_MANY: Final = 12  # values of an enumeration that a help still lists

# The first that fits is what is said of a number that no spreadsheet has spoilt (damage.py).
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
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BOOLEANS: Final = {"yes": "true", "y": "true", "no": "false", "n": "false", "1": "true", "0": "false"}


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
    help = A_LIST if wanted == "a list" else A_MAPPING if wanted == "a mapping of fields" else ONE_VALUE
    return Words("wrong-type", f"`{name}` takes {wanted}, not {seen}", help)


def not_allowed(name: str, node: Mapping[str, Any], keyword: str, value: Tree) -> Words:
    """Words for a value of the right form that ``keyword`` of its schema refuses."""
    if isinstance(value, list):
        message = f"`{name}` needs at least {_count(node.get('minItems', 1), 'entry')}"
        return Words("too-few-entries", message, "add what is missing, each entry behind a `- `")
    text = value if isinstance(value, str) else ""
    wanted = node.get("x-type", "text")
    if keyword == "enum":
        return _not_one_of(name, node, text)
    if keyword == "maxLength":
        limit = node["maxLength"]
        message = f"`{name}` has {len(text)} characters; at most {limit} are taken"
        return Words("too-long", message, "shorten it: nothing is ever cut off in silence")
    if keyword == "minLength":
        if not text:
            return Words("too-short", f"`{name}` is empty text", "fill it in, or leave it out")
        return Words("too-short", f"`{name}` needs at least {_count(node['minLength'], 'character')}", "write it out")
    if wanted in _NUMBERS:
        return _not_a_number(name, node, wanted, text)
    if wanted == "date":
        return not_a_date(name, text)
    if wanted == "boolean":
        return _not_a_boolean(name, text)
    words = Words("bad-format", f"{shown(text)} is not {_title(name, node)}", _example(node))
    return _named(in_code(text), words)


def not_a_date(name: str, text: str) -> Words:
    """Words for a text that is no day of the calendar."""
    message = f"`{name}`: {shown(text)} is not a date"
    damage = in_date(text)
    if damage is not None:
        return _named(damage, Words("not-a-date", message))
    seen = "there is no such day" if _DAY.fullmatch(text) else ""
    return Words("not-a-date", message + _because(seen), "write YYYY-MM-DD, as in 2026-05-19")


def _named(damage: Damage | None, words: Words) -> Words:
    """``words``, with the code, the reason and the way out of ``damage``, where a spreadsheet has done it."""
    return Words(damage.code, words.message + _because(damage.seen), damage.help) if damage else words


def _not_a_boolean(name: str, text: str) -> Words:
    message = f"`{name}` is true or false, not {shown(text)}"
    word = text.strip().lower()
    meant = word if word in _BOOLEANS.values() else _BOOLEANS.get(word)
    words = Words("not-a-boolean", message, f"write `{meant}`" if meant else "write `true` or `false`")
    return _named(in_any(text), words)


def _not_a_number(name: str, node: Mapping[str, Any], wanted: str, text: str) -> Words:
    message = f"`{name}`: {shown(text)} is not {_NOUNS[wanted]}"
    pattern = re.compile(node.get("pattern", ""))
    damage = in_number(text, lambda number: pattern.search(number) is not None)
    if damage is not None:
        return _named(damage, Words(_NUMBERS[wanted], message))
    example = "30" if wanted == "integer" else "1234.50"
    help = f"write plain digits, as in {_mended(pattern, text) or example}"
    return Words(_NUMBERS[wanted], message + _because(_seen(node, wanted, text)), help)


def _seen(node: Mapping[str, Any], wanted: str, text: str) -> str:
    if len(text) > LONGEST:
        return f"it has {len(text):,} characters"
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


def _mended(pattern: re.Pattern[str], text: str) -> str:
    """``text`` without the blanks around it, or without decimals that are zero, if that makes it right; else ""."""
    for mended in (text.strip(), re.sub(r"\.0+$", "", text.strip())):
        if mended != text and _PLAIN.fullmatch(mended) and pattern.search(mended):
            return mended
    return ""


def _not_one_of(name: str, node: Mapping[str, Any], text: str) -> Words:
    damage = in_any(text)
    if damage is not None:
        return _named(damage, Words("not-one-of", f"`{name}` cannot be {shown(text)}"))
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
