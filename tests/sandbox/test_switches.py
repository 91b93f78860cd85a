from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import importer.sandbox
from importer.sandbox.switches import (
    LONGEST,
    NAMES,
    NoSuchSwitch,
    Switches,
    changed,
    described,
    set_switches,
    values_of,
)

NUMBERS = {"lock_seconds", "cursor_seconds"}


def other_value(name: str) -> str | int:
    """A value that is not the default."""
    if name in NUMBERS:
        return 30
    return "2026-03-31" if name == "lock_date" else values_of(name)[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_switch_takes_its_values_and_tells_when_it_is_changed(name: str) -> None:
    for value in values_of(name):
        assert getattr(set_switches(Switches(), {name: value}), name) == value
    other = other_value(name)
    thrown = set_switches(Switches(), {name: str(other)})  # as text, as a command line has it
    assert changed(thrown) == {name: other}
    assert set_switches(thrown, {name: getattr(Switches(), name)}) == Switches()


@pytest.mark.parametrize("name", NAMES)
def test_a_switch_with_words_has_at_least_two_and_its_default_is_the_first(name: str) -> None:
    values = values_of(name)
    if values:
        assert len(set(values)) == len(values) >= 2
        assert values[0] == getattr(Switches(), name)
    else:
        assert name in NUMBERS | {"lock_date"}


def test_every_switch_says_where_its_question_stands_and_what_it_is_about() -> None:
    told = described()
    assert [one.name for one in told] == list(NAMES)
    for one in told:
        assert re.fullmatch(r"[1-9][0-9]?(\.[1-9][0-9]?)?", one.sheet), one.name
        assert one.about
        assert not one.about.endswith(".")


def test_every_switch_is_read_somewhere() -> None:
    folder = Path(importer.sandbox.__file__).parent
    read = {
        node.attr
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert set(NAMES) <= read


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"colour": "red"}, "There is no switch 'colour'."),
        ({"create_status": "202"}, "'create_status' takes 200 or 201, not '202'."),
        ({"create_status": None}, "'create_status' takes 200 or 201, not 'None'."),
        ({"lock_seconds": "soon"}, f"'lock_seconds' takes whole seconds, at most {LONGEST}."),
        ({"lock_seconds": -1}, "'lock_seconds' takes whole seconds"),
        ({"lock_seconds": 1.5}, "'lock_seconds' takes whole seconds"),
        ({"lock_seconds": True}, "'lock_seconds' takes whole seconds"),
        ({"lock_seconds": LONGEST + 1}, "'lock_seconds' takes whole seconds"),
        ({"lock_seconds": "٣"}, "'lock_seconds' takes whole seconds"),
        ({"lock_date": "31.3.2026"}, "'lock_date' takes a date such as 2026-03-31, or nothing."),
        ({"lock_date": "2026-02-30"}, "'lock_date' takes a date such as 2026-03-31, or nothing."),
    ],
)
def test_a_name_or_value_that_is_none_is_refused_with_a_sentence(wishes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NoSuchSwitch) as caught:
        set_switches(Switches(), {"id_form": "uuid"} | wishes)
    assert str(caught.value).startswith(sentence)


def test_the_ends_of_a_number_and_an_empty_date_are_taken() -> None:
    assert set_switches(Switches(), {"lock_seconds": LONGEST}).lock_seconds == LONGEST
    assert set_switches(replace(Switches(), lock_date="2026-03-31"), {"lock_date": ""}).lock_date == ""
