"""What of a payment's list is still to be applied: told from the receipt, the books as accepted, and the manifest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.kinds import PAYMENTS
from importer.model import Document, Receipt, Ref
from importer.plan.allocations import added, entries_held, held_entries, used_by, with_entry
from importer.plan.body import Bindings, body
from importer.plan.said import digest, said
from plan.books import NAMES, document, receipt

IDS = Bindings({Ref("contacts", "acme"): "ct_1", Ref("invoices", "A"): "inv_A", Ref("invoices", "B"): "inv_B"}, NAMES)
Entries = list[tuple[str, int]]  # invoice and amount


def payment(entries: Entries) -> Document:
    rows = ", ".join(f"{{invoice: {key}, amount: {worth}}}" for key, worth in entries)
    head = "key: UTR-1, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 900"
    return document(f"payments: [{{{head}, allocations: [{rows}]}}]")


def known(before: Entries, accepted: Entries | None) -> Receipt:
    """What a state remembers; ``accepted`` is what the books hold, None where they hold ``before``."""
    own = receipt(payment(before))
    spoken = {**own.said, "allocations": [{"invoice": key, "amount": str(worth)} for key, worth in before]}
    held = None if accepted is None else [{"invoice_id": f"inv_{key}", "amount": str(worth)} for key, worth in accepted]
    return replace(own, said=spoken, digest=digest(spoken), accepted={} if held is None else {"allocations": held})


def positions(before: Entries, accepted: Entries | None, now: Entries) -> tuple[int, ...] | None:
    one = payment(now)
    return added(one, known(before, accepted), said(one).get("allocations", []), lambda: body(one, IDS))


@pytest.mark.parametrize(
    ("before", "accepted", "now", "found"),
    [
        ([], None, [("A", 1)], (0,)),
        ([("A", 1)], None, [("B", 2), ("A", 1)], (0,)),
        ([("A", 1)], None, [("A", 1), ("A", 1)], (1,)),
        ([("A", 1)], None, [("A", 2)], None),
        ([("A", 1)], None, [], None),
        # The manifest was accepted to say A 2, and the books hold A 1.
        ([("A", 2)], [("A", 1)], [("A", 2)], ()),
        ([("A", 2)], [("A", 1)], [("A", 1)], ()),
        ([("A", 2)], [("A", 1)], [("A", 2), ("B", 3)], (1,)),
        ([("A", 2)], [("A", 1)], [("A", 1), ("B", 3)], (1,)),
        ([("A", 2)], [("A", 1)], [("A", 3)], None),
        # Somebody else applied B 5.
        ([("A", 1)], [("A", 1), ("B", 5)], [("A", 1), ("B", 5)], ()),
        ([("A", 1)], [("A", 1), ("B", 5)], [("A", 1), ("B", 5), ("B", 5)], (2,)),
        ([], [("B", 5)], [("B", 5), ("A", 1)], (1,)),
        # An addition was accepted not to be there.
        ([("A", 1), ("B", 5)], [("A", 1)], [("A", 1), ("B", 5)], ()),
        ([("A", 1), ("B", 5)], [("A", 1)], [("A", 1)], ()),
        ([("A", 1), ("B", 5)], [], [], None),
    ],
)
def test_what_is_still_to_be_applied(
    before: Entries, accepted: Entries | None, now: Entries, found: tuple[int, ...] | None
) -> None:
    assert positions(before, accepted, now) == found


ENTRIES = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 3)), max_size=4)


@given(before=ENTRIES, accepted=st.none() | ENTRIES, now=ENTRIES)
def test_nothing_is_applied_that_was_settled_before(before: Entries, accepted: Entries | None, now: Entries) -> None:
    """Neither what the books are known to hold, nor what the manifest said when they were accepted."""
    found = positions(before, accepted, now)
    if found is None:
        return
    new = Counter(now[at] for at in found)
    for settled in (before, before if accepted is None else accepted):
        assert new <= Counter(now)
        assert all(new[one] <= max(0, Counter(now)[one] - Counter(settled)[one]) for one in new)


@given(before=ENTRIES, accepted=st.none() | ENTRIES)
def test_a_manifest_that_says_what_was_settled_adds_nothing(before: Entries, accepted: Entries | None) -> None:
    assert positions(before, accepted, before) == ()
    if accepted:
        assert positions(before, accepted, accepted) == ()


def test_the_books_list_is_kept_in_the_form_of_the_create_body() -> None:
    row = {"allocations": [{"invoice_id": "inv_A", "bill_id": None, "amount": Decimal("40.00"), "number": "INV-1"}]}
    assert held_entries(PAYMENTS, row) == [{"invoice_id": "inv_A", "amount": "40"}]
    assert held_entries(PAYMENTS, {}) is None
    one = payment([("A", 40), ("B", 1)])
    assert entries_held(one, body(one, IDS), row) == (1,)


@pytest.mark.parametrize(("accepted", "used"), [(None, 3), ([("A", 1), ("B", 5)], 6), ([], 0)])
def test_what_is_used_is_what_the_books_are_known_to_hold(accepted: Entries | None, used: int) -> None:
    own = known([("A", 1), ("B", 2)], accepted)
    assert used_by(own) == used
    grown = replace(own, accepted=with_entry(own, {"invoice_id": "inv_A", "amount": "10"}))
    assert used_by(grown) == (used if accepted is None else used + 10)
