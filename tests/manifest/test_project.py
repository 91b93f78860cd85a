"""The project file: what it says, and that nothing of it is passed over."""

from __future__ import annotations

import pytest

from importer.checks.rules import BY_CONTRACT, NOT_APPLICABLE, RULES
from importer.manifest.project import Project, read_project
from importer.manifest.source import SourceFile
from importer.model import Problem, Severity


def read(text: str) -> tuple[Project, tuple[Problem, ...]]:
    return read_project(SourceFile("finzbooks.yaml", text.encode()))


def project(text: str) -> tuple[Project, list[tuple[int, str]]]:
    says, problems = read(text)
    return says, [(problem.place.line, problem.code) for problem in problems if problem.place is not None]


def only(text: str) -> Problem:
    (problem,) = read(text)[1]
    return problem


def test_it_names_the_org_the_state_and_what_may_be_sent_unverified() -> None:
    says, problems = project(
        "version: 1\norg_id: 007\nstate: ../keep/books.db\nallow_unverified: [invoices.discount]\n"
    )
    assert (says.org_id, says.state) == ("007", "../keep/books.db")
    assert says.allow_unverified == {"invoices.discount"}
    assert problems == []


def test_its_defaults_are_checked_like_those_of_a_manifest() -> None:
    says, problems = project("defaults:\n  invoices:\n    place_of_supply: IN-KA\n    colour: red\n")
    assert says.defaults[0].fields == {"invoices": {"place_of_supply": "IN-KA"}}
    assert problems == [(4, "unknown-field")]


def test_it_names_its_files_each_with_its_place() -> None:
    says, problems = project("include:\n  - contacts.yaml\n  - 2025\n  - ../shared/**\n")
    assert problems == []
    assert [(one.text, one.place.line, one.place.column) for one in says.include] == [
        ("contacts.yaml", 2, 5),
        ("2025", 3, 5),
        ("../shared/**", 4, 5),
    ]


def test_it_gives_rules_other_levels() -> None:
    says, problems = project("rules: {G1: error, G2: warning, G8: info, P1: off}")
    assert problems == []
    assert says.rules == {"G1": Severity.ERROR, "G2": Severity.WARNING, "G8": Severity.INFO, "P1": None}


def test_an_org_is_taken_as_it_is_written() -> None:
    assert read("org_id: '  ${ORG} '")[0].org_id == "${ORG}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("org: x", [(1, "unknown-section")]),
        ("version: 2", [(1, "bad-version")]),
        ("version: [1]", [(1, "bad-version")]),
        ("- org_id", [(1, "not-a-mapping")]),
        ("org_id: [a]", [(1, "wrong-type")]),
        ("org_id: {a: b}\nstate: [c]", [(1, "wrong-type"), (2, "wrong-type")]),
        ("version: 1\norg_id:\nstate: ~", [(2, "too-short"), (3, "too-short")]),
        ("org_id: ''\nstate: '  '", [(1, "too-short"), (2, "too-short")]),
        ("{org_id: , include: [a]}", [(1, "too-short")]),
        ("org_id: # later\ncolour: red", [(1, "too-short"), (2, "unknown-section")]),
        ("org_id: x\norg_id: y", [(2, "repeated-field")]),
        ("include: a.yaml", [(1, "wrong-type")]),
        ("include: []", [(1, "too-few-entries")]),
        ("include: ['']", [(1, "too-short")]),
        ("include: [[a]]", [(1, "wrong-type")]),
        ("include:\n- a\n- /b\n- c\\d\n- '*/../e'", [(n, "include-not-portable") for n in (3, 4, 5)]),
        ("rules: [G2]", [(1, "wrong-type")]),
        ("rules:\n  G2: [off]", [(2, "wrong-type")]),
        ("rules:\n  G2: loud", [(2, "not-one-of")]),
        ("rules:\n  G9: off", [(2, "unknown-rule")]),
        ("rules:\n  G9:", [(2, "unknown-rule")]),
        ("rules:\n  G2:\n  G1: off", [(2, "too-short")]),
        ("rules: {G1, G2: ~}", [(1, "too-short"), (1, "too-short")]),
        ("rules:\n  S1:\norg_id:", [(2, "not-switchable"), (3, "too-short")]),
        ("defaults:\n  contacts:\n    colour:", [(3, "unknown-field")]),
        ("rules:\n  unknown-field: off", [(2, "not-switchable")]),
        ("allow_unverified: invoices", [(1, "wrong-type")]),
        ("allow_unverified:\n- invoices.discont", [(2, "not-one-of")]),
        ("allow_unverified: [[a]]", [(1, "wrong-type")]),
        ("defaults: [a]", [(1, "not-a-mapping")]),
        ("org_id: [", [(1, "yaml-syntax")]),
        ("org_id: x\n---\ninclude: [a]", [(3, "several-documents")]),
        ("org_id: x\n---\n", []),
        ("\ufeff", []),
        ("# nothing yet\n", []),
        ("version:\ninclude:\ndefaults:\nrules:\nallow_unverified:\n", []),
    ],
)
def test_what_it_says_wrongly_is_a_problem_at_its_line(text: str, found: list[tuple[int, str]]) -> None:
    assert project(text)[1] == found


def test_nothing_that_is_wrong_is_taken() -> None:
    says, _ = project("org_id: [a]\ninclude: [/a, b]\nrules: {G2: loud, G1: off}\n")
    assert says.org_id == ""
    assert [one.text for one in says.include] == ["b"]
    assert says.rules == {"G1": None}


def test_an_empty_org_is_pointed_at_by_its_name() -> None:
    problem = only("version: 1\norg_id:   # the id\n")
    assert (str(problem.place), problem.pointer) == ("finzbooks.yaml:2:1", "/org_id")
    assert problem.message == "`org_id` is empty"


def test_a_rule_that_is_not_known_is_told_the_nearest_and_all() -> None:
    problem = only("rules: {g2: off}")
    assert problem.help == f"did you mean `G2`? the rules are {', '.join(RULES)}"
    assert problem.pointer == "/rules/g2"


def test_the_contract_cannot_be_switched_off_and_says_so() -> None:
    assert only("rules: {repeated-key: off}").message == "`repeated-key` is part of the contract and cannot be switched"


def test_a_level_that_is_none_lists_those_there_are() -> None:
    assert only("rules: {G2: silent}").help == "write one of error, warning, info, off"


@pytest.mark.parametrize("word", ["no", "No", "false", "none", "disabled"])
def test_another_word_for_off_is_told_the_right_one(word: str) -> None:
    assert only(f"rules: {{G2: {word}}}").help == "did you mean `off`?"


@pytest.mark.parametrize("word", ["yes", "on", "true"])
def test_a_rule_that_is_to_be_on_needs_no_word(word: str) -> None:
    assert only(f"rules: {{G2: {word}}}").help.startswith("leave `G2` out, and it has its own level")


def test_a_rule_without_a_level_is_told_so_at_its_name() -> None:
    problem = only("rules: {G2: }")
    assert (str(problem.place), problem.pointer) == ("finzbooks.yaml:1:9", "/rules/G2")
    assert problem.message == "`G2` has no level"


@pytest.mark.parametrize("level", ["", "off"])
@pytest.mark.parametrize("rule", NOT_APPLICABLE)
def test_a_rule_that_is_not_applied_says_why(rule: str, level: str) -> None:
    problem = only(f"rules: {{{rule.lower()}: {level}}}")
    assert problem.code == "not-switchable"
    assert problem.message.startswith(f"the rule `{rule}` is not applied")
    assert problem.help == f"take it out. {NOT_APPLICABLE[rule]}"


@pytest.mark.parametrize("rule", BY_CONTRACT)
def test_a_rule_that_the_contract_keeps_is_no_unknown_one(rule: str) -> None:
    problem = only(f"rules: {{{rule}: warning}}")
    assert problem.message == f"`{rule}` is part of the contract and cannot be switched"
    assert problem.help.startswith("take it out. What breaks it ")


def test_a_section_that_is_not_known_is_told_the_nearest() -> None:
    assert only("includes: [a]").help == "did you mean `include`?"


def test_backslashes_are_shown_as_the_slashes_they_should_be() -> None:
    assert only(r"include: [sales\2025]").help == 'use forward slashes: "sales/2025"'
