"""Receipts and intents as rows of the tables, and back. Every value comes back as it went in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from sys import intern
from typing import Any, Final

from importer.model import Intent, IntentRow, Receipt
from importer.state.said_text import SaidText

# What SQLite holds of a text, or of a whole number.
Cell = str | bytes | int

RECEIPTS: Final = """
    SELECT kind, key, part, remote_id, number, said, digest, generation, source, run, created, updated, difference,
        accepted, total
    FROM receipts
"""
# The same of a file that was laid out before differences could be accepted.
RECEIPTS_WITHOUT_ACCEPTED: Final = RECEIPTS.replace(" accepted, total", " '{}', ''")
# What may follow either.
IN_ORDER: Final = "ORDER BY kind, key, part"
NAMED: Final = "WHERE kind = ? AND key = ? AND part = ?"

# The first ``created`` stays: it says since when the document is in the books.
PUT_RECEIPT: Final = """
    INSERT INTO receipts
        (kind, key, part, remote_id, number, said, digest, generation, source, run, created, updated, difference,
        accepted, total)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, key, part) DO UPDATE SET
        remote_id = excluded.remote_id, number = excluded.number, said = excluded.said, digest = excluded.digest,
        generation = excluded.generation, source = excluded.source, run = excluded.run, updated = excluded.updated,
        difference = excluded.difference, accepted = excluded.accepted, total = excluded.total
"""
REMOVE_RECEIPT: Final = "DELETE FROM receipts WHERE kind = ? AND key = ? AND part = ?"

INTENTS: Final = """
    SELECT id, operation, method, path, body, idempotency_key, token_id, server_time, run, before
    FROM intents ORDER BY id
"""
BEGIN_INTENT: Final = """
    INSERT INTO intents (operation, method, path, body, idempotency_key, token_id, server_time, run, before)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INTENT_ROWS: Final = "SELECT intent, kind, key, part, generation FROM intent_rows ORDER BY intent, position"
ADD_INTENT_ROW: Final = """
    INSERT INTO intent_rows (intent, position, kind, key, part, generation) VALUES (?, ?, ?, ?, ?, ?)
"""
OPEN_ROWS: Final = """
    SELECT intent, kind, key, part, generation FROM intent_rows WHERE kind = ? AND key = ? AND part = ?
"""
CLOSE_ROWS: Final = "DELETE FROM intent_rows WHERE kind = ? AND key = ? AND part = ?"
CLOSE_INTENT_WITHOUT_ROWS: Final = """
    DELETE FROM intents WHERE id = ? AND NOT EXISTS (SELECT 1 FROM intent_rows WHERE intent = intents.id)
"""

GENERATIONS: Final = "SELECT kind, key, part, generation FROM generations WHERE generation > 0"
GENERATION: Final = "SELECT generation FROM generations WHERE kind = ? AND key = ? AND part = ?"
RAISE_GENERATION: Final = """
    INSERT INTO generations (kind, key, part, generation) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, key, part) DO UPDATE SET generation = max(generation, excluded.generation)
"""

PLANS: Final = "SELECT id, serial, done FROM plans"
PLAN: Final = "SELECT serial, done FROM plans WHERE id = ?"
BEGIN_PLAN: Final = "INSERT INTO plans (id, serial, done) VALUES (?, 0, 0) ON CONFLICT (id) DO NOTHING"
MOVE_PLAN: Final = "UPDATE plans SET serial = (SELECT serial FROM store) WHERE id = ?"
END_PLAN: Final = "UPDATE plans SET done = 1 WHERE id = ?"
ADD_PLAN: Final = "INSERT INTO plans (id, serial, done) VALUES (?, ?, ?)"

# The file itself and its version stay; what it holds goes.
EMPTY: Final = (
    "DELETE FROM receipts",
    "DELETE FROM intents",
    "DELETE FROM intent_rows",
    "DELETE FROM generations",
    "DELETE FROM plans",
)
BECOME: Final = "UPDATE store SET lineage = ?, serial = ?, org_id = ?"


def cell(text: str) -> str | bytes:
    """``text`` as SQLite can hold it.

    SQLite takes UTF-8, which has no lone surrogates; Python makes them of file names that are not UTF-8 (PEP 383), and
    of the escapes in an answer's JSON. Such a text is held as the bytes that its code points would have.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def cells(texts: Iterable[str]) -> tuple[str | bytes, ...]:
    return tuple(map(cell, texts))


def text_of(held: Any) -> str:
    """The text that :func:`cell` made ``held`` of."""
    return held if isinstance(held, str) else bytes(held).decode("utf-8", "surrogatepass")


def canonical_json(value: Any) -> str:
    """One text per value: keys sorted, no blanks, letters as they are. Raises ValueError for NaN and infinity."""
    if isinstance(value, SaidText):
        return value.text
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


_NOTHING: Final = "{}"


def receipt_cells(receipt: Receipt) -> tuple[Cell, ...]:
    """The parameters of PUT_RECEIPT."""
    return (
        *cells((receipt.kind, receipt.key, receipt.part, receipt.remote_id, receipt.number)),
        cell(canonical_json(receipt.said)),
        cell(receipt.digest),
        receipt.generation,
        *cells((receipt.source, receipt.run, receipt.created, receipt.updated, receipt.difference)),
        cell(canonical_json(receipt.accepted)),
        cell(receipt.total),
    )


def receipt_of(row: tuple[Any, ...]) -> Receipt:
    """A row of RECEIPTS. Raises json.JSONDecodeError when someone else wrote ``said`` or ``accepted``."""
    kind, key, part, remote_id, number, said, digest, generation, *texts, accepted, total = row
    source, run, created, updated, difference = texts
    return Receipt(
        intern(text_of(kind)),
        text_of(key),
        text_of(part),
        text_of(remote_id),
        text_of(number),
        _remembered(text_of(said), digest),
        text_of(digest),
        generation,
        intern(text_of(source)),  # of one run and of one call, these are the same
        intern(text_of(run)),
        intern(text_of(created)),
        intern(text_of(updated)),
        text_of(difference),
        {} if accepted == _NOTHING else json.loads(text_of(accepted)),  # of nearly every one
        text_of(total),
    )


def _remembered(text: str, digest: Any) -> Mapping[str, Any]:
    """What was said. It is read at once where it is not what the importer wrote: one that is damaged is told there."""
    if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == digest:
        return SaidText(text)
    found: dict[str, Any] = json.loads(text)
    return found


def intent_cells(intent: Intent) -> tuple[Cell, ...]:
    """The parameters of BEGIN_INTENT."""
    return (
        *cells((intent.operation, intent.method, intent.path, intent.body, intent.idempotency_key)),
        *cells((intent.token_id, intent.server_time, intent.run, canonical_json(intent.before))),
    )


def intent_of(row: tuple[Any, ...], rows: Iterable[IntentRow]) -> Intent:
    """A row of INTENTS with its own rows. Raises json.JSONDecodeError when someone else wrote ``before``."""
    operation, method, path, body, idempotency_key, token_id, server_time, run, before = map(text_of, row[1:])
    return Intent(
        id=row[0],
        operation=operation,
        rows=tuple(rows),
        method=method,
        path=path,
        body=body,
        idempotency_key=idempotency_key,
        token_id=token_id,
        server_time=server_time,
        run=run,
        before=json.loads(before),
    )


def intent_row_of(row: tuple[Any, ...]) -> IntentRow:
    """The last four columns of INTENT_ROWS."""
    kind, key, part, generation = row
    return IntentRow(text_of(kind), text_of(key), text_of(part), generation)


def identity(kind: str, key: str, part: str) -> tuple[str | bytes, ...]:
    """The parameters that name one receipt or one generation."""
    return cells((kind, key, part))
