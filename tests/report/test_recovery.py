from __future__ import annotations

from importer.delivery.settle import Fate, Recovered, Recovery
from importer.model import Place, StepId
from importer.report.recovery import MOST_SETTLED, recovery_lines, recovery_value
from importer.report.style import Style

SENT = "2026-05-19T10:00:00Z"
PLACE = Place("books.yaml", 12, 3)
FOUND = Recovered(
    StepId("invoices", "O-1"),
    "bulk",
    SENT,
    Fate.SETTLED,
    "Found in the books as inv_1: the same reference.",
    "inv_1",
    PLACE,
)
GONE = Recovered(StepId("contacts", "acme"), "create", SENT, Fate.NOT_DONE, "The books hold nothing of it.", "", PLACE)
OPEN = Recovered(
    StepId("credit_notes", "C-1", "O-1#1"),
    "apply",
    SENT,
    Fate.OPEN,
    "It cannot be told.",
    "cn_1",
    PLACE,
    "balance-moved",
    "Look at the balances.",
)


def shown(recovery: Recovery, *, details: bool = False) -> list[str]:
    return list(recovery_lines(recovery, Style(), details=details))


def test_each_call_is_told_with_what_was_found_and_what_follows() -> None:
    assert shown(Recovery([OPEN, FOUND, GONE])) == [
        "3 calls had been sent, or were about to be, when a run ended before the answer came:",
        "settled invoice O-1  (books.yaml:12)",
        "    The create of 2026-05-19T10:00:00Z. Found in the books as inv_1: the same reference.",
        "not done contact acme  (books.yaml:12)",
        "    The create of 2026-05-19T10:00:00Z. The books hold nothing of it.",
        "open credit note C-1 to O-1#1  (books.yaml:12) [balance-moved]",
        "    The application of 2026-05-19T10:00:00Z. It cannot be told.",
        "    help: Look at the balances.",
        "1 settled, 1 not done, 1 open.",
    ]


def test_of_many_that_are_settled_the_first_are_shown_and_all_that_need_an_eye() -> None:
    many = [Recovered(StepId("invoices", f"O-{number}"), "bulk", SENT, Fate.SETTLED, "") for number in range(30)]
    odd = Recovered(StepId("invoices", "odd"), "bulk", SENT, Fate.SETTLED, "", code="books-differ")
    lines = shown(Recovery([*many, odd]))
    assert sum(1 for line in lines if line.startswith("settled ")) == MOST_SETTLED + 1
    assert "settled invoice odd [books-differ]" in lines
    assert f"... and {30 - MOST_SETTLED} more settled (-v shows all)" in lines
    assert sum(1 for line in shown(Recovery([*many, odd]), details=True) if line.startswith("settled ")) == 31


def test_what_stays_open_is_always_shown() -> None:
    many = [Recovered(StepId("invoices", f"O-{number}"), "bulk", SENT, Fate.OPEN, "", code="x") for number in range(99)]
    assert sum(1 for line in shown(Recovery(many)) if line.startswith("open ")) == 99


def test_an_end_before_the_end_is_told() -> None:
    one = shown(Recovery([OPEN], broken=("no-server", "Nobody answers.", "Try again.")))
    assert one[0].startswith("1 call had been sent, or was about to be, when")
    assert one[-3:] == ["stopped [no-server]: Nobody answers.", "    help: Try again.", "1 open."]
    assert "Interrupted." in shown(Recovery([OPEN], interrupted=True))[-2]


def test_of_nothing_nothing_is_said_but_why_it_ended() -> None:
    assert shown(Recovery()) == []
    assert shown(Recovery(broken=("no-server", "Nobody answers.", ""))) == ["stopped [no-server]: Nobody answers."]


def test_machines_get_the_same_in_the_style_of_an_apply() -> None:
    value = recovery_value(Recovery([FOUND, OPEN], interrupted=True, broken=("no-server", "Nobody.", "")))
    assert value["summary"] == {"settled": 1, "not_done": 0, "open": 1}
    assert value["interrupted"] is True
    assert value["broken"] == {"code": "no-server", "message": "Nobody.", "help": ""}
    first, second = value["operations"]
    assert first == {
        "status": "settled",
        "operation": "bulk",
        "kind": "invoices",
        "key": "O-1",
        "id": "inv_1",
        "file": "books.yaml",
        "line": 12,
        "message": FOUND.message,
        "error": None,
    }
    assert second["part"] == "O-1#1"
    assert second["error"] == {
        "code": "balance-moved",
        "message": OPEN.message,
        "field": None,
        "file": "books.yaml",
        "line": 12,
        "help": OPEN.help,
    }
