"""``finz-import recover``: who is asked, what is told, and how it ends; against a FinzBooks on a real socket."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from cli.command import command, started
from cli.live import Org, odd_server
from importer.model import Intent, IntentRow
from importer.state.files import open_for_reading, open_for_writing

STATE = "finzbooks.state.db"
MANIFEST = "contacts:\n  - {key: acme, contact_name: Acme Corp}\n"
BODY = '{"contact_name":"Acme Corp","contact_type":"CUSTOMER"}'


@pytest.fixture
def manifest(folder: Path) -> Path:
    file = folder / "books.yaml"
    file.write_text(MANIFEST, encoding="utf-8")
    return file


def quick(org: Org) -> dict[str, str]:
    """The environment of a run that takes an answer for lost after one second."""
    return {**org.env, "FINZBOOKS_TIMEOUT": "1"}


def in_flight(org: Org, *, done: bool, state: str | Path = STATE, key: str = "acme") -> None:
    """What a run leaves that was killed just before its call left, or just after the work was ``done``."""
    rows = (IntentRow("contacts", key, "", 0),)
    call = Intent(0, "create", rows, "POST", "/contacts", BODY, f"k-{key}", "tok", "2026-05-19T10:00:00Z", "killed")
    with open_for_writing(Path(state)) as store:
        store.bind(org.id)
        store.begin(call)
    if done:
        org.send("POST", "/contacts", BODY)


def open_calls(state: str | Path = STATE) -> tuple[Intent, ...]:
    store = open_for_reading(Path(state))
    assert store is not None
    with store:
        return store.intents()


# Nothing to do.


def test_without_a_state_it_says_so_and_asks_nobody(manifest: Path) -> None:
    ended = command("recover")
    assert (ended.code, ended.out) == (0, f"Nothing to settle: there is no state at {STATE}.\n")
    assert not (manifest.parent / STATE).exists()


def test_without_an_open_call_it_says_so_and_asks_nobody(manifest: Path, org: Org) -> None:
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    with odd_server({"": (500, "")}) as server:
        env = {**org.env, "FINZBOOKS_BASE_URL": server.url}
        ended = command("recover", "books.yaml", env=env)
    assert (ended.code, ended.out, ended.err) == (0, "Nothing to settle: no call is open.\n", "")
    assert server.asked == []


def test_without_an_open_call_the_manifest_is_not_even_read(manifest: Path) -> None:
    manifest.write_text("contacts: [", encoding="utf-8")
    assert command("recover", "books.yaml").code == 0


def test_nothing_to_settle_has_the_same_form_for_machines(manifest: Path) -> None:
    ended = command("recover", "--format", "json")
    assert ended.json == {"summary": {"settled": 0, "not_done": 0, "open": 0}, "operations": []}


def test_a_path_that_is_not_there_is_an_error_all_the_same(folder: Path) -> None:
    ended = command("recover", "bokos.yaml")
    assert (ended.code, ended.problems) == (1, [("bokos.yaml:1:1", "no-such-path")])


def test_several_paths_without_a_project_are_wrong_usage(folder: Path) -> None:
    for name in "ab":
        (folder / name).mkdir()
    ended = command("recover", "a", "b")
    assert ended.code == 2
    assert "no-state-place" in ended.err


# What becomes of open calls.


def test_what_was_done_is_found_and_remembered(manifest: Path, org: Org) -> None:
    in_flight(org, done=True)
    ended = command("recover", "books.yaml", env=quick(org))
    assert (ended.code, ended.err) == (0, "")
    (held,) = org.get("/contacts")["contacts"]
    assert " ".join(ended.out.split()) == (
        "1 call had been sent, or was about to be, when a run ended before the answer came: "
        "settled contact acme (books.yaml:2) The create of 2026-05-19T10:00:00Z. "
        f"Found in the books as {held['contact_id']}: the same name and type. 1 settled."
    )
    assert open_calls() == ()
    assert command("apply", "--yes", "books.yaml", env=org.env).out == "0 created, 1 unchanged.\n"
    assert org.count("contacts") == 1


def test_what_was_not_done_is_closed_and_the_next_apply_does_it(manifest: Path, org: Org) -> None:
    in_flight(org, done=False)
    ended = command("recover", env=quick(org))  # of the current folder
    assert ended.code == 0
    assert "not done contact acme  (books.yaml:2)" in ended.out
    assert ended.out.endswith("1 not done.\n")
    assert ended.err == "1 call left no trace yet: looking again in 2 s.\n"
    assert org.count("contacts") == 0
    assert command("apply", "--yes", "books.yaml", env=org.env).out == "1 created, 0 unchanged.\n"
    assert org.count("contacts") == 1


def test_what_cannot_be_told_stays_open_with_the_ways_out(manifest: Path, org: Org) -> None:
    in_flight(org, done=True)
    org.books.db.run("DELETE FROM answers")
    org.send("POST", "/contacts", BODY.replace("Acme", "Other"))
    # Another contact of the same name and type: either may be the one.
    org.books.db.run("UPDATE contacts SET name = 'Acme Corp', searched = 'acme corp' WHERE org = ?", (org.id,))
    ended = command("recover", "books.yaml", "--format", "json", "-q", env=quick(org))
    assert (ended.code, ended.err) == (4, "")
    assert ended.json["summary"] == {"settled": 0, "not_done": 0, "open": 1}
    (one,) = ended.json["operations"]
    assert (one["status"], one["operation"], one["file"], one["line"]) == ("open", "create", "books.yaml", 2)
    assert one["error"]["code"] == "ambiguous-match"
    assert "finz-import state adopt contacts acme ID" in one["error"]["help"]
    assert len(open_calls()) == 1


def test_the_sandbox_has_calls_of_its_own(manifest: Path) -> None:
    assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0
    more = MANIFEST + "  - {key: beta, contact_name: Beta}\n"
    manifest.write_text(more, encoding="utf-8")
    rows = (IntentRow("contacts", "beta", "", 0),)
    body = '{"contact_name":"Beta","contact_type":"CUSTOMER"}'
    call = Intent(0, "create", rows, "POST", "/contacts", body, "k", "tok", "2026-05-19T10:00:00Z", "killed")
    with open_for_writing(Path("finzbooks.sandbox.state.db")) as store:
        store.begin(call)
    assert command("recover", "books.yaml").code == 0  # the live state knows nothing of it
    ended = command("recover", "--sandbox", "books.yaml", "-q")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 not done.")
    assert command("apply", "--sandbox", "--yes", "books.yaml").out == "1 created, 1 unchanged.\n"


# Where it looks for manifests and state.


def test_without_paths_the_project_s_folder_is_read_from_anywhere_below_it(folder: Path, org: Org) -> None:
    (folder / "finzbooks.yaml").write_text(f"org_id: {org.id}\nstate: kept/here.db\n", encoding="utf-8")
    (folder / "books.yaml").write_text(MANIFEST, encoding="utf-8")
    in_flight(org, done=True, state="kept/here.db")
    (folder / "below").mkdir()
    with contextlib.chdir(folder / "below"):
        ended = command("recover", env=quick(org))
    assert ended.code == 0, ended.err
    assert "settled contact acme  (../books.yaml:2)" in ended.out
    assert open_calls("kept/here.db") == ()


def test_without_paths_or_project_the_manifests_are_those_beside_the_state(folder: Path, org: Org) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "books.yaml").write_text(MANIFEST, encoding="utf-8")
    in_flight(org, done=True, state="other/mine.db")
    ended = command("recover", "--state", "other/mine.db", env=quick(org))
    assert ended.code == 0, ended.err
    assert "(other/books.yaml:2)" in ended.out


# Refusals.


def test_errors_in_the_manifest_settle_nothing(manifest: Path, org: Org) -> None:
    in_flight(org, done=True)
    manifest.write_text("contacts:\n  - {key: acme}\n", encoding="utf-8")
    ended = command("recover", "books.yaml", env=quick(org))
    assert (ended.code, ended.problems) == (1, [("books.yaml:2:5", "missing-field")])
    assert len(open_calls()) == 1


REFUSALS = {
    "no-token": {"FINZBOOKS_TOKEN": ""},
    "wrong-org": {"FINZBOOKS_ORG_ID": "org_other"},
    "token-rejected": {"FINZBOOKS_TOKEN": "aibk_pat_test_unknown"},
}


@pytest.mark.parametrize(("code", "change"), REFUSALS.items(), ids=REFUSALS)
def test_a_run_that_may_not_start_settles_nothing(manifest: Path, org: Org, code: str, change: dict[str, str]) -> None:
    in_flight(org, done=True)
    ended = command("recover", "books.yaml", env={**quick(org), **change})
    assert (ended.code, ended.out) == (5, "")
    assert f"error[{code}]" in ended.err
    assert len(open_calls()) == 1


def test_the_org_of_another_state_is_refused(manifest: Path, org: Org, live: Any) -> None:
    in_flight(org, done=True)
    other = live.org()
    ended = command("recover", "books.yaml", env={**quick(other), "FINZBOOKS_ORG_ID": ""})
    assert (ended.code, ended.out) == (5, "")
    assert "error[wrong-org]" in ended.err


def test_books_that_cannot_be_read_settle_nothing_and_end_in_5(manifest: Path, org: Org) -> None:
    in_flight(org, done=True)
    who = json.dumps(org.get("/whoami"))
    with odd_server(
        {"/whoami": (200, who), "": (403, '{"code": "auth.insufficient_scope", "message": "No."}')}
    ) as server:
        ended = command("recover", "books.yaml", env={**quick(org), "FINZBOOKS_BASE_URL": server.url})
    assert ended.code == 5
    assert "open contact acme  (books.yaml:2) [not-looked]" in ended.out
    assert "stopped [auth.insufficient_scope]" in ended.out
    assert len(open_calls()) == 1


def test_a_state_that_is_being_written_is_left_alone(manifest: Path, org: Org) -> None:
    in_flight(org, done=True)
    with open_for_writing(Path(STATE)):
        ended = command("recover", "books.yaml", env=quick(org))
    assert (ended.code, ended.out) == (5, "")
    assert "error[state-locked]" in ended.err


# Interruptions.


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_ctrl_c_in_the_pause_ends_in_130_and_loses_nothing(manifest: Path, org: Org) -> None:
    manifest.write_text(MANIFEST + "  - {key: beta, contact_name: Beta}\n", encoding="utf-8")
    in_flight(org, done=True)
    rows = (IntentRow("contacts", "beta", "", 0),)
    body = BODY.replace("Acme Corp", "Beta")
    with open_for_writing(Path(STATE)) as store:
        store.begin(Intent(0, "create", rows, "POST", "/contacts", body, "k", "tok", "2026-05-19T10:00:00Z", "killed"))
    env = {**org.env, "FINZBOOKS_TIMEOUT": "600"}
    with started("recover", "books.yaml", env=env, folder=manifest.parent) as running:
        assert running.stderr is not None
        assert b"looking again in 601 s" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert b"Traceback" not in err
    assert b"settled contact acme" in out
    assert b"open contact beta" in out
    assert [row.key for intent in open_calls() for row in intent.rows] == ["beta"]


COUNT = 40
TABLES = ("contacts", "invoices", "payments", "credit_notes")


def sale() -> dict[str, list[dict[str, Any]]]:
    """For each of many customers an invoice, of which most is paid and the rest credited."""
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
            for number in numbers
        ],
    }


def test_after_kills_a_recovery_and_an_apply_leave_everything_in_the_books_exactly_once(folder: Path, org: Org) -> None:
    (folder / "books.yaml").write_text(json.dumps(sale()), encoding="utf-8")
    dice = random.Random(os.getpid())
    in_doubt = 0
    for _ in range(3):
        kill_at_work(folder, org, dice)
        cut_off = sum(len(intent.rows) for intent in open_calls())
        in_doubt += cut_off
        recovered = command("recover", "books.yaml", "--format", "json", "-q", env=quick(org))
        assert recovered.code == 0, recovered.out
        assert recovered.json["summary"]["open"] == 0
        assert sum(recovered.json["summary"].values()) == cut_off
        assert open_calls() == ()
    assert in_doubt, "no call was cut off: the test has not tested anything"
    ended = command("apply", "--yes", "books.yaml", "-q", env=org.env)
    assert ended.code == 0, ended.out
    assert org.counts() == {**dict.fromkeys(TABLES, COUNT), "items": 0}
    settled = org.books.db.rows("SELECT paid, credited FROM invoices WHERE org = ?", (org.id,))
    assert {(row["paid"], row["credited"]) for row in settled} == {(6000, 4000)}
    assert open_calls() == ()
    assert command("plan", "--detailed-exitcode", "books.yaml", env=org.env).code == 0


def kill_at_work(folder: Path, org: Org, dice: random.Random) -> None:
    """Begin an apply, and kill it (SIGKILL, or what is like it) soon after it has written something."""
    before = sum(org.counts().values())
    with started("apply", "--yes", "books.yaml", "-q", env=org.env, folder=folder) as running:
        give_up = time.monotonic() + 5
        while time.monotonic() < give_up and running.poll() is None and sum(org.counts().values()) == before:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.1))
        running.kill()
        running.communicate()
    wait_until_quiet(org)


def wait_until_quiet(org: Org) -> None:
    """What the server had taken in when its client died, it finishes."""
    counts = None
    while counts != (counts := org.counts()):
        time.sleep(0.05)
