"""H1 and H3: the lengths of codes, and goods against services. GST rules, section 5."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.model import Problem, Severity

Problems = Callable[..., list[Problem]]


def item(code: str, supply: str = "") -> str:
    return f"items: [{{key: w, name: W, hsn_sac: '{code}'{', type: ' + supply if supply else ''}}}]"


@pytest.mark.parametrize("code", ["01", "99", "0402", "9973", "997331", "090121", "01012100", "85171290"])
def test_a_code_of_two_four_six_or_eight_digits_passes(problems: Problems, code: str) -> None:
    assert problems(item(code)) == []


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("402", "did you mean 0402?"),
        ("90121", "did you mean 090121?"),
        ("1012100", "did you mean 01012100?"),
        ("30559", "did you mean 030559?"),  # this one and the next stand so in a published list of codes
        ("5119110", "did you mean 05119110?"),
        ("99733", "a SAC has six digits"),
        ("9973310", "a SAC has six digits"),
        ("0402100", "a digit is missing or one too many"),
        ("99831300", "did you mean 998313?"),
        ("99831314", "a SAC, which has six digits, such as 997331"),
    ],
)
def test_an_odd_length_is_a_warning_that_tells_what_was_meant(problems: Problems, code: str, right: str) -> None:
    (problem,) = problems(item(code))
    assert (problem.code, problem.severity, problem.pointer) == ("H1", Severity.WARNING, "/items/0/hsn_sac")
    assert f"the code {code} of the item w has {len(code)} digits" in problem.message
    assert right in problem.help


@pytest.mark.parametrize("code", ["", "4", "040210001", "99x", "04.02", "०४०", "402\n"])
def test_what_the_schema_refuses_is_not_told_again(problems: Problems, code: str) -> None:
    entry = {"key": "w", "name": "W", "hsn_sac": code}
    assert problems(f"items: [{entry}]".replace("\n", "\\n")) == []


def test_the_code_of_each_line_is_looked_at(codes: Callable[..., list[tuple[str, str]]]) -> None:
    text = """
    contacts: [{key: acme, contact_name: Acme}]
    invoices:
      - {key: I-1, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, line_items: [
          {name: a, quantity: 1, rate: 5, hsn_or_sac: '0402'},
          {name: b, quantity: 1, rate: 5, hsn_or_sac: '402'},
          {name: c, quantity: 1, rate: 5}]}
    """
    assert codes(text) == [("H1", "/invoices/0/line_items/1/hsn_or_sac")]


@pytest.mark.parametrize(
    ("code", "supply"),
    [("997331", "SERVICE"), ("99", "SERVICE"), ("0402", "GOODS"), ("0990", "GOODS"), ("9801", "GOODS"), ("9983", "")],
)
def test_goods_and_services_with_codes_of_their_own_pass(problems: Problems, code: str, supply: str) -> None:
    assert problems(item(code, supply)) == []


@pytest.mark.parametrize(
    ("code", "supply", "said", "right"),
    [
        ("997331", "GOODS", "the item w is goods, but 997331 is the code of a service", "write type: SERVICE, or"),
        ("84713010", "SERVICE", "the item w is a service, but 84713010 is the code of goods", "write type: GOODS, or"),
    ],
)
def test_the_code_of_the_other_is_a_warning(problems: Problems, code: str, supply: str, said: str, right: str) -> None:
    (problem,) = problems(item(code, supply))
    assert (problem.code, problem.severity, problem.pointer) == ("H3", Severity.WARNING, "/items/0/hsn_sac")
    assert said in problem.message
    assert right in problem.help
    assert [place.file for place in problem.related] == ["items/0/type"]


@pytest.mark.parametrize("code", ["402", "99733"])
def test_a_code_of_an_odd_length_is_not_held_against_the_type_as_well(problems: Problems, code: str) -> None:
    assert [one.code for supply in ("GOODS", "SERVICE") for one in problems(item(code, supply))] == ["H1", "H1"]


def billed(code: str, supply: str, item: str = "item: w") -> str:
    return f"""
    items: [{{key: w, name: W{", type: " + supply if supply else ""}}}]
    invoices: [{{key: I, customer_id: c, date: 2026-05-19, place_of_supply: IN-KA, line_items: [
        {{{item}, quantity: 1, rate: 5, hsn_or_sac: '{code}'}}]}}]
    """


@pytest.mark.parametrize(
    ("code", "supply", "said"),
    [
        ("998313", "GOODS", "line 1 of the invoice I has the code 998313 of a service, but the item w is goods"),
        ("0402", "SERVICE", "line 1 of the invoice I has the code 0402 of goods, but the item w is a service"),
    ],
)
def test_the_code_of_a_line_is_held_against_its_item(problems: Problems, code: str, supply: str, said: str) -> None:
    (problem,) = problems(billed(code, supply))
    assert (problem.code, problem.severity) == ("H3", Severity.WARNING)
    assert problem.pointer == "/invoices/0/line_items/0/hsn_or_sac"
    assert problem.message == said
    assert [place.file for place in problem.related] == ["items/0/type"]


@pytest.mark.parametrize(
    ("code", "supply", "item"),
    [
        ("998313", "SERVICE", "item: w"),
        ("0402", "GOODS", "item: w"),
        ("0402", "", "item: w"),
        ("998313", "GOODS", "name: A"),
        ("998313", "GOODS", "item_id: it_1"),
    ],
)
def test_a_line_that_agrees_with_its_item_or_has_none_is_fine(
    problems: Problems, code: str, supply: str, item: str
) -> None:
    assert problems(billed(code, supply, item)) == []


def test_a_line_of_an_item_that_there_is_not_is_told_once(problems: Problems) -> None:
    assert [one.code for one in problems(billed("998313", "GOODS", "item: x"))] == ["unresolved-reference"]


def test_a_type_that_there_is_not_raises_nothing(problems: Problems) -> None:
    assert problems(item("997331", "BOTH")) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.from_regex(r"[0-9]{2,8}", fullmatch=True), supply=st.sampled_from(["GOODS", "SERVICE"]))
def test_a_code_has_one_problem_at_most(problems: Problems, code: str, supply: str) -> None:
    is_service = code.startswith("99")
    right = len(code) % 2 == 0 and is_service == (supply == "SERVICE") and not (is_service and len(code) == 8)
    assert len(problems(item(code, supply))) == (0 if right else 1)
