"""What is wrong with a value, in words: a stable code, a sentence that says what is seen, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from importer.manifest.damage import LONGEST, Damage, in_any, in_code, in_number
from importer.manifest.damaged_dates import EXPORT, in_date
from importer.manifest.levels import nearest, shown
from importer.manifest.odd_numbers import oddity
from importer.manifest.typed import is_day
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


def not_allowed(name: str, node: Mapping[str, Any], keyword: str, value: Tree, *, in_sheet: bool = False) -> Words:
    """Words for a value of the right form that ``keyword`` of its schema refuses.

    ``in_sheet``: it stands in a CSV file, which a spreadsheet is likely to write again.
    """
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
        return not_a_date(name, text, in_sheet=in_sheet)
    if wanted == "boolean":
        return _not_a_boolean(name, text, in_sheet=in_sheet)
    message = f"{shown(text)} is not {_title(name, node)}"
    damage = in_code(text)
    if damage is not None:
        return _named(damage, Words("bad-format", message))
    return Words("bad-format", *_dense(node, text, message) or (message, _example(node)))


def _dense(node: Mapping[str, Any], text: str, message: str) -> tuple[str, str] | None:
    """Message and help for a code that is right but for blanks and dots: 8471 30 10; None for another."""
    allowed = re.compile(node.get("pattern", ""), re.ASCII)
    for code, seen in ((text.strip(), "there are blanks around it"), (_GAPS.sub("", text), "there are gaps in it")):
        if len(text) <= LONGEST and code != text and allowed.fullmatch(code):
            return message + _because(seen), f"write {code}"
    return None


_GAPS: Final = re.compile(r"[\s.]")
_AS_DATES: Final = frozenset({"local-date", "excel-serial-date", "date-with-time"})
_SAVED_AGAIN: Final = "; in the spreadsheet, format the column as yyyy-mm-dd, or it writes the same at every save"


def not_a_date(name: str, text: str, *, in_sheet: bool = False) -> Words:
    """Words for a text that is no day of the calendar."""
    message = f"`{name}`: {shown(text)} is not a date"
    damage = in_date(text)
    if damage is not None:
        once = in_sheet and damage.code in _AS_DATES and not damage.help.startswith(EXPORT)
        return _named(damage._replace(help=damage.help + _SAVED_AGAIN * once), Words("not-a-date", message))
    if is_day(text.strip()):
        return Words("not-a-date", message + _because("there are blanks around it"), f"write {text.strip()}")
    seen = "there is no such day" if _DAY.fullmatch(text) else ""
    return Words("not-a-date", message + _because(seen), "write YYYY-MM-DD, as in 2026-05-19")


def _named(damage: Damage | None, words: Words) -> Words:
    """``words``, with the code, the reason and the way out of ``damage``, where a spreadsheet has done it."""
    return Words(damage.code, words.message + _because(damage.seen), damage.help) if damage else words


def _not_a_boolean(name: str, text: str, *, in_sheet: bool) -> Words:
    message = f"`{name}` is true or false, not {shown(text)}"
    word = text.strip().lower()
    meant = word if word in _BOOLEANS.values() else _BOOLEANS.get(word)
    help = f"write `{meant}`" if meant else "write `true` or `false`"
    if in_sheet and word in _BOOLEANS.values():
        help += _SMALL_LETTERS.format(word)
    return _named(in_any(text), Words("not-a-boolean", message, help))


# A spreadsheet takes the word for a value of its own, and writes it in capitals again.
_SMALL_LETTERS: Final = (
    ": in a spreadsheet, type it with an apostrophe in front, '{}, or format the column as text before you type it; "
    "else it makes capitals of it at every save"
)


def _not_a_number(name: str, node: Mapping[str, Any], wanted: str, text: str) -> Words:
    message = f"`{name}`: {shown(text)} is not {_NOUNS[wanted]}"
    pattern = re.compile(node.get("pattern", ""))
    damage = in_number(text, lambda number: pattern.search(number) is not None)
    if damage is not None:
        return _named(damage, Words(_NUMBERS[wanted], message))
    odd = oddity(wanted, node.get("pattern", ""), text)
    return Words(_NUMBERS[wanted], message + _because(odd.seen), odd.help)


def _not_one_of(name: str, node: Mapping[str, Any], text: str) -> Words:
    damage = in_any(text)
    if damage is not None:
        return _named(damage, Words("not-one-of", f"`{name}` cannot be {shown(text)}"))
    meant = node.get("x-meant", {}).get(text.strip().upper())
    if meant is not None:
        return Words("not-one-of", f"`{name}` cannot be {shown(text)}", f"write {meant}")
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
