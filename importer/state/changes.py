"""One durable change after another: the transaction, the serial that counts them, and the plan they are made for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from importer.errors import Refused
from importer.state import layout, rows
from importer.state.trouble import damaged, own_errors
from importer.state.values import PlanProgress


class Changes:
    """A state file that is open, as a whole: whose it is, how it changes, which plans were carried out on it."""

    def __init__(self, db: sqlite3.Connection, path: Path, version: int = layout.VERSION) -> None:
        """Take over ``db``, an open and recognised file; ``path`` is how a person knows it.

        Its layout may be of an older ``version`` when it is only read.
        """
        self.path = path
        self._db = db
        self._version = version
        self._plan = ""  # the id of the plan that is being carried out
        self.written = 0  # changes made, each of them durable
        self.writing = 0.0  # seconds that they took

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shut()

    def shut(self) -> None:
        """Let go of the file. A second call does nothing."""
        self._db.close()

    # What the file as a whole says.

    @property
    def lineage(self) -> str:
        """Random hexadecimal text, made with the file: two files of one lineage are copies of one another."""
        return rows.text_of(self._only("SELECT lineage FROM store"))

    @property
    def serial(self) -> int:
        """How many changes were committed since the file was made; 0 for a new one."""
        return int(self._only("SELECT serial FROM store"))

    @property
    def org_id(self) -> str:
        """The organisation the file is bound to; "" until it is."""
        return rows.text_of(self._only("SELECT org_id FROM store"))

    def bind(self, org_id: str) -> None:
        """Tie the file to ``org_id``, for good. Raises Refused (wrong-org) if it is tied to another one."""
        if not org_id:
            raise ValueError("an organisation has an id")
        bound = self.org_id
        if bound == org_id:
            return
        if bound:
            raise Refused(
                "wrong-org",
                f"The state {self.path} belongs to organisation {bound}, and this run to {org_id}.",
                f"Use the token of {bound}, or keep the state of {org_id} in a file of its own (--state FILE).",
            )
        with self._change():
            self._db.execute("UPDATE store SET org_id = ?", (rows.cell(org_id),))

    # Saved plans: design, section 4.

    def plans(self) -> dict[str, PlanProgress]:
        """Every plan whose run has begun here, by its id."""
        if self._version < layout.WITH_PLANS:
            return {}
        with own_errors(self.path):
            found = self._db.execute(rows.PLANS)
            return {rows.text_of(plan): PlanProgress(serial, bool(done)) for plan, serial, done in found}

    def plan_progress(self, plan_id: str) -> PlanProgress | None:
        """How far the run of a plan has come; None when none of it has begun here.

        While its serial is that of the file, every change since the run began was the plan's own.
        """
        if self._version < layout.WITH_PLANS:
            return None
        with own_errors(self.path):
            row = self._db.execute(rows.PLAN, (rows.cell(plan_id),)).fetchone()
            return None if row is None else PlanProgress(row[0], bool(row[1]))

    def carry_out(self, plan_id: str) -> None:
        """Note that the run of a plan begins, or goes on: from now on each change through this object is the plan's.

        One change itself. Raises ValueError when the plan is done, RuntimeError when this object carries out another.
        """
        if not plan_id:
            raise ValueError("a plan has an id")
        if self._plan not in ("", plan_id):
            raise RuntimeError(f"the plan {self._plan} is being carried out")
        with self._change(plan_id):
            progress = self.plan_progress(plan_id)
            if progress is not None and progress.done:
                raise ValueError(f"the plan {plan_id} is done")
            self._db.execute(rows.BEGIN_PLAN, (rows.cell(plan_id),))
        self._plan = plan_id

    def plan_done(self) -> None:
        """Note that all of the plan was carried out. Raises RuntimeError when none is being carried out."""
        if not self._plan:
            raise RuntimeError("no plan is being carried out")
        with self._change():
            self._db.execute(rows.END_PLAN, (rows.cell(self._plan),))
        self._plan = ""

    # What the methods above are made of.

    @contextmanager
    def _change(self, plan: str = "") -> Iterator[None]:
        """One durable transaction that raises the serial, and notes it for ``plan`` or the one being carried out."""
        with self._transaction():
            yield
            self._db.execute("UPDATE store SET serial = serial + 1")
            if of := plan or self._plan:
                self._db.execute(rows.MOVE_PLAN, (rows.cell(of),))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._db.in_transaction:
            raise RuntimeError("a store opened for reading takes no changes")
        began = time.perf_counter()
        try:
            with self._whole():
                yield
            self.written += 1
        finally:
            self.writing += time.perf_counter() - began

    @contextmanager
    def _whole(self) -> Iterator[None]:
        with own_errors(self.path):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except BaseException:  # an interrupt as well: nothing half written stays in the open transaction
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # SQLite has ended the transaction itself after some errors, such as a full disk.
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _only(self, query: str) -> Any:
        with own_errors(self.path):
            row = self._db.execute(query).fetchone()
        if row is None:
            raise damaged(self.path, "it does not say which state it is")
        return row[0]
