"""An office in which the importer can be killed: a folder with a manifest and a state, and its books on a socket."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cli.command import environment
from sandbox.served import serving
from simulation.course import told

from exactly_once import deadly
from importer.model import Intent, Receipt
from importer.sandbox.books import PARTNER_TOKEN, Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.serving.faults import Faults, read_fault
from importer.state.files import open_for_reading

Told = dict[str, list[tuple[Any, ...]]]
Sections = dict[str, list[dict[str, Any]]]

MANIFEST: Final = "books.yaml"
STATE: Final = "finzbooks.state.db"
BOOKS: Final = "sandbox.db"
LOG: Final = "steps"
KINDS: Final = ("contacts", "items", "invoices", "payments", "credit_notes")


class Office:
    """What a bookkeeper has: a folder; the importer is a process of its own each time."""

    def __init__(self, folder: Path, books: Books) -> None:
        self.folder = folder
        self.books = books
        self.log = folder / LOG
        self._url = ""

    def write(self, sections: Sections) -> None:
        (self.folder / MANIFEST).write_text(json.dumps(sections), encoding="utf-8")

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """While the server runs. The test must leave the books alone meanwhile."""
        with serving(self.books) as url:
            self._url = url
            yield

    @property
    def env(self) -> dict[str, str]:
        """The variables of the importer."""
        return {
            "FINZBOOKS_BASE_URL": f"{self._url}/api/public/v1",
            "FINZBOOKS_TOKEN": PARTNER_TOKEN,
            "FINZBOOKS_ORG_ID": self.books.org_id,
            "FINZBOOKS_TIMEOUT": "1",  # half of the pause between two looks
        }

    def fault(self, line: str) -> None:
        """From now on the server fails, as ``sandbox serve --fault`` says it."""
        with contextlib.closing(Books(self.folder / BOOKS, SystemClock())) as books:
            Faults(books.db).add([read_fault(line)])

    def start(self, moment: str = deadly.NEVER, step: int | str = 0, state: str = STATE) -> subprocess.Popen[bytes]:
        """An apply that dies at the moment of a step, or goes on to its end."""
        self.log.unlink(missing_ok=True)
        words = ["apply", "--yes", "-q", MANIFEST, "--state", state]
        return subprocess.Popen(
            [sys.executable, deadly.__file__, str(self.log), moment, str(step), *words],
            cwd=self.folder,
            env=environment(self.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def apply(self, moment: str = deadly.NEVER, step: int | str = 0, state: str = STATE) -> tuple[int, str]:
        """How it ended, and what it said."""
        with self.start(moment, step, state) as process:
            out, _ = process.communicate(timeout=100)
        return process.returncode, out.decode("utf-8")

    def steps(self) -> list[str]:
        """The durable steps of the last run, in the order in which they were begun."""
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []

    def known(self) -> tuple[list[Receipt], tuple[Intent, ...]]:
        """What the state holds."""
        store = open_for_reading(self.folder / STATE)
        if store is None:
            return [], ()
        with store:
            return list(store.receipts()), store.intents()


@contextlib.contextmanager
def office(folder: Path, like: Path | None = None) -> Iterator[Office]:
    """A new one, or one that begins as ``like``, whose books are closed."""
    if like is None:
        folder.mkdir()
    else:
        shutil.copytree(like, folder)
    with contextlib.closing(Books(folder / BOOKS, SystemClock())) as books:
        yield Office(folder, books)


def was_killed(code: int) -> bool:
    """Whether an exit code is that of ``Popen.kill``, or of a process that killed itself."""
    return code == -9 if sys.platform != "win32" else code in (1, 15)


def faults_of(one: Office, wanted: Told) -> list[str]:
    """In what the office, whose server is closed, is not as after a run that nothing broke."""
    found, said = told(one.books), list[str]()
    for name, rows in wanted.items():
        if missing := Counter(rows) - Counter(found[name]):
            said.append(f"{name}: missing {list(missing.elements())}")
        if more := Counter(found[name]) - Counter(rows):
            said.append(f"{name}: too much or otherwise {list(more.elements())}")
    if one.books.db.value("SELECT sum(amount) FROM postings"):
        said.append("the ledger does not balance")
    receipts, intents = one.known()
    said += [f"open: {intent.operation} {intent.rows}" for intent in intents]
    said += [f"not as sent: {own.kind} {own.key}: {own.difference}" for own in receipts if own.difference]
    known = sorted(own.remote_id for own in receipts if not own.part)
    held = sorted(str(row[0]) for kind in KINDS for row in one.books.db.rows(f"SELECT id FROM {kind}"))
    return said if known == held else [*said, "the receipts are not those of the documents"]
