"""References of payments: R3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.model import Problem, Ref, Severity

Problems = Callable[..., list[Problem]]
Codes = Callable[..., list[tuple[str, str]]]


def pay(reference: str, amount: str, contact: str = "acme", more: str = "", mode: str = "BANK_TRANSFER") -> str:
    return (
        f'{{flow: INCOMING, contact: {contact}, date: 2026-05-19, amount: "{amount}", mode: {mode}, '
        f"reference_number: '{reference}'{more}}}"
    )


def text(*payments: str) -> str:
    keyed = [one.replace("{", f"{{key: P{at}, ", 1) for at, one in enumerate(payments)]
    contacts = "contacts: [{key: acme, contact_name: Acme}, {key: zen, contact_name: Zen}]"
    return f"{contacts}\npayments: [{', '.join(keyed)}]"


def next_day(payment: str) -> str:
    return payment.replace("05-19", "05-20")


UTR = "AXISP00809861929"


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (pay(UTR, "20", "zen"), "are of different contacts"),
        (pay(UTR.lower(), "20", "zen"), "are of different contacts"),
        (pay(UTR, "10", "zen"), "and the same amount"),
        (pay(UTR, "10").replace("05-19", "05-20"), "the same amount"),
    ],
)
def test_one_reference_on_two_payments_is_warned_of(problems: Problems, second: str, words: str) -> None:
    (problem,) = problems(text(pay(UTR, "10"), second))
    assert (problem.code, problem.severity) == ("R3", Severity.WARNING)
    assert problem.pointer == "/payments/1/reference_number"
    assert words in problem.message
    assert [place.file for place in problem.related] == ["payments/0/reference_number"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pay(UTR, "10"), pay(UTR, "20")),  # one transfer, entered in two parts
        (pay(UTR, "10"), pay(UTR[:-1], "10", "zen")),
        (pay("Cash", "10"), pay("Cash", "10", "zen")),
        (pay("NEFT transfer", "10"), pay("NEFT transfer", "10", "zen")),
        (pay("PO 17", "10"), pay("PO 17", "10", "zen")),
        (pay("000123", "10", mode="CHEQUE"), pay("000123", "20", "zen", mode="CHEQUE")),  # of two cheque books
        (pay("CHQ 000123", "10", mode="CHEQUE"), pay("CHQ 000123", "10", "zen", mode="CHEQUE")),
        (pay("012345", "10", mode="CHEQUE"), pay("012345", "20", mode="CHEQUE")),
        (pay("1234", "10"), next_day(pay("1234", "10"))),  # an order that is paid in two halves
        (pay("Cash book 2025-26", "10"), pay("Cash book 2025-26", "10", "zen")),
        (pay("20/06/2025", "10"), pay("20/06/2025", "10", "zen")),
        (pay("20062025", "10"), pay("20062025", "10", "zen")),
        (pay("2025-06-20", "10"), pay("2025-06-20", "10", "zen")),
        (pay("rent June2025", "10"), pay("rent June2025", "10", "zen")),
        (pay("by hand 20Jun2025", "10"), pay("by hand 20Jun2025", "10", "zen")),
        (pay("1048576", "10", mode="CASH"), pay("1048576", "10", "zen", mode="CASH")),
        (pay(UTR, "10"), pay(UTR, "10").replace("INCOMING", "OUTGOING").replace("05-19", "05-20")),  # paid back
    ],
)
def test_what_may_well_be_two_payments_is_fine(codes: Codes, first: str, second: str) -> None:
    assert codes(text(first, second)) == []


@pytest.mark.parametrize("reference", ["4261 1234 5678", "UTR-1234567", "N152253062837", "SBIN0R5202506 / 998877665"])
def test_a_bank_and_people_write_a_reference_in_many_ways(codes: Codes, reference: str) -> None:
    both = text(pay(reference, "10"), pay(reference, "20", "zen"))
    assert codes(both) == [("R3", "/payments/1/reference_number")]


@pytest.mark.parametrize("second", ["012345", "CHQ 012345", "Cheque no. 12345"])
def test_the_number_of_one_cheque_with_one_amount_of_one_contact_is_told(problems: Problems, second: str) -> None:
    first = pay("012345", "10", mode="CHEQUE")
    (problem,) = problems(text(first, next_day(pay(second, "10", mode="CHEQUE"))))
    assert (problem.code, problem.severity, problem.pointer) == (
        "R3",
        Severity.WARNING,
        "/payments/1/reference_number",
    )
    assert problem.message.endswith("and the same amount")


def test_a_cheque_that_lost_its_zero_is_told_twice_and_as_what_it_is(problems: Problems) -> None:
    found = problems(text(*(pay("12345", "10", mode="CHEQUE"), next_day(pay("12345", "10", mode="CHEQUE")))))
    assert [(one.pointer[:11], one.severity) for one in found if "same" in one.message] == [
        ("/payments/1", Severity.WARNING)
    ]
    assert [one.severity for one in found if "has 5 digits" in one.message] == [Severity.INFO] * 2


def test_two_spellings_of_one_cheque_are_both_named(problems: Problems) -> None:
    first, second = pay("000123", "10", mode="CHEQUE"), next_day(pay("CHQ 123", "10", mode="CHEQUE"))
    (problem,) = problems(text(first, second))
    assert 'have the references "CHQ 123" and "000123", which are one number of a cheque, and' in problem.message


def test_a_duplicate_document_is_not_told_again(codes: Codes) -> None:
    assert codes(text(pay(UTR, "10"), pay(UTR, "10"))) == [("duplicate-document", "/payments/1")]


def test_a_key_is_the_reference_where_none_is_given(codes: Codes) -> None:
    keyed = text(pay("X", "10"), pay("P00001", "20", "zen")).replace("key: P0", "key: P00001")
    keyed = keyed.replace(", reference_number: 'X'", "")
    assert codes(keyed) == [("R3", "/payments/1/reference_number")]


@pytest.mark.parametrize(
    ("mode", "reference", "severity"),
    [
        ("UPI", "61081827445", Severity.INFO),
        ("UPI", "meera.k@okhdfc", Severity.INFO),
        ("CHEQUE", "123", Severity.INFO),
        ("BANK_TRANSFER", "1234567890123450000", Severity.WARNING),
    ],
)
def test_a_form_that_does_not_fit_is_told_and_never_an_error(
    problems: Problems, mode: str, reference: str, severity: Severity
) -> None:
    (problem,) = problems(text(pay(reference, "10", mode=mode)))
    assert (problem.code, problem.severity, problem.pointer) == ("R3", severity, "/payments/0/reference_number")


@pytest.mark.parametrize(
    ("mode", "reference"),
    [
        ("UPI", "610818274455"),
        ("UPI", "HDFC0f3a9c77b2e14d5ab1c2d3e4f5a6b7c8"),
        ("UPI", "paid by Meera"),
        ("CHEQUE", "000123"),
        ("CHEQUE", "cheque 123 of SBI"),
        ("BANK_TRANSFER", "123"),
        ("BANK_TRANSFER", "1234567890123450"),
        ("BANK_TRANSFER", "HDFCR52026051900012345"),
        ("CASH", "17"),
    ],
)
def test_forms_that_occur_are_fine(codes: Codes, mode: str, reference: str) -> None:
    assert codes(text(pay(reference, "10", mode=mode))) == []


def test_a_key_has_any_form(codes: Codes) -> None:
    assert codes(text(pay("X", "10", mode="UPI")).replace(", reference_number: 'X'", "")) == []


def test_a_contact_by_key_and_one_by_id_may_be_the_same(codes: Codes) -> None:
    by_id = pay(UTR, "20").replace("contact: acme", "contact_id: ct_1")
    assert codes(text(pay(UTR, "10"), by_id)) == []
    assert codes(text(pay(UTR, "10"), by_id, pay(UTR, "30", "zen"))) == [("R3", "/payments/2/reference_number")]
    assert codes(text(by_id, pay(UTR, "10"), by_id.replace("ct_1", "ct_2").replace('"20"', '"30"'))) == [
        ("R3", "/payments/2/reference_number")
    ]


def test_a_payment_that_only_the_state_knows_had_its_reference_first(problems: Problems) -> None:
    told = {"key": "OLD", "flow": "INCOMING", "contact": "zen", "date": "2026-05-19", "mode": "BANK_TRANSFER"}
    said = {Ref("payments", "OLD"): {**told, "amount": "20", "reference_number": UTR}}
    (problem,) = problems(text(pay(UTR, "10")), said=said)
    assert (problem.code, problem.pointer) == ("R3", "/payments/0/reference_number")
    assert "the payment OLD (in the state) have the same reference" in problem.message
    assert problem.related == ()


def test_two_payments_of_the_state_are_done(problems: Problems) -> None:
    told = {"flow": "INCOMING", "contact": "acme", "mode": "BANK_TRANSFER", "amount": "10", "reference_number": UTR}
    said = {Ref("payments", key): {"key": key, "date": "2026-05-19", **told} for key in ("A", "B")}
    (problem,) = problems(text(pay(UTR, "20", "zen")), said=said)
    assert "are of different contacts" in problem.message
