from __future__ import annotations

from importer.model import Intent, IntentRow
from importer.plan.value import Calls, Money, Plan
from importer.report.in_flight import MOST_CALLS, in_flight_lines, in_flight_value
from importer.report.plan import plan_lines, plan_value
from importer.report.style import Style

SENT = "2026-05-19T10:00:00Z"


def call(operation: str, kind: str, *keys: str, part: str = "") -> Intent:
    rows = tuple(IntentRow(kind, key, part, 0) for key in keys)
    return Intent(1, operation, rows, "POST", "/", "{}", "key", "tok", SENT, "run")


BULK = call("bulk", "invoices", *(f"I-{number}" for number in range(1, 51)))
APPLICATION = call("apply", "payments", "P-1", part="I-1#1")


def test_each_call_is_told_by_what_it_was_to_do() -> None:
    calls = [call("create", "contacts", "acme"), BULK, call("approve", "invoices", "D-1"), APPLICATION]
    assert list(in_flight_lines(calls)) == [
        "A run was cut off before the answers of 4 calls came:",
        "  - create of contact acme, begun 2026-05-19T10:00:00Z",
        "  - create of 50 invoices in one call (I-1, I-2, I-3, ..., I-50), begun 2026-05-19T10:00:00Z",
        "  - posting of invoice D-1, begun 2026-05-19T10:00:00Z",
        "  - application of payment P-1 to I-1#1, begun 2026-05-19T10:00:00Z",
        "  The next apply first finds out what became of them, and goes on from there. To have only that",
        "  done, and nothing sent: finz-import recover",
    ]


def test_where_nothing_is_in_flight_nothing_is_said() -> None:
    assert list(in_flight_lines([])) == []
    assert "in_flight" not in plan_value(Plan("org_1", (), 3, Money(), Calls()))


def test_of_many_calls_the_first_are_shown_and_the_rest_counted() -> None:
    calls = [call("create", "payments", f"P-{number}") for number in range(MOST_CALLS + 5)]
    assert "  ... and 5 more (-v shows all)" in list(in_flight_lines(calls))
    assert len(list(in_flight_lines(calls, details=True))) == len(list(in_flight_lines(calls))) + 5 - 1


def test_with_details_all_documents_of_a_call_are_named() -> None:
    assert "I-27," in " ".join(in_flight_lines([BULK], details=True))


def test_a_plan_with_nothing_to_do_says_all_the_same_what_is_in_flight() -> None:
    made = Plan("org_1", (), 3, Money(), Calls(), in_flight=(APPLICATION,))
    shown = list(plan_lines(made, Style()))
    assert shown[0] == "Nothing to do: 3 documents unchanged."
    assert "A run was cut off before the answer of 1 call came:" in shown


def test_for_machines_every_document_of_a_call_is_there() -> None:
    first, second = in_flight_value([BULK, APPLICATION])
    assert (first["operation"], first["sent"], len(first["documents"])) == ("bulk", SENT, 50)
    assert second["documents"] == [{"kind": "payments", "key": "P-1", "part": "I-1#1"}]
