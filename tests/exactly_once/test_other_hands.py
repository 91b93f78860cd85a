"""Others have had a hand in it: a key was renamed in git, a document was typed in by hand in the app."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from apply.manifests import contact, invoice, manifest, note, payment
from simulation.course import Stage, told

from exactly_once.calls import ACME, FIRST, SECOND, TWO, asks, is_as_after, lose_state, number, runs, settled
from exactly_once.nets import Net, without
from importer.kinds import KINDS
from importer.model import Manifest
from importer.plan.rename import renamed
from importer.state.files import open_for_writing

# A key renamed in git.


@dataclass(frozen=True)
class Renamed:
    before: Manifest
    after: Manifest
    kind: str
    old: str
    new: str

    def move(self, own: Stage) -> None:
        """What ``state mv`` does."""
        with open_for_writing(own.state) as store:
            put, removed = renamed(store.receipts(), KINDS[self.kind], self.old, self.new)
            store.put(put, removed=removed)


RENAMED = {
    "a contact": Renamed(
        manifest(contacts=[contact("acme", contact_name="Acme")]),
        manifest(contacts=[contact("acme-1", contact_name="Acme")]),
        *("contacts", "acme", "acme-1"),
    ),
    "an invoice": Renamed(
        manifest(**ACME, invoices=[invoice("O-1")]),
        manifest(**ACME, invoices=[invoice("S-1")]),
        *("invoices", "O-1", "S-1"),
    ),
    "a payment": Renamed(
        manifest(**TWO, payments=[payment("P-1", of="O-1")]),
        manifest(**TWO, payments=[payment("R-1", of="O-1")]),
        *("payments", "P-1", "R-1"),
    ),
    "a credit note": Renamed(
        manifest(**TWO, credit_notes=[note("C-1", "300", on="O-1")]),
        manifest(**TWO, credit_notes=[note("N-1", "300", on="O-1")]),
        *("credit_notes", "C-1", "N-1"),
    ),
}
OF_MONEY = {name: one for name, one in RENAMED.items() if name != "a contact"}


@pytest.mark.parametrize("name", RENAMED)
def test_a_renamed_key_sends_nothing_until_a_person_has_said_what_it_is(own: Stage, name: str) -> None:
    one = RENAMED[name]
    runs(own, one.before)
    there = told(own.books)
    assert asks(own, one.after)[f"{one.kind}/{one.new}"] == "known-under-other-key"
    assert own.made is not None
    assert f"finz-import state mv {one.kind} {one.old} {one.new}" in own.made.conflicts[0].help
    one.move(own)
    assert own.plan(one.after).idle
    own.is_whole(one.after)
    assert told(own.books) == there


@pytest.mark.parametrize("name", OF_MONEY)
def test_what_nobody_knows_by_its_content_is_still_seen_to_be_alike(own: Stage, name: str) -> None:
    one = RENAMED[name]
    runs(own, one.before)
    with without(Net.KNOWS_ORPHANS):
        assert asks(own, one.after)[f"{one.kind}/{one.new}"] == "likeness"


@pytest.mark.parametrize("name", OF_MONEY)
def test_without_both_nets_a_renamed_document_is_booked_twice(own: Stage, name: str) -> None:
    one = RENAMED[name]
    runs(own, one.before)
    there = own.count(one.kind)
    with without(Net.KNOWS_ORPHANS, Net.LOOKS_FIRST):
        runs(own, one.after)
    assert own.count(one.kind) == there + 1


# Typed in by hand.


def typed_in(own: Stage, made: Manifest, *statements: str) -> None:
    """Somebody has made these in the app; neither a state nor a key knows of it."""
    assert not runs(own, made).bad
    lose_state(own)
    own.sql("DELETE FROM answers")
    for statement in statements:
        own.sql(statement)


TYPED = {
    "a contact": manifest(**ACME),
    "invoices": manifest(**ACME, invoices=[invoice("O-1"), invoice("O-2")]),
    "a draft": manifest(**ACME, invoices=[invoice("O-1", auto_approve="false")]),
    "a payment": manifest(**TWO, payments=[payment("P-1", "400", allocations=[FIRST, SECOND])]),
    "a credit note": manifest(**TWO, credit_notes=[note("C-1", "400", applications=[FIRST, SECOND])]),
}


@pytest.mark.parametrize("name", TYPED)
def test_what_was_typed_in_under_the_same_reference_is_taken_for_it(own: Stage, name: str) -> None:
    typed_in(own, TYPED[name])
    there = told(own.books)
    assert not runs(own, TYPED[name]).bad
    assert told(own.books) == there
    is_as_after(own, TYPED[name])


@pytest.mark.parametrize("name", TYPED)
def test_without_a_look_it_is_booked_beside_the_one_that_was_typed_in(own: Stage, name: str) -> None:
    typed_in(own, TYPED[name])
    there = number(own)
    with without(Net.LOOKS_FIRST):
        runs(own, TYPED[name])
    assert number(own) == {kind: 2 * count for kind, count in there.items()}


def test_of_what_was_typed_in_partly_only_the_rest_is_done(own: Stage) -> None:
    """A contact with another phone, a draft that is to be posted, a payment that has something left."""
    typed_in(
        own,
        manifest(
            contacts=[contact(phone="1")],
            invoices=[invoice("O-1", "1000"), invoice("O-2", "1000"), invoice("O-3", auto_approve="false")],
            payments=[payment("P-1", "400", allocations=[FIRST])],
        ),
    )
    wanted = manifest(
        contacts=[contact(phone="2")],
        invoices=[invoice("O-1", "1000"), invoice("O-2", "1000"), invoice("O-3")],
        payments=[payment("P-1", "400", allocations=[FIRST, SECOND])],
    )
    assert not runs(own, wanted).bad
    is_as_after(own, wanted)


def test_of_a_note_that_was_applied_in_part_a_person_says_to_what(own: Stage) -> None:
    part = manifest(**TWO, credit_notes=[note("C-1", "700", applications=[FIRST])])
    typed_in(own, part)
    wanted = manifest(**TWO, credit_notes=[note("C-1", "700", applications=[FIRST, SECOND])])
    assert set(asks(own, wanted).values()) == {"partly-applied"}
    own.adopt(part, "credit_notes", "C-1", own.rows("credit_notes")[0]["id"])
    assert not runs(own, wanted).bad
    assert settled(own) == {"O-1": (0, 10000), "O-2": (0, 30000)}
    assert own.plan(wanted).idle


ALIKE = {
    "invoices": (manifest(**ACME, invoices=[invoice("O-1")]), "invoices", "O-1"),
    "payments": (manifest(**TWO, payments=[payment("P-1", of="O-1")]), "payments", "P-1"),
    "credit_notes": (manifest(**ACME, credit_notes=[note("C-1")]), "credit_notes", "C-1"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_was_typed_in_without_a_reference_is_shown_and_not_booked_again(own: Stage, name: str) -> None:
    made, kind, key = ALIKE[name]
    typed_in(own, made, f"UPDATE {kind} SET reference = NULL")
    there = number(own), settled(own)
    assert asks(own, made) == {f"{kind}/{key}": "likeness"}
    own.adopt(made, kind, key, own.rows(kind)[0]["id"], differences=True)
    assert not runs(own, made).bad
    assert (number(own), settled(own)) == there
    assert own.plan(made).idle


def test_what_was_typed_in_with_another_amount_is_shown_and_not_booked_again(own: Stage) -> None:
    typed_in(own, manifest(**ACME, invoices=[invoice("O-1", "110")]))
    wanted = manifest(**ACME, invoices=[invoice("O-1", "100")])
    assert set(asks(own, wanted)) == {"invoices/O-1"}
    assert [row["total"] for row in own.rows("invoices")] == [11000]


@pytest.mark.parametrize(("guard", "there"), [("reference", 1), ("off", 2)], ids=["guarded", "not guarded"])
def test_what_is_typed_in_between_the_look_and_the_call_only_a_guard_of_finzbooks_can_see(
    own: Stage, guard: str, there: int
) -> None:
    """The one gap that no importer closes: it is as long as the call is under way."""
    own.books.settings.set_switches({"invoice_guard": guard})
    wanted = manifest(**ACME, invoices=[invoice("O-1")])
    runs(own, manifest(**ACME))

    def by_hand() -> None:
        runs(Stage(own.books, own.clock, own.state.with_name("by-hand.db"), own.wire), wanted)
        own.sql("DELETE FROM answers")

    assert not own.apply(wanted, meanwhile=by_hand).bad
    assert own.count("invoices") == there
    if guard == "reference":
        is_as_after(own, wanted)
