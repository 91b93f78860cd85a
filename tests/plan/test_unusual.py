from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from importer.checks.rates import OfflineRates
from importer.model import Action, Document, Place, Ref, StepId
from importer.plan.build import build
from importer.plan.decide import decide
from importer.plan.expected import Expectations
from importer.plan.known import Known
from importer.plan.unusual import FEWEST_AMOUNTS, MANY, notes
from importer.plan.value import Note, Step
from plan.books import SALE, documents, manifest, receipts_of

TODAY = date(2026, 11, 23)


class Somewhere:
    def at(self, path: object, *, of_key: bool = False) -> Place:
        return Place("books.yaml", 4, 1)


def create(key: str, amount: str, kind: str = "invoices", **fields: Any) -> Step:
    """A create of an amount, each for a customer of its own unless ``fields`` say otherwise."""
    party = {"invoices": "customer", "credit_notes": "customer", "payments": "contact"}[kind]
    given = {"key": key, "date": "2026-11-01", party: f"c-{key}", **fields}
    document = Document(kind, key, given, "books.yaml", 0, Somewhere())
    return Step(StepId(kind, key), Action.CREATE, document, document.place(), amount=Decimal(amount))


def found(steps: list[Step], code: str) -> list[Note]:
    return [note for note in notes(steps, TODAY) if note.code == code]


def told(steps: list[Step], code: str) -> list[str]:
    return [note.message for note in found(steps, code)]


def plain(number: int, amount: str = "100", kind: str = "invoices", **fields: Any) -> list[Step]:
    return [create(f"{kind}-{at}", amount, kind, **fields) for at in range(number)]


def test_an_amount_ten_times_the_middle_one_stands_out() -> None:
    assert told([*plain(20), create("X", "1000.01")], "largest-amount") == [
        "The largest invoice of this plan is more than 10 times the usual 100.00: X (1,000.01)."
    ]
    assert told([*plain(20), create("X", "1000")], "largest-amount") == []


def test_three_at_most_stand_out_the_largest_first() -> None:
    large = [create(f"X{number}", f"{number}00000") for number in (5, 8, 7, 6)]
    (message,) = told([*plain(20), *large], "largest-amount")
    assert message == (
        "The largest invoices of this plan are more than 10 times the usual 100.00: "
        "X8 (8,00,000.00), X7 (7,00,000.00), X6 (6,00,000.00)."
    )


@pytest.mark.parametrize(("number", "stands_out"), [(FEWEST_AMOUNTS - 2, False), (FEWEST_AMOUNTS - 1, True)])
def test_among_a_few_nothing_stands_out(number: int, stands_out: bool) -> None:
    assert bool(told([*plain(number), create("X", "100000")], "largest-amount")) is stands_out


def test_kinds_and_currencies_are_not_compared_with_each_other() -> None:
    dollars = [create(f"D{at}", "5000", currency_code="USD") for at in range(20)]
    assert told([*plain(20), *dollars, *plain(20, "5000", "payments")], "largest-amount") == []
    large = create("X", "60000", currency_code="USD")
    assert told([*plain(20), *dollars, large], "largest-amount")[0].endswith("usual USD 5,000.00: X (USD 60,000.00).")


def test_a_long_plan_names_its_largest_documents_and_a_short_one_lists_them_anyway() -> None:
    assert told([*plain(MANY), create("X", "200")], "largest") == ["The largest invoice is X: 200.00."]
    assert told([*plain(MANY - 1), create("X", "200")], "largest") == []
    assert told([*plain(MANY), create("X", "200000")], "largest") == []  # it stands out, and is told of as that


def test_one_amount_to_one_customer_on_one_day_under_two_keys_may_be_one_document() -> None:
    twice = [create("A", "500", customer="acme"), create("B", "500.00", customer="acme")]
    assert told(twice, "same-again") == [
        "2 invoices under different keys agree in customer, date and total: A and B (acme, 2026-11-01, 500.00)."
    ]
    (note,) = found(twice, "same-again")
    assert note.steps == (StepId("invoices", "A"), StepId("invoices", "B"))
    assert note.place == Place("books.yaml", 4, 1)


@pytest.mark.parametrize(
    "other",
    [
        create("B", "500.01", customer="acme"),
        create("B", "500", customer="zen"),
        create("B", "500", customer="acme", date="2026-11-02"),
        create("B", "500", customer="acme", currency_code="USD"),
        create("B", "500", "credit_notes", customer="acme"),
    ],
    ids=["amount", "customer", "date", "currency", "kind"],
)
def test_what_differs_in_anything_of_it_is_another_document(other: Step) -> None:
    assert told([create("A", "500", customer="acme"), other], "same-again") == []


def test_customers_by_their_ids_are_compared_as_well_and_unknown_ones_are_not() -> None:
    by_id = [create(key, "500", "payments", contact="", contact_id="ct_1") for key in "AB"]
    assert "(ct_1, 2026-11-01, 500.00)" in told(by_id, "same-again")[0]
    assert told([create(key, "500", "payments", contact="") for key in "AB"], "same-again") == []


def test_many_that_agree_are_one_note_for_each_kind() -> None:
    steps = [create(f"{customer}{at}", "500", customer=customer) for customer in "ABCDE" for at in range(5)]
    (message,) = told(steps, "same-again")
    assert message.startswith("25 invoices under different keys agree in customer, date and total: ")
    assert message.count("2026-11-01") == 3 and message.endswith("and 2 more.")
    assert "A0, A1, A2 and 2 more (A, 2026-11-01, 500.00); B0" in message


def payment(key: str, amount: str, *settled: str, **fields: Any) -> Step:
    entries = [{"invoice": f"I-{at}", "amount": one} for at, one in enumerate(settled)]
    return create(key, amount, "payments", **{"flow": "INCOMING", "allocations": entries, **fields})


def test_money_that_settles_nothing_is_told_of_with_its_sum() -> None:
    steps = [payment("P1", "500", "300", "150"), payment("P2", "1000"), payment("P3", "80", "80")]
    (message,) = told(steps, "unapplied")
    assert message == (
        "2 payments settle less than they come to, and 1,050.00 stays open as an advance or credit: "
        "P2 (1,000.00), P1 (50.00)."
    )


def test_a_note_that_is_applied_in_part_is_told_of() -> None:
    entries = [{"invoice": "I", "amount": "40"}]
    assert told([create("CN", "100", "credit_notes", applications=entries)], "unapplied") == [
        "1 credit note settles less than it comes to, and 60.00 stays open as an advance or credit: CN (60.00)."
    ]


@pytest.mark.parametrize(
    "step",
    [
        payment("P", "100", "99"),
        payment("P", "100", flow="OUTGOING"),
        create("CN", "100", "credit_notes", bill_id="bill_1"),
        create("I", "100"),
    ],
    ids=["a rupee of rounding", "a vendor's payment", "a vendor's note", "an invoice"],
)
def test_rounding_and_what_is_no_customers_money_is_not_told_of(step: Step) -> None:
    assert told([step], "unapplied") == []


def test_open_rests_of_two_currencies_are_not_added() -> None:
    steps = [payment("P1", "500"), payment("P2", "70", currency_code="USD")]
    assert [message.partition(" and ")[2].partition(" stays")[0] for message in told(steps, "unapplied")] == [
        "500.00",
        "USD 70.00",
    ]


def test_what_alarms_most_comes_first_and_plain_information_last() -> None:
    names = [Step(StepId("contacts", key), Action.CREATE, contact(key, name)) for key, name in NEAR.items()]
    steps = [*names, *plain(30), *plain(30, "100", "payments", flow="INCOMING"), create("F", "5000", date="2062-05-19")]
    twice = [create(key, "500", customer="acme") for key in ("A", "B")]
    assert list(dict.fromkeys(note.code for note in notes([*steps, *twice], TODAY))) == [
        "far-date",
        "same-again",
        "largest-amount",
        "unapplied",
        "near-double",
        "largest",
    ]


NEAR = {"a": "Acme Traders", "b": "ACME trader"}


def contact(key: str, name: str) -> Document:
    return Document("contacts", key, {"key": key, "contact_name": name}, "books.yaml", 0, Somewhere())


def test_two_makings_of_the_notes_are_equal() -> None:
    steps = [*plain(30), create("X", "99999", date="2062-05-19")]
    assert notes(steps, TODAY) == notes(list(steps), TODAY) != ()


def test_an_ordinary_sale_has_nothing_unusual() -> None:
    assert built(SALE).notes == ()


def test_a_plan_has_its_notes_and_knows_the_names_of_the_state() -> None:
    near = SALE.replace("Acme Corp", "ACME corp.")
    said = {Ref("contacts", "old"): {"contact_name": "Acme Corp"}}
    assert [note.code for note in built(near, said=said).notes] == ["near-double"]
    assert [note.code for note in built(SALE, today=date(2026, 5, 1)).notes] == ["far-date"] * 3


def test_a_plan_of_unchanged_documents_has_no_notes() -> None:
    books = documents(SALE)
    assert built(SALE, Known(receipts=receipts_of(books)), today=date(2020, 1, 1)).notes == ()


def built(text: str, known: Known | None = None, **more: Any) -> Any:
    expectations = Expectations(manifest(text), {}, OfflineRates())
    steps = decide(documents(text), known or Known())
    return build(steps, expectations, "org_1", reads={}, per_minute=600, **more)
