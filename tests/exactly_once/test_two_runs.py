"""Two runs at once on one state, as processes; and what is left when the one that holds it is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from apply.manifests import contact, invoice, note, payment
from cli.command import environment
from sandbox.served import serving
from simulation.course import told

from exactly_once import without_nets
from exactly_once.killing import MANIFEST, STATE, Office, Sections, faults_of, office, was_killed
from exactly_once.nets import Net
from importer.sandbox.books import PARTNER_TOKEN
from importer.sandbox.serving.faults import Faults, read_fault

SLOW: Final = 2  # seconds: long enough for a second process to begin, and to end
BOOKS: Final[Sections] = {
    "contacts": [contact()],
    "invoices": [invoice("O-1", "1000"), invoice("O-2", "1000")],
    "payments": [payment("P-1", "400", of="O-1")],
    "credit_notes": [note("C-1", "300", on="O-2")],
}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "own") as found:
        found.write(BOOKS)
        found.books.settings.set_switches({"invoice_guard": "off"})
        yield found


def slow(own: Office, call: str) -> None:
    """Each such call is begun ``SLOW`` seconds after it arrives."""
    faults = Faults(own.books.db)
    faults.add([read_fault(f"{call} slow seconds={SLOW}")])


def start(own: Office, url: str, *nets: Net) -> subprocess.Popen[str]:
    """An apply without ``nets``."""
    words = [",".join(net.name for net in nets), "apply", "--yes", "-q", MANIFEST, "--state", STATE]
    given = {
        "FINZBOOKS_BASE_URL": f"{url}/api/public/v1",
        "FINZBOOKS_TOKEN": PARTNER_TOKEN,
        "FINZBOOKS_ORG_ID": own.books.org_id,
        "FINZBOOKS_TIMEOUT": "4",  # longer than a call takes here; two looks are further apart than that
    }
    return subprocess.Popen(
        [sys.executable, without_nets.__file__, *words],
        cwd=own.folder,
        env=environment(given),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def wait_for_intent(own: Office, operation: str) -> None:
    """Until a call of the run is under way."""
    give_up = time.monotonic() + 20
    while operation not in {one.operation for one in own.known()[1]}:
        assert time.monotonic() < give_up, "no call has left"
        time.sleep(0.02)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate(timeout=60)
    assert "Traceback" not in out, out
    return process.returncode, out


def check_whole(own: Office, folder: Path) -> None:
    """The books are those of one run."""
    with office(folder / "calm") as calm:
        calm.write(BOOKS)
        with calm.open():
            assert calm.apply()[0] == 0
        wanted = told(calm.books)
    assert faults_of(own, wanted) == []


CALLS: Final = {
    "create": "POST /contacts",
    "bulk": "POST /bulk/invoices",
    "apply": "POST /credit_notes/{id}/apply-to-invoice",
}


def test_a_second_run_is_refused_while_the_first_goes_on_to_its_end(own: Office, tmp_path: Path) -> None:
    slow(own, CALLS["bulk"])
    with serving(own.books) as url:
        first = start(own, url)
        wait_for_intent(own, "bulk")
        code, said = ended(start(own, url))
        assert code == 5, said
        assert "in use by another run" in said
        assert ended(first)[0] == 0
    check_whole(own, tmp_path)


@pytest.mark.parametrize("operation", CALLS)
def test_when_the_holder_is_killed_the_next_run_gets_the_lock_and_goes_on(
    own: Office, tmp_path: Path, operation: str
) -> None:
    slow(own, CALLS[operation])
    with serving(own.books) as url:
        first = start(own, url)
        wait_for_intent(own, operation)
        first.kill()
        assert was_killed(ended(first)[0])
        code, said = ended(start(own, url))  # the call of the killed one is still under way
        assert code == 0, said
        assert ended(start(own, url))[0] == 0
    check_whole(own, tmp_path)


# Without the lock the second run sees what the first has begun; without that, FinzBooks knows the key.
HOLES: Final = {
    "no lock": ((Net.ONE_WRITER,), 1),
    "no lock, no intents": ((Net.ONE_WRITER, Net.KEEPS_INTENTS), 1),
    "no lock, no intents, other keys": ((Net.ONE_WRITER, Net.KEEPS_INTENTS, Net.KEYS_OF_IDENTITY), 2),
}


@pytest.mark.parametrize(("nets", "there"), HOLES.values(), ids=HOLES.keys())
def test_two_runs_at_once_without_a_lock(own: Office, nets: tuple[Net, ...], there: int) -> None:
    slow(own, CALLS["create"])
    with serving(own.books) as url:
        first = start(own, url, *nets)
        wait_for_intent(own, "create")
        second = start(own, url, *nets)
        for process in (first, second):
            ended(process)
    assert own.books.counts()["contacts"] == there
