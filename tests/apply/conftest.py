from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apply.wire import Wire
from apply.world import World
from importer.sandbox.books import Books
from importer.sandbox.clock import SkippingClock


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = SkippingClock()
    books = Books(":memory:", clock)
    yield World(books, clock, tmp_path / "state.db", Wire(books))
    books.close()
