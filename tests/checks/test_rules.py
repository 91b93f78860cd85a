"""Rules of the field at other levels: the table, and what it does to a run of the checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.checks import rules
from importer.checks.rules import RULES
from importer.model import Problem, Severity

# The ids of the GST rules, section 15, in their order.
SECTION_15 = "G1 G2 G3 G4 G5 G6 G7 G8 P1 S1 T1 T2 T3 T4 T5 T6 T7 H1 H2 H3 N1 N2 N3 N4 C1 C2 C3 M1 M2 M3 R1 R2 R3 D1 D2"
BAD_CHECK = "contacts: [{key: a, contact_name: A, gst_no: 27AAPFU0939F1ZO}]"  # G2: it ends with V
Problems = Callable[..., list[Problem]]


def found(problems: Problems, levels: rules.Levels) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in problems(BAD_CHECK, rules=levels)]


def test_the_table_holds_every_rule_that_a_check_reports_but_the_one_that_its_schema_asks_for() -> None:
    sources = Path(rules.__file__).parent.glob("*.py")
    reported = {code for one in sources if one.name != "rules.py" for code in codes(one.read_text("utf-8"))}
    assert reported - {"S1"} == RULES.keys()


def test_every_rule_of_the_field_is_a_switch_or_part_of_the_contract_or_has_a_reason_to_be_left_out() -> None:
    tables = [*RULES, *rules.NOT_APPLICABLE, *rules.BY_CONTRACT]
    assert sorted(tables) == sorted(SECTION_15.split())


def codes(source: str) -> set[str]:
    return set(re.findall(r'(?:problem|Fault)\(\s*"([A-Z][0-9]{1,2})"', source))


def test_without_levels_a_rule_has_its_own(problems: Problems) -> None:
    assert found(problems, {}) == [("G2", Severity.ERROR)]


@pytest.mark.parametrize("level", list(Severity))
def test_a_rule_gets_the_level_that_the_project_gives_it(problems: Problems, level: Severity) -> None:
    assert found(problems, {"G2": level}) == [("G2", level)]


def test_a_rule_that_is_off_says_nothing(problems: Problems) -> None:
    assert found(problems, {"G2": None}) == []


def test_other_rules_keep_theirs(problems: Problems) -> None:
    assert found(problems, {"G1": None, "G8": Severity.ERROR}) == [("G2", Severity.ERROR)]


def test_what_is_told_of_a_problem_stays(problems: Problems) -> None:
    (before,), (after,) = problems(BAD_CHECK), problems(BAD_CHECK, rules={"G2": Severity.INFO})
    assert (after.message, after.place, after.help, after.pointer) == (
        before.message,
        before.place,
        before.help,
        before.pointer,
    )
