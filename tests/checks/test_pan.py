from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks.gstin_forms import check_character
from importer.checks.pan import HOLDERS, fault
from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_kind_of_holder_is_known(holder: str) -> None:
    assert fault(f"AAP{holder}U0939F") is None


@pytest.mark.parametrize(
    ("pan", "told"),
    [
        ("AAPFU0939", "9 characters"),
        ("AAPFU0939FF", "11 characters"),
        ("AAPFUO939F", "five letters"),
        ("AAPXU0939F", "fourth letter X"),
        ("AAPFU0000F", "0000"),
        ("", "0 characters"),
    ],
)
def test_a_wrong_pan_is_told_what_is_wrong(pan: str, told: str) -> None:
    found = fault(pan)
    assert found is not None
    assert told in found[0]
    assert found[1] is Severity.ERROR


@pytest.mark.parametrize(
    ("pan", "said"),
    [
        ("A", "is not one: it has 1 character and not 10"),
        ("AAPFU-939F", "is not one: it has 9 characters, blanks and hyphens not counted, and not 10"),
        ("NA", "stands for no PAN"),
        ("PANNOTAVBL", "stands for no PAN"),
    ],
)
def test_what_is_no_pan_says_what_it_is(problems: Problems, pan: str, said: str) -> None:
    (problem,) = problems(f"contacts: [{{key: acme, contact_name: A, pan: {pan}}}]")
    assert (problem.code, problem.severity, problem.pointer) == ("P1", Severity.ERROR, "/contacts/0/pan")
    assert problem.message == f'the PAN "{pan}" of the contact acme {said}'
    assert problem.help


def test_a_holder_on_whom_the_sources_disagree_is_a_warning() -> None:
    found = fault("AAPKU0939F")
    assert found is not None
    assert found[1] is Severity.WARNING


def contact(pan: str, gstin: str) -> str:
    return f"contacts: [{{key: acme, contact_name: A, pan: {pan}, gst_no: {gstin}}}]"


def test_the_pan_and_the_one_in_the_gstin_agree(problems: Problems) -> None:
    assert problems(contact("aapfu 0939f", "27AAPFU0939F1ZV")) == []
    (problem,) = problems(contact("AABCF9012G", "27AAPFU0939F1ZV"))
    assert (problem.code, problem.pointer) == ("G4", "/contacts/0/pan")
    assert "AAPFU0939F" in problem.message
    assert [place.file for place in problem.related] == ["contacts/0/gst_no"]


@pytest.mark.parametrize(
    "gstin",
    ["27AAPFU0949F1ZV", "27AAPFU0938F1ZV", "27AAPXU0939F1ZV"],  # the last one holds no PAN at all
)
def test_a_mistyped_pan_in_a_gstin_is_told_once_and_put_right_with_the_pan_beside_it(
    problems: Problems, gstin: str
) -> None:
    (problem,) = problems(contact("AAPFU0939F", gstin))
    assert (problem.code, problem.severity, problem.pointer) == ("G4", Severity.ERROR, "/contacts/0/gst_no")
    assert problem.message == (
        f"the PAN AAPFU0939F of the contact acme is not the one in its GSTIN {gstin}, which is {gstin[2:12]}; "
        "the check character of the GSTIN is wrong as well"
    )
    assert problem.help == "did you mean 27AAPFU0939F1ZV? with that PAN in it, its check character is right"
    assert [place.file for place in problem.related] == ["contacts/0/pan"]


def test_where_neither_number_mends_the_other_both_faults_are_told_in_one(problems: Problems) -> None:
    (problem,) = problems(contact("AABCF9012G", "27AAPFU0939F1ZO"))
    assert (problem.code, problem.pointer) == ("G4", "/contacts/0/gst_no")
    assert problem.message.endswith("which is AAPFU0939F; the check character of the GSTIN is wrong as well")
    assert "copy both numbers" in problem.help


def test_each_is_told_for_itself_where_a_project_lowers_g4(problems: Problems) -> None:
    text = contact("AAPFU0939F", "27AAPFU0949F1ZV")
    assert [one.code for one in problems(text, rules={"G4": None})] == ["G2"]
    lowered = problems(text, rules={"G4": Severity.WARNING})
    assert [(one.code, one.severity) for one in lowered] == [("G2", Severity.ERROR), ("G4", Severity.WARNING)]
    assert [one.code for one in problems(text, rules={"G2": None})] == ["G4"]


def test_faults_that_no_pan_explains_stay_beside_g4(problems: Problems) -> None:
    assert [one.code for one in problems(contact("AAPFU0939F", "39AABCF9012G1ZQ"))] == ["G3", "G4"]
    start = "28AABCF9012G1Z"
    (former, other) = problems(contact("AAPFU0939F", start + check_character(start)))
    assert (former.code, former.severity, other.code) == ("G3", Severity.WARNING, "G4")


def test_a_wrong_pan_explains_nothing_of_a_gstin(problems: Problems) -> None:
    assert sorted(one.code for one in problems(contact("AAPXU0939F", "27AAPFU0939F1ZO"))) == ["G2", "P1"]


def test_a_gstin_without_a_pan_agrees_with_any(problems: Problems) -> None:
    start = "0717USA00012UN"
    assert problems(contact("AABCF9012G", start + check_character(start))) == []


def test_a_malformed_number_is_told_once(problems: Problems) -> None:
    assert [one.code for one in problems(contact("AAPFU0939", "27AAPFU0939F1ZV"))] == ["P1"]
    assert [one.code for one in problems(contact("AAPFU0939F", "27AAPFU0939F1Z"))] == ["G1"]


def test_a_pan_alone_is_judged_alone(problems: Problems) -> None:
    assert problems("contacts: [{key: acme, contact_name: A, pan: AAPFU0939F}]") == []
