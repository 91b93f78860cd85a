"""What a process that is killed leaves behind, with processes that really are killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from importer.errors import Refused
from importer.state.files import open_for_reading, open_for_writing
from importer.state.values import PlanProgress

Make = Callable[..., Any]
ROOT = Path(__file__).parents[2]

# Begins and closes intents of two documents without end, and says after each method that it has returned.
LOOP = """
import sys
from pathlib import Path
from importer.state.files import open_for_writing
from tests.state.conftest import make_intent, make_receipt
with open_for_writing(Path(sys.argv[1])) as store:
    start = len(list(store.receipts()))
    for number in range(start, start + 1_000_000, 2):
        one, two = f"{number:07}", f"{number + 1:07}"
        begun = store.begin(make_intent(one, two))
        print("begun", one, two, flush=True)
        left = store.settle(begun, [make_receipt(one)], remaining=begun.rows[1:])
        print("closed", one, flush=True)
        store.close(left, [make_receipt(two)])
        print("closed", two, flush=True)
"""
# Carries out a plan on a state that another run has changed before, without end.
PLAN = """
import sys
from pathlib import Path
from importer.state.files import open_for_writing
from tests.state.conftest import make_receipt
with open_for_writing(Path(sys.argv[1])) as store:
    store.put([make_receipt("of another run")])
    store.carry_out("plan-1")
    for number in range(1_000_000):
        store.put([make_receipt(f"{number:07}")])
        print("put", flush=True)
"""
HOLD = """
import sys, time
from pathlib import Path
from importer.state.files import open_for_writing
with open_for_writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def running(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """``script`` at work, past its first line of output. Killed at the end: SIGKILL, on Windows TerminateProcess."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    with child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline()
            yield child
        finally:
            child.kill()


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.2])
def test_a_killed_run_leaves_each_document_under_an_open_intent_or_with_a_receipt(path: Path, seconds: float) -> None:
    for _ in range(2):  # the second run goes on with what the first has left
        with running(LOOP, path) as child:
            time.sleep(seconds)
            child.kill()
            assert child.stdout is not None
            said = [line.split() for line in child.stdout.read().splitlines()]
        begun = {key for word, *keys in said if word == "begun" for key in keys}
        closed = {key for word, *keys in said if word == "closed" for key in keys}
        with open_for_writing(path) as store:
            receipts = {one.key for one in store.receipts()}
            open_rows = {row.key for intent in store.intents() for row in intent.rows}
            assert closed <= receipts
            assert begun <= receipts | open_rows
            assert not receipts & open_rows
            for intent in store.intents():
                store.close(intent, raised=intent.rows)


@pytest.mark.parametrize("seconds", [0.0, 0.1])
def test_after_a_kill_one_can_tell_that_all_changes_since_were_the_plans_own(
    path: Path, receipt: Make, seconds: float
) -> None:
    with running(PLAN, path) as child:
        time.sleep(seconds)
        child.kill()
    with open_for_writing(path) as store:
        assert store.plan_progress("plan-1") == PlanProgress(store.serial, done=False)
        assert store.serial > 2
        store.put([receipt("of the next run")])
        assert store.plan_progress("plan-1") == PlanProgress(store.serial - 1, done=False)


def test_a_lock_ends_with_its_process(path: Path) -> None:
    with running(HOLD, path) as child:
        with pytest.raises(Refused) as info, open_for_writing(path):
            pass
        assert info.value.code == "state-locked"
        child.kill()
        child.wait()
        with open_for_writing(path) as store:
            assert store.serial == 0


def test_a_locked_state_is_refused_soon(path: Path) -> None:
    with running(HOLD, path):
        start = time.monotonic()
        with pytest.raises(Refused), open_for_writing(path):
            pass
        assert time.monotonic() - start < 3  # half a second, on a machine that is not busy


def test_a_reader_works_beside_a_writing_process_and_sees_whole_changes_only(path: Path) -> None:
    with running(LOOP, path):
        for _ in range(20):
            store = open_for_reading(path)
            assert store is not None
            with store:
                receipts, open_rows = list(store.receipts()), [row for one in store.intents() for row in one.rows]
                # Each pair of documents is three changes: both open, one open, none.
                assert (
                    store.serial == {2: 1, 1: 2, 0: 0}[len(open_rows)] + (len(receipts) - len(open_rows) % 2) // 2 * 3
                )
