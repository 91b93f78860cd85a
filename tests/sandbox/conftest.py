from __future__ import annotations

from collections.abc import Iterator

import pytest

from importer.sandbox.books import Books
from sandbox.client import Api, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def books(clock: HandClock) -> Iterator[Books]:
    books = Books(":memory:", clock)
    yield books
    books.close()


@pytest.fixture
def api(books: Books) -> Iterator[Api]:
    api = Api(books)
    yield api
    api.close()
