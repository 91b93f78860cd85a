"""What is said of a number that is refused, and what is proposed: nothing that rounds money."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.manifest.odd_numbers import oddity
from importer.schema import packaged

FIELDS = {
    "money": packaged("payments")["properties"]["amount"],
    "signed": packaged("contacts")["properties"]["opening_balance"],
    "decimal": packaged("items")["properties"]["rate"],
    "integer": packaged("contacts")["properties"]["payment_terms"],
}
ABOVE = "only zero and above can stand here"

TABLE = [
    ("decimal", "1 nos", '"nos" stands behind its digits', "write 1; a unit belongs into the item"),
    ("decimal", "12kg", '"kg" stands behind its digits', "write 12; a unit belongs into the item"),
    ("decimal", "500 only", '"only" stands behind its digits', "write 500 alone"),
    ("integer", "45 days", '"days" stands behind its digits', "write 45 alone"),
    ("money", "1,200 only", '"only" stands behind its digits', "write 1200 alone"),
    ("money", "12 lakh", '"lakh" stands behind its digits', "write plain digits, as in 1200000"),
    ("money", "1.25 Lacs", '"Lacs" stands behind its digits', "write plain digits, as in 125000"),
    ("money", "1.234567 lakh", '"lakh" stands behind its digits', "write plain digits, as in 123456.7"),
    ("money", "1.23456789 lakh", '"lakh" stands behind its digits', "write plain digits, as in 1234.50"),
    ("decimal", "3 crores.", '"crores" stands behind its digits', "write plain digits, as in 30000000"),
    ("money", "-5 only", "", "write plain digits, as in 1234.50"),
    ("integer", "-1", "it is negative", ABOVE),
    (
        "decimal",
        "-1",
        "it is negative",
        f"{ABOVE}; what is given back is a credit note's line, with a positive quantity",
    ),
    ("money", "-0.00", "it is negative", "write plain digits, as in 0.00"),
    ("decimal", "12.3456789", "it has 7 decimals", "at most 6 decimals are taken"),
    ("decimal", "12.3400000", "it has 7 decimals", "write plain digits, as in 12.34"),
    ("money", "10.000", "it has 3 decimals", "write plain digits, as in 10"),
    ("integer", "30.00", "it has decimals", "write plain digits, as in 30"),
    ("integer", "30.5", "it has decimals", "no decimals are taken"),
    ("integer", "1234567890", "it has too many digits", "at most 9 digits are taken"),
    ("decimal", "12345678901234.567", "it has too many digits", "at most 13 digits before the point are taken"),
]


def said(of: str, text: str) -> tuple[str, ...]:
    found = oddity(FIELDS[of]["x-type"], FIELDS[of]["pattern"], text)
    return found.seen, found.help


@pytest.mark.parametrize(("of", "text", "seen", "help"), TABLE)
def test_a_refused_number_is_named_with_what_would_be_right(of: str, text: str, seen: str, help: str) -> None:
    assert said(of, text) == (seen, help)


@pytest.mark.parametrize(
    ("of", "text", "meant"),
    [
        ("decimal", "9.779999999999999", "9.78"),
        ("money", "299.99999999921", "300"),
        ("money", "0.30000000000000004", "0.3"),
        ("signed", "-1200.4999999999998", "-1200.5"),
    ],
)
def test_the_dust_of_a_computation_is_said_to_look_like_what_it_is(of: str, text: str, meant: str) -> None:
    assert said(of, text)[1].endswith(f"decimals are taken; it looks like {meant}, as a computer works it out")


@pytest.mark.parametrize(
    ("of", "text"),
    [("money", "10.005"), ("money", "0.0000000001"), ("decimal", "83.1234567"), ("money", "1.23499999999999999")],
)
def test_what_would_have_to_be_rounded_is_not_proposed(of: str, text: str) -> None:
    assert said(of, text)[1].endswith("decimals are taken")


@given(st.sampled_from(tuple(FIELDS)), st.text(alphabet="019.,-+ eEkgCrlah\u0967\n", max_size=40))
def test_whatever_is_written_is_answered_with_what_the_field_takes(of: str, text: str) -> None:
    proposed = re.fullmatch(r"write plain digits, as in (\S+)", said(of, text)[1])
    assert proposed is None or re.fullmatch(FIELDS[of]["pattern"], proposed[1])


@given(st.integers(1, 10**6), st.sampled_from([("lakh", 10**5), ("Crore", 10**7)]))
def test_lakh_and_crore_are_told_exactly_or_not_at_all(paise: int, word: tuple[str, int]) -> None:
    text = str(Decimal(paise).scaleb(-2))
    help = said("money", f"{text} {word[0]}")[1]
    assert Decimal(help.rpartition(" ")[2]) == Decimal(text) * word[1]
