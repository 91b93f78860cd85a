"""The state of made books that were applied once: made directly, since applying them takes an hour of the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from importer.kinds import KINDS
from importer.manifest import SourceFile, read
from importer.model import Document, Intent, IntentRow, Receipt
from importer.plan.entries import entries_of, entry_said
from importer.plan.said import digest, said
from importer.state.files import open_for_writing

_AT: Final = "2026-05-19T10:00:00.000Z"


def remember(state: Path, file: Path) -> None:
    """Put receipts for every document of ``file``, and for every application, into a new ``state``."""
    manifest = read(iter([SourceFile(file.name, file.read_bytes())]))
    receipts = [one for document in manifest.documents for one in _receipts(document)]
    rows = tuple(IntentRow(one.kind, one.key, one.part, 0) for one in receipts)
    with open_for_writing(state) as store:
        store.bind("org_benchmark")
        intent = Intent(0, "create", rows, "POST", "/made", "{}", "made", "tok", _AT, "run")
        store.close(store.begin(intent), receipts)


def _receipts(document: Document) -> Iterator[Receipt]:
    yield _receipt(document, "", said(document))
    settles = KINDS[document.kind].settles
    if settles is not None and not settles.in_body:
        for part, entry in entries_of(document, settles):
            yield _receipt(document, part, entry_said(settles, entry))


def _receipt(document: Document, part: str, spoken: dict[str, object]) -> Receipt:
    remote = f"{document.kind}_{document.key}{part}"
    return Receipt(
        document.kind, document.key, part, remote, "", spoken, digest(spoken), 0, document.file, "run", _AT, _AT
    )
