"""What a person reads after a run that was killed: what was in flight, what will be settled, and how it was found."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apply.manifests import contact, invoice, note, payment
from exactly_once.killing import MANIFEST, Office, Sections, office, was_killed

from cli.command import Ended, command

LINKS: Sections = {"invoices": [invoice("I-1", "1000"), invoice("I-2", "200")]}
BEFORE: Sections = {
    "contacts": [contact("acme", phone="9001")],
    "invoices": [*LINKS["invoices"], invoice("D-1", "70", auto_approve="false")],
    "payments": [payment("P-1", "500")],
    "credit_notes": [note("N-1", "60")],
}


def edited(**sections: Any) -> Sections:
    return {**BEFORE, **sections}


# By operation: the manifest that the killed run was given, the steps of the state that frame its call, and what the
# plan and the settlement say of it.
EDITS: dict[str, tuple[Sections, str, str]] = {
    "create": (edited(contacts=[*BEFORE["contacts"], contact("beta")]), "create", "create of contact beta"),
    "bulk": (
        edited(invoices=[*BEFORE["invoices"], invoice("I-3"), invoice("I-4", "90")]),
        "bulk",
        "create of 2 invoices in one call (I-3, I-4)",
    ),
    "update": (edited(contacts=[contact("acme", phone="9002")]), "update", "update of contact acme"),
    "approve": (
        edited(invoices=[*LINKS["invoices"], invoice("D-1", "70")]),
        "approve",
        "posting of invoice D-1",
    ),
    "allocation": (
        edited(payments=[payment("P-1", "500", allocations=[{"invoice": "I-1", "amount": "300"}])]),
        "apply",
        "application of payment P-1 to I-1#1",
    ),
    "application": (
        edited(credit_notes=[note("N-1", "60", on="I-2")]),
        "apply",
        "application of credit note N-1 to I-2#1",
    ),
}
# How the plan shows, and the settlement tells, what the call had done when the run was killed, or had not.
FOUND = {
    "create": ("= settle contact beta", "settled contact beta", "Found in the books as ct_", "the same name and type"),
    "bulk": ("= settle invoice I-3", "settled invoice I-4", "Found in the books as inv_", "the same reference"),
    "update": ("", "settled contact acme", "The books hold ct_", "as the manifest wants it"),
    "approve": ("", "settled invoice D-1", "The books hold inv_", "as the manifest wants it"),
    "allocation": (
        ". pending payment P-1 to I-1: 300.00",
        "settled payment P-1 to I-1#1",
        "1000 was open",
        "700 is open",
    ),
    "application": (
        ". pending credit note N-1 to I-2: 60.00",
        "settled credit note N-1",
        "200 was open",
        "140 is open",
    ),
}
ABSENT = {
    "create": (". pending contact beta", "settled contact beta", "sent again under its own key"),
    "bulk": (". pending invoice I-3", "settled invoice I-4", "sent again under its own key"),
    "update": ("phone: 9001 -> 9002", "not done contact acme", "as it was before"),
    "approve": ("^ approve invoice D-1: 70.00", "not done invoice D-1", "as it was before"),
    "allocation": (". pending payment P-1 to I-1: 300.00", "not done payment P-1", "1000 is open, as before"),
    "application": (". pending credit note N-1 to I-2: 60.00", "not done credit note N-1", "200 is open, as before"),
}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a state and books that hold BEFORE."""
    folder = tmp_path_factory.mktemp("broken") / "before"
    with office(folder) as own:
        own.write(BEFORE)
        with own.open():
            assert own.apply()[0] == 0
    return folder


@contextlib.contextmanager
def broken(settled: Path, folder: Path, sections: Sections, moment: str, step: str) -> Iterator[Office]:
    """An office whose last run was killed, in which commands can be given."""
    with office(folder / "office", settled) as own:
        own.write(sections)
        with own.open(), contextlib.chdir(own.folder):
            code, said = own.apply(moment, step)
            assert was_killed(code), said
            yield own


def words(text: str) -> str:
    return " ".join(text.split())


def give(own: Office, *arguments: str) -> Ended:
    return command(*arguments, MANIFEST, env=own.env)


@pytest.mark.parametrize("name", EDITS)
def test_of_a_call_that_was_done_the_plan_and_the_next_apply_say_so(name: str, settled: Path, tmp_path: Path) -> None:
    sections, operation, call = EDITS[name]
    shown, told, *how = FOUND[name]
    remembering = "close_row" if operation in ("update", "approve") else f"settle {operation}"
    with broken(settled, tmp_path, sections, "before", remembering) as own:
        plan = give(own, "plan")
        assert plan.code == 0
        assert "A run was cut off before the answer of 1 call came:" in plan.out
        assert f"  - {call}, begun 20" in plan.out
        assert shown in plan.out
        assert "finz-import recover" in words(plan.out)
        applied = give(own, "apply", "--yes")
        assert applied.code == 0, applied.out + applied.err
        assert told in applied.err
        for part in how:
            assert part in words(applied.err)
        assert "0 created" in applied.out  # nothing was left for it
        assert "A run was cut off" not in give(own, "plan").out


@pytest.mark.parametrize("name", EDITS)
def test_of_a_call_that_never_left_the_plan_and_the_next_apply_say_so(name: str, settled: Path, tmp_path: Path) -> None:
    sections, operation, call = EDITS[name]
    shown, told, how = ABSENT[name]
    with broken(settled, tmp_path, sections, "after", f"begin {operation}") as own:
        plan = give(own, "plan")
        assert plan.code == 0
        assert f"  - {call}, begun 20" in plan.out
        assert shown in plan.out
        applied = give(own, "apply", "--yes")
        assert applied.code == 0, applied.out + applied.err
        assert told in applied.err
        assert how in words(applied.err)
        assert give(own, "plan").out.startswith("Nothing to do")


def test_what_was_cut_off_of_an_update_is_told_beside_the_edit(settled: Path, tmp_path: Path) -> None:
    with broken(settled, tmp_path, EDITS["update"][0], "after", "begin update") as own:
        (operation,) = give(own, "plan", "--format", "json").json["operations"]
    assert "was cut off before its answer came; the books are read before another goes" in operation["reason"]


def test_machines_read_what_is_in_flight_call_by_call(settled: Path, tmp_path: Path) -> None:
    with broken(settled, tmp_path, EDITS["bulk"][0], "after", "begin bulk") as own:
        value = give(own, "plan", "--format", "json").json
        (call,) = value["in_flight"]
        assert call["operation"] == "bulk"
        assert call["documents"] == [{"kind": "invoices", "key": "I-3"}, {"kind": "invoices", "key": "I-4"}]
        assert [one["action"] for one in value["operations"]] == ["settle", "settle"]
        assert give(own, "apply", "--yes").code == 0
        assert "in_flight" not in give(own, "plan", "--format", "json").json


def test_a_machine_is_told_what_was_settled_first(settled: Path, tmp_path: Path) -> None:
    with broken(settled, tmp_path, EDITS["bulk"][0], "before", "settle bulk") as own:
        value = give(own, "apply", "--yes", "--format", "json").json
        assert value["summary"]["created"] == 0
        assert value["settled"]["summary"] == {"settled": 2, "not_done": 0, "open": 0}
        assert [(one["key"], one["status"]) for one in value["settled"]["operations"]] == [
            ("I-3", "settled"),
            ("I-4", "settled"),
        ]
        assert "settled" not in give(own, "apply", "--yes", "--format", "json").json


def test_a_machine_is_told_of_a_settling_that_could_not_be_ended(settled: Path, tmp_path: Path) -> None:
    with broken(settled, tmp_path, EDITS["application"][0], "after", "begin apply") as own:
        own.fault("GET /invoices/{id} revoke-token")
        ended = give(own, "apply", "--yes", "--format", "json")
        assert ended.code == 5
        assert ended.json["broken"]["code"] == ended.json["settled"]["broken"]["code"] == "auth.revoked_token"
        assert ended.json["settled"]["summary"]["open"] == 1
        assert ended.json["operations"] == []


def test_an_apply_right_after_the_kill_need_not_wait(settled: Path, tmp_path: Path) -> None:
    """The server's clock is only known to the second: the second run may seem to be the earlier one."""
    with broken(settled, tmp_path, EDITS["create"][0], "after", "begin create") as own:
        ended = give(own, "apply", "--yes")
    assert "looking again" not in ended.err
    assert "sent again under its own key" in words(ended.err)
