"""The forms of GST identification numbers, and what can be read off them. GST rules, section 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from stdnum import luhn

RULE: Final = "gstin"
LENGTH: Final = 15
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Form(NamedTuple):
    """One kind of registration."""

    name: str
    pattern: re.Pattern[str]
    of_state: bool  # characters 1 to 2 are the number of a state
    holds_pan: bool  # characters 3 to 12 are a PAN


def _form(name: str, pattern: str, *, of_state: bool = True, holds_pan: bool = True) -> Form:
    return Form(name, re.compile(pattern), of_state, holds_pan)


REGULAR: Final = _form("regular", "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]")

# As the GST developer portal has them. The first that fits counts: the regular one takes nearly any 14th character.
FORMS: Final = (
    _form("UN body or embassy", "[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[A-Z0-9]", of_state=False, holds_pan=False),
    _form("non-resident", "[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]", of_state=False, holds_pan=False),
    _form("OIDAR", "99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]", of_state=False, holds_pan=False),
    _form("tax collector", "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]"),
    _form("tax deductor", "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]"),
    _form("tax deductor with a TAN", "[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][1-9A-Z]D[0-9A-Z]", holds_pan=False),
    _form("government", "[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9]", holds_pan=False),
    REGULAR,
)

# What fingers and scanners mix up (GST rules, section 1). Only ever suggested, never put right by itself.
_LOOKALIKES: Final = {"O": "O0", "0": "0O", "I": "I1", "1": "1I", "Z": "Z2", "2": "2Z"}
_MOST_LOOKALIKES: Final = 6  # in one number: 64 spellings to try


def form_of(gstin: str) -> Form | None:
    """The kind of registration that a compact number has the form of; None if it has that of none."""
    return next((form for form in FORMS if form.pattern.fullmatch(gstin)), None)


def pan_in(gstin: str) -> str | None:
    """The PAN inside a compact number; None where its form holds none, or where it has none of the forms."""
    form = form_of(gstin)
    return gstin[2:12] if form is not None and form.holds_pan else None


def check_character(gstin: str) -> str:
    """What the fifteenth character must be after the first fourteen, which are digits and capital letters.

    A Luhn sum over 36 characters: weights 1, 2, 1, 2 from the left, each product p counted as p // 36 + p % 36.
    """
    return str(luhn.calc_check_digit(gstin[:14], ALPHABET))


def fits(gstin: str) -> bool:
    """Whether the fifteenth character is the one that the others ask for."""
    return gstin[14] == check_character(gstin)


def repaired(gstin: str) -> str | None:
    """The one number of regular form, with a fitting check character, that ``gstin`` looks like; None if not one."""
    if len(gstin) != LENGTH or sum(letter in _LOOKALIKES for letter in gstin) > _MOST_LOOKALIKES:
        return None
    good = [spelling for spelling in _spellings(gstin) if spelling != gstin and _is_sound(spelling)]
    return good[0] if len(good) == 1 else None


def _spellings(gstin: str) -> Iterator[str]:
    return ("".join(letters) for letters in product(*(_LOOKALIKES.get(letter, letter) for letter in gstin)))


def _is_sound(gstin: str) -> bool:
    return gstin[13] == "Z" and REGULAR.pattern.fullmatch(gstin) is not None and fits(gstin)
