from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from importer.sandbox.switches import described
from sandbox.conformance import PAGE, holders_of, page, showing_of
from sandbox.facts import FACTS, MARKS, UNHELD, read
from sandbox.held import held

RENEW = "renew it: cd tests && python -m sandbox.conformance"


def test_every_fact_has_an_id_of_its_own_and_a_known_mark() -> None:
    assert [name for name, count in Counter(fact.id for fact in FACTS).items() if count > 1] == []
    assert {fact.mark for fact in FACTS} == set(MARKS)
    for fact in FACTS:
        assert re.fullmatch(rf"{fact.heading.split()[0]}\.[a-z0-9-]+", fact.id)
        assert fact.text.rstrip("`").endswith("."), fact.id


def test_every_fact_is_held_by_a_test_or_there_is_a_reason() -> None:
    holders = holders_of(held())
    assert [fact.id for fact in FACTS if not holders[fact.id] and fact.id not in UNHELD] == []
    assert [name for name in UNHELD if holders[name]] == []


def test_what_tests_hold_are_facts() -> None:
    names = {fact.id for fact in FACTS}
    assert sorted({*holders_of(held()), *UNHELD} - names) == []


def test_every_switch_belongs_to_a_fact() -> None:
    named = {name for fact in FACTS for name in fact.switches}
    assert [switch.name for switch in described() if switch.name not in named] == []


def test_a_test_shows_what_each_value_of_each_switch_does() -> None:
    """The default need not be set: all other tests run with it."""
    showing = showing_of(held())
    missing = [
        f"{switch.name}={value}"
        for switch in described()
        for value in switch.values[1:] or ("",)
        if not any((switch.name, value) in one.settings for one in showing[switch.name])
    ]
    assert missing == []


def test_the_page_is_what_the_tests_say_today() -> None:
    assert PAGE.is_file(), RENEW
    assert PAGE.read_text("utf-8") == page(held()), RENEW


SOURCE = '''
import pytest

pytestmark = pytest.mark.fact("1.all")
WAYS = [("window", "first-request")]


def cost(api):
    api.books.settings.set_switches({"bulk_cost": "rows"})


@pytest.mark.fact("2.a", "2.b")
def test_one(api):
    cost(api)


@pytest.mark.parametrize("way", ["400", pytest.param("409", marks=pytest.mark.fact("3.c"))])
@pytest.mark.parametrize(("name", "value"), WAYS)
def test_two(api, way, name, value):
    """A word such as "422" in here counts only if it stands alone."""
    api.set(state_conflict=way, lock_seconds=30)
    api.post({"bank_charges": 5})
    run("sandbox", "set", "tax_rounding=document")


TestThree = pytest.mark.fact("4.d")(Machine.TestCase)
TestThree.settings = settings(max_examples=1)


def helper():
    pass
'''


def test_marks_and_settings_are_read_from_the_source(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(SOURCE, encoding="utf-8")
    one, two, three = held(tmp_path)
    assert (one.test, one.facts) == ("test_it.py::test_one", ("1.all", "2.a", "2.b"))
    assert one.settings == {("bulk_cost", "rows")}
    assert (two.test, two.facts) == ("test_it.py::test_two", ("1.all", "3.c"))
    assert two.settings == {
        *(("state_conflict", value) for value in ("400", "409")),
        ("window", "first-request"),
        ("tax_rounding", "document"),
        ("lock_seconds", ""),
    }
    assert (three.test, three.facts, three.settings) == ("test_it.py::TestThree", ("1.all", "4.d"), frozenset())


def test_a_row_that_goes_on_is_one_fact() -> None:
    (fact,) = read("# 9 Guards\n9.x | C | One\n    | or two (`guard_code`).\n")
    assert (fact.id, fact.mark, fact.heading, fact.switches) == ("9.x", "C", "9 Guards", ("guard_code",))
    assert fact.text == "One | or two (`guard_code`)."
    with pytest.raises(ValueError, match="unpack"):
        list(read("9.x | C\n"))
