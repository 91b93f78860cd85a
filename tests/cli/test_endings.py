"""The ends that are nobody's wish: a bug of ours, an interruption, a closed pipe, a call that fails."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from cli.command import command, environment, files_below, module, process, started
from cli.live import TOKEN, Org
from importer.cli import applying, load
from importer.state.files import open_for_reading

READABLE = ("contacts", "items", "taxes", "accounts", "invoices", "payments", "creditnotes", "branches", "bankaccounts")


def test_a_bug_is_one_line_and_a_report_without_the_token(
    books: Path, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError(f"the header was Bearer {org.token}")

    monkeypatch.setattr(load, "check_all", crash)
    ended = command("apply", "--yes", "books.yaml", env=org.env)
    assert (ended.code, ended.out) == (70, "")
    assert ended.err.startswith("error[bug]: ")
    assert ended.err.count("\n") == 1
    (report,) = books.parent.glob("finz-import-report-*.txt")
    assert str(report) in ended.err
    text = report.read_text("utf-8")
    assert "RuntimeError: the header was Bearer ***" in text
    assert "apply --yes books.yaml" in text
    assert TOKEN not in text


def test_a_bug_in_the_middle_of_a_run_keeps_what_was_done(
    books: Path, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("no lines today")

    monkeypatch.setattr(applying, "report_lines", crash)
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 70
    monkeypatch.undo()
    ended = command("apply", "--yes", "books.yaml", env=org.env)
    assert (ended.code, ended.out) == (0, "0 created, 5 unchanged.\n")


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_ctrl_c_ends_in_130_and_the_next_apply_goes_on_without_doubling(folder: Path, org: Org) -> None:
    many = 650  # more than a window of the slower tier: the run cannot be over when it is interrupted
    rows = "".join(f"c{number},Customer {number}\n" for number in range(many))
    (folder / "contacts.csv").write_text("key,contact_name\n" + rows, encoding="utf-8")
    org.books.add_token(org.token, orgs=(org.id,), tier="DEFAULT")
    with started("apply", "--yes", "contacts.csv", "--format", "json", env=org.env, folder=folder) as running:
        wait_for_receipts(folder / "finzbooks.state.db", running)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert b"Traceback" not in err
    summary = json.loads(out)["summary"]
    assert 0 < summary["created"] < many
    assert summary["created"] + summary["skipped"] == many
    assert org.count("contacts") == summary["created"]

    # The next run is of the first rows alone, which is quicker; they leave in their order, 16 at a time.
    some = summary["created"] + 20
    (folder / "contacts.csv").write_text("\n".join(["key,contact_name", *rows.split("\n")[:some]]), encoding="utf-8")
    org.books.add_token(org.token, orgs=(org.id,), tier="PARTNER")
    again = command("apply", "--yes", "contacts.csv", "--format", "json", env=org.env)
    assert (again.code, again.json["summary"]["created"]) == (0, 20)
    assert org.count("contacts") == some


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_ctrl_c_while_the_server_is_silent_ends_in_130_at_once(books: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        env = {"FINZBOOKS_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}", "FINZBOOKS_TOKEN": TOKEN}
        with started("apply", "--yes", "books.yaml", env=env, folder=books.parent) as running:
            caller, _ = silent.accept()
            with caller:
                running.send_signal(signal.SIGINT)
                out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, b"", b"\nInterrupted.\n")
    assert files_below(books.parent) == {"books.yaml"}


def test_a_terminal_that_knows_few_letters_gets_stand_ins_and_no_traceback(folder: Path) -> None:
    (folder / "m.yaml").write_text("contacts: [{key: \u0905, rupees: \u20b9}]\n", encoding="utf-8")
    done = subprocess.run(
        module("validate", "m.yaml"),
        cwd=folder,
        env=environment({"PYTHONIOENCODING": "cp1252"}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"\\u0905" in done.stdout
    assert done.stderr == b""


def wait_for_receipts(state: Path, running: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert running.poll() is None, running.communicate()
        if state.exists() and (store := open_for_reading(state)) is not None:
            with store:
                if sum(1 for _ in store.receipts()) >= 20:
                    return
        time.sleep(0.05)
    raise AssertionError("no receipt came")


def test_a_reader_that_goes_away_is_no_error(books: Path) -> None:
    rows = "".join(f"c{number},\n" for number in range(5000))
    (books.parent / "contacts.csv").write_text("key,contact_name\n" + rows, encoding="utf-8")
    with started("validate", "contacts.csv", folder=books.parent) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


class TestACallThatFails:
    """One of the calls is refused by the books: the rest is done, and the run ends in 4."""

    MANIFEST = """
contacts:
  - {key: acme, contact_name: Acme Corp}
  - {key: beta, contact_name: Beta Works}
invoices:
  - key: I-1
    customer: acme
    date: 2026-05-19
    place_of_supply: IN-KA
    auto_approve: true
    line_items: [{name: Work, item_id: it_missing, quantity: 1, rate: 100}]
payments:
  - key: P-1
    flow: INCOMING
    contact: acme
    date: 2026-05-20
    amount: 50
    mode: UPI
    bank_account: HDFC Current
    allocations: [{invoice: I-1, amount: 50}]
"""

    def test_ends_in_4_with_its_place_and_what_was_skipped(self, folder: Path, org: Org) -> None:
        (folder / "m.yaml").write_text(self.MANIFEST, encoding="utf-8")
        ended = command("apply", "--yes", "m.yaml", env=org.env)
        assert ended.code == 4
        assert (
            "m.yaml:11: failed invoice I-1 [not_found.resource]: Item 'it_missing' not found in this org." in ended.out
        )
        assert "m.yaml:13: skipped payment P-1 [needs-failed]: Not sent: it needs invoices/I-1" in ended.out
        assert ended.out.endswith("2 created, 0 unchanged, 1 failed, 1 skipped.\n")
        assert org.counts() == {"contacts": 2, "items": 0, "invoices": 0, "payments": 0, "credit_notes": 0}

    def test_says_the_same_as_json(self, folder: Path, org: Org) -> None:
        (folder / "m.yaml").write_text(self.MANIFEST, encoding="utf-8")
        ended = command("apply", "--yes", "m.yaml", "--format", "json", env=org.env)
        assert ended.code == 4
        counts = {"created": 2, "adopted": 0, "updated": 0, "unchanged": 0, "failed": 1, "skipped": 1}
        assert ended.json["summary"] == counts
        by_status = {one["status"]: one for one in ended.json["operations"]}
        failed = by_status["failed"]["error"]
        assert (failed["code"], failed["field"], failed["file"], failed["line"]) == (
            "not_found.resource",
            "line_items[0].item_id",
            "m.yaml",
            11,
        )
        assert by_status["skipped"]["error"]["code"] == "needs-failed"
        assert by_status["created"]["error"] is None

    def test_can_be_mended_and_applied_again(self, folder: Path, org: Org) -> None:
        (folder / "m.yaml").write_text(self.MANIFEST, encoding="utf-8")
        assert command("apply", "--yes", "m.yaml", env=org.env).code == 4
        (folder / "m.yaml").write_text(self.MANIFEST.replace("item_id: it_missing, ", ""), encoding="utf-8")
        ended = command("apply", "--yes", "m.yaml", env=org.env)
        assert (ended.code, ended.out) == (0, "2 created, 2 unchanged.\n")
        assert org.counts() == {"contacts": 2, "items": 0, "invoices": 1, "payments": 1, "credit_notes": 0}


def test_a_token_that_may_only_read_ends_in_4_and_writes_nothing(books: Path, org: Org) -> None:
    scopes = [f"AIBooks.{name}.READ" for name in READABLE]
    org.books.add_token(org.token, orgs=(org.id,), scopes=scopes, tier="PARTNER")
    ended = command("apply", "--yes", "books.yaml", env=org.env)
    assert ended.code == 4
    assert "[auth.insufficient_scope]" in ended.out
    assert sum(org.counts().values()) == 0


def test_in_a_process_of_its_own_the_whole_way_works(books: Path, org: Org) -> None:
    first = process("apply", "--yes", "books.yaml", env=org.env, folder=books.parent)
    assert (first.code, first.out, first.err) == (0, "5 created, 1 application, 0 unchanged.\n", "")
    plan = process("plan", "--detailed-exitcode", "books.yaml", env=org.env, folder=books.parent)
    assert (plan.code, plan.out) == (0, "Nothing to do: 5 documents unchanged.\n")
    assert files_below(books.parent) - {"finzbooks.state.db.lock"} == {"books.yaml", "finzbooks.state.db"}


def test_a_bad_file_ends_a_process_of_its_own_in_1(folder: Path) -> None:
    (folder / "m.yaml").write_text("contacts: [{key: a}]\n", encoding="utf-8")
    ended = process("validate", "m.yaml", folder=folder)
    assert (ended.code, ended.problems) == (1, [("m.yaml:1:12", "missing-field")])


def test_no_token_ends_a_process_of_its_own_in_5(books: Path) -> None:
    ended = process("plan", "books.yaml", folder=books.parent)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[no-token]: ")
