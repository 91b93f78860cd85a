"""What the journal costs: ``python tests/benchmarks/journal.py [DOCUMENTS] [FOLDER]``.

Each document is an intent begun and closed with its receipt, in a state file as an apply has it, with its durability;
first each in a call of its own, then fifty to a call. Beside it, what the disk itself takes to make 4 KB durable.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

if __name__ == "__main__":  # from a checkout it need not be installed
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from click import echo

import importer
from importer.model import Intent, IntentRow, Receipt
from importer.state.files import open_for_writing
from importer.state.store import Store

DOCUMENTS: Final = 2000
BULK: Final = 50
TARGET: Final = 1.0  # ms for a document, in the median (issue 5)
MOMENT: Final = "2026-05-19T10:00:00.000Z"
LINE: Final = {"name": "Consulting, first half of May", "quantity": "1", "rate": "12000.00", "tax": "GST 18%"}
SAID: Final = {
    "customer": "acme",
    "date": "2026-05-19",
    "place_of_supply": "IN-KA",
    "auto_approve": True,
    "line_items": [LINE, LINE, LINE],
}


def main(documents: int = DOCUMENTS, folder: str | None = None) -> None:
    echo(f"{platform.platform()}, {os.cpu_count()} processors")
    echo(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, importer {importer.__version__}")
    with tempfile.TemporaryDirectory(dir=folder, prefix="journal-") as name:
        echo(f"{documents:,} documents of {len(str(SAID))} characters, in {name}")
        tell("one to a call", measured(Path(name) / "single.db", documents, 1))
        tell(f"{BULK} to a call", measured(Path(name) / "bulk.db", documents, BULK))
        tell("a bare write of 4 KB", synced(Path(name) / "bare", min(documents, 500)))
    echo(f"To be held: at most {TARGET:g} ms for a document in the median.")


def measured(state: Path, documents: int, size: int) -> list[list[float]]:
    """Milliseconds for a document, call by call: its begin and its close, shared by the documents of the call."""
    times = []
    with open_for_writing(state) as store:
        store.bind("org_benchmark")
        for first in range(0, documents, size):
            keys = [f"INV-{number}" for number in range(first, min(first + size, documents))]
            times.append([each / len(keys) for each in timed(partial(journal, store, keys))])
    return times


def journal(store: Store, keys: Sequence[str]) -> None:
    """What an apply writes around one call."""
    rows = tuple(IntentRow("invoices", key, "", 0) for key in keys)
    body = str([{"reference_number": key, **SAID} for key in keys])
    operation, path = ("create", "/invoices") if len(keys) == 1 else ("bulk", "/bulk/invoices")
    begun = store.begin(Intent(0, operation, rows, "POST", path, body, f"k:{keys[0]}", "tok", MOMENT, "run"))
    store.close(begun, [receipt(key) for key in keys])


def receipt(key: str) -> Receipt:
    return Receipt(
        kind="invoices",
        key=key,
        part="",
        remote_id=f"inv_{key:>032}",
        number=key,
        said=dict(SAID),
        digest="0" * 64,
        generation=0,
        source="books.yaml",
        run="run",
        created=MOMENT,
        updated=MOMENT,
    )


def synced(file: Path, times: int) -> list[list[float]]:
    """Milliseconds that the disk takes for a small write that is to stay."""
    with file.open("wb", buffering=0) as out:

        def write() -> None:
            out.write(bytes(4096))
            os.fsync(out.fileno())

        return [timed(write) for _ in range(times)]


def timed(work: Callable[[], object]) -> list[float]:
    """Milliseconds that ``work`` takes, and those of them in which the processor was at work on it."""
    begin, busy = time.perf_counter(), time.process_time()
    work()
    return [(time.perf_counter() - begin) * 1000, (time.process_time() - busy) * 1000]


def tell(what: str, times: Sequence[Sequence[float]]) -> None:
    whole, busy = zip(*times, strict=True)
    p99 = sorted(whole)[min(len(whole) - 1, len(whole) * 99 // 100)]
    echo(
        f"{what:>20}: n {len(whole):>5,}   median {statistics.median(whole):.3f} ms   p99 {p99:.3f} ms"
        f"   without the disk {statistics.median(busy):.3f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS, sys.argv[2] if len(sys.argv) > 2 else None)
