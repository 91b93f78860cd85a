"""The project file: what it says, and that nothing of it is passed over."""

from __future__ import annotations

import pytest

from importer.manifest.project import Project, read_project
from importer.manifest.source import SourceFile


def project(text: str) -> tuple[Project, list[tuple[int, str]]]:
    says, problems = read_project(SourceFile("finzbooks.yaml", text.encode()))
    return says, [(problem.place.line, problem.code) for problem in problems if problem.place is not None]


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("org: x", [(1, "unknown-section")]),
        ("org_id: x\nrules: {G2: warning}", [(2, "not-supported-yet")]),
        ("include: [a]", [(1, "not-supported-yet")]),
        ("version: 2", [(1, "bad-version")]),
        ("- org_id", [(1, "not-a-mapping")]),
        ("org_id: [a]", [(1, "wrong-type")]),
        ("allow_unverified: invoices", [(1, "wrong-type")]),
        ("org_id: [", [(1, "yaml-syntax")]),
        ("\ufeff", []),
        ("# nothing yet\n", []),
    ],
)
def test_what_it_says_wrongly_is_a_problem_at_its_line(text: str, found: list[tuple[int, str]]) -> None:
    assert project(text)[1] == found
