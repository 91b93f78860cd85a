"""Reads the fields of a request body. Wrong shape is 422; a missing required field or a forbidden value is 400.

The split follows the fact sheet, section 5: the errors page lists ``validation.required_field`` as 400, and whether a
mistyped field is 400 or 422 is unknown; here it is 422, as a schema layer in front of the rules would answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from importer.sandbox.exact_json import parse_day
from importer.sandbox.money import EXACT, paise
from importer.sandbox.refusals import invalid, malformed, required, too_long
from importer.sandbox.switches import Switches

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
RENAMED: Final = {"UT": "UK", "OR": "OD", "CT": "CG", "TG": "TS"}  # old -> new
USUAL: Final = Switches()


class Fields(Mapping[str, Any]):
    """The fields of an object as they were sent. Remembers the names that were looked up: those are known here."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self._sent = sent
        self._asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self._asked.add(name)
        return self._sent[name]

    def __contains__(self, name: object) -> bool:
        self._asked.add(str(name))
        return name in self._sent

    def __iter__(self) -> Iterator[str]:
        return iter(self._sent)

    def __len__(self) -> int:
        return len(self._sent)

    def strangers(self) -> list[str]:
        """The names that nobody has looked up so far, in the order in which they were sent."""
        return [name for name in self._sent if name not in self._asked]


class Body:
    """One JSON object of a request. ``prefix`` is its path in the body, such as ``line_items[0].``."""

    def __init__(self, fields: Mapping[str, Any], prefix: str = "", switches: Switches = USUAL) -> None:
        self.fields = Fields(fields)
        self.prefix = prefix
        self.switches = switches
        self._sent: Collection[str] = fields.keys()  # the fields that are the request's, see ``over``
        self._nested: dict[str, list[Body]] = {}  # of those, the objects that were read

    def over(self, own: Mapping[str, Any], names: Collection[str]) -> Body:
        """``own``, the fields of what is stored, with those of ``names`` that are sent here put over them.

        What nobody knows of the request is still found, also inside its objects, by ``strangers`` of this body.
        """
        sent = {name: self.fields[name] for name in names if name in self.fields}
        merged = Body({**own, **sent}, self.prefix, self.switches)
        merged._sent, merged._nested = sent, self._nested
        return merged

    def strangers(self, *, inside: bool = True) -> Iterator[str]:
        """The paths of the fields that nobody has looked up so far: those of this object, then those inside it."""
        yield from map(self.where, self.fields.strangers())
        for body in chain.from_iterable(self._nested.values() if inside else ()):
            yield from body.strangers()

    def refuse_strangers(self, *, inside: bool = True) -> None:
        """Raises 422 for a field that nobody looked up, where unknown fields are refused (section 25, item 10).

        To be called when everything has been read; ``inside`` tells whether that goes for the objects in it too.
        """
        if self.switches.unknown_fields == "ignored":
            return
        stranger = next(self.strangers(inside=inside), None)
        if stranger is not None:
            raise malformed(f"'{stranger}' is not a field of this request.", stranger)

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
        if value is not None and (value[:3] != "IN-" or value[3:] not in states_under(self.switches)):
            raise invalid(self.where(name), f"'{self.where(name)}' must be a state such as IN-KA.", value)
        return value

    def object(self, name: str) -> Body | None:
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise malformed(f"'{self.where(name)}' must be an object.", self.where(name))
        return self._inner(name, [(value, f"{self.where(name)}.")])[0]

    def rows(self, name: str) -> list[Body] | None:
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise malformed(f"'{self.where(name)}' must be a list of objects.", self.where(name))
        return self._inner(name, [(row, f"{self.where(name)}[{index}].") for index, row in enumerate(value)])

    def _inner(self, name: str, objects: Sequence[tuple[Mapping[str, Any], str]]) -> list[Body]:
        """The objects of a field, the same ones whenever they are asked for."""
        if name in self._nested and name in self._sent:
            return self._nested[name]
        bodies = [Body(fields, prefix, self.switches) for fields, prefix in objects]
        if name in self._sent:
            self._nested[name] = bodies
        return bodies


def states_under(switches: Switches) -> frozenset[str]:
    """The state codes that are taken, without ``IN-``."""
    match switches.state_codes:
        case "old":
            return STATES - frozenset(RENAMED.values())
        case "new":
            return STATES - RENAMED.keys()
        case _:
            return STATES


def same_state(one: str, other: str) -> bool:
    """Whether two state codes mean one state, whatever the spelling of a renamed one."""
    return RENAMED.get(one[3:], one[3:]) == RENAMED.get(other[3:], other[3:])
