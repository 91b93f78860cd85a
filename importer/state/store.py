"""What is known of each document, and of each call whose outcome is not: receipts, intents, generations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from importer.model import Intent, IntentRow, Receipt, StepId
from importer.state import layout, rows
from importer.state.changes import Changes
from importer.state.trouble import own_errors
from importer.state.values import Export, Identity


class Store(Changes):
    """A state file that is open. Got from ``open_for_reading`` or ``open_for_writing`` of ``importer.state.files``.

    Opened for reading it shows one moment, whatever a writer commits meanwhile. Opened for writing, each method that
    changes something is one transaction that is on the disk when the method returns; after a power cut it is there
    wholly, or not at all. When the file fails, all methods raise Refused (state-damaged, state-locked,
    state-unwritable). To be used by the thread that opened it.
    """

    # Receipts.

    def receipts(self) -> Iterator[Receipt]:
        """All receipts, sorted by kind, key and part. Read them to the end before changing any."""
        with own_errors(self.path):
            yield from map(rows.receipt_of, self._db.execute(self._select_receipts + rows.IN_ORDER))

    def receipt(self, kind: str, key: str, part: str = "") -> Receipt | None:
        with own_errors(self.path):
            row = self._db.execute(self._select_receipts + rows.NAMED, rows.identity(kind, key, part)).fetchone()
            return None if row is None else rows.receipt_of(row)

    def put(self, receipts: Sequence[Receipt] = (), *, removed: Sequence[Receipt] = ()) -> None:
        """Remember what no call brought: adopted, accepted, renamed (the old one ``removed``) or forgotten documents.

        One transaction. A receipt known already keeps its first ``created``. A removed one leaves the next generation
        behind, so that a later create of the same key is a new request to the server (fact sheet, section 8).
        """
        if not receipts and not removed:
            return
        with self._change():
            self._remove(removed)
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
            return self._begin(intent)

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

    def close_row(
        self,
        row: StepId | IntentRow,
        receipts: Sequence[Receipt] = (),
        *,
        removed: Sequence[Receipt] = (),
        not_done: bool = False,
    ) -> bool:
        """Close one document, or one application, in whatever open intent holds it; other rows of that call stay open.

        For what a person settles: adopted, or forgotten. One transaction, with ``receipts`` and ``removed`` as in
        ``put``, also when nothing was open. With ``not_done`` each row closed leaves its next generation behind.
        Returns whether anything was open.
        """
        name = rows.identity(row.kind, row.key, row.part)
        with own_errors(self.path):
            found = self._db.execute(rows.OPEN_ROWS, name).fetchall()
        if not found:
            self.put(receipts, removed=removed)
            return False
        with self._change():
            self._db.execute(rows.CLOSE_ROWS, name)
            self._db.executemany(rows.CLOSE_INTENT_WITHOUT_ROWS, {(one[0],) for one in found})
            self._raise(rows.intent_row_of(one[1:]) for one in found if not_done)
            self._remove(removed)
            self._put(receipts)
        return True

    # Generations. They never fall.

    def generations(self) -> dict[Identity, int]:
        """The generations above 0, by kind, key and part."""
        with own_errors(self.path):
            found = self._db.execute(rows.GENERATIONS)
            return {(rows.text_of(kind), rows.text_of(key), rows.text_of(part)): n for kind, key, part, n in found}

    def generation(self, kind: str, key: str, part: str = "") -> int:
        """The generation that the next create of this document has, from 0."""
        with own_errors(self.path):
            row = self._db.execute(rows.GENERATION, rows.identity(kind, key, part)).fetchone()
            return 0 if row is None else int(row[0])

    # All at once.

    def content(self) -> Export:
        """All that the file holds."""
        intents = tuple(replace(intent, id=0) for intent in self.intents())
        own = (self.org_id, self.lineage, self.serial)
        # SQLite sorts bytes, as which it holds some texts, after text.
        receipts = sorted(self.receipts(), key=lambda one: (one.kind, one.key, one.part))
        return Export(*own, tuple(receipts), intents, self.generations(), self.plans())

    def become(self, content: Export) -> None:
        """Hold ``content`` in place of all that is held now, its lineage and serial included. One transaction.

        Whether that is right has been decided before (``importer.state.importing``).
        """
        with self._transaction():
            for statement in rows.EMPTY:
                self._db.execute(statement)
            self._put(content.receipts)
            for intent in content.intents:
                self._begin(intent)
            self._db.executemany(
                rows.RAISE_GENERATION,
                ((*rows.identity(*name), generation) for name, generation in content.generations.items()),
            )
            self._db.executemany(
                rows.ADD_PLAN,
                ((rows.cell(plan), progress.serial, progress.done) for plan, progress in content.plans.items()),
            )
            self._db.execute(rows.BECOME, (rows.cell(content.lineage), content.serial, rows.cell(content.org_id)))

    # What the methods above are made of.

    @property
    def _select_receipts(self) -> str:
        return rows.RECEIPTS if self._version >= layout.WITH_ACCEPTED else rows.RECEIPTS_WITHOUT_ACCEPTED

    def _begin(self, intent: Intent) -> Intent:
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

    def _remove(self, removed: Sequence[Receipt]) -> None:
        self._db.executemany(rows.REMOVE_RECEIPT, (rows.identity(one.kind, one.key, one.part) for one in removed))
        self._raise(IntentRow(one.kind, one.key, one.part, one.generation) for one in removed)

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
