"""A change of a document that was only found in the books, and has no receipt yet, is cut off; then its entry is edited
in what it is known by. The path of the call still says which document it was.
"""

from __future__ import annotations

from typing import Any

import pytest
from apply.manifests import contact, invoice, manifest, payment
from simulation.course import Stage

from exactly_once.calls import ACME, DRAFT, cut_off, is_as_after, lose_state, number, runs, undone_in_the_app
from importer.model import Action, Manifest, StepId

DONE = pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
ONE = manifest(contacts=[contact(phone="1")])
TWO = manifest(contacts=[contact(phone="2")])
RENAMED = manifest(contacts=[contact(phone="2", contact_name="Acme Limited")])
SENDS = {"an update": {"notes": "New", **DRAFT}, "an update that posts": {"notes": "New"}, "a posting": {}}
CHANGES = {"an update": "PUT /invoices/", "an update that posts": "PUT /invoices/", "a posting": "POST /invoices/"}


def found_and_cut_off(own: Stage, before: Manifest, after: Manifest, path: str, *, done: bool) -> None:
    """The books hold ``before``, of which no state knows; a run of ``after`` finds it, and dies over its change."""
    runs(own, before)
    lose_state(own)
    cut_off(own, after, path, done=done)
    assert [row.key for one in own.intents() for row in one.rows if StepId(*row[:3]) not in own.receipts()]


def drafted(**fields: Any) -> Manifest:
    return manifest(**ACME, invoices=[invoice("O-1", **fields)])


# Its entry is edited.


@DONE
def test_its_name_is_edited_and_the_very_same_one_gets_it(own: Stage, done: bool) -> None:
    found_and_cut_off(own, ONE, TWO, "PUT /contacts/", done=done)
    (before,) = own.rows("contacts")
    assert not runs(own, RENAMED).bad
    (after,) = own.rows("contacts")
    assert (after["id"], after["name"]) == (before["id"], "Acme Limited")
    assert own.intents() == ()
    is_as_after(own, ONE, RENAMED)


@DONE
def test_what_refers_to_it_is_booked_in_the_same_run(own: Stage, done: bool) -> None:
    paid = manifest(
        contacts=[contact(phone="2", contact_name="Acme Limited")],
        invoices=[invoice("O-1")],
        payments=[payment("P-1", of="O-1")],
    )
    found_and_cut_off(own, ONE, TWO, "PUT /contacts/", done=done)
    assert not runs(own, paid).bad
    is_as_after(own, ONE, paid)


@DONE
@pytest.mark.parametrize("change", ["an update", "an update that posts"])
def test_the_reference_of_a_draft_is_edited_and_the_very_same_one_gets_it(own: Stage, change: str, done: bool) -> None:
    first, last = drafted(**DRAFT), drafted(**SENDS[change], reference_number="REF 9")
    found_and_cut_off(own, first, drafted(**SENDS[change]), CHANGES[change], done=done)
    assert not runs(own, last).bad
    assert own.references("invoices") == ["REF 9"]
    is_as_after(own, first, last)


def test_a_draft_whose_posting_was_not_done_gets_the_edited_reference_and_is_posted(own: Stage) -> None:
    first, last = drafted(**DRAFT), drafted(reference_number="REF 9")
    found_and_cut_off(own, first, drafted(), CHANGES["a posting"], done=False)
    assert not runs(own, last).bad
    is_as_after(own, first, last)


def test_a_draft_that_was_posted_is_no_more_edited_and_a_person_is_told_which_one_it_is(own: Stage) -> None:
    found_and_cut_off(own, drafted(**DRAFT), drafted(), CHANGES["a posting"], done=True)
    (row,) = own.rows("invoices")
    assert own.run_once(drafted(reference_number="REF 9")) is None
    assert own.made is not None
    (conflict,) = own.made.conflicts
    assert (conflict.code, conflict.remote_id) == ("books-differ", row["id"])
    assert f"state adopt invoices O-1 {row['id']} --accept-differences" in conflict.help
    assert number(own)["invoices"] == 1
    assert not runs(own, drafted()).bad  # the edit is taken back
    is_as_after(own, drafted(**DRAFT), drafted())


@DONE
def test_a_name_that_another_one_of_the_books_has_is_for_a_person(own: Stage, done: bool) -> None:
    beta = manifest(contacts=[contact(phone="2", contact_name="Beta")])
    found_and_cut_off(
        own,
        manifest(contacts=[contact(phone="1"), contact("other", phone="9", contact_name="Beta")]),
        TWO,
        "PUT /contacts/",
        done=done,
    )
    own.wire.seen.clear()
    assert runs(own, beta).bad
    assert [seen.call for seen in own.wire.seen if seen.method != "GET"] == []
    (step,) = own.plan(beta).steps
    assert (step.action, step.code) == (Action.PENDING, "open-intent")
    for row in own.rows("contacts"):
        assert str(row["id"]) in step.reason


@pytest.mark.parametrize(("done", "left"), [(True, ["O-1", "REF 9"]), (False, ["REF 9"])], ids=["voided", "deleted"])
def test_what_somebody_undid_meanwhile_is_booked_anew_under_its_new_reference(
    own: Stage, done: bool, left: list[str]
) -> None:
    last = drafted(reference_number="REF 9")
    found_and_cut_off(own, drafted(**DRAFT), drafted(), CHANGES["a posting"], done=done)
    undone_in_the_app(own, "invoices", own.rows("invoices")[0]["id"])
    assert not own.plan(last).conflicts  # it waits for the apply that settles the call
    assert not runs(own, last).bad
    assert own.references("invoices") == left
    assert own.intents() == ()
    assert own.plan(last).idle


# Its key is edited.


@DONE
def test_its_key_is_edited_and_the_call_of_the_old_key_is_left_to_the_new_one(own: Stage, done: bool) -> None:
    rekeyed = manifest(contacts=[contact("acme-ltd", phone="2", contact_name="acme & Sons")])
    found_and_cut_off(own, ONE, TWO, "PUT /contacts/", done=done)
    (pending,) = [step for step in own.plan(rekeyed).steps if step.action is Action.PENDING]
    assert pending.id == StepId("contacts", "acme")
    assert pending.help.startswith("contacts/acme-ltd is the document")
    runs(own, rekeyed)
    assert not runs(own, rekeyed).bad
    assert own.intents() == ()
    assert list(own.receipts()) == [StepId("contacts", "acme-ltd")]
    (row,) = own.rows("contacts")
    assert (row["name"], '"2"' in row["fields"]) == ("acme & Sons", True)
    assert own.plan(rekeyed).idle


def test_the_old_key_may_then_be_used_for_another_one(own: Stage) -> None:
    rekeyed = [contact("acme-ltd", phone="2", contact_name="acme & Sons")]
    found_and_cut_off(own, ONE, TWO, "PUT /contacts/", done=False)
    runs(own, manifest(contacts=rekeyed))
    both = manifest(contacts=[*rekeyed, contact(contact_name="Acme Limited")])
    assert not runs(own, both).bad
    assert [row["name"] for row in own.rows("contacts")] == ["acme & Sons", "Acme Limited"]
    assert own.plan(both).idle
