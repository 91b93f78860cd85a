"""The state is lost, or is another one: what is in the books already is found there, and nothing is booked again.

Sequences 1 and 2 of the promise (design, section 6, item 1).
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import failures
from simulation.course import Stage

from exactly_once.nets import Net, without
from exactly_once.world import DAY, exactly_once, holds, lose_state, paid, run, run_well, switches
from importer.manifest import SourceFile, read
from importer.model import Manifest, StepId

ONCE: Final = {"contacts": 1, "invoices": 4, "payments": 1, "credit_notes": 1}
TWICE: Final = {"contacts": 2, "invoices": 8, "payments": 2, "credit_notes": 2}
WHEN: Final = {"the same day": 3600.0, "two days later": 2 * DAY}


def office(edition: int) -> Manifest:
    """Books in their first, second or third edition: each changes fields, and settles more than the one before."""
    paying = [{"invoice": "I-1", "amount": "40"}, {"invoice": "I-3", "amount": "10"}, {"invoice": "I-4", "amount": "5"}]
    crediting = [{"invoice": "I-1", "amount": "30"}, {"invoice": "I-3", "amount": "20"}]
    draft = invoice("I-2", auto_approve="false", notes=f"edition {edition}")
    return manifest(
        contacts=[contact(phone=f"98{edition}")],
        invoices=[invoice("I-1"), draft, invoice("I-3"), invoice("I-4")],
        payments=[payment("P-1", "80", allocations=paying[:edition])],
        credit_notes=[note("C-1", "60", applications=crediting[:edition])],
    )


# Created, edited and updated, state lost, run again.


def edited_and_lost(own: Stage, seconds: float) -> Manifest:
    """The manifest whose documents are in the books as they were edited; the state that knew it is gone."""
    run_well(own, office(1))
    made = office(2)
    run_well(own, made)
    lose_state(own)
    own.later(seconds)
    return made


@pytest.mark.parametrize("when", WHEN)
def test_after_an_edit_and_the_loss_of_the_state_all_is_found_in_the_books(own: Stage, when: str) -> None:
    made = edited_and_lost(own, WHEN[when])
    run_well(own, made)
    exactly_once(own, made)


@pytest.mark.parametrize("when", WHEN)
def test_what_is_edited_again_after_the_loss_reaches_the_books(own: Stage, when: str) -> None:
    edited_and_lost(own, WHEN[when])
    made = office(3)
    run_well(own, made)
    exactly_once(own, made)


def test_two_days_later_nothing_but_the_look_keeps_the_whole_office_from_being_booked_twice(own: Stage) -> None:
    made = edited_and_lost(own, 2 * DAY)
    with without(Net.LOOKS_FIRST):
        run(own, made)
    assert holds(own) == TWICE


def test_the_same_day_the_memory_of_the_server_holds_where_nobody_looks(own: Stage) -> None:
    made = edited_and_lost(own, 3600.0)
    with without(Net.LOOKS_FIRST):
        run(own, made)
    assert holds(own) == ONCE


def test_the_same_day_fresh_keys_would_book_the_whole_office_twice(own: Stage) -> None:
    made = edited_and_lost(own, 3600.0)
    with without(Net.LOOKS_FIRST, Net.KEYS_OF_IDENTITY):
        run(own, made)
    assert holds(own) == TWICE


def test_the_old_answer_of_the_server_believed_would_stop_the_run(own: Stage) -> None:
    made = edited_and_lost(own, 3600.0)
    with without(Net.LOOKS_FIRST, Net.READS_BACK):
        report = run(own, made)
    assert "phone is 981 in the books and 982 in the manifest" in str(report.outcomes[0].failure)


def test_the_old_answer_of_the_server_believed_and_not_compared_would_lose_an_edit(own: Stage) -> None:
    run_well(own, manifest(contacts=[contact(phone="981")]))
    run_well(own, manifest(contacts=[contact(phone="982")]))
    lose_state(own)
    made = manifest(contacts=[contact(phone="983")])
    with without(Net.LOOKS_FIRST, Net.READS_BACK, Net.COMPARES):
        run_well(own, made)
    assert own.receipts()[StepId("contacts", "acme")].said["phone"] == "983"
    assert own.plan(made).idle  # and so it stays
    assert '"982"' in own.row("contacts", "acme")["fields"]


# The same manifest from two folders, and with its files in another order.


def files(*names: str) -> Manifest:
    """The manifest of these files, in this order."""
    sections: dict[str, dict[str, list[Any]]] = {
        "people": {"contacts": [contact(), contact("bolt")]},
        "may": {"invoices": [invoice("I-1"), invoice("I-2", auto_approve="false")]},
        "june": {"invoices": [invoice("J-1", "70"), invoice("J-2", customer="bolt", auto_approve="false")]},
        "money": {"payments": [payment("P-1", "40", of="I-1")], "credit_notes": [note("C-1", "30", on="I-1")]},
    }
    made = read([SourceFile(f"{name}.yaml", json.dumps(sections[name]).encode("utf-8")) for name in names])
    assert not made.problems, made.problems
    return made


FORWARD: Final = ("people", "may", "june", "money")
BACKWARD: Final = tuple(reversed(FORWARD))
ALL_ONCE: Final = {"contacts": 2, "invoices": 4, "payments": 1, "credit_notes": 1}
ORDERS: Final = {"the same order": FORWARD, "another order": BACKWARD}


def from_another_folder(own: Stage) -> None:
    """From now on there is another state, which knows nothing."""
    own.state = own.state.with_name("elsewhere.db")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("order", ORDERS)
def test_from_another_folder_all_is_found_in_the_books(own: Stage, order: str, when: str) -> None:
    run_well(own, files(*FORWARD))
    first = own.state
    from_another_folder(own)
    own.later(WHEN[when])
    made = files(*ORDERS[order])
    run_well(own, made)
    exactly_once(own, made)
    own.state = first
    run_well(own, made)
    exactly_once(own, made)


def test_what_one_folder_adds_the_other_one_finds(own: Stage) -> None:
    run_well(own, files("people", "may", "money"))
    first = own.state
    from_another_folder(own)
    made = files(*BACKWARD)
    run_well(own, made)
    own.state = first
    run_well(own, made)
    exactly_once(own, made)


def test_another_order_of_the_files_is_no_edit(own: Stage) -> None:
    run_well(own, files(*FORWARD))
    made = files(*BACKWARD)
    assert own.plan(made).idle
    exactly_once(own, made)


def test_from_another_folder_in_another_order_nothing_but_the_look_keeps_invoices_from_being_booked_twice(
    own: Stage,
) -> None:
    switches(own, invoice_guard="off")
    run_well(own, files(*FORWARD))
    from_another_folder(own)
    with without(Net.LOOKS_FIRST):
        run(own, files(*BACKWARD))
    # Alone, contacts have the keys that they had before; in a bulk call the order of the rows makes the key.
    assert holds(own) == {**ALL_ONCE, "invoices": 8}


def test_from_another_folder_in_the_same_order_fresh_keys_would_book_all_twice(own: Stage) -> None:
    run_well(own, files(*FORWARD))
    from_another_folder(own)
    with without(Net.LOOKS_FIRST, Net.KEYS_OF_IDENTITY):
        run_well(own, files(*FORWARD))
    assert holds(own) == {kind: 2 * number for kind, number in ALL_ONCE.items()}
    assert paid(own, "I-1") == [(40, 30), (40, 30)]


def at_the_same_moment(own: Stage) -> None:
    """Both folders have made their plans, and found nothing, before either begins."""
    first = own.state

    def the_other() -> None:
        from_another_folder(own)
        run_well(own, files(*FORWARD))
        own.state = first

    assert failures(own.apply(files(*FORWARD), meanwhile=the_other)) == {}


def test_at_the_same_moment_the_keys_make_one_call_of_two(own: Stage) -> None:
    at_the_same_moment(own)
    exactly_once(own, files(*FORWARD))


def test_at_the_same_moment_fresh_keys_would_book_all_twice(own: Stage) -> None:
    with without(Net.KEYS_OF_IDENTITY):
        at_the_same_moment(own)
    assert holds(own) == {kind: 2 * number for kind, number in ALL_ONCE.items()}
