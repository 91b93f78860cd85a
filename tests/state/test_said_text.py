from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given

from importer.model import Receipt
from importer.state import said_text
from importer.state.rows import canonical_json
from importer.state.said_text import SaidText
from importer.state.store import Store
from state.odd import said

Make = Callable[..., Receipt]
SAID: dict[str, Any] = {"z": "1", "a": {"y": [True], "b": "ü"}}


def digest(value: Any) -> str:
    return sha256(canonical_json(value).encode()).hexdigest()


@given(said)
def test_it_is_equal_to_what_was_said_and_writes_back_as_the_same_text(value: dict[str, Any]) -> None:
    kept = SaidText(canonical_json(value))
    assert kept == value
    assert value == kept
    assert kept == SaidText(canonical_json(dict(reversed(value.items()))))
    assert {**kept} == value
    assert dict(kept) == value
    assert len(kept) == len(value)
    assert canonical_json(kept) == canonical_json(value)


def test_another_is_another() -> None:
    assert SaidText(canonical_json(SAID)) != {**SAID, "z": "2"}
    assert SaidText(canonical_json(SAID)) != SaidText(canonical_json({"z": "1"}))
    assert SaidText("{}") != []
    assert not SaidText("{}")


def test_a_state_is_read_without_reading_what_its_documents_said(
    store: Store, receipt: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put([receipt("A", said=SAID, digest=digest(SAID))])
    with monkeypatch.context() as unread:
        unread.setattr(json, "loads", lambda *_: pytest.fail("it was read"))
        (found,) = store.receipts()
    said_text._read.cache_clear()
    assert isinstance(found.said, SaidText)
    assert found == receipt("A", said=SAID, digest=digest(SAID))
    assert found.said["a"]["b"] == "ü"


def test_what_does_not_have_its_digest_is_read_at_once(store: Store, receipt: Make) -> None:
    store.put([receipt("A", said=SAID, digest="ab" * 32)])
    (found,) = store.receipts()
    assert type(found.said) is dict
    assert found.said == SAID
