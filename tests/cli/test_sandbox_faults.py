"""Rehearsals in which something goes wrong: whatever it is, the next run ends with the books as they are meant."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path

import pytest

from cli.command import command
from cli.live import trial_balance
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock

SANDBOX = Path(".finzbooks", "sandbox.db")
ONE_OF_EACH = {"contacts": 1, "items": 1, "invoices": 1, "payments": 1, "credit_notes": 1}
LOST = (
    "close-before",
    "close-after",
    "truncated",
    "html",
    "error-after",
    "timeout-after",
    "timeout-working seconds=9",
    "crash-after-row row=1",
)


def counts() -> dict[str, int]:
    with contextlib.closing(Books(SANDBOX, SystemClock())) as books:
        return {kind: books.counts()[kind] for kind in ONE_OF_EACH}


def check_books_are_right() -> None:
    assert counts() == ONE_OF_EACH
    debit, credit = trial_balance(SANDBOX)
    assert debit == credit > Decimal(0)
    assert command("sandbox", "faults").out == "Nothing will go wrong.\n"


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize(
    "endpoint", ["POST /contacts", "POST /payments", "POST /invoices", "POST /credit_notes/{id}/apply-to-invoice"]
)
def test_a_call_whose_answer_is_lost_is_not_made_twice(endpoint: str, what: str, books: Path) -> None:
    assert command("sandbox", "faults", f"{endpoint} {what}").code == 0
    first = command("apply", "--sandbox", "--yes", "books.yaml")
    again = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (first.code, first.out) == (0, "5 created, 1 application, 0 unchanged.\n")
    assert (again.code, again.out) == (0, "0 created, 5 unchanged.\n")
    check_books_are_right()


def test_a_plan_that_cannot_be_made_says_that_the_connection_was_lost(books: Path) -> None:
    command("sandbox", "faults", "GET /contacts close-before times=99")
    ended = command("plan", "--sandbox", "books.yaml")
    assert (ended.code, ended.out) == (5, "")
    assert "[lost]" in ended.err


def test_nobody_waits_for_the_rate_window_and_the_true_time_is_told(books: Path) -> None:
    command("sandbox", "faults", "POST /contacts too-many seconds=300")
    ended = command("apply", "--sandbox", "--yes", "books.yaml")
    assert ended.code == 0
    (told,) = [line for line in ended.err.splitlines() if "at the API's pace" in line]
    assert 300 <= float(told.partition("they wait ")[2].partition(" s ")[0]) < 400


def test_a_payment_that_another_user_typed_in_meanwhile_is_shown_and_not_made_again(books: Path) -> None:
    command("sandbox", "faults", "POST /payments other-adds")
    first = command("apply", "--sandbox", "--yes", "books.yaml")
    again = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (first.code, again.code) == (4, 1)
    assert "finz-import state adopt payments UTR-1234567" in " ".join(again.out.split())
    check_books_are_right()
