"""An apply that is killed, with a real process, a real socket and a real state."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from importer.sandbox.books import PARTNER_TOKEN, Books
from importer.sandbox.clock import SystemClock

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "importer")
COUNT = 60
TABLES = ("contacts", "invoices", "payments", "credit_notes")


def entries() -> dict[str, Any]:
    numbers = range(COUNT)
    line = {"name": "Work", "quantity": 1, "rate": 100}
    head = {"date": "2026-05-19", "line_items": [line]}
    return {
        "contacts": [{"key": f"c{number}", "contact_name": f"Customer {number}"} for number in numbers],
        "invoices": [
            {"key": f"O-{number}", "customer": f"c{number}", "place_of_supply": "IN-KA", "auto_approve": True, **head}
            for number in numbers
        ],
        "payments": [
            {
                "key": f"U-{number}",
                "flow": "INCOMING",
                "contact": f"c{number}",
                "date": "2026-05-20",
                "amount": 60,
                "bank_account": "Cash",
                "allocations": [{"invoice": f"O-{number}", "amount": 60}],
            }
            for number in numbers
        ],
        "credit_notes": [
            {
                "key": f"C-{number}",
                "customer": f"c{number}",
                "date": "2026-05-21",
                "line_items": [{"name": "Return", "quantity": 1, "rate": 40}],
                "applications": [{"invoice": f"O-{number}", "amount": 40}],
            }
            for number in range(10)
        ],
    }


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an importer whose FinzBooks is ``finz-import sandbox serve``."""
    file = tmp_path / "books.db"
    books = Books(file, SystemClock())
    org = books.org_id
    books.close()
    serve = (*COMMAND, "sandbox", "serve", "--port", "0", "--books", str(file))
    with subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline() for _ in range(2)]
            (url,) = [line.partition("=")[2].strip() for line in lines if "FINZBOOKS_BASE_URL=" in line]
            own = {"FINZBOOKS_BASE_URL": url, "FINZBOOKS_TOKEN": PARTNER_TOKEN, "FINZBOOKS_ORG_ID": org}
            yield {**os.environ, **own}
        finally:
            server.kill()


def apply(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    arguments = ("apply", "--yes", "--format", "json", str(folder / "books.yaml"), "--state", str(folder / "state.db"))
    return subprocess.Popen(
        (*COMMAND, *arguments),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def held(folder: Path) -> dict[str, list[str]]:
    """What tells the documents of the books apart, kind by kind."""
    db = sqlite3.connect(folder / "books.db")
    try:
        columns = {table: "name" if table == "contacts" else "reference" for table in TABLES}
        return {
            table: [row[0] for row in db.execute(f"SELECT {column} FROM {table}")] for table, column in columns.items()
        }
    finally:
        db.close()


def settled(folder: Path) -> tuple[int, int]:
    """The most paise that are paid, and that are credited, of any invoice."""
    db = sqlite3.connect(folder / "books.db")
    try:
        paid, credited = db.execute("SELECT max(paid), max(credited) FROM invoices").fetchone()
        return paid or 0, credited or 0
    finally:
        db.close()


def test_a_killed_apply_books_nothing_twice_and_the_next_completes_or_says_what_is_open(
    tmp_path: Path, served: dict[str, str]
) -> None:
    (tmp_path / "books.yaml").write_text(json.dumps(entries()), encoding="utf-8")
    dice = random.Random(os.getpid())
    cut = 0
    for _ in range(4):
        with apply(served, tmp_path) as child:
            wait_for_writes(tmp_path, sum(map(len, held(tmp_path).values())))
            time.sleep(dice.uniform(0.0, 0.15))
            child.kill()
            child.communicate()
            cut += child.returncode != 0
        for table, found in held(tmp_path).items():
            assert len(found) == len(set(found)), f"{table} twice"
    assert cut, "no run was cut off: the test has not tested anything"
    with apply(served, tmp_path) as child:
        out, err = child.communicate(timeout=60)
    assert child.returncode in (0, 4), err + out
    bad = [one for one in json.loads(out)["operations"] if one["error"]]
    assert {one["error"]["code"] for one in bad} <= {"open-intent", "waits-for-open-intent", "waits"}
    names = held(tmp_path)
    for table, wanted in entries().items():
        left = {one["key"] for one in bad if one["kind"] == table}
        assert len(names[table]) == len(set(names[table])), f"{table} twice"
        assert len(wanted) - len(left) <= len(names[table]) <= len(wanted)
    paid, credited = settled(tmp_path)
    assert paid <= 6000
    assert credited <= 4000
    assert (child.returncode == 0) == (not bad)


def wait_for_writes(folder: Path, before: int) -> None:
    """Until the run has written something, or may have had nothing left to write."""
    give_up = time.monotonic() + 3
    while time.monotonic() < give_up and sum(map(len, held(folder).values())) == before:
        time.sleep(0.02)
