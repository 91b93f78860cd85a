"""Reads the fields of a request body. Wrong shape is 422; a missing required field or a forbidden value is 400.

The split follows the fact sheet, section 5: the errors page lists ``validation.required_field`` as 400, and whether a
mistyped field is 400 or 422 is unknown; here it is 422, as a schema layer in front of the rules would answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from importer.sandbox.exact_json import parse_day
from importer.sandbox.money import EXACT, paise
from importer.sandbox.refusals import invalid, malformed, required, too_long

SHORT: Final = 255  # characters of a name, number or reference (fact sheet, section 25, item 30)
LONG: Final = 5000  # characters of notes, descriptions and streets
LARGEST: Final = Decimal(10) ** 13  # rupees; keeps every sum in paise within SQLite's 64 bits
FINEST: Final = -12  # decimals of a rate or quantity

# ISO 3166-2:IN, both spellings of the four renamed states (fact sheet, sections 11 and 25, item 15).
STATES: Final = frozenset(
    {"AN", "AP", "AR", "AS", "BR", "CH", "CG", "CT", "DH", "DL", "GA", "GJ", "HP", "HR", "JH", "JK", "KA", "KL"}
    | {"LA", "LD", "MH", "ML", "MN", "MP", "MZ", "NL", "OD", "OR", "PB", "PY", "RJ", "SK", "TG", "TN", "TR", "TS"}
    | {"UK", "UP", "UT", "WB"}
)
RENAMED: Final = {"UT": "UK", "OR": "OD", "CT": "CG", "TG": "TS"}


class Body:
    """One JSON object of a request. ``prefix`` is its path in the body, such as ``line_items[0].``."""

    def __init__(self, fields: Mapping[str, Any], prefix: str = "") -> None:
        self.fields = fields
        self.prefix = prefix

    def where(self, name: str) -> str:
        """The indexed path of a field, as errors show it."""
        return self.prefix + name

    def has(self, *names: str) -> bool:
        """Whether any of the spellings is there, even as null."""
        return any(name in self.fields for name in names)

    def spelling(self, *names: str) -> str:
        """The first of the spellings that holds something, else the first of all."""
        return next((name for name in names if self.fields.get(name) is not None), names[0])

    def text(self, *names: str, limit: int = SHORT) -> str | None:
        """Text under any of the spellings; None when missing, null or empty."""
        name = self.spelling(*names)
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise malformed(f"'{self.where(name)}' must be text.", self.where(name))
        if len(value) > limit:
            raise too_long(self.where(name), limit)
        return value

    def needed_text(self, *names: str, limit: int = SHORT) -> str:
        value = self.text(*names, limit=limit)
        if value is None or not value.strip():
            raise required(self.where(names[0]))
        return value

    def choice(self, *names: str, among: Collection[str]) -> str | None:
        value = self.text(*names)
        if value is not None and value not in among:
            field = self.where(self.spelling(*names))
            raise invalid(field, f"'{field}' must be one of {', '.join(sorted(among))}.", value)
        return value

    def matching(self, name: str, pattern: re.Pattern[str], meaning: str) -> str | None:
        value = self.text(name)
        if value is not None and not pattern.fullmatch(value):
            raise invalid(self.where(name), f"'{self.where(name)}' must be {meaning}.", value)
        return value

    def number(self, *names: str) -> Decimal | None:
        """A number with the digits it was sent with, below 10^13 and with at most 12 decimals; None when missing."""
        name = self.spelling(*names)
        value = self.fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise malformed(f"'{self.where(name)}' must be a number.", self.where(name))
        number = Decimal(value)
        exponent = number.as_tuple().exponent
        if number.copy_abs() >= LARGEST or not isinstance(exponent, int) or exponent < FINEST:
            raise invalid(self.where(name), f"'{self.where(name)}' is too large or too finely divided.")
        return number if exponent <= 0 else EXACT.quantize(number, Decimal(1))

    def amount(self, *names: str) -> int | None:
        """Paise of an amount in rupees, half-up; None when missing."""
        number = self.number(*names)
        return None if number is None else paise(number)

    def needed_positive_amount(self, name: str) -> int:
        value = self.amount(name)
        if value is None:
            raise required(self.where(name))
        if value <= 0:
            raise invalid(self.where(name), f"'{self.where(name)}' must be above zero.")
        return value

    def not_negative(self, *names: str) -> Decimal | None:
        value = self.number(*names)
        if value is not None and value < 0:
            field = self.where(self.spelling(*names))
            raise invalid(field, f"'{field}' must not be negative.")
        return value

    def integer(self, name: str) -> int | None:
        """A whole number from 0 to 10^13; None when missing."""
        value = self.not_negative(name)
        if value is not None and value != int(value):
            raise malformed(f"'{self.where(name)}' must be a whole number.", self.where(name))
        return None if value is None else int(value)

    def flag(self, name: str) -> bool:
        value = self.fields.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise malformed(f"'{self.where(name)}' must be true or false.", self.where(name))
        return value

    def day(self, name: str) -> date | None:
        """A date, sent as a date or as a datetime (fact sheet, section 23, item 8)."""
        text = self.text(name)
        if text is None:
            return None
        day = parse_day(text)
        if day is None:
            raise malformed(f"'{self.where(name)}' must be an ISO date or datetime.", self.where(name))
        return day

    def needed_day(self, name: str) -> date:
        day = self.day(name)
        if day is None:
            raise required(self.where(name))
        return day

    def state(self, name: str) -> str | None:
        """A state as ``IN-KA``, with the spelling it was sent in."""
        value = self.text(name)
        if value is not None and (value[:3] != "IN-" or value[3:] not in STATES):
            raise invalid(self.where(name), f"'{self.where(name)}' must be a state such as IN-KA.", value)
        return value

    def needed_state(self, name: str) -> str:
        value = self.state(name)
        if value is None:
            raise required(self.where(name))
        return value

    def object(self, name: str) -> Body | None:
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise malformed(f"'{self.where(name)}' must be an object.", self.where(name))
        return Body(value, f"{self.where(name)}.")

    def rows(self, name: str) -> list[Body] | None:
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise malformed(f"'{self.where(name)}' must be a list of objects.", self.where(name))
        return [Body(row, f"{self.where(name)}[{index}].") for index, row in enumerate(value)]


def same_state(one: str, other: str) -> bool:
    """Whether two state codes mean one state, whatever the spelling of a renamed one."""
    return RENAMED.get(one[3:], one[3:]) == RENAMED.get(other[3:], other[3:])
