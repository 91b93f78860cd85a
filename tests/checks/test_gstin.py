"""The tables of the GST rules, section 1, row by row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from importer.checks.gstin import faults
from importer.checks.gstin_forms import ALPHABET, check_character, form_of, pan_in, repaired
from importer.manifest.typed import compact
from importer.model import Problem, Severity

VALID = [
    "27AAPFU0939F1ZV",
    "29AABCF9012G1ZQ",
    "33AAGCT4567L1ZX",
    "07ABCPK1234M2ZR",
    "24AAJFB7788Q1ZI",
    "09AAATN2468R1ZT",
    "32ABDHS1357E1ZG",
    "36AAFCC9876DAZ3",
    "26AAGFD5566J1Z5",
    "37AAKCA7788H1Z0",
    "38AACCL1122F1ZZ",  # python-stdnum refuses this state, and the next
    "97AAFCO3344K1Z2",
    "27AAACG0569P1DG",  # and these fourteenth characters
    "27AAACF8787J1CB",
    "04AABFN9870CMZT",
]
INVALID = {
    "27AAPFU0939F1ZO": "G2",
    "27AAPFU0939F1Z": "G1",
    "27AAPFU0939F1ZVV": "G1",
    "27AAPFUO939F1ZV": "G1",
    "39AABCF9012G1ZQ": "G3",
    "72AAPFU0939F1ZV": "G3",
    "00AABCE2207R1ZQ": "G3",
    "29AABXF9012G1ZQ": "G1",
    "27AAPUF0939F1ZV": "G1",
    "27AAPFU0000F1ZV": "G1",
    "27AAPFU0939F0ZV": "G1",
    "29AABCT1332L1ZV": "G2",
    "22AAAAA0000A1Z5": "G1",
    "27ABCDE1234F1Z5": "G1",
    "22ABCIK123401Z5": "G1",
    "02AMBPG7773M002": "G1",
    "": "G1",
    "\u0968\u096dAAPFU0939F1ZV": "G1",
    "27AAPFU0939F1Z\u0131": "G1",
}


@pytest.mark.parametrize("gstin", VALID)
def test_a_valid_number_passes(gstin: str) -> None:
    assert list(faults(gstin)) == []


@pytest.mark.parametrize(("gstin", "code"), INVALID.items())
def test_an_invalid_number_has_one_fault(gstin: str, code: str) -> None:
    assert [(fault.code, fault.severity) for fault in faults(gstin)] == [(code, Severity.ERROR)]


def test_the_right_check_character_is_named() -> None:
    (fault,) = faults("27AAPFU0939F1ZO")
    assert fault.message == "ends with O, but its other characters ask for V"


def test_a_letter_for_a_digit_is_put_right_in_a_suggestion_only() -> None:
    (fault,) = faults("27AAPFUO939F1ZV")
    assert "27AAPFU0939F1ZV" in fault.help
    assert repaired("27AAPFU0000F1ZV") is None


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("27AAPFU0939FIZV", "27AAPFU0939F1ZV"),
        ("27AAPFU0939F12V", "27AAPFU0939F1ZV"),
        ("27AAPFU0939FI2V", "27AAPFU0939F1ZV"),
    ],
)
def test_a_letter_for_a_digit_that_keeps_the_form_is_put_right_in_a_suggestion(text: str, right: str) -> None:
    fault = next(faults(text))
    assert fault.code == "G2"
    assert f"did you mean {right}?" in fault.help


def test_where_no_other_spelling_fits_none_is_suggested() -> None:
    (fault,) = faults("29AABCT1332L1ZV")
    assert "did you mean" not in fault.help


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("27AAPFU0939F1Z", "has 14 characters and not 15"),
        ("7", "has 1 character and not 15"),
        ("27AAPFU-939F1ZV", "has 14 characters, blanks and hyphens not counted, and not 15"),
        (" 27AAPFU0939F1Z ", "has 14 characters and not 15"),
    ],
)
def test_a_wrong_length_says_what_is_counted(text: str, said: str) -> None:
    (fault,) = faults(text)
    assert fault.message == said


@pytest.mark.parametrize("text", ["URP", "urp", "NA", "n/a", "-", "--", "", "Nil", "Not applicable"])
def test_a_word_for_no_number_is_told_to_be_left_out(text: str) -> None:
    (fault,) = faults(text)
    assert (fault.code, fault.severity) == ("G1", Severity.ERROR)
    assert fault.help == "leave it empty for a customer or vendor without one"


def test_an_unusual_fourteenth_character_is_a_warning() -> None:
    assert [(one.code, one.severity) for one in faults("27AAPFU0939F1AA")] == [("G1", Severity.WARNING)]


@pytest.mark.parametrize(("prefix", "now"), [("25", "26"), ("28", "37")])
def test_a_state_that_is_no_more_is_a_warning(prefix: str, now: str) -> None:
    start = prefix + "AAPFU0939F1Z"
    (fault,) = faults(start + check_character(start))
    assert (fault.code, fault.severity) == ("G3", Severity.WARNING)
    assert now in fault.help


@pytest.mark.parametrize(
    ("start", "form"),
    [
        ("0717USA00012UN", "UN body or embassy"),
        ("0717USA00012NR", "non-resident"),
        ("9917USA00012OS", "OIDAR"),
    ],
)
def test_a_number_of_no_state_has_a_form_of_its_own_and_an_unproven_check(start: str, form: str) -> None:
    right = start + check_character(start)
    found = form_of(right)
    assert found is not None
    assert found.name == form
    assert list(faults(right)) == []
    assert pan_in(right) is None
    wrong = start + ("A" if right[14] != "A" else "B")
    assert [(one.code, one.severity) for one in faults(wrong)] == [("G2", Severity.WARNING)]


def test_a_deductor_may_be_known_by_a_tan() -> None:
    start = "27MUMD12345A1D"
    assert list(faults(start + check_character(start))) == []
    assert pan_in(start + check_character(start)) is None


def test_a_government_number_is_of_a_state() -> None:
    assert [one.code for one in faults("40ABCD12345E1Z5")] == ["G3"]


@pytest.mark.parametrize("text", ["27 aapfu0939f1zv", " 27-AAPFU-0939F-1ZV\u00a0"])
def test_blanks_hyphens_and_small_letters_do_not_matter(text: str) -> None:
    assert compact(text) == "27AAPFU0939F1ZV"
    assert list(faults(text)) == []


@given(st.integers(0, 14), st.sampled_from(ALPHABET), st.sampled_from(VALID))
def test_every_single_wrong_character_is_caught(at: int, letter: str, gstin: str) -> None:
    assume(gstin[at] != letter)
    assert [one for one in faults(gstin[:at] + letter + gstin[at + 1 :]) if one.severity is Severity.ERROR]


@given(st.text(ALPHABET, min_size=14, max_size=14))
def test_the_check_character_is_the_sum_that_the_rules_describe(start: str) -> None:
    products = [ALPHABET.index(letter) * (1 + at % 2) for at, letter in enumerate(start)]
    total = sum(one // 36 + one % 36 for one in products)
    assert check_character(start) == ALPHABET[(36 - total % 36) % 36]


@given(st.text(max_size=20))
def test_no_text_breaks_the_rules(text: str) -> None:
    assert all(fault.help for fault in faults(text))


def test_the_fault_is_told_where_it_stands(problems: Callable[..., list[Problem]]) -> None:
    (problem,) = problems("contacts: [{key: acme, contact_name: A, gst_no: 27AAPFU0939F1ZO}]")
    assert (problem.code, problem.pointer) == ("G2", "/contacts/0/gst_no")
    assert "of the contact acme ends with O" in problem.message
