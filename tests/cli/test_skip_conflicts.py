"""apply --skip-conflicts: what no conflict holds back is done, and the rest is listed with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from cli.command import Ended, command
from cli.live import Org

MANIFEST: Final = """\
defaults: {invoices: {place_of_supply: IN-KA, auto_approve: true}}
contacts:
  - {key: acme, contact_name: Acme Corp}
  - {key: beta, contact_name: Beta Works}
invoices:
  - {key: A-1, customer: acme, date: 2026-05-19, line_items: [{name: Work, quantity: 1, rate: 100}]}
  - {key: B-1, customer: beta, date: 2026-05-19, line_items: [{name: Work, quantity: 2, rate: 100}]}
"""
PAYMENTS: Final = """\
payments:
  - {key: UTR-A, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 60, mode: UPI, bank_account: HDFC Current,
     allocations: [{invoice: A-1, amount: 60}]}
"""
NOTE: Final = """\
credit_notes:
  - {key: CN-A, customer: acme, date: 2026-05-21, line_items: [{name: Back, quantity: 1, rate: 40}],
     applications: [{invoice: A-1, amount: 40}]}
"""
SKIP: Final = "--skip-conflicts"


def write(*texts: str) -> None:
    Path("m.yaml").write_text("".join(texts), "utf-8")


def apply(org: Org, *words: str) -> Ended:
    return command("apply", "--yes", "m.yaml", *words, env=org.env)


def writes(org: Org) -> int:
    return int(org.books.db.value("SELECT count(*) FROM answers"))


def statuses(ended: Ended) -> dict[str, tuple[str, str | None]]:
    """What became of each, by KIND/KEY and part: the status and the code of the error."""
    return {
        f"{one['kind']}/{one['key']} {one.get('part', '')}".strip(): (
            one["status"],
            one["error"] and one["error"]["code"],
        )
        for one in ended.json["operations"]
    }


def add_twins(org: Org) -> None:
    """Two contacts of one name: which of them acme is, only a person can say."""
    for _ in range(2):
        org.send("POST", "/contacts", json.dumps({"contact_name": "Acme Corp", "contact_type": "CUSTOMER"}))
        org.books.db.run("UPDATE answers SET key = hex(randomblob(8)) WHERE key = 'somebody-else'")  # not a replay


@pytest.fixture
def booked(folder: Path, org: Org) -> Org:
    """An org with two customers and an invoice of each."""
    write(MANIFEST)
    assert apply(org).code == 0
    return org


def test_without_conflicts_it_changes_nothing(folder: Path, org: Org) -> None:
    write(MANIFEST, PAYMENTS, NOTE)
    ended = apply(org, SKIP)
    assert (ended.code, ended.out) == (0, "6 created, 1 application, 0 unchanged.\n")
    again = apply(org, SKIP)
    assert (again.code, again.out) == (0, "0 created, 6 unchanged.\n")


def test_input_with_errors_is_refused_all_the_same(folder: Path, org: Org) -> None:
    write(MANIFEST.replace("customer: beta", "customer: gamma"))
    assert apply(org, SKIP).code == 1
    assert org.count("contacts") == 0


class TestAnEditedInvoice:
    """One that is posted cannot be changed; everything else of the manifest is done."""

    @pytest.fixture
    def at_odds(self, booked: Org) -> Org:
        write(MANIFEST.replace("quantity: 1", "quantity: 3"), "  - {key: B-2, customer: beta, date: 2026-05-20, ",
              "line_items: [{name: More, quantity: 1, rate: 5}]}\n", PAYMENTS, NOTE)  # fmt: skip
        return booked

    def test_sends_nothing_without_the_option_and_says_so(self, at_odds: Org) -> None:
        before = writes(at_odds)
        ended = apply(at_odds)
        assert (ended.code, writes(at_odds)) == (1, before)
        assert "Nothing was sent: the plan holds" in ended.err

    def test_is_listed_with_its_place_and_what_to_do_and_the_rest_is_done(self, at_odds: Org) -> None:
        ended = apply(at_odds, SKIP)
        assert ended.code == 4
        assert "m.yaml:6: failed invoice A-1 [edit-of-document]: The invoice is in the books already" in ended.out
        assert "quantity of line 1: 1 -> 3" in ended.out
        assert "    help: Take the edit back." in ended.out
        assert at_odds.counts() == {"contacts": 2, "items": 0, "invoices": 3, "payments": 0, "credit_notes": 1}

    def test_holds_back_its_payment_and_what_is_applied_to_it(self, at_odds: Org) -> None:
        ended = apply(at_odds, SKIP, "--format", "json")
        assert ended.code == 4
        assert statuses(ended) == {
            "invoices/A-1": ("failed", "edit-of-document"),
            "invoices/B-2": ("created", None),
            "payments/UTR-A": ("skipped", "needs-conflict"),
            "credit_notes/CN-A": ("created", None),
            "credit_notes/CN-A A-1#1": ("skipped", "needs-conflict"),
        }
        assert ended.json["summary"] == {
            "created": 2,
            "adopted": 0,
            "updated": 0,
            "unchanged": 3,
            "failed": 1,
            "skipped": 2,
        }

    def test_gives_each_that_is_skipped_its_place_and_reason(self, at_odds: Org) -> None:
        ended = apply(at_odds, SKIP)
        assert "m.yaml:10: skipped payment UTR-A [needs-conflict]: Not sent: invoices/A-1 is in conflict" in ended.out

    def test_says_the_same_again_and_sends_nothing_new(self, at_odds: Org) -> None:
        assert apply(at_odds, SKIP).code == 4
        before = (writes(at_odds), Path("finzbooks.state.db").read_bytes())
        again = apply(at_odds, SKIP, "--format", "json")
        assert again.code == 4
        assert {status for status, _ in statuses(again).values()} == {"failed", "skipped"}
        assert writes(at_odds) == before[0]

    def test_taken_back_lets_everything_go_on(self, at_odds: Org) -> None:
        assert apply(at_odds, SKIP).code == 4
        text = Path("m.yaml").read_text("utf-8")
        write(text.replace("quantity: 3", "quantity: 1"))
        ended = apply(at_odds)
        assert (ended.code, ended.out) == (0, "1 created, 1 application, 6 unchanged.\n")

    def test_needs_somebody_to_say_yes_too(self, at_odds: Org) -> None:
        before = writes(at_odds)
        ended = command("apply", "m.yaml", SKIP, env=at_odds.env)
        assert (ended.code, writes(at_odds)) == (5, before)
        assert "not-confirmed" in ended.err
        ended = command("apply", "m.yaml", SKIP, "--no-color", env=at_odds.env, terminal=True, typed="y\n")
        assert "! conflict invoice A-1" in ended.err, "the person is shown what will not be done"
        assert ended.code == 4


class TestAContactInConflict:
    def test_holds_back_all_that_is_his_and_nothing_else(self, folder: Path, org: Org) -> None:
        add_twins(org)
        write(MANIFEST, PAYMENTS, NOTE)
        ended = apply(org, SKIP, "--format", "json")
        assert ended.code == 4
        assert statuses(ended) == {
            "contacts/acme": ("failed", "ambiguous-match"),
            "contacts/beta": ("created", None),
            "invoices/A-1": ("skipped", "needs-conflict"),
            "invoices/B-1": ("created", None),
            "payments/UTR-A": ("skipped", "needs-conflict"),
            "credit_notes/CN-A": ("skipped", "needs-conflict"),
            "credit_notes/CN-A A-1#1": ("skipped", "needs-conflict"),
        }
        assert org.counts() == {"contacts": 3, "items": 0, "invoices": 1, "payments": 0, "credit_notes": 0}

    def test_that_is_all_there_is_sends_nothing_and_is_no_success(self, folder: Path, org: Org) -> None:
        add_twins(org)
        write("contacts: [{key: acme, contact_name: Acme Corp}]\n")
        before = writes(org)
        ended = apply(org, SKIP)
        assert (ended.code, writes(org)) == (4, before)
        assert ended.out.endswith("0 created, 0 unchanged, 1 failed.\n")

    def test_goes_on_once_a_person_has_said_which_it_is(self, folder: Path, org: Org) -> None:
        add_twins(org)
        write(MANIFEST, PAYMENTS, NOTE)
        assert apply(org, SKIP).code == 4
        found = org.get("/contacts")["contacts"]
        remote_id = next(one["contact_id"] for one in found if one["contact_name"] == "Acme Corp")
        adopted = command("state", "adopt", "contacts", "acme", remote_id, "m.yaml", env=org.env)
        assert adopted.code == 0, adopted.err + adopted.out
        assert apply(org).code == 0
        assert org.counts() == {"contacts": 3, "items": 0, "invoices": 2, "payments": 1, "credit_notes": 1}


class TestOneApplicationInConflict:
    """A changed application cannot be undone; then nothing else of its note is done either."""

    @pytest.fixture
    def at_odds(self, booked: Org) -> Org:
        two = "  - {key: A-2, customer: acme, date: 2026-05-20, line_items: [{name: More, quantity: 1, rate: 50}]}\n"
        write(MANIFEST, two, NOTE)
        assert apply(booked).code == 0
        changed = NOTE.replace(
            "[{invoice: A-1, amount: 40}]", "[{invoice: A-1, amount: 30}, {invoice: A-2, amount: 10}]"
        )
        new = "  - {key: CN-B, customer: beta, date: 2026-05-22, line_items: [{name: Back, quantity: 1, rate: 7}]}\n"
        write(MANIFEST, two, changed, new)
        return booked

    def test_holds_back_the_other_ones_of_its_note_and_not_the_next_note(self, at_odds: Org) -> None:
        ended = apply(at_odds, SKIP, "--format", "json")
        assert ended.code == 4
        found = statuses(ended)
        assert found["credit_notes/CN-A A-1#1"] == ("failed", "application-edited")
        assert found["credit_notes/CN-A A-2#1"] == ("skipped", "needs-conflict")
        assert found["credit_notes/CN-B"] == ("created", None)
        balances = {one["reference_number"]: one["balance"] for one in at_odds.get("/invoices")["invoices"]}
        assert balances == {"A-1": 60, "A-2": 50, "B-1": 200}


def test_an_update_of_the_same_run_is_done(booked: Org) -> None:
    edited = MANIFEST.replace("quantity: 1", "quantity: 3").replace("Beta Works}", "Beta Works, email: b@beta.in}")
    write(edited)
    ended = apply(booked, SKIP)
    assert (ended.code, ended.out.splitlines()[-1]) == (4, "0 created, 1 updated, 2 unchanged, 1 failed.")


def test_annotations_name_the_conflict_and_what_it_holds_back(booked: Org) -> None:
    write(MANIFEST.replace("quantity: 1", "quantity: 3"), PAYMENTS)
    for words, code in ((["plan"], 1), (["apply", "--yes"], 1), (["apply", "--yes", SKIP], 4)):
        ended = command(*words, "m.yaml", "--format", "github", env=booked.env)
        assert ended.code == code
        assert "::error file=m.yaml,line=6," in ended.out
        assert "title=edit-of-document::" in ended.out
    assert "::warning file=m.yaml,line=9," in ended.out and "title=needs-conflict::" in ended.out
    assert "invoice A-1 [edit-of-document]" in ended.out, "the text is there as well"
