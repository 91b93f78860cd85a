"""Taking the books as they are, down to the next plan: what is remembered, what is left to be done, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sandbox.client import Api

from apply import wire
from apply.manifests import contact, invoice, manifest, note, payment
from apply.world import World, statuses
from importer.delivery.compare import MONEY
from importer.errors import Refused
from importer.model import Action, Manifest, StepId
from importer.outcome import Status
from importer.sandbox.exact_json import encode

DRAFT = {"auto_approve": "false"}
ORDER, NOTE, UTR = StepId("invoices", "O-1"), StepId("credit_notes", "CN-1"), StepId("payments", "UTR-1")


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    api = Api(world.books)
    yield api
    api.close()


def books(**sections: list[dict[str, Any]]) -> Manifest:
    return manifest(contacts=[contact()], **sections)


def sold(total: str = "100", **fields: Any) -> Manifest:
    return books(invoices=[invoice("O-1", total, **fields)])


def idle(world: World, made: Manifest) -> bool:
    """Whether the next plan is empty."""
    return world.plan(made).idle


def codes(world: World, made: Manifest) -> list[str]:
    return [step.code for step in world.plan(made).conflicts]


def told(changes: Any) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.before, one.after) for one in changes]


def by_hand(world: World, api: Api, total: int = 100, *, reference: str = "typed by hand", **fields: Any) -> str:
    """An invoice that somebody typed into FinzBooks; its id."""
    customer = world.row("contacts", "acme")["id"]
    lines = [{"name": "Work", "quantity": 1, "rate": total}]
    body = {"customer_id": customer, "date": "2026-05-19T00:00:00", "place_of_supply": "IN-KA", "line_items": lines}
    whole = {**body, "reference_number": reference, "auto_approve": True, **fields}
    return str(api.post("/invoices", whole)["invoice"]["invoice_id"])


# accept.


def test_a_posted_invoice_whose_entry_was_edited_is_accepted_as_the_books_hold_it(world: World) -> None:
    world.apply(sold(notes="old"))
    edited = sold("120", notes="new")
    assert codes(world, edited) == ["edit-of-document"]
    world.calm()
    agreed = world.accept(edited, "invoices", "O-1")
    assert {seen.method for seen in world.wire.seen} == {"GET"}
    assert ("notes", "old", "new") in told(agreed.accepted)
    receipt = world.receipts()[ORDER]
    assert receipt.accepted["notes"] == "old"
    assert Decimal(receipt.accepted["line_items"][0]["rate"]) == 100
    assert Decimal(receipt.accepted[MONEY]) == 100
    assert idle(world, edited)
    assert dict(world.sent) == {"GET /whoami": 1}


def test_a_manifest_corrected_to_what_the_books_hold_is_no_edit_and_a_third_value_is_one(world: World) -> None:
    world.apply(sold(notes="old"))
    world.accept(sold(notes="new"), "invoices", "O-1")
    assert idle(world, sold(notes="new"))
    assert idle(world, sold(notes="old"))
    assert codes(world, sold(notes="a third")) == ["edit-of-document"]


def test_lines_corrected_to_what_the_books_hold_are_no_edit_and_others_are_one(world: World) -> None:
    world.apply(sold())
    world.accept(sold("120"), "invoices", "O-1")
    assert idle(world, sold("120"))
    assert idle(world, sold("100.00"))
    assert codes(world, sold("101")) == ["edit-of-document"]


def test_accepting_anew_after_the_correction_leaves_nothing_accepted(world: World) -> None:
    world.apply(sold(notes="old"))
    world.accept(sold(notes="new"), "invoices", "O-1")
    agreed = world.accept(sold(notes="old"), "invoices", "O-1")
    assert agreed.accepted == ()
    assert world.receipts()[ORDER].accepted == {}
    assert world.receipts()[ORDER].said["notes"] == "old"


def test_an_accepted_drift_of_a_contact_is_left_as_it_is_by_the_next_update(world: World, api: Api) -> None:
    world.apply(manifest(contacts=[contact(phone="1", email="a@example.com")]))
    own = world.row("contacts", "acme")["id"]
    api.put(f"/contacts/{own}", {"phone": "3"})
    edited = manifest(contacts=[contact(phone="1", email="b@example.com")])
    assert codes(world, edited) == ["drift"]
    world.accept(manifest(contacts=[contact(phone="1", email="a@example.com")]), "contacts", "acme")
    assert statuses(world.apply(edited)) == {"contacts/acme": Status.UPDATED}
    held = api.get(f"/contacts/{own}")["contact"]
    assert (held["phone"], held["email"]) == ("3", "b@example.com")
    assert world.receipts()[StepId("contacts", "acme")].accepted == {"phone": "3"}
    assert idle(world, edited)
    again = manifest(contacts=[contact(phone="4", email="b@example.com")])
    world.apply(again)
    assert api.get(f"/contacts/{own}")["contact"]["phone"] == "4"
    assert world.receipts()[StepId("contacts", "acme")].accepted == {}


def test_a_difference_at_creation_is_accepted(world: World) -> None:
    made = sold()
    world.apply(made)
    with world.reading() as store:
        receipt = store.receipt("invoices", "O-1")
        assert receipt is not None
        store.put([type(receipt)(**{**fields_of(receipt), "difference": "notes: x, not y"})])
    paid = books(invoices=[invoice("O-1")], payments=[payment("UTR-1", of="O-1")])
    assert sorted(codes(world, paid)) == ["books-differ", "needs-what-differs"]
    assert world.accept(paid, "invoices", "O-1").accepted == ()
    world.apply(paid)
    assert idle(world, paid)


def fields_of(receipt: Any) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in receipt.__slots__}


def test_a_draft_that_somebody_posted_is_accepted_as_posted(world: World, api: Api) -> None:
    world.apply(sold(**DRAFT, notes="old"))
    api.post(f"/invoices/{world.row('invoices', 'O-1')['id']}/approve")
    edited = sold(**DRAFT, notes="new")
    assert codes(world, edited) == ["no-longer-editable"]
    agreed = world.accept(edited, "invoices", "O-1")
    assert told(agreed.accepted) == [("notes", "old", "new"), ("auto_approve", True, False)]
    assert idle(world, edited)


def test_a_voided_invoice_is_accepted_and_the_voiding_is_told(world: World, api: Api) -> None:
    world.apply(sold(**DRAFT, notes="old"))
    own = world.row("invoices", "O-1")["id"]
    api.post(f"/invoices/{own}/approve")
    api.post(f"/invoices/{own}/void")
    edited = sold(**DRAFT, notes="new")
    assert codes(world, edited) == ["no-longer-editable"]
    agreed = world.accept(edited, "invoices", "O-1")
    assert ("status", "CANCELLED", None) in told(agreed.accepted)
    assert world.receipts()[ORDER].accepted["status"] == "CANCELLED"
    assert idle(world, edited)


def test_without_an_entry_what_the_receipt_says_stands_in_for_it(world: World, api: Api) -> None:
    world.apply(manifest(contacts=[contact(phone="1")]))
    api.put(f"/contacts/{world.row('contacts', 'acme')['id']}", {"phone": "3"})
    agreed = world.accept(manifest(), "contacts", "acme")
    assert told(agreed.accepted) == [("phone", "3", "1")]
    receipt = world.receipts()[StepId("contacts", "acme")]
    assert (receipt.said["phone"], receipt.accepted) == ("1", {"phone": "3"})


def test_an_edit_to_a_customer_that_is_not_in_the_books_yet_is_remembered_as_the_customer_they_hold(
    world: World,
) -> None:
    world.apply(sold())
    edited = manifest(contacts=[contact(), contact("other")], invoices=[invoice("O-1", customer="other")])
    world.accept(edited, "invoices", "O-1")
    assert world.receipts()[ORDER].accepted == {"customer_id": world.row("contacts", "acme")["id"]}
    assert statuses(world.apply(edited)) == {"contacts/other": Status.CREATED}
    assert idle(world, edited)


def test_what_is_gone_from_the_books_cannot_be_accepted(world: World, api: Api) -> None:
    world.apply(sold(**DRAFT))
    api.ok("DELETE", f"/invoices/{world.row('invoices', 'O-1')['id']}")
    with pytest.raises(Refused) as refused:
        world.accept(sold(**DRAFT), "invoices", "O-1")
    assert refused.value.code == "not-in-books"
    assert "finz-import state rm invoices O-1" in refused.value.help


def test_what_has_no_receipt_cannot_be_accepted(world: World) -> None:
    world.apply(books())
    with pytest.raises(Refused) as refused:
        world.accept(sold(), "invoices", "O-1")
    assert refused.value.code == "no-such-key"
    assert "finz-import state adopt invoices O-1 ID" in refused.value.help


def test_accepting_closes_an_update_that_was_cut_off(world: World, api: Api) -> None:
    world.apply(sold(**DRAFT, notes="old"))
    edited = sold(**DRAFT, notes="new")
    world.fault("PUT /invoices/", wire.breaks(httpx.ReadError), times=wire.EVER)
    world.apply(edited)
    assert len(world.intents()) == 1
    world.calm()
    api.post(f"/invoices/{world.row('invoices', 'O-1')['id']}/approve")
    assert codes(world, edited) == ["no-longer-editable"]
    world.accept(edited, "invoices", "O-1")
    assert world.intents() == ()
    assert idle(world, edited)


# accept, of a payment's allocations.


def paid(*entries: tuple[str, str], amount: str = "150") -> Manifest:
    """Two invoices of 100, and a payment with these allocations."""
    allocations = [{"invoice": key, "amount": part} for key, part in entries]
    more: dict[str, Any] = {"allocations": allocations} if allocations else {}
    return books(
        invoices=[invoice(key, reference_number=f"R-{key}") for key in ("O-1", "O-2")],
        payments=[payment("UTR-1", amount, **more)],
    )


def allocate(world: World, api: Api, key: str, amount: int) -> None:
    """Somebody else applies the payment."""
    own, target = world.row("payments", "UTR-1")["id"], world.row("invoices", key)["id"]
    api.post(f"/payments/{own}/apply", {"allocations": [{"invoice_id": target, "amount": amount}]})


def test_accepted_allocations_are_remembered_as_the_books_list_them(world: World, api: Api) -> None:
    world.apply(paid(("O-1", "40")))
    edited = paid(("O-1", "39"))
    assert codes(world, edited) == ["edit-of-document"]
    world.accept(edited, "payments", "UTR-1")
    receipt = world.receipts()[UTR]
    assert receipt.said["allocations"] == [{"invoice": "O-1", "amount": "39"}]
    assert receipt.accepted["allocations"] == [{"invoice_id": world.row("invoices", "O-1")["id"], "amount": "40"}]
    assert idle(world, edited)
    assert idle(world, paid(("O-1", "40")))
    assert codes(world, paid(("O-1", "38"))) == ["edit-of-document"]


def test_what_somebody_else_allocated_counts_when_more_is_allocated_later(world: World, api: Api) -> None:
    world.apply(paid(("O-1", "40")))
    allocate(world, api, "O-2", 10)
    assert "drift" in codes(world, paid(("O-1", "40"), ("O-2", "70")))
    world.accept(paid(("O-1", "40")), "payments", "UTR-1")
    assert idle(world, paid(("O-1", "40")))
    more = paid(("O-1", "40"), ("O-2", "70"))
    assert statuses(world.apply(more)) == {"payments/UTR-1 O-2#1": Status.APPLIED}
    assert world.row("invoices", "O-2")["paid"] == 80_00
    assert idle(world, more)


@pytest.mark.parametrize("entries", [(("O-1", "40"),), ()])
def test_an_allocation_that_the_books_were_accepted_to_hold_is_not_made_again_when_the_manifest_names_it(
    world: World, api: Api, entries: tuple[tuple[str, str], ...]
) -> None:
    world.apply(paid(*entries))
    allocate(world, api, "O-2", 10)
    world.accept(paid(*entries), "payments", "UTR-1")
    named = paid(*entries, ("O-2", "10"))
    assert idle(world, named)
    more = paid(*entries, ("O-2", "10"), ("O-2", "20"))
    assert len(world.apply(more).outcomes) == 1
    assert world.row("invoices", "O-2")["paid"] == 30_00
    assert idle(world, more)


def test_an_addition_that_is_accepted_not_to_be_there_is_not_sent(world: World) -> None:
    world.apply(paid(("O-1", "40")))
    more = paid(("O-1", "40"), ("O-2", "70"))
    agreed = world.accept(more, "payments", "UTR-1")
    assert told(agreed.accepted) == [("allocations", "1 entries", "2 entries")]
    assert idle(world, more)


# accept, of a note's applications.


def noted(total: str = "60", *applied: str, to: str = "O-1", **fields: Any) -> Manifest:
    applications = [{"invoice": to, "amount": one} for one in applied]
    more: dict[str, Any] = {"applications": applications} if applications else {}
    invoices = [invoice("O-1", "500"), invoice("O-2", "300")]
    return books(invoices=invoices, credit_notes=[note("CN-1", total, **more, **fields)])


def use_up(world: World, api: Api, amount: int, own: str = "") -> None:
    """Somebody else applies the note."""
    own, target = own or world.row("credit_notes", "CN-1")["id"], world.row("invoices", "O-1")["id"]
    api.post(f"/credit_notes/{own}/apply-to-invoice", {"invoice_id": target, "amount": amount})


def test_an_edited_application_is_accepted_with_the_amount_it_was_applied_with(world: World) -> None:
    world.apply(noted("60", "20"))
    edited = noted("60", "21")
    assert codes(world, edited) == ["application-edited"]
    agreed = world.accept(edited, "credit_notes", "CN-1")
    assert told(agreed.accepted) == [("applications O-1#1", "20", "21")]
    part = world.receipts()[NOTE._replace(part="O-1#1")]
    assert (part.said["amount"], part.accepted) == ("21", {"amount": "20"})
    assert idle(world, edited)
    more = noted("60", "21", "5")
    assert statuses(world.apply(more)) == {"credit_notes/CN-1 O-1#2": Status.APPLIED}
    assert world.row("invoices", "O-1")["credited"] == 25_00


def test_an_application_gone_from_the_manifest_is_accepted_and_still_counts(world: World) -> None:
    world.apply(noted("60", "20"))
    assert codes(world, noted()) == ["application-gone"]
    agreed = world.accept(noted(), "credit_notes", "CN-1")
    assert told(agreed.accepted) == [("applications O-1#1", "20", None)]
    assert idle(world, noted())
    more = noted("60", "40", to="O-2")
    assert statuses(world.apply(more)) == {"credit_notes/CN-1 O-2#1": Status.APPLIED}
    assert world.row("credit_notes", "CN-1")["applied"] == 60_00
    assert idle(world, more)


def test_what_somebody_applied_of_a_note_is_accepted_and_the_rest_can_be_applied(world: World, api: Api) -> None:
    world.apply(noted("60", "20"))
    use_up(world, api, 5)
    more = noted("60", "20", "30")
    assert [step.code for step in world.plan(more).conflicts] == ["partly-applied"]
    with pytest.raises(Refused):
        world.accept(more, "credit_notes", "CN-1")
    agreed = world.accept(noted("60", "20"), "credit_notes", "CN-1")
    assert "Of the credit note 5 is applied" in " ".join(agreed.notes)
    assert world.receipts()[NOTE].accepted == {"applications": "5"}
    assert statuses(world.apply(more)) == {"credit_notes/CN-1 O-1#2": Status.APPLIED}
    assert world.row("credit_notes", "CN-1")["applied"] == 55_00
    assert idle(world, more)


def test_a_note_that_somebody_applied_as_the_manifest_has_it_is_accepted_with_its_applications(
    world: World, api: Api
) -> None:
    world.apply(noted())
    use_up(world, api, 20)
    made = noted("60", "20")
    agreed = world.accept(made, "credit_notes", "CN-1")
    (told,) = agreed.notes
    assert told.startswith("Remembered as applied already: O-1 20. The books say that as much of it is used")
    assert idle(world, made)


# adopt.


def test_a_likeness_is_adopted_and_only_its_reference_is_accepted(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api)
    assert codes(world, sold()) == ["likeness"]
    agreed = world.adopt(sold(), "invoices", "O-1", own)
    assert told(agreed.accepted) == [("reference_number", "typed by hand", "O-1")]
    assert world.receipts()[ORDER].accepted == {"reference_number": "typed by hand"}
    assert idle(world, sold())
    assert world.count("invoices") == 1


def test_what_cannot_be_updated_and_differs_is_refused_with_what_differs(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api, 90, notes="by hand")
    made = sold(notes="ours")
    with pytest.raises(Refused) as refused:
        world.adopt(made, "invoices", "O-1", own)
    assert refused.value.code == "not-alike"
    assert 'notes: the books hold "by hand", the manifest says "ours"' in refused.value.message
    assert "--accept-differences" in refused.value.help
    assert ORDER not in world.receipts()


def test_it_is_remembered_with_the_users_word(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api, 90, notes="by hand")
    made = sold(notes="ours")
    agreed = world.adopt(made, "invoices", "O-1", own, differences=True)
    assert {one.path for one in agreed.accepted} == {"reference_number", "notes", "line_items[0].rate", MONEY}
    accepted = world.receipts()[ORDER].accepted
    assert accepted["notes"] == "by hand"
    assert Decimal(accepted["line_items"][0]["rate"]) == 90
    assert idle(world, made)
    assert idle(world, sold(notes="by hand"))


def test_what_an_update_can_mend_is_left_for_the_next_plan(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api, auto_approve=False, notes="by hand")
    made = sold(notes="ours")
    agreed = world.adopt(made, "invoices", "O-1", own)
    assert {one.path for one in agreed.open} == {"reference_number", "notes", "auto_approve"}
    assert agreed.accepted == ()
    (step,) = world.plan(made).steps
    assert (step.action, {one.path for one in step.changes}) == (Action.UPDATE, {one.path for one in agreed.open})
    world.apply(made)
    row = world.row("invoices", "O-1")
    assert (row["state"], row["notes"], row["reference"]) == ("POSTED", "ours", "O-1")
    assert idle(world, made)


def test_a_draft_alike_but_for_being_one_is_left_to_be_posted(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api, auto_approve=False, reference="O-1")
    world.adopt(sold(), "invoices", "O-1", own)
    (step,) = world.plan(sold()).steps
    assert step.action is Action.APPROVE
    world.apply(sold())
    assert world.row("invoices", "O-1")["state"] == "POSTED"


def test_the_lines_of_a_draft_are_refused_and_the_rest_of_it_still_mended(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api, 90, auto_approve=False, notes="by hand")
    made = sold(**DRAFT, notes="ours")
    with pytest.raises(Refused) as refused:
        world.adopt(made, "invoices", "O-1", own)
    assert "rate of line 1" in refused.value.message
    assert "notes" not in refused.value.message
    world.adopt(made, "invoices", "O-1", own, differences=True)
    world.apply(made)
    row = world.row("invoices", "O-1")
    assert (row["notes"], row["total"]) == ("ours", 90_00)
    (put,) = [seen.json for seen in world.wire.seen if seen.method == "PUT"]
    assert MONEY not in put
    assert idle(world, made)


def test_a_contact_is_adopted_and_what_differs_is_an_update(world: World, api: Api) -> None:
    own = api.post("/contacts", {"contact_name": "Acme Corp", "contact_type": "CUSTOMER", "phone": "9"})
    made = manifest(contacts=[contact(phone="1")])
    agreed = world.adopt(made, "contacts", "acme", own["contact"]["contact_id"])
    assert {one.path for one in agreed.open} == {"contact_name", "phone"}
    assert statuses(world.apply(made)) == {"contacts/acme": Status.UPDATED}
    assert idle(world, made)


def test_a_payment_is_adopted_and_what_it_lacks_is_left_to_be_applied(world: World, api: Api) -> None:
    world.apply(books(invoices=[invoice("O-1")]))
    bank = next(one for one in api.get("/bank_accounts")["bank_accounts"] if one["name"] == "HDFC Current")
    head = {"flow": "INCOMING", "contact_id": world.row("contacts", "acme")["id"], "date": "2026-05-20"}
    body = {**head, "amount": 100, "mode": "BANK_TRANSFER", "bank_account_id": bank["account_id"]}
    own = api.post("/payments", {**body, "reference_number": "by hand"})["payment"]["payment_id"]
    made = books(invoices=[invoice("O-1")], payments=[payment("UTR-1", of="O-1")])
    agreed = world.adopt(made, "payments", "UTR-1", own)
    assert agreed.notes == ("Left for the next plan, since the books do not hold it: allocations to O-1 100.",)
    assert world.receipts()[UTR].said["allocations"] == []
    assert statuses(world.apply(made)) == {"payments/UTR-1 O-1#1": Status.APPLIED}
    assert world.row("invoices", "O-1")["paid"] == 100_00
    assert idle(world, made)


def credit_by_hand(world: World, api: Api, applied: int) -> str:
    """A note of 60 that somebody typed in, and applied in part; its id."""
    lines = [{"name": "Return", "quantity": 1, "rate": 60}]
    head = {"customer_id": world.row("contacts", "acme")["id"], "date": "2026-05-21", "reference_number": "CN-1"}
    own = str(api.post("/credit_notes", {**head, "line_items": lines})["credit_note"]["credit_note_id"])
    if applied:
        use_up(world, api, applied, own)
    return own


ORDERS = {"invoices": [invoice("O-1", "500"), invoice("O-2", "300")]}


def test_a_note_applied_wholly_by_its_balance_is_adopted_with_its_applications(world: World, api: Api) -> None:
    world.apply(books(**ORDERS))
    own = credit_by_hand(world, api, 50)
    world.adopt(noted("60", "20", "30"), "credit_notes", "CN-1", own)
    assert {step.part for step in world.receipts() if step.key == "CN-1"} == {"", "O-1#1", "O-1#2"}
    assert idle(world, noted("60", "20", "30"))


def test_a_note_applied_in_part_is_adopted_and_the_rest_is_applied_later(world: World, api: Api) -> None:
    world.apply(books(**ORDERS))
    own = credit_by_hand(world, api, 20)
    assert codes(world, noted("60", "20", "30")) == ["partly-applied", "partly-applied"]
    with pytest.raises(Refused) as refused:
        world.adopt(noted("60", "30"), "credit_notes", "CN-1", own)
    assert "Leave in the manifest only what FinzBooks shows as applied" in refused.value.help
    world.adopt(noted("60", "20"), "credit_notes", "CN-1", own)
    whole = noted("60", "20", "30")
    assert statuses(world.apply(whole)) == {"credit_notes/CN-1 O-1#2": Status.APPLIED}
    assert world.row("credit_notes", "CN-1")["applied"] == 50_00
    assert idle(world, whole)


def test_a_note_of_which_nobody_knows_what_it_was_applied_to_is_adopted_without_applications(
    world: World, api: Api
) -> None:
    world.apply(books(**ORDERS))
    own = credit_by_hand(world, api, 20)
    agreed = world.adopt(noted("60"), "credit_notes", "CN-1", own)
    assert "Of the credit note 20 is applied in the books" in agreed.notes[0]
    assert world.receipts()[NOTE].accepted == {"applications": "20"}
    assert statuses(world.apply(noted("60", "30"))) == {"credit_notes/CN-1 O-1#1": Status.APPLIED}
    assert world.row("credit_notes", "CN-1")["applied"] == 50_00


def test_an_application_to_what_is_not_in_the_books_cannot_be_what_they_hold(world: World, api: Api) -> None:
    world.apply(books(**ORDERS))
    own = credit_by_hand(world, api, 20)
    entry = note("CN-1", "60", applications=[{"invoice": "O-3", "amount": "20"}])
    made = books(invoices=[*ORDERS["invoices"], invoice("O-3", "50")], credit_notes=[entry])
    world.adopt(made, "credit_notes", "CN-1", own)
    assert world.receipts()[NOTE].accepted == {"applications": "20"}
    assert statuses(world.apply(made))["credit_notes/CN-1 O-3#1"] is Status.APPLIED
    assert idle(world, made)


def test_an_application_to_what_is_in_the_books_without_a_receipt_may_be_what_they_hold(world: World, api: Api) -> None:
    world.apply(books(**ORDERS))
    own = credit_by_hand(world, api, 20)
    world.remove("invoices", "O-1")
    world.adopt(noted("60", "20"), "credit_notes", "CN-1", own)
    assert [(str(step.id), step.action) for step in world.plan(noted("60", "20")).steps] == [
        ("invoices/O-1", Action.ADOPT)
    ]


def test_books_that_do_not_say_what_is_applied_need_the_users_word(world: World, api: Api) -> None:
    world.apply(books(**ORDERS))
    own = credit_by_hand(world, api, 0)
    shown = api.get(f"/credit_notes/{own}")["credit_note"]
    del shown["balance"]
    silent = {"code": 0, "message": "success", "credit_note": shown}
    world.fault("GET /credit_notes/", wire.answers(200, encode(silent)), times=2)
    with pytest.raises(Refused) as refused:
        world.adopt(noted("60", "20"), "credit_notes", "CN-1", own)
    assert refused.value.code == "not-alike"
    with pytest.raises(Refused):  # a word for it is not enough: it would be applied, perhaps once more
        world.adopt(noted("60", "20"), "credit_notes", "CN-1", own, differences=True)


def test_an_open_create_is_closed_by_what_it_is_adopted_as(world: World) -> None:
    world.apply(books())
    made = sold()
    world.fault("POST /invoices", wire.breaks(httpx.ReadTimeout, done=True))
    world.fault("GET /invoices", wire.answers(503, wire.FAILED), nth=2, times=wire.EVER)
    world.apply(made)
    assert len(world.intents()) == 1
    world.calm()
    (row,) = world.rows("invoices")
    world.adopt(made, "invoices", "O-1", row["id"])
    assert world.intents() == ()
    assert idle(world, made)


@pytest.mark.parametrize("remote_id", ["inv_nowhere", "a/b"])
def test_an_id_that_the_books_do_not_hold_is_refused(world: World, remote_id: str) -> None:
    world.apply(books())
    with pytest.raises(Refused) as refused:
        world.adopt(sold(), "invoices", "O-1", remote_id)
    assert refused.value.code == "not-in-books"


def test_a_voided_document_is_refused(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api)
    api.post(f"/invoices/{own}/void")
    with pytest.raises(Refused) as refused:
        world.adopt(sold(), "invoices", "O-1", own, differences=True)
    assert (refused.value.code, "voided" in refused.value.message) == ("not-in-books", True)


def test_a_known_key_and_a_known_id_are_taken(world: World, api: Api) -> None:
    world.apply(sold())
    own = world.row("invoices", "O-1")["id"]
    other = by_hand(world, api, reference="O-9")
    ways = {}
    made = books(invoices=[invoice("O-1"), invoice("O-9")])
    for key, remote_id in (("O-1", own), ("O-1", other), ("O-9", own)):
        with pytest.raises(Refused) as refused:
            world.adopt(made, "invoices", key, remote_id)
        assert refused.value.code == "key-taken"
        ways[key, remote_id] = refused.value.help
    assert "finz-import state accept invoices O-1" in ways["O-1", own]
    assert "finz-import state rm invoices O-1" in ways["O-1", other]
    assert "finz-import state mv invoices O-1 O-9" in ways["O-9", own]


def test_what_refers_to_something_unknown_is_refused_until_that_is_known(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api)
    made = manifest(contacts=[contact("other")], invoices=[invoice("O-1", customer="other")])
    with pytest.raises(Refused) as refused:
        world.adopt(made, "invoices", "O-1", own, differences=True)
    assert refused.value.code == "not-alike"
    assert "finz-import state adopt contacts other ID" in refused.value.help


def test_a_customer_that_is_in_the_books_and_has_no_receipt_is_looked_up(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api)
    world.remove("contacts", "acme")
    world.adopt(sold(), "invoices", "O-1", own)
    assert [step.action for step in world.plan(sold()).steps] == [Action.ADOPT]


def test_a_name_that_the_org_does_not_have_is_refused(world: World, api: Api) -> None:
    world.apply(books())
    own = by_hand(world, api)
    lines = [{"name": "Work", "quantity": "1", "rate": "100", "tax": "GST 17%"}]
    with pytest.raises(Refused) as refused:
        world.adopt(sold(line_items=lines), "invoices", "O-1", own)
    assert refused.value.code == "no-entry"
    assert "GST 17%" in refused.value.message
