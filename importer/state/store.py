"""What is known of each document, and of each call whose outcome is not: receipts, intents, generations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any

from importer.errors import Refused
from importer.model import Intent, IntentRow, Receipt
from importer.state import rows
from importer.state.trouble import damaged, own_errors


class Store:
    """A state file that is open. Got from ``open_for_reading`` or ``open_for_writing`` of ``importer.state.files``.

    Opened for reading it shows one moment, whatever a writer commits meanwhile. Opened for writing, each method that
    changes something is one transaction that is on the disk when the method returns; after a power cut it is there
    wholly, or not at all. When the file fails, all methods raise Refused (state-damaged, state-locked,
    state-unwritable). To be used by the thread that opened it.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Take over ``db``, an open and recognised file in autocommit mode; ``path`` is how a person knows it."""
        self.path = path
        self._db = db

    def __enter__(self) -> Store:
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

    # Receipts.

    def receipts(self) -> Iterator[Receipt]:
        """All receipts, sorted by kind, key and part. Read them to the end before changing any."""
        with own_errors(self.path):
            yield from map(rows.receipt_of, self._db.execute(rows.RECEIPTS_IN_ORDER))

    def receipt(self, kind: str, key: str, part: str = "") -> Receipt | None:
        with own_errors(self.path):
            row = self._db.execute(rows.RECEIPT, rows.identity(kind, key, part)).fetchone()
            return None if row is None else rows.receipt_of(row)

    def put(self, receipts: Sequence[Receipt] = (), *, removed: Sequence[Receipt] = ()) -> None:
        """Remember what no call brought: adopted, accepted, renamed (the old one ``removed``) or forgotten documents.

        One transaction. A receipt known already keeps its first ``created``. A removed one leaves the next generation
        behind, so that a later create of the same key is a new request to the server (fact sheet, section 8).
        """
        if not receipts and not removed:
            return
        with self._change():
            for gone in removed:
                self._db.execute(rows.REMOVE_RECEIPT, rows.identity(gone.kind, gone.key, gone.part))
            self._raise(IntentRow(gone.kind, gone.key, gone.part, gone.generation) for gone in removed)
            self._put(receipts)

    # Intents: design, section 6, item 2.

    def intents(self) -> tuple[Intent, ...]:
        """The calls whose outcome is not known, oldest first."""
        with own_errors(self.path):
            found = self._db.execute(rows.INTENT_ROWS)
            by_intent = {
                number: [rows.intent_row_of(row[1:]) for row in group]
                for number, group in groupby(found, key=itemgetter(0))
            }
            return tuple(rows.intent_of(row, by_intent.get(row[0], ())) for row in self._db.execute(rows.INTENTS))

    def begin(self, intent: Intent) -> Intent:
        """Remember that a call is about to be sent; it may be sent once this has returned. Gives the intent its id."""
        if intent.id:
            raise ValueError(f"intent {intent.id} has begun before")
        with self._change():
            cursor = self._db.execute(rows.BEGIN_INTENT, rows.intent_cells(intent))
            begun = replace(intent, id=cursor.lastrowid or 0)
            self._db.executemany(
                rows.ADD_INTENT_ROW,
                (
                    (begun.id, position, *rows.identity(row.kind, row.key, row.part), row.generation)
                    for position, row in enumerate(intent.rows)
                ),
            )
        return begun

    def settle(
        self,
        intent: Intent,
        receipts: Sequence[Receipt] = (),
        *,
        remaining: Sequence[IntentRow] = (),
        raised: Sequence[IntentRow] = (),
    ) -> Intent | None:
        """Remember what a call brought, and which of its rows are still open: all of it or nothing.

        ``remaining`` are rows of ``intent`` whose outcome is still not known; with none the call is over. Each of
        ``raised`` gets at least the generation after its own. Returns the intent with the rows that stay open, or
        None when it is closed. Raises ValueError when ``intent`` is not open, or a remaining row is not one of its own.
        """
        with self._change():
            still = self._open_rows(intent)
            left = set(remaining)
            if not left <= still.keys():
                raise ValueError(f"not open in intent {intent.id}: {sorted(left - still.keys())}")
            settled = [(intent.id, position) for row, position in still.items() if row not in left]
            self._db.executemany("DELETE FROM intent_rows WHERE intent = ? AND position = ?", settled)
            if not left:
                self._db.execute("DELETE FROM intents WHERE id = ?", (intent.id,))
            self._put(receipts)
            self._raise(raised)
        return replace(intent, rows=tuple(row for row in still if row in left)) if left else None

    def close(self, intent: Intent, receipts: Sequence[Receipt] = (), raised: Sequence[IntentRow] = ()) -> None:
        """Remember what a call brought, and that it is over: ``settle`` with nothing remaining."""
        self.settle(intent, receipts, raised=raised)

    # Generations. They never fall.

    def generations(self) -> dict[tuple[str, str, str], int]:
        """The generations above 0, by kind, key and part."""
        with own_errors(self.path):
            found = self._db.execute(rows.GENERATIONS)
            return {(rows.text_of(kind), rows.text_of(key), rows.text_of(part)): n for kind, key, part, n in found}

    def generation(self, kind: str, key: str, part: str = "") -> int:
        """The generation that the next create of this document has, from 0."""
        with own_errors(self.path):
            row = self._db.execute(rows.GENERATION, rows.identity(kind, key, part)).fetchone()
            return 0 if row is None else int(row[0])

    # What the methods above are made of.

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One durable transaction that raises the serial."""
        if self._db.in_transaction:
            raise RuntimeError("a store opened for reading takes no changes")
        with own_errors(self.path):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("UPDATE store SET serial = serial + 1")
                self._db.execute("COMMIT")
            except BaseException:  # an interrupt as well: nothing half written stays in the open transaction
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # SQLite has ended the transaction itself after some errors, such as a full disk.
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _put(self, receipts: Iterable[Receipt]) -> None:
        self._db.executemany(rows.PUT_RECEIPT, map(rows.receipt_cells, receipts))

    def _raise(self, raised: Iterable[IntentRow]) -> None:
        self._db.executemany(
            rows.RAISE_GENERATION,
            ((*rows.identity(row.kind, row.key, row.part), row.generation + 1) for row in raised),
        )

    def _open_rows(self, intent: Intent) -> dict[IntentRow, int]:
        """The rows of ``intent`` that are open, each with its position. Raises ValueError when the intent is not."""
        if self._db.execute("SELECT 1 FROM intents WHERE id = ?", (intent.id,)).fetchone() is None:
            raise ValueError(f"intent {intent.id} is not open")
        found = self._db.execute(
            "SELECT position, kind, key, part, generation FROM intent_rows WHERE intent = ? ORDER BY position",
            (intent.id,),
        )
        return {rows.intent_row_of(row[1:]): row[0] for row in found}

    def _only(self, query: str) -> Any:
        with own_errors(self.path):
            row = self._db.execute(query).fetchone()
        if row is None:
            raise damaged(self.path, "it does not say which state it is")
        return row[0]
