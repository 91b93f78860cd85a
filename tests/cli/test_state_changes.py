"""The commands that change what is known; and that each conflict is gone once the command it names has been run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from apply.manifests import Entry, contact, invoice, note, payment
from sandbox.client import Api

from cli.command import Ended, command, files_below
from cli.live import Live, Org
from importer.model import Intent, IntentRow
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.state.files import open_for_writing
from importer.state.store import Store

AT = ("--sandbox", "books.yaml")
STATE = Path("finzbooks.sandbox.state.db")
DRAFT: dict[str, Any] = {"auto_approve": "false"}
KEYS = count(step=1000)


# What a test begins with, in the current folder.


def written(**sections: list[Entry]) -> None:
    """A manifest of an acme and ``sections``; JSON is YAML."""
    Path("books.yaml").write_text(json.dumps({"contacts": [contact()], **sections}, indent=1), encoding="utf-8")


def applied(**sections: list[Entry]) -> None:
    written(**sections)
    ended = command("apply", "--yes", *AT)
    assert ended.code == 0, ended.out + ended.err


@contextmanager
def api() -> Iterator[Api]:
    """Somebody else at the books."""
    with closing(Books(Path(".finzbooks/sandbox.db"), SystemClock())) as books:
        caller = Api(books)
        caller.keys = next(KEYS)  # the server remembers keys of earlier calls
        try:
            yield caller
        finally:
            caller.close()


@contextmanager
def state() -> Iterator[Store]:
    with open_for_writing(STATE) as store:
        yield store


def id_of(kind: str, key: str) -> str:
    with state() as store:
        receipt = store.receipt(kind, key)
        assert receipt is not None
        return receipt.remote_id


def in_books(caller: Api, kind: str, body: dict[str, Any]) -> str:
    """The id of a document that somebody typed in."""
    made = caller.post(f"/{kind}", body)[kind.removesuffix("s")]
    return str(made[f"{kind.removesuffix('s')}_id"])


def typed_invoice(reference: str, **fields: Any) -> str:
    """What somebody typed into FinzBooks, as ``invoice`` of the manifest has it."""
    own = id_of("contacts", "acme")
    lines = [{"name": "Work", "quantity": 1, "rate": 100}]
    head = {"customer_id": own, "date": "2026-05-19T00:00:00", "place_of_supply": "IN-KA", "line_items": lines}
    with api() as caller:
        return in_books(caller, "invoices", {**head, "auto_approve": True, "reference_number": reference, **fields})


def cut_off(kind: str, key: str, part: str = "") -> None:
    """A call for it was about to be sent, and nobody knows what became of it."""
    row, body = IntentRow(kind, key, part, 0), json.dumps({"reference_number": key})
    moment = "2026-05-20T04:30:07.000Z"
    with state() as store:
        store.begin(Intent(0, "create", (row,), "POST", f"/{kind}", body, "fzi-lost", "tok", moment, "run-0"))


def noted(*applied_to: tuple[str, str]) -> dict[str, list[Entry]]:
    entries = [{"invoice": key, "amount": amount} for key, amount in applied_to]
    more: dict[str, Any] = {"applications": entries} if entries else {}
    return {"invoices": [invoice("O-1", "500")], "credit_notes": [note("CN-1", "60", **more)]}


# How each conflict comes about: books.yaml is left in it. What is returned is the id that the help leaves open.


def an_edit_of_a_posted_invoice() -> str:
    applied(invoices=[invoice("O-1", notes="old")])
    written(invoices=[invoice("O-1", notes="new")])
    return ""


def a_difference_at_creation() -> str:
    applied(invoices=[invoice("O-1")])
    with state() as store:
        receipt = store.receipt("invoices", "O-1")
        assert receipt is not None
        store.put([replace(receipt, difference="notes: one thing, not another")])
    return ""


def a_need_that_differs() -> str:
    a_difference_at_creation()
    written(invoices=[invoice("O-1")], payments=[payment("UTR-1", of="O-1")])
    return ""


def something_typed_in_otherwise() -> str:
    applied()
    typed_invoice("O-1", notes="by hand")
    written(invoices=[invoice("O-1", notes="ours")])
    return ""


def a_likeness() -> str:
    applied()
    typed_invoice("by hand")
    written(invoices=[invoice("O-1")])
    return ""


def two_keys_for_one() -> str:
    applied()
    with api() as caller:
        body = {"contact_name": "Twins", "contact_type": "CUSTOMER", "gst_no": "27AAPFU0939F1ZV"}
        in_books(caller, "contacts", body)
    twin = contact("one", contact_name="One Twin", gst_no="27AAPFU0939F1ZV")
    written(contacts=[contact(), twin, contact("two", contact_name="Twins")])
    return ""


def one_key_for_two() -> str:
    applied()
    with api() as caller:
        ids = [in_books(caller, "contacts", {"contact_name": "Twins", "contact_type": "CUSTOMER"}) for _ in range(2)]
    written(contacts=[contact(), contact("one", contact_name="Twins")])
    return ids[1]


def a_key_renamed() -> str:
    applied(invoices=[invoice("O-1")])
    written(invoices=[invoice("O-9")])
    return ""


def drift() -> str:
    applied(contacts=[contact(phone="1")])
    own = id_of("contacts", "acme")
    with api() as caller:
        caller.put(f"/contacts/{own}", {"phone": "3"})
    written(contacts=[contact(phone="2")])
    return ""


def drift_of_a_payment() -> str:
    applied(invoices=[invoice("O-1")], payments=[payment("UTR-1")])
    own, target = id_of("payments", "UTR-1"), id_of("invoices", "O-1")
    with api() as caller:
        caller.post(f"/payments/{own}/apply", {"allocations": [{"invoice_id": target, "amount": 10}]})
    written(invoices=[invoice("O-1")], payments=[payment("UTR-1", allocations=[{"invoice": "O-1", "amount": "50"}])])
    return ""


def a_draft_posted_by_hand() -> str:
    applied(invoices=[invoice("O-1", **DRAFT, notes="old")])
    own = id_of("invoices", "O-1")
    with api() as caller:
        caller.post(f"/invoices/{own}/approve")
    written(invoices=[invoice("O-1", **DRAFT, notes="new")])
    return ""


def a_draft_deleted_by_hand() -> str:
    applied(invoices=[invoice("O-1", **DRAFT, notes="old")])
    own = id_of("invoices", "O-1")
    with api() as caller:
        caller.ok("DELETE", f"/invoices/{own}")
    written(invoices=[invoice("O-1", **DRAFT, notes="new")])
    return ""


def an_application_edited() -> str:
    applied(**noted(("O-1", "20")))
    written(**noted(("O-1", "21")))
    return ""


def an_application_gone() -> str:
    applied(**noted(("O-1", "20")))
    written(**noted())
    return ""


def a_note_applied_in_part() -> str:
    applied(invoices=[invoice("O-1", "500")])
    head = {"customer_id": id_of("contacts", "acme"), "date": "2026-05-21", "reference_number": "CN-1"}
    target = id_of("invoices", "O-1")
    with api() as caller:
        lines = [{"name": "Return", "quantity": 1, "rate": 60}]
        own = in_books(caller, "credit_notes", {**head, "line_items": lines})
        caller.post(f"/credit_notes/{own}/apply-to-invoice", {"invoice_id": target, "amount": 20})
    written(**noted(("O-1", "30")))
    return ""


def a_call_with_two_candidates() -> str:
    second = one_key_for_two()
    cut_off("contacts", "one")
    return second


def a_call_whose_entry_is_gone() -> str:
    applied()
    cut_off("invoices", "O-1")
    return ""


def an_orphan() -> str:
    applied(invoices=[invoice("O-1")])
    written()
    return ""


CONFLICTS = [
    ("edit-of-document", "accept", an_edit_of_a_posted_invoice),
    ("books-differ", "accept", a_difference_at_creation),
    ("needs-what-differs", "accept", a_need_that_differs),
    ("books-differ", "adopt", something_typed_in_otherwise),
    ("likeness", "adopt", a_likeness),
    ("shared-match", "adopt", two_keys_for_one),
    ("ambiguous-match", "adopt", one_key_for_two),
    ("known-under-other-key", "mv", a_key_renamed),
    ("known-under-other-key", "rm", a_key_renamed),
    ("drift", "accept", drift),
    ("drift", "accept", drift_of_a_payment),
    ("no-longer-editable", "accept", a_draft_posted_by_hand),
    ("gone-from-books", "rm", a_draft_deleted_by_hand),
    ("application-edited", "accept", an_application_edited),
    ("application-gone", "accept", an_application_gone),
    ("partly-applied", "adopt", a_note_applied_in_part),
    ("open-intent", "adopt", a_call_with_two_candidates),
    ("open-intent", "rm", a_call_with_two_candidates),
    ("open-intent", "rm", a_call_whose_entry_is_gone),
    (None, "rm", an_orphan),
]
NAMED = re.compile(r"finz-import (state (?:accept|adopt|mv|rm) (?:\"[^\"]*\"|[^.;\"])+)")


def in_conflict(code: str | None) -> list[dict[str, Any]]:
    """The steps that the next plan shows under ``code``."""
    ended = command("plan", "--format", "json", *AT)
    assert ended.code in (0, 1), ended.err
    known = ("conflict", "settle", "pending", "orphaned")
    return [one for one in ended.json["operations"] if one["action"] in known and one["code"] == code]


@pytest.mark.parametrize(("code", "verb", "comes_about"), CONFLICTS)
def test_a_conflict_is_gone_once_the_command_it_names_was_run(
    folder: Path, code: str | None, verb: str, comes_about: Callable[[], str]
) -> None:
    open_id = comes_about()
    found = in_conflict(code)
    assert found
    if code == "partly-applied":  # "Leave only that in the manifest", it says before the command
        written(**noted(("O-1", "20")))
    commands = [shlex.split(one) for one in NAMED.findall(found[0]["help"])]
    words = [open_id if word == "ID" else word for word in next(one for one in commands if one[1] == verb)]
    ended = command(*words, *AT)
    assert (ended.code, ended.err) == (0, ""), ended.err
    left = in_conflict(code)
    assert [one["key"] for one in left if one["key"] == found[0]["key"]] == []


def test_what_was_voided_in_the_books_is_booked_again_under_another_key(folder: Path) -> None:
    applied()
    own = typed_invoice("O-1")
    with api() as caller:
        caller.post(f"/invoices/{own}/void")
    written(invoices=[invoice("O-1")])
    assert "give it another key" in in_conflict("voided-in-books")[0]["help"]
    written(invoices=[invoice("O-2")])
    assert command("apply", "--yes", *AT).code == 0


# What a person reads.


def test_accept_tells_what_the_books_hold_and_what_the_manifest_says(folder: Path) -> None:
    an_edit_of_a_posted_invoice()
    ended = command("state", "accept", "invoice", "O-1", *AT)
    lines = ended.out.splitlines()
    assert lines[0].startswith("The invoice O-1 is remembered as the books hold it: INV-")
    assert lines[1:] == [
        "Accepted, and no longer asked about:",
        '  notes: the books hold "old", the manifest says "new"',
    ]
    listed = command("state", "list", *AT).out.splitlines()
    assert [line.split()[1] for line in listed if line.endswith("(accepted otherwise)")] == ["O-1"]
    assert '"notes": "old"' in command("state", "show", "invoices", "O-1", *AT).out.partition("  accepted")[2]


def test_accept_finds_the_entry_in_the_file_that_the_receipt_came_from(folder: Path) -> None:
    an_edit_of_a_posted_invoice()
    value = command("state", "accept", "invoices", "O-1", "--sandbox", "--format", "json").json
    assert value["accepted"] == [{"field": "notes", "books": "old", "manifest": "new"}]
    assert (value["kind"], value["key"], value["open"]) == ("invoices", "O-1", [])


def test_accept_of_an_entry_with_errors_is_refused(folder: Path) -> None:
    an_edit_of_a_posted_invoice()
    written(invoices=[invoice("O-1", date="yesterday")])
    ended = refused("no-entry", "state", "accept", "invoices", "O-1", *AT)
    assert "books.yaml:" in ended.err


def test_accept_of_an_entry_that_is_gone_takes_what_the_receipt_says(folder: Path) -> None:
    applied(contacts=[contact(phone="1")])
    own = id_of("contacts", "acme")
    with api() as caller:
        caller.put(f"/contacts/{own}", {"phone": "3"})
    Path("books.yaml").write_text("contacts: []\n", encoding="utf-8")
    ended = command("state", "accept", "contacts", "acme", "--sandbox")
    assert '  phone: the books hold "3", the manifest says "1"' in ended.out.splitlines()


def test_accept_of_a_file_that_cannot_be_read_is_refused(folder: Path) -> None:
    an_edit_of_a_posted_invoice()
    Path("books.yaml").write_text("contacts: [{\n", encoding="utf-8")
    refused("no-entry", "state", "accept", "invoices", "O-1", *AT)


def test_adopt_tells_what_is_left_for_the_next_plan(folder: Path) -> None:
    applied()
    own = typed_invoice("by hand", auto_approve=False, notes="by hand")
    written(invoices=[invoice("O-1", notes="ours")])
    ended = command("state", "adopt", "invoices", "O-1", own, *AT)
    assert "Left for the next plan, which shows it as an update:" in ended.out.splitlines()
    assert '  notes: the books hold "by hand", the manifest says "ours"' in ended.out.splitlines()
    assert "  auto_approve: the books hold false, the manifest says true" in ended.out.splitlines()


def test_adopt_works_before_there_is_a_state(folder: Path) -> None:
    a_likeness()
    own = typed_invoice("another")
    with api() as caller:
        customer = caller.get(f"/invoices/{own}")["invoice"]["customer_id"]
    STATE.unlink()
    ended = command("state", "adopt", "contacts", "acme", customer, *AT)
    assert ended.code == 0, ended.err
    assert id_of("contacts", "acme") == customer


def test_adopt_finds_the_entry_in_the_folder_of_the_project(folder: Path) -> None:
    a_likeness()
    Path("finzbooks.yaml").write_text("version: 1\n", encoding="utf-8")
    own = typed_invoice("a second one")
    ended = command("state", "adopt", "invoices", "O-1", own, "--sandbox")
    assert ended.code == 0, ended.err


def test_adopt_of_an_entry_that_is_not_there_is_refused(folder: Path) -> None:
    applied()
    own = typed_invoice("O-1")
    refused("no-entry", "state", "adopt", "invoices", "O-1", own, *AT)


def test_mv_names_what_follows_and_asks_nobody(folder: Path) -> None:
    applied(invoices=[invoice("O-1")], payments=[payment("UTR-1", of="O-1")])
    written(invoices=[invoice("Ö 9")], payments=[payment("UTR-1", of="Ö 9")])
    ended = command("state", "mv", "invoices", "O-1", " O\u0308 9 ", *AT)
    assert ended.code == 0
    assert ended.out.endswith("is known as Ö 9 from now on. What refers to it follows: payments/UTR-1.\n")
    plan = command("plan", "--format", "json", *AT)
    assert (plan.code, plan.json["operations"]) == (0, [])


def test_mv_of_a_key_that_is_not_known_names_the_nearest(folder: Path) -> None:
    applied(invoices=[invoice("ORDER-1")])
    ended = refused("no-such-key", "state", "mv", "invoices", "ORDR-1", "O-9", *AT)
    assert 'Did you mean "ORDER-1"?' in ended.err


def test_mv_to_a_key_that_is_known_is_refused(folder: Path) -> None:
    applied(invoices=[invoice("O-1"), invoice("O-2", "200")])
    ended = refused("key-taken", "state", "mv", "invoices", "O-1", "O-2", *AT)
    assert "finz-import state rm invoices O-2" in ended.err


@pytest.mark.parametrize(
    ("kind", "key", "part"), [("invoices", "O-1", ""), ("invoices", "O-9", ""), ("credit_notes", "CN-1", "O-1#1")]
)
def test_mv_waits_for_calls_that_were_cut_off(folder: Path, kind: str, key: str, part: str) -> None:
    applied(invoices=[invoice("O-1")])
    cut_off(kind, key, part)
    ended = refused("open-intents", "state", "mv", "invoices", "O-1", "O-9", *AT)
    assert "finz-import recover" in ended.err


def test_rm_tells_what_it_was_and_who_refers_to_it(folder: Path) -> None:
    applied(**noted(("O-1", "20")))
    own = id_of("invoices", "O-1")
    ended = command("state", "rm", "invoice", "O-1", *AT)
    first, second = ended.out.splitlines()
    assert own in first
    assert "The books still hold it" in first
    assert second == "These refer to it: credit_notes/CN-1."
    with state() as store:
        assert store.generation("invoices", "O-1") == 1


def test_rm_forgets_the_applications_too_and_the_next_plan_finds_it_all_again(folder: Path) -> None:
    applied(**noted(("O-1", "20")))
    value = command("state", "rm", "credit_notes", "CN-1", *AT, "--format", "json").json
    assert (value["key"], value["calls"], value["referring"]) == ("CN-1", 0, [])
    with state() as store:
        assert [one for one in store.receipts() if one.key == "CN-1"] == []
    operations = command("plan", "--format", "json", *AT).json["operations"]
    assert {one["action"] for one in operations} == {"adopt"}
    assert len(operations) == 2


def test_rm_gives_up_what_was_cut_off(folder: Path) -> None:
    applied()
    cut_off("invoices", "O-1")
    ended = command("state", "rm", "invoices", "O-1", *AT)
    assert ended.out.startswith("The call that was cut off is given up as not done.")
    with state() as store:
        assert store.intents() == ()
        assert store.generation("invoices", "O-1") == 1


# What all of them refuse.


def refused(code: str, *words: str, env: dict[str, str] | None = None) -> Ended:
    """The command is refused, and has changed nothing in the state."""
    before = exported()
    ended = command(*words, env=env)
    assert (ended.code, ended.out) == (5, ""), ended.err
    assert ended.err.startswith(f"error[{code}]: ")
    assert exported() == before
    return ended


def exported() -> str:
    return command("state", "export", "--sandbox").out


EACH = [("accept", "invoices", "O-1"), ("mv", "invoices", "O-1", "O-2"), ("rm", "invoices", "O-1")]


@pytest.mark.parametrize("words", EACH, ids=lambda words: words[0])
def test_without_a_state_there_is_nothing_to_change(folder: Path, words: tuple[str, ...]) -> None:
    written()
    refused("no-state", "state", *words, *AT)
    assert files_below(Path()) == {"books.yaml"}


@pytest.mark.parametrize("words", EACH, ids=lambda words: words[0])
def test_a_key_that_is_not_known_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    applied()
    refused("no-such-key", "state", *words, *AT)


@pytest.mark.parametrize("words", [*EACH, ("adopt", "invoices", "O-1", "inv_1")], ids=lambda words: words[0])
def test_a_kind_that_there_is_not_is_wrong_usage(folder: Path, words: tuple[str, ...]) -> None:
    applied()
    ended = command("state", words[0], "orders", *words[2:], *AT)
    assert (ended.code, ended.out) == (2, "")
    assert "There are: contacts, items, invoices" in ended.err


@pytest.mark.parametrize("words", [EACH[0], ("adopt", "invoices", "O-9", "inv_1")], ids=lambda words: words[0])
def test_the_org_must_be_the_one_that_is_meant(folder: Path, live: Live, org: Org, words: tuple[str, ...]) -> None:
    written(invoices=[invoice("O-1")])
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    written(invoices=[invoice("O-1"), invoice("O-9", "900")])
    before = command("state", "export").out
    for env in (live.org().env, {**org.env, "FINZBOOKS_ORG_ID": "org_of_somebody_else"}):
        ended = command("state", *words, "books.yaml", env=env)
        assert (ended.code, ended.err.partition(":")[0]) == (5, "error[wrong-org]")
    Path("finzbooks.yaml").write_text("org_id: org_of_somebody_else\n", encoding="utf-8")
    ended = command("state", *words, "books.yaml", env=org.without("FINZBOOKS_ORG_ID"))
    assert (ended.code, ended.err.partition(":")[0]) == (5, "error[wrong-org]")
    assert command("state", "export").out == before


@pytest.mark.parametrize("words", [EACH[0], ("adopt", "invoices", "O-9", "inv_1")], ids=lambda words: words[0])
def test_a_project_file_with_errors_names_no_org_and_is_an_error(folder: Path, words: tuple[str, ...]) -> None:
    applied(invoices=[invoice("O-1")])
    Path("finzbooks.yaml").write_text("org: org_1\n", encoding="utf-8")
    ended = command("state", *words, *AT)
    assert ended.code == 1
    assert "finzbooks.yaml:1:1" in ended.out


def test_books_that_cannot_be_read_change_nothing(folder: Path, org: Org) -> None:
    written(invoices=[invoice("O-1")])
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    before = command("state", "export").out
    gone = {**org.env, "FINZBOOKS_BASE_URL": "http://127.0.0.1:9/api/public/v1"}
    ended = command("state", "accept", "invoices", "O-1", "books.yaml", env=gone)
    assert (ended.code, ended.out) == (5, "")
    assert command("state", "export").out == before


# import.


def test_an_export_is_read_back_into_another_state(folder: Path) -> None:
    applied(**noted(("O-1", "20")))
    text = exported()
    Path("state.jsonl").write_text(text, encoding="utf-8")
    ended = command("state", "import", "state.jsonl", "--state", "other.db")
    assert (ended.code, ended.out) == (0, "The state other.db now holds 4 receipts and 0 calls that were cut off.\n")
    assert command("state", "export", "--state", "other.db").out == text
    again = command("state", "import", "state.jsonl", "--state", "other.db")
    assert (again.code, "held already" in again.out) == (0, True)


def test_an_export_is_read_from_standard_input(folder: Path) -> None:
    applied()
    ended = command("state", "import", "-", "--state", "other.db", "--format", "json", typed=exported())
    assert ended.code == 0
    assert (ended.json["receipts"], ended.json["changed"]) == (1, True)


@pytest.mark.parametrize("text", ["", "not json\n", '{"format": "finzbooks-state", "version": 1}\n'])
def test_what_is_no_export_is_an_error_at_its_line(folder: Path, text: str) -> None:
    Path("state.jsonl").write_text(text, encoding="utf-8")
    ended = command("state", "import", "state.jsonl")
    assert ended.code == 1
    assert all(place.startswith("state.jsonl:1:") and code == "bad-export" for place, code in ended.problems)
    assert ended.problems
    assert files_below(Path()) == {"state.jsonl"}


def test_an_export_that_is_not_there_is_an_error(folder: Path) -> None:
    ended = command("state", "import", "nowhere.jsonl", "--format", "json")
    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["no-such-path"]


def test_a_state_that_holds_something_else_is_never_merged(folder: Path) -> None:
    applied()
    Path("state.jsonl").write_text(exported(), encoding="utf-8")
    assert command("apply", "--yes", "--sandbox", "books.yaml", "--state", "other.db").code == 0
    before = command("state", "export", "--state", "other.db").out
    ended = command("state", "import", "state.jsonl", "--state", "other.db")
    assert (ended.code, ended.out) == (5, "")
    assert "error[state-in-use]" in ended.err
    assert command("state", "export", "--state", "other.db").out == before


@pytest.mark.parametrize("named_by", ["environment", "project"])
def test_an_export_of_another_org_is_refused(folder: Path, named_by: str) -> None:
    applied()
    Path("state.jsonl").write_text(exported(), encoding="utf-8")
    env = {"FINZBOOKS_ORG_ID": "org_of_somebody_else"} if named_by == "environment" else {}
    if not env:
        Path("finzbooks.yaml").write_text("org_id: org_of_somebody_else\n", encoding="utf-8")
    ended = command("state", "import", "state.jsonl", "--state", "other.db", env=env)
    assert (ended.code, ended.err.partition(":")[0]) == (5, "error[wrong-org]")
    assert not Path("other.db").exists()


@pytest.mark.parametrize("verb", ["accept", "adopt", "mv", "rm", "import", "list", "show", "export"])
def test_each_command_says_how_it_may_end(verb: str) -> None:
    ended = command("state", verb, "--help")
    assert ended.code == 0
    assert "Exit codes: 0 done" in ended.out
