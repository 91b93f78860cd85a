"""A real state file per test, and makers of receipts and intents of which a test names only what matters to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from importer.model import Intent, IntentRow, Receipt
from importer.state.files import open_for_writing
from importer.state.store import Store


def make_receipt(key: str = "ORDER-1", **given: Any) -> Receipt:
    values: dict[str, Any] = {
        "kind": "invoices",
        "part": "",
        "remote_id": f"inv_{key}",
        "number": "INV-1",
        "said": {"customer": "acme", "auto_approve": True, "line_items": [{"rate": "12000"}]},
        "digest": "ab" * 32,
        "generation": 0,
        "source": "books/invoices.yaml",
        "run": "run-1",
        "created": "2026-05-19T10:00:00Z",
        "updated": "2026-05-19T10:00:00Z",
    }
    return Receipt(key=key, **{**values, **given})


def make_intent(*keys: str, **given: Any) -> Intent:
    values: dict[str, Any] = {
        "id": 0,
        "operation": "create",
        "rows": tuple(IntentRow("invoices", key, "", 0) for key in keys),
        "method": "POST",
        "path": "/invoices",
        "body": '{"reference_number":"ORDER-1"}',
        "idempotency_key": "fz:1",
        "token_id": "tok_1",
        "server_time": "2026-05-19T10:00:00Z",
        "run": "run-1",
    }
    return Intent(**{**values, **given})


@pytest.fixture
def receipt() -> Callable[..., Receipt]:
    return make_receipt


@pytest.fixture
def intent() -> Callable[..., Intent]:
    return make_intent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "finzbooks.state.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_for_writing(path) as opened:
        yield opened
