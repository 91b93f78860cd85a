"""What the state remembers, read when it is asked for: a run that checks what has changed may need none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from importer.apply.prepare import Memory
from importer.model import StepId
from importer.state.files import open_for_reading
from importer.state.store import Store


class Recalled:
    """A state at one moment: lineage, serial and org at once, receipts and intents when they are asked for."""

    def __init__(self, path: Path | None, store: Store | None) -> None:
        self._path = path
        self._store = store
        self.seen = (store.lineage, store.serial) if store is not None else None
        self.org_id = store.org_id if store is not None else ""
        self._memory = Memory() if store is None else None

    @property
    def memory(self) -> Memory:
        """All that is remembered. Raises Refused."""
        return self.read()

    def read(self) -> Memory:
        """As ``memory``: of the moment of opening while the state is open, else as it is now."""
        if self._memory is None and self._store is not None:
            self._memory = _read(self._store)
        elif self._memory is None:
            with recall(self._path) as anew:
                self._memory = anew.read()
        return self._memory or Memory()

    def leave(self) -> None:
        """The file is closed."""
        self._store = None


@contextmanager
def recall(path: Path | None) -> Iterator[Recalled]:
    """The state at ``path``, open for reading; nothing where there is none. Raises Refused."""
    store = open_for_reading(path) if path is not None else None
    with store or nullcontext():
        recalled = Recalled(path, store)
        try:
            yield recalled
        finally:
            recalled.leave()


def _read(store: Store) -> Memory:
    generations = {StepId(*identity): number for identity, number in store.generations().items()}
    return Memory(tuple(store.receipts()), store.intents(), generations)
