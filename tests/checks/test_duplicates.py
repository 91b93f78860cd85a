from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.checks import duplicates
from importer.model import Problem

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]


def payment(key: str, *, amount: str = "50", day: str = "2026-05-19", contact: str = "ct_1", more: str = "") -> str:
    return f'  - {{key: {key}, flow: INCOMING, contact_id: {contact}, date: {day}, amount: "{amount}"{more}}}\n'


def note(key: str, more: str = "", lines: str = '{name: A, quantity: "1", rate: "9"}') -> str:
    return f"  - {{key: {key}, customer_id: ct_1, date: 2026-05-19, line_items: [{lines}]{more}}}\n"


SAME = ", reference_number: UTR-9"


def test_same_party_day_total_and_reference_is_a_duplicate(problems: Problems) -> None:
    (problem,) = problems("payments:\n" + payment("A", more=SAME) + payment("B", more=SAME))
    assert (problem.code, problem.pointer) == ("duplicate-document", "/payments/1")
    assert [place.file for place in problem.related] == ["payments/0"]
    for told in ("payment B", "payment A", "ct_1", "2026-05-19", "50.00", "UTR-9"):
        assert told in problem.message


@pytest.mark.parametrize(
    "other",
    [
        payment("B", more=SAME, amount="51"),
        payment("B", more=SAME, day="2026-05-20"),
        payment("B", more=SAME, contact="ct_2"),
        payment("B", more=", reference_number: UTR-8"),
        payment("B"),
    ],
)
def test_one_difference_makes_it_another_document(codes: Codes, other: str) -> None:
    assert codes("payments:\n" + payment("A", more=SAME) + other) == []


def test_the_key_stands_for_a_reference_that_is_not_given(codes: Codes) -> None:
    assert codes("payments:\n" + payment("UTR-9") + payment("B", more=SAME)) == [("duplicate-document", "/payments/1")]


def test_totals_are_compared_as_amounts(codes: Codes) -> None:
    text = "payments:\n" + payment("A", more=SAME) + payment("B", more=SAME, amount="50.00")
    assert [code for code, _ in codes(text)] == ["duplicate-document"]


def test_computed_totals_are_compared_too(codes: Codes) -> None:
    two = '{name: B, quantity: "2", rate: "4.50"}'
    assert [code for code, _ in codes("credit_notes:\n" + note("A", SAME) + note("B", SAME, two))] == [
        "duplicate-document"
    ]


def test_of_equal_hashes_the_documents_themselves_are_compared(
    problems: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "hash", lambda _: 7, raising=False)
    keys = [
        payment(key, amount=amount, more=SAME) for key, amount in zip("ABCD", ("50", "51", "52", "51"), strict=True)
    ]
    (problem,) = problems("payments:\n" + "".join(keys))
    assert (problem.pointer, [place.file for place in problem.related]) == ("/payments/3", ["payments/1"])


def test_a_third_one_is_told_as_well(codes: Codes) -> None:
    text = "payments:\n" + "".join(payment(key, more=SAME) for key in "ABC")
    assert [pointer for _, pointer in codes(text)] == ["/payments/1", "/payments/2"]


@pytest.mark.parametrize("spoiled", ["date: soon", 'date: 2026-05-19, amount: "many"'])
def test_what_cannot_be_read_is_not_compared(codes: Codes, spoiled: str) -> None:
    one = f"  - {{key: A, flow: INCOMING, contact_id: c, {spoiled}{SAME}}}\n"
    text = "payments:\n" + one + one.replace("key: A", "key: B")
    assert not [code for code, _ in codes(text) if code == "duplicate-document"]


def test_a_key_of_101_characters_needs_a_reference(codes: Codes) -> None:
    assert codes("payments:\n" + payment("K" * 100)) == []
    assert codes("payments:\n" + payment("K" * 101)) == [("key-too-long-for-reference", "/payments/0/key")]
    assert codes("payments:\n" + payment("K" * 101, more=SAME)) == []


def test_a_contact_has_no_reference_to_be_too_long_for(codes: Codes) -> None:
    assert codes(f"contacts: [{{key: {'K' * 128}, contact_name: A}}]") == []


def test_a_refund_may_keep_the_reference_of_the_receipt(codes: Codes) -> None:
    refund = payment("B", more=SAME).replace("INCOMING", "OUTGOING")
    assert codes("payments:\n" + payment("A", more=SAME) + refund) == []
