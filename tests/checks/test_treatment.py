"""G6: the treatment of a contact, against its GSTIN."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from importer.checks import check
from importer.model import Manifest, Problem, Severity

Problems = Callable[..., list[Problem]]

ORDINARY = "27AAPFU0939F1ZV"


def contact(**fields: str) -> str:
    return f"contacts: [{ {'key': 'acme', 'contact_name': 'A', **fields} }]"


@pytest.mark.parametrize("word", ["UNREGISTERED", "CONSUMER", "OVERSEAS", "BUSINESS_NONE", "NON_SEZ", "REGULAR", "ANY"])
def test_without_a_gstin_any_other_word_passes(problems: Problems, word: str) -> None:
    assert problems(contact(gst_treatment=word)) == []


@pytest.mark.parametrize("word", ["REGISTERED", "SEZ", "COMPOSITION", "TAX_DEDUCTOR", "BUSINESS_GST", "ANY"])
def test_with_a_gstin_any_word_passes_that_leaves_room_for_one(problems: Problems, word: str) -> None:
    assert problems(contact(gst_treatment=word, gst_no=ORDINARY)) == []


def test_nothing_is_asked_of_a_contact_without_a_treatment(problems: Problems) -> None:
    assert problems(contact()) == []
    assert problems(contact(gst_no=ORDINARY)) == []


def test_a_registered_contact_without_a_gstin_is_an_error(problems: Problems) -> None:
    (problem,) = problems(contact(gst_treatment="REGISTERED"))
    assert (problem.code, problem.severity, problem.pointer) == ("G6", Severity.ERROR, "/contacts/0/gst_treatment")
    assert problem.message == "the contact acme is REGISTERED, but has no `gst_no`"
    assert "leave `gst_treatment` out" in problem.help


@pytest.mark.parametrize(
    "word",
    [
        *("REGISTERED_REGULAR", "REGISTERED_COMPOSITION", "COMPOSITION", "SEZ", "SEZ_UNIT", "SEZ_DEVELOPER"),
        *("BUSINESS_GST", "BUSINESS_REGISTERED_COMPOSITION", "BUSINESS_SEZ", "BUSINESS_SEZ_DEVELOPER"),
    ],
)
def test_whatever_other_programs_call_it_a_registration_has_a_gstin(problems: Problems, word: str) -> None:
    (problem,) = problems(contact(gst_treatment=word))
    assert (problem.code, problem.severity) == ("G6", Severity.ERROR)
    assert problem.message == f"the contact acme is {word}, but has no `gst_no`"


@pytest.mark.parametrize("word", ["DEEMED_EXPORT", "TAX_DEDUCTOR", "TAX_COLLECTOR", "INPUT_SERVICE_DISTRIBUTOR"])
def test_who_is_registered_by_other_sections_is_warned_of(problems: Problems, word: str) -> None:
    (problem,) = problems(contact(gst_treatment=word))
    assert (problem.code, problem.severity) == ("G6", Severity.WARNING)


@pytest.mark.parametrize("word", ["UNREGISTERED", "CONSUMER", "OVERSEAS", "BUSINESS_NONE", "BUSINESS_UNREGISTERED"])
def test_an_ordinary_gstin_where_there_can_be_none_is_a_warning(problems: Problems, word: str) -> None:
    (problem,) = problems(contact(gst_treatment=word, gst_no=ORDINARY.lower()))
    assert (problem.code, problem.severity, problem.pointer) == ("G6", Severity.WARNING, "/contacts/0/gst_treatment")
    assert f'is {word}, but has the GSTIN "{ORDINARY.lower()}"' in problem.message
    assert "REGISTERED" in problem.help
    assert [place.file for place in problem.related] == ["contacts/0/gst_no"]


@pytest.mark.parametrize(
    ("word", "gstin"),
    [
        ("OVERSEAS", "9917USA00012OSN"),  # OIDAR: registered from abroad
        ("OVERSEAS", "0717USA00012NRF"),  # a non-resident
        ("UNREGISTERED", "0717USA00012UNU"),  # an embassy
        ("CONSUMER", "27AAACG0569P1DG"),  # an office that only deducts tax
    ],
)
def test_the_number_of_no_ordinary_registration_is_no_contradiction(problems: Problems, word: str, gstin: str) -> None:
    assert "G6" not in [one.code for one in problems(contact(gst_treatment=word, gst_no=gstin))]


def test_a_gstin_without_the_form_of_one_is_told_once(problems: Problems) -> None:
    assert [one.code for one in problems(contact(gst_treatment="REGISTERED", gst_no="27"))] == ["G1"]
    assert [one.code for one in problems(contact(gst_treatment="CONSUMER", gst_no="27"))] == ["G1"]


def test_nothing_is_missed_in_a_contact_that_could_not_be_read_whole(manifest: Callable[[str], Manifest]) -> None:
    whole = manifest(contact(gst_treatment="REGISTERED"))
    (document,) = whole.documents
    assert check(replace(whole, documents=(replace(document, sound=False),))) == ()
