"""One line of an export, checked: a JSON object with exactly the members that its type has, each of its own form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

from importer.model import Intent, IntentRow, Receipt
from importer.state import export

# A document of ours is a few levels deep; what is much deeper is none, and would exhaust the stack of its readers.
DEEPEST: Final = 50
# SQLite holds whole numbers of 64 bits, and the next one must be one of them as well.
GREATEST: Final = 2**63 - 2


class BadLine(Exception):
    """What is wrong with a line, in one sentence each. ``column`` counts characters from 1."""

    def __init__(self, *messages: str, column: int = 1, help: str = "") -> None:
        super().__init__(*messages)
        self.messages = messages
        self.column = column
        self.help = help


class Form(NamedTuple):
    """What a member may be: in words, and as a test."""

    words: str
    fits: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one type of line, apart from ``type`` itself."""

    needed: Mapping[str, Form]
    optional: Mapping[str, Form]


def parsed(line: str) -> dict[str, Any]:
    """The JSON object on ``line``. Raises BadLine."""
    try:
        value = json.loads(line, object_pairs_hook=_unrepeated, parse_float=_no_number, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise BadLine(f"This is no JSON: {error.msg}.", column=error.colno, help=_about_conflict(line)) from None
    except RecursionError:
        raise BadLine("This JSON is nested too deeply.") from None
    except ValueError as error:  # of Python's own, for a number of thousands of digits
        raise BadLine(f"This JSON cannot be read: {error}.") from None
    if not isinstance(value, dict):
        raise BadLine("This is JSON, but no object.")
    return value


def check(members: Mapping[str, Any], known: Members) -> None:
    """Raise BadLine, with a sentence for each member that is missing, unknown or of another form."""
    forms = {**known.needed, **known.optional}
    wrong = [f"The member {name!r} is missing." for name in known.needed if name not in members]
    for name, value in members.items():
        form = forms.get(name)
        if form is None:
            wrong.append(f"There is no member {name!r} here.")
        elif not form.fits(value):
            wrong.append(f"The member {name!r} must be {form.words}.")
    if wrong:
        raise BadLine(*wrong)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f"The member {twice!r} is given twice.")
    return made


def _no_number(text: str) -> Any:
    raise BadLine(f"{text} is no number of an export: amounts are text there.")


def _about_conflict(line: str) -> str:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        return "A merge left both sides here. Take one of the two exports whole: two states cannot be merged by lines."
    return ""


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= GREATEST


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and _is_shallow(value, DEEPEST)


def _is_shallow(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner)


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _are_rows(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(_is_row, value)):
        return False
    return len({IntentRow(**row) for row in value}) == len(value)


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == ROW.keys()
        and all(form.fits(value[name]) for name, form in ROW.items())
    )


TEXT: Final = Form("text", lambda value: isinstance(value, str))
NAME: Final = Form("text that is not empty", lambda value: isinstance(value, str) and value != "")
COUNT: Final = Form("a whole number from 0", lambda value: _is_whole(value, 0))
ABOVE_0: Final = Form("a whole number from 1", lambda value: _is_whole(value, 1))
FLAG: Final = Form("true or false", lambda value: isinstance(value, bool))
OBJECT: Final = Form(f"an object, at most {DEEPEST} levels deep", _is_object)
TEXTS: Final = Form("an object whose members are text", _are_texts)
ROWS: Final = Form("a list of different rows, each of kind, key, part and generation", _are_rows)

IDENTITY: Final[Mapping[str, Form]] = {"kind": TEXT, "key": TEXT, "part": TEXT}
ROW: Final[Mapping[str, Form]] = {**IDENTITY, "generation": COUNT}

# The form of a field, by what it is declared as.
_FORMS: Final[Mapping[Any, Form]] = {
    "str": TEXT,
    "int": COUNT,
    "dict[str, Any]": OBJECT,
    "Mapping[str, Any]": OBJECT,
    "dict[str, str]": TEXTS,
    "tuple[IntentRow, ...]": ROWS,
}


def _members_of(value: type[Receipt | Intent], *optional: str) -> Members:
    forms = {field.name: _FORMS[field.type] for field in fields(value)}
    needed = {name: form for name, form in forms.items() if name not in optional}
    return Members(needed, {name: forms[name] for name in optional})


HEADER: Final = Members({"format": TEXT, "version": ABOVE_0, "org_id": TEXT, "lineage": NAME, "serial": COUNT}, {})
LINES: Final[Mapping[str, Members]] = {
    export.RECEIPT: _members_of(Receipt, *export.MAY_BE_LEFT_OUT),
    export.INTENT: _members_of(Intent, "id"),  # exports made by version 0.1 have it
    export.GENERATION: Members({**IDENTITY, "generation": ABOVE_0}, {}),
    export.PLAN: Members({"id": NAME, "serial": COUNT, "done": FLAG}, {}),
}
