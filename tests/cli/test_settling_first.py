"""An apply begins with what an earlier one left open: looked for, sent again under its own key, told."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import pytest

from cli.command import Ended, command
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.serving.faults import Faults, read_fault
from importer.state.files import open_for_writing

MANIFEST: Final = """
contacts:
  - {key: acme, contact_name: Acme Corp}
invoices:
  - {key: I-1, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: true,
     line_items: [{name: Work, quantity: 1, rate: 100}]}
  - {key: I-2, customer: acme, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: true,
     line_items: [{name: Work, quantity: 1, rate: 200}]}
payments:
  - {key: P-1, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 100, mode: UPI, bank_account: HDFC Current,
     allocations: [{invoice: I-1, amount: 100}]}
"""


class Rehearsal:
    """A manifest, its sandbox, and what goes wrong there."""

    def __init__(self, folder: Path) -> None:
        self.manifest = folder / "books.yaml"
        self.manifest.write_text(MANIFEST, encoding="utf-8")
        self.file = folder / ".finzbooks" / "sandbox.db"

    def apply(self, *words: str) -> Ended:
        return command("apply", self.manifest, "--sandbox", "--yes", *words)

    def faults(self, *lines: str) -> None:
        with contextlib.closing(Books(self.file, SystemClock())) as books:
            faults = Faults(books.db)
            faults.clear()
            faults.add([read_fault(line) for line in lines])

    def count(self, table: str) -> int:
        with contextlib.closing(Books(self.file, SystemClock())) as books:
            return int(books.db.value(f"SELECT count(*) FROM {table}"))

    def later(self, seconds: float) -> None:
        with contextlib.closing(Books(self.file, SystemClock())) as books:
            books.put_clock(seconds)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Rehearsal:
    return Rehearsal(tmp_path)


LOST: Final = {
    "before the work": ("POST /payments close-before times=99", "GET /payments error-before nth=2 times=99"),
    "after the work": ("POST /payments close-after times=99", "GET /payments error-before nth=2 times=99"),
}


@pytest.mark.parametrize("when", LOST)
def test_what_was_cut_off_is_settled_without_a_pause_and_told(rehearsal: Rehearsal, when: str) -> None:
    rehearsal.faults("POST /payments slow")  # makes the books, and does no harm
    rehearsal.faults(*LOST[when])
    broken = rehearsal.apply()
    assert broken.code == 4, broken.out
    rehearsal.faults()
    again = rehearsal.apply()
    assert again.code == 0, again.out + again.err
    assert "settled payment P-1" in again.err
    assert "looking again" not in again.err
    assert rehearsal.count("payments") == 1
    assert rehearsal.apply().out.strip() == "0 created, 4 unchanged."


def test_nothing_is_sent_again_whose_key_the_server_may_have_forgotten(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    rehearsal.later(25 * 3600)
    again = rehearsal.apply()
    assert again.code == 0, again.out + again.err
    assert "looking again in 31 s" in again.err
    assert "not done payment P-1" in again.err
    assert rehearsal.count("payments") == 1


def test_a_bulk_call_is_sent_again_as_the_whole_that_it_was(rehearsal: Rehearsal) -> None:
    rehearsal.faults("POST /bulk/invoices close-before times=99", "GET /invoices error-before times=99")
    assert rehearsal.apply().code == 4
    assert rehearsal.count("invoices") == 0
    rehearsal.faults()
    again = rehearsal.apply()
    assert again.code == 0, again.out + again.err
    assert "sent again under its own key" in " ".join(again.err.split())
    assert rehearsal.count("invoices") == 2


def test_a_bulk_call_of_which_some_rows_are_there_is_waited_for(rehearsal: Rehearsal) -> None:
    rehearsal.faults("POST /bulk/invoices crash-after-row row=1 times=99", "GET /invoices error-before times=99")
    assert rehearsal.apply().code == 4
    assert rehearsal.count("invoices") == 1
    rehearsal.faults()
    again = rehearsal.apply()
    assert again.code == 0, again.out + again.err
    assert "1 call left no trace yet" in again.err
    assert rehearsal.count("invoices") == 2


def test_an_edited_entry_is_not_sent_again_in_its_new_words(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    edited = MANIFEST.replace("amount: 100, mode", "amount: 150, mode")
    rehearsal.manifest.write_text(edited, encoding="utf-8")
    again = rehearsal.apply()
    assert again.code == 0, again.out + again.err
    assert "looking again" in again.err
    assert rehearsal.count("payments") == 1


def test_how_long_the_server_remembers_is_a_setting(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    again = command("apply", rehearsal.manifest, "--sandbox", "--yes", env={"FINZBOOKS_KEY_TTL": "0"})
    assert again.code == 0, again.out + again.err
    assert "looking again" in again.err


def test_a_setting_that_is_no_number_of_seconds_is_refused(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    bad = command("apply", rehearsal.manifest, "--sandbox", "--yes", env={"FINZBOOKS_KEY_TTL": "a day"})
    assert bad.code == 2
    assert 'FINZBOOKS_KEY_TTL is "a day"' in bad.err


def test_where_the_plan_holds_conflicts_nothing_is_sent_again(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    edited = MANIFEST.replace("rate: 100}", "rate: 101}")  # of a posted invoice
    rehearsal.manifest.write_text(edited, encoding="utf-8")
    again = rehearsal.apply()
    assert again.code == 1, again.out + again.err
    assert "Nothing was sent: the plan holds 1 conflict." in again.err
    assert rehearsal.count("payments") == 0


def test_a_run_about_something_else_leaves_an_open_call_alone(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    again = rehearsal.apply("--target", "invoices/I-2")
    assert again.code == 0, again.out + again.err
    assert "had been sent" not in again.err
    assert not any(line.strip() == "." for line in again.err.splitlines())
    assert rehearsal.count("payments") == 0
    assert rehearsal.apply("--target", "payments/P-1").code == 0
    assert rehearsal.count("payments") == 1


def test_what_was_settled_is_told_also_where_little_is_to_be_told(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    again = rehearsal.apply("-q")
    assert (again.code, again.err) == (0, "")
    assert again.out.splitlines() == ["1 document of an earlier run settled.", "0 created, 4 unchanged."]


def test_a_person_is_told_where_it_would_be_sent_again_and_may_say_no(rehearsal: Rehearsal) -> None:
    rehearsal.faults(*LOST["before the work"])
    assert rehearsal.apply().code == 4
    rehearsal.faults()
    words = ("apply", rehearsal.manifest, "--sandbox")
    refused = command(*words, terminal=True, typed="n\nn\n")
    assert "Send again to the sandbox, under the same key, what its books do not show?" in refused.out + refused.err
    assert rehearsal.count("payments") == 0
    agreed = command(*words, terminal=True, typed="y\n")
    assert agreed.code == 0, agreed.out + agreed.err
    assert rehearsal.count("payments") == 1


# A run that is about a part of the manifest.


PAID: Final = """
contacts:
  - {key: acme, contact_name: Acme Corp}
payments:
  - {key: KEY, reference_number: UTR1, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 100, mode: UPI,
     bank_account: HDFC Current}
  - {key: Z-1, flow: INCOMING, contact: acme, date: 2026-05-21, amount: 7, mode: UPI, bank_account: HDFC Current}
"""


@pytest.fixture
def renamed(rehearsal: Rehearsal) -> Rehearsal:
    """The answer of a payment was lost, and its key was corrected since: the same payment stands under another key."""
    rehearsal.manifest.write_text(PAID.replace("KEY", "P-1"), encoding="utf-8")
    rehearsal.faults("POST /payments close-before times=100", "GET /payments error-before nth=2 times=100")
    assert rehearsal.apply("--target", "payments/P-1").code == 4
    rehearsal.faults()
    rehearsal.manifest.write_text(PAID.replace("KEY", "P-2"), encoding="utf-8")
    return rehearsal


def test_a_target_is_created_only_after_an_open_call_that_may_bring_it_was_looked_for_twice(renamed: Rehearsal) -> None:
    ended = renamed.apply("--target", "payments/P-2")
    assert "1 call left no trace yet: looking again in 31 s." in ended.err
    assert ended.code == 0
    assert renamed.count("payments") == 1


def test_a_plan_of_a_target_is_not_saved_while_an_open_call_may_have_brought_it(renamed: Rehearsal) -> None:
    saved = renamed.manifest.with_name("plan.json")
    ended = command("plan", renamed.manifest, "--sandbox", "--target", "payments/P-2", "--out", saved)
    assert "plan-open-intents" in ended.err
    assert not saved.exists()


def test_what_is_open_outside_the_target_is_looked_for_and_not_sent_again(rehearsal: Rehearsal) -> None:
    rehearsal.manifest.write_text(PAID.replace("KEY", "P-1"), encoding="utf-8")
    rehearsal.faults("POST /payments close-before times=100", "GET /payments error-before nth=2 times=100")
    assert rehearsal.apply("--target", "payments/P-1").code == 4
    rehearsal.faults()
    rehearsal.apply("--target", "payments/Z-1")
    assert rehearsal.count("payments") == 1


def test_conflicts_that_are_seen_beside_another_run_are_not_told(rehearsal: Rehearsal) -> None:
    """What a plan that was made beside a run calls a conflict may be what that one was just doing."""
    assert rehearsal.apply().code == 0
    edited = MANIFEST.replace("rate: 200", "rate: 300")  # of a posted invoice, which cannot be edited
    rehearsal.manifest.write_text(edited, encoding="utf-8")
    assert rehearsal.apply().code == 1
    with open_for_writing(rehearsal.manifest.with_name("finzbooks.sandbox.state.db")):
        ended = rehearsal.apply()
    assert ended.code == 5
    assert "error[state-locked]" in ended.err
    assert ended.out == ""
