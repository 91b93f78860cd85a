from __future__ import annotations

from typing import Any

import pytest

from importer.model import Action, Change, Document, Place, Ref, StepId
from importer.plan import near_names as module
from importer.plan.near_names import near_names
from importer.plan.spelling import one_slip
from importer.plan.value import Note, Step


class Somewhere:
    def at(self, path: object, *, of_key: bool = False) -> Place:
        return Place("contacts.csv", 2, 1)


def step(key: str, kind: str = "contacts", action: Action = Action.CREATE, **fields: Any) -> Step:
    document = Document(kind, key, {"key": key, **fields}, "contacts.csv", 0, Somewhere())
    return Step(StepId(kind, key), action, document, document.place())


def contacts(*names: str) -> list[Step]:
    return [step(f"c{at}", contact_name=name) for at, name in enumerate(names)]


def pairs(steps: list[Step], said: dict[Ref, dict[str, Any]] | None = None) -> list[tuple[str, ...]]:
    return [tuple(one.key for one in note.steps) for note in near_names(steps, said or {})]


def only(notes: list[Note]) -> Note:
    assert len(notes) == 1
    return notes[0]


def test_a_second_spelling_names_both_and_points_at_the_second() -> None:
    note = only(list(near_names(contacts("Acme Traders Pvt Ltd", "ACME Trader Private Limited"), {})))
    assert note.code == "near-double"
    assert note.message == (
        "The contact c1 (ACME Trader Private Limited) has nearly the same name as "
        "the contact c0 (Acme Traders Pvt Ltd): perhaps they are one."
    )
    assert note.steps == (StepId("contacts", "c1"), StepId("contacts", "c0"))
    assert note.place == Place("contacts.csv", 2, 1)


@pytest.mark.parametrize(
    "names",
    [
        ("Branch 1", "Branch 2"),
        ("Customer 0001", "Customer 0002"),
        ("Ramesh Gupta", "Rakesh Gupta"),
        ("Acme LLP", "Acme Pvt Ltd"),
        ("Acme Traders", "Acme Exports"),
        ("Left Traders", "Acme Trader"),
        ("---", "..."),
        ("Block A4", "Block 4A"),
    ],
)
def test_names_that_are_others_are_not_told_of(names: tuple[str, ...]) -> None:
    assert pairs(contacts(*names)) == []


def test_words_in_another_order_and_words_drawn_together_are_told_of() -> None:
    assert pairs(contacts("Gupta Ramesh", "Ramesh Gupta")) == [("c1", "c0")]
    assert pairs(contacts("Sri Ram Stores", "Sriram Stores")) == [("c1", "c0")]


def test_two_gstins_are_two_registrations_and_one_gstin_tells_nothing() -> None:
    first = step("a", contact_name="Acme Corp", gst_no="27AAPFU0939F1ZV")
    assert pairs([first, step("b", contact_name="ACME corp", gst_no="29AAGCB7383J1Z4")]) == []
    assert pairs([first, step("b", contact_name="ACME corp", gst_no="27 aapfu0939f1zv")]) == [("b", "a")]
    assert pairs([first, step("b", contact_name="ACME corp")]) == [("b", "a")]


def test_two_skus_are_two_items() -> None:
    red, other = step("r", "items", name="Pencil Red", sku="P-1"), step("o", "items", name="pencil red", sku="P-2")
    assert pairs([red, other]) == []
    assert pairs([red, step("o", "items", name="pencil red")]) == [("o", "r")]


def test_a_customer_and_a_vendor_of_one_name_are_two_contacts() -> None:
    customer = step("a", contact_name="Acme Corp")
    assert pairs([customer, step("b", contact_name="ACME Corp", contact_type="VENDOR")]) == []
    assert pairs([customer, step("b", contact_name="ACME Corp", contact_type="CUSTOMER")]) == [("b", "a")]


def test_a_new_name_is_told_of_beside_one_that_is_there_and_old_ones_among_themselves_are_not() -> None:
    old = [
        step("a", action=Action.UNCHANGED, contact_name="Acme Corp"),
        step("b", action=Action.ADOPT, contact_name="acme"),
    ]
    assert pairs(old) == []
    new = step("n", contact_name="ACME CORP")
    note = only(list(near_names([new, old[0]], {})))
    assert [one.key for one in note.steps] == ["n", "a"]
    assert "(Acme Corp), which is there already: perhaps" in note.message


def test_what_only_the_state_remembers_is_known_as_well() -> None:
    said = {Ref("contacts", "x"): {"contact_name": "Acme Corp", "contact_type": "CUSTOMER"}, Ref("items", "y"): {}}
    assert pairs(contacts("ACME Corp"), said) == [("c0", "x")]


def test_an_update_is_told_of_only_if_it_changes_the_name() -> None:
    old = step("a", action=Action.UNCHANGED, contact_name="Acme Corp")
    for path, expected in (("contact_name", [("b", "a")]), ("email", [])):
        update = step("b", action=Action.UPDATE, contact_name="ACME Corp")
        renamed = Step(update.id, update.action, update.document, update.place, changes=(Change(path, "x", "y"),))
        assert pairs([old, renamed]) == expected


def test_each_name_is_told_of_once_and_plain_spellings_come_before_slips() -> None:
    steps = contacts("Acme Trader", "Acme Traders", "ACME Traders", "acme traders")
    assert pairs(steps) == [("c2", "c1"), ("c3", "c1"), ("c1", "c0")]


def test_a_kind_without_names_has_no_near_ones() -> None:
    assert pairs([step("A", "invoices", invoice_number="A-1"), step("B", "invoices", invoice_number="a-1")]) == []


def test_thousands_of_names_of_one_block_cost_a_bounded_number_of_comparisons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def counting(one: str, other: str) -> bool:
        asked.append(one)
        return one_slip(one, other)

    monkeypatch.setattr(module, "one_slip", counting)
    letters = "bcdfghjklm"
    names = [f"Sh{''.join(letters[int(digit)] for digit in f'{number:04}')}xyz Traders" for number in range(5000)]
    list(near_names(contacts(*names), {}))
    assert len(asked) <= len(names) * 4 * module.MOST_IN_BLOCK
    monkeypatch.setattr(module, "MOST_COMPARISONS", 100)
    asked.clear()
    list(near_names(contacts(*names), {}))
    assert len(asked) <= 100
