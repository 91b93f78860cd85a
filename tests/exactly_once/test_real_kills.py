"""The importer is killed, at each durable step in turn and at random moments; a plain apply completes it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from apply.manifests import contact, invoice, note, payment, taxed
from simulation.course import told

from exactly_once.deadly import MAKING
from exactly_once.killing import Office, Sections, Told, faults_of, office, was_killed

# The two runs have 35 steps, and each can be died at in three moments. In CI they die before every one of them, so that
# each call that has come back is not yet remembered, and after every one that begins a call, which then never leaves.
# With the variable they die at all of them (three minutes).
ALL: Final = bool(os.environ.get("FINZ_ALL_KILLS"))
RANDOM_KILLS: Final = int(os.environ.get("FINZ_RANDOM_KILLS", "6"))
AT_ONCE: Final = 4  # a run waits for the line half of its time
BY_HAND: Final[Sections] = {"contacts": [contact("gamma")]}


def first() -> Sections:
    """Every kind: bulk of posted invoices and drafts, an allocation, an application, a contact to adopt."""
    return {
        "contacts": [contact("acme", phone="9001"), contact("gamma")],
        "items": [{"key": "widget", "name": "Widget", "sku": "W-1", "rate": "50"}],
        "invoices": [
            invoice("I-1", "1000"),
            taxed("I-2", "500"),
            invoice("I-3", line_items=[{"item": "widget", "quantity": "4", "rate": "50"}]),
            invoice("D-1", "70", auto_approve="false"),
            invoice("D-2", "80", auto_approve="false"),
        ],
        "payments": [payment("P-1", "400", of="I-1"), payment("P-2", "500")],
        "credit_notes": [note("N-1", "90", on="I-2"), note("N-2", "60")],
    }


def edited() -> Sections:
    """Updates of three kinds, a posting, an added allocation, an added application, one more invoice."""
    made = deepcopy(first())
    made["contacts"][0]["phone"] = "9002"
    made["items"][0]["rate"] = "55"
    made["invoices"][3]["auto_approve"] = "true"
    made["invoices"][4]["notes"] = "Wait for the order"
    made["invoices"].append(invoice("I-4", "120", customer="gamma"))
    made["payments"][1]["allocations"] = [{"invoice": "I-1", "amount": "300"}]
    made["credit_notes"][1]["applications"] = [{"invoice": "I-3", "amount": "60"}]
    return made


@dataclass(frozen=True, slots=True)
class Calm:
    """A run that nothing breaks: from where, with what, in which steps, and to what books."""

    begin: Path | None
    sections: Sections
    steps: Sequence[str]
    books: Told


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Calm]:
    folder = tmp_path_factory.mktemp("calm")
    with office(folder / "by hand") as begin, begin.open():
        begin.write(BY_HAND)
        assert begin.apply(state="another.db")[0] == 0
    one = run_through(folder / "first", folder / "by hand", first())
    two = run_through(folder / "edited", folder / "first", edited())
    return {"first": one, "edited": two}


def run_through(folder: Path, begin: Path | None, sections: Sections) -> Calm:
    with office(folder, begin) as own:
        own.write(sections)
        with own.open():
            code, said = own.apply()
        assert code == 0, said
        return Calm(begin, sections, own.steps(), told(own.books))


def test_the_runs_take_every_kind_of_step(calm: dict[str, Calm]) -> None:
    assert {MAKING, "bind", "put", "begin create", "settle create", "begin bulk", "settle bulk"} <= set(
        calm["first"].steps
    )
    operations = {step.partition(" ")[2] for step in calm["edited"].steps}
    assert {"create", "update", "approve", "apply"} <= operations


def test_what_is_left_undone_or_open_or_done_twice_is_seen(calm: dict[str, Calm], tmp_path: Path) -> None:
    run = calm["first"]
    with office(tmp_path / "left", run.begin) as own:
        own.write(run.sections)
        with own.open():
            assert was_killed(own.apply("before", "settle bulk")[0])
        faults = " ".join(faults_of(own, run.books))
    assert "payments: missing" in faults
    assert "open: bulk" in faults
    with office(tmp_path / "twice", calm["edited"].begin) as own:
        own.books.db.run("UPDATE payments SET reference = 'P-1'")
        faults = " ".join(faults_of(own, run.books))
    assert "payments: missing" in faults
    assert "too much or otherwise" in faults


def points(run: Calm) -> list[tuple[str, int]]:
    """At which moment of which step a run is killed."""
    numbered = list(enumerate(run.steps, 1))
    before = [("before", number) for number, _ in numbered]
    begun = [("after", number) for number, name in numbered if name.startswith("begin")]
    rest = [(moment, number) for moment in ("within", "after") for number, _ in numbered]
    return before + (rest if ALL else begun)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["first", "edited"])
def test_killed_at_any_step_the_next_apply_brings_the_books_to_what_they_would_be(
    name: str, calm: dict[str, Calm], tmp_path: Path
) -> None:
    run = calm[name]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = list(pool.map(lambda point: killed_at(run, *point, folder=tmp_path), points(run)))
    assert {number for _, number in points(run)} == set(range(1, len(run.steps) + 1))
    assert [end for end in ends if end] == []


def killed_at(run: Calm, moment: str, number: int, *, folder: Path) -> str:
    """What was not as it should be; "" where all was."""
    with office(folder / f"{moment}-{number}", run.begin) as own:
        own.write(run.sections)
        with own.open():
            code, said = own.apply(moment, number)
            died = own.steps()
            again, more = own.apply()
        faults = faults_of(own, run.books)
    if not was_killed(code) or len(died) != number:
        faults.insert(0, f"it was not killed there: {code}, {len(died)} steps, {said}")
    if again != 0:
        faults.insert(0, f"the apply after it ended in {again}: {more}")
    return f"{moment} step {number}, {died[-1]}: " + "; ".join(faults) if faults else ""


# At random moments.

COUNT: Final = 40


def many() -> Sections:
    """Enough that most runs are cut off in the midst of several calls."""
    numbers = range(COUNT)
    return {
        "contacts": [contact(f"c{number}") for number in numbers],
        "invoices": [invoice(f"O-{number}", customer=f"c{number}") for number in numbers],
        "payments": [payment(f"U-{number}", "60", of=f"O-{number}", contact=f"c{number}") for number in numbers],
        "credit_notes": [note(f"C-{number}", "40", on=f"O-{number}", customer=f"c{number}") for number in range(10)],
    }


def test_killed_again_and_again_at_random_moments_it_comes_to_the_same_books(tmp_path: Path) -> None:
    seed = int(os.environ.get("FINZ_KILL_SEED", str(os.getpid())))
    dice = random.Random(seed)
    run = run_through(tmp_path / "whole", None, many())
    with office(tmp_path / "killed") as own:
        own.write(run.sections)
        with own.open():
            cut = sum(killed_in_between(own, dice, len(run.steps)) for _ in range(RANDOM_KILLS))
            code, said = own.apply()
        assert (code, faults_of(own, run.books)) == (0, []), f"FINZ_KILL_SEED={seed}: {said}"
    assert cut, "no run was cut off: the test has not tested anything"


def killed_in_between(own: Office, dice: random.Random, steps: int) -> bool:
    """Let a run take some steps, and kill it from outside. Whether it was at work then."""
    several = dice.randint(1, steps // 3)
    with own.start() as process:
        while process.poll() is None and len(own.steps()) < several:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.02))
        process.kill()
        process.communicate()
    return was_killed(process.returncode)
