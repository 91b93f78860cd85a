from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from importer.model import Action, Change, Place, StepId
from importer.plan.value import Calls, Entry, Money, Plan, Step
from importer.report.plan import MOST_DETAILS, plan_lines, plan_value
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
    assert lines[2:6] == [
        "  billed       12,34,567.50",
        "  received             0.00",
        "  credited             0.00",
        "  outstanding  12,34,567.50",
    ]
    assert "billed" not in text(plan(step(Action.CREATE)))


def test_money_that_nobody_knows_is_not_called_zero() -> None:
    shown = text(plan(step(Action.CREATE), money=Money(None, Decimal(5), Decimal(0), None)))
    assert "  billed       not known" in shown
    assert "tax rates" in shown


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


def test_every_conflict_is_shown_and_of_adoptions_the_first() -> None:
    conflicts = [step(Action.CONFLICT, f"x{number}") for number in range(MOST_DETAILS + 5)]
    adopted = [step(Action.ADOPT, f"a{number}") for number in range(MOST_DETAILS + 5)]
    shown = text(plan(*conflicts, *adopted))
    assert shown.count("! conflict") == MOST_DETAILS + 5
    assert shown.count("= adopt") == MOST_DETAILS
    assert "... and 5 more (-v shows all)" in shown


def test_the_calls_are_told_with_their_time() -> None:
    calls = Calls({"POST /payments": 17000})
    assert text(plan(step(Action.CREATE), calls=calls)).endswith("Calls: 17,000, about 29 minutes at 600 a minute.")
    assert text(plan(step(Action.CREATE))).endswith("Calls: 3, about 1 second at 600 a minute.")


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
