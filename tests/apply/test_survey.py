"""What asking the org costs, and that nothing of it is missed."""

from __future__ import annotations

from typing import Any

import pytest

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment, taxed
from apply.world import World, statuses
from importer.errors import Garbled
from importer.kinds import INVOICES, KINDS, PAYMENTS
from importer.model import Action, Manifest
from importer.outcome import Status
from importer.plan.value import Plan

FULL = manifest(
    contacts=[contact(), contact("other")],
    items=[{"key": "widget", "name": "Widget", "rate": "10"}],
    invoices=[invoice("O-1"), invoice("O-2", customer="other")],
    payments=[payment("U-1", of="O-1")],
    credit_notes=[note("C-1", "10", on="O-2", customer="other")],
)


def fill(world: World, contacts: int = 0, invoices: int = 0) -> None:
    """Put into the books what somebody else made there: contacts, and invoices of a customer of their own each."""
    world.apply(manifest(contacts=[contact("template")], invoices=[invoice("T-1", customer="template")]))
    rows = (("contacts", "name", contacts), ("invoices", "reference", invoices))
    for table, field, count in rows:
        (row,) = world.rows(table)
        for number in range(count):
            own = {**row, "id": f"{table}_{number}", field: f"other {number}", "created": number}
            if table == "contacts":
                own["searched"] = f"other {number}"
            else:
                own |= {"number": f"X-{number}", "customer_id": f"contacts_{number}"}
            world.books.db.insert(table, own)
    world.state.unlink()
    world.calm()


def lists(world: World) -> dict[str, int]:
    """How many GETs each list of documents took."""
    calls = world.wire.calls("GET")
    return {call.removeprefix("GET /"): number for call, number in calls.items() if call.count("/") == 1}


def looked_for(world: World, made: Manifest) -> tuple[Plan, int]:
    """The plan, and how many pages of contacts it read."""
    world.wire.seen.clear()
    plan = world.plan(made)
    return plan, lists(world).get("contacts", 0)


def test_a_list_that_was_cut_short_without_a_word_is_not_taken_for_the_whole(world: World) -> None:
    """Else what stands on its other pages would be created a second time."""
    made = manifest(contacts=[contact("acme"), contact("other")])
    fill(world, contacts=200)
    world.fault("GET /contacts", wire.changed(lambda value: value.pop("page_context")), times=wire.EVER)
    with pytest.raises(Garbled) as info:
        world.plan(made)
    assert info.value.code == "no-page-context"


def test_accounts_and_taxes_may_come_whole_however_many(world: World) -> None:
    many = [{"account_id": f"a{number}", "name": f"Account {number}"} for number in range(200)]
    world.fault("GET /accounts", wire.changed(lambda value: value.update(accounts=many)))
    made = manifest(items=[{"key": "widget", "name": "Widget", "rate": "10", "account": "Account 7"}])
    assert not world.plan(made).conflicts
    assert world.wire.calls("GET /accounts")


def test_an_empty_org_costs_one_get_a_kind_at_most(world: World) -> None:
    plan = world.plan(FULL)
    assert {step.action for step in plan.steps} <= {Action.CREATE, Action.APPLY}
    documents = {"contacts", "items", "invoices", "payments", "credit_notes"}
    assert all(number == 1 for name, number in lists(world).items() if name in documents)


def test_a_list_that_is_named_is_read_once(world: World) -> None:
    invoices = [taxed("O-1"), taxed("O-2")]
    world.plan(manifest(contacts=[contact()], invoices=invoices, payments=[payment("U-1"), payment("U-2", "200")]))
    assert {name: lists(world).get(name) for name in ("taxes", "bank_accounts")} == {"taxes": 1, "bank_accounts": 1}


def test_one_document_is_looked_for_by_name_and_not_by_a_walk(world: World) -> None:
    fill(world, contacts=450)
    plan, calls = looked_for(world, manifest(contacts=[contact("template")]))
    assert [step.action for step in plan.steps] == [Action.ADOPT]
    assert calls == 1


def test_many_documents_are_looked_for_by_a_walk(world: World) -> None:
    fill(world, contacts=450)
    plan, calls = looked_for(world, manifest(contacts=[contact("template"), *map(contact, "abcdefgh")]))
    assert [step.action for step in plan.steps] == [Action.ADOPT, *[Action.CREATE] * 8]
    assert calls == 3


@pytest.mark.parametrize("wanted", [2, 3, 4, 5, 7])
@pytest.mark.parametrize("held", [0, 150, 450, 1050])
def test_the_search_costs_at_most_twice_the_cheaper_way(world: World, wanted: int, held: int) -> None:
    fill(world, contacts=held)
    names = [contact("template"), *(contact(f"new {number}") for number in range(wanted - 1))]
    plan, calls = looked_for(world, manifest(contacts=names))
    walk = -(-(held + 1) // 200)
    assert calls <= 2 * min(walk, wanted)
    assert [step.action for step in plan.steps] == [Action.ADOPT, *[Action.CREATE] * (wanted - 1)]


def test_invoices_are_looked_for_by_their_customer(world: World) -> None:
    fill(world, contacts=2, invoices=450)
    made = manifest(
        contacts=[contact("template")],
        invoices=[invoice("T-1", customer="template"), invoice("T-2", customer="template")],
    )
    plan = world.plan(made)
    assert {str(step.id): step.action for step in plan.steps} == {
        "contacts/template": Action.ADOPT,
        "invoices/T-1": Action.ADOPT,
        "invoices/T-2": Action.CREATE,
    }
    assert lists(world)["invoices"] == 1


def test_a_kind_without_a_search_is_walked_to_its_end(world: World) -> None:
    made = manifest(contacts=[contact()], payments=[payment(f"U-{number}", str(number + 1)) for number in range(201)])
    world.apply(made)
    world.state.unlink()
    world.calm()
    assert {step.action for step in world.plan(made).steps} == {Action.ADOPT}
    assert lists(world)["payments"] == 2


def test_a_short_row_of_a_list_is_read_whole_before_it_is_compared(world: World) -> None:
    made = manifest(contacts=[contact()], invoices=[invoice("O-1")])
    world.apply(made)
    world.state.unlink()
    world.calm()

    world.fault("GET /invoices", wire.changed(lambda answer: answer["invoices"][0].pop("line_items")))
    assert statuses(world.apply(made)) == {"contacts/acme": Status.ADOPTED, "invoices/O-1": Status.ADOPTED}
    assert world.wire.calls("GET /invoices/") == {f"GET /invoices/{world.rows('invoices')[0]['id']}": 1}


def test_a_short_row_hides_no_difference(world: World) -> None:
    world.apply(manifest(contacts=[contact()], invoices=[invoice("O-1")]))
    world.state.unlink()
    edited = invoice("O-1")
    edited["line_items"][0]["name"] = "Other work"
    world.fault("GET /invoices", wire.changed(lambda answer: answer["invoices"][0].pop("line_items")))
    (conflict,) = world.plan(manifest(contacts=[contact()], invoices=[edited])).conflicts
    assert [change.path for change in conflict.changes] == ["line_items[0].name"]


ONE, OTHER = "29AAGCB7383J1Z4", "27AAPFU0939F1ZV"


@pytest.mark.parametrize(("gstin", "action"), [(ONE, Action.ADOPT), (OTHER, Action.CREATE)])
def test_a_contact_of_the_same_name_is_read_whole_where_the_list_hides_its_gstin(
    world: World, gstin: str, action: Action
) -> None:
    world.apply(manifest(contacts=[contact(gst_no=ONE)]))
    world.state.unlink()
    world.calm()
    world.fault("GET /contacts", hidden("contacts", "gst_no"))
    (step,) = world.plan(manifest(contacts=[contact(gst_no=gstin)])).steps
    assert step.action is action
    assert sum(world.wire.calls("GET /contacts/").values()) == 1


def test_a_credit_note_is_found_where_the_list_hides_its_reference(world: World) -> None:
    made = manifest(contacts=[contact()], credit_notes=[note("C-1"), note("C-2")])
    world.apply(made)
    world.state.unlink()
    world.calm()
    world.fault("GET /credit_notes", hidden("credit_notes", "reference_number"))
    assert {step.action for step in world.plan(made).steps} == {Action.ADOPT}


def test_a_list_that_hides_nothing_of_a_rule_costs_no_further_read(world: World) -> None:
    world.apply(manifest(contacts=[contact()]))
    world.state.unlink()
    world.calm()
    world.fault("GET /contacts", hidden("contacts", "gst_no"))
    assert [step.action for step in world.plan(manifest(contacts=[contact()])).steps] == [Action.ADOPT]
    assert world.wire.calls("GET /contacts/") == {}


ITEM = {"key": "widget", "name": "Widget", "rate": "10"}
KNOWN: dict[str, tuple[Manifest, str, tuple[str, ...]]] = {
    "contacts without their type": (manifest(contacts=[contact()]), "contacts", ("contact_type",)),
    "items without their name": (manifest(items=[ITEM]), "items", ("item_name", "name")),
    "invoices without their customer": (
        manifest(contacts=[contact()], invoices=[invoice("O-1")]),
        "invoices",
        ("customer_id",),
    ),
    "payments without their contact": (
        manifest(contacts=[contact()], payments=[payment("U-1")]),
        "payments",
        ("contact_id",),
    ),
    "notes without their customer": (
        manifest(contacts=[contact()], credit_notes=[note("C-1")]),
        "credit_notes",
        ("customer_id",),
    ),
}
LISTS = pytest.mark.parametrize("name", KNOWN)


def in_short_lists(world: World, name: str, *, single: bool = False) -> Plan:
    """The plan of what is in the books and unknown to the state, where the lists of its kind leave something out."""
    made, kind, fields = KNOWN[name]
    world.apply(made)
    world.state.unlink()
    world.calm()
    world.fault(f"GET /{kind}", wire.leaves_out(KINDS[kind], *fields, single=single), times=wire.EVER)
    return world.plan(made)


@LISTS
def test_a_document_of_which_a_list_leaves_out_what_it_is_known_by_is_read_whole_and_found(
    world: World, name: str
) -> None:
    assert {step.action for step in in_short_lists(world, name).steps} == {Action.ADOPT}
    assert sum(world.wire.calls(f"GET /{KNOWN[name][1]}/").values()) == 1


@LISTS
def test_a_document_that_does_not_tell_it_either_is_shown_to_a_person(world: World, name: str) -> None:
    (conflict,) = in_short_lists(world, name, single=True).conflicts
    assert conflict.code == "likeness"
    assert conflict.reason.startswith("The books hold one of which they ")


def test_of_short_rows_only_those_are_read_whole_that_agree_in_what_they_tell(world: World) -> None:
    paid = [payment(f"U-{number}", str(number + 1)) for number in range(9)]
    world.apply(manifest(contacts=[contact()], payments=paid))
    world.state.unlink()
    world.calm()
    world.fault("GET /payments", wire.leaves_out(PAYMENTS, "contact_id"), times=wire.EVER)
    steps = world.plan(manifest(contacts=[contact()], payments=[paid[3], payment("NEW", "900")])).steps
    assert {step.id.key: step.action for step in steps} == {
        "acme": Action.ADOPT,
        "U-3": Action.ADOPT,
        "NEW": Action.CREATE,
    }
    assert sum(world.wire.calls("GET /payments/").values()) == 1


def test_a_short_row_of_another_day_is_read_whole_and_hides_no_difference(world: World) -> None:
    world.apply(manifest(contacts=[contact()], invoices=[invoice("O-1")]))
    world.state.unlink()
    edited = manifest(contacts=[contact()], invoices=[invoice("O-1", date="2026-05-20")])
    world.fault("GET /invoices", wire.leaves_out(INVOICES, "reference_number"), times=wire.EVER)
    (conflict,) = world.plan(edited).conflicts
    assert (conflict.code, [change.path for change in conflict.changes]) == ("books-differ", ["date"])


def test_short_rows_of_what_the_state_knows_are_not_read(world: World) -> None:
    one, other = payment("U-1"), payment("U-2")  # of one contact, day and amount
    world.apply(manifest(contacts=[contact()], payments=[one]))
    world.calm()
    world.fault("GET /payments", wire.leaves_out(PAYMENTS, "contact_id"), nth=1)
    plan = world.plan(manifest(contacts=[contact()], payments=[one, other]))
    assert not plan.conflicts
    assert world.wire.calls("GET /payments/") == {}


def test_a_walk_over_whole_rows_reads_none_of_them_again(world: World) -> None:
    fill(world, contacts=450, invoices=450)
    made = manifest(
        contacts=[contact("template"), *map(contact, "abcdefgh")],
        invoices=[invoice("T-2", "7", customer="template", invoice_number="N-1")],
    )
    plan = world.plan(made)
    assert [step.action for step in plan.steps] == [Action.ADOPT, *[Action.CREATE] * 9]
    assert [call for call in world.wire.calls("GET") if call.startswith(("GET /contacts/", "GET /invoices/"))] == []


def hidden(kind: str, field: str) -> wire.Act:
    """A list whose rows leave ``field`` out."""

    def drop(answer: Any) -> None:
        for row in answer[kind]:
            row.pop(field, None)

    return wire.changed(drop)
