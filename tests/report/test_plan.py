from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from importer.model import Action, Change, Document, Drift, Place, StepId
from importer.plan.value import Calls, Entry, Money, Note, Plan, Step
from importer.report.plan import MOST_CONFLICTS, MOST_DETAILS, MOST_NOTES, plan_lines, plan_value
from importer.report.step import WIDTH
from importer.report.style import Style

PLAIN = Style()


def step(action: Action, key: str = "acme", kind: str = "contacts", part: str = "", **more: Any) -> Step:
    return Step(StepId(kind, key, part), action, **{"place": Place("m.yaml", 2, 5), **more})


def plan(*steps: Step, unchanged: int = 0, **more: Any) -> Plan:
    fields: dict[str, Any] = {"money": Money(), "calls": Calls({"GET /contacts": 1, "POST /contacts": 2}), **more}
    return Plan("org_1", steps, unchanged, **fields)


def text(one: Plan, *, details: bool = False) -> str:
    return "\n".join(plan_lines(one, PLAIN, details=details))


def test_a_plan_without_steps_says_that_there_is_nothing_to_do() -> None:
    assert text(plan(unchanged=1)) == "Nothing to do: 1 document unchanged."
    assert text(plan(unchanged=12000)) == "Nothing to do: 12,000 documents unchanged."


def test_money_stands_before_everything_else_and_only_where_it_moves() -> None:
    money = Money(Decimal("1234567.5"), Decimal(0), Decimal(0), Decimal("1234567.5"))
    lines = text(plan(step(Action.CREATE), money=money)).splitlines()
    assert lines[2:7] == [
        "  billed       12,34,567.50",
        "  received             0.00",
        "  credited             0.00",
        "  outstanding  12,34,567.50",
        "  (outstanding: customers owe so much more afterwards)",
    ]
    assert "billed" not in text(plan(step(Action.CREATE)))


def test_money_that_nobody_knows_is_not_called_zero() -> None:
    shown = text(plan(step(Action.CREATE), money=Money(None, Decimal(5), Decimal(0), None)))
    assert "  billed       not known" in shown
    assert "tax rates" in shown


@pytest.mark.parametrize(("amount", "word"), [("5", "more"), ("-5", "less")])
def test_the_outstanding_amount_says_which_way_it_goes(amount: str, word: str) -> None:
    shown = text(plan(step(Action.CREATE), money=Money(received=Decimal(5), outstanding=Decimal(amount))))
    assert f"customers owe so much {word} afterwards" in shown
    settled = Money(Decimal(5), Decimal(5), Decimal(0), Decimal(0))
    assert "afterwards" not in text(plan(step(Action.CREATE), money=settled))


def test_the_largest_amounts_stand_with_the_money_and_not_among_what_is_unusual() -> None:
    note = Note("largest", "The largest invoice is I-1: 5.00.", (StepId("invoices", "I-1"),), Place("m.yaml", 9, 1))
    shown = text(plan(step(Action.CREATE), money=Money(billed=Decimal(5), outstanding=Decimal(5)), notes=(note,)))
    assert "\n  The largest invoice is I-1: 5.00.  (m.yaml:9)\n\n" in shown
    assert "Worth a look" not in shown


def test_an_update_shows_each_field_before_and_after() -> None:
    changes = (Change("email", None, "a@b.in"), Change("billing_address.city", "Mysore", "Mysuru"))
    shown = text(plan(step(Action.UPDATE, changes=changes)))
    assert "~ update contact acme  (m.yaml:2)" in shown
    assert "    email: not given -> a@b.in" in shown
    assert "    billing_address.city: Mysore -> Mysuru" in shown


def test_a_conflict_shows_why_and_what_helps() -> None:
    one = step(Action.CONFLICT, reason="It is posted.", help="Void it.", code="edit-of-document")
    shown = text(plan(one))
    assert "! conflict contact acme  (m.yaml:2)\n    It is posted.\n    help: Void it." in shown


def test_an_adoption_shows_the_id_and_how_it_was_found() -> None:
    one = step(Action.ADOPT, remote_id="ct_1", remote={"contact_id": "ct_1"}, reason="the same GSTIN")
    assert "    found in the books as ct_1: the same GSTIN" in text(plan(one))


def test_an_application_shows_target_and_amount() -> None:
    one = step(Action.APPLY, "CN-1", "credit_notes", "I-1#1", entry=Entry(0, "I-1", "", Decimal("100000")))
    assert "> apply credit note CN-1 to I-1: 1,00,000.00" in text(plan(one))


def test_a_long_plan_counts_what_is_plain_and_shows_what_is_not() -> None:
    creates = [step(Action.CREATE, f"c{number}") for number in range(MOST_DETAILS)]
    shown = text(plan(*creates, step(Action.UPDATE, "odd")))
    assert "+ create" not in shown
    assert "~ update contact odd" in shown
    assert f"{MOST_DETAILS} to create, 1 to update" in shown
    assert text(plan(*creates, step(Action.UPDATE, "odd")), details=True).count("+ create") == MOST_DETAILS


def test_of_many_adoptions_the_first_are_shown() -> None:
    adopted = [step(Action.ADOPT, f"a{number}") for number in range(MOST_DETAILS + 5)]
    shown = text(plan(*adopted))
    assert shown.count("= adopt") == MOST_DETAILS
    assert "... and 5 more to adopt (-v shows all)" in shown
    assert text(plan(*adopted), details=True).count("= adopt") == MOST_DETAILS + 5


def test_of_very_many_conflicts_all_keys_are_shown_and_the_first_whole() -> None:
    conflicts = [
        step(Action.CONFLICT, f"x{number}", code="edit-of-document", help="Void it.")
        for number in range(MOST_CONFLICTS + 1200)
    ]
    other = step(Action.CONFLICT, "CN-1", "credit_notes", "I-1#1", code="partly-applied")
    made = plan(*conflicts, other)
    shown = text(made)
    assert shown.count("! conflict") == shown.count("help: Void it.") == MOST_CONFLICTS
    assert "! 1,201 more in conflict, by their keys alone (-v shows them whole):" in shown
    assert f"    contacts [edit-of-document]: x{MOST_CONFLICTS}, x{MOST_CONFLICTS + 1}, " in shown
    assert "    credit notes [partly-applied]: CN-1 I-1#1" in shown
    named = {word.strip(",") for word in shown.split()}
    assert {f"x{number}" for number in range(MOST_CONFLICTS + 1200)} <= named
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert text(made, details=True).count("! conflict") == MOST_CONFLICTS + 1201


def test_drift_is_a_table_of_what_the_receipt_the_books_and_the_manifest_say() -> None:
    drift = (Drift("email", "a@b.in", "c@d.in", None), Drift("credit_limit", Decimal(5), Decimal("7.50"), Decimal(9)))
    one = step(Action.CONFLICT, reason="It was changed in the books.", help="Accept it.", drift=drift)
    assert text(plan(one)).splitlines()[3:8] == [
        "    It was changed in the books.",
        "    field         when last applied  in the books now  in the manifest",
        "    email         a@b.in             c@d.in            not given",
        "    credit_limit  5                  7.50              9",
        "    help: Accept it.",
    ]


def test_drift_that_is_too_wide_for_a_table_stands_below_each_field() -> None:
    long = "a note of many words " * 8 + "end"
    lines = text(plan(step(Action.CONFLICT, drift=(Drift("notes", "short", long, "mine"),)))).splitlines()
    at = lines.index("    notes:")
    assert lines[at + 1] == "        when last applied: short"
    assert lines[at + 2].startswith("        in the books now: a note of many words a note")
    assert "        in the manifest: mine" in lines
    shown = " ".join(word for line in lines[at + 2 :] for word in line.split())
    assert shown.startswith(f"in the books now: {long} in the manifest: mine")
    assert max(map(len, lines)) <= WIDTH


def test_an_approval_says_what_becomes_of_the_draft() -> None:
    shown = text(plan(step(Action.APPROVE, "ORDER-1", "invoices", amount=Decimal("11800"))))
    assert "^ approve invoice ORDER-1: 11,800.00 (draft becomes posted)  (m.yaml:2)" in shown
    assert "  invoices      1 to approve" in shown


@pytest.mark.parametrize(
    ("path", "after", "posts"), [("auto_approve", True, True), ("auto_approve", False, False), ("notes", True, False)]
)
def test_an_update_that_posts_a_draft_says_so(path: str, after: bool, posts: bool) -> None:
    one = step(Action.UPDATE, "ORDER-1", "invoices", changes=(Change(path, None, after),))
    assert ("    The draft is then posted." in text(plan(one)).splitlines()) is posts


def test_an_allocation_that_is_added_later_is_shown_as_an_application() -> None:
    one = step(Action.APPLY, "UTR-1", "payments", "ORDER-2#1", entry=Entry(1, "ORDER-2", "", Decimal(500)))
    assert "> apply payment UTR-1 to ORDER-2: 500.00  (m.yaml:2)" in text(plan(one))


def test_an_amount_in_another_currency_names_it() -> None:
    invoice = Document("invoices", "I-1", {"key": "I-1", "currency_code": "USD"}, "m.yaml", 0, Nowhere())
    one = step(Action.CREATE, "I-1", "invoices", document=invoice, amount=Decimal("1234567"))
    assert "+ create invoice I-1: USD 1,234,567.00" in text(plan(one))


class Nowhere:
    def at(self, path: object, *, of_key: bool = False) -> Place:
        raise AssertionError("nobody asks for it")


def test_long_reasons_and_changes_keep_to_the_width_and_lose_no_word() -> None:
    reason = "The invoice is in the books already, and its entry in the manifest was edited. " * 3
    change = Change("notes", "before " * 20, "after\nit " * 20)
    lines = text(plan(step(Action.CONFLICT, reason=reason, help=reason, changes=(change,)))).splitlines()
    assert max(map(len, lines)) <= WIDTH
    shown = " ".join(" ".join(lines).split())
    assert shown.count("in the manifest was edited.") == 6
    assert (shown.count("before "), shown.count("after\\nit")) == (20, 20)


def test_a_command_in_the_help_stays_in_one_line_to_be_copied() -> None:
    adopt = 'finz-import state adopt contacts "a very long key of many words" ct_1'
    help = f"If it is that one, and not another one: {adopt}. If it is not there: finz-import state rm contacts acme"
    lines = text(plan(step(Action.CONFLICT, help=help))).splitlines()
    at = lines.index("    help: If it is that one, and not another one:")
    assert lines[at + 1] == f"    {adopt}. If it is not there:"
    assert lines[at + 2] == "    finz-import state rm contacts acme"


def test_what_is_unusual_is_a_list_of_sentences_with_their_places() -> None:
    note = Note("far-date", "1 invoice is dated after today: I-1 (2062-05-19).", (), Place("m.yaml", 9, 1))
    lines = text(plan(step(Action.CREATE), notes=(note, note))).splitlines()
    at = lines.index("Worth a look before you say yes:")
    assert lines[at + 1] == "  - 1 invoice is dated after today: I-1 (2062-05-19).  (m.yaml:9)"
    assert lines[at + 3] == ""
    assert at < lines.index("+ create contact acme  (m.yaml:2)")


def test_of_many_notes_the_first_are_shown_and_the_others_counted() -> None:
    made = plan(step(Action.CREATE), notes=tuple(Note("near-double", f"note {at}") for at in range(MOST_NOTES + 3)))
    assert text(made).count("  - note") == MOST_NOTES
    assert "  ... and 3 more (-v shows all)" in text(made)
    assert text(made, details=True).count("  - note") == MOST_NOTES + 3


def test_what_target_and_limit_leave_out_is_said_at_once() -> None:
    lines = text(plan(step(Action.CREATE), left_out=1200)).splitlines()
    assert lines[:2] == [
        "Plan for organisation org_1",
        "Only a part: 1,200 more documents with something to be done are left for later (--target, --limit).",
    ]
    assert "1 more document with something to be done is left" in text(plan(unchanged=5, left_out=1))
    assert "left for later" not in text(plan(step(Action.CREATE)))


def test_the_order_is_money_conflicts_the_unusual_counts_and_calls() -> None:
    note = Note("far-date", "A date is far.")
    steps = [step(action, action.value) for action in Action if action is not Action.UNCHANGED]
    money = Money(billed=Decimal(5), outstanding=Decimal(5))
    shown = text(plan(*steps, money=money, notes=(note,)))
    marks = ["billed", "! conflict", ". pending", "= settle", "= adopt", "~ update", "^ approve", "? orphaned"]
    places = [shown.index(mark) for mark in [*marks, "A date is far", "+ create", "> apply", "to create", "Calls"]]
    assert places == sorted(places)


def test_colours_paint_the_marks_and_nothing_else() -> None:
    steps = [
        step(action, action.value, reason="Why.", help="Do it.") for action in Action if action is not Action.UNCHANGED
    ]
    made = plan(*steps, notes=(Note("far-date", "A date is far."),))
    painted = "\n".join(plan_lines(made, Style(colour=True)))
    assert "\x1b[31m! conflict\x1b[0m contact conflict" in painted
    assert "    \x1b[36mhelp:\x1b[0m Do it." in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == text(made)


def test_the_calls_are_told_with_their_time() -> None:
    calls = Calls({"POST /payments": 17000})
    assert text(plan(step(Action.CREATE), calls=calls)).endswith(
        "Calls to FinzBooks: 17,000, about 29 minutes at 600 a minute."
    )
    assert text(plan(step(Action.CREATE))).endswith("Calls to FinzBooks: 3, about 1 second at 600 a minute.")
    assert "GET /contacts" not in text(plan(step(Action.CREATE)))
    assert text(plan(step(Action.CREATE)), details=True).endswith("a minute.\n  1  GET /contacts\n  2  POST /contacts")


def test_a_plan_made_offline_says_so() -> None:
    made = Plan("", (step(Action.CREATE),), 0, Money(), Calls(), offline=True)
    assert text(made).startswith("Plan made offline: nothing was looked up")
    assert plan_value(made)["org_id"] is None


def test_the_value_has_the_keys_of_the_contract_and_survives_json() -> None:
    application = step(
        Action.APPLY,
        "CN-1",
        "credit_notes",
        "I-1#1",
        entry=Entry(0, "I-1", "", Decimal("100.5")),
        needs=(StepId("credit_notes", "CN-1"), StepId("invoices", "I-1")),
    )
    update = step(Action.UPDATE, remote_id="ct_1", changes=(Change("email", None, "a@b.in"),))
    money = Money(Decimal("14160"), Decimal("14060"), Decimal("100"), Decimal("0"))
    value = json.loads(json.dumps(plan_value(plan(update, application, unchanged=3, money=money))))
    assert value["summary"] == {
        "create": 0,
        "adopt": 0,
        "update": 1,
        "unchanged": 3,
        "conflict": 0,
        "orphaned": 0,
        "pending": 0,
    }
    assert value["calls"] == {"total": 3, "by_endpoint": {"GET /contacts": 1, "POST /contacts": 2}, "seconds": 1}
    assert value["money"] == {
        "billed": "14160.00",
        "received": "14060.00",
        "credited": "100.00",
        "outstanding": "0.00",
    }
    first, second = value["operations"]
    assert first == {
        "action": "update",
        "kind": "contacts",
        "key": "acme",
        "id": "ct_1",
        "depends_on": [],
        "changes": [{"path": "email", "before": None, "after": "a@b.in"}],
        "file": "m.yaml",
        "line": 2,
    }
    assert (second["target"], second["amount"]) == ("invoices/I-1", "100.50")
    assert second["depends_on"] == ["credit_notes/CN-1", "invoices/I-1"]


def test_an_orphan_has_no_place() -> None:
    value = plan_value(plan(step(Action.ORPHANED, place=None, remote_id="ct_1")))
    assert (value["operations"][0]["file"], value["operations"][0]["line"]) == (None, None)


def test_the_value_has_the_notes_with_the_documents_they_are_about() -> None:
    note = Note("far-date", "A date is far.", (StepId("invoices", "I-1"),), Place("m.yaml", 9, 1))
    value = plan_value(plan(step(Action.CREATE), notes=(note, Note("near-double", "Two names."))))
    assert value["notes"] == [
        {"code": "far-date", "message": "A date is far.", "documents": ["invoices/I-1"], "file": "m.yaml", "line": 9},
        {"code": "near-double", "message": "Two names.", "documents": [], "file": None, "line": None},
    ]


def test_the_value_has_drift_and_what_is_left_out_only_where_there_is_any() -> None:
    drifted = step(Action.CONFLICT, drift=(Drift("rate", Decimal("1.50"), date(2026, 5, 19), [None]),))
    value = json.loads(json.dumps(plan_value(plan(drifted, step(Action.CREATE), left_out=7))))
    first, second = value["operations"]
    assert first["drift"] == [{"path": "rate", "remembered": "1.50", "held": "2026-05-19", "wanted": [None]}]
    assert "drift" not in second
    assert value["left_out"] == 7
    assert "left_out" not in plan_value(plan(drifted))
